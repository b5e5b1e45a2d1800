//! Diagnostics as workflow commands, which GitHub turns into annotations of a run and of changed lines.
//!
//! Source: GitHub's documentation, "Workflow commands for GitHub Actions"; its escapes are those of the package
//! `@actions/core` (`command.ts`).

use std::fmt;
use std::fmt::Write as _;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Severity;
use crate::render::diagnostics::forge;
use crate::render::diagnostics::forge::Forge;

/// Writes one command, on one line, for each diagnostic.
pub(crate) fn render(
    out: &mut dyn fmt::Write,
    diagnostics: &[Diagnostic],
    forge: &Forge<'_>,
) -> fmt::Result {
    for diagnostic in diagnostics {
        let command = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Notice => "notice",
        };
        write!(out, "::{command} file={}", Property(&forge.path_of(diagnostic.place)))?;
        if let Some(span) = diagnostic.place.map(|place| place.span) {
            write!(out, ",line={},endLine={}", span.line, span.end_line.max(span.line))?;
            // Columns on several lines make the runner drop the whole place.
            if span.line == span.end_line {
                write!(out, ",col={},endColumn={}", span.column, span.end_column)?;
            }
        }
        let title = Property(diagnostic.rule);
        writeln!(out, ",title={title}::{}", Data(&message(diagnostic, forge)))?;
    }
    Ok(())
}

/// The sentence, and the other places, which a command has no property for.
fn message(diagnostic: &Diagnostic, forge: &Forge<'_>) -> String {
    let mut text = forge::sentence(diagnostic);
    for related in &diagnostic.related {
        let path = forge.path(related.place.file);
        let line = related.place.span.line;
        // Writing to a string cannot fail.
        let _infallible = write!(text, "\n{path}:{line}: {}", related.message);
    }
    text
}

/// A text after `::`.
struct Data<'a>(&'a str);

/// The value of a property, where `,` and `:` separate.
struct Property<'a>(&'a str);

impl fmt::Display for Data<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape(self.0, &['%', '\r', '\n'], f)
    }
}

impl fmt::Display for Property<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape(self.0, &['%', '\r', '\n', ':', ','], f)
    }
}

fn escape(text: &str, special: &[char], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for c in text.chars() {
        if special.contains(&c) {
            write!(f, "%{:02X}", u32::from(c))?;
        } else {
            f.write_char(c)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::render::diagnostics::forge::tests::findings;

    use super::*;

    #[test]
    fn one_line_each_with_what_the_runner_needs_escaped() {
        let (sources, diagnostics) = findings();
        let mut text = String::new();
        let forge = Forge { sources: &sources, project: "a:b/" };
        render(&mut text, &diagnostics, &forge).unwrap();
        assert_eq!(text.lines().count(), diagnostics.len());
        assert_snapshot!(text, @r##"
        ::warning file=a%3Ab/entities/évry 2%2Ca.yaml,line=2,endLine=4,title=empty::found a key, expected one, or `two`
        ::error file=a%3Ab/entities/évry 2%2Ca.yaml,line=3,endLine=3,col=10,endColumn=13,title=siret-format::found `1`, 100%25 wrong:%0Aexpected 14 digits%0Ahelp: write `{ env: NAME }`, or [a](b)
        ::error file=a%3Ab/entities/évry 2%2Ca.yaml,line=4,endLine=4,col=10,endColumn=13,title=siret-format::found `1`, expected 14 digits
        ::error file=a%3Ab/sources/lyon.csv,line=2,endLine=2,col=9,endColumn=17,title=duplicate-login::login `TECH-014` is used twice%0Aa:b/entities/évry 2,a.yaml:1: first used here
        ::notice file=a%3Ab/raccord.yaml,title=nothing::no place at all
        "##);
    }
}
