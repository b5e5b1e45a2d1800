//! `Applied`: the values that stood at Chorus Pro when we, or a person for us, last changed or took over something.
//!
//! With what is declared and what is observed they tell who changed a field: the files, or someone else. Nothing is
//! decided by them, so that they are no part of [`Known`](crate::domain::known::Known).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::address::Address;
use crate::domain::edi::EdiSettings;
use crate::domain::edi::EdiStatus;
use crate::domain::event::Effect;
use crate::domain::event::Event;
use crate::domain::event::What;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::domain::seen::LastDays;
use crate::domain::seen::Seen;
use crate::domain::seen::contact_fields;

/// Values by their paths in our files, for example `network.url`. Certificates stand by the beginning of their
/// fingerprints, and nothing is secret.
pub(crate) type Values = BTreeMap<String, String>;

/// Values as an event keeps them: one text, because a ledger holds hundreds of thousands of them, and nearly every command
/// reads past them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Noted {
    /// The values as JSON; nothing where there are none.
    json: Box<str>,
}

impl Noted {
    /// Notes values.
    pub(crate) fn of(values: &Values) -> Self {
        if values.is_empty() {
            return Self::default();
        }
        // Texts by texts are always JSON.
        Self { json: serde_json::to_string(values).unwrap_or_default().into() }
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.json.is_empty()
    }

    /// The values.
    pub(crate) fn values(&self) -> Values {
        serde_json::from_str(&self.json).unwrap_or_default()
    }
}

impl Serialize for Noted {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.values().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Noted {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Values::deserialize(deserializer).map(|values| Self::of(&values))
    }
}

/// What Chorus Pro gives itself, and so no value of ours.
const GIVEN: [&str; 3] = ["status", "application_code", "login"];

/// What was last applied to one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Applied {
    /// The values.
    pub(crate) values: Values,
    /// When they were put there, or taken over as they were found.
    pub(crate) at: Timestamp,
    /// The run that wrote it.
    pub(crate) run: String,
    /// How they came to be there.
    pub(crate) how: How,
}

/// How values came to be at Chorus Pro.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// We sent them.
    Sent,
    /// They were found there when it became ours.
    Adopted,
    /// A person put them there at the portal, and confirmed it.
    Confirmed,
}

/// What was last applied, by address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AppliedLog {
    addresses: BTreeMap<Address, Applied>,
}

impl AppliedLog {
    /// Folds events, oldest first.
    pub(crate) fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut log = Self::default();
        for event in events {
            log.record(event);
        }
        log
    }

    /// What was last applied to an address, where the ledger has noted it.
    pub(crate) fn get(&self, address: &Address) -> Option<&Applied> {
        self.addresses.get(address)
    }

    /// Takes in one more event.
    pub(crate) fn record(&mut self, event: &Event) {
        match &event.what {
            What::Succeeded { address, effect: Effect::Deleted { .. }, .. } => {
                self.addresses.remove(address);
            }
            What::Succeeded { address, effect: Effect::Created { .. }, values, .. } => {
                self.set(event, address, How::Sent, values.values());
            }
            What::Succeeded { address, values, .. } if !values.is_empty() => {
                let values = match self.addresses.remove(address) {
                    None => values.values(),
                    Some(before) => over(before.values, values.values()),
                };
                self.set(event, address, How::Sent, values);
            }
            What::Adopted { address, values, .. } => {
                self.set(event, address, How::Adopted, values.values());
            }
            What::Confirmed { address, step, making, seen, .. } => match seen {
                None => drop(self.addresses.remove(address)),
                // Without a step a person only looked: that what is there is ours is no reason that we put it there.
                Some(seen) if step.is_some() => {
                    self.set(event, address, How::Confirmed, of_seen(seen));
                }
                Some(seen) if making.is_some() => {
                    self.set(event, address, How::Adopted, of_seen(seen));
                }
                Some(_) => {}
            },
            What::Moved { from, to } => {
                if let Some(applied) = self.addresses.remove(from) {
                    self.addresses.insert(to.clone(), applied);
                }
            }
            What::Forgotten { address } => drop(self.addresses.remove(address)),
            What::Succeeded { .. }
            | What::RunStarted { .. }
            | What::RunEnded { .. }
            | What::WaveStarted { .. }
            | What::WaveEnded { .. }
            | What::Intended { .. }
            | What::Failed { .. }
            | What::Settled { .. }
            | What::PasswordStored { .. }
            | What::Handed { .. } => {}
        }
    }

    /// Without values nothing is known any more: an older version of raccord wrote none.
    fn set(&mut self, event: &Event, address: &Address, how: How, values: Values) {
        if values.is_empty() {
            self.addresses.remove(address);
            return;
        }
        let applied = Applied { values, at: event.at, run: event.run.clone(), how };
        self.addresses.insert(address.clone(), applied);
    }
}

/// Puts values over those before: a group that is told is told whole, so that a field of it that is missing is gone.
fn over(mut before: Values, values: Values) -> Values {
    let group = |key: &str| key.split('.').next().unwrap_or_default().to_owned();
    before.retain(|key, _| !values.keys().any(|told| group(told) == group(key)));
    before.extend(values);
    before
}

/// The values of what was seen, without what Chorus Pro gives itself; whether it is in use is one of them.
pub(crate) fn of_seen(seen: &Seen) -> Values {
    let mut values = seen.fields();
    values.retain(|key, _| !GIVEN.contains(&key.as_str()));
    // A sheet that is being worked on is on its way to be Actif.
    let is_active = match seen {
        Seen::Edi(sheet) => !matches!(sheet.status, EdiStatus::Inactive),
        Seen::Api(_) | Seen::Account(_) | Seen::Client { .. } => seen.is_active(),
    };
    if !matches!(seen, Seen::Client { .. }) {
        values.insert("active".to_owned(), is_active.to_string());
    }
    values
}

/// The values that a request puts at Chorus Pro; none for what changes none.
pub(crate) fn of_request(request: &Request) -> Values {
    let nobody = || RemoteId::new("");
    let active = |active: bool| Values::from([("active".to_owned(), active.to_string())]);
    match request {
        Request::CreateEdi { sheet } => {
            of_seen(&Seen::edi(sheet, nobody(), EdiStatus::Pending, &LastDays::new()))
        }
        Request::FinaliseEdi { settings, .. } | Request::UpdateEdi { settings, .. } => {
            of_settings(settings)
        }
        Request::CreateApi { sheet } => of_seen(&Seen::api(sheet, nobody())),
        Request::UpdateApi { piste_application, contact, .. } => {
            let mut values = contact_fields(contact);
            values.insert("piste_application".to_owned(), piste_application.to_string());
            values
        }
        Request::CreateAccount { structure, contact_email } => {
            of_seen(&Seen::account(*structure, contact_email.as_str(), nobody()))
        }
        Request::ChangeAccountEmail { contact_email, .. } => {
            Values::from([("contact_email".to_owned(), contact_email.to_string())])
        }
        Request::ActivateEdi { .. } | Request::ActivateAccount { .. } => active(true),
        Request::DeactivateEdi { .. }
        | Request::DeactivateApi { .. }
        | Request::DeactivateAccount { .. } => active(false),
        Request::SetEdiFlags { structure: _, sender, receiver } => Values::from([
            ("edi.sender".to_owned(), sender.to_string()),
            ("edi.receiver".to_owned(), receiver.to_string()),
        ]),
        Request::AddClient { operator, client } => {
            of_seen(&Seen::Client { operator: *operator, client: *client })
        }
        Request::DeleteEdi { .. }
        | Request::RemoveClient { .. }
        | Request::ResetPassword { .. } => Values::new(),
    }
}

/// The modifiable values of an EDI sheet.
fn of_settings(settings: &EdiSettings) -> Values {
    let EdiSettings { network, certificates, validity, contact, subscriptions } = settings;
    let mut values = contact_fields(contact);
    values.insert("protocol".to_owned(), network.protocol().to_string());
    values.insert("validity.from".to_owned(), validity.from.to_string());
    values.insert("validity.until".to_owned(), validity.until.to_string());
    let codes: Vec<String> = subscriptions.iter().map(ToString::to_string).collect();
    values.insert("subscriptions".to_owned(), codes.join(", "));
    for (key, value) in network.fields() {
        values.insert(format!("network.{key}"), value);
    }
    for (slot, used) in certificates {
        values.insert(slot.field().to_owned(), used.fingerprint.short().to_owned());
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_reads_as_it_was_and_is_written_as_values() {
        let values = Values::from([("contact.last_name".to_owned(), "L'\"Été\"\n".to_owned())]);
        let noted = Noted::of(&values);
        assert_eq!(noted.values(), values);
        assert_eq!(serde_json::to_value(&noted).unwrap(), serde_json::to_value(&values).unwrap());
        assert_eq!(serde_json::from_str::<Noted>("{}").unwrap(), Noted::default());
        assert!(Noted::default().is_empty() && Noted::default().values().is_empty());
    }
}
