//! The ledger: one append-only log of events. What raccord knows is a fold over it.
//!
//! [`read`] looks, takes no lock and creates nothing; [`Ledger::open`] takes the lock for the run and may append.
//! An event is on disk when [`Ledger::append_all`] returns. Nothing secret has a place in an event.
//!
//! Start at [`log`]. A log is kept in a [`file`](mod@file), one JSON object a line, or in [`postgres`]; `contract` tests both alike.

#[cfg(test)]
pub(crate) mod arbitrary;
pub(crate) mod compact;
#[cfg(test)]
pub(crate) mod contract;
pub(crate) mod error;
pub(crate) mod file;
pub(crate) mod history;
pub(crate) mod holder;
pub(crate) mod log;
pub(crate) mod place;
pub(crate) mod postgres;
pub(crate) mod proof;
pub(crate) mod text;

pub(crate) use crate::ledger::error::LedgerError;
pub(crate) use crate::ledger::holder::Holder;
pub(crate) use crate::ledger::log::Clock;
pub(crate) use crate::ledger::log::Ledger;
pub(crate) use crate::ledger::log::Opened;
pub(crate) use crate::ledger::log::read;
pub(crate) use crate::ledger::place::Place;
