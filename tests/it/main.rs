//! Runs the program as people run it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on says so, and one that is skipped"
)]

mod certificates;
mod commands;
mod examples;
mod faulty;
mod floors;
mod fmt;
mod formats;
mod history;
mod hostile;
mod index;
mod real;
mod rotation;
mod schemas;
mod stages;
mod support;
