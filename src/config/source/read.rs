//! `read`: one entry of `sources`, row by row.

use std::collections::BTreeMap;
use std::collections::HashMap;

use crate::config::manifest::decode::Text;
use crate::config::manifest::project::SourceManifest;
use crate::config::origin::Origin;
use crate::config::resolve::Resolver;
use crate::config::rule;
use crate::config::source::decide::is_nothing;
use crate::config::source::entities::Made;
use crate::config::source::input;
use crate::config::source::input::Opened;
use crate::config::source::input::Written;
use crate::config::source::join::Join;
use crate::config::source::join::TOLD;
use crate::config::source::key::Key;
use crate::config::source::setup::Duplicates;
use crate::config::source::setup::Setup;
use crate::config::source::table::Record;
use crate::config::source::template::Engine;
use crate::config::source::template::Template;
use crate::config::source::told::Became;
use crate::config::source::told::ColumnTold;
use crate::config::source::told::Counts;
use crate::config::source::told::SourceTold;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Place;
use crate::diagnostic::Sources;
use crate::diagnostic::Span;
use crate::language::message;

/// After so many rows for which a template fails, the rest of the table is not tried: they fail alike.
pub(super) const FAILURES: usize = 20;

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
            let help = message!("write a template, for example `{{ siret }}`");
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
                    message!("this row and those after it were not tried"),
                )
                .at(opened.place(&record))
                .help(message!("correct the template, then validate again")),
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
pub(super) struct Source<'a> {
    pub(super) opened: &'a Opened,
    pub(super) headers: &'a [String],
    pub(super) setup: Setup,
    pub(super) path: &'a str,
    pub(super) template: &'a Template,
    pub(super) engine: &'a Engine,
    pub(super) condition: Option<(&'a Text, Origin<'a>)>,
    pub(super) failures: usize,
    /// Whether no row can be read, for a reason that was told.
    pub(super) is_over: bool,
    /// How many rows repeat another one.
    pub(super) repeated: usize,
    /// What is said of each name that no header has, at the first row that asks for it, and how many rows do.
    pub(super) missing: BTreeMap<(String, Option<u32>), (Diagnostic, usize)>,
    /// The row that made each entity: its line, and where its text is.
    pub(super) made: HashMap<String, Made>,
    /// Where `duplicates` chooses: the line of the row that counts for each key.
    pub(super) counted: HashMap<Key, u32>,
    pub(super) told: SourceTold,
}

impl Source<'_> {
    /// The key of a row.
    pub(super) fn key(&self, record: &Record) -> Option<Key> {
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

    /// Tells what is told once for the whole table.
    fn finish(self, resolver: &mut Resolver<'_>) -> SourceTold {
        for (mut said, rows) in self.missing.into_values() {
            if rows > 1 {
                said.message = message!("{}, for this row and {} more", said.message, rows - 1);
            }
            resolver.diagnostics.push(said);
        }
        let start = Span { line: 1, column: 1, end_line: 1, end_column: 1 };
        let top = Place { file: self.opened.file, span: start, template: None };
        let message = match self.setup.duplicates {
            Duplicates::Error if self.repeated > TOLD => {
                Some(message!("{} more rows repeat another one", self.repeated - TOLD))
            }
            Duplicates::First | Duplicates::Last if self.repeated > 0 => {
                Some(message!("`duplicates` leaves out {} of the rows", self.repeated))
            }
            Duplicates::Error | Duplicates::First | Duplicates::Last => None,
        };
        if let Some(message) = message {
            resolver.diagnostics.push(
                Diagnostic::notice(rule::DUPLICATE_ROW, message)
                    .at(top)
                    .help(message!("`raccord sources check --rows` lists them")),
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
        Diagnostic::error(rule::TEMPLATE, fault.message)
            .at(place)
            .help(message!("correct the template")),
    );
    false
}
