//! The ledger: one append-only log of events, one JSON object a line. What raccord knows is a fold over it.
//!
//! [`read`] looks, takes no lock and creates nothing; [`Ledger::open`] takes the lock for the run and may append.
//! An event is on disk when [`Ledger::append_all`] returns. Nothing secret has a place in an event. Start at [`log`].

#[cfg(test)]
pub(crate) mod arbitrary;
pub(crate) mod compact;
pub(crate) mod history;
pub(crate) mod lock;
pub(crate) mod log;
pub(crate) mod text;

pub(crate) use crate::ledger::lock::Holder;
pub(crate) use crate::ledger::log::Clock;
pub(crate) use crate::ledger::log::Ledger;
pub(crate) use crate::ledger::log::LedgerError;
pub(crate) use crate::ledger::log::Opened;
pub(crate) use crate::ledger::log::read;
