//! What differs, field by field: before and after, sets item by item, long texts line by line.

use std::collections::BTreeSet;

use similar::ChangeTag;
use similar::TextDiff;

use crate::language::tr;
use crate::render::plan::json::BecauseJson;
use crate::render::style::Colour;
use crate::render::style::FAINT;
use crate::render::style::GREEN;
use crate::render::style::RED;
use crate::render::style::YELLOW;
use crate::render::words::harmless;

/// Fields, by the last word of their path, whose value is a set, written as items between commas.
const SETS: [&str; 4] = ["subscriptions", "services", "usages", "hosts"];

/// A value with commas that is longer than this is shown item by item, whatever its field.
const LONG_LIST: usize = 80;

/// How many items of a set stand on one line: about a terminal's width for interface codes.
const ITEMS_A_LINE: usize = 6;

/// How many equal lines are shown around a difference of a long text.
const CONTEXT: usize = 2;

/// The lines that show `because`, without indentation.
pub(crate) fn lines(because: &[BecauseJson], colour: Colour) -> Vec<String> {
    let width = because.iter().map(|because| because.field.chars().count()).max().unwrap_or(0);
    // Where nothing was there before, `none -> ` before each value would say nothing.
    let all_new = because.iter().all(|reason| reason.before.is_none());
    let mut lines = Vec::new();
    for reason in because {
        let BecauseJson { field, before, after, forces_replacement } = reason;
        let mut values = values(field, before.as_deref(), after.as_deref(), colour);
        if before.is_none()
            && !all_new
            && let [only] = values.as_mut_slice()
            && !only.is_empty()
        {
            only.insert_str(0, &format!("{} -> ", none()));
        }
        if *forces_replacement && let Some(first) = values.first_mut() {
            first.push_str("  ");
            first.push_str(&colour.paint(YELLOW, &tr!("forces replacement")));
        }
        for (position, value) in values.into_iter().enumerate() {
            let label = if position == 0 { harmless(field) } else { String::new() };
            lines.push(format!("{label:width$}  {value}").trim_end().to_owned());
        }
    }
    lines
}

/// One value, on as many lines as it takes. At least one.
fn values(field: &str, before: Option<&str>, after: Option<&str>, colour: Colour) -> Vec<String> {
    let many_lines = [before, after].iter().flatten().any(|text| text.trim_end().contains('\n'));
    if many_lines {
        return text_lines(before.unwrap_or_default(), after.unwrap_or_default(), colour);
    }
    let long = |text: &str| text.contains(", ") && text.chars().count() > LONG_LIST;
    let is_set = SETS.contains(&field.rsplit('.').next().unwrap_or(field));
    if is_set || [before, after].into_iter().flatten().any(long) {
        return set_lines(before.unwrap_or_default(), after.unwrap_or_default(), colour);
    }
    vec![match (before, after) {
        (None, None) => String::new(),
        (None, Some(after)) => value(after),
        (Some(before), None) => format!("{} -> {}", value(before), none()),
        (Some(before), Some(after)) if before == after => value(after),
        (Some(before), Some(after)) => format!("{} -> {}", value(before), value(after)),
    }]
}

/// What stands for no value.
fn none() -> String {
    tr!("none")
}

/// One value on one line; a fingerprint is cut to the digits that a person compares.
pub(super) fn value(text: &str) -> String {
    if text.is_empty() {
        return "\"\"".to_owned();
    }
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return text[..12].to_owned();
    }
    harmless(text)
}

/// A set: what goes and what comes; a set that is all new is listed.
fn set_lines(before: &str, after: &str, colour: Colour) -> Vec<String> {
    let items = |text: &str| -> BTreeSet<String> {
        text.split([',', '\n'])
            .map(|item| harmless(item.trim()))
            .filter(|item| !item.is_empty())
            .collect()
    };
    let (before, after) = (items(before), items(after));
    let shown: Vec<String> = if before.is_empty() {
        after.into_iter().collect()
    } else {
        let gone = before.difference(&after).map(|item| colour.paint(RED, &format!("- {item}")));
        let new = after.difference(&before).map(|item| colour.paint(GREEN, &format!("+ {item}")));
        gone.chain(new).collect()
    };
    if shown.is_empty() {
        return vec![none()];
    }
    shown.chunks(ITEMS_A_LINE).map(|items| items.join(", ")).collect()
}

/// A long text: the lines that differ, with a few equal ones around them.
fn text_lines(before: &str, after: &str, colour: Colour) -> Vec<String> {
    let diff = TextDiff::from_lines(before, after);
    let mut lines = vec![String::new()];
    for (number, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if number > 0 {
            lines.push(colour.paint(FAINT, "..."));
        }
        for change in group.iter().flat_map(|operation| diff.iter_changes(operation)) {
            let text = harmless(change.value().trim_end_matches(['\n', '\r']));
            lines.push(match change.tag() {
                ChangeTag::Equal => format!("  {text}"),
                ChangeTag::Delete => colour.paint(RED, &format!("- {text}")),
                ChangeTag::Insert => colour.paint(GREEN, &format!("+ {text}")),
            });
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use crate::language::Message;

    use super::*;

    fn because(field: &str, before: Option<&str>, after: Option<&str>) -> BecauseJson {
        BecauseJson {
            field: field.to_owned(),
            before: before.map(Message::from),
            after: after.map(Message::from),
            forces_replacement: field == "protocol",
        }
    }

    #[test]
    fn each_kind_of_value_has_its_own_form() {
        let fingerprint = "0123456789abcdef".repeat(4);
        let shown = lines(
            &[
                because("protocol", Some("SFTP"), Some("AS2")),
                because("network.ip", Some("192.0.2.10"), None),
                because("network.url", None, Some("https://as2.ville.example/in")),
                because(
                    "certificates.server",
                    Some(&fingerprint),
                    Some(&fingerprint.replace('0', "f")),
                ),
                because("contact.first_name", Some(""), Some("Camille\u{1b}[31m")),
                because("subscriptions", Some("FSO1100A, FSO1110A"), Some("FSO1110A, FSO1150A")),
            ],
            Colour::Off,
        );
        assert_snapshot!(shown.join("\n"), @r#"
        protocol             SFTP -> AS2  forces replacement
        network.ip           192.0.2.10 -> none
        network.url          none -> https://as2.ville.example/in
        certificates.server  0123456789ab -> f123456789ab
        contact.first_name   "" -> Camille␛[31m
        subscriptions        - FSO1100A, + FSO1150A
        "#);
    }

    #[test]
    fn long_lists_and_texts_show_only_what_differs() {
        let services: Vec<String> = (0..40).map(|number| format!("SERVICE-{number:02}")).collect();
        let before = services.join(", ");
        let after = services[1..].join(", ");
        let text: Vec<String> = (1..=20).map(|number| format!("line {number}")).collect();
        let before_text = text.join("\n");
        let after_text = before_text.replace("line 10\n", "line ten\n");
        let shown = lines(
            &[
                because("list", Some(&before), Some(&after)),
                because("note", Some(&before_text), Some(&after_text)),
            ],
            Colour::Off,
        );
        assert_snapshot!(shown.join("\n"), @r"
        list  - SERVICE-00
        note
                line 8
                line 9
              - line 10
              + line ten
                line 11
                line 12
        ");
    }
}
