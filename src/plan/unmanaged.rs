//! Lists what exists and was never ours.

use crate::domain::address::Kind;
use crate::domain::observed::RemoteId;
use crate::language::message;
use crate::plan::change::Action;
use crate::plan::change::Unmanaged;
use crate::plan::context::Context;

/// Everything that was found, is not in the ledger, and is not adopted by this plan.
pub(crate) fn list(context: &Context<'_>) -> Vec<Unmanaged> {
    let adopted: std::collections::BTreeSet<&RemoteId> = context
        .changes
        .iter()
        .flat_map(|change| &change.steps)
        .filter_map(|step| match &step.action {
            Action::Adopt { target, .. } => Some(target),
            _ => None,
        })
        .collect();
    let is_unmanaged =
        |id: &RemoteId| !context.matching.owners.contains_key(id) && !adopted.contains(id);
    let observed = context.input.observed;
    let accounts = observed.accounts.values().map(|account| Unmanaged {
        kind: Kind::Account,
        id: account.id.clone(),
        name: account.login.clone(),
        structure: account.structure,
        status: if account.active { message!("active") } else { message!("inactive") },
    });
    let api = observed.api.values().map(|sheet| Unmanaged {
        kind: Kind::Api,
        id: sheet.id.clone(),
        name: sheet.piste_application.clone(),
        structure: sheet.structure,
        status: sheet.status.label().into(),
    });
    let edi = observed.edi.values().map(|sheet| Unmanaged {
        kind: Kind::Edi,
        id: sheet.id.clone(),
        name: sheet.name.clone(),
        structure: sheet.structure,
        status: sheet.status.label().into(),
    });
    let mut list: Vec<_> =
        accounts.chain(api).chain(edi).filter(|found| is_unmanaged(&found.id)).collect();
    list.sort();
    list
}
