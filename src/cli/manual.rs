//! The pages of the manual, from the same texts as `--help`.
//!
//! What stands after the options in the help becomes sections: a line that begins at the margin and ends with a colon
//! is the title of one. Those of the long help of `raccord` itself hold for every command. The pages speak the language
//! of the run, also where the library writes English by itself.

use std::io;

use clap::Command;
use clap::CommandFactory as _;
use clap_mangen::Man;
use clap_mangen::roff::Inline;
use clap_mangen::roff::Roff;
use clap_mangen::roff::bold;
use clap_mangen::roff::roman;
use jiff::civil::Date;

use crate::cli::args::Cli;
use crate::cli::help;
use crate::language::marked;
use crate::language::tr;
use crate::language::translated_in;

/// The titles that the library writes by itself, within the context [`MANUAL`].
const TITLES: [&str; 4] = [
    marked!("manual" => "NAME"),
    marked!("manual" => "SYNOPSIS"),
    marked!("manual" => "DESCRIPTION"),
    marked!("manual" => "OPTIONS"),
];

/// The context of the texts of these pages.
const MANUAL: &str = "manual";

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// The words of the command after `raccord`.
    pub(crate) command: Vec<String>,
    /// The name of its file, for example `raccord-plan.1`.
    pub(crate) file: String,
    /// What is in it, for `man`.
    pub(crate) text: String,
}

/// A part of a text after the options.
#[derive(Debug, PartialEq, Eq)]
struct Section {
    title: String,
    lines: Vec<String>,
}

/// All pages: `raccord` first, each group before its commands.
pub(crate) fn pages(date: Option<Date>) -> io::Result<Vec<Page>> {
    let mut root = help::described_of(Cli::command().disable_help_subcommand(true));
    root.build();
    let short = after(root.get_after_help());
    let common: Vec<Section> = after(root.get_after_long_help())
        .into_iter()
        .filter(|section| short.iter().all(|other| other.title != section.title))
        .collect();
    let mut pages = Vec::new();
    add(&root, &[], &common, date, &mut pages)?;
    Ok(pages)
}

fn add(
    command: &Command,
    above: &[&Command],
    common: &[Section],
    date: Option<Date>,
    pages: &mut Vec<Page>,
) -> io::Result<()> {
    pages.push(page(command, above, common, date)?);
    let mut path = above.to_vec();
    path.push(command);
    for child in command.get_subcommands().filter(|child| !child.is_hide_set()) {
        add(child, &path, common, date, pages)?;
    }
    Ok(())
}

fn page(
    command: &Command,
    above: &[&Command],
    common: &[Section],
    date: Option<Date>,
) -> io::Result<Page> {
    let version = command.get_version().unwrap_or_default();
    let titled = command.clone().subcommand_help_heading(tr!("manual" => "SUBCOMMANDS"));
    let man = Man::new(titled)
        // An empty text would leave its place to the next one.
        .date(date.map_or_else(|| " ".to_owned(), |date| date.to_string()))
        .source(format!("raccord {version}"))
        .manual("raccord");
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut text)?;
    }
    let mut roff = Roff::new();
    for section in common.iter().chain(&after(command.get_after_help())) {
        add_section(section, &mut roff);
    }
    see_also(command, above, &mut roff);
    roff.to_writer(&mut text)?;
    let words = above.iter().skip(1).copied().chain((!above.is_empty()).then_some(command));
    Ok(Page {
        command: words.map(|command| command.get_name().to_owned()).collect(),
        file: man.get_filename(),
        // One empty line, in the one way that no checker of pages finds fault with.
        text: with_bold(&in_language(
            &String::from_utf8_lossy(&text).replace(".br\n\n.br\n", ".sp\n"),
        )),
    })
}

/// Cuts a text after the options into its sections.
fn after(text: Option<&clap::builder::StyledStr>) -> Vec<Section> {
    let text = text.map(ToString::to_string).unwrap_or_default();
    let mut sections: Vec<Section> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        match (line.strip_suffix(':').filter(|_| !line.starts_with(' ')), sections.last_mut()) {
            (Some(title), _) => {
                // In French a blank stands before the colon.
                let title = title.trim_end().to_owned();
                sections.push(Section { title, lines: Vec::new() });
            }
            (None, Some(section)) => section.lines.push(line.trim().to_owned()),
            (None, None) => {}
        }
    }
    sections
}

/// A list where each line is a word, two blanks or more, and what it means; else the lines as they are.
fn add_section(section: &Section, roff: &mut Roff) {
    roff.control("SH", [section.title.to_uppercase().as_str()]);
    let pairs: Option<Vec<(&str, &str)>> =
        section.lines.iter().map(|line| line.split_once("  ")).collect();
    if let Some(pairs) = pairs {
        for (word, meaning) in pairs {
            roff.control("TP", []);
            roff.text([bold(word)]);
            roff.text([roman(meaning.trim_start())]);
        }
    } else {
        roff.control("EX", []);
        for line in &section.lines {
            roff.text([roman(line)]);
        }
        roff.control("EE", []);
    }
}

/// The page above, then those below.
fn see_also(command: &Command, above: &[&Command], roff: &mut Roff) {
    let name = |command: &Command| {
        command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
    };
    let below = command.get_subcommands().filter(|child| !child.is_hide_set());
    let mut line: Vec<Inline> = Vec::new();
    for name in above.iter().copied().chain(below).map(name) {
        if !line.is_empty() {
            line.push(roman(", "));
        }
        line.extend([bold(name), roman("(1)")]);
    }
    roff.control("SH", [tr!("manual" => "SEE ALSO").as_str()]);
    roff.text(line);
}

/// What the library writes by itself, in the language of the run.
fn in_language(page: &str) -> String {
    let mut text = String::with_capacity(page.len());
    for line in page.lines() {
        if let Some(title) = line.strip_prefix(".SH ") {
            let title = title.trim_matches('"').trim_end();
            let title = match TITLES.iter().find(|known| **known == title) {
                Some(known) => translated_in(MANUAL, known),
                None => title.into(),
            };
            let mark = if title.contains(' ') { "\"" } else { "" };
            text.extend([".SH ", mark, &title, mark]);
        } else {
            text.push_str(
                &line
                    .replace("Possible values:", &tr!("manual" => "Possible values:"))
                    .replace("[default: ", &tr!("manual" => "[default: ")),
            );
        }
        text.push('\n');
    }
    text
}

/// What stands between backticks in bold letters: `man` would make quotes of them.
fn with_bold(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for line in text.lines() {
        let parts: Vec<&str> = line.split('`').collect();
        for (place, part) in parts.iter().enumerate() {
            if place > 0 {
                // Only pairs: the last of an odd number stays.
                let is_alone = parts.len().is_multiple_of(2) && place == parts.len() - 1;
                result.push_str(match (is_alone, place % 2) {
                    (true, _) => r"\(ga",
                    (false, 1) => r"\fB",
                    (false, _) => r"\fR",
                });
            }
            result.push_str(part);
        }
        result.push('\n');
    }
    result
}

#[cfg(test)]
mod tests {
    use crate::language;
    use crate::language::Language;

    use super::*;

    #[test]
    fn sections_begin_at_the_margin() {
        let text = clap::builder::StyledStr::from("One:\n  a  x: y:\n\nTwo words:\n  raccord plan");
        let sections = after(Some(&text));
        assert_eq!(sections.len(), 2, "{sections:?}");
        assert_eq!(
            (sections[0].title.as_str(), &sections[0].lines[..]),
            ("One", &["a  x: y:".to_owned()][..])
        );
        assert_eq!(
            (sections[1].title.as_str(), &sections[1].lines[..]),
            ("Two words", &["raccord plan".to_owned()][..])
        );
    }

    #[test]
    fn what_is_typed_is_bold() {
        assert_eq!(with_bold("run `a` or `b`"), "run \\fBa\\fR or \\fBb\\fR\n");
        assert_eq!(with_bold("a ` alone"), "a \\(ga alone\n");
        assert_eq!(with_bold("`a` and `"), "\\fBa\\fR and \\(ga\n");
    }

    #[test]
    fn in_french_nothing_of_the_library_is_left_in_english() {
        let english = pages(None).unwrap();
        let french = language::within(Language::French, || pages(None)).unwrap();
        let names = |pages: &[Page]| -> Vec<(String, Vec<String>)> {
            pages.iter().map(|page| (page.file.clone(), page.command.clone())).collect()
        };
        assert_eq!(names(&french), names(&english));
        for Page { file, text, .. } in &french {
            for title in ["NOM", "SYNOPSIS", "DESCRIPTION", "\"CODES DE RETOUR\"", "\"VOIR AUSSI\""]
            {
                let heading = format!(".SH {title}\n");
                assert_eq!(text.matches(&heading).count(), 1, "{title} in {file}:\n{text}");
            }
            for left in ["Possible values:", "[default:", "SUBCOMMANDS", "SEE ALSO", "EXAMPLE\n"] {
                assert!(!text.contains(left), "{left} in {file}:\n{text}");
            }
        }
    }

    #[test]
    fn every_command_has_a_page_with_all_its_sections() {
        let pages = pages(None).unwrap();
        let mut root = Cli::command();
        root.build();
        let groups = root.get_subcommands().flat_map(Command::get_subcommands);
        let commands = root.get_subcommands().chain(groups).filter(|command| {
            !command.get_bin_name().unwrap().split(' ').any(|word| word == "help")
        });
        let mut expected: Vec<String> = commands
            .map(|command| format!("{}.1", command.get_bin_name().unwrap().replace(' ', "-")))
            .collect();
        expected.push("raccord.1".to_owned());
        expected.sort();
        let mut found: Vec<&str> = pages.iter().map(|page| page.file.as_str()).collect();
        found.sort_unstable();
        assert_eq!(found, expected);
        for Page { command, file, text } in &pages {
            let joined = [&["raccord".to_owned()][..], command].concat().join("-");
            assert_eq!(*file, joined + ".1");
            for section in [
                "NAME",
                "SYNOPSIS",
                "DESCRIPTION",
                "EXIT CODES",
                "ENVIRONMENT VARIABLES",
                "FILES",
                "SEE ALSO",
            ] {
                let heading = [format!(".SH {section}\n"), format!(".SH \"{section}\"\n")];
                let count: usize =
                    heading.iter().map(|heading| text.matches(heading.as_str()).count()).sum();
                assert_eq!(count, 1, "{section} in {file}:\n{text}");
            }
            assert!(text.contains(".SH EXAMPLE"), "{file}:\n{text}");
        }
    }
}
