//! What a plan costs before it starts, for people and for machines.

use std::fmt::Write as _;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

use crate::language;
use crate::language::tr;
use crate::plan::budget::Budget;
use crate::plan::settling::Times;
use crate::render::span::span;
use crate::render::words;

/// From how many requests on, or how much time, a budget is worth telling.
const WORTH: (usize, Duration) = (50, Duration::from_secs(10));

/// What a plan costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct BudgetJson {
    /// Requests by endpoint.
    pub(crate) calls: Vec<CallsJson>,
    /// How many requests there are.
    pub(crate) requests: usize,
    /// How many sheets are waited for.
    pub(crate) sheets: usize,
    /// How often they are looked at: an estimate.
    pub(crate) polls_estimated: usize,
    /// The least time that the requests take at the rate limit, in seconds; `null` without a limit.
    pub(crate) least_seconds: Option<u64>,
    /// How long sheets of this ledger took until they were seen Actif; `null` when nothing is known.
    pub(crate) settling: Option<TimesJson>,
}

/// Requests to one endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct CallsJson {
    /// The method.
    pub(crate) method: String,
    /// What it is for.
    pub(crate) endpoint: String,
    /// How many.
    pub(crate) count: usize,
}

/// How long something took.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct TimesJson {
    /// Half of them took no longer, in seconds.
    pub(crate) median_seconds: u64,
    /// 95 of 100 took no longer, in seconds.
    pub(crate) p95_seconds: u64,
    /// How many were seen.
    pub(crate) seen: usize,
}

impl BudgetJson {
    /// The JSON form of a budget.
    pub(crate) fn of(budget: &Budget) -> Self {
        let calls = budget.calls.iter().map(|((method, endpoint), count)| CallsJson {
            method: (*method).to_owned(),
            endpoint: (*endpoint).to_owned(),
            count: *count,
        });
        Self {
            calls: calls.collect(),
            requests: budget.requests,
            sheets: budget.sheets,
            polls_estimated: budget.polls,
            least_seconds: budget.least.map(|least| least.as_secs()),
            settling: budget.settling.map(|times| TimesJson {
                median_seconds: times.median.as_secs(),
                p95_seconds: times.most.as_secs(),
                seen: times.seen,
            }),
        }
    }
}

/// A budget in a few lines; empty when it is not worth telling.
pub(crate) fn text(budget: &Budget) -> String {
    let mut text = String::new();
    let (many, long) = WORTH;
    let settles_slowly =
        budget.settling.is_some_and(|times| times.median >= Duration::from_mins(1));
    if budget.requests < many && budget.least.is_none_or(|least| least < long) && !settles_slowly {
        return text;
    }
    // Writing to a string cannot fail.
    let _infallible = writeln!(text, "{}", tr!("Budget: {}", cost(budget)));
    let endpoint =
        |(method, what): &(&str, &str)| format!("{method} {}", language::translated(what));
    let width = budget.calls.keys().map(|key| endpoint(key).chars().count()).max().unwrap_or(0);
    for (key, count) in &budget.calls {
        let count = words::thousands(*count);
        let _infallible = writeln!(text, "  {:<width$}  {count}", endpoint(key));
    }
    if budget.sheets > 0 {
        let sheets = words::count(budget.sheets, "EDI sheet");
        let polls = words::thousands(budget.polls);
        let (polls, settling) = if let Some(times) = budget.settling {
            (
                tr!("about {polls} reads (an estimate)", polls),
                tr!("sheets of this ledger {}", settled(times)),
            )
        } else {
            (
                tr!("at least {polls} reads", polls),
                tr!("how long sheets stay En cours is not known from this ledger yet"),
            )
        };
        let _infallible = writeln!(
            text,
            "  {}",
            tr!("waiting for {sheets}: {polls}; {settling}", sheets, polls, settling)
        );
    }
    text
}

/// `became Actif after 2 h (median), 1 d 3 h (95 of 100), 1,204 seen`.
pub(crate) fn settled(times: Times) -> String {
    tr!(
        "became Actif after {median} (median), {most} (95 of 100), {seen} seen",
        median = span(times.median),
        most = span(times.most),
        seen = words::thousands(times.seen)
    )
}

/// The requests and the time that they take.
fn cost(budget: &Budget) -> String {
    let requests = words::count(budget.requests, "request");
    match (budget.interval.zip(budget.least), budget.guessed.zip(budget.took)) {
        (Some((interval, least)), _) => {
            tr!(
                "{requests}, at least {least} at {rate}",
                requests,
                least = span(least),
                rate = rate(interval)
            )
        }
        (None, Some((guessed, took))) => tr!(
            "{requests}, no rate limit; about {time} if each takes {each} as those of this ledger did (median, {seen} seen)",
            requests,
            time = span(guessed),
            each = span(took.median),
            seen = words::thousands(took.seen)
        ),
        (None, None) => tr!("{requests}, no rate limit", requests),
    }
}

/// `10 requests a second`, `1 request every 10 s`.
pub(crate) fn rate(interval: Duration) -> String {
    let each = 1.0 / interval.as_secs_f64().max(f64::MIN_POSITIVE);
    if each >= 1.0 {
        let each = (each * 10.0).round() / 10.0;
        let is_one = (each - 1.0).abs() < 0.05;
        let each = words::decimal(each, usize::from((each - each.round()).abs() > 0.01));
        if is_one {
            tr!("{each} request a second", each)
        } else {
            tr!("{each} requests a second", each)
        }
    } else {
        tr!("1 request every {}", span(interval))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn budget() -> Budget {
        let calls = BTreeMap::from([(("POST", "EDI sheets"), 4812), (("POST", "API sheets"), 3)]);
        Budget {
            calls,
            requests: 4815,
            longest: 4000,
            sheets: 4812,
            polls: 4812,
            interval: Some(Duration::from_millis(100)),
            least: Some(Duration::from_millis(481_500)),
            guessed: None,
            settling: None,
            took: None,
        }
    }

    #[test]
    fn requests_and_their_time_are_told_by_endpoint() {
        assert_eq!(
            text(&budget()),
            "Budget: 4,815 requests, at least 8 min 1 s at 10 requests a second\n  POST API sheets  3\n  POST EDI sheets  4,812\n  \
             waiting for 4,812 EDI sheets: at least 4,812 reads; how long sheets stay En cours is not known from this ledger yet\n"
        );
    }

    #[test]
    fn what_the_ledger_has_seen_is_told_with_how_often() {
        let times =
            Times { median: Duration::from_hours(2), most: Duration::from_hours(27), seen: 1204 };
        let told = text(&Budget { settling: Some(times), polls: 7_000_000, ..budget() });
        let last = "about 7,000,000 reads (an estimate); sheets of this ledger became Actif after 2 h (median), 1 d 3 h (95 of 100), 1,204 seen\n";
        assert!(told.ends_with(last), "{told}");
        let free = Budget { interval: None, least: None, took: Some(times), ..budget() };
        assert!(text(&free).starts_with("Budget: 4,815 requests, no rate limit\n"));
        let guessed = text(&Budget { guessed: Some(Duration::from_hours(3)), ..free });
        assert!(guessed.contains("about 3 h if each takes 2 h"), "{guessed}");
    }

    #[test]
    fn a_small_change_has_no_budget_and_a_timeout_is_held_against_the_longest_wave() {
        let small = Budget { requests: 3, least: Some(Duration::from_secs(1)), ..budget() };
        assert_eq!(text(&small), "");
        let needed = Duration::from_millis(399_900);
        assert_eq!(budget().beyond(needed), None);
        assert_eq!(budget().beyond(Duration::from_secs(399)), Some(needed));
        let one = Budget { longest: 1, ..budget() };
        assert_eq!(one.beyond(Duration::ZERO), None);
        let free = Budget { interval: None, ..budget() };
        assert_eq!(free.beyond(Duration::ZERO), None);
    }

    #[test]
    fn rates_are_told_as_people_write_them() {
        let told = [100, 1000, 2000, 400].map(|ms| rate(Duration::from_millis(ms)));
        let right = [
            "10 requests a second",
            "1 request a second",
            "1 request every 2 s",
            "2.5 requests a second",
        ];
        assert_eq!(told, right);
    }
}
