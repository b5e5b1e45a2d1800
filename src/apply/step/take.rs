//! Takes what an answer brings: the password goes into its sink before the outcome goes into the ledger.

use secrecy::SecretString;

use crate::apply::report::Outcome;
use crate::apply::sink::Ready;
use crate::apply::sink::SinkError;
use crate::apply::step::Ended;
use crate::apply::step::Shared;
use crate::apply::step::Unrecorded;
use crate::apply::step::chain;
use crate::apply::step::effect;
use crate::apply::step::effect::effect;
use crate::apply::step::failed;
use crate::domain::applied;
use crate::domain::applied::Noted;
use crate::domain::event::Effect;
use crate::domain::event::Making;
use crate::domain::event::What;
use crate::domain::request::Request;
use crate::language::message;
use crate::plan::change::Step;
use crate::remote::Receipt;

impl Shared {
    /// Makes sure that a password can be taken, before a request leaves that shows one.
    pub(super) async fn prepare(&self, step: &Step) -> Result<Ready, SinkError> {
        let sink = self.sink.clone().ok_or(SinkError::None)?;
        let address = step.address.clone();
        tokio::task::spawn_blocking(move || sink.prepare(&address))
            .await
            .map_err(|error| SinkError::Run(std::io::Error::other(error)))?
    }

    /// Takes a receipt: password first, then the outcome.
    pub(super) async fn take(
        &self,
        step: &Step,
        request: &Request,
        making: Option<&Making>,
        mut receipt: Receipt,
        ready: Option<Ready>,
    ) -> Result<Ended, Unrecorded> {
        if let (Some(making), Some(id)) = (making, &receipt.id) {
            let is_old = making.replaces.as_ref() == Some(id);
            if is_old || self.learned().taken.contains(id) {
                let error = message!(
                    "the service answered with `{id}`, the identity of a sheet that was there before",
                    id
                );
                let help = message!(
                    "look at the sheets of the structure, then plan again: nothing was retired"
                );
                return self.fail(step, error, help, true).await;
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
                message!(
                    "it was done, but its password was not shown, or was lost with the answer"
                ),
                message!("plan again: it resets the password"),
            )),
        };
        match stored {
            Ok(()) => self.succeeded(step, request, making, &receipt).await,
            // The account exists and is ours, its password is in no sink: the ledger knows both.
            Err((error, help)) if making.is_some() => {
                self.succeeded(step, request, making, &receipt).await?;
                Ok(failed(error, help).into())
            }
            Err((error, help)) => self.fail(step, error, help, true).await,
        }
    }

    /// Puts a password into its sink.
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

    /// A change that was done.
    pub(super) async fn succeeded(
        &self,
        step: &Step,
        request: &Request,
        making: Option<&Making>,
        receipt: &Receipt,
    ) -> Result<Ended, Unrecorded> {
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
        let certificates = effect::certificates(request, &self.certificates);
        let values = Noted::of(&applied::of_request(request));
        self.record(What::Succeeded { address, step: id, effect, certificates, values }).await?;
        Ok(Outcome::Done.into())
    }
}
