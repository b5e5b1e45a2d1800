//! The JSON Schemas of what is written here, as text.

use schemars::JsonSchema;
use schemars::schema_for;

use crate::render::bundle::BundleJson;
use crate::render::calendar::json::CalendarJson;
use crate::render::compact::CompactJson;
use crate::render::confirm::json::ConfirmJson;
use crate::render::diagnostics::json::ValidateJson;
use crate::render::doctor::json::DoctorJson;
use crate::render::dossier::model::Dossier;
use crate::render::event::EventJson;
use crate::render::explain::json::ExplainAddressJson;
use crate::render::history::json::HistoryJson;
use crate::render::import::ImportJson;
use crate::render::index::IndexJson;
use crate::render::index::IndexLineJson;
use crate::render::inspection::json::InspectJson;
use crate::render::plan::json::PlanJson;
use crate::render::promotion::json::PromoteJson;
use crate::render::proof::json::ProofJson;
use crate::render::proof::verdict::VerifyJson;
use crate::render::relocate::MoveJson;
use crate::render::report::events::EventLine;
use crate::render::report::json::ReportJson;
use crate::render::report::wave::WaveJson;
use crate::render::rule::json::RulesJson;
use crate::render::sources::json::SourcesJson;
use crate::render::status::json::StatusJson;
use crate::render::ticket::Ticket;

/// A schema and the file that holds it.
pub(crate) struct Schema {
    /// The name that `raccord schema` knows it by.
    pub(crate) name: &'static str,
    /// Its file in `schema/`.
    pub(crate) file: &'static str,
    /// Its text, which ends with a line end.
    pub(crate) text: String,
}

/// The schemas of all outputs, by name.
pub(crate) fn all() -> Vec<Schema> {
    vec![
        Schema { name: "apply", file: "apply.v1.schema.json", text: text::<ReportJson>() },
        Schema { name: "bundle", file: "bundle.v1.schema.json", text: text::<BundleJson>() },
        Schema { name: "calendar", file: "calendar.v1.schema.json", text: text::<CalendarJson>() },
        Schema {
            name: "certificate-index",
            file: "certificate-index.v1.schema.json",
            text: text::<IndexLineJson>(),
        },
        Schema { name: "move", file: "move.v1.schema.json", text: text::<MoveJson>() },
        Schema { name: "ticket", file: "ticket.v1.schema.json", text: text::<Ticket>() },
        Schema { name: "compact", file: "compact.v1.schema.json", text: text::<CompactJson>() },
        Schema { name: "confirm", file: "confirm.v1.schema.json", text: text::<ConfirmJson>() },
        Schema { name: "dossier", file: "dossier.v1.schema.json", text: text::<Dossier>() },
        Schema { name: "doctor", file: "doctor.v1.schema.json", text: text::<DoctorJson>() },
        Schema { name: "event", file: "event.v1.schema.json", text: text::<EventJson>() },
        Schema { name: "events", file: "events.v1.schema.json", text: text::<EventLine>() },
        Schema { name: "explain", file: "explain.v1.schema.json", text: text::<RulesJson>() },
        Schema {
            name: "explain-address",
            file: "explain-address.v1.schema.json",
            text: text::<ExplainAddressJson>(),
        },
        Schema { name: "history", file: "history.v1.schema.json", text: text::<HistoryJson<'_>>() },
        Schema { name: "import", file: "import.v1.schema.json", text: text::<ImportJson>() },
        Schema { name: "index", file: "index.v1.schema.json", text: text::<IndexJson>() },
        Schema { name: "inspect", file: "inspect.v1.schema.json", text: text::<InspectJson>() },
        Schema { name: "plan", file: "plan.v1.schema.json", text: text::<PlanJson>() },
        Schema { name: "promote", file: "promote.v1.schema.json", text: text::<PromoteJson>() },
        Schema { name: "proof", file: "proof.v1.schema.json", text: text::<ProofJson>() },
        Schema { name: "sources", file: "sources.v1.schema.json", text: text::<SourcesJson<'_>>() },
        Schema { name: "status", file: "status.v1.schema.json", text: text::<StatusJson>() },
        Schema { name: "validate", file: "validate.v1.schema.json", text: text::<ValidateJson>() },
        Schema { name: "verify", file: "verify.v1.schema.json", text: text::<VerifyJson>() },
        Schema { name: "wave", file: "wave.v1.schema.json", text: text::<WaveJson>() },
    ]
}

fn text<T: JsonSchema>() -> String {
    format!("{:#}\n", schema_for!(T).to_value())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_current() {
        for schema in all() {
            let path = format!("{}/schema/{}", env!("CARGO_MANIFEST_DIR"), schema.file);
            let written = std::fs::read_to_string(&path).unwrap_or_default();
            if written != schema.text {
                let diff = similar::TextDiff::from_lines(&*written, &*schema.text)
                    .unified_diff()
                    .to_string();
                panic!(
                    "`schema/{}` is not current, run `raccord schema --write schema`:\n{diff}",
                    schema.file
                );
            }
        }
    }
}
