//! `raccord import`: writes what exists as files of the project, and makes it ours.

pub(crate) mod args;
mod certificates;
mod store;

use std::collections::BTreeSet;
use std::path::Path;

use crate::cli::args::Format;
use crate::cli::commands::import::args::ImportArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ledger;
use crate::cli::output;
use crate::cli::project;
use crate::cli::session;
use crate::cli::session::Session;
use crate::cli::settings::Settings;
use crate::cli::signals;
use crate::cli::table_file;
use crate::config::Project;
use crate::domain::environment::Connections;
use crate::domain::event::What;
use crate::domain::known::Known;
use crate::domain::observed::Observed;
use crate::domain::siret::Siret;
use crate::import::Adoption;
use crate::import::Imported;
use crate::import::Left;
use crate::import::observed;
use crate::import::observed::Present;
use crate::import::sirets;
use crate::import::table;
use crate::language::Message;
use crate::language::message;
use crate::ledger::Ledger;
use crate::remote::Scope;
use crate::render::import::ImportJson;
use crate::render::import::Outcome;
use crate::render::import::human;
use crate::render::words;

/// Up to how many structures the EDI flags are read without being asked for: that is a request for each.
const FLAGS_UP_TO: usize = 100;

/// How many faults of a list are told one by one.
const FAULTS: usize = 20;

/// Reads, writes, adopts, tells.
pub(crate) fn run(arguments: &ImportArgs, settings: &Settings) -> Result<Exit, Failure> {
    let project = project::read_settings(&arguments.directory, settings)?;
    let present = present(&project);
    let (structures, left) = structures(arguments)?;
    if arguments.table.is_none() && structures.is_empty() {
        return Err(Failure::new(Exit::Failed, message!("the list names no structure"))
            .help(message!("give a file with one SIRET a line, or with a column of them")));
    }
    let mut result = if let Some(path) = &arguments.table {
        let imported = from_table(path, &structures, &project, &present, settings)?;
        finish(imported, None, &project, arguments.dry_run)?
    } else {
        from_gateway(arguments, &structures, &project, &present, settings)?
    };
    result.add_left(left);
    if settings.format == Format::Json {
        output::json(&result)?;
    } else {
        output::result(&human(&result))?;
    }
    Ok(if result.is_complete() { Exit::Done } else { Exit::Waiting })
}

/// What the project has already.
fn present(project: &Project) -> Present {
    let desired = &project.desired;
    let mut present = Present { contacts: project.contacts.clone(), ..Present::default() };
    for (address, structure) in &desired.structures {
        present.declared.entry(structure.siret).or_insert_with(|| address.entity().to_owned());
        present.taken.insert(address.entity().to_owned());
    }
    let stems = std::fs::read_dir(project.root.join("entities")).into_iter().flatten().flatten();
    present.taken.extend(stems.filter_map(|entry| {
        let name = entry.file_name().to_str()?.to_owned();
        Some(name.rsplit_once('.').map_or(name.clone(), |(stem, _)| stem.to_owned()))
    }));
    present
}

/// The structures that are asked for, and what of a list is none.
fn structures(arguments: &ImportArgs) -> Result<(BTreeSet<Siret>, Vec<Left>), Failure> {
    let mut structures: BTreeSet<Siret> = arguments.structure.iter().copied().collect();
    let Some(path) = &arguments.structures_from else { return Ok((structures, Vec::new())) };
    let listed = sirets::read(&table_file::text(path)?);
    structures.extend(listed.sirets);
    let more = listed.faults.len().saturating_sub(FAULTS);
    let mut left: Vec<Left> = listed
        .faults
        .into_iter()
        .take(FAULTS)
        .map(|(line, why)| Left {
            siret: None,
            id: Some(message!("{path} line {line}", path = path.display(), line)),
            name: None,
            why,
        })
        .collect();
    if more > 0 {
        left.push(Left {
            siret: None,
            id: Some(path.display().to_string().into()),
            name: None,
            why: message!("{more} more hold no SIRET", more = words::count(more, "line")),
        });
    }
    if listed.empty > 0 {
        left.push(Left {
            siret: None,
            id: Some(path.display().to_string().into()),
            name: None,
            why: message!("{empty} without SIRET", empty = words::count(listed.empty, "row")),
        });
    }
    Ok((structures, left))
}

fn from_table(
    path: &Path,
    structures: &BTreeSet<Siret>,
    project: &Project,
    present: &Present,
    settings: &Settings,
) -> Result<Imported, Failure> {
    let text = table_file::text(path)?;
    let ask =
        table::Ask { text: &text, structures, today: project::today(settings), project: present };
    let mut imported = table::import(ask).map_err(|fault| {
        Failure::new(Exit::Failed, Message::of(|| fault.to_string())).help(fault.help())
    })?;
    imported.notices.push(match project.environment.connections {
        Connections::Simulator | Connections::Gateway { .. } => message!("environment `{environment}` can be read: `--structure` gives whole sheets, a table does not", environment = project.environment.name),
        Connections::Portal => {
            message!("nothing is adopted yet: when `raccord validate` is content, give the same table to `raccord confirm --paste`")
        }
    });
    Ok(imported)
}

/// Reads everything at once, and takes what belongs to the structures.
fn from_gateway(
    arguments: &ImportArgs,
    structures: &BTreeSet<Siret>,
    project: &Project,
    present: &Present,
    settings: &Settings,
) -> Result<ImportJson, Failure> {
    if matches!(project.environment.connections, Connections::Portal) {
        return Err(Failure::new(
            Exit::Failed,
            message!("environment `{environment}` has the channel `portal`, where no program can read sheets", environment = project.environment.name),
        )
        .help(message!("copy the table of «Mes raccordements EDI» (view «Tableau») into a file, and give it with `--table FILE`")));
    }
    let certificates = certificates::found(project, &arguments.certificates)?;
    // Before anything is read: what is read has to be what is adopted.
    let (ledger, known) = if arguments.dry_run {
        (None, ledger::known(project)?)
    } else {
        let (ledger, events) =
            ledger::open(project, settings, "raccord import", arguments.lock_timeout)?;
        (Some(ledger), Known::fold(&events))
    };
    let flags = arguments.edi_flags || structures.len() <= FLAGS_UP_TO;
    let observed = session::block_on(Box::pin(signals::unless_interrupted(Box::pin(observe(
        project, structures, flags, settings,
    )))))?;
    let mut imported = observed::import(observed::Ask {
        structures,
        observed: &observed,
        known: &known,
        today: project::today(settings),
        project: present,
        certificates: &certificates,
    });
    if !flags {
        imported.notices.push(message!(
            "the EDI flags of {structures} were not read; `--edi-flags` reads and declares them",
            structures = words::count(structures.len(), "structure")
        ));
    }
    finish(imported, ledger.as_ref(), project, arguments.dry_run)
}

async fn observe(
    project: &Project,
    structures: &BTreeSet<Siret>,
    flags: bool,
    settings: &Settings,
) -> Result<Observed, Failure> {
    let failed = |error: &crate::remote::RemoteError| {
        let name = &project.environment.name;
        session::remote_failure(
            message!("could not read environment `{environment}`", environment = name),
            error,
        )
    };
    let session = Session::open(project, settings).await?;
    let scope = Scope {
        structures: structures.clone(),
        flags_of: if flags { structures.clone() } else { BTreeSet::new() },
        needs_accounts: true,
        needs_api: true,
        needs_edi: true,
        needs_clients: true,
        ..Scope::default()
    };
    let mut observed = Box::pin(session.reader.observe(&scope, settings.now()))
        .await
        .map_err(|error| failed(&error))?;
    // Only who has clients is asked whether it is an operator.
    let operators: BTreeSet<Siret> = observed
        .clients
        .iter()
        .map(|(operator, _)| *operator)
        .filter(|operator| structures.contains(operator))
        .collect();
    if !operators.is_empty() {
        let scope = Scope { structures: operators.clone(), operators, ..Scope::default() };
        let again = Box::pin(session.reader.observe(&scope, settings.now()))
            .await
            .map_err(|error| failed(&error))?;
        for (siret, structure) in again.structures {
            if let Some(found) = observed.structures.get_mut(&siret) {
                found.public_operator = structure.public_operator;
            }
        }
    }
    session.close().await?;
    Ok(observed)
}

/// Files first, then the ledger.
fn finish(
    imported: Imported,
    ledger: Option<&Ledger>,
    project: &Project,
    dry: bool,
) -> Result<ImportJson, Failure> {
    let Imported { files, left, notices } = imported;
    let mut done = Vec::new();
    let mut adopted: Vec<What> = Vec::new();
    let mut count = 0;
    for written in files {
        let outcome = store::file(&project.root, &written, dry)?;
        if outcome != Outcome::LeftAlone {
            count += written.adoptions.len();
            adopted.extend(written.adoptions.iter().cloned().map(Adoption::event));
        }
        done.push((written, outcome));
    }
    let environment = &project.environment.name;
    if let Some(ledger) = ledger {
        store::adopt(ledger, environment, adopted)?;
    }
    Ok(ImportJson::of(environment, dry, &done, left, notices, count))
}
