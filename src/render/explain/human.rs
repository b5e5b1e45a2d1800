//! Explained addresses for people.

use std::fmt;

use jiff::Timestamp;

use crate::domain::address::Address;
use crate::language::tr;
use crate::render::explain::json::AppliedJson;
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
        let (id, kind, name) = (harmless(id), harmless(kind), harmless(name));
        let head = tr!("{id}: {kind} `{name}`, unmanaged", id, kind, name);
        writeln!(out, "{}", colour.paint(STRONG, &head))?;
        let (structure, status) = (harmless(&one.structure), harmless(&one.status));
        let there = tr!(
            "It exists at Chorus Pro for structure {structure}, with status {status}.",
            structure,
            status
        );
        let unknown =
            tr!("No file declares it and the ledger does not know it: no plan ever touches it.");
        let managed = tr!(
            "To manage it, run `raccord import --structure {structure}`, or declare it as it is: the next plan adopts it.",
            structure
        );
        writeln!(out, "  {there}\n  {unknown}\n  {managed}")?;
    }
    match told.addresses.as_slice() {
        [] => Ok(()),
        [one] => whole(out, one, told, colour),
        several => {
            for one in several {
                line(out, one, told.offline, colour)?;
            }
            let count = words::count(several.len(), "resource");
            let text = tr!("{count}: `raccord explain ADDRESS` tells everything of one", count);
            writeln!(out, "\n{text}")
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
        None => tr!("as declared"),
        Some(change) => {
            let because: Vec<String> = one
                .reasons
                .iter()
                .map(|reason| format!("{} ({})", reason.field, cause(&reason.cause)))
                .collect();
            let (does, because) = (words::does(&change.change), because.join(", "));
            if change.blocked.is_some() {
                tr!("{change}, blocked: {because}", change = does, because)
            } else {
                tr!("{}: {}", does, because)
            }
        }
    };
    let address = format!("{:40}", one.address);
    writeln!(out, "{}  {}", colour.paint(STRONG, &address), harmless(&decided))
}

/// The word for a cause.
fn cause(word: &str) -> String {
    match word {
        "same" => tr!("cause" => "same"),
        "not_compared" => tr!("cause" => "not compared"),
        "files" => tr!("cause" => "files"),
        "both" => tr!("cause" => "both"),
        "unrecorded" => tr!("cause" => "unrecorded"),
        "new" => tr!("cause" => "new"),
        "gone" => tr!("cause" => "gone"),
        "unknown" => tr!("cause" => "unknown"),
        "removed" => tr!("cause" => "removed"),
        "adoption" => tr!("cause" => "adoption"),
        "renamed" => tr!("cause" => "renamed"),
        "busy" => tr!("cause" => "busy"),
        "unfinished" => tr!("cause" => "unfinished"),
        "support" => tr!("cause" => "support"),
        "expired" => tr!("cause" => "expired"),
        "due" => tr!("cause" => "due"),
        "lost" => tr!("cause" => "lost"),
        "chorus_pro" => tr!("cause" => "chorus pro"),
        other => other.replace('_', " "),
    }
}

/// What differs between the files and what was last applied.
fn changed(one: &ExplainedJson) -> String {
    let fields = one.fields.iter().filter(|field| field.cause == "files");
    let fields: Vec<&str> = fields.map(|field| field.field.as_str()).collect();
    match (&one.applied, fields.as_slice()) {
        (None, _) => tr!("never applied, as far as the ledger tells"),
        (Some(_), []) => tr!("as last applied"),
        (Some(_), fields) => tr!("changed in the files: {fields}", fields = fields.join(", ")),
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
    let what = match &one.name {
        Some(name) => format!("{kind} `{}`", harmless(name)),
        None => kind,
    };
    let (address, environment) = (&one.address, harmless(&told.environment));
    let head = if told.stage == "production" {
        tr!("{address}: {what} in `{environment}`, in production", address, what, environment)
    } else {
        tr!("{address}: {what} in `{environment}`", address, what, environment)
    };
    writeln!(out, "{}", colour.paint(STRONG, &head))?;
    match (&one.declared_at, one.declared) {
        (Some(place), true) => writeln!(out, "  {}", tr!("declared in {}", at(place)))?,
        (_, false) => {
            let text = tr!("not in the files any more: only the ledger knows it");
            writeln!(out, "  {text}")?;
        }
        (None, true) => {}
    }
    if let Some(from) = &one.renamed_from {
        writeln!(out, "  {}", tr!("renamed in the files; the ledger knows it as {from}", from))?;
    }
    values(out, one, colour)?;
    certificates(out, one, colour)?;
    title(out, &tr!("Last applied"), colour)?;
    match &one.applied {
        Some(applied) => writeln!(out, "  {}", last_applied(applied))?,
        None => writeln!(out, "  {}", tr!("the ledger has noted nothing"))?,
    }
    title(out, &tr!("Observed"), colour)?;
    let is_certificate = one.kind == "certificate";
    writeln!(out, "  {}", observed(&one.observed, told.offline, is_certificate))?;
    decided(out, one, told, colour)?;
    if !one.diagnostics.is_empty() {
        writeln!(out)?;
        saved_diagnostics(out, &one.diagnostics, colour)?;
    }
    Ok(())
}

/// When, how and by whom something was last applied.
fn last_applied(applied: &AppliedJson) -> String {
    let AppliedJson { at, how, run, by, plan } = applied;
    let (when, run) = (moment(at), harmless(run));
    let told = match (how.as_str(), by.as_deref().map(harmless)) {
        ("adopted", None) => tr!("taken over as it was found on {when}", when),
        ("adopted", Some(by)) => tr!("taken over as it was found on {when} by {by}", when, by),
        ("confirmed", None) => tr!("put there by a person, who confirmed it on {when}", when),
        ("confirmed", Some(by)) => {
            tr!("put there by a person, who confirmed it on {when} by {by}", when, by)
        }
        (_, None) => tr!("sent on {when}", when),
        (_, Some(by)) => tr!("sent on {when} by {by}", when, by),
    };
    let Some(plan) = plan else {
        return tr!("{told}, run {run}", told, run);
    };
    let short: String = plan.chars().take(12).collect();
    tr!("{told}, run {run}, plan {plan}", told, run, plan = harmless(&short))
}

fn title(out: &mut dyn fmt::Write, text: &str, colour: Colour) -> fmt::Result {
    writeln!(out, "\n{}", colour.paint(STRONG, text))
}

fn values(out: &mut dyn fmt::Write, one: &ExplainedJson, colour: Colour) -> fmt::Result {
    if one.fields.is_empty() && one.password_sink.is_none() {
        return Ok(());
    }
    title(out, &tr!("Values"), colour)?;
    // What only tells how, and is as it is where nothing is written, is left to the JSON.
    let is_told =
        |field: &&FieldJson| field.cause != "not_compared" || field.origin.kind != "default";
    let fields: Vec<&FieldJson> = one.fields.iter().filter(is_told).collect();
    let width = fields.iter().map(|field| field.field.len()).max().unwrap_or(0);
    let lengths = fields.iter().filter_map(|field| Some(field.declared.as_ref()?.chars().count()));
    let column = lengths.filter(|length| *length <= VALUE).max().unwrap_or(0);
    for field in fields {
        let value = field.declared.as_deref().map_or_else(|| tr!("not declared"), harmless);
        let value = format!("{value:column$}");
        let place = origin(&field.origin);
        let place = if place.is_empty() { place } else { format!("  {place}") };
        let (name, place) = (format!("{:width$}", field.field), colour.paint(FAINT, &place));
        writeln!(out, "{}", format!("  {name}  {value}{place}").trim_end())?;
        let Some((sentence, ink)) = sentence(field) else { continue };
        let indent = width + 4;
        if let Some(value) = field.applied.as_deref().map(harmless) {
            writeln!(out, "{:indent$}{}", "", tr!("last applied: {value}", value))?;
        }
        if let Some(value) = field.observed.as_deref().map(harmless) {
            writeln!(out, "{:indent$}{}", "", tr!("observed: {value}", value))?;
        }
        writeln!(out, "{:indent$}{}", "", colour.paint(ink, &sentence))?;
    }
    if let Some(sink) = &one.password_sink {
        let kept = match sink.as_str() {
            "command" => tr!(
                "not shown; it is kept in the command that `password_sink` of the environment runs"
            ),
            "age" => tr!(
                "not shown; it is kept in the encrypted files of the environment's `password_sink`"
            ),
            _ => tr!("not shown; it is kept in the folder of the environment's `password_sink`"),
        };
        writeln!(out, "  {:width$}  {kept}", tr!("password"))?;
    }
    Ok(())
}

/// Who changed a field, in a sentence; nothing where nothing differs.
fn sentence(field: &FieldJson) -> Option<(String, anstyle::Style)> {
    Some(match field.cause.as_str() {
        "files" if field.observed.is_none() && field.applied.is_some() => {
            (tr!("changed in the files since it was last applied"), YELLOW)
        }
        "files" => (
            tr!(
                "changed in the files since it was last applied; Chorus Pro has still the old value"
            ),
            YELLOW,
        ),
        "chorus_pro" => {
            (tr!("changed at Chorus Pro since it was last applied; the files did not change"), RED)
        }
        "both" => (tr!("changed in the files and at Chorus Pro since it was last applied"), RED),
        "unrecorded" => (
            tr!(
                "differs; the ledger has not noted what was last applied, so that nobody can say which side changed"
            ),
            YELLOW,
        ),
        _ => return None,
    })
}

fn certificates(out: &mut dyn fmt::Write, one: &ExplainedJson, colour: Colour) -> fmt::Result {
    if one.certificates.is_empty() {
        return Ok(());
    }
    title(out, &tr!("Certificates"), colour)?;
    for held in &one.certificates {
        let (address, file, ends) = (&held.address, harmless(&held.file), &held.ends);
        let text = tr!("{address}, file {file}, ends {ends}", address, file, ends);
        let text = match &held.slot {
            Some(slot) => tr!("{}: {}", words::slot(slot), text),
            None => text,
        };
        let over = if held.is_over { colour.paint(RED, &tr!(", over")) } else { String::new() };
        writeln!(out, "  {text}{over}")?;
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
        "default" => tr!("default of raccord"),
        "row" if *column_default => {
            tr!("default of the column `{column}`, whose cell is empty, {place}", column, place)
        }
        "row" => tr!("column `{column}`, {place}", column, place),
        "joined" => {
            let alias = joined_as.as_deref().map(harmless).unwrap_or_default();
            tr!("column `{column}` of the joined `{alias}`, {place}", column, alias, place)
        }
        "template" => tr!("the template, for {place}", place),
        "override" => tr!("overrides, {place}", place),
        "none" => String::new(),
        _ => place,
    };
    if let Some(base) = instead_of {
        text = tr!("{text}, in place of {place}", text, place = at(base));
    }
    if let Some(named) = named_at {
        text = tr!("{text}, named in {place}", text, place = at(named));
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
        (Some(template), Some(line)) => {
            let template = harmless(template);
            tr!("{place} (by {template}:{line})", place = own, template, line)
        }
        _ => own,
    }
}

/// What was found, and who says so.
fn sourced(told: String, observed: &ObservedJson) -> String {
    let by = observed.by.as_deref().map(harmless).unwrap_or_default();
    let when = observed.at.as_deref().map(moment).unwrap_or_default();
    match observed.provenance.as_deref() {
        Some("confirmed") => tr!("{told}, confirmed by {by} on {when}", told, by, when),
        Some("piste") => tr!("{told}, read through PISTE on {when}", told, when),
        Some("gateway") => tr!("{told}, read through the gateway on {when}", told, when),
        Some("simulator") => tr!("{told}, read from the simulator on {when}", told, when),
        _ => told,
    }
}

fn observed(observed: &ObservedJson, offline: bool, is_certificate: bool) -> String {
    let ObservedJson { state, id, status, code, password_expires, several, .. } = observed;
    let id = id.as_deref().map(harmless).unwrap_or_default();
    match state.as_str() {
        "there" => {
            let mut parts: Vec<String> = Some(id).filter(|id| !id.is_empty()).into_iter().collect();
            parts.extend(status.as_deref().map(harmless));
            parts.extend(code.as_deref().map(harmless));
            parts.extend(password_expires.as_ref().map(|day| tr!("password until {}", day)));
            sourced(parts.join(", "), observed)
        }
        "gone" => sourced(tr!("`{id}` was ours and is no longer found", id), observed),
        "absent" => sourced(tr!("nothing is there"), observed),
        "several" => tr!("several may be meant: {}", harmless(&several.join(", "))),
        _ if is_certificate => tr!("on the sheets that hold it: explain one of them"),
        _ if offline => tr!("not looked at (`--offline`)"),
        _ => tr!(
            "unknown: no program can read it, and nobody has confirmed it; look at the portal, then `raccord confirm`"
        ),
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
    title(out, &tr!("Plan for {day}", day = told.as_of), colour)?;
    if one.changes.is_empty() {
        let text = if one.observed.state == "unknown" && one.kind != "certificate" {
            tr!("nothing is decided: what is there is unknown")
        } else {
            tr!("nothing to do: it is as declared")
        };
        return writeln!(out, "  {text}");
    }
    for change in &one.changes {
        if let Some(item) = Item::saved(change) {
            human::one(out, &item, colour)?;
        }
    }
    title(out, &tr!("Why"), colour)?;
    let width = one.reasons.iter().map(|reason| reason.field.len()).max().unwrap_or(0);
    for reason in &one.reasons {
        writeln!(out, "  {:width$}  {}", harmless(&reason.field), why(reason))?;
    }
    Ok(())
}

fn why(reason: &ReasonJson) -> String {
    match reason.cause.as_str() {
        "files" => tr!("changed in the files since it was last applied"),
        "chorus_pro" => tr!("changed at Chorus Pro since it was last applied"),
        "both" => tr!("changed in the files and at Chorus Pro since it was last applied"),
        "unrecorded" => tr!("differs; the ledger has not noted what was last applied"),
        "new" => tr!("was never applied"),
        "gone" => tr!("was ours, and is no longer found at Chorus Pro"),
        "removed" => tr!("left the files"),
        "adoption" => tr!("exists at Chorus Pro as declared, and is not in the ledger yet"),
        "renamed" => tr!("has another address in the files"),
        "busy" => tr!("Chorus Pro works on it: nothing can be changed until it is done"),
        "unfinished" => tr!("was begun at Chorus Pro and never finalised"),
        "support" => tr!("only the support of Chorus Pro can go on from this status"),
        "expired" => tr!("is over on the day of the plan"),
        "due" => tr!("its day has come, or comes as the step says"),
        "lost" => tr!("an answer was lost, and the password with it"),
        "same" => tr!("is as declared"),
        _ => tr!("is not known: a person has to look at the portal"),
    }
}

/// A moment as people read it.
fn moment(at: &str) -> String {
    at.parse::<Timestamp>().map_or_else(|_| harmless(at), words::moment)
}
