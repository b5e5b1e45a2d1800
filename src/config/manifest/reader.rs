//! `Reader`: turns what is found at a stretch of text into diagnostics at a place.

use std::fmt;

use crate::config::origin::Origin;
use crate::config::rule;
use crate::config::yaml::Fault;
use crate::config::yaml::Node;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Place;
use crate::diagnostic::Rule;
use crate::diagnostic::Severity;
use crate::diagnostic::Span;
use crate::diagnostic::nearest;

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
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let place = self.origin.place(span);
        self.diagnostics.push(Diagnostic::new(rule, severity, message).at(place).help(help));
    }

    /// Adds an error.
    pub(crate) fn error(
        &mut self,
        rule: &'static Rule,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.say(rule, Severity::Error, span, message, help);
    }

    /// Adds a warning.
    pub(crate) fn warning(
        &mut self,
        rule: &'static Rule,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
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
    pub(crate) fn wrong_shape(&mut self, node: &Node, expected: impl fmt::Display) {
        self.error(
            rule::WRONG_SHAPE,
            node.span,
            format!("found {}, expected {expected}", node.shape()),
            format!("write {expected}"),
        );
    }

    /// Says that a key is not known, with the nearest one.
    pub(crate) fn unknown_key(&mut self, key: &str, span: Span, known: &[&'static str]) {
        let help = match nearest(key, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("use one of {}", listed(known.iter().copied())),
        };
        self.error(rule::UNKNOWN_KEY, span, format!("key `{key}` is not known here"), help);
    }
}

/// Words between backticks, with commas.
pub(crate) fn listed<T: fmt::Display>(words: impl IntoIterator<Item = T>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
