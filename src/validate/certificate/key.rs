//! K: keys and signatures (ANSSI, RGS, annex B1).

use jiff::civil::Date;
use jiff::civil::date;

use crate::diagnostic::rule;
use crate::domain::x509::Digest;
use crate::domain::x509::Key;
use crate::language::message;
use crate::validate::certificate::Findings;
use crate::validate::certificate::Subject;

/// The last day on which 2048 bits are enough for RSA.
const SHORT_RSA_UNTIL: Date = date(2030, 12, 31);

/// The curves that are seen everywhere, by their names in OpenSSL.
const CURVES: [&str; 3] = ["prime256v1", "secp384r1", "secp521r1"];

/// K01 to K04.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let leaf = subject.leaf;
    let order = message!("make a new key, and order a certificate for it");
    match &leaf.key {
        Key::Rsa { bits, .. } if *bits < 2048 => {
            let message = message!("its RSA key has {bits} bits, expected 2048 or more", bits);
            findings.add("K01", rule::CERTIFICATE_KEY_SHORT, message, order.clone());
        }
        Key::Rsa { bits, .. } if *bits < 3072 && leaf.last_day() > SHORT_RSA_UNTIL => {
            let message = message!(
                "its RSA key has {bits} bits and it lasts until {}; after 2030 at least 3072 are asked for",
                leaf.last_day(),
                bits
            );
            let help = message!("take 3072 bits or more for the next key");
            findings.add("K01", rule::CERTIFICATE_KEY_SHORT_LATER, message, help);
        }
        Key::Ec { bits, .. } if *bits < 256 => {
            let message = message!("its curve has {bits} bits, expected 256 or more", bits);
            findings.add("K01", rule::CERTIFICATE_KEY_SHORT, message, order.clone());
        }
        _ => {}
    }
    let members = subject.path.members.iter().filter_map(|index| subject.file.get(*index));
    for one in members.filter(|one| !one.self_signed) {
        if let Some(Digest::Weak(digest)) = one.signature.digest {
            let message = message!("`{}` is signed with {digest}", one.subject.short(), digest);
            let help = message!("order a certificate that is signed with SHA-256 or better");
            findings.add("K02", rule::CERTIFICATE_SIGNATURE_WEAK, message, help);
        }
    }
    let unusual = match &leaf.key {
        Key::Rsa { .. } => leaf.signature.pss.then(|| message!("it is signed with RSASSA-PSS")),
        Key::Ec { curve: None, .. } => Some(message!("its curve is written out instead of named")),
        Key::Ec { curve: Some(curve), .. } => {
            let is_usual = CURVES.contains(&curve.as_str()) || curve.starts_with("brainpool");
            (!is_usual).then(|| message!("its curve is {curve}", curve))
        }
        Key::Other(name) => Some(message!("its key is of kind {name}", name)),
    };
    if let Some(unusual) = unusual {
        let message = message!(
            "{unusual}, expected RSA with PKCS#1, or a curve of NIST or Brainpool",
            unusual
        );
        let help =
            message!("ask whether the exchange system takes it, or make a key of a usual kind");
        findings.add("K03", rule::CERTIFICATE_ALGORITHM, message, help);
    }
    if matches!(leaf.key, Key::Rsa { large_exponent: false, .. }) {
        let message = message!("the public exponent of its RSA key is below 65537");
        findings.add("K04", rule::CERTIFICATE_EXPONENT, message, order.clone());
    }
}
