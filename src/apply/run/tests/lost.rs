//! Every kind of change whose answer is lost: someone looks, and it is done once.

use std::time::Duration;

use crate::apply::Exit;
use crate::apply::run::tests::stage::Stage;
use crate::apply::run::tests::stage::account;
use crate::apply::run::tests::stage::act;
use crate::apply::run::tests::stage::create;
use crate::apply::run::tests::stage::existing;
use crate::apply::run::tests::stage::exit;
use crate::apply::run::tests::stage::making;
use crate::apply::run::tests::stage::outcome;
use crate::apply::run::tests::stage::plan;
use crate::apply::run::tests::stage::step;
use crate::domain::request::Request;
use crate::domain::value::Email;
use crate::domain::value::PisteApplication;
use crate::plan::change::Action;
use crate::plan::change::Does;
use crate::remote::testing::LYON;
use crate::remote::testing::PARIS;
use crate::remote::testing::Wrong;
use crate::remote::testing::api;
use crate::remote::testing::as2;
use crate::remote::testing::contact;
use crate::remote::testing::siret;
use crate::simulator::server::DropConnection;

/// A portal with a sheet of each kind, an account, and an operator.
async fn portal() -> Stage {
    let stage = Stage::new(Duration::ZERO).await;
    let grant = serde_json::json!({ "operateurPublic": true });
    let path = format!("/simulateur/v1/structures/{PARIS}/operateur-public");
    assert!(stage.simulator.steer("PUT", &path, Some(grant)).status < 300);
    let mut steps = create("g2b", "G2B", 0, None);
    let request = Request::CreateApi { sheet: api("APP_FINANCES", None) };
    let made = Some(making("APP_FINANCES", 1, None));
    let send = Action::Send { request, making: made };
    steps.push(step("api", "ville/api/x", Does::Create, send, &[]));
    steps.push(account());
    let report = stage.run(&plan(steps)).await;
    assert_eq!(exit(&report), Exit::Done, "{report:#?}");
    stage
}

/// Changes of what [`portal`] holds, in an order in which each one changes something; with the path that it goes to.
fn changes() -> Vec<(&'static str, Request)> {
    let (operator, client) = (siret(PARIS), siret(LYON));
    let edi = || existing("EDI-000001");
    let sheet = || existing("API-000001");
    let account = || existing("CT-000001");
    let mut settings = as2("G2B", 0).settings;
    settings.validity.until = "2029-01-31".parse().unwrap();
    let piste_application = PisteApplication::parse("APP_COMPTA").unwrap();
    let contact_email = Email::parse("dsi@ville.example").unwrap();
    vec![
        ("PUT /fiches-edi/EDI-000001", Request::UpdateEdi { target: edi(), settings }),
        ("POST /fiches-edi/EDI-000001/desactivation", Request::DeactivateEdi { target: edi() }),
        ("POST /fiches-edi/EDI-000001/activation", Request::ActivateEdi { target: edi() }),
        (
            "PUT /fiches-api/API-000001",
            Request::UpdateApi { target: sheet(), piste_application, contact: contact() },
        ),
        ("POST /fiches-api/API-000001/desactivation", Request::DeactivateApi { target: sheet() }),
        ("POST /fiches-api", Request::CreateApi { sheet: api("APP_AUTRE", Some("Éditeur SA")) }),
        (
            "PUT /comptes-techniques/CT-000001",
            Request::ChangeAccountEmail { target: account(), contact_email },
        ),
        (
            "POST /comptes-techniques/CT-000001/desactivation",
            Request::DeactivateAccount { target: account() },
        ),
        (
            "POST /comptes-techniques/CT-000001/activation",
            Request::ActivateAccount { target: account() },
        ),
        ("PUT /operateurs", Request::AddClient { operator, client }),
        ("DELETE /operateurs", Request::RemoveClient { operator, client }),
        (
            "PATCH /cpro/organisations",
            Request::SetEdiFlags { structure: operator, sender: true, receiver: true },
        ),
    ]
}

#[tokio::test]
async fn every_change_whose_answer_is_lost_is_done_once() {
    let stage = portal().await;
    for cut in [DropConnection::Apres, DropConnection::Pendant, DropConnection::Avant] {
        // The second round would find everything done.
        let stage = if cut == DropConnection::Apres { &stage } else { &portal().await };
        for (number, (route, request)) in changes().into_iter().enumerate() {
            let (method, path) = route.split_once(' ').unwrap();
            let base = if path.starts_with("/cpro") { "" } else { "/raccordements/v1" };
            stage.simulator.script(crate::simulator::server::Fault {
                methode: Some(method.to_owned()),
                chemin: format!("{base}{path}"),
                apres: 0,
                fois: 1,
                delai_millisecondes: 0,
                reponse: None,
                apres_effet: false,
                coupure: Some(cut),
            });
            let sent = || stage.requests(method);
            let before = sent();
            let is_creation = matches!(request, Request::CreateApi { .. });
            let making = is_creation.then(|| making("APP_AUTRE", 1, None));
            let send = Action::Send { request, making };
            let id = format!("step-{number}");
            let steps = vec![step(&id, "ville/api/y", Does::Update, send, &[])];
            let report = stage.run(&plan(steps)).await;
            assert_eq!(exit(&report), Exit::Done, "{route} {cut:?}: {report:#?}");
            let times = match cut {
                // The same flags set twice are the same flags: nobody looks.
                DropConnection::Apres if method != "PATCH" => 1,
                DropConnection::Apres | DropConnection::Avant => 2,
                // An answer without a body, as that of the flags, has no middle.
                DropConnection::Pendant => 1,
            };
            assert_eq!(sent() - before, times, "{route} {cut:?}");
        }
        let sheet = stage.reader().edi_sheets().await.unwrap().remove(0);
        assert_eq!((sheet.status.label(), sheet.valid_until), ("Actif", "2029-01-31".parse().ok()));
        let sheets = stage.reader().api_sheets().await.unwrap();
        let sheets: Vec<_> = sheets
            .iter()
            .map(|sheet| (sheet.piste_application.as_str(), sheet.status.label()))
            .collect();
        assert_eq!(sheets, [("APP_COMPTA", "Inactif"), ("APP_AUTRE", "Actif")]);
        let accounts = stage.reader().accounts().await.unwrap();
        assert_eq!(
            (accounts[0].contact_email.as_str(), accounts[0].active),
            ("dsi@ville.example", true)
        );
        assert!(!stage.reader().has_client(siret(PARIS), siret(LYON)).await.unwrap());
    }
}

#[tokio::test]
async fn an_account_that_was_not_made_is_not_asked_for_again() {
    let stage = Stage::new(Duration::ZERO).await;
    let cut = Wrong::Cut(DropConnection::Avant);
    stage.fault("/raccordements/v1/comptes-techniques", 1, cut);
    let report = stage.run(&plan(vec![account()])).await;
    assert_eq!(exit(&report), Exit::Failed, "{report:#?}");
    let told = outcome(&report, "account-create");
    assert!(told.contains("it was not done") && told.contains("ambiguous: false"), "{told}");
    assert_eq!(stage.requests("POST /raccordements"), 1);
    assert!(stage.known("ville/account/finances").intent.is_none());
}

#[tokio::test]
async fn a_sheet_that_someone_else_made_meanwhile_is_not_taken_for_ours() {
    let stage = Stage::new(Duration::ZERO).await;
    // Someone makes a sheet of the same name with another contact, and the answer to ours is lost.
    let mut other = as2("G2B", 1);
    other.settings.contact.email = Email::parse("autre@ville.example").unwrap();
    let request = Request::CreateEdi { sheet: other };
    let report = stage.run(&plan(vec![act("other", "b/edi/x", Does::Create, request, &[])])).await;
    assert_eq!(exit(&report), Exit::Done, "{report:#?}");
    let cut = Wrong::Cut(DropConnection::Avant);
    stage.fault("/raccordements/v1/fiches-edi", 1, cut);
    let report = stage.run(&plan(create("g2b", "G2B", 0, None))).await;
    let told = outcome(&report, "g2b-create");
    assert!(told.contains("with other values") && told.contains("ambiguous: true"), "{told}");
    assert!(stage.known("ville/edi/g2b").current.is_none());
    assert_eq!(stage.sheets().await.len(), 1);
}
