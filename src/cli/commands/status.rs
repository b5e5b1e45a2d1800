//! `raccord status`: what exists, and what it waits for.

use crate::cli::args::Format;
use crate::cli::args::StatusArgs;
use crate::cli::choice;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ledger;
use crate::cli::output;
use crate::cli::project;
use crate::cli::session;
use crate::cli::settings::Settings;
use crate::render::status::human;
use crate::render::status::json::StatusJson;
use crate::render::status::model;

/// Shows every declared and every known resource.
pub(crate) fn run(arguments: &StatusArgs, settings: &Settings) -> Result<Exit, Failure> {
    let project = project::load_sound(&arguments.directory, settings, project::today(settings))?;
    let known = ledger::known(&project)?;
    let observed = session::look(&project, &known, settings)?;
    let mut resources = model::resources(&project.desired, &observed, &known);
    if let Some(chosen) = choice::targets(&arguments.choice, &project, &known, settings)? {
        resources.retain(|resource| chosen.contains(&resource.address));
    }
    let environment = &project.environment.name;
    if settings.format == Format::Json {
        output::json(&StatusJson::of(environment, &resources))?;
        return Ok(Exit::Done);
    }
    let mut text = String::new();
    human::render(&mut text, environment, &resources, settings.colour)
        .map_err(|error| Failure::new(Exit::Bug, "could not show the status").because(&error))?;
    output::result(&text)?;
    Ok(Exit::Done)
}
