//! Shows what can be said about the user's files: frames with carets for people, lists for machines and forges.
//!
//! [`human`] is for people and [`json`] for programs. What forges read ([`sarif`], [`github`], [`gitlab`]) names
//! files as the repository does, which [`forge`] knows.

mod alike;
pub(crate) mod forge;
pub(crate) mod github;
pub(crate) mod gitlab;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod lines;
pub(crate) mod sarif;
