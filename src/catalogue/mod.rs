//! Lists of the portal, as versioned data: interfaces, usages, protocols, certificate slots.
//!
//! They are data and no enums because AIFE changes them, and because some are not published: each row says
//! where it is known from, and whether that was an official text or screen. Users add rows in `raccord.yaml`.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde::Deserialize;

use crate::diagnostic::nearest;
use crate::domain::edi::ExchangeSystem;
use crate::domain::edi::Protocol;
use crate::domain::edi::Slot;

/// Which way data goes, seen by the partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Direction {
    /// From the partner to Chorus Pro.
    Emission,
    /// From Chorus Pro to the partner.
    Reception,
}

/// An interface that sheets can subscribe to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Interface {
    /// Its code.
    pub(crate) code: String,
    /// The exchange systems that offer it; empty when that is not known.
    pub(crate) exchange_systems: BTreeSet<ExchangeSystem>,
    /// Its protocol, where it has only one.
    pub(crate) protocol: Option<Protocol>,
    /// Format of the data.
    pub(crate) format: Option<String>,
    /// Which way data goes, when known.
    pub(crate) direction: Option<Direction>,
    /// What it carries, in French, for people.
    pub(crate) description: String,
    /// Where this is known from.
    pub(crate) source: String,
    /// Whether an official text or screen shows it.
    pub(crate) verified: bool,
}

/// A «type d'utilisation» of API connections.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Usage {
    /// The word in our files.
    pub(crate) word: String,
    /// Whether the portal asks for the name of a publisher or operator with it.
    pub(crate) needs_name: bool,
    /// What it is called on the portal, as far as known.
    pub(crate) label: String,
    /// Where this is known from.
    pub(crate) source: String,
    /// Whether an official text or screen shows it.
    pub(crate) verified: bool,
}

/// A protocol that an exchange system offers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Offer {
    /// The exchange system.
    pub(crate) exchange_system: ExchangeSystem,
    /// The protocol.
    pub(crate) protocol: Protocol,
    /// Where this is known from.
    pub(crate) source: String,
    /// Whether an official text or screen shows it.
    pub(crate) verified: bool,
}

/// A certificate that the sheets of a protocol hold.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SlotOfProtocol {
    /// The protocol.
    pub(crate) protocol: Protocol,
    /// The slot.
    pub(crate) slot: Slot,
    /// Whether each sheet must fill it; a sheet fills at least one in any case.
    pub(crate) required: bool,
    /// Where this is known from.
    pub(crate) source: String,
    /// Whether an official text or screen shows it.
    pub(crate) verified: bool,
}

/// The lists, with what the user added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Catalogue {
    interfaces: BTreeMap<String, Interface>,
    usages: BTreeMap<String, Usage>,
    offers: Vec<Offer>,
    slots: Vec<SlotOfProtocol>,
}

impl Catalogue {
    /// The lists that are part of the program.
    pub(crate) fn embedded() -> Self {
        let interfaces: Vec<Interface> = rows(include_str!("data/interfaces.yaml"));
        let usages: Vec<Usage> = rows(include_str!("data/usages.yaml"));
        Self {
            interfaces: interfaces.into_iter().map(|row| (row.code.clone(), row)).collect(),
            usages: usages.into_iter().map(|row| (row.word.clone(), row)).collect(),
            offers: rows(include_str!("data/protocols.yaml")),
            slots: rows(include_str!("data/slots.yaml")),
        }
    }

    /// Adds an interface, or puts another row in the place of one.
    pub(crate) fn add_interface(&mut self, interface: Interface) {
        self.interfaces.insert(interface.code.clone(), interface);
    }

    /// Adds a usage, or puts another row in the place of one.
    pub(crate) fn add_usage(&mut self, usage: Usage) {
        self.usages.insert(usage.word.clone(), usage);
    }

    /// An interface by its code.
    pub(crate) fn interface(&self, code: &str) -> Option<&Interface> {
        self.interfaces.get(code)
    }

    /// All interfaces by code.
    pub(crate) fn interfaces(&self) -> impl Iterator<Item = &Interface> {
        self.interfaces.values()
    }

    /// The known code nearest to one that is not known.
    ///
    /// Codes share most of their characters, so it must differ by one or two places, not merely look alike.
    pub(crate) fn nearest_interface(&self, code: &str) -> Option<&str> {
        let code = code.to_uppercase();
        self.interfaces
            .keys()
            .map(|known| (strsim::levenshtein(&code, known), known.as_str()))
            .filter(|(distance, _)| *distance <= 2)
            .min()
            .map(|(_, known)| known)
    }

    /// A usage by its word.
    pub(crate) fn usage(&self, word: &str) -> Option<&Usage> {
        self.usages.get(word)
    }

    /// The words of all usages.
    pub(crate) fn usage_words(&self) -> impl Iterator<Item = &str> {
        self.usages.keys().map(String::as_str)
    }

    /// The known usage nearest to a word that is not known: to its own word, or to a word of the portal's label.
    pub(crate) fn nearest_usage(&self, word: &str) -> Option<&str> {
        nearest(word, self.usages.keys().map(String::as_str)).or_else(|| {
            let labels = || self.usages.values().map(|usage| usage.label.as_str());
            let near = nearest(word, labels().chain(labels().flat_map(str::split_whitespace)))?;
            let mut usages = self.usages.values();
            usages.find(|usage| usage.label.contains(near)).map(|usage| usage.word.as_str())
        })
    }

    /// The protocols that an exchange system offers.
    pub(crate) fn protocols(&self, system: ExchangeSystem) -> BTreeSet<Protocol> {
        let offers = self.offers.iter().filter(|offer| offer.exchange_system == system);
        offers.map(|offer| offer.protocol).collect()
    }

    /// The certificates that the sheets of a protocol hold, and whether each must be there.
    pub(crate) fn slots(&self, protocol: Protocol) -> BTreeMap<Slot, bool> {
        let rows = self.slots.iter().filter(|row| row.protocol == protocol);
        rows.map(|row| (row.slot, row.required)).collect()
    }
}

/// Reads embedded rows. They are part of the program, and a test reads them all.
fn rows<T: for<'a> Deserialize<'a>>(text: &str) -> Vec<T> {
    serde_yaml::from_str(text).expect("the embedded lists are read by a test")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::value::InterfaceCode;

    #[test]
    fn every_row_can_be_read_and_says_where_it_is_from() {
        let catalogue = Catalogue::embedded();
        assert_eq!(catalogue.interfaces().count(), 15);
        for interface in catalogue.interfaces() {
            assert!(InterfaceCode::parse(&interface.code).is_ok(), "{}", interface.code);
            assert!(!interface.source.is_empty(), "{}", interface.code);
        }
        assert!(catalogue.usages.values().all(|usage| !usage.verified && !usage.source.is_empty()));
        assert!(catalogue.offers.iter().all(|offer| !offer.source.is_empty()));
        assert!(catalogue.slots.iter().all(|slot| !slot.source.is_empty()));
    }

    #[test]
    fn pesit_is_only_offered_by_cpro() {
        let catalogue = Catalogue::embedded();
        assert!(catalogue.protocols(ExchangeSystem::Cpro).contains(&Protocol::Pesit));
        assert!(!catalogue.protocols(ExchangeSystem::PaCpro).contains(&Protocol::Pesit));
        assert_eq!(catalogue.slots(Protocol::Pesit).len(), 2);
    }

    #[test]
    fn the_published_list_of_interfaces_is_in_the_catalogue() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../shared/data/interfaces-edi.csv");
        let Ok(text) = std::fs::read_to_string(&path) else {
            println!("skipped: {} is not there", path.display());
            return;
        };
        let catalogue = Catalogue::embedded();
        for line in text.lines().skip(1) {
            let code = line.split(';').next().unwrap();
            assert!(catalogue.interface(code).is_some(), "{code}");
        }
        assert!(catalogue.interface("FSO1150A").unwrap().exchange_systems.is_empty());
    }

    #[test]
    fn a_mistyped_code_finds_its_neighbour() {
        let catalogue = Catalogue::embedded();
        assert_eq!(catalogue.nearest_interface("FSO1105A"), Some("FSO1100A"));
        assert_eq!(catalogue.nearest_interface("ZZZ9999Z"), None);
        assert_eq!(catalogue.nearest_usage("publishr"), Some("publisher"));
        assert_eq!(catalogue.nearest_usage("Editeur"), Some("publisher"));
        assert_eq!(catalogue.nearest_usage("Solution éditeur"), Some("publisher"));
        assert_eq!(catalogue.nearest_usage("operateur"), Some("operator"));
        assert_eq!(catalogue.nearest_usage("no"), None);
    }
}
