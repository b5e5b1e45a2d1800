//! Files that hold no certificate that could be uploaded.

use thiserror::Error;

use crate::diagnostic::Rule;
use crate::diagnostic::rule;
use crate::language::Message;
use crate::language::marked;
use crate::language::message;
use crate::language::tr;
use crate::language::translated;

/// More certificates than any chain has; a file with more is a trust store or a mistake.
pub(crate) const CERTIFICATES: usize = 200;

/// The largest file that is looked at, in bytes: four times what the portal takes.
pub(crate) const READABLE_BYTES: usize = 20_000_000;

/// Why nothing in a file can be used. Nothing of the file's content is ever repeated.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Refusal {
    /// It holds a private key.
    #[error("{}", tr!("found a private key, expected public certificates only"))]
    PrivateKey,
    /// It is a store that holds a private key, by its name.
    #[error("{}", tr!("found a {store}, which holds a private key, expected public certificates only", store = translated(.0)))]
    KeyStore(&'static str),
    /// It is something else, by its name.
    #[error("{}", tr!("found {what}, expected a certificate", what = translated(.0)))]
    Other(&'static str),
    /// It holds nothing.
    #[error("{}", tr!("the file is empty, expected a certificate"))]
    Empty,
    /// It is text in another encoding.
    #[error("{}", tr!("found text in UTF-16, expected PEM in plain letters, or DER"))]
    Utf16,
    /// It is base64 without its first and last line.
    #[error("{}", tr!("found base64 without the lines `-----BEGIN …-----` and `-----END …-----`"))]
    Unlabelled,
    /// It is PKCS#7 of a kind that carries no chain.
    #[error("{}", tr!("found PKCS#7 of type {kind}, expected `signedData` with certificates", kind = .0))]
    ContainerType(String),
    /// It is PKCS#7 without a certificate.
    #[error("{}", tr!("found PKCS#7 without a certificate"))]
    ContainerEmpty,
    /// One of its certificates cannot be read.
    #[error("{}", tr!("found a certificate that cannot be read: {reason}", reason = .0))]
    Malformed(Message),
    /// It is too large to be looked at.
    #[error("{}", tr!("found {bytes} bytes, expected at most 5,000,000", bytes = .0))]
    Size(usize),
    /// It holds more certificates than a chain has.
    #[error("{}", tr!("found more than {CERTIFICATES} certificates, expected one and its chain", CERTIFICATES))]
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
    pub(crate) fn help(&self) -> Message {
        match self {
            Self::PrivateKey | Self::KeyStore(_) => message!(
                "export the certificate without its key, remove this file from the project and its history, and change the key if it was ever shared"
            ),
            Self::Other(marked!("a certificate request")) => {
                message!("send the request to the authority, and put its answer here")
            }
            Self::Other(marked!("a public key")) => {
                message!("put the certificate of this key here")
            }
            Self::Other(marked!("an HTML page")) => message!(
                "the download gave a web page: fetch the certificate itself, signed in if need be"
            ),
            Self::Utf16 => message!("save the file again as plain text in UTF-8"),
            Self::Unlabelled => message!(
                "write `-----BEGIN CERTIFICATE-----` before it and `-----END CERTIFICATE-----` after it"
            ),
            Self::ContainerType(_) | Self::ContainerEmpty => message!(
                "build it again from the certificates: `raccord certificates bundle LEAF ISSUER… --out x.p7b`"
            ),
            Self::Size(_) => message!("a chain has a few kilobytes: this is probably another file"),
            Self::Many => message!("keep only the certificate of this connection and its chain"),
            Self::Other(_) | Self::Empty | Self::Malformed(_) => {
                message!("export the certificate again from the authority's site, with its chain")
            }
        }
    }
}
