//! Reads tables: the `etapes.csv` of a dossier that was filled in, a table of one's own, a list pasted from the portal.

use std::collections::BTreeMap;

use crate::confirm::Fault;
use crate::confirm::Named;
use crate::confirm::Told;
use crate::confirm::words;
use crate::confirm::words::Column;
use crate::confirm::words::Outcome;
use crate::domain::address::Address;
use crate::domain::edi::Protocol;

/// Separators that are looked for in the first line, the likeliest first.
const DELIMITERS: [char; 3] = ['\t', ';', ','];

/// What the rows of a table tell, and every fault in it. Rows about which nothing was filled in are left out.
pub(crate) fn read(text: &str) -> (Vec<Told>, Vec<Fault>) {
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or_default();
    let mut delimiter = ',';
    for candidate in DELIMITERS.into_iter().rev() {
        let count = |c: char| first.matches(c).count();
        if count(candidate) >= count(delimiter).max(1) {
            delimiter = candidate;
        }
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(u8::try_from(delimiter).unwrap_or(b','))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let (mut told, mut faults) = (Vec::new(), Vec::new());
    let mut columns: Option<BTreeMap<usize, Column>> = None;
    let mut lines = Lines { text, byte: 0, line: 1 };
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().and_then(|position| lines.at(position));
                faults.push(Fault::new(line, format!("this is no row of a table: {error}")));
                continue;
            }
        };
        let line = record.position().and_then(|position| lines.at(position));
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let Some(columns) = &columns else {
            match header(line, &record) {
                Ok(found) => columns = Some(found),
                Err(fault) => return (Vec::new(), vec![fault]),
            }
            continue;
        };
        let cells: BTreeMap<Column, &str> = columns
            .iter()
            .filter_map(|(index, column)| Some((*column, record.get(*index)?.trim())))
            .filter(|(_, cell)| !cell.is_empty())
            .collect();
        told.extend(row(line, &cells, &mut faults));
    }
    if columns.is_none() && faults.is_empty() {
        faults.push(Fault::new(None, "the table is empty"));
    }
    (told, faults)
}

/// Counts lines as an editor does: a record's own count stands before the line end that precedes it.
struct Lines<'a> {
    text: &'a str,
    byte: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line on which a record begins. Records are asked for in their order.
    fn at(&mut self, position: &csv::Position) -> Option<u64> {
        let begin = usize::try_from(position.byte()).ok()?;
        let rest = self.text.get(begin..)?;
        let begin = begin + (rest.len() - rest.trim_start_matches(['\r', '\n']).len());
        let passed = self.text.get(self.byte..begin)?.matches('\n').count();
        self.byte = begin;
        self.line += passed as u64;
        Some(self.line)
    }
}

/// Which column each header names. Headers that we don't know are no fault: a list has more than we need.
fn header(line: Option<u64>, record: &csv::StringRecord) -> Result<BTreeMap<usize, Column>, Fault> {
    let mut columns = BTreeMap::new();
    for (index, text) in record.iter().enumerate() {
        if let Some(column) = words::column(text)
            && !columns.values().any(|known| *known == column)
        {
            columns.insert(index, column);
        }
    }
    let has = |column| columns.values().any(|known| *known == column);
    let found = || record.iter().collect::<Vec<_>>().join("`, `");
    if !has(Column::Address) && !has(Column::Name) && !has(Column::Code) {
        let message = format!(
            "found the headers `{}`, expected `adresse`, or `structure` and `nom`, or `code application`",
            found()
        );
        return Err(Fault::new(line, message).help(
            "copy the table with its line of headers, or fill in the `etapes.csv` of a dossier",
        ));
    }
    if ![Column::Status, Column::Outcome, Column::Code, Column::Login].into_iter().any(has) {
        let message =
            format!("found the headers `{}`, and none that tells how something came out", found());
        return Err(Fault::new(line, message)
            .help("add a column `statut`, `code application`, `identifiant` or `résultat`"));
    }
    Ok(columns)
}

fn row(line: Option<u64>, cells: &BTreeMap<Column, &str>, faults: &mut Vec<Fault>) -> Option<Told> {
    let text = |column| cells.get(&column).map(|cell| (*cell).to_owned());
    let before = faults.len();
    let mut fault = |fault: Fault| faults.push(fault);
    let word = cells.get(&Column::Outcome);
    let outcome = word.and_then(|word| words::outcome(word));
    if let (Some(word), None) = (word, outcome) {
        let message = format!(
            "found `{word}` as `résultat`, expected `fait`, `existe`, `absente` or nothing"
        );
        fault(Fault::new(line, message));
    }
    let told_something = [Column::Status, Column::Code, Column::Login]
        .into_iter()
        .any(|column| cells.contains_key(&column));
    if outcome == Some(Outcome::Open) && !told_something {
        return None;
    }
    // Without a word about how it came out, a row counts once something was noted in it.
    if outcome.is_none() && !told_something && !cells.contains_key(&Column::Outcome) {
        return None;
    }
    let address = match cells.get(&Column::Address).map(|cell| cell.parse::<Address>()) {
        None => None,
        Some(Ok(address)) => Some(address),
        Some(Err(error)) => {
            fault(Fault::new(line, error.to_string()));
            None
        }
    };
    let mut day = |column, what: &str| {
        let cell = cells.get(&column)?;
        let day = words::day(cell);
        if day.is_none() {
            let message =
                format!("found `{cell}` as {what}, expected a day, for example `01/12/2026`");
            fault(Fault::new(line, message));
        }
        day
    };
    let date = day(Column::Date, "the date");
    let valid_from = day(Column::From, "the first day of validity");
    let valid_until = day(Column::Until, "the last day of validity");
    let protocol = cells.get(&Column::Protocol).map(|cell| protocol(cell));
    let named = address.is_none().then(|| Named {
        structure: [text(Column::Siret), text(Column::Structure)]
            .into_iter()
            .flatten()
            .reduce(|siret, name| format!("{name} ({siret})")),
        exchange_system: text(Column::System),
        name: text(Column::Name),
    });
    (faults.len() == before).then(|| Told {
        line,
        address,
        named,
        step: text(Column::Step),
        absent: outcome == Some(Outcome::Absent),
        status: text(Column::Status),
        code: text(Column::Code),
        login: text(Column::Login),
        date,
        protocol,
        valid_from,
        valid_until,
        as_known: false,
    })
}

/// A protocol in our word, where it is one that we know: the portal writes `PeSit`.
fn protocol(cell: &str) -> String {
    let known = Protocol::ALL.into_iter().find(|known| known.word().eq_ignore_ascii_case(cell));
    known.map_or_else(|| cell.to_owned(), |known| known.to_string())
}
