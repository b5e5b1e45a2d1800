//! The pages of `status` and `plan` in a real browser.

use std::fmt::Write as _;
use std::path::Path;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use serde_json::json;

use crate::portal;
use crate::support::Ran;
use crate::support::Sandbox;
use crate::support::browser::Browser;
use crate::support::siret::siret;

/// How many sheets have to be no trouble.
const MANY: u64 = 10_000;

/// How long opening and filtering may take, in milliseconds.
const QUICK: f64 = 2_000.0;

/// A name that is markup, quotes, and a mark that turns the direction of writing.
const HOSTILE: &str = "</script><img src=x onerror=\"window.broken=1\">'`{{ 7 * 7 }}\u{202e}";

/// A portal environment whose ledger has many sheets, as persons confirmed them.
fn many() -> Sandbox {
    let sandbox = portal::by_hand();
    let mut log = String::new();
    let mut add = |number: u64, at: &str, what: Value| {
        let mut event = json!({ "v": 2, "id": format!("{number:08}-{at}"), "at": at, "run": "r1" });
        event.as_object_mut().unwrap().extend(what.as_object().unwrap().clone());
        writeln!(log, "{event}").unwrap();
    };
    for number in 0..MANY {
        let (siret, target) = (siret(number), format!("P-{number}"));
        let name = if number == 7 { HOSTILE.to_owned() } else { format!("Commune {number}") };
        let making = json!({
            "structure": siret, "exchange_system": "CPRO", "name": name,
            "declared_name": name, "generation": 1, "overlap_days": 0,
        });
        let status = ["Actif", "Actif", "Actif", "En cours", "Partielle"]
            [usize::try_from(number % 5).unwrap()];
        let (year, month) = (2026 + number % 4, 1 + number % 12);
        let seen = json!({
            "kind": "edi", "id": target, "status": status, "structure": siret,
            "exchange_system": if number % 2 == 0 { "CPRO" } else { "PA-CPRO" },
            "protocol": if number % 3 == 0 { "SFTP" } else { "AS2" }, "name": name,
            "network": {}, "valid_until": format!("{year}-{month:02}-15"), "contact": {},
            "certificates": { "server": {
                "fingerprint": format!("{number:064x}"), "not_after": format!("{year}-{month:02}-14"),
            } },
            "status_since": "2026-11-20T08:00:00Z",
            "application_code": format!("C{number:05}"), "subscriptions": ["FSO1100A", "FSO1150A"],
        });
        let address = format!("commune-{number}/edi/depot");
        let look = json!({ "at": "2026-11-24T09:00:00Z", "by": "camille@atelier" });
        add(
            number,
            "2026-11-20T08:00:00Z",
            json!({ "event": "confirmed", "address": address, "look": look, "target": target,
                "making": making, "seen": seen }),
        );
        add(
            number,
            "2026-11-24T09:00:00Z",
            json!({ "event": "confirmed", "address": address, "look": look, "target": target,
                "making": null, "seen": seen }),
        );
    }
    std::fs::create_dir_all(sandbox.path("project/ledger")).unwrap();
    std::fs::write(sandbox.path("project/ledger/by_hand.jsonl"), log).unwrap();
    sandbox
}

/// Writes a result to a file that a browser opens.
fn page(sandbox: &Sandbox, name: &str, ran: &Ran) -> PathBuf {
    let path = sandbox.path(name);
    std::fs::write(&path, &ran.stdout).unwrap();
    path.canonicalize().unwrap()
}

/// Nothing in a page points out of it, and a policy says so to the browser.
fn assert_alone(page: &str) {
    let head = page.split_once("</head>").unwrap().0;
    assert!(head.contains("default-src 'none'; style-src 'sha256-"), "{head}");
    let markup = page.split_once("<script type=").map_or(page, |(markup, _)| markup);
    for outside in ["src=", "href=\"http", "@import", "url(", "<link", "<iframe"] {
        assert!(!markup.contains(outside), "{outside}");
    }
}

fn press(browser: &Browser, selector: &str, key: &str) {
    browser.script(&format!("document.querySelector({selector:?}).focus()"));
    let actions = json!({ "actions": [{ "type": "key", "id": "keys", "actions": [
        { "type": "keyDown", "value": key }, { "type": "keyUp", "value": key },
    ] }] });
    browser.post("/actions", &actions);
}

fn text(browser: &Browser, script: &str) -> String {
    browser.script(&format!("return {script}")).as_str().unwrap().to_owned()
}

#[test]
fn ten_thousand_sheets_open_and_filter_at_once() {
    let Some(browser) = Browser::start() else { return };
    let sandbox = many();
    let ran = sandbox.run(&["-e", "by_hand", "status", "project", "--format", "html"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_alone(&ran.stdout);
    browser.open(&page(&sandbox, "status.html", &ran));

    // Opened: the first hundred rows are there, within the time.
    let opened = browser.script(
        "return [performance.getEntriesByType('navigation')[0].loadEventEnd, document.querySelectorAll('#table tbody tr').length, performance.getEntriesByType('resource').length]",
    );
    println!("opened: {opened}");
    let opened = opened.as_array().unwrap().clone();
    assert!(opened[0].as_f64().unwrap() < QUICK, "{opened:?}");
    assert_eq!((&opened[1], &opened[2]), (&json!(100), &json!(0)));
    let count = || text(&browser, "document.getElementById('count').textContent");
    assert_eq!(count(), "10,015 of 10,015 resources");

    browser.click("#table tbody .open");
    browser.script("scrollTo(0, 0)");
    screenshot(&browser, "status");
    browser.click("#table tbody .open");

    // Each filter, measured to the moment where the page is laid out again.
    let filter = |id: &str, value: &str| {
        let took = browser.script(&format!(
            "const from = performance.now(); const f = document.getElementById({id:?}); f.value = {value:?}; f.dispatchEvent(new Event('input', {{bubbles: true}})); document.body.offsetHeight; return performance.now() - from"
        ));
        println!("{id}={value}: {took} ms");
        assert!(took.as_f64().unwrap() < QUICK, "{id} {took}");
    };
    filter("text", "Commune-99 ");
    assert_eq!(count(), "111 of 10,015 resources");
    filter("text", "");
    filter("status", "Partielle");
    assert_eq!(count(), "2,000 of 10,015 resources");
    filter("protocol", "SFTP");
    assert_eq!(count(), "667 of 10,015 resources");
    filter("system", "CPRO");
    filter("ends", "over");
    let over = text(&browser, "document.querySelector('#table tbody .is-over').textContent");
    assert!(over.ends_with("ended already"), "{over}");
    filter("structure", &siret(4));
    browser.click("[type=reset]");
    browser.script("return new Promise(done => setTimeout(done, 50))");
    assert_eq!(count(), "10,015 of 10,015 resources");
    browser.click(".card[data-value=Partielle]");
    assert_eq!(count(), "2,000 of 10,015 resources");
    let pressed =
        "document.querySelector('.card[data-value=Partielle]').getAttribute('aria-pressed')";
    assert_eq!(text(&browser, pressed), "true");
    browser.click(".card[data-value=Partielle]");

    // Sorted and turned by the keyboard.
    let (enter, validity) = ("\u{e007}", "#table th:nth-child(9) .sort");
    press(&browser, validity, enter);
    let sort = "document.querySelector('#table th:nth-child(9)').getAttribute('aria-sort')";
    let first = "document.querySelector('#table tbody tr td:nth-child(9)').textContent";
    assert_eq!(text(&browser, sort), "ascending");
    assert_eq!(text(&browser, first), "2026-01-15ended already");
    press(&browser, validity, enter);
    assert_eq!(text(&browser, sort), "descending");
    assert_eq!(text(&browser, first), "2029-12-15");
    let focused = text(&browser, "document.activeElement.textContent");
    assert_eq!(focused, "Valid until", "the focus stays where it was");
    press(&browser, "#next", enter);
    assert_eq!(text(&browser, "document.getElementById('page').textContent"), "101–200 shown");

    // What is hostile is text, in the table and in its details, which a key opens.
    filter("text", "commune-7/");
    assert_eq!(count(), "1 of 10,015 resources");
    press(&browser, "#table .open", enter);
    let shown = text(&browser, "document.querySelector('#table tbody').innerText");
    let harmless = HOSTILE.replace('\u{202e}', "\u{fffd}");
    assert!(shown.matches(&harmless).count() >= 2, "{shown}");
    for told in ["History", "camille@atelier", "2026-11-24 09:00 UTC", "certificate", "FSO1150A"] {
        assert!(shown.to_lowercase().contains(&told.to_lowercase()), "{told} in {shown}");
    }
    let events = browser.script("return document.querySelectorAll('.history tbody tr').length");
    assert_eq!(events, 2);
    assert_eq!(browser.script("return window.broken === undefined"), true);
    assert_eq!(browser.script("return document.images.length"), 0);

    // The policy holds: what is put into the page neither runs nor loads.
    browser.script("const s = document.createElement('script'); s.textContent = 'window.broken = 2'; document.body.append(s); const i = new Image(); i.onload = () => { window.broken = 3; }; i.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw='; return new Promise(done => setTimeout(done, 100))");
    assert_eq!(browser.script("return window.broken === undefined"), true);
    assert_readable(&browser);
}

/// What someone who does not see the page needs to have in it.
fn assert_readable(browser: &Browser) {
    let faults = browser.script(
        r"
const faults = [];
for (const tag of ['header', 'main', 'footer', 'h1', 'title']) { if (document.querySelectorAll('html > head > ' + tag + ', body ' + tag).length < 1) faults.push('no ' + tag); }
if (!document.documentElement.lang) faults.push('no language');
for (const table of document.querySelectorAll('table')) { if (!table.caption) faults.push('a table without caption'); }
for (const field of document.querySelectorAll('input, select')) { if (!field.labels.length) faults.push('no label: ' + field.id); }
for (const button of document.querySelectorAll('button')) { if (!button.textContent.trim()) faults.push('an empty button'); }
for (const head of document.querySelectorAll('thead th')) { if (!head.scope) faults.push('a header without scope'); }
const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
if (new Set(ids).size !== ids.length) faults.push('an id twice');
for (const e of document.querySelectorAll('[aria-labelledby]')) { for (const id of e.getAttribute('aria-labelledby').split(' ')) { if (!document.getElementById(id)) faults.push('nothing has the id ' + id); } }
return faults;",
    );
    assert_eq!(faults, json!([]));
}

/// Writes what the browser shows, in a theme, where `RACCORD_SCREENSHOTS` says.
fn screenshot(browser: &Browser, name: &str) {
    let Some(folder) = std::env::var_os("RACCORD_SCREENSHOTS") else { return };
    for theme in ["light", "dark"] {
        let media = json!({ "cmd": "Emulation.setEmulatedMedia", "params": { "features": [
            { "name": "prefers-color-scheme", "value": theme },
        ] } });
        browser.post("/goog/cdp/execute", &media);
        let shot = json!({ "cmd": "Page.captureScreenshot", "params": { "format": "png" } });
        let shot = browser.post("/goog/cdp/execute", &shot);
        let picture = STANDARD.decode(shot["data"].as_str().unwrap()).unwrap();
        std::fs::write(Path::new(&folder).join(format!("{name}-{theme}.png")), picture).unwrap();
    }
}

#[test]
fn a_page_of_an_example_has_both_themes_and_prints() {
    let Some(browser) = Browser::start() else { return };
    let mut sandbox = Sandbox::with_example("metropole");
    assert_eq!(sandbox.run(&["apply", "project", "--auto-approve"]).code, 0);
    sandbox.at("2026-12-10T10:00:00Z");
    let ran = sandbox.run(&["status", "project", "--format", "html"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_alone(&ran.stdout);
    browser.open(&page(&sandbox, "status.html", &ran));
    let ground = "getComputedStyle(document.body).backgroundColor";
    browser.script("document.getElementById('theme').click()");
    assert_eq!(text(&browser, ground), "rgb(246, 246, 251)");
    assert_eq!(text(&browser, "document.getElementById('theme').textContent"), "Theme: light");
    browser.script("document.getElementById('theme').click()");
    assert_eq!(text(&browser, ground), "rgb(20, 20, 29)");
    browser.script("document.getElementById('theme').click()");
    browser.click("#table tbody .open");
    assert_readable(&browser);
    browser.post(
        "/goog/cdp/execute",
        &json!({ "cmd": "Emulation.setEmulatedMedia", "params": { "media": "print" } }),
    );
    assert_eq!(
        text(&browser, "getComputedStyle(document.getElementById('tools')).display"),
        "none"
    );
    let paper = browser.post("/print", &json!({}));
    assert!(paper.as_str().unwrap().len() > 20_000, "a document of several pages");
}

#[test]
fn a_plan_is_a_page_that_needs_no_script_to_be_read() {
    let Some(browser) = Browser::start() else { return };
    let sandbox = portal::by_hand();

    // What is production says so.
    let ran = sandbox.run(&["-e", "by_hand", "plan", "project", "--format", "html"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_alone(&ran.stdout);
    assert!(ran.stdout.contains("This is production"), "{}", ran.stdout);

    assert_eq!(sandbox.run(&["apply", "project", "--auto-approve"]).code, 0);
    let file = "project/entities/ville.yaml";
    sandbox.edit(file, "[FSO1100A, FSO1116A]", "[FSO1100A]");
    sandbox.edit(file, "contact_email: raccordement@", "contact_email: factures@");
    sandbox.edit(file, "as2_id: VILLE-EXEMPLE", "as2_id: VILLE");
    sandbox.edit(file, "Ville d'Exemple, G2B", "Ville <i>d'Exemple</i>, G2B");
    // It has an error, and is shown all the same.
    let ran = sandbox.run(&["plan", "project", "--format", "html"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert_alone(&ran.stdout);
    assert!(!ran.stdout.contains("This is production"), "{}", ran.stdout);
    browser.open(&page(&sandbox, "plan.html", &ran));
    assert_readable(&browser);
    screenshot(&browser, "plan");
    let order = browser.script(
        "return [...document.querySelectorAll('.change summary .chip')].map(c => c.textContent)",
    );
    assert_eq!(order, json!(["-/+ replace", "~ update", "~ update"]));
    let shown = text(&browser, "document.body.innerText");
    for told in [
        "Ville <i>d'Exemple</i>, G2B",
        "forces replacement",
        "factures@ville.example",
        "wait until the new one is Actif",
        "error[certificate-shared]",
    ] {
        assert!(shown.contains(told), "{told} in {shown}");
    }
    browser.fill("#text", "subscriptions");
    assert_eq!(
        text(&browser, "document.getElementById('count').textContent"),
        "1 / 3 changes and groups shown"
    );
}

#[test]
fn pages_speak_french_and_nothing_of_them_stays_english() {
    let Some(browser) = Browser::start() else { return };
    let sandbox = Sandbox::with_example("metropole");
    let open = |language: &str, command: &str| {
        let ran = sandbox.run(&["--lang", language, command, "project", "--format", "html"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert_alone(&ran.stdout);
        browser.open(&page(&sandbox, "page.html", &ran));
        assert_eq!(text(&browser, "document.documentElement.lang"), language);
    };
    open("fr", "plan");
    let shown = text(&browser, "document.body.innerText");
    for told in ["Plan pour", "+ créer", "raccordement EDI", "Chorus Pro attribue"] {
        assert!(shown.contains(told), "{told} in {shown}");
    }
    assert!(!shown.contains("create"), "{shown}");

    assert_eq!(sandbox.run(&["apply", "project", "--auto-approve"]).code, 0);
    let texts = "return JSON.parse(document.getElementById('data').textContent).texts";
    open("en", "status");
    let english = browser.script(texts);
    open("fr", "status");
    let french = browser.script(texts);
    browser.click("#table tbody .open");
    let shown = text(&browser, "document.body.innerText");
    for (key, told) in english.as_object().unwrap() {
        let told = told.as_str().unwrap();
        // A few words are the same in both.
        let (is_same, is_one_word) = (french[key] == told, told.split_whitespace().count() == 1);
        assert!(!is_same || is_one_word || told == "Chorus Pro", "{key}: {told}");
        assert!(is_same || is_one_word || !shown.contains(told), "{told} in {shown}");
    }
    assert!(
        text(&browser, "document.getElementById('count').textContent").ends_with(" ressources")
    );
    assert_readable(&browser);
}

#[test]
fn what_ends_within_a_time_has_its_own_exit_code() {
    let mut sandbox = Sandbox::with_example("metropole");
    assert_eq!(sandbox.run(&["apply", "project", "--auto-approve"]).code, 0);
    let run = |sandbox: &Sandbox, form: &str| {
        sandbox.run(&["status", "project", "--within", "90d", "--format", form])
    };
    let quiet = run(&sandbox, "json");
    assert_eq!(quiet.code, 0, "{quiet:?}");
    assert_eq!(quiet.json()["resources"], json!([]));
    assert_eq!(quiet.json()["ends_within"]["endings"], json!([]));
    assert!(run(&sandbox, "human").stdout.contains("Nothing ends by 2027-03-01"), "{quiet:?}");

    // A password lasts so long; nothing else of the example ends for years.
    sandbox.at("2027-12-15T10:00:00Z");
    let told = run(&sandbox, "json");
    assert_eq!(told.code, 2, "{told:?}");
    let told = told.json();
    let endings = told["ends_within"]["endings"].as_array().unwrap();
    assert!(!endings.is_empty(), "{told}");
    for ending in endings {
        assert_eq!(ending["what"], "password", "{ending}");
        let address = &ending["places"][0]["address"];
        let resources = told["resources"].as_array().unwrap();
        assert!(resources.iter().any(|one| one["address"] == *address), "{ending}");
    }
    let human = run(&sandbox, "human");
    assert_eq!(human.code, 2, "{human:?}");
    assert!(human.stdout.contains("Ends by 2028-03-14:"), "{human:?}");
    assert!(human.stdout.contains("password     ville/account/factures"), "{human:?}");
    let page = run(&sandbox, "html");
    assert_eq!(page.code, 2, "{}", page.stderr);
    assert!(page.stdout.contains("Only that of which something ends"), "{}", page.stdout);
    assert_eq!(run(&sandbox, "json").code, 2);

    let wrong = sandbox.run(&["apply", "project", "--format", "html"]);
    assert_eq!(wrong.code, 64, "{wrong:?}");
    assert!(wrong.stderr.contains("only `status` and `plan` write the form `html`"), "{wrong:?}");
}
