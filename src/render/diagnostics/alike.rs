//! What one line of a template makes of thousands of rows is shown for the first of them, and counted for the rest.

use std::collections::BTreeMap;
use std::fmt;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::FileId;
use crate::diagnostic::Place;
use crate::diagnostic::Severity;
use crate::diagnostic::Sources;
use crate::language::tr;
use crate::render::style;
use crate::render::style::Colour;
use crate::render::words;
use crate::render::words::harmless;

/// How many errors of one kind are shown: each of them has to be mended.
const ERRORS: usize = 100;

/// How many warnings or notices of one kind are shown.
const REMARKS: usize = 5;

/// How many stretches of lines are named.
const STRETCHES: usize = 8;

/// What makes two of them alike: weight, rule, table, template and its line.
type Kind = (Severity, &'static str, FileId, FileId, u32);

/// What was shown, and what was not.
#[derive(Default)]
pub(super) struct Alike {
    kinds: BTreeMap<Kind, (usize, Vec<u32>)>,
}

impl Alike {
    /// Whether a diagnostic is among the first of its kind; else it is counted. One that no template made is always shown.
    pub(super) fn is_shown(&mut self, diagnostic: &Diagnostic) -> bool {
        let Some(Place { file, span, template: Some((template, line)) }) = diagnostic.place else {
            return true;
        };
        let kind = (diagnostic.severity, diagnostic.rule, file, template, line);
        let (shown, left) = self.kinds.entry(kind).or_default();
        let most = if diagnostic.is_error() { ERRORS } else { REMARKS };
        if *shown < most {
            *shown += 1;
            return true;
        }
        left.push(span.line);
        false
    }

    /// Writes what was not shown: how many, and on which lines.
    pub(super) fn render(
        &self,
        out: &mut dyn fmt::Write,
        sources: &Sources,
        colour: Colour,
    ) -> fmt::Result {
        for ((severity, rule, file, template, line), (_, left)) in &self.kinds {
            if left.is_empty() {
                continue;
            }
            let (word, ink) = match severity {
                Severity::Error => (tr!("severity" => "error"), style::RED),
                Severity::Warning => (tr!("severity" => "warning"), style::YELLOW),
                Severity::Notice => (tr!("severity" => "notice"), style::CYAN),
            };
            let path = |file| sources.get(file).map_or("", |source| source.path.as_str());
            let head = colour.paint(ink, &format!("{word}[{}]", harmless(rule)));
            writeln!(
                out,
                "{}",
                tr!(
                    "{head}: the same for {rows} of `{file}`, {lines}",
                    head,
                    rows = words::count(left.len(), "more row"),
                    file = harmless(path(*file)),
                    lines = stretches(left)
                )
            )?;
            writeln!(
                out,
                "  {}",
                tr!(
                    "= note: made by `{path}`, line {line}",
                    path = harmless(path(*template)),
                    line
                )
            )?;
            writeln!(
                out,
                "  {}\n",
                tr!("= help: `raccord validate --format json` has each of them")
            )?;
        }
        Ok(())
    }
}

/// Lines as stretches: `lines 7 to 12, 14 and more`.
fn stretches(lines: &[u32]) -> String {
    let mut found: Vec<(u32, u32)> = Vec::new();
    for line in lines {
        match found.last_mut() {
            Some((_, last)) if *line <= last.saturating_add(1) => *last = *line.max(last),
            _ => found.push((*line, *line)),
        }
    }
    let told = found.iter().take(STRETCHES).map(|(first, last)| {
        if first == last { first.to_string() } else { tr!("{first} to {last}", first, last) }
    });
    let told: Vec<String> = told.collect();
    let told = told.join(", ");
    match (lines.len(), found.len() > STRETCHES) {
        (1, _) => tr!("line {}", told),
        (_, false) => tr!("lines {}", told),
        (_, true) => tr!("lines {} and more", told),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_as_stretches() {
        assert_eq!(stretches(&[7]), "line 7");
        assert_eq!(stretches(&[7, 8, 8, 9, 12, 14, 15]), "lines 7 to 9, 12, 14 to 15");
        let odd: Vec<u32> = (0..40).map(|number| number * 2 + 1).collect();
        assert_eq!(stretches(&odd), "lines 1, 3, 5, 7, 9, 11, 13, 15 and more");
    }
}
