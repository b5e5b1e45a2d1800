//! Writes what was imported: certificate files, then the files of entities, then the ledger.
//!
//! Each file comes whole or not at all, and a file that is there as it would be written is taken for written: a run
//! that died in between is continued by running it again.

use std::path::Path;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ledger;
use crate::cli::whole;
use crate::cli::whole::Existing;
use crate::cli::whole::Readers;
use crate::domain::event::What;
use crate::import::Written;
use crate::language::message;
use crate::ledger::Ledger;
use crate::render::import::Outcome;

/// Writes the file of an entity, or says why not.
pub(super) fn file(root: &Path, written: &Written, dry: bool) -> Result<Outcome, Failure> {
    let path = root.join(&written.path);
    match std::fs::read(&path) {
        Ok(bytes) if written.is(&bytes) => return Ok(Outcome::Unchanged),
        Ok(_) => return Ok(Outcome::LeftAlone),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(&path, &error)),
    }
    if written.declared {
        return Ok(Outcome::LeftAlone);
    }
    if dry {
        return Ok(Outcome::WouldWrite);
    }
    for (from, to) in &written.copies {
        copy(from, &root.join(to))?;
    }
    folder(&path)?;
    whole::write(&path, written.text.as_bytes(), Existing::Keep, Readers::All)
        .map_err(|error| failed(&path, &error))?;
    Ok(Outcome::Written)
}

/// Copies a certificate file, and never over another one.
fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let bytes = std::fs::read(from).map_err(|error| {
        Failure::new(Exit::Failed, message!("could not read `{path}`", path = from.display()))
            .because(&error)
    })?;
    if std::fs::read(to).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    folder(to)?;
    whole::write(to, &bytes, Existing::Keep, Readers::All).map_err(|error| failed(to, &error))
}

fn folder(path: &Path) -> Result<(), Failure> {
    let folder = whole::directory_of(path);
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))
}

fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Exit::Failed, message!("could not write `{path}`", path = path.display()))
        .because(error)
        .help(message!("put that right, then run the command again: what is written already stays"))
}

/// Notes in the ledger what became ours.
pub(super) fn adopt(ledger: &Ledger, environment: &str, adopted: Vec<What>) -> Result<(), Failure> {
    if adopted.is_empty() {
        return Ok(());
    }
    let mut events = vec![What::RunStarted {
        environment: environment.to_owned(),
        by: ledger.holder().by(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        plan: "import".to_owned(),
    }];
    let done = adopted.len();
    events.extend(adopted);
    events.push(What::RunEnded { done, failed: 0, waiting: 0 });
    ledger.append_all(events).map_err(|error| ledger::failure(&error))?;
    Ok(())
}
