//! What a person saw at the portal, as readers of the ledger may rely on it.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

/// Who looked, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct LookJson {
    /// When it was seen (RFC 3339).
    pub(crate) at: String,
    /// Who says so, as `user@host`.
    pub(crate) by: String,
}

/// What stands at the portal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum SeenJson {
    /// An EDI sheet.
    Edi(SeenEdiJson),
    /// An API sheet.
    Api(SeenApiJson),
    /// A technical account.
    Account(SeenAccountJson),
    /// A client of an operator.
    Client {
        /// SIRET of the operator.
        operator: String,
        /// SIRET of the client.
        client: String,
    },
}

/// An EDI sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct SeenEdiJson {
    /// The identity that it has in this ledger.
    pub(crate) id: String,
    /// The portal's word.
    pub(crate) status: String,
    /// Since when it has this status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status_since: Option<String>,
    /// Its application code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) application_code: Option<String>,
    /// SIRET of its structure.
    pub(crate) structure: String,
    /// Its exchange system.
    pub(crate) exchange_system: String,
    /// Its protocol.
    pub(crate) protocol: String,
    /// Its name.
    pub(crate) name: String,
    /// Its network fields.
    pub(crate) network: BTreeMap<String, String>,
    /// Its certificates, by slot.
    pub(crate) certificates: BTreeMap<String, SeenCertificateJson>,
    /// First day of validity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) valid_from: Option<String>,
    /// Last day of validity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) valid_until: Option<String>,
    /// Its contact.
    pub(crate) contact: BTreeMap<String, String>,
    /// Its interface codes.
    pub(crate) subscriptions: BTreeSet<String>,
}

/// A certificate on a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct SeenCertificateJson {
    /// SHA-256 of its leaf.
    pub(crate) fingerprint: String,
    /// Its last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) not_after: Option<String>,
}

/// An API sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct SeenApiJson {
    /// The identity that it has in this ledger.
    pub(crate) id: String,
    /// The portal's word.
    pub(crate) status: String,
    /// Its application code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) application_code: Option<String>,
    /// SIRET of its structure.
    pub(crate) structure: String,
    /// Its PISTE application.
    pub(crate) piste_application: String,
    /// Its usage.
    pub(crate) usage: String,
    /// Name of the publisher or operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) publisher: Option<String>,
    /// Its contact.
    pub(crate) contact: BTreeMap<String, String>,
}

/// A technical account. Its password is never here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct SeenAccountJson {
    /// The identity that it has in this ledger.
    pub(crate) id: String,
    /// Its login.
    pub(crate) login: String,
    /// SIRET of its structure.
    pub(crate) structure: String,
    /// E-mail address of its contact.
    pub(crate) contact_email: String,
    /// Whether it is active.
    pub(crate) active: bool,
    /// When it was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) created_at: Option<String>,
    /// When its password expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password_expires_at: Option<String>,
}
