//! `Ledger`: the log of one run, locked, wherever it is kept.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use jiff::SignedDuration;
use jiff::Timestamp;
use uuid::ContextV7;
use uuid::Uuid;

use crate::domain::event::Event;
use crate::domain::event::What;
use crate::ledger::error::Act;
use crate::ledger::error::LedgerError;
use crate::ledger::file;
use crate::ledger::file::FileLog;
use crate::ledger::file::lock;
use crate::ledger::holder::Holder;
use crate::ledger::place::Place;
use crate::ledger::postgres::DatabaseLog;

/// Tells the time; only `cli` reads the real one.
pub(crate) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A log that was read without being opened for writing.
#[derive(Debug)]
pub(crate) struct ReadLog {
    /// Its events, oldest first.
    pub(crate) events: Vec<Event>,
    /// What a person should know about it.
    pub(crate) notices: Vec<String>,
}

/// A ledger that was opened for a run.
#[derive(Debug)]
pub(crate) struct Opened {
    /// To append to.
    pub(crate) ledger: Ledger,
    /// Its events so far, oldest first.
    pub(crate) events: Vec<Event>,
    /// What a person should know about it.
    pub(crate) notices: Vec<String>,
}

/// Where the events of a run go.
#[derive(Debug)]
pub(crate) enum Store {
    /// Lines of a file.
    File(FileLog),
    /// Rows of a table.
    Database(DatabaseLog),
}

/// The log of one run, locked.
pub(crate) struct Ledger {
    run: Arc<str>,
    holder: Holder,
    clock: Clock,
    ids: Arc<Mutex<ContextV7>>,
    store: Store,
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ledger({:?}, run {})", self.store, self.run)
    }
}

/// Events that are about to be written: their moments and ids follow from the newest event that is there.
#[derive(Clone)]
pub(crate) struct Draft {
    run: Arc<str>,
    clock: Clock,
    ids: Arc<Mutex<ContextV7>>,
    whats: Vec<What>,
}

impl Draft {
    /// The events, each later than `newest` and than the one before.
    ///
    /// So it is when the clock was set back, or another machine's clock runs ahead: the order of events is that of time.
    pub(crate) fn events(&self, newest: Option<Timestamp>) -> Vec<Event> {
        let ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        let mut newest = newest;
        let whats = self.whats.iter().cloned();
        whats
            .map(|what| {
                let now = (self.clock)();
                let at = match newest {
                    Some(newest) if newest >= now => {
                        newest.checked_add(SignedDuration::from_nanos(1)).unwrap_or(newest)
                    }
                    _ => now,
                };
                newest = Some(at);
                let id = uuid(at, &ids).to_string();
                Event { v: what.version(), id, at, run: self.run.to_string(), what }
            })
            .collect()
    }
}

/// Reads a log without a lock. Creates nothing; a log that is not there has no events.
pub(crate) fn read(place: &Place) -> Result<ReadLog, LedgerError> {
    match place {
        Place::File(path) => file::read(path),
        Place::Database(database) => crate::ledger::postgres::read(database),
    }
}

/// Everyone who is written as working on a ledger; one at most for a file. Some may be gone.
pub(crate) fn holders(place: &Place) -> Result<Vec<Holder>, LedgerError> {
    match place {
        Place::File(path) => {
            let held = lock::holder(&file::lock_of(path));
            let failed =
                |source| LedgerError::Io { act: Act::ReadLock, place: place.to_string(), source };
            Ok(held.map_err(failed)?.into_iter().collect())
        }
        Place::Database(database) => crate::ledger::postgres::holders(database),
    }
}

/// Takes the lock of this id away: its holder writes nothing more.
pub(crate) fn unlock(place: &Place, id: &str) -> Result<(), LedgerError> {
    match place {
        Place::File(path) => lock::break_open(&file::lock_of(path)).map_err(|source| {
            LedgerError::Io { act: Act::Unlock, place: place.to_string(), source }
        }),
        Place::Database(database) => crate::ledger::postgres::remove(database, id).map(|_| ()),
    }
}

impl Ledger {
    /// Opens a log for a run of `holder`, which nobody else may share, and makes it when it is not there.
    ///
    /// A log of a newer version, or with an unreadable event, is refused and left as it is.
    pub(crate) fn open(
        place: &Place,
        clock: Clock,
        holder: &Holder,
    ) -> Result<Opened, LedgerError> {
        let now = clock();
        let (store, holder, events, notices) = match place {
            Place::File(path) => {
                let (log, holder, read) = FileLog::open(path, &clock, holder)?;
                (Store::File(log), holder, read.events, read.notices)
            }
            Place::Database(database) => {
                let (log, holder, read) = DatabaseLog::open(database, holder)?;
                (Store::Database(log), holder, read.events, read.notices)
            }
        };
        let ledger = Self::of(now, clock, holder, store);
        Ok(Opened { ledger, events, notices })
    }

    /// A ledger of a run that began at `now`.
    pub(crate) fn of(now: Timestamp, clock: Clock, holder: Holder, store: Store) -> Self {
        let ids = ContextV7::new();
        let run = uuid(now, &ids).to_string().into();
        Self { run, holder, clock, ids: Arc::new(Mutex::new(ids)), store }
    }

    /// The id of this run, as in its events.
    pub(crate) fn run(&self) -> &str {
        &self.run
    }

    /// Who runs it.
    pub(crate) fn holder(&self) -> &Holder {
        &self.holder
    }

    /// Where the events go.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Makes sure that nobody has taken the lock away: asked right before anything is written.
    pub(crate) fn hold(&self) -> Result<(), LedgerError> {
        match &self.store {
            Store::File(log) => log.hold(),
            Store::Database(log) => log.hold(),
        }
    }

    /// Appends one event; it is on disk when this returns.
    #[cfg(test)]
    pub(crate) fn append(&self, what: What) -> Result<Event, LedgerError> {
        Ok(self.append_all(vec![what])?.remove(0))
    }

    /// Appends events with one sync for all; they are on disk when this returns. When it fails nothing of them counts.
    pub(crate) fn append_all(&self, whats: Vec<What>) -> Result<Vec<Event>, LedgerError> {
        let draft = Draft {
            run: Arc::clone(&self.run),
            clock: Clock::clone(&self.clock),
            ids: Arc::clone(&self.ids),
            whats,
        };
        match &self.store {
            Store::File(log) => log.append(&draft),
            Store::Database(log) => log.append(draft),
        }
    }

    /// Adds events of another ledger as they are, but for those that are here already; how many were added.
    pub(crate) fn copy(&self, events: &[Event]) -> Result<usize, LedgerError> {
        match &self.store {
            Store::File(log) => log.copy(events),
            Store::Database(log) => log.copy(events),
        }
    }

    /// Lets the disk be full from now on, where it is that of a file.
    #[cfg(test)]
    pub(crate) fn fill_disk(&self) -> std::io::Result<()> {
        match &self.store {
            Store::File(log) => log.fill_disk(),
            Store::Database(_) => Err(std::io::ErrorKind::Unsupported.into()),
        }
    }
}

fn uuid(at: Timestamp, ids: &ContextV7) -> Uuid {
    let seconds = u64::try_from(at.as_second()).unwrap_or_default();
    let nanoseconds = u32::try_from(at.subsec_nanosecond()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(ids, seconds, nanoseconds))
}
