//! A table as it was named in `raccord.yaml`: found, decoded, its headers read.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::config::manifest::decode::Text;
use crate::config::manifest::form::DelimiterForm;
use crate::config::manifest::form::EncodingForm;
use crate::config::manifest::project::JoinManifest;
use crate::config::manifest::project::SourceManifest;
use crate::config::origin::Origin;
use crate::config::resolve::Resolver;
use crate::config::rule;
use crate::config::source::cells::bare;
use crate::config::source::table::Record;
use crate::config::source::table::Table;
use crate::config::source::table::cell_span;
use crate::config::source::table::decode;
use crate::config::source::table::other_file;
use crate::config::source::table::record_span;
use crate::config::source::told::TableTold;
use crate::config::source::workbook;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::FileId;
use crate::diagnostic::Place;
use crate::diagnostic::Severity;
use crate::diagnostic::Sources;
use crate::diagnostic::Span;
use crate::language::Message;
use crate::language::message;

/// The most columns that a table may have: as many as a spreadsheet.
const COLUMNS: usize = 16_384;

/// Names that every template has besides the headers.
pub(crate) const BUILT_IN: [&str; 2] = ["row", "line"];

/// What is written about a table.
#[derive(Clone, Copy)]
pub(crate) struct Written<'a> {
    csv: Option<&'a Text>,
    xlsx: Option<&'a Text>,
    sheet: Option<&'a Text>,
    delimiter: Option<&'a Text<DelimiterForm>>,
    encoding: Option<&'a Text<EncodingForm>>,
    span: Span,
}

impl<'a> From<&'a SourceManifest> for Written<'a> {
    fn from(source: &'a SourceManifest) -> Self {
        Self {
            csv: source.csv.as_ref(),
            xlsx: source.xlsx.as_ref(),
            sheet: source.sheet.as_ref(),
            delimiter: source.delimiter.as_ref(),
            encoding: source.encoding.as_ref(),
            span: source.span,
        }
    }
}

impl<'a> From<&'a JoinManifest> for Written<'a> {
    fn from(join: &'a JoinManifest) -> Self {
        Self {
            csv: join.csv.as_ref(),
            xlsx: join.xlsx.as_ref(),
            sheet: join.sheet.as_ref(),
            delimiter: join.delimiter.as_ref(),
            encoding: join.encoding.as_ref(),
            span: join.span,
        }
    }
}

impl<'a> Written<'a> {
    /// A table of which only the path is written: a workbook by the end of its name.
    pub(crate) fn of_path(path: &'a Text) -> Self {
        let is_workbook = path.value.to_ascii_lowercase().ends_with(".xlsx");
        let (csv, xlsx) = if is_workbook { (None, Some(path)) } else { (Some(path), None) };
        Self { csv, xlsx, sheet: None, delimiter: None, encoding: None, span: path.span }
    }
}

/// A table that was opened.
pub(crate) struct Opened {
    /// Its file.
    pub(crate) file: FileId,
    /// Its text.
    pub(crate) text: String,
    /// The character between two cells.
    pub(crate) delimiter: u8,
    /// How it was read, for people.
    pub(crate) told: TableTold,
    /// Cells of a sheet without a value to rely on, by line and column, and what is there.
    pub(crate) troubles: BTreeMap<(u32, usize), Message>,
}

impl Opened {
    /// Its rows, the one of headers first.
    pub(crate) fn table(&self) -> Table<'_> {
        Table::new(&self.text, Some(self.delimiter))
    }

    /// The row whose text is there; nothing for an empty stretch.
    pub(crate) fn record_at(&self, (start, end): (usize, usize), line: u32) -> Option<Record> {
        let text = self.text.get(start..end)?;
        let record = Table::new(text, Some(self.delimiter)).next()?;
        Some(Record { cells: record.cells, bytes: (start, end), line })
    }

    /// The place of a row.
    pub(crate) fn place(&self, record: &Record) -> Place {
        Place { file: self.file, span: record_span(&self.text, record), template: None }
    }

    /// The place of a cell of a row.
    pub(crate) fn cell_place(&self, record: &Record, index: usize) -> Place {
        let cell = cell_span(&self.text, record, index, self.delimiter);
        let span = cell.unwrap_or_else(|| record_span(&self.text, record));
        Place { file: self.file, span, template: None }
    }

    /// Whether it is a sheet of a workbook.
    pub(crate) fn is_sheet(&self) -> bool {
        self.told.sheet.is_some()
    }
}

/// Opens a table; what is wrong with it is told.
pub(crate) fn open(
    resolver: &mut Resolver<'_>,
    written: Written<'_>,
    origin: Origin<'_>,
    sources: &mut Sources,
) -> Option<Opened> {
    // A mistyped separator and a missing file are told in one run.
    let delimiter = written.delimiter.map(|text| delimiter(resolver, text, origin));
    let opened = match (written.csv, written.xlsx) {
        (Some(path), None) => csv_file(resolver, path, written, origin, sources),
        (None, Some(path)) => xlsx_file(resolver, path, written, origin, sources),
        (Some(_), Some(second)) => {
            let help = message!("remove one of the two; another table belongs under `join`");
            let message = message!("found `csv` and `xlsx`, expected one table");
            resolver.reader(origin).error(rule::TABLE, second.span, message, help);
            None
        }
        (None, None) => {
            resolver.reader(origin).missing("csv", first_line(written.span), false);
            None
        }
    };
    let mut opened = opened?;
    match delimiter {
        Some(None) => return None,
        Some(Some(declared)) => opened.delimiter = declared,
        None => {}
    }
    opened.told.delimiter = char::from(opened.delimiter);
    Some(opened)
}

fn first_line(span: Span) -> Span {
    if span.line == span.end_line {
        return span;
    }
    Span { end_line: span.line, end_column: span.column + 1, ..span }
}

fn bytes_of(resolver: &mut Resolver<'_>, path: &Text, origin: Origin<'_>) -> Option<Vec<u8>> {
    match resolver.files.read(&path.value) {
        Ok(bytes) => Some(bytes),
        Err(fault) => {
            let message = message!("`{}` cannot be read: {fault}", path.value, fault);
            resolver.reader(origin).error(fault.rule(), path.span, message, fault.help());
            None
        }
    }
}

fn csv_file(
    resolver: &mut Resolver<'_>,
    path: &Text,
    written: Written<'_>,
    origin: Origin<'_>,
    sources: &mut Sources,
) -> Option<Opened> {
    let bytes = bytes_of(resolver, path, origin)?;
    if let Some(sheet) = written.sheet {
        let message = message!("found `sheet`, which a table in text does not have");
        resolver.reader(origin).error(rule::TABLE, sheet.span, message, message!("remove `sheet`"));
        return None;
    }
    if let Some(kind) = other_file(&bytes) {
        let message = message!("`{}` is {kind}, expected a CSV file", path.value, kind);
        let help = if bytes.starts_with(b"PK\x03\x04") {
            message!(
                "write `xlsx:` instead of `csv:`, or save it from the spreadsheet as «CSV UTF-8»"
            )
        } else {
            message!("save it from the spreadsheet as «CSV UTF-8»")
        };
        resolver.reader(origin).error(rule::TABLE, path.span, message, help);
        return None;
    }
    let encoding = written.encoding;
    match decode(&bytes, encoding.map(|text| text.value.as_str())) {
        Ok((text, used)) => {
            let file = sources.add(&path.value, text.clone());
            let delimiter = Table::new(&text, None).delimiter();
            let told = TableTold {
                path: path.value.clone(),
                sheet: None,
                encoding: used.to_lowercase(),
                delimiter: char::from(delimiter),
            };
            Some(Opened { file, text, delimiter, told, troubles: BTreeMap::new() })
        }
        Err(message) => {
            let span = encoding.map_or(path.span, |text| text.span);
            let help = message!("remove `encoding`, or name the one that the file was saved with");
            resolver.reader(origin).error(rule::TABLE, span, message, help);
            None
        }
    }
}

fn xlsx_file(
    resolver: &mut Resolver<'_>,
    path: &Text,
    written: Written<'_>,
    origin: Origin<'_>,
    sources: &mut Sources,
) -> Option<Opened> {
    let bytes = bytes_of(resolver, path, origin)?;
    let spans = [
        ("delimiter", written.delimiter.map(|text| text.span)),
        ("encoding", written.encoding.map(|text| text.span)),
    ];
    for (key, span) in spans {
        if let Some(span) = span {
            let message = message!("found `{key}`, which a workbook does not have", key);
            let help = message!("remove `{key}`", key);
            resolver.reader(origin).error(rule::TABLE, span, message, help);
            return None;
        }
    }
    match workbook::read(&bytes, written.sheet.map(|text| text.value.as_str())) {
        Ok(sheet) => {
            let named = (sheet.name.as_str(), workbook::DELIMITER);
            let file = sources.add_sheet(&path.value, sheet.text.clone(), named);
            let told = TableTold {
                path: path.value.clone(),
                sheet: Some(sheet.name),
                encoding: "xlsx".to_owned(),
                delimiter: char::from(workbook::DELIMITER),
            };
            let troubles = sheet.troubles;
            Some(Opened { file, text: sheet.text, delimiter: workbook::DELIMITER, told, troubles })
        }
        Err(fault) => {
            let sheet = written.sheet.filter(|_| fault.about_sheet);
            let span = sheet.map_or(path.span, |text| text.span);
            let message = format!("`{}`: {}", path.value, fault.message);
            resolver.reader(origin).error(rule::TABLE, span, message, fault.help);
            None
        }
    }
}

fn delimiter(
    resolver: &mut Resolver<'_>,
    text: &Text<impl Sized>,
    origin: Origin<'_>,
) -> Option<u8> {
    match text.value.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Some(*byte),
        _ if text.value == "\\t" => Some(b'\t'),
        _ => {
            let message = message!("found `{}`, expected one character", text.value);
            let help = message!("write `;`, `,` or `\"\\t\"`, or remove `delimiter`");
            resolver.reader(origin).error(rule::TABLE, text.span, message, help);
            None
        }
    }
}

/// The headers, without blanks around them. Those that cannot be used by name are told.
pub(crate) fn headers(
    resolver: &mut Resolver<'_>,
    table: &mut Table<'_>,
    opened: &Opened,
) -> Option<Vec<String>> {
    let Some(record) = table.next() else {
        let span = Span { line: 1, column: 1, end_line: 1, end_column: 1 };
        resolver.diagnostics.push(
            Diagnostic::error(
                rule::TABLE,
                message!("the table is empty, expected a row of headers"),
            )
            .at(Place { file: opened.file, span, template: None })
            .help(message!("write the names of the columns on the first line")),
        );
        return None;
    };
    let headers: Vec<String> = record.cells.iter().map(|header| bare(header).to_owned()).collect();
    let whole = opened.place(&record);
    if let Some(first) = headers.first().filter(|first| is_note(first)) {
        let message =
            message!("found `{first}`, a note for Excel, expected the row of headers", first);
        let help = message!("remove this line: the separator is found without it");
        resolver.diagnostics.push(Diagnostic::error(rule::TABLE, message).at(whole).help(help));
        return None;
    }
    if headers.len() > COLUMNS {
        let message =
            message!("found {} columns, expected at most {COLUMNS}", headers.len(), COLUMNS);
        let help = message!("write one row for each structure, the headers on the first line");
        resolver.diagnostics.push(Diagnostic::error(rule::TABLE, message).at(whole).help(help));
        return None;
    }
    let mut seen = BTreeSet::new();
    for (index, header) in headers.iter().enumerate() {
        if header.is_empty() {
            continue;
        }
        let doubtful = if BUILT_IN.contains(&header.as_str()) {
            Some(message!("header `{header}` is hidden by a name that every template has", header))
        } else if !seen.insert(header) {
            Some(message!("header `{header}` occurs twice; the first one is used", header))
        } else {
            None
        };
        if let Some(message) = doubtful {
            let help = if BUILT_IN.contains(&header.as_str()) {
                message!("rename one of the columns, or write `row[\"{header}\"]`", header)
            } else {
                message!("rename one of the columns")
            };
            resolver.diagnostics.push(
                Diagnostic::new(rule::TABLE_HEADER, Severity::Warning, message)
                    .at(opened.cell_place(&record, index))
                    .help(help),
            );
        }
    }
    Some(headers)
}

/// Whether the first line is no row of headers but `sep=;`.
fn is_note(first: &str) -> bool {
    first.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sep="))
}
