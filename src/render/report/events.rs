//! What happens during an `apply`, one JSON object a line, format 1.0 (`schema/events.v1.schema.json`).

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::apply::Counts;
use crate::apply::Event;
use crate::apply::Report;
use crate::language::Message;
use crate::plan::Plan;
use crate::plan::budget::Budget;
use crate::render::FORMAT_VERSION;
use crate::render::budget::BudgetJson;
use crate::render::report::wave::CountsJson;
use crate::render::report::wave::parts;

/// One line of `apply --events`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(title = "Line of apply --events")]
pub(crate) struct EventLine {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    pub(crate) format_version: &'static str,
    /// When it happened (RFC 3339).
    pub(crate) at: String,
    /// The run, by the id that its events have in the ledger.
    pub(crate) run: String,
    /// What happened.
    #[serde(flatten)]
    pub(crate) what: Happening,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Happening {
    /// The run began.
    RunStarted {
        /// The environment.
        environment: String,
        /// Fingerprint of the plan.
        plan: String,
        /// All steps of the plan.
        counts: CountsJson,
        /// What it costs.
        budget: BudgetJson,
    },
    /// A wave began.
    WaveStarted {
        /// Its number, from 1.
        wave: usize,
        /// The number of the last one.
        of: usize,
        /// How many entities it had when it was cut.
        entities: usize,
        /// How many of them are left to do.
        left: usize,
        /// How many steps it has.
        steps: usize,
        /// Whether an earlier run began it.
        goes_on: bool,
    },
    /// A step began.
    StepStarted {
        /// The resource.
        address: String,
        /// The step's id in the plan.
        step: String,
        /// The word for what it does.
        does: String,
        /// The number of its wave, where there are any.
        #[serde(skip_serializing_if = "Option::is_none")]
        wave: Option<usize>,
    },
    /// The request of a step leaves; its intention is in the ledger.
    RequestSent {
        /// The resource.
        address: String,
        /// The step's id in the plan.
        step: String,
        /// The number of its wave, where there are any.
        #[serde(skip_serializing_if = "Option::is_none")]
        wave: Option<usize>,
    },
    /// A sheet left En cours.
    Settled {
        /// The resource.
        address: String,
        /// The step's id in the plan.
        step: String,
        /// Its status, in the portal's word.
        status: String,
        /// The number of its wave, where there are any.
        #[serde(skip_serializing_if = "Option::is_none")]
        wave: Option<usize>,
    },
    /// A step ended, in whichever way.
    StepEnded {
        /// The resource.
        address: String,
        /// The step's id in the plan.
        step: String,
        /// The word for what it does.
        does: String,
        /// `done`, `failed`, `waiting`, `scheduled` or `not_started`.
        outcome: String,
        /// Why it is not done.
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<Message>,
        /// What to do.
        #[serde(skip_serializing_if = "Option::is_none")]
        help: Option<Message>,
        /// Whether a step that failed may have been done all the same.
        ambiguous: bool,
        /// How many steps of the plan stand where now.
        counts: CountsJson,
        /// The number of its wave, where there are any.
        #[serde(skip_serializing_if = "Option::is_none")]
        wave: Option<usize>,
    },
    /// All steps of a wave have ended, or the run ends before they have.
    WaveEnded {
        /// Its number, from 1.
        wave: usize,
        /// The number of the last one.
        of: usize,
        /// Whether all its steps ended.
        complete: bool,
        /// The count of its steps.
        counts: CountsJson,
    },
    /// A person asked the run to end: `at_once` the second time.
    Interrupted {
        /// Whether requests in flight are left.
        at_once: bool,
    },
    /// The run ended.
    RunEnded {
        /// The count of all steps.
        counts: CountsJson,
        /// The exit code of the command.
        exit_code: u8,
        /// Why it stopped before its end, if it did.
        #[serde(skip_serializing_if = "Option::is_none")]
        stopped: Option<Message>,
    },
}

impl EventLine {
    /// A line of `run`.
    pub(crate) fn new(at: Timestamp, run: &str, what: Happening) -> Self {
        Self { format_version: FORMAT_VERSION, at: at.to_string(), run: run.to_owned(), what }
    }
}

impl Happening {
    /// What an event of a run says; nothing for what is not told. `wave` is the one that runs.
    pub(crate) fn of(event: &Event, wave: Option<usize>) -> Option<Self> {
        Some(match event {
            Event::Began { .. } | Event::Polled { .. } => return None,
            Event::WaveStarted { wave, of, steps } => Self::WaveStarted {
                wave: wave.number,
                of: *of,
                entities: wave.entities,
                left: wave.left,
                steps: *steps,
                goes_on: wave.goes_on,
            },
            Event::WaveEnded(report) => Self::WaveEnded {
                wave: report.wave.number,
                of: report.of,
                complete: report.is_whole,
                counts: CountsJson::of(&report.counts),
            },
            Event::Started { step, address, does } => Self::StepStarted {
                address: address.to_string(),
                step: step.clone(),
                does: does.word().to_owned(),
                wave,
            },
            Event::Sent { step, address } => {
                Self::RequestSent { address: address.to_string(), step: step.clone(), wave }
            }
            Event::Settled { step, address, status } => Self::Settled {
                address: address.to_string(),
                step: step.clone(),
                status: status.clone(),
                wave,
            },
            Event::Ended { outcome: ended, counts } => {
                let (outcome, error, help, ambiguous) = parts(&ended.outcome);
                Self::StepEnded {
                    address: ended.address.to_string(),
                    step: ended.step.clone(),
                    does: ended.does.word().to_owned(),
                    outcome: outcome.to_owned(),
                    error,
                    help,
                    ambiguous,
                    counts: CountsJson::of(counts),
                    wave,
                }
            }
        })
    }

    /// The beginning of a run.
    pub(crate) fn began(plan: &Plan, budget: &Budget) -> Self {
        let counts = Counts { total: plan.steps().count(), ..Counts::default() };
        Self::RunStarted {
            environment: plan.environment.clone(),
            plan: plan.fingerprint.clone(),
            counts: CountsJson::of(&counts),
            budget: BudgetJson::of(budget),
        }
    }

    /// How a run ended.
    pub(crate) fn ended(report: &Report, exit_code: u8, stopped: Option<Message>) -> Self {
        Self::RunEnded { counts: CountsJson::of(&report.counts), exit_code, stopped }
    }
}
