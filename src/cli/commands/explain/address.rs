//! Explains addresses: reads the project, the ledger and Chorus Pro as a plan does, and changes nothing.

use std::collections::BTreeSet;

use crate::cli::args::ExplainArgs;
use crate::cli::args::Format;
use crate::cli::commands::explain::asked;
use crate::cli::commands::explain::asked::Meant;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ledger;
use crate::cli::output;
use crate::cli::planning;
use crate::cli::planning::Choice;
use crate::cli::project;
use crate::cli::session;
use crate::cli::settings::Settings;
use crate::config::Project;
use crate::domain::address::Address;
use crate::domain::environment::Connections;
use crate::domain::known::Known;
use crate::domain::observed::Observed;
use crate::language::message;
use crate::plan::Plan;
use crate::render::FORMAT_VERSION;
use crate::render::explain::build::Asked;
use crate::render::explain::build::explained;
use crate::render::explain::human;
use crate::render::explain::json::ExplainAddressJson;
use crate::render::plan::json::UnmanagedJson;

/// Explains what was asked for.
pub(crate) fn run(
    what: &str,
    arguments: &ExplainArgs,
    settings: &Settings,
) -> Result<Exit, Failure> {
    let as_of = arguments.as_of.unwrap_or_else(|| project::today(settings));
    let directory = &arguments.directory;
    let entity = what.split('/').next().unwrap_or(what);
    let mut project = project::load_traced(directory, settings, as_of, entity)?;
    tell_faults(&project, settings)?;
    let events = ledger::events(&project)?;
    let known = Known::fold(&events);
    let meant = asked::meant(what, &project, &known);
    // What only Chorus Pro can tell is asked for once.
    let mut looked = None;
    let meant = match meant {
        Meant::Addresses(addresses) => Meant::Addresses(addresses),
        Meant::Unknown if !arguments.offline && asked::may_be_identity(what) => {
            let observed = session::look(&project, &known, settings)?;
            let found = asked::found(what, &observed, &known);
            looked = Some(observed);
            found
        }
        other => other,
    };
    let (addresses, id) = match meant {
        Meant::Addresses(addresses) => (addresses, None),
        Meant::Unmanaged(id) => (BTreeSet::new(), Some(id)),
        Meant::Unknown => return Err(asked::unknown(what, &project, &known, &events)),
    };
    if let Some(first) = addresses.first().filter(|first| first.entity() != entity) {
        project = project::load_traced(directory, settings, as_of, first.entity())?;
    }
    let observed = match (looked, arguments.offline) {
        (Some(observed), _) => observed,
        (None, true) => unasked(&project, &known, settings),
        (None, false) => session::look(&project, &known, settings)?,
    };
    let plan = if arguments.offline {
        None
    } else {
        Some(plan(&project, &observed, &known, &addresses, as_of)?)
    };
    let asked = Asked {
        project: &project,
        observed: &observed,
        known: &known,
        events: &events,
        plan: plan.as_ref(),
        as_of,
    };
    let unmanaged = plan.iter().flat_map(|plan| &plan.unmanaged);
    let told = ExplainAddressJson {
        format_version: FORMAT_VERSION.to_owned(),
        environment: project.environment.name.clone(),
        stage: project.environment.stage.to_string(),
        as_of: as_of.to_string(),
        offline: arguments.offline,
        addresses: addresses.iter().map(|address| explained(asked, address)).collect(),
        unmanaged: unmanaged
            .filter(|one| id.as_ref() == Some(&one.id))
            .map(UnmanagedJson::of)
            .collect(),
    };
    if settings.format == Format::Json {
        output::json(&told)?;
    } else {
        let mut text = String::new();
        human::render(&mut text, &told, settings.colour).map_err(|error| {
            Failure::new(Exit::Bug, message!("could not show the explanation")).because(&error)
        })?;
        output::result(&text)?;
    }
    Ok(Exit::Done)
}

/// Faults end the run, as they end a plan. Remarks about other resources are not asked for.
fn tell_faults(project: &Project, settings: &Settings) -> Result<(), Failure> {
    if project.diagnostics.iter().any(crate::diagnostic::Diagnostic::is_error) {
        return project::sound(project, settings);
    }
    Ok(())
}

/// What is known without asking anybody: what persons have confirmed.
fn unasked(project: &Project, known: &Known, settings: &Settings) -> Observed {
    let mut observed = Observed::empty(settings.now());
    if project.environment.connections == Connections::Portal {
        observed.recall(known);
    }
    observed
}

/// The plan of these addresses, with what they need.
fn plan(
    project: &Project,
    observed: &Observed,
    known: &Known,
    addresses: &BTreeSet<Address>,
    as_of: jiff::civil::Date,
) -> Result<Plan, Failure> {
    let choice = Choice { as_of, targets: Some(addresses.clone()), lifted: BTreeSet::new() };
    planning::plan(project, observed, known, &choice)
}
