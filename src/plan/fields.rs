//! Compares what was asked for with what was found, field by field.
//!
//! A field that was not told (`None`, or a missing key of a contact) is unknown: it never makes a difference.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::domain::api::ApiSheet;
use crate::domain::api::ObservedApi;
use crate::domain::edi::EdiSettings;
use crate::domain::edi::EdiSheet;
use crate::domain::edi::ObservedEdi;
use crate::domain::edi::Slot;
use crate::domain::edi::Validity;
use crate::domain::value::Contact;
use crate::domain::value::Line;
use crate::language::Message;
use crate::language::message;
use crate::plan::change::Because;

/// Whether Chorus Pro lets a field be changed on an existing sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    /// It does.
    Modifiable,
    /// It does not: a new sheet is needed.
    Fixed,
}

/// Collects the fields that differ.
#[derive(Default)]
struct Differences(Vec<Because>);

impl Differences {
    fn compare(
        &mut self,
        name: impl Into<String>,
        field: Field,
        before: Option<&str>,
        after: Option<&str>,
    ) {
        if before != after {
            self.0.push(Because {
                field: name.into(),
                before: before.map(Message::from),
                after: after.map(Message::from),
                forces_replacement: field == Field::Fixed,
            });
        }
    }

    fn contact(&mut self, found: &BTreeMap<String, String>, contact: &Contact) {
        let Contact { first_name, last_name, email, phone } = contact;
        for (key, wanted) in [
            ("first_name", first_name.as_str()),
            ("last_name", last_name.as_str()),
            ("email", email.as_str()),
            ("phone", phone.as_str()),
        ] {
            if let Some(found) = found.get(key) {
                self.compare(
                    format!("contact.{key}"),
                    Field::Modifiable,
                    Some(found),
                    Some(wanted),
                );
            }
        }
    }
}

/// The fields in which an EDI sheet differs. `declared_name` is the name that was declared when it was made.
pub(crate) fn edi(sheet: &EdiSheet, found: &ObservedEdi, declared_name: &str) -> Vec<Because> {
    let EdiSheet { structure, exchange_system, name, settings } = sheet;
    let EdiSettings { network, certificates, validity, contact, subscriptions } = settings;
    let Validity { from, until } = validity;
    let mut differences = Differences::default();
    differences.compare(
        "exchange_system",
        Field::Fixed,
        Some(&found.exchange_system),
        Some(exchange_system.word()),
    );
    differences.compare(
        "structure",
        Field::Fixed,
        Some(found.structure.as_str()),
        Some(structure.as_str()),
    );
    differences.compare(
        "protocol",
        Field::Fixed,
        Some(&found.protocol),
        Some(network.protocol().word()),
    );
    if declared_name != name.as_str() {
        differences.compare("name", Field::Fixed, Some(&found.name), Some(name.as_str()));
    }
    let wanted = network.fields();
    let keys: BTreeSet<&str> =
        wanted.keys().copied().chain(found.network.keys().map(String::as_str)).collect();
    for key in keys {
        let before = found.network.get(key).map(String::as_str);
        let after = wanted.get(key).map(String::as_str);
        differences.compare(format!("network.{key}"), Field::Modifiable, before, after);
    }
    for slot in Slot::ALL {
        let before =
            found.certificates.get(&slot).map(|certificate| certificate.fingerprint.as_str());
        let after = certificates.get(&slot).map(|certificate| certificate.fingerprint.as_str());
        differences.compare(format!("certificates.{slot}"), Field::Modifiable, before, after);
    }
    for (key, before, after) in
        [("from", found.valid_from, from), ("until", found.valid_until, until)]
    {
        if let Some(before) = before {
            let (before, after) = (before.to_string(), after.to_string());
            differences.compare(
                format!("validity.{key}"),
                Field::Modifiable,
                Some(&before),
                Some(&after),
            );
        }
    }
    differences.contact(&found.contact, contact);
    let before = found.subscriptions.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let after = subscriptions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    differences.compare("subscriptions", Field::Modifiable, Some(&before), Some(&after));
    differences.0
}

/// The fields in which an API sheet differs.
///
/// Only the PISTE application and the contact are documented as modifiable (DSE 3.3.5), so that the usage and
/// the publisher's name count as fixed.
pub(crate) fn api(sheet: &ApiSheet, found: &ObservedApi) -> Vec<Because> {
    let ApiSheet { structure, piste_application, usage, publisher, contact } = sheet;
    let mut differences = Differences::default();
    differences.compare(
        "structure",
        Field::Fixed,
        Some(found.structure.as_str()),
        Some(structure.as_str()),
    );
    differences.compare(
        "piste_application",
        Field::Modifiable,
        Some(&found.piste_application),
        Some(piste_application.as_str()),
    );
    differences.compare("usage", Field::Fixed, Some(&found.usage), Some(usage.as_str()));
    let after = publisher.as_ref().map(Line::as_str);
    differences.compare("publisher", Field::Fixed, found.publisher.as_deref(), after);
    differences.contact(&found.contact, contact);
    differences.0
}

/// Whether one of the differences forces a replacement.
pub(crate) fn force_replacement(because: &[Because]) -> bool {
    because.iter().any(|because| because.forces_replacement)
}

/// A reason that is no field of a sheet, for example a status.
pub(crate) fn reason(field: &str, before: Option<&str>, after: Option<&str>) -> Because {
    Because {
        field: field.to_owned(),
        before: before.map(Message::from),
        after: after.map(Message::from),
        forces_replacement: false,
    }
}

/// The same in words: what is told instead of a value.
pub(crate) fn told(field: &str, before: Option<Message>, after: Option<Message>) -> Because {
    Because { field: field.to_owned(), before, after, forces_replacement: false }
}

/// What something that was found is from now on.
pub(crate) fn declared() -> Message {
    message!("declared")
}
