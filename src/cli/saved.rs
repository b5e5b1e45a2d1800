//! The saved plan: what `plan --out` writes and `apply FILE` reads.

use std::collections::BTreeSet;
use std::path::Component;
use std::path::Path;
use std::path::PathBuf;

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::planning::Choice;
use crate::cli::whole;
use crate::cli::whole::Existing;
use crate::cli::whole::Readers;
use crate::config::Project;
use crate::domain::address::Address;
use crate::domain::value;
use crate::language::in_english;
use crate::language::message;
use crate::plan::Plan;
use crate::plan::budget::Budget;
use crate::render::FORMAT_VERSION;
use crate::render::budget::BudgetJson;
use crate::render::plan::json::PlanJson;
use crate::render::plan::json::SavedContext;
use crate::render::plan::json::SavedPlan;
use crate::render::words;

/// How many addresses that moved are named.
const NAMED: usize = 20;

/// Writes a plan to `path`, whole or not at all.
pub(crate) fn write(
    path: &Path,
    (plan, cost): (&Plan, &Budget),
    project: &Project,
    choice: &Choice,
) -> Result<(), Failure> {
    let failed = |error: &std::io::Error| {
        Failure::new(Exit::Failed, message!("could not write `{path}`", path = path.display()))
            .because(error)
    };
    let directory = whole::directory_of(path);
    let mut json = in_english(|| PlanJson::streamed(plan, &project.sources));
    json.budget = Some(in_english(|| BudgetJson::of(cost)));
    let saved = SavedPlan {
        plan: json,
        saved: SavedContext {
            raccord: env!("CARGO_PKG_VERSION").to_owned(),
            project: relative(&absolute(&project.root)?, &absolute(directory)?)
                .display()
                .to_string(),
            files: project.fingerprint.clone(),
            targets: choice.targets.iter().flatten().map(ToString::to_string).collect(),
            chosen: choice.targets.is_some(),
            lifted: choice.lifted.iter().cloned().collect(),
            name: Some(project_name(project)?),
        },
    };
    let text = output::json_text(&saved)?;
    whole::write(path, text.as_bytes(), Existing::Replace, Readers::Owner)
        .map_err(|error| failed(&error))
}

/// The name by which people tell the project from others: its own, or that of its folder.
pub(crate) fn project_name(project: &Project) -> Result<String, Failure> {
    if let Some(name) = &project.name {
        return Ok(name.clone());
    }
    let root = absolute(&project.root)?;
    Ok(root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default())
}

/// The name of the project of a saved plan; empty for what `plan --format json` wrote.
pub(crate) fn shown_project(path: &Path) -> Result<String, Failure> {
    #[derive(Deserialize)]
    struct Named {
        format_version: String,
        saved: Option<SavedContext>,
    }
    let named = read_json(path, |named: &Named| &named.format_version)?;
    Ok(named.saved.and_then(|saved| saved.name).unwrap_or_default())
}

/// A saved plan that was read.
#[derive(Debug)]
pub(crate) struct Read {
    /// The plan as it was saved.
    pub(crate) saved: SavedPlan,
    /// The project's directory.
    pub(crate) project: PathBuf,
    /// What was chosen.
    pub(crate) choice: Choice,
}

fn no_plan(path: &Path) -> Failure {
    let message =
        message!("`{path}` is not a plan that `raccord plan --out` wrote", path = path.display());
    Failure::new(Exit::Failed, message).help(message!("save a plan with `raccord plan --out FILE`"))
}

/// Reads a plan to show it: one that was saved, or what `plan --format json` wrote.
pub(crate) fn read_shown(path: &Path) -> Result<PlanJson, Failure> {
    read_json(path, |plan: &PlanJson| &plan.format_version)
}

fn read_json<T: DeserializeOwned>(path: &Path, version: fn(&T) -> &str) -> Result<T, Failure> {
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|error| {
        Failure::new(Exit::Failed, message!("could not read `{path}`", path = shown))
            .because(&error)
    })?;
    let read: T = serde_json::from_slice(&bytes).map_err(|error| no_plan(path).because(&error))?;
    let major = |version: &str| version.split('.').next().unwrap_or_default().to_owned();
    let found = version(&read);
    if major(found) != major(FORMAT_VERSION) {
        return Err(Failure::new(
            Exit::Failed,
            message!(
                "`{shown}` has format `{found}`, this program reads `{FORMAT_VERSION}`",
                shown,
                found,
                FORMAT_VERSION
            ),
        )
        .help(message!("plan again with this version of raccord")));
    }
    Ok(read)
}

/// Reads a saved plan to apply it; `today` is the last day that it may be made for.
pub(crate) fn read(path: &Path, today: Date) -> Result<Read, Failure> {
    let saved = read_json(path, |saved: &SavedPlan| &saved.plan.format_version)?;
    let no_plan = || no_plan(path);
    let as_of = value::parse_date(&saved.plan.as_of).map_err(|error| no_plan().because(&error))?;
    if as_of > today {
        return Err(Failure::new(
            Exit::Failed,
            message!(
                "`{path}` is a plan for {as_of}, which is still to come",
                path = path.display(),
                as_of
            ),
        )
        .help(message!("plan again without `--as-of`, or apply it on that day")));
    }
    let targets: BTreeSet<Address> = saved
        .saved
        .targets
        .iter()
        .map(|target| target.parse())
        .collect::<Result<_, _>>()
        .map_err(|error| no_plan().because(&error))?;
    // Before there was `chosen`, an empty list meant all.
    let targets = (saved.saved.chosen || !targets.is_empty()).then_some(targets);
    let choice = Choice { as_of, targets, lifted: saved.saved.lifted.iter().cloned().collect() };
    let project = whole::directory_of(path).join(&saved.saved.project);
    Ok(Read { saved, project, choice })
}

/// Why the saved plan must not run, if it is no longer what would be decided.
pub(crate) fn stale(read: &Read, plan: &Plan, project: &Project) -> Option<Failure> {
    let saved = &read.saved;
    if saved.plan.fingerprint == plan.fingerprint {
        return None;
    }
    let now = in_english(|| PlanJson::of(plan, &project.sources));
    let moved = saved.plan.moved_addresses(&now);
    let cause = if saved.saved.files == project.fingerprint {
        message!("Chorus Pro has moved since the plan was saved, and nothing was changed")
    } else {
        message!("the files have changed since the plan was saved, and nothing was changed")
    };
    let mut failure = Failure::new(Exit::Stale, cause);
    failure.causes = moved
        .iter()
        .take(NAMED)
        .map(|address| message!("`{address}` is decided otherwise now", address))
        .collect();
    if moved.len() > NAMED {
        failure.causes.push(message!(
            "{more} more are decided otherwise now",
            more = words::thousands(moved.len() - NAMED)
        ));
    }
    if moved.is_empty() {
        failure.causes.push(message!("the same changes would be made with other values now"));
    }
    Some(failure.help(message!("plan again, look at the new plan, and apply that")))
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    path.canonicalize().map_err(|error| {
        Failure::new(Exit::Failed, message!("could not find `{path}`", path = path.display()))
            .because(&error)
    })
}

/// `to` as it is seen from the directory `from`; as it is when the two share nothing but the root.
fn relative(to: &Path, from: &Path) -> PathBuf {
    let (to_parts, from_parts): (Vec<Component<'_>>, Vec<Component<'_>>) =
        (to.components().collect(), from.components().collect());
    let shared = to_parts.iter().zip(&from_parts).take_while(|(a, b)| a == b).count();
    if shared <= 1 {
        return to.to_owned();
    }
    let up = from_parts[shared..].iter().map(|_| Component::ParentDir);
    let path: PathBuf = up.chain(to_parts[shared..].iter().copied()).collect();
    if path.as_os_str().is_empty() { PathBuf::from(".") } else { path }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_is_named_from_where_the_plan_lies() {
        let seen =
            |to: &str, from: &str| relative(Path::new(to), Path::new(from)).display().to_string();
        assert_eq!(seen("/srv/town", "/srv/town"), ".");
        assert_eq!(seen("/srv/town", "/srv/plans/today"), "../../town");
        assert_eq!(seen("/srv/plans/town", "/srv/plans"), "town");
        assert_eq!(seen("/srv/town", "/tmp"), "/srv/town");
    }
}
