//! A Chorus Pro in one process: the official PISTE routes, the gateway contract, the portal's rules, and time that passes.
//!
//! It stands apart: it uses no other module of the crate, and no other module's types. What binds it to the client is the
//! JSON recorded under `tests/fixtures/wire/`. Read in this order:
//!
//! - [`world`]: what it holds and which rules it keeps; pure
//! - [`gateway`], [`piste`]: the two families of routes, as wire types and a way to the world
//! - [`steering`]: what no portal has: clock, roles, how sheets settle
//! - [`server`]: a socket, a directory and scripted faults around the world
//!
//! Must not: print, or leave the loopback interface.

pub(crate) mod call;
mod gateway;
pub(crate) mod generate;
mod piste;
pub(crate) mod server;
mod steering;
pub(crate) mod world;

pub(crate) use crate::simulator::server::Running;
pub(crate) use crate::simulator::server::Simulator;
pub(crate) use crate::simulator::server::Start;
pub(crate) use crate::simulator::server::serve;
pub(crate) use crate::simulator::world::structure::SeedService;
pub(crate) use crate::simulator::world::structure::SeedStructure;

#[cfg(test)]
mod tests;
