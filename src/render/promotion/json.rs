//! A comparison of two environments as JSON, format 1.0 (`schema/promote.v1.schema.json`).

use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

use crate::plan::promotion::Promoted;
use crate::plan::promotion::Promotion;
use crate::plan::promotion::Verdict;
use crate::plan::promotion::fields::Compared;
use crate::render::FORMAT_VERSION;
use crate::render::plan::qualification::EvidenceJson;

/// What goes from one environment to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Promotion")]
pub(crate) struct PromoteJson {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    pub(crate) format_version: String,
    /// The environment where things come from.
    pub(crate) from: String,
    /// The environment where they go.
    pub(crate) to: String,
    /// How many addresses have which verdict.
    pub(crate) summary: PromoteSummaryJson,
    /// What was compared of the two environments themselves.
    pub(crate) environments: Vec<ComparedJson>,
    /// Every technical account, API and EDI connection, by address.
    pub(crate) addresses: Vec<PromotedJson>,
}

/// How many addresses have which verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct PromoteSummaryJson {
    /// Nothing stands against it.
    pub(crate) ready: usize,
    /// Something does.
    pub(crate) not_ready: usize,
    /// It went already.
    pub(crate) already_there: usize,
}

/// What was found about one address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct PromotedJson {
    /// `entity/kind/key`.
    pub(crate) address: String,
    /// `ready`, `not_ready` or `already_there`.
    pub(crate) verdict: String,
    /// What stands against it, beside its fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) missing: Option<String>,
    /// Its fields that differ, or that are the same and should not be.
    pub(crate) fields: Vec<ComparedJson>,
    /// What proves that it was Actif where it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) evidence: Option<EvidenceJson>,
}

/// A field of both environments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ComparedJson {
    /// The field, by its path in the files.
    pub(crate) field: String,
    /// Its value where things come from; `null` for none.
    pub(crate) from: Option<String>,
    /// Its value where they go; `null` for none.
    pub(crate) to: Option<String>,
    /// What is expected: `differs`, `same` or `either`.
    pub(crate) expected: String,
    /// How much it weighs: `fault`, `warning`, `notice`, or `fine` where it is as expected.
    pub(crate) weight: String,
    /// Why, where it is not as expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) why: Option<String>,
}

impl PromoteJson {
    /// Turns a comparison into its JSON form.
    pub(crate) fn of(promotion: &Promotion) -> Self {
        let Promotion { from, to, places, addresses } = promotion;
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            from: from.clone(),
            to: to.clone(),
            summary: PromoteSummaryJson {
                ready: promotion.count(Verdict::Ready),
                not_ready: promotion.count(Verdict::NotReady),
                already_there: promotion.count(Verdict::AlreadyThere),
            },
            environments: places.iter().map(ComparedJson::of).collect(),
            addresses: addresses.iter().map(PromotedJson::of).collect(),
        }
    }
}

impl PromotedJson {
    fn of(one: &Promoted) -> Self {
        let Promoted { address, verdict, missing, fields, evidence } = one;
        Self {
            address: address.to_string(),
            verdict: verdict.word().to_owned(),
            missing: missing.as_ref().map(|missing| missing.english().to_owned()),
            fields: fields.iter().map(ComparedJson::of).collect(),
            evidence: evidence.as_ref().map(EvidenceJson::of),
        }
    }
}

impl ComparedJson {
    fn of(compared: &Compared) -> Self {
        let Compared { field, from, to, expected, weight, why } = compared;
        Self {
            field: field.english().to_owned(),
            from: from.clone(),
            to: to.clone(),
            expected: expected.word().to_owned(),
            weight: weight.word().to_owned(),
            why: why.map(str::to_owned),
        }
    }
}
