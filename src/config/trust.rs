//! `trust`: what a project says about certificates, without reading its entities.

use std::path::Path;

use crate::certificate::Knowledge;
use crate::config::files::Files;
use crate::config::load::LoadError;
use crate::config::load::MANIFEST;
use crate::config::load::documents;
use crate::config::load::project_manifest;
use crate::config::manifest::reader::Reader;
use crate::config::origin::Origin;
use crate::config::secret::private_keys;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Sources;
use crate::domain::policy::Policy;

/// What a project says about certificates.
#[derive(Debug)]
pub(crate) struct Trust {
    /// The lists of authorities and policies, with what the project adds.
    pub(crate) knowledge: Knowledge,
    /// How certificates are judged.
    pub(crate) policy: Policy,
    /// Whether its file has faults, so that something may be missing.
    pub(crate) faulty: bool,
}

/// Reads `raccord.yaml` of a folder, and the authorities and revocation lists that it names.
pub(crate) fn trust(directory: &Path) -> Result<Trust, LoadError> {
    if !directory.is_dir() {
        return Err(LoadError::NoDirectory(directory.to_owned()));
    }
    if !directory.join(MANIFEST).exists() {
        return Err(LoadError::NoManifest(directory.to_owned()));
    }
    let mut files = Files::new(directory.to_owned());
    let (mut sources, mut diagnostics, mut secrets) = (Sources::default(), Vec::new(), Vec::new());
    let found = documents(&mut files, MANIFEST, &mut sources, &mut diagnostics);
    private_keys(found.file, &sources, &mut diagnostics, &mut secrets);
    let origin = Origin::File(found.file);
    let mut reader = Reader { origin, diagnostics: &mut diagnostics, secrets: &mut secrets };
    let manifest = project_manifest(&found, &mut reader);
    let manifest = manifest.as_ref();
    let policy = reader.policy(manifest.and_then(|manifest| manifest.policy.as_ref()));
    let catalogue = manifest.and_then(|manifest| manifest.catalogue.as_ref());
    let knowledge = reader.knowledge(catalogue, &mut files);
    let faulty = diagnostics.iter().any(Diagnostic::is_error);
    Ok(Trust { knowledge, policy, faulty })
}
