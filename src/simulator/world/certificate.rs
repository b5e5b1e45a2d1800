//! Reads an uploaded certificate file as the portal does: which certificate is meant, and would it be taken?
//!
//! The only user of `openssl` in the simulator.
//! Source of the rules: AIFE's deck, «Renseigner le certificat» (5 MB, p7b, crt, cer, pem); `docs/sources.md` 3 (public part only).

use jiff::Timestamp;
use openssl::asn1::Asn1Time;
use openssl::pkcs7::Pkcs7;
use openssl::pkey::PKey;
use openssl::stack::StackRef;
use openssl::x509::X509;
use openssl::x509::X509VerifyResult;

use crate::simulator::generate;
use crate::simulator::world::refusal::Refusal;
use crate::simulator::world::refusal::RefusalKind;

/// The largest file, in bytes: 5 MB.
pub(crate) const LARGEST_FILE: usize = 5 * 1024 * 1024;

/// The extensions that the portal takes.
const EXTENSIONS: [&str; 4] = ["p7b", "crt", "cer", "pem"];

/// What the portal keeps of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReadCertificate {
    /// SHA-256 of the leaf, in lower-case hexadecimal digits.
    pub(crate) sha256: String,
    /// Until when the leaf is valid.
    pub(crate) not_after: Timestamp,
}

/// Reads a file that was uploaded as `file_name`.
pub(crate) fn read(
    file_name: &str,
    content: &[u8],
    now: Timestamp,
) -> Result<ReadCertificate, Refusal> {
    let refused = |message: &str| {
        RefusalKind::Certificate.because(format!("Certificat « {file_name} » refusé : {message}"))
    };
    let extension = file_name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
    if !extension.is_some_and(|end| EXTENSIONS.contains(&end.as_str())) {
        return Err(refused("les extensions acceptées sont p7b, crt, cer et pem."));
    }
    if content.len() > LARGEST_FILE {
        return Err(refused("la taille maximale est de 5 Mo."));
    }
    if holds_private_key(content) {
        return Err(refused("le fichier contient une clé privée."));
    }
    let certificates = all_certificates(content);
    if certificates.is_empty() {
        return Err(refused("le fichier ne contient pas de certificat."));
    }
    let leaf = leaf(&certificates)
        .ok_or_else(|| refused("le certificat final n'est pas identifiable."))?;
    let not_after = end_of(leaf).ok_or_else(|| refused("la date de fin n'est pas lisible."))?;
    if not_after < now {
        return Err(refused("le certificat est expiré."));
    }
    let der = leaf.to_der().map_err(|_| refused("le certificat n'est pas lisible."))?;
    Ok(ReadCertificate { sha256: generate::sha256(&der), not_after })
}

/// Whether a private key lies in the file, in text form or binary form, alone or in a PKCS#12 store.
fn holds_private_key(content: &[u8]) -> bool {
    let marker: &[u8] = b"PRIVATE KEY-----";
    content.windows(marker.len()).any(|window| window == marker)
        || PKey::private_key_from_der(content).is_ok()
        || openssl::pkcs12::Pkcs12::from_der(content).is_ok()
}

/// Every certificate of the file, each once: PEM or DER, bare or in a PKCS#7 envelope.
fn all_certificates(content: &[u8]) -> Vec<X509> {
    let enveloped = |envelope: &Pkcs7| {
        envelope.signed().and_then(|signed| signed.certificates()).map(owned).unwrap_or_default()
    };
    let found = if let Ok(envelope) = Pkcs7::from_der(content) {
        enveloped(&envelope)
    } else if let Ok(envelope) = Pkcs7::from_pem(content) {
        enveloped(&envelope)
    } else if let Ok(certificate) = X509::from_der(content) {
        vec![certificate]
    } else {
        X509::stack_from_pem(content).unwrap_or_default()
    };
    let mut once: Vec<X509> = Vec::new();
    for certificate in found {
        if !once.contains(&certificate) {
            once.push(certificate);
        }
    }
    once
}

/// Copies the certificates of an envelope.
fn owned(stack: &StackRef<X509>) -> Vec<X509> {
    stack.iter().map(ToOwned::to_owned).collect()
}

/// The certificate that issued no other one of the file; `None` unless exactly one is so.
fn leaf(certificates: &[X509]) -> Option<&X509> {
    let mut leaves = certificates.iter().filter(|candidate| {
        certificates
            .iter()
            .all(|other| other == *candidate || candidate.issued(other) != X509VerifyResult::OK)
    });
    let first = leaves.next()?;
    leaves.next().is_none().then_some(first)
}

/// When a certificate ends.
fn end_of(certificate: &X509) -> Option<Timestamp> {
    let epoch = Asn1Time::from_unix(0).ok()?;
    let difference = epoch.diff(certificate.not_after()).ok()?;
    let seconds = i64::from(difference.days) * 86_400 + i64::from(difference.secs);
    Timestamp::from_second(seconds).ok()
}
