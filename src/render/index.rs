//! What `certificates index` did, and a line of the index, as JSON.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

use crate::config::SharedIndex;
use crate::config::index::IndexLine;
use crate::render::FORMAT_VERSION;

/// What the index that projects share holds of this one, and what it lacked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Result of `raccord certificates index`")]
pub(crate) struct IndexJson {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    pub(crate) format_version: String,
    /// The file of the index, from the project.
    pub(crate) index: String,
    /// The name of this project in it.
    pub(crate) project: String,
    /// Whether it held the lines of this project, and no others of it.
    pub(crate) up_to_date: bool,
    /// How many lines this project has.
    pub(crate) lines: usize,
    /// The lines that were missing.
    pub(crate) added: Vec<IndexLineJson>,
    /// The lines that this project no longer has.
    pub(crate) removed: Vec<IndexLineJson>,
}

/// One line of the index: a sheet of a project holds a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Line of the index of certificates")]
pub(crate) struct IndexLineJson {
    /// SHA-256 of the certificate, 64 hexadecimal digits in lower case.
    pub(crate) sha256: String,
    /// SHA-256 of its public key (SubjectPublicKeyInfo, DER).
    pub(crate) key_sha256: String,
    /// The project, by the name that it gives itself.
    pub(crate) project: String,
    /// Its environment.
    pub(crate) environment: String,
}

impl IndexJson {
    /// Compares the lines that shall be there with those that were.
    pub(crate) fn of(
        shared: &SharedIndex,
        own: &BTreeSet<IndexLine>,
        before: &BTreeSet<IndexLine>,
    ) -> Self {
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            index: shared.path.clone(),
            project: shared.project.clone(),
            up_to_date: own == before,
            lines: own.len(),
            added: own.difference(before).map(IndexLineJson::of).collect(),
            removed: before.difference(own).map(IndexLineJson::of).collect(),
        }
    }
}

impl IndexLineJson {
    fn of(line: &IndexLine) -> Self {
        let IndexLine { sha256, key_sha256, project, environment } = line.clone();
        Self {
            sha256: sha256.to_string(),
            key_sha256: key_sha256.to_string(),
            project,
            environment,
        }
    }
}
