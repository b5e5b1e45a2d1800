//! What all forges ask for: paths as the repository knows them, and a name for each finding that outlives edits.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::Digest as _;
use sha2::Sha256;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::FileId;
use crate::diagnostic::Place;
use crate::diagnostic::Sources;
use crate::language::tr;
use crate::render::diagnostics::lines::Lines;

/// The file that a finding without a place is put at: every project has it, and forges ask for a file.
const PROJECT_FILE: &str = "raccord.yaml";

/// The files as a forge knows them.
#[derive(Clone, Copy)]
pub(crate) struct Forge<'a> {
    /// The files.
    pub(crate) sources: &'a Sources,
    /// Where the project lies in the repository: nothing, or folders that each end with `/`.
    pub(crate) project: &'a str,
}

impl Forge<'_> {
    /// A file's path from the root of the repository, with `/`.
    pub(crate) fn path(&self, file: FileId) -> String {
        self.joined(self.sources.path(file))
    }

    /// The path of a finding: its file, or the project's own file for one without a place.
    pub(crate) fn path_of(&self, place: Option<Place>) -> String {
        place.map_or_else(|| self.joined(PROJECT_FILE), |place| self.path(place.file))
    }

    fn joined(&self, path: &str) -> String {
        format!("{}{path}", self.project)
    }

    /// A name for each finding, 64 hexadecimal digits, all different.
    ///
    /// It is made of the rule, the file, and the text of the line, not of the line's number or of our words: it stays
    /// when lines are added above, and when a message is worded better. A secret was masked before it gets here.
    /// Findings that are alike in all of that are counted.
    pub(crate) fn fingerprints(&self, diagnostics: &[Diagnostic]) -> Vec<String> {
        let mut lines = Lines::new(self.sources);
        let mut seen: BTreeMap<(&str, String, &str), u32> = BTreeMap::new();
        let mut fingerprints = Vec::with_capacity(diagnostics.len());
        for diagnostic in diagnostics {
            let line = diagnostic
                .place
                .and_then(|place| lines.line(place.file, place.span.line))
                .unwrap_or_default()
                .trim();
            let path = self.path_of(diagnostic.place);
            let count = seen.entry((diagnostic.rule, path.clone(), line)).or_default();
            *count += 1;
            // No part can hold the separator but the last ones, which are a text and a number.
            let identity = format!("1\0{}\0{path}\0{line}\0{count}", diagnostic.rule);
            fingerprints.push(hexadecimal(&Sha256::digest(identity)));
        }
        fingerprints
    }
}

/// What a forge shows of a finding: what was found, and what to do.
pub(crate) fn sentence(diagnostic: &Diagnostic) -> String {
    match &diagnostic.help {
        Some(help) => tr!("{message}\nhelp: {help}", message = diagnostic.message, help),
        None => diagnostic.message.to_string(),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::diagnostic::Span;

    use super::*;

    /// A place on one line.
    pub(crate) fn place(file: FileId, line: u32, column: u32, end_column: u32) -> Place {
        Place { file, span: Span { line, column, end_line: line, end_column }, template: None }
    }

    /// Findings of every kind: two alike, one over two lines, one from a table's row, one without a place.
    pub(crate) fn findings() -> (Sources, Vec<Diagnostic>) {
        let mut sources = Sources::default();
        let yaml = sources.add(
            "entities/évry 2,a.yaml",
            "entity: a\nstructure:\n  siret: \"1\"\n  siret: \"1\"\n",
        );
        let table = sources.add("sources/lyon.csv", "key;login\nlyon-14;TECH-014\n");
        let template = sources.add("templates/a.yaml.j2", "entity: a\n");
        let mut row = place(table, 2, 9, 17);
        row.template = Some((template, 1));
        let mut stretch = place(yaml, 2, 1, 1);
        stretch.span.end_line = 4;
        let diagnostics = vec![
            Diagnostic::warning("empty", "found a key, expected one, or `two`").at(stretch),
            Diagnostic::error("siret-format", "found `1`, 100% wrong:\nexpected 14 digits")
                .at(place(yaml, 3, 10, 13))
                .help("write `{ env: NAME }`, or [a](b)"),
            Diagnostic::error("siret-format", "found `1`, expected 14 digits")
                .at(place(yaml, 4, 10, 13)),
            Diagnostic::error("duplicate-login", "login `TECH-014` is used twice")
                .at(row)
                .related(Some(place(yaml, 1, 1, 9)), "first used here"),
            Diagnostic::notice("nothing", "no place at all"),
        ];
        (sources, diagnostics)
    }

    #[test]
    fn fingerprints_differ_and_stay_when_lines_and_words_move() {
        let (sources, diagnostics) = findings();
        let before = Forge { sources: &sources, project: "" }.fingerprints(&diagnostics);
        let mut different = before.clone();
        different.sort();
        different.dedup();
        assert_eq!(different.len(), diagnostics.len(), "{before:?}");

        let mut moved = Sources::default();
        let yaml =
            moved.add("entities/évry 2,a.yaml", "# new\nentity: a\nstructure:\n  siret: \"1\"\n");
        let again = [Diagnostic::error("siret-format", "other words").at(place(yaml, 4, 10, 13))];
        let after = Forge { sources: &moved, project: "" }.fingerprints(&again);
        assert_eq!(after[0], before[1]);
        let elsewhere = Forge { sources: &moved, project: "paris/" }.fingerprints(&again);
        assert_ne!(elsewhere[0], before[1]);
    }
}
