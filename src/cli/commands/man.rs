//! `raccord man`: the pages of the manual.

use std::path::Path;

use crate::cli::args::ManArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::manual;
use crate::cli::manual::Page;
use crate::cli::output;
use crate::language::message;
use crate::language::tr;

/// Prints the page of one command, or writes all pages.
pub(crate) fn run(arguments: &ManArgs) -> Result<Exit, Failure> {
    let pages = manual::pages(arguments.date).map_err(|error| {
        Failure::new(Exit::Bug, message!("could not write a page of the manual")).because(&error)
    })?;
    match &arguments.write {
        Some(directory) => write(directory, &pages)?,
        None => output::result(&find(&arguments.command, &pages)?.text)?,
    }
    Ok(Exit::Done)
}

fn find<'a>(command: &[String], pages: &'a [Page]) -> Result<&'a Page, Failure> {
    pages.iter().find(|page| page.command == command).ok_or_else(|| {
        let command = command.join(" ");
        Failure::new(Exit::Usage, message!("found no command `{command}`", command))
            .help(message!("run `raccord help` for all commands"))
    })
}

fn write(directory: &Path, pages: &[Page]) -> Result<(), Failure> {
    std::fs::create_dir_all(directory).map_err(|error| {
        let path = directory.display();
        Failure::new(Exit::Failed, message!("could not make `{path}`", path)).because(&error)
    })?;
    for page in pages {
        let path = directory.join(&page.file);
        std::fs::write(&path, &page.text).map_err(|error| {
            let path = path.display();
            Failure::new(Exit::Failed, message!("could not write `{path}`", path)).because(&error)
        })?;
        output::say(&tr!("wrote {path}\n", path = path.display()));
    }
    Ok(())
}
