//! Decides what has to change, and in which order. Pure: values in, a value out.

pub(crate) mod change;

pub(crate) use crate::plan::change::Plan;
