//! `raccord certificates index`: writes which certificates this project uses into the index that it shares.

use std::collections::BTreeSet;

use crate::cli::args::Format;
use crate::cli::commands::certificates::args::IndexArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::project;
use crate::cli::settings::Settings;
use crate::cli::whole;
use crate::cli::whole::Existing;
use crate::cli::whole::Readers;
use crate::config::Project;
use crate::config::SharedIndex;
use crate::config::index;
use crate::config::index::BrokenLine;
use crate::config::index::IndexLine;
use crate::language::message;
use crate::language::tr;
use crate::render::index::IndexJson;
use crate::render::words;

/// Brings the index up to date, or says whether it is.
pub(crate) fn run(arguments: &IndexArgs, settings: &Settings) -> Result<Exit, Failure> {
    let first = project::read(&arguments.directory, settings.environment.as_deref())?;
    let Some(shared) = first.index.clone() else {
        return Err(Failure::new(
            Exit::Failed,
            message!("the project shares no index with others"),
        )
        .help(message!(
            "write `policy: { certificate_index: ../certificate-index.jsonl }` into `raccord.yaml`"
        )));
    };
    let own = own_lines(arguments, settings, first, &shared)?;
    let environment = settings.environment.as_deref();
    let root = arguments.directory.as_path();
    let text = index::read(root, &shared.path)
        .map_err(|error| {
            Failure::new(Exit::Failed, message!("could not read `{path}`", path = shared.path))
                .because(&error)
        })?
        .unwrap_or_default();
    let before: BTreeSet<IndexLine> = index::parse(&text)
        .map_err(|broken| unusable(&shared, &broken))?
        .into_iter()
        .map(|(_, line)| line)
        .filter(|line| index::is_own(line, &shared.project, environment))
        .collect();
    let after = index::merge(&text, &shared.project, environment, &own)
        .map_err(|broken| unusable(&shared, &broken))?;
    let result = IndexJson::of(&shared, &own, &before);
    if !arguments.check && after != text {
        let path = root.join(&shared.path);
        whole::write(&path, after.as_bytes(), Existing::Replace, Readers::All).map_err(|error| {
            Failure::new(Exit::Failed, message!("could not write `{path}`", path = shared.path))
                .because(&error)
                .help(message!("check that the folder is there, as when its repository is checked out, and who may write to it"))
        })?;
    }
    tell(&result, arguments.check, settings)?;
    if arguments.check && !result.up_to_date {
        return Err(Failure::new(
            Exit::Failed,
            message!(
                "`{path}` is not up to date for project `{project}`",
                path = shared.path,
                project = shared.project
            ),
        )
        .help(message!("run `raccord certificates index`, and commit the file")));
    }
    Ok(Exit::Done)
}

/// The lines of the environments that count.
fn own_lines(
    arguments: &IndexArgs,
    settings: &Settings,
    first: Project,
    shared: &SharedIndex,
) -> Result<BTreeSet<IndexLine>, Failure> {
    // Remarks are `validate`'s business, and so is that there is no index yet.
    let quiet = Settings { quiet: true, ..settings.clone() };
    let mut own = BTreeSet::new();
    for project in project::in_each_environment(&arguments.directory, first, settings)? {
        project::sound(&project, &quiet)?;
        own.extend(index::lines_of(&project, &shared.project));
    }
    Ok(own)
}

fn tell(result: &IndexJson, check: bool, settings: &Settings) -> Result<(), Failure> {
    if settings.format == Format::Json {
        return output::json(result);
    }
    if settings.quiet {
        return Ok(());
    }
    let IndexJson { index, project, up_to_date, added, removed, lines, .. } = result;
    let lines = words::count(*lines, "line");
    let state = match (up_to_date, check) {
        (true, _) => {
            tr!("`{index}` is up to date: {lines} of project `{project}`", index, lines, project)
        }
        (false, true) => tr!(
            "`{index}`: {added} to add, {removed} to remove",
            index,
            added = added.len(),
            removed = removed.len()
        ),
        (false, false) => tr!(
            "wrote `{index}`: {lines} of project `{project}`, {added} added, {removed} removed",
            index,
            lines,
            project,
            added = added.len(),
            removed = removed.len()
        ),
    };
    output::result(&(words::harmless(&state) + "\n"))
}

fn unusable(shared: &SharedIndex, broken: &[BrokenLine]) -> Failure {
    let Some(first) = broken.first() else {
        return Failure::new(Exit::Bug, message!("an index without broken lines was refused"));
    };
    let message = match broken.len() - 1 {
        0 => message!(
            "`{path}`: line {line} is no line of an index, and nothing was written",
            path = shared.path,
            line = first.line
        ),
        more => message!(
            "`{path}`: line {line}, and {more} more is no line of an index, and nothing was written",
            path = shared.path,
            line = first.line,
            more = words::thousands(more)
        ),
    };
    Failure::new(Exit::Failed, message).help(index::help(*first))
}
