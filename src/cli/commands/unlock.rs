//! `raccord unlock`: takes the lock of a ledger away from a run that will never let go of it.

use crate::cli::args::UnlockArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ledger;
use crate::cli::output;
use crate::cli::project;
use crate::cli::settings::Settings;
use crate::ledger::lock;
use crate::ledger::log;
use crate::render::words::harmless;

/// Removes the lock whose id was given, and no other.
pub(crate) fn run(arguments: &UnlockArgs, settings: &Settings) -> Result<Exit, Failure> {
    let project = project::read_settings(&arguments.directory, settings)?;
    let environment = &project.environment.name;
    let path = log::lock_of(&ledger::path(&project));
    let failed = |error: &std::io::Error| {
        let message = format!("could not unlock the ledger of `{environment}`");
        Failure::new(Exit::Failed, message).because(error)
    };
    let Some(held) = lock::holder(&path).map_err(|error| failed(&error))? else {
        return Err(Failure::new(
            Exit::Failed,
            format!("the ledger of `{environment}` is not locked"),
        )
        .help("choose the environment that is, with `--environment NAME`"));
    };
    // It stands in a file, which anybody may have written.
    let who = harmless(&held.to_string());
    if held.id != arguments.id {
        return Err(Failure::new(
            Exit::Failed,
            format!(
                "the ledger of `{environment}` is locked by {who}, and the id of that lock is `{}`",
                harmless(&held.id)
            ),
        )
        .help("make sure that this run has ended, then give its id"));
    }
    lock::break_open(&path).map_err(|error| failed(&error))?;
    output::result(&format!("unlocked: it was held by {who}, and that run writes nothing more\n"))?;
    Ok(Exit::Done)
}
