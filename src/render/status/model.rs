//! `StatusResource`: one resource as it stands, joined from what is declared, what was found and what the ledger knows.
//!
//! Pure. It decides nothing: what has to be done about it is the plan's business.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::domain::account::ObservedAccount;
use crate::domain::account::USABLE_AFTER_MINUTES;
use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::api::ObservedApi;
use crate::domain::desired::Desired;
use crate::domain::edi::EdiStatus;
use crate::domain::edi::ObservedEdi;
use crate::domain::edi::SheetKey;
use crate::domain::known::Known;
use crate::domain::known::KnownAddress;
use crate::domain::observed::Observed;
use crate::domain::observed::RemoteId;
use crate::domain::siret::Siret;
use crate::language::Message;
use crate::language::message;
use crate::render::words;

/// One resource as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StatusResource {
    /// Its address.
    pub(crate) address: Address,
    /// Name of the sheet or structure, PISTE application, or login.
    pub(crate) name: Option<String>,
    /// SIRET of its structure; for a client, of its operator.
    pub(crate) structure: Option<Siret>,
    /// The exchange system of an EDI sheet, in the portal's word.
    pub(crate) exchange_system: Option<String>,
    /// The protocol of an EDI sheet, in the portal's word.
    pub(crate) protocol: Option<String>,
    /// The portal's word; `None` when nothing was found.
    pub(crate) status: Option<String>,
    /// The application code that AIFE allocated.
    pub(crate) application_code: Option<String>,
    /// Where this comes from.
    pub(crate) provenance: Option<Origin>,
    /// When it was seen.
    pub(crate) observed_at: Option<Timestamp>,
    /// Who saw it, where no API can.
    pub(crate) confirmed_by: Option<String>,
    /// How many days ago that was.
    pub(crate) age_days: Option<i64>,
    /// Whether nobody knows if it is there: no API can read it, and nobody has looked.
    pub(crate) unknown: bool,
    /// Last day of validity.
    pub(crate) valid_until: Option<Date>,
    /// When the password of an account expires.
    pub(crate) password_expires_at: Option<Timestamp>,
    /// The certificates on the sheet.
    pub(crate) certificates: Vec<StatusCertificate>,
    /// Interface codes.
    pub(crate) subscriptions: BTreeSet<String>,
    /// What it waits for.
    pub(crate) waiting_for: Option<Waits>,
    /// Sheets that it replaced, oldest first.
    pub(crate) former: Vec<StatusFormer>,
}

/// What a resource waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Waits {
    /// In words, after `waits for`.
    pub(crate) text: Message,
    /// The same where that reads better after `waits for`.
    pub(crate) told: Option<Message>,
    /// Who has to do something.
    pub(crate) on: Party,
    /// Since when, where that is known.
    pub(crate) since: Option<Timestamp>,
}

/// Who something waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Party {
    /// The support of Chorus Pro.
    Support,
    /// A person at the portal.
    Person,
    /// The next run of raccord.
    Apply,
    /// Chorus Pro.
    ChorusPro,
    /// Nobody: a day or an hour has to come.
    Time,
}

impl Party {
    /// Its word in JSON.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Support => "support",
            Self::Person => "person",
            Self::Apply => "apply",
            Self::ChorusPro => "chorus_pro",
            Self::Time => "time",
        }
    }
}

fn waits(on: Party, text: Message, since: Option<Timestamp>) -> Waits {
    Waits { text, told: None, on, since }
}

/// Where a status comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Read by the official API.
    Piste,
    /// Read from the gateway.
    Gateway,
    /// Known from the ledger alone.
    Ledger,
    /// Seen at the portal by a person, who confirmed it.
    Confirmed,
}

impl Origin {
    /// Its word in JSON.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Piste => "piste",
            Self::Gateway => "gateway",
            Self::Ledger => "ledger",
            Self::Confirmed => "confirmed",
        }
    }
}

/// A certificate on a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StatusCertificate {
    /// `server` or `client`.
    pub(crate) slot: String,
    /// SHA-256 of its leaf.
    pub(crate) sha256: String,
    /// Its last day, when told.
    pub(crate) not_after: Option<Date>,
}

/// A sheet that was replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StatusFormer {
    /// Its name.
    pub(crate) name: String,
    /// Its status; `None` when it was not found any more.
    pub(crate) status: Option<String>,
    /// Its application code.
    pub(crate) application_code: Option<String>,
}

/// What was found, ready to be looked up by natural key.
struct Found<'a> {
    observed: &'a Observed,
    edi: BTreeMap<SheetKey, &'a ObservedEdi>,
    api: BTreeMap<(Siret, &'a str), &'a ObservedApi>,
    logins: BTreeMap<&'a str, &'a ObservedAccount>,
}

impl<'a> Found<'a> {
    fn new(observed: &'a Observed) -> Self {
        Self {
            observed,
            edi: observed.edi.values().map(|sheet| (sheet.key(), sheet)).collect(),
            // Of several sheets for one application, an active one is shown: `Actif` sorts first, so it goes in last.
            api: {
                let mut sheets: Vec<&ObservedApi> = observed.api.values().collect();
                sheets.sort_by(|a, b| b.status.label().cmp(a.status.label()).then(a.id.cmp(&b.id)));
                sheets
                    .into_iter()
                    .map(|sheet| ((sheet.structure, &*sheet.piste_application), sheet))
                    .collect()
            },
            logins: observed.accounts.values().map(|account| (&*account.login, account)).collect(),
        }
    }
}

/// Every declared and every known resource but certificates, by address.
pub(crate) fn resources(
    desired: &Desired,
    observed: &Observed,
    known: &Known,
) -> Vec<StatusResource> {
    let found = Found::new(observed);
    let addresses: BTreeSet<&Address> = desired
        .structures
        .keys()
        .chain(desired.accounts.keys())
        .chain(desired.api.keys())
        .chain(desired.edi.keys())
        .chain(desired.clients.keys())
        .chain(known.addresses.keys())
        .filter(|address| address.kind() != Kind::Certificate)
        .collect();
    addresses
        .into_iter()
        .map(|address| {
            let known = known.get(address);
            let resource = match address.kind() {
                Kind::Edi => edi(address, desired, &found, known),
                Kind::Api => api(address, desired, &found, known),
                Kind::Account => account(address, desired, &found, known),
                Kind::Structure => structure(address, desired, &found),
                Kind::Client => client(address, desired, &found),
                Kind::Certificate => empty(address),
            };
            let resource = declared_too(resource, desired, known);
            seen_by_persons(resource, observed, known)
        })
        .collect()
}

/// What is declared, or noted in the ledger, fills in where nothing was found.
fn declared_too(
    mut resource: StatusResource,
    desired: &Desired,
    known: Option<&KnownAddress>,
) -> StatusResource {
    let address = &resource.address;
    let sheet = desired.edi.get(address).map(|declared| &declared.sheet);
    let making = known.and_then(|known| {
        let current = known.current.as_ref().map(|owned| &owned.making);
        current.or_else(|| known.intent.as_ref().map(|intent| &intent.making))
    });
    resource.structure = resource
        .structure
        .or_else(|| sheet.map(|sheet| sheet.structure))
        .or_else(|| desired.api.get(address).map(|declared| declared.sheet.structure))
        .or_else(|| desired.accounts.get(address).map(|declared| declared.structure))
        .or_else(|| desired.clients.get(address).map(|declared| declared.operator))
        .or_else(|| making.map(|making| making.structure));
    if resource.exchange_system.is_none() {
        let declared = sheet.map(|sheet| sheet.exchange_system.word().to_owned());
        let noted = || making.and_then(|making| making.exchange_system.clone());
        resource.exchange_system = declared.or_else(noted);
    }
    if resource.protocol.is_none() {
        let protocol = sheet.map(|sheet| sheet.settings.network.protocol().word());
        resource.protocol = protocol.map(str::to_owned);
    }
    resource
}

/// Where no API can read, what is known comes from persons, and the rest is unknown.
fn seen_by_persons(
    mut resource: StatusResource,
    observed: &Observed,
    known: Option<&KnownAddress>,
) -> StatusResource {
    if resource.address.kind() == Kind::Structure {
        resource.unknown = resource.status.is_none() && observed.unread.is_some();
        return resource;
    }
    if !observed.by_persons {
        return resource;
    }
    let look = current_id(known)
        .and_then(|id| observed.looks.get(id))
        .or_else(|| known.and_then(|known| known.absent.as_ref()));
    resource.unknown = look.is_none();
    if let Some(look) = look {
        resource.provenance = Some(Origin::Confirmed);
        resource.observed_at = Some(look.at);
        resource.confirmed_by = Some(look.by.clone());
        resource.age_days = Some(look.age_days(observed.at));
    }
    let handed = known.and_then(|known| known.handed.last());
    if let Some(handed) = handed {
        let since = words::moment_near(handed.at, observed.at);
        let text = message!(
            "a person at the portal, who has it in hand since {since}, and `raccord confirm`",
            since
        );
        resource.waiting_for = Some(waits(Party::Person, text, Some(handed.at)));
    }
    resource
}

/// A resource of which nothing is known.
pub(super) fn empty(address: &Address) -> StatusResource {
    StatusResource {
        address: address.clone(),
        name: None,
        structure: None,
        exchange_system: None,
        protocol: None,
        status: None,
        application_code: None,
        provenance: None,
        observed_at: None,
        confirmed_by: None,
        age_days: None,
        unknown: false,
        valid_until: None,
        password_expires_at: None,
        certificates: Vec::new(),
        subscriptions: BTreeSet::new(),
        waiting_for: None,
        former: Vec::new(),
    }
}

/// What the ledger alone can say of something that was not found.
fn from_ledger(
    address: &Address,
    declared: Option<String>,
    known: Option<&KnownAddress>,
) -> StatusResource {
    let mut resource = empty(address);
    resource.name = declared;
    let Some(known) = known else { return resource };
    if let Some(owned) = &known.current {
        resource.name = Some(owned.making.name.clone());
        resource.application_code.clone_from(&owned.code);
        resource.provenance = Some(Origin::Ledger);
        let text =
            message!("a look at the portal: `{}` is in the ledger and was not found", owned.id);
        resource.waiting_for = Some(waits(Party::Person, text, None));
    } else if let Some(intent) = &known.intent {
        resource.provenance = Some(Origin::Ledger);
        let text = message!(
            "the next `raccord apply`: a creation was sent at {}, and its answer is not known",
            words::moment(intent.at)
        );
        resource.waiting_for = Some(waits(Party::Apply, text, Some(intent.at)));
    }
    resource
}

fn current_id(known: Option<&KnownAddress>) -> Option<&RemoteId> {
    known.and_then(|known| known.current.as_ref()).map(|owned| &owned.id)
}

/// What exists as declared, and is not in the ledger.
fn adoption() -> Waits {
    let text = message!("the next `raccord apply`, which notes in the ledger that it is ours");
    waits(Party::Apply, text, None)
}

fn edi(
    address: &Address,
    desired: &Desired,
    found: &Found<'_>,
    known: Option<&KnownAddress>,
) -> StatusResource {
    let declared = desired.edi.get(address);
    let name = declared.map(|declared| declared.sheet.name.to_string());
    let by_id = current_id(known).and_then(|id| found.observed.edi.get(id));
    let sheet = match (by_id, current_id(known), declared) {
        (Some(sheet), _, _) => Some(sheet),
        (None, None, Some(declared)) => found.edi.get(&declared.sheet.key()).copied(),
        _ => None,
    };
    let mut resource = match sheet {
        None => from_ledger(address, name, known),
        Some(sheet) => {
            let waits_for_its_day = declared.is_some_and(|declared| declared.active)
                && sheet.status == EdiStatus::Inactive;
            StatusResource {
                name: Some(sheet.name.clone()),
                structure: Some(sheet.structure),
                exchange_system: Some(sheet.exchange_system.clone()),
                protocol: Some(sheet.protocol.clone()),
                status: Some(sheet.status.to_string()),
                application_code: sheet.application_code.clone(),
                provenance: Some(Origin::Gateway),
                observed_at: Some(found.observed.at),
                valid_until: sheet.valid_until,
                certificates: sheet
                    .certificates
                    .iter()
                    .map(|(slot, certificate)| StatusCertificate {
                        slot: slot.to_string(),
                        sha256: certificate.fingerprint.to_string(),
                        not_after: certificate.not_after,
                    })
                    .collect(),
                subscriptions: sheet.subscriptions.clone(),
                waiting_for: edi_waits(sheet, waits_for_its_day, found.observed.at)
                    .or_else(|| by_id.is_none().then(adoption)),
                ..empty(address)
            }
        }
    };
    resource.former = known.map(|known| former(known, found)).unwrap_or_default();
    resource
}

fn edi_waits(sheet: &ObservedEdi, waits_for_its_day: bool, now: Timestamp) -> Option<Waits> {
    let since = sheet.status_since;
    match &sheet.status {
        EdiStatus::Pending => {
            let text = match since {
                Some(since) => {
                    message!("Chorus Pro (En cours since {})", words::moment_near(since, now))
                }
                None => message!("Chorus Pro (En cours)"),
            };
            Some(waits(Party::ChorusPro, text, since))
        }
        EdiStatus::Partial | EdiStatus::Error => {
            Some(waits(Party::Support, message!("support ({})", sheet.status), since))
        }
        EdiStatus::Draft => {
            Some(waits(Party::Apply, message!("being finalised (Brouillon)"), since))
        }
        EdiStatus::Unrecognized(word) => {
            let word = words::harmless(word);
            let text = message!("an explanation: raccord does not know the status `{word}`", word);
            Some(waits(Party::Person, text, since))
        }
        EdiStatus::Inactive => sheet
            .valid_from
            .filter(|from| {
                waits_for_its_day && *from > now.to_zoned(jiff::tz::TimeZone::UTC).date()
            })
            .map(|from| waits(Party::Time, message!("its validity, from {from}", from), None)),
        EdiStatus::Active => None,
    }
}

fn former(known: &KnownAddress, found: &Found<'_>) -> Vec<StatusFormer> {
    known
        .former
        .iter()
        .map(|former| {
            let id = &former.owned.id;
            let edi = found.observed.edi.get(id);
            let api = found.observed.api.get(id);
            StatusFormer {
                name: former.owned.making.name.clone(),
                status: edi
                    .map(|sheet| sheet.status.to_string())
                    .or_else(|| api.map(|sheet| sheet.status.to_string())),
                application_code: edi
                    .and_then(|sheet| sheet.application_code.clone())
                    .or_else(|| former.owned.code.clone()),
            }
        })
        .collect()
}

fn api(
    address: &Address,
    desired: &Desired,
    found: &Found<'_>,
    known: Option<&KnownAddress>,
) -> StatusResource {
    let declared = desired.api.get(address);
    let by_id = current_id(known).and_then(|id| found.observed.api.get(id));
    let sheet = match (by_id, current_id(known), declared) {
        (Some(sheet), _, _) => Some(sheet),
        (None, None, Some(declared)) => {
            let sheet = &declared.sheet;
            found.api.get(&(sheet.structure, sheet.piste_application.as_str())).copied()
        }
        _ => None,
    };
    let mut resource = match sheet {
        None => from_ledger(
            address,
            declared.map(|declared| declared.sheet.piste_application.to_string()),
            known,
        ),
        Some(sheet) => StatusResource {
            name: Some(sheet.piste_application.clone()),
            structure: Some(sheet.structure),
            status: Some(sheet.status.to_string()),
            application_code: sheet.application_code.clone(),
            provenance: Some(Origin::Gateway),
            observed_at: Some(found.observed.at),
            waiting_for: by_id.is_none().then(adoption),
            ..empty(address)
        },
    };
    resource.former = known.map(|known| former(known, found)).unwrap_or_default();
    resource
}

fn account(
    address: &Address,
    desired: &Desired,
    found: &Found<'_>,
    known: Option<&KnownAddress>,
) -> StatusResource {
    let login = desired.accounts.get(address).and_then(|declared| declared.login.as_deref());
    let by_id = current_id(known).and_then(|id| found.observed.accounts.get(id));
    let by_login = login.and_then(|login| found.logins.get(login).copied());
    let account = match (by_id, current_id(known)) {
        (Some(account), _) => Some(account),
        (None, None) => by_login,
        (None, Some(_)) => None,
    };
    match account {
        None => {
            // The ledger keeps the login of an account where it keeps the application code of a sheet.
            let mut resource = from_ledger(address, login.map(str::to_owned), known);
            if let Some(login) = resource.application_code.take() {
                resource.name = Some(login);
            }
            resource
        }
        Some(account) => {
            let usable = account
                .created_at
                .or_else(|| {
                    known
                        .and_then(|known| known.current.as_ref())
                        .and_then(|owned| owned.created_at)
                })
                .and_then(|created| created.checked_add(USABLE_AFTER_MINUTES.minutes()).ok())
                .filter(|usable| account.active && *usable > found.observed.at);
            StatusResource {
                name: Some(account.login.clone()),
                structure: Some(account.structure),
                status: Some(if account.active { "Actif" } else { "Inactif" }.to_owned()),
                provenance: Some(Origin::Gateway),
                observed_at: Some(found.observed.at),
                password_expires_at: account.password_expires_at,
                waiting_for: usable
                    .map(|usable| {
                        let when = words::moment_near(usable, found.observed.at);
                        let minutes = USABLE_AFTER_MINUTES;
                        let text = message!(
                            "usable from {when} ({minutes} minutes after creation)",
                            when,
                            minutes
                        );
                        // A date reads better as something to wait for.
                        let told = message!(
                            "{when} ({minutes} minutes after creation), usable from then on",
                            when,
                            minutes
                        );
                        let waits = waits(Party::Time, text, account.created_at);
                        Waits { told: Some(told), ..waits }
                    })
                    .or_else(|| by_id.is_none().then(adoption)),
                ..empty(address)
            }
        }
    }
}

fn structure(address: &Address, desired: &Desired, found: &Found<'_>) -> StatusResource {
    let declared = desired.structures.get(address);
    let siret = declared
        .map(|declared| declared.siret)
        .or_else(|| Siret::parse(address.key()).ok().map(|read| read.siret));
    match siret.and_then(|siret| found.observed.structures.get(&siret)) {
        None => StatusResource {
            name: declared.and_then(|declared| declared.name.clone()),
            structure: siret,
            ..empty(address)
        },
        Some(structure) => StatusResource {
            name: Some(structure.name.clone()),
            status: Some(if structure.active { "Actif" } else { "Inactif" }.to_owned()),
            provenance: Some(Origin::Piste),
            observed_at: Some(found.observed.at),
            structure: siret,
            waiting_for: (!structure.attached).then(|| {
                let text =
                    message!("the attachment of this environment's account to the structure");
                waits(Party::Person, text, None)
            }),
            ..empty(address)
        },
    }
}

fn client(address: &Address, desired: &Desired, found: &Found<'_>) -> StatusResource {
    let declared = desired.clients.get(address).is_some_and(|declared| {
        found.observed.clients.contains(&(declared.operator, declared.client))
    });
    StatusResource {
        name: Some(address.key().to_owned()),
        status: declared.then(|| "declared".to_owned()),
        provenance: declared.then_some(Origin::Gateway),
        observed_at: declared.then_some(found.observed.at),
        ..empty(address)
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::domain::account::DesiredAccount;
    use crate::domain::api::ApiStatus;
    use crate::domain::edi::ObservedCertificate;
    use crate::domain::edi::Slot;
    use crate::domain::event::Making;
    use crate::domain::known::Former;
    use crate::domain::known::Intent;
    use crate::domain::known::Owned;
    use crate::domain::structure::DesiredStructure;
    use crate::domain::structure::ObservedStructure;
    use crate::domain::value::Email;
    use crate::domain::value::Fingerprint;
    use crate::render::status::human;
    use crate::render::status::json::StatusJson;
    use crate::render::style::Colour;

    use super::*;

    fn siret() -> Siret {
        Siret::parse("12345678200010").unwrap().siret
    }

    fn sheet(id: &str, name: &str, status: EdiStatus, code: &str) -> ObservedEdi {
        ObservedEdi {
            id: RemoteId::new(id),
            status,
            status_since: Some("2026-12-01T09:30:00Z".parse().unwrap()),
            application_code: Some(code.to_owned()),
            structure: siret(),
            exchange_system: "PA-CPRO".to_owned(),
            protocol: "AS2".to_owned(),
            name: name.to_owned(),
            network: BTreeMap::new(),
            certificates: BTreeMap::from([(
                Slot::Server,
                ObservedCertificate {
                    fingerprint: Fingerprint::parse(&"ab".repeat(32)).unwrap(),
                    not_after: Some("2028-11-30".parse().unwrap()),
                },
            )]),
            valid_from: None,
            valid_until: Some("2028-11-30".parse().unwrap()),
            contact: BTreeMap::new(),
            subscriptions: BTreeSet::from(["FSO1150A".to_owned(), "FSO1100A".to_owned()]),
        }
    }

    fn owned(id: &str, name: &str) -> Owned {
        Owned {
            id: RemoteId::new(id),
            making: Making {
                structure: siret(),
                exchange_system: None,
                name: name.to_owned(),
                declared_name: name.to_owned(),
                generation: 1,
                replaces: None,
                overlap_days: 0,
            },
            code: Some("AAA000".to_owned()),
            active_since: None,
            created_at: None,
        }
    }

    fn all() -> Vec<StatusResource> {
        let mut observed = Observed::empty("2026-12-01T10:00:00Z".parse().unwrap());
        let mut desired = Desired::default();
        let mut known = Known::default();

        desired.structures.insert(
            "ville/structure/12345678200010".parse().unwrap(),
            DesiredStructure {
                siret: siret(),
                name: None,
                edi_sender: None,
                edi_receiver: None,
                services: BTreeMap::new(),
                public_operator: false,
            },
        );
        observed.structures.insert(
            siret(),
            ObservedStructure {
                siret: siret(),
                name: "VILLE D'EXEMPLE".to_owned(),
                active: true,
                attached: true,
                edi_sender: None,
                edi_receiver: None,
                services: None,
                public_operator: None,
                password_expires_at: None,
            },
        );

        for sheet in [
            sheet("EDI-1", "Ville (2)", EdiStatus::Pending, "AAA001"),
            sheet("EDI-0", "Ville", EdiStatus::Inactive, "AAA000"),
            sheet("EDI-2", "Autre", EdiStatus::Partial, "AAA002"),
        ] {
            observed.edi.insert(sheet.id.clone(), sheet);
        }
        let g2b = known.addresses.entry("ville/edi/g2b".parse().unwrap()).or_default();
        g2b.current = Some(owned("EDI-1", "Ville (2)"));
        g2b.former.push(Former { owned: owned("EDI-0", "Ville"), overlap_days: 0, retired: true });
        known.addresses.entry("ville/edi/autre".parse().unwrap()).or_default().current =
            Some(owned("EDI-2", "Autre"));
        known.addresses.entry("ville/edi/lost".parse().unwrap()).or_default().current =
            Some(owned("EDI-3", "Perdue"));
        known.addresses.entry("ville/edi/asked".parse().unwrap()).or_default().intent =
            Some(Intent {
                step: "s".to_owned(),
                at: "2026-11-30T08:00:00Z".parse().unwrap(),
                making: owned("EDI-4", "x").making,
            });

        desired.accounts.insert(
            "ville/account/main".parse().unwrap(),
            DesiredAccount {
                structure: siret(),
                contact_email: Email::parse("a@ville.example").unwrap(),
                active: true,
                rotate_before_days: 30,
                login: None,
            },
        );
        known.addresses.entry("ville/account/main".parse().unwrap()).or_default().current =
            Some(owned("CT-1", "a@ville.example"));
        observed.accounts.insert(
            RemoteId::new("CT-1"),
            ObservedAccount {
                id: RemoteId::new("CT-1"),
                login: "TECH_1_12345678200010@cpro.fr".to_owned(),
                structure: siret(),
                contact_email: "a@ville.example".to_owned(),
                active: true,
                created_at: Some("2026-12-01T09:45:00Z".parse().unwrap()),
                password_expires_at: Some("2028-01-29T09:45:00Z".parse().unwrap()),
            },
        );
        observed.api.insert(
            RemoteId::new("API-1"),
            ObservedApi {
                id: RemoteId::new("API-1"),
                status: ApiStatus::Active,
                application_code: Some("AAA003".to_owned()),
                structure: siret(),
                piste_application: "APP".to_owned(),
                usage: "own".to_owned(),
                publisher: None,
                contact: BTreeMap::new(),
            },
        );
        known.addresses.entry("autre/api/main".parse().unwrap()).or_default().current =
            Some(owned("API-1", "APP"));
        resources(&desired, &observed, &known)
    }

    #[test]
    fn every_declared_and_every_known_resource_is_shown() {
        let mut text = String::new();
        human::render(&mut text, "simulator", &all(), Colour::Off).unwrap();
        assert_snapshot!(text, @r"
        autre
          api/main                  Actif      AAA003                             APP

        ville
          structure/12345678200010  Actif                                         VILLE D'EXEMPLE
          account/main              Actif              password until 2028-01-29  TECH_1_12345678200010@cpro.fr
              waits for 10:15 UTC (30 minutes after creation), usable from then on
          edi/asked                 absent
              waits for the next `raccord apply`: a creation was sent at 2026-11-30 08:00 UTC, and its answer is not known
          edi/autre                 Partielle  AAA002  until 2028-11-30           Autre
              server certificate abababababab until 2028-11-30
              subscriptions FSO1100A, FSO1150A
              waits for support (Partielle)
          edi/g2b                   En cours   AAA001  until 2028-11-30           Ville (2)
              server certificate abababababab until 2028-11-30
              subscriptions FSO1100A, FSO1150A
              waits for Chorus Pro (En cours since 09:30 UTC)
              formerly `Ville` (Inactif, AAA000)
          edi/lost                  absent     AAA000                             Perdue
              waits for a look at the portal: `EDI-3` is in the ledger and was not found

        7 resources in `simulator`: 3 Actif, 1 En cours, 1 Partielle, 2 absent
        ");
    }

    #[test]
    fn json_has_the_pinned_fields() {
        let json = serde_json::to_value(StatusJson::of("simulator", &all())).unwrap();
        let g2b = json["resources"]
            .as_array()
            .unwrap()
            .iter()
            .find(|resource| resource["address"] == "ville/edi/g2b")
            .unwrap();
        insta::assert_json_snapshot!(g2b, @r#"
        {
          "address": "ville/edi/g2b",
          "kind": "edi",
          "name": "Ville (2)",
          "structure": "12345678200010",
          "exchange_system": "PA-CPRO",
          "protocol": "AS2",
          "status": "En cours",
          "application_code": "AAA001",
          "provenance": "gateway",
          "observed_at": "2026-12-01T10:00:00Z",
          "valid_until": "2028-11-30",
          "certificates": [
            {
              "slot": "server",
              "sha256": "abababababababababababababababababababababababababababababababab",
              "not_after": "2028-11-30"
            }
          ],
          "subscriptions": [
            "FSO1100A",
            "FSO1150A"
          ],
          "waiting_for": "Chorus Pro (En cours since 09:30 UTC)",
          "waiting_on": "chorus_pro",
          "waiting_since": "2026-12-01T09:30:00Z",
          "former": [
            {
              "name": "Ville",
              "status": "Inactif",
              "application_code": "AAA000"
            }
          ]
        }
        "#);
    }

    #[test]
    fn a_status_is_told_in_french_and_kept_in_english() {
        use crate::language::Language;
        use crate::language::within;

        let json = |all: &[StatusResource]| {
            serde_json::to_string(&StatusJson::of("simulator", all)).unwrap()
        };
        let english = json(&all());
        let text = within(Language::French, || {
            let all = all();
            assert_eq!(json(&all), english);
            let mut text = String::new();
            human::render(&mut text, "simulator", &all, Colour::Off).unwrap();
            text
        });
        assert_snapshot!(text, @r"
        autre
          api/main                  Actif      AAA003                                    APP

        ville
          structure/12345678200010  Actif                                                VILLE D'EXEMPLE
          account/main              Actif              mot de passe jusqu'au 2028-01-29  TECH_1_12345678200010@cpro.fr
              attend 10:15 UTC (30 minutes après la création), utilisable dès lors
          edi/asked                 absent
              attend le prochain `raccord apply` : une création a été envoyée le 2026-11-30 08:00 UTC, et sa réponse n'est pas connue
          edi/autre                 Partielle  AAA002  jusqu'au 2028-11-30               Autre
              certificat serveur abababababab jusqu'au 2028-11-30
              abonnements FSO1100A, FSO1150A
              attend le support (Partielle)
          edi/g2b                   En cours   AAA001  jusqu'au 2028-11-30               Ville (2)
              certificat serveur abababababab jusqu'au 2028-11-30
              abonnements FSO1100A, FSO1150A
              attend Chorus Pro (En cours depuis 09:30 UTC)
              auparavant `Ville` (Inactif, AAA000)
          edi/lost                  absent     AAA000                                    Perdue
              attend une vérification sur le portail : `EDI-3` est dans le registre et n'a pas été trouvé

        7 ressources dans `simulator` : 3 Actif, 1 En cours, 1 Partielle, 2 absent
        ");
    }
}
