//! `raccord ledger compact`: shortens the ledger to the events that are still needed.

use std::io;
use std::path::Path;
use std::path::PathBuf;

use crate::cli::args::Format;
use crate::cli::commands::ledger::args::CompactArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ledger;
use crate::cli::output;
use crate::cli::project;
use crate::cli::settings::Settings;
use crate::cli::whole;
use crate::cli::whole::Existing;
use crate::cli::whole::Readers;
use crate::domain::event::Event;
use crate::domain::known::Known;
use crate::language::message;
use crate::language::tr;
use crate::ledger::Ledger;
use crate::ledger::Place;
use crate::ledger::compact::compact;
use crate::ledger::log::Store;
use crate::ledger::text;
use crate::render::compact::CompactJson;
use crate::render::words;
use crate::render::words::harmless;

/// Rewrites the ledger without the events that no fold needs, or says how many they are.
pub(crate) fn run(arguments: &CompactArgs, settings: &Settings) -> Result<Exit, Failure> {
    let project = project::read_settings(&arguments.directory, settings)?;
    let place = ledger::here(&project)?;
    let named = project.environment.ledger.to_string();
    let mut result = CompactJson::new(&project.environment.name, &named);
    // A ledger that is not there is not made for this.
    let is_there = match &place {
        Place::File(path) => path.exists(),
        Place::Database(_) => {
            let read = crate::ledger::read(&place).map_err(|error| ledger::failure(&error))?;
            !read.events.is_empty()
        }
    };
    if arguments.dry_run || !is_there {
        let seen = ledger::events(&project)?;
        (result.before, result.after) = (seen.len(), compact(seen).len());
    } else {
        let patience = arguments.lock_timeout;
        let (ledger, events) =
            ledger::open(&project, settings, "raccord ledger compact", patience)?;
        (result.before, result.after) = shorten(&ledger, events)?;
        result.written = result.after < result.before;
        // The lock was held until the new file was in its place.
        drop(ledger);
    }
    tell(&result, &place, arguments.dry_run, settings)?;
    Ok(Exit::Done)
}

/// Replaces the log by a shorter one where there is one; how many events there were, and are.
fn shorten(ledger: &Ledger, events: Vec<Event>) -> Result<(usize, usize), Failure> {
    let (before, known) = (events.len(), Known::fold(&events));
    let kept = compact(events);
    let after = kept.len();
    if after == before {
        return Ok((before, after));
    }
    let bytes = text::write(&kept).map_err(|error| {
        Failure::new(Exit::Bug, message!("could not write the events as JSON")).because(&error)
    })?;
    // Nothing would be worse than a log that lost something: what is about to be written is read back first.
    let same = text::parse(&bytes).is_ok_and(|read| Known::fold(&read.events) == known);
    if !same {
        return Err(Failure::new(Exit::Bug, message!("the shorter ledger would not say the same"))
            .help(message!("nothing was changed; please report this")));
    }
    match ledger.store() {
        Store::File(log) => rewrite(ledger, log.path(), &bytes)?,
        Store::Database(log) => log.keep_only(&kept).map_err(|error| ledger::failure(&error))?,
    }
    Ok((before, after))
}

/// Replaces the file of a log.
fn rewrite(ledger: &Ledger, path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    keep_old(path)?;
    // Whoever has the lock now may have added what would be lost.
    ledger.hold().map_err(|error| ledger::failure(&error))?;
    whole::write(path, bytes, Existing::Replace, Readers::All)
        .map_err(|error| not_written(path, &error))
}

/// Keeps the log as it was in a file beside it, for the same readers. One that is there already may be the only copy of an
/// older past, so it does not give way.
fn keep_old(path: &Path) -> Result<(), Failure> {
    let old = beside(path);
    let bytes = std::fs::read(path).map_err(|error| not_written(path, &error))?;
    // Until its permissions are set, nobody else may read it.
    match whole::write(&old, &bytes, Existing::Keep, Readers::Owner) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return if std::fs::read(&old).is_ok_and(|there| there == bytes) {
                Ok(())
            } else {
                Err(Failure::new(
                    Exit::Failed,
                    message!("`{old}` holds another log, as an earlier `ledger compact` leaves it, and nothing was changed", old = old.display()),
                )
                .help(message!("move it away, or remove it once git has what it holds")))
            };
        }
        Err(error) => return Err(not_written(&old, &error)),
    }
    std::fs::metadata(path)
        .and_then(|log| std::fs::set_permissions(&old, log.permissions()))
        .map_err(|error| not_written(&old, &error))
}

fn not_written(path: &Path, error: &io::Error) -> Failure {
    Failure::new(Exit::Failed, message!("could not write `{path}`", path = path.display()))
        .because(error)
        .help(message!("the ledger is whole, as it was or shorter; check permissions and free space, then run the command again"))
}

/// Where the log stays as it was: `<path>.before-compact`.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".before-compact");
    PathBuf::from(name)
}

fn tell(
    result: &CompactJson,
    place: &Place,
    dry_run: bool,
    settings: &Settings,
) -> Result<(), Failure> {
    if settings.format == Format::Json {
        return output::json(result);
    }
    let CompactJson { ledger, before, after, .. } = result;
    let events = words::count(*before, "event");
    let left = words::thousands(*after);
    let text = match (before == after, dry_run) {
        (true, _) => tr!("`{ledger}`: {events}, all of them needed", ledger, events),
        (false, true) => tr!("`{ledger}`: {events}, {left} would stay", ledger, events, left),
        (false, false) => {
            let old = match place {
                Place::File(_) => tr!("the log as it was is in `{ledger}.before-compact`", ledger),
                Place::Database(_) => tr!("what went is in the table `raccord_compacted`"),
            };
            tr!("`{ledger}`: {events} before, {left} now; {old}", ledger, events, left, old)
        }
    };
    output::result(&(harmless(&text) + "\n"))
}
