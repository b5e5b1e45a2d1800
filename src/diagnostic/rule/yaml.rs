//! What is wrong with a file before anyone asks what it means.

use crate::diagnostic::rule::rules;

rules! {
    YAML_RULES = "YAML, keys and values";

    /// A key is written twice in one mapping.
    DUPLICATE_KEY = "duplicate-key", Error {
        why: "Readers disagree about which of the two counts, so neither is taken.",
        source: "YAML 1.2.2, section 3.2.1.3: the keys of a mapping are unique",
        breaks: "name: VILLE\n  name: Ville",
        keeps: "name: VILLE",
    }

    /// A key that is needed is missing.
    MISSING_KEY = "missing-key", Error {
        why: "Without it the sheet or the setting has no meaning; the portal asks for it too.",
        source: "docs/configuration.md; docs/sources.md 1 and 5 for the fields of sheets",
        breaks: "contact: { first_name: Camille, last_name: Martin, email: a@ville.example }",
        keeps: "contact: { first_name: Camille, last_name: Martin, email: a@ville.example, phone: \"+33199001234\" }",
    }

    /// A word is understood, but written otherwise.
    SPELLING = "spelling", Notice {
        why: "One spelling for one thing keeps files easy to search and to compare.",
        source: "docs/configuration.md",
        breaks: "protocol: sftp",
        keeps: "protocol: SFTP",
    }

    /// A key is not known where it stands.
    UNKNOWN_KEY = "unknown-key", Error {
        why: "A mistyped key would be left out in silence, and its value with it.",
        source: "docs/configuration.md",
        breaks: "structur: { siret: \"99991001100017\" }",
        keeps: "structure: { siret: \"99991001100017\" }",
    }

    /// A value has another shape than expected: a list for a text, for example.
    WRONG_SHAPE = "wrong-shape", Error {
        why: "A value of another shape cannot be read as what the key asks for.",
        source: "docs/configuration.md",
        breaks: "subscriptions: FSO1100A",
        keeps: "subscriptions: [FSO1100A]",
    }

    /// A value breaks the rules of its kind: days, addresses, numbers, codes, names.
    WRONG_VALUE = "wrong-value", Error {
        why: "Chorus Pro would refuse the value, or mean something else by it.",
        source: "docs/configuration.md, \"Values\"; docs/sources.md 1 and 3 for the fields of sheets",
        breaks: "until: 30/11/2028",
        keeps: "until: 2028-11-30",
    }

    /// A file is larger, deeper or more repetitive than any file needs to be.
    YAML_LIMIT = "yaml-limit", Error {
        why: "Reading must end within bounded time and memory, whatever the file holds.",
        source: "this project: docs/configuration.md",
        breaks: "name: &a [*a]",
        keeps: "name: VILLE",
    }

    /// A merge key, `<<`, was used.
    YAML_MERGE_KEY = "yaml-merge-key", Error {
        why: "Merge keys never became part of YAML 1.2, and readers disagree about them.",
        source: "YAML merge key draft of 2005, for YAML 1.1 only",
        breaks: "<<: { name: VILLE }",
        keeps: "name: VILLE",
    }

    /// A file is not YAML: indentation, quotes or colons are not in order.
    YAML_SYNTAX = "yaml-syntax", Error {
        why: "What cannot be read cannot be checked: the other faults of the document show afterwards.",
        source: "YAML 1.2.2",
        breaks: "name: \"VILLE",
        keeps: "name: \"VILLE\"",
    }

    /// A value has a tag.
    YAML_TAG = "yaml-tag", Error {
        why: "The type of each value is known from its key, and tags are a way to hide another one.",
        source: "this project: docs/configuration.md",
        breaks: "name: !secret VILLE",
        keeps: "name: VILLE",
    }
}
