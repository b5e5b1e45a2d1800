//! The log in PostgreSQL: the same events in a table, for runs on several machines.
//!
//! [`migrate`] makes the tables, [`runner`] says who works on a ledger, [`shared`] lets several runs carry out one plan,
//! [`turns`] spreads their requests. All of it goes through [`connection`].

pub(crate) mod connection;
pub(crate) mod migrate;
pub(crate) mod rewrite;
pub(crate) mod runner;
pub(crate) mod shared;
pub(crate) mod turns;

use std::sync::Arc;

use jiff::Timestamp;
use postgres::GenericClient;
use postgres::Transaction;

use crate::crash;
use crate::domain::event::Event;
use crate::language::in_english;
use crate::language::message;
use crate::ledger::error::Act;
use crate::ledger::error::LedgerError;
use crate::ledger::holder::Holder;
use crate::ledger::log::Draft;
use crate::ledger::log::ReadLog;
use crate::ledger::place::Database;
use crate::ledger::postgres::connection::Connection;
use crate::ledger::postgres::connection::Fault;
use crate::ledger::postgres::runner::Began;
use crate::ledger::postgres::runner::Part;
use crate::ledger::postgres::runner::Runner;
use crate::ledger::text;

/// The log of one run in PostgreSQL. Its runner is taken off when this value is dropped.
#[derive(Debug)]
pub(crate) struct DatabaseLog {
    connection: Arc<Connection>,
    ledger: i32,
    runner: Runner,
    host: String,
}

/// How an attempt to join others ended.
#[derive(Debug)]
pub(crate) enum Joined {
    /// The run may work: what it is there for, and what the log holds.
    As(Part, DatabaseLog, Holder, ReadLog),
    /// Someone makes the plan to share; it is not there yet.
    Early(Holder),
}

/// Reads a log without a lock. Makes no tables; without them there are no events.
pub(crate) fn read(database: &Database) -> Result<ReadLog, LedgerError> {
    let connection = Connection::open(database)?;
    let named = (database.project.clone(), database.environment.clone());
    let lines = connection.call(Act::Read, move |transaction| {
        if migrate::version(transaction)? == 0 {
            return Ok(Vec::new());
        }
        match number(transaction, &named)? {
            Some(ledger) => lines(transaction, ledger, 0, i64::MAX),
            None => Ok(Vec::new()),
        }
    })?;
    Ok(ReadLog { events: events(&lines, connection.place())?, notices: Vec::new() })
}

/// Everyone who works on a ledger.
pub(crate) fn holders(database: &Database) -> Result<Vec<Holder>, LedgerError> {
    let connection = Connection::open(database)?;
    let named = (database.project.clone(), database.environment.clone());
    connection.call(Act::Read, move |transaction| {
        if migrate::version(transaction)? == 0 {
            return Ok(Vec::new());
        }
        match number(transaction, &named)? {
            Some(ledger) => runner::holders(transaction, ledger),
            None => Ok(Vec::new()),
        }
    })
}

/// Takes a runner off, which writes nothing more; `false` when it is not there.
pub(crate) fn remove(database: &Database, id: &str) -> Result<bool, LedgerError> {
    let id = id.to_owned();
    Connection::open(database)?
        .call(Act::Unlock, move |transaction| runner::remove(transaction, &id))
}

/// The number of a ledger, when it is there.
fn number(
    client: &mut impl GenericClient,
    (project, environment): &(String, String),
) -> Result<Option<i32>, Fault> {
    let row = client.query_opt(
        "SELECT number FROM raccord_ledger WHERE project = $1 AND environment = $2",
        &[project, environment],
    )?;
    Ok(row.map(|row| row.get(0)))
}

/// The lines of a ledger with a place above `after`, at most up to `until`.
fn lines(
    client: &mut impl GenericClient,
    ledger: i32,
    after: i64,
    until: i64,
) -> Result<Vec<String>, Fault> {
    let rows = client.query(
        "SELECT event::text FROM raccord_event WHERE ledger = $1 AND place > $2 AND place <= $3 ORDER BY place",
        &[&ledger, &after, &until],
    )?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Lines as events, in the order of time.
fn events(lines: &[String], place: &str) -> Result<Vec<Event>, LedgerError> {
    let mut log = String::with_capacity(lines.iter().map(|line| line.len() + 1).sum());
    for line in lines {
        log.push_str(line);
        log.push('\n');
    }
    let parsed = text::parse(log.as_bytes());
    Ok(parsed.map_err(|fault| LedgerError::of(fault, place.to_owned()))?.events)
}

impl DatabaseLog {
    /// Opens a log for a run that works alone, and makes it when it is not there.
    pub(crate) fn open(
        database: &Database,
        holder: &Holder,
    ) -> Result<(Self, Holder, ReadLog), LedgerError> {
        match Self::begin(database, holder, false)? {
            Joined::As(_, log, holder, read) => Ok((log, holder, read)),
            Joined::Early(holder) => Err(LedgerError::Locked { holder: Some(Box::new(holder)) }),
        }
    }

    /// Begins to work on a log, alone or beside others who share a plan.
    pub(crate) fn begin(
        database: &Database,
        holder: &Holder,
        joins: bool,
    ) -> Result<Joined, LedgerError> {
        let connection = Arc::new(Connection::open(database)?);
        connection.call(Act::MakeTables, migrate::migrate)?;
        let named = (database.project.clone(), database.environment.clone());
        let ledger = connection.call(Act::Open, move |transaction| {
            transaction.execute(
                "INSERT INTO raccord_ledger (project, environment) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                &[&named.0, &named.1],
            )?;
            number(transaction, &named)?
                .ok_or_else(|| Fault::Form(message!("the ledger that was made is not there")))
        })?;
        let who = holder.clone();
        let began = connection
            .call(Act::Lock, move |transaction| runner::begin(transaction, ledger, &who, joins))?;
        let (part, runner, held, gone) = match began {
            Began::As(part, runner, held, gone) => (part, runner, held, gone),
            Began::Held(holder) => {
                return Err(LedgerError::Locked { holder: Some(Box::new(holder)) });
            }
            Began::Early(holder) => return Ok(Joined::Early(holder)),
        };
        connection.renew_for(runner.clone())?;
        let log = Self { connection, ledger, runner, host: holder.host.clone() };
        // After the lock: nobody else adds anything that this run would not see.
        let lines = log
            .connection
            .call(Act::Read, move |transaction| lines(transaction, ledger, 0, i64::MAX))?;
        let events = events(&lines, log.connection.place())?;
        let notices = gone.iter().map(|gone| gone.taken_over(gone.host == held.host)).collect();
        Ok(Joined::As(part, log, held, ReadLog { events, notices }))
    }

    /// Makes sure that nobody has taken the runner off.
    pub(crate) fn hold(&self) -> Result<(), LedgerError> {
        let id = self.runner.id.clone();
        let held = self
            .connection
            .call(Act::LookAtLock, move |transaction| runner::renew(transaction, &id))?;
        if held { Ok(()) } else { Err(self.unlocked()) }
    }

    /// Appends events in one transaction; they are on the server's disk when this returns.
    pub(crate) fn append(&self, draft: Draft) -> Result<Vec<Event>, LedgerError> {
        let (ledger, runner) = (self.ledger, self.runner.id.clone());
        let mut tried: Option<Vec<Event>> = None;
        let act = Act::WriteTo;
        crash::disk("ledger: events are written").map_err(|source| LedgerError::Io {
            act,
            place: self.place(),
            source,
        })?;
        let written = self.connection.call(act, move |transaction| {
            // The answer to an earlier try may have been lost.
            if let Some(events) = tried.take()
                && are_there(transaction, ledger, &events)?
            {
                return Ok(Some(events));
            }
            let row = transaction.query_one(
                "SELECT newest, events FROM raccord_ledger WHERE number = $1 FOR UPDATE",
                &[&ledger],
            )?;
            if !runner::renew(transaction, &runner)? {
                return Ok(None);
            }
            let newest: Option<i64> = row.get(0);
            let events = draft.events(newest.and_then(moment));
            insert(transaction, ledger, row.get(1), &events)?;
            tried = Some(events.clone());
            Ok(Some(events))
        })?;
        crash::point("ledger: events are on disk");
        written.ok_or_else(|| self.unlocked())
    }

    fn place(&self) -> String {
        self.connection.place().to_owned()
    }

    fn unlocked(&self) -> LedgerError {
        LedgerError::Unlocked { place: self.place() }
    }
}

impl Drop for DatabaseLog {
    fn drop(&mut self) {
        if let Err(error) = self.connection.let_go(self.runner.id.clone()) {
            let error = in_english(|| error.to_string());
            tracing::warn!(error, "could not let go of the ledger; its lease ends by itself");
        }
    }
}

/// Nanoseconds since 1970 as a moment.
fn moment(nanoseconds: i64) -> Option<Timestamp> {
    Timestamp::from_nanosecond(nanoseconds.into()).ok()
}

fn nanoseconds(moment: Timestamp) -> Result<i64, Fault> {
    let fault = |_| Fault::Form(message!("{moment} is no moment that the ledger can hold", moment));
    i64::try_from(moment.as_nanosecond()).map_err(fault)
}

/// Whether events were written by an earlier try: all of them, or none.
fn are_there(
    transaction: &mut Transaction<'_>,
    ledger: i32,
    events: &[Event],
) -> Result<bool, Fault> {
    let ids: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
    let row = transaction.query_one(
        "SELECT count(*) FROM raccord_event WHERE ledger = $1 AND id = ANY($2)",
        &[&ledger, &ids],
    )?;
    Ok(usize::try_from(row.get::<_, i64>(0)).is_ok_and(|count| count == events.len()))
}

/// Writes events after the first `count`.
fn insert(
    transaction: &mut Transaction<'_>,
    ledger: i32,
    count: i64,
    events: &[Event],
) -> Result<(), Fault> {
    let mut lines = Vec::with_capacity(events.len());
    for event in events {
        let line = serde_json::to_string(event);
        lines.push(line.map_err(|error| Fault::Form(error.to_string().into()))?);
    }
    let ids: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
    let moments: Vec<Timestamp> = events.iter().map(|event| event.at).collect();
    let runs: Vec<&str> = events.iter().map(|event| event.run.as_str()).collect();
    transaction.execute(
        "INSERT INTO raccord_event (ledger, place, id, at, run, event)
         SELECT $1, $2 + new.place, new.id, new.at, new.run, new.line::json
         FROM unnest($3::text[], $4::timestamptz[], $5::text[], $6::text[])
              WITH ORDINALITY AS new (id, at, run, line, place)",
        &[&ledger, &count, &ids, &moments, &runs, &lines],
    )?;
    let newest = text::newest(events).map(nanoseconds).transpose()?;
    let written = i64::try_from(events.len()).unwrap_or(i64::MAX);
    transaction.execute(
        "UPDATE raccord_ledger SET newest = greatest(newest, $2), events = events + $3 WHERE number = $1",
        &[&ledger, &newest, &written],
    )?;
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests;
