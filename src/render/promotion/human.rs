//! A comparison of two environments for people.

use std::fmt;

use crate::language::tr;
use crate::plan::promotion::Promoted;
use crate::plan::promotion::Promotion;
use crate::plan::promotion::Verdict;
use crate::render::promotion::broken;
use crate::render::promotion::differing;
use crate::render::promotion::groups::groups;
use crate::render::promotion::summary;
use crate::render::promotion::word;
use crate::render::style;
use crate::render::style::Colour;
use crate::render::style::FAINT;
use crate::render::style::STRONG;
use crate::render::words;
use crate::render::words::harmless;

/// How many entries there is room for.
const NAMED: usize = 300;

/// How many addresses stand for a group.
const EXAMPLES: usize = 3;

/// Everything below the line of an address.
const INDENT: &str = "        ";

/// Writes a comparison, and the commands with which to go on. `project` is the folder as a shell takes it, where it has to
/// be named.
pub(crate) fn render(
    out: &mut dyn fmt::Write,
    promotion: &Promotion,
    project: Option<&str>,
    colour: Colour,
) -> fmt::Result {
    let (from, to) = (harmless(&promotion.from), harmless(&promotion.to));
    let title = tr!("Promotion from `{from}` to `{to}`", from, to);
    writeln!(out, "{}\n", colour.paint(STRONG, &title))?;
    let places: Vec<String> = promotion.places.iter().filter_map(broken).collect();
    for line in &places {
        writeln!(out, "  {}", tr!("environments: {line}", line))?;
    }
    if !places.is_empty() {
        writeln!(out)?;
    }
    let all = groups(promotion);
    for group in all.iter().take(NAMED) {
        entry(out, group, colour)?;
    }
    let left: usize = all.iter().skip(NAMED).map(Vec::len).sum();
    if left > 0 {
        let left = words::thousands(left);
        let more =
            tr!("and {left} more, each unlike the others: `--format json` has them all", left);
        writeln!(out, "  {more}")?;
    }
    if !all.is_empty() {
        writeln!(out)?;
    }
    writeln!(out, "{}", colour.paint(STRONG, &summary(promotion)))?;
    next(out, promotion, project)
}

fn entry(out: &mut dyn fmt::Write, group: &[&Promoted], colour: Colour) -> fmt::Result {
    let Some(first) = group.first() else { return Ok(()) };
    let ink = match first.verdict {
        Verdict::NotReady => style::RED,
        Verdict::Ready => style::GREEN,
        Verdict::AlreadyThere => style::CYAN,
    };
    let (verdict, kind) = (word(first.verdict), words::kind(first.address.kind()));
    if group.len() == 1 {
        let address = colour.paint(STRONG, &first.address.to_string());
        let verdict = colour.paint(ink, &verdict);
        writeln!(out, "{}", tr!("{verdict} {address}: {kind}", verdict, address, kind))?;
    } else {
        let count = words::thousands(group.len());
        let head = format!("{verdict}, {count} x");
        writeln!(out, "{} {}", colour.paint(ink, &head), colour.paint(STRONG, &kind))?;
        let examples: Vec<String> =
            group.iter().take(EXAMPLES).map(|one| one.address.to_string()).collect();
        let examples = format!("{}, …", examples.join(", "));
        writeln!(out, "{INDENT}{}", colour.paint(FAINT, &examples))?;
    }
    for line in lines(first) {
        writeln!(out, "{INDENT}{line}")?;
    }
    Ok(())
}

/// What is told below the line of an address.
pub(super) fn lines(one: &Promoted) -> Vec<String> {
    let mut lines: Vec<String> = one.missing.iter().map(|missing| harmless(missing)).collect();
    lines.extend(one.fields.iter().filter_map(broken));
    if one.verdict == Verdict::Ready
        && let Some(evidence) = &one.evidence
    {
        lines.push(tr!("qualified: {}", harmless(&evidence.sentence())));
    }
    let differing = differing(&one.fields);
    if !differing.is_empty() {
        lines.push(tr!("differs, as expected: {}", differing.join(", ")));
    }
    lines
}

/// The commands with which to go on.
fn next(out: &mut dyn fmt::Write, promotion: &Promotion, project: Option<&str>) -> fmt::Result {
    let Promotion { from, to, .. } = promotion;
    let (from, to) = (harmless(from), harmless(to));
    let project = project.map(|project| format!(" {project}")).unwrap_or_default();
    let unproven = |one: &&Promoted| one.missing.is_some() && one.evidence.is_none();
    let mut commands = Vec::new();
    if promotion.addresses.iter().any(|one| unproven(&one)) {
        commands.push(format!("raccord apply{project} -e {from}"));
        commands.push(format!("raccord promote {from} {to}{project}"));
    }
    if promotion.count(Verdict::Ready) > 0 {
        commands.push(format!("raccord plan{project} -e {to} --out plan.json"));
        commands.push("raccord apply plan.json".to_owned());
    }
    if commands.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", tr!("To go on:"))?;
    for command in commands {
        writeln!(out, "  {command}")?;
    }
    if promotion.count(Verdict::Ready) > 0 {
        let own =
            tr!("Chorus Pro gives each new sheet in `{to}` an application code of its own", to);
        writeln!(out, "{own}")?;
    }
    Ok(())
}
