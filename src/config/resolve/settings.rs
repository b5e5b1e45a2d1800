//! Policy and catalogue of `raccord.yaml`.

use std::collections::BTreeSet;

use crate::catalogue::Catalogue;
use crate::catalogue::Direction;
use crate::catalogue::Interface;
use crate::catalogue::Usage;
use crate::config::manifest::project::CatalogueManifest;
use crate::config::manifest::project::FreezeManifest;
use crate::config::manifest::project::PolicyManifest;
use crate::config::manifest::reader::Reader;
use crate::config::manifest::reader::listed;
use crate::config::resolve::connection::PROTOCOLS;
use crate::config::resolve::connection::SYSTEMS;
use crate::config::resolve::entity::flag;
use crate::config::rule;
use crate::diagnostic::nearest;
use crate::domain::freeze::Edge;
use crate::domain::freeze::Freeze;
use crate::domain::policy::Limit;
use crate::domain::policy::Policy;
use crate::domain::value::InterfaceCode;
use crate::domain::value::Line;
use crate::domain::value::ValueFault;
use crate::language::marked;
use crate::language::message;

/// Directions by their words.
const DIRECTIONS: [(&str, Direction); 2] =
    [("EMISSION", Direction::Emission), ("RECEPTION", Direction::Reception)];

/// Where a row is known from when the user does not say.
const OWN_SOURCE: &str = "raccord.yaml";

impl Reader<'_> {
    /// Resolves the policy.
    pub(crate) fn policy(&mut self, written: Option<&PolicyManifest>) -> Policy {
        let default = Policy::default();
        let Some(written) = written else {
            return default;
        };
        let max_replacements = self.value(written.max_replacements.as_ref(), Limit::parse);
        let max_deactivations = self.value(written.max_deactivations.as_ref(), Limit::parse);
        let days = self.value(written.certificate_warning_days.as_ref(), parse_number);
        let lead = self.value(written.certificate_lead_days.as_ref(), parse_number);
        let freezes = written.freeze.iter().flat_map(|list| &list.items);
        let freeze = freezes.filter_map(|freeze| self.freeze(freeze)).collect();
        Policy {
            max_replacements,
            max_deactivations,
            require_qualification: flag(
                written.require_qualification,
                default.require_qualification,
            ),
            freeze,
            certificate_warning_days: days.unwrap_or(default.certificate_warning_days),
            certificate_lead_days: lead.unwrap_or(default.certificate_lead_days),
            certificate_strict: flag(written.certificate_strict, default.certificate_strict),
            certificate_reuse_after_deactivation: flag(
                written.certificate_reuse_after_deactivation,
                default.certificate_reuse_after_deactivation,
            ),
        }
    }

    /// Resolves a freeze.
    fn freeze(&mut self, written: &FreezeManifest) -> Option<Freeze> {
        let from = self.value(written.from.as_ref(), Edge::parse);
        let until = self.value(written.until.as_ref(), Edge::parse);
        let named = written.environments.iter().flat_map(|list| &list.items);
        let (from, until, reason) = (from?, until?, written.reason.as_ref()?);
        let freeze = Freeze {
            from,
            until,
            reason: reason.value.clone(),
            environments: named.map(|name| name.value.clone()).collect(),
        };
        if !freeze.is_reversed() {
            return Some(freeze);
        }
        let span = written.until.as_ref().map_or(reason.span, |text| text.span);
        let message =
            message!("the freeze ends on {until}, before it begins on {from}", until, from);
        let help = message!("write the later moment as `until`");
        self.error(rule::FREEZE_REVERSED, span, message, help);
        None
    }

    /// Says which freezes are for an environment that is not declared.
    pub(crate) fn freezes_for(
        &mut self,
        written: Option<&PolicyManifest>,
        environments: &BTreeSet<String>,
    ) {
        let freezes = written.and_then(|written| written.freeze.as_ref());
        let freezes = freezes.iter().flat_map(|list| &list.items);
        let named = freezes.filter_map(|freeze| freeze.environments.as_ref());
        for name in named.flat_map(|list| &list.items) {
            if environments.contains(&name.value) {
                continue;
            }
            let known = environments.iter().map(String::as_str);
            let help = match nearest(&name.value, known) {
                Some(near) => message!("did you mean `{near}`?", near),
                None => message!("use one of {}", listed(environments)),
            };
            let message = message!("environment `{}` is not declared", name.value);
            self.error(rule::FREEZE_UNKNOWN_ENVIRONMENT, name.span, message, help);
        }
    }

    /// Adds the user's rows to the catalogue.
    pub(crate) fn catalogue(&mut self, written: Option<&CatalogueManifest>) -> Catalogue {
        let mut catalogue = Catalogue::embedded();
        let Some(written) = written else {
            return catalogue;
        };
        for row in written.interfaces.iter().flat_map(|list| &list.items) {
            let code = self.value(row.code.as_ref(), InterfaceCode::parse);
            let system = self.word(row.exchange_system.as_ref(), &SYSTEMS);
            let protocol = self.word(row.protocol.as_ref(), &PROTOCOLS);
            let direction = self.word(row.direction.as_ref(), &DIRECTIONS);
            let Some(code) = code else {
                continue;
            };
            catalogue.add_interface(Interface {
                code: code.to_string(),
                exchange_systems: system.into_iter().collect(),
                protocol,
                format: row.format.as_ref().map(|text| text.value.clone()),
                direction,
                description: row
                    .description
                    .as_ref()
                    .map_or_else(String::new, |text| text.value.clone()),
                source: row.source.as_ref().map_or(OWN_SOURCE, |text| &text.value).to_owned(),
                verified: false,
            });
        }
        for row in written.usages.iter().flat_map(|list| &list.items) {
            let Some(word) = self.value(row.word.as_ref(), Line::parse) else {
                continue;
            };
            catalogue.add_usage(Usage {
                label: row
                    .label
                    .as_ref()
                    .map_or_else(|| word.to_string(), |text| text.value.clone()),
                word: word.to_string(),
                needs_name: flag(row.needs_name, false),
                source: row.source.as_ref().map_or(OWN_SOURCE, |text| &text.value).to_owned(),
                verified: false,
            });
        }
        catalogue
    }
}

/// Reads a whole number without signs and leading zeros.
fn parse_number(text: &str) -> Result<u32, ValueFault> {
    let digits =
        text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| digits).ok_or_else(|| {
        ValueFault::new(format!("`{text}`"), marked!("a whole number, for example `60`"))
    })
}
