//! `raccord ledger move`: copies the events of a ledger to where the project says that it is, or to where it shall be.

use std::collections::BTreeSet;

use crate::cli::args::Format;
use crate::cli::commands::ledger::args::MoveArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ledger;
use crate::cli::output;
use crate::cli::project;
use crate::cli::settings::Settings;
use crate::domain::event::Event;
use crate::domain::known::Known;
use crate::language::message;
use crate::language::tr;
use crate::render::relocate::MoveJson;
use crate::render::words;
use crate::render::words::harmless;

/// Copies what is missing, and reads it back. The ledger that it came from stays as it is.
pub(crate) fn run(arguments: &MoveArgs, settings: &Settings) -> Result<Exit, Failure> {
    let MoveArgs { directory, from, to, lock_timeout } = arguments;
    let project = project::read_settings(directory, settings)?;
    let here = ledger::here(&project)?;
    let other = |written: &str| ledger::other(&project, written);
    let (from, to) = match (from, to) {
        (Some(from), _) => (other(from)?, here),
        (None, Some(to)) => (here, other(to)?),
        (None, None) => {
            return Err(Failure::new(
                Exit::Usage,
                message!("neither `--from` nor `--to` was given"),
            ));
        }
    };
    let (from_text, to_text) = (from.to_string(), to.to_string());
    if from_text == to_text {
        return Err(Failure::new(
            Exit::Failed,
            message!("`{to_text}` is where the ledger is already", to_text),
        )
        .help(
            message!("set `ledger` in `raccord.yaml` to the new place and give the old one with `--from`, or give the new one with `--to`"),
        ));
    }
    // A ledger that is not there is not made for this.
    let read = crate::ledger::read(&from).map_err(|error| ledger::failure(&error))?;
    if read.events.is_empty() {
        return Err(Failure::new(
            Exit::Failed,
            message!("there is no ledger at `{from_text}`", from_text),
        )
        .help(message!("give the place where the ledger is, or was, with `--from`")));
    }
    let open = |place| ledger::open_at(place, settings, "raccord ledger move", *lock_timeout);
    let (source, events) = open(&from)?;
    let (target, there) = open(&to)?;
    let known = Known::fold(&events);
    refuse_others(&there, &events, &to_text)?;
    let copied = target.copy(&events).map_err(|error| ledger::failure(&error))?;
    // Nothing would be worse than a ledger that lost something: what was written is read back.
    let back = crate::ledger::read(&to).map_err(|error| ledger::failure(&error))?;
    if Known::fold(&back.events) != known {
        return Err(Failure::new(
            Exit::Bug,
            message!("the copy does not say the same as the ledger"),
        )
        .help(message!("go on with `{from_text}`; please report this", from_text)));
    }
    drop((source, target));
    let result =
        MoveJson::new(&project.environment.name, &from_text, &to_text, events.len(), copied);
    if settings.format == Format::Json {
        output::json(&result)?;
    } else {
        let (all, copied) = (words::count(events.len(), "event"), words::thousands(copied));
        let next = if arguments.to.is_some() {
            tr!("set `ledger` in `raccord.yaml` to the new place before anything else is done")
        } else {
            tr!("it is no longer used")
        };
        let told = tr!(
            "`{to_text}` holds {all} now, {copied} of them copied; `{from_text}` is as it was: {next}",
            to_text,
            all,
            copied,
            from_text,
            next
        );
        output::result(&(harmless(&told) + "\n"))?;
    }
    Ok(Exit::Done)
}

/// Refuses a target that holds what the source does not: it is the ledger of someone else, or the newer one of the two.
fn refuse_others(there: &[Event], events: &[Event], to: &str) -> Result<(), Failure> {
    let ids: BTreeSet<&str> = events.iter().map(|event| event.id.as_str()).collect();
    let others = there.iter().filter(|event| !ids.contains(event.id.as_str())).count();
    if others == 0 {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Failed,
        message!("`{to}` holds {others} that the other ledger does not, and nothing was copied", to, others = words::count(others, "event")),
    )
    .help(message!("it is the newer one of the two, or that of another project: look at it with `raccord history`")))
}
