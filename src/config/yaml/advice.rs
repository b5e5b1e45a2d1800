//! What to do about a fault of syntax: the parser says where it stopped, the lines there show what was meant.

use crate::language::Message;
use crate::language::marked;
use crate::language::message;
use crate::language::translated;

/// Characters that look like blanks, like line ends or like nothing, with their names.
const INVISIBLE: [(char, &str); 11] = [
    ('\u{a0}', marked!("a no-break space (U+00A0)")),
    ('\u{202f}', marked!("a narrow no-break space (U+202F)")),
    ('\u{2007}', marked!("a figure space (U+2007)")),
    ('\u{3000}', marked!("an ideographic space (U+3000)")),
    ('\u{200b}', marked!("a zero-width space (U+200B)")),
    ('\u{feff}', marked!("a byte order mark (U+FEFF)")),
    ('\u{ad}', marked!("a soft hyphen (U+00AD)")),
    ('\u{85}', marked!("a next-line character (U+0085)")),
    ('\u{2028}', marked!("a line separator (U+2028)")),
    ('\u{2029}', marked!("a paragraph separator (U+2029)")),
    ('\u{ff1a}', marked!("a full-width colon (U+FF1A)")),
];

/// Advice for the parser's `message` at a line and a column, both from 1.
pub(crate) fn advice(message: &str, lines: &[&str], line: u32, column: u32) -> Message {
    let here = content(lines, line);
    let (above_line, above) = above(lines, line);
    if message.contains("tab") {
        return message!("indent with spaces: YAML allows no tabs there");
    }
    for (line, text) in [(line, here), (above_line, above)] {
        if let Some((name, column)) = invisible(text) {
            return message!(
                "line {line}, column {column} holds {name}, which YAML does not take for what it looks like: type it again",
                line,
                column,
                name = translated(name)
            );
        }
    }
    if let Some(advice) = named(message) {
        return advice;
    }
    if message.contains("unexpected character") {
        // The parser's own place may be that of the text in front of the character.
        let found = message.split_once('`').and_then(|(_, rest)| rest.rsplit_once('\''));
        return match found {
            Some((found, _)) if found.chars().count() == 1 => {
                message!("put a text that begins with `{found}` between double quotes", found)
            }
            _ => message!("remove the control character, which cannot be seen"),
        };
    }
    if message.contains("expected ',' or") {
        return message!(
            "close the bracket, or put a text with a quote, a comma, a colon or a bracket in it between double quotes"
        );
    }
    if here.contains(",,") || here.contains(", ,") {
        return message!("remove the comma that nothing follows");
    }
    if message.contains("invalid indentation") {
        return message!(
            "close the bracket that is open, or indent this line further than the key before the bracket"
        );
    }
    if message.contains("mapping values are not allowed") {
        return mapping_value(here, above, above_line, line, column);
    }
    if message.contains("did not find expected key") && !above.is_empty() {
        return message!(
            "begin the line in the column of its neighbours: this one begins in column {}, line {above_line} in column {}",
            indent(here) + 1,
            indent(above) + 1,
            above_line
        );
    }
    message!("check indentation, quotes and colons around this place")
}

/// Advice for what the parser itself names.
fn named(message: &str) -> Option<Message> {
    let advice = match message {
        _ if message.contains("multiline quoted scalar") => {
            message!("close the quote: it is open since an earlier line")
        }
        _ if message.contains("single-quoted scalar") => {
            message!("write an apostrophe twice between single quotes, or use double quotes")
        }
        _ if message.contains("double-quoted scalar") => {
            message!("write `\\\"` for a quote between double quotes")
        }
        _ if message.contains("escape") => {
            message!("write `\\\\` for a backslash between double quotes, or use single quotes")
        }
        _ if message.contains("simple key expected") => {
            message!("write a colon and a blank between key and value: `key: value`")
        }
        _ if message.contains("block sequence entries") => {
            message!(
                "begin the list on the line below its key, or write it between brackets: `[first, second]`; put a text that begins with `- ` between double quotes"
            )
        }
        _ if message.contains("unknown anchor") => {
            message!("put a text that begins with `*` between double quotes")
        }
        _ if message.contains("unclosed") => {
            message!("close the bracket")
        }
        _ => return None,
    };
    Some(advice)
}

/// Advice for a colon where none can be.
fn mapping_value(here: &str, above: &str, above_line: u32, line: u32, column: u32) -> Message {
    let before: String =
        here.chars().take(usize::try_from(column).unwrap_or(1).saturating_sub(1)).collect();
    if before.contains(": ") {
        return message!("put a text with `: ` in it between double quotes");
    }
    let key = above.trim_start().trim_start_matches("- ");
    if !key.is_empty() && !key.contains(": ") && !key.ends_with(':') {
        return message!(
            "write a colon and a blank between key and value on line {above_line}: `key: value`",
            above_line
        );
    }
    if indent(here) > indent(above) {
        return message!(
            "line {line} is indented further than line {above_line}, which has a value already: begin both in one column, or remove that value when the lines below are to be its own",
            line,
            above_line
        );
    }
    message!("check indentation, quotes and colons around this place")
}

fn content<'a>(lines: &[&'a str], line: u32) -> &'a str {
    let index = usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1);
    lines.get(index).copied().unwrap_or_default().trim_end()
}

/// The nearest line above that holds something, and its number.
fn above<'a>(lines: &[&'a str], line: u32) -> (u32, &'a str) {
    // Far above, nothing explains a fault.
    (line.saturating_sub(20).max(1)..line)
        .rev()
        .map(|number| (number, content(lines, number)))
        .find(|(_, text)| !text.trim().is_empty() && !text.trim_start().starts_with('#'))
        .unwrap_or((line, ""))
}

/// The first invisible character outside of quotes, and its column.
fn invisible(text: &str) -> Option<(&'static str, usize)> {
    (1..).zip(text.chars().take(1_000)).find_map(|(column, c)| {
        let (_, name) = INVISIBLE.iter().find(|(known, _)| *known == c)?;
        Some((*name, column))
    })
}

fn indent(text: &str) -> usize {
    text.chars().take_while(|c| *c == ' ').count()
}

#[cfg(test)]
mod tests {
    use crate::config::yaml::read;

    /// Each text has one fault, whose help holds these words.
    #[test]
    fn the_help_says_what_to_type() {
        for (text, words) in [
            ("a:\n\tb: 1\n", "indent with spaces"),
            ("a:\n\u{a0}\u{a0}b: 1\n  c: 2\n", "line 2, column 1 holds a no-break space"),
            ("a:\u{a0}1\nb: 2\n", "line 1, column 3 holds a no-break space"),
            ("a: 1\u{85}b: 2\n", "next-line character (U+0085)"),
            ("a: 1\u{2028}b: 2\n", "line separator (U+2028)"),
            ("a: 1\n\u{feff}b: 2\n", "line 2, column 1 holds a byte order mark"),
            ("a： 1\nb: 2\n", "full-width colon"),
            ("a:\"1\"\nb: 2\n", "between key and value on line 1"),
            ("a = 1\nb: 2\n", "between key and value on line 1"),
            ("a: 1\nb:2\n", "write a colon and a blank"),
            ("a: b: c\n", "a text with `: ` in it between double quotes"),
            ("a:\n  b: 1\n    c: 2\n", "line 3 is indented further than line 2"),
            ("a:\n  b: 1\n   c: 2\n", "line 3 is indented further than line 2"),
            ("a:\n   b: 1\n  c: 2\n", "this one begins in column 3, line 2 in column 4"),
            ("a: - b\n", "on the line below its key"),
            ("a: [b\nc: d\n", "close the bracket"),
            ("a: [\n  b\n]\n", "indent this line further"),
            ("a: [b,,c]\n", "remove the comma"),
            ("a: \"b\nc: d\n", "close the quote"),
            ("a: 'b'c'\n", "apostrophe twice"),
            ("a: \"b\"c\"\n", "for a quote between double quotes"),
            ("a: \"C:\\villes\\q\"\n", "for a backslash"),
            ("a: @b\n", "begins with `@`"),
            ("a: %b\n", "begins with `%`"),
            ("a: `b`\n", "begins with ```"),
            ("a: b\u{7}\n", "remove the control character"),
            ("a: *b\n", "begins with `*`"),
        ] {
            let faults = read(text).faults;
            assert!(
                faults.first().is_some_and(|fault| fault.help.contains(words)),
                "{text}{faults:#?}"
            );
        }
    }
}
