//! Tests of the simulator as a whole.

mod support;

mod served;
