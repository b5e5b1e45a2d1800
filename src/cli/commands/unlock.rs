//! `raccord unlock`: takes the lock of a ledger away from a run that will never let go of it.

use crate::cli::args::UnlockArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ledger;
use crate::cli::output;
use crate::cli::project;
use crate::cli::settings::Settings;
use crate::language::message;
use crate::language::tr;
use crate::ledger::LedgerError;
use crate::ledger::log;
use crate::render::words::harmless;

/// Removes the lock whose id was given, and no other.
pub(crate) fn run(arguments: &UnlockArgs, settings: &Settings) -> Result<Exit, Failure> {
    let project = project::read_settings(&arguments.directory, settings)?;
    let environment = &project.environment.name;
    let place = ledger::here(&project)?;
    let failed = |error: &LedgerError| {
        let message = message!("could not unlock the ledger of `{environment}`", environment);
        Failure::new(Exit::Failed, message).because(error).help(error.help())
    };
    let there = log::holders(&place).map_err(|error| failed(&error))?;
    if there.is_empty() {
        return Err(Failure::new(
            Exit::Failed,
            message!("the ledger of `{environment}` is not locked", environment),
        )
        .help(message!("choose the environment that is, with `--environment NAME`")));
    }
    let Some(held) = there.iter().find(|held| held.id == arguments.id) else {
        // It stands in a file, which anybody may have written.
        let others = || {
            let others = there.iter().map(|held| {
                tr!(
                    "by {held}, and the id of that lock is `{id}`",
                    held = harmless(&held.to_string()),
                    id = harmless(&held.id)
                )
            });
            others.collect::<Vec<String>>().join("; ")
        };
        return Err(Failure::new(
            Exit::Failed,
            message!(
                "the ledger of `{environment}` is locked {others}",
                environment,
                others = others()
            ),
        )
        .help(message!("make sure that this run has ended, then give its id")));
    };
    log::unlock(&place, &held.id).map_err(|error| failed(&error))?;
    let who = harmless(&held.to_string());
    output::result(&tr!(
        "unlocked: it was held by {who}, and that run writes nothing more\n",
        who
    ))?;
    Ok(Exit::Done)
}
