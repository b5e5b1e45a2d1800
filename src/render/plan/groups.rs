//! Finds changes of one shape, so that thousands of them can be read on one line.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::domain::address::Kind;
use crate::plan::change::ChangeKind;
use crate::render::plan::json::BecauseJson;
use crate::render::plan::json::ChangeJson;
use crate::render::plan::view::Changes;
use crate::render::plan::view::Item;
use crate::render::plan::view::Risk;

/// As many changes of one shape, or fewer, are listed one by one.
pub(crate) const LISTED: usize = 20;

/// What makes two changes alike. Values are not part of it: ten thousand names differ, their shape does not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Shape {
    risk: Risk,
    kind: Kind,
    change: ChangeKind,
    channel: String,
    template: Option<String>,
    fields: Vec<(String, bool)>,
    steps: Vec<(String, Option<String>)>,
    blocked: Option<String>,
    notes: Vec<String>,
}

/// More than [`LISTED`] changes of one shape.
pub(crate) struct Group {
    /// Its number, from 1.
    pub(crate) number: usize,
    /// Their positions in the plan. There is one at least.
    pub(crate) changes: Vec<usize>,
}

/// What is shown as one thing.
pub(crate) enum Entry {
    /// Changes alike.
    Group(Group),
    /// One that is unlike the rest, by its position in the plan.
    One(usize),
}

/// Everything of a plan as it is shown: by risk, of one risk the groups first, then in the order of the plan.
pub(crate) fn entries(changes: &Changes<'_>) -> Vec<(Risk, Entry)> {
    let mut shapes: BTreeMap<Shape, Vec<usize>> = BTreeMap::new();
    let (mut entries, mut listed) = (Vec::new(), Vec::new());
    if changes.len() > LISTED {
        for (position, item) in changes.iter().enumerate() {
            shapes.entry(shape(&item)).or_default().push(position);
        }
    } else {
        listed.extend(changes.iter().enumerate().map(|(position, item)| (item.risk(), position)));
    }
    let mut number = 0;
    for (shape, changes) in shapes {
        if changes.len() > LISTED {
            number += 1;
            entries.push((shape.risk, Entry::Group(Group { number, changes })));
        } else {
            listed.extend(changes.into_iter().map(|position| (shape.risk, position)));
        }
    }
    listed.sort_unstable();
    entries.extend(listed.into_iter().map(|(risk, position)| (risk, Entry::One(position))));
    // Stable: what is equally risky keeps its order.
    entries.sort_by_key(|(risk, _)| *risk);
    entries
}

impl Group {
    /// The fields that have the same values in all of its changes, and the names of those that have their own.
    pub(crate) fn fields(&self, changes: &Changes<'_>) -> (Vec<BecauseJson>, BTreeSet<String>) {
        let mut items = self.changes.iter().filter_map(|position| changes.get(*position));
        let Some(first) = items.next() else { return (Vec::new(), BTreeSet::new()) };
        let mut common = first.told.shown().to_vec();
        let mut own = BTreeSet::new();
        for item in items {
            let fields = item.told.shown();
            let differs = |because: &BecauseJson| !fields.contains(because);
            own.extend(
                common.extract_if(.., |because| differs(because)).map(|because| because.field),
            );
        }
        (common, own)
    }
}

fn shape(item: &Item<'_>) -> Shape {
    let told = &*item.told;
    let reasons = told.because.iter();
    Shape {
        risk: item.risk(),
        kind: item.kind,
        change: item.change,
        channel: told.channel.clone(),
        template: told.template.clone(),
        fields: reasons.map(|b| (b.field.clone(), b.forces_replacement)).collect(),
        steps: told.steps.iter().map(|step| (step.does.clone(), step.due.clone())).collect(),
        blocked: told.blocked.as_ref().map(|text| anonymous(told, text.english())),
        notes: told.notes.iter().map(|text| anonymous(told, text.english())).collect(),
    }
}

/// A sentence without what names the one resource, so that the same thing said of two is the same.
fn anonymous(change: &ChangeJson, text: &str) -> String {
    let names = [change.new_name.as_deref(), change.name.as_deref(), Some(&*change.address)];
    let mut text = text.to_owned();
    for name in names.into_iter().flatten().filter(|name| name.len() > 3) {
        text = text.replace(name, "…");
    }
    // Between backticks stand identities, logins and numbers of this one resource.
    let bare: String = text
        .split('`')
        .enumerate()
        .map(|(position, part)| if position % 2 == 1 { "…" } else { part })
        .collect();
    without_sirets(&bare)
}

/// A sentence without SIRETs and SIRENs, which stand in it as they are.
fn without_sirets(text: &str) -> String {
    let words = text.split_inclusive(|c: char| !c.is_ascii_digit());
    words
        .map(|word| {
            let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
            if matches!(digits.len(), 9 | 14) {
                word.replace(digits, "…")
            } else {
                word.to_owned()
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sirets_in_a_sentence_do_not_make_it_another_one() {
        assert_eq!(
            without_sirets("attached to structure 21750001600019: ask"),
            "attached to structure …: ask"
        );
        assert_eq!(without_sirets("21750001600019, of 217500016"), "…, of …");
        assert_eq!(without_sirets("until 2026-12-01, 12 days"), "until 2026-12-01, 12 days");
    }
}
