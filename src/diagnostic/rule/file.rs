//! Files of a project, and what must not stand in them.

use crate::diagnostic::rule::rules;

rules! {
    FILE_RULES = "Files and secrets";

    /// A secret stands in a file.
    LITERAL_SECRET = "literal-secret", Error {
        why: "A file that is shared or committed keeps its secrets for good, in every copy.",
        source: "this project: docs/configuration.md, \"Secrets\"",
        breaks: "client_secret: s3cr3t",
        keeps: "client_secret: { env: PISTE_CLIENT_SECRET }",
    }

    /// Nothing is declared: in a file, or in the whole project.
    NO_ENTITY = "no-entity", Warning {
        why: "A plan of an empty project would retire whatever it managed before.",
        source: "this project: docs/planning.md",
        breaks: "# entity: ville\n# structure: { siret: \"99991001100017\" }",
        keeps: "entity: ville\nstructure: { siret: \"99991001100017\" }",
    }

    /// A setting is known, but this version does not act on it.
    NOT_SUPPORTED = "not-supported-yet", Error {
        why: "A setting that is read and not obeyed would be believed.",
        source: "this project: docs/configuration.md",
        breaks: "recipients: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample]",
        keeps: "recipients: [age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p]",
    }

    /// A path leads out of the project.
    PATH_OUTSIDE = "path-outside-project", Error {
        why: "A project means the same wherever it is checked out, and reads nothing of its machine.",
        source: "this project: docs/configuration.md",
        breaks: "depot: ../certificates/ville-depot.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }

    /// The `version` of `raccord.yaml` is not known.
    VERSION = "unknown-version", Error {
        why: "A later version of the format may mean something else by the same keys.",
        source: "this project: docs/configuration.md",
        breaks: "version: 2",
        keeps: "version: 1",
    }

    /// A file cannot be read: it is missing, forbidden, or no UTF-8.
    UNREADABLE_FILE = "unreadable-file", Error {
        why: "What is not read is not checked.",
        source: "this project: docs/configuration.md",
        breaks: "depot: certificates/ville-dépot.p7b",
        keeps: "depot: certificates/ville-depot.p7b",
    }
}
