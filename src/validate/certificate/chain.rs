//! C and R01: the way up from the leaf.

use crate::certificate::End;
use crate::certificate::Knowledge;
use crate::certificate::chain::within_constraints;
use crate::certificate::knowledge::OWN_LIST;
use crate::certificate::knowledge::Revocation;
use crate::certificate::knowledge::Status;
use crate::diagnostic::rule;
use crate::domain::edi::Protocol;
use crate::domain::x509::Certificate;
use crate::domain::x509::Container;
use crate::domain::x509::KeyUsage;
use crate::domain::x509::oid;
use crate::language::message;
use crate::validate::certificate::Findings;
use crate::validate::certificate::Subject;
use crate::validate::certificate::file::bundle;

/// The page where a person looks an authority up.
const SEARCH: &str = "https://messervices.cyber.gouv.fr";

/// C01 to C10, and R01.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    if subject.leaf.self_signed {
        let message = message!("`{}` is signed by itself", subject.leaf.subject.short());
        let help = message!("order a certificate of level RGS* or a QWAC from an authority");
        findings.add("C09", rule::CERTIFICATE_SELF_SIGNED, message, help);
        return;
    }
    completeness(subject, findings);
    signatures(subject, findings);
    permissions(subject, findings);
    usages(subject, findings);
    for (_, authority) in subject.path.authorities(subject.file) {
        let day = subject.question.as_of;
        if !authority.is_valid_on(day) {
            let (first, last) = (authority.first_day(), authority.last_day());
            let message = if last < day {
                message!("`{}` ended on {last}", authority.subject.short(), last)
            } else {
                message!("`{}` is valid from {first} only", authority.subject.short(), first)
            };
            let help = message!(
                "get the authority's current certificate, and put it in the place of this one"
            );
            findings.add("C06", rule::CERTIFICATE_ISSUER_EXPIRED, message, help);
        }
    }
    surplus(subject, findings);
    order(subject, findings);
    known(subject, findings);
    revocation(subject, findings);
}

/// C01 and C02.
fn completeness(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Subject { file, path, .. } = subject;
    let named = |one: &Certificate| one.issuer.short();
    // Known to us, and not in the file. The root is another matter.
    for pair in path.members.windows(2) {
        let (Some(child), Some(issuer)) = (file.get(pair[0]), file.get(pair[1])) else { continue };
        if file.holds(pair[1]) || issuer.self_signed {
            continue;
        }
        let message =
            message!("the issuer of `{}`, `{}`, is missing", child.subject.short(), named(child));
        let help = message!("its certificate is known here, and is added by `{}`", bundle(file));
        findings.add("C01", rule::CERTIFICATE_CHAIN_INCOMPLETE, message, help);
    }
    let Some(last) = path.last(file) else { return };
    match path.end {
        End::Open => {
            let message =
                message!("the issuer of `{}`, `{}`, is missing", last.subject.short(), named(last));
            let help = match last.extensions.issuers_at.first() {
                Some(address) => {
                    message!("its certificate is at {address}; add it to the file", address)
                }
                None => message!("get its certificate from the authority, and add it to the file"),
            };
            findings.add("C01", rule::CERTIFICATE_CHAIN_INCOMPLETE, message, help);
        }
        End::Anchor => {
            let message = message!("the root `{}` is not in the file", named(last));
            let help = message!("add the root, which the authority publishes");
            findings.add("C02", rule::CERTIFICATE_ROOT_MISSING, message, help);
        }
        End::Root if path.members.last().is_some_and(|index| !file.holds(*index)) => {
            let message = message!("the root `{}` is not in the file", last.subject.short());
            let help =
                message!("its certificate is known here, and is added by `{}`", bundle(file));
            findings.add("C02", rule::CERTIFICATE_ROOT_MISSING, message, help);
        }
        End::Root => {}
    }
}

/// C03.
fn signatures(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some((child, issuer)) = subject.path.first_unverified(subject.file) else { return };
    let (Some(child), Some(issuer)) = (subject.file.get(child), subject.file.get(issuer)) else {
        return;
    };
    let message = message!(
        "the signature of `{}` was not made by `{}`",
        child.subject.short(),
        issuer.subject.short()
    );
    let help = message!(
        "get the chain again from the authority: one of the two is altered, or belongs to another chain"
    );
    findings.add("C03", rule::CERTIFICATE_SIGNATURE_INVALID, message, help);
}

/// C04.
fn permissions(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let help = message!("get the chain again from the authority that issued the certificate");
    // How many authorities that are not self-issued stand below (RFC 5280, section 6.1.4 (l)).
    let mut below = 0;
    for (_, authority) in subject.path.authorities(subject.file) {
        let extensions = &authority.extensions;
        let signs =
            |usages: &std::collections::BTreeSet<_>| usages.contains(&KeyUsage::KeyCertSign);
        let reason = if !authority.is_authority() {
            Some(message!("it is no authority's certificate"))
        } else if !extensions.key_usage.as_ref().is_none_or(signs) {
            Some(message!("its key may not sign certificates"))
        } else if extensions.path_length.is_some_and(|length| usize::from(length) < below) {
            Some(message!(
                "one authority stands below it, more than it allows"
                    | "{n} authorities stand below it, more than it allows" % below
            ))
        } else {
            None
        };
        if let Some(reason) = reason {
            let message =
                message!("`{}` may not issue this: {reason}", authority.subject.short(), reason);
            findings.add("C04", rule::CERTIFICATE_ISSUER_NOT_ALLOWED, message, help.clone());
        }
        below += usize::from(authority.subject != authority.issuer);
    }
    if !within_constraints(subject.file, subject.path) {
        let message = message!(
            "the names of `{}` are not among those for which its authority may issue",
            subject.leaf.subject.short()
        );
        findings.add("C04", rule::CERTIFICATE_ISSUER_NOT_ALLOWED, message, help.clone());
    }
}

/// C05.
fn usages(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let Some(protocol) = subject.question.protocol else { return };
    let allowed = |usage: &str| {
        subject.path.authorities(subject.file).find(|(_, authority)| !authority.allows(usage))
    };
    let denied = match protocol {
        Protocol::Sftp | Protocol::Pesit => {
            if !subject.leaf.allows(oid::CLIENT_AUTH) {
                return;
            }
            allowed(oid::CLIENT_AUTH).map(|(_, authority)| (authority, true))
        }
        // One of the two is enough.
        Protocol::As2 => match (allowed(oid::SERVER_AUTH), allowed(oid::CLIENT_AUTH)) {
            (Some((_, authority)), Some(_)) => Some((authority, false)),
            _ => None,
        },
    };
    if let Some((authority, is_client)) = denied {
        let name = || authority.subject.short();
        let (message, help) = if is_client {
            (
                message!("`{name}` may not issue for clients", name = name()),
                message!("order the certificate from an authority that issues for clients"),
            )
        } else {
            (
                message!("`{name}` may not issue for servers or clients", name = name()),
                message!(
                    "order the certificate from an authority that issues for servers or clients"
                ),
            )
        };
        findings.add("C05", rule::CERTIFICATE_ISSUER_USAGE, message, help);
    }
}

/// C07.
fn surplus(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let leaves = subject.file.end_entities();
    for (index, one) in subject.file.certificates.iter().enumerate() {
        // Several leaves are told by F12.
        if subject.path.members.contains(&index) || leaves.contains(&index) {
            continue;
        }
        let name = || one.subject.short();
        let message = if one.is_valid_on(subject.question.as_of) {
            message!("`{name}` does not belong to the chain", name = name())
        } else {
            message!(
                "`{name}` does not belong to the chain, and ended on {last}",
                name = name(),
                last = one.last_day()
            )
        };
        findings.add(
            "C07",
            rule::CERTIFICATE_CHAIN_SURPLUS,
            message,
            message!("remove it from the file"),
        );
    }
}

/// C08. In PKCS#7 certificates are a set.
fn order(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let own: Vec<usize> =
        subject.path.members.iter().copied().filter(|index| subject.file.holds(*index)).collect();
    if subject.file.container == Container::Bare && !own.is_sorted() {
        let message =
            message!("the certificates do not stand in the order of the chain, the leaf first");
        let help = message!("order them, or make a file without order: `{}`", bundle(subject.file));
        findings.add("C08", rule::CERTIFICATE_CHAIN_ORDER, message, help);
    }
}

/// C10.
fn known(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let knowledge = subject.question.knowledge;
    let rows: Vec<_> = subject
        .path
        .authorities(subject.file)
        .filter_map(|(_, authority)| knowledge.authority(&authority.fingerprint))
        .collect();
    if let Some(row) = rows.iter().find(|row| row.status == Status::Withdrawn) {
        let date = Knowledge::list(&row.list).map(|list| list.date);
        let name = &row.name;
        let message = match date {
            Some(date) => {
                message!("the service of `{name}` was withdrawn in the list of {date}", name, date)
            }
            None => message!("the service of `{name}` was withdrawn in the list", name),
        };
        let help =
            message!("look it up at {SEARCH}, and order from an authority that is listed", SEARCH);
        findings.add("C10", rule::CERTIFICATE_AUTHORITY_UNKNOWN, message, help);
    } else if rows.is_empty() {
        let issuer = || subject.leaf.issuer.short();
        let message = match Knowledge::date() {
            Some(date) => message!(
                "`{issuer}` is in no list that is known here (France of {date})",
                issuer = issuer(),
                date
            ),
            None => {
                message!("`{issuer}` is in no list that is known here (France)", issuer = issuer())
            }
        };
        let help = message!(
            "look it up at {SEARCH}; when it is fit, name its certificate under `catalogue.certificate_authorities` in `{OWN_LIST}`",
            SEARCH,
            OWN_LIST
        );
        findings.add("C10", rule::CERTIFICATE_AUTHORITY_UNKNOWN, message, help);
    }
}

/// R01.
fn revocation(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let members: Vec<&Certificate> =
        subject.path.members.iter().filter_map(|index| subject.file.get(*index)).collect();
    let knowledge = subject.question.knowledge;
    for pair in members.windows(2) {
        if knowledge.revocation(pair[0], pair[1]) == Revocation::Revoked {
            let name = || pair[0].subject.short();
            let message =
                message!("`{name}` was revoked by `{}`", pair[1].subject.short(), name = name());
            findings.add(
                "R01",
                rule::CERTIFICATE_REVOKED,
                message,
                message!("order a new certificate"),
            );
        }
    }
    let leaf = members.windows(2).next().map(|pair| knowledge.revocation(pair[0], pair[1]));
    if leaf.unwrap_or(Revocation::Unchecked) == Revocation::Unchecked {
        let at = &subject.leaf.extensions;
        let places: Vec<&str> = at.crls_at.iter().chain(&at.ocsp_at).map(String::as_str).collect();
        let help = if places.is_empty() {
            message!("ask the authority")
        } else {
            message!("its authority answers at {}", places.join(", "))
        };
        let message = message!("whether it was revoked is not checked without network");
        findings.add("R01", rule::CERTIFICATE_REVOCATION_UNCHECKED, message, help);
    }
}
