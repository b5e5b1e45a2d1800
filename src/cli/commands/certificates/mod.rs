//! `raccord certificates`: what files hold, files with their chain, and what ends when.

pub(crate) mod args;
pub(crate) mod bundle;
pub(crate) mod calendar;
pub(crate) mod index;
pub(crate) mod inspect;
pub(crate) mod trust;

use crate::cli::commands::certificates::args::CertificatesCommand;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::settings::Settings;

/// Runs one command of the group.
pub(crate) fn run(command: &CertificatesCommand, settings: &Settings) -> Result<Exit, Failure> {
    match command {
        CertificatesCommand::Index(arguments) => index::run(arguments, settings),
        CertificatesCommand::Inspect(arguments) => inspect::run(arguments, settings),
        CertificatesCommand::Bundle(arguments) => bundle::run(arguments, settings),
        CertificatesCommand::Calendar(arguments) => calendar::run(arguments, settings),
    }
}
