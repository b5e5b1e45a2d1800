//! A certificate takes the place of another one in its slot: what is known of both, and what the new one loses.
//!
//! Chorus Pro shows the fingerprint of the old one, and its end at best. The rest is known when its file is still in
//! the project, or when the ledger remembers it; else it is unknown, and said to be.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Severity;
use crate::diagnostic::rule;
use crate::domain::address::Address;
use crate::domain::certificate::CertificateFacts;
use crate::domain::edi::Slot;
use crate::domain::value::Fingerprint;
use crate::domain::x509::last_day;
use crate::domain::x509::oid;
use crate::language::Message;
use crate::language::message;
use crate::language::tr;
use crate::plan::change::Because;
use crate::plan::context::Context;

/// A certificate takes the place of another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rotation {
    /// Where.
    pub(crate) slot: Slot,
    /// The one that is there.
    pub(crate) before: Rotated,
    /// The one that is declared.
    pub(crate) after: Rotated,
    /// What the new one loses.
    pub(crate) losses: Vec<Loss>,
}

/// One of the two certificates of a rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rotated {
    /// SHA-256 of it.
    pub(crate) fingerprint: Fingerprint,
    /// Its last day, where anything tells.
    pub(crate) ends: Option<Date>,
    /// What else is known of it.
    pub(crate) facts: Option<CertificateFacts>,
    /// Where that is known from.
    pub(crate) provenance: Provenance,
}

/// Where something is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Provenance {
    /// A certificate file of the project.
    Files,
    /// The ledger remembers it.
    Ledger,
    /// The sheet shows its end, and no more.
    Sheet,
    /// Nothing tells.
    Unknown,
}

impl Provenance {
    /// The word in JSON.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Ledger => "ledger",
            Self::Sheet => "sheet",
            Self::Unknown => "unknown",
        }
    }
}

/// Something that the old certificate had and the new one has not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Loss {
    /// What.
    pub(crate) what: Lost,
    /// The same in words, about the new certificate: `it no longer has the usage clientAuth`.
    pub(crate) message: Message,
}

/// What a new certificate may lose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    /// An extended usage.
    Usage,
    /// The kind of its key, or its length.
    Key,
    /// The organization.
    Organization,
    /// A host among its names.
    Hosts,
    /// Time: it does not end later.
    Time,
    /// Nothing, but its key is the old one's.
    KeyKept,
    /// The authority that issued it.
    Authority,
}

impl Lost {
    /// The word in JSON.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Key => "key",
            Self::Organization => "organization",
            Self::Hosts => "hosts",
            Self::Time => "time",
            Self::KeyKept => "key_kept",
            Self::Authority => "authority",
        }
    }

    fn severity(self) -> Severity {
        // Another authority may be as good as the old one.
        if self == Self::Authority { Severity::Notice } else { Severity::Warning }
    }

    fn help(self) -> Message {
        match self {
            Self::Usage => {
                message!(
                    "ask the authority for a certificate with both usages, or check that the partner's side needs it no more"
                )
            }
            Self::Key => message!("order it with a key as strong as the old one and of its kind"),
            Self::Organization => {
                message!("check that it is the right file, and the organization's own")
            }
            Self::Hosts => {
                message!("check that nothing connects by these names, or order it with them")
            }
            Self::Time => message!("check that it is the right file: a renewal ends later"),
            Self::KeyKept => message!("make a new key for each certificate"),
            Self::Authority => {
                message!(
                    "check that the file holds the whole chain of the new authority, and tell the partner's side"
                )
            }
        }
    }
}

/// Compares old and new in every slot that this plan changes, and tells what is lost.
pub(crate) fn compare(context: &mut Context<'_>) {
    let mut wanted: Vec<(usize, Slot, Fingerprint, Fingerprint)> = Vec::new();
    for (index, change) in context.changes.iter().enumerate() {
        wanted.extend(change.because.iter().filter_map(|because| {
            let (slot, before, after) = of(because)?;
            Some((index, slot, before, after))
        }));
    }
    if wanted.is_empty() {
        return;
    }
    let known = Sources::of(context);
    let found: Vec<(usize, Rotation)> = wanted
        .into_iter()
        .map(|(index, slot, before, after)| {
            let (before, after) = (known.rotated(before), known.rotated(after));
            let losses = losses(&before, &after);
            (index, Rotation { slot, before, after, losses })
        })
        .collect();
    for (index, rotation) in found {
        let address = context.changes[index].address.clone();
        tell(context, &address, &rotation);
        let change = &mut context.changes[index];
        if rotation.before.facts.is_none() {
            let slot = rotation.slot;
            change.notes.push(if rotation.before.ends.is_some() {
                message!("of the old {slot} certificate only the end is known: usages, key, names and organization were not compared", slot = slot_told(slot))
            } else {
                message!("of the old {slot} certificate nothing is known: usages, key, names and organization were not compared", slot = slot_told(slot))
            });
        }
        change.rotations.push(rotation);
    }
}

/// A slot as a person says it.
fn slot_told(slot: Slot) -> String {
    match slot {
        Slot::Server => tr!("slot" => "server"),
        Slot::Client => tr!("slot" => "client"),
    }
}

/// The slot and both fingerprints, when a field is a slot that stays filled.
fn of(because: &Because) -> Option<(Slot, Fingerprint, Fingerprint)> {
    let slot = Slot::ALL.into_iter().find(|slot| slot.field() == because.field)?;
    let fingerprint = |text: &Option<Message>| Fingerprint::parse(text.as_ref()?.english()).ok();
    Some((slot, fingerprint(&because.before)?, fingerprint(&because.after)?))
}

fn tell(context: &mut Context<'_>, address: &Address, rotation: &Rotation) {
    let field = rotation.slot.field();
    for Loss { what, message } in &rotation.losses {
        let message = message!(
            "the new {slot} certificate {short}… of `{address}`: {message}",
            slot = slot_told(rotation.slot),
            short = rotation.after.fingerprint.short(),
            address,
            message
        );
        let diagnostic = Diagnostic::new(rule::CERTIFICATE_RENEWAL_LOSES, what.severity(), message);
        context.fault_at(address, field, diagnostic.help(what.help()));
    }
}

/// All that tells something of certificates.
struct Sources<'a> {
    files: BTreeMap<&'a Fingerprint, CertificateFacts>,
    ledger: &'a BTreeMap<Fingerprint, CertificateFacts>,
    sheets: BTreeMap<&'a Fingerprint, Date>,
}

impl<'a> Sources<'a> {
    fn of(context: &Context<'a>) -> Self {
        let input = &context.input;
        let leaves = input.desired.certificate_files.values().filter_map(|file| file.leaf());
        let held = input.observed.edi.values().flat_map(|sheet| sheet.certificates.values());
        Self {
            files: leaves.map(|leaf| (&leaf.fingerprint, CertificateFacts::of(leaf))).collect(),
            ledger: &input.known.certificates,
            sheets: held.filter_map(|held| Some((&held.fingerprint, held.not_after?))).collect(),
        }
    }

    fn rotated(&self, fingerprint: Fingerprint) -> Rotated {
        let in_files = self.files.get(&fingerprint).map(|facts| (facts, Provenance::Files));
        let remembered = || self.ledger.get(&fingerprint).map(|facts| (facts, Provenance::Ledger));
        let shown = self.sheets.get(&fingerprint).copied();
        let (ends, facts, provenance) = match (in_files.or_else(remembered), shown) {
            (Some((facts, provenance)), _) => {
                (Some(last_day(facts.not_after)), Some(facts.clone()), provenance)
            }
            (None, Some(end)) => (Some(end), None, Provenance::Sheet),
            (None, None) => (None, None, Provenance::Unknown),
        };
        Rotated { fingerprint, ends, facts, provenance }
    }
}

/// What the new one loses, as far as both are known. The comparing itself is R02.
fn losses(before: &Rotated, after: &Rotated) -> Vec<Loss> {
    let mut losses = Vec::new();
    let mut lost = |what: Lost, message: Message| losses.push(Loss { what, message });
    if let (Some(old), Some(new)) = (before.ends, after.ends)
        && new <= old
    {
        lost(Lost::Time, message!("it ends on {new}, and the old one on {old}", new, old));
    }
    let (Some(old), Some(new)) = (&before.facts, &after.facts) else { return losses };
    let usages = lost_usages(old, new);
    if !usages.is_empty() {
        lost(Lost::Usage, message!("it no longer has the usage {}", usages.join(", ")));
    }
    if let Some(message) = worse_key(old, new) {
        lost(Lost::Key, message);
    }
    if old.key_sha256 == new.key_sha256 {
        lost(Lost::KeyKept, message!("it has the key of the old one"));
    }
    if is_other_organization(old, new) {
        lost(
            Lost::Organization,
            message!(
                "it is of {new}, and the old one of {old}",
                new = organization(new),
                old = organization(old)
            ),
        );
    }
    let hosts: Vec<&str> = old.hosts.difference(&new.hosts).map(String::as_str).collect();
    if !hosts.is_empty() {
        lost(Lost::Hosts, message!("it no longer names {}", hosts.join(", ")));
    }
    if old.issuer != new.issuer {
        let message = message!(
            "it is issued by `{new}`, and the old one by `{old}`",
            new = new.issuer,
            old = old.issuer
        );
        lost(Lost::Authority, message);
    }
    losses
}

/// Usages that the old one had; one that says nothing has those that a connection needs.
fn lost_usages(old: &CertificateFacts, new: &CertificateFacts) -> Vec<String> {
    let any = oid::word(oid::ANY_USAGE);
    let needed = || [oid::SERVER_AUTH, oid::CLIENT_AUTH].map(|usage| oid::word(usage).to_owned());
    let Some(has) = new.usages.as_ref().filter(|has| !has.contains(any)) else {
        return Vec::new();
    };
    let had: BTreeSet<String> = match &old.usages {
        Some(had) if !had.contains(any) => had.clone(),
        _ => needed().into(),
    };
    had.difference(has).cloned().collect()
}

/// How the new key is worse: of another kind, or shorter.
fn worse_key(old: &CertificateFacts, new: &CertificateFacts) -> Option<Message> {
    let (before, after) = (&old.key, &new.key);
    if before.kind != after.kind {
        Some(message!("its key is of another kind: {after}, before {before}", after, before))
    } else if after.bits < before.bits {
        Some(message!("its key is shorter: {after}, before {before}", after, before))
    } else if after.bits == before.bits && after.curve != before.curve {
        Some(message!("its key is on another curve: {after}, before {before}", after, before))
    } else {
        None
    }
}

/// By the registration number; by the name where neither has one.
fn is_other_organization(old: &CertificateFacts, new: &CertificateFacts) -> bool {
    let name =
        |facts: &CertificateFacts| facts.organization.as_ref().map(|name| name.to_lowercase());
    match (&old.organization_identifier, &new.organization_identifier) {
        (Some(old), new) => Some(old) != new.as_ref(),
        (None, Some(_)) => false,
        (None, None) => name(old).is_some() && name(old) != name(new),
    }
}

/// An organization in words: its name and its number.
pub(crate) fn organization(facts: &CertificateFacts) -> String {
    match (&facts.organization, &facts.organization_identifier) {
        (Some(name), Some(number)) => format!("{name} ({number})"),
        (Some(one), None) | (None, Some(one)) => one.clone(),
        (None, None) => tr!("no organization"),
    }
}
