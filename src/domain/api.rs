//! API connection sheets: a PISTE application that may act for a structure.
//!
//! Source: AIFE's deck, section 6; DSE 3.3.5 for what is modifiable (`docs/sources.md` 5).

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::Serialize;

use crate::domain::address::Address;
use crate::domain::observed::RemoteId;
use crate::domain::siret::Siret;
use crate::domain::value::Contact;
use crate::domain::value::Line;
use crate::domain::value::PisteApplication;

/// A whole API sheet, as it is created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ApiSheet {
    /// The structure. Not modifiable.
    pub(crate) structure: Siret,
    /// The PISTE application, case kept. Modifiable.
    pub(crate) piste_application: PisteApplication,
    /// «Type d'utilisation», a word of the catalogue. Not known to be modifiable.
    pub(crate) usage: Line,
    /// Name of the publisher or operator, where the usage asks for one. Not known to be modifiable.
    pub(crate) publisher: Option<Line>,
    /// Technical contact. Modifiable.
    pub(crate) contact: Contact,
}

/// An API connection as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DesiredApi {
    /// The sheet.
    pub(crate) sheet: ApiSheet,
    /// The technical account that calls go through.
    pub(crate) technical_account: Option<Address>,
    /// How it may be replaced.
    pub(crate) lifecycle: crate::domain::edi::Lifecycle,
    /// Whether it shall be Actif.
    pub(crate) active: bool,
}

/// The status of an API sheet. An inactive one can only be looked at (AIFE's deck, section 6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub(crate) enum ApiStatus {
    /// In use, at once after creation.
    Active,
    /// Deactivated.
    Inactive,
    /// A word that we don't know.
    Unrecognized(String),
}

impl ApiStatus {
    /// The portal's label.
    pub(crate) fn label(&self) -> &str {
        match self {
            Self::Active => "Actif",
            Self::Inactive => "Inactif",
            Self::Unrecognized(word) => word,
        }
    }
}

impl From<String> for ApiStatus {
    fn from(label: String) -> Self {
        match label.as_str() {
            "Actif" => Self::Active,
            "Inactif" => Self::Inactive,
            _ => Self::Unrecognized(label),
        }
    }
}

impl From<ApiStatus> for String {
    fn from(status: ApiStatus) -> Self {
        status.label().to_owned()
    }
}

impl fmt::Display for ApiStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.label())
    }
}

/// An API sheet as it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ObservedApi {
    /// The identity that Chorus Pro gave.
    pub(crate) id: RemoteId,
    /// Its status.
    pub(crate) status: ApiStatus,
    /// The application code that AIFE allocated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) application_code: Option<String>,
    /// Its structure.
    pub(crate) structure: Siret,
    /// Its PISTE application.
    pub(crate) piste_application: String,
    /// Its usage, in our word when it is known.
    pub(crate) usage: String,
    /// Name of the publisher or operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) publisher: Option<String>,
    /// Its technical contact, by the keys of our files.
    pub(crate) contact: BTreeMap<String, String>,
}
