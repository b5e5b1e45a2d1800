//! `raccord fmt`: lays the files out, and leaves their meaning alone.

use std::fmt::Display;
use std::io;
use std::io::Write as _;
use std::path::Path;

use tempfile::NamedTempFile;

use crate::cli::args::FmtArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::settings::Settings;
use crate::config::format::files::Outcome;
use crate::config::format::files::outcomes;
use crate::language::Message;
use crate::language::message;
use crate::language::tr;
use crate::render::words;
use crate::render::words::harmless;

/// How many faults of one file are told.
const FAULTS: usize = 5;

/// Writes what should be laid out otherwise, or only names it.
pub(crate) fn run(arguments: &FmtArgs, settings: &Settings) -> Result<Exit, Failure> {
    let FmtArgs { directory, check } = arguments;
    let outcomes = outcomes(directory).map_err(|error| {
        Failure::new(Exit::Failed, message!("could not read the project"))
            .because(&error)
            .help(error.help())
    })?;
    let mut told = Vec::new();
    let mut left = false;
    for (path, outcome) in &outcomes {
        match one(&directory.join(path), outcome, *check) {
            Ok(said) => told.extend(said),
            Err(failure) => {
                left = true;
                output::say(&failure.text(settings.error_colour));
            }
        }
    }
    let changes = outcomes.iter().any(|(_, outcome)| matches!(outcome, Outcome::Changed(_)));
    if !settings.quiet && told.is_empty() && !left {
        told.push(tr!(
            "Laid out as they should be: {files}\n",
            files = words::count(outcomes.len(), "file")
        ));
    }
    output::result(&told.concat())?;
    Ok(if left || (*check && changes) { Exit::Failed } else { Exit::Done })
}

/// Deals with one file, and says what came of it; nothing where nothing changes.
fn one(path: &Path, outcome: &Outcome, check: bool) -> Result<Option<String>, Failure> {
    let shown = path.strip_prefix(".").unwrap_or(path).display();
    let shown = harmless(&shown.to_string());
    Ok(Some(match outcome {
        Outcome::Sound => return Ok(None),
        Outcome::Faulty(faults, help) => return Err(unformatted(&shown, faults, help)),
        Outcome::Link => tr!("left alone, a symbolic link: {path}\n", path = shown),
        Outcome::Changed(_) if check => tr!("would change {path}\n", path = shown),
        Outcome::Changed(text) => {
            replace(path, text).map_err(|error| {
                Failure::new(Exit::Failed, message!("could not write `{path}`", path = shown))
                    .because(&error)
            })?;
            tr!("changed {path}\n", path = shown)
        }
    }))
}

/// Why a file is left as it is. Its lines are not shown: they may hold what `validate` would hide.
fn unformatted(path: &dyn Display, faults: &[Message], help: &Message) -> Failure {
    let mut failure =
        Failure::new(Exit::Failed, message!("left `{path}` as it is", path)).help(help.clone());
    failure.causes = faults.iter().take(FAULTS).cloned().collect();
    if let Some(more) = faults.len().checked_sub(FAULTS).filter(|more| *more > 0) {
        failure.causes.push(message!("{more} more; `raccord validate` tells them all", more));
    }
    failure
}

/// Replaces the content of a file, whole or not at all; its permissions stay.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let found = path.symlink_metadata()?;
    if !found.is_file() {
        return Err(io::Error::other(tr!("it is no ordinary file any more")));
    }
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(directory)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(found.permissions())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
