//! From a directory to a project that may be planned: read, checked, and everything that is wrong told at once.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::Date;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::settings::Settings;
use crate::config;
use crate::config::LoadError;
use crate::config::Project;
use crate::config::Rows;
use crate::diagnostic;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Severity;
use crate::diagnostic::silence::silence;
use crate::domain::environment::Stage;
use crate::domain::known::Known;
use crate::domain::value::day_in_france;
use crate::language::message;
use crate::plan::calendar::Part;
use crate::render::diagnostics;
use crate::validate;

/// Reads and checks a project for `as_of`. All that was found is in its diagnostics.
pub(crate) fn load(directory: &Path, settings: &Settings, as_of: Date) -> Result<Project, Failure> {
    let project = read(directory, settings.environment.as_deref())?;
    Ok(checked(project, settings, as_of))
}

/// The same, with what became of each row of its tables.
pub(crate) fn load_rows(directory: &Path, settings: &Settings) -> Result<Project, Failure> {
    let environment = settings.environment.as_deref();
    let project = config::load_with(directory, environment, Rows::Kept).map_err(unread)?;
    let mut project = checked(project, settings, today(settings));
    for table in &mut project.tables {
        table.mark(&project.diagnostics);
    }
    Ok(project)
}

/// The same, with the places of all values of one entity.
pub(crate) fn load_traced(
    directory: &Path,
    settings: &Settings,
    as_of: Date,
    entity: &str,
) -> Result<Project, Failure> {
    let environment = settings.environment.as_deref();
    let project = config::load_traced(directory, environment, entity).map_err(unread)?;
    Ok(checked(project, settings, as_of))
}

fn checked(mut project: Project, settings: &Settings, as_of: Date) -> Project {
    let mut found = check(&project, as_of);
    let today = today(settings);
    if as_of > today {
        forgive_time(&mut found, &check(&project, today));
    }
    project.diagnostics.extend(found);
    silence(&mut project.diagnostics, &project.sources, &project.environment.name);
    diagnostic::sort(&mut project.diagnostics);
    project
}

/// Reads a project for an environment; what was found so far is in its diagnostics.
pub(crate) fn read(directory: &Path, environment: Option<&str>) -> Result<Project, Failure> {
    let project = config::load(directory, environment).map_err(unread)?;
    for table in &project.tables {
        let told = &table.table;
        tracing::info!(
            table = told.path,
            sheet = told.sheet,
            encoding = told.encoding,
            delimiter = %told.delimiter.escape_default(),
            rows = table.counts.rows,
            entities = table.counts.entities,
            "table read"
        );
    }
    Ok(project)
}

#[expect(clippy::needless_pass_by_value, reason = "made for `map_err`")]
fn unread(error: LoadError) -> Failure {
    Failure::new(Exit::Failed, message!("could not read the project"))
        .because(&error)
        .help(error.help())
}

/// Reads a project for what its environment says, as where the ledger lies. Faults of `raccord.yaml` are told and end
/// the run; those of other files are no matter here.
pub(crate) fn read_settings(directory: &Path, settings: &Settings) -> Result<Project, Failure> {
    let mut project = read(directory, settings.environment.as_deref())?;
    let sources = &project.sources;
    project.diagnostics.retain(|diagnostic| {
        let source = diagnostic.place.and_then(|place| sources.get(place.file));
        diagnostic.is_error() && source.is_some_and(|source| source.path == config::MANIFEST)
    });
    sound(&project, settings)?;
    Ok(project)
}

/// A project as it is in each environment that counts where none is named: all that reach a Chorus Pro, and the simulator
/// when there is no other. `first` is the project as it was read already.
pub(crate) fn in_each_environment(
    directory: &Path,
    first: Project,
    settings: &Settings,
) -> Result<Vec<Project>, Failure> {
    let all = first.others.iter().chain([&first.environment]);
    let real = all.filter(|environment| environment.stage != Stage::Simulator);
    let names: BTreeSet<String> = real.map(|environment| environment.name.clone()).collect();
    if settings.environment.is_some() || names.is_empty() {
        return Ok(vec![first]);
    }
    let mut first = Some(first);
    names
        .iter()
        .map(|name| match first.take_if(|first| first.environment.name == *name) {
            Some(project) => Ok(project),
            None => read(directory, Some(name)),
        })
        .collect()
}

/// A project with what its ledger knows, as a part of a calendar.
pub(crate) fn part_of_calendar<'a>(project: &'a Project, known: &'a Known) -> Part<'a> {
    Part {
        environment: &project.environment.name,
        desired: &project.desired,
        known,
        knowledge: &project.knowledge,
        policy: &project.policy,
    }
}

/// What breaks a rule on a day.
fn check(project: &Project, as_of: Date) -> Vec<Diagnostic> {
    validate::validate(&validate::Input {
        desired: &project.desired,
        places: &project.places,
        stage: project.environment.stage,
        knowledge: &project.knowledge,
        index: project.index.as_ref(),
        policy: &project.policy,
        as_of,
    })
}

/// Makes warnings of the errors of a day to come that are none today: that something will be over by then is what
/// a plan for that day shows, and no fault of the files.
fn forgive_time(found: &mut [Diagnostic], today: &[Diagnostic]) {
    let name = |one: &Diagnostic| (one.rule, one.place, one.message.clone());
    let today: BTreeSet<_> = today.iter().filter(|one| one.is_error()).map(name).collect();
    for one in found.iter_mut().filter(|one| one.is_error() && !today.contains(&name(one))) {
        one.severity = Severity::Warning;
    }
}

/// Reads a project that is about to be compared with Chorus Pro: faults are told and end the run, remarks are told.
pub(crate) fn load_sound(
    directory: &Path,
    settings: &Settings,
    as_of: Date,
) -> Result<Project, Failure> {
    let project = load(directory, settings, as_of)?;
    sound(&project, settings)?;
    Ok(project)
}

/// Tells what was found in a project; faults end the run.
pub(crate) fn sound(project: &Project, settings: &Settings) -> Result<(), Failure> {
    let told: Vec<Diagnostic> = project
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.is_error() || !settings.quiet)
        .filter(|diagnostic| diagnostic.severity != Severity::Notice || settings.verbose > 0)
        .cloned()
        .collect();
    let mut text = String::new();
    let rendered =
        diagnostics::human::render(&mut text, &told, &project.sources, settings.error_colour);
    rendered.map_err(|error| {
        Failure::new(Exit::Bug, message!("could not show the diagnostics")).because(&error)
    })?;
    output::say(&text);
    if project.diagnostics.iter().any(Diagnostic::is_error) {
        let resources = project.desired.len();
        let summary =
            || diagnostics::human::summary(&project.diagnostics, project.entities, resources);
        return Err(Failure::new(
            Exit::Failed,
            message!("the files have faults: {summary}", summary = summary()),
        ));
    }
    Ok(())
}

/// The day it is where Chorus Pro counts its days.
pub(crate) fn today(settings: &Settings) -> Date {
    day_in_france(settings.now())
}
