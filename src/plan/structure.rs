//! Decides for structures. They are looked at, never created nor removed.

use crate::domain::address::Address;
use crate::domain::environment::Channel;
use crate::domain::request::Request;
use crate::domain::structure::DesiredStructure;
use crate::language::Message;
use crate::language::message;
use crate::plan::change::ChangeKind;
use crate::plan::change::Does;
use crate::plan::context::Context;
use crate::plan::draft::Draft;
use crate::plan::fields::reason;
use crate::plan::fields::told;

/// Decides for one structure, and notes whether anything can be created for it.
pub(crate) fn decide(context: &mut Context<'_>, address: &Address, desired: &DesiredStructure) {
    let DesiredStructure { siret, name: _, edi_sender, edi_receiver, services, public_operator } =
        desired;
    let draft = |kind| Draft::new(address, kind, context.input.channel);
    let look = |what: Message, why: &Message| {
        draft(ChangeKind::Verify)
            .because([told("structure", None, Some(what))])
            .blocked(why.clone())
            .finish()
    };
    if context.input.observed.unread.is_some() {
        // Unknown: neither there nor missing, so that it blocks nothing.
        context.decided(address, None);
        return;
    }
    let Some(found) = context.input.observed.structures.get(siret) else {
        let why = message!(
            "structure {siret} is not found in Chorus Pro: create it on the portal, or correct the SIRET",
            siret
        );
        let change = look(message!("present"), &why);
        context.blocked.insert(*siret, why);
        context.decided(address, Some(change));
        return;
    };
    if !found.active {
        let why = message!(
            "structure {siret} is inactive in Chorus Pro: activate it on the portal",
            siret
        );
        let change = look(message!("active"), &why);
        context.blocked.insert(*siret, why);
        context.decided(address, Some(change));
        return;
    }
    if !found.attached {
        let why = message!(
            "the account of this environment is not attached to structure {siret}: ask its principal manager",
            siret
        );
        let change = look(message!("attached"), &why);
        context.blocked.insert(*siret, why);
        context.decided(address, Some(change));
        return;
    }
    let mut flags = Vec::new();
    for (field, before, after) in [
        ("edi.sender", found.edi_sender, *edi_sender),
        ("edi.receiver", found.edi_receiver, *edi_receiver),
    ] {
        if let (Some(before), Some(after)) = (before, after)
            && before != after
        {
            flags.push(reason(field, Some(&before.to_string()), Some(&after.to_string())));
        }
    }
    let missing: Vec<&String> = found
        .services
        .as_ref()
        .map(|found| services.keys().filter(|code| !found.contains_key(*code)).collect())
        .unwrap_or_default();
    let lacks_services =
        missing.iter().map(|code| reason("services", None, Some(code))).collect::<Vec<_>>();
    let to_create = message!("services are created on the portal: no API for it is published");
    let lacks_operator = *public_operator && found.public_operator == Some(false);
    let operator = || reason("public_operator", Some("false"), Some("true"));
    let ask = message!(
        "support sets the parameter «Opérateur public»: open a ticket with the SIRET of one public structure"
    );
    let change = if !flags.is_empty() {
        let request = Request::SetEdiFlags {
            structure: *siret,
            sender: edi_sender.or(found.edi_sender).unwrap_or_default(),
            receiver: edi_receiver.or(found.edi_receiver).unwrap_or_default(),
        };
        let mut draft = Draft::new(address, ChangeKind::Update, Channel::Piste)
            .because(flags)
            .send(Does::Update, request);
        if !lacks_services.is_empty() {
            draft = draft.because(lacks_services).note(to_create);
        }
        if lacks_operator {
            draft = draft.because([operator()]).note(ask);
        }
        Some(draft.finish())
    } else if lacks_operator {
        Some(
            draft(ChangeKind::AskSupport)
                .because([operator()])
                .because(lacks_services)
                .blocked(ask)
                .finish(),
        )
    } else if !lacks_services.is_empty() {
        Some(draft(ChangeKind::Verify).because(lacks_services).blocked(to_create).finish())
    } else {
        None
    };
    context.decided(address, change);
}
