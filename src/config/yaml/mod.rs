//! Text to a tree in which every value knows where it was written.
//!
//! No value is interpreted here: a scalar keeps its text, so that a SIRET typed without quotes loses no zero.
//! The parser stands behind [`event`] and can be exchanged there. Start reading at [`read`].

pub(crate) mod advice;
pub(crate) mod event;
pub(crate) mod merge;
pub(crate) mod node;
mod said;
pub(crate) mod token;
pub(crate) mod tree;

pub(crate) use crate::config::yaml::merge::merge;
pub(crate) use crate::config::yaml::node::Content;
pub(crate) use crate::config::yaml::node::Key;
pub(crate) use crate::config::yaml::node::Node;
pub(crate) use crate::config::yaml::tree::BYTES;
pub(crate) use crate::config::yaml::tree::Fault;
pub(crate) use crate::config::yaml::tree::read;

#[cfg(test)]
mod tests;
