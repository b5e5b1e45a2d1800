//! What a plan costs before it starts: requests by endpoint, and the time that the rate limit makes of them. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::Date;

use crate::domain::environment::Channel;
use crate::domain::request::Request;
use crate::language::marked;
use crate::plan::Plan;
use crate::plan::change::Action;
use crate::plan::settling::Past;
use crate::plan::settling::Times;

/// Up to so many sheets that are waited for are looked at one by one, more of them through the list of all.
pub(crate) const ONE_BY_ONE: usize = 20;

/// How many sheets a page of the list has, as it is read.
pub(crate) const A_PAGE: usize = 1000;

/// A method and what it is for.
pub(crate) type Endpoint = (&'static str, &'static str);

/// How a run shall go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// The day: what is due later costs nothing now.
    pub(crate) today: Date,
    /// The shortest time between two requests; none without a limit.
    pub(crate) interval: Option<Duration>,
    /// How many steps run at a time.
    pub(crate) parallelism: usize,
    /// How long sheets are waited for, from the beginning of the run or of a wave; none when they are not.
    pub(crate) waits: Option<Duration>,
    /// The first pause between two looks at a sheet, and the longest one.
    pub(crate) pauses: (Duration, Duration),
}

/// What a plan costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Budget {
    /// How many requests go to each endpoint.
    pub(crate) calls: BTreeMap<Endpoint, usize>,
    /// How many requests there are.
    pub(crate) requests: usize,
    /// The requests of the wave that has most of them; all of them without waves.
    pub(crate) longest: usize,
    /// How many sheets are waited for.
    pub(crate) sheets: usize,
    /// How often they are looked at, as far as can be guessed: at least once each.
    pub(crate) polls: usize,
    /// The shortest time between two requests.
    pub(crate) interval: Option<Duration>,
    /// The least time that all requests take at the limit.
    pub(crate) least: Option<Duration>,
    /// The time that they take without a limit, if they take as long as before.
    pub(crate) guessed: Option<Duration>,
    /// How long sheets took until they were seen Actif.
    pub(crate) settling: Option<Times>,
    /// How long requests took.
    pub(crate) took: Option<Times>,
}

impl Budget {
    /// Adds up the steps of a plan that run today and are not a person's. `waves` has the wave of each step; it is empty
    /// without waves.
    pub(crate) fn of(plan: &Plan, waves: &[usize], past: &Past, terms: &Terms) -> Self {
        let mut calls: BTreeMap<Endpoint, usize> = BTreeMap::new();
        let mut of_waves: BTreeMap<usize, usize> = BTreeMap::new();
        let mut sheets = 0;
        for (position, step) in plan.steps().enumerate() {
            if step.channel == Channel::Portal || step.due.is_some_and(|due| due > terms.today) {
                continue;
            }
            match &step.action {
                Action::Send { request, .. } => {
                    for endpoint in endpoints(request) {
                        *calls.entry(*endpoint).or_default() += 1;
                        let wave = waves.get(position).copied().unwrap_or_default();
                        *of_waves.entry(wave).or_default() += 1;
                    }
                }
                Action::Wait { .. } => sheets += usize::from(terms.waits.is_some()),
                Action::Look { .. }
                | Action::Adopt { .. }
                | Action::Move { .. }
                | Action::Forget => {}
            }
        }
        let requests: usize = calls.values().sum();
        let longest = of_waves.values().copied().max().unwrap_or_default();
        let guessed = past.requests.filter(|_| terms.interval.is_none()).map(|times| {
            times.median.saturating_mul(number(requests.div_ceil(terms.parallelism.max(1))))
        });
        let looks = terms
            .waits
            .zip(past.settling)
            .map_or(1, |(waits, settling)| looks(settling.median.min(waits), terms.pauses));
        Self {
            requests,
            longest,
            sheets,
            polls: looks.saturating_mul(if sheets > ONE_BY_ONE {
                sheets.div_ceil(A_PAGE)
            } else {
                sheets
            }),
            interval: terms.interval,
            least: terms.interval.map(|interval| interval.saturating_mul(number(requests))),
            guessed,
            settling: past.settling.filter(|_| sheets > 0),
            took: past.requests,
            calls,
        }
    }

    /// The time that the requests of the longest wave take at the limit, when that is more than `timeout`.
    pub(crate) fn beyond(&self, timeout: Duration) -> Option<Duration> {
        // The first one leaves at once.
        let needed = self.interval?.saturating_mul(number(self.longest.saturating_sub(1)));
        (needed > timeout).then_some(needed)
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// How often a sheet is looked at until a time has passed.
fn looks(until: Duration, (first, longest): (Duration, Duration)) -> usize {
    let (mut looks, mut passed, mut pause) = (1, Duration::ZERO, first);
    while passed < until && pause < longest {
        passed += pause;
        pause = (pause * 8 / 5).min(longest);
        looks += 1;
    }
    let rest = until.saturating_sub(passed).as_nanos() / longest.as_nanos().max(1);
    looks + usize::try_from(rest).unwrap_or(usize::MAX - looks)
}

/// The endpoints that a request goes to. A test holds the methods against what is sent.
pub(crate) fn endpoints(request: &Request) -> &'static [Endpoint] {
    match request {
        Request::CreateEdi { .. } => &[("POST", marked!("EDI sheets"))],
        Request::FinaliseEdi { .. } => &[("POST", marked!("EDI sheets, finalisation"))],
        Request::UpdateEdi { .. } => &[("PUT", marked!("EDI sheets"))],
        Request::ActivateEdi { .. } => &[("POST", marked!("EDI sheets, activation"))],
        Request::DeactivateEdi { .. } => &[("POST", marked!("EDI sheets, deactivation"))],
        Request::DeleteEdi { .. } => &[("DELETE", marked!("EDI sheets"))],
        Request::CreateApi { .. } => &[("POST", marked!("API sheets"))],
        Request::UpdateApi { .. } => &[("PUT", marked!("API sheets"))],
        Request::DeactivateApi { .. } => &[("POST", marked!("API sheets, deactivation"))],
        Request::CreateAccount { .. } => &[("POST", marked!("technical accounts"))],
        Request::ActivateAccount { .. } => &[("POST", marked!("technical accounts, activation"))],
        Request::DeactivateAccount { .. } => {
            &[("POST", marked!("technical accounts, deactivation"))]
        }
        Request::ChangeAccountEmail { .. } => &[("PUT", marked!("technical accounts"))],
        Request::ResetPassword { .. } => &[("POST", marked!("technical accounts, password"))],
        // The structure is read first, for its identity.
        Request::SetEdiFlags { .. } => {
            &[("GET", marked!("structures")), ("PATCH", marked!("structures"))]
        }
        Request::AddClient { .. } => &[("PUT", marked!("clients of an operator"))],
        Request::RemoveClient { .. } => &[("DELETE", marked!("clients of an operator"))],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_become_rarer_and_then_come_at_a_pace() {
        let pauses = (Duration::from_millis(100), Duration::from_secs(5));
        assert_eq!(looks(Duration::ZERO, pauses), 1);
        assert_eq!(looks(Duration::from_millis(250), pauses), 3);
        let hour = looks(Duration::from_hours(1), pauses);
        assert!((720..735).contains(&hour), "{hour}");
    }
}
