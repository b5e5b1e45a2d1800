//! The events of the ledger: one append-only log is journal, memory and history at once.
//!
//! These types are the log's own format, up to version [`VERSION`]. Nothing secret has a place in them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::address::Address;
use crate::domain::applied::Noted;
use crate::domain::certificate::CertificateFacts;
use crate::domain::edi::EdiStatus;
use crate::domain::edi::Slot;
use crate::domain::observed::RemoteId;
use crate::domain::seen::Look;
use crate::domain::seen::Seen;
use crate::domain::siret::Siret;

/// The newest version of the format that this program reads. Each event is written with the version that brought its
/// kind ([`What::version`]): an older program refuses only a log that holds something it does not know.
pub(crate) const VERSION: u32 = 3;

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Event {
    /// Version of the format.
    pub(crate) v: u32,
    /// Its own id, sorted in time (UUID version 7), so that two logs can be merged.
    pub(crate) id: String,
    /// When it was written.
    pub(crate) at: Timestamp,
    /// The run that wrote it.
    pub(crate) run: String,
    /// What happened.
    #[serde(flatten)]
    pub(crate) what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum What {
    /// A run began.
    RunStarted {
        /// The environment it works on.
        environment: String,
        /// Who runs it, as `user@host`.
        by: String,
        /// Version of raccord.
        version: String,
        /// Fingerprint of the plan.
        plan: String,
    },
    /// A run ended in order.
    RunEnded {
        /// How many steps were done.
        done: usize,
        /// How many failed.
        failed: usize,
        /// How many wait.
        waiting: usize,
    },
    /// A wave of `apply --waves` began, so that a run that comes later goes on with it. Since version 3.
    WaveStarted {
        /// What was asked for: `10,100,*`.
        waves: String,
        /// Identifies the files and the choice that the waves were cut from: others are cut anew.
        basis: String,
        /// Its number, from 1.
        wave: usize,
        /// How many there are.
        of: usize,
        /// How many entities were in it when it was cut.
        entities: usize,
        /// How many entities there were in all when the first wave was cut.
        total: usize,
        /// The last of its entities in the order of the plan: whatever comes after it is for a later wave.
        last: String,
    },
    /// All steps of a wave have ended, counted in steps. Since version 3.
    WaveEnded {
        /// Its number, from 1.
        wave: usize,
        /// How many there are.
        of: usize,
        /// How many steps were done.
        done: usize,
        /// How many failed.
        failed: usize,
        /// How many wait.
        waiting: usize,
    },
    /// A request is about to leave. On disk before it does.
    Intended {
        /// The resource.
        address: Address,
        /// The step of the plan.
        step: String,
        /// What it does, in the word of the plan.
        does: String,
        /// The sheet or account it is for, when that exists.
        target: Option<RemoteId>,
        /// What a creation will make, enough to recognise it if its answer is lost.
        making: Option<Making>,
    },
    /// The answer said that it was done.
    Succeeded {
        /// The resource.
        address: Address,
        /// The step of the plan.
        step: String,
        /// What was done.
        effect: Effect,
        /// The certificates that the sheet holds since, where they were put on it.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        certificates: BTreeMap<Slot, CertificateFacts>,
        /// The values that were put there, by their paths in our files. Nothing is decided by them: they tell later who
        /// changed what.
        #[serde(default, skip_serializing_if = "Noted::is_empty")]
        values: Noted,
    },
    /// The answer said no, or there was none.
    Failed {
        /// The resource.
        address: Address,
        /// The step of the plan.
        step: String,
        /// Why, in words.
        error: String,
        /// Whether it may have been done all the same.
        ambiguous: bool,
    },
    /// A sheet left En cours.
    Settled {
        /// The resource.
        address: Address,
        /// The sheet.
        target: RemoteId,
        /// Its new status.
        status: EdiStatus,
        /// Its application code.
        application_code: Option<String>,
        /// Its protocol, as it was read with the status. Events of older programs do not tell it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        protocol: Option<String>,
    },
    /// A password that was shown once is in its sink.
    PasswordStored {
        /// The technical account's address.
        address: Address,
        /// The account.
        target: RemoteId,
    },
    /// Something that exists is ours from now on.
    Adopted {
        /// The resource.
        address: Address,
        /// The sheet or account.
        target: RemoteId,
        /// What is known of it.
        making: Making,
        /// Its application code.
        application_code: Option<String>,
        /// The status of a sheet as it was found, in the portal's word. Events of older programs do not tell it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<String>,
        /// The certificates that the sheet holds, as far as the project has their files.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        certificates: BTreeMap<Slot, CertificateFacts>,
        /// The values that were found there.
        #[serde(default, skip_serializing_if = "Noted::is_empty")]
        values: Noted,
    },
    /// A step was handed to a person at the portal: it may be done from now on. Since version 2.
    Handed {
        /// The resource.
        address: Address,
        /// The step of the plan.
        step: String,
        /// What it does, in the word of the plan.
        does: String,
        /// Fingerprint of the plan: the steps of an older one are no longer meant.
        plan: String,
        /// The sheet or account that it is for. The portal tells no identity: a creation gets one here.
        target: RemoteId,
        /// What a creation makes.
        making: Option<Making>,
        /// What stands at the portal once it is done; nothing after a deletion.
        leaves: Option<Box<Seen>>,
    },
    /// A person said what stands at the portal. Since version 2.
    Confirmed {
        /// The resource.
        address: Address,
        /// Who looked, and when.
        look: Look,
        /// The step that was done, where one was handed over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<String>,
        /// The sheet or account; none when nothing was known and nothing is there.
        target: Option<RemoteId>,
        /// What it is, where it becomes ours by this.
        making: Option<Making>,
        /// What was seen; nothing when it is not there.
        seen: Option<Box<Seen>>,
        /// The certificates that the sheet holds since, as far as the project has their files.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        certificates: BTreeMap<Slot, CertificateFacts>,
    },
    /// An address was renamed.
    Moved {
        /// The old one.
        from: Address,
        /// The new one.
        to: Address,
    },
    /// We no longer answer for it.
    Forgotten {
        /// The resource.
        address: Address,
    },
}

impl What {
    /// The version of the format that brought this kind of event.
    pub(crate) fn version(&self) -> u32 {
        match self {
            Self::WaveStarted { .. } | Self::WaveEnded { .. } => 3,
            Self::Handed { .. } | Self::Confirmed { .. } => 2,
            Self::RunStarted { .. }
            | Self::RunEnded { .. }
            | Self::Intended { .. }
            | Self::Succeeded { .. }
            | Self::Failed { .. }
            | Self::Settled { .. }
            | Self::PasswordStored { .. }
            | Self::Adopted { .. }
            | Self::Moved { .. }
            | Self::Forgotten { .. } => 1,
        }
    }

    /// The resources that it is about: one, two for a move, none for the beginning and end of a run or of a wave.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = &Address> {
        let (first, second) = match self {
            Self::RunStarted { .. }
            | Self::RunEnded { .. }
            | Self::WaveStarted { .. }
            | Self::WaveEnded { .. } => (None, None),
            Self::Moved { from, to } => (Some(from), Some(to)),
            Self::Intended { address, .. }
            | Self::Succeeded { address, .. }
            | Self::Failed { address, .. }
            | Self::Settled { address, .. }
            | Self::PasswordStored { address, .. }
            | Self::Adopted { address, .. }
            | Self::Handed { address, .. }
            | Self::Confirmed { address, .. }
            | Self::Forgotten { address } => (Some(address), None),
        };
        first.into_iter().chain(second)
    }

    /// The certificates that a sheet holds since.
    pub(crate) fn certificates(&self) -> impl Iterator<Item = (Slot, &CertificateFacts)> {
        let certificates = match self {
            Self::Succeeded { certificates, .. }
            | Self::Adopted { certificates, .. }
            | Self::Confirmed { certificates, .. } => Some(certificates),
            Self::RunStarted { .. }
            | Self::RunEnded { .. }
            | Self::WaveStarted { .. }
            | Self::WaveEnded { .. }
            | Self::Intended { .. }
            | Self::Failed { .. }
            | Self::Settled { .. }
            | Self::PasswordStored { .. }
            | Self::Handed { .. }
            | Self::Moved { .. }
            | Self::Forgotten { .. } => None,
        };
        certificates.into_iter().flatten().map(|(slot, facts)| (*slot, facts))
    }
}

/// What a creation makes: its natural key, and its place in the history of its address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Making {
    /// The structure.
    pub(crate) structure: Siret,
    /// The exchange system of an EDI sheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) exchange_system: Option<String>,
    /// Name of an EDI sheet, PISTE application of an API sheet, contact e-mail of an account.
    pub(crate) name: String,
    /// The name of an EDI sheet as declared; differs from `name` from the second generation on.
    pub(crate) declared_name: String,
    /// 1 for the first, one more for each replacement.
    pub(crate) generation: u32,
    /// The sheet or account that it replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) replaces: Option<RemoteId>,
    /// How many days both stay Actif.
    #[serde(default)]
    pub(crate) overlap_days: u32,
}

/// What a step did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "snake_case")]
pub(crate) enum Effect {
    /// A sheet or account was created.
    Created {
        /// Its identity.
        target: RemoteId,
        /// Its application code, or for an account its login.
        code: Option<String>,
        /// What it is.
        making: Making,
    },
    /// Something was changed.
    Changed {
        /// What, when it has an identity.
        target: Option<RemoteId>,
    },
    /// Something was deactivated.
    Deactivated {
        /// What.
        target: RemoteId,
    },
    /// A draft was deleted.
    Deleted {
        /// What.
        target: RemoteId,
    },
}
