//! What is done, step by step, in sentences.

use crate::domain::environment::Channel;
use crate::domain::request::Request;
use crate::domain::request::Target;
use crate::domain::value::InterfaceCode;
use crate::language::Message;
use crate::language::message;
use crate::language::tr;
use crate::plan::change::Action;
use crate::plan::change::Because;
use crate::plan::change::Change;
use crate::plan::change::ChangeKind;
use crate::plan::change::Does;
use crate::plan::change::Step;
use crate::plan::change::Until;
use crate::render::plan::rotation;
use crate::render::words::harmless;

/// Whether the steps tell more than the word of the change.
pub(crate) fn tell_more(change: &Change) -> bool {
    match change.steps.as_slice() {
        [] => false,
        [step] => {
            step.due.is_some()
                || step.channel == Channel::Portal
                || matches!(step.does, Does::Move | Does::Forget | Does::Finalise)
        }
        // A new account, or a draft that goes to En cours: making it and waiting for it is what anyone expects.
        [first, second] if change.change == ChangeKind::Create => {
            first.does != Does::Create
                || second.does != Does::Wait
                || first.due.is_some()
                || first.channel == Channel::Portal
                || needs_another(change, first)
        }
        _ => true,
    }
}

/// One step in a sentence, with the day it is due and what it needs of another resource.
pub(crate) fn sentence(change: &Change, step: &Step) -> Message {
    Message::of(|| told(change, step))
}

fn told(change: &Change, step: &Step) -> String {
    let mut text = phrase(&step.action);
    if step.channel == Channel::Portal {
        text = tr!("{step}, at the portal", step = text);
    }
    if let Some(due) = step.due {
        text = tr!("{step}, due {day}", step = text, day = due);
    }
    for need in &step.needs {
        // Ids begin with the address: `ville/edi/g2b#1-create`.
        if let Some((address, _)) = need.split_once('#')
            && address != change.address.to_string()
        {
            text = tr!("{step}, after `{address}`", step = text, address = harmless(address));
        }
    }
    text
}

fn needs_another(change: &Change, step: &Step) -> bool {
    let own = format!("{}#", change.address);
    step.needs.iter().any(|need| !need.starts_with(&own))
}

fn phrase(action: &Action) -> String {
    match action {
        Action::Send { request, making: _ } => request_phrase(request),
        Action::Wait { target, until: Until::Active } => {
            tr!("wait until {} is Actif", target_phrase(target))
        }
        Action::Wait { target, until: Until::Settled } => {
            tr!("wait until {} has left En cours", target_phrase(target))
        }
        Action::Look { making } => {
            tr!("make sure that `{}` is not there yet", harmless(&making.name))
        }
        Action::Adopt { target, making: _, code: _, status: _, certificates: _, values: _ } => {
            tr!("note in the ledger that `{}` is ours", harmless(target.as_str()))
        }
        Action::Move { from } => tr!("note in the ledger that `{from}` has this address now", from),
        Action::Forget => tr!("note in the ledger that it is no longer ours"),
    }
}

fn request_phrase(request: &Request) -> String {
    match request {
        Request::CreateEdi { sheet } => {
            tr!("create the sheet `{}`", harmless(sheet.name.as_str()))
        }
        Request::FinaliseEdi { target, settings: _ } => {
            tr!("finalise the draft {}", target_phrase(target))
        }
        Request::UpdateEdi { target, settings: _ }
        | Request::UpdateApi { target, piste_application: _, contact: _ } => {
            tr!("update {}", target_phrase(target))
        }
        Request::ActivateEdi { target } | Request::ActivateAccount { target } => {
            tr!("activate {}", target_phrase(target))
        }
        Request::DeactivateEdi { target }
        | Request::DeactivateApi { target }
        | Request::DeactivateAccount { target } => tr!("deactivate {}", target_phrase(target)),
        Request::DeleteEdi { target } => tr!("delete the draft {}", target_phrase(target)),
        Request::CreateApi { sheet } => {
            tr!("create the sheet for `{}`", harmless(sheet.piste_application.as_str()))
        }
        Request::CreateAccount { structure: _, contact_email: _ } => {
            tr!("create the account, and store its password")
        }
        Request::ChangeAccountEmail { target, contact_email } => {
            tr!("set the contact of {} to `{contact_email}`", target_phrase(target), contact_email)
        }
        Request::ResetPassword { target } => {
            tr!("reset the password of {}, and store the new one", target_phrase(target))
        }
        Request::SetEdiFlags { structure: _, sender, receiver } => match (*sender, *receiver) {
            (true, true) => tr!("set the EDI flags: sender on, receiver on"),
            (true, false) => tr!("set the EDI flags: sender on, receiver off"),
            (false, true) => tr!("set the EDI flags: sender off, receiver on"),
            (false, false) => tr!("set the EDI flags: sender off, receiver off"),
        },
        Request::AddClient { operator, client } => {
            tr!("declare `{client}` as a client of `{operator}`", client, operator)
        }
        Request::RemoveClient { operator, client } => {
            tr!("withdraw `{client}` from the clients of `{operator}`", client, operator)
        }
    }
}

fn target_phrase(target: &Target) -> String {
    match target {
        Target::Existing(id) => format!("`{}`", harmless(id.as_str())),
        Target::CreatedBy(_) => tr!("the new one"),
    }
}

/// What is shown of the reasons of a change.
///
/// A creation shows what will be sent, and its reasons only where they tell what was found instead. Where only a
/// state is told, it does not go anywhere: `status  En cours`, not `En cours -> none`.
pub(crate) fn shown(change: &Change) -> Vec<Because> {
    let mut because = change.because.clone();
    match change.change {
        ChangeKind::Create => {
            let fields = created_fields(change);
            if !fields.is_empty() {
                because.retain(|reason| reason.before.is_some());
                because.extend(fields);
            }
        }
        ChangeKind::Wait | ChangeKind::AskSupport | ChangeKind::Verify | ChangeKind::Rotate => {
            for reason in because.iter_mut().filter(|reason| reason.after.is_none()) {
                reason.after.clone_from(&reason.before);
            }
        }
        ChangeKind::Update
        | ChangeKind::Replace
        | ChangeKind::Activate
        | ChangeKind::Deactivate
        | ChangeKind::Delete
        | ChangeKind::Adopt => {}
    }
    for rotation in &change.rotations {
        let slot = format!("certificates.{}", rotation.slot);
        let at = because.iter().position(|because| because.field == slot);
        let at = at.map_or(because.len(), |at| at + 1);
        because.splice(at..at, rotation::rows(rotation));
    }
    because
}

/// The fields of a creation, as it will be sent.
fn created_fields(change: &Change) -> Vec<Because> {
    let field = |field: &str, after: &str| Because {
        field: field.to_owned(),
        before: None,
        after: Some(after.into()),
        forces_replacement: false,
    };
    let Some(request) = change.steps.iter().find_map(|step| match &step.action {
        Action::Send { request, making: Some(_) } => Some(request),
        _ => None,
    }) else {
        return Vec::new();
    };
    match request {
        Request::CreateEdi { sheet } => {
            let settings = &sheet.settings;
            let mut fields = vec![
                field("exchange_system", sheet.exchange_system.word()),
                field("protocol", settings.network.protocol().word()),
            ];
            fields.extend(
                settings
                    .network
                    .fields()
                    .iter()
                    .map(|(key, value)| field(&format!("network.{key}"), value)),
            );
            fields.extend(settings.certificates.iter().map(|(slot, certificate)| {
                field(
                    &format!("certificates.{slot}"),
                    &format!("{} ({})", certificate.key, certificate.fingerprint.short()),
                )
            }));
            let (from, until) = (settings.validity.from, settings.validity.until);
            fields.push(Because {
                after: Some(message!("{first} to {last}", first = from, last = until)),
                ..field("validity", "")
            });
            fields.push(field("contact", settings.contact.email.as_str()));
            let codes: Vec<&str> =
                settings.subscriptions.iter().map(InterfaceCode::as_str).collect();
            fields.push(field("subscriptions", &codes.join(", ")));
            fields
        }
        Request::CreateApi { sheet } => {
            let mut fields = vec![
                field("piste_application", sheet.piste_application.as_str()),
                field("usage", sheet.usage.as_str()),
            ];
            fields.extend(
                sheet.publisher.iter().map(|publisher| field("publisher", publisher.as_str())),
            );
            fields.push(field("contact", sheet.contact.email.as_str()));
            fields
        }
        Request::CreateAccount { structure: _, contact_email } => {
            vec![field("contact_email", contact_email.as_str())]
        }
        _ => Vec::new(),
    }
}
