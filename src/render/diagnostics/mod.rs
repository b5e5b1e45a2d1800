//! Shows what can be said about the user's files: frames with carets for people, a list for machines.

pub(crate) mod human;
pub(crate) mod json;
