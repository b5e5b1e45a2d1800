//! Comments that silence other rules.

use crate::diagnostic::rule::rules;

rules! {
    SILENCE_RULES = "Silencing";

    /// A comment begins like one that silences a rule, and cannot be read as one.
    ALLOW_FORM = "allow-form", Warning {
        why: "It silences nothing, and reads as if it did.",
        source: "this project: docs/configuration.md, \"Silencing a rule\"",
        breaks: "# raccord: alow(siret-tidied) because the directory writes it so",
        keeps: "# raccord: allow(siret-tidied) because the directory writes it so",
    }

    /// A comment silences a rule that does not exist.
    ALLOW_UNKNOWN_RULE = "allow-unknown-rule", Warning {
        why: "It silences nothing: mostly the name of the rule is mistyped.",
        source: "this project: docs/configuration.md, \"Silencing a rule\"",
        breaks: "# raccord: allow(siret-tidyed) because the directory writes it so",
        keeps: "# raccord: allow(siret-tidied) because the directory writes it so",
    }

    /// A comment silences a rule where it finds nothing, or where it weighs too much to be silenced.
    ALLOW_UNUSED = "allow-unused", Notice {
        why: "It would hide a fault that comes later, and that nobody looked at.",
        source: "this project: docs/configuration.md, \"Silencing a rule\"",
        breaks: "# raccord: allow(spelling) because the directory writes it so",
        keeps: "# raccord: allow(siret-tidied) because the directory writes it so",
    }

    /// A comment silences a rule without saying why; it has no effect.
    ALLOW_WITHOUT_REASON = "allow-without-reason", Warning {
        why: "The next reader must be able to tell whether the reason still holds.",
        source: "this project: docs/configuration.md, \"Silencing a rule\"",
        breaks: "# raccord: allow(siret-tidied)",
        keeps: "# raccord: allow(siret-tidied) because the directory writes it so",
    }
}
