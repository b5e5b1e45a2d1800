//! The six invariants of planning, as property tests over generated worlds (`docs/planning.md`, «What always holds»).
//!
//! A history is generated: what is declared first, what happens at the portal, what is declared then. Each plan is
//! executed against the simulator's pure core through the client's own encoding, in an order that chance picks among
//! those that the graph allows; small plans in every order.

mod generate;
mod import;
mod portal;
mod run;

use proptest::prelude::ProptestConfig;
use proptest::prop_assert;
use proptest::prop_assert_eq;
use proptest::proptest;
use proptest::test_runner::TestCaseError;

use crate::domain::edi::EdiStatus;
use crate::domain::request::Request;
use crate::domain::request::Target;
use crate::invariants::generate::History;
use crate::invariants::generate::history;
use crate::invariants::generate::with_other_subscriptions;
use crate::invariants::portal::Portal;
use crate::invariants::run::Orders;
use crate::plan::Plan;
use crate::plan::change::Action;
use crate::plan::change::ChangeKind;
use crate::plan::change::Does;

/// How many steps a plan may have to be executed in every order.
const SMALL: usize = 6;

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, max_shrink_iters: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn plans_keep_their_promises(history in history()) {
        tell(&history)?;
    }
}

/// Plays a history and holds every plan of it against the invariants.
fn tell(history: &History) -> Result<(), TestCaseError> {
    let mut portal = Portal::new(history);
    let first = portal.plan(&history.first);
    check(&portal, &first)?;
    if first.refusal().is_none() {
        carry_out(&mut portal, &first, history.seed)?;
    }
    for happening in &history.happenings {
        portal.happens(happening);
    }
    let second = portal.plan(&history.then);
    check(&portal, &second)?;
    if second.refusal().is_some() {
        return Ok(());
    }
    let unmanaged = portal.unmanaged(&second);
    if second.steps().count() <= SMALL {
        for order in Orders::all(&second) {
            let mut other = portal.clone();
            run::execute(&mut other, &second, &order)?;
            prop_assert_eq!(
                &other.unmanaged(&second),
                &unmanaged,
                "something unmanaged was changed"
            );
        }
    }
    carry_out(&mut portal, &second, history.seed)?;
    prop_assert_eq!(&portal.unmanaged(&second), &unmanaged, "something unmanaged was changed");
    // Whatever is announced for later falls due within the longest overlap; after that nothing is left.
    portal.pass_days(60);
    let due = portal.plan(&history.then);
    check(&portal, &due)?;
    prop_assert!(due.refusal().is_none(), "{:?}", due.diagnostics);
    // An update on top of what is due; refused where it has to make a sheet in Erreur anew.
    let other = with_other_subscriptions(&history.then);
    let changed = portal.plan(&other);
    check(&portal, &changed)?;
    let (declared, third) =
        if changed.refusal().is_none() { (&other, changed) } else { (&history.then, due) };
    carry_out(&mut portal, &third, history.seed)?;
    let fourth = portal.plan(declared);
    nothing_left(&fourth)
}

/// Executes a plan in the one order that `seed` picks. That every step gets its turn shows that there is no cycle.
fn carry_out(portal: &mut Portal, plan: &Plan, seed: u64) -> Result<(), TestCaseError> {
    run::execute(portal, plan, &Orders::one(plan, seed))
}

/// Nothing is left that raccord could do.
fn nothing_left(plan: &Plan) -> Result<(), TestCaseError> {
    for change in &plan.changes {
        let hopeless = matches!(change.change, ChangeKind::AskSupport | ChangeKind::Verify)
            || change.blocked.is_some();
        let announced =
            change.steps.iter().any(|step| step.due.is_some_and(|due| due > plan.as_of));
        prop_assert!(hopeless || announced, "left over: {:#?}", change);
    }
    Ok(())
}

/// What holds for every plan, before anything is done.
fn check(portal: &Portal, plan: &Plan) -> Result<(), TestCaseError> {
    let observed = portal.observe();

    for change in &plan.changes {
        prop_assert!(!change.because.is_empty(), "no reason: {:?}", change);
        if change.change == ChangeKind::Update {
            prop_assert!(
                change.because.iter().any(|because| because.before != because.after),
                "{:?}",
                change
            );
        }
        for (index, step) in change.steps.iter().enumerate() {
            let Action::Send { request: Request::UpdateEdi { target, settings }, .. } =
                &step.action
            else {
                continue;
            };
            let Target::Existing(id) = target else {
                return Err(TestCaseError::fail("an update of a sheet that does not exist yet"));
            };
            let sheet = &observed.edi[id];
            let waited = change.steps[..index].iter().any(|before| before.does == Does::Wait);
            let settled = matches!(sheet.status, EdiStatus::Active | EdiStatus::Inactive);
            prop_assert!(
                settled || (waited && sheet.status == EdiStatus::Pending),
                "update of {}",
                sheet.status
            );
            prop_assert_eq!(settings.network.protocol().word(), sheet.protocol.as_str());
        }
        // Only what is ours, or becomes ours in this plan, is ever named by a request.
        for step in &change.steps {
            let Action::Send { request, .. } = &step.action else { continue };
            if let Some(Target::Existing(id)) = request.target() {
                let adopts = change.steps.iter().any(
                    |step| matches!(&step.action, Action::Adopt { target, .. } if target == id),
                );
                prop_assert!(
                    adopts || portal.known().owned_ids().contains(id),
                    "{} is not ours",
                    id
                );
            }
        }
    }
    if let (Some(limit), None) = (portal.policy().max_replacements, plan.refusal()) {
        let runs = |change: &&crate::plan::change::Change| {
            change.change == ChangeKind::Replace && change.blocked.is_none()
        };
        let replaced = plan.changes.iter().filter(runs).count();
        prop_assert!(
            replaced <= limit.allows(portal.known().addresses.len()),
            "{} replacements",
            replaced
        );
    }
    Ok(())
}
