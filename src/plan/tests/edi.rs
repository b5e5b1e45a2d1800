//! EDI sheets: the decision table, replacement and its traps, retirement, removal, adoption, limits.

use insta::assert_snapshot;

use crate::domain::desired::Moved;
use crate::domain::edi::EdiStatus;
use crate::domain::edi::ReplaceOrder;
use crate::domain::policy::Limit;
use crate::domain::value::InterfaceCode;
use crate::language::Language;
use crate::language::within;
use crate::plan::Plan;
use crate::plan::tests::world::World;
use crate::plan::tests::world::address;
use crate::plan::tests::world::as2;
use crate::plan::tests::world::fingerprint;
use crate::plan::tests::world::sftp;

/// A sheet `g2b` with status `status`; declared with another contact field, protocol or nothing changed.
fn with_status(status: &EdiStatus) -> [World; 3] {
    [sftp("G2B", "a"), more_subscriptions(sftp("G2B", "a")), as2("G2B", "b")].map(|declared| {
        let mut world = World::new();
        world.owns("g2b", "EDI-1", &sftp("G2B", "a"), status.clone());
        world.declare("g2b", declared);
        world
    })
}

fn more_subscriptions(mut edi: crate::domain::edi::DesiredEdi) -> crate::domain::edi::DesiredEdi {
    edi.sheet.settings.subscriptions.insert(InterfaceCode::parse("FSO1106A").unwrap());
    edi
}

#[expect(clippy::needless_pass_by_value, reason = "reads better where it is called")]
fn row(status: EdiStatus) -> String {
    with_status(&status).map(|world| world.picture()).join("--\n")
}

#[test]
fn absent_is_created() {
    let mut world = World::new();
    world.declare("g2b", sftp("G2B", "a"));
    assert_snapshot!(world.picture(), @r"
    create ville/edi/g2b (sheet) as `G2B`
      create
      wait
    ");
}

#[test]
fn a_draft_is_finalised_or_deleted_for_another_protocol() {
    assert_snapshot!(row(EdiStatus::Draft), @r"
    create ville/edi/g2b (status)
      finalise
      wait
    --
    create ville/edi/g2b (status, subscriptions)
      finalise
      wait
    --
    replace ville/edi/g2b (protocol!, network.as2_id, network.url, certificates.server, certificates.client) as `G2B`
      delete
      create
      wait
    ");
}

#[test]
fn en_cours_is_waited_for_before_anything_is_done() {
    assert_snapshot!(row(EdiStatus::Pending), @r"
    wait ville/edi/g2b (status)
      wait
    --
    wait ville/edi/g2b (status, subscriptions)
      wait
      update
      wait
    --
    wait ville/edi/g2b (protocol!, network.as2_id, network.url, certificates.server, certificates.client) as `G2B (2)`
      wait
      create
      wait
      deactivate
    ");
}

#[test]
fn actif_is_left_updated_or_replaced() {
    assert_snapshot!(row(EdiStatus::Active), @r"
    --
    update ville/edi/g2b (subscriptions)
      update
      wait
    --
    replace ville/edi/g2b (protocol!, network.as2_id, network.url, certificates.server, certificates.client) as `G2B (2)`
      create
      wait
      deactivate
    ");
}

#[test]
fn inactif_is_activated_updated_or_replaced() {
    assert_snapshot!(row(EdiStatus::Inactive), @r"
    activate ville/edi/g2b (status)
      activate
    --
    update ville/edi/g2b (subscriptions)
      update
      wait
    --
    replace ville/edi/g2b (protocol!, network.as2_id, network.url, certificates.server, certificates.client) as `G2B (2)`
      create
      wait
    ");
}

#[test]
fn partielle_always_asks_support() {
    assert_snapshot!(row(EdiStatus::Partial), @r"
    ask_support ville/edi/g2b (status)
    --
    ask_support ville/edi/g2b (status, subscriptions)
    --
    ask_support ville/edi/g2b (status, protocol!, network.as2_id, network.url, certificates.server, certificates.client)
    ");
}

#[test]
fn erreur_asks_support_unless_a_new_sheet_is_needed() {
    assert_snapshot!(row(EdiStatus::Error), @r"
    ask_support ville/edi/g2b (status)
    --
    ask_support ville/edi/g2b (status, subscriptions)
    --
    replace ville/edi/g2b (protocol!, network.as2_id, network.url, certificates.server, certificates.client) as `G2B (2)`
      create
      wait
    ");
    let [_, mut world, _] = with_status(&EdiStatus::Error);
    let mut declared = more_subscriptions(sftp("G2B", "b"));
    declared.lifecycle.recreate_on_error = true;
    world.declare("g2b", declared);
    assert_snapshot!(world.picture(), @r"
    replace ville/edi/g2b (certificates.client, subscriptions) as `G2B (2)`
      create
      wait
    ");
}

#[test]
fn a_status_that_nobody_knows_is_waited_for() {
    assert_snapshot!(row(EdiStatus::Unrecognized("Suspendu".to_owned())), @r"
    wait ville/edi/g2b (status)
    --
    wait ville/edi/g2b (status, subscriptions)
    --
    wait ville/edi/g2b (status, protocol!, network.as2_id, network.url, certificates.server, certificates.client)
    ");
}

#[test]
fn a_replacement_that_shares_its_certificate_is_refused_with_the_ways_out() {
    let mut world = World::new();
    world.owns("g2b", "EDI-1", &sftp("G2B", "a"), EdiStatus::Active);
    world.declare("g2b", as2("G2B", "a"));
    let plan = world.plan();
    assert!(plan.refusal().is_some());
    let fault = plan.diagnostics.iter().find(|diagnostic| diagnostic.is_error()).unwrap();
    assert_eq!(fault.rule, "certificate-shared");
    let help = fault.help.as_deref().unwrap();
    assert!(
        help.contains("new certificate")
            && help.contains("deactivate_first")
            && help.contains("policy"),
        "{help}"
    );
}

#[test]
fn deactivating_first_reuses_the_certificate_only_where_the_policy_allows() {
    let mut world = World::new();
    world.owns("g2b", "EDI-1", &sftp("G2B", "a"), EdiStatus::Active);
    let mut declared = as2("G2B", "a");
    declared.lifecycle.replace = ReplaceOrder::DeactivateFirst;
    world.declare("g2b", declared);
    assert_snapshot!(world.picture(), @r"
    replace ville/edi/g2b (protocol!, network.as2_id, network.url, certificates.server, certificates.client) as `G2B (2)`
      deactivate
      create
      wait
    error[certificate-shared] `ville/edi/g2b` must be replaced, and the old sheet holds the certificate 610000000000… that the new one needs
    ");
    world.policy.certificate_reuse_after_deactivation = true;
    assert_snapshot!(world.picture(), @r"
    replace ville/edi/g2b (protocol!, network.as2_id, network.url, certificates.server, certificates.client) as `G2B (2)`
      deactivate
      create
      wait
    ");
}

#[test]
fn an_overlap_is_announced_then_running_then_over() {
    let mut world = World::new();
    world.owns("g2b", "EDI-1", &sftp("G2B", "a"), EdiStatus::Active);
    let mut declared = as2("G2B", "b");
    declared.lifecycle.overlap_days = 14;
    world.declare("g2b", declared.clone());
    assert_snapshot!(world.picture(), @r"
    replace ville/edi/g2b (protocol!, network.as2_id, network.url, certificates.server, certificates.client) as `G2B (2)`
      create
      wait
      deactivate on 2026-12-15
    ");

    let mut world = World::new();
    let mut second = declared.clone();
    second.sheet.name = crate::domain::value::SheetName::parse("G2B (2)").unwrap();
    world.owned_before("g2b", "EDI-1", &sftp("G2B", "a"), EdiStatus::Active, 14);
    world.owns("g2b", "EDI-2", &second, EdiStatus::Active);
    world
        .known
        .addresses
        .get_mut(&address("ville/edi/g2b"))
        .unwrap()
        .current
        .as_mut()
        .unwrap()
        .making
        .declared_name = "G2B".to_owned();
    world.declare("g2b", declared);
    world.as_of = "2026-10-14".to_owned();
    assert_snapshot!(world.picture(), @"notice[overlap-running] `ville/edi/g2b`: the old sheet `G2B` is deactivated by an apply on or after 2026-10-15");
    world.as_of = "2026-10-15".to_owned();
    assert_snapshot!(world.picture(), @r"
    deactivate ville/edi/g2b (replaced_by)
      deactivate
    ");
}

#[test]
fn an_old_sheet_outlives_a_new_one_that_is_not_actif() {
    let mut world = World::new();
    world.owned_before("g2b", "EDI-1", &sftp("G2B", "a"), EdiStatus::Active, 0);
    let new = as2("G2B (2)", "b");
    world.owns("g2b", "EDI-2", &new, EdiStatus::Error);
    world.declare("g2b", new.clone());
    assert_snapshot!(world.picture(), @r"
    ask_support ville/edi/g2b (status)
    notice[retirement-waits] `ville/edi/g2b`: the old sheet `G2B` stays Actif until the new one is
    ");
    world.owns("g2b", "EDI-2", &new, EdiStatus::Pending);
    assert_snapshot!(world.picture(), @r"
    wait ville/edi/g2b (status)
      wait
    deactivate ville/edi/g2b (replaced_by)
      deactivate after ville/edi/g2b#1-wait
    ");
}

#[test]
fn a_name_of_a_hundred_characters_still_finds_a_successor() {
    let long = "é".repeat(100);
    let mut world = World::new();
    world.owns("g2b", "EDI-1", &sftp(&long, "a"), EdiStatus::Active);
    world.declare("g2b", as2(&long, "b"));
    let plan = world.plan();
    let name = plan.changes[0].new_name.as_deref().unwrap();
    assert_eq!((name.chars().count(), name.ends_with(" (2)")), (100, true));
}

#[test]
fn names_that_are_taken_are_passed_over() {
    let mut world = World::new();
    world.owns("g2b", "EDI-1", &sftp("G2B", "a"), EdiStatus::Active);
    world.exists("EDI-7", &sftp("G2B (2)", "z"), EdiStatus::Inactive);
    world.declare("g2b", as2("G2B", "b"));
    assert_snapshot!(world.picture(), @r"
    replace ville/edi/g2b (protocol!, network.as2_id, network.url, certificates.server, certificates.client) as `G2B (3)`
      create
      wait
      deactivate
    unmanaged edi EDI-7
    ");
}

#[test]
fn prevent_replace_refuses() {
    let mut world = World::new();
    world.owns("g2b", "EDI-1", &sftp("G2B", "a"), EdiStatus::Active);
    let mut declared = as2("G2B", "b");
    declared.lifecycle.prevent_replace = true;
    world.declare("g2b", declared);
    assert_snapshot!(world.picture(), @"error[replace-prevented] `ville/edi/g2b` would be replaced because of `protocol`, and `lifecycle.prevent_replace` forbids it");
}

#[test]
fn what_left_the_files_is_deactivated_deleted_or_forgotten_and_strangers_are_left_alone() {
    let mut world = World::new();
    world.owns("a", "EDI-1", &sftp("A", "a"), EdiStatus::Active);
    world.owns("b", "EDI-2", &sftp("B", "b"), EdiStatus::Draft);
    world.owns("c", "EDI-3", &sftp("C", "c"), EdiStatus::Inactive);
    world.owns("d", "EDI-4", &sftp("D", "d"), EdiStatus::Pending);
    world.owns("e", "EDI-5", &sftp("E", "e"), EdiStatus::Partial);
    world.exists("EDI-6", &sftp("F", "f"), EdiStatus::Active);
    assert_snapshot!(world.picture(), @r"
    deactivate ville/edi/a (declared)
      deactivate
      forget
    delete ville/edi/b (declared)
      delete
      forget
    delete ville/edi/c (declared)
      forget
    wait ville/edi/d (declared)
      wait
      deactivate
      forget
    ask_support ville/edi/e (declared)
    unmanaged edi EDI-6
    ");
}

#[test]
fn what_exists_and_is_declared_is_adopted_by_its_latest_generation() {
    let mut world = World::new();
    world.exists("EDI-1", &sftp("G2B", "a"), EdiStatus::Inactive);
    world.exists("EDI-2", &sftp("G2B (2)", "b"), EdiStatus::Active);
    world.declare("g2b", sftp("G2B", "b"));
    assert_snapshot!(world.picture(), @r"
    adopt ville/edi/g2b (sheet)
      adopt
    unmanaged edi EDI-1
    ");
}

#[test]
fn a_sheet_whose_name_is_declared_elsewhere_is_no_later_generation() {
    let mut world = World::new();
    world.exists("EDI-1", &sftp("G2B", "a"), EdiStatus::Active);
    world.exists("EDI-2", &sftp("G2B (3)", "b"), EdiStatus::Active);
    world.declare("a", sftp("G2B", "a"));
    world.declare("b", sftp("G2B (3)", "b"));
    let plan = world.plan();
    let adopted: Vec<_> = plan.changes.iter().map(|change| change.name.as_deref()).collect();
    assert_eq!(adopted, [Some("G2B"), Some("G2B (3)")]);
}

#[test]
fn a_renamed_address_moves_in_the_ledger_only() {
    let mut world = World::new();
    world.owns("old", "EDI-1", &sftp("G2B", "a"), EdiStatus::Active);
    world.declare("new", sftp("G2B", "a"));
    assert_snapshot!(world.picture(), @r"
    deactivate ville/edi/old (declared)
      deactivate
      forget
    error[sheet-name-taken] the name `G2B` is already taken for CPRO and structure 12345678200010
    ");
    world
        .desired
        .moved
        .insert(Moved { from: address("ville/edi/old"), to: address("ville/edi/new") });
    assert_snapshot!(world.picture(), @r"
    adopt ville/edi/new (address)
      move
    ");
}

#[test]
fn a_certificate_that_is_handed_on_is_waited_for_and_a_swap_is_refused() {
    let mut world = World::new();
    world.owns("x", "EDI-1", &sftp("X", "a"), EdiStatus::Active);
    world.owns("y", "EDI-2", &sftp("Y", "b"), EdiStatus::Active);
    world.declare("x", sftp("X", "b"));
    world.declare("y", sftp("Y", "c"));
    assert_snapshot!(world.picture(), @r"
    update ville/edi/x (certificates.client)
      update after ville/edi/y#2-wait
      wait
    update ville/edi/y (certificates.client)
      update
      wait
    ");
    world.declare("y", sftp("Y", "a"));
    assert_snapshot!(world.picture(), @r"
    update ville/edi/x (certificates.client)
      update after ville/edi/y#2-wait
      wait
    update ville/edi/y (certificates.client)
      update after ville/edi/x#2-wait
      wait
    error[plan-cycle] `ville/edi/x`, `ville/edi/y` wait for one another: each needs what another lets go
    ");
}

#[test]
fn a_certificate_of_an_unmanaged_sheet_is_not_taken() {
    let mut world = World::new();
    world.exists("EDI-9", &sftp("OTHER", "a"), EdiStatus::Inactive);
    world.declare("g2b", sftp("G2B", "a"));
    assert_snapshot!(world.picture(), @r"
    create ville/edi/g2b (sheet) as `G2B`
      create
      wait
    unmanaged edi EDI-9
    error[certificate-shared] `ville/edi/g2b` would use the certificate 610000000000…, which sheet `EDI-9`, which is not managed here holds
    ");
}

#[test]
fn limits_refuse_and_can_be_lifted() {
    let mut world = World::new();
    for key in ["a", "b"] {
        world.owns(key, &format!("EDI-{key}"), &sftp(key, key), EdiStatus::Active);
        world.declare(key, as2(key, &format!("new-{key}")));
    }
    world.policy.max_replacements = Some(Limit::Count(1));
    assert_eq!(world.plan().refusal(), Some(crate::plan::change::Refusal::Policy));
    world.lifted.insert("max_replacements".to_owned());
    assert_eq!(world.plan().refusal(), None);
}

#[test]
fn a_structure_that_is_not_found_blocks_what_would_be_made_for_it() {
    let mut world = World::new();
    world.observed.structures.clear();
    world.declare("g2b", sftp("G2B", "a"));
    assert_snapshot!(world.picture(), @r"
    verify ville/structure/12345678200010 (structure) blocked: structure 12345678200010 is not found in Chorus Pro: create it on the portal, or correct the SIRET
    create ville/edi/g2b (sheet) as `G2B` blocked: structure 12345678200010 is not found in Chorus Pro: create it on the portal, or correct the SIRET
    ");
}

#[test]
fn the_order_of_the_files_does_not_matter_and_targets_limit() {
    let mut world = World::new();
    world.declare("a", sftp("A", "a"));
    world.declare("b", sftp("B", "b"));
    let plan = world.plan();
    let mut again = World::new();
    again.declare("b", sftp("B", "b"));
    again.declare("a", sftp("A", "a"));
    assert_eq!(plan, again.plan());
    world.targets.insert(address("ville/edi/b"));
    let limited = world.plan();
    assert_eq!(limited.changes.len(), 1);
    assert_ne!(limited.fingerprint, plan.fingerprint);
}

#[test]
fn a_lost_answer_is_found_again_by_the_name_that_was_intended() {
    let mut world = World::new();
    let old = sftp("G2B", "a");
    world.owns("g2b", "EDI-1", &old, EdiStatus::Active);
    let new = as2("G2B (2)", "b");
    world.exists("EDI-2", &new, EdiStatus::Pending);
    world.declare("g2b", as2("G2B", "b"));
    let making = crate::domain::event::Making {
        structure: old.sheet.structure,
        exchange_system: Some("CPRO".to_owned()),
        name: "G2B (2)".to_owned(),
        declared_name: "G2B".to_owned(),
        generation: 2,
        replaces: Some(crate::domain::observed::RemoteId::new("EDI-1")),
        overlap_days: 0,
    };
    let known = world.known.addresses.get_mut(&address("ville/edi/g2b")).unwrap();
    known.intent = Some(crate::domain::known::Intent {
        step: "ville/edi/g2b#1-create".to_owned(),
        at: "2026-12-01T08:00:00Z".parse().unwrap(),
        making,
    });
    assert_snapshot!(world.picture(), @r"
    wait ville/edi/g2b (status)
      adopt
      wait
    deactivate ville/edi/g2b (replaced_by)
      deactivate after ville/edi/g2b#2-wait
    ");
}

#[test]
fn a_certificate_that_is_over_on_the_day_has_to_be_renewed() {
    let mut world = World::new();
    world.owns("g2b", "EDI-1", &sftp("G2B", "a"), EdiStatus::Active);
    world.declare("g2b", sftp("G2B", "a"));
    let certificate = crate::domain::certificate::DesiredCertificate {
        file: "certificates/a.p7b".to_owned(),
        fingerprint: fingerprint("a"),
        subject: "CN=test".to_owned(),
        not_before: "2020-01-01T00:00:00Z".parse().unwrap(),
        not_after: "2027-02-01T00:00:00Z".parse().unwrap(),
        content: std::sync::Arc::from(Vec::new()),
    };
    world.desired.certificates.insert(address("ville/certificate/a"), certificate);
    assert!(world.plan().is_empty());
    world.as_of = "2027-03-01".to_owned();
    assert_snapshot!(world.picture(), @"rotate ville/certificate/a (not_after) blocked: a new certificate has to be ordered and declared");
}

#[test]
fn a_run_in_french_decides_the_same() {
    let statuses = [
        EdiStatus::Draft,
        EdiStatus::Pending,
        EdiStatus::Active,
        EdiStatus::Inactive,
        EdiStatus::Partial,
        EdiStatus::Error,
        EdiStatus::Unrecognized("Autre".to_owned()),
    ];
    let worlds = statuses.iter().flat_map(with_status);
    let mut differs = 0;
    for world in worlds {
        let english = world.plan();
        within(Language::French, || {
            let french = world.plan();
            // Equal by what is kept of them, fingerprint and all; only what is shown differs.
            assert_eq!(french, english);
            let shown = |plan: &Plan| plan.changes[0].notes.first().map(ToString::to_string);
            differs += usize::from(french.changes.len() == 1 && shown(&french) != shown(&english));
        });
    }
    assert!(differs > 10, "{differs}");
}
