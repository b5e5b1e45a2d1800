//! `Origin`: which file a tree came from, so that a stretch of its text becomes a place for the user.

use crate::config::source::row::Row;
use crate::diagnostic::FileId;
use crate::diagnostic::Place;
use crate::diagnostic::Span;

/// Where a tree came from.
#[derive(Clone, Copy)]
pub(crate) enum Origin<'a> {
    /// A file that a person wrote.
    File(FileId),
    /// A template that was filled with a row of a table.
    Row(&'a Row<'a>),
}

impl Origin<'_> {
    /// The place of a stretch of the text: in the file, or in the table's row.
    pub(crate) fn place(self, span: Span) -> Place {
        match self {
            Self::File(file) => Place { file, span, template: None },
            Self::Row(row) => row.place(span),
        }
    }

    /// The place when it is worth remembering for each field: for a row only when the value is one of its cells.
    pub(crate) fn own_place(self, span: Span) -> Option<Place> {
        match self {
            Self::File(file) => Some(Place { file, span, template: None }),
            Self::Row(row) => row.cell_place(span),
        }
    }
}
