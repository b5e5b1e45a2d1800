//! What `ledger move` did, as JSON, format 1.0 (`schema/move.v1.schema.json`).

use schemars::JsonSchema;
use serde::Serialize;

use crate::render::FORMAT_VERSION;

/// Where the ledger was and is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(title = "Move")]
pub(crate) struct MoveJson {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    pub(crate) format_version: String,
    /// The environment.
    pub(crate) environment: String,
    /// Where the ledger was: a file, or a database without its password.
    pub(crate) from: String,
    /// Where it is.
    pub(crate) to: String,
    /// How many events it has.
    pub(crate) events: usize,
    /// How many of them were not there before.
    pub(crate) copied: usize,
}

impl MoveJson {
    /// What was done.
    pub(crate) fn new(
        environment: &str,
        from: &str,
        to: &str,
        events: usize,
        copied: usize,
    ) -> Self {
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            environment: environment.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
            events,
            copied,
        }
    }
}
