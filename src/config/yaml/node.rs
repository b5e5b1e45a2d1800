//! `Node`: one value as it was written.

use std::borrow::Cow;

use crate::diagnostic::Span;
use crate::language::marked;
use crate::language::translated;

/// One value and where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// Where.
    pub(crate) span: Span,
    /// What.
    pub(crate) content: Content,
}

/// What a value is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// A text; `plain` when it was written without quotes, so that it could mean nothing, a number or a truth value.
    Scalar {
        /// The text, after escapes.
        text: String,
        /// Whether it was written without quotes.
        plain: bool,
    },
    /// Values in order.
    Sequence(Vec<Node>),
    /// Values by key, in the order in which they were written; no key twice.
    Mapping(Vec<(Key, Node)>),
}

/// The key of a value in a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// Its text.
    pub(crate) text: String,
    /// Where it was written.
    pub(crate) span: Span,
}

impl Node {
    /// Whether nothing was written: an empty value, `~` or `null`, without quotes.
    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.content, Content::Scalar { text, plain: true }
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match &self.content {
            Content::Mapping(entries) => {
                entries.iter().find(|(known, _)| known.text == key).map(|(_, value)| value)
            }
            Content::Scalar { .. } | Content::Sequence(_) => None,
        }
    }

    /// Takes the value of a key out of a mapping.
    pub(crate) fn take(&mut self, key: &str) -> Option<(Key, Self)> {
        match &mut self.content {
            Content::Mapping(entries) => {
                let index = entries.iter().position(|(known, _)| known.text == key)?;
                Some(entries.remove(index))
            }
            Content::Scalar { .. } | Content::Sequence(_) => None,
        }
    }

    /// What it is, in words, for a message. Says no value, which might be a secret.
    pub(crate) fn shape(&self) -> Cow<'static, str> {
        translated(match &self.content {
            _ if self.is_null() => marked!("nothing"),
            Content::Scalar { .. } => marked!("a single value"),
            Content::Sequence(_) => marked!("a list"),
            Content::Mapping(_) => marked!("a mapping"),
        })
    }

    /// How many values it holds, itself included, and how many bytes of text.
    pub(crate) fn size(&self) -> (usize, usize) {
        match &self.content {
            Content::Scalar { text, .. } => (1, text.len()),
            Content::Sequence(items) => {
                items.iter().fold((1, 0), |sum, item| add(sum, item.size()))
            }
            Content::Mapping(entries) => entries
                .iter()
                .fold((1, 0), |sum, (key, value)| add(add(sum, value.size()), (0, key.text.len()))),
        }
    }
}

fn add(a: (usize, usize), b: (usize, usize)) -> (usize, usize) {
    (a.0 + b.0, a.1 + b.1)
}
