//! Freezes of the policy, as a plan tells them.

use crate::diagnostic::Severity;
use crate::domain::environment::Stage;
use crate::domain::freeze::Edge;
use crate::domain::freeze::Freeze;
use crate::plan::tests::world::World;

/// Production, frozen from 20 December until 4 January; what is seen is of 1 December.
fn world() -> World {
    let mut world = World::new();
    world.stage = Stage::Production;
    world.policy.freeze = vec![Freeze {
        from: Edge::parse("2026-12-20").unwrap(),
        until: Edge::parse("2027-01-04").unwrap(),
        reason: "clôture comptable".to_owned(),
        environments: Vec::new(),
    }];
    world
}

fn told(world: &World) -> Vec<(Severity, String)> {
    let plan = world.plan();
    assert_eq!(plan.refusal(), None, "a freeze refuses no plan");
    plan.diagnostics.into_iter().map(|one| (one.severity, one.message.to_string())).collect()
}

#[test]
fn a_plan_tells_the_freeze_of_its_day_and_one_that_is_near() {
    let mut world = world();
    assert_eq!(told(&world), []);
    world.as_of = "2026-12-06".to_owned();
    assert_eq!(told(&world), []);
    let text = |verb| {
        format!("`simulator` {verb} frozen from 2026-12-20 until 2027-01-04: clôture comptable")
    };
    world.as_of = "2026-12-07".to_owned();
    assert_eq!(told(&world), [(Severity::Notice, text("will be"))]);
    for day in ["2026-12-20", "2027-01-04"] {
        world.as_of = day.to_owned();
        assert_eq!(told(&world), [(Severity::Warning, text("is"))]);
    }
    world.lifted.insert("freeze".to_owned());
    assert_eq!(told(&world), [(Severity::Notice, text("is"))]);
    world.as_of = "2027-01-05".to_owned();
    assert_eq!(told(&world), []);
}

#[test]
fn today_the_minute_counts_and_on_another_day_any_minute_of_it() {
    let mut world = world();
    world.policy.freeze[0].from = Edge::parse("2026-12-01T18:00").unwrap();
    assert_eq!(told(&world)[0].0, Severity::Notice);
    world.observed.at = "2026-12-01T17:00:00Z".parse().unwrap();
    assert_eq!(told(&world)[0].0, Severity::Warning);
    world.as_of = "2026-11-30".to_owned();
    assert_eq!(told(&world)[0].0, Severity::Notice);
    world.stage = Stage::Qualification;
    assert_eq!(told(&world), []);
}
