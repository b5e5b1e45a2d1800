//! `raccord certificates`: what a project's certificates are, and who uses them.

pub(crate) mod args;
pub(crate) mod index;

use crate::cli::commands::certificates::args::CertificatesCommand;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::settings::Settings;

/// Runs one command of the group.
pub(crate) fn run(command: &CertificatesCommand, settings: &Settings) -> Result<Exit, Failure> {
    match command {
        CertificatesCommand::Index(arguments) => index::run(arguments, settings),
    }
}
