//! A list of SIRETs: one a line, or a column of a table.

use std::collections::BTreeSet;
use std::path::Path;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::table_file;
use crate::config::source::cells::bare;
use crate::config::source::table::Table;
use crate::domain::siret::Siret;
use crate::language::message;

/// Reads the SIRETs of a file; `-` is standard input.
pub(crate) fn read(path: &Path) -> Result<BTreeSet<Siret>, Failure> {
    parse(&table_file::text(path)?)
}

/// A list when its first line is a SIRET, else a table with headers. `#` begins a remark in a list.
fn parse(text: &str) -> Result<BTreeSet<Siret>, Failure> {
    let remarks = |line: &str| bare(line.split('#').next().unwrap_or_default()).to_owned();
    let first = text.lines().map(remarks).find(|line| !line.is_empty()).unwrap_or_default();
    let cells: Vec<(usize, String)> = if first.starts_with(|c: char| c.is_ascii_digit()) {
        (1..).zip(text.lines().map(remarks)).collect()
    } else {
        column(text)?
    };
    let mut found = BTreeSet::new();
    for (line, cell) in cells.iter().filter(|(_, cell)| !cell.is_empty()) {
        let read = Siret::parse(cell).map_err(|fault| {
            let message = message!("line {line} of the list of SIRETs: {fault}", line, fault);
            Failure::new(Exit::Failed, message).help(fault.help())
        })?;
        found.insert(read.siret);
    }
    if found.is_empty() {
        return Err(Failure::new(Exit::Failed, message!("the list of SIRETs is empty"))
            .help(message!("write one SIRET a line")));
    }
    Ok(found)
}

/// The cells of the column `siret`, with their lines.
fn column(text: &str) -> Result<Vec<(usize, String)>, Failure> {
    let mut table = Table::new(text, None);
    let headers = table.next().map(|record| record.cells).unwrap_or_default();
    let index = headers.iter().position(|header| bare(header).eq_ignore_ascii_case("siret"));
    let Some(index) = index else {
        return Err(Failure::new(
            Exit::Failed,
            message!("the list of SIRETs begins with no SIRET, and has no column `siret`"),
        )
        .help(message!("write one SIRET a line, or name the column `siret` on the first line")));
    };
    let mut cells = Vec::new();
    while let Some(record) = table.next() {
        let cell = record.cells.get(index).map(bare).unwrap_or_default();
        cells.push((record.line as usize, cell.to_owned()));
    }
    Ok(cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_tables_are_read() {
        let list = "# ours\n99991001100017\n\n999 910 029 00019 # theirs\n";
        let table = "nom;SIRET\nUne;99991001100017\nDeux;99991002900019\nTrois;\n";
        for text in [list, table] {
            let found: Vec<String> = parse(text).unwrap().iter().map(ToString::to_string).collect();
            assert_eq!(found, ["99991001100017", "99991002900019"]);
        }
        let fault = |text: &str| parse(text).unwrap_err().message;
        assert!(fault("99991001100017\n9999100110001").starts_with("line 2 of"));
        assert!(fault("nom;ville\nUne;Lyon").contains("no column `siret`"));
        assert!(fault("# nothing\n").contains("no SIRET"));
    }
}
