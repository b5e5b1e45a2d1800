//! `raccord apply --join`: several runs, on several machines, carry out one plan.
//!
//! The first one decides, and shares what it decided from. The others have the same files, so they decide the same from it; one
//! that comes to another plan does nothing.

use jiff::civil::Date;
use serde::Deserialize;
use serde::Serialize;
use tracing::Instrument as _;

use crate::apply::Team;
use crate::cli::commands::apply;
use crate::cli::commands::apply::Call;
use crate::cli::commands::apply::Subject;
use crate::cli::commands::apply::Work;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::forecast;
use crate::cli::forecast::Forecast;
use crate::cli::ledger;
use crate::cli::logging;
use crate::cli::output;
use crate::cli::planning;
use crate::cli::planning::Choice;
use crate::cli::session::Session;
use crate::cli::signals::Signals;
use crate::config::Project;
use crate::domain::environment::Connections;
use crate::domain::event::Event;
use crate::domain::known::Known;
use crate::domain::observed::Observed;
use crate::language::Message;
use crate::language::message;
use crate::language::tr;
use crate::ledger::Ledger;
use crate::ledger::log::Store;
use crate::ledger::postgres::DatabaseLog;
use crate::ledger::postgres::runner::Part;
use crate::ledger::postgres::shared::Basis;
use crate::plan::Plan;
use crate::plan::settling;

/// What a shared plan was decided from, beside the files and the ledger.
#[derive(Debug, Serialize, Deserialize)]
struct Decided {
    /// SHA-256 over the files.
    files: String,
    as_of: Date,
    targets: Option<Vec<String>>,
    lifted: Vec<String>,
    observed: Observed,
}

/// Joins, or begins with a plan that others may join.
pub(super) async fn run(call: Call<'_>) -> Result<Exit, Failure> {
    let Call { arguments, settings, subject, project, proof: _ } = call;
    if project.environment.connections == Connections::Portal {
        return Err(Failure::new(
            Exit::Usage,
            message!("`--join` shares requests, and at the portal persons do the steps"),
        )
        .help(message!("run `raccord apply` without `--join`: it hands them over as a dossier")));
    }
    let mut signals = Signals::listen();
    let joined = ledger::join(project, settings, "raccord apply --join", arguments.lock_timeout);
    let (part, ledger, events) = Box::pin(signals.unless(joined)).await?;
    let span = logging::run(ledger.run());
    let work = async {
        let turns = ledger::turns(&ledger);
        let session = Session::open_with(project, settings, turns).await?;
        let work = match part {
            Part::Follows(number) => follow(number, ledger, &mut signals, call).await?,
            Part::Leads | Part::Alone => {
                let known = Known::fold(&events);
                let observed = session.observe(project, &known, settings);
                let observed = Box::pin(signals.unless(observed)).await?;
                let plan = planning::plan(project, &observed, &known, &subject.choice)?;
                let forecast = foresee(&plan, &events, call);
                apply::approve(&plan, &known, &forecast, &mut signals, call).await?;
                let team = share(&plan, observed, log(&ledger)?, subject, project)?;
                let budget = forecast.budget;
                Work { plan, ledger, known, team: Some(team), waves: None, budget }
            }
        };
        Box::pin(apply::carry_out(work, session, signals, call)).await
    };
    Box::pin(work.instrument(span)).await
}

/// What is foreseen of the whole plan.
fn foresee(plan: &Plan, events: &[Event], call: Call<'_>) -> Forecast {
    let Call { arguments, settings, project, .. } = call;
    let past = settling::Past::of(events);
    forecast::of_run(plan, (None, ""), &past, (project, arguments, settings))
}

/// The log of a ledger in a database.
fn log(ledger: &Ledger) -> Result<&DatabaseLog, Failure> {
    match ledger.store() {
        Store::Database(log) => Ok(log),
        Store::File(_) => Err(Failure::new(Exit::Bug, message!("the ledger is not in a database"))),
    }
}

/// Shares a plan with whoever joins from now on.
fn share(
    plan: &Plan,
    observed: Observed,
    log: &DatabaseLog,
    subject: &Subject,
    project: &Project,
) -> Result<Team, Failure> {
    let Choice { as_of, targets, lifted } = &subject.choice;
    let decided = Decided {
        files: project.fingerprint.clone(),
        as_of: *as_of,
        targets: targets.as_ref().map(|all| all.iter().map(ToString::to_string).collect()),
        lifted: lifted.iter().cloned().collect(),
        observed,
    };
    let rest = serde_json::to_string(&decided).map_err(|error| {
        Failure::new(Exit::Bug, message!("could not write what was found as JSON")).because(&error)
    })?;
    let events = log.count().map_err(|error| ledger::failure(&error))?;
    let basis = Basis { fingerprint: plan.fingerprint.clone(), events, rest };
    let steps: Vec<String> = plan.steps().map(|step| step.id.clone()).collect();
    let shared = log.share(&basis, &steps).map_err(|error| ledger::failure(&error))?;
    Ok(Team::new(shared, events))
}

/// Decides again what the leader decided, from the same.
async fn follow(
    number: i32,
    ledger: Ledger,
    signals: &mut Signals,
    call: Call<'_>,
) -> Result<Work, Failure> {
    let project = call.project;
    let (shared, basis, events): (_, Basis, Vec<Event>) =
        log(&ledger)?.shared(number).map_err(|error| ledger::failure(&error))?;
    let other = |cause: Message| {
        let message =
            message!("another plan is being carried out on this ledger, and this run does nothing");
        let mut failure = Failure::new(Exit::Stale, message).help(message!(
            "join with the same files, options and version of raccord, or wait until it has ended"
        ));
        failure.causes.push(cause);
        failure
    };
    let decided: Decided = serde_json::from_str(&basis.rest).map_err(|error| {
        other(message!("what it was decided from cannot be read")).because(&error)
    })?;
    if decided.files != project.fingerprint {
        return Err(other(message!("it was decided from other files")));
    }
    let parse = |all: &Vec<String>| all.iter().map(|target| target.parse()).collect();
    let targets = decided.targets.as_ref().map(parse).transpose();
    let choice = Choice {
        as_of: decided.as_of,
        targets: targets
            .map_err(|error| other(message!("its targets cannot be read")).because(&error))?,
        lifted: decided.lifted.into_iter().collect(),
    };
    let known = Known::fold(&events);
    let plan = planning::plan(project, &decided.observed, &known, &choice)?;
    if plan.fingerprint != basis.fingerprint {
        return Err(other(message!("the same files lead to another plan here")));
    }
    output::say(&tr!(
        "joins the plan {fingerprint} that is being carried out\n",
        fingerprint = short(&plan.fingerprint)
    ));
    let forecast = foresee(&plan, &events, call);
    apply::approve(&plan, &known, &forecast, signals, call).await?;
    let team = Team::new(shared, basis.events);
    let budget = forecast.budget;
    Ok(Work { plan, ledger, known, team: Some(team), waves: None, budget })
}

/// The beginning of a fingerprint, as `history` shows it.
fn short(fingerprint: &str) -> &str {
    fingerprint.get(..12).unwrap_or(fingerprint)
}
