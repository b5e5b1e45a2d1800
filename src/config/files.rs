//! `Files`: the project's files. The only part of this floor that reads the disk.
//!
//! Every file that is read goes into the fingerprint of the project.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Component;
use std::path::Path;
use std::path::PathBuf;

use sha2::Digest as _;
use sha2::Sha256;
use thiserror::Error;

use crate::config::rule;
use crate::diagnostic::Rule;

/// Why a file of the project was not read.
#[derive(Debug, Error)]
pub(crate) enum FileFault {
    /// Its path leads out of the project.
    #[error("the path leads out of the project")]
    Outside,
    /// There is none.
    #[error("there is no such file")]
    Missing,
    /// The system refuses.
    #[error("{0}")]
    Unreadable(io::Error),
}

impl FileFault {
    /// The rule that it breaks.
    pub(crate) fn rule(&self) -> &'static Rule {
        match self {
            Self::Outside => rule::PATH_OUTSIDE,
            Self::Missing | Self::Unreadable(_) => rule::UNREADABLE_FILE,
        }
    }

    /// What the reader can do.
    pub(crate) fn help(&self) -> &'static str {
        match self {
            Self::Outside => {
                "copy the file into the project; paths begin at the folder of `raccord.yaml`"
            }
            Self::Missing => "check the path, which begins at the folder of `raccord.yaml`",
            Self::Unreadable(_) => "check that it is a file, and who may read it",
        }
    }
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
        let bytes = self.peek(path)?;
        self.read.insert(path.to_owned(), Sha256::digest(&bytes).into());
        Ok(bytes)
    }

    /// Reads a file that is only compared: it does not count for the fingerprint of the project.
    pub(crate) fn peek(&self, path: &str) -> Result<Vec<u8>, FileFault> {
        let relative = Path::new(path);
        // `..` is refused before anything is opened; links are followed only inside the project.
        let plain = relative
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !plain || path.is_empty() {
            return Err(FileFault::Outside);
        }
        let full = self.root.join(relative);
        let real = full.canonicalize().map_err(fault)?;
        let root = self.root.canonicalize().map_err(fault)?;
        if !real.starts_with(&root) {
            return Err(FileFault::Outside);
        }
        fs::read(&real).map_err(fault)
    }

    /// Reads a text file: UTF-8, with or without a byte order mark. A fault is a rule, a sentence, and what to do.
    pub(crate) fn read_text(
        &mut self,
        path: &str,
    ) -> Result<String, (&'static Rule, String, &'static str)> {
        let bytes = self.read(path).map_err(|fault| {
            (fault.rule(), format!("`{path}` cannot be read: {fault}"), fault.help())
        })?;
        let text = bytes.strip_prefix(b"\xef\xbb\xbf".as_slice()).unwrap_or(&bytes);
        std::str::from_utf8(text).map(str::to_owned).map_err(|_| {
            (
                rule::UNREADABLE_FILE,
                format!("`{path}` is not written in UTF-8"),
                "save the file again with encoding UTF-8",
            )
        })
    }

    /// The YAML files of a folder, by name; none when there is no such folder.
    pub(crate) fn list(&self, folder: &str) -> Result<Vec<String>, FileFault> {
        let entries = match fs::read_dir(self.root.join(folder)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(fault(error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let name = entry.map_err(fault)?.file_name().to_string_lossy().into_owned();
            let is_yaml =
                matches!(name.rsplit_once('.'), Some((stem, "yaml" | "yml")) if !stem.is_empty());
            if is_yaml && !name.starts_with('.') {
                names.push(format!("{folder}/{name}"));
            }
        }
        names.sort();
        Ok(names)
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

fn fault(error: io::Error) -> FileFault {
    if error.kind() == io::ErrorKind::NotFound {
        FileFault::Missing
    } else {
        FileFault::Unreadable(error)
    }
}
