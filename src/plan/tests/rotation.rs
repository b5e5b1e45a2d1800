//! Rotations: what is known of the old certificate, and what the new one loses.

use std::collections::BTreeSet;

use crate::domain::certificate::CertificateFacts;
use crate::domain::certificate::KeyFacts;
use crate::domain::edi::EdiStatus;
use crate::language::Message;
use crate::plan::rotation::Lost;
use crate::plan::rotation::Provenance;
use crate::plan::rotation::Rotation;
use crate::plan::tests::world::World;
use crate::plan::tests::world::fingerprint;
use crate::plan::tests::world::sftp;

/// What there is to know of a certificate that has everything.
fn facts(name: &str) -> CertificateFacts {
    CertificateFacts {
        sha256: fingerprint(name),
        key_sha256: fingerprint(&format!("key-{name}")),
        not_after: if name == "a" { "2030-06-01T10:00:00Z" } else { "2031-06-01T10:00:00Z" }
            .parse()
            .unwrap(),
        subject: "CN=ville".to_owned(),
        organization: Some("Ville".to_owned()),
        organization_identifier: Some("999910011".to_owned()),
        usages: Some(["serverAuth", "clientAuth"].map(str::to_owned).into()),
        key: KeyFacts { kind: "RSA".to_owned(), bits: Some(3072), curve: None },
        hosts: BTreeSet::from(["sftp.ville.example".to_owned()]),
        issuer: "CN=Issuing".to_owned(),
    }
}

/// The sheet holds `a` and shall hold `b`; the ledger remembers `known`.
fn rotation(known: &[CertificateFacts]) -> (Rotation, Vec<Message>) {
    let mut world = World::new();
    world.owns("g2b", "EDI-1", &sftp("G2B", "a"), EdiStatus::Active);
    world.declare("g2b", sftp("G2B", "b"));
    for facts in known {
        world.known.certificates.insert(facts.sha256.clone(), facts.clone());
    }
    let mut plan = world.plan();
    (plan.changes[0].rotations.remove(0), plan.changes[0].notes.clone())
}

/// What is lost when `change` is the difference between old and new.
fn lost(change: impl Fn(&mut CertificateFacts, &mut CertificateFacts)) -> Vec<Lost> {
    let (mut old, mut new) = (facts("a"), facts("b"));
    change(&mut old, &mut new);
    rotation(&[old, new]).0.losses.into_iter().map(|loss| loss.what).collect()
}

#[test]
fn a_renewal_that_has_all_that_the_old_one_had_loses_nothing() {
    assert_eq!(lost(|_, _| {}), []);
    // More is no loss: a longer key, another usage, a name, a number where there was none.
    let more = lost(|old, new| {
        old.organization_identifier = None;
        new.key.bits = Some(4096);
        new.hosts.insert("autre.ville.example".to_owned());
        old.usages = Some(["clientAuth".to_owned()].into());
    });
    assert_eq!(more, []);
}

#[test]
fn each_loss_is_found() {
    let some = |usages: &[&str]| Some(usages.iter().map(|&usage| usage.to_owned()).collect());
    assert_eq!(lost(|_, new| new.usages = some(&["serverAuth"])), [Lost::Usage]);
    // Who says nothing may do everything.
    assert_eq!(lost(|old, _| old.usages = None), []);
    assert_eq!(
        lost(|old, new| (old.usages, new.usages) = (None, some(&["serverAuth"]))),
        [Lost::Usage]
    );
    assert_eq!(lost(|_, new| new.usages = None), []);
    assert_eq!(lost(|_, new| new.usages = some(&["anyExtendedKeyUsage"])), []);
    assert_eq!(lost(|_, new| new.key.bits = Some(2048)), [Lost::Key]);
    assert_eq!(lost(|_, new| new.key.kind = "EC".to_owned()), [Lost::Key]);
    assert_eq!(lost(|_, new| new.key.curve = Some("P-256".to_owned())), [Lost::Key]);
    assert_eq!(lost(|old, new| new.key_sha256 = old.key_sha256.clone()), [Lost::KeyKept]);
    let number = |number: &str| Some(number.to_owned());
    assert_eq!(
        lost(|_, new| new.organization_identifier = number("999910029")),
        [Lost::Organization]
    );
    assert_eq!(lost(|_, new| new.organization_identifier = None), [Lost::Organization]);
    // The number counts, not how the name is written.
    assert_eq!(lost(|_, new| new.organization = number("VILLE D'EXEMPLE")), []);
    assert_eq!(
        lost(|old, new| {
            (old.organization_identifier, new.organization_identifier) = (None, None);
            new.organization = number("Autre");
        }),
        [Lost::Organization]
    );
    assert_eq!(lost(|_, new| new.hosts.clear()), [Lost::Hosts]);
    assert_eq!(lost(|old, new| new.not_after = old.not_after), [Lost::Time]);
    assert_eq!(lost(|_, new| new.issuer = "CN=Other".to_owned()), [Lost::Authority]);
}

#[test]
fn nothing_is_made_up_about_a_certificate_that_nobody_remembers() {
    let (rotation, notes) = rotation(&[facts("b")]);
    assert_eq!(rotation.before.provenance, Provenance::Unknown);
    assert_eq!((rotation.before.ends, &rotation.losses), (None, &Vec::new()));
    assert!(notes.iter().any(|note| note.contains("nothing is known")), "{notes:?}");
}
