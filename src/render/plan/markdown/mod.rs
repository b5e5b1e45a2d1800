//! A plan as Markdown, for the comment on a merge request: within a budget of bytes, whatever the plan.
//!
//! The sections come by weight, and what there is no room for is counted. A section is written whole, shortened to its line,
//! or left away; nothing is cut in its middle. What values may not do is in [`safe`].

pub(in crate::render) mod safe;
#[cfg(test)]
mod tests;

use crate::domain::environment::Channel;
use crate::language::tr;
use crate::render::diagnostics::json::DiagnosticJson;
use crate::render::plan::fields;
use crate::render::plan::groups;
use crate::render::plan::groups::Entry;
use crate::render::plan::groups::Group;
use crate::render::plan::human;
use crate::render::plan::json::BecauseJson;
use crate::render::plan::markdown::safe::code;
use crate::render::plan::markdown::safe::fence;
use crate::render::plan::markdown::safe::html;
use crate::render::plan::markdown::safe::html_code;
use crate::render::plan::upcoming;
use crate::render::plan::view::Item;
use crate::render::plan::view::Risk;
use crate::render::plan::view::View;
use crate::render::style;
use crate::render::style::Colour;
use crate::render::words;
use crate::render::words::harmless;

/// How many addresses of a group are named.
const NAMED: usize = 200;

/// What is asked of the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    /// The project, which tells its comment from those of others on the same merge request.
    pub(crate) project: &'a str,
    /// Where all of the plan is: a checked `http` or `https` address.
    pub(crate) link: Option<&'a str>,
    /// How many bytes the text has at most.
    pub(crate) max_bytes: usize,
}

/// Writes a plan; its faults and remarks are `said`.
pub(crate) fn render(view: &View<'_>, said: &[DiagnosticJson], wanted: Wanted<'_>) -> String {
    let mut page = Page::new(view, said, wanted.max_bytes);
    head(&mut page, view, said, wanted);
    let is_error = |one: &&DiagnosticJson| one.severity == "error";
    let (errors, remarks): (Vec<_>, Vec<_>) = said.iter().partition(is_error);
    page.diagnostics(&tr!("Errors"), &errors);
    changes(&mut page, view);
    page.diagnostics(&tr!("Remarks"), &remarks);
    lists(&mut page, view);
    page.end()
}

/// What stands above all sections.
fn head(page: &mut Page, view: &View<'_>, said: &[DiagnosticJson], wanted: Wanted<'_>) {
    let View { environment, is_production, as_of, .. } = view;
    page.push(&format!(
        "<!-- raccord:plan environment={} project={} -->\n",
        safe::name(environment),
        safe::name(wanted.project)
    ));
    let title = tr!(
        "Plan for {environment} on {as_of}",
        environment = code(environment),
        as_of = code(as_of)
    );
    page.push(&format!("## {title}\n\n"));
    if *is_production {
        let warning = tr!("**Production**: these are the connections that carry invoices.");
        page.push(&format!("> ⚠️ {warning}\n\n"));
    }
    page.push(&format!("**{}**\n\n", human::summary(view)));
    if said.iter().any(|one| one.severity == "error") {
        let refused = tr!("The plan has errors: `raccord apply` refuses it, and changes nothing.");
        page.push(&format!("{refused}\n\n"));
    }
    let portal = Channel::Portal.to_string();
    let by_persons = view.changes.iter().filter(|item| item.told.channel == portal).count();
    if by_persons > 0 {
        let told = words::count(by_persons, "change");
        let told = tr!("A person at the portal does {}.", told);
        page.push(&format!("{told}\n\n"));
    }
    if let Some(link) = wanted.link {
        page.push(&format!("[{}](<{link}>)\n\n", tr!("The whole plan")));
    }
}

/// The changes, the risky ones first.
fn changes(page: &mut Page, view: &View<'_>) {
    let titles = [tr!("Risky changes"), tr!("Blocked, or for a person"), tr!("Other changes")];
    let [mut risky, mut for_person, mut others] = titles.each_ref().map(|title| Some(&**title));
    for (risk, entry) in groups::entries(&view.changes) {
        let (title, is_open) = match risk {
            Risk::Interrupts => (&mut risky, true),
            Risk::NeedsPerson => (&mut for_person, true),
            Risk::Changes | Risk::Adds | Risk::Waits => (&mut others, false),
        };
        match entry {
            Entry::Group(group) => {
                let count = group.changes.len();
                page.section(title, Left::changes(count), || of_group(&group, view));
            }
            Entry::One(position) => page.section(title, Left::changes(1), || {
                let item = view.changes.get(position);
                item.map(|item| of_change(&item, is_open)).unwrap_or_default()
            }),
        }
    }
}

/// What matters least: what ends soon, what is not ours, where structures were looked up.
fn lists(page: &mut Page, view: &View<'_>) {
    let mut folded = |title: &str, count: usize, text: &str| {
        let lines: Vec<String> = text.trim_end().lines().map(str::to_owned).collect();
        let left = Left { others: count, ..Left::default() };
        page.section(&mut None, left, || Texts {
            full: details(&html(title), &fence("text", &lines)),
            brief: None,
        });
    };
    let (ends, others) = (view.upcoming.1, view.unmanaged.1);
    let mut text = String::new();
    let listed = (view.upcoming.0.as_slice(), ends);
    if ends > 0 && upcoming::render(&mut text, listed, &view.as_of, Colour::Off).is_ok() {
        folded(&tr!("To renew: {}", words::thousands(ends)), ends, &text);
    }
    text.clear();
    if others > 0 && human::render_unmanaged(&mut text, view, Colour::Off).is_ok() {
        folded(&tr!("Unmanaged, never touched: {}", words::thousands(others)), others, &text);
    }
    if let Some(sentence) = &view.directory {
        page.section(&mut None, Left::default(), || Texts {
            full: format!("{}\n\n", code(sentence)),
            brief: None,
        });
    }
}

/// A change: open where a person has to look, else folded.
fn of_change(item: &Item<'_>, is_open: bool) -> Texts {
    let told = &*item.told;
    let lines = told_lines(item, told.shown(), false);
    let names: Vec<&String> = [&told.name, &told.new_name].into_iter().flatten().collect();
    let shown = |one: fn(&str) -> String| {
        let names: Vec<String> = names.iter().map(|name| one(name)).collect();
        let named = if names.is_empty() { String::new() } else { " ".to_owned() };
        let blocked = if item.is_blocked() { tr!(" (blocked)") } else { String::new() };
        let told = tr!("{}: {}", one(&told.address), words::kind(item.kind));
        format!("{told}{named}{}{blocked}", names.join(" → "))
    };
    let word = style::word(item.change);
    let line = format!("**{word}** {}", shown(code));
    let brief = Some(format!("- {line}\n\n"));
    let full = match (lines.is_empty(), is_open) {
        (true, _) => format!("- {line}\n\n"),
        (false, true) => format!("#### {line}\n\n{}\n", fence("diff", &lines)),
        (false, false) => {
            details(&format!("<b>{word}</b> {}", shown(html_code)), &fence("diff", &lines))
        }
    };
    Texts { full, brief }
}

/// Many changes of one shape, folded.
fn of_group(group: &Group, view: &View<'_>) -> Texts {
    let mut items = group.changes.iter().filter_map(|position| view.changes.get(*position));
    let Some(first) = items.next() else { return Texts::default() };
    let (common, own) = group.fields(&view.changes);
    let mut lines = told_lines(&first, &common, true);
    if !own.is_empty() {
        let own: Vec<String> = own.iter().map(|field| harmless(field)).collect();
        lines.push(format!("  {}", tr!("each its own: {}", own.join(", "))));
    }
    lines.push(String::new());
    let addresses = std::iter::once(&first).cloned().chain(items).take(NAMED);
    lines.extend(addresses.map(|item| format!("  {}", harmless(&item.told.address))));
    if let Some(more) = group.changes.len().checked_sub(NAMED).filter(|more| *more > 0) {
        lines.push(format!("  {}", words::and_more(more)));
    }
    let (count, word) = (words::thousands(group.changes.len()), style::word(first.change));
    let kind = words::kind(first.kind);
    let template = first.told.template.as_ref();
    let from = |one: fn(&str) -> String| {
        let from = template.map(|template| tr!(", from {}", one(template)));
        let blocked = if first.is_blocked() { tr!(" (blocked)") } else { String::new() };
        let group = tr!("group {}", group.number);
        format!("{kind}{}{blocked}, {group}", from.unwrap_or_default())
    };
    Texts {
        full: details(
            &format!("<b>{count} × {word}</b> {}", from(html_code)),
            &fence("diff", &lines),
        ),
        brief: Some(format!("- **{count} × {word}** {}\n\n", from(code))),
    }
}

/// All that is told of a change below its line.
fn told_lines(item: &Item<'_>, because: &[BecauseJson], of_first: bool) -> Vec<String> {
    let told = &*item.told;
    let mut lines = Vec::new();
    if let Some(blocked) = &told.blocked {
        let blocked = harmless(blocked);
        let told = if of_first {
            tr!("blocked, the first: {}", blocked)
        } else {
            tr!("blocked: {}", blocked)
        };
        lines.push(format!("! {told}"));
    }
    lines.extend(because.iter().flat_map(field));
    let sentences = told.steps.iter().filter_map(|step| step.sentence.as_ref());
    lines.extend(
        sentences.enumerate().map(|(place, text)| format!("  {}. {}", place + 1, harmless(text))),
    );
    lines.extend(told.notes.iter().map(|note| {
        let note = harmless(note);
        let told =
            if of_first { tr!("note, for the first: {}", note) } else { tr!("note: {}", note) };
        format!("  {told}")
    }));
    lines
}

/// A field: what goes and what comes, each on a line of its own, where it is one value.
fn field(because: &BecauseJson) -> Vec<String> {
    let lines = fields::lines(std::slice::from_ref(because), Colour::Off);
    let BecauseJson { field, before, after, forces_replacement } = because;
    let (name, forces) = (
        harmless(field),
        if *forces_replacement { tr!("(forces replacement)") } else { String::new() },
    );
    let forces = if forces.is_empty() { forces } else { format!("  {forces}") };
    match (lines.as_slice(), before, after) {
        ([_], None, Some(_)) => vec![format!("+ {}", lines[0])],
        ([line], Some(before), Some(after)) if line.contains(" -> ") && before != after => vec![
            format!("- {name}  {}", fields::value(before)),
            format!("+ {name}  {}{forces}", fields::value(after)),
        ],
        ([_], Some(before), None) => vec![format!("- {name}  {}{forces}", fields::value(before))],
        _ => lines.iter().map(|line| format!("  {line}")).collect(),
    }
}

/// A folded block. `summary` is HTML.
fn details(summary: &str, body: &str) -> String {
    format!("<details><summary>{summary}</summary>\n\n{body}\n</details>\n\n")
}

/// A section in its forms.
#[derive(Debug, Default)]
struct Texts {
    full: String,
    brief: Option<String>,
}

/// What there was no room for.
#[derive(Clone, Copy, Debug, Default)]
struct Left {
    changes: usize,
    said: usize,
    others: usize,
}

impl Left {
    fn changes(changes: usize) -> Self {
        Self { changes, ..Self::default() }
    }

    /// The last line.
    fn text(self) -> String {
        let Self { changes, said, others } = self;
        let counts = [
            (changes, words::count(changes, "change")),
            (said, words::count(said, "remark")),
            (others, words::count(others, "other thing")),
        ];
        let counts: Vec<String> =
            counts.into_iter().filter(|(count, _)| *count > 0).map(|(_, told)| told).collect();
        if counts.is_empty() {
            return String::new();
        }
        tr!("**Not shown here, for lack of room: {}.**\n", counts.join(", "))
    }
}

/// The text, and the room that is left for it.
struct Page {
    text: String,
    room: usize,
    left: Left,
    is_full: bool,
    max_bytes: usize,
}

impl Page {
    /// Keeps room for the line that counts what is left away, however much that is.
    fn new(view: &View<'_>, said: &[DiagnosticJson], max_bytes: usize) -> Self {
        let all = Left {
            changes: view.changes.len(),
            said: said.len(),
            others: view.upcoming.1.saturating_add(view.unmanaged.1),
        };
        let room = max_bytes.saturating_sub(all.text().len());
        Self { text: String::new(), room, left: Left::default(), is_full: false, max_bytes }
    }

    /// Adds a text if there is room.
    fn push(&mut self, text: &str) -> bool {
        let fits = self.text.len() + text.len() <= self.room;
        if fits {
            self.text.push_str(text);
        }
        fits
    }

    /// Adds a section, with its title the first time. Once one found no room, lighter ones are not tried.
    fn section(&mut self, title: &mut Option<&str>, counts: Left, texts: impl FnOnce() -> Texts) {
        if !self.is_full {
            let heading = title.map(|title| format!("### {title}\n\n")).unwrap_or_default();
            let Texts { full, brief } = texts();
            let fits = self.push(&format!("{heading}{full}"))
                || brief.is_some_and(|brief| self.push(&format!("{heading}{brief}")));
            if fits {
                *title = None;
                return;
            }
            self.is_full = true;
        }
        self.left.changes += counts.changes;
        self.left.said += counts.said;
        self.left.others += counts.others;
    }

    /// Adds faults or remarks.
    fn diagnostics(&mut self, title: &str, said: &[&DiagnosticJson]) {
        let mut title = Some(title);
        for one in said {
            let DiagnosticJson { rule, severity, message, file, line, help, .. } = one;
            let left = Left { said: 1, ..Left::default() };
            self.section(&mut title, left, || {
                let place = file.as_ref().map(|file| {
                    let line = line.map(|line| format!(":{line}")).unwrap_or_default();
                    format!(", {}", code(&format!("{file}{line}")))
                });
                let head = format!(
                    "{}{}",
                    code(&format!("{}[{rule}]", words::severity(severity))),
                    place.unwrap_or_default()
                );
                let help = help.as_ref().map(|help| tr!("help: {}", harmless(help)));
                let lines: Vec<String> = message.lines().map(harmless).chain(help).collect();
                Texts {
                    full: format!("- {head}\n\n{}\n", fence("text", &lines)),
                    brief: Some(format!("- {head}\n\n")),
                }
            });
        }
    }

    /// Counts what is left away.
    fn end(mut self) -> String {
        let left = self.left.text();
        if self.text.len() + left.len() <= self.max_bytes {
            self.text.push_str(&left);
        }
        self.text
    }
}
