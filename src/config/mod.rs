//! From the user's files to `Desired`: what is written, checked, and meant.
//!
//! Reading never stops at the first fault. Nothing here asks the network or a clock.
//! Read in this order: [`mod@load`] and [`files`] (the disk), [`yaml`] (text to a tree with places),
//! [`manifest`] (the tree as our keys), [`source`] (tables and templates), [`resolve`] (what it means).
//! [`mod@format`] lays the text of a file out and leaves its meaning alone; [`mod@trust`] reads only what a project adds to
//! the lists of authorities.

pub(crate) mod files;
pub(crate) mod format;
pub(crate) mod index;
pub(crate) mod load;
pub(crate) mod manifest;
pub(crate) mod meant;
pub(crate) mod origin;
pub(crate) mod resolve;
pub(crate) mod secret;
pub(crate) mod source;
pub(crate) mod stray;
pub(crate) mod trace;
pub(crate) mod trust;
pub(crate) mod yaml;

pub(crate) use crate::config::index::SharedIndex;
pub(crate) use crate::config::load::LoadError;
pub(crate) use crate::config::load::MANIFEST;
pub(crate) use crate::config::load::Project;
pub(crate) use crate::config::load::Rows;
pub(crate) use crate::config::load::load;
pub(crate) use crate::config::load::load_traced;
pub(crate) use crate::config::load::load_with;
pub(crate) use crate::config::manifest::schema::schemas;
pub(crate) use crate::config::trust::trust;
pub(crate) use crate::diagnostic::rule;

#[cfg(test)]
mod tests;
