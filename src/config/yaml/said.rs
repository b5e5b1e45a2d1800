//! What the parser says about a text that is no YAML, in the language of the reader. Its words are its own, in English;
//! those that people meet have a French here, and others are quoted.

use crate::language::marked;
use crate::language::tr;
use crate::language::translated;

/// What it says without naming anything.
const KNOWN: &[&str] = &[
    marked!("block sequence entries are not allowed in this context"),
    marked!("comments must be separated from other tokens by whitespace"),
    marked!("did not find expected <document start>"),
    marked!("invalid content after document end marker"),
    marked!("invalid indentation"),
    marked!("invalid indentation in flow construct"),
    marked!("invalid indentation in multiline quoted scalar"),
    marked!("invalid trailing content after double-quoted scalar"),
    marked!("invalid trailing content after single-quoted scalar"),
    marked!("mapping keys are not allowed in this context"),
    marked!("mapping values are not allowed in this context"),
    marked!("misplaced bracket"),
    marked!("simple key expected ':'"),
    marked!("tab cannot be used as indentation"),
    marked!("tabs disallowed in this context"),
    marked!("tabs disallowed within this context (block indentation)"),
    marked!("unclosed quote"),
    marked!("unexpected EOF while parsing a flow mapping"),
    marked!("unexpected EOF while parsing a flow sequence"),
    marked!("unexpected end of plain scalar"),
    marked!("while parsing a block collection, did not find expected '-' indicator"),
    marked!("while parsing a block mapping, did not find expected key"),
    marked!("while parsing a flow mapping, did not find expected ',' or '}'"),
    marked!("while parsing a flow sequence, expected ',' or ']'"),
    marked!("while parsing a node, did not find expected node content"),
    marked!("while parsing a quoted scalar, found unknown escape character"),
    marked!("while parsing node, found unknown anchor"),
    marked!("while scanning a plain scalar, found a tab"),
    marked!("while scanning a quoted scalar, found unexpected document indicator"),
    marked!(
        "while scanning an anchor or alias, did not find expected alphabetic or numeric character"
    ),
];

/// The parser's `message` in the language that holds here.
pub(super) fn said(message: &str) -> String {
    if KNOWN.contains(&message) {
        return translated(message).into_owned();
    }
    // What it names stands between the last quotes.
    let Some(named) = message.strip_suffix('\'') else { return message.to_owned() };
    if let Some(found) = named.strip_prefix("unexpected character: `") {
        return tr!("unexpected character: `{found}'", found);
    }
    if let Some(bracket) = named.strip_prefix("unclosed bracket '") {
        return tr!("unclosed bracket '{bracket}'", bracket);
    }
    let both = named.strip_prefix("mismatched bracket '");
    match both.and_then(|both| both.split_once("' closed by '")) {
        Some((open, close)) => tr!("mismatched bracket '{open}' closed by '{close}'", open, close),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::language::Language;
    use crate::language::within;

    /// The English is what the parser said, to the character.
    #[test]
    fn what_people_meet_is_french_in_french() {
        for text in [
            "a:\n\tb: 1\n",
            "a:\"1\"\nb: 2\n",
            "a: b: c\n",
            "a:\n   b: 1\n  c: 2\n",
            "a: - b\n",
            "a: [b\nc: d\n",
            "a: [b}\n",
            "a: [\n  b\n]\n",
            "a: \"b\nc: d\n",
            "a: 'b'c'\n",
            "a: \"C:\\q\"\n",
            "a: @b\n",
            "a: *b\n",
            "a: {b: 1\n",
            "- a\nb: 1\n",
            "a: \"b\n",
        ] {
            let french = within(Language::French, || {
                crate::config::yaml::read(text)
                    .faults
                    .first()
                    .map(|fault| (fault.message.english().to_owned(), fault.message.to_string()))
            });
            let Some((english, french)) = french else { panic!("{text} is read") };
            let english = english.strip_prefix("this is not YAML: ").unwrap();
            let (_, french) = french.split_once("ce n'est pas du YAML\u{a0}: ").unwrap();
            assert_ne!(english, french, "{text}");
        }
    }
}
