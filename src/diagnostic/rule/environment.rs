//! Environments, and what differs between them.

use crate::diagnostic::rule::rules;

rules! {
    ENVIRONMENT_RULES = "Environments and overrides";

    /// The channel of an environment is missing something, or two of its settings contradict each other.
    CHANNEL = "environment-channel", Error {
        why: "It must be clear who carries out the steps of a plan.",
        source: "this project: docs/configuration.md, \"connections\"",
        breaks: "connections: { channel: portal, url: \"https://pont.ville.example\" }",
        keeps: "connections: { channel: gateway, url: \"https://pont.ville.example\" }",
    }

    /// An environment names the PISTE hosts of the other stage.
    ENVIRONMENT_MIXED = "environment-mixed", Error {
        why: "Qualification and production have hosts, applications and sheets of their own: a test would act on real data, or a production run find nothing.",
        source: "docs/sources.md 8 (hosts, swagger) and 1 (deck, «Les environnements de raccordement»)",
        breaks: "api_url: \"https://api.piste.gouv.fr\"",
        keeps: "api_url: \"https://sandbox-api.piste.gouv.fr\"",
    }

    /// A freeze ends before it begins.
    FREEZE_REVERSED = "freeze-reversed", Error {
        why: "It would never hold anything up, and somebody relies on it.",
        source: "this project: docs/promotion.md, \"Freezes\"",
        breaks: "policy:\n  freeze: [{ from: 2027-01-04, until: 2026-12-20, reason: clôture comptable }]",
        keeps: "policy:\n  freeze: [{ from: 2026-12-20, until: 2027-01-04, reason: clôture comptable }]",
    }

    /// A freeze is for an environment that is not declared.
    FREEZE_UNKNOWN_ENVIRONMENT = "freeze-unknown-environment", Error {
        why: "The environment that was meant would not be frozen.",
        source: "this project: docs/promotion.md, \"Freezes\"",
        breaks: "policy:\n  freeze: [{ from: 2026-12-20, until: 2027-01-04, reason: clôture comptable, environments: [prodction] }]",
        keeps: "policy:\n  freeze: [{ from: 2026-12-20, until: 2027-01-04, reason: clôture comptable, environments: [production] }]",
    }

    /// The ledger is in a database and something is missing, or it is in a file and there is too much.
    LEDGER_PLACE = "ledger-place", Error {
        why: "In a database, the ledger of a project is found by the project's name: one that follows from the folder would be another one in each copy.",
        source: "this project: docs/ledger.md, \"PostgreSQL\"",
        breaks: "version: 1\nenvironments:\n  qualification: { stage: qualification, ledger: \"postgres://raccord@db/raccord\" }",
        keeps: "version: 1\nproject: ville\nenvironments:\n  qualification: { stage: qualification, ledger: \"postgres://raccord@db/raccord\" }",
    }

    /// Overrides are written for an environment that is not declared.
    OVERRIDE_UNKNOWN_ENVIRONMENT = "override-unknown-environment", Warning {
        why: "They never apply, which is seldom meant: mostly the name is mistyped.",
        source: "this project: docs/configuration.md, \"overrides\"",
        breaks: "qualificatoin: { structure: { siret: \"99991002900019\" } }",
        keeps: "qualification: { structure: { siret: \"99991002900019\" } }",
    }

    /// An override says what holds without it.
    OVERRIDE_WITHOUT_EFFECT = "override-without-effect", Warning {
        why: "It hides that both environments are alike, and stays behind when the value above changes.",
        source: "RFC 7396, section 2; docs/configuration.md, \"overrides\"",
        breaks: "qualification: { structure: { siret: \"99991001100017\" } }",
        keeps: "qualification: { structure: { siret: \"99991002900019\" } }",
    }

    /// An environment on the simulator says how PISTE is reached.
    PISTE_UNNEEDED = "piste-unneeded", Warning {
        why: "The simulator takes the place of PISTE, so the setting does nothing.",
        source: "this project: docs/simulator.md",
        breaks: "channel: simulator",
        keeps: "channel: portal",
    }

    /// `default_environment` is not declared.
    UNKNOWN_ENVIRONMENT = "unknown-environment", Error {
        why: "Every command without `--environment` works on the default one.",
        source: "this project: docs/configuration.md",
        breaks: "default_environment: qualif",
        keeps: "default_environment: qualification",
    }
}
