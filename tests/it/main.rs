//! Runs the program as people run it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on says so, and one that is skipped"
)]

mod browser;
#[cfg(unix)]
mod canary;
mod certificates;
#[cfg(unix)]
mod ci;
mod commands;
mod crash;
mod docs;
mod doctor;
mod ends;
mod examples;
mod explain;
mod faulty;
#[cfg(unix)]
mod first_hour;
mod floors;
mod fmt;
mod formats;
mod french;
mod history;
mod hostile;
mod import;
mod index;
mod language;
mod locks;
mod logs;
#[cfg(unix)]
mod packaging;
mod pages;
mod portal;
#[cfg(unix)]
mod postgres;
mod promotion;
mod proof;
mod real;
mod rotation;
mod schemas;
mod show;
#[cfg(unix)]
mod signals;
mod soak;
mod sources;
mod stages;
mod support;
mod ticket;
#[cfg(unix)]
mod waves;
