//! Claims about the rules, told on small worlds.

use std::sync::Arc;

use jiff::civil::date;

use super::*;
use crate::domain::account::DesiredAccount;
use crate::domain::address::Kind;
use crate::domain::api::ApiSheet;
use crate::domain::api::DesiredApi;
use crate::domain::certificate::DesiredCertificate;
use crate::domain::desired::DesiredClient;
use crate::domain::edi::CertificateUse;
use crate::domain::edi::DesiredEdi;
use crate::domain::edi::EdiSettings;
use crate::domain::edi::EdiSheet;
use crate::domain::edi::ExchangeSystem;
use crate::domain::edi::Lifecycle;
use crate::domain::edi::Network;
use crate::domain::edi::Slot;
use crate::domain::edi::Validity;
use crate::domain::siret::Siret;
use crate::domain::structure::DesiredStructure;
use crate::domain::value::Contact;
use crate::domain::value::Email;
use crate::domain::value::Fingerprint;
use crate::domain::value::Line;
use crate::domain::value::Phone;
use crate::domain::value::PisteApplication;
use crate::domain::value::SheetName;

const SIRET: &str = "73282932000074";

fn siret(text: &str) -> Siret {
    Siret::parse(text).unwrap().siret
}

fn contact() -> Contact {
    Contact {
        first_name: Line::parse("Camille").unwrap(),
        last_name: Line::parse("Martin").unwrap(),
        email: Email::parse("a@ville.example").unwrap(),
        phone: Phone::parse("+33123456789").unwrap(),
    }
}

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

fn structure(desired: &mut Desired, entity: &str, number: &str, public_operator: bool) {
    desired.structures.insert(
        Address::new(entity, Kind::Structure, number).unwrap(),
        DesiredStructure {
            siret: siret(number),
            name: None,
            edi_sender: None,
            edi_receiver: None,
            services: std::collections::BTreeMap::new(),
            public_operator,
        },
    );
}

fn certificate(desired: &mut Desired, at: &str, digit: char, end: &str) -> CertificateUse {
    let fingerprint = Fingerprint::parse(&digit.to_string().repeat(64)).unwrap();
    let at = address(at);
    desired.certificates.insert(
        at.clone(),
        DesiredCertificate {
            file: format!("certificates/{}.pem", at.key()),
            fingerprint: fingerprint.clone(),
            subject: "CN=x".to_owned(),
            not_before: "2025-01-01T00:00:00Z".parse().unwrap(),
            not_after: format!("{end}T00:00:00Z").parse().unwrap(),
            content: Arc::from(b"x".as_slice()),
        },
    );
    CertificateUse { key: at.key().to_owned(), fingerprint }
}

fn edi(desired: &mut Desired, at: &str, name: &str, used: CertificateUse, until: Date) {
    desired.edi.insert(
        address(at),
        DesiredEdi {
            sheet: EdiSheet {
                structure: siret(SIRET),
                exchange_system: ExchangeSystem::Cpro,
                name: SheetName::parse(name).unwrap(),
                settings: EdiSettings {
                    network: Network::Sftp { ip: None },
                    certificates: [(Slot::Client, used)].into(),
                    validity: Validity { from: date(2026, 1, 1), until },
                    contact: contact(),
                    subscriptions: std::collections::BTreeSet::new(),
                },
            },
            replacement_names: Vec::new(),
            lifecycle: Lifecycle::default(),
            active: true,
        },
    );
}

fn api(desired: &mut Desired, at: &str, application: &str, account: Option<&str>) {
    desired.api.insert(
        address(at),
        DesiredApi {
            sheet: ApiSheet {
                structure: siret(SIRET),
                piste_application: PisteApplication::parse(application).unwrap(),
                usage: Line::parse("own").unwrap(),
                publisher: None,
                contact: contact(),
            },
            technical_account: account.map(address),
            lifecycle: Lifecycle::default(),
            active: true,
        },
    );
}

fn account(desired: &mut Desired, at: &str, login: Option<&str>) {
    desired.accounts.insert(
        address(at),
        DesiredAccount {
            structure: siret(SIRET),
            contact_email: Email::parse("a@ville.example").unwrap(),
            active: true,
            rotate_before_days: 30,
            login: login.map(str::to_owned),
        },
    );
}

fn rules_of(desired: &Desired) -> Vec<&'static str> {
    let input = Input {
        desired,
        places: &Places::default(),
        stage: Stage::Qualification,
        knowledge: &Knowledge::default(),
        index: None,
        policy: &Policy::default(),
        as_of: date(2026, 6, 1),
    };
    let mut rules: Vec<&'static str> =
        validate(&input).iter().map(|diagnostic| diagnostic.rule).collect();
    rules.sort_unstable();
    rules
}

#[test]
fn a_world_in_order_breaks_no_rule() {
    let mut desired = Desired::default();
    structure(&mut desired, "a", SIRET, false);
    let used = certificate(&mut desired, "a/certificate/c", 'a', "2099-01-01");
    edi(&mut desired, "a/edi/x", "X", used, date(2028, 1, 1));
    account(&mut desired, "a/account/f", None);
    api(&mut desired, "a/api/f", "APP", Some("a/account/f"));
    assert_eq!(rules_of(&desired), Vec::<&str>::new());
}

#[test]
fn names_are_unique_also_those_to_come() {
    let mut desired = Desired::default();
    let one = certificate(&mut desired, "a/certificate/c", 'a', "2099-01-01");
    let two = certificate(&mut desired, "a/certificate/d", 'b', "2099-01-01");
    edi(&mut desired, "a/edi/x", "X", one.clone(), date(2028, 1, 1));
    edi(&mut desired, "a/edi/y", "X", two.clone(), date(2028, 1, 1));
    assert_eq!(rules_of(&desired), ["sheet-name-taken"]);
    edi(&mut desired, "a/edi/y", "X (2)", two, date(2028, 1, 1));
    assert_eq!(rules_of(&desired), ["replacement-name-taken"]);
}

#[test]
fn a_certificate_serves_one_sheet() {
    let mut desired = Desired::default();
    let used = certificate(&mut desired, "a/certificate/c", 'a', "2099-01-01");
    edi(&mut desired, "a/edi/x", "X", used.clone(), date(2028, 1, 1));
    edi(&mut desired, "b/edi/y", "Y", used, date(2028, 1, 1));
    assert_eq!(rules_of(&desired), ["certificate-shared"]);
}

#[test]
fn validity_has_its_days_in_order_and_is_not_over() {
    let mut desired = Desired::default();
    let used = certificate(&mut desired, "a/certificate/c", 'a', "2099-01-01");
    edi(&mut desired, "a/edi/x", "X", used.clone(), date(2025, 12, 31));
    assert_eq!(rules_of(&desired), ["validity-reversed"]);
    edi(&mut desired, "a/edi/x", "X", used, date(2026, 5, 31));
    assert_eq!(rules_of(&desired), ["validity-over"]);
}

#[test]
fn accounts_and_api_connections_belong_together() {
    let mut desired = Desired::default();
    account(&mut desired, "a/account/f", Some("TECH_1"));
    account(&mut desired, "a/account/g", Some("TECH_1"));
    api(&mut desired, "a/api/f", "APP", None);
    api(&mut desired, "a/api/g", "App", Some("a/account/g"));
    api(&mut desired, "a/api/h", "APP", Some("a/account/g"));
    assert_eq!(
        rules_of(&desired),
        [
            "account-unused",
            "api-without-account",
            "login-twice",
            "piste-application-case",
            "piste-application-twice"
        ],
    );
}

#[test]
fn structures_are_declared_once_and_operators_have_their_parameter() {
    let mut desired = Desired::default();
    structure(&mut desired, "a", SIRET, false);
    structure(&mut desired, "b", SIRET, false);
    for client in ["12345678200028", "12345678200036"] {
        desired.clients.insert(
            Address::new("a", Kind::Client, client).unwrap(),
            DesiredClient { operator: siret(SIRET), client: siret(client) },
        );
    }
    assert_eq!(rules_of(&desired), ["operator-without-parameter", "siret-twice"]);
}
