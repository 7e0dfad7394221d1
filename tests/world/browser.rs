//! Chromium without a window, driven through ChromeDriver; where there is none, that is said loudly and
//! its tests are skipped.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use http::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

const DRIVER: &str = "/usr/bin/chromedriver";
const CHROMIUM: &str = "/usr/bin/chromium";
/// Without these Chromium asks for things outside this machine.
const QUIET: [&str; 8] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
];
const WITHIN: Duration = Duration::from_secs(60);

/// How a page is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Look {
    Light,
    Dark,
}

/// One browser with one page.
pub struct Browser {
    pub page: Client,
    _driver: Child,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// A browser of this size; none where Chromium is not installed.
    pub async fn open(look: Look, (width, height): (u32, u32)) -> Option<Browser> {
        if !Path::new(DRIVER).exists() || !Path::new(CHROMIUM).exists() {
            eprintln!("NOT TESTED: no Chromium here (Debian packages chromium, chromium-driver)");
            return None;
        }
        let profile = tempfile::tempdir().expect("a folder");
        let (driver, port) = start().await;
        let scheme = if look == Look::Dark { 0 } else { 1 };
        let own = [
            format!("--user-data-dir={}", profile.path().display()),
            format!("--window-size={width},{height}"),
            format!("--blink-settings=preferredColorScheme={scheme}"),
        ];
        let arguments: Vec<String> =
            QUIET.iter().map(|&argument| argument.to_owned()).chain(own).collect();
        let wanted = json!({
            "goog:chromeOptions": {"binary": CHROMIUM, "args": arguments},
            "goog:loggingPrefs": {"browser": "ALL"},
        });
        let wanted = wanted.as_object().expect("an object").clone();
        let mut builder =
            ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        let address = format!("http://127.0.0.1:{port}");
        let page = builder.capabilities(wanted).connect(&address).await;
        let page = page.expect("a session of Chromium");
        Some(Browser { page, _driver: driver, _profile: profile })
    }

    /// Waits until something of that selector holds these words.
    pub async fn until(&self, selector: &str, words: &str) {
        let script = "return [...document.querySelectorAll(arguments[0])]
            .some((one) => one.textContent.includes(arguments[1]))";
        let arguments = || vec![json!(selector), json!(words)];
        let holds = async {
            while self.run(script, arguments()).await != json!(true) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        if tokio::time::timeout(WITHIN, holds).await.is_err() {
            let text = self.run("return document.body.innerText", vec![]).await;
            panic!("nowhere in {selector}: {words}\n{}", text.as_str().unwrap_or_default());
        }
    }

    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.page.execute(script, arguments).await.expect("the script runs")
    }

    /// Clicks what stands last under this selector, as people do: it has to be in sight. What is drawn anew
    /// between being looked for and being clicked, as a post whose counts change, is looked for again.
    pub async fn click(&self, selector: &str) {
        loop {
            let found = self.page.find_all(Locator::Css(selector)).await.expect("an answer");
            let last = found.last().unwrap_or_else(|| panic!("there is no {selector}"));
            match last.click().await {
                Ok(()) => return,
                Err(why) if why.is_stale_element_reference() => {}
                Err(why) => panic!("{selector} cannot be clicked: {why}"),
            }
        }
    }

    /// Types as on a keyboard, wherever the focus is.
    pub async fn keys(&self, keys: &str) {
        let focused = self.page.active_element().await.expect("something has the focus");
        focused.send_keys(keys).await.expect("keys are taken");
    }

    /// What the browser complained of: errors of scripts, and everything that the policy forbade.
    pub async fn complaints(&self) -> Vec<String> {
        let log = self.page.issue_cmd(BrowserLog).await.expect("the browser's log");
        let entries = log.as_array().cloned().unwrap_or_default();
        entries.iter().map(|entry| entry["message"].to_string()).collect()
    }

    /// The picture of the page, kept where CXBOT_PICTURES says, for someone to look at.
    pub async fn picture(&self, name: &str) {
        let Some(folder) = std::env::var_os("CXBOT_PICTURES") else { return };
        let picture = self.page.screenshot().await.expect("a picture");
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(Path::new(&folder).join(format!("{name}.png")), picture).expect("written");
    }

    pub async fn close(self) {
        self.page.clone().close().await.expect("an end");
    }
}

/// A driver on a port of its own choice.
async fn start() -> (Child, u16) {
    let mut command = Command::new(DRIVER);
    command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut driver = command.spawn().expect("ChromeDriver starts");
    let mut lines = BufReader::new(driver.stdout.take().expect("a piped stdout")).lines();
    while let Some(line) = lines.next_line().await.expect("a line") {
        let port = line.split_once("successfully on port ");
        if let Some(port) = port.and_then(|(_, port)| port.trim_end_matches('.').parse().ok()) {
            return (driver, port);
        }
    }
    panic!("ChromeDriver ended");
}

/// ChromeDriver's own command for the browser's log.
#[derive(Debug)]
struct BrowserLog;

impl WebDriverCompatibleCommand for BrowserLog {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (Method, Option<String>) {
        (Method::POST, Some(json!({"type": "browser"}).to_string()))
    }
}
