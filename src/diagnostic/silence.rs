//! Comments that silence a rule: `# raccord: allow(rule) because …`, on the line of the value or just above it.
//!
//! They are looked for in the text of each file, so they work wherever YAML has comments: in entity files, in
//! `raccord.yaml`, and in templates, where they hold for the line in every row. Tables have no comments.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::FileId;
use crate::diagnostic::Place;
use crate::diagnostic::Severity;
use crate::diagnostic::Sources;
use crate::diagnostic::Span;
use crate::diagnostic::nearest;
use crate::diagnostic::rule;
use crate::language::message;

/// What such a comment begins with.
const MARK: &str = "raccord:";

/// Extensions of tables, and of the index that projects share: a text in it is data, and silences nothing.
const TABLES: [&str; 4] = ["csv", "tsv", "txt", "jsonl"];

/// One rule in one comment.
struct Allow {
    rule: &'static str,
    place: Place,
    /// The line that it holds for.
    line: u32,
    used: bool,
}

/// Takes away what the files silence, and adds what is wrong with the comments that do so. `environment` is the name
/// of the one that the files were read for: in another one, a comment that is not needed here may be.
pub(crate) fn silence(diagnostics: &mut Vec<Diagnostic>, sources: &Sources, environment: &str) {
    let mut found = Vec::new();
    let mut allowed: BTreeMap<FileId, Vec<Allow>> = BTreeMap::new();
    for (file, source) in sources.iter() {
        let is_table = source
            .path
            .rsplit_once('.')
            .is_some_and(|(_, extension)| TABLES.contains(&extension.to_lowercase().as_str()));
        if is_table || !source.text.contains(MARK) {
            continue;
        }
        let allows = comments(file, &source.text, &mut found);
        if !allows.is_empty() {
            allowed.insert(file, allows);
        }
    }
    diagnostics.retain(|diagnostic| !is_silenced(diagnostic, &mut allowed));
    for allow in allowed.values().flatten().filter(|allow| !allow.used) {
        let heavy = diagnostics.iter().any(|diagnostic| {
            diagnostic.rule == allow.rule
                && lines(diagnostic).any(|line| line == (allow.place.file, allow.line))
        });
        let diagnostic = if heavy {
            Diagnostic::of(
                rule::ALLOW_UNUSED,
                message!("`{}` is an error here, and is not silenced", allow.rule),
            )
            .help(message!("correct the value; the comment has no effect"))
        } else {
            let message = message!(
                "`{}` finds nothing on this line in environment `{environment}`",
                allow.rule,
                environment
            );
            Diagnostic::of(rule::ALLOW_UNUSED, message)
                .help(message!("remove the comment, unless another environment needs it"))
        };
        found.push(diagnostic.at(allow.place));
    }
    diagnostics.append(&mut found);
}

/// Whether a comment silences a diagnostic; notes that it was needed.
fn is_silenced(diagnostic: &Diagnostic, allowed: &mut BTreeMap<FileId, Vec<Allow>>) -> bool {
    let silenceable = diagnostic.severity != Severity::Error
        || rule::find(diagnostic.rule).is_some_and(|rule| rule.silenceable);
    if !silenceable {
        return false;
    }
    let mut silenced = false;
    for (file, line) in lines(diagnostic) {
        for allow in allowed.get_mut(&file).into_iter().flatten() {
            if allow.rule == diagnostic.rule && allow.line == line {
                allow.used = true;
                silenced = true;
            }
        }
    }
    silenced
}

/// The lines on which a comment silences a diagnostic: that of the value, or that of the template.
fn lines(diagnostic: &Diagnostic) -> impl Iterator<Item = (FileId, u32)> {
    diagnostic
        .place
        .into_iter()
        .flat_map(|place| std::iter::once((place.file, place.span.line)).chain(place.template))
}

/// The comments of one file. Those that cannot be used are told.
fn comments(file: FileId, text: &str, found: &mut Vec<Diagnostic>) -> Vec<Allow> {
    let mut allows = Vec::new();
    // Comments that stand alone hold for the next line that is none.
    let mut waiting: Vec<Allow> = Vec::new();
    for (number, line) in (1_u32..).zip(text.lines()) {
        let alone = line.trim_start().starts_with('#');
        for mut allow in waiting.extract_if(.., |_| !alone && !line.trim().is_empty()) {
            allow.line = number;
            allows.push(allow);
        }
        let Some(comment) = comment(line) else { continue };
        let column = u32::try_from(line[..comment.0].chars().count()).unwrap_or(u32::MAX);
        let end = u32::try_from(line.trim_end().chars().count()).unwrap_or(u32::MAX);
        let span = Span {
            line: number,
            column: column.saturating_add(1),
            end_line: number,
            end_column: end.saturating_add(1),
        };
        let place = Place { file, span, template: None };
        let rules = match read(comment.1) {
            Ok(rules) => rules,
            Err(fault) => {
                found.push(fault.at(place));
                continue;
            }
        };
        for name in rules {
            let Some(rule) = rule::find(name) else {
                let help = match nearest(name, rule::all().map(|rule| rule.id)) {
                    Some(near) => message!("did you mean `{near}`?", near),
                    None => message!("run `raccord explain` for all rules"),
                };
                let message = message!("rule `{name}` is not known", name);
                found.push(Diagnostic::of(rule::ALLOW_UNKNOWN_RULE, message).at(place).help(help));
                continue;
            };
            let allow = Allow { rule: rule.id, place, line: number, used: false };
            if alone { waiting.push(allow) } else { allows.push(allow) }
        }
    }
    allows.extend(waiting);
    allows
}

/// The comment of ours in a line: the byte of its `#`, and what follows the mark.
fn comment(line: &str) -> Option<(usize, &str)> {
    line.match_indices('#').find_map(|(at, _)| {
        let begins = line[..at].chars().next_back().is_none_or(char::is_whitespace);
        let rest = line[at + 1..].trim_start().strip_prefix(MARK)?;
        begins.then_some((at, rest.trim()))
    })
}

/// The rules of a comment, `allow(rule, rule) because reason`.
fn read(text: &str) -> Result<Vec<&str>, Box<Diagnostic>> {
    const FORM: &str = "`# raccord: allow(rule) because reason`";
    let malformed = || {
        Box::new(
            Diagnostic::of(
                rule::ALLOW_FORM,
                message!("found `raccord: {text}`, expected {form}", text, form = FORM),
            )
            .help(message!("write {form}", form = FORM)),
        )
    };
    let (names, reason) = text
        .strip_prefix("allow")
        .and_then(|rest| rest.trim_start().strip_prefix('('))
        .and_then(|rest| rest.split_once(')'))
        .ok_or_else(malformed)?;
    let names: Vec<&str> = names.split(',').map(str::trim).collect();
    if names.iter().any(|name| name.is_empty()) {
        return Err(malformed());
    }
    let reason = reason.trim();
    match reason.strip_prefix("because").map(str::trim) {
        Some(reason) if !reason.is_empty() => Ok(names),
        Some(_) => Err(Box::new(without_reason(&names))),
        None if reason.is_empty() => Err(Box::new(without_reason(&names))),
        None => Err(malformed()),
    }
}

fn without_reason(names: &[&str]) -> Diagnostic {
    let message = message!("nothing is silenced without a reason: `{}`", names.join(", "));
    Diagnostic::of(rule::ALLOW_WITHOUT_REASON, message)
        .help(message!("add `because` and why this is right here"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: FileId = FileId(0);

    fn at(line: u32) -> Place {
        Place {
            file: FILE,
            span: Span { line, column: 3, end_line: line, end_column: 9 },
            template: None,
        }
    }

    fn told(text: &str, diagnostics: Vec<Diagnostic>) -> Vec<String> {
        let mut sources = Sources::default();
        sources.add("entities/a.yaml", text);
        let mut diagnostics = diagnostics;
        silence(&mut diagnostics, &sources, "simulator");
        diagnostics
            .iter()
            .map(|diagnostic| {
                let line = diagnostic.place.map_or(0, |place| place.span.line);
                format!("{} {line}", diagnostic.rule)
            })
            .collect()
    }

    fn spelling(line: u32) -> Diagnostic {
        Diagnostic::of(rule::SPELLING, "x").at(at(line))
    }

    #[test]
    fn a_comment_holds_for_its_line_or_for_the_next_one_that_is_none() {
        let reason = "# raccord: allow(spelling) because the portal writes it so";
        assert_eq!(told(&format!("a: b {reason}\n"), vec![spelling(1)]), Vec::<String>::new());
        assert_eq!(
            told(&format!("{reason}\n# more\n\na: b\n"), vec![spelling(4)]),
            Vec::<String>::new()
        );
        assert_eq!(
            told(&format!("a: b {reason}\nc: d\n"), vec![spelling(2)]),
            ["spelling 2", "allow-unused 1"]
        );
    }

    #[test]
    fn errors_stay_unless_the_catalogue_lets_them_go() {
        let error = Diagnostic::of(rule::SIRET_FORM, "x").at(at(1));
        assert_eq!(
            told("a: b # raccord: allow(siret-form) because no\n", vec![error]),
            ["siret-form 1", "allow-unused 1"]
        );
        let error = Diagnostic::of(rule::PISTE_APPLICATION_TWICE, "x").at(at(1));
        let text = "a: b # raccord: allow(piste-application-twice) because AIFE said so\n";
        assert_eq!(told(text, vec![error]), Vec::<String>::new());
    }

    #[test]
    fn a_rule_of_a_row_is_silenced_in_the_template() {
        let mut sources = Sources::default();
        sources.add("sources/a.csv", "a # raccord: allow(spelling) because I am data\n");
        let template = sources.add(
            "templates/a.yaml.j2",
            "# raccord: allow(spelling) because the table says so\nb: {{ a }}\n",
        );
        let mut place = at(1);
        place.template = Some((template, 2));
        let mut diagnostics = vec![Diagnostic::of(rule::SPELLING, "x").at(place), spelling(1)];
        silence(&mut diagnostics, &sources, "simulator");
        assert_eq!(diagnostics, [spelling(1)]);
    }

    #[test]
    fn comments_that_cannot_be_used_are_told() {
        for (comment, rule) in [
            ("allow(spelling)", "allow-without-reason"),
            ("allow(spelling) because ", "allow-without-reason"),
            ("allow(speling) because x", "allow-unknown-rule"),
            ("allow spelling because x", "allow-form"),
            ("allow() because x", "allow-form"),
            ("allow(spelling) as x", "allow-form"),
            ("deny(spelling)", "allow-form"),
        ] {
            let text = format!("a: b # raccord: {comment}\n");
            assert_eq!(told(&text, Vec::new()), [format!("{rule} 1")], "{comment}");
        }
        assert_eq!(told("url: http://x/#raccord: y\n", Vec::new()), Vec::<String>::new());
    }
}
