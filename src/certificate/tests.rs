//! Claims about reading, on files of the test PKI, and about the chains of the embedded authorities.

use jiff::civil::date;
use openssl::pkcs7::Pkcs7;
use openssl::x509::X509;

use super::bundle::Gap;
use super::bundle::chain;
use super::bundle::pem;
use super::bundle::pkcs7;
use super::facts::facts;
use super::*;

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
