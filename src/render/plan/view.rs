//! `View`: what is shown of a plan, whether it was just made or read from a file.

use std::borrow::Cow;

use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::environment::Stage;
use crate::language::Message;
use crate::plan::Plan;
use crate::plan::change::Change;
use crate::plan::change::ChangeKind;
use crate::render::plan::json::ChangeJson;
use crate::render::plan::json::PlanJson;
use crate::render::plan::json::SummaryJson;
use crate::render::plan::json::UnmanagedJson;
use crate::render::plan::upcoming::UpcomingJson;

/// How many unmanaged things, and things that end soon, are listed before the rest is counted.
pub(super) const LISTED: usize = 20;

/// How closely a person has to look at a change, the closest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Risk {
    /// An error in it interrupts invoices.
    Interrupts,
    /// Blocked, or for a person.
    NeedsPerson,
    /// Something that is there becomes another.
    Changes,
    /// Something new.
    Adds,
    /// Nothing is done.
    Waits,
}

/// A change as it is shown: its JSON form, with the words of it understood.
#[derive(Clone, Debug)]
pub(crate) struct Item<'a> {
    /// What is told of it.
    pub(crate) told: Cow<'a, ChangeJson>,
    /// The kind of its resource.
    pub(crate) kind: Kind,
    /// What is decided.
    pub(crate) change: ChangeKind,
}

impl<'a> Item<'a> {
    /// A change of a plan that was just made.
    fn made(change: &Change) -> Self {
        let told = Cow::Owned(ChangeJson::of(change));
        Self { told, kind: change.kind(), change: change.change }
    }

    /// A change of a saved plan; `None` when it has words that this version does not know.
    pub(crate) fn saved(told: &'a ChangeJson) -> Option<Self> {
        let address: Address = told.address.parse().ok()?;
        let change = ChangeKind::from_word(&told.change)?;
        Some(Self { told: Cow::Borrowed(told), kind: address.kind(), change })
    }

    /// Whether nothing can be done about it now.
    pub(crate) fn is_blocked(&self) -> bool {
        self.told.blocked.is_some()
    }

    /// How closely a person has to look at it.
    pub(crate) fn risk(&self) -> Risk {
        match self.change {
            ChangeKind::Replace | ChangeKind::Deactivate | ChangeKind::Delete => Risk::Interrupts,
            _ if self.is_blocked() => Risk::NeedsPerson,
            ChangeKind::AskSupport | ChangeKind::Verify => Risk::NeedsPerson,
            ChangeKind::Update | ChangeKind::Activate | ChangeKind::Rotate => Risk::Changes,
            ChangeKind::Create | ChangeKind::Adopt => Risk::Adds,
            ChangeKind::Wait => Risk::Waits,
        }
    }
}

/// Changes, each turned into its JSON form only when it is looked at: there may be many thousands.
#[derive(Clone, Debug)]
pub(crate) enum Changes<'a> {
    /// Of a plan that was just made.
    Made(&'a [Change]),
    /// Of a saved plan.
    Saved(Vec<Item<'a>>),
}

impl<'a> Changes<'a> {
    /// How many.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Made(changes) => changes.len(),
            Self::Saved(items) => items.len(),
        }
    }

    /// All of them, in the order of the plan.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Item<'a>> + '_ {
        (0..self.len()).filter_map(|position| self.get(position))
    }

    /// One of them by its position.
    pub(crate) fn get(&self, position: usize) -> Option<Item<'a>> {
        match self {
            Self::Made(changes) => changes.get(position).map(Item::made),
            Self::Saved(items) => items.get(position).cloned(),
        }
    }
}

/// What is shown of a plan.
#[derive(Clone, Debug)]
pub(crate) struct View<'a> {
    /// The environment.
    pub(crate) environment: &'a str,
    /// Whether it is the production of Chorus Pro.
    pub(crate) is_production: bool,
    /// The day.
    pub(crate) as_of: String,
    /// Everything that is not unchanged.
    pub(crate) changes: Changes<'a>,
    /// The count of everything.
    pub(crate) summary: SummaryJson,
    /// How many changes are blocked.
    pub(crate) blocked: usize,
    /// What was looked up in the directory, in a sentence.
    pub(crate) directory: Option<Message>,
    /// The first unmanaged things, and how many there are.
    pub(crate) unmanaged: (Vec<UnmanagedJson>, usize),
    /// What ends first, and how much there is.
    pub(crate) upcoming: (Vec<UpcomingJson>, usize),
    /// Faults and remarks, as they are shown.
    pub(crate) diagnostics: String,
}

impl<'a> View<'a> {
    /// Of a plan that was just made; `diagnostics` as they are shown.
    pub(crate) fn made(plan: &'a Plan, diagnostics: String) -> Self {
        Self {
            environment: &plan.environment,
            is_production: plan.stage == Stage::Production,
            as_of: plan.as_of.to_string(),
            changes: Changes::Made(&plan.changes),
            summary: SummaryJson::of(plan),
            blocked: plan.changes.iter().filter(|change| change.blocked.is_some()).count(),
            directory: plan.directory.as_ref().map(|directory| directory.sentence(plan.as_of)),
            unmanaged: (
                plan.unmanaged.iter().take(LISTED).map(UnmanagedJson::of).collect(),
                plan.unmanaged.len(),
            ),
            upcoming: (
                plan.upcoming.iter().take(LISTED).map(UpcomingJson::of).collect(),
                plan.upcoming.len(),
            ),
            diagnostics,
        }
    }

    /// Of a saved plan; `None` when it has words that this version does not know.
    pub(crate) fn saved(plan: &'a PlanJson, diagnostics: String) -> Option<Self> {
        let items: Option<Vec<Item<'a>>> = plan.changes.iter().map(Item::saved).collect();
        let items = items?;
        Some(Self {
            environment: &plan.environment,
            is_production: plan.stage.as_deref() == Some(&*Stage::Production.to_string()),
            as_of: plan.as_of.clone(),
            summary: plan.summary.clone(),
            blocked: items.iter().filter(|item| item.is_blocked()).count(),
            changes: Changes::Saved(items),
            directory: plan.directory.as_ref().map(|directory| directory.sentence.clone()),
            unmanaged: (
                plan.unmanaged.iter().take(LISTED).cloned().collect(),
                plan.unmanaged.len(),
            ),
            upcoming: (plan.upcoming.iter().take(LISTED).cloned().collect(), plan.upcoming.len()),
            diagnostics,
        })
    }

    /// The same with these changes alone, by their positions.
    pub(crate) fn only(self, positions: &[usize]) -> Self {
        let items = positions.iter().filter_map(|position| self.changes.get(*position)).collect();
        Self { changes: Changes::Saved(items), ..self }
    }
}
