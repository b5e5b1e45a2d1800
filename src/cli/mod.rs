//! Drives everything: from what was typed to an exit code.
//!
//! [`run`] is the way in. [`args`] is what was typed, [`settings`] what it means here and now (the only reader of
//! the environment, the terminal and the clock), [`commands`] one file for each command, [`output`] the only
//! place that prints, above the [`bars`] where there are any, [`exit`] the ways to end.

pub(crate) mod args;
pub(crate) mod bars;
pub(crate) mod choice;
pub(crate) mod commands;
pub(crate) mod dossier;
pub(crate) mod endpoints;
pub(crate) mod events;
pub(crate) mod exit;
pub(crate) mod failure;
pub(crate) mod forecast;
pub(crate) mod forge;
mod freeze;
pub(crate) mod help;
pub(crate) mod ledger;
pub(crate) mod logging;
pub(crate) mod manual;
pub(crate) mod output;
pub(crate) mod panic;
pub(crate) mod planning;
pub(crate) mod progress;
pub(crate) mod project;
pub(crate) mod proof;
pub(crate) mod qualification;
mod question;
pub(crate) mod reading;
pub(crate) mod rollout;
pub(crate) mod saved;
pub(crate) mod seed;
pub(crate) mod session;
pub(crate) mod settings;
#[cfg(test)]
mod shown;
pub(crate) mod signals;
pub(crate) mod speaking;
pub(crate) mod table_file;
pub(crate) mod usage;
pub(crate) mod wave_reports;
pub(crate) mod whole;

use std::ffi::OsString;

use clap::FromArgMatches as _;
use clap::error::ErrorKind;

use crate::cli::args::Cli;
use crate::cli::args::Command;
use crate::cli::args::Format;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::settings::Settings;
use crate::language;
use crate::language::Language;
use crate::render::style::Colour;

/// Runs one command line, the program's name first.
pub(crate) fn run(arguments: Vec<OsString>) -> Exit {
    panic::install();
    match std::panic::catch_unwind(|| run_unguarded(arguments)) {
        Ok(exit) => exit,
        // The hook has told what happened.
        Err(_) => Exit::Bug,
    }
}

fn run_unguarded(arguments: Vec<OsString>) -> Exit {
    match settings::language(&arguments) {
        Ok(language) => language::choose(language),
        Err(failure) => return ended(&failure, Colour::Off),
    }
    let parsed = help::command()
        .try_get_matches_from(arguments)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return refused(&error),
    };
    let (settings, result) = match Settings::read(&cli.global) {
        Ok(settings) => {
            let result = logging::start(&settings).and_then(|()| match settings.format {
                // What machines read is the same in every language.
                Format::Json => language::in_english(|| dispatch(&cli.command, &settings)),
                _ => dispatch(&cli.command, &settings),
            });
            (Some(settings), result)
        }
        Err(failure) => (None, Err(failure)),
    };
    match result {
        Ok(exit) => exit,
        Err(failure) => {
            ended(&failure, settings.map_or(Colour::Off, |settings| settings.error_colour))
        }
    }
}

fn ended(failure: &Failure, colour: Colour) -> Exit {
    output::say(&failure.text(colour));
    failure.exit
}

/// Help and version are results; anything else was a mistake on the command line.
fn refused(error: &clap::Error) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A reader that went away has read enough.
            let _read = error.print();
            Exit::Done
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _unreportable = error.print();
            Exit::Usage
        }
        _ => {
            match language::current() {
                Language::English => {
                    let _unreportable = error.print();
                }
                Language::French => output::say(&usage::french(error)),
            }
            Exit::Usage
        }
    }
}

fn dispatch(command: &Command, settings: &Settings) -> Result<Exit, Failure> {
    if let Some((message, help)) = command.refuses(settings.format) {
        return Err(Failure::new(Exit::Usage, message).help(help));
    }
    match command {
        Command::Init(arguments) => commands::init::run(arguments, settings),
        Command::Schema(arguments) => commands::schema::run(arguments),
        Command::Completions(arguments) => commands::completions::run(arguments),
        Command::Man(arguments) => commands::man::run(arguments),
        Command::Validate(arguments) => commands::validate::run(arguments, settings),
        Command::Fmt(arguments) => commands::fmt::run(arguments, settings),
        Command::Explain(arguments) => commands::explain::run(arguments, settings),
        Command::Plan(arguments) => commands::plan::run(arguments, settings),
        Command::Promote(arguments) => commands::promote::run(arguments, settings),
        Command::Show(arguments) => commands::show::run(arguments, settings),
        Command::Apply(arguments) => commands::apply::run(arguments, settings),
        Command::Status(arguments) => commands::status::run(arguments, settings),
        Command::Import(arguments) => commands::import::run(arguments, settings),
        Command::Ticket(arguments) => commands::ticket::run(arguments, settings),
        Command::Doctor(arguments) => commands::doctor::run(arguments, settings),
        Command::Confirm(arguments) => commands::confirm::run(arguments, settings),
        Command::Unlock(arguments) => commands::unlock::run(arguments, settings),
        Command::History(arguments) => commands::history::run(arguments, settings),
        Command::Verify(arguments) => commands::verify::run(arguments, settings),
        Command::Ledger(command) => commands::ledger::run(command, settings),
        Command::Certificates(command) => commands::certificates::run(command, settings),
        Command::Sources(command) => commands::sources::run(command, settings),
        Command::Simulator(arguments) => commands::simulator::run(arguments, settings),
    }
}
