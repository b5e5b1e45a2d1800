//! The run: starts steps as the scheduler allows, listens for Ctrl-C, and reports.

mod rollout;
pub(crate) mod team;

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::civil::Date;
use tokio::sync::Semaphore;
use tokio::task::Id;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::apply::circuit::Circuit;
use crate::apply::journal::Journal;
use crate::apply::report::Counts;
use crate::apply::report::Event;
use crate::apply::report::Listener;
use crate::apply::report::NewCode;
use crate::apply::report::Outcome;
use crate::apply::report::Report;
use crate::apply::report::Standing;
use crate::apply::report::StepOutcome;
use crate::apply::resume::Steps;
use crate::apply::run::rollout::Rollout;
use crate::apply::run::team::Team;
use crate::apply::scheduler::Scheduler;
use crate::apply::sink::Sink;
use crate::apply::step::Halt;
use crate::apply::step::Learned;
use crate::apply::step::Shared;
use crate::apply::step::lookout::Lookout;
use crate::apply::stop::Level;
use crate::apply::stop::Stop;
use crate::apply::waves::Cut;
use crate::apply::waves::MaxFailures;
use crate::domain::event::What;
use crate::domain::known::Known;
use crate::domain::request::Request;
use crate::language::Message;
use crate::language::message;
use crate::ledger::Ledger;
use crate::plan::Plan;
use crate::plan::change::Action;
use crate::plan::change::ChangeKind;
use crate::remote::Writer;
use crate::remote::gateway::encode::Certificates;

/// How often others are listened to while nothing of ours ends.
const LISTEN: Duration = Duration::from_millis(250);

/// How a run behaves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// How many requests of steps are under way at once.
    pub(crate) parallelism: usize,
    /// How long sheets are waited for, from the beginning of the run; `None` for as long as it takes.
    pub(crate) timeout: Option<Duration>,
    /// Whether sheets are not waited for at all.
    pub(crate) no_wait: bool,
    /// Whether the first failure stops the start of new steps.
    pub(crate) fail_fast: bool,
    /// How many resources may fail before no new step starts.
    pub(crate) max_failures: Option<MaxFailures>,
    /// The moment from which nothing may be sent any more, because a freeze begins then.
    pub(crate) closes: Option<Instant>,
    /// The day: what is due later is only announced.
    pub(crate) today: Date,
    /// The first pause between two looks at a sheet.
    pub(crate) first_poll: Duration,
    /// The longest one.
    pub(crate) longest_poll: Duration,
}

impl Options {
    /// How many steps may have begun. More than there are requests, so that the disk is written while the network is waited
    /// for; but no more where each step has to be seen before the next one begins.
    fn begun(self) -> usize {
        let parallelism = self.parallelism.max(1);
        if parallelism == 1 || self.fail_fast { parallelism } else { parallelism * 2 }
    }

    /// The usual ones on a day.
    pub(crate) fn on(today: Date) -> Self {
        Self {
            parallelism: 4,
            timeout: None,
            no_wait: false,
            fail_fast: false,
            max_failures: None,
            closes: None,
            today,
            first_poll: Duration::from_millis(100),
            longest_poll: Duration::from_secs(5),
        }
    }
}

/// All that a run needs beside its plan.
pub(crate) struct Apply {
    /// The capability to change.
    pub(crate) writer: Writer,
    /// The ledger, locked for this run.
    pub(crate) ledger: Arc<Ledger>,
    /// What it knew when it was opened.
    pub(crate) known: Known,
    /// Where passwords go.
    pub(crate) sink: Option<Sink>,
    /// Contents of certificates.
    pub(crate) certificates: Certificates,
    /// How to behave.
    pub(crate) options: Options,
    /// The other runners, when the plan is shared.
    pub(crate) team: Option<Team>,
    /// The waves in which it is carried out.
    pub(crate) waves: Option<Cut>,
}

/// Carries out a plan.
///
/// Steps that don't need each other go on when one fails. Every request is in the ledger before it leaves. Nothing is
/// written when there is nothing to run.
pub(crate) async fn apply(plan: &Plan, context: Apply, listener: Listener, stop: Stop) -> Report {
    let Apply { writer, ledger, known, sink, certificates, options, team, waves } = context;
    let mut scheduler = Scheduler::new(plan.steps(), options.today);
    let counts = scheduler.counts();
    let mut report = Report { standing: standing(plan), ..Report::default() };
    listener(&Event::Began { counts, open: scheduler.open_kinds() });
    if counts.total == counts.scheduled + counts.not_started {
        return finish(report, &scheduler, &known);
    }
    let started = What::RunStarted {
        environment: plan.environment.clone(),
        by: ledger.holder().by(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        plan: plan.fingerprint.clone(),
    };
    let mut taken: std::collections::BTreeSet<_> = known.owned_ids().into_iter().cloned().collect();
    taken.extend(plan.unmanaged.iter().map(|unmanaged| unmanaged.id.clone()));
    let run = ledger.run().to_owned();
    let learned = Learned {
        known,
        taken,
        made: BTreeMap::new(),
        told: BTreeMap::new(),
        steps: Steps::default(),
    };
    let journal = Journal::start(ledger);
    if let Err(error) = journal.append(started).await {
        journal.end().await;
        scheduler.give_up(&message!("the ledger cannot be written"));
        report.ledger_error = Some(error);
        return finish(report, &scheduler, &learned.known);
    }
    let shared = Arc::new(Shared {
        writer,
        journal,
        run,
        sink,
        certificates,
        options,
        listener: Arc::clone(&listener),
        stop: stop.clone(),
        requests: Semaphore::new(options.parallelism.max(1)),
        halted: AtomicBool::new(false),
        frozen: AtomicBool::new(false),
        lookout: Lookout::new(options.parallelism.max(1)),
        began: Mutex::new(Instant::now()),
        circuit: Circuit::default(),
        learned: Mutex::new(learned),
    });
    let rollout = Rollout::new(waves, &mut scheduler, &options);
    let own = drive(&mut scheduler, &shared, &mut report, stop, (counts, rollout), team).await;
    report = finish(report, &scheduler, &shared.learned().known);
    let ended = What::RunEnded {
        done: own.done,
        failed: own.failed,
        waiting: own.waiting + report.standing.len(),
    };
    if report.ledger_error.is_none()
        && let Err(error) = shared.journal.append(ended).await
    {
        report.ledger_error = Some(error);
    }
    shared.journal.end().await;
    report
}

/// Starts steps and takes in how they end, until nothing is left that may start. Gives the counts of this run's own steps.
async fn drive(
    scheduler: &mut Scheduler,
    shared: &Arc<Shared>,
    report: &mut Report,
    mut stop: Stop,
    (mut counts, mut rollout): (Counts, Rollout),
    mut team: Option<Team>,
) -> Counts {
    let options = shared.options;
    let mut own = Counts::default();
    let mut tasks = JoinSet::new();
    let mut running: BTreeMap<Id, (usize, bool)> = BTreeMap::new();
    let mut sending = 0;
    let mut halted: Option<Message> = None;
    loop {
        if stop.level() > Level::Go {
            report.interrupted = true;
            halted = Some(message!("the run was interrupted"));
        }
        if halted.is_some() {
            shared.halted.store(true, Ordering::Relaxed);
        }
        while halted.is_none()
            && let Some(turn) = rollout.turn(scheduler, shared).await
        {
            halted = turn.unwrap_or_else(|error| {
                report.ledger_error.get_or_insert(error);
                Some(message!("the ledger cannot be written"))
            });
        }
        let mut next = VecDeque::new();
        if let Some(team) = team.as_mut().filter(|_| halted.is_none()) {
            let places = options.parallelism.max(1).saturating_sub(sending);
            match team.turn(scheduler, shared, places, running.len() - sending).await {
                Ok(turn) => {
                    tell(scheduler, shared, &mut counts, &mut rollout, turn.ended);
                    next.extend(turn.ours);
                }
                Err(error) => {
                    report.ledger_error.get_or_insert(error);
                    halted = Some(message!("the ledger cannot be read"));
                }
            }
        }
        while halted.is_none() {
            let position = if team.is_some() {
                next.pop_front()
            } else {
                // A wait takes no place: a sheet may stay En cours for days.
                scheduler.start(sending < options.begun())
            };
            let Some(position) = position else { break };
            let step = scheduler.step(position).clone();
            let waits = scheduler.is_wait(position);
            sending += usize::from(!waits);
            let shared = Arc::clone(shared);
            let span = tracing::error_span!(
                "step",
                id = step.id,
                address = %step.address,
                does = step.does.word()
            );
            let plan = team.as_ref().map(|team| team.plan().clone());
            let begun = shared.learned().steps.of(&step);
            let work = async move {
                let ended = shared.carry_out(&step, begun).await;
                match plan {
                    Some(plan) => team::conclude(plan, &step, &shared, ended).await,
                    None => ended,
                }
            };
            let handle = tasks.spawn(work.instrument(span));
            running.insert(handle.id(), (position, waits));
        }
        let wanted = if stop.level() == Level::Go { Level::Finish } else { Level::Now };
        let listens = team.is_some() && halted.is_none() && !scheduler.is_over();
        if tasks.is_empty() && !listens {
            break;
        }
        let joined = tokio::select! {
            joined = tasks.join_next_with_id(), if !tasks.is_empty() => joined,
            () = tokio::time::sleep(LISTEN), if listens => continue,
            () = stop.reached(wanted) => {
                if wanted == Level::Now {
                    tasks.abort_all();
                    report.interrupted = true;
                    break;
                }
                continue;
            }
        };
        let Some(joined) = joined else { break };
        let (id, outcome, halt) = match joined {
            Ok((id, ended)) => (id, ended.outcome, ended.halt),
            Err(error) => {
                let outcome = Outcome::Failed {
                    error: message!("a step ended in a way that it must not: a bug in raccord"),
                    help: message!("report it, then run the command again: it finds its place"),
                    ambiguous: true,
                };
                (error.id(), outcome, None)
            }
        };
        let Some((position, waits)) = running.remove(&id) else { continue };
        sending -= usize::from(!waits);
        match halt {
            Some(Halt::Credentials) => {
                report.credentials_refused = true;
                halted.get_or_insert_with(|| message!("the credentials were refused"));
            }
            Some(Halt::Down) => {
                report.service_down = true;
                halted.get_or_insert_with(|| message!("the service is down"));
            }
            Some(Halt::Ledger(error)) => {
                report.ledger_error.get_or_insert(error);
                halted.get_or_insert_with(|| message!("the ledger cannot be written"));
            }
            None => {}
        }
        if options.fail_fast && matches!(outcome, Outcome::Failed { .. }) {
            halted.get_or_insert_with(|| {
                message!("another step failed, and `--fail-fast` was given")
            });
        }
        own.add(&outcome);
        let mut ended = vec![position];
        ended.extend(scheduler.end(position, outcome));
        tell(scheduler, shared, &mut counts, &mut rollout, ended);
        halted = halted.or(rollout.exceeded());
    }
    for (position, _) in std::mem::take(&mut running).into_values() {
        let outcome = Outcome::Failed {
            error: message!("the run was interrupted before an answer came"),
            help: message!(
                "run the command again: it looks for what was done before it sends anything"
            ),
            ambiguous: true,
        };
        own.add(&outcome);
        let mut ended = vec![position];
        ended.extend(scheduler.end(position, outcome));
        tell(scheduler, shared, &mut counts, &mut rollout, ended);
    }
    let is_whole = scheduler.is_wave_over();
    let given_up =
        scheduler.give_up(&halted.unwrap_or_else(|| message!("what it needs never ended")));
    tell(scheduler, shared, &mut counts, &mut rollout, given_up);
    rollout.end(scheduler, shared, is_whole);
    report.held = rollout.why();
    report.is_frozen = shared.frozen.load(Ordering::Relaxed);
    own
}

/// Counts steps that have ended, and tells who listens.
fn tell(
    scheduler: &Scheduler,
    shared: &Shared,
    counts: &mut Counts,
    rollout: &mut Rollout,
    ended: impl IntoIterator<Item = usize>,
) {
    for position in ended {
        if let Some(outcome) = outcome_of(scheduler, position) {
            counts.add(&outcome.outcome);
            rollout.note(scheduler, shared, position, &outcome);
            (shared.listener)(&Event::Ended { outcome, counts: *counts });
        }
    }
}

fn outcome_of(scheduler: &Scheduler, position: usize) -> Option<StepOutcome> {
    let step = scheduler.step(position);
    Some(StepOutcome {
        step: step.id.clone(),
        address: step.address.clone(),
        does: step.does,
        outcome: scheduler.outcome(position)?.clone(),
    })
}

/// Resources that wait although there is no step: blocked, for a person, or for support.
fn standing(plan: &Plan) -> Vec<Standing> {
    plan.changes
        .iter()
        .filter(|change| change.steps.is_empty())
        .map(|change| Standing {
            address: change.address.clone(),
            why: match &change.blocked {
                Some(why) => why.clone(),
                None => word(change.change),
            },
        })
        .collect()
}

/// What a resource waits for: the word of its change.
fn word(change: ChangeKind) -> Message {
    match change {
        ChangeKind::Verify => message!("why a resource waits" => "verify"),
        ChangeKind::Wait => message!("why a resource waits" => "wait"),
        ChangeKind::AskSupport => message!("why a resource waits" => "ask_support"),
        other => other.word().into(),
    }
}

fn finish(mut report: Report, scheduler: &Scheduler, known: &Known) -> Report {
    report.steps =
        (0..scheduler.len()).filter_map(|position| outcome_of(scheduler, position)).collect();
    report.counts = scheduler.counts();
    report.codes.extend((0..scheduler.len()).filter_map(|at| code_of(scheduler, at, known)));
    report
}

/// The code of the sheet that a step made.
fn code_of(scheduler: &Scheduler, position: usize, known: &Known) -> Option<NewCode> {
    let step = scheduler.step(position);
    let Action::Send { request, making: Some(making) } = &step.action else { return None };
    let makes_a_sheet = matches!(request, Request::CreateEdi { .. } | Request::CreateApi { .. });
    if !makes_a_sheet || scheduler.outcome(position) != Some(&Outcome::Done) {
        return None;
    }
    let address = known.get(&step.address)?;
    let old = making.replaces.as_ref().and_then(|old| {
        address.former.iter().find(|former| former.owned.id == *old).map(|former| &former.owned)
    });
    Some(NewCode {
        address: step.address.clone(),
        old_code: old.and_then(|old| old.code.clone()),
        new_code: address.current.as_ref().and_then(|current| current.code.clone()),
        name: making.name.clone(),
    })
}

#[cfg(test)]
pub(in crate::apply) mod tests;
