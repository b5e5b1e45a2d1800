//! Diagnostics as cargo prints them: title, place, the lines that were written, what to do.
//!
//! Only a window of a few lines is handed to the renderer of frames: with the whole text of a large table, a
//! hundred frames would take seconds.

use std::fmt;
use std::ops::Range;

use annotate_snippets::AnnotationKind;
use annotate_snippets::Group;
use annotate_snippets::Level;
use annotate_snippets::Origin;
use annotate_snippets::Renderer;
use annotate_snippets::Snippet;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Place;
use crate::diagnostic::Severity;
use crate::diagnostic::Sources;
use crate::diagnostic::Span;
use crate::language::tr;
use crate::render::diagnostics::alike::Alike;
use crate::render::diagnostics::lines::Lines;
use crate::render::style::Colour;
use crate::render::words;
use crate::render::words::harmless;

/// A stretch over more lines than these is shown by its first line alone.
const WINDOW: u32 = 6;

/// Frames keep to this width; long rows of a table are cut around the place.
const WIDTH: usize = 120;

/// Writes each diagnostic with its frame, and an empty line after each.
pub(crate) fn render(
    out: &mut dyn fmt::Write,
    diagnostics: &[Diagnostic],
    sources: &Sources,
    colour: Colour,
) -> fmt::Result {
    let renderer = match colour {
        Colour::Off => Renderer::plain(),
        Colour::On => Renderer::styled(),
    }
    .term_width(WIDTH);
    let mut texts = Texts { sources, lines: Lines::new(sources) };
    let mut alike = Alike::default();
    for diagnostic in diagnostics {
        if alike.is_shown(diagnostic) {
            writeln!(out, "{}\n", frame(diagnostic, &mut texts, &renderer))?;
        }
    }
    alike.render(out, sources, colour)
}

/// The count of everything: `2 errors, 1 warning in 40 entities, 120 resources`.
pub(crate) fn summary(diagnostics: &[Diagnostic], entities: usize, resources: usize) -> String {
    let count =
        |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let whole =
        format!("{}, {}", words::count(entities, "entity"), words::count(resources, "resource"));
    match (errors, warnings) {
        (0, 0) => tr!("The files are as they should be: {whole}", whole),
        (0, _) => tr!("{told} in {whole}", told = count_warnings(warnings), whole),
        (_, 0) => tr!("{told} in {whole}", told = count_errors(errors), whole),
        (_, _) => {
            let told = format!("{}, {}", count_errors(errors), count_warnings(warnings));
            tr!("{told} in {whole}", told, whole)
        }
    }
}

fn count_errors(number: usize) -> String {
    tr!("{count} error" | "{count} errors" % number, count = words::thousands(number))
}

fn count_warnings(number: usize) -> String {
    tr!("{count} warning" | "{count} warnings" % number, count = words::thousands(number))
}

/// The files and their lines.
struct Texts<'a> {
    sources: &'a Sources,
    lines: Lines<'a>,
}

/// A few lines of a file, and the place in them.
struct Window {
    path: String,
    text: String,
    first_line: usize,
    marked: Range<usize>,
}

impl Texts<'_> {
    /// The lines of a place; `None` when the file does not have them.
    fn window(&mut self, place: Place) -> Option<Window> {
        let Span { line, column, end_line, end_column } = place.span;
        let last = if end_line.saturating_sub(line) >= WINDOW { line } else { end_line.max(line) };
        let mut text = String::new();
        let mut marked = 0..0;
        for number in line..=last {
            let Some(content) = self.lines.line(place.file, number) else { break };
            let base = text.len();
            text.push_str(content);
            if number == line {
                marked.start = base + byte_of(content, column);
                marked.end = base + content.len();
            }
            if number == end_line {
                marked.end = base + byte_of(content, end_column);
            }
            text.push('\n');
        }
        if text.is_empty() {
            return None;
        }
        // An empty stretch is shown as one character, or at the end of its line.
        if marked.end <= marked.start {
            let next = text[marked.start..].chars().next().map_or(0, char::len_utf8);
            marked.end = marked.start + next;
        }
        text.truncate(text.trim_end_matches('\n').len().max(marked.end));
        let path = self.sources.path(place.file).to_owned();
        Some(Window { path, text, first_line: line as usize, marked })
    }
}

/// The byte at which the column (from 1, in characters) begins; the end of the line when it is shorter.
fn byte_of(line: &str, column: u32) -> usize {
    let index = (column as usize).saturating_sub(1);
    line.char_indices().nth(index).map_or(line.len(), |(at, _)| at)
}

fn frame(diagnostic: &Diagnostic, texts: &mut Texts<'_>, renderer: &Renderer) -> String {
    let Diagnostic { rule, severity, message, place, help, related } = diagnostic;
    let level = match severity {
        Severity::Error => Level::ERROR.with_name(tr!("severity" => "error")),
        Severity::Warning => Level::WARNING.with_name(tr!("severity" => "warning")),
        Severity::Notice => Level::INFO.with_name(tr!("severity" => "notice")),
    };
    let mut group = Group::with_title(level.primary_title(harmless(message)).id(*rule));
    if let Some(place) = place {
        group = match texts.window(*place) {
            Some(window) => {
                let label = texts.sources.cell(*place).map(|cell| harmless(&cell.to_string()));
                group.element(snippet(window, AnnotationKind::Primary, label))
            }
            None => group.element(Origin::path(texts.sources.path(place.file).to_owned())),
        };
    }
    for other in related {
        if let Some(window) = texts.window(other.place) {
            let message = match texts.sources.cell(other.place) {
                Some(cell) => format!("{} ({cell})", other.message),
                None => other.message.to_string(),
            };
            let label = Some(harmless(&message));
            group = group.element(snippet(window, AnnotationKind::Context, label));
        }
    }
    if let Some((file, line)) = place.and_then(|place| place.template) {
        let path = texts.sources.path(file);
        let note = Level::NOTE.with_name(tr!("label" => "note"));
        group = group.element(note.message(tr!("made by `{path}`, line {line}", path, line)));
    }
    if let Some(help) = help {
        let label = Level::HELP.with_name(tr!("label" => "help"));
        group = group.element(label.message(harmless(help)));
    }
    renderer.render(&[group])
}

fn snippet(
    window: Window,
    kind: AnnotationKind,
    label: Option<String>,
) -> Snippet<'static, annotate_snippets::Annotation<'static>> {
    let Window { path, text, first_line, marked } = window;
    Snippet::source(text)
        .path(path)
        .line_start(first_line)
        .annotation(kind.span(marked).label(label))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::diagnostic::FileId;

    use super::*;

    fn place(file: FileId, line: u32, column: u32, end_line: u32, end_column: u32) -> Place {
        Place { file, span: Span { line, column, end_line, end_column }, template: None }
    }

    fn shown(diagnostics: &[Diagnostic], sources: &Sources) -> String {
        let mut text = String::new();
        render(&mut text, diagnostics, sources, Colour::Off).unwrap();
        text
    }

    #[test]
    fn a_frame_shows_rule_place_line_and_help() {
        let mut sources = Sources::default();
        let file =
            sources.add("entities/é.yaml", "entity: é\r\nstructure:\r\n  siret: \"2175 é\"\r\n");
        let diagnostic = Diagnostic::error("siret-format", "found `2175 é`, expected 14 digits")
            .at(place(file, 3, 10, 3, 18))
            .help("copy the number again from the SIRENE register");
        assert_snapshot!(shown(&[diagnostic], &sources), @r#"
        error[siret-format]: found `2175 é`, expected 14 digits
         --> entities/é.yaml:3:10
          |
        3 |   siret: "2175 é"
          |          ^^^^^^^^
          |
          = help: copy the number again from the SIRENE register
        "#);
    }

    #[test]
    fn several_files_templates_and_missing_places_are_shown() {
        let mut sources = Sources::default();
        let table = sources.add("bulk/lyon.csv", "key;login\nlyon-14;TECH-014\n");
        let yaml = sources.add("entities/lyon.yaml", "accounts:\n  main:\n    login: TECH-014\n");
        let template = sources.add("templates/account.yaml.j2", "entity: {{ key }}\n");
        let mut row = place(table, 2, 9, 2, 17);
        row.template = Some((template, 1));
        let diagnostics = [
            Diagnostic::error("duplicate-login", "login `TECH-014` is used twice")
                .at(row)
                .related(Some(place(yaml, 3, 12, 3, 20)), "first used here")
                .help("give one of the two another login"),
            Diagnostic::warning("file-gone", "found nothing").at(place(yaml, 99, 1, 99, 2)),
            Diagnostic::notice("nothing", "no place at all"),
        ];
        assert_snapshot!(shown(&diagnostics, &sources), @r"
        error[duplicate-login]: login `TECH-014` is used twice
         --> bulk/lyon.csv:2:9
          |
        2 | lyon-14;TECH-014
          |         ^^^^^^^^
          |
         ::: entities/lyon.yaml:3:12
          |
        3 |     login: TECH-014
          |            -------- first used here
          |
          = note: made by `templates/account.yaml.j2`, line 1
          = help: give one of the two another login

        warning[file-gone]: found nothing
        --> entities/lyon.yaml

        notice[nothing]: no place at all
        ");
    }

    #[test]
    fn large_stretches_and_ends_of_lines_do_not_break_the_frame() {
        let mut sources = Sources::default();
        let lines: Vec<String> = (1..=10_000).map(|line| format!("line {line}")).collect();
        let text = lines.join("\n") + "\n";
        let file = sources.add("large.yaml", text);
        let diagnostics = [
            Diagnostic::error("whole", "a whole mapping").at(place(file, 9_000, 1, 9_900, 1)),
            Diagnostic::error("end", "expected a value").at(place(file, 10, 8, 10, 8)),
            Diagnostic::error("three", "three lines").at(place(file, 2, 6, 4, 5)),
            Diagnostic::error("past", "after the last line").at(place(file, 10_001, 1, 10_001, 1)),
        ];
        assert_snapshot!(shown(&diagnostics, &sources), @r"
        error[whole]: a whole mapping
            --> large.yaml:9000:1
             |
        9000 | line 9000
             | ^^^^^^^^^

        error[end]: expected a value
          --> large.yaml:10:8
           |
        10 | line 10
           |        ^

        error[three]: three lines
         --> large.yaml:2:6
          |
        2 |   line 2
          |  ______^
        3 | | line 3
        4 | | line 4
          | |____^

        error[past]: after the last line
             --> large.yaml:10001:1
              |
        10001 |
              | ^
        ");
    }

    #[test]
    fn the_summary_counts_everything() {
        let error = || Diagnostic::error("a", "b");
        assert_eq!(summary(&[], 1, 2), "The files are as they should be: 1 entity, 2 resources");
        assert_eq!(
            summary(&[error(), error(), Diagnostic::warning("a", "b")], 40, 1200),
            "2 errors, 1 warning in 40 entities, 1,200 resources"
        );
    }

    #[test]
    fn labels_and_counts_are_french_in_french() {
        use crate::language::Language;
        use crate::language::within;

        let mut sources = Sources::default();
        let table = sources.add("bulk/lyon.csv", "key;login\nlyon-14;TECH-014\n");
        let template = sources.add("templates/account.yaml.j2", "entity: {{ key }}\n");
        let mut row = place(table, 2, 9, 2, 17);
        row.template = Some((template, 1));
        let diagnostics = [
            Diagnostic::error("login-taken", "…").at(row).help("…"),
            Diagnostic::warning("file-gone", "…"),
            Diagnostic::notice("nothing", "…"),
        ];
        let text = within(Language::French, || {
            shown(&diagnostics, &sources) + &summary(&diagnostics, 1, 1200)
        });
        assert_snapshot!(text, @r"
        erreur[login-taken]: …
         --> bulk/lyon.csv:2:9
          |
        2 | lyon-14;TECH-014
          |         ^^^^^^^^
          |
          = note : produit par `templates/account.yaml.j2`, ligne 1
          = aide : …

        avertissement[file-gone]: …

        remarque[nothing]: …

        1 erreur, 1 avertissement dans 1 entité, 1 200 ressources
        ");
    }
}
