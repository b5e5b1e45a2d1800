//! `read`: one entry of `sources`, row by row.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::Arc;

use minijinja::OutputSpan;
use minijinja::Value;

use crate::config::manifest::decode::Text;
use crate::config::manifest::project::SourceManifest;
use crate::config::manifest::reader::listed;
use crate::config::origin::Origin;
use crate::config::resolve::Resolver;
use crate::config::rule;
use crate::config::source::cells::Cells;
use crate::config::source::cells::Columns;
use crate::config::source::input;
use crate::config::source::input::Opened;
use crate::config::source::input::Written;
use crate::config::source::join::Join;
use crate::config::source::join::TOLD;
use crate::config::source::join::differing;
use crate::config::source::key::Key;
use crate::config::source::row::Row;
use crate::config::source::row::header_of;
use crate::config::source::row::line_starts;
use crate::config::source::setup::Duplicates;
use crate::config::source::setup::Setup;
use crate::config::source::table::Record;
use crate::config::source::table::open_quote;
use crate::config::source::table::record_span;
use crate::config::source::template::Engine;
use crate::config::source::template::Template;
use crate::config::source::template::TemplateFault;
use crate::config::source::told::Became;
use crate::config::source::told::ColumnTold;
use crate::config::source::told::Counts;
use crate::config::source::told::SourceTold;
use crate::config::yaml;
use crate::config::yaml::Content;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Place;
use crate::diagnostic::Sources;
use crate::diagnostic::Span;
use crate::diagnostic::nearest;

/// After so many rows for which a template fails, the rest of the table is not tried: they fail alike.
const FAILURES: usize = 20;

/// The longest row, in bytes. A longer one has lost the quote that ends a cell.
const ROW: usize = 1_000_000;

/// Reads a table and resolves the entities that its template makes; tells what each row became, one by one when
/// `rows` are asked for.
pub(crate) fn read(
    resolver: &mut Resolver<'_>,
    written: &SourceManifest,
    origin: Origin<'_>,
    sources: &mut Sources,
    rows: bool,
) -> Option<SourceTold> {
    let opened = input::open(resolver, Written::from(written), origin, sources);
    let template =
        written.template.as_ref().and_then(|path| template_file(resolver, path, origin, sources));
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
    let (opened, (path, template)) = (opened?, template?);
    if matches!(condition, Some((_, false))) {
        return None;
    }
    let mut table = opened.table();
    let headers = input::headers(resolver, &mut table, &opened)?;
    let setup = Setup::read(resolver, written, &headers, origin, sources)?;
    let told = SourceTold {
        table: opened.told.clone(),
        file: opened.file,
        template: path.clone(),
        key: setup.key.and_then(|index| headers.get(index)).cloned(),
        columns: Vec::new(),
        joins: Vec::new(),
        counts: Counts::default(),
        reasons: BTreeMap::new(),
        rows: rows.then(Vec::new),
    };
    let mut source = Source {
        opened: &opened,
        headers: &headers,
        setup,
        path: &path,
        template: &template,
        engine: &engine,
        condition: condition.map(|(text, _)| (text, origin)),
        failures: 0,
        is_over: false,
        repeated: 0,
        missing: BTreeMap::new(),
        made: HashMap::new(),
        counted: HashMap::new(),
        told,
    };
    source.look_ahead();
    while let Some(record) = table.next() {
        let key = source.key(&record);
        if source.failures >= FAILURES && !source.is_over {
            source.is_over = true;
            resolver.diagnostics.push(
                Diagnostic::notice(
                    rule::ROWS_NOT_TRIED,
                    "this row and those after it were not tried",
                )
                .at(opened.place(&record))
                .help("correct the template, then validate again"),
            );
        }
        let became = if source.is_over {
            Became::NotTried
        } else {
            source.decide(resolver, &record, key.as_ref())
        };
        source.told.row(record.line, key.as_ref().map(Key::as_str), became);
    }
    Some(source.finish(resolver))
}

/// One table and its template, ready for rows.
struct Source<'a> {
    opened: &'a Opened,
    headers: &'a [String],
    setup: Setup,
    path: &'a str,
    template: &'a Template,
    engine: &'a Engine,
    condition: Option<(&'a Text, Origin<'a>)>,
    failures: usize,
    /// Whether no row can be read, for a reason that was told.
    is_over: bool,
    /// How many rows repeat another one.
    repeated: usize,
    /// What is said of each name that no header has, at the first row that asks for it, and how many rows do.
    missing: BTreeMap<(String, Option<u32>), (Diagnostic, usize)>,
    /// The row that made each entity: its line, and where its text is.
    made: HashMap<String, Made>,
    /// Where `duplicates` chooses: the line of the row that counts for each key.
    counted: HashMap<Key, u32>,
    told: SourceTold,
}

/// A row that made an entity.
#[derive(Clone, Copy)]
struct Made {
    line: u32,
    bytes: (usize, usize),
}

impl Source<'_> {
    /// The key of a row.
    fn key(&self, record: &Record) -> Option<Key> {
        Key::of(record.cells.get(self.setup.key?)?)
    }

    /// With `duplicates: last`, finds the last row for each key among those that count.
    fn look_ahead(&mut self) {
        if self.setup.duplicates != Duplicates::Last {
            return;
        }
        let mut table = self.opened.table();
        // The headers.
        table.next();
        while let Some(record) = table.next() {
            if record.cells.len() != self.headers.len() {
                continue;
            }
            let Some(key) = self.key(&record) else { continue };
            let wanted = self.condition.is_none()
                || self
                    .engine
                    .fill_short("where", &self.values(&record, &self.setup.columns))
                    .is_ok_and(|answer| !is_nothing(&answer));
            if wanted {
                self.counted.insert(key, record.line);
            }
        }
    }

    /// Decides what a row becomes, and makes that of it. What is wrong with it is told.
    fn decide(
        &mut self,
        resolver: &mut Resolver<'_>,
        record: &Record,
        key: Option<&Key>,
    ) -> Became {
        if record.cells.iter().all(|cell| cell.trim().is_empty()) {
            return Became::Empty;
        }
        if let Some(fault) = self.malformed(record) {
            return told(resolver, fault);
        }
        let excluded = key.and_then(|key| self.setup.exclusions.reason(key));
        if let Some(reason) = excluded {
            return Became::Excluded(reason.to_owned());
        }
        match self.is_wanted(resolver, record) {
            Ok(true) => {}
            Ok(false) => return Became::LeftOut,
            Err(message) => return Became::Faulty(message),
        }
        if let Some(fault) = self.joined(record) {
            return told(resolver, fault);
        }
        if let Some(counted) = key.and_then(|key| self.counts_instead(record, key)) {
            self.repeated += 1;
            return Became::Duplicate(counted);
        }
        match self.fill(record) {
            Ok((text, spans)) => {
                if let Some(fault) = self.troubled(record) {
                    return told(resolver, fault);
                }
                let starts = line_starts(&text);
                let columns = Arc::clone(&self.setup.columns);
                let row = Row {
                    table: self.opened.file,
                    table_text: &self.opened.text,
                    delimiter: self.opened.delimiter,
                    columns: &columns,
                    record,
                    template: self.template,
                    text: &text,
                    spans: &spans,
                    starts: &starts,
                };
                self.entities(resolver, &row)
            }
            Err(faults) => self.unfilled(resolver, record, faults),
        }
    }

    /// What is wrong with the form of a row.
    fn malformed(&self, record: &Record) -> Option<Diagnostic> {
        let text = &self.opened.text;
        let fault = |message: String, help: &str| {
            let place = self.opened.place(record);
            Some(Diagnostic::error(rule::TABLE_ROW, message).at(place).help(help))
        };
        if let Some(open) = open_quote(text, record, self.opened.delimiter) {
            let message = "found a double quote that is never closed, expected another one at the end of its cell";
            let help = "close it, or write `\"\"` for a quote that belongs to the text: all that follows was read as one cell";
            let place = Place { file: self.opened.file, span: open, template: None };
            return Some(Diagnostic::error(rule::TABLE_ROW, message).at(place).help(help));
        }
        let length = record.bytes.1 - record.bytes.0;
        if length > ROW {
            let message = format!("found a row of {length} bytes, expected at most {ROW}");
            return fault(message, "look for a double quote that is never closed");
        }
        if record.cells.len() != self.headers.len() {
            let message = format!(
                "found {} cells, expected {} as in the headers",
                record.cells.len(),
                self.headers.len()
            );
            let span = record_span(text, record);
            let help = if self.opened.is_sheet() {
                "empty the cells beside the table, or give their columns headers"
            } else if span.end_line > span.line {
                "look for a double quote that is never closed: the row goes on to a later line"
            } else {
                "check the separators of this row, and put cells that contain one between double quotes"
            };
            return fault(message, help);
        }
        None
    }

    /// Whether `where` keeps a row; a sentence when it cannot say.
    fn is_wanted(&mut self, resolver: &mut Resolver<'_>, record: &Record) -> Result<bool, String> {
        let Some((condition, origin)) = self.condition else {
            return Ok(true);
        };
        let values = self.values(record, &self.setup.columns);
        match self.engine.fill_short("where", &values) {
            Ok(answer) => Ok(!is_nothing(&answer)),
            Err(fault) => {
                let help = self.help(&fault);
                let message = format!("`where`: {}", fault.message);
                self.failures += 1;
                // Every row asks for the same name.
                self.is_over = fault.missing.is_some();
                let said = message.clone();
                resolver.reader(origin).error(rule::TEMPLATE, condition.span, said, help);
                Err(message)
            }
        }
    }

    /// Counts the rows that belong to this one; what is wrong when one is needed and not there.
    fn joined(&mut self, record: &Record) -> Option<Diagnostic> {
        let mut fault = None;
        for join in &mut self.setup.joins {
            join.count(&self.setup.columns, &record.cells);
            let (_, found) = join.partner(&self.setup.columns, &record.cells);
            if found || !join.required || fault.is_some() {
                continue;
            }
            let key = join.key(&self.setup.columns, &record.cells);
            let message = match &key {
                Some(key) => format!("`{}` has no row for `{}`", join.path(), key.as_str()),
                None => format!("the row has no key to look for in `{}`", join.path()),
            };
            let help = "add the row there, or write `required: false`: its cells are empty then";
            let place = self.opened.place(record);
            fault = Some(Diagnostic::error(rule::JOINED_ROW, message).at(place).help(help));
        }
        fault
    }

    /// The line of the row that counts instead of this one, where `duplicates` chooses.
    fn counts_instead(&mut self, record: &Record, key: &Key) -> Option<u32> {
        let counted = match self.setup.duplicates {
            Duplicates::Error => return None,
            Duplicates::First => *self.counted.entry(key.clone()).or_insert(record.line),
            Duplicates::Last => *self.counted.get(key)?,
        };
        (counted != record.line).then_some(counted)
    }

    /// A cell that a formula left without a value, in a column that the template asks for.
    fn troubled(&self, record: &Record) -> Option<Diagnostic> {
        let line = record.line;
        let mut cells = self.opened.troubles.range((line, 0)..=(line, usize::MAX));
        let ((_, index), found) = cells.find(|((_, at), _)| self.setup.columns.is_used(*at))?;
        Some(
            Diagnostic::error(rule::TABLE_ROW, format!("found {found}"))
                .at(self.opened.cell_place(record, *index))
                .help("write the value itself into the cell, or open and save the workbook in a spreadsheet"),
        )
    }

    fn unfilled(
        &mut self,
        resolver: &mut Resolver<'_>,
        record: &Record,
        faults: Vec<TemplateFault>,
    ) -> Became {
        self.failures += usize::from(faults.iter().any(|fault| fault.missing.is_none()));
        let why = faults.first().map(|fault| fault.message.clone()).unwrap_or_default();
        for fault in faults {
            let help = self.help(&fault);
            let place = Place {
                template: fault.line.map(|line| (self.template.file, line)),
                ..self.opened.place(record)
            };
            let said = Diagnostic::error(rule::TEMPLATE, fault.message).at(place).help(help);
            match fault.missing {
                Some(name) => {
                    self.missing.entry((name, fault.line)).or_insert((said, 0)).1 += 1;
                }
                None => resolver.diagnostics.push(said),
            }
        }
        Became::Faulty(why)
    }

    /// What a template sees of a row.
    fn values(&self, record: &Record, columns: &Arc<Columns>) -> Value {
        let joined = self
            .setup
            .joins
            .iter()
            .map(|join| (Arc::clone(&join.alias), join.partner(columns, &record.cells).0))
            .collect();
        Value::from_object(Cells {
            columns: Arc::clone(columns),
            record: record.cells.clone(),
            line: Some(record.line),
            joined,
        })
    }

    /// Fills the template for one row. A name without a header does not hide the next one.
    fn fill(&self, record: &Record) -> Result<(String, Vec<OutputSpan>), Vec<TemplateFault>> {
        let mut columns = Arc::clone(&self.setup.columns);
        let mut faults: Vec<TemplateFault> = Vec::new();
        loop {
            let values = self.values(record, &columns);
            let fault = match self.engine.fill(self.path, &self.template.text, &values) {
                Ok(filled) if faults.is_empty() => return Ok(filled),
                Ok(_) => return Err(faults),
                Err(fault) => fault,
            };
            let header = fault.missing.as_deref().and_then(header_of).map(str::to_owned);
            match header {
                Some(header)
                    if faults.len() < FAILURES
                        && !columns.has(&header)
                        && self.joined_headers().is_none() =>
                {
                    Arc::make_mut(&mut columns).name(&header, 0);
                    faults.push(fault);
                }
                // What a stand-in causes is no fault of its own.
                _ if faults.is_empty() => return Err(vec![fault]),
                _ => return Err(faults),
            }
        }
    }

    /// Tells what is told once for the whole table.
    fn finish(self, resolver: &mut Resolver<'_>) -> SourceTold {
        for (mut said, rows) in self.missing.into_values() {
            if rows > 1 {
                said.message = format!("{}, for this row and {} more", said.message, rows - 1);
            }
            resolver.diagnostics.push(said);
        }
        let start = Span { line: 1, column: 1, end_line: 1, end_column: 1 };
        let top = Place { file: self.opened.file, span: start, template: None };
        let message = match self.setup.duplicates {
            Duplicates::Error if self.repeated > TOLD => {
                Some(format!("{} more rows repeat another one", self.repeated - TOLD))
            }
            Duplicates::First | Duplicates::Last if self.repeated > 0 => {
                Some(format!("`duplicates` leaves out {} of the rows", self.repeated))
            }
            Duplicates::Error | Duplicates::First | Duplicates::Last => None,
        };
        if let Some(message) = message {
            resolver.diagnostics.push(
                Diagnostic::notice(rule::DUPLICATE_ROW, message)
                    .at(top)
                    .help("`raccord sources check --rows` lists them"),
            );
        }
        if !self.is_over {
            self.setup.exclusions.tell_unused(resolver);
        }
        let Setup { columns, joins, names, .. } = self.setup;
        let mut told = self.told;
        told.columns = self
            .headers
            .iter()
            .enumerate()
            .map(|(index, header)| ColumnTold {
                header: header.clone(),
                name: names.get(&index).cloned(),
                used: columns.is_used(index),
            })
            .collect();
        told.joins = joins.into_iter().map(Join::into_told).collect();
        told
    }

    fn entities(&mut self, resolver: &mut Resolver<'_>, row: &Row<'_>) -> Became {
        let origin = Origin::Row(row);
        let read = yaml::read(row.text);
        let before = resolver.diagnostics.len();
        if !read.faults.is_empty() {
            self.failures += 1;
        }
        for fault in read.faults {
            resolver.reader(origin).fault(fault);
        }
        let earlier = read.documents.iter().find_map(|node| {
            let name = name_of(node)?;
            Some((name, *self.made.get(name)?))
        });
        if let Some((name, first)) = earlier {
            return self.repeats(resolver, row, name, first);
        }
        let made = Made { line: row.record.line, bytes: row.record.bytes };
        let mut names = Vec::new();
        for node in read.documents {
            if let Some(name) = name_of(&node) {
                self.made.insert(name.to_owned(), made);
            }
            if let Some(name) = resolver.entity(node, origin) {
                resolver.desired.templates.insert(name.clone(), self.path.to_owned());
                names.push(name);
            }
        }
        let fault = resolver.diagnostics.get(before..).unwrap_or_default();
        match fault.iter().find(|found| found.is_error()) {
            Some(fault) => Became::Faulty(fault.message.clone()),
            None => Became::Entities(names),
        }
    }

    /// A row that makes an entity which an earlier row made.
    fn repeats(
        &mut self,
        resolver: &mut Resolver<'_>,
        row: &Row<'_>,
        name: &str,
        first: Made,
    ) -> Became {
        let (record, opened) = (row.record, self.opened);
        let Some(earlier) = opened.record_at(first.bytes, first.line) else {
            return Became::Duplicate(first.line);
        };
        if self.fill(&earlier).is_ok_and(|(text, _)| text == row.text) {
            self.tell_repeated(resolver, record, &earlier);
            return Became::Duplicate(first.line);
        }
        let columns = &self.setup.columns;
        let mut differ =
            differing(self.headers, &earlier.cells, &record.cells, |at| columns.is_used(at));
        if differ.is_empty() {
            differ = vec!["line"];
        }
        let message = format!(
            "lines {} and {} both make entity `{name}`, and differ in {}",
            first.line,
            record.line,
            listed(differ)
        );
        let help = "correct one of the two, leave it out with `where` or `exclude`, or write `duplicates: first` or `duplicates: last`";
        let fault = Diagnostic::error(rule::CONFLICTING_ROWS, message)
            .at(opened.place(record))
            .help(help)
            .related(Some(opened.place(&earlier)), "the first one");
        told(resolver, fault)
    }

    /// Tells a row that says the same as an earlier one. Where `duplicates` chooses, they are told together at the end.
    fn tell_repeated(&mut self, resolver: &mut Resolver<'_>, record: &Record, earlier: &Record) {
        self.repeated += 1;
        if self.repeated > TOLD {
            return;
        }
        let message =
            format!("this row makes the same as the one of line {}, and is left out", earlier.line);
        resolver.diagnostics.push(
            Diagnostic::notice(rule::DUPLICATE_ROW, message)
                .at(self.opened.place(record))
                .help("remove one of the two")
                .related(Some(self.opened.place(earlier)), "the one that counts"),
        );
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
        let joined = missing.split_once('.').and_then(|(alias, name)| {
            let join = self.setup.joins.iter().find(|join| *join.alias == *alias)?;
            Some((name.trim(), &join.columns))
        });
        let (missing, columns) = joined.unwrap_or((missing, &self.setup.columns));
        let names = || columns.told();
        match nearest(missing, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("use a header of the table: {}", listed(names())),
        }
    }
}

/// Tells a fault of a row.
fn told(resolver: &mut Resolver<'_>, fault: Diagnostic) -> Became {
    let message = fault.message.clone();
    resolver.diagnostics.push(fault);
    Became::Faulty(message)
}

/// The name of the entity that a document declares.
fn name_of(node: &yaml::Node) -> Option<&str> {
    match &node.get("entity")?.content {
        Content::Scalar { text, .. } => Some(text),
        Content::Sequence(_) | Content::Mapping(_) => None,
    }
}

/// Whether the answer of `where` leaves the row out.
fn is_nothing(answer: &str) -> bool {
    matches!(answer.trim().to_ascii_lowercase().as_str(), "" | "false" | "0" | "none")
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
