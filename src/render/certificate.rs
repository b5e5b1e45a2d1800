//! What is remembered of a certificate, as JSON: in events of the ledger and in plans.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::certificate::CertificateFacts;

/// What is remembered of a certificate. All of it is public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct CertificateFactsJson {
    /// SHA-256 of its DER form.
    pub(crate) sha256: String,
    /// SHA-256 of its public key.
    pub(crate) key_sha256: String,
    /// Until when it is valid (RFC 3339).
    pub(crate) not_after: String,
    /// Whose it is.
    pub(crate) subject: String,
    /// The organization's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) organization: Option<String>,
    /// The organization's registration number: its SIREN, or what stands there instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) organization_identifier: Option<String>,
    /// Its extended usages; absent where nothing is said, which leaves everything open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) usages: Option<BTreeSet<String>>,
    /// Its public key.
    pub(crate) key: KeyFactsJson,
    /// The hosts and addresses among its alternative names.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) hosts: BTreeSet<String>,
    /// Who issued it.
    pub(crate) issuer: String,
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct KeyFactsJson {
    /// `RSA`, `EC`, or another kind by its name.
    pub(crate) kind: String,
    /// Length of the modulus or of the curve's order, in bits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) bits: Option<u32>,
    /// The curve's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) curve: Option<String>,
}

impl CertificateFactsJson {
    /// Turns facts into their JSON form.
    pub(crate) fn of(facts: &CertificateFacts) -> Self {
        let CertificateFacts {
            sha256,
            key_sha256,
            not_after,
            subject,
            organization,
            organization_identifier,
            usages,
            key,
            hosts,
            issuer,
        } = facts.clone();
        Self {
            sha256: sha256.to_string(),
            key_sha256: key_sha256.to_string(),
            not_after: not_after.to_string(),
            subject,
            organization,
            organization_identifier,
            usages,
            key: KeyFactsJson { kind: key.kind, bits: key.bits, curve: key.curve },
            hosts,
            issuer,
        }
    }
}
