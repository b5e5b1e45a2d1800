//! `raccord ledger`: keeps the ledger in order.

pub(crate) mod args;
pub(crate) mod compact;
pub(crate) mod relocate;

use crate::cli::commands::ledger::args::LedgerCommand;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::settings::Settings;

/// Runs one command of the group.
pub(crate) fn run(command: &LedgerCommand, settings: &Settings) -> Result<Exit, Failure> {
    match command {
        LedgerCommand::Compact(arguments) => compact::run(arguments, settings),
        LedgerCommand::Move(arguments) => relocate::run(arguments, settings),
    }
}
