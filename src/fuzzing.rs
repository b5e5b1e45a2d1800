//! The readers of what others wrote, opened for fuzzing (`docs/fuzzing.md`). Only with the feature `fuzzing`, no part of the interface.
//!
//! Each function takes any bytes and must come back: no panic, no overflow, no endless work. What can be said about
//! every result is asserted.

use std::sync::Arc;

use minijinja::Value;

use crate::certificate;
use crate::config::format::format;
use crate::config::source::cells::Cells;
use crate::config::source::cells::Columns;
use crate::config::source::row::Row;
use crate::config::source::row::line_starts;
use crate::config::source::table::Table;
use crate::config::source::table::cell_span;
use crate::config::source::table::decode;
use crate::config::source::template::Engine;
use crate::config::source::template::Template;
use crate::config::yaml;
use crate::diagnostic::FileId;
use crate::diagnostic::Span;
use crate::ledger::text;

/// Rows that one input may have: more of them find nothing new.
const ROWS: usize = 50;

fn assert_ordered(span: Span) {
    assert!(span.line >= 1 && span.column >= 1, "{span:?}");
    assert!((span.line, span.column) <= (span.end_line, span.end_column), "{span:?}");
}

fn assert_places(node: &yaml::Node) {
    assert_ordered(node.span);
    match &node.content {
        yaml::Content::Scalar { .. } => {}
        yaml::Content::Sequence(items) => items.iter().for_each(assert_places),
        yaml::Content::Mapping(entries) => {
            for (key, value) in entries {
                assert_ordered(key.span);
                assert_places(value);
            }
        }
    }
}

/// Reads a text as YAML, puts its last document over its first, and lays it out: a second time, nothing changes.
pub fn yaml(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut read = yaml::read(text);
    for fault in &read.faults {
        assert!(!fault.message.is_empty() && !fault.help.is_empty());
        assert_ordered(fault.span);
    }
    read.documents.iter().for_each(assert_places);
    if let Ok(formatted) = format(text) {
        assert!(read.faults.is_empty());
        assert_eq!(format(&formatted), Ok(formatted.clone()));
    }
    if let (Some(patch), Some(mut target)) = (read.documents.pop(), read.documents.pop()) {
        yaml::merge(&mut target, patch);
        assert_places(&target);
    }
}

/// Reads a template up to the first NUL, and a table after it; fills the template for each row.
pub fn table(bytes: &[u8]) {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let (Ok(template), Ok((text, _))) = (
        std::str::from_utf8(&bytes[..end]),
        decode(bytes.get(end + 1..).unwrap_or_default(), None),
    ) else {
        return;
    };
    let mut engine = Engine::new();
    let template = Template::new(FileId(0), template);
    if engine.add("t", &template.text).is_err() {
        return;
    }
    let mut table = Table::new(&text, None);
    let delimiter = table.delimiter();
    let Some(headers) = table.next() else { return };
    let headers: Vec<String> = headers.cells.iter().map(|cell| cell.trim().to_owned()).collect();
    let columns = Arc::new(Columns::new(&headers));
    for _ in 0..ROWS {
        let Some(record) = table.next() else { return };
        assert!(text.get(record.bytes.0..record.bytes.1).is_some());
        for index in 0..record.cells.len() {
            cell_span(&text, &record, index, delimiter).into_iter().for_each(assert_ordered);
        }
        let values = Value::from_object(Cells {
            columns: Arc::clone(&columns),
            record: record.cells.clone(),
            line: Some(record.line),
            joined: Vec::new(),
        });
        let Ok((made, spans)) = engine.fill("t", &template.text, &values) else { continue };
        let starts = line_starts(&made);
        let row = Row {
            table: FileId(1),
            table_text: &text,
            delimiter,
            columns: &columns,
            record: &record,
            template: &template,
            text: &made,
            spans: &spans,
            starts: &starts,
            joined: &[],
        };
        let read = yaml::read(&made);
        for span in read
            .faults
            .iter()
            .map(|fault| fault.span)
            .chain(read.documents.iter().map(|node| node.span))
        {
            assert_ordered(row.place(span).span);
        }
    }
}

/// Reads a certificate file.
pub fn certificate(bytes: &[u8]) {
    let knowledge = certificate::Knowledge::default();
    if let Ok(read) = certificate::read("certificates/a.p7b", bytes, &knowledge) {
        assert!(read.leaf().is_some());
        let day = jiff::civil::date(2026, 12, 1);
        let path = certificate::path::best(&read, read.leaf, day, &knowledge);
        assert!(path.members.iter().all(|index| read.get(*index).is_some()));
    }
}

/// Reads the text of a ledger; what was read whole is read alike a second time.
pub fn ledger(bytes: &[u8]) {
    if let Ok(parsed) = text::parse(bytes) {
        assert!(parsed.whole <= bytes.len());
        let again = text::parse(&bytes[..parsed.whole]);
        assert!(again.is_ok_and(|again| again.events == parsed.events && !again.torn));
    }
}
