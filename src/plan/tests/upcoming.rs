//! What ends soon: certificates by their lead, validities, and only what is declared and active.

use std::sync::Arc;

use crate::domain::certificate::DesiredCertificate;
use crate::domain::edi::EdiStatus;
use crate::plan::tests::world::World;
use crate::plan::tests::world::address;
use crate::plan::tests::world::fingerprint;
use crate::plan::tests::world::sftp;
use crate::plan::upcoming::Ending;

/// A sheet that holds `a`, which ends on 2027-06-30 in France.
fn world() -> World {
    let mut world = World::new();
    world.owns("g2b", "EDI-1", &sftp("G2B", "a"), EdiStatus::Active);
    world.declare("g2b", sftp("G2B", "a"));
    let certificate = DesiredCertificate {
        file: "certificates/a.p7b".to_owned(),
        fingerprint: fingerprint("a"),
        subject: "CN=a".to_owned(),
        not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
        not_after: "2027-06-30T21:59:59Z".parse().unwrap(),
        content: Arc::from(b"x".as_slice()),
    };
    world.desired.certificates.insert(address("ville/certificate/a"), certificate);
    world
}

fn ends(world: &World, day: &str) -> Vec<String> {
    let plan = World { as_of: day.to_owned(), ..clone(world) }.plan();
    plan.upcoming
        .iter()
        .map(|one| match &one.what {
            Ending::Certificate { order_by, .. } => format!("{} by {order_by}", one.ends),
            Ending::Validity => format!("{}", one.ends),
        })
        .collect()
}

fn clone(world: &World) -> World {
    World {
        channel: crate::domain::environment::Channel::Gateway,
        desired: world.desired.clone(),
        observed: world.observed.clone(),
        known: world.known.clone(),
        elsewhere: world.elsewhere.clone(),
        qualification: world.qualification.clone(),
        stage: world.stage,
        policy: world.policy.clone(),
        as_of: world.as_of.clone(),
        lifted: world.lifted.clone(),
        targets: world.targets.clone(),
    }
}

#[test]
fn a_certificate_is_listed_from_the_day_by_which_it_has_to_be_ordered() {
    let world = world();
    assert!(ends(&world, "2027-05-30").is_empty());
    assert_eq!(ends(&world, "2027-05-31"), ["2027-06-30 by 2027-05-31"]);
    assert_eq!(ends(&world, "2027-07-15"), ["2027-06-30 by 2027-05-31"]);
    let mut slow = clone(&world);
    slow.policy.certificate_lead_days = 90;
    assert_eq!(ends(&slow, "2027-04-01"), ["2027-06-30 by 2027-04-01"]);
}

#[test]
fn a_validity_is_listed_and_what_is_not_active_or_not_asked_for_is_not() {
    let mut world = world();
    let edi = world.desired.edi.get_mut(&address("ville/edi/g2b")).unwrap();
    edi.sheet.settings.validity.until = "2027-06-10".parse().unwrap();
    assert_eq!(ends(&world, "2027-05-31"), ["2027-06-10", "2027-06-30 by 2027-05-31"]);
    world.targets.insert(address("ville/edi/other"));
    assert!(ends(&world, "2027-05-31").is_empty());
    world.targets.clear();
    world.desired.edi.get_mut(&address("ville/edi/g2b")).unwrap().active = false;
    assert!(ends(&world, "2027-05-31").is_empty());
}
