//! `Join`: another table, in which each row of the first one finds its own by a column that both have.

use std::collections::HashMap;
use std::sync::Arc;

use csv::StringRecord;
use minijinja::Value;

use crate::config::manifest::project::JoinManifest;
use crate::config::manifest::project::OnManifest;
use crate::config::manifest::reader::listed;
use crate::config::origin::Origin;
use crate::config::resolve::Resolver;
use crate::config::rule;
use crate::config::source::cells::Cells;
use crate::config::source::cells::Columns;
use crate::config::source::cells::bare;
use crate::config::source::input;
use crate::config::source::input::BUILT_IN;
use crate::config::source::input::Opened;
use crate::config::source::input::Written;
use crate::config::source::key::Key;
use crate::config::source::row::Joined;
use crate::config::source::table::Record;
use crate::config::source::told::JoinTold;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Place;
use crate::diagnostic::Sources;
use crate::diagnostic::nearest;
use crate::language::message;

/// How many rows of one kind are told one by one.
pub(crate) const TOLD: usize = 20;

/// A joined table, by keys.
pub(crate) struct Join {
    /// What templates call its rows.
    pub(crate) alias: Arc<str>,
    /// Whether each row of the first table must have one here.
    pub(crate) required: bool,
    /// The names of its columns.
    pub(crate) columns: Arc<Columns>,
    /// The name of the column of the first table.
    left: String,
    rows: HashMap<Key, Partner>,
    /// What stands for a row that is not there: each cell is empty.
    nothing: Value,
    told: JoinTold,
}

/// A row of a joined table.
struct Partner {
    values: Value,
    cells: StringRecord,
    place: Place,
    line: u32,
    is_used: bool,
}

impl Join {
    /// Reads a joined table. `known` are the columns of the first one.
    pub(crate) fn read(
        resolver: &mut Resolver<'_>,
        written: &JoinManifest,
        known: &Columns,
        origin: Origin<'_>,
        sources: &mut Sources,
    ) -> Option<Self> {
        let opened = input::open(resolver, Written::from(written), origin, sources);
        let alias = written.r#as.as_ref()?;
        if !is_word(&alias.value) || known.has(&alias.value) {
            let message = if is_word(&alias.value) {
                message!("`{}` is the name of a column already", alias.value)
            } else {
                message!("found `{}`, expected a plain word", alias.value)
            };
            let help =
                message!("choose another word of letters, digits and `_`, for example `contact`");
            resolver.reader(origin).error(rule::TABLE, alias.span, message, help);
            return None;
        }
        let opened = opened?;
        let (left, right) = match written.on.as_ref()? {
            OnManifest::Same(both) => (both, both),
            OnManifest::Columns(columns) => (columns.left.as_ref()?, columns.right.as_ref()?),
        };
        let mut table = opened.table();
        let headers = input::headers(resolver, &mut table, &opened)?;
        let columns = Arc::new(Columns::new(&headers));
        let mut find = |name: &crate::config::manifest::decode::Text, columns: &Columns| {
            let found = columns.index(&name.value);
            if found.is_none() {
                unknown(resolver, name, columns, origin);
            }
            found
        };
        let (here, there) = (find(left, known), find(right, &columns));
        let (_, index) = (here?, there?);
        let mut join = Self {
            alias: Arc::from(alias.value.as_str()),
            required: written.required.is_none_or(|flag| flag.value),
            left: left.value.clone(),
            rows: HashMap::new(),
            nothing: row_values(&columns, StringRecord::new()),
            told: JoinTold {
                table: opened.told.clone(),
                alias: alias.value.clone(),
                keys: 0,
                used: 0,
                matched: 0,
                missing: 0,
            },
            columns,
        };
        let mut repeated = 0;
        while let Some(record) = table.next() {
            join.add(resolver, &opened, &headers, record, index, &mut repeated);
        }
        if repeated > TOLD {
            let message =
                message!("{} more rows of this table repeat an earlier one", repeated - TOLD);
            resolver.diagnostics.push(
                Diagnostic::notice(rule::DUPLICATE_ROW, message)
                    .at(origin.place(alias.span))
                    .help(message!("remove them")),
            );
        }
        join.told.keys = join.rows.len();
        Some(join)
    }

    fn add(
        &mut self,
        resolver: &mut Resolver<'_>,
        opened: &Opened,
        headers: &[String],
        record: Record,
        index: usize,
        repeated: &mut usize,
    ) {
        if record.cells.iter().all(|cell| cell.trim().is_empty()) {
            return;
        }
        let place = opened.place(&record);
        if record.cells.len() != headers.len() {
            let message = message!(
                "found {} cells, expected {} as in the headers",
                record.cells.len(),
                headers.len()
            );
            let help = message!("check the separators and quotes of this row");
            resolver
                .diagnostics
                .push(Diagnostic::error(rule::TABLE_ROW, message).at(place).help(help));
            return;
        }
        if let Some(trouble) =
            (0..headers.len()).find_map(|at| Some((at, opened.troubles.get(&(record.line, at))?)))
        {
            let (at, found) = trouble;
            resolver.diagnostics.push(
                Diagnostic::error(rule::TABLE_ROW, message!("found {found}", found))
                    .at(opened.cell_place(&record, at))
                    .help(message!("write the value itself into the cell, or empty it")),
            );
            return;
        }
        let Some(key) = record.cells.get(index).and_then(Key::of) else { return };
        let Some(first) = self.rows.get(&key) else {
            let partner = Partner {
                values: row_values(&self.columns, record.cells.clone()),
                cells: record.cells,
                place,
                line: record.line,
                is_used: false,
            };
            self.rows.insert(key, partner);
            return;
        };
        let differ = differing(headers, &first.cells, &record.cells, |at| at != index);
        if differ.is_empty() {
            *repeated += 1;
            if *repeated <= TOLD {
                let message = message!("this row repeats the one of line {}", first.line);
                resolver.diagnostics.push(
                    Diagnostic::notice(rule::DUPLICATE_ROW, message)
                        .at(place)
                        .help(message!("remove one of the two"))
                        .related(Some(first.place), message!("the first one")),
                );
            }
            return;
        }
        let message = message!(
            "lines {} and {} are both about `{}`, and differ in {}",
            first.line,
            record.line,
            key.as_str(),
            listed(&differ)
        );
        resolver.diagnostics.push(
            Diagnostic::error(rule::JOINED_ROW, message)
                .at(place)
                .help(message!("keep one of the two: a joined table has one row for each key"))
                .related(Some(first.place), message!("the first one")),
        );
    }

    /// The row that belongs to one of the first table, given by its columns and cells; the second value says whether
    /// it is there.
    pub(crate) fn partner(&self, columns: &Columns, cells: &StringRecord) -> (Value, bool) {
        let key = self.key(columns, cells);
        match key.and_then(|key| self.rows.get(&key)) {
            Some(partner) => (partner.values.clone(), true),
            None => (self.nothing.clone(), false),
        }
    }

    /// The row that belongs to one of the first table, and its place.
    pub(crate) fn joined(&self, columns: &Columns, cells: &StringRecord) -> Option<Joined> {
        let partner = self.rows.get(&self.key(columns, cells)?)?;
        let (alias, columns) = (Arc::clone(&self.alias), Arc::clone(&self.columns));
        Some(Joined { alias, columns, place: partner.place })
    }

    /// Counts a row of the first table that is looked at.
    pub(crate) fn count(&mut self, columns: &Columns, cells: &StringRecord) {
        let key = self.key(columns, cells);
        match key.and_then(|key| self.rows.get_mut(&key)) {
            Some(partner) => {
                self.told.matched += 1;
                self.told.used += usize::from(!partner.is_used);
                partner.is_used = true;
            }
            None => self.told.missing += 1,
        }
    }

    /// The key of a row of the first table.
    pub(crate) fn key(&self, columns: &Columns, cells: &StringRecord) -> Option<Key> {
        Key::of(cells.get(columns.index(&self.left)?)?)
    }

    /// The path of its table, with the sheet.
    pub(crate) fn path(&self) -> &str {
        &self.told.table.path
    }

    /// What is told of it.
    pub(crate) fn into_told(self) -> JoinTold {
        self.told
    }
}

fn row_values(columns: &Arc<Columns>, record: StringRecord) -> Value {
    let columns = Arc::clone(columns);
    Value::from_object(Cells { columns, record, line: None, joined: Vec::new() })
}

/// Tells a column that no header has.
pub(crate) fn unknown<F>(
    resolver: &mut Resolver<'_>,
    name: &crate::config::manifest::decode::Text<F>,
    columns: &Columns,
    origin: Origin<'_>,
) {
    let help = match nearest(&name.value, columns.told()) {
        Some(near) => message!("did you mean `{near}`?", near),
        None => message!("use a header of the table: {}", listed(columns.told())),
    };
    let message = message!("the table has no column `{}`", name.value);
    resolver.reader(origin).error(rule::TABLE, name.span, message, help);
}

/// The headers of the columns, of those that `counts`, in which two rows differ.
pub(crate) fn differing<'a>(
    headers: &'a [String],
    first: &StringRecord,
    second: &StringRecord,
    counts: impl Fn(usize) -> bool,
) -> Vec<&'a str> {
    let cell = |record: &StringRecord, at: usize| {
        record.get(at).map(|cell| bare(cell).to_owned()).unwrap_or_default()
    };
    headers
        .iter()
        .enumerate()
        .filter(|(at, _)| counts(*at) && cell(first, *at) != cell(second, *at))
        .map(|(_, header)| header.as_str())
        .collect()
}

/// Whether a text is a name that a template can use as it is.
pub(crate) fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !BUILT_IN.contains(&text)
}
