//! EDI connections: names, protocols, validity, subscriptions.

use crate::diagnostic::rule::rules;

rules! {
    EDI_RULES = "EDI connections";

    /// An interface is subscribed to twice.
    DUPLICATE_SUBSCRIPTION = "duplicate-subscription", Warning {
        why: "A sheet subscribes to an interface or does not; the second entry does nothing, or another code was meant.",
        source: "docs/sources.md 1 (deck, «Sélectionner les abonnements»)",
        breaks: "subscriptions: [FSO1100A, FSO1106A, FSO1100A]",
        keeps: "subscriptions: [FSO1100A, FSO1106A]",
    }

    /// An interface has another protocol than the sheet.
    INTERFACE_PROTOCOL = "interface-of-other-protocol", Error {
        why: "The catalogue says that this interface goes over one protocol only.",
        source: "`catalogue.interfaces` of the project: docs/configuration.md; docs/sources.md 9",
        breaks: "- { code: CSO1100A, exchange_system: CPRO, protocol: PESIT }",
        keeps: "- { code: CSO1100A, exchange_system: CPRO }",
    }

    /// An interface belongs to the other exchange system.
    INTERFACE_SYSTEM = "interface-of-other-system", Error {
        why: "Which interfaces are offered depends on the exchange system.",
        source: "docs/sources.md 1 and 9 (deck, «Sélectionner les abonnements»)",
        breaks: "exchange_system: PA-CPRO",
        keeps: "exchange_system: CPRO",
    }

    /// A network field belongs to another protocol, or one that the protocol needs is missing.
    NETWORK_FIELD = "network-field", Error {
        why: "PeSIT asks for IP, port and Part ID; AS2 for an identifier and a URL; with SFTP the partner is the client.",
        source: "docs/sources.md 1 (deck, «Renseigner le certificat»; DSE 3.3.2)",
        breaks: "network: { ip: 192.0.2.30, port: 22 }",
        keeps: "network: { ip: 192.0.2.30 }",
    }

    /// A sheet subscribes to nothing.
    NO_SUBSCRIPTION = "no-subscription", Error {
        why: "At least one interface is subscribed to.",
        source: "docs/sources.md 1 (deck, «Sélectionner les abonnements»)",
        breaks: "subscriptions: []",
        keeps: "subscriptions: [FSO1100A]",
    }

    /// The exchange system does not offer the protocol.
    PROTOCOL_NOT_OFFERED = "protocol-not-offered", Error {
        why: "PeSIT serves exchanges with the public sphere only, so it goes with CPRO.",
        source: "docs/sources.md 1 (deck, «Sélectionner le type de protocole»; DSE 3.3.2)",
        breaks: "exchange_system: PA-CPRO",
        keeps: "exchange_system: CPRO",
    }

    /// The template for the names of replacements gives no usable names.
    REPLACEMENT_NAME = "replacement-name", Error {
        why: "Names cannot be changed and count as taken, so each replacement needs one of its own.",
        source: "docs/sources.md 3 and 10",
        breaks: "replacement_name: \"{{ name }} bis\"",
        keeps: "replacement_name: \"{{ name }} v{{ generation }}\"",
    }

    /// The first replacement of a sheet would take the name of another sheet.
    REPLACEMENT_NAME_TAKEN = "replacement-name-taken", Error {
        why: "Names are unique and cannot be changed: the replacement would be refused when it is needed.",
        source: "docs/sources.md 3 and 10",
        breaks: "name: Ville, dépôt (2)",
        keeps: "name: Ville, second dépôt",
    }

    /// Two sheets of one exchange system and one structure have one name.
    SHEET_NAME_TAKEN = "sheet-name-taken", Error {
        why: "The name of a sheet is unique for an exchange system and a structure, also for sheets that exist already.",
        source: "docs/sources.md 3 (deck, «Afficher le récapitulatif des données»)",
        breaks: "name: Ville, dépôt # again",
        keeps: "name: Ville, second dépôt",
    }

    /// A sheet subscribes to an interface whose direction its structure is declared not to have.
    SUBSCRIPTION_DIRECTION = "subscription-direction", Warning {
        why: "A structure that does not send by EDI has no use for an emission, nor one that does not receive for a reception.",
        source: "inferred from the two EDI flags of a structure: docs/sources.md 7; directions: docs/sources.md 9",
        breaks: "edi: { sender: false }",
        keeps: "edi: { sender: true }",
    }

    /// An interface code is not in the catalogue.
    UNKNOWN_INTERFACE = "unknown-interface", Warning {
        why: "Not every code is published; rows are added under `catalogue.interfaces` once seen on the portal.",
        source: "docs/sources.md 9 and 10",
        breaks: "subscriptions: [FSO1107A]",
        keeps: "subscriptions: [FSO1106A]",
    }

    /// A validity is over, and the sheet shall be active.
    VALIDITY_OVER = "validity-over", Warning {
        why: "Outside its validity a sheet is Inactif, and nothing flows.",
        source: "docs/sources.md 2 (deck, «Les statuts d'un raccordement EDI»)",
        breaks: "validity: { from: 2025-01-01, until: 2026-06-30 }",
        keeps: "validity: { from: 2025-01-01, until: 2028-06-30 }",
    }

    /// A validity ends before it begins.
    VALIDITY_REVERSED = "validity-reversed", Error {
        why: "A sheet is active between the two days of its validity, both included.",
        source: "docs/sources.md 1 and 2 (deck)",
        breaks: "validity: { from: 2028-11-30, until: 2026-12-01 }",
        keeps: "validity: { from: 2026-12-01, until: 2028-11-30 }",
    }
}
