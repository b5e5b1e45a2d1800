//! Finds changes of one shape, so that thousands of them can be read on one line.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::domain::address::Kind;
use crate::domain::environment::Channel;
use crate::plan::change::Because;
use crate::plan::change::Change;
use crate::plan::change::ChangeKind;
use crate::plan::change::Does;
use crate::render::plan::steps;

/// As many changes of one shape, or fewer, are listed one by one.
pub(crate) const LISTED: usize = 20;

/// What makes two changes alike. Values are not part of it: ten thousand names differ, their shape does not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Shape<'a> {
    kind: Kind,
    change: ChangeKind,
    channel: Channel,
    template: Option<&'a str>,
    fields: Vec<(&'a str, bool)>,
    steps: Vec<(Does, Option<Date>)>,
    blocked: Option<String>,
    notes: Vec<String>,
}

/// More than [`LISTED`] changes of one shape, in the order of the plan.
pub(crate) struct Group<'a> {
    /// The changes.
    pub(crate) changes: Vec<&'a Change>,
}

/// Splits changes into groups and those that are unlike the rest.
pub(crate) fn split(changes: &[Change]) -> (Vec<Group<'_>>, Vec<&Change>) {
    if changes.len() <= LISTED {
        return (Vec::new(), changes.iter().collect());
    }
    let mut shapes: BTreeMap<Shape<'_>, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        shapes.entry(shape(change)).or_default().push(change);
    }
    let (mut groups, mut listed) = (Vec::new(), Vec::new());
    for changes in shapes.into_values() {
        if changes.len() > LISTED {
            groups.push(Group { changes });
        } else {
            listed.extend(changes);
        }
    }
    listed.sort_by(|a, b| a.address.cmp(&b.address));
    (groups, listed)
}

impl Group<'_> {
    /// The fields that have the same values in all of its changes, and the names of those that have their own.
    pub(crate) fn fields(&self) -> (Vec<Because>, BTreeSet<String>) {
        let mut changes = self.changes.iter();
        let Some(first) = changes.next() else { return (Vec::new(), BTreeSet::new()) };
        let mut common = steps::shown(first);
        let mut own = BTreeSet::new();
        for change in changes {
            let fields = steps::shown(change);
            let differs = |because: &Because| !fields.contains(because);
            own.extend(
                common.extract_if(.., |because| differs(because)).map(|because| because.field),
            );
        }
        (common, own)
    }
}

fn shape(change: &Change) -> Shape<'_> {
    Shape {
        kind: change.kind(),
        change: change.change,
        channel: change.channel,
        template: change.template.as_deref(),
        fields: change.because.iter().map(|b| (b.field.as_str(), b.forces_replacement)).collect(),
        steps: change.steps.iter().map(|step| (step.does, step.due)).collect(),
        blocked: change.blocked.as_deref().map(|text| anonymous(change, text)),
        notes: change.notes.iter().map(|text| anonymous(change, text)).collect(),
    }
}

/// A sentence without what names the one resource, so that the same thing said of two is the same.
fn anonymous(change: &Change, text: &str) -> String {
    let address = change.address.to_string();
    let names = [change.new_name.as_deref(), change.name.as_deref(), Some(&*address)];
    let mut text = text.to_owned();
    for name in names.into_iter().flatten().filter(|name| name.len() > 3) {
        text = text.replace(name, "…");
    }
    // Between backticks stand identities, logins and numbers of this one resource.
    text.split('`')
        .enumerate()
        .map(|(position, part)| if position % 2 == 1 { "…" } else { part })
        .collect()
}
