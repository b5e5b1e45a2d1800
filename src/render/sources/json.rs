//! What became of the rows of tables as JSON, format 1.0 (`schema/sources.v1.schema.json`).
//!
//! Rows are turned into JSON one by one while they are written.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::Schema;
use schemars::SchemaGenerator;
use serde::Serialize;
use serde::Serializer;

use crate::config::source::told::Became;
use crate::config::source::told::JoinTold;
use crate::config::source::told::RowTold;
use crate::config::source::told::SourceTold;
use crate::config::source::told::TableTold;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Sources;
use crate::render::FORMAT_VERSION;
use crate::render::diagnostics::json::DiagnosticJson;
use crate::render::diagnostics::json::diagnostics;

/// What became of the rows of all tables.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "Result of sources check")]
pub(crate) struct SourcesJson<'a> {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    format_version: String,
    /// The tables that could be read, in the order of `raccord.yaml`.
    sources: Vec<SourceJson<'a>>,
    /// Faults and remarks, by file and line.
    diagnostics: Vec<DiagnosticJson>,
}

/// One table.
#[derive(Debug, Serialize, JsonSchema)]
struct SourceJson<'a> {
    /// How it was read.
    #[serde(flatten)]
    table: TableJson<'a>,
    /// Its template.
    template: &'a str,
    /// The column that says which body a row is about.
    key: Option<&'a str>,
    /// Its columns, from the left.
    columns: Vec<ColumnJson<'a>>,
    /// The tables that are joined to it.
    joins: Vec<JoinJson<'a>>,
    /// How many rows became what.
    counts: CountsJson,
    /// How many rows were excluded, by reason.
    reasons: &'a BTreeMap<String, usize>,
    /// The rows, in their order.
    rows: RowsJson<'a>,
}

/// How a table was read.
#[derive(Debug, Serialize, JsonSchema)]
struct TableJson<'a> {
    /// The file, relative to the project.
    file: &'a str,
    /// The sheet, for a workbook.
    sheet: Option<&'a str>,
    /// The encoding, for example `utf-8`; `xlsx` for a workbook.
    encoding: &'a str,
    /// The character between two cells; `null` for a workbook.
    delimiter: Option<char>,
}

/// A column.
#[derive(Debug, Serialize, JsonSchema)]
struct ColumnJson<'a> {
    /// Its header.
    header: &'a str,
    /// The name that `columns` gives it.
    name: Option<&'a str>,
    /// Whether the template or `where` asked for it, in any row.
    used: bool,
}

/// A joined table.
#[derive(Debug, Serialize, JsonSchema)]
struct JoinJson<'a> {
    /// How it was read.
    #[serde(flatten)]
    table: TableJson<'a>,
    /// What templates call its rows.
    #[serde(rename = "as")]
    alias: &'a str,
    /// Its keys.
    keys: usize,
    /// How many of them a row of the first table has.
    used: usize,
    /// Rows of the first table that found a row there.
    matched: usize,
    /// Rows of the first table that found none.
    missing: usize,
}

/// How many rows became what.
#[derive(Debug, Serialize, JsonSchema)]
struct CountsJson {
    /// All rows but that of headers and blank lines.
    rows: usize,
    /// Rows that became entities.
    taken: usize,
    /// The entities.
    entities: usize,
    /// Rows without any text.
    empty: usize,
    /// Rows that `where` leaves out.
    left_out: usize,
    /// Rows that were excluded.
    excluded: usize,
    /// Rows that repeat another one.
    duplicates: usize,
    /// Rows with a fault.
    faulty: usize,
    /// Rows that were not tried after the faults of others.
    not_tried: usize,
}

/// Rows that are turned into JSON while they are written.
#[derive(Debug)]
struct RowsJson<'a>(&'a [RowTold]);

/// A row.
#[derive(Debug, Serialize, JsonSchema)]
struct RowJson<'a> {
    /// The line on which it begins; in a sheet, its row.
    line: u32,
    /// Its key; a SIRET by its digits.
    key: Option<&'a str>,
    /// What it became.
    became: BecameJson,
    /// Why: the reason of an exclusion, the first fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    /// The names of its entities.
    entities: &'a [String],
    /// The line of the row that counts instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    duplicate_of: Option<u32>,
}

/// What a row became.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum BecameJson {
    /// Entities.
    Entities,
    /// Nothing: all its cells are empty.
    Empty,
    /// Nothing: `where` leaves it out.
    LeftOut,
    /// Nothing, for the reason in `why`.
    Excluded,
    /// Nothing: it repeats the row of the line in `duplicate_of`.
    Duplicate,
    /// Nothing to rely on: it has the fault in `why`.
    Faulty,
    /// Nothing: it was not tried after the faults of others.
    NotTried,
}

impl<'a> SourcesJson<'a> {
    /// The JSON form of what is told of tables.
    pub(crate) fn of(told: &'a [SourceTold], said: &[Diagnostic], files: &Sources) -> Self {
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            sources: told.iter().map(SourceJson::of).collect(),
            diagnostics: diagnostics(said, files),
        }
    }
}

impl<'a> SourceJson<'a> {
    fn of(told: &'a SourceTold) -> Self {
        let counts = &told.counts;
        Self {
            table: TableJson::of(&told.table),
            template: &told.template,
            key: told.key.as_deref(),
            columns: told
                .columns
                .iter()
                .map(|column| ColumnJson {
                    header: &column.header,
                    name: column.name.as_deref(),
                    used: column.used,
                })
                .collect(),
            joins: told.joins.iter().map(JoinJson::of).collect(),
            counts: CountsJson {
                rows: counts.rows,
                taken: counts.taken,
                entities: counts.entities,
                empty: counts.empty,
                left_out: counts.left_out,
                excluded: counts.excluded,
                duplicates: counts.duplicates,
                faulty: counts.faulty,
                not_tried: counts.not_tried,
            },
            reasons: &told.reasons,
            rows: RowsJson(told.rows.as_deref().unwrap_or_default()),
        }
    }
}

impl<'a> TableJson<'a> {
    fn of(told: &'a TableTold) -> Self {
        Self {
            file: &told.path,
            sheet: told.sheet.as_deref(),
            encoding: &told.encoding,
            delimiter: told.sheet.is_none().then_some(told.delimiter),
        }
    }
}

impl<'a> JoinJson<'a> {
    fn of(told: &'a JoinTold) -> Self {
        let JoinTold { table, alias, keys, used, matched, missing } = told;
        let (keys, used, matched, missing) = (*keys, *used, *matched, *missing);
        Self { table: TableJson::of(table), alias, keys, used, matched, missing }
    }
}

impl<'a> RowJson<'a> {
    fn of(told: &'a RowTold) -> Self {
        let (mut why, mut entities, mut duplicate_of) = (None, [].as_slice(), None);
        let became = match &told.became {
            Became::Entities(names) => {
                entities = names;
                BecameJson::Entities
            }
            Became::Empty => BecameJson::Empty,
            Became::LeftOut => BecameJson::LeftOut,
            Became::Excluded(reason) => {
                why = Some(reason.as_str());
                BecameJson::Excluded
            }
            Became::Duplicate(line) => {
                duplicate_of = Some(*line);
                BecameJson::Duplicate
            }
            Became::Faulty(message) => {
                why = Some(message.as_str());
                BecameJson::Faulty
            }
            Became::NotTried => BecameJson::NotTried,
        };
        Self { line: told.line, key: told.key.as_deref(), became, why, entities, duplicate_of }
    }
}

impl Serialize for RowsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(RowJson::of))
    }
}

impl JsonSchema for RowsJson<'_> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Rows".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<RowJson<'_>>::json_schema(generator)
    }
}
