//! What a person did or saw at the portal: read from what was typed, checked, and turned into events of the ledger.
//!
//! Pure. [`table`] reads tables, [`words`] knows the portal's words and our headers, [`decide`] holds what was told against
//! what the ledger knows: which resource is meant (`meant`), whether it can be so (`check`), and what is [`declared`] of it.

mod check;
pub(crate) mod decide;
pub(crate) mod declared;
mod meant;
pub(crate) mod table;
#[cfg(test)]
mod tests;
pub(crate) mod words;

use jiff::civil::Date;

use crate::domain::address::Address;
use crate::language::Message;

/// What a person told about one resource, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// The line of the table, where there is one.
    pub(crate) line: Option<u64>,
    /// The resource, by its address.
    pub(crate) address: Option<Address>,
    /// The resource by its structure and name, where no address was told.
    pub(crate) named: Option<Named>,
    /// The step of a dossier.
    pub(crate) step: Option<String>,
    /// Whether it is there.
    pub(crate) absent: bool,
    /// Its status, in a word of the portal.
    pub(crate) status: Option<String>,
    /// Its application code.
    pub(crate) code: Option<String>,
    /// The login of an account.
    pub(crate) login: Option<String>,
    /// The day of the look.
    pub(crate) date: Option<Date>,
    /// Its protocol, as a list of the portal shows it.
    pub(crate) protocol: Option<String>,
    /// First day of validity.
    pub(crate) valid_from: Option<Date>,
    /// Last day of validity.
    pub(crate) valid_until: Option<Date>,
    /// Whether only what is told differs from what is known: a step that is in hand was not done.
    pub(crate) as_known: bool,
}

/// A resource as a list of the portal names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Named {
    /// The text of the structure: its name, its SIRET, or both.
    pub(crate) structure: Option<String>,
    /// The exchange system.
    pub(crate) exchange_system: Option<String>,
    /// The name of the sheet, or its PISTE application.
    pub(crate) name: Option<String>,
}

/// Something that cannot be taken as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The line of the table, where there is one.
    pub(crate) line: Option<u64>,
    /// What was found, and what was expected.
    pub(crate) message: Message,
    /// What to do.
    pub(crate) help: Option<Message>,
}

impl Fault {
    /// A fault of a line.
    pub(crate) fn new(line: Option<u64>, message: impl Into<Message>) -> Self {
        Self { line, message: message.into(), help: None }
    }

    /// Says what to do.
    pub(crate) fn help(mut self, help: impl Into<Message>) -> Self {
        self.help = Some(help.into());
        self
    }
}
