//! Would Chorus Pro take this file? The checks of one certificate file, for one use on one day.
//!
//! Each check has an id of one letter and two digits, and a rule of the catalogue: [`mod@file`] (F), [`chain`] (C, R01),
//! [`days`] (V), [`kind`] (P), [`usage`] (U), [`key`] (K), [`names`] (N, X04). What needs several files, the other checks
//! named X, is in `validate::rules`; what needs the certificate before, R02, in `plan`.

mod chain;
mod days;
mod file;
mod key;
mod kind;
mod names;
mod usage;

#[cfg(test)]
mod tests;

use jiff::civil::Date;

use crate::certificate::Knowledge;
use crate::certificate::Path;
use crate::certificate::path;
use crate::certificate::profile;
use crate::certificate::profile::Profile;
use crate::diagnostic::Rule;
use crate::diagnostic::Severity;
use crate::diagnostic::rule;
use crate::domain::edi::Protocol;
use crate::domain::edi::Slot;
use crate::domain::edi::Validity;
use crate::domain::environment::Stage;
use crate::domain::x509::Certificate;
use crate::domain::x509::CertificateFile;
use crate::language::Message;

/// What a certificate is wanted for. What is not known leaves out the checks that need it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    /// The protocol of the sheet.
    pub(crate) protocol: Option<Protocol>,
    /// The slot of the sheet.
    pub(crate) slot: Option<Slot>,
    /// The validity of the sheet.
    pub(crate) validity: Option<Validity>,
    /// The SIRENs whose certificate it may be: the structure's, and those of the project's operators.
    pub(crate) sirens: &'a [&'a str],
    /// Where it shall serve.
    pub(crate) stage: Stage,
    /// The day.
    pub(crate) as_of: Date,
    /// How many days before its end a certificate is warned about.
    pub(crate) warning_days: u32,
    /// Whether remarks about level, chain and authority are errors.
    pub(crate) strict: bool,
    /// Lists of authorities and policies.
    pub(crate) knowledge: &'a Knowledge,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The check, for example `C01`.
    pub(crate) check: &'static str,
    /// Its rule.
    pub(crate) rule: &'static Rule,
    /// How much it weighs here.
    pub(crate) severity: Severity,
    /// What was found and what was expected.
    pub(crate) message: Message,
    /// What to do; empty when there is nothing to do.
    pub(crate) help: Message,
}

/// What is to be said about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Examination {
    /// The best way up from its leaf.
    pub(crate) path: Path,
    /// The kind of its leaf.
    pub(crate) profile: Profile,
    /// What was found, in the order of the checks.
    pub(crate) findings: Vec<Finding>,
}

/// Whether Chorus Pro would take a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// Nothing speaks against it.
    Accepted,
    /// Its level or its authority cannot be shown from what is known here.
    ToConfirm,
    /// At least one check fails.
    Refused,
}

impl Verdict {
    /// Its word in JSON.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::ToConfirm => "to_confirm",
            Self::Refused => "refused",
        }
    }
}

impl Examination {
    /// The verdict that the findings give.
    pub(crate) fn verdict(&self) -> Verdict {
        verdict(&self.findings)
    }
}

/// The checks that leave a verdict open.
pub(crate) const OPEN: [&str; 2] = ["P04", "C10"];

/// The verdict of some findings.
pub(crate) fn verdict(findings: &[Finding]) -> Verdict {
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        Verdict::Refused
    } else if findings.iter().any(|finding| OPEN.contains(&finding.check)) {
        Verdict::ToConfirm
    } else {
        Verdict::Accepted
    }
}

/// Makes all checks of a file. `question` says for what, and for which day.
pub(crate) fn examine(file: &CertificateFile, question: &Question<'_>) -> Examination {
    let path = path::best(file, file.leaf, question.as_of, question.knowledge);
    let profile = profile::profile(file, &path, question.knowledge);
    let mut findings = Findings { question, found: Vec::new() };
    file::check(file, &mut findings);
    if let Some(leaf) = file.leaf() {
        let subject = Subject { file, leaf, path: &path, profile: &profile, question };
        days::check(&subject, &mut findings);
        // Without a leaf, F11 has said what matters.
        if leaf.is_authority() {
            return Examination { path, profile, findings: findings.found };
        }
        chain::check(&subject, &mut findings);
        kind::check(&subject, &mut findings);
        usage::check(&subject, &mut findings);
        key::check(&subject, &mut findings);
        names::check(&subject, &mut findings);
    }
    let findings = findings.found;
    Examination { path, profile, findings }
}

/// The rules that are told by `certificates inspect` only: they say what is so, not what is wrong.
pub(crate) fn is_fact(finding: &Finding) -> bool {
    rule::CERTIFICATE_FACT_RULES.rules.contains(&finding.rule)
}

/// What a check looks at.
#[derive(Clone, Copy)]
struct Subject<'a> {
    file: &'a CertificateFile,
    leaf: &'a Certificate,
    path: &'a Path,
    profile: &'a Profile,
    question: &'a Question<'a>,
}

/// Collects findings, each with its weight.
struct Findings<'a> {
    question: &'a Question<'a>,
    found: Vec<Finding>,
}

impl Findings<'_> {
    fn add(
        &mut self,
        check: &'static str,
        rule: &'static Rule,
        message: impl Into<Message>,
        help: impl Into<Message>,
    ) {
        let severity = match rule.severity_in(self.question.stage) {
            Severity::Warning if rule.strict && self.question.strict => Severity::Error,
            severity => severity,
        };
        let (message, help) = (message.into(), help.into());
        self.found.push(Finding { check, rule, severity, message, help });
    }
}
