//! Sends a change. When its answer is lost, someone looks before anything is sent again.

use std::collections::BTreeMap;

use crate::apply::report::Event;
use crate::apply::report::Outcome;
use crate::apply::resume::Begun;
use crate::apply::settle;
use crate::apply::settle::Verdict;
use crate::apply::step::Ended;
use crate::apply::step::Shared;
use crate::apply::step::Unrecorded;
use crate::apply::step::chain;
use crate::apply::step::failed;
use crate::domain::edi::EdiStatus;
use crate::domain::event::Making;
use crate::domain::event::What;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::domain::request::Target;
use crate::language::Message;
use crate::language::in_english;
use crate::language::message;
use crate::plan::change::Step;
use crate::remote::Receipt;
use crate::remote::RemoteError;

/// How often a change is sent at most, each time after someone has looked.
const SENDS: u32 = 3;

/// Why a request did not leave.
fn frozen() -> Message {
    message!("a freeze of the policy had begun before its request was sent")
}

impl Shared {
    /// Sends a change: intention on disk, request, outcome on disk.
    pub(super) async fn send(
        &self,
        step: &Step,
        request: &Request,
        making: Option<&Making>,
        begun: Begun,
    ) -> Result<Ended, Unrecorded> {
        let stored = match begun {
            Begun::Done => return Ok(Outcome::Done.into()),
            Begun::Unclear(error) => {
                let help = message!("run the command again: it looks for what was done");
                return Ok(Outcome::Failed { error: error.into(), help, ambiguous: true }.into());
            }
            Begun::InDoubt { stored } => Some(stored),
            Begun::No => None,
        };
        let is_in_doubt = stored.is_some();
        let target = match request.target() {
            None => None,
            Some(wanted) => match self.identity(wanted) {
                Some(id) => Some(id),
                None => {
                    return Ok(failed(
                        message!("what it is for was not made"),
                        message!("run the command again"),
                    )
                    .into());
                }
            },
        };
        if let Some(id) = &target
            && self.is_already(request, id)
        {
            let receipt = Receipt { id: Some(id.clone()), ..Receipt::empty() };
            return self.succeeded(step, request, making, &receipt).await;
        }
        if self.is_frozen() {
            return Ok(Outcome::NotStarted { why: frozen() }.into());
        }
        let ready = if request.reveals_password() {
            match self.prepare(step).await {
                Ok(ready) => Some(ready),
                Err(error) => return Ok(failed(chain(&error), error.help()).into()),
            }
        } else {
            None
        };
        if let Some(id) = stored.flatten() {
            // Its password is where it belongs: only the outcome was not recorded.
            return self.stored_before(step, request, making, target.as_ref(), id).await;
        }
        if !is_in_doubt {
            self.intend(step, making, target.as_ref()).await?;
        }
        let answered = {
            // The semaphore is never closed.
            let _place = self.requests.acquire().await;
            if !is_in_doubt {
                if self.is_halted() || self.is_frozen() {
                    return self.withdraw(step).await;
                }
                let Step { id, address, .. } = step;
                (self.listener)(&Event::Sent { step: id.clone(), address: address.clone() });
            }
            self.perform(step, request, target.as_ref(), is_in_doubt).await
        };
        let outcome = match answered {
            Ok(receipt) => {
                self.circuit.answered();
                self.take(step, request, making, receipt, ready).await
            }
            Err(error) => self.refused(step, &error).await,
        };
        outcome.map_err(|unrecorded| Unrecorded { sent: true, ..unrecorded })
    }

    /// Records that a request is about to leave.
    async fn intend(
        &self,
        step: &Step,
        making: Option<&Making>,
        target: Option<&RemoteId>,
    ) -> Result<(), Unrecorded> {
        self.record(What::Intended {
            address: step.address.clone(),
            step: step.id.clone(),
            does: step.does.word().to_owned(),
            target: target.cloned(),
            making: making.cloned(),
        })
        .await
    }

    /// A step whose intention is on disk, and whose turn did not come before the run had to stop: nothing was sent.
    async fn withdraw(&self, step: &Step) -> Result<Ended, Unrecorded> {
        let why = if self.is_frozen() {
            frozen()
        } else {
            message!("the run had to stop before its request was sent")
        };
        self.record(What::Failed {
            address: step.address.clone(),
            step: step.id.clone(),
            error: why.english().to_owned(),
            ambiguous: false,
        })
        .await?;
        Ok(Outcome::NotStarted { why }.into())
    }

    /// A change that another runner sent and whose password it stored, before it was gone.
    async fn stored_before(
        &self,
        step: &Step,
        request: &Request,
        making: Option<&Making>,
        target: Option<&RemoteId>,
        id: RemoteId,
    ) -> Result<Ended, Unrecorded> {
        let receipt = match making {
            None => Receipt { id: Some(id), ..Receipt::empty() },
            // What was made has a login, which the ledger keeps.
            Some(_) => match self.perform(step, request, target, true).await {
                Ok(receipt) => receipt,
                Err(error) => return self.refused(step, &error).await,
            },
        };
        self.succeeded(step, request, making, &receipt).await
    }

    /// Whether a sheet already is what an activation or deactivation would make it, as an earlier wait was told.
    fn is_already(&self, request: &Request, id: &RemoteId) -> bool {
        let wanted = match request {
            Request::DeactivateEdi { .. } => EdiStatus::Inactive,
            Request::ActivateEdi { .. } => EdiStatus::Active,
            _ => return false,
        };
        self.learned().told.get(id) == Some(&wanted)
    }

    /// Sends a change; when its answer is lost, or it `is_in_doubt` from the beginning, looks what became of it before
    /// anything is sent again.
    async fn perform(
        &self,
        step: &Step,
        request: &Request,
        target: Option<&RemoteId>,
        is_in_doubt: bool,
    ) -> Result<Receipt, RemoteError> {
        let made: BTreeMap<String, RemoteId> = match (request.target(), target) {
            (Some(Target::CreatedBy(maker)), Some(id)) => {
                BTreeMap::from([(maker.clone(), id.clone())])
            }
            _ => BTreeMap::new(),
        };
        let mut lost: Option<RemoteError> = None;
        let mut doubt = is_in_doubt.then(|| RemoteError::Ambiguous {
            route: step.id.clone(),
            reason: message!("the runner that sent it is gone"),
        });
        for send in 1..=SENDS {
            let is_of_another = doubt.is_some();
            let result = match doubt.take() {
                Some(doubt) => Err(doubt),
                None => self.writer.perform(request, &made, &self.certificates, &step.id).await,
            };
            let error = match (result, &lost) {
                (Ok(receipt), _) => return Ok(receipt),
                (Err(error), _) if error.is_ambiguous() => error,
                // A refusal after a lost answer may be the echo of the first one: look again.
                (Err(error), Some(first)) if !error.is_credentials() => {
                    let error = in_english(|| error.to_string());
                    tracing::info!(error, "refused after a lost answer, looks again");
                    first.clone()
                }
                (Err(error), _) => return Err(error),
            };
            tracing::info!(send, "answer was lost, looks what became of it");
            // The doubt about the change weighs more than why it could not be resolved.
            let Some(mut verdict) = self.settle(request, target).await else { return Err(error) };
            if is_of_another && matches!(verdict, Verdict::NotDone) {
                // Its request may still have been under way.
                tokio::time::sleep(self.options.longest_poll).await;
                let Some(second) = self.settle(request, target).await else { return Err(error) };
                verdict = second;
            }
            match verdict {
                Verdict::NotDone if is_of_another => lost = Some(error),
                Verdict::Done(receipt) => return Ok(receipt),
                Verdict::SendAgain => lost = Some(error),
                Verdict::NotDone => {
                    return Err(RemoteError::Unreachable {
                        host: message!("the gateway"),
                        route: step.id.clone(),
                        reason: message!("the answer was lost, and it was not done"),
                    });
                }
                Verdict::Unclear(why) => {
                    let RemoteError::Ambiguous { route, reason } = error else { return Err(error) };
                    return Err(RemoteError::Ambiguous {
                        route,
                        reason: message!("{reason}; {why}", reason, why),
                    });
                }
            }
        }
        Err(lost.unwrap_or(RemoteError::Ambiguous {
            route: step.id.clone(),
            reason: message!("no answer"),
        }))
    }

    /// Looks what became of a change; nothing when that cannot be seen.
    async fn settle(&self, request: &Request, target: Option<&RemoteId>) -> Option<Verdict> {
        let look = settle::look(self.writer.reader(), request, target).await.ok()?;
        let learned = self.learned();
        Some(settle::judge(request, &look, target, &|id| learned.taken.contains(id)))
    }

    /// A change that the service refused, or whose fate nobody can tell.
    async fn refused(&self, step: &Step, error: &RemoteError) -> Result<Ended, Unrecorded> {
        let told = self
            .fail(step, Message::of(|| error.to_string()), error.help(), error.is_ambiguous())
            .await?;
        Ok(Ended { halt: self.halt(error), ..told })
    }
}
