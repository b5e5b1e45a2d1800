//! From the bytes of a certificate file to what it says, and what is known of those who issued it.
//!
//! - [`read()`]: a file, in any form that people have, to [`CertificateFile`];
//!   [`pem`] and [`der`] take it apart, [`mod@facts`] and [`extensions`] read one certificate, [`chain`] finds who issued whom
//! - [`knowledge`]: dated lists of authorities and policies, with what a project adds
//! - [`path`]: the best way up to a root; [`profile`]: what kind of certificate it is
//! - [`bundle`]: a chain as PKCS#7
//!
//! What Chorus Pro would refuse is decided by the rules in `validate`. Nothing that is secret is ever repeated in a message.

pub(crate) mod bundle;
pub(crate) mod chain;
pub(crate) mod der;
pub(crate) mod extensions;
pub(crate) mod facts;
pub(crate) mod knowledge;
pub(crate) mod path;
pub(crate) mod pem;
pub(crate) mod profile;
pub(crate) mod read;
pub(crate) mod refusal;

#[cfg(test)]
#[path = "../../tests/it/support/pki/mod.rs"]
pub(crate) mod pki;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub(crate) use crate::certificate::knowledge::Knowledge;
pub(crate) use crate::certificate::path::End;
pub(crate) use crate::certificate::path::Path;
pub(crate) use crate::certificate::read::holds_key;
pub(crate) use crate::certificate::read::read;
pub(crate) use crate::certificate::read::together;

use crate::domain::certificate::DesiredCertificate;
use crate::domain::x509::CertificateFile;

/// The largest file that the portal takes, in bytes, if its 5 Mo are read as millions (`docs/sources.md` 1).
pub(crate) const BYTES: usize = 5_000_000;

/// The extensions that the portal takes (`docs/sources.md` 1).
pub(crate) const EXTENSIONS: [&str; 4] = ["p7b", "crt", "cer", "pem"];

/// What a plan needs to know of a file.
pub(crate) fn desired(file: &CertificateFile, bytes: &[u8]) -> Option<DesiredCertificate> {
    let leaf = file.leaf()?;
    Some(DesiredCertificate {
        file: file.path.clone(),
        fingerprint: leaf.fingerprint.clone(),
        subject: leaf.subject.to_string(),
        not_before: leaf.not_before,
        not_after: leaf.not_after,
        content: Arc::from(bytes),
    })
}
