//! `raccord validate`: every check that needs no network.

use crate::cli::args::Format;
use crate::cli::args::ValidateArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::project;
use crate::cli::settings::Settings;
use crate::diagnostic::Severity;
use crate::render::diagnostics;

/// Shows all that was found; faults end with 1, and so do warnings where they are denied.
pub(crate) fn run(arguments: &ValidateArgs, settings: &Settings) -> Result<Exit, Failure> {
    let project = project::load(&arguments.directory, settings, project::today(settings))?;
    let (found, resources) = (&project.diagnostics, project.desired.len());
    match settings.format {
        Format::Json => {
            output::json(&diagnostics::json::validated(
                found,
                &project.sources,
                project.entities,
                resources,
            ))?;
        }
        Format::Human => {
            let mut text = String::new();
            diagnostics::human::render(&mut text, found, &project.sources, settings.colour)
                .map_err(|error| {
                    Failure::new(Exit::Bug, "could not show the result").because(&error)
                })?;
            if !settings.quiet || !found.is_empty() {
                text.push_str(&diagnostics::human::summary(found, project.entities, resources));
                text.push('\n');
            }
            output::result(&text)?;
        }
    }
    let heaviest = if arguments.deny_warnings { Severity::Warning } else { Severity::Error };
    // Errors are the first of the severities.
    let refused = found.iter().any(|diagnostic| diagnostic.severity <= heaviest);
    Ok(if refused { Exit::Failed } else { Exit::Done })
}
