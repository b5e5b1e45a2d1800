//! The world on disk: it survives the end of the process, a torn write, and a second process is turned away.

use std::fs;
use std::io;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use serde_json::json;

use super::support;
use super::support::as2;
use super::support::sftp;
use crate::simulator::Running;
use crate::simulator::Simulator;
use crate::simulator::Start;

fn start(directory: &Path) -> Start {
    Start {
        world: Some(directory.to_owned()),
        structures: support::structures(),
        settle_after: Duration::from_hours(1),
        now: Some(support::noon()),
        ..Start::default()
    }
}

/// Asks over HTTP, with a new token.
async fn ask(running: &Running, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
    let http = reqwest::Client::new();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", running.client_id()),
        ("client_secret", running.client_secret()),
        ("scope", "openid"),
    ];
    let token: Value =
        http.post(running.oauth_url()).form(&form).send().await.unwrap().json().await.unwrap();
    let account = STANDARD.encode(format!("{}:{}", running.login(), running.password()));
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let mut request = http
        .request(method, format!("{}/raccordements/v1{path}", running.base_url()))
        .bearer_auth(token["access_token"].as_str().unwrap())
        .header("cpro-account", account);
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

#[tokio::test]
async fn a_world_survives_a_stop_and_a_sudden_end() {
    let directory = tempfile::tempdir().unwrap();
    let running = Simulator::start(start(directory.path())).await.unwrap();
    ask(&running, "POST", "/fiches-edi", Some(as2("one", 0))).await;
    running.steer(
        "POST",
        "/simulateur/v1/issues",
        Some(json!({ "nom": "one", "issue": "Erreur" })),
    );
    running.stop().await.unwrap();

    let running = Simulator::start(start(directory.path())).await.unwrap();
    let account = json!({ "structure": support::PARIS, "emailContact": "a@ville.example" });
    ask(&running, "POST", "/comptes-techniques", Some(account)).await;
    ask(&running, "POST", "/fiches-edi", Some(sftp("two", 1))).await;
    running.steer("PUT", "/simulateur/v1/horloge", Some(json!({ "avanceSecondes": 3600 })));
    let before = ask(&running, "GET", "/fiches-edi", None).await;
    // What a process that is killed leaves behind: the files as they are now.
    let copy = tempfile::tempdir().unwrap();
    for name in ["world.json", "journal.jsonl"] {
        fs::copy(directory.path().join(name), copy.path().join(name)).unwrap();
    }
    let journal = fs::read_to_string(copy.path().join("journal.jsonl")).unwrap();
    assert_eq!(journal.lines().count(), 3, "one line for each write");
    let secrets = [running.password(), running.client_secret(), "authorization", "cpro-account"];
    for secret in secrets {
        assert!(!journal.contains(secret));
    }
    drop(running);

    let again = Start { now: None, ..start(copy.path()) };
    let running = Simulator::start(again).await.unwrap();
    assert_eq!(ask(&running, "GET", "/fiches-edi", None).await, before);
    assert_eq!(before.1["elements"][0]["statut"], "Erreur");
    assert_eq!(before.1["elements"][1]["statut"], "Actif");
    let accounts = ask(&running, "GET", "/comptes-techniques", None).await;
    assert_eq!(accounts.1["total"], 1);
    assert_eq!(running.notices(), [""; 0]);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_torn_last_line_is_set_aside_and_told() {
    let directory = tempfile::tempdir().unwrap();
    let running = Simulator::start(start(directory.path())).await.unwrap();
    ask(&running, "POST", "/fiches-edi", Some(as2("one", 0))).await;
    let copy = tempfile::tempdir().unwrap();
    for name in ["world.json", "journal.jsonl"] {
        fs::copy(directory.path().join(name), copy.path().join(name)).unwrap();
    }
    let journal = copy.path().join("journal.jsonl");
    let torn = br#"{"sequence":2,"at":"2026-12-"#;
    fs::OpenOptions::new().append(true).open(&journal).unwrap().write_all(torn).unwrap();
    let running = Simulator::start(start(copy.path())).await.unwrap();
    assert_eq!(running.notices().len(), 1);
    assert_eq!(fs::read(copy.path().join("journal.torn")).unwrap(), torn);
    assert_eq!(ask(&running, "GET", "/fiches-edi", None).await.1["total"], 1);
    ask(&running, "POST", "/fiches-edi", Some(as2("two", 1))).await;
    running.stop().await.unwrap();
    let running = Simulator::start(start(copy.path())).await.unwrap();
    assert_eq!(ask(&running, "GET", "/fiches-edi", None).await.1["total"], 2);
    assert_eq!(running.notices(), [""; 0]);
}

#[tokio::test]
async fn a_damaged_world_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("world.json");
    fs::write(&file, "hello").unwrap();
    let error = Simulator::start(start(directory.path())).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    assert_eq!(fs::read_to_string(&file).unwrap(), "hello");
}

#[tokio::test]
async fn two_simulators_do_not_share_a_world() {
    let directory = tempfile::tempdir().unwrap();
    let running = Simulator::start(start(directory.path())).await.unwrap();
    // An open connection does not keep the world locked.
    ask(&running, "GET", "/fiches-edi", None).await;
    let error = Simulator::start(start(directory.path())).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ResourceBusy);
    drop(running);
    Simulator::start(start(directory.path())).await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_reads_a_world() {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("deep/world");
    let running = Simulator::start(start(&directory)).await.unwrap();
    ask(&running, "POST", "/fiches-edi", Some(as2("one", 0))).await;
    for entry in fs::read_dir(&directory).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", entry.path().display());
    }
    assert_eq!(fs::metadata(&directory).unwrap().permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn structures_are_added_once() {
    let directory = tempfile::tempdir().unwrap();
    let uuid = |running: &Running| {
        let world = running.world();
        (world.structures().count(), world.structure(support::PARIS).unwrap().uuid.clone())
    };
    let running = Simulator::start(start(directory.path())).await.unwrap();
    let before = uuid(&running);
    running.stop().await.unwrap();
    let file = directory.path().join("world.json");
    let running = Simulator::start(Start { now: None, ..start(directory.path()) }).await.unwrap();
    assert_eq!(uuid(&running), before);
    let written = fs::metadata(&file).unwrap().modified().unwrap();
    running.stop().await.unwrap();
    let running = Simulator::start(Start { now: None, ..start(directory.path()) }).await.unwrap();
    running.stop().await.unwrap();
    assert_eq!(
        fs::metadata(&file).unwrap().modified().unwrap(),
        written,
        "nothing new: not written"
    );
}
