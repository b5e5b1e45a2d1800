//! The server, asked by a plain HTTP client.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::Value;
use serde_json::json;

use crate::simulator::Running;
use crate::simulator::Simulator;
use crate::simulator::Start;
use crate::simulator::tests::support;
use crate::simulator::tests::support::PARIS;

/// A plain HTTP client with a token.
struct Client {
    http: reqwest::Client,
    base: String,
    token: String,
    account: String,
}

impl Client {
    async fn new(running: &Running) -> Self {
        let http = reqwest::Client::new();
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", running.client_id()),
            ("client_secret", running.client_secret()),
            ("scope", "openid"),
        ];
        let answer: Value =
            http.post(running.oauth_url()).form(&form).send().await.unwrap().json().await.unwrap();
        let account = STANDARD.encode(format!("{}:{}", running.login(), running.password()));
        let token = answer["access_token"].as_str().unwrap().to_owned();
        Self { http, base: running.base_url(), token, account }
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> reqwest::Result<reqwest::Response> {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.base))
            .bearer_auth(&self.token)
            .header("cpro-account", &self.account);
        if let Some(body) = body {
            request = request.json(&body);
        }
        request.send().await
    }

    async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let answer = self.send(method, path, body).await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }
}

fn start() -> Start {
    Start {
        structures: support::structures(),
        settle_after: Duration::ZERO,
        now: Some(support::noon()),
        ..Start::default()
    }
}

#[tokio::test]
async fn a_sheet_is_created_settles_and_is_listed() {
    let running = Simulator::start(start()).await.unwrap();
    let client = Client::new(&running).await;
    let body = support::as2("Ville de Paris G2B", 0);
    let (status, sheet) = client.ask("POST", "/raccordements/v1/fiches-edi", Some(body)).await;
    assert_eq!(
        (status, &sheet["statut"], &sheet["id"]),
        (201, &json!("En cours"), &json!("EDI-000001"))
    );
    let (status, list) = client.ask("GET", "/raccordements/v1/fiches-edi?taille=1", None).await;
    assert_eq!((status, &list["total"]), (200, &json!(1)));
    assert_eq!(list["elements"][0]["statut"], "Actif");
    assert_eq!(list["elements"][0]["structure"], PARIS);
    running.stop().await.unwrap();
}

/// The code of a refusal.
fn code(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn refusals_arrive_over_http() {
    let running = Simulator::start(start()).await.unwrap();
    let client = Client::new(&running).await;
    let edi = "/raccordements/v1/fiches-edi";
    client.ask("POST", edi, Some(support::as2("G2B", 0))).await;
    let taken = client.ask("POST", edi, Some(support::as2("G2B", 1))).await;
    assert_eq!(code(&taken), (409, "NOM_DEJA_UTILISE"));
    let held = client.ask("POST", edi, Some(support::sftp("SFTP", 0))).await;
    assert_eq!(code(&held), (409, "CERTIFICAT_DEJA_UTILISE"));
    let mut change = support::settings(&support::sftp("G2B", 1));
    change["protocole"] = json!("SFTP");
    let immutable = client.ask("PUT", &format!("{edi}/EDI-000001"), Some(change)).await;
    assert_eq!(code(&immutable), (422, "CHAMP_NON_MODIFIABLE"));
    let deleted = client.ask("DELETE", &format!("{edi}/EDI-000001"), None).await;
    assert_eq!(code(&deleted), (409, "STATUT_INCOMPATIBLE"));
    let roles = json!({ "raccordementModification": false, "gestionnairePrincipal": false });
    assert_eq!(client.ask("PUT", "/simulateur/v1/roles", Some(roles)).await.0, 204);
    let profile = client.ask("POST", edi, Some(support::as2("H", 1))).await;
    assert_eq!(code(&profile), (403, "PROFIL_MANQUANT"));
    let account = json!({ "structure": PARIS, "emailContact": "a@ville.example" });
    let manager = client.ask("POST", "/raccordements/v1/comptes-techniques", Some(account)).await;
    assert_eq!(code(&manager), (403, "GESTIONNAIRE_PRINCIPAL_REQUIS"));
    running.stop().await.unwrap();
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_refused() {
    let running = Simulator::start(start()).await.unwrap();
    let client = Client::new(&running).await;
    let send = async |path: &str, kind: &str| {
        let answer = client
            .http
            .post(format!("{}{path}", client.base))
            .bearer_auth(&client.token)
            .header("cpro-account", &client.account)
            .header("content-type", kind)
            .body("{")
            .send()
            .await
            .unwrap();
        answer.status().as_u16()
    };
    assert_eq!(send("/raccordements/v1/fiches-edi", "application/json").await, 400);
    assert_eq!(send("/cpro/structures/v1/rechercher", "application/json;charset=utf-8").await, 400);
    assert_eq!(send("/cpro/structures/v1/rechercher", "text/xml").await, 415);
}

#[tokio::test]
async fn wrong_credentials_are_refused() {
    let running = Simulator::start(start()).await.unwrap();
    let mut client = Client::new(&running).await;
    for (id, secret) in [("x", running.client_secret()), (running.client_id(), "x")] {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", id),
            ("client_secret", secret),
            ("scope", "openid"),
        ];
        let answer = client.http.post(running.oauth_url()).form(&form).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 400);
        assert_eq!(answer.json::<Value>().await.unwrap()["error"], "invalid_client");
    }
    let list = "/raccordements/v1/fiches-edi";
    assert_eq!(client.ask("GET", list, None).await.0, 200);
    let account = std::mem::replace(&mut client.account, STANDARD.encode("x:y"));
    assert_eq!(code(&client.ask("GET", list, None).await), (401, "NON_AUTHENTIFIE"));
    client.account = account;
    client.token.replace_range(20..21, "x");
    assert_eq!(client.ask("GET", list, None).await.0, 401);
}

#[tokio::test]
async fn faults_happen_as_scripted() {
    let running = Simulator::start(start()).await.unwrap();
    let client = Client::new(&running).await;
    let edi = "/raccordements/v1/fiches-edi";
    let script = async |fault: Value| {
        assert_eq!(client.ask("POST", "/simulateur/v1/pannes", Some(fault)).await.0, 204);
    };
    let total = async || client.ask("GET", edi, None).await.1["total"].clone();

    script(json!({ "methode": "POST", "chemin": edi, "coupure": "avant" })).await;
    assert!(client.send("POST", edi, Some(support::as2("G2B", 0))).await.is_err());
    assert_eq!(total().await, 0, "nothing happened");
    script(json!({ "methode": "POST", "chemin": edi, "coupure": "apres" })).await;
    assert!(client.send("POST", edi, Some(support::as2("G2B", 0))).await.is_err());
    assert_eq!(total().await, 1, "it happened, the answer was lost");

    let busy = json!({ "statut": 429, "entetes": { "Retry-After": "2" } });
    script(json!({ "chemin": edi, "fois": 2, "reponse": busy })).await;
    for _ in 0..2 {
        let answer = client.send("GET", edi, None).await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["retry-after"] == "2"),
            (429, true)
        );
    }
    let page = json!({ "statut": 503, "html": "<html>maintenance</html>" });
    script(json!({ "chemin": edi, "reponse": page })).await;
    let answer = client.send("GET", edi, None).await.unwrap();
    assert_eq!(answer.status().as_u16(), 503);
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    script(json!({ "chemin": edi, "delaiMillisecondes": 30 })).await;
    let before = std::time::Instant::now();
    assert_eq!(total().await, 1);
    assert!(before.elapsed() >= Duration::from_millis(30));

    script(json!({ "chemin": "/never" })).await;
    let left = client.ask("GET", "/simulateur/v1/pannes", None).await.1;
    assert_eq!(left.as_array().map(Vec::len), Some(1));
    client.ask("DELETE", "/simulateur/v1/pannes", None).await;
    assert_eq!(client.ask("GET", "/simulateur/v1/pannes", None).await.1, json!([]));
    let log = client.ask("GET", "/simulateur/v1/requetes", None).await.1;
    assert_eq!(log["parRoute"][format!("POST {edi}")], 2);
    assert_eq!(log["requetes"][1]["statut"], Value::Null, "dropped");
}

#[tokio::test]
async fn nothing_secret_is_printed() {
    let running = Simulator::start(start()).await.unwrap();
    let shown =
        format!("{running:?} {:?} {:?}", running.world(), running.world().first_credentials());
    for secret in [running.password(), running.client_secret()] {
        assert!(!shown.contains(secret));
    }
    let lines = running.lines().join("\n");
    assert!(lines.contains(&running.base_url()) && lines.contains(running.password()));
}

#[tokio::test]
async fn serving_ends_when_told_and_frees_the_port() {
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (tell, told) = tokio::sync::oneshot::channel();
    let announce = |running: &Running| tell.send(running.base_url()).unwrap();
    let until = async {
        stopped.await.unwrap();
    };
    let serving = tokio::spawn(crate::simulator::serve(start(), announce, until));
    let base = told.await.unwrap();
    assert_eq!(reqwest::get(&base).await.unwrap().status().as_u16(), 401);
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
    assert!(reqwest::get(&base).await.is_err());
}
