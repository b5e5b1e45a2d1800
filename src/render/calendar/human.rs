//! What ends, as a table; what is over comes first.

use std::fmt;

use jiff::civil::Date;

use crate::language::tr;
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
        let title = [tr!("ends"), tr!("act by"), String::new(), tr!("what"), tr!("name")];
        let title = columns(&title, "");
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
            "{}\n",
            tr!(
                "not known here: when the password of {accounts} ends ({named})",
                accounts,
                named = names.join(", ")
            )
        )?;
    }
    writeln!(out, "{}", colour.paint(STRONG, &summary(entries, as_of)))
}

fn row(out: &mut dyn fmt::Write, entry: &Entry, as_of: Date, colour: Colour) -> fmt::Result {
    let Entry { what, name, ends, act_by, uses: _, files: _ } = entry;
    let (word, ink) = match entry.state(as_of) {
        State::Over => (tr!("over"), Some(RED)),
        State::Due => (tr!("due"), Some(YELLOW)),
        State::Later => (String::new(), None),
    };
    let padded = format!("{word:0$}", state_width());
    let state = ink.map_or_else(|| padded.clone(), |ink| colour.paint(ink, &padded));
    let short = what.fingerprint().map_or_else(String::new, |one| format!(" {}", one.short()));
    let cells =
        [ends.to_string(), act_by.to_string(), state, words::ending(what.word()), harmless(name)];
    writeln!(out, "{}", columns(&cells, &short))?;
    let uses = uses(entry).join(", ");
    let indent = 10 + 2 + 10 + 2 + state_width() + 2 + words::ending_width();
    writeln!(out, "{:indent$}  {}", "", colour.paint(FAINT, &harmless(&uses)))
}

/// The last line: `12 entries on 2026-12-01: 1 over, 2 due`.
fn summary(entries: &[Entry], as_of: Date) -> String {
    let count = |state: State| entries.iter().filter(|entry| entry.state(as_of) == state).count();
    let (over, due) = (count(State::Over), count(State::Due));
    let whole = words::count(entries.len(), "entry");
    tr!(
        "{whole} on {as_of}: {over} over, {due} due",
        whole,
        as_of,
        over = words::thousands(over),
        due = words::thousands(due)
    )
}

/// How wide the words of states are.
fn state_width() -> usize {
    [tr!("over"), tr!("due")].iter().map(|word| word.chars().count()).fold(5, usize::max)
}

/// The cells of a line.
fn columns([ends, act_by, state, what, name]: &[String; 5], after: &str) -> String {
    let (wide, wider) = (state_width(), words::ending_width());
    format!("{ends:10}  {act_by:10}  {state:wide$}  {what:wider$}  {name}{after}")
}
