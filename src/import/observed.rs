//! From what a gateway shows to entities, and to what becomes ours with them.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::PathBuf;

use jiff::civil::Date;

use crate::domain::account::ObservedAccount;
use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::api::ObservedApi;
use crate::domain::applied::of_seen;
use crate::domain::certificate::CertificateFacts;
use crate::domain::edi::ObservedEdi;
use crate::domain::edi::Protocol;
use crate::domain::edi::Slot;
use crate::domain::event::Making;
use crate::domain::known::Known;
use crate::domain::observed::Observed;
use crate::domain::observed::RemoteId;
use crate::domain::siret::Siret;
use crate::domain::value::Contact;
use crate::domain::value::Fingerprint;
use crate::domain::value::day_in_france;
use crate::domain::value::days_later;
use crate::import::Adoption;
use crate::import::Imported;
use crate::import::Left;
use crate::import::Written;
use crate::import::entity::Account;
use crate::import::entity::Certificate;
use crate::import::entity::Entity;
use crate::import::entity::Person;
use crate::import::entity::Place;
use crate::import::entity::Value;
use crate::import::name;
use crate::import::name::Keys;
use crate::import::sheet;
use crate::import::yaml;
use crate::language::Language;
use crate::language::Message;
use crate::language::marked;
use crate::language::message;
use crate::language::within;

/// How many days before its end a password is reset where nothing else is declared.
const ROTATE_BEFORE: u32 = 30;

/// A certificate file that somebody has.
#[derive(Clone, Debug)]
pub(crate) struct File {
    /// Path in the project, when it is there.
    pub(crate) path: Option<String>,
    /// Where it lies else.
    pub(crate) elsewhere: PathBuf,
    /// What is remembered of its certificate.
    pub(crate) facts: CertificateFacts,
}

/// What an import is made from: values only.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask<'a> {
    /// The structures that are asked for.
    pub(crate) structures: &'a BTreeSet<Siret>,
    /// What was found.
    pub(crate) observed: &'a Observed,
    /// What the ledger knows.
    pub(crate) known: &'a Known,
    /// The day.
    pub(crate) today: Date,
    /// What the project has already.
    pub(crate) project: &'a Present,
    /// Certificate files, by what they hold.
    pub(crate) certificates: &'a BTreeMap<Fingerprint, File>,
}

/// What the project has already.
#[derive(Clone, Debug, Default)]
pub(crate) struct Present {
    /// Structures that are declared, with their entities.
    pub(crate) declared: BTreeMap<Siret, String>,
    /// Names of entities and of their files.
    pub(crate) taken: BTreeSet<String>,
    /// Contacts of `raccord.yaml`.
    pub(crate) contacts: BTreeMap<String, Contact>,
}

impl Present {
    /// Contacts of `raccord.yaml`, to be named by their keys.
    pub(crate) fn people(&self) -> BTreeMap<Person, String> {
        let found = |text: &str| Value::Found(text.to_owned());
        let people = self.contacts.iter().rev().map(|(key, contact)| {
            let Contact { first_name, last_name, email, phone } = contact;
            let person = Person {
                first_name: found(first_name.as_str()),
                last_name: found(last_name.as_str()),
                email: found(email.as_str()),
                phone: found(phone.as_str()),
            };
            (person, key.clone())
        });
        people.collect()
    }

    /// A name for the entity of each structure: that of the structure, with its SIRET where it is not the only one.
    pub(crate) fn names(
        &self,
        titles: &BTreeMap<Siret, Option<String>>,
    ) -> BTreeMap<Siret, String> {
        let plain = |title: &Option<String>| {
            let name = title.as_deref().map(name::plain).unwrap_or_default();
            if name.is_empty() { "structure".to_owned() } else { name }
        };
        let mut uses: BTreeMap<String, usize> = BTreeMap::new();
        for title in titles.values() {
            *uses.entry(plain(title)).or_default() += 1;
        }
        let own: BTreeSet<&String> =
            titles.keys().filter_map(|siret| self.declared.get(siret)).collect();
        titles
            .iter()
            .map(|(siret, title)| {
                let name = plain(title);
                let name = match self.declared.get(siret) {
                    Some(entity) => entity.clone(),
                    None if uses.get(&name) == Some(&1)
                        && name != "structure"
                        && !self.taken.contains(&name)
                        && !own.contains(&name) =>
                    {
                        name
                    }
                    None => format!("{name}-{siret}"),
                };
                (*siret, name)
            })
            .collect()
    }
}

/// Writes what exists for the structures that are asked for.
pub(crate) fn import(ask: Ask<'_>) -> Imported {
    let mut imported = Imported::default();
    let mut titles = BTreeMap::new();
    for siret in ask.structures {
        match ask.observed.structures.get(siret) {
            Some(found) if found.active && found.attached => {
                titles.insert(*siret, title(&found.name));
            }
            found => {
                let why = match found {
                    None => message!("is not found"),
                    Some(found) if !found.active => message!("is inactive"),
                    Some(_) => {
                        message!("is not attached to this account, which does not see its sheets")
                    }
                };
                imported.left.push(Left {
                    siret: Some(*siret),
                    id: None,
                    name: found.map(|found| found.name.clone()),
                    why,
                });
            }
        }
    }
    let owners = owners(ask.known);
    let sheets = Sheets::of(ask.observed);
    let people = ask.project.people();
    let mut anywhere: BTreeMap<Person, usize> = BTreeMap::new();
    for (siret, name) in ask.project.names(&titles) {
        let title = titles.get(&siret).cloned().flatten();
        let mut maker = Maker {
            ask,
            owners: &owners,
            entity: empty(&name, siret, title),
            adoptions: Vec::new(),
            imported: &mut imported,
        };
        maker.structure(&sheets);
        let Maker { entity, adoptions, .. } = maker;
        let mut here: BTreeSet<&Person> = entity.edi.iter().map(|edi| &edi.contact).collect();
        here.extend(entity.api.iter().map(|api| &api.contact));
        for person in here {
            *anywhere.entry(person.clone()).or_default() += 1;
        }
        imported.files.push(written(&entity, adoptions, &people, ask.project));
    }
    let often = anywhere.iter().filter(|(person, uses)| {
        **uses > 1 && !people.contains_key(person) && !person.is_incomplete()
    });
    for (person, uses) in often {
        let fields = person.values().map(|(key, value)| match value {
            Value::Found(text) => format!("{key}: {}", yaml::scalar(text)),
            Value::Missing(_) => String::new(),
        });
        imported.notices.push(message!(
            "the same contact stands in {uses} entities; written once under `contacts` of raccord.yaml before an import, it is named by its key: `contact: {{ {} }}`",
            fields.join(", "), uses));
    }
    imported.left.sort();
    imported
}

/// The name of a structure as one line; nothing is changed by it.
pub(crate) fn title(name: &str) -> Option<String> {
    let name: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

/// An entity with nothing in it.
pub(crate) fn empty(name: &str, siret: Siret, title: Option<String>) -> Entity {
    Entity {
        name: name.to_owned(),
        siret,
        title,
        sender: None,
        receiver: None,
        public_operator: false,
        clients: Vec::new(),
        accounts: Vec::new(),
        certificates: Vec::new(),
        api: Vec::new(),
        edi: Vec::new(),
    }
}

/// The file of an entity.
pub(crate) fn written(
    entity: &Entity,
    adoptions: Vec<Adoption>,
    people: &BTreeMap<Person, String>,
    project: &Present,
) -> Written {
    let yaml::Laid { text, todos, wanted } = yaml::write(entity, people);
    let texts = [Language::English, Language::French]
        .map(|language| within(language, || yaml::write(entity, people).text));
    let counts = [
        (Kind::Account, entity.accounts.len()),
        (Kind::Api, entity.api.len()),
        (Kind::Edi, entity.edi.len()),
        (Kind::Client, entity.clients.len()),
    ];
    let copies = entity.certificates.iter().filter_map(|certificate| match &certificate.file {
        Place::Elsewhere(from) => Some((from.clone(), certificate.path.clone())),
        Place::Project | Place::Nowhere => None,
    });
    Written {
        entity: entity.name.clone(),
        siret: entity.siret,
        path: format!("entities/{}.yaml", entity.name),
        text,
        texts,
        declared: project.declared.contains_key(&entity.siret),
        counts: counts.into_iter().filter(|(_, count)| *count > 0).collect(),
        todos,
        wanted,
        copies: copies.collect(),
        adoptions,
    }
}

/// To which address each identity belongs that is ours.
fn owners(known: &Known) -> BTreeMap<&RemoteId, &Address> {
    let mut owners = BTreeMap::new();
    for (address, at) in &known.addresses {
        let former = at.former.iter().map(|former| &former.owned);
        owners.extend(at.current.iter().chain(former).map(|owned| (&owned.id, address)));
    }
    owners
}

/// What was found, by structure: thousands of structures are gone through once.
struct Sheets<'a> {
    accounts: BTreeMap<Siret, Vec<&'a ObservedAccount>>,
    api: BTreeMap<Siret, Vec<&'a ObservedApi>>,
    edi: BTreeMap<Siret, Vec<&'a ObservedEdi>>,
    clients: BTreeMap<Siret, Vec<Siret>>,
}

impl<'a> Sheets<'a> {
    fn of(observed: &'a Observed) -> Self {
        let mut sheets = Self {
            accounts: BTreeMap::new(),
            api: BTreeMap::new(),
            edi: BTreeMap::new(),
            clients: BTreeMap::new(),
        };
        for (operator, client) in &observed.clients {
            sheets.clients.entry(*operator).or_default().push(*client);
        }
        for account in observed.accounts.values() {
            sheets.accounts.entry(account.structure).or_default().push(account);
        }
        for sheet in observed.api.values() {
            sheets.api.entry(sheet.structure).or_default().push(sheet);
        }
        for sheet in observed.edi.values() {
            sheets.edi.entry(sheet.structure).or_default().push(sheet);
        }
        sheets
    }
}

/// Makes one entity.
struct Maker<'a, 'b> {
    ask: Ask<'a>,
    owners: &'b BTreeMap<&'a RemoteId, &'a Address>,
    entity: Entity,
    adoptions: Vec<Adoption>,
    imported: &'b mut Imported,
}

impl Maker<'_, '_> {
    fn structure(&mut self, sheets: &Sheets<'_>) {
        let siret = self.entity.siret;
        if let Some(found) = self.ask.observed.structures.get(&siret) {
            self.entity.sender = found.edi_sender;
            self.entity.receiver = found.edi_receiver;
            self.entity.public_operator = found.public_operator == Some(true);
        }
        self.accounts(sheets.accounts.get(&siret).map_or(&[], Vec::as_slice));
        self.api(sheets.api.get(&siret).map_or(&[], Vec::as_slice));
        self.edi(sheets.edi.get(&siret).map_or(&[], Vec::as_slice));
        self.clients(sheets.clients.get(&siret).map_or(&[], Vec::as_slice));
    }

    fn accounts(&mut self, found: &[&ObservedAccount]) {
        let mut keys = Keys::default();
        for account in found {
            if let Err(why) = sheet::account(account) {
                self.leave(&account.id, &account.login, why);
                continue;
            }
            let local = account.login.split('@').next().unwrap_or_default();
            let bare = local.replace(account.structure.as_str(), "");
            let key = keys.take(&name::key(&bare, &self.entity.name, "account"));
            let making = making(account.structure, None, &account.contact_email);
            if !self.adopt(Kind::Account, &key, &account.id, making, Some(&account.login)) {
                continue;
            }
            let ends = account.password_expires_at.map(day_in_france);
            if ends.is_some_and(|ends| days_later(self.ask.today, ROTATE_BEFORE) >= ends) {
                self.imported.notices.push(message!(
                    "the password of `{}` is near its end, and a plan will reset it; `rotate_before: 0d` puts that off",
                    account.login));
            }
            self.entity.accounts.push(Account {
                key,
                email: account.contact_email.clone(),
                login: account.login.clone(),
            });
        }
    }

    fn api(&mut self, found: &[&ObservedApi]) {
        let mut keys = Keys::default();
        for sheet in found {
            let mut api = match sheet::api(sheet) {
                Ok(api) => api,
                Err(why) => {
                    self.leave(&sheet.id, &sheet.piste_application, why);
                    continue;
                }
            };
            api.key = keys.take(&name::key(&sheet.piste_application, &self.entity.name, "api"));
            let making = making(sheet.structure, None, &sheet.piste_application);
            let code = sheet.application_code.as_deref();
            if self.adopt(Kind::Api, &api.key, &sheet.id, making, code) {
                self.entity.api.push(api);
            }
        }
    }

    fn edi(&mut self, found: &[&ObservedEdi]) {
        let mut keys = Keys::default();
        for sheet in found {
            let mut edi = match sheet::edi(sheet, self.ask.today) {
                Ok(edi) => edi,
                Err(why) => {
                    self.leave(&sheet.id, &sheet.name, why);
                    continue;
                }
            };
            edi.key = keys.take(&name::key(&sheet.name, &self.entity.name, "edi"));
            let making = making(sheet.structure, Some(&sheet.exchange_system), &sheet.name);
            let code = sheet.application_code.as_deref();
            if !self.adopt(Kind::Edi, &edi.key, &sheet.id, making, code) {
                continue;
            }
            edi.certificates = self.certificates(&edi.key, sheet);
            self.entity.edi.push(edi);
        }
    }

    /// The certificates of a sheet: their keys by slot.
    fn certificates(&mut self, key: &str, sheet: &ObservedEdi) -> Vec<(Slot, Value)> {
        let several = sheet.certificates.values().any(|held| {
            sheet.certificates.values().any(|other| other.fingerprint != held.fingerprint)
        });
        let mut slots = Vec::new();
        for (slot, held) in &sheet.certificates {
            let certificate = if several { format!("{key}-{slot}") } else { key.to_owned() };
            if !self.entity.certificates.iter().any(|known| known.key == certificate) {
                let made = self.file(&certificate, &held.fingerprint, held.not_after);
                self.entity.certificates.push(made);
            }
            slots.push((*slot, Value::Found(certificate)));
        }
        let protocol = Protocol::ALL.into_iter().find(|known| known.word() == sheet.protocol);
        let needed = protocol.map(sheet::needed).unwrap_or_default();
        for slot in needed.iter().filter(|slot| !sheet.certificates.contains_key(slot)) {
            slots.push((*slot, Value::Missing(marked!("a key of `certificates`"))));
        }
        if slots.is_empty() {
            slots.push((
                Slot::Server,
                Value::Missing(marked!("a key of `certificates`; or `client`")),
            ));
        }
        slots
    }

    fn file(&self, key: &str, held: &Fingerprint, not_after: Option<Date>) -> Certificate {
        let found = self.ask.certificates.get(held);
        let beside =
            |extension: &str| format!("certificates/{}-{key}.{extension}", self.entity.name);
        let (path, file) = match found {
            Some(File { path: Some(path), .. }) => (path.clone(), Place::Project),
            Some(File { path: None, elsewhere, .. }) => {
                let extension = elsewhere.extension().and_then(|text| text.to_str());
                let extension = extension.unwrap_or("p7b").to_ascii_lowercase();
                (beside(&extension), Place::Elsewhere(elsewhere.clone()))
            }
            None => (beside("p7b"), Place::Nowhere),
        };
        Certificate { key: key.to_owned(), path, file, fingerprint: Some(held.clone()), not_after }
    }

    fn clients(&mut self, found: &[Siret]) {
        let operator = self.entity.siret;
        for client in found.iter().copied() {
            let id = RemoteId::new(format!("{operator}/{client}"));
            let making = making(operator, None, client.as_str());
            if self.adopt(Kind::Client, client.as_str(), &id, making, None) {
                self.entity.clients.push(client);
            }
        }
    }

    /// The status of a sheet, in the portal's word.
    fn status(&self, kind: Kind, id: &RemoteId) -> Option<String> {
        let observed = &self.ask.observed;
        match kind {
            Kind::Edi => observed.edi.get(id).map(|sheet| sheet.status.label().to_owned()),
            Kind::Api => observed.api.get(id).map(|sheet| sheet.status.label().to_owned()),
            Kind::Structure | Kind::Certificate | Kind::Account | Kind::Client => None,
        }
    }

    /// Notes that something becomes ours; `false` where it is already, under another address.
    fn adopt(
        &mut self,
        kind: Kind,
        key: &str,
        id: &RemoteId,
        making: Making,
        code: Option<&str>,
    ) -> bool {
        let Ok(address) = Address::new(&self.entity.name, kind, key) else {
            self.leave(id, &making.name, message!("`{key}` is no key", key));
            return false;
        };
        match self.owners.get(id) {
            Some(owner) if **owner == address => true,
            Some(owner) => {
                self.leave(id, &making.name, message!("is managed already, as `{owner}`", owner));
                false
            }
            None => {
                let held = self.ask.observed.edi.get(id).filter(|_| kind == Kind::Edi);
                let facts =
                    held.iter().flat_map(|sheet| &sheet.certificates).filter_map(|(slot, held)| {
                        Some((*slot, self.ask.certificates.get(&held.fingerprint)?.facts.clone()))
                    });
                self.adoptions.push(Adoption {
                    certificates: facts.collect(),
                    values: self.ask.observed.seen(id).as_ref().map(of_seen).unwrap_or_default(),
                    address,
                    target: id.clone(),
                    making,
                    code: code.map(str::to_owned),
                    status: self.status(kind, id),
                });
                true
            }
        }
    }

    fn leave(&mut self, id: &RemoteId, name: &str, why: Message) {
        self.imported.left.push(Left {
            siret: Some(self.entity.siret),
            id: Some(id.to_string().into()),
            name: Some(name.to_owned()),
            why,
        });
    }
}

/// The first generation of what exists.
fn making(structure: Siret, exchange_system: Option<&str>, name: &str) -> Making {
    Making {
        structure,
        exchange_system: exchange_system.map(str::to_owned),
        name: name.to_owned(),
        declared_name: name.to_owned(),
        generation: 1,
        replaces: None,
        overlap_days: 0,
    }
}
