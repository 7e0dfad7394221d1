//! The second opinion on Block Kit.

use std::io::Write;
use std::process::{Command, Stdio};

use jiff::tz::TimeZone;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::super::slack;
use super::{message, small};

/// Build the judge with `cargo build --manifest-path tests/judges/slackblocks/Cargo.toml` and name
/// its executable in `CXBOT_SLACK_JUDGE`.
#[test]
fn an_independent_judge_of_block_kit_finds_no_fault() {
    let Some(judge) = std::env::var_os("CXBOT_SLACK_JUDGE") else {
        println!("SKIPPED: Block Kit is not judged, CXBOT_SLACK_JUDGE is not set");
        return;
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[46; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let hostile = (0..150).map(|_| message().new_tree(&mut runner).expect("a message").current());
    let lines: String = std::iter::once(small())
        .chain(hostile)
        .flat_map(|message| slack::render(&message, Some("C1"), &TimeZone::UTC))
        .map(|body| format!("{body}\n"))
        .collect();
    let mut running = Command::new(judge)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the judge starts");
    let mut stdin = running.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = running.wait_with_output().expect("the judge ends");
    writer.join().expect("written").expect("the judge reads everything");
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{}", said.lines().last().unwrap_or_default());
    assert!(output.status.success(), "{said}");
}
