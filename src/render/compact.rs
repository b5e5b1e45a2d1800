//! What `ledger compact` did, as JSON, format 1.0 (`schema/compact.v1.schema.json`).

use schemars::JsonSchema;
use serde::Serialize;

use crate::render::FORMAT_VERSION;

/// How much shorter a ledger became, or would become.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(title = "Compact")]
pub(crate) struct CompactJson {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    pub(crate) format_version: String,
    /// The environment.
    pub(crate) environment: String,
    /// The ledger: a file, relative to the project, or a database.
    pub(crate) ledger: String,
    /// How many events it had.
    pub(crate) before: usize,
    /// How many of them are needed.
    pub(crate) after: usize,
    /// Whether the ledger was rewritten. The log as it was is beside its file then, with `.before-compact` at the end of its name;
    /// in a database, what went is in the table `raccord_compacted`.
    pub(crate) written: bool,
}

impl CompactJson {
    /// Nothing done so far.
    pub(crate) fn new(environment: &str, ledger: &str) -> Self {
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            environment: environment.to_owned(),
            ledger: ledger.to_owned(),
            before: 0,
            after: 0,
            written: false,
        }
    }
}
