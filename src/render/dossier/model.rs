//! The dossier: what a person does at the portal, step by step. It is its JSON form too (`schema/dossier.v1.schema.json`).
//!
//! Texts are French: whoever reads them has the portal's screens in front of them.

use schemars::JsonSchema;
use serde::Serialize;

/// All that a person has to do for one plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(title = "Dossier")]
pub(crate) struct Dossier {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    pub(crate) format_version: String,
    /// The environment.
    pub(crate) environment: String,
    /// `qualification` or `production`: which portal is meant.
    pub(crate) stage: String,
    /// Fingerprint of the plan.
    pub(crate) plan: String,
    /// The day, as `2026-12-01`.
    pub(crate) made_on: String,
    /// The steps, in the order in which they are done.
    pub(crate) steps: Vec<DossierStep>,
    /// What is left to do on one's own side after the new EDI sheets.
    pub(crate) last_steps: Vec<String>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct DossierStep {
    /// Its number in the dossier.
    pub(crate) number: usize,
    /// Its id in the plan.
    pub(crate) id: String,
    /// The resource.
    pub(crate) address: String,
    /// `account`, `api`, `edi` or `client`.
    pub(crate) kind: String,
    /// What it does, in the word of the plan.
    pub(crate) does: String,
    /// What is done, in French.
    pub(crate) title: String,
    /// The name of the structure.
    pub(crate) structure: String,
    /// Its SIRET.
    pub(crate) siret: String,
    /// The name of the sheet, its PISTE application, or the account's contact.
    pub(crate) name: String,
    /// The way to the screen.
    pub(crate) path: Vec<String>,
    /// What to do first, or instead.
    pub(crate) instructions: Vec<String>,
    /// The screens, in their order.
    pub(crate) screens: Vec<Screen>,
    /// What to check before going on.
    pub(crate) checks: Vec<String>,
    /// What to note down.
    pub(crate) notes: Vec<Note>,
    /// The numbers of the steps that come first.
    pub(crate) after: Vec<usize>,
    /// The first day on which it may be done, as `2026-12-15`.
    pub(crate) due: Option<String>,
    /// The command that records the outcome.
    pub(crate) confirm: String,
}

/// One screen of the portal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Screen {
    /// Its title.
    pub(crate) title: String,
    /// Its fields.
    pub(crate) fields: Vec<Field>,
    /// The button that ends it.
    pub(crate) button: Option<String>,
}

/// One field of a screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Field {
    /// The block of the screen that it stands in.
    pub(crate) block: Option<String>,
    /// Its label.
    pub(crate) label: String,
    /// Whether the label is known to be the portal's own.
    pub(crate) label_known: bool,
    /// What goes into it.
    pub(crate) value: String,
    /// The file to upload, by its path in the dossier.
    pub(crate) file: Option<String>,
}

/// Something to note down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Note {
    /// The column of `etapes.csv`: `statut`, `code_application`, `identifiant` or `resultat`.
    pub(crate) column: String,
    /// What is asked for.
    pub(crate) label: String,
    /// The words that may be chosen; none for free text.
    pub(crate) choices: Vec<String>,
    /// How it looks like, where that is known.
    pub(crate) pattern: Option<String>,
}
