//! Why a ledger cannot be read or written, and what to do about it.

use std::io;

use thiserror::Error;

use crate::domain::event::VERSION;
use crate::language::Message;
use crate::language::message;
use crate::language::tr;
use crate::ledger::holder::Holder;
use crate::ledger::text::Fault;

/// Why the ledger cannot be read or written. A `place` is a file, or a database.
#[derive(Debug, Error)]
pub(crate) enum LedgerError {
    /// Another run holds it.
    #[error("{}", if let Some(holder) = holder {
        tr!("the ledger is locked by {holder}", holder)
    } else {
        tr!("the ledger is locked by another run")
    })]
    Locked {
        /// Who.
        holder: Option<Box<Holder>>,
    },
    /// Someone has taken the lock away with `raccord unlock`, or after its lease.
    #[error("{}", tr!("the lock of the ledger was taken away: nothing more is written to `{place}`", place))]
    Unlocked {
        /// Where the ledger is.
        place: String,
    },
    /// A line that is no event.
    #[error("{}", if *conflict {
        tr!("line {line} of `{place}` is not an event of the ledger: it marks a merge that was not finished", line, place)
    } else {
        tr!("line {line} of `{place}` is not an event of the ledger", line, place)
    })]
    Unreadable {
        /// Where the ledger is.
        place: String,
        /// The line, or the place in the table, counted from 1.
        line: usize,
        /// Whether it is a mark of git.
        conflict: bool,
    },
    /// Written by a newer program.
    #[error("{}", tr!("line {line} of `{place}` has version {version}, this program reads up to {newest}", line, place, version, newest = VERSION))]
    Newer {
        /// Where the ledger is.
        place: String,
        /// The line, or the place in the table, counted from 1.
        line: usize,
        /// Its version.
        version: u32,
    },
    /// The file system said no.
    #[error("{}", act.failed(place))]
    Io {
        /// What was tried.
        act: Act,
        /// The file.
        place: String,
        /// Why.
        source: io::Error,
    },
    /// An earlier write failed, so what is on disk is not certain.
    #[error("{}", tr!("an earlier write to `{place}` failed: nothing more is written to it", place))]
    Broken {
        /// The file.
        place: String,
    },
    /// The database said no, or did not answer.
    #[error("{}", act.failed(place))]
    Database {
        /// What was tried.
        act: Act,
        /// The database.
        place: String,
        /// Why, in words.
        source: DatabaseError,
    },
    /// The tables were made by a newer program.
    #[error("{}", tr!("the tables of `{place}` have version {version}, this program knows up to {known}", place, version, known))]
    NewerTables {
        /// The database.
        place: String,
        /// Their version.
        version: i32,
        /// The newest that this program knows.
        known: i32,
    },
}

/// What was tried with a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Making the folder of its file.
    MakeFolder,
    /// Taking its lock.
    Lock,
    /// Opening it.
    Open,
    /// Making its file.
    Make,
    /// Putting aside a torn line.
    PutAside,
    /// Cutting off a torn line.
    Repair,
    /// Writing events.
    WriteTo,
    /// Reading it.
    Read,
    /// Reading who holds its lock.
    ReadLock,
    /// Letting go of its lock, or taking it away.
    Unlock,
    /// Reaching the database.
    Reach,
    /// Making the tables.
    MakeTables,
    /// Looking whether its lock is still ours.
    LookAtLock,
    /// Taking events out.
    Shorten,
    /// Adding events of another ledger.
    CopyTo,
    /// Sharing a plan.
    Share,
    /// Reading the plan that is shared.
    ReadShared,
    /// Claiming steps of it.
    Claim,
    /// Noting how a step of it ended.
    EndStep,
    /// Letting others have a step of it.
    ReleaseStep,
    /// Taking turns for requests.
    TakeTurn,
}

impl Act {
    /// That it could not be done.
    fn failed(self, place: &str) -> String {
        match self {
            Self::MakeFolder => tr!("could not make the folder of `{place}`", place),
            Self::Lock => tr!("could not lock `{place}`", place),
            Self::Open => tr!("could not open `{place}`", place),
            Self::Make => tr!("could not make `{place}`", place),
            Self::PutAside => tr!("could not put aside the torn line of `{place}`", place),
            Self::Repair => tr!("could not repair `{place}`", place),
            Self::WriteTo => tr!("could not write to `{place}`", place),
            Self::Read => tr!("could not read `{place}`", place),
            Self::ReadLock => tr!("could not read the lock of `{place}`", place),
            Self::Unlock => tr!("could not unlock `{place}`", place),
            Self::Reach => tr!("could not reach `{place}`", place),
            Self::MakeTables => tr!("could not make the tables of `{place}`", place),
            Self::LookAtLock => tr!("could not look at the lock of `{place}`", place),
            Self::Shorten => tr!("could not shorten `{place}`", place),
            Self::CopyTo => tr!("could not copy events to `{place}`", place),
            Self::Share => tr!("could not share the plan in `{place}`", place),
            Self::ReadShared => tr!("could not read the shared plan of `{place}`", place),
            Self::Claim => tr!("could not claim steps in `{place}`", place),
            Self::EndStep => tr!("could not end a step in `{place}`", place),
            Self::ReleaseStep => tr!("could not release a step in `{place}`", place),
            Self::TakeTurn => tr!("could not take a turn in `{place}`", place),
        }
    }
}

/// Why the database said no.
#[derive(Debug, Error)]
pub(crate) enum DatabaseError {
    /// It answered with an error, or the connection broke.
    #[error("{0}")]
    Answer(Message),
    /// Encryption could not be set up.
    #[error("{}", tr!("could not set up TLS: {error}", error = .0))]
    Tls(#[from] openssl::error::ErrorStack),
    /// What the answer holds is not what the tables hold.
    #[error("{0}")]
    Form(Message),
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
    pub(crate) fn help(&self) -> Message {
        match self {
            Self::Locked { holder: Some(holder) } if !holder.id.is_empty() => message!(
                "wait until the other run has ended, for example with `--lock-timeout 10m`; if it is certain that it does not run any more, `raccord unlock {id}`",
                id = holder.id
            ),
            Self::Locked { .. } => {
                message!("wait until the other run has ended, then run the command again")
            }
            Self::Unlocked { .. } => message!(
                "find out who has unlocked it and why, then run the command again: it finds its place"
            ),
            Self::Unreadable { conflict: true, .. } => {
                message!(
                    "keep the lines of both sides and remove the marks; `merge=union` in `.gitattributes` does it alone"
                )
            }
            Self::Unreadable { .. } => {
                message!("restore the line from git, or from a copy of the ledger")
            }
            Self::Newer { .. } | Self::NewerTables { .. } => {
                message!("use the version of raccord that wrote it, or a newer one")
            }
            Self::Io { .. } | Self::Broken { .. } => {
                message!(
                    "check permissions and free space, then run the command again: it finds its place"
                )
            }
            Self::Database { .. } => {
                message!(
                    "check `ledger` in `raccord.yaml`, the password and the server, then run the command again: it finds its place"
                )
            }
        }
    }
}
