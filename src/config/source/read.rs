//! `read`: one entry of `sources`, row by row.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use minijinja::OutputSpan;
use minijinja::Value;

use crate::config::manifest::decode::Text;
use crate::config::manifest::project::SourceManifest;
use crate::config::origin::Origin;
use crate::config::resolve::Resolver;
use crate::config::rule;
use crate::config::source::cells::Cells;
use crate::config::source::cells::bare;
use crate::config::source::cells::columns;
use crate::config::source::row::Row;
use crate::config::source::row::header_of;
use crate::config::source::row::line_starts;
use crate::config::source::table::Record;
use crate::config::source::table::Table;
use crate::config::source::table::decode;
use crate::config::source::table::open_quote;
use crate::config::source::table::other_file;
use crate::config::source::table::record_span;
use crate::config::source::template::Engine;
use crate::config::source::template::Template;
use crate::config::source::template::TemplateFault;
use crate::config::yaml;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::FileId;
use crate::diagnostic::Place;
use crate::diagnostic::Rule;
use crate::diagnostic::Severity;
use crate::diagnostic::Sources;
use crate::diagnostic::Span;
use crate::diagnostic::nearest;

/// After so many rows for which a template fails, the rest of the table is not tried: they fail alike.
const FAILURES: usize = 20;

/// The most columns that a table may have: as many as a spreadsheet.
const COLUMNS: usize = 16_384;

/// The longest row, in bytes. A longer one has lost the quote that ends a cell.
const ROW: usize = 1_000_000;

/// Names that every template has besides the headers.
const BUILT_IN: [&str; 2] = ["row", "line"];

/// Reads a table and resolves the entities that its template makes.
pub(crate) fn read(
    resolver: &mut Resolver<'_>,
    written: &SourceManifest,
    origin: Origin<'_>,
    sources: &mut Sources,
) {
    let table =
        written.csv.as_ref().and_then(|path| table_file(resolver, path, written, origin, sources));
    let template =
        written.template.as_ref().and_then(|path| template_file(resolver, path, origin, sources));
    let delimiter = written.delimiter.as_ref().map(|text| delimiter(resolver, text, origin));
    let mut engine = Engine::new();
    let template =
        template.filter(|(path, template)| add_template(resolver, &mut engine, path, template));
    let condition = written.r#where.as_ref().map(|text| {
        let added = engine.add("where", &text.value);
        if let Err(fault) = &added {
            let help = "write a template, for example `{{ siret }}`";
            resolver.reader(origin).error(rule::TEMPLATE, text.span, fault.message.clone(), help);
        }
        (text, added.is_ok())
    });
    let (Some((file, text)), Some((path, template))) = (table, template) else {
        return;
    };
    if matches!(delimiter, Some(None)) || matches!(condition, Some((_, false))) {
        return;
    }
    let mut table = Table::new(&text, delimiter.flatten());
    let Some(headers) = headers(resolver, &mut table, &text, file) else {
        return;
    };
    let mut source = Source {
        file,
        text: &text,
        delimiter: table.delimiter(),
        headers: &headers,
        columns: Arc::new(columns(&headers)),
        path: &path,
        template: &template,
        engine: &engine,
        condition: condition.map(|(text, _)| (text, origin)),
        failures: 0,
        is_over: false,
        missing: BTreeMap::new(),
    };
    while let Some(record) = table.next() {
        if source.failures >= FAILURES {
            let place = Place { file, span: record_span(&text, &record), template: None };
            resolver.diagnostics.push(
                Diagnostic::notice(
                    rule::ROWS_NOT_TRIED,
                    "this row and those after it were not tried",
                )
                .at(place)
                .help("correct the template, then validate again"),
            );
            break;
        }
        source.record(resolver, &record);
        if source.is_over {
            break;
        }
    }
    source.tell_missing(resolver);
}

/// One table and its template, ready for rows.
struct Source<'a> {
    file: FileId,
    text: &'a str,
    delimiter: u8,
    headers: &'a [String],
    columns: Arc<BTreeMap<String, usize>>,
    path: &'a str,
    template: &'a Template,
    engine: &'a Engine,
    condition: Option<(&'a Text, Origin<'a>)>,
    failures: usize,
    /// Whether no row can be read, for a reason that was told.
    is_over: bool,
    /// What is said of each name that no header has, at the first row that asks for it, and how many rows do.
    missing: BTreeMap<(String, Option<u32>), (Diagnostic, usize)>,
}

impl Source<'_> {
    fn record(&mut self, resolver: &mut Resolver<'_>, record: &Record) {
        if record.cells.iter().all(|cell| cell.trim().is_empty()) {
            return;
        }
        if let Some(open) = open_quote(self.text, record, self.delimiter) {
            let message = "found a double quote that is never closed, expected another one at the end of its cell";
            let help = "close it, or write `\"\"` for a quote that belongs to the text: all that follows was read as one cell";
            let place = Place { file: self.file, span: open, template: None };
            resolver
                .diagnostics
                .push(Diagnostic::error(rule::TABLE_ROW, message).at(place).help(help));
            return;
        }
        let length = record.bytes.1 - record.bytes.0;
        if length > ROW {
            let message = format!("found a row of {length} bytes, expected at most {ROW}");
            let help = "look for a double quote that is never closed";
            self.say(resolver, rule::TABLE_ROW, record, message, help.to_owned());
            return;
        }
        if record.cells.len() != self.headers.len() {
            let message = format!(
                "found {} cells, expected {} as in the headers",
                record.cells.len(),
                self.headers.len()
            );
            let span = record_span(self.text, record);
            let help = if span.end_line > span.line {
                "look for a double quote that is never closed: the row goes on to a later line"
            } else {
                "check the separators of this row, and put cells that contain one between double quotes"
            };
            self.say(resolver, rule::TABLE_ROW, record, message, help.to_owned());
            return;
        }
        match self.is_wanted(resolver, record) {
            Some(true) => {}
            Some(false) | None => return,
        }
        match self.fill(record) {
            Ok((text, spans)) => {
                let starts = line_starts(&text);
                let row = Row {
                    table: self.file,
                    table_text: self.text,
                    delimiter: self.delimiter,
                    headers: self.headers,
                    record,
                    template: self.template,
                    text: &text,
                    spans: &spans,
                    starts: &starts,
                };
                self.entities(resolver, &row);
            }
            Err(faults) => {
                self.failures += usize::from(faults.iter().any(|fault| fault.missing.is_none()));
                for fault in faults {
                    let help = self.help(&fault);
                    let place = Place {
                        file: self.file,
                        span: record_span(self.text, record),
                        template: fault.line.map(|line| (self.template.file, line)),
                    };
                    let said =
                        Diagnostic::error(rule::TEMPLATE, fault.message).at(place).help(help);
                    match fault.missing {
                        Some(name) => {
                            self.missing.entry((name, fault.line)).or_insert((said, 0)).1 += 1;
                        }
                        None => resolver.diagnostics.push(said),
                    }
                }
            }
        }
    }

    /// Whether `where` keeps a row; nothing when it cannot say.
    fn is_wanted(&mut self, resolver: &mut Resolver<'_>, record: &Record) -> Option<bool> {
        let Some((condition, origin)) = self.condition else {
            return Some(true);
        };
        match self.engine.fill_short("where", &values(record, &self.columns)) {
            Ok(answer) => Some(!is_nothing(&answer)),
            Err(fault) => {
                let help = self.help(&fault);
                let message = format!("`where`: {}", fault.message);
                self.failures += 1;
                // Every row asks for the same name.
                self.is_over = fault.missing.is_some();
                resolver.reader(origin).error(rule::TEMPLATE, condition.span, message, help);
                None
            }
        }
    }

    /// Fills the template for one row. A name without a header does not hide the next one.
    fn fill(&self, record: &Record) -> Result<(String, Vec<OutputSpan>), Vec<TemplateFault>> {
        let mut columns = Arc::clone(&self.columns);
        let mut faults: Vec<TemplateFault> = Vec::new();
        loop {
            let values = values(record, &columns);
            let fault = match self.engine.fill(self.path, &self.template.text, &values) {
                Ok(filled) if faults.is_empty() => return Ok(filled),
                Ok(_) => return Err(faults),
                Err(fault) => fault,
            };
            let header = fault.missing.as_deref().and_then(header_of).map(str::to_owned);
            match header {
                Some(header)
                    if faults.len() < FAILURES
                        && !columns.contains_key(&header)
                        && self.joined_headers().is_none() =>
                {
                    Arc::make_mut(&mut columns).insert(header, 0);
                    faults.push(fault);
                }
                // What a stand-in causes is no fault of its own.
                _ if faults.is_empty() => return Err(vec![fault]),
                _ => return Err(faults),
            }
        }
    }

    /// Tells each name that no header has once, however many rows ask for it.
    fn tell_missing(self, resolver: &mut Resolver<'_>) {
        for (mut said, rows) in self.missing.into_values() {
            if rows > 1 {
                said.message = format!("{}, for this row and {} more", said.message, rows - 1);
            }
            resolver.diagnostics.push(said);
        }
    }

    fn entities(&mut self, resolver: &mut Resolver<'_>, row: &Row<'_>) {
        let origin = Origin::Row(row);
        let read = yaml::read(row.text);
        if !read.faults.is_empty() {
            self.failures += 1;
        }
        for fault in read.faults {
            resolver.reader(origin).fault(fault);
        }
        for node in read.documents {
            if let Some(name) = resolver.entity(node, origin) {
                resolver.desired.templates.insert(name, self.path.to_owned());
            }
        }
    }

    /// The only header, when it looks like a whole row of them: the separator is wrong.
    fn joined_headers(&self) -> Option<&str> {
        match self.headers {
            [header] if header.contains([';', ',', '\t', '|']) => Some(header),
            _ => None,
        }
    }

    fn help(&self, fault: &TemplateFault) -> String {
        let Some(missing) = &fault.missing else {
            return "correct the template".to_owned();
        };
        if let Some(header) = self.joined_headers() {
            return format!(
                "the whole row is one column `{header}`: correct `delimiter`, or remove it"
            );
        }
        let missing = header_of(missing).unwrap_or(missing);
        let names = || self.headers.iter().map(String::as_str).filter(|name| !name.is_empty());
        match nearest(missing, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!(
                "use a header of the table: {}",
                crate::config::manifest::reader::listed(names())
            ),
        }
    }

    fn say(
        &self,
        resolver: &mut Resolver<'_>,
        rule: &'static Rule,
        record: &Record,
        message: String,
        help: String,
    ) {
        let place = Place { file: self.file, span: record_span(self.text, record), template: None };
        resolver.diagnostics.push(Diagnostic::error(rule, message).at(place).help(help));
    }
}

/// What a template sees of a row.
fn values(record: &Record, columns: &Arc<BTreeMap<String, usize>>) -> Value {
    Value::from_object(Cells {
        columns: Arc::clone(columns),
        record: record.cells.clone(),
        line: Some(record.line),
    })
}

/// Whether the answer of `where` leaves the row out.
fn is_nothing(answer: &str) -> bool {
    matches!(answer.trim().to_ascii_lowercase().as_str(), "" | "false" | "0" | "none")
}

fn table_file(
    resolver: &mut Resolver<'_>,
    path: &Text,
    written: &SourceManifest,
    origin: Origin<'_>,
    sources: &mut Sources,
) -> Option<(FileId, String)> {
    let bytes = match resolver.files.read(&path.value) {
        Ok(bytes) => bytes,
        Err(fault) => {
            let message = format!("`{}` cannot be read: {fault}", path.value);
            resolver.reader(origin).error(fault.rule(), path.span, message, fault.help());
            return None;
        }
    };
    if let Some(kind) = other_file(&bytes) {
        let message = format!("`{}` is {kind}, expected a CSV file", path.value);
        let help = "save it from the spreadsheet as «CSV UTF-8»";
        resolver.reader(origin).error(rule::TABLE, path.span, message, help);
        return None;
    }
    let encoding = written.encoding.as_ref();
    match decode(&bytes, encoding.map(|text| text.value.as_str())) {
        Ok(text) => {
            let file = sources.add(&path.value, text.clone());
            Some((file, text))
        }
        Err(message) => {
            let span = encoding.map_or(path.span, |text| text.span);
            let help = "remove `encoding`, or name the one that the file was saved with";
            resolver.reader(origin).error(rule::TABLE, span, message, help);
            None
        }
    }
}

fn template_file(
    resolver: &mut Resolver<'_>,
    path: &Text,
    origin: Origin<'_>,
    sources: &mut Sources,
) -> Option<(String, Template)> {
    match resolver.files.read_text(&path.value) {
        Ok(text) => {
            let file = sources.add(&path.value, text.clone());
            Some((path.value.clone(), Template::new(file, text)))
        }
        Err(unread) => {
            let mut reader = resolver.reader(origin);
            reader.error(unread.rule, path.span, unread.message, unread.help);
            None
        }
    }
}

fn add_template(
    resolver: &mut Resolver<'_>,
    engine: &mut Engine,
    path: &str,
    template: &Template,
) -> bool {
    let Err(fault) = engine.add(path, &template.text) else {
        return true;
    };
    let line = fault.line.unwrap_or(1);
    let span = Span { line, column: 1, end_line: line, end_column: 1 };
    let place = Place { file: template.file, span, template: None };
    resolver.diagnostics.push(
        Diagnostic::error(rule::TEMPLATE, fault.message).at(place).help("correct the template"),
    );
    false
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
            let message = format!("found `{}`, expected one character", text.value);
            let help = "write `;`, `,` or `\"\\t\"`, or remove `delimiter`";
            resolver.reader(origin).error(rule::TABLE, text.span, message, help);
            None
        }
    }
}

/// The headers, without blanks around them. Those that cannot be used by name are told.
fn headers(
    resolver: &mut Resolver<'_>,
    table: &mut Table<'_>,
    text: &str,
    file: FileId,
) -> Option<Vec<String>> {
    let place = |span: Span| Place { file, span, template: None };
    let Some(record) = table.next() else {
        let span = Span { line: 1, column: 1, end_line: 1, end_column: 1 };
        resolver.diagnostics.push(
            Diagnostic::error(rule::TABLE, "the table is empty, expected a row of headers")
                .at(place(span))
                .help("write the names of the columns on the first line"),
        );
        return None;
    };
    let headers: Vec<String> = record.cells.iter().map(|header| bare(header).to_owned()).collect();
    let whole = record_span(text, &record);
    if let Some(first) = headers.first().filter(|first| is_note(first)) {
        let message = format!("found `{first}`, a note for Excel, expected the row of headers");
        let help = "remove this line: the separator is found without it";
        resolver
            .diagnostics
            .push(Diagnostic::error(rule::TABLE, message).at(place(whole)).help(help));
        return None;
    }
    if headers.len() > COLUMNS {
        let message = format!("found {} columns, expected at most {COLUMNS}", headers.len());
        let help = "write one row for each structure, the headers on the first line";
        resolver
            .diagnostics
            .push(Diagnostic::error(rule::TABLE, message).at(place(whole)).help(help));
        return None;
    }
    let mut seen = BTreeSet::new();
    for (index, header) in headers.iter().enumerate() {
        if header.is_empty() {
            continue;
        }
        let doubtful = if BUILT_IN.contains(&header.as_str()) {
            Some(format!("header `{header}` is hidden by a name that every template has"))
        } else if !seen.insert(header) {
            Some(format!("header `{header}` occurs twice; the first one is used"))
        } else {
            None
        };
        if let Some(message) = doubtful {
            let span =
                crate::config::source::table::cell_span(text, &record, index, table.delimiter());
            let help = format!(
                "rename one of the columns{}",
                if BUILT_IN.contains(&header.as_str()) {
                    format!(", or write `row[\"{header}\"]`")
                } else {
                    String::new()
                }
            );
            resolver.diagnostics.push(
                Diagnostic::new(rule::TABLE_HEADER, Severity::Warning, message)
                    .at(place(span.unwrap_or(whole)))
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
