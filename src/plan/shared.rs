//! X01 to X03 against what exists: a certificate, or its key, is on a sheet that the files do not tell of.
//!
//! What the files alone show is told by `validate`, and what this plan would bring about by [`super::certificates`]. Left
//! are sheets that nobody manages or that were replaced, and those that the ledgers of other environments remember.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Severity;
use crate::diagnostic::rule;
use crate::domain::address::Address;
use crate::domain::certificate::CertificateFacts;
use crate::domain::edi::ObservedEdi;
use crate::domain::edi::Slot;
use crate::domain::environment::Stage;
use crate::domain::observed::RemoteId;
use crate::domain::value::Fingerprint;
use crate::language::Message;
use crate::language::message;
use crate::plan::certificates;
use crate::plan::change::Action;
use crate::plan::context::Context;

/// A certificate on a sheet of another environment of the project, as the ledger of that one remembers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Elsewhere {
    /// The environment.
    pub(crate) environment: String,
    /// What it is for.
    pub(crate) stage: Stage,
    /// The sheet's address there.
    pub(crate) address: Address,
    /// Its identity.
    pub(crate) id: RemoteId,
    /// Its name.
    pub(crate) name: String,
    /// The certificate.
    pub(crate) facts: CertificateFacts,
}

/// What to do about a certificate on two sheets.
fn one_sheet() -> Message {
    message!(
        "a certificate serves one sheet only, even across structures: declare another certificate"
    )
}

/// What to do about a key on two sheets.
fn new_key() -> Message {
    message!("make a new key for each certificate")
}

/// Tells which declared certificates are on another sheet already, and which keys.
pub(crate) fn check(context: &mut Context<'_>) {
    let mut told: Vec<(Address, Slot, Diagnostic)> = Vec::new();
    let looking = Looking::new(context);
    for (address, edi) in &context.input.desired.edi {
        for (slot, used) in &edi.sheet.settings.certificates {
            let fingerprint = &used.fingerprint;
            let found = looking
                .held(address, fingerprint)
                .into_iter()
                .chain(looking.key_held(address, fingerprint))
                .chain(looking.elsewhere(address, fingerprint));
            told.extend(found.map(|diagnostic| (address.clone(), *slot, diagnostic)));
        }
    }
    for (address, slot, diagnostic) in told {
        context.fault_at(&address, slot.field(), diagnostic);
    }
}

/// What is looked into, once for all sheets.
struct Looking<'a, 'c> {
    context: &'c Context<'a>,
    /// Which sheets hold which certificate, as found.
    holders: BTreeMap<&'c Fingerprint, Vec<&'c ObservedEdi>>,
    /// Whose a sheet is, with those that this plan adopts.
    owners: BTreeMap<&'c RemoteId, &'c Address>,
    /// What a step of this plan, or one that is announced, lets go.
    released: BTreeSet<(RemoteId, Fingerprint)>,
    /// Addresses for which this plan puts certificates on a sheet.
    taking: BTreeSet<&'c Address>,
    /// Certificates that some sheet is declared with.
    declared: BTreeSet<&'c Fingerprint>,
    /// The keys of certificates, by fingerprint, from the files and the ledger.
    keys: BTreeMap<&'c Fingerprint, &'c Fingerprint>,
    /// Certificates that were found on sheets, by their key where that is known.
    by_key: BTreeMap<&'c Fingerprint, BTreeSet<&'c Fingerprint>>,
    /// Certificates of other environments, by fingerprint and by key.
    elsewhere: BTreeMap<&'c Fingerprint, Vec<&'c Elsewhere>>,
}

impl<'a, 'c> Looking<'a, 'c> {
    fn new(context: &'c Context<'a>) -> Self {
        let input = &context.input;
        let mut holders: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for sheet in input.observed.edi.values() {
            for held in sheet.certificates.values() {
                let entry: &mut Vec<&ObservedEdi> = holders.entry(&held.fingerprint).or_default();
                if entry.last().is_none_or(|last| last.id != sheet.id) {
                    entry.push(sheet);
                }
            }
        }
        let mut owners: BTreeMap<&RemoteId, &Address> =
            context.matching.owners.iter().map(|(id, address)| (*id, address)).collect();
        for step in context.changes.iter().flat_map(|change| &change.steps) {
            if let Action::Adopt { target, .. } = &step.action {
                owners.insert(target, &step.address);
            }
        }
        let remembered = &input.known.certificates;
        let mut keys: BTreeMap<&Fingerprint, &Fingerprint> =
            remembered.iter().map(|(sha256, facts)| (sha256, &facts.key_sha256)).collect();
        keys.extend(input.desired.keys());
        let mut by_key: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for &fingerprint in holders.keys() {
            if let Some(key) = keys.get(fingerprint) {
                by_key.entry(*key).or_default().insert(fingerprint);
            }
        }
        let mut elsewhere: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for one in input.elsewhere {
            for of in [&one.facts.sha256, &one.facts.key_sha256] {
                elsewhere.entry(of).or_default().push(one);
            }
        }
        let taking = context.changes.iter().filter(|change| certificates::takes_any(change));
        let sheets = input.desired.edi.values();
        let used = sheets.flat_map(|edi| edi.sheet.settings.certificates.values());
        Self {
            context,
            holders,
            owners,
            released: certificates::releases(context).into_keys().collect(),
            taking: taking.map(|change| &change.address).collect(),
            declared: used.map(|used| &used.fingerprint).collect(),
            keys,
            by_key,
            elsewhere,
        }
    }

    /// The sheets that hold a certificate, are not of this address, and keep it.
    fn others(
        &self,
        address: &Address,
        fingerprint: &Fingerprint,
    ) -> impl Iterator<Item = &'c ObservedEdi> {
        let holders = self.holders.get(fingerprint).into_iter().flatten().copied();
        holders.filter(move |sheet| {
            self.owners.get(&sheet.id) != Some(&address)
                && !certificates::is_free(self.context, &sheet.id)
                && !self.released.contains(&(sheet.id.clone(), fingerprint.clone()))
        })
    }

    /// X01: the sheet of this address holds the certificate already, and so does another one.
    fn held(&self, address: &Address, fingerprint: &Fingerprint) -> Option<Diagnostic> {
        let holders = self.holders.get(fingerprint)?;
        let has_it = holders.iter().any(|sheet| self.owners.get(&sheet.id) == Some(&address));
        // What this plan would put on a sheet was held against all others already.
        if !has_it || self.taking.contains(address) {
            return None;
        }
        let other = self.others(address, fingerprint).next()?;
        let message = message!(
            "the certificate {short}… of `{address}` is also on {place}",
            short = fingerprint.short(),
            address,
            place = self.sheet(other)
        );
        Some(Diagnostic::warning(rule::CERTIFICATE_SHARED, message).help(one_sheet()))
    }

    /// X02: another sheet holds a certificate of the same key. Where both are declared, `validate` tells it.
    fn key_held(&self, address: &Address, fingerprint: &Fingerprint) -> Option<Diagnostic> {
        let same = self.by_key.get(self.keys.get(fingerprint)?)?;
        let mut others = same
            .iter()
            .filter(|other| **other != fingerprint && !self.declared.contains(*other))
            .flat_map(|other| self.others(address, other));
        let other = others.next()?;
        let message = message!(
            "the certificate {short}… of `{address}` has the key of the one on {place}",
            short = fingerprint.short(),
            address,
            place = self.sheet(other)
        );
        Some(Diagnostic::of(rule::CERTIFICATE_KEY_SHARED, message).help(new_key()))
    }

    /// X01 to X03: a sheet of another environment holds the certificate, or one of the same key.
    fn elsewhere(&self, address: &Address, fingerprint: &Fingerprint) -> Option<Diagnostic> {
        let own = self.context.matching.known.get(address).and_then(|known| known.current.as_ref());
        let is_other = |one: &&&Elsewhere| {
            // Two environments of one stage may know the same sheet.
            one.stage != self.context.input.stage || own.is_none_or(|own| own.id != one.id)
        };
        let find = |of: &Fingerprint| self.elsewhere.get(of)?.iter().find(is_other).copied();
        let key = || find(self.keys.get(fingerprint)?);
        let (one, same) = match find(fingerprint) {
            Some(one) => (one, true),
            None => (key()?, false),
        };
        let place = message!(
            "`{}` in environment `{}` (sheet `{}`, `{}`)",
            one.address,
            one.environment,
            one.id,
            one.name
        );
        let short = fingerprint.short();
        if !same {
            let message = message!(
                "the certificate {short}… of `{address}` has the key of the one on {place}",
                short,
                address,
                place
            );
            return Some(Diagnostic::of(rule::CERTIFICATE_KEY_SHARED, message).help(new_key()));
        }
        let rule = if one.stage == self.context.input.stage {
            rule::CERTIFICATE_SHARED
        } else {
            rule::CERTIFICATE_ACROSS_STAGES
        };
        // What is there already is not made worse by a plan that leaves it alone.
        let severity =
            if self.taking.contains(address) { Severity::Error } else { Severity::Warning };
        let message = message!(
            "the certificate {short}… of `{address}` is also on {place}",
            short,
            address,
            place
        );
        let help = message!(
            "give one of them another certificate; where `{}` declares another one already, apply that first",
            one.environment
        );
        Some(Diagnostic::new(rule, severity, message).help(help))
    }

    fn sheet(&self, sheet: &ObservedEdi) -> Message {
        let ObservedEdi { id, name, status, .. } = sheet;
        match self.owners.get(id) {
            Some(owner) => {
                message!("sheet `{id}` (`{name}`, {status}), of `{owner}`", id, name, status, owner)
            }
            None => {
                message!("sheet `{id}` (`{name}`, {status}), not managed here", id, name, status)
            }
        }
    }
}
