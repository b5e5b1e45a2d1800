//! `raccord` keeps the connections of French public bodies to Chorus Pro as code.
//!
//! The modules below are floors: each uses only lower ones (`docs/architecture.md`).

#![expect(dead_code, unused_imports, reason = "floors above are still to come")]

mod apply;
mod diagnostic;
mod domain;
mod ledger;
mod plan;
mod remote;
mod simulator;
