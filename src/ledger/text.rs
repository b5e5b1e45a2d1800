//! The text of a log as events. Pure.

use std::collections::HashSet;

use jiff::Timestamp;
use serde::Deserialize;

use crate::domain::event::Event;
use crate::domain::event::VERSION;

/// Why a log cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A line that is no event, counted from 1.
    Unreadable {
        /// The line.
        line: usize,
        /// Whether it is the mark of a merge that was not finished.
        conflict: bool,
    },
    /// An event of a format that is newer than this program.
    Newer {
        /// The line.
        line: usize,
        /// Its version.
        version: u32,
    },
}

/// A log that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// Its events, oldest first, each once.
    pub(crate) events: Vec<Event>,
    /// Where the last whole line ends, in bytes.
    pub(crate) whole: usize,
    /// Whether the last line was cut off: the bytes after `whole` are no event.
    pub(crate) torn: bool,
    /// Whether the last line is an event without its line break.
    pub(crate) unfinished: bool,
}

/// Only the version of a line, which every format has.
#[derive(Deserialize)]
struct Version {
    v: u32,
}

/// Reads a log.
///
/// Two logs that git merged line by line (`merge=union`) hold events out of order and perhaps twice: each is kept once, by
/// its id, in the order of time. A last line without its line break that is no event was torn by a crash; its
/// writing was never confirmed, so nothing relied on it.
pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, Fault> {
    let mut events: Vec<Event> = Vec::new();
    let mut parsed = Parsed { events: Vec::new(), whole: 0, torn: false, unfinished: false };
    for (index, piece) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let line = index + 1;
        let finished = piece.ends_with(b"\n");
        let text = piece.strip_prefix(b"\xef\xbb\xbf").unwrap_or(piece).trim_ascii();
        if text.is_empty() {
            parsed.whole += piece.len();
            continue;
        }
        match event(text, line) {
            Ok(event) => {
                events.push(event);
                parsed.whole += piece.len();
                parsed.unfinished = !finished;
            }
            Err(Fault::Unreadable { .. }) if !finished => parsed.torn = true,
            Err(fault) => return Err(fault),
        }
    }
    events.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    drop_repeated(&mut events);
    parsed.events = events;
    Ok(parsed)
}

/// Leaves each event once, by its id.
fn drop_repeated(events: &mut Vec<Event>) {
    let mut seen = HashSet::with_capacity(events.len());
    let is_first: Vec<bool> = events.iter().map(|event| seen.insert(event.id.as_str())).collect();
    drop(seen);
    let mut is_first = is_first.into_iter();
    events.retain(|_| is_first.next().unwrap_or(true));
}

fn event(text: &[u8], line: usize) -> Result<Event, Fault> {
    let conflict = [b"<<<<<<<", b"=======", b">>>>>>>"].iter().any(|mark| text.starts_with(*mark));
    let unreadable = Fault::Unreadable { line, conflict };
    let read = serde_json::from_slice::<Event>(text);
    // A newer event may have another form, or the same: its version alone tells.
    let version = match &read {
        Ok(event) => event.v,
        Err(_) => serde_json::from_slice::<Version>(text).map_err(|_| unreadable)?.v,
    };
    if version > VERSION {
        return Err(Fault::Newer { line, version });
    }
    read.map_err(|_| unreadable)
}

/// Events as the text of a log.
pub(crate) fn write(events: &[Event]) -> serde_json::Result<Vec<u8>> {
    let mut text = Vec::new();
    for event in events {
        serde_json::to_writer(&mut text, event)?;
        text.push(b'\n');
    }
    Ok(text)
}

/// The moment of the newest event.
pub(crate) fn newest(events: &[Event]) -> Option<Timestamp> {
    events.iter().map(|event| event.at).max()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::event::What;
    use crate::domain::known::Known;
    use crate::ledger::arbitrary;
    use crate::ledger::arbitrary::Teller;

    /// Lines as `merge=union` may leave them: `turns` says whose line comes next, and whether it comes twice.
    fn interleaved(ours: &[Event], theirs: &[Event], turns: &[(bool, bool)]) -> String {
        let (mut ours, mut theirs) = (ours.iter(), theirs.iter());
        let mut turns = turns.iter();
        let mut text = String::new();
        loop {
            let (is_ours, twice) = turns.next().copied().unwrap_or_default();
            let (first, second) =
                if is_ours { (&mut ours, &mut theirs) } else { (&mut theirs, &mut ours) };
            let Some(event) = first.next().or_else(|| second.next()) else { return text };
            for _ in 0..=usize::from(twice) {
                text += &(serde_json::to_string(event).unwrap() + "\n");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn how_git_interleaved_two_logs_changes_nothing(
            (base, ours, theirs) in (arbitrary::log(), arbitrary::log(), arbitrary::log()),
            turns in proptest::collection::vec((any::<bool>(), any::<bool>()), 0..100),
        ) {
            let base = Teller::named("base").tell(base);
            // Both branches begin with what was there before they parted.
            let ours: Vec<Event> = base.iter().cloned().chain(Teller::named("ours").tell(ours)).collect();
            let theirs: Vec<Event> = base.into_iter().chain(Teller::named("theirs").tell(theirs)).collect();
            let plain = parse(interleaved(&ours, &theirs, &[]).as_bytes()).unwrap().events;
            let merged = parse(interleaved(&ours, &theirs, &turns).as_bytes()).unwrap().events;
            let mut in_time: Vec<&Event> = ours.iter().chain(&theirs).collect();
            in_time.sort_by_key(|event| (event.at, &event.id));
            in_time.dedup();
            prop_assert_eq!(Known::fold(&merged), Known::fold(in_time));
            prop_assert_eq!(merged, plain);
        }
    }

    fn line(id: &str, at: &str) -> String {
        let event = Event {
            v: VERSION,
            id: id.to_owned(),
            at: at.parse().unwrap(),
            run: "r".to_owned(),
            what: What::RunEnded { done: 1, failed: 0, waiting: 0 },
        };
        format!("{}\n", serde_json::to_string(&event).unwrap())
    }

    fn ids(parsed: &Parsed) -> Vec<&str> {
        parsed.events.iter().map(|event| event.id.as_str()).collect()
    }

    #[test]
    fn merged_logs_are_read_in_order_and_once() {
        let (a, b, c) = (
            line("a", "2026-01-01T00:00:00Z"),
            line("b", "2026-01-01T00:00:00Z"),
            line("c", "2025-01-01T00:00:00Z"),
        );
        let parsed = parse(format!("\u{feff}{b}{a}\r\n\n{c}{b}").as_bytes()).unwrap();
        assert_eq!(ids(&parsed), ["c", "a", "b"]);
        assert!(!parsed.torn);
    }

    #[test]
    fn a_line_cut_anywhere_is_torn_and_the_rest_is_kept() {
        let first = line("a", "2026-01-01T00:00:00Z");
        let second = line("b", "2026-01-02T00:00:00Z");
        for cut in 1..second.len() {
            let text = format!("{first}{}", &second[..cut]);
            let parsed = parse(text.as_bytes()).unwrap();
            if cut == second.len() - 1 {
                assert!(parsed.unfinished && !parsed.torn, "only the line break is missing");
                assert_eq!(ids(&parsed), ["a", "b"]);
            } else {
                assert!(parsed.torn, "{cut}");
                assert_eq!((ids(&parsed), parsed.whole), (vec!["a"], first.len()));
            }
        }
        assert!(parse(format!("{first}\0\0\0").as_bytes()).unwrap().torn);
    }

    #[test]
    fn a_bad_line_in_the_middle_is_told_by_its_number() {
        let good = line("a", "2026-01-01T00:00:00Z");
        let bad = |middle: &str| parse(format!("{good}{middle}\n{good}").as_bytes()).unwrap_err();
        assert_eq!(bad("{\"v\":1}"), Fault::Unreadable { line: 2, conflict: false });
        assert_eq!(bad("<<<<<<< ours"), Fault::Unreadable { line: 2, conflict: true });
        assert_eq!(bad("{\"v\":4,\"new\":true}"), Fault::Newer { line: 2, version: 4 });
    }
}
