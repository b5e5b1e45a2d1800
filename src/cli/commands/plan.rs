//! `raccord plan`: compares and shows. Nothing here can write to Chorus Pro.

use crate::cli::args::PlanArgs;
use crate::cli::choice;
use crate::cli::commands::confirm;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::forecast;
use crate::cli::ledger;
use crate::cli::output;
use crate::cli::planning;
use crate::cli::planning::Choice;
use crate::cli::project;
use crate::cli::saved;
use crate::cli::session;
use crate::cli::settings::Settings;
use crate::config::Project;
use crate::domain::known::Known;
use crate::language::tr;
use crate::plan::Plan;
use crate::plan::settling::Past;
use crate::render::budget;

/// Makes a plan, shows it, and saves it where that was asked for.
pub(crate) fn run(arguments: &PlanArgs, settings: &Settings) -> Result<Exit, Failure> {
    let today = project::today(settings);
    let mut choice = Choice {
        as_of: arguments.as_of.unwrap_or(today),
        targets: None,
        lifted: arguments.lift.iter().cloned().collect(),
    };
    let project = project::load_sound(&arguments.directory, settings, choice.as_of)?;
    let events = ledger::events(&project)?;
    let (known, past) = (Known::fold(&events), Past::of(&events));
    drop(events);
    choice.targets = choice::targets(&arguments.choice, &project, &known, settings)?;
    let observed = session::look(&project, &known, settings)?;
    let mut plan = planning::plan(&project, &observed, &known, &choice)?;
    if arguments.refresh_only {
        keep_managed(&mut plan, &project, &known);
    }
    let cost = forecast::of_plan(&plan, &past, &project, settings);
    planning::show((&plan, &cost), &project, &arguments.comment, settings)?;
    if !settings.quiet {
        output::say(&budget::text(&cost));
    }
    if let Some(refusal) = planning::refusal(&plan) {
        return Err(refusal);
    }
    let oldest = arguments.require_verified;
    if let Some(refusal) =
        oldest.and_then(|days| confirm::too_old(&project, &known, settings.now(), days))
    {
        return Err(refusal);
    }
    if let Some(path) = &arguments.out {
        saved::write(path, (&plan, &cost), &project, &choice)?;
        if !settings.quiet {
            output::say(&tr!(
                "saved: run `raccord apply {path}` to apply exactly this plan\n",
                path = path.display()
            ));
        }
    }
    Ok(if arguments.detailed_exitcode && !plan.is_empty() { Exit::Pending } else { Exit::Done })
}

/// Keeps what differs on what is declared and ours already.
fn keep_managed(plan: &mut Plan, project: &Project, known: &Known) {
    plan.changes.retain(|change| {
        project.desired.contains(&change.address)
            && known.get(&change.address).is_some_and(|known| known.current.is_some())
    });
    plan.unmanaged.clear();
    plan.upcoming.clear();
}
