//! What `raccord doctor` looks at on the way to Chorus Pro, layer by layer, and what it makes of it.
//!
//! [`look`] asks and judges nothing, [`mod@judge`] judges what was [`seen`] and asks nobody; [`cause`] holds what is known
//! to go wrong, each with what to do, where, and from where it is known.

pub(crate) mod cause;
pub(crate) mod judge;
pub(crate) mod look;
pub(crate) mod seen;

#[cfg(test)]
mod tests;
