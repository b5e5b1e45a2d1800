//! `raccord` keeps the connections of French public bodies to Chorus Pro as code.
//!
//! The modules below are floors: each uses only lower ones (`docs/architecture.md`).

mod apply;
mod catalogue;
mod certificate;
mod cli;
mod config;
mod confirm;
mod crash;
mod diagnostic;
mod domain;
#[cfg(test)]
mod french;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod import;
#[cfg(test)]
mod invariants;
mod language;
mod ledger;
mod plan;
mod remote;
mod render;
mod simulator;
mod validate;

use std::ffi::OsString;
use std::process::ExitCode;

/// Runs one command line, the program's name first, and returns how it ended.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    cli::run(arguments.into_iter().collect()).into()
}
