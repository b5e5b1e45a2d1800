//! Retires sheets that were replaced, once the new one is Actif and the overlap is over.

use jiff::Timestamp;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::rule;
use crate::domain::address::Address;
use crate::domain::edi::EdiStatus;
use crate::domain::edi::ObservedEdi;
use crate::domain::event::Making;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::domain::request::Target;
use crate::domain::value::day_in_france;
use crate::domain::value::days_later;
use crate::language::message;
use crate::plan::change::Action;
use crate::plan::change::Change;
use crate::plan::change::ChangeKind;
use crate::plan::change::Does;
use crate::plan::change::Until;
use crate::plan::context::Context;
use crate::plan::draft::Draft;
use crate::plan::fields::reason;

/// Retires the former sheets of an EDI connection that are still Actif.
///
/// `adopting` is what the ledger has still to note of the current sheet; `main` is what was decided for it.
/// What is not due yet is only announced.
pub(crate) fn edi(
    context: &mut Context<'_>,
    address: &Address,
    current: &ObservedEdi,
    active_since: Option<Timestamp>,
    adopting: Option<&Making>,
    main: Option<&Change>,
) -> Option<Change> {
    let known = context.matching.known.get(address).copied()?;
    let mut former: Vec<(&RemoteId, u32)> =
        known.former.iter().map(|former| (&former.owned.id, former.overlap_days)).collect();
    if let (Some(making), Some(owned)) = (adopting, &known.current) {
        former.push((&owned.id, making.overlap_days));
    }
    let still_active: Vec<(&ObservedEdi, u32)> = former
        .into_iter()
        .filter(|(id, _)| **id != current.id)
        .filter_map(|(id, overlap)| Some((context.input.observed.edi.get(id)?, overlap)))
        .filter(|(sheet, _)| sheet.status == EdiStatus::Active)
        .collect();
    let replaced_again = main.is_some_and(|change| change.new_name.is_some());
    let is_or_becomes_active = match current.status {
        EdiStatus::Active => true,
        EdiStatus::Pending | EdiStatus::Draft => main.is_some(),
        EdiStatus::Inactive => main.is_some_and(|change| !change.steps.is_empty()),
        EdiStatus::Partial | EdiStatus::Error | EdiStatus::Unrecognized(_) => false,
    };
    let since = active_since
        .or(current.status_since.filter(|_| current.status == EdiStatus::Active))
        .map_or(context.input.as_of, day_in_france);
    let mut draft = Draft::new(address, ChangeKind::Deactivate, context.input.channel).second();
    let mut steps = 0;
    for (sheet, overlap) in still_active {
        let due = days_later(since, overlap);
        if !is_or_becomes_active {
            context.diagnostics.push(Diagnostic::notice(
                rule::RETIREMENT_WAITS,
                message!(
                    "`{address}`: the old sheet `{}` stays Actif until the new one is",
                    sheet.name,
                    address
                ),
            ));
        } else if due > context.input.as_of {
            context.diagnostics.push(Diagnostic::notice(
                rule::OVERLAP_RUNNING,
                message!(
                    "`{address}`: the old sheet `{}` is deactivated by an apply on or after {due}",
                    sheet.name,
                    address,
                    due
                ),
            ));
        } else {
            steps += 1;
            draft = draft
                .name(sheet.name.as_str())
                .because([reason("replaced_by", Some(&sheet.name), Some(&current.name))])
                .send(
                    Does::Deactivate,
                    Request::DeactivateEdi { target: Target::Existing(sheet.id.clone()) },
                );
        }
    }
    if steps == 0 {
        return None;
    }
    let mut change = draft.finish();
    // Never a moment without an Actif sheet: what happens to the current one comes first.
    if let (Some(last), false) = (main.and_then(|main| main.steps.last()), replaced_again)
        && let Some(first) = change.steps.first_mut()
    {
        first.needs.push(last.id.clone());
    }
    Some(change)
}

/// Lets the waits of a change insist on Actif, because a retirement follows.
pub(crate) fn only_when_active(mut change: Change) -> Change {
    if let Some(step) = change.steps.iter_mut().rev().find(|step| step.does == Does::Wait)
        && let Action::Wait { until, .. } = &mut step.action
    {
        *until = Until::Active;
    }
    change
}
