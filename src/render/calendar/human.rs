//! What ends, as a table; what is over comes first.

use std::fmt;

use jiff::civil::Date;

use crate::plan::calendar::Calendar;
use crate::plan::calendar::Entry;
use crate::plan::calendar::State;
use crate::render::calendar::used;
use crate::render::calendar::uses;
use crate::render::style::Colour;
use crate::render::style::FAINT;
use crate::render::style::RED;
use crate::render::style::STRONG;
use crate::render::style::YELLOW;
use crate::render::words;
use crate::render::words::harmless;

/// Writes the table, and the count of everything.
pub(crate) fn render(
    out: &mut dyn fmt::Write,
    calendar: &Calendar,
    as_of: Date,
    colour: Colour,
) -> fmt::Result {
    let Calendar { entries, unknown } = calendar;
    if !entries.is_empty() {
        let title = format!("{:10}  {:10}  {:5}  {:11}  name", "ends", "act by", "", "what");
        writeln!(out, "{}", colour.paint(STRONG, &title))?;
    }
    for entry in entries {
        row(out, entry, as_of, colour)?;
    }
    if !entries.is_empty() {
        writeln!(out)?;
    }
    if !unknown.is_empty() {
        let names: Vec<String> = unknown.iter().map(used).collect();
        let accounts = words::count(unknown.len(), "technical account");
        writeln!(
            out,
            "not known here: when the password of {accounts} ends ({})\n",
            names.join(", ")
        )?;
    }
    writeln!(out, "{}", colour.paint(STRONG, &summary(entries, as_of)))
}

fn row(out: &mut dyn fmt::Write, entry: &Entry, as_of: Date, colour: Colour) -> fmt::Result {
    let Entry { what, name, ends, act_by, uses: _, files: _ } = entry;
    let (word, ink) = match entry.state(as_of) {
        State::Over => ("over", Some(RED)),
        State::Due => ("due", Some(YELLOW)),
        State::Later => ("", None),
    };
    let padded = format!("{word:5}");
    let state = ink.map_or_else(|| padded.clone(), |ink| colour.paint(ink, &padded));
    let short = what.fingerprint().map_or_else(String::new, |one| format!(" {}", one.short()));
    writeln!(out, "{ends}  {act_by}  {state}  {:11}  {}{short}", what.word(), harmless(name))?;
    let uses = uses(entry).join(", ");
    writeln!(out, "{:42}  {}", "", colour.paint(FAINT, &harmless(&uses)))
}

/// The last line: `12 entries on 2026-12-01: 1 over, 2 due`.
fn summary(entries: &[Entry], as_of: Date) -> String {
    let count = |state: State| entries.iter().filter(|entry| entry.state(as_of) == state).count();
    let (over, due) = (count(State::Over), count(State::Due));
    let whole = words::count(entries.len(), "entry");
    format!("{whole} on {as_of}: {} over, {} due", words::thousands(over), words::thousands(due))
}
