//! A certificate, or its key, on a sheet that the files do not tell of: unmanaged, replaced, or of another environment.

use std::collections::BTreeSet;

use insta::assert_snapshot;

use crate::domain::certificate::CertificateFacts;
use crate::domain::certificate::KeyFacts;
use crate::domain::edi::EdiStatus;
use crate::domain::environment::Stage;
use crate::domain::observed::RemoteId;
use crate::plan::shared::Elsewhere;
use crate::plan::tests::world::World;
use crate::plan::tests::world::address;
use crate::plan::tests::world::fingerprint;
use crate::plan::tests::world::sftp;

/// The sheet `g2b` is there as it is declared, with certificate `a`.
fn world() -> World {
    let mut world = World::new();
    world.owns("g2b", "EDI-1", &sftp("G2B", "a"), EdiStatus::Active);
    world.declare("g2b", sftp("G2B", "a"));
    world
}

/// A certificate with a key of its own name.
fn facts(name: &str, key: &str) -> CertificateFacts {
    CertificateFacts {
        sha256: fingerprint(name),
        key_sha256: fingerprint(key),
        not_after: "2030-06-01T10:00:00Z".parse().unwrap(),
        subject: "CN=ville".to_owned(),
        organization: None,
        organization_identifier: None,
        usages: None,
        key: KeyFacts { kind: "RSA".to_owned(), bits: Some(3072), curve: None },
        hosts: BTreeSet::new(),
        issuer: "CN=Issuing".to_owned(),
    }
}

fn remember(world: &mut World, name: &str, key: &str) {
    world.known.certificates.insert(fingerprint(name), facts(name, key));
}

/// Another environment remembers a certificate.
fn elsewhere(world: &mut World, stage: Stage, id: &str, facts: CertificateFacts) {
    world.elsewhere.push(Elsewhere {
        environment: stage.to_string(),
        stage,
        address: address("ville/edi/g2b"),
        id: RemoteId::new(id),
        name: "G2B".to_owned(),
        facts,
    });
}

#[test]
fn an_unmanaged_sheet_with_the_same_certificate_is_told_though_nothing_changes() {
    let mut world = world();
    world.exists("EDI-9", &sftp("Old", "a"), EdiStatus::Active);
    assert_snapshot!(world.picture(), @r"
    unmanaged edi EDI-9
    warning[certificate-shared] the certificate 610000000000… of `ville/edi/g2b` is also on sheet `EDI-9` (`Old`, Actif), not managed here
    ");
    assert!(world.plan().refusal().is_none());
}

#[test]
fn what_a_plan_would_put_on_a_second_sheet_stays_an_error_and_is_told_once() {
    let mut world = World::new();
    world.declare("g2b", sftp("G2B", "a"));
    world.exists("EDI-9", &sftp("Old", "a"), EdiStatus::Active);
    let plan = world.plan();
    assert_eq!(plan.diagnostics.len(), 1, "{:?}", plan.diagnostics);
    assert!(plan.refusal().is_some());
}

#[test]
fn the_sheet_that_is_adopted_and_those_that_let_it_go_are_no_others() {
    let mut world = World::new();
    world.exists("EDI-1", &sftp("G2B", "a"), EdiStatus::Active);
    world.declare("g2b", sftp("G2B", "a"));
    assert!(world.plan().diagnostics.is_empty());

    let mut world = self::world();
    world.policy.certificate_reuse_after_deactivation = true;
    world.exists("EDI-9", &sftp("Old", "a"), EdiStatus::Inactive);
    assert!(world.plan().diagnostics.is_empty());
}

#[test]
fn a_key_on_an_unmanaged_sheet_is_told_where_both_certificates_are_known() {
    let mut world = world();
    world.exists("EDI-9", &sftp("Old", "b"), EdiStatus::Active);
    remember(&mut world, "a", "key");
    assert!(world.plan().diagnostics.is_empty());
    remember(&mut world, "b", "other");
    assert!(world.plan().diagnostics.is_empty());
    remember(&mut world, "b", "key");
    assert_snapshot!(world.picture(), @r"
    unmanaged edi EDI-9
    warning[certificate-key-shared] the certificate 610000000000… of `ville/edi/g2b` has the key of the one on sheet `EDI-9` (`Old`, Actif), not managed here
    ");
}

#[test]
fn what_another_environment_remembers_is_told_with_its_address() {
    let mut world = world();
    world.stage = Stage::Production;
    elsewhere(&mut world, Stage::Qualification, "EDI-1", facts("a", "key"));
    assert_snapshot!(world.picture(), @"warning[certificate-across-stages] the certificate 610000000000… of `ville/edi/g2b` is also on `ville/edi/g2b` in environment `qualification` (sheet `EDI-1`, `G2B`)");
    // A plan that would put it there is refused.
    world.known.addresses.clear();
    world.observed.edi.clear();
    assert!(world.plan().refusal().is_some());
}

#[test]
fn environments_of_one_stage_may_know_the_same_sheet() {
    let mut world = world();
    world.stage = Stage::Production;
    elsewhere(&mut world, Stage::Production, "EDI-1", facts("a", "key"));
    assert!(world.plan().diagnostics.is_empty());
    elsewhere(&mut world, Stage::Production, "EDI-2", facts("a", "key"));
    let rules: Vec<_> = world.plan().diagnostics.iter().map(|one| one.rule).collect();
    assert_eq!(rules, ["certificate-shared"]);
}

#[test]
fn a_key_that_another_environment_remembers_is_a_warning() {
    let mut world = world();
    world.stage = Stage::Production;
    remember(&mut world, "a", "key");
    elsewhere(&mut world, Stage::Qualification, "EDI-5", facts("b", "key"));
    let plan = world.plan();
    let rules: Vec<_> = plan.diagnostics.iter().map(|one| one.rule).collect();
    assert_eq!(rules, ["certificate-key-shared"]);
    assert!(plan.refusal().is_none());
}
