//! Environments: where a plan is made for, and how that place is reached.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde::Serialize;

use crate::domain::postgres_url::PostgresUrl;
use crate::domain::recipient::Recipient;
use crate::domain::value::WebUrl;
use crate::language::tr;

/// What an environment is for; drives the rules (SIRET checksum, certificates).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Stage {
    /// The embedded simulator: fictitious data, so the rules of qualification.
    Simulator,
    /// Tests with fictitious data.
    Qualification,
    /// Real data.
    Production,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Simulator => "simulator",
            Self::Qualification => "qualification",
            Self::Production => "production",
        })
    }
}

/// Where a secret is found. The secret itself is read late, and never kept in our own values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SecretRef {
    /// An environment variable.
    Env(String),
    /// A file.
    File(String),
    /// The output of a command, run by the shell.
    Command(String),
}

impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => f.write_str(&tr!("the environment variable `{name}`", name)),
            Self::File(path) => f.write_str(&tr!("the file `{path}`", path)),
            Self::Command(_) => f.write_str(&tr!("the output of a command")),
        }
    }
}

/// What lies on the way to PISTE in some networks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Passage {
    /// The proxy; without one, that of the system.
    pub(crate) proxy: Option<WebUrl>,
    /// Certificates of authorities that are trusted beside the system's, in PEM.
    pub(crate) authorities: Option<Arc<[u8]>>,
}

/// How PISTE is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piste {
    /// Where tokens are given.
    pub(crate) oauth_url: WebUrl,
    /// Base of the API, without `/cpro`.
    pub(crate) api_url: WebUrl,
    /// Identifier of the PISTE application.
    pub(crate) client_id: SecretRef,
    /// Its secret.
    pub(crate) client_secret: SecretRef,
    /// Login of the technical account.
    pub(crate) account: SecretRef,
    /// Its password.
    pub(crate) password: SecretRef,
    /// What lies on the way.
    pub(crate) passage: Passage,
}

/// Who carries out the steps on connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Connections {
    /// The embedded simulator.
    Simulator,
    /// A service that speaks our gateway contract.
    Gateway {
        /// Its base, without `/raccordements/v1`.
        url: WebUrl,
    },
    /// A person at the portal.
    Portal,
}

/// Where passwords that are shown once are put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PasswordSink {
    /// Private files in a folder, one for each account.
    Directory(String),
    /// The standard input of a command, run by the shell.
    Command(String),
    /// Files encrypted with age.
    Age {
        /// Public keys.
        recipients: Vec<Recipient>,
        /// Where the files go.
        directory: String,
    },
}

/// Where a ledger is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LedgerPlace {
    /// A file of the project.
    File(String),
    /// Tables in PostgreSQL.
    Postgres {
        /// The database.
        url: PostgresUrl,
        /// Its password, where that does not come from the environment.
        password: Option<SecretRef>,
        /// The name under which the database knows the project.
        project: String,
    },
}

impl fmt::Display for LedgerPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.write_str(path),
            Self::Postgres { url, .. } => url.fmt(f),
        }
    }
}

/// The channel that carries out a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Channel {
    /// The official API.
    Piste,
    /// The gateway contract.
    Gateway,
    /// A person at the portal.
    Portal,
    /// Only the ledger is written.
    Ledger,
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Piste => "piste",
            Self::Gateway => "gateway",
            Self::Portal => "portal",
            Self::Ledger => "ledger",
        })
    }
}

/// An environment, as meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Environment {
    /// Its name.
    pub(crate) name: String,
    /// What it is for.
    pub(crate) stage: Stage,
    /// How PISTE is reached; `None` for the embedded simulator.
    pub(crate) piste: Option<Piste>,
    /// Who carries out the steps on connections.
    pub(crate) connections: Connections,
    /// Where passwords go.
    pub(crate) password_sink: Option<PasswordSink>,
    /// Where the ledger is.
    pub(crate) ledger: LedgerPlace,
    /// The shortest time between two requests; `None` for no limit.
    pub(crate) interval: Option<std::time::Duration>,
}
