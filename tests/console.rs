//! The demo's console: its door over HTTP, and the newcomer's path in a real browser.

mod door;
mod hostile;
mod walk;

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// A running `cxbot demo` and the address that it printed.
pub struct Demo {
    pub address: String,
    child: Child,
    _out: Lines<BufReader<ChildStdout>>,
}

impl Demo {
    pub async fn start() -> Demo {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cxbot"));
        command.args(["demo", "--port", "0"]).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("the demo starts");
        let mut out = BufReader::new(child.stdout.take().expect("a piped stdout")).lines();
        let first = tokio::time::timeout(Duration::from_secs(60), out.next_line()).await;
        let first = first.expect("in time").expect("a line").expect("an address");
        let address = first.split_whitespace().last().expect("an address").to_owned();
        Demo { address, child, _out: out }
    }

    /// Asks it to end; whether it did so well.
    pub async fn stop(mut self) -> bool {
        let id = self.child.id().expect("it runs").to_string();
        let sent = std::process::Command::new("kill").args(["-TERM", &id]).status();
        assert!(sent.expect("kill").success());
        let ended = tokio::time::timeout(Duration::from_secs(10), self.child.wait()).await;
        ended.is_ok_and(|end| end.expect("an end").success())
    }
}
