//! What became of a step so far, as the ledger tells it: another runner may have begun it and be gone. Pure.
//!
//! Steps of one address never run at once, so that the last one that was begun there is the only one in question.

use std::collections::BTreeMap;

use crate::domain::address::Address;
use crate::domain::event::What;
use crate::domain::observed::RemoteId;
use crate::plan::change::Step;

/// What became of a step so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Begun {
    /// Nothing: it is carried out.
    #[default]
    No,
    /// Its request was about to leave: someone looks what became of it before anything is sent again.
    InDoubt {
        /// The account whose password has reached its sink.
        stored: Option<RemoteId>,
    },
    /// It is done.
    Done,
    /// Nobody can tell whether it was done, for this reason: it is not tried again.
    Unclear(String),
}

/// The last step that was begun at each address.
#[derive(Clone, Debug, Default)]
pub(crate) struct Steps(BTreeMap<Address, (String, Begun)>);

impl Steps {
    /// Takes in what happened.
    pub(crate) fn record(&mut self, what: &What) {
        match what {
            What::Intended { address, step, .. } => {
                self.set(address, step, Begun::InDoubt { stored: None });
            }
            What::Succeeded { address, step, .. } => self.set(address, step, Begun::Done),
            // A refusal did nothing, and another runner may have other credentials.
            What::Failed { address, step, error, ambiguous } => {
                let begun = if *ambiguous { Begun::Unclear(error.clone()) } else { Begun::No };
                self.set(address, step, begun);
            }
            What::PasswordStored { address, target } => {
                if let Some((_, Begun::InDoubt { stored })) = self.0.get_mut(address) {
                    *stored = Some(target.clone());
                }
            }
            // What only the ledger says can be said again.
            What::RunStarted { .. }
            | What::RunEnded { .. }
            | What::WaveStarted { .. }
            | What::WaveEnded { .. }
            | What::Settled { .. }
            | What::Handed { .. }
            | What::Confirmed { .. }
            | What::Adopted { .. }
            | What::Moved { .. }
            | What::Forgotten { .. } => {}
        }
    }

    /// What became of a step.
    pub(crate) fn of(&self, step: &Step) -> Begun {
        match self.0.get(&step.address) {
            Some((last, begun)) if *last == step.id => begun.clone(),
            _ => Begun::No,
        }
    }

    fn set(&mut self, address: &Address, step: &str, begun: Begun) {
        self.0.insert(address.clone(), (step.to_owned(), begun));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::applied::Noted;
    use crate::domain::environment::Channel;
    use crate::domain::event::Effect;
    use crate::plan::change::Action;
    use crate::plan::change::Does;

    fn step(id: &str) -> Step {
        Step {
            id: id.to_owned(),
            address: "ville/account/finances".parse().unwrap(),
            does: Does::Create,
            action: Action::Forget,
            needs: Vec::new(),
            channel: Channel::Gateway,
            due: None,
        }
    }

    fn intended(step: &Step) -> What {
        What::Intended {
            address: step.address.clone(),
            step: step.id.clone(),
            does: "create".to_owned(),
            target: None,
            making: None,
        }
    }

    #[test]
    fn the_last_event_of_a_step_says_what_is_to_be_done() {
        let (mut steps, first, second) = (Steps::default(), step("a"), step("b"));
        assert_eq!(steps.of(&first), Begun::No);
        steps.record(&intended(&first));
        assert_eq!(steps.of(&first), Begun::InDoubt { stored: None });
        let target = RemoteId::new("CT-1");
        steps.record(&What::PasswordStored {
            address: first.address.clone(),
            target: target.clone(),
        });
        assert_eq!(steps.of(&first), Begun::InDoubt { stored: Some(target) });
        steps.record(&What::Succeeded {
            address: first.address.clone(),
            step: first.id.clone(),
            effect: Effect::Changed { target: None },
            certificates: BTreeMap::new(),
            values: Noted::default(),
        });
        assert_eq!((steps.of(&first), steps.of(&second)), (Begun::Done, Begun::No));
        steps.record(&intended(&second));
        steps.record(&What::Failed {
            address: second.address.clone(),
            step: second.id.clone(),
            error: "no".to_owned(),
            ambiguous: true,
        });
        let unclear = Begun::Unclear("no".to_owned());
        assert_eq!((steps.of(&first), steps.of(&second)), (Begun::No, unclear));
        steps.record(&intended(&second));
        steps.record(&What::Failed {
            address: second.address.clone(),
            step: second.id.clone(),
            error: "HTTP 401".to_owned(),
            ambiguous: false,
        });
        assert_eq!(steps.of(&second), Begun::No);
    }
}
