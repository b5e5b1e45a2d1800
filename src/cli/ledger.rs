//! The ledger of an environment: read without a lock, or opened for a run, whose lock is waited for when asked to.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::settings;
use crate::cli::settings::Settings;
use crate::config::Project;
use crate::domain::event::Event;
use crate::domain::known::Known;
use crate::ledger::Clock;
use crate::ledger::Holder;
use crate::ledger::Ledger;
use crate::ledger::LedgerError;
use crate::ledger::Opened;

/// How often a lock is tried while it is waited for.
const PAUSE: Duration = Duration::from_millis(200);

/// The file of the environment's ledger.
pub(crate) fn path(project: &Project) -> PathBuf {
    project.root.join(&project.environment.ledger)
}

/// What the ledger knows, read without a lock.
pub(crate) fn known(project: &Project) -> Result<Known, Failure> {
    Ok(Known::fold(&events(project)?))
}

/// The events of the ledger, oldest first, read without a lock.
pub(crate) fn events(project: &Project) -> Result<Vec<Event>, Failure> {
    let log = crate::ledger::read(&path(project)).map_err(|error| failure(&error))?;
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
    let path = path(project);
    let began = Instant::now();
    let mut told = false;
    let Opened { ledger, events, notices } = loop {
        let clock = clock(settings);
        match Ledger::open(&path, clock, &holder(command)) {
            Ok(opened) => break opened,
            Err(error @ LedgerError::Locked { .. }) if began.elapsed() < patience => {
                if !told {
                    output::say(&format!("{error}: waiting for it\n"));
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
        output::say(&format!("notice: {notice}\n"));
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
    Failure::new(exit, "could not use the ledger").because(error).help(error.help())
}
