//! The graph of steps: who needs whom, across resources; cycles are faults.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::rule;
use crate::domain::address::Address;
use crate::language::message;
use crate::plan::change::Change;
use crate::plan::change::Does;
use crate::plan::context::Context;

/// Lets the creation of an API connection need the creation of its technical account.
pub(crate) fn connect_accounts(context: &mut Context<'_>) {
    let created: BTreeMap<Address, String> = context
        .changes
        .iter()
        .flat_map(|change| &change.steps)
        .filter(|step| {
            step.does == Does::Create
                && step.address.kind() == crate::domain::address::Kind::Account
        })
        .map(|step| (step.address.clone(), step.id.clone()))
        .collect();
    let desired = &context.input.desired.api;
    for step in context.changes.iter_mut().flat_map(|change| &mut change.steps) {
        let account = desired.get(&step.address).and_then(|api| api.technical_account.as_ref());
        if let (Does::Create, Some(needed)) =
            (step.does, account.and_then(|account| created.get(account)))
        {
            step.needs.push(needed.clone());
        }
    }
}

/// Keeps only the targets and what their steps need. Each change is looked at once, however many targets there are.
pub(crate) fn keep_targets(changes: &mut Vec<Change>, targets: Option<&BTreeSet<Address>>) {
    let Some(targets) = targets else { return };
    let owner: BTreeMap<&str, &Address> = changes
        .iter()
        .flat_map(|change| &change.steps)
        .map(|step| (step.id.as_str(), &step.address))
        .collect();
    let mut by_address: BTreeMap<&Address, Vec<&Change>> = BTreeMap::new();
    for change in changes.iter() {
        by_address.entry(&change.address).or_default().push(change);
    }
    let mut kept = BTreeSet::new();
    let mut waiting: Vec<&Address> = targets.iter().collect();
    while let Some(address) = waiting.pop() {
        let Some(changes) = by_address.get(address) else { continue };
        if kept.insert(address.clone()) {
            let steps = changes.iter().flat_map(|change| &change.steps);
            let needs = steps.flat_map(|step| &step.needs);
            waiting.extend(needs.filter_map(|id| owner.get(id.as_str())));
        }
    }
    changes.retain(|change| kept.contains(&change.address));
}

/// Blocks changes whose steps need a step that is not in the plan, and those that need them in turn.
pub(crate) fn block_dangling(changes: &mut [Change]) {
    loop {
        let ids: BTreeSet<String> =
            changes.iter().flat_map(|change| &change.steps).map(|step| step.id.clone()).collect();
        let mut blocked = false;
        for change in changes.iter_mut() {
            let mut needs = change.steps.iter().flat_map(|step| &step.needs);
            if let Some(missing) = needs.find(|need| !ids.contains(*need)).cloned() {
                change.steps.clear();
                change.blocked =
                    Some(message!("needs `{missing}`, which can't be done now", missing));
                blocked = true;
            }
        }
        if !blocked {
            return;
        }
    }
}

/// The faults of a graph with cycles: each names the resources that wait for one another.
pub(crate) fn cycles(changes: &[Change]) -> Vec<Diagnostic> {
    let mut waiting: BTreeMap<&str, usize> = BTreeMap::new();
    let mut dependents: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let steps: BTreeMap<&str, &Address> = changes
        .iter()
        .flat_map(|change| &change.steps)
        .map(|step| (step.id.as_str(), &step.address))
        .collect();
    for step in changes.iter().flat_map(|change| &change.steps) {
        let needs = step.needs.iter().filter(|id| steps.contains_key(id.as_str()));
        waiting.insert(&step.id, needs.clone().count());
        for needed in needs {
            dependents.entry(needed).or_default().push(&step.id);
        }
    }
    let mut ready: Vec<&str> =
        waiting.iter().filter(|(_, needs)| **needs == 0).map(|(id, _)| *id).collect();
    while let Some(id) = ready.pop() {
        waiting.remove(id);
        for dependent in dependents.remove(id).unwrap_or_default() {
            if let Some(needs) = waiting.get_mut(dependent) {
                *needs -= 1;
                if *needs == 0 {
                    ready.push(dependent);
                }
            }
        }
    }
    if waiting.is_empty() {
        return Vec::new();
    }
    let addresses: BTreeSet<String> = waiting
        .keys()
        .filter_map(|id| steps.get(id))
        .map(|address| format!("`{address}`"))
        .collect();
    let list = addresses.into_iter().collect::<Vec<_>>().join(", ");
    vec![
        Diagnostic::error(
            rule::PLAN_CYCLE,
            message!("{list} wait for one another: each needs what another lets go", list),
        )
        .help(message!("give one of them a certificate that no sheet holds yet")),
    ]
}
