//! `raccord history`: what was done, by whom and when.

use crate::cli::args::Format;
use crate::cli::commands::ledger::args::HistoryArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ledger;
use crate::cli::output;
use crate::cli::project;
use crate::cli::settings::Settings;
use crate::language::message;
use crate::language::tr;
use crate::ledger::history;
use crate::ledger::history::Filter;
use crate::render::history::human;
use crate::render::history::json::HistoryJson;
use crate::render::words::harmless;

/// Shows the events that were asked for.
pub(crate) fn run(arguments: &HistoryArgs, settings: &Settings) -> Result<Exit, Failure> {
    let HistoryArgs { directory, address, plan, by, run, since, until, limit } = arguments;
    let project = project::read_settings(directory, settings)?;
    let environment = &project.environment.name;
    let events = ledger::events(&project)?;
    let unknown = address.as_deref().filter(|asked| !history::is_known(&events, asked));
    if let Some(asked) = unknown {
        let near = history::nearest_known(&events, asked);
        let near = near.map(|near| tr!("; did you mean `{near}`?", near)).unwrap_or_default();
        let told = tr!(
            "the ledger of `{environment}` has nothing about `{asked}`{near}",
            environment,
            asked,
            near
        );
        output::say(&(harmless(&told) + "\n"));
    }
    let filter = Filter {
        address: address.clone(),
        plan: plan.clone(),
        by: by.clone(),
        run: run.clone(),
        since: *since,
        until: *until,
        limit: *limit,
    };
    let history = history::history(&events, &filter);
    if settings.format == Format::Json {
        output::json(&HistoryJson::of(environment, &history))?;
    } else if unknown.is_none() {
        let mut text = String::new();
        human::render(&mut text, environment, &history, settings.colour).map_err(|error| {
            Failure::new(Exit::Bug, message!("could not show the history")).because(&error)
        })?;
        output::result(&text)?;
    }
    Ok(Exit::Done)
}
