//! What is told while an `apply` runs, on standard error: each step of a small run, of a large one a line now and then; on a
//! terminal bars below that. What failed is told at once.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;
use std::time::Instant;

use tokio::task::JoinHandle;
use tracing::Instrument as _;

use crate::apply::Counts;
use crate::apply::Event;
use crate::apply::Listener;
use crate::apply::Outcome;
use crate::apply::StepOutcome;
use crate::cli::bars::Bars;
use crate::cli::output;
use crate::cli::settings::Settings;
use crate::domain::edi::EdiStatus;
use crate::language::tr;
use crate::plan::budget::Budget;
use crate::plan::change::Does;
use crate::render::progress::Progress;
use crate::render::style;
use crate::render::style::Colour;
use crate::render::words::count;
use crate::render::words::harmless;
use crate::render::words::thousands;

/// A run with more steps than these tells only of those that are not simply done.
const TOLD_EACH: usize = 200;

/// How often it is looked whether something is to be told or drawn.
const TICK: Duration = Duration::from_millis(200);

/// How long nothing is told of a large run, at most, while something happens.
const LINE: Duration = Duration::from_secs(10);

/// How long nothing is told at all.
const SILENCE: Duration = Duration::from_mins(1);

/// A line for each such part of a large run, but not more often than in [`SHORTEST`].
const PARTS: usize = 20;

/// The shortest time between two lines.
const SHORTEST: Duration = Duration::from_secs(2);

/// Tells how far a run is, until it is dropped.
pub(crate) struct Teller {
    told: Arc<Mutex<Told>>,
    ticks: JoinHandle<()>,
}

/// What was told so far.
struct Told {
    progress: Progress,
    began: Instant,
    bars: Option<Bars>,
    is_quiet: bool,
    colour: Colour,
    /// When something was last told, and how many steps had ended then.
    last: Instant,
    ended: usize,
}

impl Teller {
    /// Begins. Needs a runtime.
    pub(crate) fn new(budget: &Budget, settings: &Settings) -> Self {
        let usually = budget.settling.map(|times| times.median);
        let told = Arc::new(Mutex::new(Told {
            progress: Progress::new(budget.interval, usually),
            began: Instant::now(),
            bars: settings.has_bars.then(Bars::show),
            is_quiet: settings.quiet,
            colour: settings.error_colour,
            last: Instant::now(),
            ended: 0,
        }));
        let of_ticks = Arc::clone(&told);
        let ticks = async move {
            let mut ticks = tokio::time::interval(TICK);
            loop {
                ticks.tick().await;
                lock(&of_ticks).tick();
            }
        };
        Self { told, ticks: tokio::spawn(ticks.in_current_span()) }
    }

    /// Listens to a run.
    pub(crate) fn listener(&self) -> Listener {
        let told = Arc::clone(&self.told);
        Arc::new(move |event| lock(&told).hear(event))
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.ticks.abort();
        lock(&self.told).end();
    }
}

fn lock(told: &Mutex<Told>) -> MutexGuard<'_, Told> {
    told.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Told {
    fn hear(&mut self, event: &Event) {
        self.progress.hear(event, self.began.elapsed());
        if self.is_quiet {
            return;
        }
        let is_large = self.progress.total() > TOLD_EACH;
        if let Some(line) = line(event, is_large, self.colour) {
            say(&line);
        } else if matches!(event, Event::Began { .. }) && is_large && self.bars.is_none() {
            self.say_how_far();
        }
    }

    fn tick(&mut self) {
        let now = self.began.elapsed();
        if let Some(bars) = &mut self.bars {
            bars.draw(&self.progress, now);
            return;
        }
        let (total, ended) = (self.progress.total(), self.progress.ended());
        if self.is_quiet || total == 0 || ended == total {
            return;
        }
        let silent = self.last.elapsed();
        let more = ended.saturating_sub(self.ended);
        let is_due = total > TOLD_EACH
            && ((silent >= LINE && more > 0) || (silent >= SHORTEST && more * PARTS >= total));
        if is_due || silent >= SILENCE {
            self.say_how_far();
        }
    }

    fn end(&mut self) {
        let had_bars = self.bars.take().is_some();
        let is_large = self.progress.total() > TOLD_EACH;
        if !self.is_quiet && is_large && (had_bars || self.progress.ended() != self.ended) {
            self.say_how_far();
        }
    }

    fn say_how_far(&mut self) {
        self.ended = self.progress.ended();
        say(&self.progress.line(self.began.elapsed()));
        self.last = Instant::now();
    }
}

fn say(line: &str) {
    output::say(&format!("{line}\n"));
}

fn line(event: &Event, is_large: bool, colour: Colour) -> Option<String> {
    match event {
        Event::Began { .. }
        | Event::Started { .. }
        | Event::Sent { .. }
        | Event::Polled { .. }
        | Event::WaveEnded(_) => None,
        Event::Settled { status, .. } if is_large && status == EdiStatus::Active.label() => None,
        Event::Settled { step: _, address, status } => {
            Some(tr!("{}: {}", address, harmless(status)))
        }
        Event::WaveStarted { wave, of, steps } => Some(tr!(
            "wave {number} of {of}: {entities}, {steps}",
            number = wave.number,
            of,
            entities = count(wave.left + wave.earlier, "entity"),
            steps = count(*steps, "step")
        )),
        Event::Ended { outcome, counts } => ended(outcome, counts, is_large, colour),
    }
}

fn ended(ended: &StepOutcome, counts: &Counts, is_large: bool, colour: Colour) -> Option<String> {
    let StepOutcome { step: _, address, does, outcome } = ended;
    let Counts { total, done, failed, waiting, scheduled: _, not_started: _ } = counts;
    let position = format!("[{}/{}]", thousands(done + failed + waiting), thousands(*total));
    let (word, why) = match outcome {
        Outcome::Done if is_large => return None,
        Outcome::Done => (colour.paint(style::GREEN, &tr!("step" => "done")), None),
        Outcome::Failed { error, help: _, ambiguous: _ } => {
            (colour.paint(style::RED, &tr!("step" => "failed")), Some(harmless(error)))
        }
        Outcome::Waiting { why, help: _ } => {
            (colour.paint(style::YELLOW, &tr!("step" => "waiting")), Some(harmless(why)))
        }
        Outcome::Scheduled { .. } | Outcome::NotStarted { .. } => return None,
    };
    let does = doing(*does);
    Some(match why {
        None => tr!("{position} {address} {does}: {word}", position, address, does, word),
        Some(why) => {
            tr!("{position} {address} {does}: {word} ({why})", position, address, does, word, why)
        }
    })
}

/// What a step does, for people.
fn doing(does: Does) -> String {
    match does {
        Does::Verify => tr!("step" => "verify"),
        Does::Create => tr!("step" => "create"),
        Does::Finalise => tr!("step" => "finalise"),
        Does::Update => tr!("step" => "update"),
        Does::Activate => tr!("step" => "activate"),
        Does::Deactivate => tr!("step" => "deactivate"),
        Does::Delete => tr!("step" => "delete"),
        Does::ResetPassword => tr!("step" => "reset password"),
        Does::Wait => tr!("step" => "wait"),
        Does::Adopt => tr!("step" => "adopt"),
        Does::Move => tr!("step" => "move"),
        Does::Forget => tr!("step" => "forget"),
    }
}
