//! Where a person works at the portal, unknown is no absent.

use crate::domain::edi::EdiStatus;
use crate::domain::environment::Channel;
use crate::domain::known::Intent;
use crate::domain::known::KnownAddress;
use crate::domain::observed::RemoteId;
use crate::domain::observed::Unread;
use crate::domain::seen::Look;
use crate::domain::seen::Seen;
use crate::domain::seen::Sighting;
use crate::language::Message;
use crate::plan::matching::first;
use crate::plan::portal;
use crate::plan::tests::world::SIRET;
use crate::plan::tests::world::World;
use crate::plan::tests::world::account;
use crate::plan::tests::world::address;
use crate::plan::tests::world::sftp;
use crate::plan::tests::world::siret;

fn world() -> World {
    let mut world = World::new();
    world.channel = Channel::Portal;
    world.observed.by_persons = true;
    world
}

fn known<'a>(world: &'a mut World, text: &str) -> &'a mut KnownAddress {
    world.known.addresses.entry(address(text)).or_default()
}

#[test]
fn without_evidence_a_creation_begins_with_a_look() {
    let mut world = world();
    world.declare("depot", sftp("Depot", "a"));
    insta::assert_snapshot!(world.picture(), @r"
    create ville/edi/depot (sheet) as `Depot`
      verify
      create
      wait
    ");
}

#[test]
fn after_a_look_that_found_nothing_it_is_made() {
    let mut world = world();
    world.declare("depot", sftp("Depot", "a"));
    known(&mut world, "ville/edi/depot").absent =
        Some(Look { at: world.observed.at, by: "camille@desk".to_owned() });
    insta::assert_snapshot!(world.picture(), @r"
    create ville/edi/depot (sheet) as `Depot`
      create
      wait
    ");
    let plan = world.plan();
    let notes: Vec<&str> = plan.changes[0].notes.iter().map(Message::english).collect();
    let notes = notes.join(" ");
    assert!(notes.contains("camille@desk looked on 2026-12-01 and found nothing there"), "{notes}");
}

#[test]
fn an_intention_without_outcome_is_evidence() {
    let mut world = world();
    world.declare("depot", sftp("Depot", "a"));
    let making = first(siret(SIRET), "Depot");
    let at = world.observed.at;
    known(&mut world, "ville/edi/depot").intent =
        Some(Intent { step: "ville/edi/depot#1-create".to_owned(), at, making });
    insta::assert_snapshot!(world.picture(), @r"
    verify ville/edi/depot (intention, sheet) as `Depot`
      verify
      create
      wait
    ");
}

#[test]
fn a_flag_of_the_structure_is_evidence_as_long_as_no_sheet_is_known() {
    let mut world = world();
    world.declare("depot", sftp("Depot", "a"));
    world.observed.structures.get_mut(&siret(SIRET)).unwrap().edi_sender = Some(true);
    insta::assert_snapshot!(world.picture(), @r"
    verify ville/edi/depot (edi.sender, sheet) as `Depot`
      verify
      create
      wait
    ");
    world.declare("other", sftp("Other", "b"));
    world.owns("other", "P-1", &sftp("Other", "b"), EdiStatus::Active);
    insta::assert_snapshot!(world.picture(), @r"
    create ville/edi/depot (sheet) as `Depot`
      verify
      create
      wait
    ");
}

#[test]
fn what_the_api_says_against_the_ledger_is_told() {
    let mut world = world();
    world.desired.accounts.insert(address("ville/account/main"), account());
    world.account(Some("main"), "CT-1", "2027-09-01T00:00:00Z");
    let mut seen = world.observed.accounts[&RemoteId::new("CT-1")].clone();
    seen.password_expires_at = Some("2027-09-02T00:00:00Z".parse().unwrap());
    let look = Look { at: world.observed.at, by: "camille@desk".to_owned() };
    let sighting = |seen| Sighting { seen: Seen::Account(seen), look: look.clone() };
    let id = RemoteId::new("CT-1");
    known(&mut world, "ville/account/main").sightings.insert(id.clone(), sighting(seen.clone()));
    assert_eq!(world.picture(), "", "a day more or less means nothing");
    seen.password_expires_at = Some("2027-12-01T00:00:00Z".parse().unwrap());
    known(&mut world, "ville/account/main").sightings.insert(id, sighting(seen));
    world.observed.unread = Some(Unread::AccountRefused);
    let picture = world.picture();
    assert!(picture.contains("warning[password-moved] the password of `ville/account/main` expires on 2027-09-01, and 2027-12-01 was expected"), "{picture}");
    assert!(picture.contains("warning[account-refused]"), "{picture}");
}

#[test]
fn a_structure_has_an_account_that_nobody_knows() {
    let mut world = world();
    world.desired.accounts.insert(address("ville/account/main"), account());
    world.observed.structures.get_mut(&siret(SIRET)).unwrap().password_expires_at =
        Some("2027-09-01T00:00:00Z".parse().unwrap());
    insta::assert_snapshot!(world.picture(), @r"
    verify ville/account/main (password_expires_at, account)
      verify
      create
    ");
}

#[test]
fn steps_of_persons_and_what_waits_for_them_are_kept_apart() {
    let mut world = world();
    world.owns("gone", "P-1", &sftp("Gone", "a"), EdiStatus::Active);
    let plan = world.plan();
    let words = |plan: &crate::plan::Plan| -> Vec<&str> {
        plan.steps().map(|step| step.does.word()).collect()
    };
    assert_eq!(words(&plan), ["deactivate", "forget"]);
    assert!(words(&portal::without_persons(&plan)).is_empty(), "what is in use is not forgotten");
    assert_eq!(portal::steps(&plan).len(), 1);
}
