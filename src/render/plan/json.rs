//! A plan as JSON, format 1.0 (`schema/plan.v1.schema.json`), and the saved plan, which is the same with its context.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

use crate::diagnostic::Sources;
use crate::plan::Plan;
use crate::plan::change::Because;
use crate::plan::change::Change;
use crate::plan::change::ChangeKind;
use crate::plan::change::Step;
use crate::plan::change::Unmanaged;
use crate::render::FORMAT_VERSION;
use crate::render::diagnostics::json::DiagnosticJson;
use crate::render::diagnostics::json::diagnostics;
use crate::render::plan::rotation::RotationJson;
use crate::render::plan::upcoming::UpcomingJson;

/// What has to change in one environment, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Plan")]
pub(crate) struct PlanJson {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    pub(crate) format_version: String,
    /// The environment.
    pub(crate) environment: String,
    /// The day that the plan is made for, `2026-12-01`.
    pub(crate) as_of: String,
    /// Identifies what was decided: the same input gives the same text.
    pub(crate) fingerprint: String,
    /// How many resources there are of each kind of change.
    pub(crate) summary: SummaryJson,
    /// Everything that is not unchanged, by address.
    pub(crate) changes: Vec<ChangeJson>,
    /// What exists and is not ours. It is never touched.
    pub(crate) unmanaged: Vec<UnmanagedJson>,
    /// What ends on the day of the plan, before, or so soon after that the next certificate has to be ordered by then.
    #[serde(default)]
    pub(crate) upcoming: Vec<UpcomingJson>,
    /// Faults and remarks; an error refuses the plan.
    pub(crate) diagnostics: Vec<DiagnosticJson>,
}

/// How many resources there are of each kind of change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct SummaryJson {
    /// Made.
    pub(crate) create: usize,
    /// Changed in place.
    pub(crate) update: usize,
    /// A new sheet, then the old one is retired.
    pub(crate) replace: usize,
    /// Inactif to Actif.
    pub(crate) activate: usize,
    /// Actif to Inactif.
    pub(crate) deactivate: usize,
    /// Drafts deleted, or resources that are over and forgotten.
    pub(crate) delete: usize,
    /// Exists and is now declared.
    pub(crate) adopt: usize,
    /// Passwords or certificates to renew.
    pub(crate) rotate: usize,
    /// A person must look.
    pub(crate) verify: usize,
    /// Chorus Pro is busy with it.
    pub(crate) wait: usize,
    /// Only support can act.
    pub(crate) ask_support: usize,
    /// As declared.
    pub(crate) unchanged: usize,
}

/// What is decided for one resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct ChangeJson {
    /// `entity/kind/key`.
    pub(crate) address: String,
    /// `structure`, `certificate`, `account`, `api`, `edi` or `client`.
    pub(crate) kind: String,
    /// A word of the summary.
    pub(crate) change: String,
    /// `piste`, `gateway`, `portal` or `ledger`.
    pub(crate) channel: String,
    /// The name of the sheet, or the login, as it stands at Chorus Pro.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// The name of the new sheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) new_name: Option<String>,
    /// Why, field by field.
    pub(crate) because: Vec<BecauseJson>,
    /// The steps, in an order that respects their needs.
    pub(crate) steps: Vec<StepJson>,
    /// Why nothing can be done about it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) blocked: Option<String>,
    /// What follows from it, in sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) notes: Vec<String>,
    /// Certificates that take the place of others on the sheet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) rotations: Vec<RotationJson>,
}

/// A field before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct BecauseJson {
    /// The field, by its path in the files.
    pub(crate) field: String,
    /// What was found.
    pub(crate) before: Option<String>,
    /// What is declared.
    pub(crate) after: Option<String>,
    /// Whether Chorus Pro forbids changing it on an existing sheet.
    pub(crate) forces_replacement: bool,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct StepJson {
    /// Unique in the plan, and the same in every plan of the same change.
    pub(crate) id: String,
    /// `create`, `finalise`, `update`, `activate`, `deactivate`, `delete`, `reset_password`, `wait`, `adopt`,
    /// `move` or `forget`.
    pub(crate) does: String,
    /// Steps that must be done before, by id.
    pub(crate) needs: Vec<String>,
    /// The channel, where it is not that of the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<String>,
    /// The day from which it may run; it is only announced before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) due: Option<String>,
}

/// Something that exists and was never ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct UnmanagedJson {
    /// `account`, `api` or `edi`.
    pub(crate) kind: String,
    /// Its identity at Chorus Pro.
    pub(crate) id: String,
    /// Its name, PISTE application or login.
    pub(crate) name: String,
    /// SIRET of its structure.
    pub(crate) structure: String,
    /// Its status, in the portal's word.
    pub(crate) status: String,
}

/// A plan that was written to a file, with all that is needed to make it again and compare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Saved plan")]
pub(crate) struct SavedPlan {
    /// The plan.
    #[serde(flatten)]
    pub(crate) plan: PlanJson,
    /// Where it comes from.
    pub(crate) saved: SavedContext,
}

/// Where a saved plan comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct SavedContext {
    /// Version of raccord that wrote it.
    pub(crate) raccord: String,
    /// The project's directory, relative to the directory of the saved plan where both share a part.
    pub(crate) project: String,
    /// Fingerprint of the project's files.
    pub(crate) files: String,
    /// The only addresses to change; with `chosen` that may be none, else an empty list means all.
    pub(crate) targets: Vec<String>,
    /// Whether only some addresses were chosen.
    #[serde(default)]
    pub(crate) chosen: bool,
    /// Limits of the policy that were lifted.
    pub(crate) lifted: Vec<String>,
}

impl PlanJson {
    /// Turns a plan into its JSON form.
    pub(crate) fn of(plan: &Plan, sources: &Sources) -> Self {
        let Plan {
            environment,
            as_of,
            fingerprint,
            changes,
            unchanged,
            unmanaged,
            upcoming,
            diagnostics: said,
        } = plan;
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            environment: environment.clone(),
            as_of: as_of.to_string(),
            fingerprint: fingerprint.clone(),
            summary: SummaryJson {
                create: plan.count(ChangeKind::Create),
                update: plan.count(ChangeKind::Update),
                replace: plan.count(ChangeKind::Replace),
                activate: plan.count(ChangeKind::Activate),
                deactivate: plan.count(ChangeKind::Deactivate),
                delete: plan.count(ChangeKind::Delete),
                adopt: plan.count(ChangeKind::Adopt),
                rotate: plan.count(ChangeKind::Rotate),
                verify: plan.count(ChangeKind::Verify),
                wait: plan.count(ChangeKind::Wait),
                ask_support: plan.count(ChangeKind::AskSupport),
                unchanged: *unchanged,
            },
            changes: changes.iter().map(ChangeJson::of).collect(),
            unmanaged: unmanaged.iter().map(UnmanagedJson::of).collect(),
            upcoming: upcoming.iter().map(UpcomingJson::of).collect(),
            diagnostics: diagnostics(said, sources),
        }
    }

    /// The addresses that differ between two plans, in order.
    pub(crate) fn moved_addresses(&self, other: &Self) -> Vec<String> {
        let by_address = |plan: &Self| -> BTreeMap<String, Vec<ChangeJson>> {
            let mut all: BTreeMap<String, Vec<ChangeJson>> = BTreeMap::new();
            for change in &plan.changes {
                all.entry(change.address.clone()).or_default().push(change.clone());
            }
            all
        };
        let (before, after) = (by_address(self), by_address(other));
        let mut moved: Vec<String> = before
            .keys()
            .chain(after.keys().filter(|address| !before.contains_key(*address)))
            .filter(|address| before.get(*address) != after.get(*address))
            .cloned()
            .collect();
        moved.sort();
        moved
    }
}

impl ChangeJson {
    fn of(change: &Change) -> Self {
        let Change {
            address,
            change: decided,
            channel,
            because,
            steps,
            name,
            new_name,
            blocked,
            notes,
            rotations,
            template: _,
        } = change;
        Self {
            address: address.to_string(),
            kind: address.kind().to_string(),
            change: decided.word().to_owned(),
            channel: channel.to_string(),
            name: name.clone(),
            new_name: new_name.clone(),
            because: because.iter().map(BecauseJson::of).collect(),
            steps: steps.iter().map(|step| StepJson::of(change, step)).collect(),
            blocked: blocked.clone(),
            notes: notes.clone(),
            rotations: rotations.iter().map(RotationJson::of).collect(),
        }
    }
}

impl BecauseJson {
    fn of(because: &Because) -> Self {
        let Because { field, before, after, forces_replacement } = because.clone();
        Self { field, before, after, forces_replacement }
    }
}

impl StepJson {
    fn of(change: &Change, step: &Step) -> Self {
        let Step { id, address: _, does, action: _, needs, channel, due } = step;
        Self {
            id: id.clone(),
            does: does.word().to_owned(),
            needs: needs.clone(),
            channel: (*channel != change.channel).then(|| channel.to_string()),
            due: due.map(|day| day.to_string()),
        }
    }
}

impl UnmanagedJson {
    fn of(thing: &Unmanaged) -> Self {
        let Unmanaged { kind, id, name, structure, status } = thing;
        Self {
            kind: kind.to_string(),
            id: id.to_string(),
            name: name.clone(),
            structure: structure.to_string(),
            status: status.clone(),
        }
    }
}
