//! A certificate that takes the place of another one: rows for people, an object for machines.

use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::certificate::CertificateFacts;
use crate::language::Message;
use crate::language::message;
use crate::plan::change::Because;
use crate::plan::rotation::Loss;
use crate::plan::rotation::Rotated;
use crate::plan::rotation::Rotation;
use crate::plan::rotation::organization;
use crate::render::certificate::CertificateFactsJson;

/// A certificate takes the place of another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct RotationJson {
    /// `server` or `client`.
    pub(crate) slot: String,
    /// The one that is there.
    pub(crate) before: RotatedJson,
    /// The one that is declared.
    pub(crate) after: RotatedJson,
    /// What the new one loses, as far as both are known.
    pub(crate) losses: Vec<LossJson>,
}

/// One of the two certificates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct RotatedJson {
    /// SHA-256 of it.
    pub(crate) sha256: String,
    /// Its last day; `null` when nothing tells.
    pub(crate) not_after: Option<String>,
    /// Where it is known from: `files`, `ledger`, `sheet` (the end alone), or `unknown`.
    pub(crate) provenance: String,
    /// What else is known; `null` when nothing is.
    pub(crate) facts: Option<CertificateFactsJson>,
}

/// Something that the old one had and the new one has not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct LossJson {
    /// `usage`, `key`, `organization`, `hosts`, `time`, `key_kept` or `authority`.
    pub(crate) what: String,
    /// The same in words.
    pub(crate) message: Message,
}

impl RotationJson {
    /// Turns a rotation into its JSON form.
    pub(crate) fn of(rotation: &Rotation) -> Self {
        let Rotation { slot, before, after, losses } = rotation;
        Self {
            slot: slot.to_string(),
            before: RotatedJson::of(before),
            after: RotatedJson::of(after),
            losses: losses.iter().map(LossJson::of).collect(),
        }
    }
}

impl RotatedJson {
    fn of(rotated: &Rotated) -> Self {
        let Rotated { fingerprint, ends, facts, provenance } = rotated;
        Self {
            sha256: fingerprint.to_string(),
            not_after: ends.map(|day| day.to_string()),
            provenance: provenance.word().to_owned(),
            facts: facts.as_ref().map(CertificateFactsJson::of),
        }
    }
}

impl LossJson {
    fn of(loss: &Loss) -> Self {
        let Loss { what, message } = loss.clone();
        Self { what: what.word().to_owned(), message }
    }
}

/// The rows below the fingerprints: both ends always, and of the rest what differs.
pub(super) fn rows(rotation: &Rotation) -> Vec<Because> {
    let Rotation { slot, before, after, losses: _ } = rotation;
    let row = |field: &str, before: Message, after: Message| Because {
        field: format!("certificates.{slot}.{field}"),
        before: Some(before),
        after: Some(after),
        forces_replacement: false,
    };
    let end = |rotated: &Rotated| {
        rotated.ends.map_or_else(|| message!("unknown"), |day| day.to_string().into())
    };
    let mut rows = vec![row("ends", end(before), end(after))];
    let (Some(old), Some(new)) = (&before.facts, &after.facts) else { return rows };
    let list = |items: Vec<&str>| Message::from(items.join(", "));
    let usages = |facts: &CertificateFacts| match &facts.usages {
        Some(usages) => list(usages.iter().map(String::as_str).collect()),
        None => message!("any"),
    };
    let hosts = |facts: &CertificateFacts| list(facts.hosts.iter().map(String::as_str).collect());
    rows.extend(
        [
            row("usages", usages(old), usages(new)),
            row("key", Message::of(|| old.key.to_string()), Message::of(|| new.key.to_string())),
            row(
                "organization",
                Message::of(|| organization(old)),
                Message::of(|| organization(new)),
            ),
            row("hosts", hosts(old), hosts(new)),
            row("issuer", old.issuer.as_str().into(), new.issuer.as_str().into()),
        ]
        .into_iter()
        .filter(|row| row.before != row.after),
    );
    rows
}
