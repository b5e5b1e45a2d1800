//! The past of a ledger, for people: a line for each run, below it one for each event, and the count of all.

use std::collections::BTreeMap;
use std::fmt;

use anstyle::Style;
use jiff::tz::TimeZone;

use crate::domain::event::Effect;
use crate::domain::event::Event;
use crate::domain::event::What;
use crate::language::tr;
use crate::ledger::history::History;
use crate::ledger::history::Run;
use crate::render::style::Colour;
use crate::render::style::FAINT;
use crate::render::style::RED;
use crate::render::style::STRONG;
use crate::render::words;
use crate::render::words::harmless;

/// How much of a fingerprint or an id is shown.
const SHORT: usize = 12;

/// Writes `history`.
pub(crate) fn render(
    out: &mut dyn fmt::Write,
    environment: &str,
    history: &History<'_>,
    colour: Colour,
) -> fmt::Result {
    let mut by_run: BTreeMap<&str, Vec<&Event>> = BTreeMap::new();
    for event in &history.events {
        by_run.entry(&event.run).or_default().push(event);
    }
    // What a run's own line says is not said again below it.
    let lines = history.events.iter().filter(|event| event.what.addresses().next().is_some());
    let widths = lines.map(|event| address(event).chars().count());
    let width = widths.max().unwrap_or(0);
    for run in &history.runs {
        writeln!(out, "{}", title(run, colour))?;
        for event in by_run.get(run.id).into_iter().flatten() {
            line(out, run, event, width, colour)?;
        }
        writeln!(out)?;
    }
    let events = words::count(history.events.len(), "event");
    let runs = words::count(history.runs.len(), "run");
    let last = tr!("{events} of {runs} in `{environment}`", events, runs, environment);
    writeln!(out, "{}", colour.paint(STRONG, &last))
}

/// When a run began, who ran it, with what, and how it ended.
fn title(run: &Run<'_>, colour: Colour) -> String {
    let (moment, id) = (words::moment(run.first.at), run.id);
    let text = match &run.first.what {
        // What a person confirms has no plan.
        What::RunStarted { environment: _, by, version, plan } if plan.is_empty() => {
            tr!("{moment} run {id} by {by}, raccord {version}", moment, id, by, version)
        }
        What::RunStarted { environment: _, by, version, plan } => tr!(
            "{moment} run {id} by {by}, raccord {version}, plan {plan}",
            moment,
            id,
            by,
            version,
            plan = short(plan)
        ),
        _ => tr!("{moment} run {id}, whose start is not in the ledger", moment, id),
    };
    let text = colour.paint(STRONG, &harmless(&text));
    match (run.end.map(|end| &end.what), run.is_latest) {
        (Some(What::RunEnded { done, failed, waiting }), _) => {
            let failures = tr!("{} failed", words::thousands(*failed));
            let failures = if *failed > 0 { colour.paint(RED, &failures) } else { failures };
            let (done, waiting) = (words::thousands(*done), words::thousands(*waiting));
            tr!("{text}: {done} done, {failures}, {waiting} waiting", text, done, failures, waiting)
        }
        (_, true) => {
            tr!("{}: {}", text, colour.paint(RED, &tr!("still runs, or did not end in order")))
        }
        (_, false) => tr!("{}: {}", text, colour.paint(RED, &tr!("did not end in order"))),
    }
}

fn line(
    out: &mut dyn fmt::Write,
    run: &Run<'_>,
    event: &Event,
    width: usize,
    colour: Colour,
) -> fmt::Result {
    let Some((word, ink, details)) = told(event) else { return Ok(()) };
    let (began, at) = (run.first.at.to_zoned(TimeZone::UTC), event.at.to_zoned(TimeZone::UTC));
    let form = if began.date() == at.date() { "%H:%M:%S" } else { "%Y-%m-%d %H:%M:%S" };
    let time = colour.paint(FAINT, &at.strftime(form).to_string());
    let word = format!("{word:<15}");
    let word = if ink == Style::new() { word } else { colour.paint(ink, &word) };
    let address = address(event);
    let text = format!("  {time}  {word}  {address:<width$}  {}", harmless(&details));
    writeln!(out, "{}", text.trim_end())
}

/// The address that an event stands under: for a move, the old one.
fn address(event: &Event) -> String {
    event.what.addresses().next().map(ToString::to_string).unwrap_or_default()
}

/// The word of an event, its colour, and what it says; nothing for what stands in the line of its run.
pub(crate) fn told(event: &Event) -> Option<(String, Style, String)> {
    let plain = Style::new();
    Some(match &event.what {
        What::RunStarted { .. } | What::RunEnded { .. } => return None,
        What::WaveStarted { wave, of, entities, waves, basis: _, total: _, last: _ } => {
            let entities = words::count(*entities, "entity");
            let text =
                tr!("{wave} of {of}, {entities} (`--waves {waves}`)", wave, of, entities, waves);
            (tr!("event" => "wave began"), plain, text)
        }
        What::WaveEnded { wave, of, done, failed, waiting } => {
            let ink = if *failed > 0 { RED } else { plain };
            let [done, failed, waiting] = [done, failed, waiting].map(|n| words::thousands(*n));
            let text = tr!(
                "{wave} of {of}: {done} done, {failed} failed, {waiting} waiting",
                wave,
                of,
                done,
                failed,
                waiting
            );
            (tr!("event" => "wave ended"), ink, text)
        }
        What::Intended { address: _, step: _, does, target, making } => {
            let does = words::does(does);
            let target = target.as_ref().map(|target| format!(" {target}")).unwrap_or_default();
            let name = making.as_ref().map(|making| format!(" `{}`", making.name));
            (
                tr!("event" => "intended"),
                plain,
                format!("{does}{target}{}", name.unwrap_or_default()),
            )
        }
        What::Succeeded { address: _, step, effect, certificates: _, values: _ } => {
            let mut text = did(effect, step);
            text.extend(event.what.certificates().map(|(slot, facts)| {
                tr!(
                    ", {slot} certificate {short}",
                    slot = words::slot(slot.word()),
                    short = short(&facts.sha256.to_string())
                )
            }));
            (tr!("event" => "succeeded"), plain, text)
        }
        What::Failed { address: _, step, error, ambiguous } => {
            let doubt = if *ambiguous {
                tr!(" (it may have been done all the same)")
            } else {
                String::new()
            };
            (
                tr!("event" => "failed"),
                RED,
                tr!("{does}: {error}{doubt}", does = does(step), error, doubt),
            )
        }
        What::Settled { address: _, target, status, application_code, protocol: _ } => (
            tr!("event" => "settled"),
            plain,
            format!("{target} {}{}", status.label(), code(application_code.as_ref())),
        ),
        What::PasswordStored { address: _, target } => {
            (tr!("event" => "password stored"), plain, target.to_string())
        }
        What::Adopted {
            address: _,
            target,
            making,
            application_code,
            status: _,
            certificates: _,
            values: _,
        } => (
            tr!("event" => "adopted"),
            plain,
            format!("{target} `{}`{}", making.name, code(application_code.as_ref())),
        ),
        What::Handed { address: _, step: _, does, plan: _, target: _, making, leaves: _ } => {
            let name = making.as_ref().map(|making| format!(" `{}`", making.name));
            let does = words::does(does);
            (
                tr!("event" => "handed over"),
                plain,
                tr!("{does}{name} at the portal", does, name = name.unwrap_or_default()),
            )
        }
        What::Confirmed {
            address: _,
            look,
            step: _,
            target: _,
            making: _,
            seen,
            certificates: _,
        } => {
            let what = match seen {
                None => tr!("nothing is there"),
                Some(seen) => {
                    let status = seen.status().map_or_else(|| tr!("declared"), str::to_owned);
                    format!("{status}{}", code(seen.code().map(str::to_owned).as_ref()))
                }
            };
            let seen_at = words::moment(look.at);
            (
                tr!("event" => "confirmed"),
                plain,
                tr!("{what}, seen by {by} at {seen_at}", what, by = look.by, seen_at),
            )
        }
        What::Moved { from: _, to } => (tr!("event" => "moved"), plain, tr!("to {}", to)),
        What::Forgotten { address: _ } => (tr!("event" => "forgotten"), plain, String::new()),
    })
}

fn did(effect: &Effect, step: &str) -> String {
    match effect {
        Effect::Created { target, code: allocated, making } => {
            tr!(
                "created {target} `{name}`{code}",
                target,
                name = making.name,
                code = code(allocated.as_ref())
            )
        }
        Effect::Changed { target: Some(target) } => format!("{} {target}", does(step)),
        Effect::Changed { target: None } => does(step),
        Effect::Deactivated { target } => tr!("deactivated {target}", target),
        Effect::Deleted { target } => tr!("deleted {target}", target),
    }
}

/// What a step does, by its id: `update` of `ville/edi/g2b#1-update`.
fn does(step: &str) -> String {
    let own = step.rsplit_once('#').map_or(step, |(_, own)| own);
    words::does(own.rsplit_once('-').map_or(own, |(_, does)| does))
}

fn code(code: Option<&String>) -> String {
    code.map(|code| format!(", {code}")).unwrap_or_default()
}

fn short(fingerprint: &str) -> &str {
    fingerprint.get(..SHORT).unwrap_or(fingerprint)
}
