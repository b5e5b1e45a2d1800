//! Diagnostics as JSON, format 1.0 (`schema/validate.v1.schema.json`).

use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Place;
use crate::diagnostic::Related;
use crate::diagnostic::Severity;
use crate::diagnostic::Sources;
use crate::diagnostic::Span;
use crate::language::Message;
use crate::language::message;
use crate::render::FORMAT_VERSION;

/// All that was found wrong, or odd, in the files of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Result of validate")]
pub(crate) struct ValidateJson {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    pub(crate) format_version: String,
    /// Faults and remarks, by file and line.
    pub(crate) diagnostics: Vec<DiagnosticJson>,
    /// The count of everything.
    pub(crate) summary: ValidateSummaryJson,
}

/// The count of everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ValidateSummaryJson {
    /// Faults that refuse the run.
    pub(crate) errors: usize,
    /// Probably not what was meant.
    pub(crate) warnings: usize,
    /// Entities that were read.
    pub(crate) entities: usize,
    /// Resources that were read.
    pub(crate) resources: usize,
}

/// One fault or remark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct DiagnosticJson {
    /// The rule's stable id, in kebab case.
    pub(crate) rule: String,
    /// `error`, `warning` or `notice`.
    pub(crate) severity: String,
    /// What was found and what was expected.
    pub(crate) message: Message,
    /// The file, relative to the project.
    pub(crate) file: Option<String>,
    /// First line, from 1.
    pub(crate) line: Option<u32>,
    /// First column, from 1, in characters.
    pub(crate) column: Option<u32>,
    /// Last line.
    pub(crate) end_line: Option<u32>,
    /// Column just after the last character.
    pub(crate) end_column: Option<u32>,
    /// For a workbook the sheet and the cell, for example `Feuil1!B12`, or the row, `Feuil1!12`. Its rows are the lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cell: Option<String>,
    /// What to do.
    pub(crate) help: Option<Message>,
    /// Other places that belong to it.
    pub(crate) related: Vec<RelatedJson>,
}

/// Another place that belongs to a diagnostic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct RelatedJson {
    /// What is to be seen there.
    pub(crate) message: Message,
    /// The file, relative to the project.
    pub(crate) file: String,
    /// First line, from 1.
    pub(crate) line: u32,
    /// First column, from 1, in characters.
    pub(crate) column: u32,
    /// Last line.
    pub(crate) end_line: u32,
    /// Column just after the last character.
    pub(crate) end_column: u32,
}

/// Turns the result of `validate` into its JSON form.
pub(crate) fn validated(
    said: &[Diagnostic],
    sources: &Sources,
    entities: usize,
    resources: usize,
) -> ValidateJson {
    let count = |severity| said.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    ValidateJson {
        format_version: FORMAT_VERSION.to_owned(),
        diagnostics: diagnostics(said, sources),
        summary: ValidateSummaryJson {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            entities,
            resources,
        },
    }
}

/// Turns diagnostics into their JSON form.
pub(crate) fn diagnostics(said: &[Diagnostic], sources: &Sources) -> Vec<DiagnosticJson> {
    said.iter().map(|diagnostic| DiagnosticJson::of(diagnostic, sources)).collect()
}

impl DiagnosticJson {
    fn of(diagnostic: &Diagnostic, sources: &Sources) -> Self {
        let Diagnostic { rule, severity, message, place, help, related } = diagnostic;
        let span = place.map(|place| place.span);
        let template = place.and_then(|place| place.template).map(|(file, line)| RelatedJson {
            message: message!("made by this line of the template"),
            file: sources.path(file).to_owned(),
            line,
            column: 1,
            end_line: line,
            end_column: 1,
        });
        Self {
            rule: (*rule).to_owned(),
            severity: severity.word().to_owned(),
            message: message.clone(),
            file: place.map(|place| sources.path(place.file).to_owned()),
            line: span.map(|span| span.line),
            column: span.map(|span| span.column),
            end_line: span.map(|span| span.end_line),
            end_column: span.map(|span| span.end_column),
            cell: place.and_then(|place| sources.cell(place)).map(|name| {
                let row = name.row.to_string();
                format!("{}!{}", name.sheet, name.cell.unwrap_or(row))
            }),
            help: help.clone(),
            related: related
                .iter()
                .map(|other| RelatedJson::of(other, sources))
                .chain(template)
                .collect(),
        }
    }
}

impl RelatedJson {
    fn of(related: &Related, sources: &Sources) -> Self {
        let Related { place: Place { file, span, template: _ }, message } = related;
        let Span { line, column, end_line, end_column } = *span;
        Self {
            message: message.clone(),
            file: sources.path(*file).to_owned(),
            line,
            column,
            end_line,
            end_column,
        }
    }
}
