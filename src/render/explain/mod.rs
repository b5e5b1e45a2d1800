//! Explains addresses: where their values come from, what was applied, what is observed, and why the plan says what it
//! says. [`build`] joins it, [`mod@json`] is what it comes to, [`human`] shows that to a person.

pub(crate) mod build;
pub(crate) mod human;
pub(crate) mod json;
mod origin;
mod values;
