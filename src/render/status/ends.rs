//! What of the resources ends when: as it was seen; where nothing was seen, as it is declared.
//!
//! Pure. What is Inactif does not count: nothing flows through it.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::domain::address::Address;
use crate::domain::value::day_in_france;
use crate::plan::calendar::Calendar;
use crate::plan::calendar::Ends;
use crate::render::status::model::StatusCertificate;
use crate::render::status::model::StatusResource;

/// Something that ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ending {
    /// Its last day.
    pub(crate) ends: Date,
    /// `certificate`, `authority`, `validity` or `password`.
    pub(crate) what: &'static str,
    /// What a person calls it.
    pub(crate) name: String,
    /// SHA-256 of a certificate.
    pub(crate) sha256: Option<String>,
    /// Where it is used.
    pub(crate) places: BTreeSet<Place>,
}

/// A resource, and the slot of a certificate on it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// The resource.
    pub(crate) address: Address,
    /// `server` or `client`.
    pub(crate) slot: Option<String>,
}

/// What makes two endings the same: the day, what it is, and the certificate or else the name.
type Key = (Date, &'static str, String);

/// The endings while they are gathered.
#[derive(Default)]
struct Found {
    endings: BTreeMap<Key, Ending>,
    /// What was seen at a place, so that a declaration says nothing about it.
    seen: BTreeSet<(&'static str, Place)>,
}

impl Found {
    fn add(&mut self, ends: Date, what: &'static str, named: (&str, Option<&str>), place: Place) {
        let (name, sha256) = named;
        let key = (ends, what, sha256.unwrap_or(name).to_owned());
        let ending = self.endings.entry(key).or_insert_with(|| Ending {
            ends,
            what,
            name: name.to_owned(),
            sha256: sha256.map(str::to_owned),
            places: BTreeSet::new(),
        });
        ending.places.insert(place);
    }

    fn see(&mut self, ends: Date, what: &'static str, named: (&str, Option<&str>), place: Place) {
        self.seen.insert((what, place.clone()));
        self.add(ends, what, named, place);
    }
}

/// Everything of `resources` that ends, the earliest first; `calendar` is what is declared.
pub(crate) fn endings(resources: &[StatusResource], calendar: &Calendar) -> Vec<Ending> {
    let names: BTreeMap<String, &str> = calendar
        .entries
        .iter()
        .filter_map(|entry| Some((entry.what.fingerprint()?.to_string(), entry.name.as_str())))
        .collect();
    let mut found = Found::default();
    let mut counted: BTreeSet<&Address> = BTreeSet::new();
    for resource in resources.iter().filter(|resource| !is_inactive(resource)) {
        counted.insert(&resource.address);
        seen(resource, &names, &mut found);
    }
    for entry in &calendar.entries {
        let what = entry.what.word();
        let sha256 = entry.what.fingerprint().map(ToString::to_string);
        let named = match &entry.what {
            Ends::Certificate(_) | Ends::Authority(_) => entry.name.clone(),
            Ends::Validity(_, _, address) | Ends::Password(_, _, address) => address.to_string(),
        };
        for used in entry.uses.iter().filter(|used| counted.contains(&used.address)) {
            let slot = used.slot.map(|slot| slot.to_string());
            let place = Place { address: used.address.clone(), slot };
            if !found.seen.contains(&(what, place.clone())) {
                found.add(entry.ends, what, (&named, sha256.as_deref()), place);
            }
        }
    }
    found.endings.into_values().collect()
}

/// What was seen of one resource.
fn seen(resource: &StatusResource, names: &BTreeMap<String, &str>, found: &mut Found) {
    let address = &resource.address;
    let place =
        |slot: Option<&str>| Place { address: address.clone(), slot: slot.map(str::to_owned) };
    let named = address.to_string();
    if let Some(ends) = resource.valid_until {
        found.see(ends, "validity", (&named, None), place(None));
    }
    if let Some(at) = resource.password_expires_at {
        found.see(day_in_france(at), "password", (&named, None), place(None));
    }
    for StatusCertificate { slot, sha256, not_after } in &resource.certificates {
        let Some(ends) = not_after else { continue };
        let name = names.get(sha256).copied();
        let name = name.or_else(|| sha256.get(..12)).unwrap_or(sha256);
        found.see(*ends, "certificate", (name, Some(sha256)), place(Some(slot)));
    }
}

fn is_inactive(resource: &StatusResource) -> bool {
    resource.status.as_deref() == Some("Inactif")
}

/// Keeps what ends on `until` or before, and the resources of which something does.
pub(crate) fn within(resources: &mut Vec<StatusResource>, endings: &mut Vec<Ending>, until: Date) {
    endings.retain(|ending| ending.ends <= until);
    let named: BTreeSet<&Address> = endings
        .iter()
        .flat_map(|ending| ending.places.iter().map(|place| &place.address))
        .collect();
    resources.retain(|resource| named.contains(&resource.address));
}
