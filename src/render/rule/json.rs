//! Rules as JSON, format 1.0 (`schema/explain.v1.schema.json`).

use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

use crate::diagnostic::Rule;
use crate::diagnostic::rule;
use crate::domain::environment::Stage;
use crate::render::FORMAT_VERSION;
use crate::render::rule::checks;

/// Rules of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Result of explain")]
pub(crate) struct RulesJson {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    pub(crate) format_version: String,
    /// The rules, by subject.
    pub(crate) rules: Vec<RuleJson>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct RuleJson {
    /// Its stable id, in kebab case.
    pub(crate) id: String,
    /// What it is about.
    pub(crate) subject: String,
    /// What it finds.
    pub(crate) summary: String,
    /// How much it weighs, by stage.
    pub(crate) severity: StagesJson,
    /// Whether it may be silenced although it is an error. Warnings and notices always may.
    pub(crate) silenceable: bool,
    /// Whether it is found in the files alone; else it is told by `plan` and `apply`, or by `certificates inspect`.
    pub(crate) in_files: bool,
    /// Whether `policy.certificate_strict` makes an error of a warning.
    pub(crate) strict: bool,
    /// The checks of certificates that it stands for, for example `C01`; none for other rules.
    pub(crate) checks: Vec<String>,
    /// Why there is such a rule.
    pub(crate) why: String,
    /// Where that is known from.
    pub(crate) source: String,
    /// A fragment that breaks it.
    pub(crate) breaks: Option<String>,
    /// A fragment for the same place that does not.
    pub(crate) keeps: Option<String>,
}

/// `error`, `warning` or `notice` for each stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct StagesJson {
    /// On the simulator.
    pub(crate) simulator: String,
    /// In qualification.
    pub(crate) qualification: String,
    /// In production.
    pub(crate) production: String,
}

/// Turns rules into their JSON form.
pub(crate) fn rules(rules: impl IntoIterator<Item = &'static Rule>) -> RulesJson {
    RulesJson {
        format_version: FORMAT_VERSION.to_owned(),
        rules: rules.into_iter().map(RuleJson::of).collect(),
    }
}

impl RuleJson {
    fn of(rule: &Rule) -> Self {
        let group = rule::GROUPS.iter().find(|group| group.rules.contains(&rule));
        let severity = |stage| rule.severity_in(stage).word().to_owned();
        Self {
            id: rule.id.to_owned(),
            subject: group.map_or("", |group| group.title).to_owned(),
            summary: rule.summary.to_owned(),
            severity: StagesJson {
                simulator: severity(Stage::Simulator),
                qualification: severity(Stage::Qualification),
                production: severity(Stage::Production),
            },
            silenceable: rule.silenceable,
            in_files: rule.example.is_some(),
            strict: rule.strict,
            checks: checks(rule).map(str::to_owned).collect(),
            why: rule.why.to_owned(),
            source: rule.source.to_owned(),
            breaks: rule.example.map(|example| example.breaks.to_owned()),
            keeps: rule.example.map(|example| example.keeps.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::language::Language;
    use crate::language::within;

    use super::*;

    #[test]
    fn the_json_is_english_in_any_language() {
        let french = within(Language::French, || rules(rule::all()));
        assert_eq!(french, rules(rule::all()));
    }
}
