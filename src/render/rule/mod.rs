//! Shows the catalogue of rules: to people, to machines, and as the page `docs/rules.md`.

pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod markdown;

use std::fmt::Write as _;

use crate::diagnostic::Rule;

/// How much a rule weighs: `error, on the simulator warning`.
fn weight(rule: &Rule) -> String {
    let mut text = rule.severity.to_string();
    let stages = [("in production", rule.in_production), ("on the simulator", rule.in_simulator)];
    for (stage, severity) in stages {
        if let Some(severity) = severity {
            // Writing to a `String` does not fail.
            write!(text, ", {stage} {severity}").unwrap_or_default();
        }
    }
    if rule.strict {
        text.push_str(", with `certificate_strict` error");
    }
    text
}

/// The checks of certificates that a rule stands for.
fn checks(rule: &Rule) -> impl Iterator<Item = &'static str> {
    rule.checks.split(", ").filter(|check| !check.is_empty())
}

/// Whether a comment in the file may silence a rule, as a sentence.
fn silencing(rule: &Rule) -> &'static str {
    use crate::diagnostic::Severity;
    use crate::diagnostic::rule;

    let about_silence = rule::SILENCE_RULES.rules.contains(&rule);
    match (rule.severity, rule.in_production) {
        _ if about_silence => "It cannot be silenced.",
        _ if rule::PLAN_RULES.rules.contains(&rule) => {
            "It is told by `plan` and `apply`, and cannot be silenced."
        }
        _ if rule::CERTIFICATE_FACT_RULES.rules.contains(&rule) => {
            "It is told by `certificates inspect`, and says nothing against the certificate."
        }
        (Severity::Error, _) if !rule.silenceable => "It cannot be silenced.",
        (_, Some(Severity::Error)) => "It can be silenced with a reason, but not in production.",
        _ => "It can be silenced with a reason.",
    }
}
