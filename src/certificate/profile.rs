//! What kind of certificate a leaf is, as far as the file can show it.
//!
//! A qualified certificate says so in statements (EN 319 412-5) and policies (EN 319 411-2). A level of the RGS is written
//! nowhere but in the policy of its authority, so that a table has to know it; what no table knows is undetermined.

use std::fmt;

use crate::certificate::knowledge::Confidence;
use crate::certificate::knowledge::Knowledge;
use crate::certificate::knowledge::PolicyProfile;
use crate::certificate::knowledge::PolicyRow;
use crate::certificate::knowledge::Status;
use crate::certificate::path::Path;
use crate::domain::x509::Certificate;
use crate::domain::x509::CertificateFile;
use crate::domain::x509::Qualified;
use crate::domain::x509::oid;
use crate::language::Message;
use crate::language::message;
use crate::language::tr;

/// The kind of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Qualified for web authentication; says what shows it.
    Qwac(Message),
    /// A level of the RGS, by a row of the table of policies.
    Rgs(PolicyRow),
    /// Only its domain was checked.
    DomainValidated,
    /// It is for something else; says for what.
    Other(Message),
    /// Nothing in the file shows it; says what was found.
    Undetermined(Message),
}

impl Profile {
    /// Its word in JSON.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Qwac(_) => "qwac",
            Self::Rgs(_) => "rgs",
            Self::DomainValidated => "dv",
            Self::Other(_) => "other",
            Self::Undetermined(_) => "undetermined",
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Qwac(because) => write!(f, "QWAC ({because})"),
            Self::Rgs(row) => write!(f, "{} ({})", row.level.as_deref().unwrap_or("RGS"), row.name),
            Self::DomainValidated => f.write_str(&tr!("domain-validated")),
            Self::Other(kind) => f.write_str(kind),
            Self::Undetermined(_) => f.write_str(&tr!("undetermined")),
        }
    }
}

/// What contradicts a claim to be qualified for web authentication; empty when there is no claim, or it is whole.
pub(crate) fn contradictions(leaf: &Certificate, knowledge: &Knowledge) -> Vec<Message> {
    let web_policy = web_policy(leaf, knowledge);
    let Some(qualified) = &leaf.extensions.qualified else {
        // A policy that asks for the statements, without them. That of one authority may cover older certificates.
        return web_policy
            .filter(|row| row.owner == "ETSI")
            .map(|row| {
                message!(
                    "its policy {} is for qualified certificates, and it has no statements",
                    row.oid
                )
            })
            .into_iter()
            .collect();
    };
    let claims_web = qualified.types.iter().any(|kind| kind == oid::QC_TYPE_WEB);
    if web_policy.is_none() && !claims_web {
        return Vec::new();
    }
    let mut found = Vec::new();
    if !qualified.compliance {
        found.push(message!("the statement QcCompliance is missing"));
    }
    if qualified.types.is_empty() {
        found.push(message!("the statement QcType is missing"));
    } else if qualified.types != [oid::QC_TYPE_WEB] {
        let kinds: Vec<&str> = qualified.types.iter().map(|kind| oid::word(kind)).collect();
        found.push(message!("its QcType is {}, expected web alone", kinds.join(&tr!(" and "))));
    }
    if !qualified.legislation.is_empty() {
        found.push(message!(
            "it is qualified under the law of {}",
            qualified.legislation.join(", ")
        ));
    }
    if qualified.critical {
        found.push(message!("its statements are critical"));
    }
    if qualified.unreadable {
        found.push(message!("one of its statements cannot be read"));
    }
    found
}

/// The kind of the leaf of a way up.
pub(crate) fn profile(file: &CertificateFile, path: &Path, knowledge: &Knowledge) -> Profile {
    let Some(leaf) = path.members.first().and_then(|index| file.get(*index)) else {
        return Profile::Undetermined(Message::default());
    };
    if let Some(kind) = wrong_kind(leaf, knowledge) {
        return Profile::Other(kind);
    }
    let statements = leaf.extensions.qualified.as_ref();
    if statements.is_some_and(is_whole) && contradictions(leaf, knowledge).is_empty() {
        if let Some(row) = web_policy(leaf, knowledge) {
            return Profile::Qwac(message!("statements, and policy {} {}", row.oid, row.name));
        }
        let issuer = path.members.get(1).and_then(|index| file.get(*index));
        let listed = issuer
            .and_then(|issuer| knowledge.authority(&issuer.fingerprint))
            .filter(|row| row.web == Some(true) && row.status == Status::Granted);
        if let Some(row) = listed {
            return Profile::Qwac(message!(
                "statements, and {} is listed for web authentication",
                row.name
            ));
        }
    }
    let rows =
        || leaf.extensions.policies.iter().filter_map(|policy| knowledge.policy(&policy.oid));
    if let Some(row) = rows().find(|row| row.profile == PolicyProfile::Rgs) {
        return Profile::Rgs(row.clone());
    }
    if rows().any(|row| row.profile == PolicyProfile::Dv) {
        return Profile::DomainValidated;
    }
    Profile::Undetermined(what_was_found(leaf))
}

/// Whether the level of a profile is sure enough to rely on.
pub(crate) fn is_sure(profile: &Profile) -> bool {
    match profile {
        Profile::Qwac(_) => true,
        Profile::Rgs(row) => row.confidence == Confidence::High,
        Profile::DomainValidated | Profile::Other(_) | Profile::Undetermined(_) => false,
    }
}

/// Whether statements make a qualified web certificate.
fn is_whole(qualified: &Qualified) -> bool {
    qualified.compliance && qualified.types == [oid::QC_TYPE_WEB]
}

/// The first of its policies that stands for qualified web authentication.
fn web_policy<'a>(leaf: &Certificate, knowledge: &'a Knowledge) -> Option<&'a PolicyRow> {
    let mut rows =
        leaf.extensions.policies.iter().filter_map(|policy| knowledge.policy(&policy.oid));
    rows.find(|row| row.profile == PolicyProfile::Qwac)
}

/// What a leaf is for, when that is something else than a connection.
fn wrong_kind(leaf: &Certificate, knowledge: &Knowledge) -> Option<Message> {
    if let Some(usages) = &leaf.extensions.extended_key_usage {
        let connects = [oid::SERVER_AUTH, oid::CLIENT_AUTH, oid::ANY_USAGE];
        if !usages.is_empty() && !connects.iter().any(|usage| usages.contains(*usage)) {
            let named: Vec<&str> = usages.iter().map(|usage| oid::word(usage)).collect();
            return Some(message!("a certificate of a kind" => "for {}", named.join(", ")));
        }
    }
    if let Some(qualified) = &leaf.extensions.qualified {
        let is = |kind: &str| qualified.types.iter().any(|found| found == kind);
        let claims_web = is(oid::QC_TYPE_WEB) || web_policy(leaf, knowledge).is_some();
        if !claims_web && is(oid::QC_TYPE_ESEAL) {
            return Some(message!("a seal"));
        }
        // Without a type, a qualified certificate is one for signatures (EN 319 412-5, section 4.2.3).
        if !claims_web
            && (is(oid::QC_TYPE_ESIGN) || qualified.compliance && qualified.types.is_empty())
        {
            return Some(message!("for electronic signatures"));
        }
    }
    let mut rows =
        leaf.extensions.policies.iter().filter_map(|policy| knowledge.policy(&policy.oid));
    rows.find_map(|row| match row.profile {
        PolicyProfile::Person => Some(message!("a person's (policy {} {})", row.oid, row.name)),
        PolicyProfile::Seal => Some(message!("a seal (policy {} {})", row.oid, row.name)),
        _ => None,
    })
}

/// What speaks about the level of a leaf, for a person who has to find out.
fn what_was_found(leaf: &Certificate) -> Message {
    let policies = &leaf.extensions.policies;
    if policies.is_empty() {
        return message!("it names no policy");
    }
    let named: Vec<&str> = policies.iter().map(|policy| policy.oid.as_str()).collect();
    let text = message!("its policies are {}", named.join(", "));
    match policies.iter().find_map(|policy| policy.statement.as_deref()) {
        Some(statement) => message!("{text}, described at {statement}", text, statement),
        None => text,
    }
}
