//! The client against the exchanges that were recorded from the simulator (`tests/fixtures/wire/gateway`).

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use secrecy::ExposeSecret as _;
use serde::Deserialize as _;
use serde_json::Value;
use serde_json::json;

use crate::domain::account::ObservedAccount;
use crate::domain::api::ApiSheet;
use crate::domain::api::ApiStatus;
use crate::domain::api::ObservedApi;
use crate::domain::edi::EdiSheet;
use crate::domain::edi::EdiStatus;
use crate::domain::edi::Network;
use crate::domain::edi::ObservedEdi;
use crate::domain::edi::Slot;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::domain::request::Target;
use crate::domain::value::Email;
use crate::domain::value::PisteApplication;
use crate::domain::value::WebUrl;
use crate::remote::RemoteError;
use crate::remote::error::Layer;
use crate::remote::gateway::decode;
use crate::remote::gateway::encode::Certificates;
use crate::remote::gateway::encode::encode;
use crate::remote::gateway::read::page_call;
use crate::remote::gateway::wire;
use crate::remote::http::answer::Answer;
use crate::remote::testing::Exchange;
use crate::remote::testing::LYON;
use crate::remote::testing::PARIS;
use crate::remote::testing::api;
use crate::remote::testing::as2;
use crate::remote::testing::contact;
use crate::remote::testing::contact_found;
use crate::remote::testing::declares;
use crate::remote::testing::found;
use crate::remote::testing::pesit;
use crate::remote::testing::recorded;
use crate::remote::testing::recordings;
use crate::remote::testing::sftp;
use crate::remote::testing::siret;
use crate::remote::testing::uses;

fn existing(id: &str) -> Target {
    Target::Existing(RemoteId::new(id))
}

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

/// The sheet of `update-edi`: another URL, and a certificate in the other slot too.
fn updated() -> EdiSheet {
    let mut sheet = as2("Ville de Paris G2B", 0);
    if let Network::As2 { url, .. } = &mut sheet.settings.network {
        *url = WebUrl::parse("https://as2.ville.example/nouveau").unwrap();
    }
    sheet.settings.certificates.insert(Slot::Client, uses(4));
    sheet
}

/// What each recorded change was; `None` for the creation of a draft, which the client never asks for.
fn changes() -> BTreeMap<&'static str, Vec<Option<Request>>> {
    let edi = |sheet| Some(Request::CreateEdi { sheet });
    let of_edi = |make: fn(Target) -> Request| Some(make(existing("EDI-000001")));
    let of_account = |make: fn(Target) -> Request| Some(make(existing("CT-000001")));
    let (operator, client) = (siret(PARIS), siret(LYON));
    BTreeMap::from([
        ("create-edi-as2", vec![edi(as2("Ville de Paris G2B", 0))]),
        ("create-edi-sftp", vec![edi(sftp("Ville de Paris SFTP", 1))]),
        ("create-edi-pesit", vec![edi(pesit("Ville de Paris PeSIT", 2))]),
        (
            "draft-edi",
            vec![
                None,
                Some(Request::FinaliseEdi {
                    target: existing("EDI-000004"),
                    settings: as2("Brouillon", 3).settings,
                }),
            ],
        ),
        ("delete-edi", vec![None, Some(Request::DeleteEdi { target: existing("EDI-000005") })]),
        (
            "update-edi",
            vec![Some(Request::UpdateEdi {
                target: existing("EDI-000001"),
                settings: updated().settings,
            })],
        ),
        (
            "switch-edi",
            vec![
                of_edi(|target| Request::DeactivateEdi { target }),
                of_edi(|target| Request::ActivateEdi { target }),
            ],
        ),
        (
            "create-api",
            vec![
                Some(Request::CreateApi { sheet: api("APP_FINANCES", Some("Éditeur SA")) }),
                Some(Request::CreateApi { sheet: api("APP_PROPRE", None) }),
            ],
        ),
        (
            "update-api",
            vec![Some(Request::UpdateApi {
                target: existing("API-000001"),
                piste_application: PisteApplication::parse("APP_COMPTA").unwrap(),
                contact: contact(),
            })],
        ),
        ("deactivate-api", vec![Some(Request::DeactivateApi { target: existing("API-000002") })]),
        (
            "create-account",
            vec![Some(Request::CreateAccount {
                structure: siret(PARIS),
                contact_email: email("raccordement@ville.example"),
            })],
        ),
        (
            "update-account",
            vec![Some(Request::ChangeAccountEmail {
                target: existing("CT-000001"),
                contact_email: email("dsi@ville.example"),
            })],
        ),
        (
            "switch-account",
            vec![
                of_account(|target| Request::DeactivateAccount { target }),
                of_account(|target| Request::ActivateAccount { target }),
            ],
        ),
        ("reset-password", vec![of_account(|target| Request::ResetPassword { target })]),
        ("add-client", vec![Some(Request::AddClient { operator, client })]),
        ("remove-client", vec![Some(Request::RemoveClient { operator, client })]),
    ])
}

/// Takes away what has no meaning: the order of subscriptions, and the name of a file that is not sent.
///
/// `docs/gateway.md`: a certificate of an update may be named by `sha256` alone.
fn meaning(mut body: Value) -> Value {
    if let Some(codes) = body.get_mut("abonnements").and_then(Value::as_array_mut) {
        codes.sort_by_key(ToString::to_string);
    }
    for certificate in
        body.get_mut("certificats").and_then(Value::as_array_mut).into_iter().flatten()
    {
        if certificate.get("sha256").is_some() {
            certificate.as_object_mut().unwrap().remove("nomFichier");
        }
    }
    body
}

fn answered(exchange: &Exchange) -> Answer {
    let body = exchange.response.to_string().into_bytes();
    Answer { status: exchange.status, body, ..Answer::default() }
}

#[test]
fn every_recorded_change_is_written_as_it_was_recorded() {
    // The content of the certificate that the sheet of `update-edi` holds already is not at hand.
    for (name, requests) in changes() {
        let at_hand = if name == "update-edi" { vec![4] } else { vec![0, 1, 2, 3] };
        let certificates = Certificates::of(&declares(at_hand));
        let exchanges = recorded(&format!("gateway/{name}"));
        assert_eq!(exchanges.len(), requests.len(), "{name}");
        for (exchange, request) in exchanges.into_iter().zip(requests) {
            let Some(request) = request else {
                assert_eq!(exchange.request["brouillon"], true, "{name}");
                continue;
            };
            let call = encode(&request, &|_| None, &certificates).unwrap();
            assert_eq!(
                (call.method.word(), call.path.as_str()),
                (&*exchange.method, &*exchange.path)
            );
            let sent = call.body.unwrap_or_default();
            assert_eq!(meaning(sent), meaning(exchange.request), "{name}");
        }
    }
}

#[test]
fn every_recorded_answer_to_a_change_is_read() {
    let password = |name: &str| recorded(name)[0].response["motDePasse"].clone();
    let mut expected = BTreeMap::from([
        ("create-edi-as2", vec!["EDI-000001 AAA001 En cours"]),
        ("create-edi-sftp", vec!["EDI-000002 AAA002 En cours"]),
        ("create-edi-pesit", vec!["EDI-000003 AAA003 En cours"]),
        ("draft-edi", vec!["EDI-000004 AAA004 En cours"]),
        ("delete-edi", vec!["- - -"]),
        ("update-edi", vec!["EDI-000001 AAA001 En cours"]),
        ("switch-edi", vec!["EDI-000001 AAA001 Inactif", "EDI-000001 AAA001 Actif"]),
        ("create-api", vec!["API-000001 AAA006 Actif", "API-000002 AAA007 Actif"]),
        ("update-api", vec!["API-000001 AAA006 Actif"]),
        ("deactivate-api", vec!["API-000002 AAA007 Inactif"]),
        ("create-account", vec!["CT-000001 TECH_1_21750001600019@cpro.fr Actif"]),
        ("update-account", vec!["CT-000001 TECH_1_21750001600019@cpro.fr Actif"]),
        (
            "switch-account",
            vec![
                "CT-000001 TECH_1_21750001600019@cpro.fr Inactif",
                "CT-000001 TECH_1_21750001600019@cpro.fr Actif",
            ],
        ),
        ("reset-password", vec!["CT-000001 TECH_1_21750001600019@cpro.fr Actif"]),
        ("add-client", vec!["- - -"]),
        ("remove-client", vec!["- - -"]),
    ]);
    for (name, requests) in changes() {
        let mut read = Vec::new();
        for (exchange, request) in recorded(&format!("gateway/{name}")).iter().zip(requests) {
            let Some(request) = request else { continue };
            assert!(answered(exchange).accepted("x").is_ok(), "{name}");
            let receipt = decode::receipt(&request, &exchange.response).unwrap();
            let id = receipt.id.as_ref().map_or("-", RemoteId::as_str);
            let status = receipt.status.as_ref().map_or("-", EdiStatus::label);
            read.push(format!("{id} {} {status}", receipt.code.as_deref().unwrap_or("-")));
            assert_eq!(receipt.password.is_some(), request.reveals_password(), "{name}");
            if let Some(shown) = &receipt.password {
                assert_eq!(password(&format!("gateway/{name}")), shown.expose_secret());
                assert!(!format!("{receipt:?}").contains(shown.expose_secret()));
            }
        }
        assert_eq!(read, expected.remove(name).unwrap(), "{name}");
    }
    assert!(expected.is_empty());
}

/// All pages of a recorded list, and how many elements it was told to have.
fn elements<T>(
    name: &str,
    decode: impl Fn(&Value) -> Result<T, decode::Misread>,
) -> (Vec<T>, Vec<u64>) {
    let mut all = Vec::new();
    let mut totals = Vec::new();
    for exchange in recorded(&format!("gateway/{name}")) {
        let page = wire::Liste::<Value>::deserialize(&exchange.response).unwrap();
        assert_eq!(u64::from(page.pages), exchange.response["pages"]);
        totals.push(page.total);
        all.extend(page.elements.iter().map(|element| decode(element).unwrap()));
    }
    (all, totals)
}

fn without_moment(sheet: ObservedEdi) -> ObservedEdi {
    assert!(sheet.status_since.is_some());
    ObservedEdi { status_since: None, ..sheet }
}

#[test]
fn recorded_sheets_are_read_as_the_values_that_were_sent() {
    let (sheets, totals) = elements("list-edi", decode::edi_json);
    let sheets: Vec<_> = sheets.into_iter().map(without_moment).collect();
    let active = EdiStatus::Active;
    let expected = [
        found(&updated(), "EDI-000001", active.clone(), "AAA001"),
        found(&sftp("Ville de Paris SFTP", 1), "EDI-000002", active.clone(), "AAA002"),
        found(&pesit("Ville de Paris PeSIT", 2), "EDI-000003", active.clone(), "AAA003"),
        found(&as2("Brouillon", 3), "EDI-000004", active.clone(), "AAA004"),
    ];
    assert_eq!(sheets, expected);
    assert_eq!(totals, [4, 4]);
    let [one] = recorded("gateway/read-edi").try_into().unwrap();
    let one = without_moment(decode::edi_json(&one.response).unwrap());
    assert_eq!(one, found(&as2("Ville de Paris G2B", 0), "EDI-000001", active, "AAA001"));
    for (number, exchange) in (1..).zip(recorded("gateway/list-edi")) {
        assert_eq!(page_call("/raccordements/v1/fiches-edi", number, 2).path, exchange.path);
    }
}

#[test]
fn recorded_api_sheets_accounts_clients_and_operators_are_read() {
    let observed = |sheet: ApiSheet, id: &str, status: ApiStatus, code: &str| ObservedApi {
        id: RemoteId::new(id),
        status,
        application_code: Some(code.to_owned()),
        structure: sheet.structure,
        piste_application: sheet.piste_application.as_str().to_owned(),
        usage: sheet.usage.as_str().to_owned(),
        publisher: sheet.publisher.map(|name| name.as_str().to_owned()),
        contact: contact_found(),
    };
    let (sheets, _) = elements("list-api", decode::api_json);
    let compta = api("APP_COMPTA", Some("Éditeur SA"));
    let expected = [
        observed(compta, "API-000001", ApiStatus::Active, "AAA006"),
        observed(api("APP_PROPRE", None), "API-000002", ApiStatus::Inactive, "AAA007"),
    ];
    assert_eq!(sheets, expected);

    let (accounts, _) = elements("list-accounts", decode::account_json);
    let expected = ObservedAccount {
        id: RemoteId::new("CT-000001"),
        login: "TECH_1_21750001600019@cpro.fr".to_owned(),
        structure: siret(PARIS),
        contact_email: "dsi@ville.example".to_owned(),
        active: true,
        created_at: Some("2026-12-01T12:00:10Z".parse().unwrap()),
        password_expires_at: Some("2028-01-29T12:00:10Z".parse().unwrap()),
    };
    assert_eq!(accounts, [expected]);

    let (clients, _) = elements("list-clients", decode::client_json);
    assert_eq!(clients, [(siret(PARIS), siret(LYON))]);

    let operators: Vec<bool> = recorded("gateway/read-operator")
        .iter()
        .map(|exchange| wire::Operateur::deserialize(&exchange.response).unwrap().operateur_public)
        .collect();
    assert_eq!(operators, [true, false]);
}

#[test]
fn every_recorded_refusal_is_told_with_its_code() {
    let mut codes = BTreeSet::new();
    for exchange in recorded("gateway/refusals") {
        let code = exchange.response["code"].as_str().unwrap().to_owned();
        let error = answered(&exchange).accepted("POST /x").err().unwrap();
        if exchange.status == 401 {
            assert_eq!(error, RemoteError::Credentials { layer: Layer::Account });
        } else {
            let message = exchange.response["message"].as_str().unwrap();
            assert!(error.has_code(&code) && error.to_string().contains(message), "{error}");
            assert!(
                matches!(error, RemoteError::Refused { status, .. } if status == exchange.status)
            );
            assert_eq!(error.is_not_found(), code == "INCONNU");
        }
        assert!(!error.help().is_empty());
        codes.insert(code);
    }
    // The table of `docs/gateway.md`, whole.
    let documented = std::fs::read_to_string(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/gateway.md"),
    )
    .unwrap();
    let documented: BTreeSet<String> = documented
        .split("## Refusals")
        .nth(1)
        .unwrap()
        .lines()
        .filter_map(|line| Some(line.strip_prefix("| 4")?.split('`').nth(1)?.to_owned()))
        .collect();
    assert_eq!(codes, documented);
}

#[test]
fn no_recording_is_left_out() {
    let reads = [
        "list-accounts",
        "list-api",
        "list-clients",
        "list-edi",
        "read-edi",
        "read-operator",
        "refusals",
    ];
    let bound: BTreeSet<String> =
        changes().into_keys().chain(reads).map(|name| format!("{name}.json")).collect();
    let files: BTreeSet<String> = std::fs::read_dir(recordings().join("gateway"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(bound, files);
}

#[test]
fn a_change_that_cannot_be_written_says_why() {
    let nothing = Certificates::default();
    let create = Request::CreateEdi { sheet: as2("x", 0) };
    let error = encode(&create, &|_| None, &nothing).unwrap_err();
    assert!(error.to_string().contains("the content of certificate `c0`"), "{error}");
    let target = Target::CreatedBy("maker".to_owned());
    let error = encode(&Request::DeleteEdi { target }, &|_| None, &nothing).unwrap_err();
    assert!(error.to_string().contains("`maker` has made nothing"), "{error}");
    let odd = Request::DeleteEdi { target: existing("../a b?c") };
    let call = encode(&odd, &|_| None, &nothing).unwrap();
    assert_eq!(call.path, "/raccordements/v1/fiches-edi/%2E%2E%2Fa%20b%3Fc");
}

#[test]
fn what_is_written_otherwise_is_read_as_the_same() {
    let mut sheet = recorded("gateway/read-edi").remove(0).response;
    sheet["protocole"] = json!("pesit");
    sheet["reseau"] = json!({ "ip": "2001:DB8:0::1", "port": "1761", "autre": true, "url": "" });
    sheet["contact"]["telephone"] = json!("01 23 45 67 89");
    sheet["certificats"][0]["sha256"] =
        json!(sheet["certificats"][0]["sha256"].as_str().unwrap().to_uppercase());
    sheet["statut"] = json!("En pause");
    let read = decode::edi_json(&sheet).unwrap();
    assert_eq!(read.protocol, "PESIT");
    assert_eq!(read.network["ip"], "2001:db8::1");
    assert_eq!(read.network.len(), 2);
    assert_eq!(read.contact, contact_found());
    assert_eq!(read.status, EdiStatus::Unrecognized("En pause".to_owned()));
    sheet["structure"] = json!("MC001");
    assert!(decode::edi_json(&sheet).is_err());
}
