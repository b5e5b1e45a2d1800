//! What exists, as one page: cards, what ends when, what waits for whom, and a table with filters, details and history.
//!
//! The table is drawn by the script of the page from a block of data, a part at a time: there may be many thousands.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use minijinja::Value;
use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::event::Event;
use crate::domain::siret::Siret;
use crate::domain::value::days_later;
use crate::render::history;
use crate::render::page;
use crate::render::page::PageFault;
use crate::render::page::texts;
use crate::render::status::ends::Ending;
use crate::render::status::human::status;
use crate::render::status::model::Party;
use crate::render::status::model::StatusCertificate;
use crate::render::status::model::StatusFormer;
use crate::render::status::model::StatusResource;
use crate::render::status::timeline;
use crate::render::words;
use crate::render::words::harmless;

/// How many rows stand in the page for a browser without JavaScript.
const PLAIN: usize = 500;

/// How many things that wait are listed for each party, those that wait longest first.
const WAITING: usize = 100;

/// How many things that end next are listed.
const NEXT: usize = 50;

/// How many places of one of them.
const PLACES: usize = 3;

/// The times that are counted, in days.
const TIMES: [u32; 3] = [30, 60, 90];

/// What the page is made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Content<'a> {
    /// The environment.
    pub(crate) environment: &'a str,
    /// The moment.
    pub(crate) now: Timestamp,
    /// The day.
    pub(crate) today: Date,
    /// The number of days to which it is narrowed.
    pub(crate) within: Option<u32>,
    /// The resources, by address.
    pub(crate) resources: &'a [StatusResource],
    /// What ends, the earliest first.
    pub(crate) endings: &'a [Ending],
    /// The newest events about each address, the newest first.
    pub(crate) history: &'a BTreeMap<&'a Address, Vec<&'a Event>>,
    /// Who ran each run.
    pub(crate) runners: &'a BTreeMap<&'a str, &'a str>,
}

/// One row of the table, with all that its details show.
#[derive(Debug, Serialize)]
struct Row {
    address: String,
    kind: &'static str,
    name: String,
    siret: String,
    structure: String,
    system: String,
    protocol: String,
    status: String,
    tone: &'static str,
    code: String,
    valid: String,
    certificate: String,
    password: String,
    /// The first day on which something of it ends.
    ends: String,
    subscriptions: Vec<String>,
    certificates: Vec<[String; 3]>,
    waits: String,
    party: &'static str,
    since: String,
    origin: &'static str,
    seen: String,
    seen_by: String,
    former: Vec<[String; 3]>,
    events: Vec<[String; 4]>,
}

/// What the script gets.
#[derive(Debug, Serialize)]
struct Data<'a> {
    texts: BTreeMap<&'static str, &'static str>,
    today: String,
    /// The days that end the times to choose from.
    limits: Vec<(u32, String)>,
    rows: &'a [Row],
}

/// A number on a card, and the filter that it stands for.
#[derive(Debug, Serialize)]
struct Card {
    word: String,
    count: usize,
    tone: &'static str,
}

/// Something that waits.
#[derive(Debug, Serialize)]
struct Waiting {
    address: String,
    text: String,
    since: String,
}

/// All that waits for one party.
#[derive(Debug, Serialize)]
struct Queue {
    party: &'static str,
    count: usize,
    listed: Vec<Waiting>,
}

/// Something that ends next.
#[derive(Debug, Serialize)]
struct Next {
    ends: String,
    over: bool,
    what: &'static str,
    name: String,
    places: Vec<String>,
    more: usize,
}

/// The page.
pub(crate) fn render(content: &Content<'_>) -> Result<String, PageFault> {
    let Content { environment, now, today, within, resources, endings, .. } = *content;
    let rows = rows(content);
    let limits = TIMES.iter().map(|days| (*days, days_later(today, *days).to_string())).collect();
    let data =
        Data { texts: page::table(texts::STATUS), today: today.to_string(), limits, rows: &rows };
    let drawn = timeline::timeline(endings, today);
    let plain = rows.get(..PLAIN).unwrap_or(&rows);
    page::render(
        include_str!("page.html"),
        include_str!("page.js"),
        texts::STATUS,
        context! {
            environment => harmless(environment),
            made => words::moment(now),
            version => env!("CARGO_PKG_VERSION"),
            today => today.to_string(),
            within,
            total => rows.len(),
            statuses => Value::from(Serde(&statuses(&rows))),
            endings => Value::from(Serde(&counted_endings(&rows, today))),
            queues => Value::from(Serde(&queues(resources))),
            timeline => Value::from(Serde(&drawn)),
            whats => timeline::WHATS,
            next => Value::from(Serde(&next(endings, today))),
            systems => words_of(&rows, |row| &row.system),
            protocols => words_of(&rows, |row| &row.protocol),
            kinds => words_of(&rows, |row| row.kind),
            plain => Value::from(Serde(&plain)),
            data => page::data(&data)?,
        },
    )
}

/// The words that a column has, each once.
fn words_of<'a>(rows: &'a [Row], word: impl Fn(&'a Row) -> &'a str) -> Vec<String> {
    let words: std::collections::BTreeSet<&str> =
        rows.iter().map(word).filter(|word| !word.is_empty()).collect();
    words.into_iter().map(str::to_owned).collect()
}

fn rows(content: &Content<'_>) -> Vec<Row> {
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
        status: harmless(status(resource)),
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
        origin: resource.provenance.map(|origin| origin.word()).unwrap_or_default(),
        seen: moment(resource.observed_at),
        seen_by: text(&resource.confirmed_by),
        former: resource.former.iter().map(former).collect(),
        events: Vec::new(),
    }
}

fn certificate(certificate: &StatusCertificate) -> [String; 3] {
    let StatusCertificate { slot, sha256, not_after } = certificate;
    let until = not_after.map(|day| day.to_string()).unwrap_or_default();
    [slot.clone(), harmless(sha256), until]
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
            Some([words::moment(event.at), word.to_owned(), harmless(&details), harmless(by)])
        })
        .collect()
}

/// How a status is to be looked at. The word always stands beside it.
fn tone(status: &str) -> &'static str {
    match status {
        "Actif" | "declared" => "ok",
        "Erreur" | "Partielle" | "absent" => "bad",
        "En cours" | "Brouillon" | "unknown" => "warn",
        _ => "none",
    }
}

/// How many have each status, those that need a look first.
fn statuses(rows: &[Row]) -> Vec<Card> {
    let mut counts: BTreeMap<(u8, &str), usize> = BTreeMap::new();
    for row in rows {
        let rank = match row.tone {
            "bad" => 0,
            "warn" => 1,
            "ok" => 2,
            _ => 3,
        };
        *counts.entry((rank, &row.status)).or_default() += 1;
    }
    let card = |((_, status), count): ((u8, &str), usize)| Card {
        word: status.to_owned(),
        count,
        tone: tone(status),
    };
    counts.into_iter().map(card).collect()
}

/// How many resources have something that has ended, or ends within each time.
fn counted_endings(rows: &[Row], today: Date) -> Vec<Card> {
    // Days are written so that they sort.
    let count = |fits: &dyn Fn(&str) -> bool| {
        rows.iter().filter(|row| !row.ends.is_empty() && fits(&row.ends)).count()
    };
    let from = today.to_string();
    let ended = count(&|day| day < from.as_str());
    let mut cards = vec![Card {
        word: "over".to_owned(),
        count: ended,
        tone: if ended > 0 { "bad" } else { "none" },
    }];
    for days in TIMES {
        let until = days_later(today, days).to_string();
        let count = count(&|day| day >= from.as_str() && day <= until.as_str());
        let tone = if count > 0 { "warn" } else { "none" };
        cards.push(Card { word: days.to_string(), count, tone });
    }
    cards
}

/// What waits, by party, the longest waiting first; where that is not known, last.
fn queues(resources: &[StatusResource]) -> Vec<Queue> {
    let mut queues: BTreeMap<Party, Vec<(Option<Timestamp>, &StatusResource, &str)>> =
        BTreeMap::new();
    for resource in resources {
        if let Some(waits) = &resource.waiting_for {
            let waiting = (waits.since, resource, waits.text.as_str());
            queues.entry(waits.on).or_default().push(waiting);
        }
    }
    queues
        .into_iter()
        .map(|(party, mut waiting)| {
            waiting
                .sort_by_key(|(since, resource, _)| (since.is_none(), *since, &resource.address));
            let listed = waiting.iter().take(WAITING).map(|(since, resource, text)| Waiting {
                address: resource.address.to_string(),
                text: harmless(text),
                since: since.map(words::moment).unwrap_or_default(),
            });
            Queue { party: party.word(), count: waiting.len(), listed: listed.collect() }
        })
        .collect()
}

/// The first things that end.
fn next(endings: &[Ending], today: Date) -> Vec<Next> {
    let endings = endings.iter().take(NEXT);
    endings
        .map(|ending| {
            let places = ending.places.iter().take(PLACES).map(|place| match &place.slot {
                Some(slot) => format!("{} {slot}", place.address),
                None => place.address.to_string(),
            });
            Next {
                ends: ending.ends.to_string(),
                over: ending.ends < today,
                what: ending.what,
                name: harmless(&ending.name),
                places: places.collect(),
                more: ending.places.len().saturating_sub(PLACES),
            }
        })
        .collect()
}
