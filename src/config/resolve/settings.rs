//! Policy and catalogue of `raccord.yaml`.

use crate::catalogue::Catalogue;
use crate::catalogue::Direction;
use crate::catalogue::Interface;
use crate::catalogue::Usage;
use crate::config::manifest::project::CatalogueManifest;
use crate::config::manifest::project::PolicyManifest;
use crate::config::manifest::reader::Reader;
use crate::config::resolve::connection::PROTOCOLS;
use crate::config::resolve::connection::SYSTEMS;
use crate::config::resolve::entity::flag;
use crate::domain::policy::Limit;
use crate::domain::policy::Policy;
use crate::domain::value::InterfaceCode;
use crate::domain::value::Line;
use crate::domain::value::ValueFault;
use crate::language::marked;

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
        Policy {
            max_replacements,
            max_deactivations,
            require_qualification: flag(
                written.require_qualification,
                default.require_qualification,
            ),
            certificate_warning_days: days.unwrap_or(default.certificate_warning_days),
            certificate_lead_days: lead.unwrap_or(default.certificate_lead_days),
            certificate_strict: flag(written.certificate_strict, default.certificate_strict),
            certificate_reuse_after_deactivation: flag(
                written.certificate_reuse_after_deactivation,
                default.certificate_reuse_after_deactivation,
            ),
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
    text.parse().ok().filter(|_| digits).ok_or_else(|| ValueFault {
        found: format!("`{text}`"),
        expected: marked!("a whole number, for example `60`"),
    })
}
