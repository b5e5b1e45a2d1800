//! What raccord needs to know of a certificate file.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::value::Fingerprint;

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
