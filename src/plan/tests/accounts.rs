//! Technical accounts: creation, adoption, rotation, removal.

use insta::assert_snapshot;

use crate::plan::tests::world::World;
use crate::plan::tests::world::account;
use crate::plan::tests::world::address;
use crate::plan::tests::world::api;

fn world() -> World {
    let mut world = World::new();
    world.desired.accounts.insert(address("ville/account/main"), account());
    world
}

#[test]
fn an_account_comes_before_the_api_connection_that_uses_it() {
    let mut world = world();
    let mut connection = api("APP");
    connection.technical_account = Some(address("ville/account/main"));
    world.desired.api.insert(address("ville/api/main"), connection);
    assert_snapshot!(world.picture(), @r"
    create ville/account/main (account)
      create
    create ville/api/main (sheet) as `APP`
      create after ville/account/main#1-create
    ");
}

#[test]
fn a_password_is_rotated_before_it_expires() {
    let mut world = world();
    world.account(Some("main"), "CT-1", "2026-12-31T12:00:00Z");
    world.as_of = "2026-11-30".to_owned();
    assert!(world.plan().is_empty());
    world.as_of = "2026-12-01".to_owned();
    assert_snapshot!(world.picture(), @r"
    rotate ville/account/main (password)
      reset_password
    ");
}

#[test]
fn a_password_that_never_reached_its_sink_is_reset() {
    let mut world = world();
    world.account(Some("main"), "CT-1", "2028-01-01T12:00:00Z");
    let known = world.known.addresses.get_mut(&address("ville/account/main")).unwrap();
    known.current.as_mut().unwrap().created_at = Some("2026-11-30T12:00:00Z".parse().unwrap());
    assert_snapshot!(world.picture(), @r"
    rotate ville/account/main (password)
      reset_password
    ");
}

#[test]
fn one_account_with_the_same_contact_is_adopted_and_two_are_asked_about() {
    let mut world = world();
    world.account(None, "CT-1", "2028-01-01T12:00:00Z");
    assert_snapshot!(world.picture(), @r"
    adopt ville/account/main (account)
      adopt
    ");
    world.account(None, "CT-2", "2028-01-01T12:00:00Z");
    assert_snapshot!(world.picture(), @r"
    unmanaged account CT-1
    unmanaged account CT-2
    error[account-ambiguous] several technical accounts may be `ville/account/main`: TECH_1_12345678200010@cpro.fr, TECH_2_12345678200010@cpro.fr
    ");
}

#[test]
fn one_account_is_not_adopted_twice() {
    let mut world = world();
    world.desired.accounts.insert(address("ville/account/other"), account());
    world.account(None, "CT-1", "2028-01-01T12:00:00Z");
    assert_snapshot!(world.picture(), @r"
    adopt ville/account/main (account)
      adopt
    create ville/account/other (account)
      create
    ");
}

#[test]
fn an_account_that_left_the_files_is_deactivated() {
    let mut world = World::new();
    world.account(Some("main"), "CT-1", "2028-01-01T12:00:00Z");
    assert_snapshot!(world.picture(), @r"
    deactivate ville/account/main (declared)
      deactivate
      forget
    ");
}
