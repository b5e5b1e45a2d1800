//! Every kind of change once: what was sent is what is found.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use serde_json::Value;

use crate::domain::api::ApiStatus;
use crate::domain::edi::EdiSheet;
use crate::domain::edi::EdiStatus;
use crate::domain::edi::Network;
use crate::domain::edi::ObservedEdi;
use crate::domain::edi::Slot;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::domain::request::Target;
use crate::domain::structure::ObservedStructure;
use crate::domain::value::Email;
use crate::domain::value::PisteApplication;
use crate::domain::value::ServerIp;
use crate::domain::value::WebUrl;
use crate::remote::Receipt;
use crate::remote::RemoteError;
use crate::remote::Scope;
use crate::remote::Writer;
use crate::remote::gateway::encode::Certificates;
use crate::remote::gateway::encode::encode;
use crate::remote::http::Base;
use crate::remote::testing::LYON;
use crate::remote::testing::NOON;
use crate::remote::testing::PARIS;
use crate::remote::testing::Wrong;
use crate::remote::testing::api;
use crate::remote::testing::as2;
use crate::remote::testing::contact;
use crate::remote::testing::declares;
use crate::remote::testing::fault;
use crate::remote::testing::found;
use crate::remote::testing::pesit;
use crate::remote::testing::reader;
use crate::remote::testing::sftp;
use crate::remote::testing::simulator;
use crate::remote::testing::siret;
use crate::remote::testing::structures;
use crate::remote::testing::uses;
use crate::simulator::Running;

/// A simulator whose sheets settle at once, and a writer of it.
struct Stage {
    simulator: Running,
    writer: Writer,
    certificates: Certificates,
}

impl Stage {
    async fn new() -> Self {
        let simulator = simulator(structures(), Duration::ZERO).await;
        let writer = Writer::new(reader(&simulator));
        Self { simulator, writer, certificates: Certificates::of(&declares(0..6)) }
    }

    async fn perform(&self, request: Request) -> Result<Receipt, RemoteError> {
        self.writer.perform(&request, &BTreeMap::new(), &self.certificates, "ville/edi/x#1").await
    }

    async fn create(&self, sheet: &EdiSheet) -> RemoteId {
        let receipt = self.perform(Request::CreateEdi { sheet: sheet.clone() }).await.unwrap();
        receipt.id.unwrap()
    }

    /// A draft, as a person leaves it at the portal: the client never makes one.
    async fn draft(&self, sheet: &EdiSheet) -> RemoteId {
        let request = Request::CreateEdi { sheet: sheet.clone() };
        let mut call = encode(&request, &|_| None, &self.certificates).unwrap();
        call.body.as_mut().unwrap()["brouillon"] = Value::Bool(true);
        let answer = self.writer.reader().http().write(Base::Gateway, &call, "x").await.unwrap();
        let made: Value = answer.json("x").unwrap();
        assert_eq!(made["statut"], "Brouillon");
        RemoteId::new(made["id"].as_str().unwrap())
    }

    /// The sheet as it is found, without the moment of its status.
    async fn edi(&self, id: &RemoteId) -> Option<ObservedEdi> {
        let sheet = self.writer.reader().edi_sheet(id).await.unwrap();
        sheet.map(|sheet| ObservedEdi { status_since: None, ..sheet })
    }

    async fn paris(&self) -> ObservedStructure {
        let paris = siret(PARIS);
        let only = BTreeSet::from([paris]);
        let scope = Scope { structures: only.clone(), flags_of: only, ..Scope::default() };
        let now = NOON.parse().unwrap();
        let observed = Box::pin(self.writer.reader().observe(&scope, now)).await.unwrap();
        observed.structures[&paris].clone()
    }
}

fn existing(id: &RemoteId) -> Target {
    Target::Existing(id.clone())
}

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

#[tokio::test]
async fn sheets_of_every_protocol_are_found_as_they_were_created() {
    let stage = Stage::new().await;
    let mut with_ip = sftp("Avec adresse", 3);
    with_ip.settings.network = Network::Sftp { ip: Some(ServerIp::parse("2001:db8::1").unwrap()) };
    let sheets = [as2("G2B", 0), sftp("SFTP é&<\"", 1), pesit("PeSIT", 2), with_ip];
    let mut expected = Vec::new();
    for (number, sheet) in (1..).zip(&sheets) {
        let receipt = stage.perform(Request::CreateEdi { sheet: sheet.clone() }).await.unwrap();
        let id = format!("EDI-00000{number}");
        assert_eq!(receipt.id, Some(RemoteId::new(&id)));
        assert!(receipt.status.is_some() && receipt.password.is_none());
        expected.push(found(sheet, &id, EdiStatus::Active, &receipt.code.unwrap()));
    }
    let all = stage.writer.reader().edi_sheets().await.unwrap();
    let all: Vec<_> =
        all.into_iter().map(|sheet| ObservedEdi { status_since: None, ..sheet }).collect();
    assert_eq!(all, expected);
    for sheet in all {
        assert_eq!(stage.edi(&sheet.id).await, Some(sheet));
    }
}

#[tokio::test]
async fn an_update_replaces_what_is_modifiable_and_may_name_a_certificate_that_is_held() {
    let stage = Stage::new().await;
    let mut sheet = as2("G2B", 0);
    let id = stage.create(&sheet).await;
    if let Network::As2 { url, .. } = &mut sheet.settings.network {
        *url = WebUrl::parse("https://as2.ville.example/nouveau?a=b").unwrap();
    }
    sheet.settings.certificates.insert(Slot::Client, uses(4));
    sheet.settings.validity.until = "2029-01-31".parse().unwrap();
    // The content of the first certificate is not at hand: the sheet holds it.
    let certificates = Certificates::of(&declares([4]));
    let request = Request::UpdateEdi { target: existing(&id), settings: sheet.settings.clone() };
    let none = BTreeMap::new();
    stage.writer.perform(&request, &none, &certificates, "k").await.unwrap();
    let now = stage.edi(&id).await.unwrap();
    let code = now.application_code.clone().unwrap();
    assert_eq!(now, found(&sheet, id.as_str(), EdiStatus::Active, &code));
}

#[tokio::test]
async fn a_sheet_is_deactivated_and_activated() {
    let stage = Stage::new().await;
    let id = stage.create(&as2("G2B", 0)).await;
    assert_eq!(stage.edi(&id).await.unwrap().status, EdiStatus::Active);
    let off = Request::DeactivateEdi { target: existing(&id) };
    let receipt = stage.perform(off.clone()).await.unwrap();
    assert_eq!(receipt.status, Some(EdiStatus::Inactive));
    assert_eq!(stage.edi(&id).await.unwrap().status, EdiStatus::Inactive);
    let again = stage.perform(off).await.unwrap_err();
    assert!(again.has_code("STATUT_INCOMPATIBLE"), "{again}");
    stage.perform(Request::ActivateEdi { target: existing(&id) }).await.unwrap();
    assert_eq!(stage.edi(&id).await.unwrap().status, EdiStatus::Active);
}

#[tokio::test]
async fn a_draft_is_finalised_and_another_one_is_deleted() {
    let stage = Stage::new().await;
    let mut sheet = as2("Brouillon", 0);
    let id = stage.draft(&sheet).await;
    sheet.settings.validity.until = "2029-01-31".parse().unwrap();
    // Named by the step that made it, as in a plan.
    let made = BTreeMap::from([("maker".to_owned(), id.clone())]);
    let target = Target::CreatedBy("maker".to_owned());
    let request = Request::FinaliseEdi { target, settings: sheet.settings.clone() };
    stage.writer.perform(&request, &made, &stage.certificates, "k").await.unwrap();
    let now = stage.edi(&id).await.unwrap();
    let code = now.application_code.clone().unwrap();
    assert_eq!(now, found(&sheet, id.as_str(), EdiStatus::Active, &code));

    let id = stage.draft(&as2("Autre", 1)).await;
    let receipt = stage.perform(Request::DeleteEdi { target: existing(&id) }).await.unwrap();
    assert!(receipt.id.is_none());
    assert_eq!(stage.edi(&id).await, None);
    let again = stage.perform(Request::DeleteEdi { target: existing(&id) }).await.unwrap_err();
    assert!(again.is_not_found());
}

#[tokio::test]
async fn api_sheets_are_created_changed_and_deactivated() {
    let stage = Stage::new().await;
    for (application, publisher) in [("APP_FINANCES", Some("Éditeur SA")), ("App_propre", None)] {
        let sheet = api(application, publisher);
        let receipt = stage.perform(Request::CreateApi { sheet }).await.unwrap();
        assert_eq!(receipt.status, Some(EdiStatus::Active));
        let id = receipt.id.unwrap();
        let one = stage.writer.reader().api_sheet(&id).await.unwrap().unwrap();
        assert_eq!(
            (one.piste_application.as_str(), one.publisher.as_deref()),
            (application, publisher)
        );
        assert_eq!(one.usage, if publisher.is_some() { "publisher" } else { "own" });
    }
    let target = Target::Existing(RemoteId::new("API-000001"));
    let piste_application = PisteApplication::parse("APP_COMPTA").unwrap();
    let mut contact = contact();
    contact.email = email("dsi@ville.example");
    let request = Request::UpdateApi { target: target.clone(), piste_application, contact };
    stage.perform(request).await.unwrap();
    let receipt = stage.perform(Request::DeactivateApi { target }).await.unwrap();
    assert_eq!(receipt.status, Some(EdiStatus::Inactive));
    let all = stage.writer.reader().api_sheets().await.unwrap();
    let told: Vec<_> = all
        .iter()
        .map(|sheet| (&*sheet.piste_application, sheet.status.clone(), &*sheet.contact["email"]))
        .collect();
    let expected = [
        ("APP_COMPTA", ApiStatus::Inactive, "dsi@ville.example"),
        ("App_propre", ApiStatus::Active, "raccordement@ville.example"),
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn accounts_are_created_changed_switched_and_reset() {
    let stage = Stage::new().await;
    let (structure, contact_email) = (siret(PARIS), email("a@ville.example"));
    let receipt = stage.perform(Request::CreateAccount { structure, contact_email }).await.unwrap();
    let (id, first) = (receipt.id.unwrap(), receipt.password.unwrap());
    let target = || existing(&id);
    let state = async || {
        let [account] = stage.writer.reader().accounts().await.unwrap().try_into().unwrap();
        assert_eq!((&account.id, &Some(account.login)), (&id, &receipt.code));
        assert_eq!(account.structure, structure);
        (account.contact_email, account.active)
    };
    assert_eq!(state().await, ("a@ville.example".to_owned(), true));
    let contact_email = email("b@ville.example");
    stage.perform(Request::ChangeAccountEmail { target: target(), contact_email }).await.unwrap();
    stage.perform(Request::DeactivateAccount { target: target() }).await.unwrap();
    assert_eq!(state().await, ("b@ville.example".to_owned(), false));
    stage.perform(Request::ActivateAccount { target: target() }).await.unwrap();
    assert_eq!(state().await, ("b@ville.example".to_owned(), true));
    let second = stage.perform(Request::ResetPassword { target: target() }).await.unwrap();
    let (first, second) = (first.expose_secret().to_owned(), second.password.unwrap());
    assert!(!first.is_empty() && first != second.expose_secret());
}

#[tokio::test]
async fn edi_flags_are_set_each_in_its_place_and_a_dry_403_is_told() {
    let stage = Stage::new().await;
    let flags =
        |sender, receiver| Request::SetEdiFlags { structure: siret(PARIS), sender, receiver };
    for (sender, receiver) in [(true, false), (false, true)] {
        stage.perform(flags(sender, receiver)).await.unwrap();
        let paris = stage.paris().await;
        assert_eq!((paris.edi_sender, paris.edi_receiver), (Some(sender), Some(receiver)));
    }
    let refuse = serde_json::json!({ "parametresEdiRefuses": true });
    let steered = stage.simulator.steer("PUT", "/simulateur/v1/options", Some(refuse));
    assert!(steered.status < 300, "{}", steered.value());
    let error = stage.perform(flags(true, true)).await.unwrap_err();
    assert!(matches!(&error, RemoteError::Refused { status: 403, code: None, .. }), "{error}");
    assert!(error.help().contains("portal"));
    assert_eq!(stage.paris().await.edi_sender, Some(false));
    // A structure that the register does not know: told before anything is changed.
    let structure = siret("21130055300016");
    let unknown = Request::SetEdiFlags { structure, sender: true, receiver: true };
    assert!(stage.perform(unknown).await.unwrap_err().has_code("NotFoundReference"));
}

#[tokio::test]
async fn clients_are_declared_and_withdrawn_by_a_public_operator_only() {
    let stage = Stage::new().await;
    let (operator, client) = (siret(PARIS), siret(LYON));
    let add = Request::AddClient { operator, client };
    let error = stage.perform(add.clone()).await.unwrap_err();
    assert!(error.has_code("OPERATEUR_PUBLIC_REQUIS"), "{error}");
    let grant = serde_json::json!({ "operateurPublic": true });
    let path = format!("/simulateur/v1/structures/{PARIS}/operateur-public");
    assert!(stage.simulator.steer("PUT", &path, Some(grant)).status < 300);
    let reader = stage.writer.reader();
    assert!(!reader.has_client(operator, client).await.unwrap());
    stage.perform(add).await.unwrap();
    assert!(reader.has_client(operator, client).await.unwrap());
    stage.perform(Request::RemoveClient { operator, client }).await.unwrap();
    assert!(!reader.has_client(operator, client).await.unwrap());
}

#[tokio::test]
async fn an_answer_to_a_change_that_cannot_be_read_is_no_refusal() {
    let stage = Stage::new().await;
    for wrong in [
        Wrong::Html(200),
        Wrong::Status(200),
        Wrong::Json(200, serde_json::json!({ "id": 7 })),
        Wrong::Html(502),
        Wrong::Busy(503, "0"),
        Wrong::Status(408),
    ] {
        fault(&stage.simulator, "/raccordements/v1/fiches-edi", 1, wrong);
        let error = stage.perform(Request::CreateEdi { sheet: as2("x", 0) }).await.unwrap_err();
        assert!(error.is_ambiguous(), "{error}");
    }
    // Refused before anything was done: sent again without being asked.
    for wrong in [Wrong::Busy(429, "0"), Wrong::Status(401)] {
        fault(&stage.simulator, "/raccordements/v1/fiches-edi", 2, wrong);
    }
    stage.create(&as2("x", 0)).await;
    let posted =
        stage.simulator.requests()["parRoute"]["POST /raccordements/v1/fiches-edi"].clone();
    assert_eq!(posted, 6 + 4 + 1);
}
