//! `raccord validate`: every check that needs no network.

use std::path::Path;

use crate::cli::args::Format;
use crate::cli::args::ValidateArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::forge;
use crate::cli::output;
use crate::cli::project;
use crate::cli::settings::Settings;
use crate::config::Project;
use crate::diagnostic::Severity;
use crate::diagnostic::rule;
use crate::language::message;
use crate::language::translated;
use crate::render::diagnostics;
use crate::render::diagnostics::forge::Forge;

/// Shows all that was found; faults end with 1, and so do warnings where they are denied.
pub(crate) fn run(arguments: &ValidateArgs, settings: &Settings) -> Result<Exit, Failure> {
    let project = project::load(&arguments.directory, settings, project::today(settings))?;
    let (found, resources) = (&project.diagnostics, project.desired.len());
    let folders = forge::project_in_repository(&arguments.directory, Path::new("."));
    let forge = Forge { sources: &project.sources, project: &folders };
    match settings.format {
        // Other commands write `ics`, `markdown` and `html`.
        Format::Human | Format::Ics | Format::Markdown | Format::Html => {
            output::result(&human(&project, settings)?)?;
        }
        Format::Json => output::json(&diagnostics::json::validated(
            found,
            &project.sources,
            project.entities,
            resources,
        ))?,
        Format::Sarif => {
            output::json(&diagnostics::sarif::log(found, &forge, |id| {
                rule::find(id).map(|rule| translated(rule.summary).into_owned())
            }))?;
        }
        Format::Github => {
            let mut text = String::new();
            diagnostics::github::render(&mut text, found, &forge).map_err(unshown)?;
            output::result(&text)?;
        }
        Format::Gitlab => output::json(&diagnostics::gitlab::report(found, &forge))?,
    }
    let heaviest = if arguments.deny_warnings { Severity::Warning } else { Severity::Error };
    // Errors are the first of the severities.
    let refused = found.iter().any(|diagnostic| diagnostic.severity <= heaviest);
    Ok(if refused { Exit::Failed } else { Exit::Done })
}

/// Frames, and the count of everything.
fn human(project: &Project, settings: &Settings) -> Result<String, Failure> {
    let found = &project.diagnostics;
    let mut text = String::new();
    diagnostics::human::render(&mut text, found, &project.sources, settings.colour)
        .map_err(unshown)?;
    if !settings.quiet || !found.is_empty() {
        let resources = project.desired.len();
        text.push_str(&diagnostics::human::summary(found, project.entities, resources));
        text.push('\n');
    }
    Ok(text)
}

fn unshown(error: std::fmt::Error) -> Failure {
    Failure::new(Exit::Bug, message!("could not show the result")).because(&error)
}
