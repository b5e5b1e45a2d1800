//! One certificate of `openssl` to its facts. What `openssl` does not give comes from `x509-cert`, by the same bytes.

use std::fmt::Write as _;
use std::sync::Arc;

use jiff::Timestamp;
use openssl::asn1::Asn1Time;
use openssl::asn1::Asn1TimeRef;
use openssl::ec::Asn1Flag;
use openssl::hash::MessageDigest;
use openssl::hash::hash;
use openssl::nid::Nid;
use openssl::pkey::Id;
use openssl::pkey::PKey;
use openssl::pkey::Public;
use openssl::x509::X509Ref;
use x509_cert::certificate::CertificateInner;
use x509_cert::certificate::Raw;
use x509_cert::certificate::Version;
use x509_cert::der::Decode as _;
use x509_cert::der::Encode as _;
use x509_cert::der::Tag;
use x509_cert::der::Tagged as _;
use x509_cert::der::asn1::Any;

use crate::certificate::extensions;
use crate::certificate::refusal::Refusal;
use crate::domain::value::Fingerprint;
use crate::domain::x509::Certificate;
use crate::domain::x509::Digest;
use crate::domain::x509::Key;
use crate::domain::x509::Name;
use crate::domain::x509::Signature;
use crate::language::message;

/// Reads the facts of a certificate.
pub(crate) fn facts(certificate: &X509Ref) -> Result<Certificate, Refusal> {
    let der = certificate
        .to_der()
        .map_err(|_| Refusal::Malformed(message!("its data cannot be read")))?;
    let parsed = CertificateInner::<Raw>::from_der(&der)
        .map_err(|_| Refusal::Malformed(message!("its data cannot be read")))?;
    let inner = parsed.tbs_certificate();
    let not_before = timestamp(certificate.not_before())
        .ok_or_else(|| Refusal::Malformed(message!("its first day cannot be read")))?;
    let not_after = timestamp(certificate.not_after())
        .ok_or_else(|| Refusal::Malformed(message!("its last day cannot be read")))?;
    let (subject, issuer) = (name(inner.subject()), name(inner.issuer()));
    let public = certificate.public_key().ok();
    let spki = inner
        .subject_public_key_info()
        .to_der()
        .map_err(|_| Refusal::Malformed(message!("its public key cannot be read")))?;
    let self_signed = subject == issuer
        && public.as_ref().is_some_and(|key| certificate.verify(key).unwrap_or(false));
    let version = match inner.version() {
        Version::V1 => 1,
        Version::V2 => 2,
        Version::V3 => 3,
    };

    let mut faults = Vec::new();
    if version != 3 {
        faults.push(message!("its version is {version}, expected 3", version));
    }
    let serial = inner.serial_number().as_bytes();
    if serial.first().is_some_and(|first| first & 0x80 != 0) {
        faults.push(message!("its serial number is negative"));
    } else if serial.iter().all(|byte| *byte == 0) {
        faults.push(message!("its serial number is 0"));
    }
    if not_after < not_before {
        faults.push(message!("it ends before it begins"));
    }
    if inner.signature() != parsed.signature_algorithm() {
        faults.push(message!("it names two different signature algorithms"));
    }
    let extensions = extensions::read(inner.extensions().map_or(&[], Vec::as_slice), &mut faults);

    Ok(Certificate {
        fingerprint: fingerprint(&der)
            .ok_or_else(|| Refusal::Malformed(message!("its data cannot be read")))?,
        key_fingerprint: fingerprint(&spki)
            .ok_or_else(|| Refusal::Malformed(message!("its public key cannot be read")))?,
        version,
        serial: hexadecimal(serial),
        subject,
        issuer,
        not_before,
        not_after,
        key: key(public.as_ref(), &inner.subject_public_key_info().algorithm.oid.to_string()),
        signature: signature(certificate.signature_algorithm().object().nid(), &parsed),
        self_signed,
        extensions,
        faults,
        der: Arc::from(der),
    })
}

/// SHA-256 of some bytes.
pub(crate) fn fingerprint(bytes: &[u8]) -> Option<Fingerprint> {
    let digest = hash(MessageDigest::sha256(), bytes).ok()?;
    Fingerprint::parse(&hexadecimal(&digest)).ok()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a `String` does not fail.
        write!(text, "{byte:02x}").unwrap_or_default();
        text
    })
}

fn key(public: Option<&PKey<Public>>, algorithm: &str) -> Key {
    let Some(public) = public else { return Key::Other(format!("unknown ({algorithm})")) };
    let bits = public.bits();
    match public.id() {
        Id::RSA => Key::Rsa {
            bits,
            // 65536 has 17 bits; an exponent is odd.
            large_exponent: public.rsa().is_ok_and(|rsa| rsa.e().num_bits() >= 17),
        },
        Id::EC => {
            // OpenSSL knows a curve by its numbers too; a name is what the certificate says.
            let curve = public.ec_key().ok().and_then(|key| {
                let is_named = key.group().asn1_flag() == Asn1Flag::NAMED_CURVE;
                key.group().curve_name().filter(|_| is_named)
            });
            Key::Ec { bits, curve: curve.and_then(|nid| nid.short_name().ok()).map(str::to_owned) }
        }
        Id::RSA_PSS => Key::Other("RSA-PSS".to_owned()),
        Id::DSA => Key::Other("DSA".to_owned()),
        Id::ED25519 => Key::Other("Ed25519".to_owned()),
        Id::ED448 => Key::Other("Ed448".to_owned()),
        _ => Key::Other(format!("unknown ({algorithm})")),
    }
}

fn signature(nid: Nid, parsed: &CertificateInner<Raw>) -> Signature {
    let digest = nid.signature_algorithms().map(|algorithms| match algorithms.digest {
        Nid::SHA1 => Digest::Weak("SHA-1"),
        Nid::MD5 | Nid::MD5_SHA1 => Digest::Weak("MD5"),
        digest if digest.short_name().is_ok_and(|name| name == "MD2") => Digest::Weak("MD2"),
        digest if digest.short_name().is_ok_and(|name| name == "MD4") => Digest::Weak("MD4"),
        _ => Digest::Strong,
    });
    let algorithm = match nid {
        Nid::UNDEF => parsed.signature_algorithm().oid.to_string(),
        nid => nid.long_name().unwrap_or("unknown").to_owned(),
    };
    Signature { algorithm, digest, pss: nid == Nid::RSASSAPSS }
}

/// The canonical form of a name in DER.
pub(crate) fn canonical_name(der: &[u8]) -> Option<String> {
    x509_cert::name::Name::from_der(der).ok().map(|parsed| name(&parsed).canonical())
}

fn name(name: &x509_cert::name::Name) -> Name {
    Name {
        attributes: name
            .iter()
            .map(|attribute| (attribute.oid.to_string(), text(&attribute.value)))
            .collect(),
    }
}

/// The text of a value. What could move the cursor of a terminal, or turn the direction of a line, is taken out.
fn text(value: &Any) -> String {
    let bytes = value.value();
    let raw = match value.tag() {
        Tag::BmpString => {
            let units = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        Tag::TeletexString => bytes.iter().map(|byte| char::from(*byte)).collect(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    plain(&raw)
}

/// A text of a certificate as it may be shown.
pub(crate) fn plain(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let shown = |c: char| if c.is_control() || turns(c) { char::REPLACEMENT_CHARACTER } else { c };
    text.chars().map(shown).collect()
}

fn timestamp(time: &Asn1TimeRef) -> Option<Timestamp> {
    let epoch = Asn1Time::from_unix(0).ok()?;
    let since = epoch.diff(time).ok()?;
    let seconds = i64::from(since.days) * 86_400 + i64::from(since.secs);
    Timestamp::from_second(seconds).ok()
}
