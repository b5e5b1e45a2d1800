//! The page of a dossier in a real browser.

use std::path::Path;

use serde_json::json;

use crate::portal;
use crate::support::browser::Browser;

#[test]
fn the_page_of_a_dossier_is_worked_through() {
    let Some(browser) = Browser::start() else { return };
    // How many steps are shown.
    let shown = || {
        let count =
            "return [...document.querySelectorAll('.step')].filter(s => s.offsetHeight > 0).length";
        browser.script(count).as_u64().unwrap()
    };
    let sandbox = portal::by_hand();
    let folder = portal::apply(&sandbox);
    let page = folder.join("index.html").canonicalize().unwrap();
    browser.open(&page);

    // Every step is shown, with its fields; nothing was asked of any network.
    assert_eq!(shown(), 27);
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
    assert_eq!(shown(), 3);
    browser.fill("#search", "no such thing");
    assert_eq!(browser.script("return document.getElementById('none').hidden"), false);
    browser.fill("#search", "");
    browser.fill("#structure", "99991004500015");
    assert_eq!(shown(), 3);
    browser.fill("#structure", "");
    browser.fill("#state", "done");
    assert_eq!(shown(), 2);
    browser.fill("#state", "open");
    assert_eq!(shown(), 25);
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
