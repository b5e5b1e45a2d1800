//! `raccord sources`: tables, and what became of their rows.

pub(crate) mod args;

use crate::cli::args::Format;
use crate::cli::commands::sources::args::CheckArgs;
use crate::cli::commands::sources::args::SourcesCommand;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::project;
use crate::cli::settings::Settings;
use crate::config::Project;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Severity;
use crate::language::message;
use crate::language::tr;
use crate::render::diagnostics;
use crate::render::sources::human;
use crate::render::sources::json::SourcesJson;
use crate::render::words;

/// How many faults and remarks that are about no row are shown.
const SHOWN: usize = 20;

/// Runs one command of the group.
pub(crate) fn run(command: &SourcesCommand, settings: &Settings) -> Result<Exit, Failure> {
    match command {
        SourcesCommand::Check(arguments) => check(arguments, settings),
    }
}

/// Shows what became of the rows; faults end with 1.
fn check(arguments: &CheckArgs, settings: &Settings) -> Result<Exit, Failure> {
    let project = project::load_rows(&arguments.directory, settings)?;
    let refused = project.diagnostics.iter().any(Diagnostic::is_error);
    if settings.format == Format::Json {
        let found = &project.diagnostics;
        output::json(&SourcesJson::of(&project.tables, found, &project.sources))?;
    } else {
        output::say(&beside(&project, settings)?);
        let mut text = String::new();
        human::render(&mut text, &project.tables, arguments.rows, settings.colour)
            .map_err(unshown)?;
        output::result(&text)?;
    }
    Ok(if refused { Exit::Failed } else { Exit::Done })
}

/// The frames of what is said about no row of a table.
fn beside(project: &Project, settings: &Settings) -> Result<String, Failure> {
    let is_row = |found: &Diagnostic| {
        let place = found.place.filter(|place| place.span.line > 1);
        place.is_some_and(|place| project.tables.iter().any(|table| table.file == place.file))
    };
    let found: Vec<Diagnostic> = project
        .diagnostics
        .iter()
        .filter(|found| found.severity != Severity::Notice && !is_row(found))
        .filter(|found| found.is_error() || !settings.quiet)
        .cloned()
        .collect();
    let mut text = String::new();
    let shown = found.get(..SHOWN).unwrap_or(&found);
    diagnostics::human::render(&mut text, shown, &project.sources, settings.error_colour)
        .map_err(unshown)?;
    if found.len() > SHOWN {
        let more = words::thousands(found.len() - SHOWN);
        text.push_str(&tr!("and {more} more; `raccord validate` shows all\n\n", more));
    }
    Ok(text)
}

fn unshown(error: std::fmt::Error) -> Failure {
    Failure::new(Exit::Bug, message!("could not show the result")).because(&error)
}
