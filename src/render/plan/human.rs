//! A plan for people: what changes and why, what is not ours, what stands against it, and the count of everything.

use std::fmt;

use crate::diagnostic::Sources;
use crate::domain::address::Kind;
use crate::domain::environment::Channel;
use crate::language::marked;
use crate::language::tr;
use crate::language::translated;
use crate::plan::Plan;
use crate::plan::change::ChangeKind;
use crate::render::diagnostics;
use crate::render::diagnostics::json::DiagnosticJson;
use crate::render::plan::fields;
use crate::render::plan::groups;
use crate::render::plan::groups::Entry;
use crate::render::plan::groups::Group;
use crate::render::plan::json::SummaryJson;
use crate::render::plan::json::UnmanagedJson;
use crate::render::plan::upcoming;
use crate::render::plan::view::Changes;
use crate::render::plan::view::Item;
use crate::render::plan::view::View;
use crate::render::style;
use crate::render::style::Colour;
use crate::render::style::FAINT;
use crate::render::style::STRONG;
use crate::render::words;
use crate::render::words::harmless;

/// How many changes that are unlike the rest are shown with all that is told of them.
const DETAILED: usize = 60;

/// How many of them have a line at all.
const NAMED: usize = 300;

/// How many addresses stand for a group.
const EXAMPLES: usize = 3;

/// Everything below the line of a change.
const INDENT: &str = "        ";

/// Writes a plan that was just made. `sources` holds the files that diagnostics point to.
pub(crate) fn render(
    out: &mut dyn fmt::Write,
    plan: &Plan,
    sources: &Sources,
    colour: Colour,
) -> fmt::Result {
    let mut diagnostics = String::new();
    diagnostics::human::render(&mut diagnostics, &plan.diagnostics, sources, colour)?;
    overview(out, &View::made(plan, diagnostics), colour)
}

/// Writes a plan so that it can be read whatever its size: the risky changes first, those of one shape together.
pub(crate) fn overview(out: &mut dyn fmt::Write, view: &View<'_>, colour: Colour) -> fmt::Result {
    let View { changes, directory, upcoming, diagnostics, .. } = view;
    if changes.len() > 0 {
        writeln!(out, "{}\n", colour.paint(STRONG, &title(view)))?;
        let several = several_channels(changes);
        let (mut listed, mut left) = (0, Vec::new());
        for (_, entry) in groups::entries(changes) {
            let position = match entry {
                Entry::Group(group) => {
                    render_group(out, &group, changes, colour)?;
                    continue;
                }
                Entry::One(position) => position,
            };
            let Some(item) = changes.get(position) else { continue };
            match listed {
                ..DETAILED => render_change(out, &item, several, colour)?,
                DETAILED..NAMED => headline(out, &item, several, colour)?,
                NAMED.. => left.push(item.change),
            }
            listed += 1;
        }
        render_left(out, &left)?;
        writeln!(out)?;
    }
    render_unmanaged(out, view, colour)?;
    upcoming::render(out, (&upcoming.0, upcoming.1), &view.as_of, colour)?;
    if let Some(sentence) = directory {
        writeln!(out, "{}\n", harmless(sentence))?;
    }
    write!(out, "{diagnostics}")?;
    writeln!(out, "{}", colour.paint(STRONG, &summary(view)))
}

/// Writes faults and remarks of a saved plan: the files that they point to are not at hand.
pub(crate) fn saved_diagnostics(
    out: &mut dyn fmt::Write,
    said: &[DiagnosticJson],
    colour: Colour,
) -> fmt::Result {
    for DiagnosticJson { rule, severity, message, file, line, column, help, .. } in said {
        let ink = if severity == "error" { style::RED } else { style::YELLOW };
        let head = format!("{}[{}]", harmless(&words::severity(severity)), harmless(rule));
        writeln!(out, "{}: {}", colour.paint(ink, &head), harmless(message))?;
        if let (Some(file), Some(line), Some(column)) = (file, line, column) {
            writeln!(out, "  --> {}:{line}:{column}", harmless(file))?;
        }
        if let Some(help) = help {
            writeln!(out, "  {}", tr!("help: {}", harmless(help)))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Writes changes one by one, each with all that is told of it.
pub(crate) fn each(out: &mut dyn fmt::Write, view: &View<'_>, colour: Colour) -> fmt::Result {
    writeln!(out, "{}\n", colour.paint(STRONG, &title(view)))?;
    let several = several_channels(&view.changes);
    for item in view.changes.iter() {
        render_change(out, &item, several, colour)?;
    }
    Ok(())
}

fn title(view: &View<'_>) -> String {
    let View { environment, is_production, as_of, .. } = view;
    // Whoever reads it has to know that this is not a trial.
    let environment = harmless(environment);
    if *is_production {
        tr!("Plan for `{environment}` on {as_of}, in production", environment, as_of)
    } else {
        tr!("Plan for `{environment}` on {as_of}", environment, as_of)
    }
}

/// The last line, which counts everything.
pub(crate) fn summary(view: &View<'_>) -> String {
    let SummaryJson { unchanged, .. } = view.summary;
    let unchanged_told = words::thousands(unchanged);
    if view.changes.len() == 0 {
        return match unchanged {
            0 => tr!("Nothing to do: nothing is declared"),
            1 => tr!("Nothing to do: 1 resource is as declared"),
            _ => tr!("Nothing to do: {count} resources are as declared", count = unchanged_told),
        };
    }
    let count = |kind| view.summary.count(kind);
    let mut parts: Vec<String> = ChangeKind::ALL
        .into_iter()
        .filter(|kind| count(*kind) > 0)
        .map(|kind| format!("{} {}", words::thousands(count(kind)), style::counted(kind)))
        .collect();
    parts.push(tr!("{count} unchanged" | "{count} unchanged" % unchanged, count = unchanged_told));
    if view.blocked > 0 {
        parts.push(tr!(
            "{count} blocked" | "{count} blocked" % view.blocked,
            count = words::thousands(view.blocked)
        ));
    }
    tr!("Plan: {}", parts.join(", "))
}

fn several_channels(changes: &Changes<'_>) -> bool {
    let ledger = Channel::Ledger.to_string();
    let mut first: Option<String> = None;
    changes
        .iter()
        .filter(|item| item.told.channel != ledger)
        .any(|item| first.get_or_insert_with(|| item.told.channel.clone()) != &item.told.channel)
}

/// The line of a change.
fn headline(
    out: &mut dyn fmt::Write,
    item: &Item<'_>,
    several_channels: bool,
    colour: Colour,
) -> fmt::Result {
    let told = &*item.told;
    let (symbol, word, ink) = style::of_change(item.change, item.is_blocked());
    write!(out, "{}", colour.paint(ink, &format!("{symbol:>3} {word}")))?;
    let address = colour.paint(STRONG, &harmless(&told.address));
    write!(out, " {}", tr!("{}: {}", address, words::kind(item.kind)))?;
    let names: Vec<String> = [&told.name, &told.new_name]
        .into_iter()
        .flatten()
        .map(|name| format!("`{}`", harmless(name)))
        .collect();
    if !names.is_empty() {
        write!(out, " {}", names.join(" -> "))?;
    }
    if several_channels || told.channel == Channel::Portal.to_string() {
        let through = tr!(", through {}", channel_phrase(&told.channel));
        write!(out, "{}", colour.paint(FAINT, &through))?;
    }
    writeln!(out)
}

/// Writes one change with all that is told of it.
pub(crate) fn one(out: &mut dyn fmt::Write, item: &Item<'_>, colour: Colour) -> fmt::Result {
    render_change(out, item, true, colour)
}

fn render_change(
    out: &mut dyn fmt::Write,
    item: &Item<'_>,
    several_channels: bool,
    colour: Colour,
) -> fmt::Result {
    let told = &*item.told;
    headline(out, item, several_channels, colour)?;
    if let Some(blocked) = &told.blocked {
        writeln!(
            out,
            "{INDENT}{}",
            colour.paint(style::RED, &tr!("blocked: {}", harmless(blocked)))
        )?;
    }
    for line in fields::lines(told.shown(), colour) {
        writeln!(out, "{INDENT}{line}")?;
    }
    for (position, sentence) in
        told.steps.iter().filter_map(|step| step.sentence.as_ref()).enumerate()
    {
        // A sentence was made harmless when it was made, but a file may have been written by anyone.
        let line = format!("{}. {}", position + 1, harmless(sentence));
        writeln!(out, "{INDENT}{}", colour.paint(FAINT, &line))?;
    }
    for note in &told.notes {
        writeln!(out, "{INDENT}{}", tr!("note: {}", harmless(note)))?;
    }
    Ok(())
}

fn render_group(
    out: &mut dyn fmt::Write,
    group: &Group,
    changes: &Changes<'_>,
    colour: Colour,
) -> fmt::Result {
    let Some(first) = group.changes.first().and_then(|position| changes.get(*position)) else {
        return Ok(());
    };
    let told = &*first.told;
    let (symbol, word, ink) = style::of_change(first.change, first.is_blocked());
    let count = words::thousands(group.changes.len());
    write!(out, "{}", colour.paint(ink, &format!("{symbol:>3} {count} x {word}")))?;
    write!(out, " {}", colour.paint(STRONG, &words::kind(first.kind)))?;
    if let Some(template) = &told.template {
        write!(out, "{}", tr!(", from {}", harmless(template)))?;
    }
    writeln!(out, "{}", colour.paint(FAINT, &format!("  {}", tr!("(group {})", group.number))))?;
    if let Some(blocked) = &told.blocked {
        let text = tr!("blocked, the first: {}", harmless(blocked));
        writeln!(out, "{INDENT}{}", colour.paint(style::RED, &text))?;
    }
    let (common, own) = group.fields(changes);
    for line in fields::lines(&common, colour) {
        writeln!(out, "{INDENT}{line}")?;
    }
    if !own.is_empty() {
        let own: Vec<String> = own.into_iter().collect();
        writeln!(out, "{INDENT}{}", tr!("each its own: {}", harmless(&own.join(", "))))?;
    }
    let examples =
        group.changes.iter().take(EXAMPLES).filter_map(|position| changes.get(*position));
    let examples: Vec<String> = examples.map(|item| harmless(&item.told.address)).collect();
    writeln!(out, "{INDENT}{}", colour.paint(FAINT, &format!("{}, …", examples.join(", "))))?;
    for note in &told.notes {
        writeln!(out, "{INDENT}{}", tr!("note, for the first: {}", harmless(note)))?;
    }
    Ok(())
}

/// Counts what there is no room for.
fn render_left(out: &mut dyn fmt::Write, left: &[ChangeKind]) -> fmt::Result {
    if left.is_empty() {
        return Ok(());
    }
    let kinds = ChangeKind::ALL.into_iter().filter_map(|kind| {
        let count = left.iter().filter(|left| **left == kind).count();
        (count > 0).then(|| format!("{} {}", words::thousands(count), style::counted(kind)))
    });
    let kinds: Vec<String> = kinds.collect();
    writeln!(
        out,
        "    {}",
        tr!(
            "and more, each unlike the others: {}. To see them: `raccord plan --out FILE`, then `raccord show FILE --change WORD`",
            kinds.join(", ")
        )
    )
}

/// Writes what exists and is not ours.
pub(super) fn render_unmanaged(
    out: &mut dyn fmt::Write,
    view: &View<'_>,
    colour: Colour,
) -> fmt::Result {
    let (listed, total) = &view.unmanaged;
    if listed.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", colour.paint(STRONG, &tr!("Unmanaged, never touched:")))?;
    for UnmanagedJson { kind, id, name, structure, status } in listed {
        let known = Kind::ALL.into_iter().find(|known| known.to_string() == *kind);
        let kind = known.map_or_else(|| harmless(kind), words::kind);
        let told = tr!(
            "{kind} `{name}`, {id}, structure {structure}, {status}",
            kind,
            name = harmless(name),
            id = harmless(id),
            structure = harmless(structure),
            status = harmless(status)
        );
        writeln!(out, "    {told}")?;
    }
    if let Some(more) = total.checked_sub(listed.len()).filter(|more| *more > 0) {
        writeln!(out, "    {}", words::and_more(more))?;
    }
    writeln!(out)
}

/// The channel in words.
pub(super) fn channel_phrase(channel: &str) -> String {
    let known = [
        (Channel::Piste, marked!("the PISTE API")),
        (Channel::Gateway, marked!("the gateway")),
        (Channel::Portal, marked!("a person at the portal")),
        (Channel::Ledger, marked!("the ledger alone")),
    ];
    known
        .into_iter()
        .find(|(known, _)| known.to_string() == channel)
        .map_or_else(|| harmless(channel), |(_, phrase)| translated(phrase).into_owned())
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::diagnostic::Diagnostic;
    use crate::domain::address::Address;
    use crate::domain::observed::RemoteId;
    use crate::domain::request::Request;
    use crate::domain::request::Target;
    use crate::domain::siret::Siret;
    use crate::plan::change::Action;
    use crate::plan::change::Because;
    use crate::plan::change::Change;
    use crate::plan::change::Does;
    use crate::plan::change::Step;
    use crate::plan::change::Unmanaged;
    use crate::plan::change::Until;

    use super::*;

    fn change(address: &str, change: ChangeKind, because: &[(&str, &str, &str)]) -> Change {
        let some = |text: &str| (!text.is_empty()).then(|| text.into());
        Change {
            address: address.parse().unwrap(),
            change,
            channel: Channel::Gateway,
            because: because
                .iter()
                .map(|(field, before, after)| Because {
                    field: (*field).to_owned(),
                    before: some(before),
                    after: some(after),
                    forces_replacement: *field == "protocol",
                })
                .collect(),
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

    fn step(change: &Change, number: usize, does: Does, action: Action, needs: &[&str]) -> Step {
        Step {
            id: format!("{}#{number}-{}", change.address, does.word()),
            address: change.address.clone(),
            does,
            action,
            needs: needs.iter().map(|need| (*need).to_owned()).collect(),
            channel: change.channel,
            due: None,
        }
    }

    fn shown(plan: &Plan) -> String {
        let mut text = String::new();
        render(&mut text, plan, &Sources::default(), Colour::Off).unwrap();
        text
    }

    fn existing(id: &str) -> Target {
        Target::Existing(RemoteId::new(id))
    }

    fn replacement() -> Change {
        let mut replaced =
            change("ville/edi/g2b", ChangeKind::Replace, &[("protocol", "SFTP", "AS2")]);
        replaced.name = Some("Ville G2B".to_owned());
        replaced.new_name = Some("Ville G2B (2)".to_owned());
        replaced.notes = vec!["the new sheet gets a new application code, now `AAA001`".into()];
        let created = Target::CreatedBy("ville/edi/g2b#1-create".to_owned());
        let wait = Action::Wait { target: created, until: Until::Active };
        let retire = Action::Send {
            request: Request::DeactivateEdi { target: existing("EDI-000001") },
            making: None,
        };
        replaced.steps = vec![
            step(&replaced, 2, Does::Wait, wait, &["ville/account/main#1-create"]),
            step(&replaced, 3, Does::Deactivate, retire, &["ville/edi/g2b#2-wait"]),
        ];
        replaced.steps[1].due = Some("2026-12-15".parse().unwrap());
        replaced
    }

    #[test]
    fn each_change_has_its_symbol_its_word_and_its_reasons() {
        let mut made = change("ville/api/main", ChangeKind::Create, &[("usage", "", "own")]);
        made.new_name = Some("APP_VILLE".to_owned());
        let mut asked =
            change("ville/edi/stuck", ChangeKind::AskSupport, &[("status", "Partielle", "Actif")]);
        asked.channel = Channel::Portal;
        let mut refused =
            change("ville/edi/x", ChangeKind::Replace, &[("protocol", "SFTP", "AS2")]);
        refused.blocked = Some("sheet `EDI-000009` holds certificate `g2b-2026`".into());
        let mut gone = change("ville/edi/old", ChangeKind::Deactivate, &[]);
        gone.name = Some("Ancien\u{1b}[31m".to_owned());
        let mut shown_plan = Plan::of(vec![
            made,
            change(
                "ville/account/main",
                ChangeKind::Rotate,
                &[("password_expires", "2026-12-20", "")],
            ),
            replacement(),
            change("ville/edi/new", ChangeKind::Adopt, &[]),
            change("ville/edi/slow", ChangeKind::Wait, &[("status", "En cours", "")]),
            gone,
            asked,
            refused,
        ]);
        shown_plan.unmanaged = (1..=22)
            .map(|number| Unmanaged {
                kind: Kind::Edi,
                id: RemoteId::new(format!("EDI-{number:06}")),
                name: format!("Sheet {number}"),
                structure: Siret::parse("12345678200010").unwrap().siret,
                status: "Actif".into(),
            })
            .collect();
        shown_plan.diagnostics = vec![Diagnostic::error(
            "policy-replacements",
            "2 replacements, and the policy allows 1",
        )];
        assert_snapshot!(shown(&shown_plan), @r"
        Plan for `simulator` on 2026-12-01

        -/+ replace ville/edi/g2b: EDI connection `Ville G2B` -> `Ville G2B (2)`, through the gateway
                protocol  SFTP -> AS2  forces replacement
                1. wait until the new one is Actif, after `ville/account/main`
                2. deactivate `EDI-000001`, due 2026-12-15
                note: the new sheet gets a new application code, now `AAA001`
          - deactivate ville/edi/old: EDI connection `Ancien␛[31m`, through the gateway
          x replace ville/edi/x: EDI connection, through the gateway
                blocked: sheet `EDI-000009` holds certificate `g2b-2026`
                protocol  SFTP -> AS2  forces replacement
          ! ask support ville/edi/stuck: EDI connection, through a person at the portal
                status  Partielle -> Actif
          ~ rotate ville/account/main: technical account, through the gateway
                password_expires  2026-12-20
          + create ville/api/main: API connection `APP_VILLE`, through the gateway
                usage  own
         => adopt ville/edi/new: EDI connection, through the gateway
         >> wait ville/edi/slow: EDI connection, through the gateway
                status  En cours

        Unmanaged, never touched:
            EDI connection `Sheet 1`, EDI-000001, structure 12345678200010, Actif
            EDI connection `Sheet 2`, EDI-000002, structure 12345678200010, Actif
            EDI connection `Sheet 3`, EDI-000003, structure 12345678200010, Actif
            EDI connection `Sheet 4`, EDI-000004, structure 12345678200010, Actif
            EDI connection `Sheet 5`, EDI-000005, structure 12345678200010, Actif
            EDI connection `Sheet 6`, EDI-000006, structure 12345678200010, Actif
            EDI connection `Sheet 7`, EDI-000007, structure 12345678200010, Actif
            EDI connection `Sheet 8`, EDI-000008, structure 12345678200010, Actif
            EDI connection `Sheet 9`, EDI-000009, structure 12345678200010, Actif
            EDI connection `Sheet 10`, EDI-000010, structure 12345678200010, Actif
            EDI connection `Sheet 11`, EDI-000011, structure 12345678200010, Actif
            EDI connection `Sheet 12`, EDI-000012, structure 12345678200010, Actif
            EDI connection `Sheet 13`, EDI-000013, structure 12345678200010, Actif
            EDI connection `Sheet 14`, EDI-000014, structure 12345678200010, Actif
            EDI connection `Sheet 15`, EDI-000015, structure 12345678200010, Actif
            EDI connection `Sheet 16`, EDI-000016, structure 12345678200010, Actif
            EDI connection `Sheet 17`, EDI-000017, structure 12345678200010, Actif
            EDI connection `Sheet 18`, EDI-000018, structure 12345678200010, Actif
            EDI connection `Sheet 19`, EDI-000019, structure 12345678200010, Actif
            EDI connection `Sheet 20`, EDI-000020, structure 12345678200010, Actif
            and 2 more

        error[policy-replacements]: 2 replacements, and the policy allows 1

        Plan: 1 to create, 2 to replace, 1 to deactivate, 1 to adopt, 1 to rotate, 1 waiting, 1 to ask support about, 12 unchanged, 1 blocked
        ");
    }

    #[test]
    fn nothing_to_do_is_one_line() {
        assert_snapshot!(shown(&Plan::of(Vec::new())), @"Nothing to do: 12 resources are as declared");
    }

    #[test]
    fn alike_changes_are_counted_and_outliers_listed() {
        let mut changes: Vec<Change> = (1..=4812)
            .map(|number| {
                let mut made = change(
                    &format!("commune-{number:05}/api/main"),
                    ChangeKind::Create,
                    &[("piste_application", "", &format!("APP_{number}")), ("usage", "", "own")],
                );
                made.template = Some("templates/commune.yaml.j2".to_owned());
                made.new_name = Some(format!("APP_{number}"));
                made.notes = vec![format!("calls go through `TECH_{number}@cpro.fr`").into()];
                made
            })
            .collect();
        changes.push(change("ville/api/main", ChangeKind::Create, &[("usage", "", "publisher")]));
        assert_snapshot!(shown(&Plan::of(changes)), @r"
        Plan for `simulator` on 2026-12-01

          + 4,812 x create API connection, from templates/commune.yaml.j2  (group 1)
                usage  own
                each its own: piste_application
                commune-00001/api/main, commune-00002/api/main, commune-00003/api/main, …
                note, for the first: calls go through `TECH_1@cpro.fr`
          + create ville/api/main: API connection
                usage  publisher

        Plan: 4,813 to create, 12 unchanged
        ");
    }

    #[test]
    fn twenty_alike_are_still_listed() {
        let changes: Vec<Change> = (1..=20)
            .map(|number| change(&format!("e{number}/edi/main"), ChangeKind::Adopt, &[]))
            .collect();
        let shown = shown(&Plan::of(changes));
        assert_eq!(shown.lines().filter(|line| line.contains("=> adopt e")).count(), 20);
    }

    #[test]
    fn the_json_form_counts_all_twelve_and_names_what_moved() {
        use crate::render::plan::json::PlanJson;

        let first = PlanJson::of(&Plan::of(vec![replacement()]), &Sources::default());
        let value = serde_json::to_value(&first).unwrap();
        assert_eq!(value["summary"].as_object().unwrap().len(), 12);
        insta::assert_json_snapshot!(value["changes"], @r#"
        [
          {
            "address": "ville/edi/g2b",
            "kind": "edi",
            "change": "replace",
            "channel": "gateway",
            "name": "Ville G2B",
            "new_name": "Ville G2B (2)",
            "because": [
              {
                "field": "protocol",
                "before": "SFTP",
                "after": "AS2",
                "forces_replacement": true
              }
            ],
            "steps": [
              {
                "id": "ville/edi/g2b#2-wait",
                "does": "wait",
                "sentence": "wait until the new one is Actif, after `ville/account/main`",
                "needs": [
                  "ville/account/main#1-create"
                ]
              },
              {
                "id": "ville/edi/g2b#3-deactivate",
                "does": "deactivate",
                "sentence": "deactivate `EDI-000001`, due 2026-12-15",
                "needs": [
                  "ville/edi/g2b#2-wait"
                ],
                "due": "2026-12-15"
              }
            ],
            "notes": [
              "the new sheet gets a new application code, now `AAA001`"
            ]
          }
        ]
        "#);

        let mut other =
            Plan::of(vec![replacement(), change("ville/edi/new", ChangeKind::Adopt, &[])]);
        other.changes[0].because.clear();
        let other = PlanJson::of(&other, &Sources::default());
        assert_eq!(first.moved_addresses(&other), ["ville/edi/g2b", "ville/edi/new"]);
        assert!(first.moved_addresses(&first).is_empty());
        let address: Address = first.changes[0].address.parse().unwrap();
        assert_eq!(address.kind(), Kind::Edi);
    }

    #[test]
    fn a_saved_plan_shows_the_same_as_the_plan_it_was_saved_from() {
        use crate::render::plan::json::PlanJson;

        let mut changes: Vec<Change> = (1..=30)
            .map(|number| change(&format!("e{number:02}/edi/main"), ChangeKind::Adopt, &[]))
            .collect();
        changes.push(replacement());
        let mut made = Plan::of(changes);
        made.stage = crate::domain::environment::Stage::Production;
        made.directory = Some(crate::domain::observed::DirectoryUsed {
            found: 200,
            written: Some("2026-11-20".parse().unwrap()),
        });
        let text = serde_json::to_string(&PlanJson::streamed(&made, &Sources::default())).unwrap();
        let read: PlanJson = serde_json::from_str(&text).unwrap();
        assert_eq!(read, PlanJson::of(&made, &Sources::default()));
        let mut again = String::new();
        let view = View::saved(&read, String::new()).unwrap();
        overview(&mut again, &view, Colour::Off).unwrap();
        assert_eq!(again, shown(&made));
        assert_snapshot!(again, @r"
        Plan for `simulator` on 2026-12-01, in production

        -/+ replace ville/edi/g2b: EDI connection `Ville G2B` -> `Ville G2B (2)`
                protocol  SFTP -> AS2  forces replacement
                1. wait until the new one is Actif, after `ville/account/main`
                2. deactivate `EDI-000001`, due 2026-12-15
                note: the new sheet gets a new application code, now `AAA001`
         => 30 x adopt EDI connection  (group 1)
                e01/edi/main, e02/edi/main, e03/edi/main, …

        200 structures were looked up in the directory of Chorus Pro, written on 2026-11-20, 11 days before

        Plan: 1 to replace, 30 to adopt, 12 unchanged
        ");
    }

    #[test]
    fn what_may_interrupt_comes_first_and_a_long_list_ends() {
        // Each of its own shape.
        let mut changes: Vec<Change> = (1..=400)
            .map(|number| {
                let field = format!("field_{number}");
                change(&format!("a{number:03}/edi/main"), ChangeKind::Update, &[(&field, "1", "2")])
            })
            .collect();
        changes.push(replacement());
        changes.push(change("ville/edi/old", ChangeKind::Deactivate, &[]));
        let text = shown(&Plan::of(changes));
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[2].starts_with("-/+ replace ville/edi/g2b"), "{text}");
        assert!(lines[7].starts_with("  - deactivate ville/edi/old"), "{text}");
        assert_eq!(lines.iter().filter(|line| line.contains("~ update")).count(), NAMED - 2);
        assert_eq!(lines.iter().filter(|line| line.contains("field_")).count(), DETAILED - 2);
        assert!(text.contains("and more, each unlike the others: 102 to update"), "{text}");
    }

    #[test]
    fn a_plan_is_told_in_french_and_kept_in_english() {
        use crate::language::Language;
        use crate::language::message;
        use crate::language::within;
        use crate::render::plan::json::PlanJson;

        let made = || {
            let mut replaced = replacement();
            replaced.notes = vec![message!(
                "the new sheet gets a new application code in place of `{code}`",
                code = "AAA001"
            )];
            let mut blocked = change("ville/api/main", ChangeKind::Create, &[("usage", "", "own")]);
            blocked.blocked = Some(message!(
                "needs `{missing}`, which can't be done now",
                missing = "x#1-create"
            ));
            let mut asked = change(
                "ville/edi/stuck",
                ChangeKind::AskSupport,
                &[("status", "Partielle", "Actif")],
            );
            asked.channel = Channel::Portal;
            let mut plan = Plan::of(vec![
                replaced,
                blocked,
                asked,
                change("ville/account/main", ChangeKind::Adopt, &[]),
                change("ville/edi/slow", ChangeKind::Wait, &[("status", "En cours", "")]),
            ]);
            plan.stage = crate::domain::environment::Stage::Production;
            plan.unmanaged = vec![Unmanaged {
                kind: Kind::Account,
                id: RemoteId::new("CT-1"),
                name: "TECH_1".to_owned(),
                structure: Siret::parse("12345678200010").unwrap().siret,
                status: message!("inactive"),
            }];
            plan.unchanged = 4812;
            plan
        };
        let saved = |plan: &Plan| {
            serde_json::to_string(&PlanJson::streamed(plan, &Sources::default())).unwrap()
        };
        let english = saved(&made());
        let text = within(Language::French, || {
            let plan = made();
            assert_eq!(saved(&plan), english);
            shown(&plan)
        });
        assert_snapshot!(text, @r"
        Plan pour `simulator` au 2026-12-01, en production

        -/+ remplacer ville/edi/g2b : raccordement EDI `Ville G2B` -> `Ville G2B (2)`, par la passerelle
                protocol  SFTP -> AS2  impose un remplacement
                1. attendre que la nouvelle ait le statut Actif, après `ville/account/main`
                2. désactiver `EDI-000001`, prévu le 2026-12-15
                note : la nouvelle fiche reçoit un nouveau code application à la place de `AAA001`
          x créer ville/api/main : raccordement API, par la passerelle
                bloqué : a besoin de `x#1-create`, qui ne peut pas être fait maintenant
                usage  own
          ! demander au support ville/edi/stuck : raccordement EDI, par une personne sur le portail
                status  Partielle -> Actif
         => reprendre en gestion ville/account/main : compte technique, par la passerelle
         >> attendre ville/edi/slow : raccordement EDI, par la passerelle
                status  En cours

        Non géré, jamais modifié :
            compte technique `TECH_1`, CT-1, structure 12345678200010, inactif

        Plan : 1 à créer, 1 à remplacer, 1 à reprendre en gestion, 1 en attente, 1 à soumettre au support, 4 812 inchangés, 1 bloqué
        ");
    }
}
