//! Takes events out of a ledger, and copies those of another one into it.

use std::collections::BTreeSet;

use crate::domain::event::Event;
use crate::ledger::error::Act;
use crate::ledger::error::LedgerError;
use crate::ledger::postgres::DatabaseLog;
use crate::ledger::postgres::insert;
use crate::ledger::postgres::runner;

impl DatabaseLog {
    /// Takes out every event that is not `kept`; they stay in the table `raccord_compacted`.
    pub(crate) fn keep_only(&self, kept: &[Event]) -> Result<(), LedgerError> {
        let (ledger, runner) = (self.ledger, self.runner.id.clone());
        let kept: Vec<String> = kept.iter().map(|event| event.id.clone()).collect();
        let done = self.connection.call(Act::Shorten, move |transaction| {
            if !runner::renew(transaction, &runner)? {
                return Ok(false);
            }
            transaction.execute(
                "WITH gone AS (
                    DELETE FROM raccord_event WHERE ledger = $1 AND NOT id = ANY($2)
                    RETURNING ledger, place, event
                 )
                 INSERT INTO raccord_compacted (ledger, place, event) SELECT * FROM gone",
                &[&ledger, &kept],
            )?;
            Ok(true)
        })?;
        if done { Ok(()) } else { Err(self.unlocked()) }
    }

    /// Adds events of another ledger as they are, but for those that are here already; how many were added.
    pub(crate) fn copy(&self, events: &[Event]) -> Result<usize, LedgerError> {
        let (ledger, runner) = (self.ledger, self.runner.id.clone());
        let events = events.to_vec();
        let done = self.connection.call(Act::CopyTo, move |transaction| {
            let row = transaction.query_one(
                "SELECT events FROM raccord_ledger WHERE number = $1 FOR UPDATE",
                &[&ledger],
            )?;
            if !runner::renew(transaction, &runner)? {
                return Ok(None);
            }
            let rows =
                transaction.query("SELECT id FROM raccord_event WHERE ledger = $1", &[&ledger])?;
            let here: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
            let new: Vec<Event> =
                events.iter().filter(|event| !here.contains(&event.id)).cloned().collect();
            insert(transaction, ledger, row.get(0), &new)?;
            Ok(Some(new.len()))
        })?;
        done.ok_or_else(|| self.unlocked())
    }
}
