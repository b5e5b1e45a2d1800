//! Notes in qualification what is Actif and not yet proven, where production will ask for it ([`super::qualification`]).

use std::collections::BTreeSet;

use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::api::ApiStatus;
use crate::domain::edi::EdiStatus;
use crate::domain::environment::Channel;
use crate::domain::environment::Stage;
use crate::domain::request::Target;
use crate::language::message;
use crate::plan::change::Change;
use crate::plan::change::ChangeKind;
use crate::plan::change::Until;
use crate::plan::context::Context;
use crate::plan::fields::reason;
use crate::plan::qualification::form_of;

/// Adds a change for each sheet that is Actif, as declared, and not yet proven. Sheets that became Actif
/// while no run waited for them are among these.
pub(super) fn decide(context: &mut Context<'_>) {
    let input = context.input;
    let asks = input.policy.require_qualification && input.stage == Stage::Qualification;
    if !asks || input.channel == Channel::Portal {
        return;
    }
    let decided: BTreeSet<&Address> =
        context.changes.iter().map(|change| &change.address).collect();
    let sheets = input.desired.edi.keys().chain(input.desired.api.keys());
    let open = sheets.filter(|address| !decided.contains(address));
    let noted: Vec<Change> = open.filter_map(|address| remembered(context, address)).collect();
    // They were counted as unchanged, each once.
    context.unchanged = context.unchanged.saturating_sub(noted.len());
    context.changes.extend(noted);
}

/// The change that notes that a sheet is Actif; none where that is known, or not so.
fn remembered(context: &Context<'_>, address: &Address) -> Option<Change> {
    let input = &context.input;
    let form = form_of(input.desired, address)?;
    if input.known.proven.has(address, &form) {
        return None;
    }
    let known = input.known.get(address).and_then(|known| known.current.as_ref())?;
    let draft = context
        .draft(address, ChangeKind::Wait)
        .name(known.making.name.as_str())
        .because([reason("status", Some("Actif"), None)])
        .note(message!("the ledger notes that it is Actif: production asks for that"));
    match address.kind() {
        Kind::Edi => {
            let found = input.observed.edi.get(&known.id)?;
            let target = Target::Existing(known.id.clone());
            (found.status == EdiStatus::Active).then(|| draft.wait(target, Until::Settled).finish())
        }
        Kind::Api => {
            let found = input.observed.api.get(&known.id)?;
            (found.status == ApiStatus::Active)
                .then(|| draft.adopt_api(found, known.making.clone()).finish())
        }
        Kind::Structure | Kind::Certificate | Kind::Account | Kind::Client => None,
    }
}
