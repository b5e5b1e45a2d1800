//! A plan for people: what changes and why, what is not ours, what stands against it, and the count of everything.

use std::fmt;
use std::fmt::Write as _;

use crate::diagnostic::Sources;
use crate::domain::environment::Channel;
use crate::plan::Plan;
use crate::plan::change::Change;
use crate::plan::change::ChangeKind;
use crate::render::diagnostics;
use crate::render::plan::fields;
use crate::render::plan::groups;
use crate::render::plan::groups::Group;
use crate::render::plan::steps;
use crate::render::plan::upcoming;
use crate::render::style;
use crate::render::style::Colour;
use crate::render::style::FAINT;
use crate::render::style::STRONG;
use crate::render::words;
use crate::render::words::harmless;

/// How many unmanaged things are listed before the rest is counted.
const UNMANAGED_LISTED: usize = 20;

/// How many addresses stand for a group.
const EXAMPLES: usize = 3;

/// Everything below the line of a change.
const INDENT: &str = "        ";

/// Writes `plan`. `sources` holds the files that diagnostics point to.
pub(crate) fn render(
    out: &mut dyn fmt::Write,
    plan: &Plan,
    sources: &Sources,
    colour: Colour,
) -> fmt::Result {
    let Plan {
        environment,
        as_of,
        fingerprint: _,
        changes,
        unchanged: _,
        unmanaged: _,
        upcoming: _,
        diagnostics,
    } = plan;
    if !changes.is_empty() {
        let title = format!("Plan for `{environment}` on {as_of}");
        writeln!(out, "{}\n", colour.paint(STRONG, &title))?;
        let several = several_channels(changes);
        let (groups, listed) = groups::split(changes);
        for group in &groups {
            render_group(out, group, colour)?;
        }
        for change in listed {
            render_change(out, change, several, colour)?;
        }
        writeln!(out)?;
    }
    render_unmanaged(out, plan, colour)?;
    upcoming::render(out, plan, colour)?;
    diagnostics::human::render(out, diagnostics, sources, colour)?;
    writeln!(out, "{}", colour.paint(STRONG, &summary(plan)))
}

/// The last line, which counts everything.
pub(crate) fn summary(plan: &Plan) -> String {
    let unchanged = words::thousands(plan.unchanged);
    if plan.changes.is_empty() {
        return match plan.unchanged {
            0 => "Nothing to do: nothing is declared".to_owned(),
            1 => "Nothing to do: 1 resource is as declared".to_owned(),
            _ => format!("Nothing to do: {unchanged} resources are as declared"),
        };
    }
    let mut parts: Vec<String> = ChangeKind::ALL
        .into_iter()
        .filter(|kind| plan.count(*kind) > 0)
        .map(|kind| format!("{} {}", words::thousands(plan.count(kind)), style::counted(kind)))
        .collect();
    parts.push(format!("{unchanged} unchanged"));
    let blocked = plan.changes.iter().filter(|change| change.blocked.is_some()).count();
    if blocked > 0 {
        parts.push(format!("{} blocked", words::thousands(blocked)));
    }
    format!("Plan: {}", parts.join(", "))
}

fn several_channels(changes: &[Change]) -> bool {
    let mut channels =
        changes.iter().map(|change| change.channel).filter(|c| *c != Channel::Ledger);
    let first = channels.next();
    channels.any(|channel| Some(channel) != first)
}

fn render_change(
    out: &mut dyn fmt::Write,
    change: &Change,
    several_channels: bool,
    colour: Colour,
) -> fmt::Result {
    let (symbol, word, ink) = style::of_change(change);
    write!(out, "{}", colour.paint(ink, &format!("{symbol:>3} {word}")))?;
    write!(
        out,
        " {}: {}",
        colour.paint(STRONG, &change.address.to_string()),
        words::kind(change.kind())
    )?;
    let names: Vec<String> = [&change.name, &change.new_name]
        .into_iter()
        .flatten()
        .map(|name| format!("`{}`", harmless(name)))
        .collect();
    if !names.is_empty() {
        write!(out, " {}", names.join(" -> "))?;
    }
    if several_channels || change.channel == Channel::Portal {
        write!(
            out,
            "{}",
            colour.paint(FAINT, &format!(", through {}", channel_phrase(change.channel)))
        )?;
    }
    writeln!(out)?;
    if let Some(blocked) = &change.blocked {
        writeln!(
            out,
            "{INDENT}{}",
            colour.paint(style::RED, &format!("blocked: {}", harmless(blocked)))
        )?;
    }
    for line in fields::lines(&steps::shown(change), colour) {
        writeln!(out, "{INDENT}{line}")?;
    }
    if steps::tell_more(change) {
        for (position, step) in change.steps.iter().enumerate() {
            let mut line = String::new();
            write!(line, "{}. {}", position + 1, steps::sentence(change, step))?;
            writeln!(out, "{INDENT}{}", colour.paint(FAINT, &line))?;
        }
    }
    for note in &change.notes {
        writeln!(out, "{INDENT}note: {}", harmless(note))?;
    }
    Ok(())
}

fn render_group(out: &mut dyn fmt::Write, group: &Group<'_>, colour: Colour) -> fmt::Result {
    let Some(first) = group.changes.first() else { return Ok(()) };
    let (symbol, word, ink) = style::of_change(first);
    let count = words::thousands(group.changes.len());
    write!(out, "{}", colour.paint(ink, &format!("{symbol:>3} {count} x {word}")))?;
    write!(out, " {}", colour.paint(STRONG, words::kind(first.kind())))?;
    if let Some(template) = &first.template {
        write!(out, ", from {}", harmless(template))?;
    }
    writeln!(out)?;
    if let Some(blocked) = &first.blocked {
        let text = format!("blocked, the first: {}", harmless(blocked));
        writeln!(out, "{INDENT}{}", colour.paint(style::RED, &text))?;
    }
    let (common, own) = group.fields();
    for line in fields::lines(&common, colour) {
        writeln!(out, "{INDENT}{line}")?;
    }
    if !own.is_empty() {
        let own: Vec<String> = own.into_iter().collect();
        writeln!(out, "{INDENT}each its own: {}", harmless(&own.join(", ")))?;
    }
    let examples: Vec<String> =
        group.changes.iter().take(EXAMPLES).map(|change| change.address.to_string()).collect();
    writeln!(out, "{INDENT}{}", colour.paint(FAINT, &format!("{}, …", examples.join(", "))))?;
    for note in &first.notes {
        writeln!(out, "{INDENT}note, for the first: {}", harmless(note))?;
    }
    Ok(())
}

fn render_unmanaged(out: &mut dyn fmt::Write, plan: &Plan, colour: Colour) -> fmt::Result {
    let unmanaged = &plan.unmanaged;
    if unmanaged.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", colour.paint(STRONG, "Unmanaged, never touched:"))?;
    for thing in unmanaged.iter().take(UNMANAGED_LISTED) {
        writeln!(
            out,
            "    {} `{}`, {}, structure {}, {}",
            words::kind(thing.kind),
            harmless(&thing.name),
            harmless(thing.id.as_str()),
            thing.structure,
            harmless(&thing.status)
        )?;
    }
    if let Some(more) = unmanaged.len().checked_sub(UNMANAGED_LISTED).filter(|more| *more > 0) {
        writeln!(out, "    and {} more", words::thousands(more))?;
    }
    writeln!(out)
}

fn channel_phrase(channel: Channel) -> &'static str {
    match channel {
        Channel::Piste => "the PISTE API",
        Channel::Gateway => "the gateway",
        Channel::Portal => "a person at the portal",
        Channel::Ledger => "the ledger alone",
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::diagnostic::Diagnostic;
    use crate::domain::address::Address;
    use crate::domain::address::Kind;
    use crate::domain::observed::RemoteId;
    use crate::domain::request::Request;
    use crate::domain::request::Target;
    use crate::domain::siret::Siret;
    use crate::plan::change::Action;
    use crate::plan::change::Because;
    use crate::plan::change::Does;
    use crate::plan::change::Step;
    use crate::plan::change::Unmanaged;
    use crate::plan::change::Until;

    use super::*;

    fn change(address: &str, change: ChangeKind, because: &[(&str, &str, &str)]) -> Change {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
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

    fn plan(changes: Vec<Change>) -> Plan {
        Plan {
            environment: "simulator".to_owned(),
            as_of: "2026-12-01".parse().unwrap(),
            fingerprint: "f".to_owned(),
            changes,
            unchanged: 12,
            unmanaged: Vec::new(),
            upcoming: Vec::new(),
            diagnostics: Vec::new(),
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
        replaced.notes = vec!["the new sheet gets a new application code, now `AAA001`".to_owned()];
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
        refused.blocked = Some("sheet `EDI-000009` holds certificate `g2b-2026`".to_owned());
        let mut gone = change("ville/edi/old", ChangeKind::Deactivate, &[]);
        gone.name = Some("Ancien\u{1b}[31m".to_owned());
        let mut shown_plan = plan(vec![
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
                status: "Actif".to_owned(),
            })
            .collect();
        shown_plan.diagnostics = vec![Diagnostic::error(
            "policy-replacements",
            "2 replacements, and the policy allows 1",
        )];
        assert_snapshot!(shown(&shown_plan), @r"
        Plan for `simulator` on 2026-12-01

          + create ville/api/main: API connection `APP_VILLE`, through the gateway
                usage  own
          ~ rotate ville/account/main: technical account, through the gateway
                password_expires  2026-12-20
        -/+ replace ville/edi/g2b: EDI connection `Ville G2B` -> `Ville G2B (2)`, through the gateway
                protocol  SFTP -> AS2  forces replacement
                1. wait until the new one is Actif, after `ville/account/main`
                2. deactivate `EDI-000001`, due 2026-12-15
                note: the new sheet gets a new application code, now `AAA001`
         => adopt ville/edi/new: EDI connection, through the gateway
         >> wait ville/edi/slow: EDI connection, through the gateway
                status  En cours
          - deactivate ville/edi/old: EDI connection `Ancien␛[31m`, through the gateway
          ! ask support ville/edi/stuck: EDI connection, through a person at the portal
                status  Partielle -> Actif
          x replace ville/edi/x: EDI connection, through the gateway
                blocked: sheet `EDI-000009` holds certificate `g2b-2026`
                protocol  SFTP -> AS2  forces replacement

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
        assert_snapshot!(shown(&plan(Vec::new())), @"Nothing to do: 12 resources are as declared");
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
                made.notes = vec![format!("calls go through `TECH_{number}@cpro.fr`")];
                made
            })
            .collect();
        changes.push(change("ville/api/main", ChangeKind::Create, &[("usage", "", "publisher")]));
        assert_snapshot!(shown(&plan(changes)), @r"
        Plan for `simulator` on 2026-12-01

          + 4,812 x create API connection, from templates/commune.yaml.j2
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
        let shown = shown(&plan(changes));
        assert_eq!(shown.lines().filter(|line| line.contains("=> adopt e")).count(), 20);
    }

    #[test]
    fn the_json_form_counts_all_twelve_and_names_what_moved() {
        use crate::render::plan::json::PlanJson;

        let first = PlanJson::of(&plan(vec![replacement()]), &Sources::default());
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
                "needs": [
                  "ville/account/main#1-create"
                ]
              },
              {
                "id": "ville/edi/g2b#3-deactivate",
                "does": "deactivate",
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

        let mut other = plan(vec![replacement(), change("ville/edi/new", ChangeKind::Adopt, &[])]);
        other.changes[0].because.clear();
        let other = PlanJson::of(&other, &Sources::default());
        assert_eq!(first.moved_addresses(&other), ["ville/edi/g2b", "ville/edi/new"]);
        assert!(first.moved_addresses(&first).is_empty());
        let address: Address = first.changes[0].address.parse().unwrap();
        assert_eq!(address.kind(), Kind::Edi);
    }
}
