//! `Freeze`: a time in which nothing may be changed, by the calendar in France.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::civil::Time;

use crate::domain::environment::Stage;
use crate::domain::value::ValueFault;
use crate::domain::value::days_later;
use crate::domain::value::moment_in_france;
use crate::domain::value::parse_date;
use crate::language::marked;

/// Where a freeze begins or ends: a day, or a minute of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    day: Date,
    time: Option<Time>,
}

impl Edge {
    /// Reads `2026-12-20` or `2026-12-31T18:00`.
    pub(crate) fn parse(text: &str) -> Result<Self, ValueFault> {
        let fault = || {
            ValueFault::of(
                text,
                marked!(
                    "a day, for example `2026-12-20`, or a minute of it, for example `2026-12-31T18:00`"
                ),
            )
        };
        let Some((day, time)) = text.split_once('T') else {
            return parse_date(text).map(|day| Self { day, time: None }).map_err(|_| fault());
        };
        // Only the one form that no reader mistakes.
        if time.len() != 5 || time.as_bytes()[2] != b':' {
            return Err(fault());
        }
        let day = parse_date(day).map_err(|_| fault())?;
        let time = time.parse().map_err(|_| fault())?;
        Ok(Self { day, time: Some(time) })
    }

    /// The first moment of it.
    fn begins(self) -> Timestamp {
        moment_in_france(self.day.to_datetime(self.time.unwrap_or(Time::midnight())))
    }

    /// The first moment after it: a day is meant whole, a minute ends where it begins.
    fn ends(self) -> Timestamp {
        match self.time {
            Some(_) => self.begins(),
            None => moment_in_france(days_later(self.day, 1).to_datetime(Time::midnight())),
        }
    }
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.time {
            None => write!(f, "{}", self.day),
            Some(time) => write!(f, "{} {}", self.day, time.strftime("%H:%M")),
        }
    }
}

/// A time in which nothing may be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Freeze {
    /// From when.
    pub(crate) from: Edge,
    /// Until when; a day counts whole.
    pub(crate) until: Edge,
    /// Why.
    pub(crate) reason: String,
    /// The environments by name; none for all whose stage is production.
    pub(crate) environments: Vec<String>,
}

impl Freeze {
    /// Whether it ends before it begins.
    pub(crate) fn is_reversed(&self) -> bool {
        self.ends() <= self.begins()
    }

    /// Its first moment.
    pub(crate) fn begins(&self) -> Timestamp {
        self.from.begins()
    }

    /// The first moment after it.
    pub(crate) fn ends(&self) -> Timestamp {
        self.until.ends()
    }

    /// Whether it has a moment in common with the time from `from` until before `until`.
    pub(crate) fn meets(&self, from: Timestamp, until: Timestamp) -> bool {
        self.begins() < until && from < self.ends()
    }

    /// Whether it is for an environment.
    pub(crate) fn is_for(&self, environment: &str, stage: Stage) -> bool {
        if self.environments.is_empty() {
            return stage == Stage::Production;
        }
        self.environments.iter().any(|name| name == environment)
    }
}

/// The freeze in which a moment lies; the one that ends last, where several overlap.
pub(crate) fn at(freezes: &[Freeze], now: Timestamp) -> Option<&Freeze> {
    let on = freezes.iter().filter(|freeze| freeze.begins() <= now && now < freeze.ends());
    on.max_by_key(|freeze| freeze.ends())
}

/// The next freeze that begins after a moment.
pub(crate) fn after(freezes: &[Freeze], now: Timestamp) -> Option<&Freeze> {
    freezes.iter().filter(|freeze| freeze.begins() > now).min_by_key(|freeze| freeze.begins())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn freeze(from: &str, until: &str) -> Freeze {
        let edge = |text| Edge::parse(text).unwrap();
        Freeze {
            from: edge(from),
            until: edge(until),
            reason: "clôture comptable".to_owned(),
            environments: Vec::new(),
        }
    }

    fn moment(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn days_count_whole_by_the_clock_in_france() {
        let freezes = [freeze("2026-12-20", "2027-01-04")];
        let is_on = |text| at(&freezes, moment(text)).is_some();
        // Paris is one hour ahead in winter.
        assert!(!is_on("2026-12-19T22:59:59Z") && is_on("2026-12-19T23:00:00Z"));
        assert!(is_on("2027-01-04T22:59:59Z") && !is_on("2027-01-04T23:00:00Z"));
        assert_eq!(freezes[0].until.to_string(), "2027-01-04");
    }

    #[test]
    fn minutes_are_exact_and_follow_the_summer_time() {
        let freezes = [freeze("2027-06-30T18:00", "2027-07-01T08:30")];
        let is_on = |text| at(&freezes, moment(text)).is_some();
        assert!(!is_on("2027-06-30T15:59:59Z") && is_on("2027-06-30T16:00:00Z"));
        assert!(is_on("2027-07-01T06:29:59Z") && !is_on("2027-07-01T06:30:00Z"));
        assert_eq!(freezes[0].from.to_string(), "2027-06-30 18:00");
    }

    #[test]
    fn of_freezes_that_overlap_the_one_that_ends_last_counts() {
        let freezes =
            [freeze("2026-12-20", "2027-01-04"), freeze("2026-12-31T18:00", "2027-01-10")];
        let on = at(&freezes, moment("2027-01-01T12:00:00Z")).unwrap();
        assert_eq!(on.until.to_string(), "2027-01-10");
        assert_eq!(after(&freezes, moment("2026-12-01T12:00:00Z")), Some(&freezes[0]));
        assert_eq!(after(&freezes, moment("2027-01-01T12:00:00Z")), None);
    }

    #[test]
    fn what_is_reversed_or_no_day_is_told() {
        assert!(freeze("2027-01-04", "2026-12-20").is_reversed());
        assert!(freeze("2027-01-04T18:00", "2027-01-04T18:00").is_reversed());
        assert!(!freeze("2027-01-04", "2027-01-04").is_reversed());
        for text in
            ["20.12.2026", "2026-12-20 18:00", "2026-12-20T18h", "2026-12-20T25:00", "2026-13-01"]
        {
            assert!(Edge::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn without_environments_production_is_meant() {
        let all = freeze("2026-12-20", "2027-01-04");
        assert!(
            all.is_for("prod", Stage::Production) && !all.is_for("simulator", Stage::Simulator)
        );
        let some = Freeze { environments: vec!["essai".to_owned()], ..all };
        assert!(some.is_for("essai", Stage::Simulator) && !some.is_for("prod", Stage::Production));
    }
}
