//! The whole chain of a leaf, and its form as degenerate PKCS#7: certificates only, no content and no signer
//! (RFC 2315, section 9.1).

use der::Encode as _;
use der::Tag;
use der::TagNumber;
use der::asn1::AnyRef;
use der::asn1::ObjectIdentifier;

use jiff::civil::Date;
use openssl::pkcs7::Pkcs7;

use crate::certificate::knowledge::Knowledge;
use crate::certificate::path;
use crate::certificate::path::End;
use crate::domain::x509::Certificate;
use crate::domain::x509::CertificateFile;

/// `signedData`.
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");

/// `data`.
const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");

/// Why there is no whole chain. Numbers are indices into the certificates of the file and the known ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    /// The certificate signed itself, so that it has no chain.
    SelfSigned(usize),
    /// The issuer of this certificate is not there.
    Issuer(usize),
    /// The root that issued this authority is not there. The authority itself is known here.
    Root(usize),
    /// The first certificate was not signed by the second, which bears the name of its issuer.
    Signature(usize, usize),
    /// This authority is not valid on the day.
    Day(usize),
}

/// The chain of a certificate of a file, up to its root: by their indices, and what is wrong with it.
pub(crate) fn chain(
    file: &CertificateFile,
    from: usize,
    day: Date,
    knowledge: &Knowledge,
) -> (Vec<usize>, Option<Gap>) {
    let path = path::best(file, from, day, knowledge);
    let last = path.members.last().copied().unwrap_or(from);
    let ended = path.authorities(file).find(|(_, one)| !one.is_valid_on(day));
    let gap = if file.get(from).is_some_and(|one| one.self_signed) {
        Some(Gap::SelfSigned(from))
    } else if let Some((child, issuer)) = path.first_unverified(file) {
        Some(Gap::Signature(child, issuer))
    } else if path.end == End::Open {
        Some(Gap::Issuer(last))
    } else if let Some((index, _)) = ended {
        Some(Gap::Day(index))
    } else if path.end == End::Anchor {
        Some(Gap::Root(last))
    } else {
        None
    };
    (path.members, gap)
}

/// PKCS#7 in DER as PEM; `None` when it is none.
pub(crate) fn pem(der: &[u8]) -> Option<Vec<u8>> {
    Pkcs7::from_der(der).ok()?.to_pem().ok()
}

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
