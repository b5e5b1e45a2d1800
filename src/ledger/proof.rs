//! Holds what a report says of a run against the ledger. Pure.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::Timestamp;
use sha2::Digest as _;
use sha2::Sha256;

use crate::domain::address::Address;
use crate::domain::event::Effect;
use crate::domain::event::Event;
use crate::domain::event::What;
use crate::domain::seen::Seen;
use crate::ledger::compact::compact;

/// The events of a run, in the order of the ledger.
pub(crate) fn of_run<'a>(events: &'a [Event], run: &str) -> Vec<&'a Event> {
    events.iter().filter(|event| event.run == run).collect()
}

/// An event as its line in a ledger file, without the line end.
pub(crate) fn line(event: &Event) -> serde_json::Result<String> {
    serde_json::to_string(event)
}

/// SHA-256 over a text, in hexadecimal digits.
pub(crate) fn sha256(text: &str) -> String {
    format!("{:x}", Sha256::digest(text.as_bytes()))
}

/// SHA-256 over lines, each with its line end, in hexadecimal digits.
pub(crate) fn sha256_of_lines<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for line in lines {
        hash.update(line.as_bytes());
        hash.update(b"\n");
    }
    format!("{:x}", hash.finalize())
}

/// How the events that a report counts on stand in the ledger.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing<'a> {
    /// The ledger says the same.
    pub(crate) same: usize,
    /// The ledger says something else under the same id.
    pub(crate) other: Vec<&'a Event>,
    /// Not in the ledger, and no compaction can have left them away.
    pub(crate) missing: Vec<&'a Event>,
    /// Not in the ledger, which may have been compacted.
    pub(crate) compacted: Vec<&'a Event>,
    /// In the ledger, of this run, and not in the report.
    pub(crate) unreported: Vec<&'a Event>,
    /// In the ledger, later, about an address of the run.
    pub(crate) since: Vec<&'a Event>,
}

/// Holds the events of a run, as a report has them, against all events of a ledger, oldest first.
pub(crate) fn hold<'a>(run: &str, counted: &'a [Event], ledger: &'a [Event]) -> Standing<'a> {
    let mut standing = Standing::default();
    let there: BTreeMap<&str, &Event> =
        ledger.iter().map(|event| (event.id.as_str(), event)).collect();
    let mut absent = Vec::new();
    for event in counted {
        match there.get(event.id.as_str()) {
            Some(found) if *found == event => standing.same += 1,
            Some(_) => standing.other.push(event),
            None => absent.push(event),
        }
    }
    let last = counted.iter().map(|event| event.at).max();
    // Compaction keeps the beginning and the end of a run as long as it keeps anything of it.
    let remains = ledger.iter().any(|event| event.run == run);
    let lost = remains && absent.iter().any(|event| is_of_run(event));
    let may_be_compacted = last.is_some_and(|last| looks_compacted(ledger, last));
    if !lost && may_be_compacted {
        standing.compacted = absent;
    } else {
        standing.missing = absent;
    }
    let told: BTreeSet<&str> = counted.iter().map(|event| event.id.as_str()).collect();
    let of_run = ledger.iter().filter(|event| event.run == run);
    standing.unreported = of_run.filter(|event| !told.contains(event.id.as_str())).collect();
    let addresses: BTreeSet<&Address> =
        counted.iter().flat_map(|event| event.what.addresses()).collect();
    let is_later = |event: &&Event| {
        event.run != run
            && last.is_some_and(|last| event.at > last)
            && event.what.addresses().any(|address| addresses.contains(address))
    };
    standing.since = ledger.iter().filter(is_later).collect();
    standing
}

/// Whether an event is about a run or a wave, and about no address.
fn is_of_run(event: &Event) -> bool {
    event.what.addresses().next().is_none()
}

/// Whether a compaction would leave a ledger as it is up to a moment: then there may have been one.
///
/// What a compaction drops of the beginning of a ledger, it drops of the whole too, since later events rest on what is known and not
/// on how that came.
fn looks_compacted(ledger: &[Event], until: Timestamp) -> bool {
    let before: Vec<Event> = ledger.iter().filter(|event| event.at <= until).cloned().collect();
    let count = |events: &[Event]| events.iter().filter(|event| !is_of_run(event)).count();
    let all = count(&before);
    count(&compact(before)) == all
}

/// Whether an event says that an address has an application code.
pub(crate) fn tells_code(event: &Event, address: &str, code: &str) -> bool {
    let is_code = |told: &Option<String>| told.as_deref() == Some(code);
    let tells = match &event.what {
        What::Succeeded { effect: Effect::Created { code, .. }, .. } => is_code(code),
        What::Settled { application_code, .. } | What::Adopted { application_code, .. } => {
            is_code(application_code)
        }
        What::Confirmed { seen: Some(seen), .. } => seen_code(seen) == Some(code),
        _ => false,
    };
    tells && event.what.addresses().any(|told| told.to_string() == address)
}

fn seen_code(seen: &Seen) -> Option<&str> {
    match seen {
        Seen::Edi(sheet) => sheet.application_code.as_deref(),
        Seen::Api(sheet) => sheet.application_code.as_deref(),
        Seen::Account(_) | Seen::Client { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ledger::arbitrary;
    use crate::ledger::arbitrary::Teller;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn compaction_is_never_taken_for_a_loss_and_a_change_always_told(
            (past, later) in (arbitrary::log(), arbitrary::log()),
            pick in any::<prop::sample::Index>(),
        ) {
            let mut past_teller = Teller::named("past");
            let counted = past_teller.tell(past);
            let run = counted.first().map(|event| event.run.clone()).unwrap_or_default();
            let mut ledger = counted.clone();
            let later = Teller::named("later").tell(later).into_iter();
            ledger.extend(later.map(|event| Event { run: format!("later-{}", event.run), ..event }));
            ledger.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
            let mine: Vec<Event> = of_run(&counted, &run).into_iter().cloned().collect();
            let whole = hold(&run, &mine, &ledger);
            prop_assert_eq!(whole.same, mine.len());
            prop_assert!(whole.other.is_empty() && whole.missing.is_empty());
            prop_assert!(whole.compacted.is_empty() && whole.unreported.is_empty());
            let compacted = compact(ledger.clone());
            let held = hold(&run, &mine, &compacted);
            prop_assert!(held.missing.is_empty() && held.other.is_empty(), "{:?}", held.missing);
            prop_assert_eq!(held.same + held.compacted.len(), mine.len());
            if !mine.is_empty() {
                let chosen = pick.index(mine.len());
                let mut fewer = mine.clone();
                let left_out = fewer.remove(chosen);
                prop_assert_eq!(hold(&run, &fewer, &ledger).unreported, vec![&left_out]);
                let mut changed = ledger.clone();
                let there = changed.iter_mut().find(|event| event.id == left_out.id).unwrap();
                there.what = What::RunEnded { done: 99, failed: 99, waiting: 99 };
                prop_assert_eq!(hold(&run, &mine, &changed).other, vec![&left_out]);
            }
        }
    }
}
