//! How long things took, told by the ledger's own history. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::address::Kind;
use crate::domain::edi::EdiStatus;
use crate::domain::event::Effect;
use crate::domain::event::Event;
use crate::domain::event::What;
use crate::domain::observed::RemoteId;

/// How long something took, as often as it was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Times {
    /// Half of them took no longer.
    pub(crate) median: Duration,
    /// 95 of 100 took no longer.
    pub(crate) most: Duration,
    /// How many were seen.
    pub(crate) seen: usize,
}

/// What a ledger tells of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Past {
    /// From the answer to a change of an EDI sheet until it was seen Actif.
    pub(crate) settling: Option<Times>,
    /// From the intention until the answer.
    pub(crate) requests: Option<Times>,
}

impl Past {
    /// Learns from events, oldest first.
    ///
    /// A sheet is seen Actif when someone looks: what a run did not wait for counts until the next look, so it may have been so
    /// for a while.
    pub(crate) fn of<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut busy: BTreeMap<&RemoteId, Timestamp> = BTreeMap::new();
        let mut sent: BTreeMap<&str, (Timestamp, &str)> = BTreeMap::new();
        let (mut settling, mut requests) = (Vec::new(), Vec::new());
        for event in events {
            match &event.what {
                What::Intended { step, .. } => {
                    sent.insert(step, (event.at, &event.run));
                }
                What::Succeeded { address, step, effect, .. } => {
                    if let Some((at, run)) = sent.remove(step.as_str())
                        && run == event.run
                    {
                        requests.extend(between(at, event.at));
                    }
                    if address.kind() == Kind::Edi
                        && let Effect::Created { target, .. }
                        | Effect::Changed { target: Some(target) } = effect
                    {
                        busy.insert(target, event.at);
                    }
                }
                What::Failed { step, .. } => {
                    sent.remove(step.as_str());
                }
                What::Settled { target, status, .. } => {
                    if let Some(at) = busy.remove(target)
                        && *status == EdiStatus::Active
                    {
                        settling.extend(between(at, event.at));
                    }
                }
                _ => {}
            }
        }
        Self { settling: times(settling), requests: times(requests) }
    }
}

/// The time between two moments; nothing when a clock went back.
fn between(from: Timestamp, until: Timestamp) -> Option<Duration> {
    Duration::try_from(until.duration_since(from)).ok()
}

fn times(mut all: Vec<Duration>) -> Option<Times> {
    all.sort_unstable();
    // The nearest rank: a time that was seen, never one between two.
    let rank =
        |percent: usize| all.get((all.len() * percent).div_ceil(100).saturating_sub(1)).copied();
    Some(Times { median: rank(50)?, most: rank(95)?, seen: all.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::applied::Noted;
    use crate::domain::event::Making;
    use crate::domain::siret::Siret;

    fn event(second: i64, what: What) -> Event {
        let at = Timestamp::from_second(1_796_000_000 + second).unwrap();
        Event { v: what.version(), id: second.to_string(), at, run: "r".to_owned(), what }
    }

    fn sheet(number: i64, sent: i64, answered: i64, seen: i64, status: EdiStatus) -> [Event; 3] {
        let address: crate::domain::address::Address = format!("a/edi/x{number}").parse().unwrap();
        let (step, target) = (format!("s{number}"), RemoteId::new(format!("EDI-{number}")));
        let making = Making {
            structure: Siret::parse("12345678200010").unwrap().siret,
            exchange_system: None,
            name: "n".to_owned(),
            declared_name: "n".to_owned(),
            generation: 1,
            replaces: None,
            overlap_days: 0,
        };
        let does = "create".to_owned();
        [
            event(
                sent,
                What::Intended {
                    address: address.clone(),
                    step: step.clone(),
                    does,
                    target: None,
                    making: None,
                },
            ),
            event(
                answered,
                What::Succeeded {
                    address: address.clone(),
                    step,
                    effect: Effect::Created { target: target.clone(), code: None, making },
                    certificates: BTreeMap::new(),
                    values: Noted::default(),
                },
            ),
            event(
                seen,
                What::Settled { address, target, status, application_code: None, protocol: None },
            ),
        ]
    }

    #[test]
    fn what_was_seen_is_told_with_how_often() {
        let all: Vec<Event> = (1..=20)
            .flat_map(|number| sheet(number, 0, number, number + 100 * number, EdiStatus::Active))
            .collect();
        let past = Past::of(&all);
        let seconds = |median, most| {
            Some(Times {
                median: Duration::from_secs(median),
                most: Duration::from_secs(most),
                seen: 20,
            })
        };
        assert_eq!(past.settling, seconds(1000, 1900));
        assert_eq!(past.requests, seconds(10, 19));
    }

    #[test]
    fn an_error_and_a_clock_that_went_back_tell_nothing() {
        assert_eq!(Past::of(&sheet(1, 0, 1, 9, EdiStatus::Error)).settling, None);
        let back = Past::of(&sheet(1, 9, 5, 1, EdiStatus::Active));
        assert_eq!((back.settling, back.requests), (None, None));
        assert_eq!(Past::of(&[]), Past::default());
    }
}
