//! `raccord unlock`: takes the lock of a ledger away from a run that will never let go of it.

use crate::cli::args::UnlockArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ledger;
use crate::cli::output;
use crate::cli::project;
use crate::cli::settings::Settings;
use crate::ledger::LedgerError;
use crate::ledger::log;
use crate::render::words::harmless;

/// Removes the lock whose id was given, and no other.
pub(crate) fn run(arguments: &UnlockArgs, settings: &Settings) -> Result<Exit, Failure> {
    let project = project::read_settings(&arguments.directory, settings)?;
    let environment = &project.environment.name;
    let place = ledger::here(&project)?;
    let failed = |error: &LedgerError| {
        let message = format!("could not unlock the ledger of `{environment}`");
        Failure::new(Exit::Failed, message).because(error).help(error.help())
    };
    let there = log::holders(&place).map_err(|error| failed(&error))?;
    if there.is_empty() {
        return Err(Failure::new(
            Exit::Failed,
            format!("the ledger of `{environment}` is not locked"),
        )
        .help("choose the environment that is, with `--environment NAME`"));
    }
    let Some(held) = there.iter().find(|held| held.id == arguments.id) else {
        // It stands in a file, which anybody may have written.
        let others = there.iter().map(|held| {
            format!(
                "by {}, and the id of that lock is `{}`",
                harmless(&held.to_string()),
                harmless(&held.id)
            )
        });
        let others: Vec<String> = others.collect();
        return Err(Failure::new(
            Exit::Failed,
            format!("the ledger of `{environment}` is locked {}", others.join("; ")),
        )
        .help("make sure that this run has ended, then give its id"));
    };
    log::unlock(&place, &held.id).map_err(|error| failed(&error))?;
    let who = harmless(&held.to_string());
    output::result(&format!("unlocked: it was held by {who}, and that run writes nothing more\n"))?;
    Ok(Exit::Done)
}
