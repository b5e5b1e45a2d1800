//! The rows of the page: each resource in words, with all that its details show.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::siret::Siret;
use crate::render::history;
use crate::render::status::html::Content;
use crate::render::status::human::said;
use crate::render::status::human::status;
use crate::render::status::model::Origin;
use crate::render::status::model::StatusCertificate;
use crate::render::status::model::StatusFormer;
use crate::render::status::model::StatusResource;
use crate::render::words;
use crate::render::words::harmless;

/// One row of the table, with all that its details show.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    /// Its address.
    pub(super) address: String,
    /// Its kind, as a word of addresses.
    pub(super) kind: &'static str,
    /// Its name.
    pub(super) name: String,
    /// SIRET of its structure.
    pub(super) siret: String,
    /// Name of its structure.
    pub(super) structure: String,
    /// Its exchange system.
    pub(super) system: String,
    /// Its protocol.
    pub(super) protocol: String,
    /// The word for its status.
    pub(super) status: String,
    /// How its status is to be looked at.
    pub(super) tone: &'static str,
    /// Its application code.
    pub(super) code: String,
    /// Its last day of validity.
    pub(super) valid: String,
    /// The first day on which a certificate of it ends.
    pub(super) certificate: String,
    /// When its password ends.
    pub(super) password: String,
    /// The first day on which something of it ends.
    pub(super) ends: String,
    /// Its interface codes.
    pub(super) subscriptions: Vec<String>,
    /// Slot, fingerprint and last day of each certificate.
    pub(super) certificates: Vec<[String; 3]>,
    /// What it waits for.
    pub(super) waits: String,
    /// Who it waits for.
    pub(super) party: &'static str,
    /// Since when.
    pub(super) since: String,
    /// Where it is known from.
    pub(super) origin: &'static str,
    /// When it was seen.
    pub(super) seen: String,
    /// Who saw it.
    pub(super) seen_by: String,
    /// Name, status and application code of each former sheet.
    pub(super) former: Vec<[String; 3]>,
    /// When, what, its details, and who ran it: the newest first.
    pub(super) events: Vec<[String; 4]>,
}

/// All rows, by address.
pub(super) fn rows(content: &Content<'_>) -> Vec<Row> {
    let structures: BTreeMap<Siret, &str> = content
        .resources
        .iter()
        .filter(|resource| resource.address.kind() == Kind::Structure)
        .filter_map(|resource| Some((resource.structure?, resource.name.as_deref()?)))
        .collect();
    let mut first: BTreeMap<&Address, Date> = BTreeMap::new();
    let mut certificates: BTreeMap<&Address, Date> = BTreeMap::new();
    for ending in content.endings {
        for place in &ending.places {
            // The earliest comes first.
            first.entry(&place.address).or_insert(ending.ends);
            if ending.what == "certificate" {
                certificates.entry(&place.address).or_insert(ending.ends);
            }
        }
    }
    let day = |days: &BTreeMap<&Address, Date>, address: &Address| {
        days.get(address).map(ToString::to_string).unwrap_or_default()
    };
    content
        .resources
        .iter()
        .map(|resource| {
            let address = &resource.address;
            Row {
                ends: day(&first, address),
                certificate: day(&certificates, address),
                structure: resource
                    .structure
                    .and_then(|siret| structures.get(&siret))
                    .map(|name| harmless(name))
                    .unwrap_or_default(),
                events: events(content, address),
                ..row(resource)
            }
        })
        .collect()
}

/// What one resource tells of itself.
fn row(resource: &StatusResource) -> Row {
    let text = |text: &Option<String>| harmless(text.as_deref().unwrap_or_default());
    let moment = |at: Option<Timestamp>| at.map(words::moment).unwrap_or_default();
    let waits = resource.waiting_for.as_ref();
    Row {
        address: resource.address.to_string(),
        kind: resource.address.kind().word(),
        name: text(&resource.name),
        siret: resource.structure.map(|siret| siret.to_string()).unwrap_or_default(),
        structure: String::new(),
        system: text(&resource.exchange_system),
        protocol: text(&resource.protocol),
        status: said(status(resource)),
        tone: tone(status(resource)),
        code: text(&resource.application_code),
        valid: resource.valid_until.map(|day| day.to_string()).unwrap_or_default(),
        certificate: String::new(),
        password: moment(resource.password_expires_at),
        ends: String::new(),
        subscriptions: resource.subscriptions.iter().map(|code| harmless(code)).collect(),
        certificates: resource.certificates.iter().map(certificate).collect(),
        waits: waits.map(|waits| harmless(&waits.text)).unwrap_or_default(),
        party: waits.map(|waits| waits.on.word()).unwrap_or_default(),
        since: moment(waits.and_then(|waits| waits.since)),
        origin: resource.provenance.map(Origin::word).unwrap_or_default(),
        seen: moment(resource.observed_at),
        seen_by: text(&resource.confirmed_by),
        former: resource.former.iter().map(former).collect(),
        events: Vec::new(),
    }
}

fn certificate(certificate: &StatusCertificate) -> [String; 3] {
    let StatusCertificate { slot, sha256, not_after } = certificate;
    let until = not_after.map(|day| day.to_string()).unwrap_or_default();
    [words::slot(slot), harmless(sha256), until]
}

fn former(former: &StatusFormer) -> [String; 3] {
    let StatusFormer { name, status, application_code } = former;
    let text = |text: &Option<String>| harmless(text.as_deref().unwrap_or_default());
    [harmless(name), text(status), text(application_code)]
}

/// When, what, its details, and who ran it.
fn events(content: &Content<'_>, address: &Address) -> Vec<[String; 4]> {
    let events = content.history.get(address).into_iter().flatten();
    events
        .filter_map(|event| {
            let (word, _, details) = history::human::told(event)?;
            let by = content.runners.get(&*event.run).copied().unwrap_or_default();
            Some([words::moment(event.at), word, harmless(&details), harmless(by)])
        })
        .collect()
}

/// How a status is to be looked at. The word always stands beside it.
pub(super) fn tone(status: &str) -> &'static str {
    match status {
        "Actif" | "declared" => "ok",
        "Erreur" | "Partielle" | "absent" => "bad",
        "En cours" | "Brouillon" | "unknown" => "warn",
        _ => "none",
    }
}
