//! A world around the real program: a folder of its own, strict fakes, and the program as a
//! process, run the way people run it.

pub mod browser;
pub mod discord;
pub mod house;
pub mod intercom;
pub mod moved;
pub mod postgres;
pub mod process;
pub mod proxy;
pub mod scene;
pub mod seen;
pub mod slack;
pub mod tls;

use std::fs::File;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use discord::Discord;
use intercom::Intercom;
use process::Process;
use slack::Slack;
use tls::Authority;

/// One folder with one store; the program runs in it.
pub struct World {
    folder: TempDir,
    settings: Vec<(String, String)>,
}

/// What a run of the program left.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl World {
    /// An empty folder, weeks in Dublin.
    pub fn new() -> World {
        let folder = tempfile::tempdir().expect("a temporary folder");
        World { folder, settings: Vec::new() }.with("CXBOT__WORKSPACE__TIMEZONE", "Europe/Dublin")
    }

    /// A world whose Intercom is the fake.
    pub fn around(intercom: &Intercom) -> World {
        World::new()
            .with("INTERCOM_TOKEN", Intercom::TOKEN)
            .with("CXBOT__INTERCOM__BASE_URL", &intercom.base_url())
            .with("CXBOT__INTERCOM__HISTORY_WEEKS", "3")
            // Last week is read again whatever day of this week it is.
            .with("CXBOT__INTERCOM__REREAD_DAYS", "20")
    }

    /// The same with the fake Slack, its one channel being the digest's.
    pub fn posting_to(self, slack: &Slack, channels: &[&str]) -> World {
        let channels: Vec<String> = channels.iter().map(|id| format!("slack:{id}")).collect();
        self.with("SLACK_BOT_TOKEN", Slack::BOT_TOKEN)
            .with("CXBOT__SLACK__API_URL", &slack.api_url())
            .with("CXBOT__SLACK__HISTORY_LAG", "1s")
            .with("CXBOT__PLUGINS__DIGEST__DESTINATIONS", &Value::from(channels).to_string())
    }

    /// The same on a machine that trusts this authority, as it would one of its own company.
    pub fn trusting(self, authority: &Authority) -> World {
        self.write("authority.pem", authority.certificate());
        self.with("SSL_CERT_FILE", "authority.pem")
    }

    /// The same with the fake Discord.
    pub fn posting_to_discord(self, discord: &Discord, channels: &[&str]) -> World {
        let channels: Vec<String> = channels.iter().map(|id| format!("discord:{id}")).collect();
        self.with("DISCORD_TOKEN", Discord::TOKEN)
            .with("CXBOT__DISCORD__API_URL", &discord.api_url())
            .with("CXBOT__DISCORD__HISTORY_LAG", "1s")
            .with("CXBOT__PLUGINS__DIGEST__DESTINATIONS", &Value::from(channels).to_string())
    }

    /// Sets an environment variable of the program.
    pub fn with(mut self, name: &str, value: &str) -> World {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The environment of the program.
    pub fn settings(&self) -> &[(String, String)] {
        &self.settings
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).expect("a writable folder");
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cxbot"));
        // Nothing of the machine's environment reaches the program, tokens least of all.
        command.env_clear().envs(self.settings.iter().cloned());
        command.current_dir(self.folder.path()).args(arguments).kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Starts the program and leaves it running.
    pub fn start(&self, arguments: &[&str]) -> Process {
        Process::watch(self.command(arguments).spawn().expect("the program starts"))
    }

    /// The same, to end at once at a named place of the code, at its n-th pass.
    pub fn start_to_crash(&self, arguments: &[&str], place: &str) -> Process {
        let mut command = self.command(arguments);
        command.env("CXBOT_TEST_CRASH", place);
        Process::watch(command.spawn().expect("the program starts"))
    }

    /// Runs the program to its end.
    pub async fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(&[], arguments).await
    }

    /// The same with some variables set otherwise.
    pub async fn run_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
        let mut command = self.command(arguments);
        command.envs(variables.iter().copied());
        let output = command.output().await.expect("the program starts");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Runs the program with a terminal as its stdout; what it printed there is not kept.
    pub async fn run_in_terminal(&self, arguments: &[&str]) -> Ran {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&terminal).and_then(|()| unlockpt(&terminal)).expect("its other end");
        let name = ptsname(&terminal, Vec::new()).expect("its name").into_string().expect("UTF-8");
        let stdout = File::options().read(true).write(true).open(name).expect("its other end");
        let mut command = self.command(arguments);
        let running = command.stdout(stdout).spawn().expect("the program starts");
        let output = running.wait_with_output().await.expect("its end");
        let stderr = String::from_utf8(output.stderr).expect("UTF-8");
        Ran { code: output.status.code(), stdout: String::new(), stderr }
    }

    /// Runs the program and expects it to be done; its stdout, which is no text.
    pub async fn bytes(&self, arguments: &[&str]) -> Vec<u8> {
        let output = self.command(arguments).output().await.expect("the program starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// Runs the program and expects it to be done; its stdout.
    pub async fn ok(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments).await;
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.stderr);
        ran.stdout
    }

    /// Starts the program and kills it after a while; whether it came to its end before.
    pub async fn run_and_kill(&self, arguments: &[&str], after: Duration) -> bool {
        let mut running = self.command(arguments).spawn().expect("the program starts");
        let ended = tokio::time::timeout(after, running.wait()).await.is_ok();
        running.kill().await.expect("SIGKILL");
        ended
    }

    /// The records of the store.
    pub async fn records(&self) -> Vec<Value> {
        let export = self.ok(&["export"]).await;
        export.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    /// The digest of a week as JSON, as the clock stood at `as_of`.
    pub async fn digest(&self, week: &str, as_of: &str) -> Value {
        let arguments = ["digest", "--format", "json", "--week", week, "--as-of", as_of];
        serde_json::from_str(&self.ok(&arguments).await).expect("JSON")
    }
}
