//! `Draft`: a change while it is being decided.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::domain::address::Address;
use crate::domain::api::ObservedApi;
use crate::domain::applied;
use crate::domain::edi::ObservedEdi;
use crate::domain::environment::Channel;
use crate::domain::event::Making;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::domain::request::Target;
use crate::domain::seen::Seen;
use crate::language::Message;
use crate::plan::change::Action;
use crate::plan::change::Because;
use crate::plan::change::Change;
use crate::plan::change::ChangeKind;
use crate::plan::change::Does;
use crate::plan::change::Step;
use crate::plan::change::Until;

/// Collects reasons and steps. Each step needs the one before it; more needs can be added.
#[derive(Debug)]
pub(crate) struct Draft {
    change: Change,
    prefix: String,
}

impl Draft {
    /// A change of `address` without reasons and steps.
    pub(crate) fn new(address: &Address, change: ChangeKind, channel: Channel) -> Self {
        Self {
            change: Change {
                address: address.clone(),
                change,
                channel,
                because: Vec::new(),
                steps: Vec::new(),
                name: None,
                new_name: None,
                blocked: None,
                notes: Vec::new(),
                qualification: None,
                rotations: Vec::new(),
                template: None,
            },
            prefix: String::new(),
        }
    }

    /// Distinguishes the step ids of a second change of the same address.
    pub(crate) fn second(mut self) -> Self {
        "former-".clone_into(&mut self.prefix);
        self
    }

    /// Adds reasons.
    pub(crate) fn because(mut self, because: impl IntoIterator<Item = Because>) -> Self {
        self.change.because.extend(because);
        self
    }

    /// Names the sheet or account as it stands at Chorus Pro.
    pub(crate) fn name(mut self, name: impl Into<String>) -> Self {
        self.change.name = Some(name.into());
        self
    }

    /// Names the sheet that is made.
    pub(crate) fn new_name(mut self, name: impl Into<String>) -> Self {
        self.change.new_name = Some(name.into());
        self
    }

    /// Says what follows from the change.
    pub(crate) fn note(mut self, note: impl Into<Message>) -> Self {
        self.change.notes.push(note.into());
        self
    }

    /// Says why nothing can be done about it now, and drops its steps.
    pub(crate) fn blocked(mut self, why: impl Into<Message>) -> Self {
        self.change.blocked = Some(why.into());
        self.change.steps.clear();
        self
    }

    /// Adds a remote change.
    pub(crate) fn send(self, does: Does, request: Request) -> Self {
        let channel = self.change.channel;
        self.push(does, Action::Send { request, making: None }, channel)
    }

    /// Adds a creation.
    pub(crate) fn make(self, request: Request, making: Making) -> Self {
        let channel = self.change.channel;
        self.push(Does::Create, Action::Send { request, making: Some(making) }, channel)
    }

    /// Adds a look of a person whether what would be made is there.
    pub(crate) fn look(self, making: Making) -> Self {
        let channel = self.change.channel;
        self.push(Does::Verify, Action::Look { making }, channel)
    }

    /// Adds a wait for what the latest creation makes.
    pub(crate) fn wait_for_created(self, until: Until) -> Self {
        let target = self.created();
        self.wait(target, until)
    }

    /// Adds a wait.
    pub(crate) fn wait(self, target: Target, until: Until) -> Self {
        let channel = self.change.channel;
        self.push(Does::Wait, Action::Wait { target, until }, channel)
    }

    /// Notes that something found is ours.
    pub(crate) fn adopt(
        self,
        target: RemoteId,
        making: Making,
        code: Option<String>,
        found: &Seen,
    ) -> Self {
        let certificates = BTreeMap::new();
        let values = applied::of_seen(found);
        let action = Action::Adopt { target, making, code, status: None, certificates, values };
        self.push(Does::Adopt, action, Channel::Ledger)
    }

    /// Notes that an API sheet is ours, and how it was found.
    pub(crate) fn adopt_api(self, found: &ObservedApi, making: Making) -> Self {
        let action = Action::Adopt {
            target: found.id.clone(),
            making,
            code: found.application_code.clone(),
            status: Some(found.status.label().to_owned()),
            certificates: BTreeMap::new(),
            values: applied::of_seen(&Seen::Api(found.clone())),
        };
        self.push(Does::Adopt, action, Channel::Ledger)
    }

    /// Notes that an EDI sheet is ours, and what it holds.
    pub(crate) fn adopt_edi(self, found: &ObservedEdi, making: Making) -> Self {
        let held = found.certificates.iter();
        let action = Action::Adopt {
            target: found.id.clone(),
            making,
            code: found.application_code.clone(),
            status: Some(found.status.label().to_owned()),
            certificates: held.map(|(slot, held)| (*slot, held.fingerprint.clone())).collect(),
            values: applied::of_seen(&Seen::Edi(found.clone())),
        };
        self.push(Does::Adopt, action, Channel::Ledger)
    }

    /// Notes that an address was renamed.
    pub(crate) fn moved(self, from: Address) -> Self {
        self.push(Does::Move, Action::Move { from }, Channel::Ledger)
    }

    /// Notes that we no longer answer for it.
    pub(crate) fn forget(self) -> Self {
        self.push(Does::Forget, Action::Forget, Channel::Ledger)
    }

    /// Lets the latest step wait for a day.
    pub(crate) fn due(mut self, day: Date) -> Self {
        if let Some(step) = self.change.steps.last_mut() {
            step.due = Some(day);
        }
        self
    }

    /// What the latest creation of this change will make.
    pub(crate) fn created(&self) -> Target {
        let id = self
            .change
            .steps
            .iter()
            .rev()
            .find(|step| step.does == Does::Create)
            .map(|step| step.id.clone());
        Target::CreatedBy(id.unwrap_or_default())
    }

    /// The change.
    pub(crate) fn finish(self) -> Change {
        self.change
    }

    fn push(mut self, does: Does, action: Action, channel: Channel) -> Self {
        let number = self.change.steps.len() + 1;
        let id = format!("{}#{}{number}-{}", self.change.address, self.prefix, does.word());
        let needs = self.change.steps.last().map(|step| step.id.clone()).into_iter().collect();
        let address = self.change.address.clone();
        self.change.steps.push(Step { id, address, does, action, needs, channel, due: None });
        self
    }
}
