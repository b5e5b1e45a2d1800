//! Rules for people.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::diagnostic::Rule;
use crate::diagnostic::Severity;
use crate::diagnostic::rule;
use crate::language::tr;
use crate::language::translated;
use crate::render::rule::silencing;
use crate::render::rule::weight;

/// Everything about one rule.
pub(crate) fn explanation(rule: &Rule) -> String {
    let mut text = tr!(
        "{id}: {weight}\n{summary}\n",
        id = rule.id,
        weight = weight(rule),
        summary = translated(rule.summary)
    );
    let mut part = |title: &str, body: &str| {
        // Writing to a `String` does not fail.
        writeln!(text, "\n{title}").unwrap_or_default();
        for line in body.lines() {
            writeln!(text, "{}", format!("  {line}").trim_end()).unwrap_or_default();
        }
    };
    part(&tr!("Why"), &translated(rule.why));
    part(&tr!("Known from"), &translated(rule.source));
    if !rule.checks.is_empty() {
        part(&tr!("Checks"), rule.checks);
    }
    if let Some(example) = rule.example {
        part(&tr!("Breaks it"), example.breaks);
        part(&tr!("Does not break it"), &shown(example.keeps));
    }
    part(&tr!("of a rule" => "Silencing"), &silencing(rule));
    text
}

/// All rules by subject, one on a line.
pub(crate) fn list() -> String {
    let width = rule::all().map(|rule| rule.id.len()).max().unwrap_or(0);
    let weights = [Severity::Error, Severity::Warning, Severity::Notice];
    let longest =
        weights.iter().map(|weight| weight.to_string().chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for group in rule::GROUPS {
        writeln!(text, "{}", translated(group.title)).unwrap_or_default();
        for rule in group.rules {
            let summary = translated(rule.summary);
            writeln!(text, "  {:width$}  {:longest$}  {summary}", rule.id, rule.severity)
                .unwrap_or_default();
        }
        text.push('\n');
    }
    text.push_str(&tr!("`raccord explain RULE` says why, and shows what breaks a rule.\n"));
    text
}

/// A fragment, or that there is none: some rules are kept by leaving something out.
pub(crate) fn shown(fragment: &str) -> Cow<'_, str> {
    if fragment.trim().is_empty() { tr!("(left out)").into() } else { fragment.into() }
}

#[cfg(test)]
mod tests {
    use crate::language::Language;
    use crate::language::within;

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
    fn an_explanation_speaks_the_language_of_the_run() {
        let said = within(Language::French, || explanation(rule::PISTE_APPLICATION_TWICE));
        insta::assert_snapshot!(said, @r"
        piste-application-twice : erreur
        Deux raccordements API d'une même structure nomment la même application PISTE.

        Pourquoi
          L'application PISTE d'une fiche active doit être unique ; jusqu'où cela s'étend n'est pas publié, une raison peut donc faire taire la règle.

        D'après
          docs/sources.md 5 (DSE 3.3.4) et 10

        Ce qui l'enfreint
          piste_application: APP_VILLE # again

        Ce qui la respecte
          piste_application: APP_AUTRE # again

        Faire taire la règle
          Une raison peut la faire taire.
        ");
    }

    #[test]
    fn the_columns_of_the_list_fit_the_weights_of_each_language() {
        for language in [Language::English, Language::French] {
            let list = within(language, list);
            let starts: std::collections::BTreeSet<usize> = list
                .lines()
                .filter_map(|line| {
                    let rule = rule::find(line.split_whitespace().next()?)?;
                    let summary = within(language, || translated(rule.summary));
                    let (before, _) = line.split_once(&*summary)?;
                    Some(before.chars().count())
                })
                .collect();
            assert_eq!(starts.len(), 1, "{list}");
        }
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
