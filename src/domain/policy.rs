//! Limits that a plan must keep to.

use std::fmt;

use crate::domain::environment::Stage;
use crate::domain::freeze::Freeze;
use crate::domain::value::ValueFault;
use crate::language::marked;

/// A limit, as a number or as a share of what is managed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    /// At most so many.
    Count(u32),
    /// At most so many of a hundred managed resources of the kind, rounded down, but one is always allowed above 0 %.
    Percent(u32),
}

impl Limit {
    /// Reads `5` or `10%`.
    pub(crate) fn parse(text: &str) -> Result<Self, ValueFault> {
        let fault = || {
            ValueFault::new(
                format!("`{text}`"),
                marked!("a number, for example `5`, or a share, for example `10%`"),
            )
        };
        match text.strip_suffix('%') {
            Some(share) => share
                .parse()
                .ok()
                .filter(|share| *share <= 100)
                .map(Self::Percent)
                .ok_or_else(fault),
            None => text.parse().map(Self::Count).map_err(|_| fault()),
        }
    }

    /// How many are allowed among `managed`.
    pub(crate) fn allows(self, managed: usize) -> usize {
        match self {
            Self::Count(count) => count as usize,
            Self::Percent(0) => 0,
            Self::Percent(share) => (managed * share as usize / 100).max(1),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Percent(share) => write!(f, "{share}%"),
        }
    }
}

/// What the project allows a plan to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Policy {
    /// How many sheets one plan may replace.
    pub(crate) max_replacements: Option<Limit>,
    /// How many sheets and accounts one plan may deactivate because they left the files.
    pub(crate) max_deactivations: Option<Limit>,
    /// Nothing goes to production that was never Actif in qualification.
    pub(crate) require_qualification: bool,
    /// Times in which nothing may be changed.
    pub(crate) freeze: Vec<Freeze>,
    /// How many days before its end a certificate is warned about.
    pub(crate) certificate_warning_days: u32,
    /// How many days it takes to get a new certificate.
    ///
    /// A month by default: what authorities tell goes from two days to a month (`docs/sources.md` 10).
    pub(crate) certificate_lead_days: u32,
    /// Whether remarks about level, chain and authority of a certificate are errors.
    pub(crate) certificate_strict: bool,
    /// Whether a certificate may serve a new sheet once the sheet that held it is Inactif.
    ///
    /// Off by default: whether Chorus Pro allows it is not known (`docs/sources.md` 10).
    pub(crate) certificate_reuse_after_deactivation: bool,
}

impl Policy {
    /// The freezes of an environment.
    pub(crate) fn freezes(&self, environment: &str, stage: Stage) -> Vec<Freeze> {
        let of = self.freeze.iter().filter(|freeze| freeze.is_for(environment, stage));
        of.cloned().collect()
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            max_replacements: None,
            max_deactivations: None,
            require_qualification: false,
            freeze: Vec::new(),
            certificate_warning_days: 60,
            certificate_lead_days: 30,
            certificate_strict: false,
            certificate_reuse_after_deactivation: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_count_or_take_a_share() {
        assert_eq!(Limit::parse("5").unwrap().allows(1000), 5);
        assert_eq!(Limit::parse("10%").unwrap().allows(55), 5);
        assert_eq!(Limit::parse("10%").unwrap().allows(3), 1);
        assert_eq!(Limit::parse("0%").unwrap().allows(1000), 0);
        assert!(
            Limit::parse("101%").is_err()
                && Limit::parse("many").is_err()
                && Limit::parse("-1").is_err()
        );
    }
}
