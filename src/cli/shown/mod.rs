//! Every command line that we show, in the help and in the pages for people, is one that raccord takes.

#[path = "../../../tests/it/support/markdown.rs"]
#[expect(dead_code, reason = "the links are for another test")]
mod markdown;
mod shell;

use clap::Command;
use clap::CommandFactory as _;
use clap::Parser as _;
use clap::error::ErrorKind;

use super::args::Cli;

/// The command lines of raccord in a script, from the program's name on.
fn of_raccord(script: &str) -> Vec<Vec<String>> {
    let of = |words: Vec<String>| {
        let is_before = |word: &String| {
            matches!(word.as_str(), "if" | "!" | "then" | "do" | "else")
                || word.split_once('=').is_some_and(|(name, _)| {
                    name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
                })
        };
        let words: Vec<String> = words.into_iter().skip_while(is_before).collect();
        if words.first().is_some_and(|word| word == "raccord") {
            return Some(words);
        }
        let is_run = words.starts_with(&["cargo".to_owned(), "run".to_owned()]);
        let end = words.iter().position(|word| word == "--").filter(|_| is_run)?;
        let rest = words[end + 1..].iter().cloned();
        Some(std::iter::once("raccord".to_owned()).chain(rest).collect())
    };
    shell::commands(script).into_iter().filter_map(of).collect()
}

/// Why a line is not taken.
fn fault(words: &[String]) -> Option<String> {
    let error = Cli::try_parse_from(words).err()?;
    let is_asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    (!is_asked).then(|| error.to_string())
}

/// Why what is named in a sentence does not exist. It may be a part of a line, and `FILE` may stand for a file.
fn fault_of_a_part(words: &[String]) -> Option<String> {
    let error = Cli::try_parse_from(words).err()?;
    let is_unknown =
        matches!(error.kind(), ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand);
    is_unknown.then(|| error.to_string())
}

/// Commands and their commands, with the words that lead there, the first one `raccord`.
fn tree() -> Vec<Command> {
    fn add(command: &Command, all: &mut Vec<Command>) {
        all.push(command.clone());
        for child in command.get_subcommands() {
            add(child, all);
        }
    }
    let mut root = Cli::command().disable_help_subcommand(true);
    root.build();
    let mut all = Vec::new();
    add(&root, &mut all);
    all
}

/// The lines under `Example:` or `Examples:` of a text after the options.
fn examples(text: &str) -> Vec<&str> {
    let mut lines = text.lines();
    let Some(title) = lines.find(|line| line.starts_with("Example")) else { return Vec::new() };
    let lines: Vec<&str> = lines.take_while(|line| line.starts_with("  ")).map(str::trim).collect();
    let expected = if lines.len() == 1 { "Example:" } else { "Examples:" };
    assert_eq!(title, expected, "{text}");
    lines
}

#[test]
fn every_command_has_examples_that_it_takes() {
    for command in tree() {
        let name = command.get_bin_name().unwrap_or("raccord");
        for text in [command.get_after_help(), command.get_after_long_help()] {
            let Some(text) = text.map(ToString::to_string) else { continue };
            let lines = examples(&text);
            assert!(!lines.is_empty(), "{name} has no example:\n{text}");
            for line in lines {
                let found = of_raccord(line);
                assert!(!found.is_empty(), "{name}: `{line}`");
                assert!(line.starts_with(name), "{name}: `{line}` is about another command");
                for words in found {
                    assert_eq!(fault(&words), None, "{name}: `{line}`");
                }
            }
        }
        assert!(command.get_after_help().is_some(), "{name} has no example");
    }
}

#[test]
fn what_the_help_names_exists() {
    let mut count = 0;
    for command in tree() {
        let name = command.get_bin_name().unwrap_or("raccord");
        let abouts = [command.get_about(), command.get_long_about()];
        let helps = command.get_arguments().flat_map(|one| [one.get_help(), one.get_long_help()]);
        for text in abouts.into_iter().chain(helps).flatten().map(ToString::to_string) {
            for span in text.split('`').skip(1).step_by(2) {
                for words in of_raccord(span) {
                    count += 1;
                    assert_eq!(fault_of_a_part(&words), None, "{name}: `{span}`");
                }
            }
        }
    }
    assert!(count >= 5, "{count}");
}

#[test]
fn every_command_that_a_page_shows_is_one_that_raccord_takes() {
    let (mut whole, mut parts) = (0, 0);
    for page in markdown::pages() {
        let path = page.path.display();
        for block in &page.blocks {
            let script = match block.info.split(',').next() {
                Some("sh") => block.text.clone(),
                Some("console") => typed(&block.text),
                // The jobs of a forge.
                Some("yaml") => jobs(&block.text),
                _ => continue,
            };
            for words in of_raccord(&script) {
                whole += 1;
                assert_eq!(fault(&words), None, "{path}:{}: {words:?}", block.line);
            }
        }
        for (line, span) in spans(&page.prose) {
            for words in of_raccord(span) {
                parts += 1;
                assert_eq!(fault_of_a_part(&words), None, "{path}:{line}: `{span}`");
            }
        }
    }
    assert!(whole >= 80 && parts >= 80, "{whole} {parts}");
}

/// The spans of code in sentences, with their lines.
fn spans(prose: &[(usize, String)]) -> impl Iterator<Item = (usize, &str)> {
    prose
        .iter()
        .flat_map(|(number, line)| line.split('`').skip(1).step_by(2).map(|span| (*number, span)))
}

/// What was typed, in a block that shows a terminal.
fn typed(text: &str) -> String {
    text.lines()
        .filter_map(|line| line.strip_prefix("$ "))
        .map(|line| line.to_owned() + "\n")
        .collect()
}

/// What the jobs of a forge run.
fn jobs(text: &str) -> String {
    let of = |line: &str| {
        let line = line.trim_start().trim_start_matches("- ");
        let script = line.strip_prefix("run: ").or_else(|| line.strip_prefix("script: "))?;
        Some(script.to_owned() + "\n")
    };
    text.lines().filter_map(of).collect()
}

#[test]
fn the_readme_lists_every_command() {
    let readme = markdown::Page::read(std::path::Path::new("README.md"));
    for command in tree().iter().skip(1).filter(|command| !command.has_subcommands()) {
        let name = command.get_bin_name().unwrap().replacen("raccord ", "", 1);
        let is_listed = readme.prose.iter().any(|(_, line)| {
            line.strip_prefix("| `").is_some_and(|cell| {
                cell.strip_prefix(&name).is_some_and(|rest| rest.starts_with([' ', '`']))
            })
        });
        assert!(is_listed, "the table of README.md has no row for `{name}`");
    }
}
