//! Bytes to the leaf of a certificate file. The only file of the crate that parses certificates.

use std::fmt::Write as _;
use std::sync::Arc;

use jiff::Timestamp;
use openssl::asn1::Asn1Time;
use openssl::asn1::Asn1TimeRef;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkcs7::Pkcs7;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::PKey;
use openssl::x509::X509;
use openssl::x509::X509NameRef;
use openssl::x509::X509Ref;
use openssl::x509::X509Req;

use crate::certificate::BYTES;
use crate::certificate::CertificateFault;
use crate::certificate::EXTENSIONS;
use crate::domain::certificate::DesiredCertificate;
use crate::domain::value::Fingerprint;

/// Reads a certificate file; `file` is its path in the project.
pub(crate) fn read(file: &str, bytes: &[u8]) -> Result<DesiredCertificate, CertificateFault> {
    let extension = file.rsplit('/').next().and_then(|name| name.rsplit_once('.'));
    let extension = extension.map_or_else(String::new, |(_, extension)| extension.to_lowercase());
    // What it holds is said first: a private key under a wrong extension is the worse of the two.
    let certificates = certificates(bytes)?;
    if !EXTENSIONS.contains(&extension.as_str()) {
        return Err(CertificateFault::Extension(extension));
    }
    if bytes.len() > BYTES {
        return Err(CertificateFault::Size(bytes.len()));
    }
    let leaf = leaf(&certificates).ok_or(CertificateFault::Other)?;
    facts(file, bytes, leaf).ok_or(CertificateFault::Damaged)
}

/// Every certificate in the bytes, in order.
fn certificates(bytes: &[u8]) -> Result<Vec<X509>, CertificateFault> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(CertificateFault::Empty);
    }
    if bytes.len() > 4 * BYTES {
        return Err(CertificateFault::Size(bytes.len()));
    }
    match pem_certificates(bytes)? {
        Some(certificates) => Ok(certificates),
        None => der_certificates(bytes),
    }
}

/// The certificates of a PEM file, or nothing when it is no PEM. Text around the blocks is allowed.
fn pem_certificates(bytes: &[u8]) -> Result<Option<Vec<X509>>, CertificateFault> {
    let text = String::from_utf8_lossy(bytes);
    let mut found = Vec::new();
    let mut any = false;
    let mut rest = text.as_ref();
    let mut other = CertificateFault::Other;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let Some((label, body)) = after.split_once("-----") else {
            break;
        };
        any = true;
        if label.contains("PRIVATE KEY") {
            return Err(CertificateFault::PrivateKey);
        }
        let end = format!("-----END {label}-----");
        let Some((body, after)) = body.split_once(&end) else {
            return Err(CertificateFault::Damaged);
        };
        let block = format!("-----BEGIN {label}-----\n{}\n{end}\n", body.trim());
        match label {
            "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => {
                found.push(X509::from_pem(block.as_bytes()).map_err(damaged)?);
            }
            "PKCS7" | "CMS" | "PKCS #7 SIGNED DATA" => {
                let block = block.replace(label, "PKCS7");
                let container = Pkcs7::from_pem(block.as_bytes()).map_err(damaged)?;
                found.extend(inside(&container));
            }
            "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => other = CertificateFault::Request,
            "PUBLIC KEY" | "RSA PUBLIC KEY" => other = CertificateFault::PublicKey,
            _ => {}
        }
        rest = after;
    }
    match (any, found.is_empty()) {
        (false, _) => Ok(None),
        (true, true) => Err(other),
        (true, false) => Ok(Some(found)),
    }
}

/// The certificates of a DER file: one certificate, or a PKCS#7 container.
fn der_certificates(bytes: &[u8]) -> Result<Vec<X509>, CertificateFault> {
    if let Ok(certificate) = X509::from_der(bytes) {
        return Ok(vec![certificate]);
    }
    if let Ok(container) = Pkcs7::from_der(bytes) {
        let found = inside(&container);
        return if found.is_empty() { Err(CertificateFault::Other) } else { Ok(found) };
    }
    if Pkcs12::from_der(bytes).is_ok() {
        return Err(CertificateFault::Pkcs12);
    }
    if PKey::private_key_from_der(bytes).is_ok() {
        return Err(CertificateFault::PrivateKey);
    }
    if X509Req::from_der(bytes).is_ok() {
        return Err(CertificateFault::Request);
    }
    if PKey::public_key_from_der(bytes).is_ok() {
        return Err(CertificateFault::PublicKey);
    }
    Err(CertificateFault::Other)
}

fn inside(container: &Pkcs7) -> Vec<X509> {
    container
        .signed()
        .and_then(|signed| signed.certificates())
        .map(|stack| stack.iter().map(ToOwned::to_owned).collect())
        .unwrap_or_default()
}

fn damaged(_: ErrorStack) -> CertificateFault {
    CertificateFault::Damaged
}

/// The certificate that issued no other in the file; the first of several.
fn leaf(certificates: &[X509]) -> Option<&X509> {
    let issued_another = |candidate: &X509| {
        let subject = candidate.subject_name().to_der().ok();
        certificates.iter().any(|other| {
            other.to_der().ok() != candidate.to_der().ok()
                && other.issuer_name().to_der().ok() == subject
                && other.subject_name().to_der().ok() != subject
        })
    };
    certificates.iter().find(|candidate| !issued_another(candidate)).or(certificates.first())
}

fn facts(file: &str, bytes: &[u8], leaf: &X509Ref) -> Option<DesiredCertificate> {
    let digest = leaf.digest(MessageDigest::sha256()).ok()?;
    let hexadecimal = digest.iter().fold(String::new(), |mut text, byte| {
        // Writing to a `String` does not fail.
        write!(text, "{byte:02x}").unwrap_or_default();
        text
    });
    Some(DesiredCertificate {
        file: file.to_owned(),
        fingerprint: Fingerprint::parse(&hexadecimal).ok()?,
        subject: name(leaf.subject_name()),
        not_before: timestamp(leaf.not_before())?,
        not_after: timestamp(leaf.not_after())?,
        content: Arc::from(bytes),
    })
}

/// A name as `CN=…, O=…, C=…`, in the order of the certificate.
fn name(name: &X509NameRef) -> String {
    name.entries()
        .filter_map(|entry| {
            let field = entry.object().nid().short_name().ok()?;
            let value = entry.data().to_string().ok()?;
            Some(format!("{field}={value}"))
        })
        .collect::<Vec<_>>()
        .join(", ")
}

fn timestamp(time: &Asn1TimeRef) -> Option<Timestamp> {
    let epoch = Asn1Time::from_unix(0).ok()?;
    let since = epoch.diff(time).ok()?;
    let seconds = i64::from(since.days) * 86_400 + i64::from(since.secs);
    Timestamp::from_second(seconds).ok()
}

#[cfg(test)]
mod tests {
    use openssl::asn1::Asn1Integer;
    use openssl::bn::BigNum;
    use openssl::ec::EcGroup;
    use openssl::ec::EcKey;
    use openssl::nid::Nid;
    use openssl::pkey::Private;
    use openssl::x509::X509Builder;
    use openssl::x509::X509NameBuilder;

    use super::*;

    fn key() -> PKey<Private> {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
    }

    fn named(common_name: &str) -> openssl::x509::X509Name {
        let mut builder = X509NameBuilder::new().unwrap();
        builder.append_entry_by_text("C", "FR").unwrap();
        builder.append_entry_by_text("CN", common_name).unwrap();
        builder.build()
    }

    fn certificate(
        subject: &str,
        issuer: &str,
        key: &PKey<Private>,
        signer: &PKey<Private>,
    ) -> X509 {
        let mut builder = X509Builder::new().unwrap();
        builder.set_version(2).unwrap();
        let serial = Asn1Integer::from_bn(&BigNum::from_u32(7).unwrap()).unwrap();
        builder.set_serial_number(&serial).unwrap();
        builder.set_subject_name(&named(subject)).unwrap();
        builder.set_issuer_name(&named(issuer)).unwrap();
        builder.set_not_before(&Asn1Time::from_str("20250101000000Z").unwrap()).unwrap();
        builder.set_not_after(&Asn1Time::from_str("20990131000000Z").unwrap()).unwrap();
        builder.set_pubkey(key).unwrap();
        builder.sign(signer, MessageDigest::sha256()).unwrap();
        builder.build()
    }

    #[test]
    fn the_leaf_is_found_whatever_the_order_and_the_text_around() {
        let (root_key, leaf_key) = (key(), key());
        let root = certificate("racine", "racine", &root_key, &root_key);
        let leaf = certificate("ville.example", "racine", &leaf_key, &root_key);
        let pem = |certificate: &X509| String::from_utf8(certificate.to_pem().unwrap()).unwrap();
        for text in [
            format!("Bag Attributes é\n{}subject=x\r\n{}", pem(&root), pem(&leaf)),
            format!("{}{}", pem(&leaf), pem(&root)).replace('\n', "\r\n"),
        ] {
            let facts = read("certificates/a.pem", text.as_bytes()).unwrap();
            assert_eq!(facts.subject, "C=FR, CN=ville.example");
            assert_eq!(facts.not_before.to_string(), "2025-01-01T00:00:00Z");
            assert_eq!(facts.not_after.to_string(), "2099-01-31T00:00:00Z");
        }
        let from_der = read("a.CER", &leaf.to_der().unwrap()).unwrap();
        let from_pem = read("a.crt", pem(&leaf).as_bytes()).unwrap();
        assert_eq!(from_der.fingerprint, from_pem.fingerprint);
        let alone = read("a.crt", pem(&root).as_bytes()).unwrap();
        assert_eq!(alone.subject, "C=FR, CN=racine");
    }

    #[test]
    fn containers_of_the_authority_are_read() {
        use openssl::pkcs7::Pkcs7Flags;
        use openssl::stack::Stack;

        let (root_key, leaf_key) = (key(), key());
        let root = certificate("racine", "racine", &root_key, &root_key);
        let leaf = certificate("ville.example", "racine", &leaf_key, &root_key);
        let mut chain = Stack::new().unwrap();
        chain.push(root).unwrap();
        let container = Pkcs7::sign(&leaf, &leaf_key, &chain, b"", Pkcs7Flags::empty()).unwrap();
        for bytes in [container.to_der().unwrap(), container.to_pem().unwrap()] {
            assert_eq!(read("a.p7b", &bytes).unwrap().subject, "C=FR, CN=ville.example");
        }
    }

    #[test]
    fn what_is_no_certificate_is_named() {
        let key = key();
        let certificate = certificate("a", "a", &key, &key);
        let pem = certificate.to_pem().unwrap();
        let private = key.private_key_to_pem_pkcs8().unwrap();
        let with_key = [pem.clone(), private.clone()].concat();
        let mut request = openssl::x509::X509ReqBuilder::new().unwrap();
        request.set_pubkey(&key).unwrap();
        request.set_subject_name(&named("a")).unwrap();
        request.sign(&key, MessageDigest::sha256()).unwrap();
        let request = request.build();
        let container =
            Pkcs12::builder().name("a").pkey(&key).cert(&certificate).build2("word").unwrap();

        assert_eq!(read("a.pem", &with_key), Err(CertificateFault::PrivateKey));
        assert_eq!(read("a.key", &private), Err(CertificateFault::PrivateKey));
        let der = key.private_key_to_der().unwrap();
        assert_eq!(read("a.cer", &der), Err(CertificateFault::PrivateKey));
        assert_eq!(read("a.p12", &container.to_der().unwrap()), Err(CertificateFault::Pkcs12));
        assert_eq!(read("a.pem", &request.to_pem().unwrap()), Err(CertificateFault::Request));
        assert_eq!(read("a.cer", &request.to_der().unwrap()), Err(CertificateFault::Request));
        assert_eq!(
            read("a.pem", &key.public_key_to_pem().unwrap()),
            Err(CertificateFault::PublicKey)
        );
        assert_eq!(read("a.pem", b" \n"), Err(CertificateFault::Empty));
        assert_eq!(read("a.pem", b"<html>"), Err(CertificateFault::Other));
        assert_eq!(read("a.txt", &pem), Err(CertificateFault::Extension("txt".to_owned())));
        let cut = &pem[..pem.len() - 40];
        assert_eq!(read("a.pem", cut), Err(CertificateFault::Damaged));
        let large = [pem, vec![b' '; BYTES]].concat();
        assert!(matches!(read("a.pem", &large), Err(CertificateFault::Size(_))));
    }
}
