//! Places: where in which file a value was written.

use std::collections::BTreeMap;

use crate::domain::address::Address;

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
        self.files.push(SourceFile { path: path.into(), text: text.into() });
        id
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
