//! What a plan is made from: values only.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::diagnostic::Places;
use crate::domain::address::Address;
use crate::domain::desired::Desired;
use crate::domain::environment::Channel;
use crate::domain::environment::Stage;
use crate::domain::known::Known;
use crate::domain::observed::Observed;
use crate::domain::policy::Policy;
use crate::plan::qualification::Qualified;
use crate::plan::shared::Elsewhere;

/// Everything that a plan depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlanInput<'a> {
    /// What was asked for.
    pub(crate) desired: &'a Desired,
    /// Where it was written, for diagnostics.
    pub(crate) places: &'a Places,
    /// What was found.
    pub(crate) observed: &'a Observed,
    /// What the ledger knows.
    pub(crate) known: &'a Known,
    /// The certificates that the ledgers of other environments remember.
    pub(crate) elsewhere: &'a [Elsewhere],
    /// What the environments for qualification prove; only read where the policy asks for it.
    pub(crate) qualification: &'a [Qualified],
    /// The limits of the project.
    pub(crate) policy: &'a Policy,
    /// The name of the environment.
    pub(crate) environment: &'a str,
    /// What the environment is for.
    pub(crate) stage: Stage,
    /// The channel that carries out steps on sheets, accounts and clients.
    pub(crate) channel: Channel,
    /// The day that the plan is made for.
    pub(crate) as_of: Date,
    /// Limits of the policy that this run lifts, by name.
    pub(crate) lifted: &'a BTreeSet<String>,
    /// The only addresses to change, with what they need; nothing for all.
    pub(crate) targets: Option<&'a BTreeSet<Address>>,
}
