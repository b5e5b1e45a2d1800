//! What exists at Chorus Pro, as files of ours. Pure: values in, texts and events out.
//!
//! [`mod@observed`] takes what a gateway shows, [`table`] what a person pasted or exported; both make an [`entity`], which
//! [`yaml`] writes. [`sirets`] reads lists of structures. What cannot be declared is told, never bent.

pub(crate) mod entity;
pub(crate) mod name;
pub(crate) mod observed;
pub(crate) mod sheet;
pub(crate) mod sirets;
pub(crate) mod table;
#[cfg(test)]
mod tests;
pub(crate) mod yaml;

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::Date;

use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::applied::Noted;
use crate::domain::applied::Values;
use crate::domain::certificate::CertificateFacts;
use crate::domain::edi::Slot;
use crate::domain::event::Making;
use crate::domain::event::What;
use crate::domain::observed::RemoteId;
use crate::domain::siret::Siret;
use crate::domain::value::Fingerprint;
use crate::language::Message;

/// What an import makes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Imported {
    /// One file for each structure, by its path.
    pub(crate) files: Vec<Written>,
    /// What was found and is in no file, or was asked for and not found.
    pub(crate) left: Vec<Left>,
    /// What a person should know besides.
    pub(crate) notices: Vec<Message>,
}

/// The file of one structure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    /// The entity.
    pub(crate) entity: String,
    /// Its structure.
    pub(crate) siret: Siret,
    /// Path in the project.
    pub(crate) path: String,
    /// Its text.
    pub(crate) text: String,
    /// The same with its remarks in each language: a run that wrote it may have spoken the other one.
    pub(crate) texts: [String; 2],
    /// Whether the project declares the structure already: then its file has to be this one.
    pub(crate) declared: bool,
    /// How many resources it declares, by kind.
    pub(crate) counts: BTreeMap<Kind, usize>,
    /// How many values a person has to fill in.
    pub(crate) todos: usize,
    /// Certificate files that are not in the project yet.
    pub(crate) wanted: Vec<Wanted>,
    /// Certificate files to copy into the project: from where, to which path.
    pub(crate) copies: Vec<(PathBuf, String)>,
    /// What becomes ours with it.
    pub(crate) adoptions: Vec<Adoption>,
}

impl Written {
    /// Whether a file is this one, in any language.
    pub(crate) fn is(&self, file: &[u8]) -> bool {
        self.texts.iter().any(|text| text.as_bytes() == file)
    }
}

/// A certificate of which only the fingerprint is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Where its file belongs.
    pub(crate) path: String,
    /// SHA-256 of the certificate; `None` where not even that is known.
    pub(crate) fingerprint: Option<Fingerprint>,
    /// Its last day, when told.
    pub(crate) not_after: Option<Date>,
}

/// Something that exists and is ours from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Adoption {
    /// The resource.
    pub(crate) address: Address,
    /// The sheet or account.
    pub(crate) target: RemoteId,
    /// What it is.
    pub(crate) making: Making,
    /// Its application code, or for an account its login.
    pub(crate) code: Option<String>,
    /// The status of a sheet, in the portal's word.
    pub(crate) status: Option<String>,
    /// The certificates that it holds, as far as their files are there.
    pub(crate) certificates: BTreeMap<Slot, CertificateFacts>,
    /// The values that were found there.
    pub(crate) values: Values,
}

impl Adoption {
    /// The event that says so.
    pub(crate) fn event(self) -> What {
        let Self { address, target, making, code, status, certificates, values } = self;
        What::Adopted {
            address,
            target,
            making,
            application_code: code,
            status,
            certificates,
            values: Noted::of(&values),
        }
    }
}

/// What is in no file, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Left {
    /// Its structure, when known.
    pub(crate) siret: Option<Siret>,
    /// Its identity at Chorus Pro or its place in a table; `None` for a structure as a whole.
    pub(crate) id: Option<Message>,
    /// Its name.
    pub(crate) name: Option<String>,
    /// Why.
    pub(crate) why: Message,
}
