//! Shows what exists: [`model`] joins what is declared, found and known; [`human`] and [`json`] show it.

pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod model;
