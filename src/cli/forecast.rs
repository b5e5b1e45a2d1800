//! What is said of a plan before anybody is asked: its waves, what it costs, and whether it can end in time.

use std::time::Duration;

use crate::apply::Options;
use crate::apply::waves::Cut;
use crate::cli::args::ApplyArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::settings::Settings;
use crate::config::Project;
use crate::language::message;
use crate::language::tr;
use crate::plan::Plan;
use crate::plan::budget::Budget;
use crate::plan::budget::Terms;
use crate::plan::settling::Past;
use crate::render::budget;
use crate::render::span::span;

/// How long sheets are waited for when nothing else is asked for.
pub(crate) const TIMEOUT: Duration = Duration::from_mins(15);

/// How many requests are under way at once when nothing else is asked for.
pub(crate) const PARALLELISM: u16 = 8;

/// What is foreseen of a run.
pub(crate) struct Forecast {
    /// What it costs.
    pub(crate) budget: Budget,
    /// What is said of it.
    pub(crate) text: String,
    /// Why it must not begin, if so.
    pub(crate) refusal: Option<Failure>,
}

/// What a plan costs as `plan` tells it: as `apply` would carry it out by default.
pub(crate) fn of_plan(plan: &Plan, past: &Past, project: &Project, settings: &Settings) -> Budget {
    Budget::of(plan, &[], past, &terms(project, PARALLELISM, Some(TIMEOUT), settings))
}

/// How a run goes: so many requests at once, and sheets that are waited for that long, or not at all.
fn terms(
    project: &Project,
    parallelism: u16,
    waits: Option<Duration>,
    settings: &Settings,
) -> Terms {
    let options = Options::on(crate::cli::project::today(settings));
    Terms {
        today: options.today,
        interval: project.environment.interval,
        parallelism: usize::from(parallelism),
        waits,
        pauses: (options.first_poll, options.longest_poll),
    }
}

/// What is foreseen of a run with these `arguments`; `waves` is what was said of its waves.
pub(crate) fn of_run(
    plan: &Plan,
    (cut, waves): (Option<&Cut>, &str),
    past: &Past,
    (project, arguments, settings): (&Project, &ApplyArgs, &Settings),
) -> Forecast {
    let timeout = arguments.timeout.unwrap_or(TIMEOUT);
    let waits = (!arguments.no_wait).then_some(timeout);
    let terms = terms(project, arguments.parallelism, waits, settings);
    let of_steps = cut.map(|cut| cut.of_steps.as_slice()).unwrap_or_default();
    let budget = Budget::of(plan, of_steps, past, &terms);
    let mut text = waves.to_owned();
    text += &budget::text(&budget);
    if !arguments.no_wait
        && let Some(settling) = budget.settling.filter(|times| times.median > timeout)
    {
        text += &tr!(
            "warning: that is longer than the {time} that are waited for: sheets that are En cours then are left to the next run, and this one ends with exit code 3 ({settled})\n",
            time = span(timeout),
            settled = budget::settled(settling)
        );
    }
    let beyond = arguments.timeout.and_then(|timeout| Some((timeout, budget.beyond(timeout)?)));
    let refusal = beyond.map(|(timeout, needed)| {
        let rate = || terms.interval.map(budget::rate).unwrap_or_default();
        let message = if cut.is_some() {
            message!(
                "the requests of one wave alone take {needed} at {rate}, longer than the {timeout} of `--timeout`, and nothing was changed",
                needed = span(needed),
                rate = rate(),
                timeout = span(timeout)
            )
        } else {
            message!(
                "the requests alone take {needed} at {rate}, longer than the {timeout} of `--timeout`, and nothing was changed",
                needed = span(needed),
                rate = rate(),
                timeout = span(timeout)
            )
        };
        Failure::new(Exit::Failed, message).help(message!("give a longer `--timeout`, part it with `--waves`, for each of which the time counts anew, or raise the `rate` of the environment if its service allows it; `--no-wait` does not help: it is the requests that take the time"))
    });
    Forecast { budget, text, refusal }
}
