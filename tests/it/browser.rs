//! The page of a dossier in a real browser, Chromium without a screen, through WebDriver.
//!
//! Where no Chromium is installed it is skipped and says so; `RACCORD_BROWSER=required`, as in `.ci/run`, makes that a
//! failure.

use std::io::BufRead as _;
use std::io::BufReader;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use serde_json::json;

use crate::portal;

/// A driver and one browser.
struct Browser {
    driver: Child,
    base: String,
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
    profile: tempfile::TempDir,
}

impl Browser {
    /// Starts both; `None` when there is no driver.
    fn start() -> Option<Self> {
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

    fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.client.post(format!("{}{path}", self.base)).json(body);
        let answer: Value =
            self.runtime.block_on(async { request.send().await.unwrap().json().await.unwrap() });
        assert!(answer["value"].get("error").is_none(), "{path}: {answer}");
        answer["value"].clone()
    }

    fn open(&self, page: &Path) {
        self.post("/url", &json!({ "url": format!("file://{}", page.display()) }));
    }

    /// What a script returns.
    fn script(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Clicks as a person does: the element has to be in sight, and nothing may lie over it.
    fn click(&self, selector: &str) {
        let found = self.post("/element", &json!({ "using": "css selector", "value": selector }));
        let id = found.as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned();
        self.script(&format!(
            "document.querySelector({selector:?}).scrollIntoView({{block: 'center'}})"
        ));
        self.post(&format!("/element/{id}/click"), &json!({}));
    }

    /// Types a text into a field.
    fn fill(&self, selector: &str, text: &str) {
        self.script(&format!(
            "const f = document.querySelector({selector:?}); f.value = {text:?}; f.dispatchEvent(new Event('input', {{bubbles: true}}))"
        ));
    }

    /// How many steps are shown.
    fn shown(&self) -> u64 {
        let count =
            "return [...document.querySelectorAll('.step')].filter(s => s.offsetHeight > 0).length";
        self.script(count).as_u64().unwrap()
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

#[test]
fn the_page_of_a_dossier_is_worked_through() {
    let Some(browser) = Browser::start() else {
        let required = std::env::var_os("RACCORD_BROWSER").is_some_and(|word| word == "required");
        assert!(!required, "no `chromedriver` is installed");
        println!("skipped: no `chromedriver` is installed");
        return;
    };
    let sandbox = portal::by_hand();
    let folder = portal::apply(&sandbox);
    let page = folder.join("index.html").canonicalize().unwrap();
    browser.open(&page);

    // Every step is shown, with its fields; nothing was asked of any network.
    assert_eq!(browser.shown(), 27);
    assert_eq!(browser.script("return performance.getEntriesByType('resource').length"), 0);
    assert_eq!(browser.script("return document.getElementById('done').textContent"), "0");
    let text = browser.script("return document.body.innerText");
    for told in [
        "Étape 1 sur 4",
        "Part ID *",
        "Étape 2 sur 2",
        "Création d'un compte technique",
        "METROPOLE-EXEMPLE",
    ] {
        assert!(text.as_str().unwrap().contains(told), "{told}");
    }
    let files =
        browser.script("return [...document.querySelectorAll('.value a')].map(a => a.href)");
    for file in files.as_array().unwrap() {
        let path = file.as_str().unwrap().strip_prefix("file://").unwrap();
        assert!(Path::new(path).is_file(), "{path}");
    }

    // A copy button puts exactly the value there.
    browser.script("window.copied = []; Object.defineProperty(navigator, 'clipboard', {value: {writeText: t => { window.copied.push(t); return Promise.resolve(); }}})");
    browser.click(".copy[aria-label='Copier Part ID *']");
    assert_eq!(browser.script("return window.copied"), json!(["METROPOLE"]));

    // A step waits for the one before it.
    let blocked = |number: u32| {
        browser.script(&format!(
            "return document.getElementById('s{number}').classList.contains('is-blocked')"
        ))
    };
    assert_eq!((blocked(1), blocked(2)), (false.into(), true.into()));
    browser.click("#s1 .done");
    assert_eq!(blocked(2), false);
    let folded = "return getComputedStyle(document.querySelector('#s1 .body')).display";
    assert_eq!(browser.script(folded), "none");
    browser.fill("#s2 [data-column=identifiant]", "TECH_1_99991005200011@cpro.fr");
    browser.click("#s2 .done");
    assert_eq!(browser.script("return document.getElementById('done').textContent"), "2");
    let bar =
        browser.script("return document.querySelector('.progress').getAttribute('aria-valuenow')");
    assert_eq!(bar, "2");

    // Closed and opened again: all of it is still there.
    browser.open(Path::new("/dev/null"));
    browser.open(&page);
    assert_eq!(browser.script("return document.getElementById('done').textContent"), "2");
    assert_eq!(browser.script("return document.querySelector('#s1 .done').checked"), true);
    let noted =
        browser.script("return document.querySelector('#s2 [data-column=identifiant]').value");
    assert_eq!(noted, "TECH_1_99991005200011@cpro.fr");

    // Search and filters.
    browser.fill("#search", "Métropole/edi/DEPOT");
    assert_eq!(browser.shown(), 3);
    browser.fill("#search", "no such thing");
    assert_eq!(browser.script("return document.getElementById('none').hidden"), false);
    browser.fill("#search", "");
    browser.fill("#structure", "99991004500015");
    assert_eq!(browser.shown(), 3);
    browser.fill("#structure", "");
    browser.fill("#state", "done");
    assert_eq!(browser.shown(), 2);
    browser.fill("#state", "open");
    assert_eq!(browser.shown(), 25);
    browser.fill("#state", "");

    // The table that it gives is one that `confirm` takes.
    browser.script("HTMLAnchorElement.prototype.click = function () { window.saved = this.href; }");
    browser.click("#export");
    let saved = browser.script(
        "return decodeURIComponent(window.saved.replace('data:text/csv;charset=utf-8,', ''))",
    );
    std::fs::write(sandbox.path("etapes.csv"), saved.as_str().unwrap()).unwrap();
    let ran = sandbox.run(&[
        "confirm",
        "--environment",
        "by_hand",
        "--project",
        "project",
        "--from",
        "etapes.csv",
        "--auto-approve",
        "--format",
        "json",
    ]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.json()["confirmed"][0]["code"], "TECH_1_99991005200011@cpro.fr");

    // On paper: no tools, no buttons, every step with its body.
    browser.post(
        "/goog/cdp/execute",
        &json!({ "cmd": "Emulation.setEmulatedMedia", "params": { "media": "print" } }),
    );
    let display = |selector: &str| {
        browser.script(&format!(
            "return getComputedStyle(document.querySelector('{selector}')).display"
        ))
    };
    assert_eq!((display(".tools"), display(".copy")), ("none".into(), "none".into()));
    assert_eq!((display("#s1 .body"), display(".notes")), ("block".into(), "flex".into()));
    let paper = browser.post("/print", &json!({}));
    assert!(paper.as_str().unwrap().len() > 20_000, "a document of several pages");
}
