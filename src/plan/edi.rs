//! Decides for one EDI connection: the table of design section 3.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::rule;
use crate::domain::address::Address;
use crate::domain::edi::DesiredEdi;
use crate::domain::edi::EdiSheet;
use crate::domain::edi::EdiStatus;
use crate::domain::edi::ObservedEdi;
use crate::domain::edi::ReplaceOrder;
use crate::domain::event::Making;
use crate::domain::known::Owned;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::domain::request::Target;
use crate::domain::value::SheetName;
use crate::domain::value::days_later;
use crate::language::message;
use crate::plan::change::Because;
use crate::plan::change::Change;
use crate::plan::change::ChangeKind;
use crate::plan::change::Does;
use crate::plan::change::Until;
use crate::plan::context::Context;
use crate::plan::draft::Draft;
use crate::plan::fields;
use crate::plan::fields::declared;
use crate::plan::fields::reason;
use crate::plan::fields::told;
use crate::plan::matching::Serves;
use crate::plan::names::Holder;
use crate::plan::retire;

/// A sheet that was found for an address.
struct Current<'a> {
    found: &'a ObservedEdi,
    making: Making,
    /// Whether the ledger has still to note that it is ours.
    adopt: bool,
}

/// Decides for one EDI connection.
pub(crate) fn decide(context: &mut Context<'_>, address: &Address, desired: &DesiredEdi) {
    let serves = context.matching.edi(address, desired);
    let change = match &serves {
        Serves::Nothing | Serves::Gone(_) if !desired.active => None,
        Serves::Nothing => create(context, address, desired, None),
        Serves::Gone(owned) => create(context, address, desired, Some(owned)),
        Serves::Owned(owned, found) => existing(
            context,
            address,
            desired,
            &Current { found, making: owned.making.clone(), adopt: false },
        ),
        Serves::Found(found, making) => {
            context.matching.claim(&found.id);
            let current = Current { found, making: making.clone(), adopt: true };
            existing(context, address, desired, &current)
        }
    };
    let retirement = match &serves {
        Serves::Owned(owned, found) => {
            retire::edi(context, address, found, owned.active_since, None, change.as_ref())
        }
        Serves::Found(found, making) => {
            retire::edi(context, address, found, None, Some(making), change.as_ref())
        }
        Serves::Nothing | Serves::Gone(_) => None,
    };
    let change = match &retirement {
        Some(_) => change.map(retire::only_when_active),
        None => change,
    };
    context.decided(address, change);
    context.changes.extend(retirement);
}

/// Creates a sheet where there is none; `gone` is the one that is no longer found.
fn create(
    context: &mut Context<'_>,
    address: &Address,
    desired: &DesiredEdi,
    gone: Option<&Owned>,
) -> Option<Change> {
    let (name, generation) = match gone {
        Some(owned) => {
            let next = owned.making.generation + 1;
            let Some(taken) = context.names.take_next(address, desired, next) else {
                no_name_left(context, address, desired);
                return None;
            };
            taken
        }
        None => match first_name(context, address, desired) {
            Ok(taken) => taken,
            Err(fault) => {
                context.fault_at(address, "name", *fault);
                return None;
            }
        },
    };
    let making = making(desired, &name, generation, gone.map(|owned| owned.id.clone()));
    let sheet = EdiSheet { name: name.clone(), ..desired.sheet.clone() };
    let because = match gone {
        Some(owned) => told("sheet", Some(message!("{id} (no longer found)", id = owned.id)), None),
        None => reason("sheet", None, Some(name.as_str())),
    };
    let draft = context
        .creation(address, &making)
        .new_name(name.as_str())
        .because([because])
        .make(Request::CreateEdi { sheet }, making)
        .wait_for_created(Until::Settled)
        .note(message!("Chorus Pro allocates the application code"));
    Some(context.for_structure(desired.sheet.structure, draft))
}

/// The declared name; where our own former sheet has it, the next name.
fn first_name(
    context: &mut Context<'_>,
    address: &Address,
    desired: &DesiredEdi,
) -> Result<(SheetName, u32), Box<Diagnostic>> {
    let holder = match context.names.take_declared(address, desired) {
        Ok(name) => return Ok((name, 1)),
        Err(holder) => holder,
    };
    let owner = match &holder {
        Holder::Sheet(id) => context.matching.owners.get(id).cloned(),
        Holder::Planned(other) => Some(other.clone()),
    };
    let help = match owner {
        Some(owner) if owner == *address => {
            return context
                .names
                .take_next(address, desired, 2)
                .ok_or_else(|| Box::new(no_name(desired)));
        }
        Some(owner) if !context.input.desired.contains(&owner) => message!(
            "it belongs to `{owner}`, which is no longer declared: if it was renamed, write `moved: [{{ from: {owner}, to: {address} }}]`; else give the new sheet another name",
            owner,
            address
        ),
        Some(owner) => message!("it belongs to `{owner}`: give one of the two another name", owner),
        // A free sheet with this name would have been adopted, unless another address adopts it in this plan.
        None => message!("give the sheet another name"),
    };
    let EdiSheet { structure, exchange_system, name, settings: _ } = &desired.sheet;
    let message = message!(
        "the name `{name}` is already taken for {exchange_system} and structure {structure}",
        name,
        exchange_system,
        structure
    );
    Err(Box::new(Diagnostic::error(rule::SHEET_NAME_TAKEN, message).help(help)))
}

/// Decides for a sheet that exists, by its status.
fn existing(
    context: &mut Context<'_>,
    address: &Address,
    desired: &DesiredEdi,
    current: &Current<'_>,
) -> Option<Change> {
    let found = current.found;
    let because = fields::edi(&desired.sheet, found, &current.making.declared_name);
    let status = &found.status;
    if !desired.active {
        return parked(context, address, current);
    }
    let fixed = fields::force_replacement(&because);
    let start = |context: &Context<'_>, kind| start(context, address, current, kind);
    match status {
        EdiStatus::Draft if fixed => replace(context, address, desired, current, because),
        EdiStatus::Draft => {
            let target = Target::Existing(found.id.clone());
            let settings = desired.sheet.settings.clone();
            let draft = start(context, ChangeKind::Create)
                .because([reason("status", Some(status.label()), Some(EdiStatus::Pending.label()))])
                .because(because)
                .send(Does::Finalise, Request::FinaliseEdi { target: target.clone(), settings })
                .wait(target, Until::Settled);
            Some(context.for_structure(desired.sheet.structure, draft))
        }
        EdiStatus::Pending if fixed => replace(context, address, desired, current, because),
        EdiStatus::Pending => {
            let target = Target::Existing(found.id.clone());
            let differs = !because.is_empty();
            let mut draft = start(context, ChangeKind::Wait)
                .because([reason("status", Some(status.label()), None)])
                .because(because)
                .wait(target.clone(), Until::Settled);
            if differs {
                let settings = desired.sheet.settings.clone();
                draft = draft
                    .send(Does::Update, Request::UpdateEdi { target: target.clone(), settings })
                    .wait(target, Until::Settled);
            }
            Some(draft.finish())
        }
        EdiStatus::Active | EdiStatus::Inactive if fixed => {
            replace(context, address, desired, current, because)
        }
        EdiStatus::Active | EdiStatus::Inactive if !because.is_empty() => {
            let target = Target::Existing(found.id.clone());
            let settings = desired.sheet.settings.clone();
            let draft = start(context, ChangeKind::Update)
                .because(because)
                .send(Does::Update, Request::UpdateEdi { target: target.clone(), settings })
                .wait(target, Until::Settled)
                .note(message!(
                    "the sheet goes back to En cours until the exchange system has taken the change"
                ));
            Some(draft.finish())
        }
        EdiStatus::Inactive if desired.sheet.settings.validity.contains(context.input.as_of) => {
            let target = Target::Existing(found.id.clone());
            let draft = start(context, ChangeKind::Activate)
                .because([reason("status", Some(status.label()), Some(EdiStatus::Active.label()))])
                .send(Does::Activate, Request::ActivateEdi { target });
            Some(draft.finish())
        }
        EdiStatus::Active | EdiStatus::Inactive => {
            if context.input.as_of > desired.sheet.settings.validity.until {
                let until = desired.sheet.settings.validity.until;
                context.fault(
                    address,
                    Diagnostic::warning(rule::VALIDITY_OVER, message!("the validity of `{address}` ended on {until}", address, until))
                        .help(message!("set a later `validity.until`: the sheet goes back to En cours and then to Actif")),
                );
            }
            current.adopt.then(|| adoption(context, address, current))
        }
        EdiStatus::Error
            if fixed || (desired.lifecycle.recreate_on_error && !because.is_empty()) =>
        {
            replace(context, address, desired, current, because)
        }
        EdiStatus::Partial | EdiStatus::Error => Some(
            start(context, ChangeKind::AskSupport)
                .because([reason("status", Some(status.label()), Some(EdiStatus::Active.label()))])
                .because(because)
                .note(message!("only the support of Chorus Pro can change this status"))
                .finish(),
        ),
        EdiStatus::Unrecognized(word) => Some(
            start(context, ChangeKind::Wait)
                .because([reason("status", Some(word), None)])
                .because(because)
                .note(message!(
                    "the status `{word}` is not known to raccord: nothing is done to the sheet",
                    word
                ))
                .finish(),
        ),
    }
}

/// A sheet that is declared `active: false`: it is deactivated, and else left as it is.
fn parked(context: &Context<'_>, address: &Address, current: &Current<'_>) -> Option<Change> {
    let target = Target::Existing(current.found.id.clone());
    let because =
        reason("active", Some(current.found.status.label()), Some(EdiStatus::Inactive.label()));
    match current.found.status {
        EdiStatus::Active => Some(
            start(context, address, current, ChangeKind::Deactivate)
                .because([because])
                .send(Does::Deactivate, Request::DeactivateEdi { target })
                .finish(),
        ),
        EdiStatus::Pending => Some(
            start(context, address, current, ChangeKind::Wait)
                .because([because])
                .wait(target.clone(), Until::Settled)
                .send(Does::Deactivate, Request::DeactivateEdi { target })
                .finish(),
        ),
        EdiStatus::Draft
        | EdiStatus::Inactive
        | EdiStatus::Partial
        | EdiStatus::Error
        | EdiStatus::Unrecognized(_) => current.adopt.then(|| adoption(context, address, current)),
    }
}

/// A change of a sheet that exists, with what the ledger has to note first.
fn start(
    context: &Context<'_>,
    address: &Address,
    current: &Current<'_>,
    kind: ChangeKind,
) -> Draft {
    let draft = context.draft(address, kind).name(current.found.name.as_str());
    if current.adopt { draft.adopt_edi(current.found, current.making.clone()) } else { draft }
}

fn adoption(context: &Context<'_>, address: &Address, current: &Current<'_>) -> Change {
    start(context, address, current, ChangeKind::Adopt)
        .because([told("sheet", Some(current.found.id.as_str().into()), Some(declared()))])
        .finish()
}

/// Makes a new sheet and retires the old one.
fn replace(
    context: &mut Context<'_>,
    address: &Address,
    desired: &DesiredEdi,
    current: &Current<'_>,
    because: Vec<Because>,
) -> Option<Change> {
    let found = current.found;
    let lifecycle = &desired.lifecycle;
    let fields: Vec<&str> = because
        .iter()
        .filter(|because| because.forces_replacement)
        .map(|because| because.field.as_str())
        .collect();
    let is_draft = found.status == EdiStatus::Draft;
    if lifecycle.prevent_replace && !is_draft {
        let fault = Diagnostic::error(
            rule::REPLACE_PREVENTED,
            message!(
                "`{address}` would be replaced because of `{}`, and `lifecycle.prevent_replace` forbids it",
                fields.join("`, `"),
                address
            ),
        );
        context.fault(
            address,
            fault.help(message!("undo the change, or take `prevent_replace` out of the file")),
        );
        return None;
    }
    if is_draft {
        context.names.free(&found.key());
    }
    let next = current.making.generation + 1;
    let Some((name, generation)) = context.names.take_next(address, desired, next) else {
        no_name_left(context, address, desired);
        return None;
    };
    let old = Target::Existing(found.id.clone());
    let sheet = EdiSheet { name: name.clone(), ..desired.sheet.clone() };
    let create = Request::CreateEdi { sheet };
    let making = Making {
        overlap_days: lifecycle.overlap_days,
        ..making(desired, &name, generation, Some(found.id.clone()))
    };
    let kind =
        if found.status == EdiStatus::Pending { ChangeKind::Wait } else { ChangeKind::Replace };
    let mut draft = start(context, address, current, kind).because(because).new_name(name.as_str());
    let order = lifecycle.replace;
    draft = match (&found.status, order) {
        (EdiStatus::Draft, _) => {
            draft.send(Does::Delete, Request::DeleteEdi { target: old }).make(create, making).wait_for_created(Until::Settled)
        }
        (EdiStatus::Active, ReplaceOrder::DeactivateFirst) => draft
            .send(Does::Deactivate, Request::DeactivateEdi { target: old })
            .make(create, making)
            .wait_for_created(Until::Settled)
            .note(message!("interruption: nothing flows from the deactivation of the old sheet until the new one is Actif")),
        (EdiStatus::Pending, ReplaceOrder::DeactivateFirst) => draft
            .wait(old.clone(), Until::Settled)
            .send(Does::Deactivate, Request::DeactivateEdi { target: old })
            .make(create, making)
            .wait_for_created(Until::Settled)
            .note(message!("interruption: nothing flows from the deactivation of the old sheet until the new one is Actif")),
        (EdiStatus::Active | EdiStatus::Pending, ReplaceOrder::CreateFirst) => {
            if found.status == EdiStatus::Pending {
                draft = draft.wait(old.clone(), Until::Settled);
            }
            draft = draft
                .make(create, making)
                .wait_for_created(Until::Active)
                .send(Does::Deactivate, Request::DeactivateEdi { target: old });
            if lifecycle.overlap_days > 0 {
                let day = days_later(context.input.as_of, lifecycle.overlap_days);
                draft = draft.due(day).note(message!("both sheets stay Actif for {} days; the old one is deactivated by an apply on or after {day}", lifecycle.overlap_days, day));
            }
            draft
        }
        (EdiStatus::Error, _) => draft
            .make(create, making)
            .wait_for_created(Until::Settled)
            .note(message!("the old sheet stays in Erreur: only an administrator of Chorus Pro can change that")),
        (EdiStatus::Inactive | EdiStatus::Partial | EdiStatus::Unrecognized(_), _) => {
            draft.make(create, making).wait_for_created(Until::Settled)
        }
    };
    draft = match &found.application_code {
        Some(code) if !is_draft => draft.note(message!("the new sheet gets a new application code in place of `{code}`: the names of the flow files and the partner's settings must follow", code)),
        _ => draft.note(message!("Chorus Pro allocates the application code")),
    };
    Some(context.for_structure(desired.sheet.structure, draft))
}

/// What a creation of this connection makes.
fn making(
    desired: &DesiredEdi,
    name: &SheetName,
    generation: u32,
    replaces: Option<RemoteId>,
) -> Making {
    Making {
        structure: desired.sheet.structure,
        exchange_system: Some(desired.sheet.exchange_system.to_string()),
        name: name.to_string(),
        declared_name: desired.sheet.name.to_string(),
        generation,
        replaces,
        overlap_days: 0,
    }
}

fn no_name_left(context: &mut Context<'_>, address: &Address, desired: &DesiredEdi) {
    context.fault(address, no_name(desired));
}

fn no_name(desired: &DesiredEdi) -> Diagnostic {
    Diagnostic::error(
        rule::NO_NAME_LEFT,
        message!("`{}` and all names that `lifecycle.replacement_name` gives are taken for {} and structure {}", desired.sheet.name, desired.sheet.exchange_system, desired.sheet.structure),
    )
    .help(message!("change `name`, or write `{{ generation }}` into `lifecycle.replacement_name`"))
}
