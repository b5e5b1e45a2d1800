//! Shows the catalogue of rules: to people, to machines, and as the page `docs/rules.md`.

pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod markdown;

use crate::diagnostic::Rule;
use crate::language::tr;

/// How much a rule weighs: `error, on the simulator warning`.
fn weight(rule: &Rule) -> String {
    let mut text = rule.severity.to_string();
    if let Some(severity) = rule.in_production {
        text.push_str(&tr!(", in production {severity}", severity));
    }
    if let Some(severity) = rule.in_simulator {
        text.push_str(&tr!(", on the simulator {severity}", severity));
    }
    if rule.strict {
        text.push_str(&tr!(", with `certificate_strict` error"));
    }
    text
}

/// The checks of certificates that a rule stands for.
fn checks(rule: &Rule) -> impl Iterator<Item = &'static str> {
    rule.checks.split(", ").filter(|check| !check.is_empty())
}

/// Whether a comment in the file may silence a rule, as a sentence.
fn silencing(rule: &Rule) -> String {
    use crate::diagnostic::Severity;
    use crate::diagnostic::rule;

    let about_silence = rule::SILENCE_RULES.rules.contains(&rule);
    match (rule.severity, rule.in_production) {
        _ if about_silence => tr!("It cannot be silenced."),
        _ if rule::PLAN_RULES.rules.contains(&rule) => {
            tr!("It is told by `plan` and `apply`, and cannot be silenced.")
        }
        _ if rule::CERTIFICATE_FACT_RULES.rules.contains(&rule) => {
            tr!("It is told by `certificates inspect`, and says nothing against the certificate.")
        }
        (Severity::Error, _) if !rule.silenceable => tr!("It cannot be silenced."),
        (_, Some(Severity::Error)) => {
            tr!("It can be silenced with a reason, but not in production.")
        }
        _ => tr!("It can be silenced with a reason."),
    }
}
