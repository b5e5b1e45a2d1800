//! The lock of a run: held by the operating system, so that a process that dies lets go of it.

use std::fmt;
use std::fs::File;
use std::fs::OpenOptions;
use std::fs::TryLockError;
use std::io;
use std::io::Read as _;
use std::io::Seek as _;
use std::io::Write as _;
use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

/// Who holds the lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Holder {
    /// The user.
    pub(crate) owner: String,
    /// The machine.
    pub(crate) host: String,
    /// What was run.
    pub(crate) command: String,
    /// Since when; set when the lock is taken.
    #[serde(default)]
    pub(crate) since: Option<Timestamp>,
}

impl Holder {
    /// The user and the machine, as `user@host`.
    pub(crate) fn by(&self) -> String {
        format!("{}@{}", self.owner, self.host)
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with `{}`", self.by(), self.command)?;
        if let Some(since) = self.since {
            write!(f, " since {since}")?;
        }
        Ok(())
    }
}

/// The lock, held as long as this value lives.
///
/// The file stays when it is let go: removing it would let two runs lock two files of the same name.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// Why the lock was not taken.
#[derive(Debug)]
pub(crate) enum NotLocked {
    /// Someone holds it; who is not known when the file cannot be read.
    Held(Option<Holder>),
    /// The file cannot be opened, locked or written.
    Io(io::Error),
}

impl Lock {
    /// Takes the lock in the file at `path`, or says who holds it.
    pub(crate) fn take(path: &Path, holder: &Holder) -> Result<Self, NotLocked> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(NotLocked::Io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                let held = file
                    .read_to_string(&mut text)
                    .ok()
                    .and_then(|_| serde_json::from_str(&text).ok());
                return Err(NotLocked::Held(held));
            }
            Err(TryLockError::Error(error)) => return Err(NotLocked::Io(error)),
        }
        let text = serde_json::to_string(holder).map_err(|error| NotLocked::Io(error.into()))?;
        file.set_len(0).map_err(NotLocked::Io)?;
        file.rewind().map_err(NotLocked::Io)?;
        file.write_all(text.as_bytes()).map_err(NotLocked::Io)?;
        Ok(Self { _file: file })
    }
}
