//! The report of a run, to be kept: [`json`] holds all of it, [`html`] shows it, and [`verdict`] says whether a ledger bears it out.

pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod verdict;
