//! `raccord validate`: every check that needs no network.

use crate::cli::args::DirectoryArgs;
use crate::cli::args::Format;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::project;
use crate::cli::settings::Settings;
use crate::diagnostic::Diagnostic;
use crate::render::diagnostics;

/// Shows all that was found; faults end with 1.
pub(crate) fn run(arguments: &DirectoryArgs, settings: &Settings) -> Result<Exit, Failure> {
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
    Ok(if found.iter().any(Diagnostic::is_error) { Exit::Failed } else { Exit::Done })
}
