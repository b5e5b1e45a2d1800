//! What one stretch of DER is, whatever label or extension it came under. `openssl` reads; `der` measures.

use der::Decode as _;
use der::Reader as _;
use der::SliceReader;
use der::Tag;
use der::Tagged as _;
use der::asn1::AnyRef;
use openssl::asn1::Asn1ObjectRef;
use openssl::nid::Nid;
use openssl::pkcs7::Pkcs7;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::PKey;
use openssl::x509::X509;
use openssl::x509::X509Crl;
use openssl::x509::X509Req;

use crate::certificate::refusal::Refusal;
use crate::language::marked;
use crate::language::message;

/// What was found in a stretch of DER.
pub(crate) struct Found {
    /// The certificates; empty when it is something harmless that holds none.
    pub(crate) certificates: Vec<X509>,
    /// Whether they lie in PKCS#7.
    pub(crate) container: bool,
    /// Whether the PKCS#7 has a signer or a content.
    pub(crate) signed_message: bool,
    /// How many bytes follow the end.
    pub(crate) trailing: usize,
}

/// The first bytes of a Java key store.
const JAVA_KEY_STORE: [u8; 4] = [0xfe, 0xed, 0xfe, 0xed];

/// Reads one certificate or one PKCS#7; anything else is refused by its name.
pub(crate) fn read(bytes: &[u8]) -> Result<Found, Refusal> {
    let trailing = trailing(bytes);
    if let Ok(certificate) = X509::from_der(bytes) {
        return Ok(Found {
            certificates: vec![certificate],
            container: false,
            signed_message: false,
            trailing,
        });
    }
    if let Ok(container) = Pkcs7::from_der(bytes) {
        return inside(&container, trailing);
    }
    Err(other(bytes))
}

/// What a stretch is that holds no certificate.
fn other(bytes: &[u8]) -> Refusal {
    if bytes.starts_with(&JAVA_KEY_STORE) {
        return Refusal::KeyStore(marked!("Java key store"));
    }
    if Pkcs12::from_der(bytes).is_ok() {
        return Refusal::KeyStore(marked!("PKCS#12 container"));
    }
    if PKey::private_key_from_der(bytes).is_ok() || is_encrypted_key(bytes) {
        return Refusal::PrivateKey;
    }
    if X509Req::from_der(bytes).is_ok() {
        return Refusal::Other(marked!("a certificate request"));
    }
    if X509Crl::from_der(bytes).is_ok() {
        return Refusal::Other(marked!("a certificate revocation list"));
    }
    if PKey::public_key_from_der(bytes).is_ok() {
        return Refusal::Other(marked!("a public key"));
    }
    // A sequence that begins like a certificate, and is none.
    if bytes.first() == Some(&0x30) {
        return Refusal::Malformed(message!("its data is damaged"));
    }
    Refusal::Other(marked!("something else"))
}

/// The certificates of a PKCS#7 container.
fn inside(container: &Pkcs7, trailing: usize) -> Result<Found, Refusal> {
    let Some(signed) = container.signed() else {
        let kind = container.type_().map(Asn1ObjectRef::nid);
        return Err(Refusal::ContainerType(match kind {
            Some(Nid::PKCS7_ENVELOPED) => "`envelopedData`".to_owned(),
            Some(Nid::PKCS7_ENCRYPTED) => "`encryptedData`".to_owned(),
            Some(nid) => format!("`{}`", nid.long_name().unwrap_or("unknown")),
            None => "`unknown`".to_owned(),
        }));
    };
    let certificates: Vec<X509> = signed
        .certificates()
        .map(|stack| stack.iter().map(ToOwned::to_owned).collect())
        .unwrap_or_default();
    if certificates.is_empty() {
        return Err(Refusal::ContainerEmpty);
    }
    // What `openssl` writes again is DER, also where the file was written with open lengths.
    let signed_message = container.to_der().is_ok_and(|der| is_signed_message(&der));
    Ok(Found { certificates, container: true, signed_message, trailing })
}

/// Whether `ContentInfo` around `SignedData` (RFC 2315, sections 7 and 9.1) has a signer or a content.
fn is_signed_message(der: &[u8]) -> bool {
    let parts = || {
        let [_, wrapped] = elements(AnyRef::from_der(der).ok()?)?[..] else { return None };
        let signed_data = elements(*elements(wrapped)?.first()?)?;
        let has_content = elements(*signed_data.get(2)?)?.len() > 1;
        let has_signer = !elements(*signed_data.last()?)?.is_empty();
        Some(has_content || has_signer)
    };
    parts().unwrap_or(false)
}

/// Whether it is `EncryptedPrivateKeyInfo` (RFC 5208, section 6): an algorithm, and bytes.
fn is_encrypted_key(der: &[u8]) -> bool {
    let parts = || {
        let [algorithm, data] = elements(AnyRef::from_der(der).ok()?)?[..] else { return None };
        let names_algorithm = elements(algorithm)?.first()?.tag() == Tag::ObjectIdentifier;
        Some(names_algorithm && data.tag() == Tag::OctetString)
    };
    parts().unwrap_or(false)
}

/// The elements inside a constructed one; `None` when its content is no row of elements.
pub(crate) fn elements(any: AnyRef<'_>) -> Option<Vec<AnyRef<'_>>> {
    let mut reader = SliceReader::new(any.value()).ok()?;
    let mut found = Vec::new();
    while !reader.is_finished() {
        found.push(AnyRef::decode(&mut reader).ok()?);
    }
    Some(found)
}

/// How many bytes follow the first element; none where its length is left open.
fn trailing(bytes: &[u8]) -> usize {
    let measure = || {
        let mut reader = SliceReader::new(bytes).ok()?;
        AnyRef::decode(&mut reader).ok()?;
        usize::try_from(reader.remaining_len()).ok()
    };
    measure().unwrap_or(0)
}
