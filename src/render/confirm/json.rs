//! What was confirmed as JSON, format 1.0 (`schema/confirm.v1.schema.json`).

use schemars::JsonSchema;
use serde::Serialize;

use crate::confirm::decide::Confirmation;
use crate::render::FORMAT_VERSION;

/// What the ledger has learnt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(title = "Result of confirm")]
pub(crate) struct ConfirmJson {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    pub(crate) format_version: String,
    /// The environment.
    pub(crate) environment: String,
    /// Who says so, as `user@host`.
    pub(crate) by: String,
    /// What was confirmed, in the order in which it was told.
    pub(crate) confirmed: Vec<ConfirmedJson>,
}

/// One resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ConfirmedJson {
    /// Its address.
    pub(crate) address: String,
    /// The step that was done by it.
    pub(crate) step: Option<String>,
    /// Whether it is there.
    pub(crate) there: bool,
    /// The portal's word.
    pub(crate) status: Option<String>,
    /// Its application code or login.
    pub(crate) code: Option<String>,
    /// What differs from what was known.
    pub(crate) differences: Vec<DifferenceJson>,
}

/// One field that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct DifferenceJson {
    /// The field, by its path in our files.
    pub(crate) field: String,
    /// What was known.
    pub(crate) before: Option<String>,
    /// What is known now.
    pub(crate) after: Option<String>,
}

impl ConfirmJson {
    /// The JSON form of confirmations.
    pub(crate) fn of(environment: &str, by: &str, confirmations: &[Confirmation]) -> Self {
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            environment: environment.to_owned(),
            by: by.to_owned(),
            confirmed: confirmations.iter().map(ConfirmedJson::of).collect(),
        }
    }
}

impl ConfirmedJson {
    fn of(one: &Confirmation) -> Self {
        let differences = one.differences.iter().map(|(field, (before, after))| DifferenceJson {
            field: field.clone(),
            before: before.clone(),
            after: after.clone(),
        });
        Self {
            address: one.address.to_string(),
            step: one.step.clone(),
            there: one.there,
            status: one.status.clone(),
            code: one.code.clone(),
            differences: differences.collect(),
        }
    }
}
