//! The page `docs/rules.md`.

use std::fmt::Write as _;

use crate::diagnostic::Rule;
use crate::diagnostic::rule;
use crate::language::in_english;
use crate::render::rule::human::shown;
use crate::render::rule::silencing;
use crate::render::rule::weight;

/// What stands above the rules.
const HEAD: &str = "\
# Rules

Everything that `raccord validate`, `plan` and `apply` can say about the files, and `certificates inspect` about a certificate.
This page is generated from the catalogue in `src/diagnostic/rule`: run `raccord explain --write docs/rules.md`.
`raccord explain RULE` shows one rule.

An error refuses the run; a warning is probably not what was meant; a notice is good to know.
With `validate --deny-warnings`, warnings refuse too.
[Silencing a rule](configuration.md#silencing-a-rule) needs a reason.
";

/// The whole page, which is English in any language of the run.
pub(crate) fn page() -> String {
    in_english(written)
}

fn written() -> String {
    let mut text = HEAD.to_owned();
    for group in rule::GROUPS {
        // Writing to a `String` does not fail.
        writeln!(text, "\n## {}", group.title).unwrap_or_default();
        for rule in group.rules {
            section(&mut text, rule);
        }
    }
    text
}

fn section(text: &mut String, rule: &Rule) {
    let Rule { id, summary, why, source, .. } = rule;
    let (weight, silencing) = (weight(rule), silencing(rule));
    write!(
        text,
        "\n### {id}\n\n**{weight}.** {summary}\n{why}\n{silencing}\nKnown from: {source}.\n"
    )
    .unwrap_or_default();
    if !rule.checks.is_empty() {
        // Writing to a `String` does not fail.
        writeln!(text, "Checks: {}.", rule.checks).unwrap_or_default();
    }
    if let Some(example) = rule.example {
        let keeps = shown(example.keeps);
        for (title, fragment) in [("Breaks it", example.breaks), ("Does not", &*keeps)] {
            write!(text, "\n{title}:\n\n```text\n{}\n```\n", fragment.trim_end())
                .unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::language::Language;
    use crate::language::within;

    use super::*;

    #[test]
    fn the_page_is_english_in_any_language() {
        assert_eq!(within(Language::French, page), page());
    }

    #[test]
    fn the_page_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules.md");
        let written = std::fs::read_to_string(path).unwrap_or_default();
        let page = page();
        if written != page {
            let diff = similar::TextDiff::from_lines(&*written, &*page).unified_diff().to_string();
            panic!(
                "`docs/rules.md` is not current, run `raccord explain --write docs/rules.md`:\n{diff}"
            );
        }
    }
}
