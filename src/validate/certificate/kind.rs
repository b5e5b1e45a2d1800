//! P: what kind of certificate it is.

use crate::certificate::profile;
use crate::certificate::profile::Profile;
use crate::diagnostic::rule;
use crate::domain::x509::AlternativeName;
use crate::domain::x509::Certificate;
use crate::domain::x509::oid;
use crate::language::Message;
use crate::language::message;
use crate::validate::certificate::Findings;
use crate::validate::certificate::Subject;

/// Words in a name that say that a certificate is for tests.
const TEST_WORDS: [&str; 4] = ["TEST", "TESTS", "RECETTE", "QUALIFICATION"];

/// The arc of policies that mean nothing.
const TEST_ARC: &str = "1.2.3.";

/// P01 to P08.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (leaf, knowledge) = (subject.leaf, subject.question.knowledge);
    let contradictions = profile::contradictions(leaf, knowledge);
    for contradiction in &contradictions {
        let message =
            message!("it claims to be qualified for the web, but {contradiction}", contradiction);
        findings.add(
            "P02",
            rule::CERTIFICATE_QWAC_CONTRADICTION,
            message,
            message!("ask the authority"),
        );
    }
    level(subject, contradictions.is_empty(), findings);
    if let Some(mark) = test_mark(leaf) {
        let message = message!("it was made for tests: {mark}", mark);
        let help = message!("order a certificate of level RGS* or a QWAC");
        findings.add("P07", rule::CERTIFICATE_TEST, message, help);
    }
    let is_wildcard = |name: &str| name.starts_with("*.");
    let hosts = leaf.extensions.alternative_names.iter().filter_map(|name| match name {
        AlternativeName::Dns(host) => Some(host.as_str()),
        _ => None,
    });
    let mut names = hosts.chain(leaf.subject.all(oid::COMMON_NAME));
    if let Some(name) = names.find(|name| is_wildcard(name)) {
        let message = message!("it is for all hosts of a domain (`{name}`)", name);
        findings.add(
            "P08",
            rule::CERTIFICATE_WILDCARD,
            message,
            message!("order one for the host itself"),
        );
    }
}

/// P01, P03, P04, P05, P06.
fn level(subject: &Subject<'_>, is_consistent: bool, findings: &mut Findings<'_>) {
    let order =
        message!("order a certificate of level RGS* or a QWAC, for a server or of client type");
    match subject.profile {
        Profile::Qwac(because) => {
            findings.add(
                "P01",
                rule::CERTIFICATE_QWAC,
                message!("it is a QWAC: {because}", because),
                "",
            );
        }
        Profile::Rgs(row) => {
            let level = match &row.level {
                Some(level) => Message::from(level.as_str()),
                None => message!("a level of the RGS"),
            };
            let message = message!(
                "its policy {} stands for {level} (known from {})",
                row.oid,
                row.source,
                level
            );
            findings.add("P03", rule::CERTIFICATE_RGS, message, "");
            if !profile::is_sure(subject.profile) {
                let message =
                    message!("that its policy {} stands for {level} is not sure", row.oid, level);
                findings.add("P04", rule::CERTIFICATE_LEVEL_UNDETERMINED, message, confirm());
            }
        }
        Profile::DomainValidated => {
            let message = message!("only its domain was checked: it is neither RGS* nor QWAC");
            findings.add("P06", rule::CERTIFICATE_DOMAIN_VALIDATED, message, order);
        }
        Profile::Other(kind) => {
            let message = message!("it is {kind}, expected a certificate of a server", kind);
            findings.add("P05", rule::CERTIFICATE_WRONG_KIND, message, order);
        }
        // A contradiction was told, and says more.
        Profile::Undetermined(_) if !is_consistent => {}
        Profile::Undetermined(found) => {
            let message = message!("nothing shows that it is RGS* or QWAC: {found}", found);
            findings.add("P04", rule::CERTIFICATE_LEVEL_UNDETERMINED, message, confirm());
        }
    }
}

/// How a level is confirmed.
fn confirm() -> Message {
    message!("ask the authority for the level of this policy, and note it under `catalogue.certificate_policies`")
        .to_owned()
}

/// What says that a certificate is for tests.
fn test_mark(leaf: &Certificate) -> Option<Message> {
    let kinds = [oid::COMMON_NAME, oid::ORGANIZATION, oid::ORGANIZATIONAL_UNIT];
    for (is_subject, name) in [(true, &leaf.subject), (false, &leaf.issuer)] {
        for value in kinds.iter().flat_map(|kind| name.all(kind)) {
            let mut words = value.split(|c: char| !c.is_alphanumeric());
            if words.any(|word| TEST_WORDS.contains(&word.to_uppercase().as_str())) {
                return Some(if is_subject {
                    message!("its subject is called `{value}`", value)
                } else {
                    message!("its issuer is called `{value}`", value)
                });
            }
        }
    }
    let policy = leaf.extensions.policies.iter().find(|policy| policy.oid.starts_with(TEST_ARC))?;
    Some(message!("its policy is {}", policy.oid))
}
