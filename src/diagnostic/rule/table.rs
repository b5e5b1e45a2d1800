//! Tables, and templates that make entities of their rows.

use crate::diagnostic::rule::rules;

rules! {
    TABLE_RULES = "Tables and templates";

    /// Rows of a table make one entity and say different things about it.
    CONFLICTING_ROWS = "conflicting-rows", Error {
        why: "One of them is out of date, and which one cannot be known; taking either would change the other without a word.",
        source: "this project: docs/configuration.md, \"sources\"",
        breaks: "99991001100017;VILLE\n99991001100017;COMMUNE NOUVELLE",
        keeps: "99991001100017;VILLE",
    }

    /// A row repeats an earlier one, and is left out.
    DUPLICATE_ROW = "duplicate-row", Notice {
        why: "It says nothing new; that it is there may mean that another body is missing.",
        source: "this project: docs/configuration.md, \"sources\"",
        breaks: "99991001100017;VILLE\n99991001100017;VILLE",
        keeps: "99991001100017;VILLE",
    }

    /// A row finds none in a joined table, or two that differ.
    JOINED_ROW = "joined-row", Error {
        why: "A value from the wrong row, or from none, would reach Chorus Pro.",
        source: "this project: docs/configuration.md, \"sources\"",
        breaks: "join: [{ csv: sources/contacts.csv, on: siret, as: contact }]",
        keeps: "join: [{ csv: sources/contacts.csv, on: siret, as: contact, required: false }]",
    }

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

    /// An exclusion leaves no row out.
    UNUSED_EXCLUSION = "unused-exclusion", Warning {
        why: "Its number is mistyped, or the row has left the table: what was to be left out may be in.",
        source: "this project: docs/configuration.md, \"sources\"",
        breaks: "exclude: [{ siret: \"99991002900019\", reason: \"not in the table\" }]",
        keeps: "exclude: [{ siret: \"99991001100017\", reason: \"merged in 2026\" }]",
    }
}
