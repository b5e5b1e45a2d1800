//! The text of an entity, laid out as `raccord fmt` leaves it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::import::Wanted;
use crate::import::entity::Certificate;
use crate::import::entity::Edi;
use crate::import::entity::Entity;
use crate::import::entity::Person;
use crate::import::entity::Place;
use crate::import::entity::Value;
use crate::import::name::Keys;
use crate::import::name::plain;
use crate::language::tr;
use crate::language::translated;

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Laid {
    /// The file.
    pub(crate) text: String,
    /// How many values a person has to fill in.
    pub(crate) todos: usize,
    /// Certificate files that nobody has yet.
    pub(crate) wanted: Vec<Wanted>,
}

/// Writes an entity. `shared` has the contacts of `raccord.yaml` with their keys.
pub(crate) fn write(entity: &Entity, shared: &BTreeMap<Person, String>) -> Laid {
    let mut writer = Writer::default();
    writer.line(0, &format!("entity: {}", scalar(&entity.name)));
    writer.structure(entity);
    writer.operator(entity);
    let own = writer.contacts(entity, shared);
    let contacts: BTreeMap<&Person, &str> =
        shared.iter().chain(&own).map(|(person, key)| (person, key.as_str())).collect();
    if !entity.accounts.is_empty() {
        writer.line(0, "technical_accounts:");
    }
    for account in &entity.accounts {
        writer.line(1, &format!("{}:", scalar(&account.key)));
        writer.line(2, &format!("contact_email: {}", scalar(&account.email)));
        writer.line(2, &format!("login: {}", scalar(&account.login)));
    }
    if !entity.certificates.is_empty() {
        writer.line(0, "certificates:");
    }
    for certificate in &entity.certificates {
        writer.certificate(certificate);
    }
    if !entity.api.is_empty() {
        writer.line(0, "api_connections:");
    }
    for api in &entity.api {
        writer.key(&api.key, api.code.as_deref());
        writer.line(2, &format!("piste_application: {}", scalar(&api.application)));
        writer.line(2, &format!("usage: {}", scalar(&api.usage)));
        if let Some(publisher) = &api.publisher {
            writer.value(2, "publisher", publisher);
        }
        writer.contact(&api.contact, &contacts);
    }
    if !entity.edi.is_empty() {
        writer.line(0, "edi_connections:");
    }
    for edi in &entity.edi {
        writer.edi(edi, &contacts);
    }
    writer.0
}

#[derive(Default)]
struct Writer(Laid);

impl Writer {
    fn line(&mut self, depth: usize, text: &str) {
        self.0.text.push_str(&"  ".repeat(depth));
        self.0.text.push_str(text);
        self.0.text.push('\n');
    }

    fn value(&mut self, depth: usize, key: &str, value: &Value) {
        match value {
            Value::Found(text) if is_bare(key, text) => self.line(depth, &format!("{key}: {text}")),
            Value::Found(text) => self.line(depth, &format!("{key}: {}", scalar(text))),
            Value::Missing(what) => {
                self.0.todos += 1;
                self.line(depth, &tr!("{key}: # TODO {what}", key, what = translated(what)));
            }
        }
    }

    /// A connection's key, and the code that it is known by elsewhere.
    fn key(&mut self, key: &str, code: Option<&str>) {
        let code = code.map(|code| tr!(" # application code {}", remark(code)));
        self.line(1, &format!("{}:{}", scalar(key), code.unwrap_or_default()));
    }

    fn structure(&mut self, entity: &Entity) {
        self.line(0, "structure:");
        self.line(1, &format!("siret: \"{}\"", entity.siret));
        if let Some(title) = &entity.title {
            self.line(1, &format!("name: {}", scalar(title)));
        }
        if entity.sender.is_some() || entity.receiver.is_some() {
            self.line(1, "edi:");
        }
        for (key, flag) in [("sender", entity.sender), ("receiver", entity.receiver)] {
            if let Some(flag) = flag {
                self.line(2, &format!("{key}: {flag}"));
            }
        }
    }

    fn operator(&mut self, entity: &Entity) {
        if entity.clients.is_empty() {
            return;
        }
        self.line(0, "operator:");
        if entity.public_operator {
            self.line(1, "public_operator: true");
        }
        self.line(1, "clients:");
        for client in &entity.clients {
            self.line(2, &format!("- \"{client}\""));
        }
    }

    /// Contacts that are used more than once, and are not among those of `raccord.yaml`; with their keys.
    fn contacts(
        &mut self,
        entity: &Entity,
        shared: &BTreeMap<Person, String>,
    ) -> BTreeMap<Person, String> {
        let api = entity.api.iter().map(|api| &api.contact);
        let mut uses: BTreeMap<&Person, usize> = BTreeMap::new();
        for person in api.chain(entity.edi.iter().map(|edi| &edi.contact)) {
            *uses.entry(person).or_default() += 1;
        }
        // What has to be filled in is filled in once, too.
        let often = |(person, uses): &(&Person, usize)| *uses > 1 && !shared.contains_key(*person);
        let mut keys = Keys::default();
        let mut own = BTreeMap::new();
        for (person, _) in uses.into_iter().filter(often) {
            if own.is_empty() {
                self.line(0, "contacts:");
            }
            let wanted = match &person.last_name {
                Value::Found(name) => plain(name),
                Value::Missing(_) => String::new(),
            };
            let key = keys.take(if wanted.is_empty() { "contact" } else { &wanted });
            self.line(1, &format!("{}:", scalar(&key)));
            for (field, value) in person.values() {
                self.value(2, field, value);
            }
            own.insert(person.clone(), key);
        }
        own
    }

    fn contact(&mut self, person: &Person, contacts: &BTreeMap<&Person, &str>) {
        if let Some(key) = contacts.get(person) {
            self.line(2, &format!("contact: {}", scalar(key)));
            return;
        }
        self.line(2, "contact:");
        for (field, value) in person.values() {
            self.value(3, field, value);
        }
    }

    fn certificate(&mut self, certificate: &Certificate) {
        let Certificate { key, path, file, fingerprint, not_after } = certificate;
        if *file == Place::Nowhere {
            self.0.wanted.push(Wanted {
                path: path.clone(),
                fingerprint: fingerprint.clone(),
                not_after: *not_after,
            });
            match fingerprint {
                Some(fingerprint) => {
                    self.line(
                        1,
                        &tr!("# TODO put this file there; the SHA-256 of its certificate is"),
                    );
                    self.line(1, &format!("# {fingerprint}"));
                }
                None => self.line(1, &tr!("# TODO put the file of this certificate there")),
            }
        }
        self.line(1, &format!("{}: {}", scalar(key), scalar(path)));
    }

    fn edi(&mut self, edi: &Edi, contacts: &BTreeMap<&Person, &str>) {
        self.key(&edi.key, edi.code.as_deref());
        self.value(2, "name", &edi.name);
        self.value(2, "exchange_system", &edi.exchange_system);
        self.value(2, "protocol", &edi.protocol);
        if !edi.network.is_empty() {
            self.line(2, "network:");
        }
        for (key, value) in &edi.network {
            self.value(3, key, value);
        }
        self.line(2, "certificates:");
        for (slot, value) in &edi.certificates {
            self.value(3, slot.word(), value);
        }
        self.line(2, "validity:");
        self.value(3, "from", &edi.from);
        self.value(3, "until", &edi.until);
        self.contact(&edi.contact, contacts);
        if let [Value::Missing(what)] = edi.subscriptions.as_slice() {
            self.0.todos += 1;
            self.line(
                2,
                &tr!("{key}: # TODO {what}", key = "subscriptions", what = translated(what)),
            );
            return;
        }
        self.line(2, "subscriptions:");
        for code in &edi.subscriptions {
            if let Value::Found(code) = code {
                self.line(3, &format!("- {}", scalar(code)));
            }
        }
    }
}

/// A text as a comment may hold it.
fn remark(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A text as YAML reads it back: without quotes only where nothing else could be meant.
pub(crate) fn scalar(text: &str) -> String {
    let word = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | '/' | '\'');
    let plain = text.starts_with(char::is_alphabetic)
        && text.chars().all(word)
        && !text.ends_with(' ')
        && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
            .contains(&text.to_lowercase().as_str());
    if plain {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                // Writing to a string cannot fail.
                let _infallible = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A port or a day, which everybody writes without quotes.
fn is_bare(key: &str, text: &str) -> bool {
    matches!(key, "port" | "from" | "until")
        && text.starts_with(|c: char| ('1'..='9').contains(&c))
        && text.chars().all(|c| c.is_ascii_digit() || c == '-')
}
