//! U: what the leaf may be used for.

use crate::certificate::Knowledge;
use crate::diagnostic::rule;
use crate::domain::edi::Protocol;
use crate::domain::edi::Slot;
use crate::domain::x509::Key;
use crate::domain::x509::KeyUsage;
use crate::domain::x509::oid;
use crate::language::message;
use crate::validate::certificate::Findings;
use crate::validate::certificate::Subject;

/// U01 to U07.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (leaf, question) = (subject.leaf, subject.question);
    let usages = leaf.extensions.extended_key_usage.as_ref();
    let named = usages.map_or_else(String::new, |usages| {
        usages.iter().map(|usage| oid::word(usage)).collect::<Vec<_>>().join(", ")
    });
    let (server, client) = (leaf.allows(oid::SERVER_AUTH), leaf.allows(oid::CLIENT_AUTH));
    match question.protocol {
        Some(Protocol::As2) if !server && !client => {
            let message =
                message!("its usages are {named}, expected serverAuth or clientAuth", named);
            let help = message!("order a certificate for a server");
            findings.add("U01", rule::CERTIFICATE_NO_TLS_USAGE, message, help);
        }
        Some(protocol @ (Protocol::Sftp | Protocol::Pesit)) if !client => {
            let message = message!(
                "its usages are {named}, expected clientAuth: {protocol} takes the client type",
                named,
                protocol
            );
            let help = message!("order a certificate of client type («Serveur de type Client»)");
            findings.add("U02", rule::CERTIFICATE_NOT_CLIENT, message, help);
        }
        _ => {}
    }
    key_usage(subject, findings);
    let only_any = usages.is_some_and(|usages| usages.iter().all(|usage| usage == oid::ANY_USAGE));
    if usages.is_none() || only_any {
        let message = message!("it does not say for what it is: it names no extended usage");
        let help =
            message!("ask the authority for a certificate that names serverAuth or clientAuth");
        findings.add("U04", rule::CERTIFICATE_USAGE_UNSTATED, message, help);
    }
    client_usage_ends(subject, findings);
    slot(subject, findings);
}

/// U03 and U05.
fn key_usage(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let leaf = subject.leaf;
    let usages = leaf.extensions.key_usage.as_ref();
    let may = |usage: KeyUsage| usages.is_none_or(|usages| usages.contains(&usage));
    if !may(KeyUsage::DigitalSignature) {
        let named: Vec<&str> = usages.into_iter().flatten().map(|usage| usage.word()).collect();
        let message =
            message!("its key usages are {}, expected digitalSignature", named.join(", "));
        let help = message!("order a certificate whose key may sign");
        findings.add("U03", rule::CERTIFICATE_KEY_USAGE, message, help);
    }
    if subject.question.protocol != Some(Protocol::As2) {
        return;
    }
    let missing = if !matches!(leaf.key, Key::Rsa { .. }) {
        message!("its key is {}, expected RSA", leaf.key)
    } else if !may(KeyUsage::KeyEncipherment) {
        message!("its key usages lack keyEncipherment")
    } else {
        return;
    };
    let message =
        message!("Chorus Pro may not be able to encrypt AS2 messages to it: {missing}", missing);
    let help = message!("order a certificate with an RSA key and the usage keyEncipherment");
    findings.add("U05", rule::CERTIFICATE_ENCRYPTION, message, help);
}

/// U06.
fn client_usage_ends(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let is_browser_root = subject
        .path
        .authorities(subject.file)
        .any(|(_, authority)| Knowledge::is_browser_root(&authority.fingerprint));
    if subject.leaf.names_usage(oid::CLIENT_AUTH) && is_browser_root {
        let message = message!(
            "its authority is trusted by browsers, whose rules end clientAuth for certificates issued from 2027-03-15 on"
        );
        let help = message!("ask the authority whether the next one will still be of client type");
        findings.add("U06", rule::CERTIFICATE_CLIENT_USAGE_ENDS, message, help);
    }
}

/// U07. Where the protocol asks for the client type, U02 tells it.
fn slot(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let leaf = subject.leaf;
    let (server, client) = (leaf.names_usage(oid::SERVER_AUTH), leaf.names_usage(oid::CLIENT_AUTH));
    let message = match subject.question.slot {
        Some(Slot::Server) if client && !server => {
            message!("it is of client type, and stands in the slot «Certificat Serveur»")
        }
        Some(Slot::Client) if server && !client => {
            message!("it is a server's, and stands in the slot «Certificat Client»")
        }
        _ => return,
    };
    // AS2 has one slot, and takes both types in it.
    if subject.question.protocol == Some(Protocol::As2) {
        return;
    }
    let help = message!("check whether the certificates of the two slots were swapped");
    findings.add("U07", rule::CERTIFICATE_SLOT_USAGE, message, help);
}
