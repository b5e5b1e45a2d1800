//! Shows a plan: [`human`] for a terminal or a build log, [`json`] for machines and saved plans.
//!
//! [`groups`] finds changes of one shape, [`fields`] shows what differs, [`steps`] says what is done.

mod fields;
mod groups;
pub(crate) mod human;
pub(crate) mod json;
mod rotation;
mod steps;
mod upcoming;
