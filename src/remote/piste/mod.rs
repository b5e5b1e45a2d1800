//! The official API, as far as a plan needs it: structures, their flags and services, and attachments.
//!
//! Source: the official swagger of `structures` 1.0.0 and `docs/sources.md` 7 and 8. [`encode`] and [`decode`] are pure.

pub(crate) mod decode;
pub(crate) mod directory;
pub(crate) mod encode;
pub(crate) mod read;
pub(crate) mod wire;

#[cfg(test)]
mod tests;
