//! `SharedPlan`: one plan that several runners carry out. They claim its steps, and hear of those that others have ended.
//!
//! A claim lasts as long as its runner lives: the steps of one that is gone can be claimed again, and whoever does settles
//! what became of them.

use std::sync::Arc;

use crate::crash;
use crate::domain::event::Event;
use crate::ledger::error::Act;
use crate::ledger::error::LedgerError;
use crate::ledger::postgres::DatabaseLog;
use crate::ledger::postgres::connection::Connection;
use crate::ledger::postgres::connection::Fault;
use crate::ledger::postgres::events;
use crate::ledger::postgres::lines;
use crate::ledger::postgres::runner;

/// What a plan was decided from. Whoever has the same files decides the same from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Basis {
    /// Fingerprint of the plan.
    pub(crate) fingerprint: String,
    /// How many events the ledger held.
    pub(crate) events: i64,
    /// The rest, as the one who decided wrote it.
    pub(crate) rest: String,
}

/// A claimed step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claimed {
    /// The step.
    pub(crate) step: String,
    /// Whether a runner that is gone had begun it.
    pub(crate) was_begun: bool,
}

/// What others did since it was last asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct News {
    /// Events of all runners.
    pub(crate) events: Vec<Event>,
    /// Steps that have ended, with the outcome as it was written.
    pub(crate) ended: Vec<(String, String)>,
}

/// A plan that is shared.
#[derive(Clone, Debug)]
pub(crate) struct SharedPlan {
    connection: Arc<Connection>,
    plan: i32,
    ledger: i32,
    runner: String,
    host: String,
}

impl DatabaseLog {
    /// Shares a plan that was just decided; `steps` are in its order.
    pub(crate) fn share(&self, basis: &Basis, steps: &[String]) -> Result<SharedPlan, LedgerError> {
        let (ledger, runner) = (self.ledger, self.runner.id.clone());
        let (basis, steps) = (basis.clone(), steps.to_vec());
        let plan = self.connection.call(Act::Share, move |transaction| {
            // Plans of the past are in the events.
            transaction.execute(
                "DELETE FROM raccord_shared_plan WHERE ledger = $1",
                &[&ledger],
            )?;
            let led = transaction.execute(
                "UPDATE raccord_runner SET leads = false WHERE id = $1",
                &[&runner],
            )?;
            if led == 0 {
                return Ok(None);
            }
            let row = transaction.query_one(
                "INSERT INTO raccord_shared_plan (ledger, fingerprint, events, basis)
                 VALUES ($1, $2, $3, $4::text::json) RETURNING number",
                &[&ledger, &basis.fingerprint, &basis.events, &basis.rest],
            )?;
            let plan: i32 = row.get(0);
            transaction.execute(
                "INSERT INTO raccord_shared_step (plan, step, place)
                 SELECT $1, step, place FROM unnest($2::text[]) WITH ORDINALITY AS new (step, place)",
                &[&plan, &steps],
            )?;
            Ok(Some(plan))
        })?;
        Ok(self.plan(plan.ok_or_else(|| self.unlocked())?))
    }

    /// The open plan of a number, with what it was decided from, and the events of that moment.
    pub(crate) fn shared(&self, plan: i32) -> Result<(SharedPlan, Basis, Vec<Event>), LedgerError> {
        let ledger = self.ledger;
        let (basis, lines) = self.connection.call(Act::ReadShared, move |transaction| {
            let row = transaction.query_one(
                "SELECT fingerprint, events, basis::text FROM raccord_shared_plan WHERE number = $1",
                &[&plan],
            )?;
            let basis =
                Basis { fingerprint: row.get(0), events: row.get(1), rest: row.get(2) };
            let lines = lines(transaction, ledger, 0, basis.events)?;
            Ok((basis, lines))
        })?;
        Ok((self.plan(plan), basis, events(&lines, self.connection.place())?))
    }

    /// How many events the ledger holds.
    pub(crate) fn count(&self) -> Result<i64, LedgerError> {
        let ledger = self.ledger;
        self.connection.call(Act::Read, move |transaction| {
            let row = transaction
                .query_one("SELECT events FROM raccord_ledger WHERE number = $1", &[&ledger])?;
            Ok(row.get(0))
        })
    }

    fn plan(&self, plan: i32) -> SharedPlan {
        SharedPlan {
            connection: Arc::clone(&self.connection),
            plan,
            ledger: self.ledger,
            runner: self.runner.id.clone(),
            host: self.host.clone(),
        }
    }
}

impl SharedPlan {
    /// Claims at most `limit` of `steps`: those that nobody has, or only a runner that is gone.
    pub(crate) fn claim(
        &self,
        steps: Vec<String>,
        limit: usize,
    ) -> Result<Vec<Claimed>, LedgerError> {
        let (plan, ledger) = (self.plan, self.ledger);
        let (runner, host) = (self.runner.clone(), self.host.clone());
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let claimed = self.connection.call(Act::Claim, move |transaction| {
            if !runner::renew(transaction, &runner)? {
                return Ok(None);
            }
            // Taken off before its steps are taken: should it live after all, it writes nothing more.
            transaction.execute(
                "DELETE FROM raccord_runner r WHERE ledger = $1 AND raccord_is_gone(r, $2)",
                &[&ledger, &host],
            )?;
            let rows = transaction.query(
                // Picked before anything is updated: inside the condition the picking may be done again for each row.
                "WITH picked AS MATERIALIZED (
                    SELECT step FROM raccord_shared_step s
                    WHERE plan = $1 AND step = ANY($2) AND outcome IS NULL AND (
                        runner IS NULL
                        OR NOT EXISTS (SELECT FROM raccord_runner r WHERE r.id = s.runner)
                    )
                    ORDER BY place LIMIT $4 FOR UPDATE SKIP LOCKED
                 )
                 UPDATE raccord_shared_step s SET runner = $3, takes = takes + 1
                 FROM picked WHERE s.plan = $1 AND s.step = picked.step
                 RETURNING s.step, takes > 1",
                &[&plan, &steps, &runner, &limit],
            )?;
            let claimed = rows.iter();
            Ok(Some(
                claimed
                    .map(|row| Claimed { step: row.get(0), was_begun: row.get(1) })
                    .collect::<Vec<_>>(),
            ))
        })?;
        crash::point("shared plan: steps are claimed");
        claimed.ok_or_else(|| LedgerError::Unlocked { place: self.connection.place().to_owned() })
    }

    /// Notes how a step of ours ended. Says nothing where another runner has taken it over.
    pub(crate) fn end(&self, step: &str, outcome: &str) -> Result<(), LedgerError> {
        let (plan, runner) = (self.plan, self.runner.clone());
        let (step, outcome) = (step.to_owned(), outcome.to_owned());
        crash::point("shared plan: a step is about to be ended");
        self.connection.call(Act::EndStep, move |transaction| {
            // One at a time, so that nobody misses a number.
            transaction.execute(
                "SELECT FROM raccord_shared_plan WHERE number = $1 FOR UPDATE",
                &[&plan],
            )?;
            transaction.execute(
                "WITH done AS (
                    UPDATE raccord_shared_step s SET outcome = $3::text::json, ended = p.ended + 1
                    FROM raccord_shared_plan p
                    WHERE p.number = $1 AND s.plan = $1 AND step = $2 AND runner = $4 AND outcome IS NULL
                    RETURNING s.ended
                 )
                 UPDATE raccord_shared_plan SET ended = done.ended FROM done WHERE number = $1",
                &[&plan, &step, &outcome, &runner],
            )?;
            Ok(())
        })
    }

    /// Lets others have a step that was claimed and not begun, or that only this runner cannot do.
    pub(crate) fn release(&self, step: &str) -> Result<(), LedgerError> {
        let (plan, runner, step) = (self.plan, self.runner.clone(), step.to_owned());
        self.connection.call(Act::ReleaseStep, move |transaction| {
            transaction.execute(
                "UPDATE raccord_shared_step SET runner = NULL
                 WHERE plan = $1 AND step = $2 AND runner = $3 AND outcome IS NULL",
                &[&plan, &step, &runner],
            )?;
            Ok(())
        })
    }

    /// What happened after the first `events` events and `ended` steps.
    pub(crate) fn news(&self, events: i64, ended: i64) -> Result<News, LedgerError> {
        let (plan, ledger) = (self.plan, self.ledger);
        let (lines, ended) = self.connection.call(Act::Read, move |transaction| {
            // The steps first: their events were written before they ended.
            let rows = transaction.query(
                "SELECT step, outcome::text FROM raccord_shared_step
                 WHERE plan = $1 AND ended > $2 ORDER BY ended",
                &[&plan, &ended],
            )?;
            let ended = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
            Ok::<_, Fault>((lines(transaction, ledger, events, i64::MAX)?, ended))
        })?;
        Ok(News { events: self::events(&lines, self.connection.place())?, ended })
    }
}
