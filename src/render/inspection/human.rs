//! A certificate file for people: the verdict, the chain as a tree, facts about the leaf, findings.

use std::fmt;

use anstyle::Style;

use crate::certificate::Knowledge;
use crate::certificate::profile::Profile;
use crate::diagnostic::Severity;
use crate::domain::x509::AlternativeName;
use crate::domain::x509::Certificate;
use crate::domain::x509::oid;
use crate::language::tr;
use crate::render::inspection::model::Held;
use crate::render::inspection::model::Inspection;
use crate::render::inspection::model::Listed;
use crate::render::inspection::model::Member;
use crate::render::inspection::model::Missing;
use crate::render::inspection::model::Told;
use crate::render::style::Colour;
use crate::render::style::FAINT;
use crate::render::style::GREEN;
use crate::render::style::RED;
use crate::render::style::STRONG;
use crate::render::style::YELLOW;
use crate::render::words;
use crate::render::words::harmless;
use crate::validate::certificate::Question;
use crate::validate::certificate::Verdict;

/// How wide the names of facts are.
const FACT: usize = 16;

/// Writes one file, and an empty line after it.
pub(crate) fn file(
    out: &mut dyn fmt::Write,
    inspection: &Inspection,
    colour: Colour,
) -> fmt::Result {
    let Inspection { file, verdict, held, findings } = inspection;
    let painted = colour.paint(ink(*verdict), &word(*verdict));
    writeln!(out, "{}", tr!("{}: {}", colour.paint(STRONG, &harmless(file)), painted))?;
    writeln!(out, "  {}\n", harmless(&reason(*verdict, held.as_ref(), findings)))?;
    if let Some(held) = held {
        chain(out, held, colour)?;
        facts(out, held)?;
    }
    // The heaviest first; what weighs the same stays in the order of the checks.
    let mut findings: Vec<&Told> = findings.iter().collect();
    findings.sort_by_key(|told| told.severity);
    for told in &findings {
        finding(out, told, colour)?;
    }
    if findings.is_empty() { Ok(()) } else { writeln!(out) }
}

/// The last line: for what was judged, with which lists, and the count of verdicts.
pub(crate) fn summary(verdicts: &[Verdict], question: &Question<'_>) -> String {
    let count = |wanted: Verdict| verdicts.iter().filter(|verdict| **verdict == wanted).count();
    let counts: Vec<String> = [Verdict::Accepted, Verdict::ToConfirm, Verdict::Refused]
        .into_iter()
        .filter(|verdict| count(*verdict) > 0)
        .map(|verdict| counted(verdict, count(verdict)))
        .collect();
    let files = words::count(verdicts.len(), "file");
    let protocol = if let Some(protocol) = question.protocol {
        protocol.to_string()
    } else {
        tr!("no protocol in particular")
    };
    let slot = question.slot.map_or_else(String::new, |slot| tr!(" in the slot `{slot}`", slot));
    let (stage, day) = (question.stage, question.as_of);
    let strictly = if question.strict { tr!(", strictly") } else { String::new() };
    let lists = Knowledge::date();
    let lists =
        lists.map_or_else(String::new, |date| tr!(", with the French lists of {date}", date));
    let counts = counts.join(", ");
    tr!(
        "{files}: {counts}; judged for {protocol}{slot} in {stage} on {day}{strictly}{lists}\n",
        files,
        counts,
        protocol,
        slot,
        stage,
        day,
        strictly,
        lists
    )
}

/// So many files with a verdict.
fn counted(verdict: Verdict, number: usize) -> String {
    let count = words::thousands(number);
    match verdict {
        Verdict::Accepted => tr!("{count} accepted" | "{count} accepted" % number, count = count),
        Verdict::ToConfirm => tr!("{count} to confirm", count),
        Verdict::Refused => tr!("{count} refused" | "{count} refused" % number, count = count),
    }
}

/// What a person says for a verdict.
fn word(verdict: Verdict) -> String {
    match verdict {
        Verdict::Accepted => tr!("verdict" => "accepted"),
        Verdict::ToConfirm => tr!("verdict" => "to confirm"),
        Verdict::Refused => tr!("verdict" => "refused"),
    }
}

fn ink(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Accepted => GREEN,
        Verdict::ToConfirm => YELLOW,
        Verdict::Refused => RED,
    }
}

/// Why the verdict is what it is, in a line.
fn reason(verdict: Verdict, held: Option<&Held>, findings: &[Told]) -> String {
    let deciding: Vec<&str> = findings
        .iter()
        .filter(|told| match verdict {
            Verdict::Accepted => false,
            Verdict::ToConfirm => told.is_open(),
            Verdict::Refused => told.severity == Severity::Error,
        })
        .map(|told| told.message.as_str())
        .collect();
    match (deciding.as_slice(), held) {
        ([], Some(held)) => {
            let end = held.path.first().map(|leaf| leaf.certificate.last_day());
            let end = end.map_or_else(String::new, |day| tr!(", until {day}", day));
            let warnings =
                findings.iter().filter(|told| told.severity == Severity::Warning).count();
            let against = match warnings {
                0 => tr!("nothing speaks against it"),
                some => tr!(
                    "nothing refuses it, with {count} warning"
                        | "nothing refuses it, with {count} warnings" % some,
                    count = words::thousands(some)
                ),
            };
            tr!("{against}: {profile}{end}", against, profile = profile(&held.profile), end)
        }
        ([], None) => String::new(),
        ([only], _) => (*only).to_owned(),
        ([first, others @ ..], _) => {
            tr!(
                "{first}; and {count} more, see below",
                first,
                count = words::thousands(others.len())
            )
        }
    }
}

/// The chain as a tree, the root on top.
fn chain(out: &mut dyn fmt::Write, held: &Held, colour: Colour) -> fmt::Result {
    let mut depth = 0;
    if let Some(Missing { name, at }) = &held.missing {
        let at = if let Some(address) = at.first() {
            tr!("its certificate is at {}", address)
        } else {
            tr!("the certificate below does not say where it is")
        };
        let title = format!("{} ({})", harmless(name), colour.paint(RED, &tr!("missing")));
        node(out, depth, &title, &harmless(&at), colour)?;
        depth += 1;
    }
    for member in held.path.iter().rev() {
        let is_leaf = depth + 1 == held.path.len() + usize::from(held.missing.is_some());
        show(out, depth, member, is_leaf, colour)?;
        depth += 1;
    }
    if !held.beside.is_empty() {
        writeln!(out, "\n  {}", tr!("beside this chain:"))?;
        for member in &held.beside {
            show(out, 0, member, !member.certificate.is_authority(), colour)?;
        }
    }
    writeln!(out)
}

fn show(
    out: &mut dyn fmt::Write,
    depth: usize,
    member: &Member,
    is_leaf: bool,
    colour: Colour,
) -> fmt::Result {
    let Member { certificate, in_file, listed } = member;
    let name = harmless(&certificate.subject.short());
    let title = if *in_file {
        name
    } else {
        format!("{name} ({})", colour.paint(YELLOW, &tr!("known here, not in the file")))
    };
    let (first, last) = (certificate.first_day(), certificate.last_day());
    let short = certificate.fingerprint.short();
    let days = tr!("{first} to {last}", first, last);
    let mut detail = format!("{days}, {}, {short}", harmless(&certificate.key.to_string()));
    if !is_leaf {
        detail.push_str(", ");
        detail.push_str(&harmless(&standing(listed.as_ref())));
    }
    node(out, depth, &title, &detail, colour)
}

/// Where an authority stands, in words.
fn standing(listed: Option<&Listed>) -> String {
    match listed {
        None => tr!("in no list that is known here"),
        Some(Listed { list, date: None, withdrawn: _ }) => tr!("trusted by {list}", list),
        Some(Listed { list, date: Some(date), withdrawn: false }) => {
            tr!("in the list {list} of {date}", list, date)
        }
        Some(Listed { list, date: Some(date), withdrawn: true }) => {
            tr!("withdrawn in the list {list} of {date}", list, date)
        }
    }
}

fn node(
    out: &mut dyn fmt::Write,
    depth: usize,
    title: &str,
    detail: &str,
    colour: Colour,
) -> fmt::Result {
    let indent = "   ".repeat(depth);
    let branch = if depth == 0 { "" } else { "└─ " };
    let before = indent.strip_suffix("   ").unwrap_or("");
    writeln!(out, "  {before}{branch}{title}")?;
    writeln!(out, "  {indent}{}", colour.paint(FAINT, detail))
}

/// What the leaf says about itself.
fn facts(out: &mut dyn fmt::Write, held: &Held) -> fmt::Result {
    let Some(leaf) = held.path.first().map(|member| &member.certificate) else { return Ok(()) };
    let mut fact = |name: &str, value: &str| {
        if value.is_empty() {
            return Ok(());
        }
        writeln!(out, "  {name:FACT$}{}", harmless(value))
    };
    fact(&tr!("fact" => "profile"), &profile(&held.profile))?;
    fact(&tr!("fact" => "subject"), &leaf.subject.to_string())?;
    fact("SIREN", &leaf.subject.siren().unwrap_or_default())?;
    fact(&tr!("fact" => "registered as"), &leaf.subject.organization_identifiers().join(", "))?;
    fact(&tr!("fact" => "for"), &usages(leaf))?;
    let key_usages = leaf.extensions.key_usage.iter().flatten().map(|usage| usage.word());
    fact(&tr!("fact" => "key may"), &key_usages.collect::<Vec<_>>().join(", "))?;
    fact(&tr!("fact" => "names"), &names(leaf).join(", "))?;
    let policies = leaf.extensions.policies.iter().map(|policy| policy.oid.as_str());
    fact(&tr!("fact" => "policies"), &policies.collect::<Vec<_>>().join(", "))?;
    fact(&tr!("fact" => "signed with"), &leaf.signature.algorithm)?;
    fact("SHA-256", leaf.fingerprint.as_str())?;
    fact(&tr!("fact" => "SHA-256 of key"), leaf.key_fingerprint.as_str())?;
    writeln!(out)
}

/// A profile with its reason.
fn profile(profile: &Profile) -> String {
    match profile {
        Profile::Undetermined(found) if !found.is_empty() => tr!("{}: {}", profile, found),
        Profile::Other(kind) => tr!("something else: {kind}", kind),
        Profile::Qwac(_)
        | Profile::Rgs(_)
        | Profile::DomainValidated
        | Profile::Undetermined(_) => profile.to_string(),
    }
}

fn usages(leaf: &Certificate) -> String {
    match &leaf.extensions.extended_key_usage {
        None => tr!("anything: it names no extended usage"),
        Some(usages) => usages.iter().map(|usage| oid::word(usage)).collect::<Vec<_>>().join(", "),
    }
}

/// The alternative names that have a text.
pub(super) fn names(leaf: &Certificate) -> Vec<&str> {
    let names = leaf.extensions.alternative_names.iter().filter_map(|name| match name {
        AlternativeName::Dns(name) | AlternativeName::Ip(name) | AlternativeName::Email(name) => {
            Some(name.as_str())
        }
        AlternativeName::Other => None,
    });
    names.collect()
}

/// One finding, as cargo shows one.
fn finding(out: &mut dyn fmt::Write, told: &Told, colour: Colour) -> fmt::Result {
    let Told { check, rule, severity, message, help } = told;
    let ink = match severity {
        Severity::Error => RED,
        Severity::Warning => YELLOW,
        Severity::Notice => FAINT,
    };
    let title = colour.paint(ink, &format!("{}[{}]", severity_told(*severity), rule.id));
    let check = check.map_or_else(String::new, |check| format!(" ({check})"));
    writeln!(out, "  {title}: {}{check}", harmless(message))?;
    if help.is_empty() {
        return Ok(());
    }
    writeln!(out, "    {}", tr!("help: {}", harmless(help)))
}

/// How much a finding weighs.
fn severity_told(severity: Severity) -> String {
    match severity {
        Severity::Error => tr!("severity" => "error"),
        Severity::Warning => tr!("severity" => "warning"),
        Severity::Notice => tr!("severity" => "notice"),
    }
}
