//! Values from outside in Markdown: nothing of them can end the place they stand in, make a link, or mention somebody.
//!
//! A value stands in a code span, in a fence, or in `<code>` within HTML; forges mention nobody from there.

use std::fmt::Write as _;

use crate::render::words::harmless;

/// How many bytes a name of the marker takes at most.
const NAME: usize = 100;

/// A value as a code span, on one line.
pub(in crate::render) fn code(text: &str) -> String {
    let text = harmless(text);
    if text.is_empty() {
        return "` `".to_owned();
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    // What begins or ends with a backtick would lengthen the fence; one blank on each side is taken away again.
    let is_bare = [text.starts_with(['`', ' ']), text.ends_with(['`', ' '])] == [false, false];
    let pad = if is_bare { "" } else { " " };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Lines as a block that is shown as it is. They hold no line ends of their own.
pub(in crate::render) fn fence(kind: &str, lines: &[String]) -> String {
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    let mut text = format!("{fence}{kind}\n");
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
    text + &fence + "\n"
}

/// A value in `<code>`, for a place where HTML is read and Markdown is not.
pub(in crate::render) fn html_code(text: &str) -> String {
    format!("<code>{}</code>", html(text))
}

/// A text for a place where HTML is read and Markdown is not.
pub(in crate::render) fn html(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in harmless(text).chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// A name for the marker, which is an HTML comment: it has no blank, no `>`, and no two `-` in a row.
pub(in crate::render) fn name(text: &str) -> String {
    let mut name = String::new();
    for byte in text.bytes() {
        let is_plain = byte.is_ascii_alphanumeric()
            || matches!(byte, b'.' | b'_')
            || (byte == b'-' && !name.is_empty() && !name.ends_with('-'));
        if name.len() >= NAME {
            break;
        }
        if is_plain {
            name.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _written = write!(name, "%{byte:02X}");
        }
    }
    // A `-` at the end would touch the end of the comment.
    match name.strip_suffix('-') {
        Some(rest) => format!("{rest}%2D"),
        None => name,
    }
}

/// The longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_span_holds_whatever_it_is_given() {
        assert_eq!(code("ville/edi/g2b"), "`ville/edi/g2b`");
        assert_eq!(code("@maire <b>|"), "`@maire <b>|`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`a"), "`` `a ``");
        assert_eq!(code(" a"), "`  a `");
        assert_eq!(code("a\n\n# b"), "`a␊␊# b`");
        assert_eq!(code(""), "` `");
    }

    #[test]
    fn a_fence_is_longer_than_what_it_holds() {
        let lines = ["````".to_owned(), "@maire </details>".to_owned()];
        assert_eq!(fence("diff", &lines), "`````diff\n````\n@maire </details>\n`````\n");
        assert_eq!(fence("text", &[]), "```text\n```\n");
    }

    #[test]
    fn html_and_the_marker_cannot_be_left() {
        assert_eq!(
            html_code("</code><b a=\"'\">&"),
            "<code>&lt;/code&gt;&lt;b a=&quot;&#39;&quot;&gt;&amp;</code>"
        );
        assert_eq!(name("ma-ville"), "ma-ville");
        assert_eq!(name("--> @a--b-"), "%2D-%3E%20%40a-%2Db%2D");
        assert!(name(&"é".repeat(500)).len() < 110);
    }
}
