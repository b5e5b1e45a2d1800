//! Runs the program as people run it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so")]

mod commands;
mod examples;
mod floors;
mod real;
mod support;
