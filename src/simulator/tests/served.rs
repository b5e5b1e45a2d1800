//! The server, asked by a plain HTTP client.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::Value;
use serde_json::json;

use super::support;
use super::support::PARIS;
use crate::simulator::Running;
use crate::simulator::Simulator;
use crate::simulator::Start;

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
