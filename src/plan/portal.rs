//! What a plan leaves to a person at the portal, and what the ledger notes when it is handed over.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::domain::environment::Channel;
use crate::domain::event::What;
use crate::domain::known::Known;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::domain::request::Target;
use crate::domain::seen::LastDays;
use crate::domain::seen::Seen;
use crate::plan::Plan;
use crate::plan::change::Action;
use crate::plan::change::Step;

/// The plan without the steps of a person, and without those that wait for one.
pub(crate) fn without_persons(plan: &Plan) -> Plan {
    let mut left: BTreeSet<&str> = BTreeSet::new();
    // Steps of other changes may come later in the plan: again, until nothing is added.
    loop {
        let before = left.len();
        for step in plan.steps() {
            let waits = step.needs.iter().any(|need| left.contains(need.as_str()));
            if step.channel == Channel::Portal || waits {
                left.insert(&step.id);
            }
        }
        if left.len() == before {
            break;
        }
    }
    let mut rest = plan.clone();
    for change in &mut rest.changes {
        change.steps.retain(|step| !left.contains(step.id.as_str()));
    }
    // What stands still for another reason is told by the run, as always.
    rest.changes.retain(|change| !change.steps.is_empty() || change.blocked.is_some());
    rest
}

/// The steps of a person, in an order that respects their needs, and else in that of the plan.
pub(crate) fn steps(plan: &Plan) -> Vec<&Step> {
    let mut waiting: Vec<&Step> =
        plan.steps().filter(|step| step.channel == Channel::Portal).collect();
    let mut ordered: Vec<&Step> = Vec::with_capacity(waiting.len());
    let all: BTreeSet<&str> = waiting.iter().map(|step| step.id.as_str()).collect();
    let mut placed: BTreeSet<&str> = BTreeSet::new();
    while !waiting.is_empty() {
        let before = waiting.len();
        let mut later = Vec::new();
        for step in waiting {
            let is_ready = step
                .needs
                .iter()
                .all(|need| !all.contains(need.as_str()) || placed.contains(need.as_str()));
            if is_ready {
                placed.insert(&step.id);
                ordered.push(step);
            } else {
                later.push(step);
            }
        }
        waiting = later;
        if waiting.len() == before {
            // A circle is an error of the plan, which is never handed over.
            ordered.append(&mut waiting);
        }
    }
    ordered
}

/// What the ledger notes for steps that are handed to a person.
///
/// `identity` gives an identity that nothing has yet: the portal tells none.
pub(crate) fn hand_over(
    steps: &[&Step],
    plan: &Plan,
    known: &Known,
    last_days: &LastDays,
    identity: &dyn Fn(usize) -> RemoteId,
) -> Vec<What> {
    let mut made: BTreeMap<&str, RemoteId> = BTreeMap::new();
    let mut stands: BTreeMap<RemoteId, Option<Seen>> = BTreeMap::new();
    for at in known.addresses.values() {
        stands.extend(at.sightings.iter().map(|(id, seen)| (id.clone(), Some(seen.seen.clone()))));
    }
    let mut handed = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        let Action::Send { request, making } = &step.action else { continue };
        let id = match (request, request.target()) {
            (_, Some(Target::Existing(id))) => id.clone(),
            (_, Some(Target::CreatedBy(step))) => match made.get(step.as_str()) {
                Some(id) => id.clone(),
                None => continue,
            },
            (
                Request::AddClient { operator, client }
                | Request::RemoveClient { operator, client },
                None,
            ) => RemoteId::of_client(*operator, *client),
            (_, None) => identity(number),
        };
        made.insert(&step.id, id.clone());
        let before = stands.get(&id).and_then(Option::as_ref);
        let leaves = Seen::after(request, before, &id, last_days);
        stands.insert(id.clone(), leaves.clone());
        handed.push(What::Handed {
            address: step.address.clone(),
            step: step.id.clone(),
            does: step.does.word().to_owned(),
            plan: plan.fingerprint.clone(),
            target: id,
            making: making.clone(),
            leaves: leaves.map(Box::new),
        });
    }
    handed
}
