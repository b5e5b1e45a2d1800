//! What goes wrong on the way, and what is made of it.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::json;

use crate::domain::observed::RemoteId;
use crate::remote::Endpoints;
use crate::remote::Patience;
use crate::remote::Reader;
use crate::remote::RemoteError;
use crate::remote::Scope;
use crate::remote::connect;
use crate::remote::error::Layer;
use crate::remote::testing::NOON;
use crate::remote::testing::PARIS;
use crate::remote::testing::Wrong;
use crate::remote::testing::endpoints;
use crate::remote::testing::endpoints_at;
use crate::remote::testing::fault;
use crate::remote::testing::hurried;
use crate::remote::testing::reader;
use crate::remote::testing::simulator;
use crate::remote::testing::siret;
use crate::remote::testing::structures;
use crate::simulator::Running;
use crate::simulator::server::DropConnection;

const EDI: &str = "/raccordements/v1/fiches-edi";

async fn stage() -> (Running, Reader) {
    let simulator = simulator(structures(), Duration::ZERO).await;
    let reader = reader(&simulator);
    (simulator, reader)
}

/// How many requests there were on this route.
fn count(simulator: &Running, route: &str) -> u64 {
    simulator.requests()["parRoute"][route].as_u64().unwrap_or_default()
}

#[tokio::test]
async fn whims_of_the_token_service_are_borne_and_wrong_credentials_are_told() {
    let (simulator, reader) = stage().await;
    let whim = || json!({ "error": "invalid_client" });
    fault(&simulator, "/api/oauth", 4, Wrong::Json(400, whim()));
    assert!(reader.edi_sheets().await.unwrap().is_empty());
    assert_eq!(count(&simulator, "POST /api/oauth/token"), 5);

    let client_secret = SecretString::from("wrong");
    let wrong = connect(Endpoints { client_secret, ..endpoints(&simulator) }).unwrap();
    let error = wrong.edi_sheets().await.unwrap_err();
    assert_eq!(error, RemoteError::Credentials { layer: Layer::Application });
    assert_eq!(count(&simulator, "POST /api/oauth/token"), 10);
}

#[tokio::test]
async fn other_answers_of_the_token_service_are_told_as_they_are() {
    for (wrong, expected) in [
        (Wrong::Json(400, json!({ "error": "invalid_scope" })), "code `invalid_scope`"),
        (Wrong::Html(200), "not JSON"),
        (Wrong::Json(200, json!({ "token": "x" })), "another form"),
        (Wrong::Html(404), "HTTP 404"),
    ] {
        let (simulator, reader) = stage().await;
        fault(&simulator, "/api/oauth", 1, wrong);
        let error = reader.edi_sheets().await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
    let (simulator, reader) = stage().await;
    fault(&simulator, "/api/oauth", 9, Wrong::Busy(429, "0"));
    let error = reader.edi_sheets().await.unwrap_err();
    assert!(matches!(error, RemoteError::Throttled { attempts: 5, .. }), "{error}");
}

#[tokio::test]
async fn a_burst_of_401_is_answered_with_new_tokens_and_then_believed() {
    let (simulator, reader) = stage().await;
    fault(&simulator, EDI, 2, Wrong::Status(401));
    assert!(reader.edi_sheets().await.unwrap().is_empty());
    // The first token, and one for each refusal.
    assert_eq!(count(&simulator, "POST /api/oauth/token"), 3);
    fault(&simulator, EDI, 3, Wrong::Status(401));
    let error = reader.edi_sheets().await.unwrap_err();
    assert_eq!(error, RemoteError::Credentials { layer: Layer::Account });
    assert_eq!(count(&simulator, "POST /api/oauth/token"), 5);
}

#[tokio::test]
async fn requests_at_once_share_one_token() {
    let (simulator, reader) = stage().await;
    let reads = (0..8).map(|_| reader.edi_sheets());
    for read in futures_util::future::join_all(reads).await {
        assert!(read.is_ok());
    }
    assert_eq!(count(&simulator, "POST /api/oauth/token"), 1);
}

#[tokio::test]
async fn a_pause_that_is_asked_for_is_made_unless_it_is_too_long() {
    let (simulator, _) = stage().await;
    // A pause of one second is asked for; the longest that is borne is 30 milliseconds.
    let longest_retry_after = Duration::from_millis(30);
    let patience = Patience { longest_retry_after, ..hurried() };
    let short = connect(Endpoints { patience, ..endpoints(&simulator) }).unwrap();
    fault(&simulator, EDI, 1, Wrong::Busy(429, "1"));
    let error = short.edi_sheets().await.unwrap_err();
    assert!(matches!(error, RemoteError::Throttled { attempts: 1, .. }), "{error}");
    fault(&simulator, EDI, 1, Wrong::Busy(503, "Fri, 01 Jan 2100 00:00:00 GMT"));
    let error = short.edi_sheets().await.unwrap_err();
    assert!(matches!(error, RemoteError::Refused { status: 503, .. }), "{error}");
    // A moment that is over asks for no pause.
    fault(&simulator, EDI, 3, Wrong::Busy(503, "Thu, 01 Jan 2015 00:00:00 GMT"));
    assert!(short.edi_sheets().await.is_ok());
    fault(&simulator, EDI, 9, Wrong::Busy(429, "0"));
    let error = short.edi_sheets().await.unwrap_err();
    assert!(matches!(error, RemoteError::Throttled { attempts: 5, .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_pause_lasts_as_long_as_was_asked_for() {
    let http = crate::remote::http::Http::new(endpoints_at("http://127.0.0.1:1")).unwrap();
    let start = tokio::time::Instant::now();
    http.pause(1, Some(Duration::from_secs(7))).await;
    assert_eq!(start.elapsed().as_secs(), 7);
    http.pause(1, Some(Duration::from_hours(1))).await;
    assert_eq!(start.elapsed().as_secs(), 7 + 120);
}

#[tokio::test]
async fn pages_in_html_and_lost_connections_are_told_without_quoting_them() {
    let (simulator, reader) = stage().await;
    fault(&simulator, EDI, 1, Wrong::Html(200));
    let error = reader.edi_sheets().await.unwrap_err();
    assert!(matches!(error, RemoteError::NotUnderstood { .. }), "{error}");
    assert!(!error.to_string().contains("Maintenance"));
    fault(&simulator, EDI, 4, Wrong::Html(502));
    fault(&simulator, EDI, 4, Wrong::Cut(DropConnection::Apres));
    assert!(reader.edi_sheets().await.is_err());
    assert!(reader.edi_sheets().await.is_ok());
    fault(&simulator, EDI, 5, Wrong::Cut(DropConnection::Avant));
    let error = reader.edi_sheets().await.unwrap_err();
    assert!(matches!(error, RemoteError::Unreachable { .. }), "{error}");
}

#[tokio::test]
async fn a_404_is_only_believed_from_a_gateway() {
    let (simulator, reader) = stage().await;
    let id = RemoteId::new("EDI-000001");
    assert_eq!(reader.edi_sheet(&id).await.unwrap(), None);
    fault(&simulator, EDI, 1, Wrong::Html(404));
    let error = reader.edi_sheet(&id).await.unwrap_err();
    assert!(matches!(error, RemoteError::Refused { status: 404, code: None, .. }), "{error}");
    assert!(error.help().contains("URL"));
}

#[tokio::test]
async fn a_refusal_in_http_200_is_told() {
    let (simulator, reader) = stage().await;
    let refusal = json!({ "codeRetour": 20001, "libelle": "pas d'habilitation" });
    fault(&simulator, "/cpro/utilisateurs", 1, Wrong::Json(200, refusal));
    let scope = Scope { structures: [siret(PARIS)].into(), ..Scope::default() };
    let error = Box::pin(reader.observe(&scope, NOON.parse().unwrap())).await.unwrap_err();
    assert!(error.has_code("20001") && error.to_string().contains("pas d'habilitation"), "{error}");
    fault(&simulator, "/cpro/utilisateurs", 1, Wrong::Status(403));
    let error = Box::pin(reader.observe(&scope, NOON.parse().unwrap())).await.unwrap_err();
    assert!(error.help().contains("subscribed"), "{error}");
}

#[tokio::test]
async fn a_service_that_nobody_runs_is_unreachable() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let reader = connect(endpoints_at(&format!("http://127.0.0.1:{port}"))).unwrap();
    let error = reader.edi_sheets().await.unwrap_err();
    let RemoteError::Unreachable { host, .. } = &error else { panic!("{error}") };
    assert_eq!(host.as_str(), format!("127.0.0.1:{port}"));
}
