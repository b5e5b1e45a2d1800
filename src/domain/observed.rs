//! `Observed`: all that was found, and when it was seen.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::account::ObservedAccount;
use crate::domain::api::ObservedApi;
use crate::domain::edi::ObservedEdi;
use crate::domain::siret::Siret;
use crate::domain::structure::ObservedStructure;

/// The identity that Chorus Pro gave to a sheet or an account. An address is ours, an id is theirs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct RemoteId(String);

impl RemoteId {
    /// Takes an identity as it was received.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
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
}

impl Observed {
    /// Nothing found at `at`.
    #[cfg(test)]
    pub(crate) fn empty(at: Timestamp) -> Self {
        Self {
            at,
            structures: BTreeMap::new(),
            accounts: BTreeMap::new(),
            api: BTreeMap::new(),
            edi: BTreeMap::new(),
            clients: std::collections::BTreeSet::new(),
        }
    }
}
