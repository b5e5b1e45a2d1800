//! Decides for technical accounts: their contact, whether they are active, and the rotation of their password.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::rule;
use crate::domain::account::DesiredAccount;
use crate::domain::account::ObservedAccount;
use crate::domain::account::USABLE_AFTER_MINUTES;
use crate::domain::address::Address;
use crate::domain::event::Making;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::domain::request::Target;
use crate::domain::seen::Seen;
use crate::domain::value::day_in_france;
use crate::domain::value::days_later;
use crate::language::message;
use crate::plan::change::Because;
use crate::plan::change::Change;
use crate::plan::change::ChangeKind;
use crate::plan::change::Does;
use crate::plan::context::Context;
use crate::plan::draft::Draft;
use crate::plan::fields::declared;
use crate::plan::fields::reason;
use crate::plan::fields::told;
use crate::plan::matching::Serves;
use crate::plan::matching::first;

/// Decides for one technical account.
pub(crate) fn decide(context: &mut Context<'_>, address: &Address, desired: &DesiredAccount) {
    let serves = match context.matching.account(address, desired) {
        Ok(serves) => serves,
        Err(logins) => {
            let fault = Diagnostic::error(
                rule::ACCOUNT_AMBIGUOUS,
                message!(
                    "several technical accounts may be `{address}`: {}",
                    logins.join(", "),
                    address
                ),
            );
            context.fault(address, fault.help(message!("write the one that is meant as `login:`")));
            return;
        }
    };
    let change = match serves {
        Serves::Nothing | Serves::Gone(_) if !desired.active => None,
        Serves::Nothing => create(context, address, desired, None),
        Serves::Gone(owned) => {
            create(context, address, desired, Some((&owned.id, owned.making.generation)))
        }
        Serves::Owned(owned, found) if found.structure != desired.structure => {
            Some(replace(context, address, desired, found, owned.making.generation))
        }
        Serves::Owned(_, found) => existing(context, address, desired, found, None),
        Serves::Found(found, making) => {
            context.matching.claim(&found.id);
            existing(context, address, desired, found, Some(making))
        }
    };
    context.decided(address, change);
}

fn create(
    context: &mut Context<'_>,
    address: &Address,
    desired: &DesiredAccount,
    gone: Option<(&RemoteId, u32)>,
) -> Option<Change> {
    if let Some(login) = &desired.login {
        let fault = Diagnostic::error(
            rule::ACCOUNT_NOT_FOUND,
            message!("no technical account `{login}` is found", login),
        );
        context.fault(
            address,
            fault.help(message!("correct `login:`, or take it out to create a new account")),
        );
        return None;
    }
    let because = match gone {
        Some((id, _)) => told("account", Some(message!("{id} (no longer found)", id)), None),
        None => told("account", None, Some(declared())),
    };
    let generation = gone.map_or(1, |(_, generation)| generation + 1);
    let making = Making { generation, replaces: gone.map(|(id, _)| id.clone()), ..making(desired) };
    let draft = context.creation(address, &making).because([because]);
    Some(context.for_structure(desired.structure, made(draft, desired, making)))
}

/// The structure of the entity changed: accounts belong to one structure.
fn replace(
    context: &Context<'_>,
    address: &Address,
    desired: &DesiredAccount,
    found: &ObservedAccount,
    generation: u32,
) -> Change {
    let because = Because {
        forces_replacement: true,
        ..reason("structure", Some(found.structure.as_str()), Some(desired.structure.as_str()))
    };
    let making =
        Making { generation: generation + 1, replaces: Some(found.id.clone()), ..making(desired) };
    let draft = context.draft(address, ChangeKind::Replace).name(&found.login).because([because]);
    let mut draft = made(draft, desired, making);
    if found.active {
        let target = Target::Existing(found.id.clone());
        draft = draft.send(Does::Deactivate, Request::DeactivateAccount { target });
    }
    context.for_structure(desired.structure, draft)
}

fn existing(
    context: &Context<'_>,
    address: &Address,
    desired: &DesiredAccount,
    found: &ObservedAccount,
    adopting: Option<Making>,
) -> Option<Change> {
    let target = || Target::Existing(found.id.clone());
    let email = (found.contact_email != desired.contact_email.as_str()).then(|| {
        reason("contact_email", Some(&found.contact_email), Some(desired.contact_email.as_str()))
    });
    let active = (found.active != desired.active).then(|| {
        reason("active", Some(&found.active.to_string()), Some(&desired.active.to_string()))
    });
    let rotation = desired
        .active
        .then(|| rotation(context, address, desired, found, adopting.as_ref()))
        .flatten();
    let kind = if rotation.is_some() {
        ChangeKind::Rotate
    } else if email.is_some() {
        ChangeKind::Update
    } else if active.is_some() {
        if desired.active { ChangeKind::Activate } else { ChangeKind::Deactivate }
    } else if adopting.is_some() {
        ChangeKind::Adopt
    } else {
        return None;
    };
    let mut draft = context.draft(address, kind).name(&found.login);
    let rotates = rotation.is_some();
    if adopting.is_some() && email.is_none() && active.is_none() && !rotates {
        draft =
            draft.because([told("account", Some(found.login.as_str().into()), Some(declared()))]);
    }
    draft = draft.because(email.clone()).because(active.clone()).because(rotation);
    if email.is_some() {
        let contact_email = desired.contact_email.clone();
        draft = draft
            .send(Does::Update, Request::ChangeAccountEmail { target: target(), contact_email });
    }
    if active.is_some() {
        draft = if desired.active {
            draft.send(Does::Activate, Request::ActivateAccount { target: target() })
        } else {
            draft.send(Does::Deactivate, Request::DeactivateAccount { target: target() })
        };
    }
    if rotates {
        draft = draft
            .send(Does::ResetPassword, Request::ResetPassword { target: target() })
            .note(message!("the new password is shown once and goes to the password sink; who calls the API must take it from there"));
    }
    // Adopting comes last: a password that was lost before it reached its sink is reset first, and again if that fails.
    if let Some(making) = adopting {
        draft = draft.adopt(
            found.id.clone(),
            making,
            Some(found.login.clone()),
            &Seen::Account(found.clone()),
        );
    }
    Some(draft.finish())
}

/// Why the password has to be reset, if so.
fn rotation(
    context: &Context<'_>,
    address: &Address,
    desired: &DesiredAccount,
    found: &ObservedAccount,
    adopting: Option<&Making>,
) -> Option<Because> {
    let known = context.matching.known.get(address);
    let ours = known.and_then(|known| known.current.as_ref()).filter(|owned| owned.id == found.id);
    let made_by_us = ours.is_some_and(|owned| owned.created_at.is_some());
    let stored = known.is_some_and(|known| known.password_stored_at.is_some());
    let answer_lost = adopting.is_some() && known.is_some_and(|known| known.intent.is_some());
    let reset_lost = known.is_some_and(|known| known.reset.is_some());
    if answer_lost || reset_lost || (made_by_us && !stored) {
        return Some(told(
            "password",
            Some(message!("never reached its sink")),
            Some(message!("reset")),
        ));
    }
    let expires = day_in_france(found.password_expires_at?);
    (days_later(context.input.as_of, desired.rotate_before_days) >= expires).then(|| {
        told("password", Some(message!("expires on {expires}", expires)), Some(message!("reset")))
    })
}

fn made(draft: Draft, desired: &DesiredAccount, making: Making) -> Draft {
    let request = Request::CreateAccount {
        structure: desired.structure,
        contact_email: desired.contact_email.clone(),
    };
    draft.make(request, making).note(message!("usable about {minutes} minutes after its creation; its password is shown once and goes to the password sink", minutes = USABLE_AFTER_MINUTES))
}

fn making(desired: &DesiredAccount) -> Making {
    first(desired.structure, desired.contact_email.as_str())
}
