//! What exists, as one page: cards, what ends when, what waits for whom, and a table with filters, details and history.
//!
//! The table is drawn by the script of the page from a block of data, a part at a time: there may be many thousands.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use minijinja::Value;
use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

use crate::domain::address::Address;
use crate::domain::event::Event;
use crate::domain::value::days_later;
use crate::render::page;
use crate::render::page::PageFault;
use crate::render::page::texts;
use crate::render::status::ends::Ending;
use crate::render::status::model::Party;
use crate::render::status::model::StatusResource;
use crate::render::status::model::Waits;
use crate::render::status::rows::Row;
use crate::render::status::rows::rows;
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
    /// Whether it is the production of Chorus Pro.
    pub(crate) is_production: bool,
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
    /// Technical accounts whose password ends on a day that is not known.
    pub(crate) unknown_passwords: &'a BTreeSet<Address>,
    /// The newest events about each address, the newest first.
    pub(crate) history: &'a BTreeMap<&'a Address, Vec<&'a Event>>,
    /// Who ran each run.
    pub(crate) runners: &'a BTreeMap<&'a str, &'a str>,
}

/// What the script gets.
#[derive(Debug, Serialize)]
struct Data<'a> {
    texts: BTreeMap<&'static str, Cow<'static, str>>,
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
            production => content.is_production,
            made => words::moment(now),
            today => today.to_string(),
            within,
            total => rows.len(),
            statuses => Value::from(Serde(&statuses(&rows))),
            endings => Value::from(Serde(&counted_endings(&rows, today))),
            queues => Value::from(Serde(&queues(resources))),
            timeline => Value::from(Serde(&drawn)),
            whats => timeline::WHATS,
            unknown => content
                .unknown_passwords
                .iter()
                .take(NEXT)
                .map(ToString::to_string)
                .collect::<Vec<_>>(),
            unknown_more => content.unknown_passwords.len().saturating_sub(NEXT),
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
    let words: BTreeSet<&str> = rows.iter().map(word).filter(|word| !word.is_empty()).collect();
    words.into_iter().map(str::to_owned).collect()
}

/// How many have each status, those that need a look first.
fn statuses(rows: &[Row]) -> Vec<Card> {
    let mut counts: BTreeMap<(u8, &str, &'static str), usize> = BTreeMap::new();
    for row in rows {
        let rank = match row.tone {
            "bad" => 0,
            "warn" => 1,
            "ok" => 2,
            _ => 3,
        };
        *counts.entry((rank, &row.status, row.tone)).or_default() += 1;
    }
    let card = |((_, status, tone), count): ((u8, &str, &'static str), usize)| Card {
        word: status.to_owned(),
        count,
        tone,
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
    let mut queues: BTreeMap<Party, Vec<(&StatusResource, &Waits)>> = BTreeMap::new();
    for resource in resources {
        if let Some(waits) = &resource.waiting_for {
            queues.entry(waits.on).or_default().push((resource, waits));
        }
    }
    queues
        .into_iter()
        .map(|(party, mut waiting)| {
            waiting.sort_by_key(|(resource, waits)| {
                (waits.since.is_none(), waits.since, &resource.address)
            });
            let listed = waiting.iter().take(WAITING).map(|(resource, waits)| Waiting {
                address: resource.address.to_string(),
                text: harmless(&waits.text),
                since: waits.since.map(words::moment).unwrap_or_default(),
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
