//! `Holder`: who works on a ledger, and for how long others have to respect that.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::language::tr;

/// How long a lock holds after its holder last gave a sign of life.
///
/// Longer than a request may take (two minutes): when another run takes over, nothing of the old one is under way.
pub(crate) const LEASE: Duration = Duration::from_mins(3);

/// Who holds the lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Holder {
    /// Names this lock; `raccord unlock` asks for it. Set when the lock is taken.
    #[serde(default)]
    pub(crate) id: String,
    /// The user.
    pub(crate) owner: String,
    /// The machine.
    pub(crate) host: String,
    /// What was run.
    pub(crate) command: String,
    /// Since when; set when the lock is taken.
    #[serde(default)]
    pub(crate) since: Option<Timestamp>,
    /// When it ends unless it is renewed; set when the lock is taken and with each renewal.
    #[serde(default)]
    pub(crate) until: Option<Timestamp>,
}

impl Holder {
    /// The user and the machine, as `user@host`.
    pub(crate) fn by(&self) -> String {
        format!("{}@{}", self.owner, self.host)
    }

    /// That the lock of one who is gone was taken over, by someone on the same machine or not.
    pub(crate) fn taken_over(&self, is_here: bool) -> String {
        let holder = self;
        if is_here {
            tr!(
                "the lock of the ledger was that of {holder}, whose process is gone: it was taken over",
                holder
            )
        } else {
            tr!(
                "the lock of the ledger was that of {holder}, whose lease is over: it was taken over",
                holder
            )
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (by, command) = (self.by(), &self.command);
        f.write_str(&if let Some(since) = self.since {
            tr!("{by} with `{command}` since {since}", by, command, since)
        } else {
            tr!("{by} with `{command}`", by, command)
        })
    }
}
