//! `Reader`: turns what is found at a stretch of text into diagnostics at a place.

use std::fmt;

use crate::config::origin::Origin;
use crate::config::rule;
use crate::config::yaml::Content;
use crate::config::yaml::Fault;
use crate::config::yaml::Key;
use crate::config::yaml::Node;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Place;
use crate::diagnostic::Rule;
use crate::diagnostic::Severity;
use crate::diagnostic::Span;
use crate::diagnostic::nearest;
use crate::language::Message;
use crate::language::message;

/// How many unknown keys of one mapping are told one by one.
const UNKNOWN_KEYS: usize = 100;

/// How many words a message lists.
const LISTED: usize = 30;

/// Collects the faults of one tree.
pub(crate) struct Reader<'a> {
    /// Where the tree came from.
    pub(crate) origin: Origin<'a>,
    /// What was found so far.
    pub(crate) diagnostics: &'a mut Vec<Diagnostic>,
    /// Stretches that hold a secret and must not be shown.
    pub(crate) secrets: &'a mut Vec<Place>,
}

impl Reader<'_> {
    /// Adds a diagnostic.
    pub(crate) fn say(
        &mut self,
        rule: &'static Rule,
        severity: Severity,
        span: Span,
        message: impl Into<Message>,
        help: impl Into<Message>,
    ) {
        let place = self.origin.place(span);
        self.diagnostics.push(Diagnostic::new(rule, severity, message).at(place).help(help));
    }

    /// Adds an error.
    pub(crate) fn error(
        &mut self,
        rule: &'static Rule,
        span: Span,
        message: impl Into<Message>,
        help: impl Into<Message>,
    ) {
        self.say(rule, Severity::Error, span, message, help);
    }

    /// Adds a warning.
    pub(crate) fn warning(
        &mut self,
        rule: &'static Rule,
        span: Span,
        message: impl Into<Message>,
        help: impl Into<Message>,
    ) {
        self.say(rule, Severity::Warning, span, message, help);
    }

    /// Adds a fault of the text itself.
    pub(crate) fn fault(&mut self, fault: Fault) {
        let place = self.origin.place(fault.span);
        let mut diagnostic =
            Diagnostic::error(fault.rule, fault.message).at(place).help(fault.help);
        if let Some((span, message)) = fault.related {
            diagnostic = diagnostic.related(Some(self.origin.place(span)), message);
        }
        self.diagnostics.push(diagnostic);
    }

    /// Says that a value has another shape than expected.
    pub(crate) fn wrong_shape(&mut self, node: &Node, expected: impl Into<Message>) {
        let expected = expected.into();
        self.error(
            rule::WRONG_SHAPE,
            node.span,
            message!("found {}, expected {expected}", node.shape(), expected),
            message!("write {expected}", expected),
        );
    }

    /// Says that a list was expected.
    pub(crate) fn no_list(&mut self, node: &Node) {
        let message = message!("found {}, expected a list", node.shape());
        let each = message!("each value on a line of its own after a dash and a blank");
        let help = match &node.content {
            Content::Scalar { text, .. } if is_word(text) => {
                message!("write `[{text}]`, or {each}", text, each)
            }
            Content::Scalar { .. } if !node.is_null() => {
                message!("put {each}, or all between brackets: `[first, second]`", each)
            }
            _ => message!("write a list: {each}", each),
        };
        self.error(rule::WRONG_SHAPE, node.span, message, help);
    }

    /// Says that a key is needed; `written` when it is there without a value.
    pub(crate) fn missing(&mut self, key: &str, span: Span, written: bool) {
        if written {
            let message = message!("key `{key}` has no value", key);
            let help = message!(
                "write it after `{key}: `; a text that begins with `#`, `&`, `!` or `~` needs quotes",
                key
            );
            self.error(rule::MISSING_KEY, span, message, help);
        } else {
            let message = message!("key `{key}` is missing", key);
            self.error(rule::MISSING_KEY, span, message, message!("add `{key}:`", key));
        }
    }

    /// Says which keys of one mapping are not known; of very many only the first ones. Gives the keys that were meant.
    pub(crate) fn unknown_keys<'k>(
        &mut self,
        entries: impl Iterator<Item = &'k (Key, Node)>,
        known: &[&'static str],
    ) -> Vec<&'static str> {
        let mut guessed = Vec::new();
        let mut told = 0;
        let mut more: Option<(&Key, usize)> = None;
        for (key, value) in entries {
            let secret = is_secret(&key.text) && !value.is_null();
            if secret {
                self.secrets.push(self.origin.place(value.span));
            }
            if told < UNKNOWN_KEYS {
                told += 1;
                if secret {
                    self.literal_secret(key);
                } else {
                    guessed.extend(self.unknown_key(&key.text, key.span, known));
                }
            } else {
                more = Some((more.map_or(key, |(first, _)| first), more.map_or(0, |(_, n)| n) + 1));
            }
        }
        if let Some((next, count)) = more {
            let message = message!("{count} more keys are not known here", count);
            let help = message!("use one of {}", listed(known.iter().copied()));
            self.error(rule::UNKNOWN_KEY, next.span, message, help);
        }
        guessed
    }

    /// Says that a secret stands where none is read.
    fn literal_secret(&mut self, key: &Key) {
        self.error(
            rule::LITERAL_SECRET,
            key.span,
            message!("found a secret under `{}`, which is not known here", key.text),
            message!("remove it, and change the secret if this file was ever shared; `password_sink` in `raccord.yaml` says where passwords are put"),
        );
    }

    /// Says that a key is not known, with the nearest one.
    pub(crate) fn unknown_key(
        &mut self,
        key: &str,
        span: Span,
        known: &[&'static str],
    ) -> Option<&'static str> {
        let near = nearest(key, known.iter().copied());
        let help = match near {
            Some(near) if key.is_ascii() => message!("did you mean `{near}`?", near),
            // A blank that is none, or a letter of another alphabet, cannot be seen.
            Some(near) => message!("did you mean `{near}`, typed again in plain letters?", near),
            None => message!("use one of {}", listed(known.iter().copied())),
        };
        self.error(rule::UNKNOWN_KEY, span, message!("key `{key}` is not known here", key), help);
        near
    }
}

/// Words between backticks, with commas.
pub(crate) fn listed<T: fmt::Display>(words: impl IntoIterator<Item = T>) -> Message {
    let mut words = words.into_iter();
    let shown: Vec<String> = words.by_ref().take(LISTED).map(|word| format!("`{word}`")).collect();
    let shown = shown.join(", ");
    match words.count() {
        0 => shown.into(),
        more => message!("{shown}, and {more} more", shown, more),
    }
}

/// Whether a text can stand between brackets as it is.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.len() <= 40 && text.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Whether people keep secrets under such a key, in English or in French.
fn is_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    let words = ["password", "passwort", "passphrase", "secret", "token", "mot_de_passe", "mdp"];
    words.iter().any(|word| key.contains(word))
}
