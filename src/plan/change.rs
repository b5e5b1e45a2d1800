//! The plan as a value: complete, immutable, printable. Executing it needs no further choice.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::diagnostic::Diagnostic;
use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::applied::Values;
use crate::domain::edi::Slot;
use crate::domain::environment::Channel;
use crate::domain::environment::Stage;
use crate::domain::event::Making;
use crate::domain::observed::DirectoryUsed;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::domain::request::Target;
use crate::domain::siret::Siret;
use crate::domain::value::Fingerprint;
use crate::language::Message;
use crate::plan::qualification::Evidence;
use crate::plan::rotation::Rotation;
use crate::plan::upcoming::Upcoming;

/// What is decided for one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChangeKind {
    /// It is made.
    Create,
    /// Its modifiable fields are changed.
    Update,
    /// A new sheet is made and the old one retired.
    Replace,
    /// Inactif to Actif.
    Activate,
    /// Actif to Inactif.
    Deactivate,
    /// A draft is deleted, or a resource that is over is forgotten.
    Delete,
    /// It exists and is now declared.
    Adopt,
    /// A password or a certificate has to be renewed.
    Rotate,
    /// A person must look.
    Verify,
    /// Chorus Pro is busy with it.
    Wait,
    /// Only support can act.
    AskSupport,
}

impl ChangeKind {
    /// All, in the order of the summary.
    pub(crate) const ALL: [Self; 11] = [
        Self::Create,
        Self::Update,
        Self::Replace,
        Self::Activate,
        Self::Deactivate,
        Self::Delete,
        Self::Adopt,
        Self::Rotate,
        Self::Verify,
        Self::Wait,
        Self::AskSupport,
    ];

    /// The kind with this word; `None` for one that is not known.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// The word in JSON.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Replace => "replace",
            Self::Activate => "activate",
            Self::Deactivate => "deactivate",
            Self::Delete => "delete",
            Self::Adopt => "adopt",
            Self::Rotate => "rotate",
            Self::Verify => "verify",
            Self::Wait => "wait",
            Self::AskSupport => "ask_support",
        }
    }
}

/// One reason for a change: a field before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Because {
    /// The field, by its path in our files.
    pub(crate) field: String,
    /// What was found.
    pub(crate) before: Option<Message>,
    /// What is declared.
    pub(crate) after: Option<Message>,
    /// Whether Chorus Pro forbids changing it on an existing sheet.
    pub(crate) forces_replacement: bool,
}

/// The word for what a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Does {
    /// A person looks whether it is there.
    Verify,
    /// Makes a sheet or an account, or declares a client.
    Create,
    /// Finalises a draft.
    Finalise,
    /// Changes modifiable fields.
    Update,
    /// Inactif to Actif.
    Activate,
    /// Actif to Inactif.
    Deactivate,
    /// Deletes a draft, or withdraws a client.
    Delete,
    /// Resets a password.
    ResetPassword,
    /// Waits until a sheet has left En cours.
    Wait,
    /// Notes in the ledger that something is ours.
    Adopt,
    /// Notes in the ledger that an address was renamed.
    Move,
    /// Notes in the ledger that we no longer answer for something.
    Forget,
}

impl Does {
    /// The word in JSON and in the ledger.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Create => "create",
            Self::Finalise => "finalise",
            Self::Update => "update",
            Self::Activate => "activate",
            Self::Deactivate => "deactivate",
            Self::Delete => "delete",
            Self::ResetPassword => "reset_password",
            Self::Wait => "wait",
            Self::Adopt => "adopt",
            Self::Move => "move",
            Self::Forget => "forget",
        }
    }
}

/// What a wait is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    /// Actif: anything else stops the steps that need this one.
    Active,
    /// Actif or Inactif.
    Settled,
}

/// What a step carries out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// A remote change.
    Send {
        /// The request.
        request: Request,
        /// For a creation: what it makes.
        making: Option<Making>,
    },
    /// Reads a sheet until it has left En cours.
    Wait {
        /// The sheet.
        target: Target,
        /// For what.
        until: Until,
    },
    /// A person looks at the portal whether what would be made is there. What follows is only done when it is not.
    Look {
        /// What would be made.
        making: Making,
    },
    /// Notes in the ledger that `target` is ours.
    Adopt {
        /// The sheet or account.
        target: RemoteId,
        /// What is known of it.
        making: Making,
        /// Its application code or login.
        code: Option<String>,
        /// The status of a sheet as it was found, in the portal's word.
        status: Option<String>,
        /// The certificates that it holds.
        certificates: BTreeMap<Slot, Fingerprint>,
        /// The values that were found there, by their paths in our files.
        values: Values,
    },
    /// Notes in the ledger that `from` is now this address.
    Move {
        /// The old address.
        from: Address,
    },
    /// Notes in the ledger that we no longer answer for this address.
    Forget,
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// Unique in the plan and the same in every plan of the same change: `ville/edi/g2b#1-create`.
    pub(crate) id: String,
    /// The resource.
    pub(crate) address: Address,
    /// The word for it.
    pub(crate) does: Does,
    /// What to carry out.
    pub(crate) action: Action,
    /// Steps that must be done before, by id.
    pub(crate) needs: Vec<String>,
    /// Through which channel.
    pub(crate) channel: Channel,
    /// The day from which it may run; later than `as_of` means that it is only announced.
    pub(crate) due: Option<Date>,
}

/// What is decided for one resource, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "`change` is the word of the JSON")]
pub(crate) struct Change {
    /// The resource.
    pub(crate) address: Address,
    /// What is decided.
    pub(crate) change: ChangeKind,
    /// Through which channel.
    pub(crate) channel: Channel,
    /// Why, field by field.
    pub(crate) because: Vec<Because>,
    /// The steps, in an order that respects their needs.
    pub(crate) steps: Vec<Step>,
    /// The name of the sheet, or the login, as it stands at Chorus Pro.
    pub(crate) name: Option<String>,
    /// The name of the new sheet, for a creation or a replacement.
    pub(crate) new_name: Option<String>,
    /// Why nothing can be done about it now.
    pub(crate) blocked: Option<Message>,
    /// What follows from it, in sentences: a new application code, an interruption, a date.
    pub(crate) notes: Vec<Message>,
    /// What proves that it was Actif in qualification, where the policy asks for that.
    pub(crate) qualification: Option<Evidence>,
    /// Certificates that take the place of others on the sheet.
    pub(crate) rotations: Vec<Rotation>,
    /// The template that made the resource, for grouping.
    pub(crate) template: Option<String>,
}

impl Change {
    /// The kind of the resource.
    pub(crate) fn kind(&self) -> Kind {
        self.address.kind()
    }
}

/// Something that exists and was never ours. It is never touched.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Unmanaged {
    /// What it is.
    pub(crate) kind: Kind,
    /// Its identity.
    pub(crate) id: RemoteId,
    /// Its name, PISTE application or login.
    pub(crate) name: String,
    /// Its structure.
    pub(crate) structure: Siret,
    /// Its status, in the portal's word.
    pub(crate) status: Message,
}

/// All that is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The environment.
    pub(crate) environment: String,
    /// What it is for.
    pub(crate) stage: Stage,
    /// The day it is made for.
    pub(crate) as_of: Date,
    /// The directory in which structures were looked up, where they were.
    pub(crate) directory: Option<DirectoryUsed>,
    /// Identifies what was decided; the same input gives the same text.
    pub(crate) fingerprint: String,
    /// Everything that is not unchanged, by address.
    pub(crate) changes: Vec<Change>,
    /// How many resources are as declared.
    pub(crate) unchanged: usize,
    /// What exists and is not ours.
    pub(crate) unmanaged: Vec<Unmanaged>,
    /// What ends soon, the first first.
    pub(crate) upcoming: Vec<Upcoming>,
    /// Faults and remarks; an error refuses the plan.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Why a plan must not be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It goes beyond a limit of the project's policy, and beyond nothing else.
    Policy,
    /// It has other errors.
    Faults,
}

impl Plan {
    /// A plan of these changes for the simulator, for tests.
    #[cfg(test)]
    pub(crate) fn of(changes: Vec<Change>) -> Self {
        Self {
            environment: "simulator".to_owned(),
            stage: Stage::Simulator,
            as_of: jiff::civil::date(2026, 12, 1),
            directory: None,
            fingerprint: "f".to_owned(),
            changes,
            unchanged: 12,
            unmanaged: Vec::new(),
            upcoming: Vec::new(),
            diagnostics: Vec::new(),
        }
    }

    /// How many changes there are of a kind.
    pub(crate) fn count(&self, kind: ChangeKind) -> usize {
        self.changes.iter().filter(|change| change.change == kind).count()
    }

    /// Whether nothing is left to do.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// All steps, in order.
    pub(crate) fn steps(&self) -> impl Iterator<Item = &Step> {
        self.changes.iter().flat_map(|change| &change.steps)
    }

    /// Why it must not be applied, if so.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        let mut errors =
            self.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).peekable();
        errors.peek()?;
        if errors.all(|error| error.rule.starts_with("policy-")) {
            Some(Refusal::Policy)
        } else {
            Some(Refusal::Faults)
        }
    }
}

/// The structure that a step is about, where the plan tells.
pub(crate) fn structure_of(step: &Step) -> Option<Siret> {
    if matches!(step.address.kind(), Kind::Structure | Kind::Client) {
        return Siret::parse(step.address.key()).ok().map(|parsed| parsed.siret);
    }
    match &step.action {
        Action::Send { making: Some(making), .. }
        | Action::Adopt { making, .. }
        | Action::Look { making } => Some(making.structure),
        Action::Send { making: None, .. }
        | Action::Wait { .. }
        | Action::Move { .. }
        | Action::Forget => None,
    }
}
