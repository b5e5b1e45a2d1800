//! Changes of a text, collected by line and made at once.

use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Where a line begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begin {
    /// After so many spaces, whatever blanks stood there.
    At(usize),
    /// So many columns further on, but not before the second column given here.
    Moved(isize, usize),
}

/// A stretch of one line, and what stands there instead. Columns count characters from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Replacement {
    /// Its first column.
    pub(crate) from: usize,
    /// The column after its last character.
    pub(crate) to: usize,
    /// What stands there instead.
    pub(crate) with: String,
}

/// Changes by line; lines count from 1.
#[derive(Debug, Default)]
pub(crate) struct Edits {
    /// Where lines begin; others stay.
    begins: BTreeMap<u32, Begin>,
    /// What changes within lines, in any order; stretches do not overlap.
    replacements: BTreeMap<u32, Vec<Replacement>>,
    /// Lines whose end is part of a value.
    held: BTreeMap<u32, u32>,
    /// Whether empty lines at the end of the text are part of a value.
    keep_end: bool,
}

impl Edits {
    /// Has a line begin elsewhere.
    pub(crate) fn begin(&mut self, line: u32, begin: Begin) {
        self.begins.insert(line, begin);
    }

    /// Replaces a stretch of a line.
    pub(crate) fn replace(&mut self, line: u32, replacement: Replacement) {
        self.replacements.entry(line).or_default().push(replacement);
    }

    /// Leaves the ends of these lines alone, both included.
    pub(crate) fn hold(&mut self, first: u32, last: u32) {
        self.held.insert(first, last);
    }

    /// Says whether empty lines at the end of the text mean something.
    pub(crate) fn keep_end(&mut self, keep: bool) {
        self.keep_end = keep;
    }

    /// Makes the changes.
    pub(crate) fn apply(mut self, text: &str) -> String {
        let mut made = String::with_capacity(text.len());
        for (number, line) in (1_u32..).zip(text.split('\n')) {
            if number > 1 {
                made.push('\n');
            }
            let mut line = line.to_owned();
            let mut replacements = self.replacements.remove(&number).unwrap_or_default();
            // From the right, so that the columns of the others still hold.
            replacements.sort_by_key(|replacement| Reverse(replacement.from));
            for replacement in &replacements {
                line = replaced(&line, replacement);
            }
            if let Some(begin) = self.begins.get(&number) {
                line = begun(&line, *begin);
            }
            let held =
                self.held.range(..=number).next_back().is_some_and(|(_, last)| number <= *last);
            made.push_str(if held { &line } else { line.trim_end_matches([' ', '\t']) });
        }
        if !self.keep_end {
            made.truncate(made.trim_end_matches('\n').len());
        }
        if !made.is_empty() && !made.ends_with('\n') {
            made.push('\n');
        }
        made
    }
}

fn begun(line: &str, begin: Begin) -> String {
    match begin {
        Begin::At(column) => " ".repeat(column) + line.trim_start_matches([' ', '\t']),
        Begin::Moved(by, least) => {
            if line.is_empty() {
                return String::new();
            }
            let rest = line.trim_start_matches(' ');
            let before = line.len() - rest.len();
            " ".repeat(before.saturating_add_signed(by).max(least)) + rest
        }
    }
}

fn replaced(line: &str, replacement: &Replacement) -> String {
    let byte = |column| line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    let (from, to) = (byte(replacement.from), byte(replacement.to));
    [&line[..from], &replacement.with, &line[to..]].concat()
}
