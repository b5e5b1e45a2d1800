//! OpenSSL itself says whether the files are what their words say.

use openssl::nid::Nid;
use openssl::pkcs7::Pkcs7;
use openssl::pkcs12::Pkcs12;
use openssl::stack::Stack;
use openssl::stack::StackRef;
use openssl::x509::X509;
use openssl::x509::X509Crl;
use openssl::x509::X509NameEntryRef;
use openssl::x509::X509NameRef;
use openssl::x509::X509PurposeId;
use openssl::x509::X509Req;
use openssl::x509::X509StoreContext;
use openssl::x509::X509VerifyResult;
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::verify::X509VerifyParam;

use super::PASSWORD;
use super::Pki;
use super::Recipe;

/// 2026-12-01T00:00:00Z.
const DAY: i64 = 1_796_083_200;

fn file(words: &str) -> Vec<u8> {
    Pki::shared().file(words).unwrap()
}

fn bundle(words: &str) -> Vec<X509> {
    let pkcs7 = Pkcs7::from_pem(&file(words)).unwrap();
    pkcs7.signed().unwrap().certificates().unwrap().iter().map(ToOwned::to_owned).collect()
}

fn leaf(words: &str) -> X509 {
    X509::from_der(&file(&format!("{words} chain=leaf form=der"))).unwrap()
}

/// What OpenSSL says about the first certificate of a bundle, with the rest at hand and one root trusted.
fn verify(words: &str, root: &str, purpose: X509PurposeId) -> X509VerifyResult {
    let chain = bundle(words);
    let mut untrusted = Stack::new().unwrap();
    for certificate in &chain[1..] {
        untrusted.push(certificate.clone()).unwrap();
    }
    let mut store = X509StoreBuilder::new().unwrap();
    let root = Pki::shared().authority(root).unwrap();
    store.add_cert(X509::from_pem(root.as_bytes()).unwrap()).unwrap();
    store.set_purpose(purpose).unwrap();
    let mut param = X509VerifyParam::new().unwrap();
    param.set_time(DAY);
    store.set_param(&param).unwrap();
    let mut context = X509StoreContext::new().unwrap();
    context
        .init(&store.build(), &chain[0], &untrusted, |context| {
            context.verify_cert()?;
            Ok(context.error())
        })
        .unwrap()
}

fn client(words: &str) -> i32 {
    verify(words, "root", X509PurposeId::SSL_CLIENT).as_raw()
}

/// What OpenSSL prints, and the names in a form that no version of it changes.
fn text(certificate: &X509) -> String {
    let name = |name: &X509NameRef| {
        let attribute = |entry: &X509NameEntryRef| {
            let key = entry.object().nid().short_name().unwrap();
            format!("{key}={}", entry.data().to_string().unwrap())
        };
        name.entries().map(attribute).collect::<Vec<_>>().join(",")
    };
    format!(
        "issuer {}\nsubject {}\n{}",
        name(certificate.issuer_name()),
        name(certificate.subject_name()),
        String::from_utf8(certificate.to_text().unwrap()).unwrap()
    )
}

#[test]
fn the_default_is_sound_for_clients_and_servers() {
    let chain = bundle("");
    assert_eq!(chain.len(), 3);
    for purpose in [X509PurposeId::SSL_CLIENT, X509PurposeId::SSL_SERVER] {
        assert_eq!(verify("", "root", purpose), X509VerifyResult::OK);
    }
    let text = text(&chain[0]);
    for part in [
        "Version: 3 (0x2)",
        "issuer C=FR,O=Exemple fictif raccord,CN=Exemple Émettrice\n",
        "subject C=FR,O=Ville d'Exemple,OU=0002 999910011,organizationIdentifier=NTRFR-999910011,CN=sftp.ville.example\n",
        "Not Before: Jan  1 00:00:00 2026 GMT",
        "Not After : Jan  1 00:00:00 2036 GMT",
        "Public-Key: (3072 bit)",
        "Exponent: 65537",
        "X509v3 Key Usage: critical\n                Digital Signature, Key Encipherment\n",
        "TLS Web Server Authentication, TLS Web Client Authentication",
        "DNS:sftp.ville.example",
        "Policy: 0.4.0.194112.1.5\n                  CPS: http://cps.example/politique",
        "CA Issuers - URI:http://aia.example/emettrice.cer",
        "OCSP - URI:http://aia.example/ocsp",
        "URI:http://crl.example/emettrice.crl",
    ] {
        assert!(text.contains(part), "no `{part}` in {text}");
    }
}

#[test]
fn keys_of_shared_primes_are_whole_and_differ() {
    let mut seen = std::collections::BTreeSet::new();
    for number in 0..12 {
        let leaf = leaf(&format!("name=prime-{number}"));
        let key = leaf.public_key().unwrap();
        assert_eq!(key.bits(), 3072);
        assert!(seen.insert(key.public_key_to_der().unwrap()));
    }
    let key = openssl::rsa::Rsa::private_key_from_pem(&file("form=key-pkcs1")).unwrap();
    assert!(key.check_key().unwrap());
}

#[test]
fn the_same_words_give_the_same_bytes_and_a_name_one_key() {
    assert_eq!(file("name=twin key=p256"), file("name=twin key=p256"));
    assert_ne!(file("name=twin"), file("name=other"));
    let key = |words: &str| leaf(words).public_key().unwrap().public_key_to_der().unwrap();
    assert_eq!(key("name=twin"), key("same-key=twin until=2030-01-01"));
    assert_ne!(key(""), key("until=2030-01-01"));
    let first = bundle("chain=leaf,leaf2,issuing");
    assert_ne!(
        first[0].public_key().unwrap().public_key_to_der().unwrap(),
        first[1].public_key().unwrap().public_key_to_der().unwrap()
    );
}

#[test]
fn openssl_refuses_what_is_wrong_for_the_reason_that_the_words_give() {
    for (words, code) in [
        ("until=2026-11-01", 10),
        ("from=2027-01-01", 9),
        ("forged", 7),
        ("self-signed", 18),
        ("chain=leaf", 20),
        ("chain=leaf,stranger,root", 20),
        ("issuer=expired", 10),
        ("issuer=future", 9),
        ("issuer=not-a-ca", 79),
        ("issuer=no-certsign", 79),
        ("issuer=pathlen", 25),
        ("issuer=constrained", 48),
        ("issuer=server-only", 26),
        ("eku=serverAuth", 26),
        ("eku=codeSigning", 26),
        ("precert", 34),
    ] {
        assert_eq!(
            client(words),
            code,
            "{words}: {}",
            verify(words, "root", X509PurposeId::SSL_CLIENT)
        );
    }
}

#[test]
fn openssl_takes_what_is_unusual_but_sound() {
    for words in [
        "eku=clientAuth",
        "eku=none ku=none",
        "issuer=second",
        "issuer=root",
        "issuer=rsa",
        "pss",
        "key=p256",
        "key=p384",
        "key=p224",
        "key=brainpool256",
        "key=ed25519",
        "key=rsa2048e3",
        "key=rsa-pss",
        "digest=sha384",
        "san=none",
        "san=*.ville.example",
        "no-org-id no-org no-country",
        "qc=none policies=none",
        "chain=leaf,root,issuing,stranger",
    ] {
        assert_eq!(
            client(words),
            0,
            "{words}: {}",
            verify(words, "root", X509PurposeId::SSL_CLIENT)
        );
    }
    assert_eq!(verify("issuer=server-only", "root", X509PurposeId::SSL_SERVER).as_raw(), 0);
}

#[test]
fn a_cross_certificate_leads_to_the_other_root() {
    let check = |words: &str, root: &str| verify(words, root, X509PurposeId::SSL_CLIENT).as_raw();
    let cross = "chain=leaf,cross,second-root";
    assert_eq!(check(cross, "second-root"), 0);
    assert_ne!(check(cross, "root"), 0);
    assert_eq!(check("chain=leaf,cross-expired,second-root", "second-root"), 10);
    assert_eq!(check("chain=leaf,cross-expired,issuing,root", "root"), 0);
    let chain = bundle("chain=cross,cross-expired,issuing");
    let key = |at: usize| chain[at].public_key().unwrap().public_key_to_der().unwrap();
    assert!(key(0) == key(1) && key(1) == key(2));
}

#[test]
fn signatures_and_keys_are_of_the_kind_named() {
    for (words, nid) in [
        ("", Nid::ECDSA_WITH_SHA256),
        ("digest=sha1", Nid::ECDSA_WITH_SHA1),
        ("digest=md5", Nid::MD5WITHRSAENCRYPTION),
        ("issuer=rsa", Nid::SHA256WITHRSAENCRYPTION),
        ("issuer=rsa digest=sha1", Nid::SHA1WITHRSAENCRYPTION),
        ("pss", Nid::RSASSAPSS),
    ] {
        assert_eq!(leaf(words).signature_algorithm().object().nid(), nid, "{words}");
    }
    for (words, bits) in
        [("key=rsa1024", 1024), ("key=rsa2048", 2048), ("key=dsa", 1024), ("key=p224", 224)]
    {
        assert_eq!(leaf(words).public_key().unwrap().bits(), bits, "{words}");
    }
    assert!(text(&leaf("key=p256-explicit")).contains("Field Type: prime-field"));
    assert!(text(&leaf("key=rsa2048e3")).contains("Exponent: 3 "));
    assert!(text(&leaf("key=rsa-pss")).contains("Public Key Algorithm: rsassaPss"));
    assert_eq!(bundle("issuer=sha1")[1].signature_algorithm().object().nid(), Nid::ECDSA_WITH_SHA1);
}

#[test]
fn the_fields_hold_what_the_words_say() {
    for (words, part) in [
        ("v1", "Version: 1 (0x0)"),
        ("serial=0", "Serial Number: 0 (0x0)"),
        ("serial=negative", "(Negative)"),
        ("serial=200", "Serial Number: 200 (0xc8)"),
        ("from=2026-06-01T10:30:00Z", "Not Before: Jun  1 10:30:00 2026"),
        ("until=2056-01-01", "Not After : Jan  1 00:00:00 2056"),
        ("siren=123456789", "OU=0002 123456789,organizationIdentifier=NTRFR-123456789,"),
        ("org=\"Régie des eaux\"", "O=Régie des eaux,"),
        (
            "ou=a org-id=VATFR-1 country=DE",
            "subject C=DE,O=Ville d'Exemple,OU=a,organizationIdentifier=VATFR-1,",
        ),
        ("eku=any", "Any Extended Key Usage"),
        ("eku=emailProtection,timeStamping", "E-mail Protection, Time Stamping"),
        ("ku=keyAgreement,nonRepudiation", "Non Repudiation, Key Agreement"),
        ("policies=2.23.140.1.2.1,1.2.250.1.177.2.5.1.1.1", "Policy: 1.2.250.1.177.2.5.1.1.1"),
        ("precert", "CT Precertificate Poison: critical"),
        ("qc=critical", "qcStatements: critical"),
        ("ca", "CA:TRUE"),
    ] {
        let text = text(&leaf(words));
        assert!(text.contains(part), "{words}: no `{part}` in {text}");
    }
    assert!(!text(&leaf("qc=none")).contains("qcStatements"));
    assert_eq!(text(&leaf("double-extension")).matches("X509v3 Subject Key Identifier").count(), 2);
}

/// The statements are told by the bytes of their OIDs and of the types: `0.4.0.1862.1.6.n`.
#[test]
fn the_statements_are_those_of_the_word() {
    let kind = |number: u8| [0x06, 0x07, 0x04, 0x00, 0x8E, 0x46, 0x01, 0x06, number];
    let statement = |number: u8| [0x06, 0x06, 0x04, 0x00, 0x8E, 0x46, 0x01, number];
    let has = |words: &str, part: &[u8]| {
        file(&format!("{words} form=der")).windows(part.len()).any(|window| window == part)
    };
    for (word, kinds, statements) in [
        ("web", &[3][..], &[1, 5, 6][..]),
        ("esign", &[1], &[1, 5, 6]),
        ("eseal", &[2], &[1, 5, 6]),
        ("double", &[1, 3], &[1, 5, 6]),
        ("no-type", &[], &[1, 5]),
        ("no-compliance", &[3], &[5, 6]),
        ("no-pds", &[3], &[1, 6]),
        ("third-country", &[3], &[1, 5, 6, 7]),
        ("critical", &[3], &[1, 5, 6]),
        ("misplaced", &[3], &[1, 5]),
        ("none", &[], &[]),
    ] {
        let words = format!("qc={word}");
        for number in 1..=3 {
            assert_eq!(has(&words, &kind(number)), kinds.contains(&number), "{words} {number}");
        }
        for number in [1, 5, 6, 7] {
            assert_eq!(
                has(&words, &statement(number)),
                statements.contains(&number),
                "{words} {number}"
            );
        }
    }
}

#[test]
fn the_forms_are_what_openssl_reads_them_as() {
    assert_eq!(
        Pkcs7::from_der(&file("form=p7-der")).unwrap().to_der().unwrap(),
        file("form=p7-der")
    );
    let type_of = |words: &str| Pkcs7::from_pem(&file(words)).unwrap().type_().unwrap().nid();
    assert_eq!(type_of("form=p7-signed"), Nid::PKCS7_SIGNED);
    assert_eq!(type_of("form=p7-enveloped"), Nid::PKCS7_ENVELOPED);
    let empty = Pkcs7::from_pem(&file("form=p7-empty")).unwrap();
    assert!(empty.signed().unwrap().certificates().is_none_or(StackRef::is_empty));
    assert_eq!(X509::stack_from_pem(&file("form=pem")).unwrap().len(), 3);
    assert_eq!(X509::from_der(&file("form=der")).unwrap(), leaf(""));
    let request = X509Req::from_pem(&file("form=csr")).unwrap();
    assert!(request.verify(&leaf("").public_key().unwrap()).unwrap());
    for (words, listed) in [("form=crl", false), ("form=crl revoked", true)] {
        let list = X509Crl::from_pem(&file(words)).unwrap();
        let issuing =
            X509::from_pem(Pki::shared().authority("issuing").unwrap().as_bytes()).unwrap();
        assert!(list.verify(&issuing.public_key().unwrap()).unwrap());
        assert_eq!(list.get_revoked().is_some(), listed, "{words}");
    }
    let container = Pkcs12::from_der(&file("form=p12")).unwrap().parse2(PASSWORD).unwrap();
    assert_eq!(container.cert.unwrap(), leaf(""));
    assert_eq!(container.ca.unwrap().len(), 2);
    for form in ["key", "key-pkcs1", "key-encrypted", "pem-with-key"] {
        let text = String::from_utf8(file(&format!("form={form}"))).unwrap();
        assert!(text.contains("PRIVATE KEY-----"), "{form}");
    }
    openssl::pkey::PKey::private_key_from_der(&file("form=key-der")).unwrap();
    openssl::pkey::PKey::public_key_from_pem(&file("form=public-key")).unwrap();
    for form in ["html", "ssh", "text", "empty"] {
        assert!(X509::stack_from_pem(&file(&format!("form={form}"))).unwrap().is_empty(), "{form}");
    }
}

#[test]
fn labels_and_surroundings_are_as_asked() {
    let text = |words: &str| String::from_utf8(file(words)).unwrap();
    assert!(
        text("form=pem label=\"X509 CERTIFICATE\"")
            .starts_with("-----BEGIN X509 CERTIFICATE-----\n")
    );
    assert!(text("label=CMS").starts_with("-----BEGIN CMS-----\n"));
    assert!(text("crlf").lines().count() > 3 && !text("crlf").replace("\r\n", "").contains('\n'));
    assert!(text("around=text").starts_with("Bag Attributes\n"));
    assert!(file("around=bom").starts_with(&[0xEF, 0xBB, 0xBF]));
    assert!(file("form=der around=trailing").ends_with(&[0; 4]));
}

#[test]
fn a_wrong_word_is_told() {
    let pki = Pki::default();
    for (words, part) in [
        ("wildcard", "`wildcard` is no word of a recipe"),
        ("colour=red", "`colour=` is no word of a recipe"),
        ("org=\"Ville", "a quote is left open"),
        ("key=rsa12", "`key=rsa12` is not known"),
        ("issuer=nobody", "`nobody` is no authority"),
        ("chain=leaf,nobody", "`nobody` is no authority"),
        ("form=zip", "`form=zip` is not known"),
        ("qc=webb", "`qc=webb` is not known"),
        ("ku=sign", "`ku=sign`"),
        ("eku=server", "`server` is no OID"),
        ("from=yesterday", "`yesterday` is no moment"),
        ("serial=x", "`serial=x`"),
        ("around=space", "`around=space`"),
        ("pss digest=sha1", "`pss` goes with"),
        ("digest=sha3", "`digest=sha3` does not go with"),
    ] {
        let error = pki.file(words).unwrap_err();
        assert!(error.contains(part), "{words}: {error}");
    }
    assert_eq!(Recipe::parse("").unwrap(), Recipe::default());
}
