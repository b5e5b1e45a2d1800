//! What is to be shown of one certificate file.

use std::sync::Arc;

use jiff::civil::Date;

use crate::certificate::End;
use crate::certificate::Knowledge;
use crate::certificate::knowledge::Status;
use crate::certificate::profile::Profile;
use crate::certificate::refusal::Refusal;
use crate::diagnostic::Rule;
use crate::diagnostic::Severity;
use crate::diagnostic::rule;
use crate::domain::x509::Certificate;
use crate::domain::x509::CertificateFile;
use crate::language::Message;
use crate::language::message;
use crate::validate::certificate::Examination;
use crate::validate::certificate::Finding;
use crate::validate::certificate::OPEN;
use crate::validate::certificate::Verdict;

/// One certificate file as it is shown.
#[derive(Clone, Debug)]
pub(crate) struct Inspection {
    /// The file, as it was named.
    pub(crate) file: String,
    /// Whether Chorus Pro would take it.
    pub(crate) verdict: Verdict,
    /// What it holds; `None` when it holds no certificate that could be used.
    pub(crate) held: Option<Held>,
    /// What was found, in the order of the checks.
    pub(crate) findings: Vec<Told>,
}

/// What a file holds.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    /// The kind of its leaf.
    pub(crate) profile: Profile,
    /// The way up, the leaf first. Never empty.
    pub(crate) path: Vec<Member>,
    /// The issuer of the last of them, when its certificate is neither in the file nor known here.
    pub(crate) missing: Option<Missing>,
    /// What else is in the file.
    pub(crate) beside: Vec<Member>,
}

/// One certificate of a chain.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// The certificate.
    pub(crate) certificate: Arc<Certificate>,
    /// Whether it lies in the file, or is only known here.
    pub(crate) in_file: bool,
    /// The list in which it stands as an authority.
    pub(crate) listed: Option<Listed>,
}

/// The list in which an authority stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    /// The key of the list, or the file in which someone wrote that the authority is trusted.
    pub(crate) list: String,
    /// The day of the list.
    pub(crate) date: Option<Date>,
    /// Whether the list says that it may no longer issue.
    pub(crate) withdrawn: bool,
}

/// An issuer whose certificate is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Missing {
    /// What a person calls it.
    pub(crate) name: String,
    /// Where its certificate can be fetched, as the certificate below it says.
    pub(crate) at: Vec<String>,
}

/// One finding. A file that cannot be read has one that no check of certificates made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// The check, for example `C01`.
    pub(crate) check: Option<&'static str>,
    /// Its rule.
    pub(crate) rule: &'static Rule,
    /// How much it weighs.
    pub(crate) severity: Severity,
    /// What was found.
    pub(crate) message: Message,
    /// What to do; empty when there is nothing to do.
    pub(crate) help: Message,
}

impl Inspection {
    /// A file that was examined.
    pub(crate) fn examined(
        file: &CertificateFile,
        examination: Examination,
        knowledge: &Knowledge,
    ) -> Self {
        let verdict = examination.verdict();
        let Examination { path, profile, findings } = examination;
        let member = |index: usize| member(file, index, knowledge);
        let last = path.last(file).filter(|_| path.end != End::Root);
        let beside = (0..file.certificates.len()).filter(|index| !path.members.contains(index));
        Self {
            file: file.path.clone(),
            verdict,
            held: Some(Held {
                profile,
                missing: last.map(Missing::above),
                beside: beside.filter_map(member).collect(),
                path: path.members.iter().copied().filter_map(member).collect(),
            }),
            findings: findings.into_iter().map(Told::of).collect(),
        }
    }

    /// A file that holds no certificate that could be used.
    pub(crate) fn refused(file: String, refusal: &Refusal) -> Self {
        let (check, rule) = refusal.check();
        let message = Message::of(|| refusal.to_string());
        Self::without(file, Some(check), rule, message, refusal.help())
    }

    /// A file that could not be read.
    pub(crate) fn unreadable(file: String, why: &Message) -> Self {
        let help = message!("check its name, and who may read it");
        Self::without(
            file,
            None,
            rule::UNREADABLE_FILE,
            message!("it cannot be read: {why}", why),
            help,
        )
    }

    fn without(
        file: String,
        check: Option<&'static str>,
        rule: &'static Rule,
        message: Message,
        help: Message,
    ) -> Self {
        let severity = Severity::Error;
        let told = Told { check, rule, severity, message, help };
        Self { file, verdict: Verdict::Refused, held: None, findings: vec![told] }
    }
}

impl Missing {
    /// The issuer of a certificate.
    pub(crate) fn above(certificate: &Certificate) -> Self {
        let at = certificate.extensions.issuers_at.clone();
        Self { name: certificate.issuer.short(), at }
    }
}

impl Listed {
    /// Where an authority stands.
    pub(crate) fn of(certificate: &Certificate, knowledge: &Knowledge) -> Option<Self> {
        let row = knowledge.authority(&certificate.fingerprint)?;
        Some(Self {
            list: row.list.clone(),
            date: Knowledge::list(&row.list).map(|list| list.date),
            withdrawn: row.status == Status::Withdrawn,
        })
    }
}

impl Told {
    /// Whether it leaves the verdict open.
    pub(crate) fn is_open(&self) -> bool {
        self.check.is_some_and(|check| OPEN.contains(&check))
    }

    fn of(finding: Finding) -> Self {
        let Finding { check, rule, severity, message, help } = finding;
        Self { check: Some(check), rule, severity, message, help }
    }
}

fn member(file: &CertificateFile, index: usize, knowledge: &Knowledge) -> Option<Member> {
    let certificate = Arc::clone(file.shared(index)?);
    let listed = Listed::of(&certificate, knowledge);
    Some(Member { certificate, in_file: file.holds(index), listed })
}
