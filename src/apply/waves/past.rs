//! Which wave earlier runs were in, told by the ledger.

use crate::domain::event::Event;
use crate::domain::event::What;

/// The wave that the last run with waves was in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Past {
    /// What was asked for.
    pub(crate) waves: String,
    /// Identifies what the waves were cut from.
    pub(crate) basis: String,
    /// Its number.
    pub(crate) wave: usize,
    /// How many entities it had when it was cut.
    pub(crate) entities: usize,
    /// How many entities there were in all.
    pub(crate) total: usize,
    /// Its last entity.
    pub(crate) last: String,
    /// The last entity of the wave before it.
    pub(crate) before: Option<String>,
}

impl Past {
    /// The wave that is to go on; none when the last wave of all has ended, or when a run without waves changed something
    /// since.
    pub(crate) fn of<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Self> {
        let mut past: Option<(Self, &str)> = None;
        for event in events {
            match &event.what {
                What::WaveStarted { waves, basis, wave, of: _, entities, total, last } => {
                    let former = past.take().map(|(past, _)| past);
                    let former = former.filter(|past| past.waves == *waves && past.basis == *basis);
                    let before = former.and_then(|past| {
                        if past.wave < *wave { Some(past.last) } else { past.before }
                    });
                    let (waves, basis, last) = (waves.clone(), basis.clone(), last.clone());
                    let (wave, entities, total) = (*wave, *entities, *total);
                    let now = Self { waves, basis, wave, entities, total, last, before };
                    past = Some((now, &event.run));
                }
                What::WaveEnded { wave, of, .. } if wave == of => past = None,
                What::Intended { .. } => past = past.filter(|(_, run)| *run == event.run),
                _ => {}
            }
        }
        past.map(|(past, _)| past)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(run: &str, what: What) -> Event {
        let at = "2026-12-01T10:00:00Z".parse().unwrap();
        Event { v: what.version(), id: "1".to_owned(), at, run: run.to_owned(), what }
    }

    fn began(run: &str, wave: usize, last: &str) -> Event {
        let what = What::WaveStarted {
            waves: "1,*".to_owned(),
            basis: "b".to_owned(),
            wave,
            of: 2,
            entities: 1,
            total: 3,
            last: last.to_owned(),
        };
        event(run, what)
    }

    fn ended(run: &str, wave: usize) -> Event {
        event(run, What::WaveEnded { wave, of: 2, done: 1, failed: 0, waiting: 0 })
    }

    fn sends(run: &str) -> Event {
        let (address, step) = ("a/edi/x".parse().unwrap(), "s".to_owned());
        let does = "create".to_owned();
        event(run, What::Intended { address, step, does, target: None, making: None })
    }

    #[test]
    fn a_wave_that_did_not_end_goes_on() {
        let log = [began("r", 1, "a"), ended("r", 1), began("r", 2, "c"), sends("r")];
        let past = Past::of(&log).unwrap();
        assert_eq!((past.wave, past.before.as_deref()), (2, Some("a")));
        // Going on writes it down once more.
        let again = Past::of(log.iter().chain(&[began("q", 2, "c")])).unwrap();
        assert_eq!((again.wave, again.before.as_deref()), (2, Some("a")));
    }

    #[test]
    fn the_end_of_the_last_wave_and_a_run_without_waves_end_it() {
        assert_eq!(Past::of(&[began("r", 1, "a"), ended("r", 1)]).unwrap().wave, 1);
        assert_eq!(Past::of(&[began("r", 2, "c"), ended("r", 2)]), None);
        assert_eq!(Past::of(&[began("r", 1, "a"), sends("q")]), None);
        assert_eq!(Past::of(&[sends("q")]), None);
    }
}
