//! Pure: is what was asked for sensible as a whole?
//!
//! Each rule looks across resources; what one value alone can show is found by `config` already.
//! Nothing here reads a file or a clock: the day arrives as `as_of`. The rules themselves are in the catalogue of `diagnostic`.

pub(crate) mod certificate;
mod rules;

use jiff::civil::Date;

use crate::certificate::Knowledge;
use crate::config::SharedIndex;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Place;
use crate::diagnostic::Places;
use crate::diagnostic::Rule;
use crate::diagnostic::sort;
use crate::domain::address::Address;
use crate::domain::desired::Desired;
use crate::domain::environment::Stage;
use crate::domain::policy::Policy;
use crate::language::Message;

/// What the rules look at.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a> {
    /// All that was asked for.
    pub(crate) desired: &'a Desired,
    /// Where it was written.
    pub(crate) places: &'a Places,
    /// The stage of the environment.
    pub(crate) stage: Stage,
    /// What is known of authorities and policies of certificates.
    pub(crate) knowledge: &'a Knowledge,
    /// What other projects use, where an index is shared with them.
    pub(crate) index: Option<&'a SharedIndex>,
    /// Limits and periods.
    pub(crate) policy: &'a Policy,
    /// The day for which it is asked.
    pub(crate) as_of: Date,
}

/// Finds what breaks a rule, sorted by place.
pub(crate) fn validate(input: &Input<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    rules::name::check(input, &mut found);
    rules::structure::check(input, &mut found);
    rules::certificate::check(input, &mut found);
    rules::index::check(input, &mut found);
    rules::account::check(input, &mut found);
    rules::validity::check(input, &mut found);
    sort(&mut found);
    found
}

impl Input<'_> {
    /// A diagnostic of a rule, where a field of a resource was written.
    fn found(
        &self,
        rule: &'static Rule,
        address: &Address,
        field: &'static str,
        message: impl Into<Message>,
        help: impl Into<Message>,
    ) -> Diagnostic {
        Diagnostic::of(rule, message).at(self.place(address, field)).help(help)
    }

    /// Where a field of a resource was written.
    fn place(&self, address: &Address, field: &'static str) -> Option<Place> {
        self.places.of_field(address, field)
    }
}

#[cfg(test)]
mod tests;
