//! Technical accounts: the logins through which API calls act for a structure.
//!
//! Source: `docs/sources.md` 6 and AIFE's deck, «Les prérequis au raccordement : API».

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::observed::RemoteId;
use crate::domain::siret::Siret;
use crate::domain::value::Email;

/// How many days a password lives (`docs/sources.md` 6: 424 days, 14 months).
pub(crate) const PASSWORD_DAYS: u32 = 424;

/// How many minutes pass before a new account can be used (`docs/sources.md` 6: about 30 minutes).
pub(crate) const USABLE_AFTER_MINUTES: i64 = 30;

/// A technical account as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DesiredAccount {
    /// The structure that it belongs to.
    pub(crate) structure: Siret,
    /// E-mail address of its contact.
    pub(crate) contact_email: Email,
    /// Whether it shall be active.
    pub(crate) active: bool,
    /// How many days before its expiry the password is reset.
    pub(crate) rotate_before_days: u32,
    /// The login, where an existing account is meant.
    pub(crate) login: Option<String>,
}

/// A technical account as it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ObservedAccount {
    /// The identity that Chorus Pro gave.
    pub(crate) id: RemoteId,
    /// `TECH_<n>_<SIRET>@cpro.fr`.
    pub(crate) login: String,
    /// Its structure.
    pub(crate) structure: Siret,
    /// E-mail address of its contact.
    pub(crate) contact_email: String,
    /// Whether it is active.
    pub(crate) active: bool,
    /// When it was created, when told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) created_at: Option<Timestamp>,
    /// When its password expires, when told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password_expires_at: Option<Timestamp>,
}
