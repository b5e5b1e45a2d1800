//! What proves that a sheet was Actif in qualification, as JSON.

use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

use crate::language::Message;
use crate::plan::qualification::Evidence;

/// What proves that a sheet was Actif in qualification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct EvidenceJson {
    /// The environment whose ledger says so.
    pub(crate) environment: String,
    /// When it was last seen Actif.
    pub(crate) at: String,
    /// The event of that ledger, by its id.
    pub(crate) event: String,
    /// The person who saw it at the portal; left away where the service itself told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) by: Option<String>,
    /// The application code that it had there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) application_code: Option<String>,
    /// The exchange system of an EDI sheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) exchange_system: Option<String>,
    /// Its protocol.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) protocol: Option<String>,
    /// The same in words.
    pub(crate) sentence: Message,
}

impl EvidenceJson {
    /// Turns it into its JSON form.
    pub(crate) fn of(evidence: &Evidence) -> Self {
        let Evidence { environment, form, proof } = evidence;
        Self {
            environment: environment.clone(),
            at: proof.at.to_string(),
            event: proof.event.clone(),
            by: proof.by.clone(),
            application_code: proof.code.clone(),
            exchange_system: form.exchange_system.clone(),
            protocol: form.protocol.clone(),
            sentence: Message::of(|| evidence.sentence()),
        }
    }
}
