//! Waits for a sheet that Chorus Pro is working on.

use tokio::time::Instant;

use crate::apply::report::Event;
use crate::apply::report::Outcome;
use crate::apply::step::Ended;
use crate::apply::step::Shared;
use crate::apply::step::Unrecorded;
use crate::apply::step::failed;
use crate::apply::step::waiting;
use crate::apply::stop::Level;
use crate::domain::edi::EdiStatus;
use crate::domain::event::What;
use crate::domain::observed::RemoteId;
use crate::domain::request::Target;
use crate::language::Message;
use crate::language::message;
use crate::plan::change::Step;
use crate::plan::change::Until;

impl Shared {
    /// Looks at a sheet, less and less often, until it has left En cours.
    pub(super) async fn wait(
        &self,
        step: &Step,
        target: &Target,
        until: Until,
    ) -> Result<Ended, Unrecorded> {
        let Some(id) = self.identity(target) else {
            return Ok(failed(
                message!("what it waits for was not made"),
                message!("run the command again"),
            )
            .into());
        };
        if self.options.no_wait {
            return Ok(waiting(message!("Chorus Pro is still working on it"), None).into());
        }
        let deadline = self.options.timeout.map(|timeout| self.began() + timeout);
        let waiting_for = self.lookout.begin();
        let mut pause = self.options.first_poll;
        let mut stop = self.stop.clone();
        loop {
            let found = waiting_for.look(self.writer.reader(), &id, pause).await;
            if found.is_ok() {
                self.circuit.answered();
            }
            let sheet = match found {
                Ok(Some(sheet)) => sheet,
                Ok(None) => {
                    return Ok(failed(
                        message!("sheet `{id}` is no longer there", id),
                        message!("plan again"),
                    )
                    .into());
                }
                Err(error) => {
                    return Ok(Ended {
                        outcome: failed(Message::of(|| error.to_string()), error.help()),
                        halt: self.halt(&error),
                    });
                }
            };
            self.learned().told.insert(id.clone(), sheet.status.clone());
            match &sheet.status {
                EdiStatus::Pending | EdiStatus::Draft => {}
                EdiStatus::Unrecognized(word) => {
                    return Ok(waiting(
                        message!("sheet `{id}` has status `{word}`, which is not known", id, word),
                        Some(message!("look at the sheet on the portal")),
                    )
                    .into());
                }
                status => {
                    self.record(What::Settled {
                        address: step.address.clone(),
                        target: id.clone(),
                        status: status.clone(),
                        application_code: sheet.application_code.clone(),
                        protocol: Some(sheet.protocol.clone()),
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
                    message!("sheet `{id}` is still `{status}`", id, status = sheet.status),
                    Some(message!("run the command again later")),
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
            let why = match valid_from {
                Some(day) => message!(
                    "sheet `{id}` is `Inactif`: outside its validity (it begins on {day}), or deactivated",
                    id,
                    day
                ),
                None => {
                    message!("sheet `{id}` is `Inactif`: outside its validity, or deactivated", id)
                }
            };
            waiting(why, Some(message!("run the command again once its validity has begun")))
        }
        _ => waiting(
            message!("sheet `{id}` is `{status}`: only support can act", id, status),
            Some(message!(
                "open a ticket with the support of Chorus Pro, then run the command again"
            )),
        ),
    }
}
