//! What goes to production only once it was Actif in qualification.

use insta::assert_snapshot;

use crate::domain::desired::Moved;
use crate::domain::edi::DesiredEdi;
use crate::domain::edi::EdiStatus;
use crate::domain::edi::ReplaceOrder;
use crate::domain::environment::Stage;
use crate::domain::proven::Form;
use crate::domain::proven::Proof;
use crate::domain::proven::Proven;
use crate::domain::value::InterfaceCode;
use crate::plan::Plan;
use crate::plan::change::Change;
use crate::plan::change::ChangeKind;
use crate::plan::change::Refusal;
use crate::plan::qualification::Qualified;
use crate::plan::tests::world::World;
use crate::plan::tests::world::address;
use crate::plan::tests::world::api;
use crate::plan::tests::world::as2;
use crate::plan::tests::world::sftp;

/// Production, where the policy asks for qualification; its ledger is empty.
fn world() -> World {
    let mut world = World::new();
    world.stage = Stage::Production;
    world.policy.require_qualification = true;
    world.qualification =
        vec![Qualified { environment: "essai".to_owned(), ..Qualified::default() }];
    world
}

/// The ledger of qualification has seen a sheet Actif.
fn prove(world: &mut World, at: &str, form: Form, by: Option<&str>) {
    let proof = Proof {
        at: "2026-11-20T09:00:00Z".parse().unwrap(),
        event: "e1".to_owned(),
        by: by.map(str::to_owned),
        code: Some("AAA001".to_owned()),
    };
    world.qualification[0].proven.note(&address(at), form, proof);
}

fn told(plan: &Plan) -> String {
    let each = plan.diagnostics.iter().map(|one| {
        let help = one.help.as_deref().unwrap_or_default();
        format!("{}: {}\n  {help}", one.rule, one.message)
    });
    each.collect::<Vec<_>>().join("\n")
}

fn steps(change: &Change) -> String {
    let words: Vec<&str> = change.steps.iter().map(|step| step.does.word()).collect();
    words.join(" ")
}

fn only(plan: &Plan) -> &Change {
    assert_eq!(plan.changes.len(), 1, "{plan:#?}");
    &plan.changes[0]
}

#[test]
fn a_sheet_that_was_never_actif_there_is_blocked_by_the_policy() {
    let mut world = world();
    world.declare("g2b", sftp("G2B", "a"));
    let plan = world.plan();
    assert_eq!(plan.refusal(), Some(Refusal::Policy));
    let change = only(&plan);
    assert_eq!((change.change, steps(change).as_str()), (ChangeKind::Create, ""));
    assert_eq!(
        change.blocked.as_deref(),
        Some("not qualified: it was never seen Actif in `essai`")
    );
    assert_snapshot!(told(&plan), @"
    policy-require-qualification: `ville/edi/g2b` is not qualified: it was never seen Actif in `essai`
      run `raccord apply -e essai`, and let it wait until the sheet is Actif; or lift the limit for one run with `--lift require_qualification`
    ");
    world.qualification[0].is_empty = true;
    assert!(told(&world.plan()).contains("the ledger of `essai` is empty"));
    world.qualification[0] = Qualified { by_persons: true, ..world.qualification[0].clone() };
    world.qualification[0].is_empty = false;
    assert!(told(&world.plan()).contains("raccord confirm ville/edi/g2b --status Actif -e essai"));
    world.qualification.clear();
    assert!(told(&world.plan()).contains("no environment of `raccord.yaml` has"));
    // Where nothing would be sent, nothing has to be proven.
    world.desired.edi.clear();
    assert_eq!(told(&world.plan()), "");
}

#[test]
fn other_stages_and_runs_that_lift_it_are_let_pass() {
    let mut world = world();
    world.declare("g2b", sftp("G2B", "a"));
    world.lifted.insert("require_qualification".to_owned());
    let plan = world.plan();
    assert_eq!((plan.refusal(), steps(only(&plan)).as_str()), (None, "create wait"));
    assert!(only(&plan).notes.iter().any(|note| note.contains("let pass by")), "{plan:#?}");
    world.lifted.clear();
    world.stage = Stage::Qualification;
    assert_eq!(world.plan().refusal(), None);
}

#[test]
fn the_proof_is_about_the_same_exchange_system_and_protocol() {
    let mut world = world();
    let declared = sftp("G2B", "a");
    world.declare("g2b", declared.clone());
    prove(&mut world, "ville/edi/g2b", Form::of_edi(&declared), None);
    let plan = world.plan();
    assert_eq!((plan.refusal(), steps(only(&plan)).as_str()), (None, "create wait"));
    assert_snapshot!(only(&plan).qualification.as_ref().unwrap().sentence(), @"it was Actif in `essai` on 2026-11-20 as `AAA001` (CPRO over SFTP)");
    world.declare("g2b", as2("G2B", "a"));
    let plan = world.plan();
    assert_eq!(plan.refusal(), Some(Refusal::Policy));
    assert_snapshot!(only(&plan).blocked.as_ref().unwrap(), @"not qualified: it was Actif in `essai` as CPRO over SFTP, and not as CPRO over AS2");
    // An event of an older program does not tell the protocol.
    let unknown = Form { protocol: None, ..Form::of_edi(&declared) };
    world.qualification[0].proven = Proven::default();
    prove(&mut world, "ville/edi/g2b", unknown, None);
    assert_snapshot!(world.plan().changes[0].blocked.as_ref().unwrap(), @"not qualified: it was Actif in `essai` as CPRO over a protocol that is not recorded, and not as CPRO over AS2");
}

#[test]
fn what_a_person_confirmed_says_who_and_a_former_name_counts() {
    let mut world = world();
    let declared = sftp("G2B", "a");
    world.declare("g2b", declared.clone());
    prove(&mut world, "ville/edi/ancien", Form::of_edi(&declared), Some("camille@atelier"));
    assert_eq!(world.plan().refusal(), Some(Refusal::Policy));
    let (from, to) = (address("ville/edi/ancien"), address("ville/edi/g2b"));
    world.desired.moved.insert(Moved { from, to });
    let plan = world.plan();
    assert_snapshot!(only(&plan).qualification.as_ref().unwrap().sentence(), @"it was Actif in `essai` on 2026-11-20 as `AAA001` (CPRO over SFTP), as camille@atelier saw at the portal");
}

#[test]
fn api_connections_need_a_proof_of_their_address() {
    let mut world = world();
    world.desired.api.insert(address("ville/api/main"), api("APP_VILLE"));
    assert_eq!(world.plan().refusal(), Some(Refusal::Policy));
    prove(&mut world, "ville/api/main", Form::default(), None);
    assert_eq!(world.plan().refusal(), None);
}

/// A sheet that is Actif in production; qualification knows nothing of it.
fn running(declared: impl Fn(&mut DesiredEdi)) -> World {
    let mut world = world();
    let mut edi = sftp("G2B", "a");
    world.owns("g2b", "EDI-1", &edi, EdiStatus::Active);
    declared(&mut edi);
    world.declare("g2b", edi);
    world
}

#[test]
fn a_sheet_that_runs_keeps_running_as_it_is() {
    let renewed = running(|edi| {
        let other = sftp("G2B", "b");
        edi.sheet.settings.certificates = other.sheet.settings.certificates;
        edi.sheet.settings.validity.until = "2051-12-31".parse().unwrap();
    });
    let plan = renewed.plan();
    assert_eq!((plan.refusal(), steps(only(&plan)).as_str()), (None, "update wait"));
    let parked = running(|edi| edi.active = false).plan();
    assert_eq!((parked.refusal(), steps(only(&parked)).as_str()), (None, "deactivate"));
    let mut left = running(|_| {});
    left.desired.edi.clear();
    assert_eq!(left.plan().refusal(), None);
    let more = running(|edi| {
        edi.sheet.settings.subscriptions.insert(InterfaceCode::parse("FSO1117A").unwrap());
    });
    assert_eq!(more.plan().refusal(), Some(Refusal::Policy));
}

#[test]
fn an_old_sheet_stays_while_the_one_that_replaces_it_may_not_come() {
    for order in [ReplaceOrder::CreateFirst, ReplaceOrder::DeactivateFirst] {
        let world = running(|edi| {
            *edi = as2("G2B", "b");
            edi.lifecycle.replace = order;
        });
        let plan = world.plan();
        assert_eq!(plan.refusal(), Some(Refusal::Policy));
        assert_eq!((only(&plan).change, steps(only(&plan)).as_str()), (ChangeKind::Replace, ""));
    }
}

#[test]
fn a_sheet_that_is_en_cours_is_still_waited_for() {
    let mut world = running(|edi| {
        edi.sheet.settings.subscriptions.insert(InterfaceCode::parse("FSO1117A").unwrap());
    });
    for sheet in world.observed.edi.values_mut() {
        sheet.status = EdiStatus::Pending;
    }
    let plan = world.plan();
    assert_eq!(steps(only(&plan)), "wait");
    assert!(only(&plan).blocked.is_some());
}

#[test]
fn what_is_not_chosen_needs_no_proof() {
    let mut world = world();
    world.declare("g2b", sftp("G2B", "a"));
    world.declare("depot", as2("Depot", "b"));
    prove(&mut world, "ville/edi/g2b", Form::of_edi(&sftp("G2B", "a")), None);
    assert_eq!(world.plan().refusal(), Some(Refusal::Policy));
    world.targets.insert(address("ville/edi/g2b"));
    let plan = world.plan();
    assert_eq!((plan.refusal(), only(&plan).address.key()), (None, "g2b"));
}

#[test]
fn qualification_notes_what_is_actif_and_not_yet_proven() {
    let mut world = running(|_| {});
    world.stage = Stage::Qualification;
    let plan = world.plan();
    assert_eq!((only(&plan).change, steps(only(&plan)).as_str()), (ChangeKind::Wait, "wait"));
    // The structure is unchanged, the sheet is not counted twice.
    assert_eq!(plan.unchanged, 1);
    let form = Form::of_edi(&sftp("G2B", "a"));
    let proof = Proof { at: world.observed.at, event: "e".to_owned(), by: None, code: None };
    world.known.proven.note(&address("ville/edi/g2b"), form, proof);
    assert!(world.plan().is_empty());
    world.known.proven = Proven::default();
    world.policy.require_qualification = false;
    assert!(world.plan().is_empty());
}
