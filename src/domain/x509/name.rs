//! Distinguished names.

use std::fmt;

use crate::domain::x509::oid;
use crate::language::tr;

/// A distinguished name: its attributes, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name {
    /// Type, dotted, and value.
    pub(crate) attributes: Vec<(String, String)>,
}

impl Name {
    /// The values of a type, dotted.
    pub(crate) fn all<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a str> {
        self.attributes
            .iter()
            .filter(move |(found, _)| found == kind)
            .map(|(_, value)| value.as_str())
    }

    /// The first value of a type, dotted.
    pub(crate) fn first<'a>(&'a self, kind: &'a str) -> Option<&'a str> {
        self.all(kind).next()
    }

    /// A form in which two names are alike when RFC 5280, section 7.1, says that they match: without case, with single spaces.
    pub(crate) fn canonical(&self) -> String {
        self.attributes.iter().fold(String::new(), |mut text, (kind, value)| {
            let words: Vec<String> = value.split_whitespace().map(str::to_lowercase).collect();
            text.push_str(kind);
            text.push('=');
            text.push_str(&words.join(" "));
            text.push('\n');
            text
        })
    }

    /// What a person calls it: the common name, else the organization, else the whole.
    pub(crate) fn short(&self) -> String {
        let short = self
            .first(oid::COMMON_NAME)
            .or_else(|| self.first(oid::ORGANIZATION))
            .map_or_else(|| self.to_string(), str::to_owned);
        if short.is_empty() { tr!("(without a name)") } else { short }
    }

    /// The organization's registration numbers as they stand: in `organizationIdentifier`, and in units that begin
    /// with `0002` or `SI:FR` (RGS v2.0, annex A3, chapter III.1, as seen in French certificates).
    pub(crate) fn organization_identifiers(&self) -> Vec<&str> {
        let in_units = self.all(oid::ORGANIZATIONAL_UNIT).filter(|unit| {
            unit.starts_with("0002 ")
                || unit.starts_with("0002") && unit.len() > 9
                || unit.starts_with("SI:FR-")
        });
        self.all(oid::ORGANIZATION_IDENTIFIER).chain(in_units).collect()
    }

    /// The SIREN among the registration numbers.
    pub(crate) fn siren(&self) -> Option<String> {
        self.organization_identifiers()
            .into_iter()
            .filter_map(french_number)
            .find(|number| matches!(number.len(), 9 | 14))
            .map(|number| number[..9].to_owned())
    }
}

/// The digits of a French registration number: `0002 123456789`, `NTRFR-123456789`, `SI:FR-123456789`; empty when
/// what follows is no number.
pub(crate) fn french_number(text: &str) -> Option<String> {
    let rest = text
        .strip_prefix("0002")
        .or_else(|| text.strip_prefix("NTRFR-"))
        .or_else(|| text.strip_prefix("SI:FR-"))?;
    let digits: String = rest.chars().filter(|c| !c.is_whitespace()).collect();
    let is_number = digits.len() >= 9 && digits.bytes().all(|byte| byte.is_ascii_digit());
    Some(if is_number { digits } else { String::new() })
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (kind, value)) in self.attributes.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{}={value}", label(kind))?;
        }
        Ok(())
    }
}

/// The customary letters of an attribute type (RFC 4514, section 3); the digits for what has none.
fn label(kind: &str) -> &str {
    match kind {
        oid::COMMON_NAME => "CN",
        oid::COUNTRY => "C",
        oid::ORGANIZATION => "O",
        oid::ORGANIZATIONAL_UNIT => "OU",
        oid::ORGANIZATION_IDENTIFIER => "organizationIdentifier",
        "2.5.4.4" => "SN",
        "2.5.4.5" => "serialNumber",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.42" => "GN",
        "1.2.840.113549.1.9.1" => "emailAddress",
        "0.9.2342.19200300.100.1.25" => "DC",
        other => other,
    }
}
