//! The rules themselves, by what they look at.

pub(crate) mod account;
pub(crate) mod certificate;
pub(crate) mod index;
pub(crate) mod name;
pub(crate) mod structure;
pub(crate) mod validity;
