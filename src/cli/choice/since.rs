//! What changed since a revision of git: the project as it was is written to a folder of its own, read, and compared.
//!
//! Git writes the files as it would for a checkout, from an index of its own: nothing in the repository is touched.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::config;
use crate::config::Project;
use crate::domain::address::Address;
use crate::language::message;

/// The addresses among `all` at which something else is meant than at a revision.
pub(crate) fn changed(
    revision: &str,
    project: &Project,
    all: &BTreeSet<&Address>,
) -> Result<BTreeSet<Address>, Failure> {
    let folder = tempfile::tempdir().map_err(|error| {
        Failure::new(Exit::Failed, message!("could not make a temporary directory")).because(&error)
    })?;
    let files = folder.path().join("project");
    write_files(revision, &project.root, &files, &folder.path().join("index"))?;
    let before = config::load(&files, Some(&project.environment.name)).map_err(|error| {
        let message = message!("could not read the project as it was at `{revision}`", revision);
        Failure::new(Exit::Failed, message)
            .because(&error)
            .help(message!("name a revision at which the project and its environment exist"))
    })?;
    let differs = |address: &&Address| !project.desired.means_the_same(&before.desired, address);
    Ok(all.iter().copied().filter(differs).cloned().collect())
}

/// Writes the files of a folder as they were.
fn write_files(revision: &str, root: &Path, to: &Path, index: &Path) -> Result<(), Failure> {
    // What begins with `-` would be an option, and a line break is in no name.
    if revision.is_empty() || revision.starts_with('-') || revision.contains(char::is_control) {
        let message = message!("found `{revision}`, expected a revision of git", revision);
        return Err(Failure::new(Exit::Usage, message)
            .help(message!("for example `origin/main` or `HEAD~1`")));
    }
    let top = git(root, index, ["rev-parse", "--show-toplevel"])?.map_err(|said| {
        let failure = Failure::new(
            Exit::Failed,
            message!("`{root}` is in no git repository", root = root.display()),
        )
        .help(message!(
            "`--changed-since` compares with what git knows; use `--only` or `--sirets`"
        ));
        Failure { causes: vec![said.into()], ..failure }
    })?;
    let prefix = git(root, index, ["rev-parse", "--show-prefix"])?.unwrap_or_default();
    let commit = format!("{revision}^{{commit}}");
    let asked = ["rev-parse", "--verify", "--quiet", "--end-of-options", &commit];
    let Ok(commit) = git(root, index, asked)? else {
        return Err(unknown(revision, root, index)?);
    };
    let prefix = prefix.trim_end_matches('/');
    let tree = format!("{commit}:{prefix}");
    let into = format!("{}/", to.display());
    let top = Path::new(&top);
    let checkout = ["checkout-index", "--all", "--force", "--prefix", &into];
    let mut written = git(top, index, ["read-tree", &tree])?;
    if written.is_ok() {
        written = git(top, index, checkout)?;
    }
    written.map(|_| ()).map_err(|said| {
        let message = message!(
            "git has no folder `{prefix}` at `{revision}`, or could not write its files",
            prefix,
            revision
        );
        let failure = Failure::new(Exit::Failed, message)
            .help(message!("name a revision at which the project exists"));
        Failure { causes: vec![said.into()], ..failure }
    })
}

/// Why a revision is not there.
fn unknown(revision: &str, root: &Path, index: &Path) -> Result<Failure, Failure> {
    let shallow = git(root, index, ["rev-parse", "--is-shallow-repository"])?;
    let failure = Failure::new(
        Exit::Failed,
        message!("git knows no revision `{revision}` in this repository", revision),
    );
    Ok(if shallow.as_deref() == Ok("true") {
        failure.help(message!("the clone is shallow: fetch more of its past, `git fetch --unshallow`, or `fetch-depth: 0` in GitHub Actions"))
    } else {
        failure.help(message!("fetch it, or name another one, for example `origin/main`"))
    })
}

/// Runs git in a folder, with an index of our own; gives what it wrote, or what it said when it refused.
fn git<'a>(
    folder: &Path,
    index: &Path,
    arguments: impl IntoIterator<Item = &'a str>,
) -> Result<Result<String, String>, Failure> {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments.into_iter().map(OsStr::new))
        .env("GIT_INDEX_FILE", index)
        .env("GIT_TERMINAL_PROMPT", "0")
        .output()
        .map_err(|error| {
            Failure::new(Exit::Failed, message!("could not run `git`"))
                .because(&error)
                .help(message!("install git, or choose with `--only` or `--sirets`"))
        })?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end_matches('\n').to_owned();
    Ok(if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) })
}
