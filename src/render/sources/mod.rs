//! What became of the rows of tables, for people and for machines.

pub(crate) mod human;
pub(crate) mod json;
