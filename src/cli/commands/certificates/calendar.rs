//! `raccord certificates calendar`: what ends when, in all environments of a project.

use crate::cli::args::Format;
use crate::cli::commands::certificates::args::CalendarArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ledger;
use crate::cli::output;
use crate::cli::project;
use crate::cli::settings::Settings;
use crate::diagnostic::Diagnostic;
use crate::language::message;
use crate::plan::calendar::Calendar;
use crate::plan::calendar::calendar;
use crate::render::calendar::human;
use crate::render::calendar::ics;
use crate::render::calendar::json::CalendarJson;

/// Lists all that ends. Files with faults do not keep it from listing the rest, and end with 1.
pub(crate) fn run(arguments: &CalendarArgs, settings: &Settings) -> Result<Exit, Failure> {
    let as_of = arguments.as_of.unwrap_or_else(|| project::today(settings));
    let mut environments = Vec::new();
    let first = project::read(&arguments.directory, settings.environment.as_deref())?;
    for project in project::in_each_environment(&arguments.directory, first, settings)? {
        let known = ledger::known(&project)?;
        environments.push((project, known));
    }
    let parts: Vec<_> = environments
        .iter()
        .map(|(project, known)| project::part_of_calendar(project, known))
        .collect();
    let calendar = calendar(&parts, as_of);
    match settings.format {
        Format::Json => {
            let names: Vec<&str> = parts.iter().map(|part| part.environment).collect();
            output::json(&CalendarJson::of(&calendar, &names, as_of))?;
        }
        form => output::result(&text(&calendar, form, as_of, settings)?)?,
    }
    let faulty = environments
        .iter()
        .find(|(project, _)| project.diagnostics.iter().any(Diagnostic::is_error));
    match faulty {
        None => Ok(Exit::Done),
        Some((project, _)) => Err(Failure::new(
            Exit::Failed,
            message!("the files have faults, so that something may be missing in this calendar"),
        )
        .help(message!(
            "see them with `raccord validate -e {environment}`",
            environment = project.environment.name
        ))),
    }
}

fn text(
    calendar: &Calendar,
    form: Format,
    as_of: jiff::civil::Date,
    settings: &Settings,
) -> Result<String, Failure> {
    let mut text = String::new();
    let rendered = if form == Format::Ics {
        ics::render(&mut text, calendar, as_of)
    } else {
        human::render(&mut text, calendar, as_of, settings.colour)
    };
    rendered.map_err(|error| {
        Failure::new(Exit::Bug, message!("could not show the calendar")).because(&error)
    })?;
    Ok(text)
}
