//! `Row`: a template filled with one record, and the way back from its text to the record's cells.

use std::sync::Arc;

use minijinja::OutputSpan;
use minijinja::OutputSpanKind;

use crate::config::source::cells::Columns;
use crate::config::source::cells::bare;
use crate::config::source::table::Record;
use crate::config::source::table::cell_span;
use crate::config::source::table::record_span;
use crate::config::source::template::Template;
use crate::config::trace::CellOrigin;
use crate::diagnostic::FileId;
use crate::diagnostic::Place;
use crate::diagnostic::Span;

/// A filled template.
pub(crate) struct Row<'a> {
    /// The table's file.
    pub(crate) table: FileId,
    /// The table's text.
    pub(crate) table_text: &'a str,
    /// The character between two cells.
    pub(crate) delimiter: u8,
    /// What the cells are called.
    pub(crate) columns: &'a Columns,
    /// The record.
    pub(crate) record: &'a Record,
    /// The template.
    pub(crate) template: &'a Template,
    /// The text that it gave.
    pub(crate) text: &'a str,
    /// Which part of the text came from where in the template, in the order of the text.
    pub(crate) spans: &'a [OutputSpan],
    /// Where each line of the text begins, in bytes.
    pub(crate) starts: &'a [usize],
    /// The rows of joined tables that belong to the record. Only where values are traced.
    pub(crate) joined: &'a [Joined],
}

/// The row of a joined table that belongs to a record.
pub(crate) struct Joined {
    /// What templates call it.
    pub(crate) alias: Arc<str>,
    /// What its cells are called.
    pub(crate) columns: Arc<Columns>,
    /// Its place.
    pub(crate) place: Place,
}

impl Row<'_> {
    /// The place of a stretch of the text: the cell it came from, else the whole record; and the template's line.
    pub(crate) fn place(&self, span: Span) -> Place {
        self.cell_place(span).unwrap_or_else(|| Place {
            file: self.table,
            span: record_span(self.table_text, self.record),
            template: self.template_line(span),
        })
    }

    /// The place of a stretch that came from one cell.
    pub(crate) fn cell_place(&self, span: Span) -> Option<Place> {
        let index = self.cell(span)?;
        let cell = cell_span(self.table_text, self.record, index, self.delimiter)?;
        Some(Place { file: self.table, span: cell, template: self.template_line(span) })
    }

    /// The place of a stretch and the cell that it came from, also one of a joined table.
    pub(crate) fn traced(&self, span: Span) -> (Place, Option<CellOrigin>) {
        let place = self.place(span);
        let found = self.expressions(span).find_map(|name| {
            self.own_cell(name).map(|cell| (place, cell)).or_else(|| {
                let (alias, column) = name.split_once('.')?;
                let joined = self.joined.iter().find(|joined| *joined.alias == *alias.trim())?;
                let column = joined.columns.header(joined.columns.index(column.trim())?)?;
                let cell = CellOrigin {
                    column: column.to_owned(),
                    alias: Some(joined.alias.to_string()),
                    is_default: false,
                };
                Some((Place { template: place.template, ..joined.place }, cell))
            })
        });
        found.map_or((place, None), |(place, cell)| (place, Some(cell)))
    }

    /// The cell of the record that has a name.
    fn own_cell(&self, name: &str) -> Option<CellOrigin> {
        let index = self.columns.index(name);
        let column = index.and_then(|index| self.columns.header(index));
        let text = index.and_then(|index| self.record.cells.get(index)).unwrap_or_default();
        let is_default = bare(text).is_empty() && self.columns.has_default(name);
        let column = column.or_else(|| is_default.then_some(name))?.to_owned();
        Some(CellOrigin { column, alias: None, is_default })
    }

    /// The cell that a stretch came from: the first expression in it that names a header.
    fn cell(&self, span: Span) -> Option<usize> {
        self.expressions(span).find_map(|name| self.columns.index(name))
    }

    /// What the expressions in a stretch name, in their order.
    fn expressions(&self, span: Span) -> impl Iterator<Item = &str> {
        // A stretch of several lines is a whole mapping or list, which is no cell's.
        let whole = span.line == span.end_line;
        let start = self.byte(span.line, span.column).filter(|_| whole);
        let bytes = start.zip(self.byte(span.end_line, span.end_column));
        let (start, end) = bytes.unwrap_or_default();
        let first = self.spans.partition_point(|known| known.output_range().end <= start);
        self.spans[first..]
            .iter()
            .take_while(move |known| known.output_range().start < end)
            .filter(|known| known.kind() == OutputSpanKind::Expression)
            .filter_map(|known| header_of(self.template.text.get(known.source_range())?))
    }

    fn template_line(&self, span: Span) -> Option<(FileId, u32)> {
        let at = self.byte(span.line, span.column)?;
        let index = self.spans.partition_point(|known| known.output_range().end <= at);
        let known = self.spans.get(index).or(self.spans.last())?;
        let line = match known.kind() {
            OutputSpanKind::Raw => {
                let inside = at.saturating_sub(known.output_range().start);
                self.template.line_of(known.source_range().start + inside)
            }
            _ => u32::try_from(known.line()).unwrap_or(u32::MAX),
        };
        Some((self.template.file, line))
    }

    fn byte(&self, line: u32, column: u32) -> Option<usize> {
        let start = *self.starts.get(line.checked_sub(1)? as usize)?;
        let rest = self.text.get(start..)?;
        let skipped = column.checked_sub(1)? as usize;
        // The usual case, and the one that must be quick: many faults on one long line.
        if rest.get(..skipped).is_some_and(str::is_ascii) {
            return Some(start + skipped);
        }
        Some(start + rest.char_indices().nth(skipped).map_or(rest.len(), |(at, _)| at))
    }
}

/// The header that an expression names: `siret`, `siret | trim`, `row["SIRET acheteur"]`, `row.siret`.
pub(crate) fn header_of(expression: &str) -> Option<&str> {
    let value = expression.split('|').next().unwrap_or(expression).trim();
    let value = value.trim_start_matches('{').trim_end_matches('}').trim_matches('-').trim();
    if let Some(rest) = value.strip_prefix("row") {
        if let Some(name) = rest.strip_prefix('.') {
            return Some(name.trim());
        }
        let quoted = rest.trim().strip_prefix('[')?.strip_suffix(']')?.trim();
        return quoted
            .strip_prefix('"')
            .and_then(|inner| inner.strip_suffix('"'))
            .or_else(|| quoted.strip_prefix('\'').and_then(|inner| inner.strip_suffix('\'')));
    }
    Some(value)
}

/// Where each line of a text begins, in bytes.
pub(crate) fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_name_their_header() {
        assert_eq!(header_of(" siret "), Some("siret"));
        assert_eq!(header_of("siret | trim | upper"), Some("siret"));
        assert_eq!(header_of("row[\"SIRET acheteur\"]"), Some("SIRET acheteur"));
        assert_eq!(header_of("row['a b'] | trim"), Some("a b"));
        assert_eq!(header_of("row.siret"), Some("siret"));
    }
}
