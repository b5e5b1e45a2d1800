//! `Sandbox`: a temporary project, a clean environment, a clock that begins where the test says.

pub(crate) mod browser;
pub(crate) mod dice;
pub(crate) mod markdown;
pub(crate) mod pki;
#[cfg(unix)]
pub(crate) mod postgres;
pub(crate) mod served;
pub(crate) mod siret;
pub(crate) mod tls;
pub(crate) mod towns;
pub(crate) mod world;

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

use tempfile::TempDir;

/// Where the clock begins, unless a test moves it.
const NOW: &str = "2026-12-01T10:00:00Z";

/// A directory with nothing in it, and the program.
pub(crate) struct Sandbox {
    directory: TempDir,
    now: String,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Sandbox {
    /// An empty directory.
    pub(crate) fn new() -> Self {
        Self { directory: TempDir::new().unwrap(), now: NOW.to_owned() }
    }

    /// A directory with the project that `init` writes, in `town`.
    pub(crate) fn with_project() -> Self {
        let sandbox = Self::new();
        let ran = sandbox.run(&["init", "town"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        sandbox
    }

    /// A directory with a copy of an example, in `project`.
    pub(crate) fn with_example(example: &str) -> Self {
        let sandbox = Self::new();
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(example);
        copy(&from, &sandbox.path("project"));
        sandbox
    }

    /// Moves the clock of the runs to come.
    pub(crate) fn at(&mut self, now: &str) {
        now.clone_into(&mut self.now);
    }

    /// A path in the sandbox.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    /// Replaces a part of a file, which must be there once.
    pub(crate) fn edit(&self, path: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path(path)).unwrap();
        assert_eq!(text.matches(from).count(), 1, "`{from}` in {text}");
        std::fs::write(self.path(path), text.replace(from, to)).unwrap();
    }

    /// Runs the program, without a terminal.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let output = self.command(arguments).output().unwrap();
        Ran::of(output)
    }

    /// The program, ready to run.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_raccord"));
        command
            .args(arguments)
            .current_dir(self.directory.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("USER", "tester")
            .env("RACCORD_NOW", &self.now)
            .stdin(Stdio::null());
        command
    }
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The result as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Copies a folder, but not the simulator's world and the ledger that a run may have left in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name() == ".raccord" {
            continue;
        }
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The `.rs` files below a directory, with their text.
pub(crate) fn sources(directory: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(directory) else { return found };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    found.sort();
    found
}
