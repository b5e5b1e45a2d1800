//! A plan as one page: the risky changes first, those of one shape together with all their addresses, each with its fields.
//!
//! Nothing of it needs a script but the filter.

use std::borrow::Cow;

use minijinja::Value;
use minijinja::context;
use minijinja::value::Serde;
use serde::Serialize;

use crate::domain::address::Kind;
use crate::language;
use crate::language::Language;
use crate::language::Message;
use crate::plan::change::ChangeKind;
use crate::render::page;
use crate::render::page::PageFault;
use crate::render::page::texts;
use crate::render::plan::groups;
use crate::render::plan::groups::Group;
use crate::render::plan::human;
use crate::render::plan::human::channel_phrase;
use crate::render::plan::json::BecauseJson;
use crate::render::plan::json::UnmanagedJson;
use crate::render::plan::upcoming;
use crate::render::plan::view::Changes;
use crate::render::plan::view::Item;
use crate::render::plan::view::View;
use crate::render::style;
use crate::render::words;
use crate::render::words::harmless;

/// How many changes that are unlike the rest are shown.
const LISTED: usize = 1_000;

/// How many addresses of a group are named.
const ADDRESSES: usize = 1_000;

/// As many changes or fewer are unfolded at once.
const OPEN: usize = 20;

/// A change, or a group of changes alike.
#[derive(Debug, Serialize)]
struct Entry {
    tone: &'static str,
    symbol: &'static str,
    word: Cow<'static, str>,
    kind: String,
    /// The address; for a group, none.
    address: String,
    /// `` `Ville` -> `Ville (2)` ``.
    names: String,
    channel: String,
    template: String,
    /// Its number, where it is a group.
    group: Option<usize>,
    /// How many changes it is.
    count: usize,
    blocked: String,
    fields: Vec<Field>,
    /// The fields that differ from one change of a group to the next.
    own: String,
    steps: Vec<String>,
    notes: Vec<String>,
    /// The first addresses of a group, with their names.
    addresses: Vec<[String; 2]>,
    open: bool,
}

/// A field before and after.
#[derive(Debug, Serialize)]
struct Field {
    name: String,
    before: Option<String>,
    after: Option<String>,
    forces: bool,
}

/// A count on a card.
#[derive(Debug, Serialize)]
struct Card {
    count: usize,
    word: Cow<'static, str>,
    tone: &'static str,
}

/// The page of a plan.
pub(crate) fn render(view: &View<'_>) -> Result<String, PageFault> {
    let (entries, left) = entries(&view.changes);
    let cards: Vec<Card> = ChangeKind::ALL
        .into_iter()
        .map(|kind| Card {
            count: view.summary.count(kind),
            word: style::counted(kind),
            tone: tone(kind, false),
        })
        .filter(|card| card.count > 0)
        .collect();
    let upcoming: Vec<[String; 2]> = view
        .upcoming
        .0
        .iter()
        .map(|one| [harmless(&one.address), upcoming::sentence(one, &view.as_of)])
        .collect();
    page::render(
        include_str!("page.html"),
        include_str!("page.js"),
        texts::PLAN,
        context! {
            environment => harmless(view.environment),
            production => view.is_production,
            as_of => harmless(&view.as_of),
            summary => human::summary(view),
            cards => Value::from(Serde(&cards)),
            unchanged => view.summary.unchanged,
            blocked => view.blocked,
            entries => Value::from(Serde(&entries)),
            left,
            diagnostics => view.diagnostics.trim_end(),
            upcoming,
            upcoming_more => view.upcoming.1.saturating_sub(view.upcoming.0.len()),
            unmanaged => view.unmanaged.0.iter().map(unmanaged).collect::<Vec<_>>(),
            unmanaged_more => view.unmanaged.1.saturating_sub(view.unmanaged.0.len()),
            directory => view.directory.as_deref().map(harmless),
        },
    )
}

/// Groups and changes by risk, and how many changes there is no room for.
fn entries(changes: &Changes<'_>) -> (Vec<Entry>, usize) {
    let open = changes.len() <= OPEN;
    let (mut entries, mut listed) = (Vec::new(), 0_usize);
    for (_, entry) in groups::entries(changes) {
        match entry {
            groups::Entry::Group(group) => entries.extend(of_group(&group, changes)),
            groups::Entry::One(position) => {
                listed += 1;
                let item = changes.get(position).filter(|_| listed <= LISTED);
                entries.extend(item.map(|item| Entry { open, ..of_change(&item) }));
            }
        }
    }
    (entries, listed.saturating_sub(LISTED))
}

fn of_change(item: &Item<'_>) -> Entry {
    let told = &*item.told;
    let (symbol, word, _) = style::of_change(item.change, item.is_blocked());
    let sentences = told.steps.iter().filter_map(|step| step.sentence.as_deref());
    Entry {
        tone: tone(item.change, item.is_blocked()),
        symbol,
        word,
        kind: words::kind(item.kind),
        address: harmless(&told.address),
        names: names(item),
        channel: channel_phrase(&told.channel),
        template: harmless(told.template.as_deref().unwrap_or_default()),
        group: None,
        count: 1,
        blocked: harmless(told.blocked.as_deref().unwrap_or_default()),
        fields: told.shown().iter().map(field).collect(),
        own: String::new(),
        steps: sentences.map(harmless).collect(),
        notes: told.notes.iter().map(|note| harmless(note)).collect(),
        addresses: Vec::new(),
        open: false,
    }
}

fn of_group(group: &Group, changes: &Changes<'_>) -> Option<Entry> {
    let first = group.changes.first().and_then(|position| changes.get(*position))?;
    let (common, own) = group.fields(changes);
    let own: Vec<String> = own.iter().map(|field| harmless(field)).collect();
    let items = group.changes.iter().take(ADDRESSES).filter_map(|position| changes.get(*position));
    Some(Entry {
        group: Some(group.number),
        count: group.changes.len(),
        address: String::new(),
        names: String::new(),
        fields: common.iter().map(field).collect(),
        own: own.join(", "),
        steps: Vec::new(),
        addresses: items.map(|item| [harmless(&item.told.address), names(&item)]).collect(),
        ..of_change(&first)
    })
}

fn names(item: &Item<'_>) -> String {
    let names: Vec<String> = [&item.told.name, &item.told.new_name]
        .into_iter()
        .flatten()
        .map(|name| harmless(name))
        .collect();
    names.join(" → ")
}

fn field(because: &BecauseJson) -> Field {
    let BecauseJson { field, before, after, forces_replacement } = because;
    // A text of several lines stays one: the page keeps its line ends.
    let text = |text: &Message| text.lines().map(harmless).collect::<Vec<_>>().join("\n");
    Field {
        name: harmless(field),
        before: before.as_ref().map(text),
        after: after.as_ref().map(text),
        forces: *forces_replacement,
    }
}

fn unmanaged(unmanaged: &UnmanagedJson) -> Vec<String> {
    let UnmanagedJson { kind, id, name, structure, status } = unmanaged;
    let kind = harmless(&kind_told(kind));
    let rest = [name.as_str(), id, structure, status].into_iter().map(harmless);
    std::iter::once(kind).chain(rest).collect()
}

/// The word for a kind; in English that of the data.
fn kind_told(kind: &str) -> String {
    let known = Kind::ALL.into_iter().find(|known| known.to_string() == kind);
    match known {
        Some(known) if language::current() != Language::English => words::kind(known),
        _ => kind.to_owned(),
    }
}

/// How a change is to be looked at. Its symbol and its word always stand beside it.
fn tone(change: ChangeKind, is_blocked: bool) -> &'static str {
    if is_blocked {
        return "bad";
    }
    match change {
        ChangeKind::Create => "ok",
        ChangeKind::Replace | ChangeKind::Deactivate | ChangeKind::Delete => "bad",
        ChangeKind::Update | ChangeKind::Activate | ChangeKind::Rotate | ChangeKind::Wait => "warn",
        ChangeKind::Adopt | ChangeKind::Verify | ChangeKind::AskSupport => "info",
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::environment::Channel;
    use crate::domain::environment::Stage;
    use crate::plan::Plan;
    use crate::plan::change::Because;
    use crate::plan::change::Change;

    use super::*;

    fn update(address: &str, field: &str) -> Change {
        Change {
            address: address.parse().unwrap(),
            change: ChangeKind::Update,
            channel: Channel::Gateway,
            because: vec![Because {
                field: field.to_owned(),
                before: Some("<old>".into()),
                after: None,
                forces_replacement: false,
            }],
            steps: Vec::new(),
            name: None,
            new_name: None,
            blocked: None,
            notes: Vec::new(),
            qualification: None,
            rotations: Vec::new(),
            template: None,
        }
    }

    fn page(changes: Vec<Change>, stage: Stage) -> String {
        let plan = Plan { environment: "here".to_owned(), stage, ..Plan::of(changes) };
        render(&View::made(&plan, String::new())).unwrap()
    }

    #[test]
    fn many_changes_are_bounded_and_counted() {
        // One group of many, and many that are unlike each other.
        let mut changes: Vec<Change> = (0..ADDRESSES + 200)
            .map(|number| update(&format!("town-{number:05}/edi/depot"), "contact"))
            .collect();
        changes
            .extend((0..LISTED + 30).map(|number| {
                update(&format!("odd-{number:05}/edi/depot"), &format!("f{number}"))
            }));
        let page = page(changes, Stage::Simulator);
        assert_eq!(page.matches("<details class=\"change").count(), 1 + LISTED);
        assert_eq!(page.matches("<li><code>town-").count(), ADDRESSES);
        for told in ["These are the first; there are 1,200.", "`raccord show` shows them: 30"] {
            assert!(page.contains(told), "{told}");
        }
        assert!(page.contains("&lt;old&gt;") && !page.contains("<old>"));
        assert!(!page.contains("This is production"));
    }

    #[test]
    fn production_says_so_and_nothing_to_do_too() {
        let page = page(Vec::new(), Stage::Production);
        assert!(page.contains("This is production") && page.contains("Nothing to do."), "{page}");
    }
}
