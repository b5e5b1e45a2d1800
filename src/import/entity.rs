//! An entity as it will be written: values that were found, and those that a person has to fill in.

use std::path::PathBuf;

use jiff::civil::Date;

use crate::domain::edi::Slot;
use crate::domain::siret::Siret;
use crate::domain::value::Fingerprint;
use crate::language::marked;

/// One value of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    /// As it was found.
    Found(String),
    /// Not known: what a person has to write there. Until then the file does not validate.
    Missing(&'static str),
}

impl Value {
    /// A value that may be missing.
    pub(crate) fn or(found: Option<&str>, missing: &'static str) -> Self {
        found.map_or(Self::Missing(missing), |text| Self::Found(text.to_owned()))
    }
}

/// An entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entity {
    /// First part of its addresses.
    pub(crate) name: String,
    /// Its structure.
    pub(crate) siret: Siret,
    /// The name of the structure.
    pub(crate) title: Option<String>,
    /// Whether it sends data by EDI.
    pub(crate) sender: Option<bool>,
    /// Whether it receives data by EDI.
    pub(crate) receiver: Option<bool>,
    /// Whether it has the "Opérateur public" parameter.
    pub(crate) public_operator: bool,
    /// Public bodies that it works for.
    pub(crate) clients: Vec<Siret>,
    /// Technical accounts.
    pub(crate) accounts: Vec<Account>,
    /// Certificate files.
    pub(crate) certificates: Vec<Certificate>,
    /// API sheets.
    pub(crate) api: Vec<Api>,
    /// EDI sheets.
    pub(crate) edi: Vec<Edi>,
}

/// A technical account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    /// Its key.
    pub(crate) key: String,
    /// E-mail address of its contact.
    pub(crate) email: String,
    /// Its login.
    pub(crate) login: String,
}

/// A certificate file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Certificate {
    /// Its key.
    pub(crate) key: String,
    /// Path in the project.
    pub(crate) path: String,
    /// Where its file is now.
    pub(crate) file: Place,
    /// SHA-256 of the certificate, when known.
    pub(crate) fingerprint: Option<Fingerprint>,
    /// Its last day, when told.
    pub(crate) not_after: Option<Date>,
}

/// Where the file of a certificate is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the project, at its path.
    Project,
    /// Outside, to be copied.
    Elsewhere(PathBuf),
    /// Nobody knows.
    Nowhere,
}

/// An API sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Api {
    /// Its key.
    pub(crate) key: String,
    /// The PISTE application.
    pub(crate) application: String,
    /// «Type d'utilisation».
    pub(crate) usage: String,
    /// Name of the publisher or operator; `None` where the usage asks for none.
    pub(crate) publisher: Option<Value>,
    /// Technical contact.
    pub(crate) contact: Person,
    /// Its application code.
    pub(crate) code: Option<String>,
}

/// An EDI sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edi {
    /// Its key.
    pub(crate) key: String,
    /// Its name.
    pub(crate) name: Value,
    /// Its exchange system.
    pub(crate) exchange_system: Value,
    /// Its protocol.
    pub(crate) protocol: Value,
    /// Network fields, by their keys; empty for an SFTP sheet without address.
    pub(crate) network: Vec<(&'static str, Value)>,
    /// Keys of its certificates by slot.
    pub(crate) certificates: Vec<(Slot, Value)>,
    /// First day.
    pub(crate) from: Value,
    /// Last day.
    pub(crate) until: Value,
    /// Technical contact.
    pub(crate) contact: Person,
    /// Interface codes.
    pub(crate) subscriptions: Vec<Value>,
    /// Its application code.
    pub(crate) code: Option<String>,
}

/// A technical contact.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Person {
    /// Given name.
    pub(crate) first_name: Value,
    /// Family name.
    pub(crate) last_name: Value,
    /// E-mail address.
    pub(crate) email: Value,
    /// Telephone number.
    pub(crate) phone: Value,
}

impl Person {
    /// Nothing is known of it.
    pub(crate) fn unknown() -> Self {
        Self {
            first_name: Value::Missing(marked!("«Prénom» of the technical contact")),
            last_name: Value::Missing(marked!("«Nom» of the technical contact")),
            email: Value::Missing(marked!("e-mail address of the technical contact")),
            phone: Value::Missing(marked!("telephone number of the technical contact")),
        }
    }

    /// Its values by the keys of our files, in their order.
    pub(crate) fn values(&self) -> [(&'static str, &Value); 4] {
        let Self { first_name, last_name, email, phone } = self;
        [("first_name", first_name), ("last_name", last_name), ("email", email), ("phone", phone)]
    }

    /// Whether something of it has to be filled in.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.values().iter().any(|(_, value)| matches!(value, Value::Missing(_)))
    }
}
