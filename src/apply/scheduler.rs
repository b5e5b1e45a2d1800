//! Which steps may start now. Pure.
//!
//! A step may start when all it needs is done and no other step of its address runs. Its cost does not grow with the
//! number of steps: each need is counted down once.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::apply::report::Counts;
use crate::apply::report::Outcome;
use crate::domain::address::Address;
use crate::language::Message;
use crate::language::message;
use crate::plan::change::Action;
use crate::plan::change::Does;
use crate::plan::change::Step;

/// Where a step stands.
#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Pending { needs: usize },
    Running,
    Ended(Outcome),
}

/// The steps of a plan and where they stand.
#[derive(Debug)]
pub(crate) struct Scheduler {
    steps: Vec<Step>,
    states: Vec<State>,
    dependents: Vec<Vec<usize>>,
    /// Steps that may start and take a place.
    ready: BTreeSet<usize>,
    /// Waits that may start: they take no place.
    ready_waits: BTreeSet<usize>,
    busy: BTreeSet<Address>,
    /// How many steps have not ended.
    left: usize,
    /// For each step its wave, where there are any.
    waves: Vec<usize>,
    /// The last wave whose steps may start.
    open: usize,
    /// How many steps of each wave have not ended.
    left_in: Vec<usize>,
    /// Steps of later waves that need nothing more.
    held: BTreeSet<usize>,
}

impl Scheduler {
    /// Takes the steps of a plan. Those that are due after `today` are scheduled, and so is what needs them.
    pub(crate) fn new<'a>(steps: impl IntoIterator<Item = &'a Step>, today: Date) -> Self {
        let steps: Vec<Step> = steps.into_iter().cloned().collect();
        let index: BTreeMap<&str, usize> =
            steps.iter().enumerate().map(|(index, step)| (step.id.as_str(), index)).collect();
        let mut dependents = vec![Vec::new(); steps.len()];
        let mut lost = Vec::new();
        for (position, step) in steps.iter().enumerate() {
            for need in &step.needs {
                match index.get(need.as_str()) {
                    Some(needed) => dependents[*needed].push(position),
                    None => lost.push((position, need.clone())),
                }
            }
        }
        let states = steps.iter().map(|step| State::Pending { needs: step.needs.len() }).collect();
        let mut scheduler = Self {
            left: steps.len(),
            steps,
            states,
            dependents,
            ready: BTreeSet::new(),
            ready_waits: BTreeSet::new(),
            busy: BTreeSet::new(),
            waves: Vec::new(),
            open: 0,
            left_in: Vec::new(),
            held: BTreeSet::new(),
        };
        for position in 0..scheduler.steps.len() {
            if scheduler.steps[position].needs.is_empty() {
                scheduler.make_ready(position);
            }
        }
        for (position, need) in lost {
            let why = message!("it needs step `{need}`, which is not in the plan", need);
            scheduler.close(position, Outcome::NotStarted { why });
        }
        for position in 0..scheduler.steps.len() {
            if let Some(due) = scheduler.steps[position].due.filter(|due| *due > today) {
                scheduler.close(position, Outcome::Scheduled { due: Some(due) });
            }
        }
        scheduler
    }

    /// A step by its position.
    pub(crate) fn step(&self, position: usize) -> &Step {
        &self.steps[position]
    }

    /// Takes the first step that may start, and counts it as running: a wait, or where there `is_place` any other one.
    pub(crate) fn start(&mut self, is_place: bool) -> Option<usize> {
        let free = |position: &usize| !self.busy.contains(&self.steps[*position].address);
        let wait = self.ready_waits.iter().copied().find(free);
        let position =
            wait.or_else(|| is_place.then(|| self.ready.iter().copied().find(free)).flatten())?;
        self.begin(position);
        Some(position)
    }

    /// The steps that may start, waits or others: no two of one address.
    pub(crate) fn startable(&self, waits: bool) -> Vec<usize> {
        let ready = if waits { &self.ready_waits } else { &self.ready };
        let mut busy: BTreeSet<&Address> = BTreeSet::new();
        let address = |position: &usize| &self.steps[*position].address;
        let free = ready.iter().filter(|position| !self.busy.contains(address(position)));
        free.filter(|position| busy.insert(address(position))).copied().collect()
    }

    /// Counts a step as running, here or at another runner.
    pub(crate) fn begin(&mut self, position: usize) {
        self.forget_ready(position);
        self.busy.insert(self.steps[position].address.clone());
        self.states[position] = State::Running;
    }

    /// Whether a step has neither begun nor ended.
    pub(crate) fn is_pending(&self, position: usize) -> bool {
        matches!(self.states[position], State::Pending { .. })
    }

    /// Whether every step has ended.
    pub(crate) fn is_over(&self) -> bool {
        self.left == 0
    }

    /// Whether a step only waits.
    pub(crate) fn is_wait(&self, position: usize) -> bool {
        matches!(self.steps[position].action, Action::Wait { .. })
    }

    /// Holds back all steps of waves after the first one. `waves` has the wave of each step.
    pub(crate) fn hold(&mut self, waves: Vec<usize>) {
        self.left_in = vec![0; waves.iter().max().map_or(0, |last| last + 1)];
        for (state, wave) in self.states.iter().zip(&waves) {
            if !matches!(state, State::Ended(_)) {
                self.left_in[*wave] += 1;
            }
        }
        self.waves = waves;
        let ready: Vec<usize> = self.ready.union(&self.ready_waits).copied().collect();
        for position in ready {
            self.forget_ready(position);
            self.make_ready(position);
        }
    }

    /// Whether there are waves, and all steps of the one that is open have ended.
    pub(crate) fn is_wave_over(&self) -> bool {
        self.left_in.get(self.open) == Some(&0)
    }

    /// Lets the steps of the next wave start.
    pub(crate) fn open_next(&mut self) {
        self.open += 1;
        let (now, later): (BTreeSet<usize>, BTreeSet<usize>) =
            self.held.iter().partition(|position| self.waves[**position] <= self.open);
        self.held = later;
        for position in now {
            self.make_ready(position);
        }
    }

    fn make_ready(&mut self, position: usize) {
        if self.waves.get(position).is_some_and(|wave| *wave > self.open) {
            self.held.insert(position);
        } else if self.is_wait(position) {
            self.ready_waits.insert(position);
        } else {
            self.ready.insert(position);
        }
    }

    fn forget_ready(&mut self, position: usize) {
        self.ready.remove(&position);
        self.ready_waits.remove(&position);
        self.held.remove(&position);
    }

    /// Notes how a running step ended. Gives the positions of the steps that will not start because of it.
    pub(crate) fn end(&mut self, position: usize, outcome: Outcome) -> Vec<usize> {
        self.busy.remove(&self.steps[position].address);
        if outcome == Outcome::Done {
            self.set_ended(position, outcome);
            for dependent in self.dependents[position].clone() {
                if let State::Pending { needs } = &mut self.states[dependent] {
                    *needs -= 1;
                    if *needs == 0 {
                        self.make_ready(dependent);
                    }
                }
            }
            return Vec::new();
        }
        self.close(position, outcome)
    }

    /// Ends everything that has not ended, because of `why`.
    pub(crate) fn give_up(&mut self, why: &Message) -> Vec<usize> {
        let open: Vec<usize> = (0..self.steps.len())
            .filter(|position| !matches!(self.states[*position], State::Ended(_)))
            .collect();
        for position in &open {
            self.set_ended(*position, Outcome::NotStarted { why: why.clone() });
        }
        self.ready.clear();
        self.ready_waits.clear();
        self.held.clear();
        open
    }

    /// How a step ended, if it did.
    pub(crate) fn outcome(&self, position: usize) -> Option<&Outcome> {
        match &self.states[position] {
            State::Ended(outcome) => Some(outcome),
            State::Pending { .. } | State::Running => None,
        }
    }

    /// How many resources have a step that has not ended.
    pub(crate) fn resources(&self) -> usize {
        let left = self.steps.iter().zip(&self.states);
        let left = left.filter(|(_, state)| !matches!(state, State::Ended(_)));
        left.map(|(step, _)| &step.address).collect::<BTreeSet<_>>().len()
    }

    /// How many steps have not ended, by what they do.
    pub(crate) fn open_kinds(&self) -> BTreeMap<Does, usize> {
        let mut kinds = BTreeMap::new();
        for (step, state) in self.steps.iter().zip(&self.states) {
            if !matches!(state, State::Ended(_)) {
                *kinds.entry(step.does).or_default() += 1;
            }
        }
        kinds
    }

    /// How many steps there are.
    pub(crate) fn len(&self) -> usize {
        self.steps.len()
    }

    /// How many stand where.
    pub(crate) fn counts(&self) -> Counts {
        let mut counts = Counts { total: self.steps.len(), ..Counts::default() };
        for state in &self.states {
            if let State::Ended(outcome) = state {
                counts.add(outcome);
            }
        }
        counts
    }

    /// Notes how a step ended that had not.
    fn set_ended(&mut self, position: usize, outcome: Outcome) {
        self.states[position] = State::Ended(outcome);
        self.left -= 1;
        if let Some(wave) = self.waves.get(position) {
            self.left_in[*wave] -= 1;
        }
    }

    /// Ends a step without it being done, and all that needs it.
    fn close(&mut self, position: usize, outcome: Outcome) -> Vec<usize> {
        let follows = match &outcome {
            Outcome::Scheduled { .. } => Outcome::Scheduled { due: None },
            _ => Outcome::NotStarted {
                why: message!(
                    "it needs step `{step}`, which is not done",
                    step = self.steps[position].id
                ),
            },
        };
        if !matches!(self.states[position], State::Ended(_)) {
            self.set_ended(position, outcome);
        }
        self.forget_ready(position);
        let mut closed = Vec::new();
        let mut open = self.dependents[position].clone();
        while let Some(next) = open.pop() {
            if matches!(self.states[next], State::Pending { .. }) {
                self.set_ended(next, follows.clone());
                self.forget_ready(next);
                open.extend(&self.dependents[next]);
                closed.push(next);
            }
        }
        closed.sort_unstable();
        closed
    }
}

impl Counts {
    /// Counts one more.
    pub(crate) fn add(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Done => self.done += 1,
            Outcome::Failed { .. } => self.failed += 1,
            Outcome::Waiting { .. } => self.waiting += 1,
            Outcome::Scheduled { .. } => self.scheduled += 1,
            Outcome::NotStarted { .. } => self.not_started += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::environment::Channel;
    use crate::domain::observed::RemoteId;
    use crate::domain::request::Target;
    use crate::plan::change::Until;

    fn step(id: &str, key: &str, needs: &[&str], due: Option<&str>) -> Step {
        Step {
            id: id.to_owned(),
            address: format!("ville/edi/{key}").parse().unwrap(),
            does: Does::Forget,
            action: Action::Forget,
            needs: needs.iter().map(|need| (*need).to_owned()).collect(),
            channel: Channel::Ledger,
            due: due.map(|day| day.parse().unwrap()),
        }
    }

    fn scheduler(steps: &[Step]) -> Scheduler {
        Scheduler::new(steps, "2026-12-01".parse().unwrap())
    }

    fn failed() -> Outcome {
        Outcome::Failed { error: "no".into(), help: "look".into(), ambiguous: false }
    }

    #[test]
    fn a_step_starts_when_all_it_needs_is_done() {
        let mut plan = scheduler(&[
            step("a", "1", &[], None),
            step("b", "2", &[], None),
            step("c", "3", &["a", "b"], None),
        ]);
        assert_eq!(
            (plan.start(true), plan.start(true), plan.start(true)),
            (Some(0), Some(1), None)
        );
        plan.end(0, Outcome::Done);
        assert_eq!(plan.start(true), None);
        plan.end(1, Outcome::Done);
        assert_eq!(plan.start(true), Some(2));
    }

    #[test]
    fn two_steps_of_one_address_never_run_at_once() {
        let mut plan = scheduler(&[step("a", "1", &[], None), step("b", "1", &[], None)]);
        assert_eq!((plan.start(true), plan.start(true)), (Some(0), None));
        plan.end(0, failed());
        assert_eq!(plan.start(true), Some(1));
    }

    #[test]
    fn a_failure_stops_only_what_needs_it() {
        let mut plan = scheduler(&[
            step("a", "1", &[], None),
            step("b", "2", &["a"], None),
            step("c", "3", &["b"], None),
            step("d", "4", &[], None),
        ]);
        plan.start(true);
        assert_eq!(plan.end(0, failed()), [1, 2]);
        assert_eq!(plan.start(true), Some(3));
        plan.end(3, Outcome::Done);
        let Counts { done, failed, not_started, .. } = plan.counts();
        assert_eq!((done, failed, not_started), (1, 1, 2));
    }

    #[test]
    fn what_is_due_later_is_scheduled_with_what_needs_it() {
        let plan = scheduler(&[
            step("a", "1", &[], Some("2026-12-02")),
            step("b", "2", &["a"], None),
            step("c", "3", &[], Some("2026-12-01")),
        ]);
        assert_eq!(plan.counts().scheduled, 2);
        assert_eq!(plan.outcome(2), None);
    }

    #[test]
    fn a_step_whose_need_is_not_in_the_plan_never_starts() {
        let mut plan = scheduler(&[step("a", "1", &["gone"], None), step("b", "2", &["a"], None)]);
        assert_eq!(plan.start(true), None);
        assert_eq!(plan.counts().not_started, 2);
    }

    #[test]
    fn a_later_wave_starts_when_it_is_opened() {
        let mut plan = scheduler(&[
            step("a", "1", &[], None),
            step("b", "2", &["a"], None),
            step("c", "3", &["b"], None),
            step("d", "4", &["c"], None),
        ]);
        plan.hold(vec![0, 1, 0, 2]);
        assert_eq!((plan.start(true), plan.start(true)), (Some(0), None));
        assert_eq!(plan.end(0, Outcome::Done), Vec::<usize>::new());
        // `c` is of the first wave, and needs a step of the second: that is not how waves are cut.
        assert!(!plan.is_wave_over());
        plan.open_next();
        assert_eq!(plan.start(true), Some(1));
        // What fails takes along what needs it, in whichever wave.
        assert_eq!(plan.end(1, failed()), [2, 3]);
        assert!(plan.is_wave_over());
        plan.open_next();
        assert!(plan.is_wave_over() && plan.is_over());
    }

    #[test]
    fn a_wait_starts_although_there_is_no_place() {
        let target = Target::Existing(RemoteId::new("EDI-000001"));
        let wait = Step {
            action: Action::Wait { target, until: Until::Active },
            ..step("b", "2", &[], None)
        };
        let mut plan = scheduler(&[step("a", "1", &[], None), wait]);
        assert_eq!((plan.start(false), plan.start(false)), (Some(1), None));
        assert_eq!((plan.start(true), plan.start(true)), (Some(0), None));
    }
}
