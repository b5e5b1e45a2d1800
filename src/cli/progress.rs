//! What is told while an `apply` runs: one plain line for each step that ends, on standard error.

use std::sync::Arc;

use crate::apply::Counts;
use crate::apply::Event;
use crate::apply::Listener;
use crate::apply::Outcome;
use crate::apply::StepOutcome;
use crate::cli::output;
use crate::cli::settings::Settings;
use crate::render::style;
use crate::render::style::Colour;
use crate::render::words::count;
use crate::render::words::harmless;
use crate::render::words::thousands;

/// A run with more steps than these tells every hundredth only, and whatever is not simply done.
const TOLD_EACH: usize = 200;

/// Listens to a run.
pub(crate) fn listener(settings: &Settings) -> Listener {
    let (quiet, colour) = (settings.quiet, settings.error_colour);
    Arc::new(move |event| {
        if !quiet && let Some(line) = line(event, colour) {
            output::say(&format!("{line}\n"));
        }
    })
}

fn line(event: &Event, colour: Colour) -> Option<String> {
    match event {
        Event::Began { .. } | Event::Started { .. } | Event::Sent { .. } | Event::Polled { .. } => {
            None
        }
        Event::Settled { step: _, address, status } => {
            Some(format!("{address}: {}", harmless(status)))
        }
        Event::WaveStarted { wave, of, steps } => Some(format!(
            "wave {} of {of}: {}, {}",
            wave.number,
            count(wave.left + wave.earlier, "entity"),
            count(*steps, "step")
        )),
        Event::WaveEnded(_) => None,
        Event::Ended { outcome, counts } => ended(outcome, counts, colour),
    }
}

fn ended(ended: &StepOutcome, counts: &Counts, colour: Colour) -> Option<String> {
    let StepOutcome { step: _, address, does, outcome } = ended;
    let Counts { total, done, failed, waiting, scheduled: _, not_started: _ } = counts;
    let position = format!("[{}/{}]", thousands(done + failed + waiting), thousands(*total));
    let what = format!("{address} {}", does.word().replace('_', " "));
    match outcome {
        Outcome::Done if *total > TOLD_EACH && !done.is_multiple_of(100) => None,
        Outcome::Done => Some(format!("{position} {what}: {}", colour.paint(style::GREEN, "done"))),
        Outcome::Failed { error, help: _, ambiguous: _ } => Some(format!(
            "{position} {what}: {} ({})",
            colour.paint(style::RED, "failed"),
            harmless(error)
        )),
        Outcome::Waiting { why, help: _ } => Some(format!(
            "{position} {what}: {} ({})",
            colour.paint(style::YELLOW, "waiting"),
            harmless(why)
        )),
        Outcome::Scheduled { .. } | Outcome::NotStarted { .. } => None,
    }
}
