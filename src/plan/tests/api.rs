//! API sheets: Actif at once, never active again, one PISTE application for one Actif sheet of a structure.

use insta::assert_snapshot;

use crate::domain::api::ApiStatus;
use crate::domain::edi::ReplaceOrder;
use crate::domain::value::Line;
use crate::plan::tests::world::World;
use crate::plan::tests::world::address;
use crate::plan::tests::world::api;

#[test]
fn the_application_is_modifiable_and_the_usage_is_not() {
    let mut world = World::new();
    world.api(Some("main"), "API-1", &api("APP"), ApiStatus::Active);
    world.desired.api.insert(address("ville/api/main"), api("APP_TWO"));
    assert_snapshot!(world.picture(), @r"
    update ville/api/main (piste_application)
      update
    ");

    let mut declared = api("APP");
    declared.sheet.usage = Line::parse("publisher").unwrap();
    declared.sheet.publisher = Some(Line::parse("Éditeur SA").unwrap());
    world.desired.api.insert(address("ville/api/main"), declared.clone());
    assert_snapshot!(world.picture(), @"error[application-shared] `ville/api/main` must be replaced, and the old sheet holds the PISTE application `APP` that the new one needs");
    declared.lifecycle.replace = ReplaceOrder::DeactivateFirst;
    world.desired.api.insert(address("ville/api/main"), declared);
    assert_snapshot!(world.picture(), @r"
    replace ville/api/main (usage!, publisher!) as `APP`
      deactivate
      create
    ");
}

#[test]
fn an_inactive_sheet_is_followed_by_a_new_one() {
    let mut world = World::new();
    world.api(Some("main"), "API-1", &api("APP"), ApiStatus::Inactive);
    world.desired.api.insert(address("ville/api/main"), api("APP"));
    assert_snapshot!(world.picture(), @r"
    replace ville/api/main (status!) as `APP`
      create
    ");
}

#[test]
fn an_active_sheet_with_the_application_is_adopted() {
    let mut world = World::new();
    world.api(None, "API-1", &api("APP"), ApiStatus::Active);
    world.desired.api.insert(address("ville/api/main"), api("APP"));
    assert_snapshot!(world.picture(), @r"
    adopt ville/api/main (sheet)
      adopt
    ");
}

#[test]
fn what_left_the_files_is_deactivated() {
    let mut world = World::new();
    world.api(Some("main"), "API-1", &api("APP"), ApiStatus::Active);
    assert_snapshot!(world.picture(), @r"
    deactivate ville/api/main (declared)
      deactivate
      forget
    ");
}
