//! Carries out one step: intention on disk, request, password in its sink, outcome on disk.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use secrecy::SecretString;
use tokio::time::Instant;

use crate::apply::journal::Journal;
use crate::apply::report::Event;
use crate::apply::report::Listener;
use crate::apply::report::Outcome;
use crate::apply::run::Options;
use crate::apply::settle;
use crate::apply::settle::Verdict;
use crate::apply::sink::Ready;
use crate::apply::sink::Sink;
use crate::apply::sink::SinkError;
use crate::apply::stop::Level;
use crate::apply::stop::Stop;
use crate::domain::edi::EdiStatus;
use crate::domain::environment::Channel;
use crate::domain::event::Effect;
use crate::domain::event::Making;
use crate::domain::event::What;
use crate::domain::known::Known;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::domain::request::Target;
use crate::plan::change::Action;
use crate::plan::change::Step;
use crate::plan::change::Until;
use crate::remote::Receipt;
use crate::remote::RemoteError;
use crate::remote::Writer;
use crate::remote::gateway::encode::Certificates;

/// How often a change is sent at most, each time after someone has looked.
const SENDS: u32 = 3;

/// What every step of a run shares.
pub(crate) struct Shared {
    pub(crate) writer: Writer,
    pub(crate) journal: Journal,
    pub(crate) sink: Option<Sink>,
    pub(crate) certificates: Certificates,
    pub(crate) options: Options,
    pub(crate) listener: Listener,
    pub(crate) stop: Stop,
    pub(crate) polls: tokio::sync::Semaphore,
    pub(crate) began: Instant,
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
}

/// How a step ended, and whether the run can go on.
pub(crate) struct Ended {
    pub(crate) outcome: Outcome,
    pub(crate) halt: Option<Halt>,
}

/// Why the run cannot go on.
pub(crate) enum Halt {
    /// Every other request would be refused too.
    Credentials,
    /// The ledger cannot be written: nothing more may be sent.
    Ledger(String),
}

impl From<Outcome> for Ended {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, halt: None }
    }
}

fn failed(error: impl Into<String>, help: impl Into<String>) -> Outcome {
    Outcome::Failed { error: error.into(), help: help.into(), ambiguous: false }
}

fn waiting(why: impl Into<String>, help: Option<&str>) -> Outcome {
    Outcome::Waiting { why: why.into(), help: help.map(str::to_owned) }
}

impl Shared {
    /// Carries out one step.
    pub(crate) async fn carry_out(&self, step: &Step) -> Ended {
        (self.listener)(&Event::Started {
            step: step.id.clone(),
            address: step.address.clone(),
            does: step.does,
        });
        if step.channel == Channel::Portal {
            return waiting("a person has to do it at the portal", None).into();
        }
        let result = match &step.action {
            Action::Send { request, making } => self.send(step, request, making.as_ref()).await,
            Action::Wait { target, until } => self.wait(step, target, *until).await,
            Action::Adopt { target, making, code } => {
                self.note(What::Adopted {
                    address: step.address.clone(),
                    target: target.clone(),
                    making: making.clone(),
                    application_code: code.clone(),
                })
                .await
            }
            Action::Move { from } => {
                self.note(What::Moved { from: from.clone(), to: step.address.clone() }).await
            }
            Action::Forget => self.note(What::Forgotten { address: step.address.clone() }).await,
        };
        result.unwrap_or_else(|ledger| Ended {
            outcome: failed(
                format!("could not record it in the ledger: {ledger}"),
                "check permissions and free space, then run the command again: it finds its place",
            ),
            halt: Some(Halt::Ledger(ledger)),
        })
    }

    /// What the run has learned. Never held while waiting.
    pub(crate) fn learned(&self) -> MutexGuard<'_, Learned> {
        self.learned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends an event and takes it in; on disk when this returns.
    async fn record(&self, what: What) -> Result<(), String> {
        let event = self.journal.append(what).await?;
        self.learned().known.record(&event);
        Ok(())
    }

    /// A step that only writes the ledger.
    async fn note(&self, what: What) -> Result<Ended, String> {
        self.record(what).await?;
        Ok(Outcome::Done.into())
    }

    fn identity(&self, target: &Target) -> Option<RemoteId> {
        match target {
            Target::Existing(id) => Some(id.clone()),
            Target::CreatedBy(step) => self.learned().made.get(step).cloned(),
        }
    }

    async fn send(
        &self,
        step: &Step,
        request: &Request,
        making: Option<&Making>,
    ) -> Result<Ended, String> {
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
            match self.prepare().await {
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
        match self.perform(step, request, target.as_ref()).await {
            Ok(receipt) => self.take(step, request, making, receipt, ready).await,
            Err(error) => self.refused(step, &error).await,
        }
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

    async fn prepare(&self) -> Result<Ready, SinkError> {
        let sink = self.sink.clone().ok_or(SinkError::None)?;
        tokio::task::spawn_blocking(move || sink.prepare())
            .await
            .map_err(|error| SinkError::Run(std::io::Error::other(error)))?
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
                    tracing::info!(step = step.id, %error, "refused after a lost answer, looks again");
                    first.clone()
                }
                (Err(error), _) => return Err(error),
            };
            tracing::info!(step = step.id, address = %step.address, send, "answer was lost, looks what became of it");
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

    /// Takes a receipt: password first, then the outcome.
    async fn take(
        &self,
        step: &Step,
        request: &Request,
        making: Option<&Making>,
        mut receipt: Receipt,
        ready: Option<Ready>,
    ) -> Result<Ended, String> {
        if let (Some(making), Some(id)) = (making, &receipt.id) {
            let is_old = making.replaces.as_ref() == Some(id);
            if is_old || self.learned().taken.contains(id) {
                let error = format!(
                    "the service answered with `{id}`, the identity of a sheet that was there before"
                );
                self.record(What::Failed {
                    address: step.address.clone(),
                    step: step.id.clone(),
                    error: error.clone(),
                    ambiguous: true,
                })
                .await?;
                let help =
                    "look at the sheets of the structure, then plan again: nothing was retired"
                        .to_owned();
                return Ok(Outcome::Failed { error, help, ambiguous: true }.into());
            }
        }
        let Some(ready) = ready else {
            return self.succeeded(step, request, making, &receipt).await;
        };
        let stored = match (receipt.password.take(), &receipt.id) {
            (Some(password), Some(id)) => {
                let login = receipt.code.clone().unwrap_or_default();
                match self.store(ready, step, login, password).await {
                    Ok(()) => {
                        self.record(What::PasswordStored {
                            address: step.address.clone(),
                            target: id.clone(),
                        })
                        .await?;
                        Ok(())
                    }
                    Err(error) => Err((chain(&error), error.help())),
                }
            }
            _ => Err((
                "it was done, but its password was not shown, or was lost with the answer"
                    .to_owned(),
                "plan again: it resets the password".to_owned(),
            )),
        };
        match stored {
            Ok(()) => self.succeeded(step, request, making, &receipt).await,
            // The account exists and is ours, its password is in no sink: the ledger knows both.
            Err((error, help)) if making.is_some() => {
                self.succeeded(step, request, making, &receipt).await?;
                Ok(failed(error, help).into())
            }
            Err((error, help)) => {
                self.record(What::Failed {
                    address: step.address.clone(),
                    step: step.id.clone(),
                    error: error.clone(),
                    ambiguous: true,
                })
                .await?;
                Ok(Outcome::Failed { error, help, ambiguous: true }.into())
            }
        }
    }

    async fn store(
        &self,
        ready: Ready,
        step: &Step,
        login: String,
        password: SecretString,
    ) -> Result<(), SinkError> {
        let sink = self.sink.clone().ok_or(SinkError::None)?;
        let address = step.address.clone();
        tokio::task::spawn_blocking(move || sink.store(ready, &address, &login, &password))
            .await
            .map_err(|error| SinkError::Run(std::io::Error::other(error)))?
    }

    async fn succeeded(
        &self,
        step: &Step,
        request: &Request,
        making: Option<&Making>,
        receipt: &Receipt,
    ) -> Result<Ended, String> {
        let effect = effect(request, making, receipt, |target| self.identity(target));
        if let Effect::Created { target, .. } = &effect {
            let mut learned = self.learned();
            learned.taken.insert(target.clone());
            learned.made.insert(step.id.clone(), target.clone());
        }
        if let (Some(id), Some(status)) = (&receipt.id, &receipt.status) {
            self.learned().told.insert(id.clone(), status.clone());
        }
        let (address, id) = (step.address.clone(), step.id.clone());
        self.record(What::Succeeded { address, step: id, effect }).await?;
        Ok(Outcome::Done.into())
    }

    async fn refused(&self, step: &Step, error: &RemoteError) -> Result<Ended, String> {
        let ambiguous = error.is_ambiguous();
        let text = error.to_string();
        self.record(What::Failed {
            address: step.address.clone(),
            step: step.id.clone(),
            error: text.clone(),
            ambiguous,
        })
        .await?;
        Ok(Ended {
            outcome: Outcome::Failed { error: text, help: error.help(), ambiguous },
            halt: error.is_credentials().then_some(Halt::Credentials),
        })
    }

    /// Looks at a sheet, less and less often, until it has left En cours.
    async fn wait(&self, step: &Step, target: &Target, until: Until) -> Result<Ended, String> {
        let Some(id) = self.identity(target) else {
            return Ok(failed("what it waits for was not made", "run the command again").into());
        };
        if self.options.no_wait {
            return Ok(waiting("Chorus Pro is still working on it", None).into());
        }
        let deadline = self.options.timeout.map(|timeout| self.began + timeout);
        let mut pause = self.options.first_poll;
        let mut stop = self.stop.clone();
        loop {
            let found = {
                let _turn = self.polls.acquire().await;
                self.writer.reader().edi_sheet(&id).await
            };
            let sheet = match found {
                Ok(Some(sheet)) => sheet,
                Ok(None) => {
                    return Ok(
                        failed(format!("sheet `{id}` is no longer there"), "plan again").into()
                    );
                }
                Err(error) => {
                    return Ok(Ended {
                        outcome: failed(error.to_string(), error.help()),
                        halt: error.is_credentials().then_some(Halt::Credentials),
                    });
                }
            };
            self.learned().told.insert(id.clone(), sheet.status.clone());
            match &sheet.status {
                EdiStatus::Pending | EdiStatus::Draft => {}
                EdiStatus::Unrecognized(word) => {
                    return Ok(waiting(
                        format!("sheet `{id}` has status `{word}`, which is not known"),
                        Some("look at the sheet on the portal"),
                    )
                    .into());
                }
                status => {
                    self.record(What::Settled {
                        address: step.address.clone(),
                        target: id.clone(),
                        status: status.clone(),
                        application_code: sheet.application_code.clone(),
                    })
                    .await?;
                    (self.listener)(&Event::Settled {
                        step: step.id.clone(),
                        address: step.address.clone(),
                        status: status.label().to_owned(),
                    });
                    return Ok(settled(&id, status, until, sheet.valid_from).into());
                }
            }
            (self.listener)(&Event::Polled {
                step: step.id.clone(),
                address: step.address.clone(),
                status: sheet.status.label().to_owned(),
            });
            let next = Instant::now() + pause;
            if deadline.is_some_and(|deadline| next > deadline) || stop.level() > Level::Go {
                return Ok(waiting(
                    format!("sheet `{id}` is still `{}`", sheet.status),
                    Some("run the command again later"),
                )
                .into());
            }
            tokio::select! {
                () = tokio::time::sleep_until(next) => {}
                () = stop.reached(Level::Finish) => {}
            }
            pause = (pause * 8 / 5).min(self.options.longest_poll);
        }
    }
}

/// What a settled status means for those who wait for it.
fn settled(
    id: &RemoteId,
    status: &EdiStatus,
    until: Until,
    valid_from: Option<jiff::civil::Date>,
) -> Outcome {
    match (status, until) {
        (EdiStatus::Active, _) | (EdiStatus::Inactive, Until::Settled) => Outcome::Done,
        (EdiStatus::Inactive, Until::Active) => {
            let since = valid_from.map(|day| format!(" (it begins on {day})")).unwrap_or_default();
            waiting(
                format!("sheet `{id}` is `Inactif`: outside its validity{since}, or deactivated"),
                Some("run the command again once its validity has begun"),
            )
        }
        _ => waiting(
            format!("sheet `{id}` is `{status}`: only support can act"),
            Some("open a ticket with the support of Chorus Pro, then run the command again"),
        ),
    }
}

/// What a change did, for the ledger.
fn effect(
    request: &Request,
    making: Option<&Making>,
    receipt: &Receipt,
    identity: impl Fn(&Target) -> Option<RemoteId>,
) -> Effect {
    let known = receipt.id.clone().or_else(|| request.target().and_then(&identity));
    match request {
        Request::CreateEdi { .. } | Request::CreateApi { .. } | Request::CreateAccount { .. } => {
            match (known, making) {
                (Some(target), Some(making)) => {
                    Effect::Created { target, code: receipt.code.clone(), making: making.clone() }
                }
                (target, _) => Effect::Changed { target },
            }
        }
        Request::AddClient { operator, client } => match making {
            Some(making) => Effect::Created {
                target: client_id(*operator, *client),
                code: None,
                making: making.clone(),
            },
            None => Effect::Changed { target: None },
        },
        Request::RemoveClient { operator, client } => {
            Effect::Deleted { target: client_id(*operator, *client) }
        }
        Request::DeactivateEdi { .. }
        | Request::DeactivateApi { .. }
        | Request::DeactivateAccount { .. } => match known {
            Some(target) => Effect::Deactivated { target },
            None => Effect::Changed { target: None },
        },
        Request::DeleteEdi { .. } => match known {
            Some(target) => Effect::Deleted { target },
            None => Effect::Changed { target: None },
        },
        Request::FinaliseEdi { .. }
        | Request::UpdateEdi { .. }
        | Request::ActivateEdi { .. }
        | Request::UpdateApi { .. }
        | Request::ActivateAccount { .. }
        | Request::ChangeAccountEmail { .. }
        | Request::ResetPassword { .. }
        | Request::SetEdiFlags { .. } => Effect::Changed { target: known },
    }
}

/// The identity under which the ledger knows a client: Chorus Pro gives it none.
pub(crate) fn client_id(
    operator: crate::domain::siret::Siret,
    client: crate::domain::siret::Siret,
) -> RemoteId {
    RemoteId::new(format!("{operator}/{client}"))
}

fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
