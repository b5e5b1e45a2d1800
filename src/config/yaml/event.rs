//! The parser, behind a few types of our own. Only this file and [`token`](super::token) name `granit_parser`.

use granit_parser::Event as Parsed;
use granit_parser::Marker;
use granit_parser::Options;
use granit_parser::Parser;
use granit_parser::ScalarStyle;
use granit_parser::Span as ParsedSpan;
use granit_parser::StrInput;
use granit_parser::Tag;

use crate::diagnostic::Span;

/// How deep collections may be nested. Our deepest file needs seven levels.
pub(crate) const DEPTH: usize = 64;

/// What stands next in the text. An anchor is 0 where there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A document begins.
    DocumentStart,
    /// A document ends.
    DocumentEnd,
    /// A scalar: its text after escapes, and whether it was written without quotes.
    Scalar {
        /// Its text.
        text: String,
        /// Whether it was written without quotes.
        plain: bool,
        /// Its anchor.
        anchor: usize,
        /// Its tag.
        tag: Option<String>,
    },
    /// A sequence begins.
    SequenceStart {
        /// Its anchor.
        anchor: usize,
        /// Its tag.
        tag: Option<String>,
    },
    /// A sequence ends.
    SequenceEnd,
    /// A mapping begins.
    MappingStart {
        /// Its anchor.
        anchor: usize,
        /// Its tag.
        tag: Option<String>,
    },
    /// A mapping ends.
    MappingEnd,
    /// A reference to an anchor.
    Alias(usize),
}

/// What is wrong with the syntax, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxFault {
    /// The parser's sentence.
    pub(crate) message: String,
    /// Where it stopped.
    pub(crate) span: Span,
}

/// The events of a text.
pub(crate) struct Events<'a> {
    parser: Parser<'a, StrInput<'a>>,
}

impl<'a> Events<'a> {
    /// Begins to read `text`, as YAML 1.2 in its strict form.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { parser: Parser::new_from_str_with_options(text, options(false)) }
    }

    /// The next event, and where it stands; nothing at the end, or when parsing cannot go on.
    pub(crate) fn next(&mut self) -> Option<Result<(Event, Span), SyntaxFault>> {
        loop {
            let (event, at) = match self.parser.next_event()? {
                Ok(next) => next,
                Err(error) => {
                    let start = error.marker();
                    let mut span = span_of(start, start);
                    span.end_column += 1;
                    return Some(Err(SyntaxFault { message: error.info(), span }));
                }
            };
            let event = match event {
                Parsed::DocumentStart(..) => Event::DocumentStart,
                Parsed::DocumentEnd => Event::DocumentEnd,
                Parsed::Scalar(text, style, anchor, tag) => Event::Scalar {
                    text: text.into_owned(),
                    plain: style == ScalarStyle::Plain,
                    anchor,
                    tag: tag.map(|tag| name_of(&tag)),
                },
                Parsed::SequenceStart(_, anchor, tag) => {
                    Event::SequenceStart { anchor, tag: tag.map(|tag| name_of(&tag)) }
                }
                Parsed::SequenceEnd => Event::SequenceEnd,
                Parsed::MappingStart(_, anchor, tag) => {
                    Event::MappingStart { anchor, tag: tag.map(|tag| name_of(&tag)) }
                }
                Parsed::MappingEnd => Event::MappingEnd,
                Parsed::Alias(anchor) => Event::Alias(anchor),
                // What is only there for presentation, or was not asked for.
                _ => continue,
            };
            return Some(Ok((event, span_of_parsed(&at))));
        }
    }

    /// Goes to the next document, also after a fault. Says whether there is one.
    pub(crate) fn skip_document(&mut self) -> bool {
        self.parser.proceed_next_document().unwrap_or(false)
    }
}

/// How every text is read.
pub(crate) fn options(comments: bool) -> Options {
    let mut options = granit_parser::options! {
        strict_indentation: true,
        flow_nesting_limit: DEPTH,
        block_nesting_limit: DEPTH,
        // A file may begin with a page of comments.
        max_buffered_comment_events: usize::MAX,
    };
    options.set_emit_comments(comments);
    options
}

/// One thing that a text says, however it is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// A scalar.
    Scalar {
        /// Its text, after escapes.
        text: String,
        /// How it is written.
        style: String,
        /// Its anchor and its tag.
        properties: String,
    },
    /// A comment, without the blanks at its end.
    Comment(String),
    /// A collection or a document begins or ends, or an anchor is named.
    Mark(String),
}

/// All that a text says, its comments included, each with the place where it begins; nothing when it has a fault of syntax.
pub(crate) fn said(text: &str) -> Option<Vec<(Said, Span)>> {
    let mut parser = Parser::new_from_str_with_options(text, options(true));
    let mut all = Vec::new();
    while let Some(next) = parser.next_event() {
        let (event, at) = next.ok()?;
        let said = match event {
            Parsed::Scalar(text, style, anchor, tag) => Said::Scalar {
                text: text.into_owned(),
                style: format!("{style:?}"),
                properties: format!("{anchor} {tag:?}"),
            },
            Parsed::Comment(text, _) => Said::Comment(text.trim_end().to_owned()),
            other => Said::Mark(format!("{other:?}")),
        };
        all.push((said, span_of_parsed(&at)));
    }
    Some(all)
}

/// The name of a tag: the short one for YAML's own, else as written.
fn name_of(tag: &Tag) -> String {
    match tag.core_suffix() {
        Some(suffix) => format!("!!{suffix}"),
        None => tag.original(),
    }
}

pub(super) fn span_of_parsed(span: &ParsedSpan) -> Span {
    span_of(&span.start, &span.end)
}

fn span_of(start: &Marker, end: &Marker) -> Span {
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    let place = |mark: &Marker| (number(mark.line()), number(mark.col()).saturating_add(1));
    let (line, column) = place(start);
    // The parser lets some block scalars without text end before they begin.
    let (end_line, end_column) = place(end).max((line, column));
    Span { line, column, end_line, end_column }
}
