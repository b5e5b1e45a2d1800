//! Reads tables: the `etapes.csv` of a dossier that was filled in, a table of one's own, a list pasted from the portal.

use std::collections::BTreeMap;

use crate::config::source::cells::bare;
use crate::config::source::table::Record;
use crate::config::source::table::Table;
use crate::confirm::Fault;
use crate::confirm::Named;
use crate::confirm::Told;
use crate::confirm::words;
use crate::confirm::words::Column;
use crate::confirm::words::Outcome;
use crate::domain::address::Address;
use crate::domain::edi::Protocol;
use crate::language::Message;
use crate::language::message;

/// What the rows of a table tell, and every fault in it. Rows about which nothing was filled in are left out.
pub(crate) fn read(text: &str) -> (Vec<Told>, Vec<Fault>) {
    let mut table = Table::new(text.trim_start_matches('\u{feff}'), None);
    let (mut told, mut faults) = (Vec::new(), Vec::new());
    let mut columns: Option<BTreeMap<usize, Column>> = None;
    while let Some(Record { cells: record, line, .. }) = table.next() {
        let line = Some(u64::from(line));
        if record.iter().all(|cell| bare(cell).is_empty()) {
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
            .filter_map(|(index, column)| Some((*column, bare(record.get(*index)?))))
            .filter(|(_, cell)| !cell.is_empty())
            .collect();
        told.extend(row(line, &cells, &mut faults));
    }
    if columns.is_none() {
        faults.push(Fault::new(None, message!("the table is empty")));
    }
    (told, faults)
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
        let message = message!(
            "found the headers `{}`, expected `adresse`, or `structure` and `nom`, or `code application`",
            found()
        );
        return Err(Fault::new(line, message).help(message!(
            "copy the table with its line of headers, or fill in the `etapes.csv` of a dossier"
        )));
    }
    if ![Column::Status, Column::Outcome, Column::Code, Column::Login].into_iter().any(has) {
        let message =
            message!("found the headers `{}`, and none that tells how something came out", found());
        return Err(Fault::new(line, message).help(message!(
            "add a column `statut`, `code application`, `identifiant` or `résultat`"
        )));
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
        let message = message!(
            "found `{word}` as `résultat`, expected `fait`, `existe`, `absente` or nothing",
            word
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
            fault(Fault::new(line, Message::of(|| error.to_string())));
            None
        }
    };
    let mut day = |column, what: Message| {
        let cell = cells.get(&column)?;
        let day = words::day(cell);
        if day.is_none() {
            let message = message!(
                "found `{cell}` as {what}, expected a day, for example `01/12/2026`",
                cell,
                what
            );
            fault(Fault::new(line, message));
        }
        day
    };
    let date = day(Column::Date, message!("as what a cell is read" => "the date"));
    let valid_from =
        day(Column::From, message!("as what a cell is read" => "the first day of validity"));
    let valid_until =
        day(Column::Until, message!("as what a cell is read" => "the last day of validity"));
    let protocol = cells.get(&Column::Protocol).map(|cell| protocol(cell));
    let named = address.is_none().then(|| Named {
        structure: [text(Column::Siret), text(Column::Structure), text(Column::Title)]
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
