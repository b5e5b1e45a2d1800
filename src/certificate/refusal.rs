//! Files that hold no certificate that could be uploaded.

use thiserror::Error;

use crate::diagnostic::Rule;
use crate::diagnostic::rule;

/// More certificates than any chain has; a file with more is a trust store or a mistake.
pub(crate) const CERTIFICATES: usize = 200;

/// The largest file that is looked at, in bytes: four times what the portal takes.
pub(crate) const READABLE_BYTES: usize = 20_000_000;

/// Why nothing in a file can be used. Nothing of the file's content is ever repeated.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Refusal {
    /// It holds a private key.
    #[error("found a private key, expected public certificates only")]
    PrivateKey,
    /// It is a store that holds a private key, by its name.
    #[error("found a {0}, which holds a private key, expected public certificates only")]
    KeyStore(&'static str),
    /// It is something else, by its name.
    #[error("found {0}, expected a certificate")]
    Other(&'static str),
    /// It holds nothing.
    #[error("the file is empty, expected a certificate")]
    Empty,
    /// It is text in another encoding.
    #[error("found text in UTF-16, expected PEM in plain letters, or DER")]
    Utf16,
    /// It is base64 without its first and last line.
    #[error("found base64 without the lines `-----BEGIN …-----` and `-----END …-----`")]
    Unlabelled,
    /// It is PKCS#7 of a kind that carries no chain.
    #[error("found PKCS#7 of type {0}, expected `signedData` with certificates")]
    ContainerType(String),
    /// It is PKCS#7 without a certificate.
    #[error("found PKCS#7 without a certificate")]
    ContainerEmpty,
    /// One of its certificates cannot be read.
    #[error("found a certificate that cannot be read: {0}")]
    Malformed(String),
    /// It is too large to be looked at.
    #[error("found {0} bytes, expected at most 5,000,000")]
    Size(usize),
    /// It holds more certificates than a chain has.
    #[error("found more than {CERTIFICATES} certificates, expected one and its chain")]
    Many,
}

impl Refusal {
    /// The check of the catalogue of checks that it fails, and its rule.
    pub(crate) fn check(&self) -> (&'static str, &'static Rule) {
        match self {
            Self::PrivateKey | Self::KeyStore(_) => ("F03", rule::PRIVATE_KEY),
            Self::Other(_) | Self::Empty | Self::Utf16 | Self::Unlabelled => {
                ("F04", rule::CERTIFICATE_FILE)
            }
            Self::ContainerType(_) | Self::ContainerEmpty => ("F05", rule::CERTIFICATE_CONTAINER),
            Self::Malformed(_) => ("F14", rule::CERTIFICATE_MALFORMED),
            Self::Size(_) => ("F02", rule::CERTIFICATE_TOO_LARGE),
            Self::Many => ("F12", rule::CERTIFICATE_SEVERAL_LEAVES),
        }
    }

    /// What the reader can do.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::PrivateKey | Self::KeyStore(_) => {
                "export the certificate without its key, remove this file from the project and its history, and change the key if it was ever shared"
            }
            Self::Other("a certificate request") => {
                "send the request to the authority, and put its answer here"
            }
            Self::Other("a public key") => "put the certificate of this key here",
            Self::Other("an HTML page") => {
                "the download gave a web page: fetch the certificate itself, signed in if need be"
            }
            Self::Utf16 => "save the file again as plain text in UTF-8",
            Self::Unlabelled => {
                "write `-----BEGIN CERTIFICATE-----` before it and `-----END CERTIFICATE-----` after it"
            }
            Self::ContainerType(_) | Self::ContainerEmpty => {
                "build it again from the certificates: `raccord certificates bundle LEAF ISSUER… --out x.p7b`"
            }
            Self::Size(_) => "a chain has a few kilobytes: this is probably another file",
            Self::Many => "keep only the certificate of this connection and its chain",
            Self::Other(_) | Self::Empty | Self::Malformed(_) => {
                "export the certificate again from the authority's site, with its chain"
            }
        }
    }
}
