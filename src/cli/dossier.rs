//! What a plan leaves to a person at the portal: the ledger notes that it is handed over, and a folder holds it.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;

use uuid::Uuid;

use crate::certificate::bundle;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::project;
use crate::cli::settings::Settings;
use crate::config::Project;
use crate::confirm::declared::last_days;
use crate::domain::edi::Protocol;
use crate::domain::event::What;
use crate::domain::known::Known;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::domain::value::Fingerprint;
use crate::domain::x509::CertificateFile;
use crate::language::message;
use crate::ledger::Ledger;
use crate::plan::Plan;
use crate::plan::change::Action;
use crate::plan::change::Step;
use crate::plan::portal;
use crate::render::FORMAT_VERSION;
use crate::render::dossier;
use crate::render::dossier::model::Dossier;
use crate::render::dossier::screens::Files;
use crate::render::dossier::steps;
use crate::render::page::PageFault;

/// The folder of a dossier inside its project.
const FOLDER: &str = "dossier";

/// How much of a plan's fingerprint names its folder.
const SHORT: usize = 12;

/// An identity for something that the portal gives none.
pub(crate) fn identity() -> RemoteId {
    RemoteId::new(format!("P-{}", Uuid::new_v4().simple()))
}

/// What is handed over.
#[derive(Clone, Copy)]
pub(crate) struct Handing<'a> {
    /// The plan.
    pub(crate) plan: &'a Plan,
    /// Its project.
    pub(crate) project: &'a Project,
    /// What the ledger knew when it was made.
    pub(crate) known: &'a Known,
    /// The ledger, locked for this run.
    pub(crate) ledger: &'a Ledger,
    /// Whether this is all of the run: else its beginning and its end are in the ledger already.
    pub(crate) begins: bool,
}

/// Notes in the ledger that the steps of a person are handed over, and writes the dossier; `None` when there are none.
pub(crate) fn hand_over(
    handing: &Handing<'_>,
    directory: Option<&Path>,
    settings: &Settings,
) -> Result<Option<PathBuf>, Failure> {
    let Handing { plan, project, known, ledger, begins } = *handing;
    let steps = portal::steps(plan);
    if steps.is_empty() {
        return Ok(None);
    }
    let directory = directory.map_or_else(|| default_directory(plan, project), Path::to_owned);
    let (files, contents) = certificates(&steps, project, settings);
    let ground = steps::Ground {
        desired: &project.desired,
        known,
        files: &files,
        environment: &plan.environment,
    };
    let dossier = Dossier {
        format_version: FORMAT_VERSION.to_owned(),
        environment: plan.environment.clone(),
        stage: project.environment.stage.to_string(),
        plan: plan.fingerprint.clone(),
        made_on: project::today(settings).to_string(),
        steps: steps::of(&steps, &ground),
        last_steps: dossier::last_steps(&protocols(&steps)),
    };
    // Whole in a folder beside its place, before the ledger says that anybody has it.
    let parent = directory.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    let failed = |error: &std::io::Error| {
        let message =
            message!("could not write the dossier `{directory}`", directory = directory.display());
        Failure::new(Exit::Failed, message).because(error)
    };
    std::fs::create_dir_all(parent).map_err(|error| failed(&error))?;
    if directory.exists() && !directory.join("etapes.json").is_file() {
        let message = message!(
            "`{directory}` is there already and is no dossier",
            directory = directory.display()
        );
        return Err(Failure::new(Exit::Failed, message)
            .help(message!("name a folder that is not there yet, with `--dossier DIR`")));
    }
    let draft = tempfile::Builder::new()
        .prefix(".dossier-")
        .tempdir_in(parent)
        .map_err(|error| failed(&error))?;
    write(draft.path(), &dossier, &contents)?;
    let handed =
        portal::hand_over(&steps, plan, known, &last_days(&project.desired), &|_| identity());
    let started = What::RunStarted {
        environment: plan.environment.clone(),
        by: ledger.holder().by(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        plan: plan.fingerprint.clone(),
    };
    let ended = What::RunEnded { done: 0, failed: 0, waiting: steps.len() };
    let events = if begins {
        std::iter::once(started).chain(handed).chain([ended]).collect()
    } else {
        handed
    };
    ledger.append_all(events).map_err(|error| crate::cli::ledger::failure(&error))?;
    let draft = draft.keep();
    readable(&draft).map_err(|error| failed(&error))?;
    let old = parent.join(format!("{}.old", draft.file_name().unwrap_or_default().display()));
    if directory.exists() {
        std::fs::rename(&directory, &old).map_err(|error| failed(&error))?;
    }
    std::fs::rename(&draft, &directory).map_err(|error| failed(&error))?;
    if old.exists() {
        std::fs::remove_dir_all(&old).map_err(|error| failed(&error))?;
    }
    Ok(Some(directory))
}

fn default_directory(plan: &Plan, project: &Project) -> PathBuf {
    let short = plan.fingerprint.get(..SHORT).unwrap_or(&plan.fingerprint);
    project.root.join(FOLDER).join(&plan.environment).join(short)
}

/// Writes all files of a dossier into an empty folder.
fn write(
    folder: &Path,
    dossier: &Dossier,
    certificates: &BTreeMap<String, Vec<u8>>,
) -> Result<(), Failure> {
    let page = |error: PageFault| {
        Failure::new(Exit::Bug, message!("could not write a page of the dossier")).because(&error)
    };
    let table = |error: csv::Error| {
        Failure::new(Exit::Bug, message!("could not write the table of the dossier"))
            .because(&error)
    };
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::from([
        ("index.html".to_owned(), dossier::html(dossier).map_err(page)?.into_bytes()),
        ("dossier.md".to_owned(), dossier::markdown(dossier).map_err(page)?.into_bytes()),
        ("etapes.csv".to_owned(), dossier::csv(dossier).map_err(table)?),
        ("etapes.json".to_owned(), output::json_text(dossier)?.into_bytes()),
    ]);
    files.extend(certificates.iter().map(|(path, content)| (path.clone(), content.clone())));
    for (name, content) in files {
        let path = folder.join(&name);
        let written = path
            .parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| std::fs::write(&path, content));
        written.map_err(|error| {
            Failure::new(Exit::Failed, message!("could not write `{name}` of the dossier", name))
                .because(&error)
        })?;
    }
    Ok(())
}

/// A temporary folder is for its owner alone; a dossier is for whoever may read the project.
#[cfg(unix)]
fn readable(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn readable(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

fn requests<'a>(steps: &[&'a Step]) -> impl Iterator<Item = &'a Request> {
    let requests = steps.iter().filter_map(|step| match &step.action {
        Action::Send { request, .. } => Some(request),
        _ => None,
    });
    requests.collect::<Vec<_>>().into_iter()
}

/// The protocols of the sheets that are made.
fn protocols(steps: &[&Step]) -> std::collections::BTreeSet<Protocol> {
    requests(steps)
        .filter_map(|request| match request {
            Request::CreateEdi { sheet } => Some(sheet.settings.network.protocol()),
            _ => None,
        })
        .collect()
}

/// The certificates that are uploaded: PKCS#7 with the whole chain where it is known, else the file as it is declared.
fn certificates(
    steps: &[&Step],
    project: &Project,
    settings: &Settings,
) -> (Files, BTreeMap<String, Vec<u8>>) {
    let used: std::collections::BTreeSet<&Fingerprint> = requests(steps)
        .filter_map(|request| match request {
            Request::CreateEdi { sheet } => Some(&sheet.settings),
            Request::FinaliseEdi { settings, .. } | Request::UpdateEdi { settings, .. } => {
                Some(settings)
            }
            _ => None,
        })
        .flat_map(|settings| settings.certificates.values().map(|used| &used.fingerprint))
        .collect();
    let (mut files, mut contents) = (Files::new(), BTreeMap::new());
    for (address, declared) in &project.desired.certificates {
        if !used.contains(&declared.fingerprint) || files.contains_key(&declared.fingerprint) {
            continue;
        }
        let file = project.desired.certificate_files.get(&declared.file);
        let whole = file.and_then(|file| with_chain(file, project, settings));
        let extension = match &whole {
            Some(_) => "p7b",
            None => declared.file.rsplit('.').next().unwrap_or("p7b"),
        };
        let path = format!("certificats/{}-{}.{extension}", address.entity(), address.key());
        contents.insert(path.clone(), whole.unwrap_or_else(|| declared.content.to_vec()));
        files.insert(declared.fingerprint.clone(), path);
    }
    (files, contents)
}

fn with_chain(file: &CertificateFile, project: &Project, settings: &Settings) -> Option<Vec<u8>> {
    let leaf = file.leaf()?;
    let index = file.certificates.iter().position(|one| one.fingerprint == leaf.fingerprint)?;
    let (members, gap) = bundle::chain(file, index, project::today(settings), &project.knowledge);
    if gap.is_some() {
        return None;
    }
    bundle::pkcs7(members.iter().filter_map(|index| file.get(*index)))
}
