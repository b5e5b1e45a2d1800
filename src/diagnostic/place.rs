//! Places: where in which file a value was written.

use std::collections::BTreeMap;
use std::fmt;

use crate::domain::address::Address;
use crate::language::tr;

/// A file among [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FileId(pub(crate) u32);

/// A stretch of a file. Lines and columns count from 1; columns count characters; the end is exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    /// First line.
    pub(crate) line: u32,
    /// First column.
    pub(crate) column: u32,
    /// Line of the end.
    pub(crate) end_line: u32,
    /// Column just after the last character.
    pub(crate) end_column: u32,
}

/// A stretch of one file; for a value that a template made from a table's row, the row, and the template beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// The file that the person wrote.
    pub(crate) file: FileId,
    /// Where in it.
    pub(crate) span: Span,
    /// The line of the template, for a value made from a row.
    pub(crate) template: Option<(FileId, u32)>,
}

/// One file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SourceFile {
    /// Its path, relative to the project, with `/`.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
    /// The sheet of a workbook whose rows are the lines of the text.
    pub(crate) sheet: Option<Sheet>,
}

/// A sheet that was read as the text of a table: line 12 is row 12.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sheet {
    /// Its name.
    pub(crate) name: String,
    /// The character between two cells of the text.
    pub(crate) delimiter: u8,
    /// Where each line of the text begins, in bytes.
    starts: Vec<usize>,
}

/// A stretch of a sheet in the words of a spreadsheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CellName {
    /// The sheet.
    pub(crate) sheet: String,
    /// The cell, for example `B12`; nothing for a whole row.
    pub(crate) cell: Option<String>,
    /// The row.
    pub(crate) row: u32,
}

impl fmt::Display for CellName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cell {
            Some(cell) => {
                f.write_str(&tr!("sheet `{sheet}`, cell {cell}", sheet = self.sheet, cell))
            }
            None => {
                f.write_str(&tr!("sheet `{sheet}`, row {row}", sheet = self.sheet, row = self.row))
            }
        }
    }
}

impl SourceFile {
    /// The cell of a stretch, or its row where it covers several cells; nothing when this is no sheet.
    fn cell(&self, span: Span) -> Option<CellName> {
        let sheet = self.sheet.as_ref()?;
        let start = *sheet.starts.get((span.line as usize).checked_sub(1)?)?;
        let line = self.text.get(start..)?.lines().next()?;
        let (mut first, mut last, mut quoted) = (0, 0, false);
        for (column, c) in (1..).zip(line.chars()) {
            if c == '"' {
                quoted = !quoted;
            } else if c == char::from(sheet.delimiter) && !quoted {
                first += u32::from(column < span.column);
                last += u32::from(column < span.end_column);
            }
        }
        // A stretch that ends with its cell ends before the separator.
        let cell = (first == last && span.line == span.end_line)
            .then(|| format!("{}{}", letters(first), span.line));
        Some(CellName { sheet: sheet.name.clone(), cell, row: span.line })
    }
}

/// The letters of a column, counted from 0: `A`, `Z`, `AA`.
pub(crate) fn letters(column: u32) -> String {
    let (mut left, mut name) = (column + 1, Vec::new());
    while left > 0 {
        let digit = u8::try_from((left - 1) % 26).unwrap_or_default();
        name.push(char::from(b'A' + digit));
        left = (left - 1) / 26;
    }
    name.iter().rev().collect()
}

/// The files that were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Adds a file.
    pub(crate) fn add(&mut self, path: impl Into<String>, text: impl Into<String>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(SourceFile { path: path.into(), text: text.into(), sheet: None });
        id
    }

    /// Adds a sheet of a workbook, as text whose lines are its rows.
    pub(crate) fn add_sheet(
        &mut self,
        path: impl Into<String>,
        text: impl Into<String>,
        (name, delimiter): (&str, u8),
    ) -> FileId {
        let id = self.add(path, text);
        if let Some(file) = self.files.last_mut() {
            let ends = file.text.match_indices('\n').map(|(at, _)| at + 1);
            let starts = std::iter::once(0).chain(ends).collect();
            file.sheet = Some(Sheet { name: name.to_owned(), delimiter, starts });
        }
        id
    }

    /// The cell of a place in a workbook, or its row; nothing in other files.
    pub(crate) fn cell(&self, place: Place) -> Option<CellName> {
        self.get(place.file)?.cell(place.span)
    }

    /// A file.
    pub(crate) fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// All files, in the order in which they were read.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        (0..).map(FileId).zip(&self.files)
    }

    /// Puts `*` over a stretch, so that a secret that stands in a file is never shown.
    pub(crate) fn mask(&mut self, place: Place) {
        let Some(file) = self.files.get_mut(place.file.0 as usize) else {
            return;
        };
        let Span { line, column, end_line, end_column } = place.span;
        let (mut at_line, mut at_column) = (1, 1);
        let hide = |c: char, line_now: u32, column_now: u32| {
            c != '\n'
                && c != '\r'
                && (line, column) <= (line_now, column_now)
                && (line_now, column_now) < (end_line, end_column)
        };
        file.text = file
            .text
            .chars()
            .map(|c| {
                let shown = if hide(c, at_line, at_column) { '*' } else { c };
                (at_line, at_column) =
                    if c == '\n' { (at_line + 1, 1) } else { (at_line, at_column + 1) };
                shown
            })
            .collect();
    }

    /// The path of a file, or nothing when it is not one of these.
    pub(crate) fn path(&self, id: FileId) -> &str {
        self.get(id).map_or("", |file| &file.path)
    }
}

/// Where each resource, and each of its fields, was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    resources: BTreeMap<Address, Place>,
    fields: BTreeMap<(Address, &'static str), Place>,
    named: BTreeMap<Address, Place>,
}

impl Places {
    /// Notes where a resource was written.
    pub(crate) fn set(&mut self, address: Address, place: Place) {
        self.resources.insert(address, place);
    }

    /// Notes where a field of a resource was written; `field` as in a plan, for example `validity.until`.
    pub(crate) fn set_field(&mut self, address: Address, field: &'static str, place: Place) {
        self.fields.insert((address, field), place);
    }

    /// Notes where a resource is named by another one, also by one that is left out because of a fault.
    pub(crate) fn name(&mut self, address: Address, place: Place) {
        self.named.entry(address).or_insert(place);
    }

    /// Whether another resource names this one.
    pub(crate) fn is_named(&self, address: &Address) -> bool {
        self.named.contains_key(address)
    }

    /// Where a resource was written.
    pub(crate) fn of(&self, address: &Address) -> Option<Place> {
        self.resources.get(address).copied()
    }

    /// Whether a field was written, also with a value that could not be taken.
    pub(crate) fn has_field(&self, address: &Address, field: &'static str) -> bool {
        self.fields.contains_key(&(address.clone(), field))
    }

    /// Where a field was written, or at least its resource.
    pub(crate) fn of_field(&self, address: &Address, field: &'static str) -> Option<Place> {
        self.fields.get(&(address.clone(), field)).copied().or_else(|| self.of(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_of_a_sheet_is_a_cell_or_a_row() {
        let mut sources = Sources::default();
        let text = "siret;nom;mail\n\n1;\"a;b\";c\n";
        let file = sources.add_sheet("t.xlsx", text, ("Feuil1", b';'));
        let name = |line, column, end_column| {
            let span = Span { line, column, end_line: line, end_column };
            sources.cell(Place { file, span, template: None }).map(|name| name.to_string())
        };
        assert_eq!(name(3, 3, 8).as_deref(), Some("sheet `Feuil1`, cell B3"));
        assert_eq!(name(3, 9, 10).as_deref(), Some("sheet `Feuil1`, cell C3"));
        assert_eq!(name(3, 1, 10).as_deref(), Some("sheet `Feuil1`, row 3"));
        assert_eq!(name(9, 1, 2), None);
        let plain = sources.add("t.csv", text);
        let place = Place { file: plain, span: Span::default(), template: None };
        assert_eq!(sources.cell(place), None);
        let columns = [0, 25, 26, 701, 702].map(letters);
        assert_eq!(columns, ["A", "Z", "AA", "ZZ", "AAA"]);
    }
}
