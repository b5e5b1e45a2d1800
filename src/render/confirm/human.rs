//! What is confirmed, for people: the difference against what was known, and the end.

use std::fmt::Write as _;

use crate::confirm::decide::Confirmation;
use crate::language::tr;
use crate::render::style::Colour;
use crate::render::style::STRONG;
use crate::render::words;
use crate::render::words::harmless;

/// What the ledger would learn.
pub(crate) fn differences(confirmations: &[Confirmation], colour: Colour) -> String {
    let mut text = String::new();
    for one in confirmations {
        let what = match (&one.status, one.there) {
            (_, false) => tr!("is not there"),
            (Some(status), true) => harmless(status),
            (None, true) => tr!("declared"),
        };
        let head = tr!("{address}: {what}", address = one.address, what);
        // Writing to a string cannot fail.
        let _infallible = writeln!(text, "{}", colour.paint(STRONG, &head));
        if one.differences.is_empty() {
            let _infallible = writeln!(text, "    {}", tr!("as it was known"));
        }
        let width = one.differences.keys().map(String::len).max().unwrap_or(0);
        for (field, (before, after)) in &one.differences {
            let value =
                |value: &Option<String>| value.as_deref().map_or_else(|| tr!("none"), harmless);
            let change = match before {
                None => value(after),
                Some(_) => format!("{} -> {}", value(before), value(after)),
            };
            let _infallible = writeln!(text, "    {field:width$}  {change}");
        }
    }
    text
}

/// The last line.
pub(crate) fn end(confirmations: &[Confirmation], by: &str) -> String {
    tr!(
        "\nConfirmed: {answers} by {by}\n",
        answers = words::count(confirmations.len(), "answer"),
        by = harmless(by)
    )
}
