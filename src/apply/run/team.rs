//! `Team`: the other runners of a shared plan, as the run sees them. It claims steps, and takes in what others did.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::apply::report::Outcome;
use crate::apply::scheduler::Scheduler;
use crate::apply::step::Ended;
use crate::apply::step::Halt;
use crate::apply::step::Shared;
use crate::apply::step::chain;
use crate::apply::stop::Level;
use crate::language::Message;
use crate::language::message;
use crate::ledger::LedgerError;
use crate::ledger::postgres::shared::News;
use crate::ledger::postgres::shared::SharedPlan;
use crate::plan::change::Step;

/// How many sheets one runner waits for at most: the others shall have some, and take over when it is gone.
const WAITS: usize = 256;

/// How many steps more than are wanted are asked for at once, since others may have the first ones.
const AHEAD: usize = 64;

/// The other runners of a shared plan.
pub(crate) struct Team {
    plan: SharedPlan,
    positions: BTreeMap<String, usize>,
    /// Steps that others are carrying out.
    elsewhere: BTreeSet<usize>,
    events: i64,
    ended: i64,
}

/// What there is to do.
#[derive(Debug, Default)]
pub(super) struct Turn {
    /// Steps that are ours to carry out from now on.
    pub(super) ours: Vec<usize>,
    /// Steps that have ended without us, and those that will not start because of it.
    pub(super) ended: Vec<usize>,
}

impl Team {
    /// The runners of `plan`, which began when the ledger held `events` events.
    pub(crate) fn new(plan: SharedPlan, events: i64) -> Self {
        Self { plan, positions: BTreeMap::new(), elsewhere: BTreeSet::new(), events, ended: 0 }
    }

    /// The plan that is shared.
    pub(super) fn plan(&self) -> &SharedPlan {
        &self.plan
    }

    /// Takes in what others did, and claims at most `places` steps that may start, and waits beside the `waits` that are ours.
    pub(super) async fn turn(
        &mut self,
        scheduler: &mut Scheduler,
        shared: &Shared,
        places: usize,
        waits: usize,
    ) -> Result<Turn, Message> {
        if self.positions.is_empty() {
            let ids = (0..scheduler.len()).map(|at| (scheduler.step(at).id.clone(), at));
            self.positions = ids.collect();
        }
        let mut turn = Turn { ours: Vec::new(), ended: self.listen(scheduler, shared).await? };
        let mut begun_before = false;
        for (is_wait, limit) in [(false, places), (true, WAITS.saturating_sub(waits))] {
            let mut left = limit;
            while left > 0 {
                let startable = scheduler.startable(is_wait).into_iter().take(left + AHEAD);
                let elsewhere = self.elsewhere.iter().copied();
                let elsewhere = elsewhere.filter(|at| scheduler.is_wait(*at) == is_wait);
                let startable: Vec<usize> = startable.collect();
                let offered: Vec<usize> = startable.iter().copied().chain(elsewhere).collect();
                if offered.is_empty() {
                    break;
                }
                let names = offered.iter().map(|at| scheduler.step(*at).id.clone()).collect();
                let plan = self.plan.clone();
                let claimed = off_thread(move || plan.claim(names, left)).await?;
                let mut granted = BTreeSet::new();
                for claim in claimed {
                    let Some(at) = self.positions.get(&claim.step) else { continue };
                    begun_before |= claim.was_begun;
                    granted.insert(*at);
                }
                let all_told = granted.len() < left;
                left -= granted.len();
                for at in &granted {
                    if !self.elsewhere.remove(at) {
                        scheduler.begin(*at);
                    }
                    turn.ours.push(*at);
                }
                if !all_told {
                    break;
                }
                // What was not granted is someone's.
                for at in startable.iter().filter(|at| !granted.contains(at)) {
                    scheduler.begin(*at);
                    self.elsewhere.insert(*at);
                }
                if startable.is_empty() {
                    break;
                }
            }
        }
        if begun_before {
            // The last words of whoever is gone.
            turn.ended.extend(self.listen(scheduler, shared).await?);
        }
        Ok(turn)
    }

    /// Takes in what others did; steps that have ended.
    async fn listen(
        &mut self,
        scheduler: &mut Scheduler,
        shared: &Shared,
    ) -> Result<Vec<usize>, Message> {
        let (plan, events, ended) = (self.plan.clone(), self.events, self.ended);
        let News { events, ended } = off_thread(move || plan.news(events, ended)).await?;
        self.events += i64::try_from(events.len()).unwrap_or_default();
        self.ended += i64::try_from(ended.len()).unwrap_or_default();
        shared.hear(&events);
        let mut told = Vec::new();
        for (step, outcome) in ended {
            let Some(at) = self.positions.get(&step).copied() else { continue };
            let was_elsewhere = self.elsewhere.remove(&at);
            // Ours were taken in when they ended.
            if !was_elsewhere && !scheduler.is_pending(at) {
                continue;
            }
            let outcome = serde_json::from_str(&outcome).map_err(|error| {
                message!("the outcome of step `{step}` cannot be read: {error}", step, error)
            })?;
            if !was_elsewhere {
                scheduler.begin(at);
            }
            told.push(at);
            told.extend(scheduler.end(at, outcome));
        }
        Ok(told)
    }
}

/// Tells the others how a step of ours ended, or lets them have it.
pub(super) async fn conclude(
    plan: SharedPlan,
    step: &Step,
    shared: &Shared,
    ended: Ended,
) -> Ended {
    let id = step.id.clone();
    let told = if is_for_others(&ended, shared) {
        off_thread(move || plan.release(&id)).await
    } else {
        match serde_json::to_string(&ended.outcome) {
            Ok(outcome) => off_thread(move || plan.end(&id, &outcome)).await,
            Err(error) => Err(error.to_string().into()),
        }
    };
    match told {
        Ok(()) => ended,
        Err(error) => Ended { halt: ended.halt.or(Some(Halt::Ledger(error))), ..ended },
    }
}

/// Whether another runner may succeed where this one did not: it has other credentials, or was not asked to stop.
fn is_for_others(ended: &Ended, shared: &Shared) -> bool {
    match (&ended.outcome, &ended.halt) {
        (Outcome::Failed { ambiguous: false, .. }, Some(_)) => true,
        (Outcome::NotStarted { .. }, None) => true,
        (Outcome::Waiting { .. }, None) => shared.stop.level() > Level::Go,
        _ => false,
    }
}

/// Asks the database off the threads that serve the network.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LedgerError> + Send + 'static,
) -> Result<T, Message> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())?;
    done.map_err(|error| chain(&error))
}
