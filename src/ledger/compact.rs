//! A shorter log that folds to the same. Pure.
//!
//! Events stay as they were written or go; none is made. Which ones go is not told by rules of their own, which could differ
//! from those of the fold: an event goes when the fold without it comes to the same.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::domain::address::Address;
use crate::domain::applied::AppliedLog;
use crate::domain::event::Event;
use crate::domain::event::What;
use crate::domain::known::Known;
use crate::domain::value::Fingerprint;

/// Both folds of a log: what plans rest on, and what tells who changed what.
#[derive(Clone, Default)]
struct Folds {
    known: Known,
    applied: AppliedLog,
}

impl Folds {
    fn record(&mut self, event: &Event) {
        self.known.record(event);
        self.applied.record(event);
    }

    fn differs(&self, other: &Self) -> bool {
        self.known.addresses != other.known.addresses
            || self.known.proven != other.known.proven
            || self.applied != other.applied
    }
}

/// Drops the events that no fold needs; `events` are oldest first, and so is the result.
///
/// What later events make of the result is what they would make of all, since the fold is the whole of what the past
/// tells them. The beginning and the end of a run stay with the first event of it that stays.
pub(crate) fn compact(events: Vec<Event>) -> Vec<Event> {
    let pinned = last_words(&events);
    let mut kept: BTreeSet<usize> = BTreeSet::new();
    for mut group in groups(&events) {
        // What went may leave others without a purpose.
        loop {
            let before = group.len();
            group = without_needless(&events, &group, &pinned);
            if group.len() == before {
                break;
            }
        }
        kept.extend(group);
    }
    let runs: BTreeSet<&str> = kept.iter().map(|index| events[*index].run.as_str()).collect();
    let of_runs: Vec<usize> = (0..events.len())
        .filter(|index| is_of_run(&events[*index].what) && runs.contains(&*events[*index].run))
        .collect();
    kept.extend(of_runs);
    let events = events.into_iter().enumerate();
    events.filter(|(index, _)| kept.contains(index)).map(|(_, event)| event).collect()
}

/// Whether an event only says that a run or a wave of it began or ended.
fn is_of_run(what: &What) -> bool {
    matches!(
        what,
        What::RunStarted { .. }
            | What::RunEnded { .. }
            | What::WaveStarted { .. }
            | What::WaveEnded { .. }
    )
}

/// The last event to tell each certificate: what is known of them is one list for all addresses.
fn last_words(events: &[Event]) -> BTreeSet<usize> {
    let mut last: BTreeMap<&Fingerprint, usize> = BTreeMap::new();
    for (index, event) in events.iter().enumerate() {
        last.extend(event.what.certificates().map(|(_, facts)| (&facts.sha256, index)));
    }
    last.into_values().collect()
}

/// The events of each address, with those of the addresses that a move ties to it. No event of one group says anything
/// about another.
fn groups(events: &[Event]) -> Vec<Vec<usize>> {
    let mut numbers: BTreeMap<&Address, usize> = BTreeMap::new();
    let mut above: Vec<usize> = Vec::new();
    for event in events {
        let mut first = None;
        for address in event.what.addresses() {
            let number = *numbers.entry(address).or_insert_with(|| {
                above.push(above.len());
                above.len() - 1
            });
            let top = top(&above, number);
            // The smaller number becomes the top, so a walk upwards ends.
            if let Some(other) = first.replace(top) {
                above[top.max(other)] = top.min(other);
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, event) in events.iter().enumerate() {
        if let Some(number) = event.what.addresses().next().and_then(|first| numbers.get(first)) {
            groups.entry(top(&above, *number)).or_default().push(index);
        }
    }
    groups.into_values().collect()
}

/// The number that stands for all that are tied to `number`.
fn top(above: &[usize], mut number: usize) -> usize {
    while above[number] != number {
        number = above[number];
    }
    number
}

/// One round, oldest first: of several events that come to the same, the newest stays.
fn without_needless(events: &[Event], group: &[usize], pinned: &BTreeSet<usize>) -> Vec<usize> {
    let mut known = Folds::default();
    let mut kept = Vec::new();
    for (position, index) in group.iter().enumerate() {
        let rest = group[position..].iter().map(|index| &events[*index]);
        if pinned.contains(index) || !is_needless(&known, rest) {
            known.record(&events[*index]);
            kept.push(*index);
        }
    }
    kept
}

/// Whether the fold of `rest` over `known` comes to the same without the first of them.
fn is_needless<'a>(known: &Folds, mut rest: impl Iterator<Item = &'a Event>) -> bool {
    let (mut with, mut without) = (known.clone(), known.clone());
    let Some(first) = rest.next() else { return false };
    with.record(first);
    // Most folds meet again after a few events, and are the same from there on.
    while with.differs(&without) {
        let Some(event) = rest.next() else { return false };
        with.record(event);
        without.record(event);
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ledger::arbitrary;
    use crate::ledger::arbitrary::Teller;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_stays_folds_to_the_same_now_and_later(
            (past, future) in (arbitrary::log(), arbitrary::log()),
        ) {
            let mut teller = Teller::default();
            let past = teller.tell(past);
            let future = teller.tell(future);
            let kept = compact(past.clone());
            prop_assert_eq!(Known::fold(&kept), Known::fold(&past));
            prop_assert_eq!(AppliedLog::fold(&kept), AppliedLog::fold(&past));
            prop_assert_eq!(
                Known::fold(kept.iter().chain(&future)),
                Known::fold(past.iter().chain(&future))
            );
            prop_assert_eq!(
                AppliedLog::fold(kept.iter().chain(&future)),
                AppliedLog::fold(past.iter().chain(&future))
            );
            prop_assert_eq!(compact(kept.clone()), kept.clone());
            let mut all = past.iter();
            prop_assert!(kept.iter().all(|event| all.any(|one| one == event)), "only what was there, in order");
        }
    }

    fn words(lines: &[&str]) -> Vec<String> {
        let events = lines
            .iter()
            .enumerate()
            .map(|(second, line)| {
                let head =
                    format!(r#""v":1,"id":"{second:02}","at":"2026-12-01T00:00:{second:02}Z""#);
                serde_json::from_str(&format!("{{{head},{line}}}")).unwrap()
            })
            .collect();
        compact(events).into_iter().map(|event| event.id).collect()
    }

    #[test]
    fn what_came_to_nothing_goes_with_its_run() {
        let start = r#""event":"run_started","environment":"e","by":"b","version":"0","plan":"p""#;
        let end = r#""event":"run_ended","done":0,"failed":1,"waiting":0"#;
        let making =
            r#"{"structure":"12345678200010","name":"n","declared_name":"n","generation":1}"#;
        let intended = format!(
            r#""event":"intended","address":"a/edi/b","step":"s","does":"create","target":null,"making":{making}"#
        );
        let refused =
            r#""event":"failed","address":"a/edi/b","step":"s","error":"no","ambiguous":false"#;
        let created = format!(
            r#""event":"succeeded","address":"a/edi/b","step":"s","effect":{{"did":"created","target":"E","code":null,"making":{making}}}"#
        );
        let of = |run: &str, what: &str| format!(r#""run":"{run}",{what}"#);
        let lines = [
            of("r", start),
            of("r", &intended),
            of("r", refused),
            of("r", end),
            of("q", start),
            of("q", &intended),
            of("q", &created),
        ];
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        assert_eq!(words(&lines), ["04", "06"], "the success, and the start of its run");
        assert_eq!(words(&lines[..6]), ["04", "05"], "a creation in doubt");
        // Nothing is left of it but that the address was seen.
        assert_eq!(words(&lines[..4]), ["00", "02", "03"]);
    }
}
