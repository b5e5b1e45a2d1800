//! `Turns`: when requests may leave, spread over all runners of a ledger.

use std::sync::Arc;
use std::time::Duration;

use crate::ledger::error::Act;
use crate::ledger::error::LedgerError;
use crate::ledger::postgres::DatabaseLog;
use crate::ledger::postgres::connection::Connection;

/// Gives out moments, one for each request of any runner.
#[derive(Clone, Debug)]
pub(crate) struct Turns {
    connection: Arc<Connection>,
    ledger: i32,
}

impl DatabaseLog {
    /// The turns of this ledger.
    pub(crate) fn turns(&self) -> Turns {
        Turns { connection: Arc::clone(&self.connection), ledger: self.ledger }
    }
}

impl Turns {
    /// Takes `count` turns that follow each other, each `interval` after the one before; says how long it is until the first.
    ///
    /// The clock is the server's, which all runners share.
    pub(crate) fn take(&self, count: u32, interval: Duration) -> Result<Duration, LedgerError> {
        let ledger = self.ledger;
        let taken = (interval * count).as_secs_f64();
        let wait = self.connection.call(Act::TakeTurn, move |transaction| {
            let row = transaction.query_one(
                "UPDATE raccord_ledger
                 SET next_turn = greatest(next_turn, clock_timestamp()) + $2 * interval '1 second'
                 WHERE number = $1
                 RETURNING extract(epoch FROM next_turn - clock_timestamp())::float8 - $2",
                &[&ledger, &taken],
            )?;
            Ok(row.get::<_, f64>(0))
        })?;
        Ok(Duration::try_from_secs_f64(wait.max(0.0)).unwrap_or_default())
    }
}
