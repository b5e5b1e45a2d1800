//! Events to trees, within limits. Faults are collected; a faulty document does not hide the next one.

use std::collections::BTreeMap;

use crate::config::rule;
use crate::config::yaml::advice::advice;
use crate::config::yaml::event::DEPTH;
use crate::config::yaml::event::Event;
use crate::config::yaml::event::Events;
use crate::config::yaml::node::Content;
use crate::config::yaml::node::Key;
use crate::config::yaml::node::Node;
use crate::config::yaml::said::said;
use crate::diagnostic::Rule;
use crate::diagnostic::Span;
use crate::language::Message;
use crate::language::message;

/// The largest text that is read, in bytes: 10,000 sheets by hand are about 10 MB.
pub(crate) const BYTES: usize = 20_000_000;

/// How many values one text may hold: 10,000 sheets by hand have about 750,000, with keys and ends counted.
const NODES: usize = 1_000_000;

/// After so many faults of syntax a text is not read further: they have one cause.
const FAULTS: usize = 1_000;

/// How many values, and how many bytes of text, all aliases of one text may repeat.
const REPEATED: (usize, usize) = (10_000, 1_000_000);

/// How many anchors one text may have.
const ANCHORS: usize = 1_000;

/// A fault of a text, before it is known which file it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The rule.
    pub(crate) rule: &'static Rule,
    /// The sentence.
    pub(crate) message: Message,
    /// Where.
    pub(crate) span: Span,
    /// What to do.
    pub(crate) help: Message,
    /// Another place, and what is to be seen there.
    pub(crate) related: Option<(Span, Message)>,
}

/// What a text holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Read {
    /// The documents that could be read; empty ones are left out.
    pub(crate) documents: Vec<Node>,
    /// What is wrong.
    pub(crate) faults: Vec<Fault>,
}

/// Reads all documents of a text. A byte order mark must have been taken away.
pub(crate) fn read(text: &str) -> Read {
    let mut result = Read::default();
    if text.len() > BYTES {
        result.faults.push(Fault {
            rule: rule::YAML_LIMIT,
            message: message!("found {} bytes, expected at most {BYTES}", text.len(), BYTES),
            span: Span { line: 1, column: 1, end_line: 1, end_column: 1 },
            help: message!("split the file, or declare the entities through a table in `sources`"),
            related: None,
        });
        return result;
    }
    let mut builder = Builder {
        text,
        lines: None,
        events: Events::new(text),
        nodes: 0,
        repeated: (0, 0),
        faults: Vec::new(),
    };
    while let Some(event) = builder.events.next() {
        match event {
            Ok((Event::DocumentStart, _)) => match builder.document() {
                Ok(Some(node)) if !node.is_null() => result.documents.push(node),
                Ok(_) => {}
                Err(Stop::Document) => {
                    if builder.faults.len() > FAULTS || !builder.events.skip_document() {
                        break;
                    }
                }
                Err(Stop::Text) => {
                    // What a text beyond the limits would mean is not asked.
                    result.documents.clear();
                    break;
                }
            },
            Ok(_) => {}
            Err(fault) => {
                builder.syntax(&fault.message, fault.span);
                if builder.faults.len() > FAULTS || !builder.events.skip_document() {
                    break;
                }
            }
        }
    }
    result.faults = builder.faults;
    result
}

/// How far a fault reaches.
enum Stop {
    /// The document cannot be read further.
    Document,
    /// The text cannot be read further.
    Text,
}

struct Builder<'a> {
    text: &'a str,
    /// The lines of the text, once they were asked for.
    lines: Option<Vec<&'a str>>,
    events: Events<'a>,
    nodes: usize,
    repeated: (usize, usize),
    faults: Vec<Fault>,
}

impl Builder<'_> {
    fn fault(
        &mut self,
        rule: &'static Rule,
        message: impl Into<Message>,
        span: Span,
        help: impl Into<Message>,
    ) {
        self.faults.push(Fault {
            rule,
            message: message.into(),
            span,
            help: help.into(),
            related: None,
        });
    }

    fn syntax(&mut self, message: &str, span: Span) {
        let too_deep = message.contains("nesting") || message.contains("recursion");
        if too_deep {
            let message = message!("found more than {DEPTH} levels", DEPTH);
            let help = message!("flatten the file: no file of raccord needs so many levels");
            self.fault(rule::YAML_LIMIT, message, span, help);
        } else {
            let text = self.text;
            let lines = self.lines.get_or_insert_with(|| lines_of(text));
            let span = if message.contains("tab") { tab_from(lines, span) } else { span };
            let help = advice(message, lines, span.line, span.column);
            self.fault(
                rule::YAML_SYNTAX,
                message!("this is not YAML: {message}", message = said(message)),
                span,
                help,
            );
        }
    }

    fn next(&mut self) -> Result<(Event, Span), Stop> {
        match self.events.next() {
            Some(Ok(next)) if self.faults.len() >= FAULTS => {
                self.fault(
                    rule::YAML_LIMIT,
                    message!("found {FAULTS} faults, the rest of the text is not read", FAULTS),
                    next.1,
                    message!("correct the first of them, then validate again"),
                );
                Err(Stop::Text)
            }
            Some(Ok(next)) => {
                self.nodes += 1;
                if self.nodes > NODES {
                    self.fault(
                        rule::YAML_LIMIT,
                        message!("found more than {NODES} values", NODES),
                        next.1,
                        message!(
                            "split the file, or declare the entities through a table in `sources`"
                        ),
                    );
                    return Err(Stop::Text);
                }
                Ok(next)
            }
            Some(Err(fault)) => {
                self.syntax(&fault.message, fault.span);
                Err(Stop::Document)
            }
            None => Err(Stop::Text),
        }
    }

    fn document(&mut self) -> Result<Option<Node>, Stop> {
        let mut anchors = BTreeMap::new();
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            if event == Event::DocumentEnd {
                return Ok(root);
            }
            root = Some(self.node(event, span, &mut anchors)?);
        }
    }

    /// Builds the value that begins with `event`. Recursion is bounded by the parser's own limit of depth.
    fn node(
        &mut self,
        event: Event,
        span: Span,
        anchors: &mut BTreeMap<usize, Node>,
    ) -> Result<Node, Stop> {
        let (node, anchor) = match event {
            Event::Scalar { text, plain, anchor, tag } => {
                let tagged_text = matches!(tag.as_deref(), Some("!!str" | "!"));
                self.check_tag(tag.as_deref(), &["!!str", "!"], span);
                (
                    Node { span, content: Content::Scalar { text, plain: plain && !tagged_text } },
                    anchor,
                )
            }
            Event::SequenceStart { anchor, tag } => {
                self.check_tag(tag.as_deref(), &["!!seq"], span);
                let (mut items, mut last) = (Vec::new(), None);
                let end = loop {
                    let (event, at) = match self.next()? {
                        (Event::SequenceEnd, end) => break end,
                        next => next,
                    };
                    let alias = matches!(event, Event::Alias(_));
                    let item = self.node(event, at, anchors)?;
                    // What an alias stands for was written elsewhere.
                    last = Some(if alias { at } else { item.span });
                    items.push(item);
                };
                let span = covering(span, last, end);
                (Node { span, content: Content::Sequence(items) }, anchor)
            }
            Event::MappingStart { anchor, tag } => {
                self.check_tag(tag.as_deref(), &["!!map"], span);
                (self.mapping(span, anchors)?, anchor)
            }
            Event::Alias(anchor) => return Ok(self.alias(anchor, span, anchors)),
            Event::DocumentStart | Event::DocumentEnd | Event::SequenceEnd | Event::MappingEnd => {
                return Err(Stop::Document);
            }
        };
        if anchor != 0 {
            self.remember(anchor, &node, anchors)?;
        }
        Ok(node)
    }

    fn mapping(&mut self, span: Span, anchors: &mut BTreeMap<usize, Node>) -> Result<Node, Stop> {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        let mut last = None;
        let end = loop {
            let (event, at) = match self.next()? {
                (Event::MappingEnd, end) => break end,
                next => next,
            };
            let key = self.node(event, at, anchors)?;
            let (event, at) = self.next()?;
            let alias = matches!(event, Event::Alias(_));
            let value = self.node(event, at, anchors)?;
            last = Some(if alias { at } else { value.span });
            let key = match key {
                Node { content: Content::Scalar { text, plain }, span }
                    if !(plain && text.is_empty()) =>
                {
                    if plain && text == "<<" {
                        self.fault(
                            rule::YAML_MERGE_KEY,
                            message!("merge keys (`<<`) are not read"),
                            span,
                            message!(
                                "write the keys out, or use `overrides` or a template in `sources`"
                            ),
                        );
                        continue;
                    }
                    Key { text, span }
                }
                other => {
                    let message = message!("found {} as a key, expected a word", other.shape());
                    self.fault(
                        rule::YAML_SYNTAX,
                        message,
                        other.span,
                        message!("write a word before the colon"),
                    );
                    continue;
                }
            };
            if let Some(first) = seen.get(&key.text) {
                self.faults.push(Fault {
                    rule: rule::DUPLICATE_KEY,
                    message: message!("key `{}` is written twice", key.text),
                    span: key.span,
                    help: message!("keep one of the two"),
                    related: Some((*first, message!("first written here"))),
                });
                continue;
            }
            seen.insert(key.text.clone(), key.span);
            entries.push((key, value));
        };
        let span = covering(span, last, end);
        Ok(Node { span, content: Content::Mapping(entries) })
    }

    fn check_tag(&mut self, tag: Option<&str>, known: &[&str], span: Span) {
        if let Some(tag) = tag.filter(|tag| !known.contains(tag)) {
            self.fault(
                rule::YAML_TAG,
                message!("tag `{tag}` has no meaning here", tag),
                span,
                message!("remove the tag; secrets are references such as `{ env: NAME }`, and values need no type"),
            );
        }
    }

    fn remember(
        &mut self,
        anchor: usize,
        node: &Node,
        anchors: &mut BTreeMap<usize, Node>,
    ) -> Result<(), Stop> {
        if anchors.len() >= ANCHORS {
            self.fault(
                rule::YAML_LIMIT,
                message!("found more than {ANCHORS} anchors", ANCHORS),
                node.span,
                message!("write the values out, or use a template in `sources`"),
            );
            return Err(Stop::Text);
        }
        let (nodes, bytes) = node.size();
        if nodes <= REPEATED.0 && bytes <= REPEATED.1 {
            anchors.insert(anchor, node.clone());
        }
        Ok(())
    }

    /// The value behind an alias, as long as the budget lasts.
    fn alias(&mut self, anchor: usize, span: Span, anchors: &BTreeMap<usize, Node>) -> Node {
        let nothing = Node { span, content: Content::Scalar { text: String::new(), plain: true } };
        let Some(node) = anchors.get(&anchor) else {
            self.fault(
                rule::YAML_LIMIT,
                message!(
                    "this alias stands for a value that holds it, or that is too large to repeat"
                ),
                span,
                message!("write the value out"),
            );
            return nothing;
        };
        let (nodes, bytes) = node.size();
        let exhausted = self.repeated.0 > REPEATED.0 || self.repeated.1 > REPEATED.1;
        self.repeated = (self.repeated.0 + nodes, self.repeated.1 + bytes);
        if self.repeated.0 > REPEATED.0 || self.repeated.1 > REPEATED.1 {
            if !exhausted {
                self.fault(
                    rule::YAML_LIMIT,
                    message!("the aliases of this file repeat more than {} values", REPEATED.0),
                    span,
                    message!("write the values out, or use a template in `sources`"),
                );
            }
            return nothing;
        }
        node.clone()
    }
}

/// The lines of a text, with any line ends.
fn lines_of(text: &str) -> Vec<&str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r')).collect()
}

/// The place of the tab that the parser found: just before its place, or further on when that is where a text begins.
fn tab_from(lines: &[&str], span: Span) -> Span {
    let first = usize::try_from(span.line).unwrap_or(usize::MAX).saturating_sub(1);
    let skipped = usize::try_from(span.column).unwrap_or(usize::MAX).saturating_sub(2);
    let found = (span.line..).zip(lines.iter().skip(first)).find_map(|(line, text)| {
        let skipped = if line == span.line { skipped } else { 0 };
        let at = text.chars().skip(skipped).position(|c| c == '\t')?;
        Some((line, u32::try_from(skipped + at + 1).ok()?))
    });
    found.map_or(span, |(line, column)| Span {
        line,
        column,
        end_line: line,
        end_column: column + 1,
    })
}

/// From the beginning of a collection to its last value, or to its closing bracket when that stands later on.
fn covering(start: Span, last: Option<Span>, end: Span) -> Span {
    // A block collection ends where the next token begins, which may be many lines further down;
    // a flow collection ends with its bracket, which has a width.
    let bracket = (end.line, end.column) != (end.end_line, end.end_column);
    let (end_line, end_column) = match last {
        _ if bracket => (end.end_line, end.end_column),
        Some(last) => (last.end_line, last.end_column),
        None => (start.end_line, start.end_column),
    };
    Span { end_line, end_column, ..start }
}
