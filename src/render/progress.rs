//! How far a run is, in words: counts, rate and time left. It is told the time, and reads no clock.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::time::Duration;

use crate::apply::Counts;
use crate::apply::Event;
use crate::language::tr;
use crate::plan::change::Does;
use crate::render::span::span;
use crate::render::words;

/// The rate is that of the last minute.
const WINDOW: Duration = Duration::from_mins(1);

/// From when on a rate is told: the first moments tell little.
const SOON: Duration = Duration::from_secs(2);

/// How many steps of a kind there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Kind {
    total: usize,
    running: usize,
    ended: usize,
    /// How many of those that ended had never begun.
    skipped: usize,
}

/// The wave that runs.
#[derive(Clone, Copy, Debug)]
struct OfWave {
    number: usize,
    of: usize,
    /// How many steps it has.
    total: usize,
    /// How many steps of the run had ended when it began.
    before: usize,
}

/// How far a run is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress {
    kinds: BTreeMap<Does, Kind>,
    counts: Counts,
    wave: Option<OfWave>,
    /// How many steps that are no waits had ended at which time, over the last minute.
    samples: VecDeque<(Duration, usize)>,
    /// The shortest time between two requests.
    interval: Option<Duration>,
    /// How long sheets usually stay En cours.
    usually: Option<Duration>,
}

impl Progress {
    /// Nothing has begun. `interval` is the shortest time between two requests, `usually` how long sheets stay En cours.
    pub(crate) fn new(interval: Option<Duration>, usually: Option<Duration>) -> Self {
        Self { interval, usually, ..Self::default() }
    }

    /// Takes in what happened.
    pub(crate) fn hear(&mut self, event: &Event, now: Duration) {
        match event {
            Event::Began { counts, open } => {
                self.counts = *counts;
                let kinds = open
                    .iter()
                    .map(|(does, total)| (*does, Kind { total: *total, ..Kind::default() }));
                self.kinds = kinds.collect();
                self.samples = VecDeque::from([(now, 0)]);
            }
            Event::WaveStarted { wave, of, steps } => {
                let (number, before) = (wave.number, self.ended());
                self.wave = Some(OfWave { number, of: *of, total: *steps, before });
            }
            Event::Started { does, .. } => self.kinds.entry(*does).or_default().running += 1,
            Event::Ended { outcome, counts } => {
                let kind = self.kinds.entry(outcome.does).or_default();
                kind.ended += 1;
                if is_skipped(&outcome.outcome) {
                    kind.skipped += 1;
                } else {
                    kind.running = kind.running.saturating_sub(1);
                }
                // What another runner did was never told to begin here.
                kind.running = kind.running.min(kind.total.saturating_sub(kind.ended));
                self.counts = *counts;
                let sent = self.sent();
                self.samples.push_back((now, sent));
                while self.samples.len() > 2
                    && self.samples.get(1).is_some_and(|(at, _)| *at + WINDOW < now)
                {
                    self.samples.pop_front();
                }
            }
            Event::WaveEnded(_)
            | Event::Sent { .. }
            | Event::Polled { .. }
            | Event::Settled { .. } => {}
        }
    }

    /// How many steps can be carried out in this run.
    pub(crate) fn total(&self) -> usize {
        self.kinds.values().map(|kind| kind.total).sum()
    }

    /// How many of them have ended, in whichever way.
    pub(crate) fn ended(&self) -> usize {
        self.kinds.values().map(|kind| kind.ended).sum()
    }

    /// The words `wave 2 of 3` and `90 of 200 steps`; none without waves.
    fn wave(&self) -> Option<(String, String)> {
        let OfWave { number, of, total, before } = self.wave?;
        let ended = self.begun().saturating_sub(before).min(total);
        let (ended, total) = (words::thousands(ended), words::count(total, "step"));
        Some((tr!("wave {number} of {of}", number, of), tr!("{ended} of {total}", ended, total)))
    }

    /// How many steps were carried out, in whichever way.
    fn begun(&self) -> usize {
        self.ended().saturating_sub(self.counts.not_started)
    }

    /// `wave 2 of 3: 90 of 200 steps, in all 400 of 1,600 steps (25%), 3 failed, 12 waiting; 10 a second, about 2 min left`.
    pub(crate) fn line(&self, now: Duration) -> String {
        let wave = self.wave().map(|(wave, steps)| tr!("{wave}: {steps}, in all ", wave, steps));
        wave.unwrap_or_default() + &self.whole(now)
    }

    /// The same without the wave.
    pub(crate) fn whole(&self, now: Duration) -> String {
        let (ended, total) = (self.begun(), self.total());
        let percent = (ended * 100).checked_div(total).unwrap_or(100);
        let counts = tr!(
            "{ended} of {total} ({percent}%)",
            ended = words::thousands(ended),
            total = words::count(total, "step"),
            percent
        );
        counts + &self.rest(now)
    }

    /// What failed and waits, the rate and the time left, with what separates them from counts before.
    fn rest(&self, now: Duration) -> String {
        let mut text = String::new();
        let number = words::thousands;
        let Counts { failed, waiting, not_started, .. } = self.counts;
        if failed > 0 {
            text += &tr!(", {} failed", number(failed));
        }
        if waiting > 0 {
            text += &tr!(", {} waiting", number(waiting));
        }
        if not_started > 0 {
            text += &tr!(", {} not started", number(not_started));
        }
        let left = [self.rate_text(now), self.left(now)];
        let left: Vec<String> = left.into_iter().flatten().collect();
        if !left.is_empty() {
            text += &tr!("; {}", left.join(", "));
        }
        text
    }

    /// A line for the wave and one for each kind of step that runs.
    pub(crate) fn parts(&self) -> Vec<String> {
        let wave = self.wave().map(|(wave, steps)| format!("{wave:<14} {steps}"));
        let running = self.kinds.iter().filter(|(_, kind)| kind.running > 0);
        let line = |(does, kind): (&Does, &Kind)| {
            let word = words::does(does.word());
            let (ended, total) = (words::thousands(kind.ended), words::thousands(kind.total));
            let running = words::thousands(kind.running);
            let counts = tr!("{ended} of {total}, {running} under way", ended, total, running);
            format!("{word:<14} {counts}")
        };
        wave.into_iter().chain(running.map(line)).collect()
    }

    /// How many steps that are no waits were carried out.
    fn sent(&self) -> usize {
        let sends = self.kinds.iter().filter(|(does, _)| **does != Does::Wait);
        sends.map(|(_, kind)| kind.ended.saturating_sub(kind.skipped)).sum()
    }

    /// How many steps that are no waits have not ended.
    fn to_send(&self) -> usize {
        let sends = self.kinds.iter().filter(|(does, _)| **does != Does::Wait);
        sends.map(|(_, kind)| kind.total.saturating_sub(kind.ended)).sum()
    }

    /// Steps each second that are no waits, over the last minute.
    fn rate(&self, now: Duration) -> Option<f64> {
        let (since, before) = *self.samples.front()?;
        let time = now.checked_sub(since)?;
        let done = u32::try_from(self.sent().checked_sub(before)?).ok()?;
        (done > 0 && time >= SOON).then(|| f64::from(done) / time.as_secs_f64())
    }

    fn rate_text(&self, now: Duration) -> Option<String> {
        if self.to_send() == 0 {
            return None;
        }
        let rate = self.rate(now)?;
        Some(if rate >= 10.0 {
            tr!("{} a second", words::decimal(rate, 0))
        } else if rate >= 1.0 {
            tr!("{} a second", words::decimal(rate, 1))
        } else {
            tr!("{} a minute", words::decimal(rate * 60.0, 1))
        })
    }

    /// How long it still takes. Nothing where that is not known.
    fn left(&self, now: Duration) -> Option<String> {
        let to_send = self.to_send();
        let waits = self.kinds.get(&Does::Wait).copied().unwrap_or_default();
        let waits_left = waits.total.saturating_sub(waits.ended);
        if to_send == 0 || (waits.running > 0 && self.is_only_waiting()) {
            return (waits_left > 0).then(|| {
                let sheets = words::count(waits.running.max(1), "sheet");
                if let Some(usually) = self.usually.map(span) {
                    tr!("waiting for {sheets}, usually {usually}", sheets, usually)
                } else {
                    tr!("waiting for {sheets}", sheets)
                }
            });
        }
        let count = u32::try_from(to_send).unwrap_or(u32::MAX);
        let at_limit = self.interval.map(|interval| interval.saturating_mul(count));
        let at_rate = self.rate(now).map(|rate| f64::from(count) / rate);
        let at_rate = at_rate.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let time = at_limit.max(at_rate).filter(|_| at_rate.is_some() || at_limit.is_some())?;
        let time = span(time.max(Duration::from_secs(1)));
        Some(match (at_rate.is_some(), waits_left > 0) {
            (true, true) => tr!("about {time} of requests left", time),
            (true, false) => tr!("about {time} left", time),
            (false, true) => tr!("at least {time} of requests left", time),
            (false, false) => tr!("at least {time} left", time),
        })
    }

    /// Whether nothing but waits runs.
    fn is_only_waiting(&self) -> bool {
        self.kinds.iter().all(|(does, kind)| *does == Does::Wait || kind.running == 0)
    }
}

fn is_skipped(outcome: &crate::apply::Outcome) -> bool {
    use crate::apply::Outcome;
    matches!(outcome, Outcome::NotStarted { .. } | Outcome::Scheduled { .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::Outcome;
    use crate::apply::StepOutcome;
    use crate::apply::waves::Wave;

    fn began(open: &[(Does, usize)]) -> Event {
        let open: BTreeMap<Does, usize> = open.iter().copied().collect();
        let counts = Counts { total: open.values().sum(), ..Counts::default() };
        Event::Began { counts, open }
    }

    fn started(does: Does) -> Event {
        Event::Started { step: "s".to_owned(), address: "a/edi/x".parse().unwrap(), does }
    }

    fn ended(does: Does, outcome: Outcome, counts: Counts) -> Event {
        let outcome = StepOutcome {
            step: "s".to_owned(),
            address: "a/edi/x".parse().unwrap(),
            does,
            outcome,
        };
        Event::Ended { outcome, counts }
    }

    /// Carries out so many steps of a kind, one each second.
    fn work(progress: &mut Progress, does: Does, count: u64, from: u64) {
        for second in from..from + count {
            let counts = Counts { done: usize::try_from(second + 1).unwrap(), ..Counts::default() };
            progress.hear(&started(does), Duration::from_secs(second));
            progress.hear(&ended(does, Outcome::Done, counts), Duration::from_secs(second + 1));
        }
    }

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn counts_rate_and_time_left_are_told() {
        let mut progress = Progress::new(None, None);
        progress.hear(&began(&[(Does::Create, 1600)]), at(0));
        assert_eq!(progress.line(at(0)), "0 of 1,600 steps (0%)");
        work(&mut progress, Does::Create, 400, 0);
        assert_eq!(
            progress.line(at(400)),
            "400 of 1,600 steps (25%); 1.0 a second, about 20 min left"
        );
        // The rate is that of the last minute: the hours before do not count.
        assert_eq!(progress.samples.len(), 62);
    }

    #[test]
    fn a_wave_is_told_with_the_whole() {
        let mut progress = Progress::new(None, None);
        progress.hear(&began(&[(Does::Create, 30)]), at(0));
        let wave = |number| Wave {
            number,
            entities: 10,
            left: 10,
            earlier: 0,
            resources: 10,
            last: "z".to_owned(),
            goes_on: false,
        };
        progress.hear(&Event::WaveStarted { wave: wave(1), of: 2, steps: 10 }, at(0));
        work(&mut progress, Does::Create, 10, 0);
        progress.hear(&Event::WaveStarted { wave: wave(2), of: 2, steps: 20 }, at(10));
        work(&mut progress, Does::Create, 5, 10);
        let told = progress.line(at(15));
        assert_eq!(progress.parts(), ["wave 2 of 2    5 of 20 steps"]);
        assert_eq!(
            told,
            "wave 2 of 2: 5 of 20 steps, in all 15 of 30 steps (50%); 1.0 a second, about 15 s left"
        );
    }

    #[test]
    fn the_limit_bounds_what_is_left() {
        let mut progress = Progress::new(Some(at(10)), None);
        progress.hear(&began(&[(Does::Create, 61)]), at(0));
        assert_eq!(progress.line(at(0)), "0 of 61 steps (0%); at least 10 min 10 s left");
        // A burst is not the rate that goes on.
        work(&mut progress, Does::Create, 3, 0);
        assert!(
            progress.line(at(3)).ends_with("about 9 min 40 s left"),
            "{}",
            progress.line(at(3))
        );
    }

    #[test]
    fn waiting_for_sheets_is_no_time_of_requests() {
        let mut progress = Progress::new(None, Some(Duration::from_hours(2)));
        progress.hear(&began(&[(Does::Create, 2), (Does::Wait, 2)]), at(0));
        work(&mut progress, Does::Create, 1, 0);
        progress.hear(&started(Does::Wait), at(1));
        progress.hear(&started(Does::Create), at(1));
        let told = progress.line(at(4));
        assert!(told.ends_with("of requests left"), "{told}");
        let counts = Counts { done: 2, ..Counts::default() };
        progress.hear(&ended(Does::Create, Outcome::Done, counts), at(5));
        progress.hear(&started(Does::Wait), at(5));
        for seconds in [5, 5000] {
            let told = progress.line(at(seconds));
            assert_eq!(told, "2 of 4 steps (50%); waiting for 2 sheets, usually 2 h");
        }
        assert_eq!(progress.parts(), ["wait           0 of 2, 2 under way"]);
    }

    #[test]
    fn what_was_not_started_counts_as_ended_and_not_as_under_way() {
        let mut progress = Progress::new(None, None);
        progress.hear(&began(&[(Does::Create, 3)]), at(0));
        progress.hear(&started(Does::Create), at(0));
        let counts = Counts { not_started: 1, ..Counts::default() };
        let skipped = Outcome::NotStarted { why: "no".into() };
        progress.hear(&ended(Does::Create, skipped, counts), at(1));
        assert_eq!(progress.parts().len(), 1);
        let error = Outcome::Failed { error: "no".into(), help: "".into(), ambiguous: false };
        let counts = Counts { failed: 1, not_started: 1, ..Counts::default() };
        progress.hear(&ended(Does::Create, error, counts), at(2));
        assert!(progress.parts().is_empty());
        assert!(progress.line(at(2)).starts_with("1 of 3 steps (33%), 1 failed, 1 not started"));
    }
}
