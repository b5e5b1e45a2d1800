//! `raccord` keeps the connections of French public bodies to Chorus Pro as code.
//!
//! The modules below are floors: each uses only lower ones (`docs/architecture.md`).

#![allow(dead_code, unused_imports, reason = "floors above are still to come")]

mod domain;
mod diagnostic;
mod catalogue;
mod certificate;
mod config;
mod simulator;
mod plan;
mod remote;
mod ledger;
mod render;
mod cli;
