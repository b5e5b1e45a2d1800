//! Claims about reading, on files of the test PKI, and about the chains of the embedded authorities.

use jiff::civil::date;
use openssl::pkcs7::Pkcs7;
use openssl::x509::X509;

use super::bundle::Gap;
use super::bundle::chain;
use super::bundle::pem;
use super::bundle::pkcs7;
use super::facts::facts;
use super::refusal::Refusal;
use super::*;
use crate::domain::x509::Container;
use crate::domain::x509::Encoding;
use crate::domain::x509::Surplus;

/// The certificates of the embedded authorities.
fn embedded() -> Vec<Arc<crate::domain::x509::Certificate>> {
    let all = X509::stack_from_pem(include_bytes!("data/authorities.pem")).unwrap();
    all.iter().map(|one| Arc::new(facts(one).unwrap())).collect()
}

/// Each French authority that issues for servers: its chain comes from the lists alone, as far as its root is known.
#[test]
fn the_chain_of_a_french_authority_comes_from_the_lists() {
    let knowledge = Knowledge::default();
    let day = date(2026, 11, 23);
    let (mut whole, mut without_root) = (Vec::new(), Vec::new());
    for one in embedded().into_iter().filter(|one| !one.self_signed && one.is_valid_on(day)) {
        let name = one.subject.short();
        let file = together(vec![one], &knowledge);
        let (members, gap) = chain(&file, 0, day, &knowledge);
        match gap {
            None => {
                let der = pkcs7(members.iter().filter_map(|index| file.get(*index))).unwrap();
                let listed = Pkcs7::from_pem(&pem(&der).unwrap()).unwrap();
                let certificates = listed.signed().unwrap().certificates().unwrap();
                assert_eq!(certificates.len(), members.len(), "{name}");
                let again = read("a.p7b", &der, &knowledge).unwrap();
                assert!(
                    again.known.is_empty() && again.get(members.len() - 1).unwrap().self_signed
                );
                whole.push(name);
            }
            Some(Gap::Root(_)) => without_root.push(name),
            Some(other) => panic!("{name}: {other:?}"),
        }
    }
    assert!(whole.contains(&"Certigna Services CA".to_owned()), "{whole:?}");
    assert!(without_root.contains(&"CertEurope eID Website".to_owned()), "{without_root:?}");
}

/// Certigna Services CA has two certificates with one key; the one under the root of 2007 is over.
#[test]
fn of_two_certificates_of_one_authority_the_valid_one_is_added() {
    let knowledge = Knowledge::default();
    let all = embedded();
    let services = all.iter().filter(|one| one.subject.short() == "Certigna Services CA");
    let issuers: Vec<String> = services.clone().map(|one| one.issuer.short()).collect();
    assert_eq!(issuers.len(), 2, "{issuers:?}");
    for one in services {
        let file = together(vec![Arc::clone(one)], &knowledge);
        let (members, gap) = chain(&file, 0, date(2026, 11, 23), &knowledge);
        assert_eq!((members.len(), gap), (2, None), "{}", one.issuer);
    }
}

/// Each form that people have: what it lies in, how it is written, how many certificates, and what lies beside them.
#[test]
fn every_form_is_read_for_what_it_is_whatever_its_extension() {
    let (bare, pkcs7) = (Container::Bare, Container::Pkcs7);
    let (der, pem) = (Encoding::Der, Encoding::Pem);
    let none: &[Surplus] = &[];
    for (words, container, encoding, certificates, surplus) in [
        ("form=p7-pem", pkcs7, pem, 3, none),
        ("form=p7-der", pkcs7, der, 3, none),
        ("form=p7-pem label=CMS", pkcs7, pem, 3, none),
        ("form=p7-pem label=\"PKCS #7 SIGNED DATA\"", pkcs7, pem, 3, &[Surplus::OldLabel]),
        ("form=p7-signed", pkcs7, pem, 3, &[Surplus::SignedMessage]),
        ("form=der", bare, der, 1, none),
        ("form=der around=trailing", bare, der, 1, &[Surplus::TrailingBytes]),
        ("form=pem", bare, pem, 3, none),
        ("form=pem crlf", bare, pem, 3, none),
        ("form=pem around=text", bare, pem, 3, &[Surplus::Text]),
        ("form=pem around=bom", bare, pem, 3, &[Surplus::ByteOrderMark]),
        ("form=pem label=\"X509 CERTIFICATE\"", bare, pem, 3, &[Surplus::OldLabel]),
    ] {
        let bytes = pki::Pki::shared().file(words).unwrap();
        for path in ["a.p7b", "a.p7c", "a.cer", "a.txt", "a"] {
            let file = read(path, &bytes, &Knowledge::default()).unwrap();
            let found = (file.container, file.encoding, file.certificates.len());
            assert_eq!(found, (container, encoding, certificates), "{words} {path}");
            assert_eq!(file.surplus.into_iter().collect::<Vec<_>>(), surplus, "{words} {path}");
        }
    }
}

#[test]
fn what_holds_no_certificate_is_called_by_its_name() {
    for (words, name) in [
        ("form=key", "found a private key"),
        ("form=key-der", "found a private key"),
        ("form=key-pkcs1", "found a private key"),
        ("form=key-encrypted", "found a private key"),
        ("form=pem-with-key", "found a private key"),
        ("form=p12", "found a PKCS#12 container, which holds a private key"),
        ("form=csr", "found a certificate request"),
        ("form=crl", "found a certificate revocation list"),
        ("form=public-key", "found a public key"),
        ("form=html", "found an HTML page"),
        ("form=ssh", "found an SSH public key"),
        ("form=text", "found text"),
        ("form=empty", "the file is empty"),
        ("form=p7-enveloped", "found PKCS#7 of type `envelopedData`"),
        ("form=p7-empty", "found PKCS#7 without a certificate"),
    ] {
        let bytes = pki::Pki::shared().file(words).unwrap();
        let refusal = read("a.p7b", &bytes, &Knowledge::default()).unwrap_err();
        let told = refusal.to_string();
        assert!(told.starts_with(name), "{words}: {told}");
    }
    let mut twice = pki::Pki::shared().file("form=p7-pem").unwrap();
    twice.extend(pki::Pki::shared().file("form=key").unwrap());
    assert_eq!(read("a.p7b", &twice, &Knowledge::default()).unwrap_err(), Refusal::PrivateKey);
}
