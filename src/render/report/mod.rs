//! Shows how an `apply` ended: what is done, what is not and why, new application codes, and how to go on.

pub(crate) mod events;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod model;
pub(crate) mod wave;
