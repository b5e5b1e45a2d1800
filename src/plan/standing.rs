//! What stands at Chorus Pro for one address, found as a plan finds it.

use crate::domain::account::ObservedAccount;
use crate::domain::address::Address;
use crate::domain::api::ObservedApi;
use crate::domain::desired::Desired;
use crate::domain::edi::ObservedEdi;
use crate::domain::known::Known;
use crate::domain::known::KnownAddress;
use crate::domain::observed::Observed;
use crate::domain::observed::RemoteId;
use crate::domain::seen::Seen;
use crate::plan::matching::Matching;
use crate::plan::matching::Serves;

/// What stands for an address, and what the ledger knows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing<'a> {
    /// What the ledger knows, also under the address that it had before.
    pub(crate) known: Option<&'a KnownAddress>,
    /// The address under which the ledger knows it, where it was renamed in the files.
    pub(crate) former_address: Option<Address>,
    /// What was found.
    pub(crate) stands: Stands,
}

/// What was found for an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stands {
    /// Nothing, and nothing was ours.
    Nothing,
    /// What was ours is no longer found.
    Gone(RemoteId),
    /// It is ours.
    Ours(RemoteId, Seen),
    /// It exists as declared, and is not in the ledger.
    Found(RemoteId, Seen),
    /// Several may be meant.
    Several(Vec<String>),
}

/// Looks up what stands for an address.
pub(crate) fn standing<'a>(
    address: &Address,
    desired: &Desired,
    known: &'a Known,
    observed: &'a Observed,
) -> Standing<'a> {
    let matching = Matching::new(desired, known, observed);
    let stands = if let Some(edi) = desired.edi.get(address) {
        of(&matching.edi(address, edi), |sheet: &ObservedEdi| {
            (sheet.id.clone(), Seen::Edi(sheet.clone()))
        })
    } else if let Some(api) = desired.api.get(address) {
        of(&matching.api(address, api), |sheet: &ObservedApi| {
            (sheet.id.clone(), Seen::Api(sheet.clone()))
        })
    } else if let Some(account) = desired.accounts.get(address) {
        match matching.account(address, account) {
            Err(logins) => Stands::Several(logins.into_iter().map(str::to_owned).collect()),
            Ok(serves) => of(&serves, |account: &ObservedAccount| {
                (account.id.clone(), Seen::Account(account.clone()))
            }),
        }
    } else {
        let client = desired.clients.get(address);
        let declared = client.map(|one| RemoteId::of_client(one.operator, one.client));
        let known = matching.known.get(address).and_then(|known| known.current.as_ref());
        let ours = known.map(|owned| owned.id.clone());
        match (ours, declared) {
            (Some(id), _) => match observed.seen(&id) {
                Some(seen) => Stands::Ours(id, seen),
                None => Stands::Gone(id),
            },
            (None, Some(id)) => match observed.seen(&id) {
                Some(seen) => Stands::Found(id, seen),
                None => Stands::Nothing,
            },
            (None, None) => Stands::Nothing,
        }
    };
    Standing {
        known: matching.known.get(address).copied(),
        former_address: matching.renamed.get(address).cloned(),
        stands,
    }
}

fn of<T>(serves: &Serves<'_, T>, seen: impl Fn(&T) -> (RemoteId, Seen)) -> Stands {
    match serves {
        Serves::Nothing => Stands::Nothing,
        Serves::Gone(owned) => Stands::Gone(owned.id.clone()),
        Serves::Owned(_, found) => {
            let (id, seen) = seen(found);
            Stands::Ours(id, seen)
        }
        Serves::Found(found, _) => {
            let (id, seen) = seen(found);
            Stands::Found(id, seen)
        }
    }
}
