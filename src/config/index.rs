//! The shared index: a file of fingerprints, in which several projects see that a certificate is in use.
//!
//! One JSON object a line, sorted, so that git merges it line by line: [`IndexLine`]. The file belongs to no project
//! alone: it may lie outside of this one, is no part of its fingerprint, and lines of others are kept as they are.
//! [`parse`], [`merge`] and [`lines_of`] are pure.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::io::Read as _;
use std::path::Path;

use serde::Deserialize;
use serde::Serialize;
use thiserror::Error;

use crate::config::load::Project;
use crate::config::manifest::decode::Text;
use crate::config::manifest::reader::Reader;
use crate::config::rule;
use crate::diagnostic::FileId;
use crate::diagnostic::Place;
use crate::diagnostic::Sources;
use crate::diagnostic::Span;
use crate::domain::value::Fingerprint;
use crate::language::Message;
use crate::language::message;
use crate::language::said;
use crate::language::tr;

/// The largest index that is read, in bytes: about 90,000 certificates.
const BYTES: u64 = 20_000_000;

/// How many broken lines are told one by one.
const TOLD: usize = 10;

/// One line: a sheet of a project holds a certificate. Fingerprints of what is public anyway, and two names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct IndexLine {
    /// SHA-256 of the certificate.
    pub(crate) sha256: Fingerprint,
    /// SHA-256 of its public key.
    pub(crate) key_sha256: Fingerprint,
    /// The project, by the name that it gives itself.
    pub(crate) project: String,
    /// Its environment.
    pub(crate) environment: String,
}

/// Lines with their numbers, which count from 1.
pub(crate) type Lines = Vec<(u32, IndexLine)>;

/// The index that a project names.
#[derive(Clone, Debug)]
pub(crate) struct SharedIndex {
    /// Its path, from the project.
    pub(crate) path: String,
    /// Under which name the project stands in it.
    pub(crate) project: String,
    /// What it holds; nothing when there is no such file yet, or when it cannot be used.
    pub(crate) content: Option<(FileId, Lines)>,
}

/// A line that is none of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BrokenLine {
    /// The line, from 1.
    pub(crate) line: u32,
    /// Whether it is the mark of a merge that was not finished.
    pub(crate) conflict: bool,
}

/// Why there is no text of an index.
#[derive(Debug, Error)]
pub(crate) enum IndexFault {
    /// It is a folder, a pipe or a device.
    #[error("{}", tr!("it is no ordinary file"))]
    NotFile,
    /// It is larger than an index gets.
    #[error("{}", tr!("found more than {} bytes", BYTES))]
    Large,
    /// The system refuses, or it is not UTF-8.
    #[error("{}", said(.0))]
    Unreadable(#[from] io::Error),
}

/// The text of an index; `None` when there is no such file.
pub(crate) fn read(root: &Path, path: &str) -> Result<Option<String>, IndexFault> {
    let path = root.join(path);
    let found = match fs::metadata(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        found => found?,
    };
    // Opening a pipe would wait for its other end, and a device may never end.
    if !found.is_file() {
        return Err(IndexFault::NotFile);
    }
    let mut text = String::new();
    let read = fs::File::open(&path)?.take(BYTES + 1).read_to_string(&mut text)?;
    if read as u64 > BYTES { Err(IndexFault::Large) } else { Ok(Some(text)) }
}

/// The lines of an index, or all that are none.
pub(crate) fn parse(text: &str) -> Result<Lines, Vec<BrokenLine>> {
    let (mut lines, mut broken) = (Vec::new(), Vec::new());
    for (line, content) in written(text) {
        match serde_json::from_str(content) {
            Ok(read) => lines.push((line, read)),
            Err(_) => broken.push(BrokenLine { line, conflict: is_conflict(content) }),
        }
    }
    if broken.is_empty() { Ok(lines) } else { Err(broken) }
}

/// Lines that hold something, without spaces around.
fn written(text: &str) -> impl Iterator<Item = (u32, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    (1..).zip(text.lines().map(str::trim)).filter(|(_, content)| !content.is_empty())
}

fn is_conflict(content: &str) -> bool {
    ["<<<<<<<", "|||||||", "=======", ">>>>>>>"].iter().any(|mark| content.starts_with(mark))
}

/// The index with `own` in the place of the lines of `project` for `environments`; for all of them when none is given.
///
/// Lines of other projects are kept to the byte, with what a later version may have added to them.
pub(crate) fn merge(
    text: &str,
    project: &str,
    environment: Option<&str>,
    own: &BTreeSet<IndexLine>,
) -> Result<String, Vec<BrokenLine>> {
    let parsed: BTreeMap<u32, IndexLine> = parse(text)?.into_iter().collect();
    let mut all: BTreeSet<(IndexLine, String)> = BTreeSet::new();
    for (line, content) in written(text) {
        let Some(read) = parsed.get(&line) else { continue };
        if !is_own(read, project, environment) {
            all.insert((read.clone(), content.to_owned()));
        }
    }
    for line in own {
        all.insert((line.clone(), serde_json::to_string(line).unwrap_or_default()));
    }
    Ok(all.into_iter().map(|(_, content)| content + "\n").collect())
}

/// Whether a line is of a project, and of an environment where one is given.
pub(crate) fn is_own(line: &IndexLine, project: &str, environment: Option<&str>) -> bool {
    line.project == project && environment.is_none_or(|environment| line.environment == environment)
}

/// What the sheets of a project hold in the environment that it was read for.
pub(crate) fn lines_of<'a>(project: &'a Project, name: &'a str) -> impl Iterator<Item = IndexLine> {
    let keys = project.desired.keys();
    let sheets = project.desired.edi.values();
    let held = sheets.flat_map(|edi| edi.sheet.settings.certificates.values());
    held.filter_map(move |held| {
        Some(IndexLine {
            sha256: held.fingerprint.clone(),
            key_sha256: (*keys.get(&held.fingerprint)?).clone(),
            project: name.to_owned(),
            environment: project.environment.name.clone(),
        })
    })
}

/// What to do about a broken line.
pub(crate) fn help(broken: BrokenLine) -> Message {
    if broken.conflict {
        message!(
            "finish the merge: keep the lines of both sides, then run `raccord certificates index`"
        )
    } else {
        message!(
            "take the line from the history of the file; or remove it, and run `raccord certificates index` in the project that it was of"
        )
    }
}

impl SharedIndex {
    /// The place of a line.
    pub(crate) fn place(file: FileId, line: u32) -> Place {
        let span = Span { line, column: 1, end_line: line, end_column: 2 };
        Place { file, span, template: None }
    }
}

impl Reader<'_> {
    /// Reads the index that a project names.
    pub(crate) fn index(
        &mut self,
        written: &Text,
        project: String,
        root: &Path,
        sources: &mut Sources,
    ) -> SharedIndex {
        let path = &written.value;
        let content = self.index_content(written, root).map(|(text, lines)| {
            // Only a text that is an index is ever shown.
            (sources.add(path, text), lines)
        });
        SharedIndex { path: path.clone(), project, content }
    }

    fn index_content(&mut self, written: &Text, root: &Path) -> Option<(String, Lines)> {
        let (path, span) = (&written.value, written.span);
        let unusable = rule::CERTIFICATE_INDEX_UNUSABLE;
        if path.is_empty() || Path::new(path).is_absolute() {
            let message =
                message!("found the path `{path}`, expected one that begins at the project", path);
            self.error(
                unusable,
                span,
                message,
                message!("write for example `../certificate-index.jsonl`"),
            );
            return None;
        }
        let text = match read(root, path) {
            Ok(Some(text)) => text,
            Ok(None) => {
                let message =
                    message!("there is no index `{path}`: other projects are not looked at", path);
                let help = message!(
                    "check out the repository that holds it; or run `raccord certificates index` to begin it"
                );
                self.warning(rule::CERTIFICATE_INDEX_MISSING, span, message, help);
                return None;
            }
            Err(fault) => {
                let message = message!("the index `{path}` cannot be read: {fault}", path, fault);
                self.error(unusable, span, message, message!("put the file of the index there"));
                return None;
            }
        };
        match parse(&text) {
            Ok(lines) => Some((text, lines)),
            Err(broken) => {
                for one in broken.iter().take(TOLD) {
                    let message = message!(
                        "the index `{path}`: line {} is no line of an index",
                        one.line,
                        path
                    );
                    self.error(unusable, span, message, help(*one));
                }
                if let Some(more) = broken.len().checked_sub(TOLD).filter(|more| *more > 0) {
                    let message = message!(
                        "the index `{path}`: {more} more lines are none of an index",
                        path,
                        more
                    );
                    self.error(unusable, span, message, message!("check that this is the index"));
                }
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(digit: char, project: &str, environment: &str) -> IndexLine {
        IndexLine {
            sha256: Fingerprint::parse(&digit.to_string().repeat(64)).unwrap(),
            key_sha256: Fingerprint::parse(&"f".repeat(64)).unwrap(),
            project: project.to_owned(),
            environment: environment.to_owned(),
        }
    }

    fn text(lines: &[IndexLine]) -> String {
        lines.iter().map(|line| serde_json::to_string(line).unwrap() + "\n").collect()
    }

    #[test]
    fn own_lines_are_replaced_and_those_of_others_kept_to_the_byte() {
        let other = text(&[line('b', "other", "production")]).replace('}', ", \"more\": 1}");
        let before = format!("{other}\n{}", text(&[line('c', "own", "production")]));
        let own = BTreeSet::from([line('a', "own", "production"), line('d', "own", "production")]);
        let merged = merge(&before, "own", None, &own).unwrap();
        let [first, last] = ['a', 'd'].map(|digit| text(&[line(digit, "own", "production")]));
        assert_eq!(merged, format!("{first}{other}{last}"));
        // Writing it again changes nothing.
        assert_eq!(merge(&merged, "own", None, &own).unwrap(), merged);
    }

    #[test]
    fn one_environment_leaves_the_lines_of_the_others() {
        let before = text(&[line('a', "own", "production"), line('b', "own", "qualification")]);
        let merged = merge(&before, "own", Some("qualification"), &BTreeSet::new()).unwrap();
        assert_eq!(merged, text(&[line('a', "own", "production")]));
        assert_eq!(merge(&before, "own", None, &BTreeSet::new()).unwrap(), "");
    }

    #[test]
    fn broken_lines_are_all_found_and_marks_of_a_merge_are_told_apart() {
        let good = text(&[line('a', "own", "production")]);
        let broken = format!("<<<<<<< HEAD\n{good}=======\n\n{{\"sha256\":\"a\"}}\n");
        let found = parse(&broken).unwrap_err();
        let lines: Vec<_> = found.iter().map(|one| (one.line, one.conflict)).collect();
        assert_eq!(lines, [(1, true), (3, true), (5, false)]);
        assert_eq!(merge(&broken, "own", None, &BTreeSet::new()), Err(found));
        assert_eq!(parse(&format!("\u{feff}{good}\r\n")).unwrap().len(), 1);
    }
}
