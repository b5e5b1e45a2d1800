//! What goes from one environment to another: what differs and must, what differs and must not, what is missing. Pure.
//!
//! [`fields`] says of each field what is expected of it, and where that is known from.

pub(crate) mod fields;
mod places;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::desired::Desired;
use crate::domain::environment::Environment;
use crate::domain::known::Known;
use crate::domain::value::Fingerprint;
use crate::language::Message;
use crate::language::message;
use crate::plan::promotion::fields::Compared;
use crate::plan::promotion::fields::Weight;
use crate::plan::promotion::fields::compare_all;
use crate::plan::qualification::Evidence;
use crate::plan::qualification::Qualified;
use crate::plan::qualification::evidence;
use crate::plan::qualification::form_of;

/// One of the two environments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Side<'a> {
    /// The environment.
    pub(crate) environment: &'a Environment,
    /// What is declared there.
    pub(crate) desired: &'a Desired,
}

/// Whether an address can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// Something stands against it.
    NotReady,
    /// Nothing does.
    Ready,
    /// It went already.
    AlreadyThere,
}

impl Verdict {
    /// The word in JSON.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::NotReady => "not_ready",
            Self::Ready => "ready",
            Self::AlreadyThere => "already_there",
        }
    }
}

/// What was found about one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Promoted {
    /// The address.
    pub(crate) address: Address,
    /// Whether it can go.
    pub(crate) verdict: Verdict,
    /// What stands against it, beside its fields.
    pub(crate) missing: Option<Message>,
    /// Its fields, as far as they differ or should.
    pub(crate) fields: Vec<Compared>,
    /// What proves that it was Actif where it comes from.
    pub(crate) evidence: Option<Evidence>,
}

/// A comparison of two environments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Promotion {
    /// Where things come from.
    pub(crate) from: String,
    /// Where they go.
    pub(crate) to: String,
    /// What was found about the two environments themselves.
    pub(crate) places: Vec<Compared>,
    /// Every address, in order.
    pub(crate) addresses: Vec<Promoted>,
}

impl Promotion {
    /// How many addresses have a verdict.
    pub(crate) fn count(&self, verdict: Verdict) -> usize {
        self.addresses.iter().filter(|one| one.verdict == verdict).count()
    }

    /// Whether nothing stands against any of it.
    pub(crate) fn is_ready(&self) -> bool {
        self.count(Verdict::NotReady) == 0
            && self.places.iter().all(|place| place.weight != Weight::Fault)
    }
}

/// Compares technical accounts, API and EDI connections of two environments. `proofs` is what the ledger of the first
/// proves, `known` what that of the second knows; without `targets`, all addresses are compared.
pub(crate) fn compare(
    (from, to): (Side<'_>, Side<'_>),
    proofs: &Qualified,
    known: &Known,
    targets: Option<&BTreeSet<Address>>,
) -> Promotion {
    let (from_keys, to_keys) = (from.desired.keys(), to.desired.keys());
    let keys = (&from_keys, &to_keys);
    let goes = |address: &&Address| {
        matches!(address.kind(), Kind::Account | Kind::Api | Kind::Edi)
            && targets.is_none_or(|targets| targets.contains(*address))
    };
    let all: BTreeSet<&Address> =
        from.desired.addresses().chain(to.desired.addresses()).filter(goes).collect();
    Promotion {
        from: from.environment.name.clone(),
        to: to.environment.name.clone(),
        places: places::compare(from.environment, to.environment),
        addresses: all
            .into_iter()
            .map(|address| one(address, (from, to), keys, (proofs, known)))
            .collect(),
    }
}

/// Public keys by certificate, of both sides.
type Keys<'a> = (
    &'a BTreeMap<&'a Fingerprint, &'a Fingerprint>,
    &'a BTreeMap<&'a Fingerprint, &'a Fingerprint>,
);

fn one(
    address: &Address,
    (from, to): (Side<'_>, Side<'_>),
    keys: Keys<'_>,
    (proofs, known): (&Qualified, &Known),
) -> Promoted {
    let (here, there) = (from.desired.contains(address), to.desired.contains(address));
    let (source, goal) = (&from.environment.name, &to.environment.name);
    let fields = if here && there {
        compare_all(address, from.desired, to.desired, keys)
    } else {
        Vec::new()
    };
    let (proof, unproven) = match form_of(to.desired, address) {
        None => (None, None),
        Some(form) => match evidence(std::slice::from_ref(proofs), to.desired, address, &form) {
            Ok(evidence) => (Some(evidence), None),
            Err(missing) => (None, Some(Message::of(|| missing.sentence()))),
        },
    };
    let is_there = there && is_there(address, to.desired, known);
    let missing = match (here, there) {
        (true, false) => Some(message!(
            "it is declared for `{here}`, and not for `{there}`",
            here = source,
            there = goal
        )),
        (false, true) if !is_there => Some(message!(
            "it is declared for `{here}`, and not for `{there}`",
            here = goal,
            there = source
        )),
        _ if is_there => None,
        _ => unproven,
    };
    let has_fault = fields.iter().any(|field| field.weight == Weight::Fault);
    let verdict = if has_fault || missing.is_some() {
        Verdict::NotReady
    } else if is_there {
        Verdict::AlreadyThere
    } else {
        Verdict::Ready
    };
    Promoted { address: address.clone(), verdict, missing, fields, evidence: proof }
}

/// Whether something was brought there, as it is declared now; a sheet has to have been Actif.
fn is_there(address: &Address, desired: &Desired, known: &Known) -> bool {
    let is_ours = known.get(address).is_some_and(|known| known.current.is_some());
    let is_proven = form_of(desired, address).is_none_or(|form| known.proven.has(address, &form));
    is_ours && is_proven
}
