//! Decides what a row becomes: the one place.

use std::sync::Arc;

use crate::config::resolve::Resolver;
use crate::config::rule;
use crate::config::source::key::Key;
use crate::config::source::read::Source;
use crate::config::source::row::Joined;
use crate::config::source::row::Row;
use crate::config::source::row::line_starts;
use crate::config::source::setup::Duplicates;
use crate::config::source::table::Record;
use crate::config::source::table::open_quote;
use crate::config::source::table::record_span;
use crate::config::source::told::Became;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Place;
use crate::language::Message;
use crate::language::message;

/// The longest row, in bytes. A longer one has lost the quote that ends a cell.
const ROW: usize = 1_000_000;

impl Source<'_> {
    /// Decides what a row becomes, and makes that of it. What is wrong with it is told.
    pub(super) fn decide(
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
                let joins = resolver.trace.iter().flat_map(|_| &self.setup.joins);
                let joined: Vec<Joined> =
                    joins.filter_map(|join| join.joined(&columns, &record.cells)).collect();
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
                    joined: &joined,
                };
                self.entities(resolver, &row)
            }
            Err(faults) => self.unfilled(resolver, record, faults),
        }
    }

    /// What is wrong with the form of a row.
    fn malformed(&self, record: &Record) -> Option<Diagnostic> {
        let text = &self.opened.text;
        let fault = |message: Message, help: Message| {
            let place = self.opened.place(record);
            Some(Diagnostic::error(rule::TABLE_ROW, message).at(place).help(help))
        };
        if let Some(open) = open_quote(text, record, self.opened.delimiter) {
            let message = message!(
                "found a double quote that is never closed, expected another one at the end of its cell"
            );
            let help = message!(
                "close it, or write `\"\"` for a quote that belongs to the text: all that follows was read as one cell"
            );
            let place = Place { file: self.opened.file, span: open, template: None };
            return Some(Diagnostic::error(rule::TABLE_ROW, message).at(place).help(help));
        }
        let length = record.bytes.1 - record.bytes.0;
        if length > ROW {
            let message =
                message!("found a row of {length} bytes, expected at most {ROW}", length, ROW);
            return fault(message, message!("look for a double quote that is never closed"));
        }
        if record.cells.len() != self.headers.len() {
            let message = message!(
                "found {} cells, expected {} as in the headers",
                record.cells.len(),
                self.headers.len()
            );
            let span = record_span(text, record);
            let help = if self.opened.is_sheet() {
                message!("empty the cells beside the table, or give their columns headers")
            } else if span.end_line > span.line {
                message!(
                    "look for a double quote that is never closed: the row goes on to a later line"
                )
            } else {
                message!(
                    "check the separators of this row, and put cells that contain one between double quotes"
                )
            };
            return fault(message, help);
        }
        None
    }

    /// Whether `where` keeps a row; a sentence when it cannot say.
    fn is_wanted(&mut self, resolver: &mut Resolver<'_>, record: &Record) -> Result<bool, Message> {
        let Some((condition, origin)) = self.condition else {
            return Ok(true);
        };
        let values = self.values(record, &self.setup.columns);
        match self.engine.fill_short("where", &values) {
            Ok(answer) => Ok(!is_nothing(&answer)),
            Err(fault) => {
                let help = self.help(&fault);
                let message = message!("`where`: {}", fault.message);
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
                Some(key) => message!("`{}` has no row for `{}`", join.path(), key.as_str()),
                None => message!("the row has no key to look for in `{}`", join.path()),
            };
            let help =
                message!("add the row there, or write `required: false`: its cells are empty then");
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
            Diagnostic::error(rule::TABLE_ROW, message!("found {found}", found))
                .at(self.opened.cell_place(record, *index))
                .help(message!("write the value itself into the cell, or open and save the workbook in a spreadsheet")),
        )
    }
}

/// Tells a fault of a row.
pub(super) fn told(resolver: &mut Resolver<'_>, fault: Diagnostic) -> Became {
    let message = fault.message.clone();
    resolver.diagnostics.push(fault);
    Became::Faulty(message)
}

/// Whether the answer of `where` leaves the row out.
pub(super) fn is_nothing(answer: &str) -> bool {
    matches!(answer.trim().to_ascii_lowercase().as_str(), "" | "false" | "0" | "none")
}
