//! Tables, and templates that make entities of their rows.

use crate::diagnostic::rule::rules;

rules! {
    TABLE_RULES = "Tables and templates";

    /// After many rows for which a template fails, the rest of the table was not tried.
    ROWS_NOT_TRIED = "rows-not-tried", Notice {
        why: "They fail alike, and thousands of the same fault hide the others.",
        source: "this project: docs/configuration.md, \"sources\"",
        breaks: "structure: { siret: \"{{ siret }}\", name: \"{{ nom | int }}\" }",
        keeps: "structure: { siret: \"{{ siret }}\", name: \"{{ nom }}\" }",
    }

    /// A table cannot be read: it is empty, or its encoding or separator is not what was said.
    TABLE = "table", Error {
        why: "Characters read in the wrong encoding end up in names that can never be changed.",
        source: "this project: docs/configuration.md, \"sources\"; docs/sources.md 3",
        breaks: "encoding: utf8-french",
        keeps: "encoding: windows-1252",
    }

    /// A header of a table is written twice, or hidden by a name that every template has.
    TABLE_HEADER = "table-header", Warning {
        why: "A template reaches one of two equal columns only.",
        source: "this project: docs/configuration.md, \"sources\"",
        breaks: "siret;nom;nom",
        keeps: "siret;nom;autre",
    }

    /// A row has more or fewer cells than there are headers.
    TABLE_ROW = "table-row", Error {
        why: "The cells of the row stand under the wrong headers.",
        source: "RFC 4180, section 2, item 4",
        breaks: "99991001100017;VILLE;EXEMPLE",
        keeps: "99991001100017;\"VILLE;EXEMPLE\"",
    }

    /// A template cannot be read, or fails for a row.
    TEMPLATE = "template", Error {
        why: "A name that is no column would silently give nothing.",
        source: "this project: docs/configuration.md, \"sources\"",
        breaks: "name: \"{{ nmo }}\"",
        keeps: "name: \"{{ nom }}\"",
    }
}
