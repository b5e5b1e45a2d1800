//! `Browser`: Chromium without a screen, through WebDriver.
//!
//! Where no Chromium is installed its tests are skipped and say so; `RACCORD_BROWSER=required`, as in `.ci/run`, makes
//! that a failure.

use std::io::BufRead as _;
use std::io::BufReader;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;

/// A driver and one browser.
pub(crate) struct Browser {
    driver: Child,
    base: String,
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
    profile: tempfile::TempDir,
}

impl Browser {
    /// Starts both; `None`, and a word about it, when there is no driver.
    pub(crate) fn start() -> Option<Self> {
        let started = Self::try_start();
        if started.is_none() {
            let required =
                std::env::var_os("RACCORD_BROWSER").is_some_and(|word| word == "required");
            assert!(!required, "no `chromedriver` is installed");
            println!("skipped: no `chromedriver` is installed");
        }
        started
    }

    fn try_start() -> Option<Self> {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines.find_map(|line| {
            let line = line.unwrap();
            line.split_once("successfully on port ")
                .map(|(_, port)| port.trim_end_matches('.').to_owned())
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let profile = tempfile::TempDir::new().unwrap();
        let client =
            reqwest::Client::builder().no_proxy().timeout(Duration::from_mins(1)).build().unwrap();
        let mut browser = Self {
            driver,
            base: format!("http://127.0.0.1:{}", port.unwrap()),
            runtime,
            client,
            profile,
        };
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1200,1600",
        ];
        let mut arguments: Vec<String> = arguments.into_iter().map(str::to_owned).collect();
        arguments.push(format!("--user-data-dir={}", browser.profile.path().display()));
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": { "args": arguments },
        } } });
        let session = browser.post("/session", &wanted);
        browser.base =
            format!("{}/session/{}", browser.base, session["sessionId"].as_str().unwrap());
        Some(browser)
    }

    /// Asks the driver for something, and gives its answer.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.client.post(format!("{}{path}", self.base)).json(body);
        let answer: Value =
            self.runtime.block_on(async { request.send().await.unwrap().json().await.unwrap() });
        assert!(answer["value"].get("error").is_none(), "{path}: {answer}");
        answer["value"].clone()
    }

    /// Opens a file.
    pub(crate) fn open(&self, page: &Path) {
        self.post("/url", &json!({ "url": format!("file://{}", page.display()) }));
    }

    /// What a script returns.
    pub(crate) fn script(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Clicks as a person does: the element has to be in sight, and nothing may lie over it.
    pub(crate) fn click(&self, selector: &str) {
        let found = self.post("/element", &json!({ "using": "css selector", "value": selector }));
        let id = found.as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned();
        self.script(&format!(
            "document.querySelector({selector:?}).scrollIntoView({{block: 'center'}})"
        ));
        self.post(&format!("/element/{id}/click"), &json!({}));
    }

    /// Types a text into a field.
    pub(crate) fn fill(&self, selector: &str, text: &str) {
        self.script(&format!(
            "const f = document.querySelector({selector:?}); f.value = {text:?}; f.dispatchEvent(new Event('input', {{bubbles: true}}))"
        ));
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The end of the session ends the browser.
        let request = self.client.delete(&self.base);
        let _ended = self.runtime.block_on(async { request.send().await.map(|_| ()) });
        let _ended = self.driver.kill().and_then(|()| self.driver.wait().map(|_| ()));
    }
}
