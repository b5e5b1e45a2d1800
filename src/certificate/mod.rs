//! From the bytes of a certificate file to facts about its leaf.
//!
//! No rule of Chorus Pro is checked here beyond what the screen refuses at once: extension and size
//! (`docs/sources.md` 1). Nothing that is secret is ever repeated in a message.

mod read;

use thiserror::Error;

pub(crate) use crate::certificate::read::read;

/// The largest file that the portal takes, in bytes (`docs/sources.md` 1: 5 MB).
pub(crate) const BYTES: usize = 5_000_000;

/// The extensions that the portal takes (`docs/sources.md` 1).
pub(crate) const EXTENSIONS: [&str; 4] = ["p7b", "crt", "cer", "pem"];

/// Why a file is no certificate that can be uploaded.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum CertificateFault {
    /// The portal takes other extensions.
    #[error("found extension `{0}`, expected one of p7b, crt, cer, pem")]
    Extension(String),
    /// The portal takes smaller files.
    #[error("found {0} bytes, expected at most {BYTES}")]
    Size(usize),
    /// It holds a private key.
    #[error("found a private key, expected public certificates only")]
    PrivateKey,
    /// It is a PKCS#12 container, which holds a private key.
    #[error(
        "found a PKCS#12 container, which holds a private key, expected public certificates only"
    )]
    Pkcs12,
    /// It is a request, which no authority has signed yet.
    #[error("found a certificate request, expected the certificate that the authority made of it")]
    Request,
    /// It holds a public key without a certificate.
    #[error("found a bare public key, expected a certificate")]
    PublicKey,
    /// It holds nothing.
    #[error("the file is empty, expected a certificate")]
    Empty,
    /// It is something else.
    #[error("found no certificate in the file, expected PEM, DER or PKCS#7")]
    Other,
    /// One of its certificates cannot be read.
    #[error("found a certificate that cannot be read")]
    Damaged,
}

impl CertificateFault {
    /// What the reader can do.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::Extension(_) => {
                "give the file the extension that fits its content; `p7b` holds the whole chain"
            }
            Self::Size(_) => "keep only the certificate and its chain in the file",
            Self::PrivateKey | Self::Pkcs12 => {
                "export the certificate without its key, remove this file from the project and its history, and change the key if it was ever shared"
            }
            Self::Request => "send the request to the authority, and put its answer here",
            Self::PublicKey => "put the certificate of this key here",
            Self::Empty | Self::Other | Self::Damaged => {
                "export the certificate again from the authority's site, with its chain"
            }
        }
    }
}
