//! What a log tells about the past: the events that were asked for, and the runs that wrote them. Pure.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::diagnostic::nearest;
use crate::domain::address::Address;
use crate::domain::event::Event;
use crate::domain::event::What;

/// Which events are asked for: those to which all of it applies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// An address, or the first parts of one: `ville`, `ville/edi`.
    pub(crate) address: Option<String>,
    /// How the fingerprint of the run's plan begins.
    pub(crate) plan: Option<String>,
    /// A part of who ran it.
    pub(crate) by: Option<String>,
    /// How the run's id begins.
    pub(crate) run: Option<String>,
    /// The first moment.
    pub(crate) since: Option<Timestamp>,
    /// The first moment after the last.
    pub(crate) until: Option<Timestamp>,
    /// At most so many, the newest.
    pub(crate) limit: Option<usize>,
}

/// The events that were asked for, and their runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct History<'a> {
    /// The events, oldest first.
    pub(crate) events: Vec<&'a Event>,
    /// Their runs, by when they first wrote.
    pub(crate) runs: Vec<Run<'a>>,
}

/// What a log says about one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run<'a> {
    /// Its id.
    pub(crate) id: &'a str,
    /// Its first event; its start, unless the log lost that.
    pub(crate) first: &'a Event,
    /// Its end, when it ended in order.
    pub(crate) end: Option<&'a Event>,
    /// Whether no run of the log began later, so that it may be running still.
    pub(crate) is_latest: bool,
}

/// Chooses from `events`, which are oldest first.
pub(crate) fn history<'a>(events: &'a [Event], filter: &Filter) -> History<'a> {
    let runs = runs(events);
    let asked: BTreeSet<&str> =
        runs.iter().filter(|run| is_asked(run, filter)).map(|run| run.id).collect();
    let about = filter.address.as_deref().map(|address| about(events, address));
    let mut chosen: Vec<&Event> = events
        .iter()
        .enumerate()
        .filter(|(index, event)| {
            asked.contains(&*event.run)
                && filter.since.is_none_or(|since| event.at >= since)
                && filter.until.is_none_or(|until| event.at < until)
                && about.as_ref().is_none_or(|about| about.contains(index))
        })
        .map(|(_, event)| event)
        .collect();
    if let Some(limit) = filter.limit {
        chosen.drain(..chosen.len().saturating_sub(limit));
    }
    let shown: BTreeSet<&str> = chosen.iter().map(|event| event.run.as_str()).collect();
    let runs = runs.into_iter().filter(|run| shown.contains(run.id)).collect();
    History { events: chosen, runs }
}

/// Whether a log tells anything about an address, or about one below the first parts of one.
pub(crate) fn is_known(events: &[Event], asked: &str) -> bool {
    addresses(events).any(|address| is_below(address, asked))
}

/// The address that a log tells about, or as many first parts of one as `asked` has, that is nearest to `asked`.
pub(crate) fn nearest_known(events: &[Event], asked: &str) -> Option<String> {
    let depth = asked.trim_end_matches('/').matches('/').count();
    let names: BTreeSet<String> = addresses(events)
        .map(|address| match depth {
            0 => address.entity().to_owned(),
            1 => format!("{}/{}", address.entity(), address.kind()),
            _ => address.to_string(),
        })
        .collect();
    nearest(asked, names.iter().map(String::as_str)).map(str::to_owned)
}

fn addresses(events: &[Event]) -> impl Iterator<Item = &Address> {
    events.iter().flat_map(|event| event.what.addresses())
}

/// All runs, by when they first wrote.
fn runs(events: &[Event]) -> Vec<Run<'_>> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut runs: Vec<Run<'_>> = Vec::new();
    for event in events {
        let place = *places.entry(&event.run).or_insert_with(|| {
            runs.push(Run { id: &event.run, first: event, end: None, is_latest: false });
            runs.len() - 1
        });
        if matches!(event.what, What::RunEnded { .. }) {
            runs[place].end = Some(event);
        }
    }
    if let Some(latest) = runs.last_mut() {
        latest.is_latest = true;
    }
    runs
}

fn is_asked(run: &Run<'_>, filter: &Filter) -> bool {
    let (plan, by) = match &run.first.what {
        What::RunStarted { plan, by, .. } => (plan.as_str(), by.as_str()),
        _ => ("", ""),
    };
    filter.run.as_deref().is_none_or(|asked| run.id.starts_with(asked))
        && filter.plan.as_deref().is_none_or(|asked| plan.starts_with(asked))
        && filter.by.as_deref().is_none_or(|asked| by.contains(asked))
}

/// The events about an address, by their places, with those under the names that it had before.
fn about(events: &[Event], asked: &str) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    // From the newest on: what a name was before something moved to it is not told by that move.
    let mut former: BTreeSet<&Address> = BTreeSet::new();
    for (index, event) in events.iter().enumerate().rev() {
        let mut addresses = event.what.addresses();
        if !addresses.any(|address| is_below(address, asked) || former.contains(address)) {
            continue;
        }
        found.insert(index);
        if let What::Moved { from, to } = &event.what
            && (former.remove(to) || is_below(to, asked))
        {
            former.insert(from);
        }
    }
    found
}

/// The newest events about each address, at most `limit`, the newest first, with those under the names that it had before.
pub(crate) fn by_address(events: &[Event], limit: usize) -> BTreeMap<&Address, Vec<&Event>> {
    let mut found: BTreeMap<&Address, Vec<&Event>> = BTreeMap::new();
    // From the newest on: an old name stands for the address that has moved away from it since.
    let mut names: BTreeMap<&Address, &Address> = BTreeMap::new();
    for event in events.iter().rev() {
        // A move has two addresses, and is told once, under the new one.
        let Some(address) = event.what.addresses().last() else { continue };
        let named = names.get(address).copied().unwrap_or(address);
        let about = found.entry(named).or_default();
        if about.len() < limit {
            about.push(event);
        }
        if let What::Moved { from, to } = &event.what {
            names.remove(to);
            names.insert(from, named);
        }
    }
    found
}

/// Who ran each run, by its id, as far as its start is in the log.
pub(crate) fn runners(events: &[Event]) -> BTreeMap<&str, &str> {
    events
        .iter()
        .filter_map(|event| match &event.what {
            What::RunStarted { by, .. } => Some((event.run.as_str(), by.as_str())),
            _ => None,
        })
        .collect()
}

/// Whether an address is `asked`, or `asked` is its first part or its first two.
fn is_below(address: &Address, asked: &str) -> bool {
    let asked = asked.trim_end_matches('/');
    let mut parts = asked.split('/');
    parts.next() == Some(address.entity())
        && parts.next().is_none_or(|kind| kind == address.kind().word())
        && parts.next().is_none_or(|key| key == address.key())
        && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(lines: &[&str]) -> Vec<Event> {
        let event = |(second, line): (usize, &&str)| {
            let (run, what) = line.split_once(' ').unwrap();
            let (kind, words) = what.split_once(' ').unwrap_or((what, ""));
            let what = match kind {
                "start" => format!(
                    r#""event":"run_started","environment":"e","by":"{words}","version":"0","plan":"plan-of-{run}""#
                ),
                "end" => r#""event":"run_ended","done":1,"failed":0,"waiting":0"#.to_owned(),
                "move" => {
                    let (from, to) = words.split_once(' ').unwrap();
                    format!(r#""event":"moved","from":"{from}","to":"{to}""#)
                }
                _ => format!(r#""event":"forgotten","address":"{words}""#),
            };
            let head = format!(r#""v":1,"id":"{second}","at":"2026-12-01T00:00:0{second}Z""#);
            serde_json::from_str(&format!(r#"{{{head},"run":"{run}",{what}}}"#)).unwrap()
        };
        lines.iter().enumerate().map(event).collect()
    }

    fn ids(events: &[Event], filter: &Filter) -> String {
        history(events, filter).events.iter().map(|event| event.id.as_str()).collect()
    }

    fn of_address(asked: &str) -> Filter {
        Filter { address: Some(asked.to_owned()), ..Filter::default() }
    }

    #[test]
    fn an_address_has_the_past_of_the_names_it_had() {
        let events = log(&[
            "r forget a/edi/old",
            "r forget a/edi/middle",
            "r move a/edi/old a/edi/middle",
            "r move a/edi/middle b/edi/new",
            "r forget a/edi/old",
            "r forget b/edi/new",
            "r forget b/edi/newer",
        ]);
        assert_eq!(ids(&events, &of_address("b/edi/new")), "0235");
        assert_eq!(ids(&events, &of_address("a/edi/old")), "024");
        assert_eq!(ids(&events, &of_address("b")), "02356");
        assert_eq!(ids(&events, &of_address("b/edi/")), "02356");
        assert_eq!(ids(&events, &of_address("b/api")), "");
    }

    #[test]
    fn every_address_has_its_newest_events_under_each_of_its_names() {
        let events = log(&[
            "r forget a/edi/old",
            "r start camille@atelier",
            "r move a/edi/old a/edi/middle",
            "r move a/edi/middle b/edi/new",
            "r forget a/edi/old",
            "r forget b/edi/new",
        ]);
        let told = |limit| -> Vec<String> {
            let ids = |events: &[&Event]| -> String {
                events.iter().map(|event| event.id.as_str()).collect()
            };
            by_address(&events, limit)
                .into_iter()
                .map(|(address, events)| format!("{address} {}", ids(&events)))
                .collect()
        };
        assert_eq!(told(9), ["a/edi/old 4", "b/edi/new 5320"]);
        assert_eq!(told(2), ["a/edi/old 4", "b/edi/new 53"]);
        assert_eq!(runners(&events)["r"], "camille@atelier");
    }

    #[test]
    fn runs_are_chosen_by_who_plan_and_id_and_events_by_time() {
        let events = log(&[
            "r start camille@atelier",
            "q start alix@bureau",
            "r forget a/edi/x",
            "q forget a/edi/y",
            "r end",
        ]);
        let with = |filter: Filter| ids(&events, &filter);
        assert_eq!(with(Filter::default()), "01234");
        assert_eq!(with(Filter { by: Some("alix".to_owned()), ..Filter::default() }), "13");
        assert_eq!(with(Filter { run: Some("r".to_owned()), ..Filter::default() }), "024");
        assert_eq!(with(Filter { plan: Some("plan-of-q".to_owned()), ..Filter::default() }), "13");
        assert_eq!(with(Filter { limit: Some(2), ..Filter::default() }), "34");
        let at = |text: &str| Some(text.parse().unwrap());
        let (since, until) = (at("2026-12-01T00:00:01Z"), at("2026-12-01T00:00:03Z"));
        assert_eq!(with(Filter { since, until, ..Filter::default() }), "12");
        let history = history(&events, &Filter::default());
        let told: Vec<_> =
            history.runs.iter().map(|run| (run.id, run.end.is_some(), run.is_latest)).collect();
        assert_eq!(told, [("r", true, false), ("q", false, true)]);
    }

    #[test]
    fn an_unknown_address_has_a_nearest_one() {
        let events = log(&["r forget ville/edi/g2b"]);
        let nearest = |asked| nearest_known(&events, asked);
        assert_eq!(nearest("vile").as_deref(), Some("ville"));
        assert_eq!(nearest("ville/edi/g2c").as_deref(), Some("ville/edi/g2b"));
        assert_eq!(nearest("unlike"), None);
        assert!(is_known(&events, "ville/edi") && !is_known(&events, "ville/edi/g2"));
    }
}
