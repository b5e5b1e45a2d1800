//! Freezes of the policy, when something is about to be sent.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::project;
use crate::cli::settings::Settings;
use crate::config::Project;
use crate::domain::freeze;
use crate::domain::freeze::Freeze;
use crate::language::message;
use crate::plan::Plan;
use crate::plan::change::Action;
use crate::plan::limits::FREEZE;

/// Why a plan must not be applied now, if so: something would be sent, or handed to a person, in a freeze.
pub(crate) fn refusal(
    plan: &Plan,
    project: &Project,
    lifted: &BTreeSet<String>,
    settings: &Settings,
) -> Option<Failure> {
    let today = project::today(settings);
    let sends = plan.steps().any(|step| {
        matches!(step.action, Action::Send { .. }) && step.due.is_none_or(|due| due <= today)
    });
    let freezes = freezes(project, lifted);
    let Freeze { from, until, reason, .. } =
        freeze::at(&freezes, settings.now()).filter(|_| sends)?;
    let environment = &project.environment.name;
    let message = message!(
        "`{environment}` is frozen from {from} until {until}, and nothing was changed: {reason}",
        environment,
        from,
        until,
        reason
    );
    Some(Failure::new(Exit::Policy, message).help(message!(
        "apply it after that; if it cannot wait, lift the freeze for one run with `--lift freeze`"
    )))
}

/// How long it takes until nothing more may be sent; `None` where no freeze lies ahead.
pub(crate) fn closes(
    project: &Project,
    lifted: &BTreeSet<String>,
    settings: &Settings,
) -> Option<Duration> {
    let (freezes, now) = (freezes(project, lifted), settings.now());
    if freeze::at(&freezes, now).is_some() {
        return Some(Duration::ZERO);
    }
    let begins = freeze::after(&freezes, now)?.begins();
    Duration::try_from(begins.duration_since(now)).ok()
}

fn freezes(project: &Project, lifted: &BTreeSet<String>) -> Vec<Freeze> {
    if lifted.contains(FREEZE) {
        return Vec::new();
    }
    project.policy.freezes(&project.environment.name, project.environment.stage)
}
