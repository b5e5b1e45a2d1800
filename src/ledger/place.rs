//! `Place`: where a ledger is, with all that is needed to reach it.

use std::fmt;
use std::path::PathBuf;

use secrecy::SecretString;

use crate::domain::postgres_url::PostgresUrl;
use crate::language::tr;

/// Where a ledger is.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// A file.
    File(PathBuf),
    /// Tables in PostgreSQL.
    Database(Database),
}

/// A ledger in PostgreSQL.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    /// The database.
    pub(crate) url: PostgresUrl,
    /// The folder at which paths in the URL begin.
    pub(crate) root: PathBuf,
    /// The password, where one is needed.
    pub(crate) password: Option<SecretString>,
    /// The name of the project.
    pub(crate) project: String,
    /// The environment.
    pub(crate) environment: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Database(database) => database.fmt(f),
        }
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, root: _, password: _, project, environment } = self;
        f.write_str(&tr!("{url}, ledger {project}/{environment}", url, project, environment))
    }
}
