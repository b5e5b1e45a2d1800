//! Nothing secret is logged, at any level.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::request::Request;
use crate::domain::request::Target;
use crate::domain::value::Email;
use crate::remote::Writer;
use crate::remote::gateway::encode::Certificates;
use crate::remote::testing::PARIS;
use crate::remote::testing::Wrong;
use crate::remote::testing::fault;
use crate::remote::testing::listen;
use crate::remote::testing::reader;
use crate::remote::testing::simulator;
use crate::remote::testing::siret;
use crate::remote::testing::structures;
use secrecy::ExposeSecret as _;

#[tokio::test]
async fn the_most_talkative_log_holds_requests_and_no_secret() {
    let listening = listen();
    let simulator = simulator(structures(), Duration::ZERO).await;
    let reader = reader(&simulator);
    let writer = Writer::new(reader.clone());
    fault(
        &simulator,
        "/api/oauth",
        1,
        Wrong::Json(400, serde_json::json!({"error":"invalid_client"})),
    );
    fault(&simulator, "/raccordements/v1/comptes-techniques", 1, Wrong::Status(401));
    let contact_email = Email::parse("a@ville.example").unwrap();
    let create = Request::CreateAccount { structure: siret(PARIS), contact_email };
    let (none, files) = (BTreeMap::new(), Certificates::default());
    let made = writer.perform(&create, &none, &files, "ville/account/x#1").await.unwrap();
    let reset = Request::ResetPassword { target: Target::Existing(made.id.unwrap()) };
    let again = writer.perform(&reset, &none, &files, "ville/account/x#2").await.unwrap();
    // One that fails, so that errors are in the log too.
    fault(&simulator, "/raccordements/v1/comptes-techniques", 9, Wrong::Html(502));
    let error = reader.accounts().await.unwrap_err();
    let log = listening.end();
    let span = r#"request{method="POST" route="/raccordements/v1/comptes-techniques" attempt=2}"#;
    assert!(log.contains(span), "{log}");
    let http = reader.http();
    let token = http.tokens.get(http, None).await.unwrap();
    let bearer = token.header.to_str().unwrap().strip_prefix("Bearer ").unwrap();
    let secrets = [
        made.password.unwrap().expose_secret().to_owned(),
        again.password.unwrap().expose_secret().to_owned(),
        simulator.client_secret().to_owned(),
        simulator.client_id().to_owned(),
        simulator.password().to_owned(),
        http.account.to_str().unwrap().to_owned(),
        bearer.to_owned(),
    ];
    for secret in secrets {
        assert!(secret.len() > 7 && !log.contains(&secret), "a secret is in the log");
        assert!(!error.to_string().contains(&secret) && !error.help().contains(&secret));
    }
    assert!(format!("{:?} {:?}", token.header, http.account).contains("Sensitive"));
}
