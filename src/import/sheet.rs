//! One sheet or account as it was found, turned into what a file can say; or why it cannot.
//!
//! What is not told is for a person to fill in. What is told and cannot be written is no case for a file: a plan would
//! change it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;

use crate::catalogue::Catalogue;
use crate::domain::account::ObservedAccount;
use crate::domain::api::ApiStatus;
use crate::domain::api::ObservedApi;
use crate::domain::edi::EdiStatus;
use crate::domain::edi::ExchangeSystem;
use crate::domain::edi::ObservedEdi;
use crate::domain::edi::Protocol;
use crate::domain::edi::Slot;
use crate::domain::value::Email;
use crate::domain::value::InterfaceCode;
use crate::domain::value::Line;
use crate::domain::value::Phone;
use crate::domain::value::PisteApplication;
use crate::domain::value::Port;
use crate::domain::value::ServerIp;
use crate::domain::value::SheetName;
use crate::domain::value::ValueFault;
use crate::domain::value::WebUrl;
use crate::import::entity::Api;
use crate::import::entity::Edi;
use crate::import::entity::Person;
use crate::import::entity::Value;
use crate::language::Message;
use crate::language::marked;
use crate::language::message;
use crate::language::translated;

/// Why something is in no file.
pub(crate) type Why = Message;

/// Why a draft is not declared.
pub(crate) const DRAFT: &str =
    marked!("is Brouillon: declared, it would be sent; finish it or delete it at the portal");

/// Why an inactive sheet is not declared.
pub(crate) const INACTIVE: &str = marked!("is Inactif: declared, it would be activated");

/// The network fields of a protocol.
pub(crate) fn network_fields(protocol: Protocol) -> &'static [(&'static str, &'static str)] {
    match protocol {
        Protocol::Pesit => &[
            ("ip", marked!("address of your PeSIT server")),
            ("port", marked!("its port")),
            ("part_id", marked!("«Part ID»")),
        ],
        // Whether it is asked for is not known, and it may be left away.
        Protocol::Sftp => &[],
        Protocol::As2 => &[
            ("as2_id", marked!("your AS2 identifier")),
            ("url", marked!("URL to which Chorus Pro sends")),
        ],
    }
}

/// The slots that a protocol has, and whether each must be filled.
pub(crate) fn slots(protocol: Protocol) -> BTreeMap<Slot, bool> {
    static LISTS: LazyLock<Catalogue> = LazyLock::new(Catalogue::embedded);
    LISTS.slots(protocol)
}

/// The slots that a protocol needs.
pub(crate) fn needed(protocol: Protocol) -> Vec<Slot> {
    slots(protocol).into_iter().filter(|(_, needed)| *needed).map(|(slot, _)| slot).collect()
}

/// An EDI sheet, without key and certificates.
pub(crate) fn edi(found: &ObservedEdi, today: Date) -> Result<Edi, Why> {
    match &found.status {
        EdiStatus::Draft => return Err(Message::of(|| translated(DRAFT).into_owned())),
        EdiStatus::Unrecognized(word) => {
            return Err(message!("has the status `{word}`, which raccord does not know", word));
        }
        EdiStatus::Inactive if found.valid_from.is_none_or(|from| from <= today) => {
            return Err(Message::of(|| translated(INACTIVE).into_owned()));
        }
        EdiStatus::Inactive
        | EdiStatus::Pending
        | EdiStatus::Active
        | EdiStatus::Partial
        | EdiStatus::Error => {}
    }
    let systems = [ExchangeSystem::Cpro, ExchangeSystem::PaCpro];
    let system = systems
        .into_iter()
        .find(|known| known.word() == found.exchange_system)
        .ok_or_else(|| {
            message!(
                "has the exchange system `{}`, which raccord does not know",
                found.exchange_system
            )
        })?;
    let protocol =
        Protocol::ALL.into_iter().find(|known| known.word() == found.protocol).ok_or_else(
            || message!("has the protocol `{}`, which raccord does not know", found.protocol),
        )?;
    if (system, protocol) == (ExchangeSystem::PaCpro, Protocol::Pesit) {
        return Err(message!("has PeSIT on PA-CPRO, which raccord takes for impossible"));
    }
    told(marked!("name"), SheetName::parse(&found.name))?;
    for code in &found.subscriptions {
        told(marked!("subscription"), InterfaceCode::parse(code))?;
    }
    let slots = slots(protocol);
    if let Some(slot) = found.certificates.keys().find(|slot| !slots.contains_key(slot)) {
        return Err(message!(
            "has a {slot} certificate, and {protocol} has no such slot",
            slot,
            protocol
        ));
    }
    Ok(Edi {
        key: String::new(),
        name: Value::Found(found.name.clone()),
        exchange_system: Value::Found(system.to_string()),
        protocol: Value::Found(protocol.to_string()),
        network: network(protocol, &found.network)?,
        certificates: Vec::new(),
        from: day(found.valid_from, marked!("first day of validity")),
        until: day(found.valid_until, marked!("last day of validity")),
        contact: person(&found.contact)?,
        subscriptions: if found.subscriptions.is_empty() {
            vec![Value::Missing(marked!("interface codes, at least one"))]
        } else {
            found.subscriptions.iter().cloned().map(Value::Found).collect()
        },
        code: found.application_code.clone(),
    })
}

/// An API sheet, without key.
pub(crate) fn api(found: &ObservedApi) -> Result<Api, Why> {
    match &found.status {
        ApiStatus::Active => {}
        ApiStatus::Inactive => return Err(message!("is Inactif, and cannot become Actif again")),
        ApiStatus::Unrecognized(word) => {
            return Err(message!("has the status `{word}`, which raccord does not know", word));
        }
    }
    told(marked!("PISTE application"), PisteApplication::parse(&found.piste_application))?;
    told(marked!("usage"), Line::parse(&found.usage))?;
    if let Some(publisher) = &found.publisher {
        told(marked!("publisher"), Line::parse(publisher))?;
    }
    let asked = matches!(found.usage.as_str(), "publisher" | "operator");
    let publisher = found.publisher.as_deref();
    Ok(Api {
        key: String::new(),
        application: found.piste_application.clone(),
        usage: found.usage.clone(),
        publisher: (asked || publisher.is_some())
            .then(|| Value::or(publisher, marked!("name of the publisher or operator"))),
        contact: person(&found.contact)?,
        code: found.application_code.clone(),
    })
}

/// Whether a technical account can be declared.
pub(crate) fn account(found: &ObservedAccount) -> Result<(), Why> {
    if !found.active {
        return Err(message!("is deactivated: declared, it would be activated"));
    }
    told(marked!("contact address"), Email::parse(&found.contact_email))?;
    told(marked!("login"), Line::parse(&found.login)).map(drop)
}

fn network(
    protocol: Protocol,
    found: &BTreeMap<String, String>,
) -> Result<Vec<(&'static str, Value)>, Why> {
    let mut fields: Vec<(&str, Value)> = network_fields(protocol)
        .iter()
        .map(|(key, missing)| (*key, Value::or(found.get(*key).map(String::as_str), missing)))
        .collect();
    if let (Protocol::Sftp, Some(ip)) = (protocol, found.get("ip")) {
        fields.push(("ip", Value::Found(ip.clone())));
    }
    if let Some(odd) = found.keys().find(|key| !fields.iter().any(|(known, _)| known == key)) {
        return Err(message!(
            "has the network field `{odd}`, which {protocol} does not have",
            odd,
            protocol
        ));
    }
    for (key, text) in found {
        match key.as_str() {
            "ip" => told(key, ServerIp::parse(text))?.to_string(),
            "port" => told(key, Port::parse(text))?.to_string(),
            "url" => told(key, WebUrl::parse(text))?.to_string(),
            _ => told(key, Line::parse(text))?.to_string(),
        };
    }
    Ok(fields)
}

fn person(found: &BTreeMap<String, String>) -> Result<Person, Why> {
    let mut person = Person::unknown();
    for (key, text) in found {
        let field = match key.as_str() {
            "first_name" => {
                told(marked!("first name"), Line::parse(text)).map(|_| &mut person.first_name)
            }
            "last_name" => {
                told(marked!("last name"), Line::parse(text)).map(|_| &mut person.last_name)
            }
            "email" => {
                told(marked!("e-mail address"), Email::parse(text)).map(|_| &mut person.email)
            }
            "phone" => {
                told(marked!("telephone number"), Phone::parse(text)).map(|_| &mut person.phone)
            }
            _ => continue,
        }?;
        *field = Value::Found(text.clone());
    }
    Ok(person)
}

fn day(found: Option<Date>, missing: &'static str) -> Value {
    found.map_or(Value::Missing(missing), |day| Value::Found(day.to_string()))
}

/// A value that a file could not say.
fn told<T>(what: &str, parsed: Result<T, ValueFault>) -> Result<T, Why> {
    parsed.map_err(|fault| {
        message!("cannot be declared: {what}: {fault}", what = translated(what), fault)
    })
}
