//! Scenarios of the planner. Each test is one sentence and one picture.

mod accounts;
mod api;
mod edi;
mod freeze;
mod portal;
mod qualification;
mod rotation;
mod shared;
mod upcoming;
pub(super) mod world;
