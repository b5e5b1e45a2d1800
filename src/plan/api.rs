//! Decides for API connections. They are Actif at once, and an inactive one can't come back.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::rule;
use crate::domain::address::Address;
use crate::domain::api::ApiStatus;
use crate::domain::api::DesiredApi;
use crate::domain::api::ObservedApi;
use crate::domain::edi::ReplaceOrder;
use crate::domain::event::Making;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::domain::request::Target;
use crate::language::message;
use crate::plan::change::Because;
use crate::plan::change::Change;
use crate::plan::change::ChangeKind;
use crate::plan::change::Does;
use crate::plan::context::Context;
use crate::plan::draft::Draft;
use crate::plan::fields;
use crate::plan::fields::declared;
use crate::plan::fields::reason;
use crate::plan::fields::told;
use crate::plan::matching::Serves;
use crate::plan::matching::first;

/// Decides for one API connection.
pub(crate) fn decide(context: &mut Context<'_>, address: &Address, desired: &DesiredApi) {
    let change = match context.matching.api(address, desired) {
        Serves::Nothing | Serves::Gone(_) if !desired.active => None,
        Serves::Nothing => create(context, address, desired, None),
        Serves::Gone(owned) => {
            create(context, address, desired, Some((&owned.id, owned.making.generation)))
        }
        Serves::Owned(owned, found) => {
            existing(context, address, desired, found, &owned.making, false)
        }
        Serves::Found(found, making) => {
            context.matching.claim(&found.id);
            existing(context, address, desired, found, &making, true)
        }
    };
    context.decided(address, change);
}

fn create(
    context: &mut Context<'_>,
    address: &Address,
    desired: &DesiredApi,
    gone: Option<(&RemoteId, u32)>,
) -> Option<Change> {
    if let Some(fault) = taken(context, address, desired, None) {
        context.fault(address, fault);
        return None;
    }
    let because = match gone {
        Some((id, _)) => told("sheet", Some(message!("{id} (no longer found)", id)), None),
        None => reason("sheet", None, Some(desired.sheet.piste_application.as_str())),
    };
    let making = making(
        desired,
        gone.map_or(1, |(_, generation)| generation + 1),
        gone.map(|(id, _)| id.clone()),
    );
    let draft = context
        .creation(address, &making)
        .new_name(desired.sheet.piste_application.as_str())
        .because([because])
        .make(Request::CreateApi { sheet: desired.sheet.clone() }, making)
        .note(message!("Chorus Pro allocates the application code"));
    Some(context.for_structure(desired.sheet.structure, draft))
}

fn existing(
    context: &mut Context<'_>,
    address: &Address,
    desired: &DesiredApi,
    found: &ObservedApi,
    known: &Making,
    adopt: bool,
) -> Option<Change> {
    let because = fields::api(&desired.sheet, found);
    let start = |context: &Context<'_>, kind| {
        let draft = context.draft(address, kind).name(&found.piste_application);
        if adopt { draft.adopt_api(found, known.clone()) } else { draft }
    };
    let adoption = |context: &Context<'_>| {
        let because = told("sheet", Some(found.id.as_str().into()), Some(declared()));
        adopt.then(|| start(context, ChangeKind::Adopt).because([because]).finish())
    };
    let target = Target::Existing(found.id.clone());
    match (&found.status, desired.active) {
        (ApiStatus::Unrecognized(word), _) => Some(
            start(context, ChangeKind::Wait)
                .because([reason("status", Some(word), None)])
                .note(message!(
                    "the status `{word}` is not known to raccord: nothing is done to the sheet",
                    word
                ))
                .finish(),
        ),
        (ApiStatus::Inactive, false) => adoption(context),
        (ApiStatus::Active, false) => Some(
            start(context, ChangeKind::Deactivate)
                .because([reason("active", Some("true"), Some("false"))])
                .send(Does::Deactivate, Request::DeactivateApi { target })
                .note(message!(
                    "an inactive API sheet can't be activated again: a new one will be needed"
                ))
                .finish(),
        ),
        (ApiStatus::Inactive, true) => {
            let status = Because {
                forces_replacement: true,
                ..reason("status", Some(found.status.label()), Some(ApiStatus::Active.label()))
            };
            let because = std::iter::once(status).chain(because).collect();
            let start = start(context, ChangeKind::Replace);
            replace(context, address, desired, found, known, because, start)
        }
        (ApiStatus::Active, true) if fields::force_replacement(&because) => {
            let start = start(context, ChangeKind::Replace);
            replace(context, address, desired, found, known, because, start)
        }
        (ApiStatus::Active, true) if because.is_empty() => adoption(context),
        (ApiStatus::Active, true) => {
            if let Some(fault) = taken(context, address, desired, Some(&found.id)) {
                context.fault(address, fault);
                return None;
            }
            let request = Request::UpdateApi {
                target,
                piste_application: desired.sheet.piste_application.clone(),
                contact: desired.sheet.contact.clone(),
            };
            Some(
                start(context, ChangeKind::Update)
                    .because(because)
                    .send(Does::Update, request)
                    .finish(),
            )
        }
    }
}

/// Makes a new sheet and deactivates the old one.
fn replace(
    context: &mut Context<'_>,
    address: &Address,
    desired: &DesiredApi,
    found: &ObservedApi,
    known: &Making,
    because: Vec<Because>,
    start: Draft,
) -> Option<Change> {
    if desired.lifecycle.prevent_replace {
        let fault = Diagnostic::error(
            rule::REPLACE_PREVENTED,
            message!(
                "`{address}` would be replaced, and `lifecycle.prevent_replace` forbids it",
                address
            ),
        );
        context.fault(
            address,
            fault.help(message!("undo the change, or take `prevent_replace` out of the file")),
        );
        return None;
    }
    if let Some(fault) = taken(context, address, desired, Some(&found.id)) {
        context.fault(address, fault);
        return None;
    }
    let old = Target::Existing(found.id.clone());
    let making = making(desired, known.generation + 1, Some(found.id.clone()));
    let create = Request::CreateApi { sheet: desired.sheet.clone() };
    let is_active = found.status == ApiStatus::Active;
    let collides = is_active
        && found.structure == desired.sheet.structure
        && found.piste_application == desired.sheet.piste_application.as_str();
    let mut draft = start.because(because).new_name(desired.sheet.piste_application.as_str());
    draft = match desired.lifecycle.replace {
        ReplaceOrder::CreateFirst if collides => {
            let fault = Diagnostic::error(
                rule::APPLICATION_SHARED,
                message!("`{address}` must be replaced, and the old sheet holds the PISTE application `{}` that the new one needs", desired.sheet.piste_application, address),
            );
            context.fault(
                address,
                fault.help(
                    message!("declare another `piste_application`, or write `lifecycle: { replace: deactivate_first }` and accept a short interruption"),
                ),
            );
            return None;
        }
        _ if !is_active => draft.make(create, making),
        ReplaceOrder::CreateFirst => {
            draft.make(create, making).send(Does::Deactivate, Request::DeactivateApi { target: old })
        }
        ReplaceOrder::DeactivateFirst => draft
            .send(Does::Deactivate, Request::DeactivateApi { target: old })
            .make(create, making)
            .note(message!("interruption: API calls are refused from the deactivation of the old sheet until the new one exists")),
    };
    if let Some(code) = &found.application_code {
        draft = draft
            .note(message!("the new sheet gets a new application code in place of `{code}`", code));
    }
    Some(context.for_structure(desired.sheet.structure, draft))
}

/// The fault, when another Actif sheet of the structure holds the PISTE application and belongs to another address.
fn taken(
    context: &Context<'_>,
    address: &Address,
    desired: &DesiredApi,
    own: Option<&RemoteId>,
) -> Option<Diagnostic> {
    let sheet = &desired.sheet;
    let holder = context.applications.get(&(sheet.structure, sheet.piste_application.as_str()))?;
    if Some(*holder) == own {
        return None;
    }
    let owner = context.matching.owners.get(holder).filter(|owner| *owner != address);

    let (application, structure) = (&sheet.piste_application, &sheet.structure);
    let message = match owner {
        Some(owner) => message!(
            "`{owner}` already holds the PISTE application `{application}` for structure {structure}",
            owner,
            application,
            structure
        ),
        None => message!(
            "sheet `{holder}` already holds the PISTE application `{application}` for structure {structure}",
            holder,
            application,
            structure
        ),
    };
    let fault = Diagnostic::error(rule::APPLICATION_TAKEN, message);
    Some(fault.help(message!(
        "declare another `piste_application`, or remove the other connection first"
    )))
}

fn making(desired: &DesiredApi, generation: u32, replaces: Option<RemoteId>) -> Making {
    let application = desired.sheet.piste_application.as_str();
    Making { generation, replaces, ..first(desired.sheet.structure, application) }
}
