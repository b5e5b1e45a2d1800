//! Which sheet or account serves which address: what the ledger knows, met with what was found.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::domain::account::DesiredAccount;
use crate::domain::account::ObservedAccount;
use crate::domain::address::Address;
use crate::domain::api::ApiStatus;
use crate::domain::api::DesiredApi;
use crate::domain::api::ObservedApi;
use crate::domain::desired::Desired;
use crate::domain::edi::DesiredEdi;
use crate::domain::edi::ObservedEdi;
use crate::domain::edi::SheetKey;
use crate::domain::event::Making;
use crate::domain::known::Known;
use crate::domain::known::KnownAddress;
use crate::domain::known::Owned;
use crate::domain::observed::Observed;
use crate::domain::observed::RemoteId;

/// How many generations of names are looked for when the ledger does not know a sheet.
const GENERATIONS: u32 = 50;

/// What serves an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Serves<'a, T> {
    /// Nothing does, and nothing did.
    Nothing,
    /// What the ledger knows is no longer found.
    Gone(&'a Owned),
    /// What the ledger knows, as it was found.
    Owned(&'a Owned, &'a T),
    /// Not in the ledger, but found by its natural key: to be adopted.
    Found(&'a T, Making),
}

/// Who owns what, and what is free to be adopted.
#[derive(Debug)]
pub(crate) struct Matching<'a> {
    /// What the ledger knows, renamed addresses already under their new name.
    pub(crate) known: BTreeMap<Address, &'a KnownAddress>,
    /// For renamed addresses: the new one to the old one.
    pub(crate) renamed: BTreeMap<Address, Address>,
    /// To which address each owned identity belongs.
    pub(crate) owners: BTreeMap<&'a RemoteId, Address>,
    /// What this plan adopts already: nothing is adopted twice.
    claimed: BTreeSet<&'a RemoteId>,
    observed: &'a Observed,
    /// Names that are declared: no other address takes such a sheet for a later generation of its own.
    declared: BTreeSet<SheetKey>,
    free_edi: BTreeMap<SheetKey, &'a ObservedEdi>,
    free_api: BTreeMap<(&'a str, &'a str), Vec<&'a ObservedApi>>,
    free_accounts: BTreeMap<&'a str, Vec<&'a ObservedAccount>>,
}

impl<'a> Matching<'a> {
    /// Meets what is known with what was found.
    pub(crate) fn new(desired: &Desired, known: &'a Known, observed: &'a Observed) -> Self {
        let (known, renamed) = rename(desired, known);
        let mut owners = BTreeMap::new();
        for (address, known) in &known {
            let former = known.former.iter().map(|former| &former.owned);
            for owned in known.current.iter().chain(former) {
                owners.insert(&owned.id, address.clone());
            }
        }
        let free = |id: &RemoteId| !owners.contains_key(id);
        let free_edi = observed
            .edi
            .values()
            .filter(|sheet| free(&sheet.id))
            .map(|sheet| (sheet.key(), sheet))
            .collect();
        let mut free_api: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for sheet in observed.api.values().filter(|sheet| free(&sheet.id)) {
            let key = (sheet.structure.as_str(), sheet.piste_application.as_str());
            free_api.entry(key).or_default().push(sheet);
        }
        let mut free_accounts: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for account in observed.accounts.values().filter(|account| free(&account.id)) {
            free_accounts.entry(account.structure.as_str()).or_default().push(account);
        }
        Self {
            known,
            renamed,
            owners,
            claimed: BTreeSet::new(),
            declared: desired.edi.values().map(|edi| edi.sheet.key()).collect(),
            observed,
            free_edi,
            free_api,
            free_accounts,
        }
    }

    /// Notes that something found is adopted.
    pub(crate) fn claim(&mut self, id: &'a RemoteId) {
        self.claimed.insert(id);
    }

    /// What serves an EDI connection.
    ///
    /// A creation whose answer was lost comes first, then the ledger, then the natural key: of the names that the
    /// address may have had, the latest generation counts.
    pub(crate) fn edi(&self, address: &Address, desired: &DesiredEdi) -> Serves<'a, ObservedEdi> {
        let known = self.known.get(address).copied();
        if let Some(intent) = known.and_then(|known| known.intent.as_ref()) {
            let key = SheetKey {
                exchange_system: intent.making.exchange_system.clone().unwrap_or_default(),
                structure: intent.making.structure,
                name: intent.making.name.clone(),
            };
            if let Some(&found) =
                self.free_edi.get(&key).filter(|found| !self.claimed.contains(&found.id))
            {
                return Serves::Found(found, intent.making.clone());
            }
        }
        if let Some(owned) = known.and_then(|known| known.current.as_ref()) {
            return self
                .observed
                .edi
                .get(&owned.id)
                .map_or(Serves::Gone(owned), |found| Serves::Owned(owned, found));
        }
        let mut key = desired.sheet.key();
        let system = key.exchange_system.clone();
        let mut serves = Serves::Nothing;
        for generation in 1..=GENERATIONS {
            if generation > 1 {
                let Some(name) = desired.replacement_name(generation) else { break };
                key.name = name.to_string();
                if self.declared.contains(&key) {
                    continue;
                }
            }
            if let Some(&found) =
                self.free_edi.get(&key).filter(|found| !self.claimed.contains(&found.id))
            {
                let making = Making {
                    structure: key.structure,
                    exchange_system: Some(system.clone()),
                    name: key.name.clone(),
                    declared_name: desired.sheet.name.to_string(),
                    generation,
                    replaces: None,
                    overlap_days: 0,
                };
                serves = Serves::Found(found, making);
            }
            if generation == 1 && !self.has_free_sheet_beside(&key) {
                break;
            }
        }
        serves
    }

    /// Whether any free sheet has the same exchange system and structure: else no generation needs to be looked for.
    fn has_free_sheet_beside(&self, key: &SheetKey) -> bool {
        let from = SheetKey { name: String::new(), ..key.clone() };
        self.free_edi.range(from..).next().is_some_and(|(found, _)| {
            found.exchange_system == key.exchange_system && found.structure == key.structure
        })
    }

    /// What serves an API connection. Inactive sheets are not adopted: they can't come back.
    pub(crate) fn api(&self, address: &Address, desired: &DesiredApi) -> Serves<'a, ObservedApi> {
        let known = self.known.get(address).copied();
        let active = |structure: &str, application: &str| {
            let sheets = self.free_api.get(&(structure, application))?;
            sheets
                .iter()
                .find(|sheet| {
                    sheet.status == ApiStatus::Active && !self.claimed.contains(&sheet.id)
                })
                .copied()
        };
        if let Some(intent) = known.and_then(|known| known.intent.as_ref())
            && let Some(found) = active(intent.making.structure.as_str(), &intent.making.name)
        {
            return Serves::Found(found, intent.making.clone());
        }
        if let Some(owned) = known.and_then(|known| known.current.as_ref()) {
            return self
                .observed
                .api
                .get(&owned.id)
                .map_or(Serves::Gone(owned), |found| Serves::Owned(owned, found));
        }
        let sheet = &desired.sheet;
        active(sheet.structure.as_str(), sheet.piste_application.as_str()).map_or(
            Serves::Nothing,
            |found| {
                let application = sheet.piste_application.to_string();
                Serves::Found(found, first(sheet.structure, &application))
            },
        )
    }

    /// What serves a technical account: the ledger, then the declared login, then the contact's address when it is
    /// the only one. `Err` lists the logins when several fit.
    pub(crate) fn account(
        &self,
        address: &Address,
        desired: &DesiredAccount,
    ) -> Result<Serves<'a, ObservedAccount>, Vec<&'a str>> {
        let known = self.known.get(address).copied();
        let free =
            self.free_accounts.get(desired.structure.as_str()).map_or(&[][..], Vec::as_slice);
        let free: Vec<&'a ObservedAccount> =
            free.iter().copied().filter(|account| !self.claimed.contains(&account.id)).collect();
        if let Some(intent) = known.and_then(|known| known.intent.as_ref()) {
            // The server's clock may differ a little from ours.
            let earliest = intent.at - jiff::SignedDuration::from_mins(5);
            let found = free.iter().find(|account| {
                account.contact_email == intent.making.name
                    && account.structure == intent.making.structure
                    && account.created_at.is_some_and(|created| created >= earliest)
            });
            if let Some(&found) = found {
                return Ok(Serves::Found(found, intent.making.clone()));
            }
        }
        if let Some(owned) = known.and_then(|known| known.current.as_ref()) {
            let found = self.observed.accounts.get(&owned.id);
            return Ok(found.map_or(Serves::Gone(owned), |found| Serves::Owned(owned, found)));
        }
        let making = || first(desired.structure, desired.contact_email.as_str());
        if let Some(login) = &desired.login {
            let found = free.iter().find(|account| account.login == *login);
            return Ok(found.map_or(Serves::Nothing, |found| Serves::Found(found, making())));
        }
        let same: Vec<_> = free
            .iter()
            .filter(|account| account.contact_email == desired.contact_email.as_str())
            .collect();
        match same.as_slice() {
            [] => Ok(Serves::Nothing),
            [found] => Ok(Serves::Found(found, making())),
            several => Err(several.iter().map(|account| account.login.as_str()).collect()),
        }
    }
}

/// The first generation of something without a declared name.
pub(crate) fn first(structure: crate::domain::siret::Siret, name: &str) -> Making {
    Making {
        structure,
        exchange_system: None,
        name: name.to_owned(),
        declared_name: name.to_owned(),
        generation: 1,
        replaces: None,
        overlap_days: 0,
    }
}

type Renamed<'a> = (BTreeMap<Address, &'a KnownAddress>, BTreeMap<Address, Address>);

/// Puts what is known under renamed addresses, one move after the other.
///
/// A move counts when its old address is known and no longer declared, and its new one is not known yet.
fn rename<'a>(desired: &Desired, known: &'a Known) -> Renamed<'a> {
    let mut addresses: BTreeMap<Address, &KnownAddress> =
        known.addresses.iter().map(|(address, known)| (address.clone(), known)).collect();
    let mut renamed: BTreeMap<Address, Address> = BTreeMap::new();
    let mut pending: BTreeSet<_> = desired.moved.iter().collect();
    loop {
        let applies = pending.iter().copied().find(|moved| {
            addresses.contains_key(&moved.from)
                && !desired.contains(&moved.from)
                && !addresses.contains_key(&moved.to)
                && moved.from.kind() == moved.to.kind()
        });
        let Some(moved) = applies else { return (addresses, renamed) };
        pending.remove(moved);
        if let Some(known) = addresses.remove(&moved.from) {
            addresses.insert(moved.to.clone(), known);
            let origin = renamed.remove(&moved.from).unwrap_or_else(|| moved.from.clone());
            renamed.insert(moved.to.clone(), origin);
        }
    }
}
