//! The end of an `apply` as JSON, format 1.0 (`schema/apply.v1.schema.json`).

use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

use crate::language::Message;
use crate::render::FORMAT_VERSION;
use crate::render::report::model::Report;
use crate::render::report::model::ReportCode;
use crate::render::report::model::ReportFailure;
use crate::render::report::model::ReportNotStarted;
use crate::render::report::model::ReportScheduled;
use crate::render::report::model::ReportStep;
use crate::render::report::model::ReportWaiting;

/// How an `apply` ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Result of apply")]
pub(crate) struct ReportJson {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    pub(crate) format_version: String,
    /// The environment.
    pub(crate) environment: String,
    /// The count of everything.
    pub(crate) summary: ReportSummaryJson,
    /// Steps that were carried out.
    pub(crate) done: Vec<StepDoneJson>,
    /// Steps that failed.
    pub(crate) failed: Vec<StepFailedJson>,
    /// What Chorus Pro, a person or support has to do first.
    pub(crate) waiting: Vec<WaitingJson>,
    /// Steps that are due on a later day.
    pub(crate) scheduled: Vec<ScheduledJson>,
    /// Steps that were not begun, and why.
    pub(crate) not_started: Vec<NotStartedJson>,
    /// Application codes that were allocated.
    pub(crate) application_codes: Vec<CodeJson>,
    /// What is left to do on one's own side after new EDI connections.
    pub(crate) last_steps: Vec<Message>,
    /// The dossier that a person works through at the portal; `null` where there is none.
    pub(crate) dossier: Option<String>,
    /// Why the run stopped before its end, if it did.
    pub(crate) stopped: Option<Message>,
    /// Commands to go on with.
    pub(crate) next: Vec<String>,
}

/// The count of everything, in steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ReportSummaryJson {
    /// Carried out.
    pub(crate) done: usize,
    /// Failed.
    pub(crate) failed: usize,
    /// Waiting.
    pub(crate) waiting: usize,
    /// Due on a later day.
    pub(crate) scheduled: usize,
    /// Not begun.
    pub(crate) not_started: usize,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct StepDoneJson {
    /// The resource.
    pub(crate) address: String,
    /// The step's id in the plan.
    pub(crate) step: String,
    /// The word for what it does.
    pub(crate) does: String,
}

/// A step that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct StepFailedJson {
    /// The resource.
    pub(crate) address: String,
    /// The step's id in the plan.
    pub(crate) step: String,
    /// The word for what it does.
    pub(crate) does: String,
    /// Why.
    pub(crate) error: Message,
    /// Whether it may have been done all the same.
    pub(crate) ambiguous: bool,
    /// What to do.
    pub(crate) help: Option<Message>,
}

/// Something that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct WaitingJson {
    /// The resource.
    pub(crate) address: String,
    /// The step's id in the plan; `null` when the resource waits without a step.
    pub(crate) step: Option<String>,
    /// For what, in words.
    pub(crate) waiting_for: Message,
    /// What to do, where there is something.
    pub(crate) help: Option<Message>,
}

/// A step that is due on a later day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ScheduledJson {
    /// The resource.
    pub(crate) address: String,
    /// The step's id in the plan.
    pub(crate) step: String,
    /// The word for what it does.
    pub(crate) does: String,
    /// The day; `null` when it needs a step that is due later.
    pub(crate) due: Option<String>,
}

/// A step that was not begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct NotStartedJson {
    /// The resource.
    pub(crate) address: String,
    /// The step's id in the plan.
    pub(crate) step: String,
    /// The word for what it does.
    pub(crate) does: String,
    /// Why.
    pub(crate) why: Message,
}

/// An application code that was allocated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct CodeJson {
    /// The resource.
    pub(crate) address: String,
    /// The name of the sheet, or its PISTE application.
    pub(crate) name: String,
    /// The code of the sheet that it replaces.
    pub(crate) before: Option<String>,
    /// The code; `null` when it was not told yet.
    pub(crate) after: Option<String>,
}

impl ReportJson {
    /// Turns a report into its JSON form.
    pub(crate) fn of(report: &Report) -> Self {
        let Report {
            environment,
            done,
            failed,
            waiting,
            scheduled,
            not_started,
            codes,
            stopped,
            made_by_persons: _,
            dossier,
            next,
        } = report;
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            environment: environment.clone(),
            summary: ReportSummaryJson {
                done: done.len(),
                failed: failed.len(),
                waiting: waiting.len(),
                scheduled: scheduled.len(),
                not_started: not_started.len(),
            },
            done: done.iter().map(StepDoneJson::of).collect(),
            failed: failed.iter().map(StepFailedJson::of).collect(),
            waiting: waiting.iter().map(WaitingJson::of).collect(),
            scheduled: scheduled.iter().map(ScheduledJson::of).collect(),
            not_started: not_started.iter().map(NotStartedJson::of).collect(),
            application_codes: codes.iter().map(CodeJson::of).collect(),
            last_steps: report.last_steps(),
            dossier: dossier.clone(),
            stopped: stopped.clone(),
            next: next.clone(),
        }
    }
}

impl ReportJson {
    /// Whether a step of the plan is named, in whichever way it ended.
    pub(crate) fn tells(&self, step: &str) -> bool {
        self.done.iter().any(|one| one.step == step)
            || self.failed.iter().any(|one| one.step == step)
            || self.waiting.iter().any(|one| one.step.as_deref() == Some(step))
            || self.scheduled.iter().any(|one| one.step == step)
            || self.not_started.iter().any(|one| one.step == step)
    }
}

impl StepDoneJson {
    fn of(step: &ReportStep) -> Self {
        let ReportStep { address, step, does } = step;
        Self { address: address.to_string(), step: step.clone(), does: does.clone() }
    }
}

impl StepFailedJson {
    fn of(failure: &ReportFailure) -> Self {
        let ReportFailure { step: ReportStep { address, step, does }, error, ambiguous, help } =
            failure;
        Self {
            address: address.to_string(),
            step: step.clone(),
            does: does.clone(),
            error: error.clone(),
            ambiguous: *ambiguous,
            help: help.clone(),
        }
    }
}

impl WaitingJson {
    fn of(waiting: &ReportWaiting) -> Self {
        let ReportWaiting { address, step, waiting_for, help } = waiting.clone();
        Self { address: address.to_string(), step, waiting_for, help }
    }
}

impl ScheduledJson {
    fn of(scheduled: &ReportScheduled) -> Self {
        let ReportScheduled { step: ReportStep { address, step, does }, due } = scheduled.clone();
        Self { address: address.to_string(), step, does, due: due.map(|day| day.to_string()) }
    }
}

impl NotStartedJson {
    fn of(not_started: &ReportNotStarted) -> Self {
        let ReportNotStarted { step: ReportStep { address, step, does }, why } =
            not_started.clone();
        Self { address: address.to_string(), step, does, why }
    }
}

impl CodeJson {
    fn of(code: &ReportCode) -> Self {
        let ReportCode { address, name, before, after, protocol: _ } = code;
        Self {
            address: address.to_string(),
            name: name.clone(),
            before: before.clone(),
            after: after.clone(),
        }
    }
}
