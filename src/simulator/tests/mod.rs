//! Tests of the simulator as a whole.

pub(crate) mod support;

mod kept;
mod openapi;
mod piste;
mod recorded;

mod refusals;
mod served;
mod statuses;
mod swagger;
