//! The gateway contract of `docs/gateway.md`, seen from the client.
//!
//! [`encode`] and [`decode`] are pure: a request becomes a call, an answer becomes a value. [`read`] fetches lists and
//! single sheets. French words live in [`wire`] and `encode` only.

pub(crate) mod decode;
pub(crate) mod encode;
pub(crate) mod read;
pub(crate) mod wire;

#[cfg(test)]
mod tests;
