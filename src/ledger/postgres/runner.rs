//! Who works on a ledger: one run alone, or several that share a plan.
//!
//! A runner is a row with a lease. Its connection also holds an advisory lock, which ends with it: a runner of the same machine
//! whose lock is free is gone, one of another machine when its lease is over (`raccord_is_gone` in the tables).

use jiff::Timestamp;
use postgres::Client;
use postgres::Row;
use postgres::Transaction;
use uuid::Uuid;

use crate::ledger::holder::Holder;
use crate::ledger::holder::LEASE;
use crate::ledger::postgres::connection::Fault;

/// The first key of all advisory locks: "RACC". It also stands in the tables.
pub(crate) const LOCKS: i32 = 1_380_008_771;

/// A runner, as its own connection knows it.
#[derive(Clone, Debug)]
pub(crate) struct Runner {
    /// Its id, as in its lock.
    pub(crate) id: String,
    /// The second key of its advisory lock.
    number: i32,
}

/// What a runner may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// It works alone.
    Alone,
    /// It makes the plan that others will share.
    Leads,
    /// It shares the open plan of this number.
    Follows(i32),
}

/// How an attempt to begin ended.
#[derive(Debug)]
pub(crate) enum Began {
    /// It may work.
    As(Part, Runner, Holder, Vec<Holder>),
    /// Someone is there; nobody else may work now.
    Held(Holder),
    /// Someone makes the plan to share; it is not there yet.
    Early(Holder),
}

/// Holds the advisory lock of a runner; `false` when another connection does, such as a broken one that the server has not
/// noticed.
pub(crate) fn lock(client: &mut Client, runner: &Runner) -> Result<bool, Fault> {
    Ok(client.query_one("SELECT pg_try_advisory_lock($1, $2)", &[&LOCKS, &runner.number])?.get(0))
}

/// Renews a lease; `false` when the runner was taken off.
pub(crate) fn renew(transaction: &mut Transaction<'_>, id: &str) -> Result<bool, Fault> {
    let renewed = transaction.execute(
        "UPDATE raccord_runner SET until = clock_timestamp() + $2 * interval '1 second' WHERE id = $1",
        &[&id, &LEASE.as_secs_f64()],
    )?;
    Ok(renewed == 1)
}

/// Takes a runner off.
pub(crate) fn remove(transaction: &mut Transaction<'_>, id: &str) -> Result<bool, Fault> {
    Ok(transaction.execute("DELETE FROM raccord_runner WHERE id = $1", &[&id])? == 1)
}

/// Everyone who works on a ledger, gone or not.
pub(crate) fn holders(
    transaction: &mut Transaction<'_>,
    ledger: i32,
) -> Result<Vec<Holder>, Fault> {
    let rows = transaction.query(
        "SELECT id, owner, host, command, since, until FROM raccord_runner WHERE ledger = $1 ORDER BY since",
        &[&ledger],
    )?;
    Ok(rows.iter().map(holder).collect())
}

fn holder(row: &Row) -> Holder {
    let whole = |moment: Timestamp| Timestamp::from_second(moment.as_second()).unwrap_or(moment);
    Holder {
        id: row.get("id"),
        owner: row.get("owner"),
        host: row.get("host"),
        command: row.get("command"),
        since: Some(whole(row.get("since"))),
        until: Some(whole(row.get("until"))),
    }
}

/// Begins to work on a ledger, alone or with others. Runners that are gone are taken off.
pub(crate) fn begin(
    transaction: &mut Transaction<'_>,
    ledger: i32,
    holder: &Holder,
    joins: bool,
) -> Result<Began, Fault> {
    // One at a time: who comes second sees what the first one did.
    transaction.execute("SELECT FROM raccord_ledger WHERE number = $1 FOR UPDATE", &[&ledger])?;
    let gone = transaction.query(
        "DELETE FROM raccord_runner r WHERE ledger = $1 AND raccord_is_gone(r, $2)
         RETURNING id, owner, host, command, since, until",
        &[&ledger, &holder.host],
    )?;
    let gone = gone.iter().map(self::holder).collect();
    let there = transaction.query(
        "SELECT id, owner, host, command, since, until, joins, leads FROM raccord_runner
         WHERE ledger = $1 ORDER BY since",
        &[&ledger],
    )?;
    let alone = there.iter().find(|row| !joins || !row.get::<_, bool>("joins"));
    if let Some(row) = alone {
        return Ok(Began::Held(self::holder(row)));
    }
    let open = transaction
        .query_opt(
            "SELECT number FROM raccord_shared_plan WHERE ledger = $1 AND is_open",
            &[&ledger],
        )?
        .map(|row| row.get(0));
    let part = match (joins, there.first(), open) {
        (true, Some(_), Some(plan)) => Part::Follows(plan),
        (true, Some(first), None) => return Ok(Began::Early(self::holder(first))),
        (true, None, _) => Part::Leads,
        (false, _, _) => Part::Alone,
    };
    if part == Part::Leads || part == Part::Alone {
        // Nobody works on it any more, and what it was decided from may have moved.
        transaction.execute(
            "UPDATE raccord_shared_plan SET is_open = false WHERE ledger = $1 AND is_open",
            &[&ledger],
        )?;
    }
    let id = Uuid::new_v4();
    let runner = Runner {
        id: id.to_string(),
        number: i32::try_from(id.as_u128() & 0x7fff_ffff).unwrap_or_default(),
    };
    let row = transaction.query_one(
        "INSERT INTO raccord_runner (id, number, ledger, owner, host, command, until, joins, leads)
         VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp() + $7 * interval '1 second', $8, $9)
         RETURNING id, owner, host, command, since, until",
        &[
            &runner.id,
            &runner.number,
            &ledger,
            &holder.owner,
            &holder.host,
            &holder.command,
            &LEASE.as_secs_f64(),
            &joins,
            &(part == Part::Leads),
        ],
    )?;
    // Held by the connection from here on, so that nobody sees the row without it.
    transaction.execute("SELECT pg_try_advisory_lock($1, $2)", &[&LOCKS, &runner.number])?;
    Ok(Began::As(part, runner, self::holder(&row), gone))
}
