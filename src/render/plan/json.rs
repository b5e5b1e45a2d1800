//! A plan as JSON, format 1.0 (`schema/plan.v1.schema.json`), and the saved plan, which is the same with its context.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

use crate::diagnostic::Sources;
use crate::language::Message;
use crate::plan::Plan;
use crate::plan::change::Because;
use crate::plan::change::Change;
use crate::plan::change::ChangeKind;
use crate::plan::change::Step;
use crate::plan::change::Unmanaged;
use crate::render::FORMAT_VERSION;
use crate::render::budget::BudgetJson;
use crate::render::diagnostics::json::DiagnosticJson;
use crate::render::diagnostics::json::diagnostics;
use crate::render::plan::qualification::EvidenceJson;
use crate::render::plan::rotation::RotationJson;
use crate::render::plan::steps;
use crate::render::plan::upcoming::UpcomingJson;

/// What has to change in one environment, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Plan")]
pub(crate) struct PlanJson<C = Vec<ChangeJson>> {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    pub(crate) format_version: String,
    /// The environment.
    pub(crate) environment: String,
    /// What the environment is for: `simulator`, `qualification` or `production`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stage: Option<String>,
    /// The day that the plan is made for, `2026-12-01`.
    pub(crate) as_of: String,
    /// Identifies what was decided: the same input gives the same text.
    pub(crate) fingerprint: String,
    /// How many resources there are of each kind of change.
    pub(crate) summary: SummaryJson,
    /// Everything that is not unchanged, by address.
    pub(crate) changes: C,
    /// The directory in which structures were looked up, where that was better than a request for each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) directory: Option<DirectoryJson>,
    /// What its steps cost: requests by endpoint, and the time that they take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) budget: Option<BudgetJson>,
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

/// The directory of public structures, as far as the plan rests on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct DirectoryJson {
    /// How many structures were found in it instead of being asked for.
    pub(crate) found: usize,
    /// The day its file was written; `null` where that is not told.
    pub(crate) written: Option<String>,
    /// The same in words.
    pub(crate) sentence: Message,
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
    /// The template that made the resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) template: Option<String>,
    /// Why, field by field.
    pub(crate) because: Vec<BecauseJson>,
    /// What a person is shown instead of `because`: the values that a creation sends, the facts of certificates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) shown: Option<Vec<BecauseJson>>,
    /// The steps, in an order that respects their needs.
    pub(crate) steps: Vec<StepJson>,
    /// Why nothing can be done about it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) blocked: Option<Message>,
    /// What follows from it, in sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) notes: Vec<Message>,
    /// What proves that it was Actif in qualification, where the policy asks for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) qualification: Option<EvidenceJson>,
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
    pub(crate) before: Option<Message>,
    /// What is declared.
    pub(crate) after: Option<Message>,
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
    /// The same in a sentence, where the steps tell more than the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sentence: Option<Message>,
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
    pub(crate) status: Message,
}

/// A plan that was written to a file, with all that is needed to make it again and compare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Saved plan")]
pub(crate) struct SavedPlan<C = Vec<ChangeJson>> {
    /// The plan.
    #[serde(flatten)]
    pub(crate) plan: PlanJson<C>,
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
    /// The name of the project, or of its folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
}

/// Changes that are turned into their JSON form one by one while they are written: there may be many thousands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Streamed<'a>(&'a [Change]);

impl Serialize for Streamed<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(ChangeJson::of))
    }
}

impl SummaryJson {
    /// Counts the changes of a plan.
    pub(crate) fn of(plan: &Plan) -> Self {
        Self {
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
            unchanged: plan.unchanged,
        }
    }

    /// How many there are of a kind.
    pub(crate) fn count(&self, kind: ChangeKind) -> usize {
        match kind {
            ChangeKind::Create => self.create,
            ChangeKind::Update => self.update,
            ChangeKind::Replace => self.replace,
            ChangeKind::Activate => self.activate,
            ChangeKind::Deactivate => self.deactivate,
            ChangeKind::Delete => self.delete,
            ChangeKind::Adopt => self.adopt,
            ChangeKind::Rotate => self.rotate,
            ChangeKind::Verify => self.verify,
            ChangeKind::Wait => self.wait,
            ChangeKind::AskSupport => self.ask_support,
        }
    }
}

impl<'a> PlanJson<Streamed<'a>> {
    /// The JSON form of a plan, to be written.
    pub(crate) fn streamed(plan: &'a Plan, sources: &Sources) -> Self {
        let Plan {
            environment,
            stage,
            as_of,
            directory,
            fingerprint,
            changes,
            unchanged: _,
            unmanaged,
            upcoming,
            diagnostics: said,
        } = plan;
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            environment: environment.clone(),
            stage: Some(stage.to_string()),
            as_of: as_of.to_string(),
            fingerprint: fingerprint.clone(),
            summary: SummaryJson::of(plan),
            changes: Streamed(changes),
            directory: directory.as_ref().map(|used| DirectoryJson {
                found: used.found,
                written: used.written.map(|day| day.to_string()),
                sentence: used.sentence(*as_of),
            }),
            budget: None,
            unmanaged: unmanaged.iter().map(UnmanagedJson::of).collect(),
            upcoming: upcoming.iter().map(UpcomingJson::of).collect(),
            diagnostics: diagnostics(said, sources),
        }
    }
}

impl<C> PlanJson<C> {
    /// The same with other changes.
    pub(crate) fn with<D>(self, changes: impl FnOnce(C) -> D) -> PlanJson<D> {
        let Self {
            format_version,
            environment,
            stage,
            as_of,
            fingerprint,
            summary,
            changes: old,
            directory,
            budget,
            unmanaged,
            upcoming,
            diagnostics,
        } = self;
        PlanJson {
            format_version,
            environment,
            stage,
            as_of,
            fingerprint,
            summary,
            changes: changes(old),
            directory,
            budget,
            unmanaged,
            upcoming,
            diagnostics,
        }
    }
}

impl PlanJson {
    /// Turns a plan into its JSON form, all of it.
    pub(crate) fn of(plan: &Plan, sources: &Sources) -> Self {
        let all = |Streamed(changes): Streamed<'_>| changes.iter().map(ChangeJson::of).collect();
        PlanJson::streamed(plan, sources).with(all)
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
    /// What a person is shown of its reasons.
    pub(crate) fn shown(&self) -> &[BecauseJson] {
        self.shown.as_deref().unwrap_or(&self.because)
    }

    /// Turns a change into its JSON form.
    pub(crate) fn of(change: &Change) -> Self {
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
            qualification,
            rotations,
            template,
        } = change;
        let shown = steps::shown(change);
        let tells = steps::tell_more(change);
        Self {
            address: address.to_string(),
            kind: address.kind().to_string(),
            change: decided.word().to_owned(),
            channel: channel.to_string(),
            name: name.clone(),
            new_name: new_name.clone(),
            template: template.clone(),
            because: because.iter().map(BecauseJson::of).collect(),
            shown: (shown != *because).then(|| shown.iter().map(BecauseJson::of).collect()),
            steps: steps.iter().map(|step| StepJson::of(change, step, tells)).collect(),
            blocked: blocked.clone(),
            notes: notes.clone(),
            qualification: qualification.as_ref().map(EvidenceJson::of),
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
    fn of(change: &Change, step: &Step, tells: bool) -> Self {
        let Step { id, address: _, does, action: _, needs, channel, due } = step;
        Self {
            id: id.clone(),
            does: does.word().to_owned(),
            sentence: tells.then(|| steps::sentence(change, step)),
            needs: needs.clone(),
            channel: (*channel != change.channel).then(|| channel.to_string()),
            due: due.map(|day| day.to_string()),
        }
    }
}

impl UnmanagedJson {
    /// Turns it into its JSON form.
    pub(crate) fn of(thing: &Unmanaged) -> Self {
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
