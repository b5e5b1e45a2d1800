//! What can be said about the user's files, and about a plan: rule, severity, sentence, places, help.

pub(crate) mod place;
pub(crate) mod rule;
pub(crate) mod silence;

use std::fmt;

use serde::Serialize;

pub(crate) use crate::diagnostic::place::FileId;
pub(crate) use crate::diagnostic::place::Place;
pub(crate) use crate::diagnostic::place::Places;
pub(crate) use crate::diagnostic::place::Sources;
pub(crate) use crate::diagnostic::place::Span;
pub(crate) use crate::diagnostic::rule::Rule;
pub(crate) use crate::diagnostic::rule::RuleId;
use crate::language::Message;
use crate::language::tr;

/// How much a diagnostic weighs. An error refuses the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Severity {
    /// Nothing is done as long as it stands.
    Error,
    /// Probably not what was meant.
    Warning,
    /// Good to know.
    Notice,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&match self {
            Self::Error => tr!("error"),
            Self::Warning => tr!("warning"),
            Self::Notice => tr!("notice"),
        })
    }
}

impl Severity {
    /// Its word in JSON, in any language.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// A second place that belongs to a diagnostic, with what is to be seen there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Related {
    /// Where.
    pub(crate) place: Place,
    /// What, for example "first used here".
    pub(crate) message: Message,
}

/// One fault or remark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Diagnostic {
    /// The rule's stable id, in kebab case, named by the fault.
    pub(crate) rule: &'static str,
    /// How much it weighs.
    pub(crate) severity: Severity,
    /// What was found and what was expected: lower case, no full stop, no place.
    pub(crate) message: Message,
    /// Where, when it has a place in a file.
    pub(crate) place: Option<Place>,
    /// What to do.
    pub(crate) help: Option<Message>,
    /// Other places.
    pub(crate) related: Vec<Related>,
}

impl Diagnostic {
    /// A diagnostic of `rule`, with the weight that the catalogue gives it.
    pub(crate) fn of(rule: &'static Rule, message: impl Into<Message>) -> Self {
        Self::new(rule, rule.severity, message)
    }

    /// An error of `rule`.
    pub(crate) fn error(rule: impl Into<RuleId>, message: impl Into<Message>) -> Self {
        Self::new(rule, Severity::Error, message)
    }

    /// A warning of `rule`.
    pub(crate) fn warning(rule: impl Into<RuleId>, message: impl Into<Message>) -> Self {
        Self::new(rule, Severity::Warning, message)
    }

    /// A notice of `rule`.
    pub(crate) fn notice(rule: impl Into<RuleId>, message: impl Into<Message>) -> Self {
        Self::new(rule, Severity::Notice, message)
    }

    /// A diagnostic without place and help.
    pub(crate) fn new(
        rule: impl Into<RuleId>,
        severity: Severity,
        message: impl Into<Message>,
    ) -> Self {
        Self {
            rule: rule.into().0,
            severity,
            message: message.into(),
            place: None,
            help: None,
            related: Vec::new(),
        }
    }

    /// Puts it at a place.
    #[must_use]
    pub(crate) fn at(mut self, place: impl Into<Option<Place>>) -> Self {
        self.place = place.into();
        self
    }

    /// Says what to do.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<Message>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds another place.
    #[must_use]
    pub(crate) fn related(mut self, place: Option<Place>, message: impl Into<Message>) -> Self {
        self.related.extend(place.map(|place| Related { place, message: message.into() }));
        self
    }

    /// Whether it refuses the run.
    pub(crate) fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Sorts by place, then by rule, and drops what is said twice.
pub(crate) fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| {
        (a.place, a.severity, a.rule, &a.message).cmp(&(b.place, b.severity, b.rule, &b.message))
    });
    diagnostics.dedup();
}

/// The known word nearest to `word`, when one is near enough to be meant.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| {
            (strsim::jaro_winkler(&word.to_lowercase(), &candidate.to_lowercase()), candidate)
        })
        .filter(|(similarity, _)| *similarity >= 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use crate::language::Language;
    use crate::language::within;

    use super::*;

    #[test]
    fn a_weight_is_said_in_a_language_and_its_word_stays() {
        for severity in [Severity::Error, Severity::Warning, Severity::Notice] {
            let json = serde_json::to_value(severity).unwrap();
            assert_eq!(severity.to_string(), severity.word());
            within(Language::French, || {
                assert_eq!(json, severity.word());
                assert_ne!(severity.to_string(), severity.word());
            });
        }
    }
}
