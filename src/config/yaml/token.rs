//! The tokens of a text, for who cares how it is laid out. Each has the place at which it really begins.

use granit_parser::ScalarStyle;
use granit_parser::Scanner;
use granit_parser::StrInput;
use granit_parser::TokenType;

use crate::config::yaml::event::options;
use crate::config::yaml::event::span_of_parsed;
use crate::diagnostic::Span;

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Without quotes.
    Plain,
    /// Between `'`.
    Single,
    /// Between `"`.
    Double,
    /// On lines of its own, after `|` or `>`.
    Block,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A block mapping begins; has no width.
    MappingStart,
    /// A block sequence begins, at its first dash; has no width.
    SequenceStart,
    /// A block collection ends; has no width.
    BlockEnd,
    /// `[` or `{`.
    FlowStart,
    /// `]` or `}`.
    FlowEnd,
    /// A comma.
    FlowEntry,
    /// A key begins; has no width, unless it is written `?`.
    Key,
    /// The colon between key and value.
    Value,
    /// The dash before an item.
    Entry,
    /// A scalar.
    Scalar {
        /// Its text, after escapes.
        text: String,
        /// How it is written.
        style: Style,
    },
    /// A comment, up to the end of its line.
    Comment,
    /// An anchor, a tag or an alias.
    Word,
    /// `---`, `...` or a directive.
    Document,
}

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// What it is.
    pub(crate) kind: TokenKind,
    /// Where.
    pub(crate) span: Span,
}

impl Token {
    /// The last line on which something of it stands.
    pub(crate) fn last_line(&self) -> u32 {
        let Span { line, end_line, end_column, .. } = self.span;
        // A block scalar ends where the line after it begins.
        if end_column == 1 && end_line > line { end_line - 1 } else { end_line }
    }
}

/// A block collection that is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Mapping,
    Sequence,
    BareSequence,
}

/// The tokens of a text whose lines end with LF; nothing when it has a fault.
pub(crate) fn tokens(text: &str) -> Option<Vec<Token>> {
    let lines: Vec<&str> = text.split('\n').collect();
    let mut found: Vec<Token> = Vec::new();
    // The block collections that are open, and how many brackets.
    let (mut open, mut brackets) = (Vec::new(), 0_usize);
    // Just after what was read last.
    let mut after = (1, 1);
    let mut scanner = Scanner::with_options(StrInput::new(text), options(true));
    for token in scanner.by_ref() {
        let (at, kind) = token.ok()?.into_parts();
        let mut span = span_of_parsed(&at);
        let kind = match kind {
            TokenType::StreamStart | TokenType::StreamEnd => continue,
            TokenType::BlockMappingStart => TokenKind::MappingStart,
            TokenType::BlockSequenceStart => TokenKind::SequenceStart,
            TokenType::BlockEnd => TokenKind::BlockEnd,
            TokenType::FlowSequenceStart | TokenType::FlowMappingStart => TokenKind::FlowStart,
            TokenType::FlowSequenceEnd | TokenType::FlowMappingEnd => TokenKind::FlowEnd,
            TokenType::FlowEntry => TokenKind::FlowEntry,
            TokenType::Key => TokenKind::Key,
            TokenType::Value => {
                span.end_column = span.column + 1;
                TokenKind::Value
            }
            TokenType::BlockEntry => {
                // The parser names the place after the dash.
                let (line, column) = next_character(&lines, after, &['-'])?;
                span = Span { line, column, end_line: line, end_column: column + 1 };
                TokenKind::Entry
            }
            TokenType::Scalar(style, text) => {
                if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
                    // Of one without text the parser names the place after it.
                    if text.trim_matches('\n').is_empty() {
                        (span.line, span.column) = next_character(&lines, after, &['|', '>'])?;
                    }
                    without_next_line(&mut span, &lines);
                }
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted => Style::Single,
                    ScalarStyle::DoubleQuoted => Style::Double,
                    ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
                };
                TokenKind::Scalar { text: text.into_owned(), style }
            }
            TokenType::Comment(_) => TokenKind::Comment,
            TokenType::Alias(_) | TokenType::Anchor(_) | TokenType::Tag(..) => TokenKind::Word,
            TokenType::DocumentStart
            | TokenType::DocumentEnd
            | TokenType::VersionDirective(..)
            | TokenType::TagDirective(..)
            | TokenType::ReservedDirective(..) => TokenKind::Document,
            // What is not known is not laid out.
            _ => return None,
        };
        let here = Span { end_line: span.line, end_column: span.column, ..span };
        match kind {
            TokenKind::MappingStart => open.push(Open::Mapping),
            TokenKind::SequenceStart => open.push(Open::Sequence),
            TokenKind::FlowStart => brackets += 1,
            TokenKind::FlowEnd => brackets = brackets.saturating_sub(1),
            // The parser gives no beginning and no end of a sequence whose dashes stand below its key.
            TokenKind::Entry if open.last().is_none_or(|open| *open == Open::Mapping) => {
                open.push(Open::BareSequence);
                found.push(Token { kind: TokenKind::SequenceStart, span: here });
            }
            TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd
                if brackets == 0 && open.last() == Some(&Open::BareSequence) =>
            {
                open.pop();
                found.push(Token { kind: TokenKind::BlockEnd, span: here });
            }
            _ => {}
        }
        if kind == TokenKind::BlockEnd {
            open.pop();
        }
        after = after.max((span.end_line, span.end_column));
        found.push(Token { kind, span });
    }
    Some(found)
}

/// Takes the indentation of the line after a block scalar out of its stretch, where the parser counts it in.
fn without_next_line(span: &mut Span, lines: &[&str]) {
    let index = usize::try_from(span.end_line).unwrap_or(usize::MAX).saturating_sub(1);
    let line = lines.get(index).copied().unwrap_or_default();
    let indent = line.chars().take_while(|c| *c == ' ').count() + 1;
    let end = usize::try_from(span.end_column).unwrap_or(usize::MAX);
    if end <= indent && !line.trim().is_empty() {
        span.end_column = 1;
    }
}

/// The place of the first character after `from` that is no blank, which must be one of these.
fn next_character(lines: &[&str], from: (u32, u32), expected: &[char]) -> Option<(u32, u32)> {
    let (mut line, mut column) = from;
    loop {
        let content = lines.get(usize::try_from(line).ok()?.checked_sub(1)?)?;
        let rest = content.chars().skip(usize::try_from(column).ok()?.checked_sub(1)?);
        for (c, column) in rest.zip(column..) {
            match c {
                ' ' | '\t' => {}
                c if expected.contains(&c) => return Some((line, column)),
                _ => return None,
            }
        }
        (line, column) = (line + 1, 1);
    }
}
