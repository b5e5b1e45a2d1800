//! The report of a run as JSON, format 1.0 (`schema/proof.v1.schema.json`).

use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::event::Event;
use crate::domain::event::What;
use crate::language::Message;
use crate::language::message;
use crate::ledger::proof;
use crate::render::plan::json::PlanJson;
use crate::render::report::json::ReportJson;

/// What a run of `apply` planned and did, by whom and from what, with the events of the ledger that say so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Report of a run")]
pub(crate) struct ProofJson {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    pub(crate) format_version: String,
    /// Version of raccord.
    pub(crate) raccord: String,
    /// The project, by its name or that of its folder.
    pub(crate) project: String,
    /// The environment.
    pub(crate) environment: String,
    /// What the environment is for: `simulator`, `qualification` or `production`.
    pub(crate) stage: String,
    /// The id of the run, which its events in the ledger name.
    pub(crate) run: String,
    /// Who ran it, as `user@host`.
    pub(crate) by: String,
    /// The state of the files in git when the run began; `null` where there is no repository, or no git.
    pub(crate) commit: Option<CommitJson>,
    /// When the run began (RFC 3339).
    pub(crate) started_at: String,
    /// When it ended (RFC 3339).
    pub(crate) ended_at: String,
    /// The exit code with which the run ended.
    pub(crate) exit_code: u8,
    /// What was planned, step by step.
    pub(crate) plan: PlanJson,
    /// What was done, step by step, and what is left.
    pub(crate) result: ReportJson,
    /// What the ledger says of the run.
    pub(crate) ledger: LedgerProofJson,
}

/// The state of the project's files in git.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct CommitJson {
    /// The commit; `null` before the first one.
    pub(crate) id: Option<String>,
    /// Whether files of the project differed from it.
    pub(crate) dirty: bool,
    /// Which ones, from the root of the repository; the first 100.
    pub(crate) changed: Vec<String>,
}

/// The events of the run, as the ledger had them when the run had ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct LedgerProofJson {
    /// SHA-256 over the lines of the events, each with its line end.
    pub(crate) sha256: String,
    /// The events, in the order of the ledger.
    pub(crate) events: Vec<EventProofJson>,
    /// Why the ledger could not be read after the run, if so.
    pub(crate) unread: Option<String>,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct EventProofJson {
    /// Its id.
    pub(crate) id: String,
    /// SHA-256 of its line, without the line end.
    pub(crate) sha256: String,
    /// Its line in the ledger: the form of `event.v1.schema.json`.
    pub(crate) line: String,
}

impl LedgerProofJson {
    /// The events of a run.
    pub(crate) fn of(events: &[&Event], unread: Option<String>) -> serde_json::Result<Self> {
        let events: Vec<EventProofJson> = events
            .iter()
            .map(|event| {
                let line = proof::line(event)?;
                Ok(EventProofJson { id: event.id.clone(), sha256: proof::sha256(&line), line })
            })
            .collect::<serde_json::Result<_>>()?;
        let sha256 = proof::sha256_of_lines(events.iter().map(|event| event.line.as_str()));
        Ok(Self { sha256, events, unread })
    }
}

impl ProofJson {
    /// What does not fit within the report itself, and its events as far as they can be read.
    pub(crate) fn own_faults(&self) -> (Vec<Message>, Vec<Event>) {
        let mut faults = Vec::new();
        let mut events: Vec<Event> = Vec::new();
        if let Some(unread) = &self.ledger.unread {
            faults.push(message!(
                "the ledger could not be read when the report was written: {unread}",
                unread
            ));
        }
        for told in &self.ledger.events {
            let id = &told.id;
            if proof::sha256(&told.line) != told.sha256 {
                faults.push(message!(
                    "the line of event `{id}` is not the one whose SHA-256 it has",
                    id
                ));
            }
            match serde_json::from_str::<Event>(&told.line) {
                Ok(event) if event.id == *id && event.run == self.run => events.push(event),
                Ok(_) => {
                    faults
                        .push(message!("the line of event `{id}` is of another event or run", id));
                }
                Err(error) => faults.push(message!(
                    "the line of event `{id}` is no event: {error}",
                    id,
                    error
                )),
            }
        }
        let lines = self.ledger.events.iter().map(|event| event.line.as_str());
        if proof::sha256_of_lines(lines) != self.ledger.sha256 {
            faults.push(message!("the events are not those whose SHA-256 the report has"));
        }
        faults.extend(self.untold(&events));
        (faults, events)
    }

    /// What the report says of the run and its events do not.
    fn untold(&self, events: &[Event]) -> Vec<Message> {
        let mut faults = Vec::new();
        for event in events {
            match &event.what {
                What::RunStarted { environment, by, version: _, plan } => {
                    let (own, of_plan) = (&self.environment, &self.plan.fingerprint);
                    if environment != own {
                        faults.push(message!(
                            "the environment is `{found}`, and the event that began the run says `{told}`",
                            found = own,
                            told = environment
                        ));
                    }
                    if *by != self.by {
                        faults.push(message!(
                            "the person is `{found}`, and the event that began the run says `{told}`",
                            found = self.by,
                            told = by
                        ));
                    }
                    if plan != of_plan {
                        faults.push(message!(
                            "the fingerprint of the plan is `{found}`, and the event that began the run says `{told}`",
                            found = of_plan,
                            told = plan
                        ));
                    }
                }
                What::Succeeded { step, .. } if !self.result.tells(step) => {
                    faults.push(message!(
                        "the step `{step}` was done, and the report does not name it",
                        step
                    ));
                }
                _ => {}
            }
        }
        let ends = events.iter().filter_map(|event| match &event.what {
            What::RunEnded { done, failed, waiting: _ } => Some((*done, *failed)),
            _ => None,
        });
        let told = (self.result.done.len(), self.result.failed.len());
        faults.extend(ends.filter(|end| *end != told).map(|(done, failed)| {
            message!(
                "the report tells {} steps as done and {} as failed, and the event that ended the run {done} and {failed}",
                told.0,
                told.1,
                done,
                failed
            )
        }));
        let about = |address: &str| {
            let mut told = events.iter().flat_map(|event| event.what.addresses());
            told.any(|one| one.to_string() == address)
        };
        let done = self.result.done.iter().filter(|done| !about(&done.address));
        faults.extend(done.map(|done| {
            message!(
                "the step `{}` is told as done, and no event of the run is about it",
                done.step
            )
        }));
        faults
    }
}
