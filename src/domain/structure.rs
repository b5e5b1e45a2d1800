//! Structures: the public bodies themselves. They are never created nor removed by us.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::siret::Siret;

/// A structure as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DesiredStructure {
    /// Its SIRET.
    pub(crate) siret: Siret,
    /// Its name, for people.
    pub(crate) name: Option<String>,
    /// Whether it sends data by EDI, when that matters.
    pub(crate) edi_sender: Option<bool>,
    /// Whether it receives data by EDI, when that matters.
    pub(crate) edi_receiver: Option<bool>,
    /// Services that must exist, by code, with their names.
    pub(crate) services: BTreeMap<String, Option<String>>,
    /// Whether the "Opérateur public" parameter is needed.
    pub(crate) public_operator: bool,
}

/// A structure as it was found.
///
/// What was not asked for is `None`: a plan reads only what it needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ObservedStructure {
    /// Its SIRET.
    pub(crate) siret: Siret,
    /// Its name at Chorus Pro.
    pub(crate) name: String,
    /// Whether it is active there.
    pub(crate) active: bool,
    /// Whether the account of this environment is attached to it.
    pub(crate) attached: bool,
    /// Whether it sends data by EDI.
    pub(crate) edi_sender: Option<bool>,
    /// Whether it receives data by EDI.
    pub(crate) edi_receiver: Option<bool>,
    /// Its active services by code, with their names.
    pub(crate) services: Option<BTreeMap<String, String>>,
    /// Whether support has set the "Opérateur public" parameter.
    pub(crate) public_operator: Option<bool>,
    /// When the password of its technical account expires, when told.
    pub(crate) password_expires_at: Option<Timestamp>,
}
