//! `Report`: how an `apply` ended, with what follows from it for people.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::apply;
use crate::apply::Outcome;
use crate::apply::circuit::LIMIT;
use crate::domain::address::Address;
use crate::domain::edi::Protocol;
use crate::domain::request::Request;
use crate::language::Message;
use crate::language::message;
use crate::plan::Plan;
use crate::plan::change::Action;
use crate::plan::portal;
use crate::render::words;

/// How an `apply` ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    /// The environment.
    pub(crate) environment: String,
    /// Steps that were carried out, in the order of the plan.
    pub(crate) done: Vec<ReportStep>,
    /// Steps that failed, with the cause.
    pub(crate) failed: Vec<ReportFailure>,
    /// What Chorus Pro, a person or support has to do first.
    pub(crate) waiting: Vec<ReportWaiting>,
    /// Steps that are due on a later day.
    pub(crate) scheduled: Vec<ReportScheduled>,
    /// Steps that were not begun, and why.
    pub(crate) not_started: Vec<ReportNotStarted>,
    /// Application codes that were allocated, with the code that they follow.
    pub(crate) codes: Vec<ReportCode>,
    /// Why the run stopped before its end, if it did.
    pub(crate) stopped: Option<Message>,
    /// The protocols of the EDI sheets that a person makes.
    pub(crate) made_by_persons: BTreeSet<Protocol>,
    /// The dossier that a person works through at the portal, where one was written.
    pub(crate) dossier: Option<String>,
    /// Commands to go on with.
    pub(crate) next: Vec<String>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReportStep {
    /// The resource.
    pub(crate) address: Address,
    /// The step's id.
    pub(crate) step: String,
    /// The word for what it does.
    pub(crate) does: String,
}

/// A step that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReportFailure {
    /// The step.
    pub(crate) step: ReportStep,
    /// Why.
    pub(crate) error: Message,
    /// Whether it may have been done all the same.
    pub(crate) ambiguous: bool,
    /// What to do.
    pub(crate) help: Option<Message>,
}

/// Something that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReportWaiting {
    /// The resource.
    pub(crate) address: Address,
    /// The step's id, where a step waits.
    pub(crate) step: Option<String>,
    /// For what, in words.
    pub(crate) waiting_for: Message,
    /// What to do, where there is something.
    pub(crate) help: Option<Message>,
}

/// A step that is due on a later day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReportScheduled {
    /// The step.
    pub(crate) step: ReportStep,
    /// The day; `None` when it needs a step that is due later.
    pub(crate) due: Option<Date>,
}

/// A step that was not begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReportNotStarted {
    /// The step.
    pub(crate) step: ReportStep,
    /// Why.
    pub(crate) why: Message,
}

/// An application code that was allocated to a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReportCode {
    /// The resource.
    pub(crate) address: Address,
    /// The name of the sheet, or its PISTE application.
    pub(crate) name: String,
    /// The code of the sheet that it replaces.
    pub(crate) before: Option<String>,
    /// The code; `None` when it was not told yet.
    pub(crate) after: Option<String>,
    /// The protocol of an EDI sheet.
    pub(crate) protocol: Option<Protocol>,
}

impl Report {
    /// Joins what a run did with what its plan meant. `again` is the command that goes on.
    pub(crate) fn of(ended: &apply::Report, plan: &Plan, again: &str) -> Self {
        let apply::Report {
            steps,
            standing,
            counts: _,
            codes,
            interrupted,
            credentials_refused,
            service_down,
            ledger_error,
            is_frozen,
            held,
        } = ended;
        let mut report = Self { environment: plan.environment.clone(), ..Self::default() };
        for ended in steps {
            let step = ReportStep {
                address: ended.address.clone(),
                step: ended.step.clone(),
                does: ended.does.word().to_owned(),
            };
            match ended.outcome.clone() {
                Outcome::Done => report.done.push(step),
                Outcome::Failed { error, help, ambiguous } => {
                    let (error, help) = (error, Some(help));
                    report.failed.push(ReportFailure { step, error, ambiguous, help });
                }
                Outcome::Waiting { why, help } => report.waiting.push(ReportWaiting {
                    address: step.address,
                    step: Some(step.step),
                    waiting_for: why,
                    help,
                }),
                Outcome::Scheduled { due } => report.scheduled.push(ReportScheduled { step, due }),
                Outcome::NotStarted { why } => {
                    report.not_started.push(ReportNotStarted { step, why });
                }
            }
        }
        report.waiting.extend(standing.iter().map(|standing| ReportWaiting {
            address: standing.address.clone(),
            step: None,
            waiting_for: standing.why.clone(),
            help: None,
        }));
        let protocols = created_protocols(plan);
        report.codes = codes
            .iter()
            .map(|code| ReportCode {
                address: code.address.clone(),
                name: code.name.clone(),
                before: code.old_code.clone(),
                after: code.new_code.clone(),
                protocol: protocols.get(&code.address).copied(),
            })
            .collect();
        report.stopped = match (interrupted, credentials_refused, ledger_error) {
            (_, _, Some(error)) => {
                Some(message!("the ledger could not be written: {error}", error))
            }
            (_, true, None) => Some(message!("the credentials were refused")),
            (true, false, None) => Some(message!("interrupted")),
            (false, false, None) if *service_down => Some(message!(
                "the service is down: {limit} steps in a row had no answer, so the others were not begun",
                limit = LIMIT
            )),
            (false, false, None) if *is_frozen => Some(message!(
                "a freeze of the policy has begun: what was not sent by then waits for its end"
            )),
            (false, false, None) => held.clone(),
        };
        let unfinished = !report.failed.is_empty()
            || !report.not_started.is_empty()
            || report.stopped.is_some()
            || !report.waiting.is_empty();
        if unfinished {
            report.next.push(again.to_owned());
        }
        report
    }
}

impl Report {
    /// Adds what was handed to a person at the portal: where it lies, and the commands that record how it came out.
    pub(crate) fn handed(&mut self, plan: &Plan, dossier: String, confirm: Vec<String>) {
        let steps = portal::steps(plan);
        self.waiting.extend(steps.iter().map(|step| ReportWaiting {
            address: step.address.clone(),
            step: Some(step.id.clone()),
            waiting_for: message!("a person at the portal: {}", words::does(step.does.word())),
            help: None,
        }));
        self.dossier = Some(dossier);
        self.next = confirm;
        self.made_by_persons = steps
            .iter()
            .filter_map(|step| match &step.action {
                Action::Send { request: Request::CreateEdi { sheet }, making: _ } => {
                    Some(sheet.settings.network.protocol())
                }
                _ => None,
            })
            .collect();
    }

    /// What is left to do on one's own side after new EDI sheets (`docs/sources.md` 1).
    pub(crate) fn last_steps(&self) -> Vec<Message> {
        let protocols: BTreeSet<Protocol> = self
            .codes
            .iter()
            .filter_map(|code| code.protocol)
            .chain(self.made_by_persons.iter().copied())
            .collect();
        let mut steps: Vec<Message> = protocols
            .iter()
            .map(|protocol| match protocol {
                Protocol::Pesit => message!(
                    "download from AIFE's documentation portal and install, for PeSIT, AIFE's certificates for the TLS session"
                ),
                Protocol::Sftp => message!(
                    "download from AIFE's documentation portal and install, for SFTP, the key of AIFE's server, which your client checks"
                ),
                Protocol::As2 => message!(
                    "download from AIFE's documentation portal and install, for AS2, AIFE's certificate, with which your server checks signatures and encrypts"
                ),
            })
            .collect();
        if !steps.is_empty() {
            steps.push(message!(
                "name flow files with the new application code, and give it to whoever sends them"
            ));
        }
        steps
    }
}

/// The protocol of each EDI sheet that the plan makes.
fn created_protocols(plan: &Plan) -> BTreeMap<Address, Protocol> {
    plan.steps()
        .filter_map(|step| match &step.action {
            Action::Send { request: Request::CreateEdi { sheet }, making: _ } => {
                Some((step.address.clone(), sheet.settings.network.protocol()))
            }
            _ => None,
        })
        .collect()
}
