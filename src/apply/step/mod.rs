//! Carries out one step: intention on disk, request, password in its sink, outcome on disk.
//!
//! [`send`] sends a change and looks when its answer is lost, [`take`] takes what an answer brings, [`wait`] waits for a
//! sheet that [`lookout`] looks at, [`effect`] (pure) says what a change did, for the ledger.

mod effect;
pub(crate) mod lookout;
mod send;
mod take;
mod wait;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use tokio::time::Instant;

use crate::apply::circuit::Circuit;
use crate::apply::journal::Journal;
use crate::apply::report::Event;
use crate::apply::report::Listener;
use crate::apply::report::Outcome;
use crate::apply::resume::Begun;
use crate::apply::resume::Steps;
use crate::apply::run::Options;
use crate::apply::sink::Sink;
use crate::apply::step::lookout::Lookout;
use crate::apply::stop::Level;
use crate::apply::stop::Stop;
use crate::domain;
use crate::domain::applied::Noted;
use crate::domain::edi::EdiStatus;
use crate::domain::edi::Slot;
use crate::domain::environment::Channel;
use crate::domain::event::Effect;
use crate::domain::event::What;
use crate::domain::known::Known;
use crate::domain::observed::RemoteId;
use crate::domain::request::Target;
use crate::domain::value::Fingerprint;
use crate::language::Message;
use crate::language::message;
use crate::language::said;
use crate::plan::change::Action;
use crate::plan::change::Step;
use crate::remote::RemoteError;
use crate::remote::Writer;
use crate::remote::gateway::encode::Certificates;

/// What every step of a run shares.
pub(crate) struct Shared {
    pub(crate) writer: Writer,
    pub(crate) journal: Journal,
    pub(crate) run: String,
    pub(crate) sink: Option<Sink>,
    pub(crate) certificates: Certificates,
    pub(crate) options: Options,
    pub(crate) listener: Listener,
    pub(crate) stop: Stop,
    /// Places of requests: steps that write the ledger meanwhile hold none.
    pub(crate) requests: tokio::sync::Semaphore,
    /// Whether nothing more may be sent, for whichever reason.
    pub(crate) halted: AtomicBool,
    /// Whether something was not sent because a freeze had begun.
    pub(crate) frozen: AtomicBool,
    pub(crate) lookout: Lookout,
    /// When the run, or its wave, began: what waits counts from then.
    pub(crate) began: Mutex<Instant>,
    pub(crate) circuit: Circuit,
    pub(crate) learned: Mutex<Learned>,
}

/// What a run learns as it goes.
pub(crate) struct Learned {
    /// What the ledger knows, with the events of this run.
    pub(crate) known: Known,
    /// Identities that are someone's: ours, or of sheets that were there before.
    pub(crate) taken: BTreeSet<RemoteId>,
    /// What each creation of this run made, by step.
    pub(crate) made: BTreeMap<String, RemoteId>,
    /// The last status that was told of a sheet.
    pub(crate) told: BTreeMap<RemoteId, EdiStatus>,
    /// What other runners began.
    pub(crate) steps: Steps,
}

/// How a step ended, and whether the run can go on.
pub(crate) struct Ended {
    pub(crate) outcome: Outcome,
    pub(crate) halt: Option<Halt>,
}

/// An event that could not be written.
pub(crate) struct Unrecorded {
    /// Why.
    why: Message,
    /// Whether the request had left before, so that it may have been done.
    sent: bool,
}

/// Why the run cannot go on.
pub(crate) enum Halt {
    /// Every other request would be refused too.
    Credentials,
    /// The service did not answer for many steps in a row.
    Down,
    /// The ledger cannot be written: nothing more may be sent.
    Ledger(Message),
}

impl From<Outcome> for Ended {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, halt: None }
    }
}

fn failed(error: Message, help: Message) -> Outcome {
    Outcome::Failed { error, help, ambiguous: false }
}

fn waiting(why: Message, help: Option<Message>) -> Outcome {
    Outcome::Waiting { why, help }
}

impl Shared {
    /// Carries out one step, which another runner may have `begun`.
    pub(crate) async fn carry_out(&self, step: &Step, begun: Begun) -> Ended {
        (self.listener)(&Event::Started {
            step: step.id.clone(),
            address: step.address.clone(),
            does: step.does,
        });
        if step.channel == Channel::Portal {
            return waiting(message!("a person has to do it at the portal"), None).into();
        }
        let result = match &step.action {
            Action::Send { request, making } => {
                self.send(step, request, making.as_ref(), begun).await
            }
            Action::Wait { target, until } => self.wait(step, target, *until).await,
            // Only a person looks: the channel has said so already.
            Action::Look { making: _ } => {
                return waiting(message!("a person has to look at the portal"), None).into();
            }
            Action::Adopt { target, making, code, status, certificates, values } => {
                let facts = |(slot, held): (&Slot, &Fingerprint)| {
                    Some((*slot, self.certificates.facts(held)?.clone()))
                };
                self.note(What::Adopted {
                    address: step.address.clone(),
                    target: target.clone(),
                    making: making.clone(),
                    application_code: code.clone(),
                    status: status.clone(),
                    certificates: certificates.iter().filter_map(facts).collect(),
                    values: Noted::of(values),
                })
                .await
            }
            Action::Move { from } => {
                self.note(What::Moved { from: from.clone(), to: step.address.clone() }).await
            }
            Action::Forget => self.note(What::Forgotten { address: step.address.clone() }).await,
        };
        result.unwrap_or_else(|Unrecorded { why, sent }| Ended {
            outcome: Outcome::Failed {
                error: message!("could not record it in the ledger: {why}", why),
                help: message!("check permissions and free space, then run the command again: it finds its place"),
                ambiguous: sent,
            },
            halt: Some(Halt::Ledger(why)),
        })
    }

    /// Whether a request that has not left must not leave any more.
    fn is_halted(&self) -> bool {
        self.halted.load(Ordering::Relaxed) || self.stop.level() > Level::Go
    }

    /// Whether a freeze has begun since the run did. Sheets are still waited for, and the ledger is written.
    fn is_frozen(&self) -> bool {
        let is_on = self.options.closes.is_some_and(|closes| closes <= Instant::now());
        if is_on {
            self.frozen.store(true, Ordering::Relaxed);
        }
        is_on
    }

    /// Why the run cannot go on, if so, after the service failed like this.
    fn halt(&self, error: &RemoteError) -> Option<Halt> {
        let is_down = self.circuit.failed(error);
        if error.is_credentials() { Some(Halt::Credentials) } else { is_down.then_some(Halt::Down) }
    }

    /// Takes in events that other runners wrote.
    pub(crate) fn hear(&self, events: &[domain::event::Event]) {
        let mut learned = self.learned();
        for event in events.iter().filter(|event| event.run != self.run) {
            learned.steps.record(&event.what);
            match &event.what {
                What::Succeeded { step, effect: Effect::Created { target, .. }, .. } => {
                    learned.taken.insert(target.clone());
                    learned.made.insert(step.clone(), target.clone());
                }
                What::Settled { target, status, .. } => {
                    learned.told.insert(target.clone(), status.clone());
                }
                _ => {}
            }
            learned.known.record(event);
        }
    }

    /// What the run has learned. Never held while waiting.
    pub(crate) fn learned(&self) -> MutexGuard<'_, Learned> {
        self.learned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When the run, or its wave, began.
    fn began(&self) -> Instant {
        *self.began.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A wave begins now.
    pub(crate) fn begin_wave(&self) {
        *self.began.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// The status that the sheet of a step was last seen in, where it waits for one.
    pub(crate) fn status_of(&self, step: &Step) -> Option<EdiStatus> {
        let Action::Wait { target, .. } = &step.action else { return None };
        let id = self.identity(target)?;
        self.learned().told.get(&id).cloned()
    }

    /// Appends an event and takes it in; on disk when this returns.
    async fn record(&self, what: What) -> Result<(), Unrecorded> {
        let appended = self.journal.append(what).await;
        let event = appended.map_err(|why| Unrecorded { why, sent: false })?;
        self.learned().known.record(&event);
        Ok(())
    }

    /// A step that only writes the ledger.
    async fn note(&self, what: What) -> Result<Ended, Unrecorded> {
        self.record(what).await?;
        Ok(Outcome::Done.into())
    }

    /// A step that failed: in the ledger first.
    async fn fail(
        &self,
        step: &Step,
        error: Message,
        help: Message,
        ambiguous: bool,
    ) -> Result<Ended, Unrecorded> {
        self.record(What::Failed {
            address: step.address.clone(),
            step: step.id.clone(),
            error: error.english().to_owned(),
            ambiguous,
        })
        .await?;
        Ok(Outcome::Failed { error, help, ambiguous }.into())
    }

    /// The identity of a target; `None` when the step that makes it has made nothing.
    fn identity(&self, target: &Target) -> Option<RemoteId> {
        match target {
            Target::Existing(id) => Some(id.clone()),
            Target::CreatedBy(step) => self.learned().made.get(step).cloned(),
        }
    }
}

/// An error with its cause.
pub(super) fn chain(error: &(dyn std::error::Error + 'static)) -> Message {
    match error.source() {
        Some(source) => message!("{}: {}", said(error), said(source)),
        None => Message::of(|| said(error)),
    }
}
