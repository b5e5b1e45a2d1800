//! The help of the commands in the language of the run: what `clap` knows of them, walked through and translated.

#[cfg(test)]
use std::collections::BTreeSet;

use clap::Arg;
use clap::Command;
use clap::CommandFactory as _;
use clap::builder::StyledStr;

use crate::cli::args::Cli;
use crate::language::Language;
use crate::language::current;
use crate::language::tr;
use crate::language::translated;

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
    walk(command, &mut |text| translated(text).into_owned(), true)
}

/// Every text of the help that has to be translated.
#[cfg(test)]
pub(crate) fn texts() -> BTreeSet<String> {
    let mut command = Cli::command();
    command.build();
    let mut texts = BTreeSet::new();
    let _same = walk(
        command,
        &mut |text| {
            texts.insert(text.to_owned());
            text.to_owned()
        },
        false,
    );
    texts
}

/// Puts each text of a command and of those below it through `say`. `labels`: also the words of clap's own.
fn walk(command: Command, say: &mut dyn FnMut(&str) -> String, labels: bool) -> Command {
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
        command = command
            .help_template(tr!(
                "{before-help}{about-with-newline}\nUsage: {usage}\n\n{all-args}{after-help}"
            ))
            .subcommand_help_heading(tr!("Commands"))
            .subcommand_value_name(tr!("COMMAND"));
    }
    command
        .mut_args(|argument| argument_in(argument, say, labels))
        .mut_subcommands(|below| walk(below, say, labels))
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

fn argument_in(mut argument: Arg, say: &mut dyn FnMut(&str) -> String, labels: bool) -> Arg {
    let text = |styled: Option<&StyledStr>| styled.map(ToString::to_string);
    let (help, long_help) = (text(argument.get_help()), text(argument.get_long_help()));
    let heading = argument.get_help_heading().map(&mut *say);
    if let Some(heading) = heading {
        argument = argument.help_heading(heading);
    }
    let values: Vec<(String, Option<String>)> = argument
        .get_possible_values()
        .iter()
        .filter(|value| !value.is_hide_set())
        .map(|value| (value.get_name().to_owned(), text(value.get_help()).map(|help| say(&help))))
        .collect();
    let default: Vec<String> = argument
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy().into_owned())
        .collect();
    let is_flag = !argument.get_action().takes_values();
    let mut notes = String::new();
    if labels && !is_flag {
        if !default.is_empty() && !argument.is_hide_default_value_set() {
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
            for (name, help) in values {
                let help = help.map(|help| tr!(": {help}", help)).unwrap_or_default();
                long.push_str(&format!("\n- {name}{help}"));
            }
            if !default.is_empty() && !is_flag {
                long.push_str(&format!(
                    "\n\n{}",
                    tr!("[default: {value}]", value = default.join(" "))
                ));
            }
        }
        argument = argument.long_help(long);
    }
    argument
}

/// A text, paragraph by paragraph. Examples are commands, and only their heading is a text.
fn paragraphs(text: &str, say: &mut dyn FnMut(&str) -> String) -> String {
    let said: Vec<String> = text
        .split("\n\n")
        .map(|paragraph| match paragraph.split_once('\n') {
            Some((heading @ ("Example:" | "Examples:"), commands)) => {
                format!("{}\n{commands}", say(heading))
            }
            _ if paragraph.trim().is_empty() => paragraph.to_owned(),
            _ => say(paragraph),
        })
        .collect();
    said.join("\n\n")
}
