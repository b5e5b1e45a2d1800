//! What certificate files hold, as JSON, format 1.0 (`schema/inspect.v1.schema.json`).

use schemars::JsonSchema;
use serde::Serialize;

use crate::certificate::Knowledge;
use crate::domain::x509::oid;
use crate::render::FORMAT_VERSION;
use crate::render::inspection::human::names;
use crate::render::inspection::model::Held;
use crate::render::inspection::model::Inspection;
use crate::render::inspection::model::Member;
use crate::render::inspection::model::Missing;
use crate::render::inspection::model::Told;
use crate::validate::certificate::Question;

/// What certificate files hold, and whether Chorus Pro would take them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(title = "Result of certificates inspect")]
pub(crate) struct InspectJson {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    pub(crate) format_version: String,
    /// The day for which the files were judged.
    pub(crate) as_of: String,
    /// `qualification` or `production`.
    pub(crate) stage: String,
    /// `PESIT`, `SFTP` or `AS2`; `null` when only what holds for all of them was judged.
    pub(crate) protocol: Option<String>,
    /// `server` or `client`; `null` when none was asked about.
    pub(crate) slot: Option<String>,
    /// Whether remarks about level, chain and authority count as errors.
    pub(crate) strict: bool,
    /// The day of the French lists that are part of this program.
    pub(crate) lists_of: Option<String>,
    /// The files, in the order in which they were named.
    pub(crate) files: Vec<FileJson>,
}

/// One certificate file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct FileJson {
    /// The file, as it was named.
    pub(crate) file: String,
    /// `accepted`, `to_confirm` or `refused`.
    pub(crate) verdict: String,
    /// `qwac`, `rgs`, `dv`, `other` or `undetermined`.
    pub(crate) profile: String,
    /// The certificate of the connection; `null` when the file holds none that could be used.
    pub(crate) leaf: Option<LeafJson>,
    /// The subjects of the best way up, the leaf first.
    pub(crate) path: Vec<String>,
    /// The certificates of that way, the leaf first, then what else is in the file.
    pub(crate) certificates: Vec<MemberJson>,
    /// The issuer of the last certificate of the way, when its own is neither in the file nor known here.
    pub(crate) missing: Option<MissingJson>,
    /// What the checks found.
    pub(crate) checks: Vec<CheckJson>,
}

/// The certificate of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct LeafJson {
    /// SHA-256 of its DER form, 64 hexadecimal digits.
    pub(crate) sha256: String,
    /// SHA-256 of its public key (SubjectPublicKeyInfo).
    pub(crate) key_sha256: String,
    /// Whose it is.
    pub(crate) subject: String,
    /// Who issued it.
    pub(crate) issuer: String,
    /// Its serial number, hexadecimal digits.
    pub(crate) serial: String,
    /// From when it is valid.
    pub(crate) not_before: String,
    /// Until when it is valid.
    pub(crate) not_after: String,
    /// Kind and size of its key.
    pub(crate) key: String,
    /// How it is signed.
    pub(crate) signature: String,
    /// The SIREN in its subject.
    pub(crate) siren: Option<String>,
    /// The registration numbers in its subject, as they stand.
    pub(crate) organization_identifiers: Vec<String>,
    /// Extended usages by name, or dotted; `null` when it states none.
    pub(crate) extended_key_usage: Option<Vec<String>>,
    /// Usages of its key; `null` when it states none.
    pub(crate) key_usage: Option<Vec<String>>,
    /// Alternative names: hosts, addresses, mailboxes.
    pub(crate) names: Vec<String>,
    /// Policies, dotted.
    pub(crate) policies: Vec<String>,
}

/// One certificate of a file, or one that is known here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct MemberJson {
    /// SHA-256 of its DER form.
    pub(crate) sha256: String,
    /// Whose it is.
    pub(crate) subject: String,
    /// Its first day.
    pub(crate) first_day: String,
    /// Its last day.
    pub(crate) last_day: String,
    /// Kind and size of its key.
    pub(crate) key: String,
    /// Whether it is on the way up from the leaf.
    pub(crate) on_path: bool,
    /// Whether it lies in the file; otherwise it is known here.
    pub(crate) in_file: bool,
    /// The list that names it as an authority; `null` when no list does.
    pub(crate) list: Option<String>,
    /// The day of that list; `null` for what a project or an option added.
    pub(crate) list_date: Option<String>,
    /// Whether that list says that it may no longer issue.
    pub(crate) withdrawn: bool,
}

/// An issuer whose certificate is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct MissingJson {
    /// Its name.
    pub(crate) name: String,
    /// Where its certificate can be fetched.
    pub(crate) at: Vec<String>,
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct CheckJson {
    /// The check, one letter and two digits; `null` for a file that cannot be read.
    pub(crate) id: Option<String>,
    /// Its rule.
    pub(crate) rule: String,
    /// `error`, `warning` or `notice`.
    pub(crate) severity: String,
    /// What was found and what was expected.
    pub(crate) message: String,
    /// What to do; `null` when there is nothing to do.
    pub(crate) help: Option<String>,
}

impl InspectJson {
    /// The result for some files, by the question that was asked about them.
    pub(crate) fn of(files: Vec<FileJson>, question: &Question<'_>) -> Self {
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            as_of: question.as_of.to_string(),
            stage: question.stage.to_string(),
            protocol: question.protocol.map(|protocol| protocol.to_string()),
            slot: question.slot.map(|slot| slot.to_string()),
            strict: question.strict,
            lists_of: Knowledge::date().map(|date| date.to_string()),
            files,
        }
    }
}

impl FileJson {
    /// Turns one file into its JSON form.
    pub(crate) fn of(inspection: &Inspection) -> Self {
        let Inspection { file, verdict, held, findings } = inspection;
        let subject = |member: &Member| member.certificate.subject.to_string();
        Self {
            file: file.clone(),
            verdict: verdict.word().to_owned(),
            profile: held.as_ref().map_or("undetermined", |held| held.profile.word()).to_owned(),
            leaf: held.as_ref().and_then(LeafJson::of),
            path: held.iter().flat_map(|held| &held.path).map(subject).collect(),
            certificates: held.as_ref().map(MemberJson::all).unwrap_or_default(),
            missing: held.as_ref().and_then(|held| held.missing.as_ref()).map(MissingJson::of),
            checks: findings.iter().map(CheckJson::of).collect(),
        }
    }
}

impl LeafJson {
    fn of(held: &Held) -> Option<Self> {
        let leaf = &held.path.first()?.certificate;
        let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect::<Vec<_>>();
        let extensions = &leaf.extensions;
        let usages = extensions.extended_key_usage.as_ref();
        let key_usages = extensions.key_usage.as_ref();
        Some(Self {
            sha256: leaf.fingerprint.to_string(),
            key_sha256: leaf.key_fingerprint.to_string(),
            subject: leaf.subject.to_string(),
            issuer: leaf.issuer.to_string(),
            serial: leaf.serial.clone(),
            not_before: leaf.not_before.to_string(),
            not_after: leaf.not_after.to_string(),
            key: leaf.key.to_string(),
            signature: leaf.signature.algorithm.clone(),
            siren: leaf.subject.siren(),
            organization_identifiers: owned(leaf.subject.organization_identifiers()),
            extended_key_usage: usages
                .map(|usages| owned(usages.iter().map(|usage| oid::word(usage)).collect())),
            key_usage: key_usages
                .map(|usages| owned(usages.iter().map(|usage| usage.word()).collect())),
            names: owned(names(leaf)),
            policies: extensions.policies.iter().map(|policy| policy.oid.clone()).collect(),
        })
    }
}

impl MemberJson {
    fn all(held: &Held) -> Vec<Self> {
        let on_path = held.path.iter().map(|member| Self::of(member, true));
        on_path.chain(held.beside.iter().map(|member| Self::of(member, false))).collect()
    }

    fn of(member: &Member, on_path: bool) -> Self {
        let Member { certificate, in_file, listed } = member;
        let listed = listed.as_ref();
        Self {
            sha256: certificate.fingerprint.to_string(),
            subject: certificate.subject.to_string(),
            first_day: certificate.first_day().to_string(),
            last_day: certificate.last_day().to_string(),
            key: certificate.key.to_string(),
            on_path,
            in_file: *in_file,
            list: listed.map(|listed| listed.list.clone()),
            list_date: listed.and_then(|listed| listed.date).map(|date| date.to_string()),
            withdrawn: listed.is_some_and(|listed| listed.withdrawn),
        }
    }
}

impl MissingJson {
    /// Turns a missing issuer into its JSON form.
    pub(crate) fn of(missing: &Missing) -> Self {
        let Missing { name, at } = missing.clone();
        Self { name, at }
    }
}

impl CheckJson {
    fn of(told: &Told) -> Self {
        let Told { check, rule, severity, message, help } = told;
        Self {
            id: check.map(str::to_owned),
            rule: rule.id.to_owned(),
            severity: severity.to_string(),
            message: message.english().to_owned(),
            help: Some(help.english().to_owned()).filter(|help| !help.is_empty()),
        }
    }
}
