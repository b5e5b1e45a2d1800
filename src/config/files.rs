//! `Files`: the project's files. The only part of this floor that reads the disk, but for the index that projects share.
//!
//! Every file that is read goes into the fingerprint of the project.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::io::Read as _;
use std::path::Component;
use std::path::Path;
use std::path::PathBuf;

use sha2::Digest as _;
use sha2::Sha256;
use thiserror::Error;

use crate::config::rule;
use crate::config::yaml;
use crate::diagnostic::Rule;
use crate::diagnostic::nearest;
use crate::language::Message;
use crate::language::message;
use crate::language::said;
use crate::language::tr;

/// The largest file that is read at all, in bytes: a table of a million rows.
const BYTES: u64 = 100_000_000;

/// How many names are looked at in search of files that nothing names.
const WALKED: usize = 5_000;

/// Folders of other programs.
const FOREIGN: [&str; 2] = ["node_modules", "target"];

/// How many names of a folder are looked at for one that is nearly right.
const NAMES: usize = 1_000;

/// Why a file of the project was not read.
#[derive(Debug, Error)]
pub(crate) enum FileFault {
    /// Its path leads out of the project.
    #[error("{}", tr!("the path leads out of the project"))]
    Outside,
    /// There is none. Holds what the reader can do.
    #[error("{}", tr!("there is no such file"))]
    Missing(Message),
    /// It is a folder, a pipe or a device, which may have no end.
    #[error("{}", tr!("it is no ordinary file"))]
    NotFile,
    /// It is larger than any file needs to be.
    #[error("{}", tr!("found {found} bytes, expected at most {expected}", found = .found, expected = .expected))]
    Large {
        /// Its size, in bytes.
        found: u64,
        /// The largest size, in bytes.
        expected: u64,
    },
    /// The system refuses.
    #[error("{}", said(.0))]
    Unreadable(io::Error),
}

/// Why a file of the project gave no text.
#[derive(Debug)]
pub(crate) struct UnreadText {
    /// The rule that it breaks.
    pub(crate) rule: &'static Rule,
    /// What was found; holds the path.
    pub(crate) message: Message,
    /// What the reader can do.
    pub(crate) help: Message,
    /// Line and column, from 1, of the first byte that is no text.
    pub(crate) at: (u32, u32),
}

impl FileFault {
    /// The rule that it breaks.
    pub(crate) fn rule(&self) -> &'static Rule {
        match self {
            Self::Outside => rule::PATH_OUTSIDE,
            Self::Missing(_) | Self::NotFile | Self::Large { .. } | Self::Unreadable(_) => {
                rule::UNREADABLE_FILE
            }
        }
    }

    /// What the reader can do.
    pub(crate) fn help(&self) -> Message {
        match self {
            Self::Outside => {
                message!(
                    "copy the file into the project; paths begin at the folder of `raccord.yaml`"
                )
            }
            Self::Missing(help) => help.clone(),
            Self::NotFile => message!("put an ordinary file there, or remove it"),
            Self::Large { .. } => message!("split the file into several"),
            Self::Unreadable(_) => message!("check that it is a file, and who may read it"),
        }
    }
}

/// What a folder holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Listed {
    /// The paths of its YAML files, sorted.
    pub(crate) paths: Vec<String>,
    /// Names that are not UTF-8, as far as they can be shown, sorted.
    pub(crate) unnameable: Vec<String>,
}

/// The files below one folder.
pub(crate) struct Files {
    root: PathBuf,
    read: BTreeMap<String, [u8; 32]>,
}

impl Files {
    /// The files below `root`.
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root, read: BTreeMap::new() }
    }

    /// Reads a file; `path` begins at the project and uses `/`.
    pub(crate) fn read(&mut self, path: &str) -> Result<Vec<u8>, FileFault> {
        let bytes = self.peek_at_most(path, BYTES)?;
        self.read.insert(path.to_owned(), Sha256::digest(&bytes).into());
        Ok(bytes)
    }

    /// Reads a file that is only compared: it does not count for the fingerprint of the project.
    pub(crate) fn peek(&self, path: &str) -> Result<Vec<u8>, FileFault> {
        self.peek_at_most(path, BYTES)
    }

    fn peek_at_most(&self, path: &str, expected: u64) -> Result<Vec<u8>, FileFault> {
        let relative = Path::new(path);
        // `..` is refused before anything is opened; links are followed only inside the project.
        let plain = relative
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !plain || path.is_empty() {
            return Err(FileFault::Outside);
        }
        let real = self.inside(relative).map_err(|fault| match (fault, self.near(path)) {
            (FileFault::Missing(_), Some(near)) => {
                FileFault::Missing(message!("did you mean `{near}`?", near))
            }
            (fault, _) => fault,
        })?;
        // Opening a pipe would wait for its other end, and a device may never end.
        let found = fs::metadata(&real).map_err(fault)?;
        if !found.is_file() {
            return Err(FileFault::NotFile);
        }
        let mut bytes = Vec::new();
        if found.len() <= expected {
            let file = fs::File::open(&real).map_err(fault)?;
            // A file may grow while it is read.
            file.take(expected + 1).read_to_end(&mut bytes).map_err(fault)?;
        }
        let found = found.len().max(bytes.len() as u64);
        if found > expected {
            return Err(FileFault::Large { found, expected });
        }
        Ok(bytes)
    }

    /// The path of a file with nearly this name, in the folder that was written.
    fn near(&self, path: &str) -> Option<String> {
        let tidy = path.replace('\\', "/");
        let tidy = tidy.trim_matches(|c: char| c.is_whitespace() || "“”«»\"'".contains(c));
        if tidy != path && self.inside(Path::new(tidy)).is_ok() {
            return Some(tidy.to_owned());
        }
        let (folder, name) = tidy.rsplit_once('/').unwrap_or((".", tidy));
        let folder = [folder.to_owned(), folder.to_lowercase()]
            .into_iter()
            .find(|folder| self.inside(Path::new(folder)).is_ok())?;
        let names: Vec<String> = fs::read_dir(self.inside(Path::new(&folder)).ok()?)
            .ok()?
            .take(NAMES)
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect();
        let near = nearest(name, names.iter().map(String::as_str))?;
        Some(if folder == "." { near.to_owned() } else { format!("{folder}/{near}") })
    }

    /// The real path of something in the project, through links; a fault when they lead out of it.
    fn inside(&self, relative: &Path) -> Result<PathBuf, FileFault> {
        let real = self.root.join(relative).canonicalize().map_err(fault)?;
        let root = self.root.canonicalize().map_err(fault)?;
        if real.starts_with(&root) { Ok(real) } else { Err(FileFault::Outside) }
    }

    /// Reads a text file: UTF-8, with or without a byte order mark. A fault is a rule, a sentence, and what to do.
    pub(crate) fn read_text(&mut self, path: &str) -> Result<String, UnreadText> {
        let read = self.peek_at_most(path, yaml::BYTES as u64).inspect(|bytes| {
            self.read.insert(path.to_owned(), Sha256::digest(bytes).into());
        });
        let bytes = read.map_err(|fault| UnreadText {
            rule: fault.rule(),
            message: message!("`{path}` cannot be read: {fault}", path, fault),
            help: fault.help(),
            at: (1, 1),
        })?;
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Err(UnreadText {
                rule: rule::UNREADABLE_FILE,
                message: message!("`{path}` is written in UTF-16, expected UTF-8", path),
                help: message!("save the file again with encoding UTF-8"),
                at: (1, 1),
            });
        }
        let text = bytes.strip_prefix(b"\xef\xbb\xbf".as_slice()).unwrap_or(&bytes);
        std::str::from_utf8(text).map(str::to_owned).map_err(|fault| {
            let (sound, rest) = text.split_at(fault.valid_up_to());
            let at = end_of(sound);
            let byte = rest.first().copied().unwrap_or_default();
            UnreadText {
                rule: rule::UNREADABLE_FILE,
                message: message!(
                    "`{path}` is not written in UTF-8: found byte 0x{byte} on line {line}, column {column}",
                    path, byte = format!("{byte:02X}"), line = at.0, column = at.1),
                help: message!("save the file again with encoding UTF-8 (in French programs «UTF-8», not «ANSI» or «Windows-1252»)"),
                at,
            }
        })
    }

    /// Whether a path, or a folder on the way to it, is a symbolic link.
    pub(crate) fn is_link(&self, path: &str) -> bool {
        let steps = path.match_indices('/').map(|(end, _)| &path[..end]).chain([path]);
        steps.into_iter().any(|step| self.root.join(step).is_symlink())
    }

    /// The YAML files of a folder, by name; none when there is no such folder.
    pub(crate) fn list(&self, folder: &str) -> Result<Listed, FileFault> {
        // A link that leads nowhere is a fault; a folder that is not there is none.
        if fs::symlink_metadata(self.root.join(folder)).is_err_and(|error| is_missing(&error)) {
            return Ok(Listed::default());
        }
        let real = self.inside(Path::new(folder))?;
        let mut listed = Listed::default();
        for entry in fs::read_dir(real).map_err(fault)? {
            let name = entry.map_err(fault)?.file_name();
            let shown = name.to_string_lossy();
            let is_yaml =
                matches!(shown.rsplit_once('.'), Some((stem, "yaml" | "yml")) if !stem.is_empty());
            if !is_yaml || shown.starts_with('.') {
                continue;
            }
            if name.to_str().is_some() {
                listed.paths.push(format!("{folder}/{shown}"));
            } else {
                listed.unnameable.push(format!("{folder}/{shown}"));
            }
        }
        listed.paths.sort();
        listed.unnameable.sort();
        Ok(listed)
    }

    /// Paths of ordinary files of at most `size` bytes, breadth first; no links, nothing hidden, nothing of other programs.
    /// At most [`WALKED`] names are looked at.
    pub(crate) fn small(&self, size: u64) -> Vec<String> {
        let (mut found, mut walked) = (Vec::new(), 0);
        let mut folders = VecDeque::from([String::new()]);
        while let Some(folder) = folders.pop_front() {
            let mut entries: Vec<(String, fs::FileType, u64)> =
                fs::read_dir(self.root.join(&folder))
                    .into_iter()
                    .flatten()
                    .take(WALKED - walked)
                    .filter_map(|entry| {
                        let entry = entry.ok()?;
                        let name = entry.file_name().into_string().ok()?;
                        // The type of a link is that of the link itself.
                        let kind = entry.file_type().ok()?;
                        let size = entry.metadata().ok().filter(|_| kind.is_file());
                        Some((name, kind, size.map_or(0, |metadata| metadata.len())))
                    })
                    .collect();
            walked += entries.len();
            entries.sort_by(|(a, ..), (b, ..)| a.cmp(b));
            for (name, kind, bytes) in entries {
                if name.starts_with('.') || FOREIGN.contains(&name.as_str()) {
                    continue;
                }
                let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
                if kind.is_dir() {
                    folders.push_back(path);
                } else if kind.is_file() && bytes <= size {
                    found.push(path);
                }
            }
        }
        found
    }

    /// SHA-256 over the paths and contents of all files that were read, in the order of their paths.
    pub(crate) fn fingerprint(&self) -> String {
        let mut all = Sha256::new();
        for (path, digest) in &self.read {
            all.update(path.as_bytes());
            all.update([0]);
            all.update(digest);
        }
        let mut text = String::with_capacity(64);
        for byte in all.finalize() {
            // Writing to a `String` does not fail.
            write!(text, "{byte:02x}").unwrap_or_default();
        }
        text
    }
}

/// Line and column, from 1, of what follows this text.
fn end_of(text: &[u8]) -> (u32, u32) {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let lines = text.split(|byte| *byte == b'\n');
    let last = text.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    (number(lines.count()), number(String::from_utf8_lossy(last).chars().count() + 1))
}

fn is_missing(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}

fn fault(error: io::Error) -> FileFault {
    if is_missing(&error) {
        FileFault::Missing(message!("check the path, which begins at the folder of `raccord.yaml`"))
    } else {
        FileFault::Unreadable(error)
    }
}
