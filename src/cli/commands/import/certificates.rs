//! The certificate files that somebody has: those of the project, and those of the folders that were named.

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;

use crate::certificate;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::config::Project;
use crate::domain::certificate::CertificateFacts;
use crate::domain::value::Fingerprint;
use crate::import::observed::File;
use crate::language::message;

/// The project's own folder of certificates.
const FOLDER: &str = "certificates";

/// How many files are looked at in one folder.
const FILES: usize = 20_000;

/// Every certificate that is found, by its fingerprint. What is in the project comes first.
pub(super) fn found(
    project: &Project,
    folders: &[PathBuf],
) -> Result<BTreeMap<Fingerprint, File>, Failure> {
    let mut found = BTreeMap::new();
    let own = project.root.join(FOLDER);
    if own.is_dir() {
        for path in files(&own)? {
            let inside = path.strip_prefix(&project.root).ok().and_then(|path| {
                let parts: Option<Vec<&str>> = path.iter().map(|part| part.to_str()).collect();
                Some(parts?.join("/"))
            });
            if inside.is_some() {
                add(&mut found, project, path, inside);
            }
        }
    }
    for folder in folders {
        for path in files(folder)? {
            add(&mut found, project, path, None);
        }
    }
    Ok(found)
}

/// Adds the certificate of a file, where it is the first with it. What is no certificate is no matter here.
fn add(
    found: &mut BTreeMap<Fingerprint, File>,
    project: &Project,
    path: PathBuf,
    inside: Option<String>,
) {
    let small = path.metadata().is_ok_and(|facts| facts.len() <= certificate::BYTES as u64);
    let Some(bytes) = small.then(|| std::fs::read(&path).ok()).flatten() else { return };
    let shown = path.display().to_string();
    let Ok(file) = certificate::read(&shown, &bytes, &project.knowledge) else { return };
    let Some(leaf) = file.leaf() else { return };
    found.entry(leaf.fingerprint.clone()).or_insert_with(|| File {
        path: inside,
        elsewhere: path,
        facts: CertificateFacts::of(leaf),
    });
}

/// The files of a folder and those below it that may be certificates, in order. Links are not followed.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let failed = |error: std::io::Error| {
            Failure::new(
                Exit::Failed,
                message!("could not look into `{folder}`", folder = folder.display()),
            )
            .because(&error)
        };
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let kind = entry.file_type().map_err(failed)?;
            let path = entry.path();
            let extension = path.extension().and_then(|text| text.to_str()).unwrap_or_default();
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file()
                && certificate::EXTENSIONS.contains(&extension.to_ascii_lowercase().as_str())
            {
                found.push(path);
            }
        }
        if found.len() > FILES {
            return Err(Failure::new(
                Exit::Failed,
                message!(
                    "more than {FILES} certificate files are in `{folder}`",
                    FILES,
                    folder = folder.display()
                ),
            )
            .help(message!("name a folder with fewer files")));
        }
    }
    found.sort();
    Ok(found)
}
