//! What exists, for people: one table for each entity, details below, and the count of everything.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt;

use anstyle::Style;
use jiff::civil::Date;

use crate::domain::address::Address;
use crate::language::tr;
use crate::render::status::ends::Ending;
use crate::render::status::ends::Place;
use crate::render::status::model::StatusCertificate;
use crate::render::status::model::StatusFormer;
use crate::render::status::model::StatusResource;
use crate::render::style;
use crate::render::style::Colour;
use crate::render::style::FAINT;
use crate::render::style::STRONG;
use crate::render::words;
use crate::render::words::harmless;

/// Names are cut here, so that one long name does not push everything else off the screen.
const NAME_WIDTH: usize = 40;

/// What stands for a resource of which nothing was found.
const ABSENT: &str = "absent";

/// What stands for a resource that no API can read and nobody has looked for.
const UNKNOWN: &str = "unknown";

/// How many places are named of something that ends: an authority can have thousands.
const PLACES: usize = 3;

/// Details stand below the line of their resource.
const INDENT: &str = "      ";

/// Writes `resources`, which are sorted by address.
pub(crate) fn render(
    out: &mut dyn fmt::Write,
    environment: &str,
    resources: &[StatusResource],
    colour: Colour,
) -> fmt::Result {
    let rows: Vec<[String; 5]> = resources.iter().map(row).collect();
    let widths: [usize; 5] = std::array::from_fn(|column| {
        rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)
    });
    let mut entity = "";
    for (resource, row) in resources.iter().zip(&rows) {
        if resource.address.entity() != entity {
            if !entity.is_empty() {
                writeln!(out)?;
            }
            entity = resource.address.entity();
            writeln!(out, "{}", colour.paint(STRONG, entity))?;
        }
        let mut line = String::from("  ");
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            let padding = " ".repeat(width - cell.chars().count() + 2);
            let ink = if column == 1 { ink(resource) } else { Style::new() };
            line.push_str(&if ink == Style::new() {
                cell.clone()
            } else {
                colour.paint(ink, cell)
            });
            line.push_str(&padding);
        }
        writeln!(out, "{}", line.trim_end())?;
        details(out, resource, colour)?;
    }
    if !resources.is_empty() {
        writeln!(out)?;
    }
    writeln!(out, "{}", colour.paint(STRONG, &summary(environment, resources)))
}

/// Says above everything else that this is no trial.
pub(crate) fn production(
    out: &mut dyn fmt::Write,
    environment: &str,
    colour: Colour,
) -> fmt::Result {
    let text = tr!("`{environment}` is production: real invoices depend on it", environment);
    writeln!(out, "{}\n", colour.paint(style::RED, &text))
}

/// Writes what ends by a day, the earliest first.
pub(crate) fn ends(
    out: &mut dyn fmt::Write,
    endings: &[Ending],
    unknown_passwords: &BTreeSet<Address>,
    (today, until): (Date, Date),
    colour: Colour,
) -> fmt::Result {
    writeln!(out)?;
    if !unknown_passwords.is_empty() {
        let mut named: Vec<String> =
            unknown_passwords.iter().take(PLACES).map(ToString::to_string).collect();
        if unknown_passwords.len() > PLACES {
            named.push(words::and_more(unknown_passwords.len() - PLACES));
        }
        let accounts = words::count(unknown_passwords.len(), "technical account");
        let named = named.join(", ");
        writeln!(
            out,
            "{}",
            tr!("not known here: when the password of {accounts} ends ({named})", accounts, named)
        )?;
    }
    if endings.is_empty() {
        return writeln!(out, "{}", colour.paint(STRONG, &tr!("Nothing ends by {until}", until)));
    }
    writeln!(out, "{}", colour.paint(STRONG, &tr!("Ends by {until}:", until)))?;
    for Ending { ends, what, name, sha256: _, places } in endings {
        let over = *ends < today;
        let ink = if over { style::RED } else { style::YELLOW };
        let day = colour.paint(ink, &ends.to_string());
        let mut named: Vec<String> = places.iter().take(PLACES).map(place).collect();
        if places.len() > PLACES {
            named.push(words::and_more(places.len() - PLACES));
        }
        let own = places.len() == 1 && named[0] == *name;
        let name = if own { String::new() } else { format!("{}, ", harmless(name)) };
        let ended = if over { tr!(", ended") } else { String::new() };
        let (what, width) = (words::ending(what), words::ending_width());
        writeln!(out, "  {day}  {what:width$}  {name}{}{ended}", named.join(", "))?;
    }
    Ok(())
}

/// A resource, and the slot on it.
fn place(place: &Place) -> String {
    match &place.slot {
        Some(slot) => format!("{} {slot}", place.address),
        None => place.address.to_string(),
    }
}

/// The last line: `12 resources in simulator: 9 Actif, 1 En cours, 2 absent`.
fn summary(environment: &str, resources: &[StatusResource]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for resource in resources {
        *counts.entry(status(resource)).or_default() += 1;
    }
    let counts: Vec<String> = counts
        .into_iter()
        .map(|(status, count)| format!("{} {}", words::thousands(count), said(status)))
        .collect();
    let whole = words::count(resources.len(), "resource");
    if counts.is_empty() {
        tr!("{whole} in `{environment}`", whole, environment)
    } else {
        let counts = counts.join(", ");
        tr!("{whole} in `{environment}`: {counts}", whole, environment, counts)
    }
}

/// The portal's word, or what stands in its place.
pub(super) fn status(resource: &StatusResource) -> &str {
    match &resource.status {
        Some(status) => status,
        None if resource.unknown => UNKNOWN,
        None => ABSENT,
    }
}

/// The same for people.
pub(super) fn said(status: &str) -> String {
    match status {
        ABSENT => tr!("absent"),
        UNKNOWN => tr!("unknown"),
        "declared" => tr!("declared"),
        other => harmless(other),
    }
}

fn row(resource: &StatusResource) -> [String; 5] {
    let until = match (resource.valid_until, resource.password_expires_at) {
        (Some(day), _) => tr!("until {day}", day),
        (None, Some(at)) => {
            tr!("password until {}", at.to_zoned(jiff::tz::TimeZone::UTC).date())
        }
        (None, None) => String::new(),
    };
    [
        format!("{}/{}", resource.address.kind(), resource.address.key()),
        said(status(resource)),
        harmless(resource.application_code.as_deref().unwrap_or_default()),
        until,
        cut(&harmless(resource.name.as_deref().unwrap_or_default())),
    ]
}

fn details(out: &mut dyn fmt::Write, resource: &StatusResource, colour: Colour) -> fmt::Result {
    for StatusCertificate { slot, sha256, not_after } in &resource.certificates {
        let (slot, short) = (words::slot(slot), sha256.get(..12).unwrap_or(sha256));
        let text = if let Some(day) = not_after {
            tr!("{slot} certificate {short} until {day}", slot, short, day)
        } else {
            tr!("{slot} certificate {short}", slot, short)
        };
        writeln!(out, "{INDENT}{}", colour.paint(FAINT, &harmless(&text)))?;
    }
    if !resource.subscriptions.is_empty() {
        let codes: Vec<&str> = resource.subscriptions.iter().map(String::as_str).collect();
        let text = tr!("subscriptions {}", harmless(&codes.join(", ")));
        writeln!(out, "{INDENT}{}", colour.paint(FAINT, &text))?;
    }
    if let (Some(by), Some(days)) = (&resource.confirmed_by, resource.age_days) {
        let when = match days {
            0 => tr!("today"),
            1 => tr!("yesterday"),
            days => tr!("{days} days ago", days),
        };
        let text = harmless(&tr!("confirmed by {by} {when}", by, when));
        writeln!(out, "{INDENT}{}", colour.paint(FAINT, &text))?;
    }
    if let Some(waiting_for) = &resource.waiting_for {
        writeln!(
            out,
            "{INDENT}{}",
            colour.paint(
                style::YELLOW,
                &tr!("waits for {}", waiting_for.told.as_ref().unwrap_or(&waiting_for.text))
            )
        )?;
    }
    for StatusFormer { name, status, application_code } in &resource.former {
        let code = application_code.as_deref().map(|code| format!(", {code}")).unwrap_or_default();
        let status = status.clone().unwrap_or_else(|| tr!("no longer found"));
        let text = harmless(&tr!("formerly `{name}` ({status}{code})", name, status, code));
        writeln!(out, "{INDENT}{}", colour.paint(FAINT, &text))?;
    }
    Ok(())
}

fn ink(resource: &StatusResource) -> Style {
    match resource.status.as_deref() {
        Some("Actif" | "declared") => style::GREEN,
        Some("Erreur" | "Partielle") => style::RED,
        Some("En cours" | "Brouillon") => style::YELLOW,
        Some(_) => FAINT,
        None if resource.unknown => style::YELLOW,
        None => style::RED,
    }
}

fn cut(name: &str) -> String {
    if name.chars().count() <= NAME_WIDTH {
        return name.to_owned();
    }
    name.chars().take(NAME_WIDTH - 1).chain(std::iter::once('…')).collect()
}
