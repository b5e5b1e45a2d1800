//! Makes the tables, and brings those of an older program up to date.
//!
//! A tool of its own would run these files too, but not refuse tables of a newer program, nor keep two runs from migrating
//! at once.

use postgres::GenericClient;
use postgres::Transaction;

use crate::ledger::postgres::connection::Fault;
use crate::ledger::postgres::runner::LOCKS;

/// The files, the first one first.
const MIGRATIONS: [&str; 1] = [include_str!("migrations/0001.sql")];

/// The version of the tables that this program knows.
#[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "there are few")]
pub(crate) const NEWEST: i32 = MIGRATIONS.len() as i32;

/// The version of the tables: 0 where there are none. Those of a newer program are refused.
pub(crate) fn version(client: &mut impl GenericClient) -> Result<i32, Fault> {
    // The rows of the catalogue: looking a name up may answer from a cache that does not know what others have just made.
    let there = client.query_one(
        "SELECT EXISTS (
            SELECT FROM pg_catalog.pg_class
            WHERE relname = 'raccord_migration'
                AND relnamespace::regnamespace::name = ANY (current_schemas(false))
        )",
        &[],
    )?;
    if !there.get::<_, bool>(0) {
        return Ok(0);
    }
    let row = client.query_one("SELECT coalesce(max(version), 0) FROM raccord_migration", &[])?;
    let version = row.get(0);
    if version > NEWEST { Err(Fault::Newer(version)) } else { Ok(version) }
}

/// Makes what is missing.
pub(crate) fn migrate(transaction: &mut Transaction<'_>) -> Result<(), Fault> {
    if version(transaction)? == NEWEST {
        return Ok(());
    }
    // Two runs that begin at once would both make the tables.
    transaction.execute("SELECT pg_advisory_xact_lock($1, 0)", &[&LOCKS])?;
    let version = version(transaction)?;
    transaction.batch_execute(
        "CREATE TABLE IF NOT EXISTS raccord_migration (
            version integer PRIMARY KEY,
            at      timestamptz NOT NULL DEFAULT clock_timestamp()
        )",
    )?;
    for (number, migration) in (1..).zip(MIGRATIONS).filter(|(number, _)| *number > version) {
        transaction.batch_execute(migration)?;
        transaction.execute("INSERT INTO raccord_migration (version) VALUES ($1)", &[&number])?;
    }
    Ok(())
}
