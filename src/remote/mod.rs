//! Reaches Chorus Pro: the official API (PISTE) and the gateway contract (`docs/gateway.md`).
//!
//! Two capabilities, two types: a [`Reader`] looks, a [`Writer`] changes and is made from a reader. Nothing here
//! decides what to change, and nothing here prints. Start at [`connect`], then [`reader`] and [`writer`];
//! [`http`] is the one place that sends. Encoding and decoding are pure: [`gateway::encode`], [`gateway::decode`].

pub(crate) mod doctor;
pub(crate) mod error;
pub(crate) mod gateway;
pub(crate) mod http;
pub(crate) mod page;
pub(crate) mod piste;
pub(crate) mod reader;
pub(crate) mod scope;
pub(crate) mod secret;
pub(crate) mod writer;

pub(crate) use crate::remote::error::RemoteError;
pub(crate) use crate::remote::http::Endpoints;
pub(crate) use crate::remote::http::Patience;
pub(crate) use crate::remote::http::pace::Rate;
pub(crate) use crate::remote::http::pace::Turns;
pub(crate) use crate::remote::reader::Reader;
pub(crate) use crate::remote::reader::connect;
pub(crate) use crate::remote::scope::Scope;
pub(crate) use crate::remote::writer::Receipt;
pub(crate) use crate::remote::writer::Writer;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
