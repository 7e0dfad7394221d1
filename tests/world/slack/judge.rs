//! The independent judge of Block Kit, `tests/judges/slackblocks`, as a process of its own.
//!
//! Named in `CXBOT_SLACK_JUDGE`; without it only the fake's own checks are made. One process serves
//! all fakes of the test binary, from a thread of its own so that it outlives each test's runtime.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write, stdout};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread;

use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::asked::{Asked, RESPONSE};

/// The faults that the judge finds; none without a judge or without blocks.
pub type Verdict = Vec<String>;

type Question = (Value, oneshot::Sender<Verdict>);

static JUDGE: LazyLock<Option<Mutex<Sender<Question>>>> = LazyLock::new(|| {
    let Some(program) = std::env::var_os("CXBOT_SLACK_JUDGE") else {
        // Not by `println`, which is kept from sight in a test that passes.
        let skipped = "SKIPPED: Block Kit is not judged, CXBOT_SLACK_JUDGE is not set";
        writeln!(stdout(), "{skipped}").expect("somewhere to write to");
        return None;
    };
    let (questions, asked) = channel();
    thread::spawn(move || Process::start(&program).answer(&asked));
    Some(Mutex::new(questions))
});

pub fn is_there() -> bool {
    JUDGE.is_some()
}

/// What the judge finds in a request's blocks or view.
pub async fn verdict(asked: &Asked) -> Verdict {
    let judged = ["chat.postMessage", "chat.update", "chat.postEphemeral", RESPONSE];
    match asked.arguments.get("view") {
        Some(view) if asked.method.starts_with("views.") => of_view(view).await,
        None if judged.contains(&asked.method.as_str()) => {
            of_blocks(asked.arguments.get("blocks").unwrap_or(&Value::Null)).await
        }
        _ => Verdict::new(),
    }
}

/// What it finds in a message's blocks.
pub async fn of_blocks(blocks: &Value) -> Verdict {
    if is_empty(blocks) { Verdict::new() } else { ask(json!({"blocks": blocks})).await }
}

/// What it finds in a view.
pub async fn of_view(view: &Value) -> Verdict {
    if view.is_object() { ask(json!({"view": view})).await } else { Verdict::new() }
}

async fn ask(body: Value) -> Verdict {
    let Some(judge) = &*JUDGE else { return Verdict::new() };
    let (sender, receiver) = oneshot::channel();
    let question = (body, sender);
    judge.lock().unwrap_or_else(PoisonError::into_inner).send(question).expect("a running judge");
    receiver.await.expect("the judge answers")
}

/// What is not a list is refused without the judge, who would see no blocks in it.
fn is_empty(blocks: &Value) -> bool {
    blocks.as_array().is_none_or(Vec::is_empty)
}

/// How many verdicts are remembered.
const CACHED: usize = 1_000;

struct Process {
    _child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    /// Lines written so far, by which the judge numbers its faults.
    lines: usize,
    cache: HashMap<String, Verdict>,
}

impl Process {
    fn start(program: &OsString) -> Process {
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the judge starts");
        let stderr = child.stderr.take().expect("a pipe");
        thread::spawn(move || pass_on(stderr));
        let stdin = child.stdin.take().expect("a pipe");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        Process { _child: child, stdin, stdout, lines: 0, cache: HashMap::new() }
    }

    fn answer(mut self, questions: &Receiver<Question>) {
        while let Ok((body, answer)) = questions.recv() {
            // A test that ended in between no longer waits.
            let _ = answer.send(self.judge(&body));
        }
    }

    fn judge(&mut self, body: &Value) -> Verdict {
        let body = body.to_string();
        if let Some(known) = self.cache.get(&body) {
            return known.clone();
        }
        // The judge says nothing of a body without faults. One that is surely faulty comes after
        // it, so that there is a line to wait for.
        write!(self.stdin, "{body}\n{{\"blocks\":[]}}\n").expect("the judge reads");
        self.stdin.flush().expect("the judge reads");
        self.lines += 2;
        let verdict = self.read();
        if self.cache.len() >= CACHED {
            self.cache.clear();
        }
        self.cache.insert(body, verdict.clone());
        verdict
    }

    fn read(&mut self) -> Verdict {
        let end = format!("{}: 0 blocks", self.lines);
        let prefix = format!("{}: ", self.lines - 1);
        let mut verdict = Verdict::new();
        loop {
            let mut line = String::new();
            let read = self.stdout.read_line(&mut line).expect("the judge speaks UTF-8");
            assert!(read > 0, "the judge went away");
            let line = line.trim_end();
            if line == end {
                // Its size limit is a client's; Slack's own is checked by the fake.
                verdict.retain(|fault| !fault.ends_with("characters of blocks"));
                return verdict;
            }
            verdict.push(line.strip_prefix(&prefix).unwrap_or(line).to_owned());
        }
    }
}

/// Passed on as long as the tests run: that its listener is gone in the end is no news.
fn pass_on(stderr: ChildStderr) {
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        eprintln!("judge: {line}");
    }
}
