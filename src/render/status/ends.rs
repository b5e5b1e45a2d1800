//! What of the resources ends when: as it was seen; where nothing was seen, as it is declared.
//!
//! Pure. What is Inactif does not count: nothing flows through it.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::domain::address::Address;
use crate::domain::edi::Slot;
use crate::domain::value::Fingerprint;
use crate::domain::value::day_in_france;
use crate::plan::calendar::Calendar;
use crate::plan::calendar::Ends;
use crate::plan::calendar::Entry;
use crate::plan::calendar::Part;
use crate::plan::calendar::Use;
use crate::render::status::model::StatusCertificate;
use crate::render::status::model::StatusResource;

/// Something that ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ending {
    /// Its last day.
    pub(crate) ends: Date,
    /// `certificate`, `authority`, `validity`, `password` or `overlap`.
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
    let formers = resources.iter().flat_map(|resource| &resource.former);
    let off: BTreeSet<&str> = formers
        .filter(|former| former.status.as_deref().is_some_and(|status| status != "Actif"))
        .map(|former| former.name.as_str())
        .collect();
    for entry in &calendar.entries {
        let what = entry.what.word();
        let sha256 = entry.what.fingerprint().map(ToString::to_string);
        let named = match &entry.what {
            Ends::Certificate(_) | Ends::Authority(_) => entry.name.clone(),
            Ends::Validity(_, _, address) | Ends::Password(_, _, address) => address.to_string(),
            // An old sheet that was seen to be off has no overlap any more, whoever did it.
            Ends::Overlap(..) if off.contains(entry.name.as_str()) => continue,
            Ends::Overlap(..) => entry.name.clone(),
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

/// The same for calendar programs, under the names that `certificates calendar` gives: importing both shows each once.
pub(crate) fn for_calendar(
    endings: &[Ending],
    resources: &[StatusResource],
    calendar: &Calendar,
    part: &Part<'_>,
) -> Calendar {
    let sirets: BTreeMap<&Address, String> = resources
        .iter()
        .map(|one| (&one.address, one.structure.map(|siret| siret.to_string()).unwrap_or_default()))
        .collect();
    let entry = |ending: &Ending| {
        let Ending { ends, what, name, sha256, places } = ending;
        let address = &places.first()?.address;
        let environment = part.environment.to_owned();
        let siret = sirets.get(address).cloned().unwrap_or_default();
        let (what, act_by) = match *what {
            "validity" => {
                let what = Ends::Validity(environment, siret, address.clone());
                (what, part.ordered_by(*ends))
            }
            "password" => {
                let what = Ends::Password(environment, siret, address.clone());
                (what, part.reset_by(address, *ends))
            }
            // What was not seen is as it was declared, or noted in the ledger.
            "overlap" | "authority" => {
                let same = calendar.entries.iter().find(|entry| {
                    let fingerprint = entry.what.fingerprint().map(ToString::to_string);
                    entry.what.word() == *what
                        && entry.ends == *ends
                        && (fingerprint.as_ref(), &entry.name) == (sha256.as_ref(), name)
                })?;
                (same.what.clone(), same.act_by)
            }
            _ => {
                let fingerprint = Fingerprint::parse(sha256.as_deref()?).ok()?;
                (Ends::Certificate(fingerprint), part.ordered_by(*ends))
            }
        };
        let slot = |word: &str| Slot::ALL.into_iter().find(|slot| slot.word() == word);
        let uses = places.iter().map(|place| Use {
            environment: part.environment.to_owned(),
            address: place.address.clone(),
            slot: place.slot.as_deref().and_then(slot),
        });
        let (uses, files) = (uses.collect(), BTreeSet::new());
        Some(Entry { what, name: name.clone(), ends: *ends, act_by, uses, files })
    };
    Calendar { entries: endings.iter().filter_map(entry).collect(), unknown: BTreeSet::new() }
}

/// Technical accounts whose password ends on a day that nobody knows: it was not seen, and raccord did not store it.
pub(crate) fn unknown_passwords(
    resources: &[StatusResource],
    calendar: &Calendar,
) -> BTreeSet<Address> {
    let unknown: BTreeSet<&Address> = calendar.unknown.iter().map(|used| &used.address).collect();
    resources
        .iter()
        .filter(|resource| resource.password_expires_at.is_none() && !is_inactive(resource))
        .filter(|resource| unknown.contains(&resource.address))
        .map(|resource| resource.address.clone())
        .collect()
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

#[cfg(test)]
mod tests {
    use crate::render::status::model::empty;

    use super::*;

    fn sheet(address: &str, status: Option<&str>) -> StatusResource {
        StatusResource { status: status.map(str::to_owned), ..empty(&address.parse().unwrap()) }
    }

    fn entry(what: Ends, name: &str, ends: &str, uses: &[(&str, Option<Slot>)]) -> Entry {
        let uses = uses.iter().map(|(address, slot)| Use {
            environment: "here".to_owned(),
            address: address.parse().unwrap(),
            slot: *slot,
        });
        Entry {
            what,
            name: name.to_owned(),
            ends: ends.parse().unwrap(),
            act_by: ends.parse().unwrap(),
            uses: uses.collect(),
            files: BTreeSet::new(),
        }
    }

    fn told(endings: &[Ending]) -> Vec<String> {
        let ending = |ending: &Ending| {
            let places: Vec<String> =
                ending.places.iter().map(|place| place.address.to_string()).collect();
            format!("{} {} {} {}", ending.ends, ending.what, ending.name, places.join(","))
        };
        endings.iter().map(ending).collect()
    }

    #[test]
    fn what_was_seen_stands_and_what_is_declared_fills_in() {
        let fingerprint = |digit: &str| Fingerprint::parse(&digit.repeat(64)).unwrap();
        let mut seen = sheet("a/edi/x", Some("Actif"));
        seen.valid_until = Some("2027-03-01".parse().unwrap());
        seen.certificates = vec![StatusCertificate {
            slot: "server".to_owned(),
            sha256: "b".repeat(64),
            not_after: Some("2027-02-01".parse().unwrap()),
        }];
        let validity = |address: &str| {
            Ends::Validity("here".to_owned(), String::new(), address.parse().unwrap())
        };
        let (x, y, off) = ("a/edi/x", "a/edi/y", "a/edi/off");
        let server = Some(Slot::Server);
        let entries = vec![
            // Another certificate is declared than was seen, and another day.
            entry(Ends::Certificate(fingerprint("c")), "new", "2029-01-01", &[(x, server)]),
            entry(validity(x), "X", "2030-01-01", &[(x, None)]),
            // Nothing was seen of these.
            entry(Ends::Certificate(fingerprint("d")), "CN of y", "2027-01-15", &[(y, server)]),
            entry(validity(y), "Y", "2026-11-30", &[(y, None)]),
            entry(
                Ends::Authority(fingerprint("e")),
                "CA",
                "2027-01-01",
                &[(x, server), (y, server)],
            ),
            // Inactif, and not chosen.
            entry(validity(off), "off", "2026-12-02", &[(off, None)]),
            entry(validity("b/edi/z"), "z", "2026-12-03", &[("b/edi/z", None)]),
        ];
        let account: Address = "a/account/m".parse().unwrap();
        let unknown = Use { environment: "here".to_owned(), address: account, slot: None };
        let calendar = Calendar { entries, unknown: BTreeSet::from([unknown]) };
        let mut resources = vec![sheet(off, Some("Inactif")), seen, sheet(y, None)];
        assert!(unknown_passwords(&resources, &calendar).is_empty());
        let mut account = sheet("a/account/m", Some("Actif"));
        assert_eq!(unknown_passwords(std::slice::from_ref(&account), &calendar).len(), 1);
        account.password_expires_at = Some("2027-02-01T00:00:00Z".parse().unwrap());
        assert!(unknown_passwords(&[account], &calendar).is_empty());
        let mut endings = endings(&resources, &calendar);
        assert_eq!(
            told(&endings),
            [
                "2026-11-30 validity a/edi/y a/edi/y",
                "2027-01-01 authority CA a/edi/x,a/edi/y",
                "2027-01-15 certificate CN of y a/edi/y",
                "2027-02-01 certificate bbbbbbbbbbbb a/edi/x",
                "2027-03-01 validity a/edi/x a/edi/x",
            ]
        );
        within(&mut resources, &mut endings, "2026-12-31".parse().unwrap());
        assert_eq!(told(&endings), ["2026-11-30 validity a/edi/y a/edi/y"]);
        assert_eq!(resources.len(), 1);
    }
}
