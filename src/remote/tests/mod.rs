//! The client against the embedded simulator, and against services that behave badly.

mod perform;
mod reading;
mod trouble;
mod whims;
