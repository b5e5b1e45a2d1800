//! A chain as degenerate PKCS#7: certificates only, no content and no signer (RFC 2315, section 9.1).

use der::Encode as _;
use der::Tag;
use der::TagNumber;
use der::asn1::AnyRef;
use der::asn1::ObjectIdentifier;

use crate::domain::x509::Certificate;

/// `signedData`.
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");

/// `data`.
const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");

/// Writes certificates as PKCS#7 in DER, in the order given, as `openssl crl2pkcs7` does: a set has no order, but people
/// and programs list it as it is written. `None` only for more bytes than a length can say.
pub(crate) fn pkcs7<'a>(
    certificates: impl IntoIterator<Item = &'a Certificate>,
) -> Option<Vec<u8>> {
    let certificates: Vec<u8> =
        certificates.into_iter().flat_map(|one| one.der.iter().copied()).collect();
    let version = element(Tag::Integer, &[1])?;
    let nothing = element(Tag::Set, &[])?;
    let content = element(Tag::Sequence, &DATA.to_der().ok()?)?;
    let inside = [version, nothing.clone(), content, element(context_0(), &certificates)?, nothing];
    let signed_data = element(Tag::Sequence, &inside.concat())?;
    let wrapped = [SIGNED_DATA.to_der().ok()?, element(context_0(), &signed_data)?];
    element(Tag::Sequence, &wrapped.concat())
}

/// `[0]`, constructed.
fn context_0() -> Tag {
    Tag::ContextSpecific { constructed: true, number: TagNumber(0) }
}

/// One element: tag, length, value.
fn element(tag: Tag, value: &[u8]) -> Option<Vec<u8>> {
    AnyRef::new(tag, value).ok()?.to_der().ok()
}
