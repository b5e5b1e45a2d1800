//! Entities: their names, structures, contacts, clients.

use crate::diagnostic::rule::rules;

rules! {
    ENTITY_RULES = "Entities, structures, contacts";

    /// A name or a key has characters that an address cannot have.
    NAME = "address-name", Error {
        why: "Names and keys are parts of addresses, which stand in ledgers, on command lines and in file names.",
        source: "this project: docs/configuration.md, \"Values\"",
        breaks: "entity: Ville de Paris",
        keeps: "entity: ville-de-paris",
    }

    /// An operator names a client twice.
    DUPLICATE_CLIENT = "duplicate-client", Warning {
        why: "A client is declared once at Chorus Pro; the second entry does nothing.",
        source: "docs/sources.md 7",
        breaks: "clients: [\"99991002900019\", \"99991002900019\"]",
        keeps: "clients: [\"99991002900019\"]",
    }

    /// Two entities have one name.
    DUPLICATE_ENTITY = "duplicate-entity", Error {
        why: "The name of an entity is the first part of the addresses of all that it declares.",
        source: "this project: docs/configuration.md",
        breaks: "---\nentity: ville\n",
        keeps: "---\nentity: ccas\n",
    }

    /// A renaming leads nowhere, or in a circle.
    MOVED = "moved", Error {
        why: "What was known under the old address must be found under exactly one new one.",
        source: "this project: docs/configuration.md, \"moved\"",
        breaks: "- { from: ville/edi/a, to: ville/edi/b }\n  - { from: ville/edi/b, to: ville/edi/a }",
        keeps: "- { from: ville/edi/a, to: ville/edi/b }\n  - { from: ville/edi/b, to: ville/edi/depot }",
    }

    /// An operator has clients without the parameter that allows them.
    OPERATOR_WITHOUT_PARAMETER = "operator-without-parameter", Error {
        why: "Clients are declared through a tile that the parameter «Opérateur public» opens; support grants it.",
        source: "docs/sources.md 7 (deck)",
        breaks: "operator: { clients: [\"99991002900019\"] }",
        keeps: "operator: { public_operator: true, clients: [\"99991002900019\"] }",
    }

    /// The checksum of a SIRET is wrong.
    SIRET_CHECKSUM = "siret-checksum", Notice, in production Error {
        why: "A wrong digit names another body, or none. Fictitious numbers of qualification mostly fail the checksum, and a few real ones do: `siret_exception` says so.",
        source: "docs/sources.md 7 (SIRENE; La Poste's own sum; open data of qualification and of the directory)",
        breaks: "siret: \"99991001100018\"",
        keeps: "siret: \"99991001100017\"",
    }

    /// An exception is declared for a SIRET whose checksum is right.
    SIRET_EXCEPTION = "siret-exception-unneeded", Warning {
        why: "The exception would hide a later typing error.",
        source: "docs/sources.md 7",
        breaks: "structure: { siret: \"99991001100017\", siret_exception: \"seen in the directory\" }",
        keeps: "structure: { siret: \"99991001100017\" }",
    }

    /// A SIRET has not 14 digits.
    SIRET_FORM = "siret-form", Error {
        why: "A SIRET is 14 digits. Spreadsheets destroy it: leading zeros are lost, or it becomes `2,10104E+13`.",
        source: "docs/sources.md 7 (SIRENE)",
        breaks: "siret: \"2,10104E+13\"",
        keeps: "siret: \"99991001100017\"",
    }

    /// A SIRET is written with blanks or dots.
    SIRET_TIDIED = "siret-tidied", Notice {
        why: "It is read without them; one spelling keeps files easy to search.",
        source: "docs/configuration.md, \"Values\"",
        breaks: "siret: \"999 910 011 00017\"",
        keeps: "siret: \"99991001100017\"",
    }

    /// Two entities declare one SIRET.
    SIRET_TWICE = "siret-twice", Error {
        why: "One structure is declared once, or two plans would decide about it.",
        source: "this project: docs/planning.md",
        breaks: "entity: ccas\nstructure: { siret: \"99991001100017\" }",
        keeps: "entity: ccas\nstructure: { siret: \"99991002900019\" }",
    }

    /// A contact is named that is not declared.
    UNKNOWN_CONTACT = "unknown-contact", Error {
        why: "A sheet needs a technical contact whom support can reach.",
        source: "docs/sources.md 1 and 5 (deck)",
        breaks: "contact: dsl",
        keeps: "contact: dsi",
    }
}
