//! Decides for the clients of dematerialisation operators («Gérer clients publics par TDT»).

use crate::domain::address::Address;
use crate::domain::desired::DesiredClient;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::domain::seen::Seen;
use crate::domain::siret::Siret;
use crate::language::message;
use crate::plan::change::ChangeKind;
use crate::plan::context::Context;
use crate::plan::fields::declared;
use crate::plan::fields::reason;
use crate::plan::fields::told;
use crate::plan::matching::first;

/// The two numbers of such an identity.
pub(crate) fn numbers(id: &RemoteId) -> Option<(Siret, Siret)> {
    let (operator, client) = id.as_str().split_once('/')?;
    Some((Siret::parse(operator).ok()?.siret, Siret::parse(client).ok()?.siret))
}

/// Decides for one client.
pub(crate) fn decide(context: &mut Context<'_>, address: &Address, desired: &DesiredClient) {
    let DesiredClient { operator, client } = desired;
    let id = RemoteId::of_client(*operator, *client);
    let ours = context
        .matching
        .known
        .get(address)
        .and_then(|known| known.current.as_ref())
        .is_some_and(|owned| owned.id == id);
    let found = context.input.observed.clients.contains(&(*operator, *client));
    let making = first(*operator, client.as_str());
    let change = match (found, ours) {
        (true, true) => None,
        (true, false) => Some(
            context
                .draft(address, ChangeKind::Adopt)
                .because([told("client", Some(client.as_str().into()), Some(declared()))])
                .adopt(id, making, None, &Seen::Client { operator: *operator, client: *client })
                .finish(),
        ),
        (false, _) => {
            let draft = context
                .creation(address, &making)
                .because([reason("client", None, Some(client.as_str()))])
                .make(Request::AddClient { operator: *operator, client: *client }, making);
            let found = context.input.observed.structures.get(operator);
            let is_operator = found.and_then(|found| found.public_operator) != Some(false);
            Some(match (context.blocked.get(operator), is_operator) {
                (Some(why), _) => draft.blocked(why.clone()).finish(),
                (None, false) => draft
                    .blocked(message!("structure {operator} lacks the parameter «Opérateur public», which support sets", operator))
                    .finish(),
                (None, true) => draft.finish(),
            })
        }
    };
    context.decided(address, change);
}
