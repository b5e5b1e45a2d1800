//! Explained addresses for people.

use std::fmt;

use jiff::Timestamp;

use crate::domain::address::Address;
use crate::render::explain::json::ExplainAddressJson;
use crate::render::explain::json::ExplainedJson;
use crate::render::explain::json::FieldJson;
use crate::render::explain::json::ObservedJson;
use crate::render::explain::json::OriginJson;
use crate::render::explain::json::PlaceJson;
use crate::render::explain::json::ReasonJson;
use crate::render::plan::human;
use crate::render::plan::human::saved_diagnostics;
use crate::render::plan::view::Item;
use crate::render::style::Colour;
use crate::render::style::FAINT;
use crate::render::style::RED;
use crate::render::style::STRONG;
use crate::render::style::YELLOW;
use crate::render::words;
use crate::render::words::harmless;

/// The longest value that others are aligned with.
const VALUE: usize = 40;

/// Writes everything that is to be said: all of one address, or a line of each of several.
pub(crate) fn render(
    out: &mut dyn fmt::Write,
    told: &ExplainAddressJson,
    colour: Colour,
) -> fmt::Result {
    for one in &told.unmanaged {
        let (kind, id, name) = (&one.kind, &one.id, &one.name);
        let head = format!("{}: {} `{}`, unmanaged", harmless(id), harmless(kind), harmless(name));
        writeln!(out, "{}", colour.paint(STRONG, &head))?;
        let (structure, status) = (harmless(&one.structure), harmless(&one.status));
        writeln!(
            out,
            "  It exists at Chorus Pro for structure {structure}, with status {status}."
        )?;
        writeln!(
            out,
            "  No file declares it and the ledger does not know it: no plan ever touches it."
        )?;
        writeln!(
            out,
            "  To manage it, run `raccord import --structure {structure}`, or declare it as it is: the next plan adopts it."
        )?;
    }
    match told.addresses.as_slice() {
        [] => Ok(()),
        [one] => whole(out, one, told, colour),
        several => {
            for one in several {
                line(out, one, told.offline, colour)?;
            }
            let count = words::count(several.len(), "resource");
            writeln!(out, "\n{count}: `raccord explain ADDRESS` tells everything of one")
        }
    }
}

/// One line of an address: what is decided, and why.
fn line(
    out: &mut dyn fmt::Write,
    one: &ExplainedJson,
    offline: bool,
    colour: Colour,
) -> fmt::Result {
    let decided = match one.changes.first() {
        _ if offline => changed(one),
        None => "as declared".to_owned(),
        Some(change) => {
            let because: Vec<String> = one
                .reasons
                .iter()
                .map(|reason| format!("{} ({})", reason.field, reason.cause.replace('_', " ")))
                .collect();
            let blocked = if change.blocked.is_some() { ", blocked" } else { "" };
            format!("{}{blocked}: {}", change.change.replace('_', " "), because.join(", "))
        }
    };
    let address = format!("{:40}", one.address);
    writeln!(out, "{}  {}", colour.paint(STRONG, &address), harmless(&decided))
}

/// What differs between the files and what was last applied.
fn changed(one: &ExplainedJson) -> String {
    let fields = one.fields.iter().filter(|field| field.cause == "files");
    let fields: Vec<&str> = fields.map(|field| field.field.as_str()).collect();
    match (&one.applied, fields.as_slice()) {
        (None, _) => "never applied, as far as the ledger tells".to_owned(),
        (Some(_), []) => "as last applied".to_owned(),
        (Some(_), fields) => format!("changed in the files: {}", fields.join(", ")),
    }
}

/// Everything about one address.
fn whole(
    out: &mut dyn fmt::Write,
    one: &ExplainedJson,
    told: &ExplainAddressJson,
    colour: Colour,
) -> fmt::Result {
    let kind = one
        .address
        .parse::<Address>()
        .map(|address| words::kind(address.kind()))
        .unwrap_or_default();
    let name = one.name.as_deref().map(|name| format!(" `{}`", harmless(name)));
    let stage = if told.stage == "production" { ", in production" } else { "" };
    let head = format!(
        "{}: {kind}{} in `{}`{stage}",
        one.address,
        name.unwrap_or_default(),
        harmless(&told.environment)
    );
    writeln!(out, "{}", colour.paint(STRONG, &head))?;
    match (&one.declared_at, one.declared) {
        (Some(place), true) => writeln!(out, "  declared in {}", at(place))?,
        (_, false) => writeln!(out, "  not in the files any more: only the ledger knows it")?,
        (None, true) => {}
    }
    if let Some(from) = &one.renamed_from {
        writeln!(out, "  renamed in the files; the ledger knows it as {from}")?;
    }
    values(out, one, colour)?;
    certificates(out, one, colour)?;
    title(out, "Last applied", colour)?;
    match &one.applied {
        Some(applied) => {
            let how = match applied.how.as_str() {
                "adopted" => "taken over as it was found",
                "confirmed" => "put there by a person, who confirmed it",
                _ => "sent",
            };
            let by = applied.by.as_deref().map(|by| format!(" by {}", harmless(by)));
            let plan = applied.plan.as_deref().map(|plan| {
                let short: String = plan.chars().take(12).collect();
                format!(", plan {}", harmless(&short))
            });
            writeln!(
                out,
                "  {how} on {}{}, run {}{}",
                moment(&applied.at),
                by.unwrap_or_default(),
                harmless(&applied.run),
                plan.unwrap_or_default()
            )?;
        }
        None => writeln!(out, "  the ledger has noted nothing")?,
    }
    title(out, "Observed", colour)?;
    writeln!(out, "  {}", observed(&one.observed, told.offline, &kind))?;
    decided(out, one, told, colour)?;
    if !one.diagnostics.is_empty() {
        writeln!(out)?;
        saved_diagnostics(out, &one.diagnostics, colour)?;
    }
    Ok(())
}

fn title(out: &mut dyn fmt::Write, text: &str, colour: Colour) -> fmt::Result {
    writeln!(out, "\n{}", colour.paint(STRONG, text))
}

fn values(out: &mut dyn fmt::Write, one: &ExplainedJson, colour: Colour) -> fmt::Result {
    if one.fields.is_empty() && one.password_sink.is_none() {
        return Ok(());
    }
    title(out, "Values", colour)?;
    // What only tells how, and is as it is where nothing is written, is left to the JSON.
    let is_told =
        |field: &&FieldJson| field.cause != "not_compared" || field.origin.kind != "default";
    let fields: Vec<&FieldJson> = one.fields.iter().filter(is_told).collect();
    let width = fields.iter().map(|field| field.field.len()).max().unwrap_or(0);
    let lengths = fields.iter().filter_map(|field| Some(field.declared.as_ref()?.chars().count()));
    let column = lengths.filter(|length| *length <= VALUE).max().unwrap_or(0);
    for field in fields {
        let value = field.declared.as_deref().unwrap_or("not declared");
        let value = format!("{:column$}", harmless(value));
        let place = origin(&field.origin);
        let place = if place.is_empty() { place } else { format!("  {place}") };
        let (name, place) = (format!("{:width$}", field.field), colour.paint(FAINT, &place));
        writeln!(out, "{}", format!("  {name}  {value}{place}").trim_end())?;
        let Some((sentence, ink)) = sentence(field) else { continue };
        let indent = width + 4;
        let known = [("last applied", &field.applied), ("observed", &field.observed)];
        for (side, value) in known {
            if let Some(value) = value {
                writeln!(out, "{:indent$}{side}: {}", "", harmless(value))?;
            }
        }
        writeln!(out, "{:indent$}{}", "", colour.paint(ink, sentence))?;
    }
    if let Some(sink) = &one.password_sink {
        let place = match sink.as_str() {
            "command" => "in the command that `password_sink` of the environment runs",
            "age" => "in the encrypted files of the environment's `password_sink`",
            _ => "in the folder of the environment's `password_sink`",
        };
        writeln!(out, "  {:width$}  not shown; it is kept {place}", "password")?;
    }
    Ok(())
}

/// Who changed a field, in a sentence; nothing where nothing differs.
fn sentence(field: &FieldJson) -> Option<(&'static str, anstyle::Style)> {
    Some(match field.cause.as_str() {
        "files" if field.observed.is_none() && field.applied.is_some() => {
            ("changed in the files since it was last applied", YELLOW)
        }
        "files" => (
            "changed in the files since it was last applied; Chorus Pro has still the old value",
            YELLOW,
        ),
        "chorus_pro" => {
            ("changed at Chorus Pro since it was last applied; the files did not change", RED)
        }
        "both" => ("changed in the files and at Chorus Pro since it was last applied", RED),
        "unrecorded" => (
            "differs; the ledger has not noted what was last applied, so that nobody can say which side changed",
            YELLOW,
        ),
        _ => return None,
    })
}

fn certificates(out: &mut dyn fmt::Write, one: &ExplainedJson, colour: Colour) -> fmt::Result {
    if one.certificates.is_empty() {
        return Ok(());
    }
    title(out, "Certificates", colour)?;
    for held in &one.certificates {
        let slot = held.slot.as_deref().map(|slot| format!("{slot}: ")).unwrap_or_default();
        let (address, file) = (&held.address, harmless(&held.file));
        let over = if held.is_over { colour.paint(RED, ", over") } else { String::new() };
        writeln!(out, "  {slot}{address}, file {file}, ends {}{over}", held.ends)?;
        writeln!(out, "    SHA-256 {}, {}", held.sha256, harmless(&held.subject))?;
    }
    Ok(())
}

/// Where a value comes from.
fn origin(origin: &OriginJson) -> String {
    let OriginJson { kind, place, column, joined_as, column_default, instead_of, named_at } =
        origin;
    let place = place.as_ref().map(at).unwrap_or_default();
    let column = column.as_deref().map(harmless).unwrap_or_default();
    let mut text = match kind.as_str() {
        "default" => "default of raccord".to_owned(),
        "row" if *column_default => {
            format!("default of the column `{column}`, whose cell is empty, {place}")
        }
        "row" => format!("column `{column}`, {place}"),
        "joined" => {
            let alias = joined_as.as_deref().map(harmless).unwrap_or_default();
            format!("column `{column}` of the joined `{alias}`, {place}")
        }
        "template" => format!("the template, for {place}"),
        "override" => format!("overrides, {place}"),
        "none" => String::new(),
        _ => place,
    };
    if let Some(base) = instead_of {
        text = format!("{text}, in place of {}", at(base));
    }
    if let Some(named) = named_at {
        text = format!("{text}, named in {}", at(named));
    }
    text
}

fn at(place: &PlaceJson) -> String {
    let PlaceJson { file, line, column, cell, template, template_line } = place;
    let own = match cell {
        Some(cell) => format!("{}, {}", harmless(file), harmless(cell)),
        None => format!("{}:{line}:{column}", harmless(file)),
    };
    match (template, template_line) {
        (Some(template), Some(line)) => format!("{own} (by {}:{line})", harmless(template)),
        _ => own,
    }
}

fn observed(observed: &ObservedJson, offline: bool, kind: &str) -> String {
    let ObservedJson { state, id, status, code, provenance, at, by, password_expires, several } =
        observed;
    let by = by.as_deref().map(harmless).unwrap_or_default();
    let when = at.as_deref().map(moment).unwrap_or_default();
    let source = match provenance.as_deref() {
        Some("confirmed") => format!(", confirmed by {by} on {when}"),
        Some("piste") => format!(", read through PISTE on {when}"),
        Some("gateway") => format!(", read through the gateway on {when}"),
        Some("simulator") => format!(", read from the simulator on {when}"),
        _ => String::new(),
    };
    let id = id.as_deref().map(harmless).unwrap_or_default();
    match state.as_str() {
        "there" => {
            let mut parts: Vec<String> = Some(id).filter(|id| !id.is_empty()).into_iter().collect();
            parts.extend(status.as_deref().map(harmless));
            parts.extend(code.as_deref().map(harmless));
            parts.extend(password_expires.as_ref().map(|day| format!("password until {day}")));
            format!("{}{source}", parts.join(", "))
        }
        "gone" => format!("`{id}` was ours and is no longer found{source}"),
        "absent" => format!("nothing is there{source}"),
        "several" => format!("several may be meant: {}", harmless(&several.join(", "))),
        _ if kind == "certificate" => "on the sheets that hold it: explain one of them".to_owned(),
        _ if offline => "not looked at (`--offline`)".to_owned(),
        _ => "unknown: no program can read it, and nobody has confirmed it; look at the portal, then `raccord confirm`".to_owned(),
    }
}

/// What the plan decides, and what stands behind each of its reasons.
fn decided(
    out: &mut dyn fmt::Write,
    one: &ExplainedJson,
    told: &ExplainAddressJson,
    colour: Colour,
) -> fmt::Result {
    if told.offline {
        return Ok(());
    }
    title(out, &format!("Plan for {}", told.as_of), colour)?;
    if one.changes.is_empty() {
        let text = if one.observed.state == "unknown" && one.kind != "certificate" {
            "nothing is decided: what is there is unknown"
        } else {
            "nothing to do: it is as declared"
        };
        return writeln!(out, "  {text}");
    }
    for change in &one.changes {
        if let Some(item) = Item::saved(change) {
            human::one(out, &item, colour)?;
        }
    }
    title(out, "Why", colour)?;
    let width = one.reasons.iter().map(|reason| reason.field.len()).max().unwrap_or(0);
    for reason in &one.reasons {
        writeln!(out, "  {:width$}  {}", harmless(&reason.field), why(reason))?;
    }
    Ok(())
}

fn why(reason: &ReasonJson) -> &'static str {
    match reason.cause.as_str() {
        "files" => "changed in the files since it was last applied",
        "chorus_pro" => "changed at Chorus Pro since it was last applied",
        "both" => "changed in the files and at Chorus Pro since it was last applied",
        "unrecorded" => "differs; the ledger has not noted what was last applied",
        "new" => "was never applied",
        "gone" => "was ours, and is no longer found at Chorus Pro",
        "removed" => "left the files",
        "adoption" => "exists at Chorus Pro as declared, and is not in the ledger yet",
        "renamed" => "has another address in the files",
        "busy" => "Chorus Pro works on it: nothing can be changed until it is done",
        "unfinished" => "was begun at Chorus Pro and never finalised",
        "support" => "only the support of Chorus Pro can go on from this status",
        "expired" => "is over on the day of the plan",
        "due" => "its day has come, or comes as the step says",
        "lost" => "an answer was lost, and the password with it",
        "same" => "is as declared",
        _ => "is not known: a person has to look at the portal",
    }
}

/// A moment as people read it.
fn moment(at: &str) -> String {
    at.parse::<Timestamp>().map_or_else(|_| harmless(at), words::moment)
}
