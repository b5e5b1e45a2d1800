//! A list of structures: one SIRET a line, or a column of a table.

use std::collections::BTreeSet;

use crate::config::source::cells::bare;
use crate::config::source::table::Table;
use crate::domain::siret::Siret;
use crate::import::name::plain;
use crate::language::Message;

/// What a list holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Listed {
    /// The structures.
    pub(crate) sirets: BTreeSet<Siret>,
    /// Cells that are none: line, and why.
    pub(crate) faults: Vec<(u32, Message)>,
    /// How many rows have nothing in the column.
    pub(crate) empty: usize,
}

/// Reads a list. The column is the one whose header has the word SIRET, else the one in which most SIRETs stand.
pub(crate) fn read(text: &str) -> Listed {
    let mut table = Table::new(text, None);
    let mut rows: Vec<(u32, Vec<String>)> = Vec::new();
    while let Some(record) = table.next() {
        let cells = record.cells.iter().map(|cell| bare(cell).to_owned()).collect();
        rows.push((record.line, cells));
    }
    let Some((_, first)) = rows.first() else { return Listed::default() };
    let headers = !first.iter().any(|cell| Siret::parse(cell).is_ok());
    let named =
        headers.then(|| first.iter().position(|header| plain(header).contains("siret"))).flatten();
    let column = named.unwrap_or_else(|| fullest(&rows));
    let mut listed = Listed::default();
    for (line, cells) in
        rows.iter().skip(usize::from(headers && (named.is_some() || first.len() > 1)))
    {
        match cells.get(column).map(String::as_str).unwrap_or_default() {
            "" => listed.empty += 1,
            cell => match Siret::parse(cell) {
                Ok(read) => {
                    listed.sirets.insert(read.siret);
                }
                Err(fault) => listed.faults.push((*line, Message::of(|| fault.to_string()))),
            },
        }
    }
    listed
}

/// The column in which most SIRETs stand.
fn fullest(rows: &[(u32, Vec<String>)]) -> usize {
    let columns = rows.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0);
    let holds = |column: usize| {
        let cells = rows.iter().filter_map(|(_, cells)| cells.get(column));
        cells.filter(|cell| Siret::parse(cell).is_ok()).count()
    };
    // The first of the fullest: `max_by_key` takes the last.
    (0..columns).rev().max_by_key(|column| holds(*column)).unwrap_or(0)
}
