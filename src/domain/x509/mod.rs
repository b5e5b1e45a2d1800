//! What a certificate says, as plain values: names, days, key, usages, policies, and which certificate issued which.
//!
//! Nothing here parses: `certificate` makes these values from the bytes of a file, and the rules decide with them.
//! Words are X.509's own (RFC 5280); sections are cited where a meaning could be doubted.

pub(crate) mod file;
pub(crate) mod key;
pub(crate) mod name;
pub(crate) mod oid;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

pub(crate) use crate::domain::x509::file::CertificateFile;
pub(crate) use crate::domain::x509::file::Container;
pub(crate) use crate::domain::x509::file::Encoding;
pub(crate) use crate::domain::x509::file::Link;
pub(crate) use crate::domain::x509::file::Surplus;
pub(crate) use crate::domain::x509::key::Digest;
pub(crate) use crate::domain::x509::key::Key;
pub(crate) use crate::domain::x509::key::Signature;
pub(crate) use crate::domain::x509::name::Name;

use crate::domain::value::Fingerprint;
use crate::language::Message;

/// One certificate.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Certificate {
    /// SHA-256 of its DER form.
    pub(crate) fingerprint: Fingerprint,
    /// SHA-256 of its public key (SubjectPublicKeyInfo, DER): alike in two certificates of one key.
    pub(crate) key_fingerprint: Fingerprint,
    /// Its DER form.
    pub(crate) der: Arc<[u8]>,
    /// The version that people say: 3 for all modern ones.
    pub(crate) version: u8,
    /// The serial number, in lower-case hexadecimal digits.
    pub(crate) serial: String,
    /// Whose it is.
    pub(crate) subject: Name,
    /// Who issued it.
    pub(crate) issuer: Name,
    /// From when it is valid.
    pub(crate) not_before: Timestamp,
    /// Until when it is valid.
    pub(crate) not_after: Timestamp,
    /// Its public key.
    pub(crate) key: Key,
    /// How it is signed.
    pub(crate) signature: Signature,
    /// Whether its own key made its signature.
    pub(crate) self_signed: bool,
    /// What its extensions say.
    pub(crate) extensions: Extensions,
    /// What RFC 5280 forbids and can be read all the same, in words.
    pub(crate) faults: Vec<Message>,
}

/// What the extensions of a certificate say (RFC 5280, section 4.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extensions {
    /// `basicConstraints`: whether it is an authority's; `None` without the extension.
    pub(crate) ca: Option<bool>,
    /// `basicConstraints`: how many further authorities may follow.
    pub(crate) path_length: Option<u8>,
    /// `keyUsage`; `None` without the extension, which leaves everything open.
    pub(crate) key_usage: Option<BTreeSet<KeyUsage>>,
    /// `extendedKeyUsage`, dotted; `None` without the extension, which leaves everything open.
    pub(crate) extended_key_usage: Option<BTreeSet<String>>,
    /// `subjectAltName`.
    pub(crate) alternative_names: Vec<AlternativeName>,
    /// `certificatePolicies`, in their order.
    pub(crate) policies: Vec<Policy>,
    /// `qcStatements` (EN 319 412-5).
    pub(crate) qualified: Option<Qualified>,
    /// The critical poison of a CT pre-certificate (RFC 6962, section 3.1).
    pub(crate) precertificate: bool,
    /// Whether there are `nameConstraints`.
    pub(crate) name_constraints: bool,
    /// `subjectKeyIdentifier`.
    pub(crate) subject_key: Option<Vec<u8>>,
    /// `authorityKeyIdentifier`, its key identifier.
    pub(crate) authority_key: Option<Vec<u8>>,
    /// `authorityInfoAccess`: where the issuer's certificate can be fetched.
    pub(crate) issuers_at: Vec<String>,
    /// `authorityInfoAccess`: where its status can be asked for.
    pub(crate) ocsp_at: Vec<String>,
    /// `cRLDistributionPoints`.
    pub(crate) crls_at: Vec<String>,
}

/// A use of the key (RFC 5280, section 4.2.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum KeyUsage {
    /// Signs data, handshakes among them.
    DigitalSignature,
    /// Signs what a person stands by.
    NonRepudiation,
    /// Encrypts keys.
    KeyEncipherment,
    /// Encrypts data.
    DataEncipherment,
    /// Agrees on keys.
    KeyAgreement,
    /// Signs certificates.
    KeyCertSign,
    /// Signs revocation lists.
    CrlSign,
}

impl KeyUsage {
    /// Its word in RFC 5280.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::DigitalSignature => "digitalSignature",
            Self::NonRepudiation => "nonRepudiation",
            Self::KeyEncipherment => "keyEncipherment",
            Self::DataEncipherment => "dataEncipherment",
            Self::KeyAgreement => "keyAgreement",
            Self::KeyCertSign => "keyCertSign",
            Self::CrlSign => "cRLSign",
        }
    }
}

/// Another name of the subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AlternativeName {
    /// A host, as written.
    Dns(String),
    /// An address.
    Ip(String),
    /// A mailbox.
    Email(String),
    /// Anything else.
    Other,
}

/// A policy under which a certificate was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Policy {
    /// Its identifier, dotted.
    pub(crate) oid: String,
    /// Where its text is published.
    pub(crate) statement: Option<String>,
}

/// The statements of a qualified certificate (EN 319 412-5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Qualified {
    /// Whether the extension is critical, which it must not be.
    pub(crate) critical: bool,
    /// `QcCompliance`: it claims to be qualified.
    pub(crate) compliance: bool,
    /// `QcType`: what it is qualified for, dotted; one, when all is well.
    pub(crate) types: Vec<String>,
    /// `QcCClegislation`: the countries outside the Union whose law it follows.
    pub(crate) legislation: Vec<String>,
    /// A statement that cannot be read.
    pub(crate) unreadable: bool,
}

/// The last day of what ends at a moment, in UTC. In France the moment may lie on the next day already, and the earlier one
/// is the safe one.
pub(crate) fn last_day(not_after: Timestamp) -> Date {
    not_after.to_zoned(TimeZone::UTC).date()
}

impl Certificate {
    /// Whether it may be an authority's: it says so, or is an old self-signed one that cannot say.
    pub(crate) fn is_authority(&self) -> bool {
        self.extensions.ca.unwrap_or(self.self_signed && self.version < 3)
    }

    /// Whether it is valid at some moment of a day, in UTC.
    pub(crate) fn is_valid_on(&self, day: Date) -> bool {
        self.first_day() <= day && day <= self.last_day()
    }

    /// Its first day, in UTC.
    pub(crate) fn first_day(&self) -> Date {
        self.not_before.to_zoned(TimeZone::UTC).date()
    }

    /// Its last day.
    pub(crate) fn last_day(&self) -> Date {
        last_day(self.not_after)
    }

    /// Whether its extended usages allow a purpose, dotted; `true` where nothing is said.
    pub(crate) fn allows(&self, purpose: &str) -> bool {
        self.extensions
            .extended_key_usage
            .as_ref()
            .is_none_or(|usages| usages.contains(purpose) || usages.contains(oid::ANY_USAGE))
    }

    /// The hosts among its alternative names, in lower case, and addresses.
    pub(crate) fn hosts(&self) -> Vec<String> {
        self.extensions
            .alternative_names
            .iter()
            .filter_map(|name| match name {
                AlternativeName::Dns(host) => Some(host.to_lowercase()),
                AlternativeName::Ip(address) => Some(address.clone()),
                AlternativeName::Email(_) | AlternativeName::Other => None,
            })
            .collect()
    }

    /// Whether its extended usages name a purpose, dotted.
    pub(crate) fn names_usage(&self, purpose: &str) -> bool {
        self.extensions.extended_key_usage.as_ref().is_some_and(|usages| usages.contains(purpose))
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({}, {})", self.subject, self.fingerprint.short())
    }
}
