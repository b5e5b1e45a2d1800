//! What is told of a table: how it was read, and what each of its rows became.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::FileId;
use crate::language::Message;

/// How a table was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TableTold {
    /// Its path.
    pub(crate) path: String,
    /// The sheet, for a workbook.
    pub(crate) sheet: Option<String>,
    /// Its encoding, for example `utf-8`; `xlsx` for a workbook.
    pub(crate) encoding: String,
    /// The character between two cells.
    pub(crate) delimiter: char,
}

/// One column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ColumnTold {
    /// Its header.
    pub(crate) header: String,
    /// The name that `columns` gives it.
    pub(crate) name: Option<String>,
    /// Whether a template or `where` asked for it, in any row.
    pub(crate) used: bool,
}

/// A joined table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JoinTold {
    /// How it was read.
    pub(crate) table: TableTold,
    /// What templates call its rows.
    pub(crate) alias: String,
    /// Its keys.
    pub(crate) keys: usize,
    /// How many of them a row of the first table has.
    pub(crate) used: usize,
    /// Rows of the first table that found a row there.
    pub(crate) matched: usize,
    /// Rows of the first table that found none.
    pub(crate) missing: usize,
}

/// What a row became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Became {
    /// Entities, by their names.
    Entities(Vec<String>),
    /// Nothing: all its cells are empty.
    Empty,
    /// Nothing: `where` leaves it out.
    LeftOut,
    /// Nothing, for a reason that was given.
    Excluded(String),
    /// Nothing: it is about the same body as the row at this line.
    Duplicate(u32),
    /// Nothing to rely on: it has a fault. The first one that was told about it, where rows are kept.
    Faulty(Message),
    /// Nothing: it was not tried after the faults of others.
    NotTried,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RowTold {
    /// The line on which it begins; in a sheet, its row.
    pub(crate) line: u32,
    /// Its key, when it has one.
    pub(crate) key: Option<String>,
    /// What it became.
    pub(crate) became: Became,
}

/// How many rows became what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// All rows but that of headers and blank lines.
    pub(crate) rows: usize,
    /// Rows that became entities.
    pub(crate) taken: usize,
    /// The entities.
    pub(crate) entities: usize,
    /// Rows without any text.
    pub(crate) empty: usize,
    /// Rows that `where` leaves out.
    pub(crate) left_out: usize,
    /// Rows that were excluded.
    pub(crate) excluded: usize,
    /// Rows that repeat another one.
    pub(crate) duplicates: usize,
    /// Rows with a fault.
    pub(crate) faulty: usize,
    /// Rows that were not tried.
    pub(crate) not_tried: usize,
}

/// All that is told of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SourceTold {
    /// Its table.
    pub(crate) table: TableTold,
    /// The file of the table.
    pub(crate) file: FileId,
    /// The path of its template.
    pub(crate) template: String,
    /// The column that says which body a row is about.
    pub(crate) key: Option<String>,
    /// The columns of the table.
    pub(crate) columns: Vec<ColumnTold>,
    /// The joined tables.
    pub(crate) joins: Vec<JoinTold>,
    /// How many rows became what.
    pub(crate) counts: Counts,
    /// How many rows were excluded, by reason.
    pub(crate) reasons: BTreeMap<String, usize>,
    /// Each row, where that was asked for.
    pub(crate) rows: Option<Vec<RowTold>>,
}

impl SourceTold {
    /// Notes what a row became.
    pub(crate) fn row(&mut self, line: u32, key: Option<&str>, became: Became) {
        self.counts.rows += 1;
        match &became {
            Became::Entities(names) => {
                self.counts.taken += 1;
                self.counts.entities += names.len();
            }
            Became::Empty => self.counts.empty += 1,
            Became::LeftOut => self.counts.left_out += 1,
            Became::Excluded(reason) => {
                self.counts.excluded += 1;
                *self.reasons.entry(reason.clone()).or_default() += 1;
            }
            Became::Duplicate(_) => self.counts.duplicates += 1,
            Became::Faulty(_) => self.counts.faulty += 1,
            Became::NotTried => self.counts.not_tried += 1,
        }
        if let Some(rows) = &mut self.rows {
            rows.push(RowTold { line, key: key.map(str::to_owned), became });
        }
    }

    /// Makes rows faulty that the rules for the whole project find a fault in. Only where rows are kept.
    pub(crate) fn mark(&mut self, diagnostics: &[Diagnostic]) {
        let Some(rows) = &mut self.rows else { return };
        for found in diagnostics.iter().filter(|found| found.is_error()) {
            let Some(place) = found.place.filter(|place| place.file == self.file) else { continue };
            // A row may go on over several lines.
            let after = rows.partition_point(|row| row.line <= place.span.line);
            let Some(row) = after.checked_sub(1).and_then(|index| rows.get_mut(index)) else {
                continue;
            };
            if let Became::Entities(names) = &row.became {
                self.counts.taken -= 1;
                self.counts.entities -= names.len();
                self.counts.faulty += 1;
                row.became = Became::Faulty(found.message.clone());
            }
        }
    }
}
