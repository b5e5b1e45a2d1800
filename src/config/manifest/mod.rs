//! The files exactly as written: which keys there are, and what stands under them. Nothing is checked but shapes.
//!
//! [`project`] is `raccord.yaml`, [`entity`] a file under `entities/`; [`decode`] is how both are read.

pub(crate) mod decode;
pub(crate) mod entity;
pub(crate) mod form;
pub(crate) mod project;
pub(crate) mod reader;
pub(crate) mod schema;
