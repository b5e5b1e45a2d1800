//! Decides for what left the files: Actif is deactivated, a draft deleted, an Inactif sheet forgotten.
//!
//! Only what the ledger knows as ours is ever touched. Structures are left alone.

use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::api::ApiStatus;
use crate::domain::edi::EdiStatus;
use crate::domain::known::KnownAddress;
use crate::domain::known::Owned;
use crate::domain::request::Request;
use crate::domain::request::Target;
use crate::language::Message;
use crate::language::message;
use crate::plan::change::Change;
use crate::plan::change::ChangeKind;
use crate::plan::change::Does;
use crate::plan::change::Until;
use crate::plan::client;
use crate::plan::context::Context;
use crate::plan::draft::Draft;
use crate::plan::fields::told;

/// Decides for every known address that is no longer declared.
pub(crate) fn decide(context: &mut Context<'_>) {
    let gone: Vec<(Address, &KnownAddress)> = context
        .matching
        .known
        .iter()
        .filter(|(address, _)| !context.input.desired.contains(address))
        .map(|(address, known)| (address.clone(), *known))
        .collect();
    for (address, known) in gone {
        let change = match address.kind() {
            Kind::Edi => Some(edi(context, &address, known)),
            Kind::Api => Some(api(context, &address, known)),
            Kind::Account => Some(account(context, &address, known)),
            Kind::Client => Some(withdrawn(context, &address, known)),
            Kind::Structure | Kind::Certificate => None,
        };
        context.changes.extend(change);
    }
}

/// Everything that served the address, the current one first.
fn all(known: &KnownAddress) -> impl Iterator<Item = &Owned> {
    known.current.iter().chain(known.former.iter().map(|former| &former.owned))
}

fn start(
    context: &Context<'_>,
    address: &Address,
    kind: ChangeKind,
    status: Message,
    known: &KnownAddress,
) -> Draft {
    let name = known.current.as_ref().map_or("", |owned| owned.making.name.as_str());
    Draft::new(address, kind, context.input.channel).name(name).because([told(
        "declared",
        Some(status),
        None,
    )])
}

fn edi(context: &Context<'_>, address: &Address, known: &KnownAddress) -> Change {
    let sheets: Vec<_> =
        all(known).filter_map(|owned| context.input.observed.edi.get(&owned.id)).collect();
    let status = sheets.first();
    let status =
        status.map_or_else(|| message!("no longer found"), |sheet| sheet.status.label().into());
    let stuck = sheets
        .iter()
        .find(|sheet| matches!(sheet.status, EdiStatus::Partial | EdiStatus::Unrecognized(_)));
    if let Some(stuck) = stuck {
        return match &stuck.status {
            EdiStatus::Unrecognized(word) => {
                start(context, address, ChangeKind::Wait, word.as_str().into(), known)
                    .note(message!(
                        "the status `{word}` is not known to raccord: nothing is done to the sheet",
                        word
                    ))
                    .finish()
            }
            _ => {
                start(context, address, ChangeKind::AskSupport, stuck.status.label().into(), known)
                    .note(message!("only the support of Chorus Pro can change this status"))
                    .finish()
            }
        };
    }
    let has = |wanted: &EdiStatus| sheets.iter().any(|sheet| sheet.status == *wanted);
    let kind = if has(&EdiStatus::Pending) {
        ChangeKind::Wait
    } else if has(&EdiStatus::Active) {
        ChangeKind::Deactivate
    } else {
        ChangeKind::Delete
    };
    let mut draft = start(context, address, kind, status, known);
    for sheet in &sheets {
        let target = Target::Existing(sheet.id.clone());
        draft = match sheet.status {
            EdiStatus::Pending => draft
                .wait(target.clone(), Until::Settled)
                .send(Does::Deactivate, Request::DeactivateEdi { target }),
            EdiStatus::Active => draft.send(Does::Deactivate, Request::DeactivateEdi { target }),
            EdiStatus::Draft => draft.send(Does::Delete, Request::DeleteEdi { target }),
            // An Inactif sheet whose validity is still to come would become Actif by itself: it stays ours until then.
            EdiStatus::Inactive => {
                match sheet.valid_from.filter(|from| *from > context.input.as_of) {
                    Some(from) => {
                        draft.send(Does::Deactivate, Request::DeactivateEdi { target }).due(from)
                    }
                    None => draft,
                }
            }
            EdiStatus::Partial | EdiStatus::Error | EdiStatus::Unrecognized(_) => draft,
        };
    }
    draft.forget().finish()
}

fn api(context: &Context<'_>, address: &Address, known: &KnownAddress) -> Change {
    let active: Vec<_> = all(known)
        .filter_map(|owned| context.input.observed.api.get(&owned.id))
        .filter(|sheet| sheet.status == ApiStatus::Active)
        .collect();
    let (kind, status) = match active.first() {
        Some(sheet) => (ChangeKind::Deactivate, sheet.status.label().into()),
        None => (ChangeKind::Delete, message!("not Actif")),
    };
    let mut draft = start(context, address, kind, status, known);
    for sheet in active {
        let target = Target::Existing(sheet.id.clone());
        draft = draft.send(Does::Deactivate, Request::DeactivateApi { target });
    }
    draft.forget().finish()
}

fn account(context: &Context<'_>, address: &Address, known: &KnownAddress) -> Change {
    let active: Vec<_> = all(known)
        .filter_map(|owned| context.input.observed.accounts.get(&owned.id))
        .filter(|account| account.active)
        .collect();
    let kind = if active.is_empty() { ChangeKind::Delete } else { ChangeKind::Deactivate };
    let status = if active.is_empty() { message!("not active") } else { message!("active") };
    let mut draft = start(context, address, kind, status, known);
    for account in active {
        let target = Target::Existing(account.id.clone());
        draft = draft
            .name(&account.login)
            .send(Does::Deactivate, Request::DeactivateAccount { target });
    }
    draft.forget().finish()
}

fn withdrawn(context: &Context<'_>, address: &Address, known: &KnownAddress) -> Change {
    let mut draft = start(context, address, ChangeKind::Delete, message!("client"), known);
    let found = all(known)
        .filter_map(|owned| client::numbers(&owned.id))
        .filter(|numbers| context.input.observed.clients.contains(numbers));
    for (operator, client) in found {
        draft = draft.send(Does::Delete, Request::RemoveClient { operator, client });
    }
    draft.forget().finish()
}
