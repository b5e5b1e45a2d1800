//! What raccord needs to know of a certificate file, and what it remembers of a certificate.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::value::Fingerprint;
use crate::domain::x509::Certificate;
use crate::domain::x509::Key;
use crate::domain::x509::oid;

/// A certificate file that was read: facts about its leaf, and its bytes, ready to be uploaded.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct DesiredCertificate {
    /// Its path in the project.
    pub(crate) file: String,
    /// SHA-256 of the leaf.
    pub(crate) fingerprint: Fingerprint,
    /// Subject of the leaf.
    pub(crate) subject: String,
    /// From when the leaf is valid.
    pub(crate) not_before: Timestamp,
    /// Until when the leaf is valid.
    pub(crate) not_after: Timestamp,
    /// The file as it is, public parts only.
    pub(crate) content: Arc<[u8]>,
}

impl fmt::Debug for DesiredCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DesiredCertificate({}, {})", self.file, self.fingerprint)
    }
}

/// What is remembered of a certificate once it was put on a sheet: enough to say what a later one loses.
///
/// It is part of the ledger's format. All of it is public: a certificate is shown to whoever connects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CertificateFacts {
    /// SHA-256 of its DER form.
    pub(crate) sha256: Fingerprint,
    /// SHA-256 of its public key.
    pub(crate) key_sha256: Fingerprint,
    /// Until when it is valid.
    pub(crate) not_after: Timestamp,
    /// Whose it is.
    pub(crate) subject: String,
    /// The organization's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) organization: Option<String>,
    /// The organization's registration number: its SIREN, or what stands there instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) organization_identifier: Option<String>,
    /// Its extended usages, by their words; `None` where nothing is said, which leaves everything open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) usages: Option<BTreeSet<String>>,
    /// Its public key.
    pub(crate) key: KeyFacts,
    /// The hosts and addresses among its alternative names.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) hosts: BTreeSet<String>,
    /// Who issued it.
    pub(crate) issuer: String,
}

/// What is remembered of a public key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeyFacts {
    /// `RSA`, `EC`, or another kind by its name.
    pub(crate) kind: String,
    /// Length of the modulus or of the curve's order, in bits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) bits: Option<u32>,
    /// The curve's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) curve: Option<String>,
}

impl CertificateFacts {
    /// The facts of a certificate.
    pub(crate) fn of(certificate: &Certificate) -> Self {
        let subject = &certificate.subject;
        let words = |usages: &BTreeSet<String>| {
            usages.iter().map(|usage| oid::word(usage).to_owned()).collect()
        };
        let identifier = || subject.organization_identifiers().first().map(|&text| text.to_owned());
        Self {
            sha256: certificate.fingerprint.clone(),
            key_sha256: certificate.key_fingerprint.clone(),
            not_after: certificate.not_after,
            subject: subject.to_string(),
            organization: subject.first(oid::ORGANIZATION).map(str::to_owned),
            organization_identifier: subject.siren().or_else(identifier),
            usages: certificate.extensions.extended_key_usage.as_ref().map(words),
            key: KeyFacts::of(&certificate.key),
            hosts: certificate.hosts().into_iter().collect(),
            issuer: certificate.issuer.to_string(),
        }
    }
}

impl KeyFacts {
    fn of(key: &Key) -> Self {
        let (kind, bits, curve) = match key {
            Key::Rsa { bits, large_exponent: _ } => ("RSA", Some(*bits), None),
            Key::Ec { bits, curve } => ("EC", Some(*bits), curve.clone()),
            Key::Other(name) => (name.as_str(), None, None),
        };
        Self { kind: kind.to_owned(), bits, curve }
    }
}

impl fmt::Display for KeyFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.kind)?;
        match (&self.curve, self.bits) {
            (Some(curve), _) => write!(f, " {curve}"),
            (None, Some(bits)) => write!(f, " {bits}"),
            (None, None) => Ok(()),
        }
    }
}
