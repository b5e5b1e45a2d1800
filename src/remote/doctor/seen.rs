//! What a doctor asks for, and what was seen: no judgement, and nothing secret.

use jiff::SignedDuration;

use crate::domain::environment::Stage;
use crate::domain::siret::Siret;
use crate::language::Message;
use crate::remote::error::RemoteError;
use crate::remote::http::lost::Lost;

/// What to look at.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    /// What the environment is for.
    pub(crate) stage: Stage,
    /// The declared structures.
    pub(crate) structures: Vec<Declared>,
    /// The declared API connections: structure and PISTE application.
    pub(crate) applications: Vec<(Siret, String)>,
    /// Whether there is a gateway to ask too.
    pub(crate) has_gateway: bool,
    /// The four secrets as they were found.
    pub(crate) secrets: Vec<SecretSeen>,
}

/// A declared structure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Declared {
    /// Its SIRET.
    pub(crate) siret: Siret,
    /// Whether a technical account is declared for it.
    pub(crate) has_account: bool,
    /// Whether its EDI flags are declared, which the register of organisations changes.
    pub(crate) has_flags: bool,
}

/// Which secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Identifier of the PISTE application.
    ClientId,
    /// Its secret.
    ClientSecret,
    /// Login of the technical account.
    Account,
    /// Its password.
    Password,
}

impl Part {
    /// Its key in `piste`.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::ClientId => "client_id",
            Self::ClientSecret => "client_secret",
            Self::Account => "account",
            Self::Password => "password",
        }
    }
}

/// A secret as it was found.
#[derive(Clone, Debug)]
pub(crate) struct SecretSeen {
    /// Which one.
    pub(crate) part: Part,
    /// Where it comes from, in words.
    pub(crate) place: Message,
    /// What is odd about it, or why it is missing.
    pub(crate) found: Result<Option<Oddity>, Missing>,
}

/// Why a secret could not be read.
#[derive(Clone, Debug)]
pub(crate) struct Missing {
    /// What was found.
    pub(crate) reason: Message,
    /// What to do.
    pub(crate) help: Message,
}

/// What makes a secret look wrong, without showing any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Oddity {
    /// It begins or ends with a blank or a line end.
    Blank,
    /// It stands between quotes.
    Quoted,
    /// A login with a colon, at which the header `cpro-account` is divided.
    Colon,
}

impl Oddity {
    /// Looks at a secret.
    pub(crate) fn of(part: Part, text: &str) -> Option<Self> {
        let quoted =
            |quote: char| text.len() > 1 && text.starts_with(quote) && text.ends_with(quote);
        if text.trim() != text {
            Some(Self::Blank)
        } else if quoted('"') || quoted('\'') {
            Some(Self::Quoted)
        } else if part == Part::Account && text.contains(':') {
            Some(Self::Colon)
        } else {
            None
        }
    }
}

/// A host.
#[derive(Clone, Debug)]
pub(crate) struct HostSeen {
    /// What it is for: `oauth_url`, `api_url` or `gateway`.
    pub(crate) role: &'static str,
    /// Its name, with its port.
    pub(crate) host: String,
    /// Whether a proxy of the environment stands before it.
    pub(crate) has_proxy: bool,
    /// How far its clock is ahead of ours, where it told; or why it did not answer.
    pub(crate) answered: Result<Option<SignedDuration>, Lost>,
}

/// A family of the API, to which an application subscribes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// Users and their attachments.
    Users,
    /// Structures.
    Structures,
    /// Health, directory.
    Transverse,
    /// The register of organisations.
    Organisations,
}

impl Family {
    /// Its name in the catalogue of PISTE.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Users => "Utilisateurs",
            Self::Structures => "Structures",
            Self::Transverse => "Transverses",
            Self::Organisations => "Référentiel des organisations",
        }
    }
}

/// What came of a call that only asks.
#[derive(Clone, Debug)]
pub(crate) struct CallSeen {
    /// The family that it belongs to.
    pub(crate) family: Family,
    /// Method and path.
    pub(crate) route: String,
    /// What came back.
    pub(crate) outcome: Outcome,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was let through: HTTP 200, whatever it says inside, or a refusal by Chorus Pro itself.
    Through,
    /// HTTP 401, three times with new tokens, and the realm that came with it.
    NotKnown {
        /// `PISTE` for a route that exists, `DefaultRealm` for another.
        realm: Option<String>,
    },
    /// HTTP 403, and what stood in its body: mostly nothing.
    NotAllowed {
        /// The service's words.
        message: Option<String>,
    },
    /// HTTP 404: the gateway has no such API.
    NoSuchRoute,
    /// Anything else.
    Trouble(RemoteError),
}

/// How a declared structure stands with the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Attachment {
    /// Attached.
    Attached,
    /// Asked for, not yet accepted.
    Pending,
    /// The request was refused.
    Refused,
    /// The attachment was deactivated or removed; the word that says so.
    Ended(String),
    /// A word that we don't know.
    Unrecognized(String),
    /// The structure exists, and the account is not attached.
    Not,
    /// The structure exists and is inactive.
    Inactive,
    /// No such structure here.
    Absent,
    /// Not looked for: there are too many.
    NotLooked,
    /// It could not be looked for.
    Trouble(RemoteError),
}

/// A structure.
#[derive(Clone, Debug)]
pub(crate) struct StructureSeen {
    /// Its SIRET.
    pub(crate) siret: Siret,
    /// Its name at Chorus Pro.
    pub(crate) name: String,
    /// How it stands.
    pub(crate) attachment: Attachment,
    /// `dateExpirationMotPasseCompteTech` as it was told; `None` when it was not asked for or is not shown.
    pub(crate) expiry: Option<String>,
}

/// All that was seen.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Each host.
    pub(crate) hosts: Vec<HostSeen>,
    /// At which attempt a token was granted; `None` when it was not asked for.
    pub(crate) token: Option<Result<u32, RemoteError>>,
    /// How often a token is asked for at most.
    pub(crate) token_attempts: u32,
    /// One call to each family that is needed.
    pub(crate) calls: Vec<CallSeen>,
    /// What the health check says: all is well, or its own words; `None` when it gave none.
    pub(crate) health: Option<Result<(), String>>,
    /// Declared structures; `None` when the attachments could not be read.
    pub(crate) structures: Option<Vec<StructureSeen>>,
    /// PISTE applications of the API sheets on the gateway; `None` when there is none to ask.
    pub(crate) sheets: Option<Result<Vec<(Siret, String)>, RemoteError>>,
}
