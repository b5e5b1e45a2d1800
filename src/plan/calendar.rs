//! What ends when: certificates, those of their authorities, validities of sheets, passwords, overlaps; and by when to act.
//!
//! It speaks of what is declared, not of what is observed: nothing has to be asked, and it holds for any day.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use crate::certificate::Knowledge;
use crate::certificate::path;
use crate::domain::account::PASSWORD_DAYS;
use crate::domain::address::Address;
use crate::domain::desired::Desired;
use crate::domain::edi::Slot;
use crate::domain::known::Known;
use crate::domain::known::Owned;
use crate::domain::observed::RemoteId;
use crate::domain::policy::Policy;
use crate::domain::value::Fingerprint;
use crate::domain::value::day_in_france;
use crate::domain::value::days_earlier;
use crate::domain::value::days_later;
use crate::domain::x509::Certificate;
use crate::domain::x509::CertificateFile;

/// One environment of a project.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a> {
    /// Its name.
    pub(crate) environment: &'a str,
    /// What was asked for in it.
    pub(crate) desired: &'a Desired,
    /// What its ledger knows.
    pub(crate) known: &'a Known,
    /// The lists of authorities.
    pub(crate) knowledge: &'a Knowledge,
    /// How many days it takes to get a certificate.
    pub(crate) policy: &'a Policy,
}

/// Everything that ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Calendar {
    /// By the day on which they end, so that what is over comes first.
    pub(crate) entries: Vec<Entry>,
    /// Technical accounts whose password's end is not known here: the ledger has not stored it.
    pub(crate) unknown: BTreeSet<Use>,
}

/// Something that ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// What it is, and what makes it the same on another day.
    pub(crate) what: Ends,
    /// What a person calls it.
    pub(crate) name: String,
    /// Its last day.
    pub(crate) ends: Date,
    /// The day on which something has to be done at the latest: a certificate ordered, a password reset.
    pub(crate) act_by: Date,
    /// Where it is used.
    pub(crate) uses: BTreeSet<Use>,
    /// The files that hold it.
    pub(crate) files: BTreeSet<String>,
}

/// What ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ends {
    /// The certificate of a connection.
    Certificate(Fingerprint),
    /// The certificate of an authority in its chain.
    Authority(Fingerprint),
    /// The validity of a sheet: environment, SIRET of its structure, address.
    Validity(String, String, Address),
    /// The password of a technical account: environment, SIRET of its structure, address.
    Password(String, String, Address),
    /// The days in which an old sheet stays beside the one that replaced it: environment, SIRET of its structure, address,
    /// identity of the old sheet.
    Overlap(String, String, Address, RemoteId),
}

impl Ends {
    /// Its word.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Certificate(_) => "certificate",
            Self::Authority(_) => "authority",
            Self::Validity(..) => "validity",
            Self::Password(..) => "password",
            Self::Overlap(..) => "overlap",
        }
    }

    /// The fingerprint, of what has one.
    pub(crate) fn fingerprint(&self) -> Option<&Fingerprint> {
        match self {
            Self::Certificate(fingerprint) | Self::Authority(fingerprint) => Some(fingerprint),
            Self::Validity(..) | Self::Password(..) | Self::Overlap(..) => None,
        }
    }
}

/// A place where something is used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Use {
    /// The environment.
    pub(crate) environment: String,
    /// The sheet or account; for a certificate that no sheet holds, its own address.
    pub(crate) address: Address,
    /// The slot, for a certificate on a sheet.
    pub(crate) slot: Option<Slot>,
}

/// How something stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    /// Its last day has passed.
    Over,
    /// The day to act has come.
    Due,
    /// There is time.
    Later,
}

impl Entry {
    /// How it stands on a day. The last day counts.
    pub(crate) fn state(&self, as_of: Date) -> State {
        if self.ends < as_of {
            State::Over
        } else if self.act_by <= as_of {
            State::Due
        } else {
            State::Later
        }
    }

    fn key(&self) -> (Date, &Ends) {
        (self.ends, &self.what)
    }
}

/// Everything that ends in some environments. Chains are those that hold best on `as_of`.
pub(crate) fn calendar(parts: &[Part<'_>], as_of: Date) -> Calendar {
    let mut found = BTreeMap::new();
    let mut unknown = BTreeSet::new();
    for part in parts {
        certificates(part, as_of, &mut found);
        validities(part, &mut found);
        passwords(part, &mut found, &mut unknown);
        overlaps(part, &mut found);
    }
    let mut entries: Vec<Entry> = found.into_values().collect();
    entries.sort_by(|a, b| a.key().cmp(&b.key()));
    Calendar { entries, unknown }
}

/// The leaves of the declared files, and the authorities of their chains.
fn certificates(part: &Part<'_>, as_of: Date, found: &mut BTreeMap<Ends, Entry>) {
    let holders = holders(part);
    let mut uses: BTreeMap<&str, BTreeSet<Use>> = BTreeMap::new();
    for (address, declared) in &part.desired.certificates {
        let held = holders.get(&declared.fingerprint).cloned();
        let unused = || BTreeSet::from([part.used(address, None)]);
        uses.entry(&declared.file).or_default().extend(held.unwrap_or_else(unused));
    }
    for (path, uses) in uses {
        let Some(file) = part.desired.certificate_files.get(path) else { continue };
        for (what, certificate) in chain(file, as_of, part.knowledge) {
            let ends = certificate.last_day();
            let entry = found.entry(what.clone()).or_insert_with(|| Entry {
                what,
                name: certificate.subject.short(),
                ends,
                act_by: part.ordered_by(ends),
                uses: BTreeSet::new(),
                files: BTreeSet::new(),
            });
            entry.act_by = entry.act_by.min(part.ordered_by(ends));
            entry.uses.extend(uses.iter().cloned());
            entry.files.insert(path.to_owned());
        }
    }
}

/// The leaf of a file, and the authorities of its chain that lie in it.
fn chain(
    file: &CertificateFile,
    as_of: Date,
    knowledge: &Knowledge,
) -> Vec<(Ends, Arc<Certificate>)> {
    let path = path::best(file, file.leaf, as_of, knowledge);
    let own = path.members.iter().filter(|index| file.holds(**index));
    own.filter_map(|index| file.shared(*index))
        .enumerate()
        .map(|(position, one)| {
            let fingerprint = one.fingerprint.clone();
            let what = if position == 0 {
                Ends::Certificate(fingerprint)
            } else {
                Ends::Authority(fingerprint)
            };
            (what, Arc::clone(one))
        })
        .collect()
}

/// The slots that hold each certificate.
fn holders<'a>(part: &Part<'a>) -> BTreeMap<&'a Fingerprint, BTreeSet<Use>> {
    let mut holders: BTreeMap<&Fingerprint, BTreeSet<Use>> = BTreeMap::new();
    for (address, edi) in &part.desired.edi {
        for (slot, used) in &edi.sheet.settings.certificates {
            holders.entry(&used.fingerprint).or_default().insert(part.used(address, Some(*slot)));
        }
    }
    holders
}

/// The sheets.
fn validities(part: &Part<'_>, found: &mut BTreeMap<Ends, Entry>) {
    for (address, edi) in &part.desired.edi {
        let ends = edi.sheet.settings.validity.until;
        let siret = edi.sheet.structure.to_string();
        let what = Ends::Validity(part.environment.to_owned(), siret, address.clone());
        let entry = part.single(what, address, edi.sheet.name.to_string(), ends);
        found.insert(entry.what.clone(), Entry { act_by: part.ordered_by(ends), ..entry });
    }
}

/// The technical accounts, as far as the ledger knows since when their password serves.
fn passwords(part: &Part<'_>, found: &mut BTreeMap<Ends, Entry>, unknown: &mut BTreeSet<Use>) {
    for (address, account) in &part.desired.accounts {
        if !account.active {
            continue;
        }
        let stored = part.known.get(address).and_then(|known| known.password_stored_at);
        let Some(stored) = stored else {
            unknown.insert(part.used(address, None));
            continue;
        };
        let ends = days_later(day_in_france(stored), PASSWORD_DAYS);
        let siret = account.structure.to_string();
        let what = Ends::Password(part.environment.to_owned(), siret, address.clone());
        let entry = part.single(what, address, address.to_string(), ends);
        let act_by = days_earlier(ends, account.rotate_before_days);
        found.insert(entry.what.clone(), Entry { act_by, ..entry });
    }
}

/// The old sheets that stay for a while, as far as the ledger knows since when the new ones are Actif.
fn overlaps(part: &Part<'_>, found: &mut BTreeMap<Ends, Entry>) {
    for address in part.desired.edi.keys() {
        let Some(known) = part.known.get(address) else { continue };
        let since = known.current.as_ref().and_then(|owned| owned.active_since);
        let Some(since) = since else { continue };
        for former in known.former.iter().filter(|former| !former.retired) {
            if former.overlap_days == 0 {
                continue;
            }
            let Owned { id, making, .. } = &former.owned;
            let ends = days_later(day_in_france(since), former.overlap_days);
            let siret = making.structure.to_string();
            let what =
                Ends::Overlap(part.environment.to_owned(), siret, address.clone(), id.clone());
            let entry = part.single(what, address, making.name.clone(), ends);
            found.insert(entry.what.clone(), entry);
        }
    }
}

impl Part<'_> {
    /// The day from which the password of an account is reset that ends on a day.
    pub(crate) fn reset_by(&self, address: &Address, ends: Date) -> Date {
        let account = self.desired.accounts.get(address);
        account.map_or(ends, |account| days_earlier(ends, account.rotate_before_days))
    }

    fn used(&self, address: &Address, slot: Option<Slot>) -> Use {
        Use { environment: self.environment.to_owned(), address: address.clone(), slot }
    }

    /// The day on which a certificate has to be ordered, or a sheet to be looked after.
    pub(crate) fn ordered_by(&self, ends: Date) -> Date {
        days_earlier(ends, self.policy.certificate_lead_days)
    }

    /// Something that is used at one address; to be acted on when it ends.
    fn single(&self, what: Ends, address: &Address, name: String, ends: Date) -> Entry {
        let uses = BTreeSet::from([self.used(address, None)]);
        Entry { what, name, ends, act_by: ends, uses, files: BTreeSet::new() }
    }
}
