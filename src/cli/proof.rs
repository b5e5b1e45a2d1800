//! The report that `apply --report` writes: begun before the run, with what git says of the files; written when it has ended.

use std::ffi::OsStr;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use jiff::Timestamp;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ledger;
use crate::cli::output;
use crate::cli::saved;
use crate::cli::settings::Settings;
use crate::cli::whole;
use crate::cli::whole::Existing;
use crate::cli::whole::Readers;
use crate::config::Project;
use crate::domain::environment::LedgerPlace;
use crate::language::in_english;
use crate::language::message;
use crate::language::tr;
use crate::ledger::Ledger;
use crate::ledger::proof;
use crate::plan::Plan;
use crate::render::FORMAT_VERSION;
use crate::render::plan::json::PlanJson;
use crate::render::proof::html;
use crate::render::proof::json::CommitJson;
use crate::render::proof::json::LedgerProofJson;
use crate::render::proof::json::ProofJson;
use crate::render::report::json::ReportJson;
use crate::render::report::model::Report;

/// How many files that differ from the commit are named.
const NAMED: usize = 100;

/// What is known before a run whose report is wanted.
#[derive(Debug)]
pub(crate) struct Proof {
    files: Vec<PathBuf>,
    commit: Option<CommitJson>,
    began: Timestamp,
}

/// How a run ended.
#[derive(Clone, Copy)]
pub(crate) struct Ended<'a> {
    /// The plan.
    pub(crate) plan: &'a Plan,
    /// What was done.
    pub(crate) report: &'a Report,
    /// The ledger, for the run.
    pub(crate) ledger: &'a Ledger,
    /// How the run ends.
    pub(crate) exit: Exit,
}

impl Proof {
    /// Makes sure that the `files` can be written; `saved` is the plan, if it was saved. Nothing when none is wanted.
    pub(crate) fn begin(
        files: &[PathBuf],
        saved: Option<&Path>,
        project: &Project,
        settings: &Settings,
    ) -> Result<Option<Self>, Failure> {
        if files.is_empty() {
            return Ok(None);
        }
        for file in files {
            let folder = whole::directory_of(file);
            let why = if !folder.is_dir() {
                message!("there is no folder `{folder}`", folder = folder.display())
            } else if file.is_dir() {
                message!("it is a folder")
            } else {
                continue;
            };
            let message = message!(
                "the report cannot be written to `{file}`, and nothing was changed: {why}",
                file = file.display(),
                why
            );
            return Err(Failure::new(Exit::Failed, message)
                .help(message!("name a file in a folder that is there, with `--report FILE`")));
        }
        let mut own: Vec<PathBuf> = files.to_vec();
        own.extend(saved.map(Path::to_owned));
        if let LedgerPlace::File(path) = &project.environment.ledger {
            own.push(project.root.join(path));
        }
        let commit = commit(&project.root, &own);
        Ok(Some(Self { files: files.to_vec(), commit, began: settings.now() }))
    }

    /// Writes the report of a run.
    pub(crate) fn end(
        &self,
        ended: Ended<'_>,
        project: &Project,
        settings: &Settings,
    ) -> Result<(), Failure> {
        let Ended { plan, report, ledger, exit } = ended;
        let run = ledger.run();
        let place = ledger::here(project)?;
        let (log, unread) = match crate::ledger::read(&place) {
            Ok(log) => (log.events, None),
            Err(error) => (Vec::new(), Some(in_english(|| error.to_string()))),
        };
        let events = LedgerProofJson::of(&proof::of_run(&log, run), unread).map_err(|error| {
            Failure::new(Exit::Bug, message!("could not write the events of the run"))
                .because(&error)
        })?;
        let (project_name, ended_at) = (saved::project_name(project)?, settings.now().to_string());
        // A page is in the language of the run; what machines read is English.
        let proof = || ProofJson {
            format_version: FORMAT_VERSION.to_owned(),
            raccord: env!("CARGO_PKG_VERSION").to_owned(),
            project: project_name.clone(),
            environment: project.environment.name.clone(),
            stage: project.environment.stage.to_string(),
            run: run.to_owned(),
            by: ledger.holder().by(),
            commit: self.commit.clone(),
            started_at: self.began.to_string(),
            ended_at: ended_at.clone(),
            exit_code: exit.code(),
            plan: PlanJson::of(plan, &project.sources),
            result: ReportJson::of(report),
            ledger: events.clone(),
        };
        for file in &self.files {
            let is_page = file.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("html"));
            let text = if is_page {
                html::render(&proof()).map_err(|error| {
                    Failure::new(Exit::Bug, message!("could not write the report as a page"))
                        .because(&error)
                })?
            } else {
                output::json_text(&in_english(proof))?
            };
            whole::write(file, text.as_bytes(), Existing::Replace, Readers::Owner).map_err(
                |error| {
                    let message = message!(
                        "the run has ended, and its report could not be written to `{file}`",
                        file = file.display()
                    );
                    Failure::new(Exit::Failed, message).because(&error)
                },
            )?;
            if !settings.quiet {
                output::say(&tr!("report: {path}\n", path = file.display()));
            }
        }
        Ok(())
    }
}

/// What git says of the files below a folder, without `own`, which raccord writes itself; `None` where it knows nothing.
fn commit(root: &Path, own: &[PathBuf]) -> Option<CommitJson> {
    let top = PathBuf::from(git(root, &["rev-parse", "--show-toplevel"])?.trim_end_matches('\n'));
    let id = git(root, &["rev-parse", "--verify", "--quiet", "HEAD"]);
    let status = git(
        root,
        &["status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--", "."],
    )?;
    // Files that are not there yet have a folder that is.
    let whole_path = |path: &Path| {
        let folder = whole::directory_of(path).canonicalize().ok()?;
        Some(folder.join(path.file_name()?))
    };
    let own: Vec<PathBuf> = own.iter().filter_map(|path| whole_path(path)).collect();
    let changed = status.split('\0').filter_map(|entry| entry.get(3..));
    let changed: Vec<String> = changed
        .filter(|path| whole_path(&top.join(path)).is_none_or(|path| !own.contains(&path)))
        .map(str::to_owned)
        .collect();
    Some(CommitJson {
        id: id.map(|id| id.trim_end_matches('\n').to_owned()),
        dirty: !changed.is_empty(),
        changed: changed.into_iter().take(NAMED).collect(),
    })
}

/// What git wrote; `None` when it refused, or is not there. It changes nothing, not even its index.
fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments.iter().map(OsStr::new))
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}
