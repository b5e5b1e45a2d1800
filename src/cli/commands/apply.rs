//! `raccord apply`: plans, or takes a saved plan; shows, asks, changes, reports.

use std::collections::BTreeSet;
use std::io::BufRead as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::time::Instant;
use tracing::Instrument as _;

use crate::apply;
use crate::apply::Apply;
use crate::apply::Listener;
use crate::apply::Options;
use crate::apply::Sink;
use crate::apply::Team;
use crate::apply::waves::Cut;
use crate::apply::waves::Past;
use crate::cli::args::ApplyArgs;
use crate::cli::args::Format;
use crate::cli::choice;
use crate::cli::commands::confirm;
use crate::cli::commands::init::quoted;
use crate::cli::commands::join;
use crate::cli::dossier;
use crate::cli::events::Events;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::forecast;
use crate::cli::forecast::Forecast;
use crate::cli::freeze;
use crate::cli::ledger;
use crate::cli::logging;
use crate::cli::output;
use crate::cli::planning;
use crate::cli::planning::Choice;
use crate::cli::progress::Teller;
use crate::cli::project;
use crate::cli::proof;
use crate::cli::proof::Proof;
use crate::cli::question::is_yes;
use crate::cli::rollout;
use crate::cli::saved;
use crate::cli::session;
use crate::cli::session::Session;
use crate::cli::settings::Settings;
use crate::cli::signals;
use crate::cli::signals::Signals;
use crate::cli::wave_reports;
use crate::config::Project;
use crate::domain::environment::Connections;
use crate::domain::event::Event;
use crate::domain::known::Known;
use crate::language::message;
use crate::language::tr;
use crate::ledger::Ledger;
use crate::plan::Plan;
use crate::plan::budget::Budget;
use crate::plan::portal;
use crate::plan::settling;
use crate::remote::Writer;
use crate::remote::gateway::encode::Certificates;
use crate::render::report::events::Happening;
use crate::render::report::human;
use crate::render::report::json::ReportJson;
use crate::render::report::model::Report;

/// What shall be applied.
pub(super) struct Subject {
    directory: PathBuf,
    /// What was chosen.
    pub(super) choice: Choice,
    saved: Option<saved::Read>,
}

/// Plans, asks, applies and reports.
pub(crate) fn run(arguments: &ApplyArgs, settings: &Settings) -> Result<Exit, Failure> {
    let mut subject = subject(arguments, settings)?;
    let mut settings = settings.clone();
    if let Some(read) = &subject.saved {
        let planned = &read.saved.plan.environment;
        if settings.environment.as_ref().is_some_and(|asked| asked != planned) {
            return Err(Failure::new(
                Exit::Usage,
                message!(
                    "the saved plan is for environment `{planned}`, and another one was asked for",
                    planned
                ),
            )
            .help(message!("leave `--environment` away, or plan for the other environment")));
        }
        settings.environment = Some(planned.clone());
    }
    let project = project::load_sound(&subject.directory, &settings, subject.choice.as_of)?;
    choice::narrow(&mut subject.choice, &arguments.choice, &project, &settings)?;
    let saved = subject.saved.as_ref().map(|_| arguments.subject.as_path());
    let proof = Proof::begin(&arguments.report, saved, &project, &settings)?;
    let call = Call {
        arguments,
        settings: &settings,
        subject: &subject,
        project: &project,
        proof: proof.as_ref(),
    };
    session::block_on(apply(call))
}

fn subject(arguments: &ApplyArgs, settings: &Settings) -> Result<Subject, Failure> {
    let today = project::today(settings);
    let lifted: BTreeSet<String> = arguments.lift.iter().cloned().collect();
    if !arguments.subject.is_file() {
        let choice = Choice { as_of: today, targets: None, lifted };
        return Ok(Subject { directory: arguments.subject.clone(), choice, saved: None });
    }
    if !lifted.is_empty() {
        return Err(Failure::new(
            Exit::Usage,
            message!("a saved plan keeps the limits that it was made with"),
        )
        .help(message!("lift the limit with `raccord plan --lift LIMIT --out FILE`")));
    }
    arguments.choice.refuse_for_saved_plan()?;
    let read = saved::read(&arguments.subject, today)?;
    Ok(Subject { directory: read.project.clone(), choice: read.choice.clone(), saved: Some(read) })
}

/// What was asked for, and of what.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    /// The options.
    pub(super) arguments: &'a ApplyArgs,
    /// Those of every command.
    pub(super) settings: &'a Settings,
    /// What shall be applied.
    pub(super) subject: &'a Subject,
    /// The project.
    pub(super) project: &'a Project,
    /// The report that was asked for.
    pub(super) proof: Option<&'a Proof>,
}

async fn apply(call: Call<'_>) -> Result<Exit, Failure> {
    let Call { arguments, settings, project, .. } = call;
    if arguments.join {
        return Box::pin(join::run(call)).await;
    }
    // Locked before anything is read, so that nobody else changes what this run has seen.
    let (ledger, events) =
        ledger::open(project, settings, "raccord apply", arguments.lock_timeout)?;
    let run = logging::run(ledger.run());
    Box::pin(apply_on((ledger, events), call)).instrument(run).await
}

/// The same with the ledger open, for this run alone.
async fn apply_on((ledger, events): (Ledger, Vec<Event>), call: Call<'_>) -> Result<Exit, Failure> {
    let Call { arguments, settings, subject, project, .. } = call;
    let (known, past) = (Known::fold(&events), Past::of(&events));
    let times = settling::Past::of(&events);
    drop(events);
    let mut signals = Signals::listen();
    let session = Session::open_with(project, settings, ledger::turns(&ledger)).await?;
    let observed = Box::pin(signals.unless(session.observe(project, &known, settings))).await?;
    let plan = planning::plan(project, &observed, &known, &subject.choice)?;
    let (waves, told) = match &arguments.waves {
        Some(sizes) => rollout::cut(&plan, sizes, past.as_ref(), project, &subject.choice)?,
        None => (None, String::new()),
    };
    let forecast =
        forecast::of_run(&plan, (waves.as_ref(), &told), &times, (project, arguments, settings));
    approve(&plan, &known, &forecast, &mut signals, call).await?;
    let work = Work { plan, ledger, known, team: None, waves, budget: forecast.budget };
    Box::pin(carry_out(work, session, signals, call)).await
}

/// Shows a plan, and makes sure that it may run: it is what was saved, within the limits, and wanted. What is
/// foreseen stands before the question.
pub(super) async fn approve(
    plan: &Plan,
    known: &Known,
    forecast: &Forecast,
    signals: &mut Signals,
    call: Call<'_>,
) -> Result<(), Failure> {
    let Call { arguments, settings, subject, project, .. } = call;
    let stale = |read| saved::stale(read, plan, project);
    if let Some(failure) = subject.saved.as_ref().and_then(stale) {
        return Err(failure);
    }
    // The report is the result in JSON; the plan goes to the other stream then.
    if settings.format != Format::Json {
        output::result(&planning::text(plan, project, settings.colour)?)?;
    } else if !settings.quiet {
        output::say(&planning::text(plan, project, settings.error_colour)?);
    }
    if let Some(refusal) = planning::refusal(plan) {
        return Err(refusal);
    }
    if let Some(refusal) = freeze::refusal(plan, project, &subject.choice.lifted, settings) {
        return Err(refusal);
    }
    let oldest = arguments.require_verified;
    if let Some(refusal) =
        oldest.and_then(|days| confirm::too_old(project, known, settings.now(), days))
    {
        return Err(refusal);
    }
    if !settings.quiet {
        output::say(&forecast.text);
    }
    if let Some(refusal) = &forecast.refusal {
        return Err(refusal.clone());
    }
    let today = project::today(settings);
    let runs_now = plan.steps().any(|step| step.due.is_none_or(|due| due <= today));
    if runs_now && !arguments.auto_approve {
        signals.unless(ask(settings, plan)).await?;
    }
    // While the plan was made and shown nobody listened; what came then was kept.
    if signals.came() { Err(signals::interrupted()) } else { Ok(()) }
}

/// A plan that may run, with the ledger for it.
pub(super) struct Work {
    /// The plan.
    pub(super) plan: Plan,
    /// The ledger, for this run.
    pub(super) ledger: Ledger,
    /// What it knew when the plan was made.
    pub(super) known: Known,
    /// The other runners, when the plan is shared.
    pub(super) team: Option<Team>,
    /// The waves in which it is carried out.
    pub(super) waves: Option<Cut>,
    /// What it costs.
    pub(super) budget: Budget,
}

/// Carries out a plan, and reports.
pub(super) async fn carry_out(
    work: Work,
    session: Session,
    signals: Signals,
    call: Call<'_>,
) -> Result<Exit, Failure> {
    let Call { arguments, settings, subject, project, proof } = call;
    let Work { plan, ledger, known, team, waves, budget } = work;
    let today = project::today(settings);
    let by_persons = project.environment.connections == Connections::Portal;
    let closes = freeze::closes(project, &subject.choice.lifted, settings);
    let ledger = Arc::new(ledger);
    let remembered = known.clone();
    let machine = by_persons.then(|| portal::without_persons(&plan));
    let begins = machine.as_ref().is_some_and(|rest| rest.steps().next().is_none());
    let context = Apply {
        writer: Writer::new(session.reader.clone()),
        ledger: Arc::clone(&ledger),
        known,
        sink: project
            .environment
            .password_sink
            .clone()
            .map(|place| Sink::new(place, project.root.clone())),
        certificates: Certificates::of(&project.desired),
        options: Options {
            parallelism: usize::from(arguments.parallelism),
            timeout: Some(arguments.timeout.unwrap_or(forecast::TIMEOUT)),
            no_wait: arguments.no_wait,
            fail_fast: arguments.fail_fast,
            max_failures: arguments.max_failures,
            closes: closes.map(|closes| Instant::now() + closes),
            ..Options::on(today)
        },
        team,
        waves,
    };
    let again = again(arguments, subject, project);
    let runs = machine.as_ref().unwrap_or(&plan);
    let events = match &arguments.events {
        Some(path) => Some(Events::open(path, ledger.run(), settings)?),
        None => None,
    };
    let teller = Teller::new(&budget, settings);
    let mut listeners = vec![teller.listener()];
    listeners.extend(events.as_ref().map(Events::listener));
    if let Some(folder) = &arguments.wave_reports {
        let environment = &project.environment.name;
        listeners.push(wave_reports::listener(folder, environment, ledger.run(), settings)?);
    }
    let listener: Listener = Arc::new(move |event| {
        for listener in &listeners {
            listener(event);
        }
    });
    if let Some(events) = &events {
        events.write(Happening::began(&plan, &budget));
    }
    let (stopper, stop) = apply::stop::pair();
    let listening = listen(signals, stopper, again.clone(), events.clone());
    let listening = tokio::spawn(listening.in_current_span());
    let ended = apply::apply(runs, context, listener, stop).await;
    listening.abort();
    drop(teller);
    let closed = session.close().await;
    let mut told = Report::of(&ended, &plan, &again);
    let handed = closed.and_then(|()| {
        if by_persons && !ended.interrupted {
            let handing = dossier::Handing {
                plan: &plan,
                project,
                known: &remembered,
                ledger: &ledger,
                begins,
            };
            dossier::hand_over(&handing, arguments.dossier.as_deref(), settings)
        } else {
            Ok(None)
        }
    });
    if let Ok(Some(folder)) = &handed {
        let commands = confirmations(subject, project, &folder.join("etapes.csv"));
        told.handed(&plan, folder.display().to_string(), commands);
    }
    let exit = match ended.exit() {
        apply::Exit::Done if told.dossier.is_some() => Exit::Waiting,
        apply::Exit::Done => Exit::Done,
        apply::Exit::Waiting => Exit::Waiting,
        apply::Exit::SomeFailed => Exit::Partial,
        apply::Exit::Failed => Exit::Failed,
        apply::Exit::Interrupted => Exit::Interrupted,
        apply::Exit::Credentials => Exit::Credentials,
        apply::Exit::Frozen => Exit::Policy,
    };
    let proven = proof.map_or(Ok(()), |proof| {
        let exit = handed.as_ref().map_or_else(|failure| failure.exit, |_| exit);
        let ended = proof::Ended { plan: &plan, report: &told, ledger: &ledger, exit };
        proof.end(ended, project, settings)
    });
    handed?;
    if let Some(events) = events {
        events.write(Happening::ended(&ended, exit.code(), told.stopped.clone()));
        events.end();
    }
    report(&told, &plan, settings)?;
    match proven {
        // The exit code of a run that went wrong says more.
        Err(failure) if exit != Exit::Done => output::say(&failure.text(settings.error_colour)),
        proven => proven?,
    }
    Ok(exit)
}

/// Hands requests to end to the run: the first lets requests in flight end, the second does not.
async fn listen(
    mut signals: Signals,
    stopper: apply::stop::Stopper,
    again: String,
    events: Option<Arc<Events>>,
) {
    let tell = |at_once| {
        if let Some(events) = &events {
            events.write(Happening::Interrupted { at_once });
        }
    };
    signals.next().await;
    tell(false);
    output::say(&tr!(
        "interrupted: requests in flight end and are recorded; once more stops at once. To go on: {again}\n",
        again
    ));
    stopper.press();
    signals.next().await;
    tell(true);
    output::say(&tr!("stopped at once. To go on: {again}\n", again));
    stopper.press();
    // The run hears its end from the other side, which must not go away.
    std::future::pending::<()>().await;
}

/// Asks whether the plan shall be applied.
async fn ask(settings: &Settings, plan: &Plan) -> Result<(), Failure> {
    if !settings.can_ask {
        return Err(Failure::new(
            Exit::Failed,
            message!("nobody can be asked here, and nothing was changed"),
        )
        .help(message!("run it on a terminal, or with `--auto-approve`")));
    }
    output::say(&tr!(
        "\nApply this plan to `{environment}`? [yes/no] ",
        environment = plan.environment
    ));
    // A thread that reads a terminal cannot be called back: Ctrl-C ends the process, which ends the thread.
    let (sender, answered) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        // Nobody hears it when Ctrl-C came first.
        let _heard = sender.send(read.map(|_| line));
    });
    match answered.await {
        Ok(Ok(line)) if is_yes(&line) => Ok(()),
        Ok(Ok(_)) => Err(Failure::new(
            Exit::Failed,
            message!("the plan was not approved, and nothing was changed"),
        )),
        Ok(Err(error)) => Err(Failure::new(
            Exit::Failed,
            message!("could not read the answer, and nothing was changed"),
        )
        .because(&error)),
        Err(error) => Err(Failure::new(
            Exit::Failed,
            message!("could not read the answer, and nothing was changed"),
        )
        .because(&error)),
    }
}

/// The command that goes on where this run ended.
fn again(arguments: &ApplyArgs, subject: &Subject, project: &Project) -> String {
    let mut command = "raccord apply".to_owned();
    let directory = subject.directory.display().to_string();
    if directory != "." {
        command.push(' ');
        command.push_str(&quoted(&directory));
    }
    command.push_str(" --environment ");
    command.push_str(&quoted(&project.environment.name));
    let reports = arguments.wave_reports.as_ref().map(|path| path.display().to_string());
    for (option, value) in [
        ("--waves", arguments.waves.as_ref().map(ToString::to_string)),
        ("--max-failures", arguments.max_failures.as_ref().map(ToString::to_string)),
        ("--wave-reports", reports),
    ] {
        if let Some(value) = value {
            command.push(' ');
            command.push_str(option);
            command.push(' ');
            command.push_str(&quoted(&value));
        }
    }
    command
}

/// The commands that record how a dossier came out.
fn confirmations(subject: &Subject, project: &Project, table: &Path) -> Vec<String> {
    let directory = subject.directory.display().to_string();
    let place = match directory.as_str() {
        "." => String::new(),
        directory => format!(" --project {}", quoted(directory)),
    };
    let environment = quoted(&project.environment.name);
    let table = quoted(&table.display().to_string());
    vec![
        format!("raccord confirm{place} --environment {environment} --from {table}"),
        format!(
            "raccord confirm ADDRESS{place} --environment {environment} --status Actif --application-code CODE"
        ),
    ]
}

fn report(report: &Report, plan: &Plan, settings: &Settings) -> Result<(), Failure> {
    if settings.format == Format::Json {
        return output::json(&ReportJson::of(report));
    }
    if plan.is_empty() {
        // The plan has said already that nothing is to be done.
        return Ok(());
    }
    let mut text = String::from("\n");
    human::render(&mut text, report, settings.colour).map_err(|error| {
        Failure::new(Exit::Bug, message!("could not show the report")).because(&error)
    })?;
    output::result(&text)
}
