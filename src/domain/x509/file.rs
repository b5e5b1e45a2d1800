//! One certificate file: what it is made of, which certificates it holds, and who issued whom.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::value::Fingerprint;
use crate::domain::x509::Certificate;

/// A file that holds at least one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CertificateFile {
    /// Its path, as it was named.
    pub(crate) path: String,
    /// Its size, in bytes.
    pub(crate) size: usize,
    /// What the certificates lie in.
    pub(crate) container: Container,
    /// How the bytes are written.
    pub(crate) encoding: Encoding,
    /// What lies beside the certificates.
    pub(crate) surplus: BTreeSet<Surplus>,
    /// Certificates that lie in it more than once.
    pub(crate) repeated: Vec<Fingerprint>,
    /// Its certificates, each once, in the order of the file. Never empty.
    pub(crate) certificates: Vec<Arc<Certificate>>,
    /// Authorities that are known to us and lie on a way up from these certificates, but not in the file.
    pub(crate) known: Vec<Arc<Certificate>>,
    /// The certificate that is meant, by its index in `certificates`.
    pub(crate) leaf: usize,
    /// Who may have issued whom, by name and key identifier.
    pub(crate) links: Vec<Link>,
}

/// What the certificates of a file lie in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    /// PKCS#7 signed data (RFC 2315, section 9).
    Pkcs7,
    /// Nothing: one certificate after the other.
    Bare,
}

/// How the bytes of a file are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Text between lines with a label (RFC 7468).
    Pem,
    /// Binary.
    Der,
}

/// What lies in a file beside its certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Surplus {
    /// Text before, between or after the blocks.
    Text,
    /// A byte order mark.
    ByteOrderMark,
    /// Bytes after the end of the data.
    TrailingBytes,
    /// Blocks that hold something else.
    OtherBlocks,
    /// A label that is no longer used.
    OldLabel,
    /// PKCS#7 that is a signed message: it has a signer or a content.
    SignedMessage,
}

/// One certificate may have issued another: the names match, and the key identifiers where both are there.
///
/// Both are indices into the certificates of the file, followed by the known ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Link {
    /// The certificate.
    pub(crate) child: usize,
    /// Its issuer.
    pub(crate) issuer: usize,
    /// Whether the issuer's key made the signature.
    pub(crate) verified: bool,
}

impl CertificateFile {
    /// A certificate of the file, or a known one, by the index that [`Link`] uses.
    pub(crate) fn get(&self, index: usize) -> Option<&Certificate> {
        self.shared(index).map(Arc::as_ref)
    }

    /// The same, to be kept.
    pub(crate) fn shared(&self, index: usize) -> Option<&Arc<Certificate>> {
        let own = self.certificates.len();
        if index < own { self.certificates.get(index) } else { self.known.get(index - own) }
    }

    /// The certificate that is meant.
    pub(crate) fn leaf(&self) -> Option<&Certificate> {
        self.get(self.leaf)
    }

    /// Whether an index stands for a certificate that lies in the file.
    pub(crate) fn holds(&self, index: usize) -> bool {
        index < self.certificates.len()
    }

    /// Its certificates that are no authorities', by index.
    pub(crate) fn end_entities(&self) -> Vec<usize> {
        (0..)
            .zip(&self.certificates)
            .filter(|(_, one)| !one.is_authority())
            .map(|(index, _)| index)
            .collect()
    }

    /// The extension of its name, in lower case; nothing when there is none.
    pub(crate) fn extension(&self) -> String {
        extension(&self.path)
    }
}

/// The extension of a path, in lower case; nothing when there is none.
pub(crate) fn extension(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next();
    name.and_then(|name| name.rsplit_once('.'))
        .map_or_else(String::new, |(_, extension)| extension.to_lowercase())
}
