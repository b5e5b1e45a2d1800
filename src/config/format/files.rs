//! The files of a project that are laid out: `raccord.yaml` and `entities/`. Read here, written by who asked.

use std::path::Path;

use crate::config::files::Files;
use crate::config::format::Unformatted;
use crate::config::format::format;
use crate::config::load::ENTITIES;
use crate::config::load::LoadError;
use crate::config::load::MANIFEST;
use crate::language::Message;
use crate::language::message;

/// What came of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is laid out as it should be.
    Sound,
    /// It should have this text.
    Changed(String),
    /// It is a symbolic link, or lies behind one: what it leads to may belong to somebody else.
    Link,
    /// It cannot be laid out: what is wrong with it, with the place where there is one, and what to do.
    Faulty(Vec<Message>, Message),
}

/// Lays out the files of a project, in the order of their paths, which begin at the project. Nothing is written.
pub(crate) fn outcomes(directory: &Path) -> Result<Vec<(String, Outcome)>, LoadError> {
    if !directory.is_dir() {
        return Err(LoadError::NoDirectory(directory.to_owned()));
    }
    if directory.join(MANIFEST).symlink_metadata().is_err() {
        return Err(LoadError::NoManifest(directory.to_owned()));
    }
    let mut files = Files::new(directory.to_owned());
    let mut outcomes = vec![(MANIFEST.to_owned(), outcome(&mut files, MANIFEST))];
    if files.is_link(ENTITIES) {
        outcomes.push((ENTITIES.to_owned(), Outcome::Link));
        return Ok(outcomes);
    }
    match files.list(ENTITIES) {
        Ok(listed) => {
            for path in listed.paths {
                let outcome = outcome(&mut files, &path);
                outcomes.push((path, outcome));
            }
            outcomes.extend(listed.unnameable.into_iter().map(|name| {
                let fault = message!("its name is not written in UTF-8");
                let help = message!("rename the file with plain letters");
                (name, Outcome::Faulty(vec![fault], help))
            }));
        }
        Err(fault) => {
            let (message, help) = (Message::of(|| fault.to_string()), fault.help());
            outcomes.push((ENTITIES.to_owned(), Outcome::Faulty(vec![message], help)));
        }
    }
    Ok(outcomes)
}

fn outcome(files: &mut Files, path: &str) -> Outcome {
    if files.is_link(path) {
        return Outcome::Link;
    }
    let text = match files.read_text(path) {
        Ok(text) => text,
        Err(unread) => return Outcome::Faulty(vec![unread.message], unread.help),
    };
    match format(&text) {
        // The bytes count: a byte order mark is no part of the text.
        Ok(formatted) => match files.peek(path) {
            Ok(bytes) if bytes == formatted.as_bytes() => Outcome::Sound,
            _ => Outcome::Changed(formatted),
        },
        Err(Unformatted::Faults(faults)) => {
            let told = faults.iter().map(|fault| {
                let (line, column) = (fault.span.line, fault.span.column);
                message!("line {line}, column {column}: {}", fault.message, line, column)
            });
            let help = faults.first().map(|fault| fault.help.clone()).unwrap_or_default();
            Outcome::Faulty(told.collect(), help)
        }
        Err(Unformatted::Meaning(span)) => Outcome::Faulty(
            vec![message!(
                "line {}, column {}: raccord would change what the file says",
                span.line,
                span.column
            )],
            message!("indent this part by hand; the file itself is sound"),
        ),
    }
}
