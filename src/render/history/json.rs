//! The past of a ledger as JSON, format 1.0 (`schema/history.v1.schema.json`).

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::event::Event;
use crate::domain::event::What;
use crate::ledger::history::History;
use crate::ledger::history::Run;
use crate::render::FORMAT_VERSION;
use crate::render::event::EventJson;

/// The events that were asked for, and the runs that wrote them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(title = "History")]
pub(crate) struct HistoryJson<'a> {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    pub(crate) format_version: String,
    /// The environment.
    pub(crate) environment: String,
    /// The events as they stand in the ledger, oldest first.
    #[schemars(with = "Vec<EventJson>")]
    pub(crate) events: &'a [&'a Event],
    /// The runs that wrote them, by when they began.
    pub(crate) runs: Vec<RunJson>,
}

/// One run of `apply`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct RunJson {
    /// Its id, which its events name.
    pub(crate) run: String,
    /// When it first wrote (RFC 3339).
    pub(crate) started_at: String,
    /// Who ran it, as `user@host`; `null` when its start is not in the ledger.
    pub(crate) by: Option<String>,
    /// Version of raccord.
    pub(crate) version: Option<String>,
    /// Fingerprint of the plan.
    pub(crate) plan: Option<String>,
    /// How it ended; `null` when it was stopped, or runs still.
    pub(crate) ended: Option<EndedJson>,
}

/// How a run ended in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct EndedJson {
    /// When (RFC 3339).
    pub(crate) at: String,
    /// How many steps were done.
    pub(crate) done: usize,
    /// How many failed.
    pub(crate) failed: usize,
    /// How many wait.
    pub(crate) waiting: usize,
}

impl<'a> HistoryJson<'a> {
    /// The JSON form of a history.
    pub(crate) fn of(environment: &str, history: &'a History<'_>) -> Self {
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            environment: environment.to_owned(),
            events: &history.events,
            runs: history.runs.iter().map(RunJson::of).collect(),
        }
    }
}

impl RunJson {
    fn of(run: &Run<'_>) -> Self {
        let (by, version, plan) = match &run.first.what {
            What::RunStarted { environment: _, by, version, plan } => {
                (Some(by.clone()), Some(version.clone()), Some(plan.clone()))
            }
            _ => (None, None, None),
        };
        let ended = run.end.and_then(|end| match end.what {
            What::RunEnded { done, failed, waiting } => {
                Some(EndedJson { at: end.at.to_string(), done, failed, waiting })
            }
            _ => None,
        });
        Self {
            run: run.id.to_owned(),
            started_at: run.first.at.to_string(),
            by,
            version,
            plan,
            ended,
        }
    }
}
