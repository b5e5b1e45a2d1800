//! The catalogue of rules: every fault and remark that can be told, once, with its weight, its reason and an example.
//!
//! A diagnostic names its rule by one of these constants, so that an unknown id cannot be written.
//! `raccord explain` and `docs/rules.md` show what stands here, and `tests/fixtures/faulty` holds a file for each rule
//! of the files. A new rule is a new entry in the file of its group, and nothing else.

pub(crate) mod api;
pub(crate) mod certificate;
pub(crate) mod certificate_chain;
pub(crate) mod certificate_file;
pub(crate) mod certificate_fitness;
pub(crate) mod edi;
pub(crate) mod entity;
pub(crate) mod environment;
pub(crate) mod file;
pub(crate) mod plan;
pub(crate) mod silence;
pub(crate) mod table;
pub(crate) mod yaml;

pub(crate) use crate::diagnostic::rule::api::*;
pub(crate) use crate::diagnostic::rule::certificate::*;
pub(crate) use crate::diagnostic::rule::certificate_chain::*;
pub(crate) use crate::diagnostic::rule::certificate_file::*;
pub(crate) use crate::diagnostic::rule::certificate_fitness::*;
pub(crate) use crate::diagnostic::rule::edi::*;
pub(crate) use crate::diagnostic::rule::entity::*;
pub(crate) use crate::diagnostic::rule::environment::*;
pub(crate) use crate::diagnostic::rule::file::*;
pub(crate) use crate::diagnostic::rule::plan::*;
pub(crate) use crate::diagnostic::rule::silence::*;
pub(crate) use crate::diagnostic::rule::table::*;
pub(crate) use crate::diagnostic::rule::yaml::*;

use crate::diagnostic::Severity;
use crate::domain::environment::Stage;

/// One rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    /// Its stable id, in kebab case, named by the fault.
    pub(crate) id: &'static str,
    /// What it finds, in one sentence.
    pub(crate) summary: &'static str,
    /// How much a fault weighs, in every stage but those that say otherwise.
    pub(crate) severity: Severity,
    /// How much it weighs in production, where that differs.
    pub(crate) in_production: Option<Severity>,
    /// How much it weighs on the simulator, where that differs: it takes what the real one would refuse.
    pub(crate) in_simulator: Option<Severity>,
    /// Whether `policy.certificate_strict` makes an error of it.
    pub(crate) strict: bool,
    /// The checks of certificates that it stands for, by their ids, for example `C01`; empty for other rules.
    pub(crate) checks: &'static str,
    /// Whether it may be silenced although it is an error.
    pub(crate) silenceable: bool,
    /// Why there is such a rule.
    pub(crate) why: &'static str,
    /// Where that is known from.
    pub(crate) source: &'static str,
    /// What it looks like; `None` for what only shows when the files are compared with Chorus Pro.
    pub(crate) example: Option<Example>,
}

/// Two fragments of a file for the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Example {
    /// The one that breaks the rule.
    pub(crate) breaks: &'static str,
    /// The one that does not.
    pub(crate) keeps: &'static str,
}

/// Rules about one subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// Its heading.
    pub(crate) title: &'static str,
    /// Its rules, in the order of their ids.
    pub(crate) rules: &'static [&'static Rule],
}

/// All rules, by what they are about.
pub(crate) const GROUPS: [Group; 14] = [
    YAML_RULES,
    FILE_RULES,
    ENVIRONMENT_RULES,
    ENTITY_RULES,
    API_RULES,
    EDI_RULES,
    CERTIFICATE_RULES,
    CERTIFICATE_FILE_RULES,
    CERTIFICATE_CHAIN_RULES,
    CERTIFICATE_FITNESS_RULES,
    CERTIFICATE_FACT_RULES,
    TABLE_RULES,
    SILENCE_RULES,
    PLAN_RULES,
];

/// All rules.
pub(crate) fn all() -> impl Iterator<Item = &'static Rule> {
    GROUPS.iter().flat_map(|group| group.rules).copied()
}

/// A rule by its id.
pub(crate) fn find(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}

impl Rule {
    const fn new(id: &'static str, summary: &'static str, severity: Severity) -> Self {
        Self {
            id,
            summary,
            severity,
            in_production: None,
            in_simulator: None,
            strict: false,
            checks: "",
            silenceable: false,
            why: "",
            source: "",
            example: None,
        }
    }

    const fn because(self, why: &'static str, source: &'static str) -> Self {
        Self { why, source, ..self }
    }

    const fn in_production(self, severity: Severity) -> Self {
        Self { in_production: Some(severity), ..self }
    }

    const fn in_simulator(self, severity: Severity) -> Self {
        Self { in_simulator: Some(severity), ..self }
    }

    const fn strict(self, strict: bool) -> Self {
        Self { strict, ..self }
    }

    const fn checks(self, checks: &'static str) -> Self {
        Self { checks, ..self }
    }

    const fn silenceable(self, silenceable: bool) -> Self {
        Self { silenceable, ..self }
    }

    const fn example(self, breaks: &'static str, keeps: &'static str) -> Self {
        Self { example: Some(Example { breaks, keeps }), ..self }
    }

    /// How much it weighs in a stage.
    pub(crate) fn severity_in(&self, stage: Stage) -> Severity {
        match stage {
            Stage::Production => self.in_production.unwrap_or(self.severity),
            Stage::Simulator => self.in_simulator.unwrap_or(self.severity),
            Stage::Qualification => self.severity,
        }
    }
}

/// The rule that a diagnostic names. Outside tests it comes from the catalogue alone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RuleId(pub(crate) &'static str);

impl From<&'static Rule> for RuleId {
    fn from(rule: &'static Rule) -> Self {
        Self(rule.id)
    }
}

#[cfg(test)]
impl From<&'static str> for RuleId {
    fn from(id: &'static str) -> Self {
        Self(id)
    }
}

/// Declares the rules of one group: a constant for each, and the group.
macro_rules! rules {
    (
        $group:ident = $title:literal;
        $(
            $(#[doc = $doc:literal])*
            $name:ident = $id:literal, $severity:ident
            $(, in production $production:ident)?
            $(, in simulator $simulator:ident)?
            $(, strict $strict:literal)?
            $(, check $checks:literal)?
            $(, silenceable $silenceable:literal)?
            {
                why: $why:literal,
                source: $source:literal,
                $( breaks: $breaks:literal, keeps: $keeps:literal, )?
            }
        )*
    ) => {
        $(
            $(#[doc = $doc])*
            pub(crate) const $name: &crate::diagnostic::rule::Rule =
                &crate::diagnostic::rule::Rule::new(
                    $id,
                    concat!($($doc),*).trim_ascii(),
                    crate::diagnostic::Severity::$severity,
                )
                .because($why, $source)
                $( .in_production(crate::diagnostic::Severity::$production) )?
                $( .in_simulator(crate::diagnostic::Severity::$simulator) )?
                $( .strict($strict) )?
                $( .checks($checks) )?
                $( .silenceable($silenceable) )?
                $( .example($breaks, $keeps) )?;
        )*

        /// The rules of this file.
        pub(crate) const $group: crate::diagnostic::rule::Group =
            crate::diagnostic::rule::Group { title: $title, rules: &[$($name),*] };
    };
}
use rules;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_in_kebab_case_and_in_order() {
        let mut seen = std::collections::BTreeSet::new();
        for rule in all() {
            let kebab = rule.id.split('-').all(|part| {
                !part.is_empty()
                    && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
            });
            assert!(kebab && seen.insert(rule.id), "{}", rule.id);
        }
        for group in GROUPS {
            assert!(group.rules.is_sorted_by_key(|rule| rule.id), "{}", group.title);
        }
    }

    #[test]
    fn every_rule_says_why_and_where_that_is_known_from() {
        for rule in all() {
            assert!(rule.summary.ends_with('.') && rule.why.ends_with('.'), "{}", rule.id);
            assert!(!rule.source.is_empty() && !rule.source.ends_with('.'), "{}", rule.id);
            assert!(!rule.silenceable || rule.severity == Severity::Error, "{}", rule.id);
            let not_in_files = [PLAN_RULES, CERTIFICATE_FACT_RULES];
            let not_in_files = not_in_files.iter().any(|group| group.rules.contains(&rule));
            assert_eq!(rule.example.is_none(), not_in_files, "{}", rule.id);
        }
    }
}
