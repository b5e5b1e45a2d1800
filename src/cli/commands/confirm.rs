//! `raccord confirm`: records what a person did or saw at the portal.

use std::io::Read as _;
use std::path::Path;

use jiff::Timestamp;
use secrecy::SecretString;

use crate::apply::Sink;
use crate::cli::args::ConfirmArgs;
use crate::cli::args::Format;
use crate::cli::dossier;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ledger;
use crate::cli::output;
use crate::cli::project;
use crate::cli::question;
use crate::cli::settings::Settings;
use crate::cli::table_file;
use crate::config::Project;
use crate::confirm::Fault;
use crate::confirm::Told;
use crate::confirm::decide;
use crate::confirm::decide::Confirmation;
use crate::confirm::decide::Ground;
use crate::confirm::table;
use crate::domain::environment::Connections;
use crate::domain::event::What;
use crate::domain::known::Known;
use crate::language::Message;
use crate::language::message;
use crate::language::tr;
use crate::ledger::Ledger;
use crate::render::confirm::human;
use crate::render::confirm::json::ConfirmJson;

/// The longest password that is read: more is no password.
const LONGEST_PASSWORD: u64 = 4096;

/// Reads what was told, checks it, shows the difference, asks, and records it.
pub(crate) fn run(arguments: &ConfirmArgs, settings: &Settings) -> Result<Exit, Failure> {
    let project = project::load_sound(&arguments.directory, settings, project::today(settings))?;
    if project.environment.connections != Connections::Portal {
        return Err(Failure::new(
            Exit::Usage,
            message!(
                "environment `{environment}` is read by an API: there is nothing to confirm",
                environment = project.environment.name
            ),
        )
        .help(message!("choose an environment with `connections: { channel: portal }`")));
    }
    let (ledger, events) =
        ledger::open(&project, settings, "raccord confirm", arguments.lock_timeout)?;
    let known = Known::fold(&events);
    let (told, mut faults) = told(arguments, settings, &known)?;
    let by = ledger.holder().by();
    let ground = Ground {
        desired: &project.desired,
        known: &known,
        now: settings.now(),
        by: &by,
        identity: &|_| dossier::identity(),
    };
    let (confirmations, wrong) = decide::decide(&told, &ground);
    faults.extend(wrong);
    faults.sort_by_key(|fault| fault.line);
    if !faults.is_empty() {
        return Err(refused(faults));
    }
    if confirmations.is_empty() {
        return Err(Failure::new(Exit::Failed, message!("nothing was filled in, so that nothing is confirmed"))
            .help(message!("fill in `resultat`, `statut`, `code_application` or `identifiant` of the steps that are done")));
    }
    let text = human::differences(&confirmations, settings.colour);
    if settings.format == Format::Json {
        output::say(&human::differences(&confirmations, settings.error_colour));
    } else {
        output::result(&text)?;
    }
    let password = password(arguments, settings, &confirmations)?;
    if !arguments.auto_approve {
        question::ask(settings, &tr!("\nRecord this? [yes/no] "))?;
    }
    let stored = store(&project, &confirmations, password)?;
    record(&project, &ledger, &confirmations, stored)?;
    if settings.format == Format::Json {
        output::json(&ConfirmJson::of(&project.environment.name, &by, &confirmations))?;
    } else {
        output::result(&human::end(&confirmations, &by))?;
    }
    Ok(Exit::Done)
}

/// What was told, from where it was told.
fn told(
    arguments: &ConfirmArgs,
    settings: &Settings,
    known: &Known,
) -> Result<(Vec<Told>, Vec<Fault>), Failure> {
    let pasted = arguments.paste.then_some(Path::new("-"));
    if let Some(path) = arguments.from.as_deref().or(pasted) {
        return Ok(table::read(&table_file::text(path)?));
    }
    let Some(address) = &arguments.address else {
        if settings.can_ask {
            return Ok((question::handed(known)?, Vec::new()));
        }
        return Err(Failure::new(
            Exit::Usage,
            message!("found no address, and nobody can be asked here"),
        )
        .help(message!("give an address, `--from FILE` or `--paste`")));
    };
    let told = Told {
        address: Some(address.clone()),
        step: arguments.step.clone(),
        absent: arguments.absent,
        status: arguments.status.clone(),
        code: arguments.application_code.clone(),
        login: arguments.login.clone(),
        date: arguments.date,
        as_known: arguments.as_known,
        ..Told::default()
    };
    Ok((vec![told], Vec::new()))
}

/// All faults at once, each with its line.
fn refused(faults: Vec<Fault>) -> Failure {
    let count = faults.len();
    let mut failure = Failure::new(
        Exit::Failed,
        message!(
            "{faults} in what was told, and nothing was recorded",
            faults = crate::render::words::count(count, "fault")
        ),
    );
    failure.causes = faults
        .into_iter()
        .map(|Fault { line, message, help }| {
            let told = match &help {
                Some(help) => message!("{message} ({help})", message, help),
                None => message,
            };
            match line {
                Some(line) => message!("line {line}: {told}", line, told),
                None => told,
            }
        })
        .collect();
    failure.help(message!("correct them, then run the command again"))
}

/// The password on standard input, where one was announced.
fn password(
    arguments: &ConfirmArgs,
    settings: &Settings,
    confirmations: &[Confirmation],
) -> Result<Option<SecretString>, Failure> {
    if !arguments.password_stdin {
        return Ok(None);
    }
    if !confirmations.iter().any(|one| one.there && one.is_account()) {
        return Err(Failure::new(
            Exit::Usage,
            message!("`--password-stdin` is for technical accounts only"),
        ));
    }
    if settings.can_ask {
        let message = message!("standard input is a terminal, which would show the password");
        return Err(Failure::new(Exit::Usage, message)
            .help(message!("pipe it into the command, with `--auto-approve`")));
    }
    let mut text = String::new();
    let read = std::io::stdin().lock().take(LONGEST_PASSWORD).read_to_string(&mut text);
    // What was read stays out of the message.
    read.map_err(|_| {
        Failure::new(Exit::Failed, message!("could not read a password from standard input"))
    })?;
    let password = text.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(Failure::new(Exit::Failed, message!("found no password on standard input")));
    }
    Ok(Some(SecretString::from(password)))
}

/// Puts the password into its sink, before anything is recorded; `None` when there is none.
fn store(
    project: &Project,
    confirmations: &[Confirmation],
    password: Option<SecretString>,
) -> Result<Option<What>, Failure> {
    let (Some(password), Some(one)) = (password, confirmations.iter().find(|one| one.is_account()))
    else {
        return Ok(None);
    };
    let place = project.environment.password_sink.clone().ok_or_else(|| {
        Failure::new(
            Exit::Failed,
            message!("the environment has no `password_sink`, and nothing was recorded"),
        )
        .help(message!("set `password_sink` for this environment, then run the command again"))
    })?;
    let sink = Sink::new(place, project.root.clone());
    let login = one.code.clone().unwrap_or_default();
    sink.prepare(&one.address)
        .and_then(|ready| sink.store(ready, &one.address, &login, &password))
        .map_err(|error| {
            Failure::new(
                Exit::Failed,
                message!("could not put the password away, and nothing was recorded"),
            )
            .because(&error)
            .help(error.help())
        })?;
    let What::Confirmed { target: Some(target), .. } = &one.what else { return Ok(None) };
    Ok(Some(What::PasswordStored { address: one.address.clone(), target: target.clone() }))
}

fn record(
    project: &Project,
    ledger: &Ledger,
    confirmations: &[Confirmation],
    stored: Option<What>,
) -> Result<(), Failure> {
    let started = What::RunStarted {
        environment: project.environment.name.clone(),
        by: ledger.holder().by(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        plan: String::new(),
    };
    let ended = What::RunEnded { done: confirmations.len(), failed: 0, waiting: 0 };
    let told = confirmations.iter().map(|one| one.what.clone());
    let events = std::iter::once(started).chain(told).chain(stored).chain([ended]).collect();
    ledger.append_all(events).map_err(|error| ledger::failure(&error))?;
    Ok(())
}

/// Why a plan rests on what was seen too long ago, if so.
pub(crate) fn too_old(
    project: &Project,
    known: &Known,
    now: Timestamp,
    days: u32,
) -> Option<Failure> {
    let mut old: Vec<Message> = known
        .addresses
        .iter()
        .filter(|(address, _)| project.desired.contains(address))
        .filter_map(|(address, at)| {
            let look = match &at.current {
                Some(owned) => &at.sightings.get(&owned.id)?.look,
                None => at.absent.as_ref()?,
            };
            let age = look.age_days(now);
            (age > i64::from(days)).then(|| {
                message!("`{address}` was seen {age} days ago, by {by}", address, age, by = look.by)
            })
        })
        .collect();
    if old.is_empty() {
        return None;
    }
    let more = old.len().saturating_sub(20);
    old.truncate(20);
    if more > 0 {
        old.push(message!("{more} more", more));
    }
    let mut failure = Failure::new(
        Exit::Policy,
        message!(
            "the plan rests on what was seen at the portal more than {days} days ago, and nothing was changed",
            days
        ),
    );
    failure.causes = old;
    Some(
        failure.help(message!("look at the portal again, then `raccord confirm --paste` its list")),
    )
}
