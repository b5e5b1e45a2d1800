//! What was confirmed: [`human`] for people, [`json`] for machines.

pub(crate) mod human;
pub(crate) mod json;
