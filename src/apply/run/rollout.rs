//! `Rollout`: the waves of a run as it goes through them. A run without waves has one, which nobody is told of.

use crate::apply::report::Counts;
use crate::apply::report::Event;
use crate::apply::report::Outcome;
use crate::apply::report::StepOutcome;
use crate::apply::report::WaveReport;
use crate::apply::report::WaveStep;
use crate::apply::run::Options;
use crate::apply::run::code_of;
use crate::apply::run::outcome_of;
use crate::apply::scheduler::Scheduler;
use crate::apply::step::Shared;
use crate::apply::waves::Cut;
use crate::apply::waves::watch::Watch;
use crate::domain::event::What;
use crate::language::Message;
use crate::language::message;
use crate::plan::change::structure_of;

/// Where a run is in its waves, and whether it may go on.
pub(super) struct Rollout {
    cut: Option<Cut>,
    /// The wave that runs; none before the first.
    at: Option<usize>,
    watch: Watch,
    /// Why nothing more begins.
    why: Option<Message>,
}

/// Why the run begins nothing more, if so; the error says why the ledger could not be written.
type Turn = Result<Option<Message>, Message>;

impl Rollout {
    /// Holds back all waves but the first one.
    pub(super) fn new(cut: Option<Cut>, scheduler: &mut Scheduler, options: &Options) -> Self {
        if let Some(cut) = &cut {
            scheduler.hold(cut.of_steps.clone());
        }
        let resources = match &cut {
            Some(cut) => cut.waves.first().map_or(0, |wave| wave.resources),
            None => scheduler.resources(),
        };
        let watch = Watch::new(options.max_failures, !options.no_wait, resources);
        Self { cut, at: None, watch, why: None }
    }

    /// Takes in how a step ended.
    pub(super) fn note(
        &mut self,
        scheduler: &Scheduler,
        shared: &Shared,
        position: usize,
        ended: &StepOutcome,
    ) {
        if matches!(ended.outcome, Outcome::Failed { .. } | Outcome::Waiting { .. }) {
            let status = shared.status_of(scheduler.step(position));
            let is_wait = scheduler.is_wait(position);
            self.watch.note(&ended.address, &ended.outcome, is_wait, status.as_ref());
        }
    }

    /// Why nothing more begins after too many failures, if so.
    pub(super) fn exceeded(&mut self) -> Option<Message> {
        let why = self.watch.exceeded()?;
        let why = match self.wave() {
            Some((number, of)) => message!("in wave {number} of {of}, {why}", number, of, why),
            None => why,
        };
        self.why.get_or_insert(why);
        Some(message!("too many others failed"))
    }

    /// Why nothing more was begun, if so.
    pub(super) fn why(&self) -> Option<Message> {
        self.why.clone()
    }

    /// Ends the wave that runs where that is due, and begins the next one; nothing when nothing is to be done.
    pub(super) async fn turn(
        &mut self,
        scheduler: &mut Scheduler,
        shared: &Shared,
    ) -> Option<Turn> {
        self.cut.as_ref()?;
        if self.at.is_none() {
            return Some(self.begin(0, scheduler, shared).await);
        }
        if !scheduler.is_wave_over() {
            return None;
        }
        let at = self.at?;
        let report = self.report(at, scheduler, shared)?;
        let Counts { done, failed, waiting, .. } = report.counts;
        let (wave, of) = (report.wave.number, report.of);
        (shared.listener)(&Event::WaveEnded(Box::new(report)));
        let ended = What::WaveEnded { wave, of, done, failed, waiting };
        if let Err(error) = shared.journal.append(ended).await {
            return Some(Err(error));
        }
        let next = at + 1;
        if self.cut.as_ref().is_none_or(|cut| next >= cut.waves.len()) {
            self.cut = None;
            return None;
        }
        if let Some(why) = self.watch.holds_next() {
            self.why.get_or_insert(message!("wave {wave} of {of} has ended: {why}", wave, of, why));
            self.cut = None;
            return Some(Ok(Some(message!("the wave before it did not end well"))));
        }
        scheduler.open_next();
        Some(self.begin(next, scheduler, shared).await)
    }

    /// Tells of a wave that the run leaves, whether or not `is_whole`.
    pub(super) fn end(&self, scheduler: &Scheduler, shared: &Shared, is_whole: bool) {
        if let Some(at) = self.at
            && let Some(report) = self.report(at, scheduler, shared)
        {
            let report = WaveReport { is_whole, ..report };
            (shared.listener)(&Event::WaveEnded(Box::new(report)));
        }
    }

    /// The number of the wave that runs, and of the last one.
    fn wave(&self) -> Option<(usize, usize)> {
        let cut = self.cut.as_ref()?;
        Some((cut.waves.get(self.at?)?.number, cut.count()))
    }

    async fn begin(&mut self, at: usize, scheduler: &Scheduler, shared: &Shared) -> Turn {
        let Some((cut, wave)) = self.cut.as_ref().and_then(|cut| Some((cut, cut.waves.get(at)?)))
        else {
            return Ok(None);
        };
        let of = cut.count();
        let began = What::WaveStarted {
            waves: cut.asked.clone(),
            basis: cut.basis.clone(),
            wave: wave.number,
            of,
            entities: wave.entities,
            total: cut.total,
            last: wave.last.clone(),
        };
        shared.journal.append(began).await?;
        shared.begin_wave();
        if at > 0 {
            self.watch.next(wave.resources);
        }
        let steps = cut.of_steps.iter().enumerate().filter(|(position, of_wave)| {
            **of_wave == at && scheduler.outcome(*position).is_none()
        });
        let event = Event::WaveStarted { wave: wave.clone(), of, steps: steps.count() };
        (shared.listener)(&event);
        self.at = Some(at);
        Ok(None)
    }

    /// How the wave at `at` ended so far.
    fn report(&self, at: usize, scheduler: &Scheduler, shared: &Shared) -> Option<WaveReport> {
        let cut = self.cut.as_ref()?;
        let learned = shared.learned();
        let mut counts = Counts::default();
        let mut steps = Vec::new();
        for (position, _) in cut.of_steps.iter().enumerate().filter(|(_, wave)| **wave == at) {
            let Some(ended) = outcome_of(scheduler, position) else { continue };
            let step = scheduler.step(position);
            counts.total += 1;
            counts.add(&ended.outcome);
            let current = learned.known.get(&step.address).and_then(|known| known.current.as_ref());
            let status = current.and_then(|current| learned.told.get(&current.id));
            steps.push(WaveStep {
                ended,
                structure: structure_of(step)
                    .or_else(|| current.map(|current| current.making.structure)),
                status: status.map(|status| status.label().to_owned()),
                code: code_of(scheduler, position, &learned.known),
            });
        }
        Some(WaveReport {
            wave: cut.waves.get(at)?.clone(),
            of: cut.count(),
            is_whole: true,
            counts,
            steps,
        })
    }
}
