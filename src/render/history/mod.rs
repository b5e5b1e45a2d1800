//! Shows the past of a ledger: [`human`] by runs, [`json`] as it was written.

pub(crate) mod human;
pub(crate) mod json;
