//! `Observed`: all that was found, and when it was seen.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::account::ObservedAccount;
use crate::domain::api::ObservedApi;
use crate::domain::edi::ObservedEdi;
use crate::domain::known::Known;
use crate::domain::seen::Look;
use crate::domain::seen::Seen;
use crate::domain::seen::Sighting;
use crate::domain::siret::Siret;
use crate::domain::structure::ObservedStructure;
use crate::language::Message;
use crate::language::message;

/// The identity that Chorus Pro gave to a sheet or an account. An address is ours, an id is theirs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct RemoteId(String);

impl RemoteId {
    /// Takes an identity as it was received.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The identity under which the ledger knows a client of an operator: Chorus Pro gives none.
    pub(crate) fn of_client(operator: Siret, client: Siret) -> Self {
        Self(format!("{operator}/{client}"))
    }

    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RemoteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// All that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Observed {
    /// When it was read.
    pub(crate) at: Timestamp,
    /// Structures that were looked for and found.
    pub(crate) structures: BTreeMap<Siret, ObservedStructure>,
    /// Every technical account that is visible.
    pub(crate) accounts: BTreeMap<RemoteId, ObservedAccount>,
    /// Every API sheet that is visible.
    pub(crate) api: BTreeMap<RemoteId, ObservedApi>,
    /// Every EDI sheet that is visible.
    pub(crate) edi: BTreeMap<RemoteId, ObservedEdi>,
    /// Clients of operators: operator, client.
    pub(crate) clients: std::collections::BTreeSet<(Siret, Siret)>,
    /// Whether sheets and accounts can only be seen by persons: what nobody has confirmed is unknown then, not absent.
    pub(crate) by_persons: bool,
    /// Who saw what no API can read: sheets and accounts of a portal environment, as the ledger remembers them.
    pub(crate) looks: BTreeMap<RemoteId, Look>,
    /// Why structures are unknown, where they could not be read: unknown is neither present nor absent.
    pub(crate) unread: Option<Unread>,
    /// The directory in which structures were looked up, where that was better than a request for each.
    pub(crate) directory: Option<DirectoryUsed>,
}

/// The directory of public structures, as far as a plan rests on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DirectoryUsed {
    /// How many structures were found in it instead of being asked for.
    pub(crate) found: usize,
    /// The day its file was written, where that is told.
    pub(crate) written: Option<Date>,
}

impl DirectoryUsed {
    /// The same for a person, on a day.
    pub(crate) fn sentence(&self, today: Date) -> Message {
        let age = match self.written {
            None => message!("its age is not told"),
            Some(written) => match (today - written).get_days() {
                ..=0 => message!("written on {written}", written),
                1 => message!("written on {written}, a day before", written),
                days => message!("written on {written}, {days} days before", written, days),
            },
        };
        message!(
            "one structure was looked up in the directory of Chorus Pro, {age}"
                | "{n} structures were looked up in the directory of Chorus Pro, {age}"
                    % self.found,
            age
        )
    }
}

/// Why the official API told nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Unread {
    /// The environment declares no way to it.
    Undeclared,
    /// It refused the technical account: its password expired or was changed, or it was deactivated.
    AccountRefused,
}

impl Observed {
    /// Nothing found at `at`.
    pub(crate) fn empty(at: Timestamp) -> Self {
        Self {
            at,
            structures: BTreeMap::new(),
            accounts: BTreeMap::new(),
            api: BTreeMap::new(),
            edi: BTreeMap::new(),
            clients: std::collections::BTreeSet::new(),
            by_persons: false,
            looks: BTreeMap::new(),
            unread: None,
            directory: None,
        }
    }

    /// The sheet or account with an identity.
    pub(crate) fn seen(&self, id: &RemoteId) -> Option<Seen> {
        let edi = self.edi.get(id).map(|sheet| Seen::Edi(sheet.clone()));
        let api = || self.api.get(id).map(|sheet| Seen::Api(sheet.clone()));
        let account = || self.accounts.get(id).map(|account| Seen::Account(account.clone()));
        let is =
            |(operator, client): &&(Siret, Siret)| RemoteId::of_client(*operator, *client) == *id;
        let client = || {
            let found = self.clients.iter().find(is);
            found.map(|(operator, client)| Seen::Client { operator: *operator, client: *client })
        };
        edi.or_else(api).or_else(account).or_else(client)
    }

    /// Adds what the ledger remembers that persons saw at the portal.
    pub(crate) fn recall(&mut self, known: &Known) {
        self.by_persons = true;
        for at in known.addresses.values() {
            for (id, Sighting { seen, look }) in &at.sightings {
                self.looks.insert(id.clone(), look.clone());
                match seen.clone() {
                    Seen::Edi(sheet) => drop(self.edi.insert(id.clone(), sheet)),
                    Seen::Api(sheet) => drop(self.api.insert(id.clone(), sheet)),
                    Seen::Account(account) => drop(self.accounts.insert(id.clone(), account)),
                    Seen::Client { operator, client } => {
                        self.clients.insert((operator, client));
                    }
                }
            }
        }
        self.expiries();
    }

    /// The API tells when the password of a structure's technical account expires: that counts more than what a person
    /// said, where it is clear which account is meant.
    fn expiries(&mut self) {
        for structure in self.structures.values() {
            let Some(expires) = structure.password_expires_at else { continue };
            let mut accounts = self
                .accounts
                .values_mut()
                .filter(|account| account.structure == structure.siret && account.active);
            if let (Some(account), None) = (accounts.next(), accounts.next()) {
                account.password_expires_at = Some(expires);
            }
        }
    }
}
