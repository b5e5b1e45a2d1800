//! The ledger of an environment: read without a lock, or opened for a run, whose lock is waited for when asked to.

use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use secrecy::SecretString;

use crate::cli::endpoints;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::settings;
use crate::cli::settings::Settings;
use crate::config::Project;
use crate::domain::environment::Environment;
use crate::domain::environment::LedgerPlace;
use crate::domain::event::Event;
use crate::domain::known::Known;
use crate::domain::postgres_url::PostgresUrl;
use crate::language::Message;
use crate::language::in_english;
use crate::language::message;
use crate::language::tr;
use crate::ledger::Clock;
use crate::ledger::Holder;
use crate::ledger::Ledger;
use crate::ledger::LedgerError;
use crate::ledger::Opened;
use crate::ledger::Place;
use crate::ledger::log::Store;
use crate::ledger::place::Database;
use crate::ledger::postgres::DatabaseLog;
use crate::ledger::postgres::Joined;
use crate::ledger::postgres::runner::Part;
use crate::remote::Turns;

/// How often a lock is tried while it is waited for.
const PAUSE: Duration = Duration::from_millis(200);

/// Where the ledger of one of the project's environments is. A password is read here.
pub(crate) fn place(project: &Project, environment: &Environment) -> Result<Place, Failure> {
    let (url, password, name) = match &environment.ledger {
        LedgerPlace::File(path) => return Ok(Place::File(project.root.join(path))),
        LedgerPlace::Postgres { url, password, project } => (url, password, project),
    };
    let password = match password {
        Some(reference) => Some(endpoints::secret(reference, &project.root)?),
        // As every client of PostgreSQL does.
        None => settings::variable("PGPASSWORD")?.map(SecretString::from),
    };
    Ok(Place::Database(Database {
        url: url.clone(),
        root: project.root.clone(),
        password,
        project: name.clone(),
        environment: environment.name.clone(),
    }))
}

/// Where the ledger of the chosen environment was before: a file of the project, or a database.
pub(crate) fn other(project: &Project, written: &str) -> Result<Place, Failure> {
    if !PostgresUrl::is_meant(written) {
        return Ok(Place::File(project.root.join(written)));
    }
    if PostgresUrl::has_password(written) {
        return Err(Failure::new(
            Exit::Usage,
            message!("the address of the database has a password in it"),
        )
        .help(message!("write it without, and set the environment variable `PGPASSWORD`")));
    }
    let url = PostgresUrl::parse(written)
        .map_err(|fault| Failure::new(Exit::Usage, Message::of(|| fault.to_string())))?;
    let Some(name) = project.name.clone() else {
        return Err(Failure::new(
            Exit::Failed,
            message!("the project has no name, and the database knows it by one"),
        )
        .help(message!("write `project: NAME` in `raccord.yaml`")));
    };
    Ok(Place::Database(Database {
        url,
        root: project.root.clone(),
        password: settings::variable("PGPASSWORD")?.map(SecretString::from),
        project: name,
        environment: project.environment.name.clone(),
    }))
}

/// Where the ledger of the chosen environment is.
pub(crate) fn here(project: &Project) -> Result<Place, Failure> {
    place(project, &project.environment)
}

/// What the ledger knows, read without a lock.
pub(crate) fn known(project: &Project) -> Result<Known, Failure> {
    Ok(Known::fold(&events(project)?))
}

/// The events of the ledger, oldest first, read without a lock.
pub(crate) fn events(project: &Project) -> Result<Vec<Event>, Failure> {
    let log = crate::ledger::read(&here(project)?).map_err(|error| failure(&error))?;
    tell_notices(&log.notices);
    Ok(log.events)
}

/// Opens the ledger for a `command`, with its events so far; waits at most `patience` for another run to end.
pub(crate) fn open(
    project: &Project,
    settings: &Settings,
    command: &str,
    patience: Duration,
) -> Result<(Ledger, Vec<Event>), Failure> {
    open_at(&here(project)?, settings, command, patience)
}

/// The same for a place.
pub(crate) fn open_at(
    place: &Place,
    settings: &Settings,
    command: &str,
    patience: Duration,
) -> Result<(Ledger, Vec<Event>), Failure> {
    let began = Instant::now();
    let mut told = false;
    let Opened { ledger, events, notices } = loop {
        let clock = clock(settings);
        match Ledger::open(place, clock, &holder(command)) {
            Ok(opened) => break opened,
            Err(error @ LedgerError::Locked { .. }) if began.elapsed() < patience => {
                if !told {
                    output::say(&tr!("{error}: waiting for it\n", error));
                    told = true;
                }
                std::thread::sleep(PAUSE.min(patience.saturating_sub(began.elapsed())));
            }
            Err(error) => return Err(failure(&error)),
        }
    };
    tell_notices(&notices);
    Ok((ledger, events))
}

/// Joins the runs that share a plan on the ledger, or begins with one; waits for whoever is making it. Waits at most
/// `patience` for a run that works alone.
pub(crate) async fn join(
    project: &Project,
    settings: &Settings,
    command: &str,
    patience: Duration,
) -> Result<(Part, Ledger, Vec<Event>), Failure> {
    let Place::Database(database) = here(project)? else {
        return Err(Failure::new(Exit::Usage, message!("`--join` needs a ledger that several machines reach, and this one is a file"))
            .help(message!("set `ledger: \"postgres://…\"` in `raccord.yaml`, then copy the ledger with `raccord ledger move`")));
    };
    let began = Instant::now();
    let mut told = false;
    let mut tell = |text: String| {
        if !std::mem::replace(&mut told, true) {
            output::say(&text);
        }
    };
    loop {
        match DatabaseLog::begin(&database, &holder(command), true) {
            Ok(Joined::As(part, log, holder, read)) => {
                tell_notices(&read.notices);
                let store = Store::Database(log);
                let ledger = Ledger::of(settings.now(), clock(settings), holder, store);
                return Ok((part, ledger, read.events));
            }
            Ok(Joined::Early(holder)) => {
                tell(tr!("{holder} makes the plan to share: waiting for it\n", holder));
            }
            Err(error @ LedgerError::Locked { .. }) if began.elapsed() < patience => {
                tell(tr!("{error}: waiting for it\n", error));
            }
            Err(error) => return Err(failure(&error)),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// The turns of all runners of a ledger in a database.
pub(crate) fn turns(ledger: &Ledger) -> Option<Turns> {
    let Store::Database(log) = ledger.store() else { return None };
    let turns = log.turns();
    Some(Arc::new(move |count, interval| {
        // For the log alone, which is in English.
        let taken = turns.take(count, interval);
        taken.map_err(|error| in_english(|| error.to_string()))
    }))
}

/// Who runs this, for the ledger and for whoever finds it locked.
fn holder(command: &str) -> Holder {
    let first = |names: &[&str], otherwise: &str| {
        names
            .iter()
            .find_map(|name| settings::variable(name).ok().flatten())
            .unwrap_or_else(|| otherwise.to_owned())
    };
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .ok()
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty());
    Holder {
        id: String::new(),
        owner: first(&["USER", "LOGNAME", "USERNAME"], "someone"),
        host: host.unwrap_or_else(|| first(&["HOSTNAME", "COMPUTERNAME"], "somewhere")),
        command: command.to_owned(),
        since: None,
        until: None,
    }
}

/// What a person should know about the ledger's file.
fn tell_notices(notices: &[String]) {
    for notice in notices {
        output::say(&tr!("notice: {notice}\n", notice));
    }
}

/// The ledger's clock is ours.
fn clock(settings: &Settings) -> Clock {
    let settings = settings.clone();
    Arc::new(move || settings.now())
}

/// A failure of the ledger; a lock has its own exit code.
pub(crate) fn failure(error: &LedgerError) -> Failure {
    let exit =
        if matches!(error, LedgerError::Locked { .. }) { Exit::Locked } else { Exit::Failed };
    Failure::new(exit, message!("could not use the ledger")).because(error).help(error.help())
}
