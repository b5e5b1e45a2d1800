//! `Address`: the name a user gave to one resource. It never changes when Chorus Pro gives new identities.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde::Serialize;
use thiserror::Error;

use crate::language::tr;

/// Kinds of resources, in the order in which a plan lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// A structure (SIRET) of Chorus Pro; its key is the SIRET.
    Structure,
    /// A certificate file; its key is the name given in `certificates`.
    Certificate,
    /// A technical account.
    Account,
    /// An API connection sheet.
    Api,
    /// An EDI connection sheet.
    Edi,
    /// A client of a dematerialisation operator; its key is the client's SIRET.
    Client,
}

impl Kind {
    /// All kinds, in order.
    pub(crate) const ALL: [Self; 6] =
        [Self::Structure, Self::Certificate, Self::Account, Self::Api, Self::Edi, Self::Client];

    /// The word used inside an address.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Structure => "structure",
            Self::Certificate => "certificate",
            Self::Account => "account",
            Self::Api => "api",
            Self::Edi => "edi",
            Self::Client => "client",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The three parts of an address: entity, kind, key.
///
/// Holding one proves that entity and key are made of ASCII letters, digits, `.`, `-` and `_`,
/// begin with a letter or a digit, and have at most 100 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Address {
    entity: String,
    kind: Kind,
    key: String,
}

/// Why a text is no address, or no part of one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum AddressFault {
    /// Not three parts between slashes.
    #[error("{}", tr!("found `{text}`, expected `entity/kind/key`, for example `ville-de-paris/edi/g2b`", text = .0))]
    Parts(String),
    /// The second part is no kind.
    #[error("{}", tr!("found kind `{kind}`, expected one of structure, certificate, account, api, edi, client", kind = .0))]
    Kind(String),
    /// A part holds other characters than those allowed.
    #[error("{}", tr!("found `{text}`, expected 1 to 100 letters without accents, digits, `.`, `-` or `_`, beginning with a letter or a digit", text = .0))]
    Name(String),
}

/// Checks one part of an address: the name of an entity, or the key of a resource.
pub(crate) fn check_name(text: &str) -> Result<(), AddressFault> {
    let starts_well = text.starts_with(|c: char| c.is_ascii_alphanumeric());
    let known = text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if starts_well && known && text.len() <= 100 {
        Ok(())
    } else {
        Err(AddressFault::Name(text.to_owned()))
    }
}

impl Address {
    /// Makes an address of its parts.
    pub(crate) fn new(entity: &str, kind: Kind, key: &str) -> Result<Self, AddressFault> {
        check_name(entity)?;
        check_name(key)?;
        Ok(Self { entity: entity.to_owned(), kind, key: key.to_owned() })
    }

    /// The entity, which is the first part.
    pub(crate) fn entity(&self) -> &str {
        &self.entity
    }

    /// The kind, which is the second part.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// The key, which is the third part.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/{}/{}", self.entity, self.kind, self.key))
    }
}

impl FromStr for Address {
    type Err = AddressFault;

    fn from_str(text: &str) -> Result<Self, AddressFault> {
        let mut parts = text.split('/');
        let (Some(entity), Some(kind), Some(key), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(AddressFault::Parts(text.to_owned()));
        };
        let kind = Kind::ALL
            .into_iter()
            .find(|known| known.word() == kind)
            .ok_or_else(|| AddressFault::Kind(kind.to_owned()))?;
        Self::new(entity, kind, key)
    }
}

impl TryFrom<String> for Address {
    type Error = AddressFault;

    fn try_from(text: String) -> Result<Self, AddressFault> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back_as_written() {
        let address: Address = "ville-de-paris/edi/g2b".parse().unwrap();
        assert_eq!(
            (address.entity(), address.kind(), address.key()),
            ("ville-de-paris", Kind::Edi, "g2b")
        );
        assert_eq!(address.to_string(), "ville-de-paris/edi/g2b");
    }

    #[test]
    fn faults_say_which_part_is_wrong() {
        assert!(matches!("a/edi".parse::<Address>(), Err(AddressFault::Parts(_))));
        assert!(matches!("a/sheet/b".parse::<Address>(), Err(AddressFault::Kind(_))));
        assert!(matches!("é/edi/b".parse::<Address>(), Err(AddressFault::Name(_))));
        assert!(matches!("a/edi/".parse::<Address>(), Err(AddressFault::Name(_))));
    }
}
