//! The bytes of a file to its certificates, whatever its extension says.

use std::collections::BTreeSet;
use std::sync::Arc;

use openssl::x509::X509;

use crate::certificate::chain;
use crate::certificate::der;
use crate::certificate::facts::facts;
use crate::certificate::knowledge::Knowledge;
use crate::certificate::pem;
use crate::certificate::refusal::CERTIFICATES;
use crate::certificate::refusal::READABLE_BYTES;
use crate::certificate::refusal::Refusal;
use crate::domain::x509::Certificate;
use crate::domain::x509::CertificateFile;
use crate::domain::x509::Container;
use crate::domain::x509::Encoding;
use crate::domain::x509::Link;
use crate::domain::x509::Surplus;
use crate::language::marked;

/// Reads a certificate file; `path` is how it was named.
///
/// Refused is what holds no certificate, and what holds a private key beside one. Everything else that is wrong with
/// a file is left to the rules.
pub(crate) fn read(
    path: &str,
    bytes: &[u8],
    knowledge: &Knowledge,
) -> Result<CertificateFile, Refusal> {
    let contents = contents(bytes)?;
    if contents.certificates.len() > CERTIFICATES {
        return Err(Refusal::Many);
    }
    let Contents { certificates: found, container, encoding, surplus } = contents;
    let (mut certificates, mut read): (Vec<Arc<Certificate>>, Vec<X509>) = Default::default();
    let mut repeated = Vec::new();
    for one in found {
        let facts = facts(&one)?;
        if certificates.iter().any(|known| known.fingerprint == facts.fingerprint) {
            repeated.push(facts.fingerprint);
        } else {
            certificates.push(Arc::new(facts));
            read.push(one);
        }
    }
    let together = linked(certificates, read, knowledge);
    Ok(CertificateFile {
        path: path.to_owned(),
        size: bytes.len(),
        container,
        encoding,
        surplus,
        repeated,
        ..together
    })
}

/// Certificates of several files as if they lay in one, each once: who issued whom, and which one is meant.
pub(crate) fn together(
    certificates: Vec<Arc<Certificate>>,
    knowledge: &Knowledge,
) -> CertificateFile {
    linked(certificates, Vec::new(), knowledge)
}

/// The same; `read` are these certificates as `openssl` has read them, as far as it has.
fn linked(
    certificates: Vec<Arc<Certificate>>,
    read: Vec<X509>,
    knowledge: &Knowledge,
) -> CertificateFile {
    let (links, known) = chain::links(&certificates, read, knowledge);
    CertificateFile {
        path: String::new(),
        size: 0,
        container: Container::Bare,
        encoding: Encoding::Der,
        surplus: BTreeSet::new(),
        repeated: Vec::new(),
        leaf: leaf(&certificates, &links),
        certificates,
        known,
        links,
    }
}

/// Whether a file holds a private key.
pub(crate) fn holds_key(bytes: &[u8]) -> bool {
    matches!(contents(bytes), Err(Refusal::PrivateKey | Refusal::KeyStore(_)))
}

/// The certificate that is meant: one that is no authority's, else one that issued no other; the first of several.
fn leaf(certificates: &[Arc<Certificate>], links: &[Link]) -> usize {
    let issued_none = |index: &usize| !links.iter().any(|link| link.issuer == *index);
    let ends = |index: &usize| !certificates[*index].is_authority();
    let all = || 0..certificates.len();
    all()
        .find(|index| ends(index) && issued_none(index))
        .or_else(|| all().find(ends))
        .or_else(|| all().find(issued_none))
        .unwrap_or(0)
}

/// What is no certificate, and nothing else that has a name.
const UNKNOWN: Refusal = Refusal::Other(marked!("something else"));

/// Letters without a meaning here.
const TEXT: Refusal = Refusal::Other(marked!("text"));

/// What the bytes hold.
struct Contents {
    certificates: Vec<X509>,
    container: Container,
    encoding: Encoding,
    surplus: BTreeSet<Surplus>,
}

fn contents(bytes: &[u8]) -> Result<Contents, Refusal> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Refusal::Empty);
    }
    if bytes.len() > READABLE_BYTES {
        return Err(Refusal::Size(bytes.len()));
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Refusal::Utf16);
    }
    let (marked, bytes) = match bytes.strip_prefix(b"\xef\xbb\xbf".as_slice()) {
        Some(rest) => (true, rest),
        None => (false, bytes),
    };
    let text = String::from_utf8_lossy(bytes);
    let mut contents = match pem::blocks(&text)? {
        Some(blocks) => from_blocks(&blocks)?,
        None => from_der(bytes).map_err(|refusal| named(&text, refusal))?,
    };
    if marked {
        contents.surplus.insert(Surplus::ByteOrderMark);
    }
    Ok(contents)
}

fn from_der(bytes: &[u8]) -> Result<Contents, Refusal> {
    let found = der::read(bytes)?;
    let mut surplus = BTreeSet::new();
    if found.trailing > 0 {
        surplus.insert(Surplus::TrailingBytes);
    }
    if found.signed_message {
        surplus.insert(Surplus::SignedMessage);
    }
    Ok(Contents {
        certificates: found.certificates,
        container: if found.container { Container::Pkcs7 } else { Container::Bare },
        encoding: Encoding::Der,
        surplus,
    })
}

fn from_blocks(blocks: &pem::Blocks<'_>) -> Result<Contents, Refusal> {
    let mut surplus = BTreeSet::new();
    let (mut certificates, mut container, mut other) = (Vec::new(), None, None);
    if blocks.text_around {
        surplus.insert(Surplus::Text);
    }
    for block in &blocks.blocks {
        match der::read(&block.der) {
            Ok(found) => {
                let kind = if found.container { Container::Pkcs7 } else { Container::Bare };
                container.get_or_insert(kind);
                certificates.extend(found.certificates);
                // What OpenSSL calls trusted has its own settings behind the certificate.
                if found.trailing > 0 && block.label != pem::TRUSTED {
                    surplus.insert(Surplus::TrailingBytes);
                }
                if found.signed_message {
                    surplus.insert(Surplus::SignedMessage);
                }
                if block.is_old() {
                    surplus.insert(Surplus::OldLabel);
                }
            }
            Err(refusal @ (Refusal::PrivateKey | Refusal::KeyStore(_))) => return Err(refusal),
            Err(refusal @ Refusal::Malformed(_)) if block.label.contains("CERTIFICATE") => {
                return Err(refusal);
            }
            Err(refusal) => {
                surplus.insert(Surplus::OtherBlocks);
                other.get_or_insert(refusal);
            }
        }
    }
    match container {
        Some(container) => {
            Ok(Contents { certificates, container, encoding: Encoding::Pem, surplus })
        }
        None => Err(other.unwrap_or(UNKNOWN)),
    }
}

/// A better name for what is neither PEM nor DER, from its text.
fn named(text: &str, refusal: Refusal) -> Refusal {
    if refusal != UNKNOWN {
        return refusal;
    }
    let begins: String = text.trim_start().chars().take(200).collect::<String>().to_lowercase();
    let is_ssh =
        ["ssh-rsa ", "ssh-ed25519 ", "ssh-dss ", "ecdsa-sha2-", "sk-ssh-", "---- begin ssh2"]
            .iter()
            .any(|start| begins.starts_with(start));
    if is_ssh {
        return Refusal::Other(marked!("an SSH public key"));
    }
    if begins.starts_with("<!doctype") || begins.starts_with("<html") || begins.contains("<head") {
        return Refusal::Other(marked!("an HTML page"));
    }
    if let Some(bytes) = pem::unlabelled(text) {
        return match der::read(&bytes) {
            Ok(_) => Refusal::Unlabelled,
            Err(refusal @ (Refusal::PrivateKey | Refusal::KeyStore(_))) => refusal,
            Err(_) => TEXT,
        };
    }
    let is_text = text.chars().take(2_000).all(|c| !c.is_control() || c.is_whitespace());
    if is_text { TEXT } else { UNKNOWN }
}
