//! Why a ledger cannot be read or written, and what to do about it.

use std::io;

use thiserror::Error;

use crate::domain::event::VERSION;
use crate::ledger::holder::Holder;
use crate::ledger::text::Fault;

/// Why the ledger cannot be read or written. A `place` is a file, or a database.
#[derive(Debug, Error)]
pub(crate) enum LedgerError {
    /// Another run holds it.
    #[error("the ledger is locked by {}", holder.as_ref().map_or("another run".to_owned(), ToString::to_string))]
    Locked {
        /// Who.
        holder: Option<Box<Holder>>,
    },
    /// Someone has taken the lock away with `raccord unlock`, or after its lease.
    #[error("the lock of the ledger was taken away: nothing more is written to `{place}`")]
    Unlocked {
        /// Where the ledger is.
        place: String,
    },
    /// A line that is no event.
    #[error("line {line} of `{place}` is not an event of the ledger{}", if *conflict { ": it marks a merge that was not finished" } else { "" })]
    Unreadable {
        /// Where the ledger is.
        place: String,
        /// The line, or the place in the table, counted from 1.
        line: usize,
        /// Whether it is a mark of git.
        conflict: bool,
    },
    /// Written by a newer program.
    #[error("line {line} of `{place}` has version {version}, this program reads up to {VERSION}")]
    Newer {
        /// Where the ledger is.
        place: String,
        /// The line, or the place in the table, counted from 1.
        line: usize,
        /// Its version.
        version: u32,
    },
    /// The file system said no.
    #[error("could not {act} `{place}`")]
    Io {
        /// What was tried.
        act: &'static str,
        /// The file.
        place: String,
        /// Why.
        source: io::Error,
    },
    /// An earlier write failed, so what is on disk is not certain.
    #[error("an earlier write to `{place}` failed: nothing more is written to it")]
    Broken {
        /// The file.
        place: String,
    },
    /// The database said no, or did not answer.
    #[error("could not {act} `{place}`")]
    Database {
        /// What was tried.
        act: &'static str,
        /// The database.
        place: String,
        /// Why, in words.
        source: DatabaseError,
    },
    /// The tables were made by a newer program.
    #[error("the tables of `{place}` have version {version}, this program knows up to {known}")]
    NewerTables {
        /// The database.
        place: String,
        /// Their version.
        version: i32,
        /// The newest that this program knows.
        known: i32,
    },
}

/// Why the database said no.
#[derive(Debug, Error)]
pub(crate) enum DatabaseError {
    /// It answered with an error, or the connection broke.
    #[error("{0}")]
    Answer(String),
    /// Encryption could not be set up.
    #[error("could not set up TLS: {0}")]
    Tls(#[from] openssl::error::ErrorStack),
    /// What the answer holds is not what the tables hold.
    #[error("{0}")]
    Form(String),
}

impl LedgerError {
    /// A fault in the text of a ledger.
    pub(crate) fn of(fault: Fault, place: String) -> Self {
        match fault {
            Fault::Unreadable { line, conflict } => Self::Unreadable { place, line, conflict },
            Fault::Newer { line, version } => Self::Newer { place, line, version },
        }
    }

    /// What to do about it.
    pub(crate) fn help(&self) -> String {
        match self {
            Self::Locked { holder: Some(holder) } if !holder.id.is_empty() => format!(
                "wait until the other run has ended, for example with `--lock-timeout 10m`; if it is certain that it does not run any more, `raccord unlock {}`",
                holder.id
            ),
            Self::Locked { .. } => "wait until the other run has ended, then run the command again".to_owned(),
            Self::Unlocked { .. } => "find out who has unlocked it and why, then run the command again: it finds its place".to_owned(),
            Self::Unreadable { conflict: true, .. } => {
                "keep the lines of both sides and remove the marks; `merge=union` in `.gitattributes` does it alone".to_owned()
            }
            Self::Unreadable { .. } => "restore the line from git, or from a copy of the ledger".to_owned(),
            Self::Newer { .. } | Self::NewerTables { .. } => "use the version of raccord that wrote it, or a newer one".to_owned(),
            Self::Io { .. } | Self::Broken { .. } => {
                "check permissions and free space, then run the command again: it finds its place".to_owned()
            }
            Self::Database { .. } => {
                "check `ledger` in `raccord.yaml`, the password and the server, then run the command again: it finds its place".to_owned()
            }
        }
    }
}
