//! Whose certificates are known to a run: the embedded lists, what a project adds, and what was named by options.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::certificate;
use crate::certificate::Knowledge;
use crate::certificate::refusal::READABLE_BYTES;
use crate::certificate::refusal::Refusal;
use crate::cli::commands::certificates::args::TrustArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::settings::Settings;
use crate::config;
use crate::domain::policy::Policy;
use crate::domain::x509::CertificateFile;
use crate::language::message;
use crate::language::tr;

/// Why a file gives no certificates.
pub(crate) enum Unread {
    /// It holds none that could be used.
    Refused(Refusal),
    /// It could not be read.
    Unreadable(std::io::Error),
}

/// What is known, and how the project wants certificates judged.
pub(crate) fn trust(
    arguments: &TrustArgs,
    settings: &Settings,
) -> Result<(Knowledge, Policy), Failure> {
    let here = Path::new(".");
    let project = match &arguments.project {
        Some(project) => Some(project.as_path()),
        None => Some(here).filter(|here| here.join(config::load::MANIFEST).exists()),
    };
    let (mut knowledge, policy) = match project {
        None => (Knowledge::default(), Policy::default()),
        Some(project) => {
            let trust = config::trust(project).map_err(|error| {
                Failure::new(Exit::Failed, message!("could not read the project"))
                    .because(&error)
                    .help(error.help())
            })?;
            if trust.faulty && !settings.quiet {
                output::say(&tr!(
                    "notice: `raccord.yaml` has faults, so what it says about authorities may be missing; `raccord validate` shows them\n"
                ));
            }
            (trust.knowledge, trust.policy)
        }
    };
    for path in &arguments.authority {
        add_authorities(&mut knowledge, path)?;
    }
    Ok((knowledge, policy))
}

/// Adds the authorities of a file.
fn add_authorities(knowledge: &mut Knowledge, path: &Path) -> Result<(), Failure> {
    let shown = path.display().to_string();
    for one in required(path, knowledge)?.certificates {
        if !one.is_authority() {
            let message = message!(
                "`{shown}` holds the certificate of `{subject}`, which is no authority's",
                shown,
                subject = one.subject.short()
            );
            let help = message!("keep only the certificates of authorities in the file");
            return Err(Failure::new(Exit::Failed, message).help(help));
        }
        knowledge.add_authority_of(Arc::clone(&one), &shown);
    }
    Ok(())
}

/// Adds revocation lists.
pub(crate) fn add_revocation_lists(
    knowledge: &mut Knowledge,
    paths: &[PathBuf],
) -> Result<(), Failure> {
    for path in paths {
        let shown = path.display();
        let bytes = bytes(path).map_err(|error| unread(path, &Unread::Unreadable(error)))?;
        if !knowledge.add_revocation_list(&bytes) {
            let message = message!("found no revocation list in `{shown}`", shown);
            return Err(Failure::new(Exit::Failed, message).help(message!(
                "fetch the list again from the address that the certificate names"
            )));
        }
    }
    Ok(())
}

/// The certificates of a file without which nothing can be done.
pub(crate) fn required(path: &Path, knowledge: &Knowledge) -> Result<CertificateFile, Failure> {
    read(path, knowledge).map_err(|why| unread(path, &why))
}

/// The certificates of a file.
pub(crate) fn read(path: &Path, knowledge: &Knowledge) -> Result<CertificateFile, Unread> {
    let bytes = bytes(path).map_err(Unread::Unreadable)?;
    certificate::read(&path.to_string_lossy(), &bytes, knowledge).map_err(Unread::Refused)
}

/// The bytes of a file; one that is too large to be looked at is read until that is sure.
fn bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = u64::try_from(READABLE_BYTES).unwrap_or(u64::MAX);
    File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Why a file that is needed cannot be used.
fn unread(path: &Path, why: &Unread) -> Failure {
    let shown = path.display();
    match why {
        Unread::Unreadable(error) => {
            Failure::new(Exit::Failed, message!("could not read `{path}`", path = shown))
                .because(error)
        }
        Unread::Refused(refusal) => Failure::new(
            Exit::Failed,
            message!("`{shown}` cannot be used: {refusal}", shown, refusal),
        )
        .help(refusal.help()),
    }
}
