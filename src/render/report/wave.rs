//! The end of a wave: as JSON, format 1.0 (`schema/wave.v1.schema.json`), and as a table that spreadsheets open.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::apply::Counts;
use crate::apply::Outcome;
use crate::apply::WaveReport;
use crate::apply::report::WaveStep;
use crate::language::Message;
use crate::language::message;
use crate::render::FORMAT_VERSION;
use crate::render::words::harmless;

/// The columns of the table.
const COLUMNS: [&str; 11] = [
    "address", "siret", "does", "outcome", "error", "help", "old_code", "new_code", "name",
    "status", "step",
];

/// How a wave ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(title = "Report of a wave")]
pub(crate) struct WaveJson {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    pub(crate) format_version: String,
    /// The environment.
    pub(crate) environment: String,
    /// The run that carried it out.
    pub(crate) run: String,
    /// When it was written (RFC 3339).
    pub(crate) at: String,
    /// Its number, from 1.
    pub(crate) wave: usize,
    /// The number of the last wave.
    pub(crate) of: usize,
    /// How many entities it had when it was cut.
    pub(crate) entities: usize,
    /// How many of them this run found still to do.
    pub(crate) left: usize,
    /// How many entities of earlier waves were done with it.
    pub(crate) earlier: usize,
    /// Whether all its steps ended; `false` when the run stopped before.
    pub(crate) complete: bool,
    /// The count of its steps.
    pub(crate) summary: CountsJson,
    /// Its steps, in the order of the plan.
    pub(crate) steps: Vec<WaveStepJson>,
}

/// How many steps stand where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct CountsJson {
    /// All of them.
    pub(crate) total: usize,
    /// Carried out.
    pub(crate) done: usize,
    /// Failed.
    pub(crate) failed: usize,
    /// Waiting.
    pub(crate) waiting: usize,
    /// Due on a later day.
    pub(crate) scheduled: usize,
    /// Not begun.
    pub(crate) not_started: usize,
}

impl CountsJson {
    /// The JSON form of counts.
    pub(crate) fn of(counts: &Counts) -> Self {
        let Counts { total, done, failed, waiting, scheduled, not_started } = *counts;
        Self { total, done, failed, waiting, scheduled, not_started }
    }
}

/// One step of a wave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct WaveStepJson {
    /// The resource.
    pub(crate) address: String,
    /// The SIRET of its structure, where it is known.
    pub(crate) siret: Option<String>,
    /// The step's id in the plan.
    pub(crate) step: String,
    /// The word for what it does.
    pub(crate) does: String,
    /// `done`, `failed`, `waiting`, `scheduled` or `not_started`.
    pub(crate) outcome: String,
    /// Why it is not done.
    pub(crate) error: Option<Message>,
    /// What to do.
    pub(crate) help: Option<Message>,
    /// Whether a step that failed may have been done all the same.
    pub(crate) ambiguous: bool,
    /// The code of the sheet that was replaced.
    pub(crate) old_code: Option<String>,
    /// The code of the sheet that was made.
    pub(crate) new_code: Option<String>,
    /// The name of the sheet that was made.
    pub(crate) name: Option<String>,
    /// The status that a sheet was last seen in, in the portal's word.
    pub(crate) status: Option<String>,
}

/// An outcome in the parts that a machine reads: its word, why, what to do, whether it is ambiguous.
pub(crate) fn parts(outcome: &Outcome) -> (&'static str, Option<Message>, Option<Message>, bool) {
    match outcome {
        Outcome::Done => ("done", None, None, false),
        Outcome::Failed { error, help, ambiguous } => {
            ("failed", Some(error.clone()), Some(help.clone()), *ambiguous)
        }
        Outcome::Waiting { why, help } => ("waiting", Some(why.clone()), help.clone(), false),
        Outcome::Scheduled { due } => {
            ("scheduled", due.map(|due| message!("due {}", due)), None, false)
        }
        Outcome::NotStarted { why } => ("not_started", Some(why.clone()), None, false),
    }
}

impl WaveJson {
    /// The JSON form of a report that `run` made at `at`.
    pub(crate) fn of(report: &WaveReport, environment: &str, run: &str, at: Timestamp) -> Self {
        let WaveReport { wave, of, is_whole, counts, steps } = report;
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            environment: environment.to_owned(),
            run: run.to_owned(),
            at: at.to_string(),
            wave: wave.number,
            of: *of,
            entities: wave.entities,
            left: wave.left,
            earlier: wave.earlier,
            complete: *is_whole,
            summary: CountsJson::of(counts),
            steps: steps.iter().map(WaveStepJson::of).collect(),
        }
    }
}

impl WaveStepJson {
    fn of(step: &WaveStep) -> Self {
        let WaveStep { ended, structure, status, code } = step;
        let (outcome, error, help, ambiguous) = parts(&ended.outcome);
        Self {
            address: ended.address.to_string(),
            siret: structure.map(|siret| siret.to_string()),
            step: ended.step.clone(),
            does: ended.does.word().to_owned(),
            outcome: outcome.to_owned(),
            error,
            help,
            ambiguous,
            old_code: code.as_ref().and_then(|code| code.old_code.clone()),
            new_code: code.as_ref().and_then(|code| code.new_code.clone()),
            name: code.as_ref().map(|code| code.name.clone()),
            status: status.clone(),
        }
    }
}

/// The steps as a table that French spreadsheets open by a double click.
pub(crate) fn csv(report: &WaveJson) -> Result<Vec<u8>, csv::Error> {
    let mut writer =
        csv::WriterBuilder::new().delimiter(b';').from_writer(b"\xef\xbb\xbf".to_vec());
    writer.write_record(COLUMNS)?;
    for step in &report.steps {
        let text = |text: &Option<String>| cell(text.as_deref().unwrap_or_default());
        // Programs read the table too: it is the same in any language.
        let english =
            |text: &Option<Message>| cell(text.as_ref().map(Message::english).unwrap_or_default());
        writer.write_record([
            cell(&step.address),
            text(&step.siret),
            cell(&step.does),
            cell(&step.outcome),
            english(&step.error),
            english(&step.help),
            text(&step.old_code),
            text(&step.new_code),
            text(&step.name),
            text(&step.status),
            cell(&step.step),
        ])?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// A text that no spreadsheet takes for a formula, on one line.
fn cell(text: &str) -> String {
    let text = harmless(text);
    if text.trim_start().starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::StepOutcome;
    use crate::apply::report::NewCode;
    use crate::apply::waves::Wave;
    use crate::plan::change::Does;

    fn step(outcome: Outcome, code: Option<&str>) -> WaveStep {
        let address: crate::domain::address::Address = "ville/edi/g2b".parse().unwrap();
        let code = code.map(|code| NewCode {
            address: address.clone(),
            old_code: None,
            new_code: Some(code.to_owned()),
            name: "=HYPERLINK(\"http://evil.example\")".to_owned(),
        });
        let ended = StepOutcome { step: "s".to_owned(), address, does: Does::Create, outcome };
        WaveStep { ended, structure: None, status: Some("Actif".to_owned()), code }
    }

    #[test]
    fn a_table_opens_in_a_spreadsheet_and_holds_no_formula() {
        let wave = Wave {
            number: 2,
            entities: 2,
            left: 2,
            earlier: 0,
            resources: 2,
            last: "ville".to_owned(),
            goes_on: false,
        };
        let error = "\t=1+1; \"a\"\nb".into();
        let failed = Outcome::Failed { error, help: "look".into(), ambiguous: true };
        let report = WaveReport {
            wave,
            of: 3,
            is_whole: true,
            counts: Counts { total: 2, done: 1, failed: 1, ..Counts::default() },
            steps: vec![step(Outcome::Done, Some("AAA001")), step(failed, None)],
        };
        let json = WaveJson::of(&report, "simulator", "r", "2026-12-01T10:00:00Z".parse().unwrap());
        let table = String::from_utf8(csv(&json).unwrap()).unwrap();
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines.len(), 3, "{table}");
        assert!(lines[0].starts_with("\u{feff}address;siret;does;outcome;error;"));
        assert_eq!(
            lines[1],
            "ville/edi/g2b;;create;done;;;;AAA001;\"'=HYPERLINK(\"\"http://evil.example\"\")\";Actif;s"
        );
        assert_eq!(
            lines[2],
            "ville/edi/g2b;;create;failed;\"' =1+1; \"\"a\"\"␊b\";look;;;;Actif;s"
        );
        let value = serde_json::to_value(&json).unwrap();
        assert_eq!((&value["wave"], &value["summary"]["failed"]), (&2.into(), &1.into()));
        assert_eq!(value["steps"][1]["ambiguous"], true);
    }
}
