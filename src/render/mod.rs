//! Shows values: from plans, diagnostics, states and reports to text for people and JSON for machines.
//!
//! A renderer writes to the sink it is given; nothing here prints, reads a clock or decides anything.
//! JSON has its own types, so that an internal type can change without breaking a reader. Start with
//! [`plan`]; [`style`] holds the symbols and colours, [`words`] the plurals and numbers.

pub(crate) mod budget;
pub(crate) mod bundle;
pub(crate) mod calendar;
pub(crate) mod certificate;
pub(crate) mod compact;
pub(crate) mod confirm;
pub(crate) mod diagnostics;
pub(crate) mod doctor;
pub(crate) mod dossier;
pub(crate) mod event;
pub(crate) mod explain;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod index;
pub(crate) mod inspection;
pub(crate) mod page;
pub(crate) mod plan;
pub(crate) mod progress;
pub(crate) mod promotion;
pub(crate) mod proof;
pub(crate) mod relocate;
pub(crate) mod report;
pub(crate) mod rule;
pub(crate) mod schema;
pub(crate) mod seen;
pub(crate) mod sources;
pub(crate) mod span;
pub(crate) mod status;
pub(crate) mod style;
pub(crate) mod ticket;
pub(crate) mod words;

/// The version of every JSON format that is written here. A reader may rely on all `1.x`.
pub(crate) const FORMAT_VERSION: &str = "1.0";
