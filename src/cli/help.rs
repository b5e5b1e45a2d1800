//! The help of the commands in the language of the run: what `clap` knows of them, walked through and translated.

#[cfg(test)]
use std::collections::BTreeSet;

use clap::Arg;
use clap::Command;
use clap::CommandFactory as _;
use clap::builder::PossibleValue;
use clap::builder::PossibleValuesParser;
use clap::builder::StyledStr;

use crate::cli::args::Cli;
use crate::language::Language;
use crate::language::current;
use crate::language::tr;
use crate::language::translated;
use crate::language::translated_in;

/// The command line, with its help in the language of the run.
pub(crate) fn command() -> Command {
    match current() {
        Language::English => Cli::command(),
        Language::French => french(Cli::command()),
    }
}

fn french(mut command: Command) -> Command {
    // Adds what clap itself brings: the commands and options that show help and version.
    command.build();
    walk(command, &mut said, true)
}

/// The command line for completions: what they say of commands, options and values is in the language of the run.
///
/// It is not for parsing: its values are words only.
pub(crate) fn described() -> Command {
    described_of(Cli::command())
}

/// The same of a command line that was told before to leave something out.
pub(crate) fn described_of(mut command: Command) -> Command {
    match current() {
        Language::English => command,
        Language::French => {
            command.build();
            values(walk(command, &mut said, false))
        }
    }
}

/// Translates what is said of possible values.
fn values(command: Command) -> Command {
    let said = |value: &PossibleValue| {
        let name = value.get_name().to_owned();
        let help = value.get_help().map(|help| translated(&help.to_string()).into_owned());
        let said = PossibleValue::new(name).hide(value.is_hide_set());
        help.into_iter().fold(said, PossibleValue::help)
    };
    command
        .mut_args(|argument| {
            let values: Vec<PossibleValue> =
                argument.get_possible_values().iter().map(said).collect();
            let is_flag = !argument.get_action().takes_values();
            if is_flag || values.is_empty() {
                return argument;
            }
            argument.value_parser(PossibleValuesParser::new(values))
        })
        .mut_subcommands(values)
}

/// Whether there is a command of this name.
#[cfg(test)]
pub(crate) fn is_command(name: &str) -> bool {
    Cli::command().find_subcommand(name).is_some()
}

/// A text of the help in the language of the run.
fn said(context: Option<&'static str>, text: &str) -> String {
    match context {
        Some(context) => translated_in(context, text).into_owned(),
        None => translated(text).into_owned(),
    }
}

/// Every text of the help that has to be translated, with its context.
#[cfg(test)]
pub(crate) fn texts() -> BTreeSet<(Option<&'static str>, String)> {
    let mut command = Cli::command();
    command.build();
    let mut texts = BTreeSet::new();
    let _same = walk(
        command,
        &mut |context, text| {
            texts.insert((context, text.to_owned()));
            text.to_owned()
        },
        false,
    );
    texts
}

/// The context of the names of values.
const VALUE: &str = "value";

/// What becomes of a text, with its context.
type Say<'a> = &'a mut dyn FnMut(Option<&'static str>, &str) -> String;

/// Puts each text of a command and of those below it through `say`. `labels`: also the words of clap's own.
fn walk(command: Command, say: Say<'_>, labels: bool) -> Command {
    let told = Told::of(&command);
    let mut command = command;
    if let Some(about) = told.about {
        command = command.about(paragraphs(&about, say));
    }
    if let Some(about) = told.long_about {
        command = command.long_about(paragraphs(&about, say));
    }
    if let Some(help) = told.after_help {
        command = command.after_help(paragraphs(&help, say));
    }
    if let Some(help) = told.after_long_help {
        command = command.after_long_help(paragraphs(&help, say));
    }
    if labels {
        let (style, usage) = (command.get_styles().get_usage(), tr!("Usage:"));
        let usage = format!("{style}{usage}{style:#}");
        command = command
            .help_template(format!(
                "{{before-help}}{{about-with-newline}}\n{usage} {{usage}}\n\n{{all-args}}{{after-help}}"
            ))
            .subcommand_help_heading(heading(&tr!("Commands")))
            .subcommand_value_name(tr!("COMMAND"));
    }
    command
        .mut_args(|argument| argument_in(argument, say, labels))
        .mut_subcommands(|below| walk(below, say, labels))
}

/// A heading, behind which the library puts a colon: in French, a blank stands before it.
fn heading(title: &str) -> String {
    match current() {
        Language::English => title.to_owned(),
        Language::French => format!("{title}\u{a0}"),
    }
}

/// The texts of a command, as they were written.
struct Told {
    about: Option<String>,
    long_about: Option<String>,
    after_help: Option<String>,
    after_long_help: Option<String>,
}

impl Told {
    fn of(command: &Command) -> Self {
        let text = |styled: Option<&StyledStr>| styled.map(ToString::to_string);
        Self {
            about: text(command.get_about()),
            long_about: text(command.get_long_about()),
            after_help: text(command.get_after_help()),
            after_long_help: text(command.get_after_long_help()),
        }
    }
}

fn argument_in(mut argument: Arg, say: Say<'_>, labels: bool) -> Arg {
    let text = |styled: Option<&StyledStr>| styled.map(ToString::to_string);
    let (help, long_help) = (text(argument.get_help()), text(argument.get_long_help()));
    let is_global = ["help", "version"].contains(&argument.get_id().as_str());
    let title = match argument.get_help_heading() {
        Some(title) => Some(say(None, title)),
        None if !labels => None,
        // Every command has them, and those of its own come first.
        None if is_global => Some(tr!("Global options")),
        None if argument.is_positional() => Some(tr!("Arguments")),
        None => Some(tr!("Options")),
    };
    if let Some(title) = title {
        argument = argument.help_heading(heading(&title));
    }
    let is_flag = !argument.get_action().takes_values();
    let names: Vec<String> = argument
        .get_value_names()
        .filter(|_| !is_flag)
        .unwrap_or_default()
        .iter()
        .map(|name| say(Some(VALUE), name.as_str()))
        .collect();
    if !names.is_empty() {
        argument = argument.value_names(names);
    }
    let values: Vec<(String, Option<String>)> = argument
        .get_possible_values()
        .iter()
        .filter(|value| !value.is_hide_set())
        .map(|value| {
            (value.get_name().to_owned(), text(value.get_help()).map(|help| say(None, &help)))
        })
        .collect();
    let default: Vec<String> = argument
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy().into_owned())
        .collect();
    let is_default_hidden = argument.is_hide_default_value_set();
    let mut notes = String::new();
    if labels && !is_flag {
        if !default.is_empty() && !is_default_hidden {
            notes.push_str(&tr!(" [default: {value}]", value = default.join(" ")));
        }
        let names: Vec<&str> = values.iter().map(|(name, _)| name.as_str()).collect();
        if !names.is_empty() && !argument.is_hide_possible_values_set() {
            notes.push_str(&tr!(" [possible values: {values}]", values = names.join(", ")));
        }
        argument = argument.hide_default_value(true).hide_possible_values(true);
    }
    if let Some(help) = &help {
        argument = argument.help(format!("{}{notes}", paragraphs(help, say)));
    }
    if long_help.is_some() || (labels && values.iter().any(|(_, help)| help.is_some())) {
        let mut long = long_help.or(help).map(|help| paragraphs(&help, say)).unwrap_or_default();
        if labels {
            if !values.is_empty() {
                long += "\n\n";
                long += &tr!("Possible values:");
            }
            for (name, help) in values {
                let help = help.map(|help| tr!(": {help}", help)).unwrap_or_default();
                long.extend(["\n- ", &name, &help]);
            }
            if !default.is_empty() && !is_flag && !is_default_hidden {
                long += "\n\n";
                long += &tr!("[default: {value}]", value = default.join(" "));
            }
        }
        argument = argument.long_help(long);
    }
    argument
}

/// A text, paragraph by paragraph. Examples are commands, and only their heading is a text.
fn paragraphs(text: &str, say: Say<'_>) -> String {
    let said: Vec<String> = text
        .split("\n\n")
        .map(|paragraph| match paragraph.split_once('\n') {
            Some((heading @ ("Example:" | "Examples:"), commands)) => {
                format!("{}\n{commands}", say(None, heading))
            }
            _ if paragraph.trim().is_empty() => paragraph.to_owned(),
            _ => say(None, paragraph),
        })
        .collect();
    said.join("\n\n")
}
