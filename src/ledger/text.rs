//! The text of a log as events. Pure.

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
    let mut seen = std::collections::BTreeSet::new();
    events.retain(|event| seen.insert(event.id.clone()));
    parsed.events = events;
    Ok(parsed)
}

fn event(text: &[u8], line: usize) -> Result<Event, Fault> {
    let conflict = [b"<<<<<<<", b"=======", b">>>>>>>"].iter().any(|mark| text.starts_with(*mark));
    let unreadable = Fault::Unreadable { line, conflict };
    let Version { v: version } = serde_json::from_slice(text).map_err(|_| unreadable)?;
    if version > VERSION {
        return Err(Fault::Newer { line, version });
    }
    serde_json::from_slice(text).map_err(|_| unreadable)
}

/// The moment of the newest event.
pub(crate) fn newest(events: &[Event]) -> Option<Timestamp> {
    events.iter().map(|event| event.at).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event::What;

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
        assert_eq!(bad("{\"v\":2,\"new\":true}"), Fault::Newer { line: 2, version: 2 });
    }
}
