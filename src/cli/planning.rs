//! What `plan` and `apply` share: from a project and what was found to a plan, its text, and whether it may run.

use std::collections::BTreeSet;

use jiff::civil::Date;
use url::Url;

use crate::cli::args::CommentArgs;
use crate::cli::args::Format;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ledger;
use crate::cli::output;
use crate::cli::qualification;
use crate::cli::saved;
use crate::cli::settings::Settings;
use crate::config::Project;
use crate::domain::address::Address;
use crate::domain::environment::Channel;
use crate::domain::environment::Connections;
use crate::domain::environment::Environment;
use crate::domain::environment::Stage;
use crate::domain::known::Known;
use crate::domain::observed::Observed;
use crate::language::message;
use crate::language::tr;
use crate::plan;
use crate::plan::Plan;
use crate::plan::PlanInput;
use crate::plan::budget::Budget;
use crate::plan::change::Refusal;
use crate::plan::shared::Elsewhere;
use crate::render::budget::BudgetJson;
use crate::render::diagnostics;
use crate::render::plan::html;
use crate::render::plan::human;
use crate::render::plan::json::PlanJson;
use crate::render::plan::markdown;
use crate::render::plan::markdown::Wanted;
use crate::render::plan::view::View;
use crate::render::style::Colour;

/// What a person chose about a plan.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    /// The day it is made for.
    pub(crate) as_of: Date,
    /// The only addresses to change; nothing for all.
    pub(crate) targets: Option<BTreeSet<Address>>,
    /// Limits of the policy that are lifted.
    pub(crate) lifted: BTreeSet<String>,
}

/// Decides what to change.
pub(crate) fn plan(
    project: &Project,
    observed: &Observed,
    known: &Known,
    choice: &Choice,
) -> Result<Plan, Failure> {
    let qualification = qualification::proofs(project, &choice.lifted)?;
    Ok(plan::plan(PlanInput {
        desired: &project.desired,
        places: &project.places,
        observed,
        known,
        elsewhere: &elsewhere(project),
        qualification: &qualification,
        policy: &project.policy,
        environment: &project.environment.name,
        stage: project.environment.stage,
        channel: match project.environment.connections {
            Connections::Simulator | Connections::Gateway { .. } => Channel::Gateway,
            Connections::Portal => Channel::Portal,
        },
        as_of: choice.as_of,
        lifted: &choice.lifted,
        targets: choice.targets.as_ref(),
    }))
}

/// What the ledgers of the project's other environments remember of certificates. Only those that reach a Chorus Pro
/// count: what was tried on the simulator is free.
fn elsewhere(project: &Project) -> Vec<Elsewhere> {
    if project.environment.stage == Stage::Simulator {
        return Vec::new();
    }
    let mut found = Vec::new();
    for other in project.others.iter().filter(|other| other.stage != Stage::Simulator) {
        let read = ledger::place(project, other)
            .and_then(|place| crate::ledger::read(&place).map_err(|error| ledger::failure(&error)));
        match read {
            Ok(log) => remembered(other, &Known::fold(&log.events), &mut found),
            Err(failure) => output::say(&tr!(
                "notice: the ledger of `{other}` cannot be read, and its certificates are not compared: {message}\n",
                other = other.name,
                message = failure.causes.first().unwrap_or(&failure.message)
            )),
        }
    }
    found
}

fn remembered(other: &Environment, known: &Known, found: &mut Vec<Elsewhere>) {
    for (address, at) in &known.addresses {
        let Some(owned) = &at.current else { continue };
        let facts = at.certificates.values().filter_map(|held| known.certificates.get(held));
        found.extend(facts.map(|facts| Elsewhere {
            environment: other.name.clone(),
            stage: other.stage,
            address: address.clone(),
            id: owned.id.clone(),
            name: owned.making.name.clone(),
            facts: facts.clone(),
        }));
    }
}

/// The plan as text.
pub(crate) fn text(plan: &Plan, project: &Project, colour: Colour) -> Result<String, Failure> {
    let mut text = String::new();
    human::render(&mut text, plan, &project.sources, colour).map_err(|error| {
        Failure::new(Exit::Bug, message!("could not show the plan")).because(&error)
    })?;
    Ok(text)
}

/// The plan as a page.
fn page(plan: &Plan, project: &Project) -> Result<String, Failure> {
    let mut diagnostics = String::new();
    diagnostics::human::render(&mut diagnostics, &plan.diagnostics, &project.sources, Colour::Off)
        .map_err(|error| {
            Failure::new(Exit::Bug, message!("could not show the plan")).because(&error)
        })?;
    html::render(&View::made(plan, diagnostics)).map_err(|error| {
        Failure::new(Exit::Bug, message!("could not write the page")).because(&error)
    })
}

/// Shows the plan as a result; `comment` is what was asked for of Markdown.
pub(crate) fn show(
    (plan, budget): (&Plan, &Budget),
    project: &Project,
    comment: &CommentArgs,
    settings: &Settings,
) -> Result<(), Failure> {
    if settings.format == Format::Json {
        let mut json = PlanJson::streamed(plan, &project.sources);
        json.budget = Some(BudgetJson::of(budget));
        return output::json(&json);
    }
    if settings.format == Format::Html {
        return output::result(&page(plan, project)?);
    }
    if settings.format == Format::Markdown {
        let said = diagnostics::json::diagnostics(&plan.diagnostics, &project.sources);
        let view = View::made(plan, String::new());
        let name = saved::project_name(project)?;
        return output::result(&markdown::render(&view, &said, wanted(comment, &name)));
    }
    output::result(&text(plan, project, settings.colour)?)
}

/// What is asked of the comment on a merge request.
pub(crate) fn wanted<'a>(comment: &'a CommentArgs, project: &'a str) -> Wanted<'a> {
    let link = comment.link.as_ref().map(Url::as_str);
    Wanted { project, link, max_bytes: comment.max_bytes.try_into().unwrap_or(usize::MAX) }
}

/// Why the plan must not run, if so.
pub(crate) fn refusal(plan: &Plan) -> Option<Failure> {
    match plan.refusal()? {
        Refusal::Policy => Some(
            Failure::new(
                Exit::Policy,
                message!("the plan goes beyond a limit of the policy, and nothing was changed"),
            )
            .help(message!(
                "make a smaller change, or lift the limit for one run with `--lift LIMIT`"
            )),
        ),
        Refusal::Faults => Some(
            Failure::new(Exit::Failed, message!("the plan has errors, and nothing was changed"))
                .help(message!("correct what the errors above name, then plan again")),
        ),
    }
}
