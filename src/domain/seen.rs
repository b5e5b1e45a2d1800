//! `Seen`: what a person said stands at the portal, where no API can read it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::account::ObservedAccount;
use crate::domain::api::ApiSheet;
use crate::domain::api::ApiStatus;
use crate::domain::api::ObservedApi;
use crate::domain::edi::EdiSettings;
use crate::domain::edi::EdiSheet;
use crate::domain::edi::EdiStatus;
use crate::domain::edi::ObservedCertificate;
use crate::domain::edi::ObservedEdi;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::domain::siret::Siret;
use crate::domain::value::Contact;
use crate::domain::value::Fingerprint;
use crate::domain::value::day_in_france;

/// A sheet, account or client as a person saw it. It is part of the ledger's format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Seen {
    /// An EDI sheet.
    Edi(ObservedEdi),
    /// An API sheet.
    Api(ObservedApi),
    /// A technical account.
    Account(ObservedAccount),
    /// A client of an operator.
    Client {
        /// The operator's structure.
        operator: Siret,
        /// The client.
        client: Siret,
    },
}

/// Who looked, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Look {
    /// When it was seen.
    pub(crate) at: Timestamp,
    /// Who says so, as `user@host`.
    pub(crate) by: String,
}

impl Look {
    /// How many days ago it was, by the calendar in France.
    pub(crate) fn age_days(&self, now: Timestamp) -> i64 {
        let span = day_in_france(self.at).until(day_in_france(now));
        span.map_or(i64::MAX, |span| i64::from(span.get_days()))
    }
}

/// What was seen, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sighting {
    /// What stands at the portal.
    pub(crate) seen: Seen,
    /// Who looked, and when.
    pub(crate) look: Look,
}

/// A step that was handed to a person, and whose outcome is not confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HandedStep {
    /// The step.
    pub(crate) step: String,
    /// Fingerprint of its plan.
    pub(crate) plan: String,
    /// When it was handed over.
    pub(crate) at: Timestamp,
    /// The sheet or account that it is for; for a creation, the identity that it will have here.
    pub(crate) target: RemoteId,
    /// What a creation makes.
    pub(crate) making: Option<crate::domain::event::Making>,
    /// What stands at the portal once it is done; `None` for nothing.
    pub(crate) leaves: Option<Seen>,
}

/// The last days of certificates, by fingerprint.
pub(crate) type LastDays = BTreeMap<Fingerprint, Date>;

impl Seen {
    /// A whole EDI sheet, with what the portal gave it.
    pub(crate) fn edi(
        sheet: &EdiSheet,
        id: RemoteId,
        status: EdiStatus,
        last_days: &LastDays,
    ) -> Self {
        let EdiSheet { structure, exchange_system, name, settings } = sheet;
        let mut seen = ObservedEdi {
            id,
            status,
            status_since: None,
            application_code: None,
            structure: *structure,
            exchange_system: exchange_system.to_string(),
            protocol: settings.network.protocol().to_string(),
            name: name.to_string(),
            network: BTreeMap::new(),
            certificates: BTreeMap::new(),
            valid_from: None,
            valid_until: None,
            contact: BTreeMap::new(),
            subscriptions: std::collections::BTreeSet::new(),
        };
        set(&mut seen, settings, last_days);
        Self::Edi(seen)
    }

    /// A whole API sheet: Actif at once.
    pub(crate) fn api(sheet: &ApiSheet, id: RemoteId) -> Self {
        let ApiSheet { structure, piste_application, usage, publisher, contact } = sheet;
        Self::Api(ObservedApi {
            id,
            status: ApiStatus::Active,
            application_code: None,
            structure: *structure,
            piste_application: piste_application.to_string(),
            usage: usage.to_string(),
            publisher: publisher.as_ref().map(ToString::to_string),
            contact: written(contact),
        })
    }

    /// A technical account. Its login is told by the portal.
    pub(crate) fn account(structure: Siret, contact_email: &str, id: RemoteId) -> Self {
        Self::Account(ObservedAccount {
            login: String::new(),
            id,
            structure,
            contact_email: contact_email.to_owned(),
            active: true,
            created_at: None,
            password_expires_at: None,
        })
    }

    /// The portal's word for its status; `None` for a client, which has none.
    pub(crate) fn status(&self) -> Option<&str> {
        match self {
            Self::Edi(sheet) => Some(sheet.status.label()),
            Self::Api(sheet) => Some(sheet.status.label()),
            Self::Account(account) if account.active => Some("Actif"),
            Self::Account(_) => Some("Inactif"),
            Self::Client { .. } => None,
        }
    }

    /// Whether it is in use.
    pub(crate) fn is_active(&self) -> bool {
        self.status().is_none_or(|status| status == EdiStatus::Active.label())
    }

    /// Its application code, or for an account its login.
    pub(crate) fn code(&self) -> Option<&str> {
        match self {
            Self::Edi(sheet) => sheet.application_code.as_deref(),
            Self::Api(sheet) => sheet.application_code.as_deref(),
            Self::Account(account) => {
                Some(account.login.as_str()).filter(|login| !login.is_empty())
            }
            Self::Client { .. } => None,
        }
    }

    /// Every field as text, by its path in our files: what two sightings are compared by.
    pub(crate) fn fields(&self) -> BTreeMap<String, String> {
        let mut fields = BTreeMap::new();
        let mut put = |key: &str, value: &str| fields.insert(key.to_owned(), value.to_owned());
        if let Some(status) = self.status() {
            put("status", status);
        }
        match self {
            Self::Edi(sheet) => {
                put("structure", sheet.structure.as_str());
                put("exchange_system", &sheet.exchange_system);
                put("protocol", &sheet.protocol);
                put("name", &sheet.name);
                for (slot, held) in &sheet.certificates {
                    put(slot.field(), held.fingerprint.short());
                }
                for (key, value) in &sheet.network {
                    put(&format!("network.{key}"), value);
                }
                for (key, value) in &sheet.contact {
                    put(&format!("contact.{key}"), value);
                }
                for (key, day) in [("from", sheet.valid_from), ("until", sheet.valid_until)] {
                    if let Some(day) = day {
                        put(&format!("validity.{key}"), &day.to_string());
                    }
                }
                let codes: Vec<&str> = sheet.subscriptions.iter().map(String::as_str).collect();
                put("subscriptions", &codes.join(", "));
            }
            Self::Api(sheet) => {
                put("structure", sheet.structure.as_str());
                put("piste_application", &sheet.piste_application);
                put("usage", &sheet.usage);
                if let Some(publisher) = &sheet.publisher {
                    put("publisher", publisher);
                }
                for (key, value) in &sheet.contact {
                    put(&format!("contact.{key}"), value);
                }
            }
            Self::Account(account) => {
                put("structure", account.structure.as_str());
                put("contact_email", &account.contact_email);
            }
            Self::Client { operator, client } => {
                put("operator", operator.as_str());
                put("client", client.as_str());
            }
        }
        if let Some(code) = self.code() {
            let key = if matches!(self, Self::Account(_)) { "login" } else { "application_code" };
            put(key, code);
        }
        fields
    }

    /// What stands at the portal after `request`, where `before` stood. `id` is what a creation gets.
    ///
    /// `None` when nothing is left, or when it cannot be said because nothing is known of what stood there.
    pub(crate) fn after(
        request: &Request,
        before: Option<&Self>,
        id: &RemoteId,
        last_days: &LastDays,
    ) -> Option<Self> {
        let mut seen = match request {
            Request::CreateEdi { sheet } => {
                return Some(Self::edi(sheet, id.clone(), EdiStatus::Pending, last_days));
            }
            Request::CreateApi { sheet } => return Some(Self::api(sheet, id.clone())),
            Request::CreateAccount { structure, contact_email } => {
                return Some(Self::account(*structure, contact_email.as_str(), id.clone()));
            }
            Request::AddClient { operator, client } => {
                return Some(Self::Client { operator: *operator, client: *client });
            }
            Request::DeleteEdi { .. } | Request::RemoveClient { .. } => return None,
            _ => before?.clone(),
        };
        match (&mut seen, request) {
            (
                Self::Edi(sheet),
                Request::FinaliseEdi { settings, .. } | Request::UpdateEdi { settings, .. },
            ) => {
                set(sheet, settings, last_days);
                sheet.status = EdiStatus::Pending;
            }
            (Self::Edi(sheet), Request::ActivateEdi { .. }) => sheet.status = EdiStatus::Active,
            (Self::Edi(sheet), Request::DeactivateEdi { .. }) => sheet.status = EdiStatus::Inactive,
            (Self::Api(sheet), Request::UpdateApi { piste_application, contact, .. }) => {
                sheet.piste_application = piste_application.to_string();
                sheet.contact = written(contact);
            }
            (Self::Api(sheet), Request::DeactivateApi { .. }) => sheet.status = ApiStatus::Inactive,
            (Self::Account(account), Request::ActivateAccount { .. }) => account.active = true,
            (Self::Account(account), Request::DeactivateAccount { .. }) => account.active = false,
            (Self::Account(account), Request::ChangeAccountEmail { contact_email, .. }) => {
                account.contact_email = contact_email.to_string();
            }
            // A new password: when it expires is told by the portal, or read by the API.
            (Self::Account(account), Request::ResetPassword { .. }) => {
                account.password_expires_at = None;
            }
            _ => {}
        }
        Some(seen)
    }
}

/// Puts the modifiable values on a sheet.
fn set(sheet: &mut ObservedEdi, settings: &EdiSettings, last_days: &LastDays) {
    let EdiSettings { network, certificates, validity, contact, subscriptions } = settings;
    sheet.network =
        network.fields().into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    sheet.certificates = certificates
        .iter()
        .map(|(slot, used)| {
            let held = ObservedCertificate {
                fingerprint: used.fingerprint.clone(),
                not_after: last_days.get(&used.fingerprint).copied(),
            };
            (*slot, held)
        })
        .collect();
    sheet.valid_from = Some(validity.from);
    sheet.valid_until = Some(validity.until);
    sheet.contact = written(contact);
    sheet.subscriptions = subscriptions.iter().map(ToString::to_string).collect();
}

/// A contact by the paths of our files.
pub(crate) fn contact_fields(contact: &Contact) -> BTreeMap<String, String> {
    written(contact).into_iter().map(|(key, value)| (format!("contact.{key}"), value)).collect()
}

/// A contact by the keys of our files.
fn written(contact: &Contact) -> BTreeMap<String, String> {
    let Contact { first_name, last_name, email, phone } = contact;
    BTreeMap::from([
        ("first_name".to_owned(), first_name.to_string()),
        ("last_name".to_owned(), last_name.to_string()),
        ("email".to_owned(), email.to_string()),
        ("phone".to_owned(), phone.to_string()),
    ])
}
