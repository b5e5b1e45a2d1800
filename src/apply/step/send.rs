//! Sends a change. When its answer is lost, someone looks before anything is sent again.

use std::collections::BTreeMap;

use crate::apply::report::Event;
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
use crate::plan::change::Step;
use crate::remote::Receipt;
use crate::remote::RemoteError;

/// How often a change is sent at most, each time after someone has looked.
const SENDS: u32 = 3;

impl Shared {
    /// Sends a change: intention on disk, request, outcome on disk.
    pub(super) async fn send(
        &self,
        step: &Step,
        request: &Request,
        making: Option<&Making>,
    ) -> Result<Ended, Unrecorded> {
        let target = match request.target() {
            None => None,
            Some(wanted) => match self.identity(wanted) {
                Some(id) => Some(id),
                None => {
                    return Ok(
                        failed("what it is for was not made", "run the command again").into()
                    );
                }
            },
        };
        if let Some(id) = &target
            && self.is_already(request, id)
        {
            let receipt = Receipt { id: Some(id.clone()), ..Receipt::empty() };
            return self.succeeded(step, request, making, &receipt).await;
        }
        let ready = if request.reveals_password() {
            match self.prepare(step).await {
                Ok(ready) => Some(ready),
                Err(error) => return Ok(failed(chain(&error), error.help()).into()),
            }
        } else {
            None
        };
        self.record(What::Intended {
            address: step.address.clone(),
            step: step.id.clone(),
            does: step.does.word().to_owned(),
            target: target.clone(),
            making: making.cloned(),
        })
        .await?;
        (self.listener)(&Event::Sent { step: step.id.clone(), address: step.address.clone() });
        let outcome = match self.perform(step, request, target.as_ref()).await {
            Ok(receipt) => {
                self.circuit.answered();
                self.take(step, request, making, receipt, ready).await
            }
            Err(error) => self.refused(step, &error).await,
        };
        outcome.map_err(|unrecorded| Unrecorded { sent: true, ..unrecorded })
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

    /// Sends a change; when its answer is lost, looks what became of it before anything is sent again.
    async fn perform(
        &self,
        step: &Step,
        request: &Request,
        target: Option<&RemoteId>,
    ) -> Result<Receipt, RemoteError> {
        let made: BTreeMap<String, RemoteId> = match (request.target(), target) {
            (Some(Target::CreatedBy(maker)), Some(id)) => {
                BTreeMap::from([(maker.clone(), id.clone())])
            }
            _ => BTreeMap::new(),
        };
        let mut lost: Option<RemoteError> = None;
        for send in 1..=SENDS {
            let result = self.writer.perform(request, &made, &self.certificates, &step.id).await;
            let error = match (result, &lost) {
                (Ok(receipt), _) => return Ok(receipt),
                (Err(error), _) if error.is_ambiguous() => error,
                // A refusal after a lost answer may be the echo of the first one: look again.
                (Err(error), Some(first)) if !error.is_credentials() => {
                    tracing::info!(%error, "refused after a lost answer, looks again");
                    first.clone()
                }
                (Err(error), _) => return Err(error),
            };
            tracing::info!(send, "answer was lost, looks what became of it");
            // The doubt about the change weighs more than why it could not be resolved.
            let Ok(look) = settle::look(self.writer.reader(), request, target).await else {
                return Err(error);
            };
            let verdict = {
                let learned = self.learned();
                settle::judge(request, &look, target, &|id| learned.taken.contains(id))
            };
            match verdict {
                Verdict::Done(receipt) => return Ok(receipt),
                Verdict::SendAgain => lost = Some(error),
                Verdict::NotDone => {
                    return Err(RemoteError::Unreachable {
                        host: "the gateway".to_owned(),
                        route: step.id.clone(),
                        reason: "the answer was lost, and it was not done".to_owned(),
                    });
                }
                Verdict::Unclear(why) => {
                    let RemoteError::Ambiguous { route, reason } = error else { return Err(error) };
                    return Err(RemoteError::Ambiguous {
                        route,
                        reason: format!("{reason}; {why}"),
                    });
                }
            }
        }
        Err(lost.unwrap_or(RemoteError::Ambiguous {
            route: step.id.clone(),
            reason: "no answer".to_owned(),
        }))
    }

    /// A change that the service refused, or whose fate nobody can tell.
    async fn refused(&self, step: &Step, error: &RemoteError) -> Result<Ended, Unrecorded> {
        let told = self.fail(step, error.to_string(), error.help(), error.is_ambiguous()).await?;
        Ok(Ended { halt: self.halt(error), ..told })
    }
}
