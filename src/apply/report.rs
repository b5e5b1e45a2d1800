//! What a run tells while it goes on, and at its end.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;
use serde::Serialize;

use crate::apply::waves::Wave;
use crate::domain::address::Address;
use crate::domain::siret::Siret;
use crate::language::Message;
use crate::plan::change::Does;

/// How many steps stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// All steps of the plan.
    pub(crate) total: usize,
    /// Done and recorded.
    pub(crate) done: usize,
    /// Refused, or lost.
    pub(crate) failed: usize,
    /// Waiting for Chorus Pro, a person or support.
    pub(crate) waiting: usize,
    /// Due on a later day.
    pub(crate) scheduled: usize,
    /// Not started because something else stands in the way.
    pub(crate) not_started: usize,
}

/// What happens during a run, for those who listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The run began.
    Began {
        /// All steps of the plan.
        counts: Counts,
        /// How many may start today, by what they do.
        open: BTreeMap<Does, usize>,
    },
    /// A wave began.
    WaveStarted {
        /// The wave.
        wave: Wave,
        /// The number of the last one.
        of: usize,
        /// How many steps it has.
        steps: usize,
    },
    /// All steps of a wave have ended, or the run ends before they have.
    WaveEnded(Box<WaveReport>),
    /// A step began.
    Started {
        /// The step.
        step: String,
        /// Its resource.
        address: Address,
        /// What it does.
        does: Does,
    },
    /// Its request leaves; the intention is on disk.
    Sent {
        /// The step.
        step: String,
        /// Its resource.
        address: Address,
    },
    /// A sheet was looked at and is still being processed.
    Polled {
        /// The step.
        step: String,
        /// Its resource.
        address: Address,
        /// The portal's word.
        status: String,
    },
    /// A sheet left En cours.
    Settled {
        /// The step.
        step: String,
        /// Its resource.
        address: Address,
        /// The portal's word.
        status: String,
    },
    /// A step ended, in whichever way.
    Ended {
        /// How.
        outcome: StepOutcome,
        /// How many stand where now.
        counts: Counts,
    },
}

/// How a wave ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WaveReport {
    /// The wave.
    pub(crate) wave: Wave,
    /// The number of the last one.
    pub(crate) of: usize,
    /// Whether all its steps have ended by themselves.
    pub(crate) is_whole: bool,
    /// How many of its steps stand where.
    pub(crate) counts: Counts,
    /// Its steps, in the order of the plan.
    pub(crate) steps: Vec<WaveStep>,
}

/// A step of a wave, with what is known of its resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WaveStep {
    /// How it ended.
    pub(crate) ended: StepOutcome,
    /// The structure.
    pub(crate) structure: Option<Siret>,
    /// The status that a sheet was last seen in, in the portal's word.
    pub(crate) status: Option<String>,
    /// The code of a sheet that was made.
    pub(crate) code: Option<NewCode>,
}

/// Who listens.
pub(crate) type Listener = Arc<dyn Fn(&Event) + Send + Sync>;

/// How a step ended. Runners that share a plan tell each other in this form, in English.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ended", rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// Done and recorded.
    Done,
    /// Refused, or lost.
    Failed {
        /// Why.
        error: Message,
        /// What to do.
        help: Message,
        /// Whether it may have been done all the same.
        ambiguous: bool,
    },
    /// It waits for Chorus Pro, a person or support.
    Waiting {
        /// For what.
        why: Message,
        /// What to do, where there is something.
        help: Option<Message>,
    },
    /// It is due on a later day.
    Scheduled {
        /// The day; `None` when it needs a step that is due later.
        due: Option<Date>,
    },
    /// It was not started.
    NotStarted {
        /// Why.
        why: Message,
    },
}

/// A step and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StepOutcome {
    /// The step.
    pub(crate) step: String,
    /// Its resource.
    pub(crate) address: Address,
    /// What it does.
    pub(crate) does: Does,
    /// How it ended.
    pub(crate) outcome: Outcome,
}

/// A resource that waits although the plan has no step for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The resource.
    pub(crate) address: Address,
    /// Why.
    pub(crate) why: Message,
}

/// A sheet that was made: flow files and the partner's settings must follow its code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "old and new code are what it is about")]
pub(crate) struct NewCode {
    /// The resource.
    pub(crate) address: Address,
    /// Code of the sheet that was replaced.
    pub(crate) old_code: Option<String>,
    /// Code of the new sheet; `None` as long as it is not told.
    pub(crate) new_code: Option<String>,
    /// Name of the new sheet.
    pub(crate) name: String,
}

/// How a run ended, as an exit code tells it (design, section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything is done.
    Done,
    /// Applied as far as possible, the rest waits.
    Waiting,
    /// Some steps failed, others are done.
    SomeFailed,
    /// Nothing was done.
    Failed,
    /// Stopped by a person.
    Interrupted,
    /// The credentials were refused.
    Credentials,
    /// A freeze began, and the rest was not sent.
    Frozen,
}

/// What a run did and did not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    /// Every step, in the order of the plan.
    pub(crate) steps: Vec<StepOutcome>,
    /// Resources that wait without a step: blocked, to be looked at by a person, or by support.
    pub(crate) standing: Vec<Standing>,
    /// How many steps stand where.
    pub(crate) counts: Counts,
    /// Codes of sheets that were made.
    pub(crate) codes: Vec<NewCode>,
    /// Whether a person stopped it.
    pub(crate) interrupted: bool,
    /// Whether credentials were refused.
    pub(crate) credentials_refused: bool,
    /// Whether the service did not answer for many steps in a row.
    pub(crate) service_down: bool,
    /// Why the ledger could not be written, if so.
    pub(crate) ledger_error: Option<Message>,
    /// Whether something was not sent because a freeze had begun.
    pub(crate) is_frozen: bool,
    /// Why nothing more was begun after too many failures, or before the next wave, if so.
    pub(crate) held: Option<Message>,
}

impl Report {
    /// Steps that wait, and resources that wait without a step.
    pub(crate) fn waiting(&self) -> usize {
        self.counts.waiting + self.standing.len()
    }

    /// How it ended.
    pub(crate) fn exit(&self) -> Exit {
        let Counts { done, failed, .. } = self.counts;
        if self.interrupted {
            Exit::Interrupted
        } else if self.credentials_refused {
            Exit::Credentials
        } else if (failed > 0 || self.ledger_error.is_some()) && done == 0 {
            Exit::Failed
        } else if failed > 0 || self.ledger_error.is_some() {
            Exit::SomeFailed
        } else if self.is_frozen {
            Exit::Frozen
        } else if self.waiting() > 0 {
            Exit::Waiting
        } else {
            Exit::Done
        }
    }
}
