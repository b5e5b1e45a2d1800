//! N and X04: whose certificate it is.

use crate::diagnostic::rule;
use crate::domain::siret;
use crate::domain::x509::Certificate;
use crate::domain::x509::Name;
use crate::domain::x509::name::french_number;
use crate::domain::x509::oid;
use crate::language::Message;
use crate::language::message;
use crate::language::tr;
use crate::validate::certificate::Findings;
use crate::validate::certificate::Subject;

/// The domain of Chorus Pro.
const CHORUS_PRO: &str = "chorus-pro.gouv.fr";

/// The names of AIFE, in capitals without accents.
const AIFE: [&str; 2] = ["AIFE", "AGENCE POUR L'INFORMATIQUE FINANCIERE DE L'ETAT"];

/// The schemes of registration numbers (EN 319 412-1, section 5.1.4), each before a country.
const SCHEMES: [&str; 4] = ["NTR", "VAT", "PSD", "LEI"];

/// N01 to N03, X04.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let leaf = subject.leaf;
    if let Some(message) = subject_fault(&leaf.subject) {
        let help = message!(
            "have the next certificate issued with the organization's number, for example `organizationIdentifier=NTRFR-123456789`"
        );
        findings.add("N01", rule::CERTIFICATE_SUBJECT, message, help);
    }
    let sirens = subject.question.sirens;
    if let Some(found) = leaf.subject.siren()
        && !sirens.is_empty()
        && !sirens.contains(&found.as_str())
    {
        let message = message!(
            "it is of the organization {found} (`{}`), and the structure is {}",
            leaf.subject
                .first(oid::ORGANIZATION)
                .map_or_else(|| tr!("without a name"), str::to_owned),
            sirens[0],
            found
        );
        let help =
            message!("check that it is the right file; for an operator this is as it should be");
        findings.add("N02", rule::CERTIFICATE_OTHER_ORGANISATION, message, help);
    }
    if leaf.names_usage(oid::SERVER_AUTH) {
        alternative_names(leaf, findings);
    }
    let subject_name = &leaf.subject;
    let of_aife = subject_name
        .all(oid::ORGANIZATION)
        .any(|name| AIFE.contains(&without_accents(name).as_str()));
    let of_chorus = subject_name.all(oid::COMMON_NAME).any(|name| {
        let name = name.to_lowercase();
        name == CHORUS_PRO || name.ends_with(&format!(".{CHORUS_PRO}"))
    });
    if of_aife || of_chorus {
        let message = message!("it is AIFE's own certificate (`{subject_name}`)", subject_name);
        let help = message!(
            "give the partner's certificate here, and install AIFE's on the partner's side"
        );
        findings.add("X04", rule::CERTIFICATE_OF_AIFE, message, help);
    }
}

/// N03.
fn alternative_names(leaf: &Certificate, findings: &mut Findings<'_>) {
    let hosts = leaf.hosts();
    let common = leaf.subject.first(oid::COMMON_NAME).map(str::to_lowercase);
    // Only a common name that looks like a host has to be among them.
    let host = common.filter(|name| name.contains('.') && !name.contains(' '));
    let message = match host {
        _ if hosts.is_empty() => message!("it has no alternative name of a host"),
        Some(host) if !hosts.contains(&host) => {
            message!("`{host}` is not among its alternative names", host)
        }
        _ => return,
    };
    let help =
        message!("have the next certificate issued with the host among its alternative names");
    findings.add("N03", rule::CERTIFICATE_NAMES, message, help);
}

/// What a subject lacks.
fn subject_fault(subject: &Name) -> Option<Message> {
    if subject.first(oid::COUNTRY).is_none() {
        return Some(message!("its subject names no country"));
    }
    if subject.first(oid::ORGANIZATION).is_none() {
        return Some(message!("its subject names no organization"));
    }
    let identifiers = subject.organization_identifiers();
    if identifiers.is_empty() {
        return Some(message!("its subject has no registration number of the organization"));
    }
    if identifiers.iter().any(|identifier| is_identifier(identifier)) {
        return None;
    }
    Some(message!("its subject has a registration number of no known form (`{}`)", identifiers[0]))
}

/// Whether a registration number has a known form, and a French one a right SIREN.
fn is_identifier(text: &str) -> bool {
    if let Some(number) = french_number(text) {
        let has_length = matches!(number.len(), 9 | 14);
        return has_length && siret::siren_checksum_matches(&number[..9]);
    }
    let scheme = text.get(..3).is_some_and(|scheme| SCHEMES.contains(&scheme));
    let country =
        text.get(3..5).is_some_and(|code| code.bytes().all(|byte| byte.is_ascii_uppercase()));
    scheme && country && text.len() > 5
}

/// Capitals without the accents that names of French administrations have.
fn without_accents(name: &str) -> String {
    let plain = |c| match c {
        'É' | 'È' | 'Ê' => 'E',
        'À' | 'Â' => 'A',
        'Ç' => 'C',
        '’' => '\'',
        other => other,
    };
    name.trim().to_uppercase().chars().map(plain).collect()
}
