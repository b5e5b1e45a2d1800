//! Rules for people.

use std::fmt::Write as _;

use crate::diagnostic::Rule;
use crate::diagnostic::rule;
use crate::render::rule::silencing;
use crate::render::rule::weight;

/// Everything about one rule.
pub(crate) fn explanation(rule: &Rule) -> String {
    let mut text = format!("{}: {}\n{}\n", rule.id, weight(rule), rule.summary);
    let mut part = |title: &str, body: &str| {
        // Writing to a `String` does not fail.
        writeln!(text, "\n{title}").unwrap_or_default();
        for line in body.lines() {
            writeln!(text, "{}", format!("  {line}").trim_end()).unwrap_or_default();
        }
    };
    part("Why", rule.why);
    part("Known from", rule.source);
    if !rule.checks.is_empty() {
        part("Checks", rule.checks);
    }
    if let Some(example) = rule.example {
        part("Breaks it", example.breaks);
        part("Does not break it", shown(example.keeps));
    }
    part("Silencing", silencing(rule));
    text
}

/// All rules by subject, one on a line.
pub(crate) fn list() -> String {
    let width = rule::all().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for group in rule::GROUPS {
        writeln!(text, "{}", group.title).unwrap_or_default();
        for rule in group.rules {
            writeln!(text, "  {:width$}  {:7}  {}", rule.id, rule.severity, rule.summary)
                .unwrap_or_default();
        }
        text.push('\n');
    }
    text.push_str("`raccord explain RULE` says why, and shows what breaks a rule.\n");
    text
}

/// A fragment, or that there is none: some rules are kept by leaving something out.
pub(crate) fn shown(fragment: &str) -> &str {
    if fragment.trim().is_empty() { "(left out)" } else { fragment }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explanation_says_weight_reason_source_and_examples() {
        insta::assert_snapshot!(explanation(rule::PISTE_APPLICATION_TWICE), @r"
        piste-application-twice: error
        Two API connections of one structure name one PISTE application.

        Why
          The PISTE application of an active sheet must be unique; how far that reaches is not published, so a reason may silence it.

        Known from
          docs/sources.md 5 (DSE 3.3.4) and 10

        Breaks it
          piste_application: APP_VILLE # again

        Does not break it
          piste_application: APP_AUTRE # again

        Silencing
          It can be silenced with a reason.
        ");
    }

    #[test]
    fn the_list_has_every_rule_on_a_line() {
        let list = list();
        for rule in rule::all() {
            assert!(
                list.lines().any(|line| line.starts_with(&format!("  {} ", rule.id))),
                "{}",
                rule.id
            );
        }
    }
}
