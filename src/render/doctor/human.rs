//! What the doctor found, for people: a line for each layer, below it what was found, and why that may be.

use std::fmt;

use anstyle::Style;

use crate::language::tr;
use crate::language::translated;
use crate::remote::doctor::cause::Cause;
use crate::remote::doctor::judge::Examination;
use crate::remote::doctor::judge::Finding;
use crate::remote::doctor::judge::Judged;
use crate::remote::doctor::judge::State;
use crate::render::doctor::layer_told;
use crate::render::doctor::state;
use crate::render::style::CYAN;
use crate::render::style::Colour;
use crate::render::style::FAINT;
use crate::render::style::GREEN;
use crate::render::style::RED;
use crate::render::style::STRONG;
use crate::render::style::YELLOW;
use crate::render::words;
use crate::render::words::harmless;

/// How many findings of a layer are shown that are as they should be.
const FINE: usize = 5;

/// Writes an examination.
pub(crate) fn render(
    out: &mut dyn fmt::Write,
    environment: &str,
    examination: &Examination,
    colour: Colour,
) -> fmt::Result {
    for judged in &examination.layers {
        layer_of(out, judged, colour)?;
    }
    let count =
        |wanted: State| examination.layers.iter().filter(|judged| judged.state() == wanted).count();
    let counts: Vec<String> =
        [State::Ok, State::Warning, State::Wrong, State::NotReachable, State::NotLookedAt]
            .into_iter()
            .map(|wanted| (wanted, count(wanted)))
            .filter(|(_, number)| *number > 0)
            .map(|(wanted, number)| format!("{number} {}", state(wanted)))
            .collect();
    let text = tr!("Doctor of `{environment}`: {counts}", environment, counts = counts.join(", "));
    writeln!(out, "\n{}", colour.paint(STRONG, &text))
}

fn layer_of(out: &mut dyn fmt::Write, judged: &Judged, colour: Colour) -> fmt::Result {
    let name = format!("{:<13}", layer_told(judged.layer));
    let word = colour.paint(ink(judged.state()), &state(judged.state()));
    writeln!(out, "{} {word}", colour.paint(STRONG, &name))?;
    let mut fine = 0;
    // The causes of a finding are told once; the same ones below many structures would hide the rest.
    let mut told: Vec<&[Cause]> = Vec::new();
    for finding in &judged.findings {
        if finding.state == State::Ok {
            fine += 1;
            if fine > FINE {
                continue;
            }
        }
        one(out, finding, colour)?;
        if finding.causes.is_empty() || told.contains(&finding.causes.as_slice()) {
            continue;
        }
        told.push(&finding.causes);
        causes(out, &finding.causes, colour)?;
    }
    if fine > FINE {
        writeln!(out, "  {}", tr!("and {} more, ok", words::thousands(fine - FINE)))?;
    }
    Ok(())
}

fn one(out: &mut dyn fmt::Write, finding: &Finding, colour: Colour) -> fmt::Result {
    let word = match finding.state {
        State::Ok => String::new(),
        other => tr!("{}: ", colour.paint(ink(other), &state(other))),
    };
    let (subject, told) = (harmless(&finding.subject), harmless(&finding.told));
    writeln!(out, "  {word}{}", tr!("{subject}: {told}", subject, told))
}

fn causes(out: &mut dyn fmt::Write, causes: &[Cause], colour: Colour) -> fmt::Result {
    for (number, Cause { why, remedy, place, source }) in (1..).zip(causes) {
        let [why, remedy, place, source] = [why, remedy, place, source].map(|one| translated(one));
        writeln!(out, "    {number}. {why}")?;
        writeln!(out, "       {}", tr!("do:    {}", remedy))?;
        writeln!(out, "       {}", tr!("where: {}", place))?;
        writeln!(
            out,
            "{}",
            colour.paint(FAINT, &format!("       {}", tr!("known from {source}", source)))
        )?;
    }
    Ok(())
}

fn ink(state: State) -> Style {
    match state {
        State::Ok => GREEN,
        State::NotLookedAt => CYAN,
        State::Warning => YELLOW,
        State::NotReachable | State::Wrong => RED,
    }
}
