//! Shows the catalogue of rules: to people, to machines, and as the page `docs/rules.md`.

pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod markdown;

use crate::diagnostic::Rule;

/// How much a rule weighs: `error`, `notice, in production error`.
fn weight(rule: &Rule) -> String {
    match rule.in_production {
        Some(production) => format!("{}, in production {production}", rule.severity),
        None => rule.severity.to_string(),
    }
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
        (Severity::Error, _) if !rule.silenceable => "It cannot be silenced.",
        (_, Some(Severity::Error)) => "It can be silenced with a reason, but not in production.",
        _ => "It can be silenced with a reason.",
    }
}
