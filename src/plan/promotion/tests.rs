//! What of a connection must differ between two environments, what must not, and what is missing.

use std::collections::BTreeMap;

use crate::domain::address::Address;
use crate::domain::desired::Desired;
use crate::domain::edi::DesiredEdi;
use crate::domain::edi::ExchangeSystem;
use crate::domain::environment::Connections;
use crate::domain::environment::Environment;
use crate::domain::environment::LedgerPlace;
use crate::domain::environment::Stage;
use crate::domain::event::Event;
use crate::domain::known::Known;
use crate::domain::proven::Form;
use crate::domain::proven::Proof;
use crate::domain::proven::Proven;
use crate::domain::value::InterfaceCode;
use crate::plan::promotion::Promoted;
use crate::plan::promotion::Promotion;
use crate::plan::promotion::Side;
use crate::plan::promotion::Verdict;
use crate::plan::promotion::compare;
use crate::plan::promotion::fields::Weight;
use crate::plan::qualification::Qualified;
use crate::plan::tests::world::address;
use crate::plan::tests::world::api;
use crate::plan::tests::world::as2;
use crate::plan::tests::world::sftp;

fn environment(name: &str, stage: Stage) -> Environment {
    Environment {
        name: name.to_owned(),
        stage,
        piste: None,
        connections: Connections::Portal,
        password_sink: None,
        ledger: LedgerPlace::File(format!("ledger/{name}.jsonl")),
        interval: None,
    }
}

fn proven(at: &Address, form: Form) -> Proven {
    let proof = Proof {
        at: "2026-11-20T09:00:00Z".parse().unwrap(),
        event: "e1".to_owned(),
        by: None,
        code: None,
    };
    let mut proven = Proven::default();
    proven.note(at, form, proof);
    proven
}

/// Compares one EDI connection, which was Actif in qualification as `here`.
fn compared(here: &DesiredEdi, there: &DesiredEdi, known: &Known) -> Promoted {
    let at = address("ville/edi/g2b");
    let desired = |edi: &DesiredEdi| Desired {
        edi: BTreeMap::from([(at.clone(), edi.clone())]),
        ..Desired::default()
    };
    let proofs = Qualified { proven: proven(&at, Form::of_edi(here)), ..Qualified::default() };
    let mut found = promotion(&desired(here), &desired(there), known, &proofs);
    assert_eq!(found.addresses.len(), 1);
    found.addresses.remove(0)
}

fn promotion(from: &Desired, to: &Desired, known: &Known, proofs: &Qualified) -> Promotion {
    let (essai, production) =
        (environment("essai", Stage::Qualification), environment("production", Stage::Production));
    let from = Side { environment: &essai, desired: from };
    let to = Side { environment: &production, desired: to };
    compare((from, to), proofs, known, None)
}

fn weights(one: &Promoted) -> Vec<(&str, Weight)> {
    one.fields.iter().map(|field| (field.field.as_str(), field.weight)).collect()
}

#[test]
fn another_certificate_is_expected_and_the_same_one_is_a_fault() {
    let found = compared(&sftp("Essai", "a"), &sftp("G2B", "b"), &Known::default());
    assert_eq!(found.verdict, Verdict::Ready);
    assert_eq!(weights(&found), [("certificates.client", Weight::Fine), ("name", Weight::Fine)]);
    let found = compared(&sftp("G2B", "a"), &sftp("G2B", "a"), &Known::default());
    assert_eq!(found.verdict, Verdict::NotReady);
    assert_eq!(weights(&found), [("certificates.client", Weight::Fault)]);
}

#[test]
fn what_was_tested_otherwise_is_another_connection() {
    let tested = as2("G2B", "a");
    let mut meant = as2("G2B", "b");
    meant.sheet.exchange_system = ExchangeSystem::PaCpro;
    meant.sheet.settings.subscriptions.insert(InterfaceCode::parse("FSO1117A").unwrap());
    let found = compared(&tested, &meant, &Known::default());
    let faults: Vec<&str> = weights(&found)
        .into_iter()
        .filter(|(_, weight)| *weight == Weight::Fault)
        .map(|(field, _)| field)
        .collect();
    assert_eq!(faults, ["exchange_system", "subscriptions"]);
    // The same server is only told.
    assert!(weights(&found).contains(&("network.url", Weight::Notice)));
    assert!(found.missing.unwrap().contains("as CPRO over AS2, and not as PA-CPRO over AS2"));
}

#[test]
fn what_went_already_is_there() {
    let making = r#"{"structure":"12345678200010","exchange_system":"CPRO","name":"n","declared_name":"n","generation":1}"#;
    let lines = [
        format!(r#""event":"adopted","address":"ville/edi/g2b","target":"E","making":{making},"application_code":null"#),
        r#""event":"settled","address":"ville/edi/g2b","target":"E","status":"Actif","application_code":null,"protocol":"SFTP""#.to_owned(),
    ];
    let events: Vec<Event> = lines
        .iter()
        .map(|line| {
            let head = r#""v":1,"id":"1","run":"r","at":"2026-12-01T00:00:00Z""#;
            serde_json::from_str(&format!("{{{head},{line}}}")).unwrap()
        })
        .collect();
    let known = Known::fold(&events);
    let found = compared(&sftp("G2B", "a"), &sftp("G2B", "b"), &known);
    assert_eq!(found.verdict, Verdict::AlreadyThere);
    // One that is made, and was never Actif, is not there.
    let found = compared(&sftp("G2B", "a"), &sftp("G2B", "b"), &Known::fold(&events[..1]));
    assert_eq!(found.verdict, Verdict::Ready);
}

#[test]
fn what_is_declared_in_one_only_or_never_tested_is_not_ready() {
    let mut from = Desired::default();
    from.edi.insert(address("ville/edi/old"), sftp("Old", "a"));
    from.api.insert(address("ville/api/main"), api("APP_SANDBOX"));
    let mut to = Desired::default();
    to.edi.insert(address("ville/edi/new"), sftp("New", "b"));
    to.api.insert(address("ville/api/main"), api("APP_VILLE"));
    let proofs = Qualified { environment: "essai".to_owned(), ..Qualified::default() };
    let found = promotion(&from, &to, &Known::default(), &proofs);
    let told: Vec<String> = found
        .addresses
        .iter()
        .map(|one| format!("{}: {}", one.address, one.missing.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(
        told,
        [
            "ville/api/main: it was never seen Actif in `essai`",
            "ville/edi/new: it is declared for `production`, and not for `essai`",
            "ville/edi/old: it is declared for `essai`, and not for `production`",
        ]
    );
    assert!(!found.is_ready() && found.count(Verdict::NotReady) == 3);
}

#[test]
fn one_ledger_for_both_is_a_fault_of_the_environments() {
    let essai = environment("essai", Stage::Qualification);
    let production =
        Environment { ledger: essai.ledger.clone(), ..environment("p", Stage::Production) };
    let (desired, known) = (Desired::default(), Known::default());
    let from = Side { environment: &essai, desired: &desired };
    let to = Side { environment: &production, desired: &desired };
    assert!(!compare((from, to), &Qualified::default(), &known, None).is_ready());
    let told = compare((to, to), &Qualified::default(), &known, None);
    assert_eq!((told.places[0].field.as_str(), told.places[0].weight), ("stage", Weight::Warning));
}
