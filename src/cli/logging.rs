//! The log: for whoever looks for a cause, on standard error, never a result.
//!
//! With `--log-format json` standard error is a stream of JSON, one object a line: what is said there beside the log
//! becomes a line of target [`SAID`], whatever the filter. Lines of an `apply` are inside the span of its run.

use std::sync::OnceLock;

use tracing::Span;
use tracing_subscriber::EnvFilter;

use crate::cli::args::LogFormat;
use crate::cli::bars;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::settings::Settings;
use crate::language::message;
use crate::render::style::Colour;

/// The target of the run's span, and of lines that are told to people.
const SAID: &str = "said";

/// Set when what is said goes into the log as JSON.
static AS_JSON: OnceLock<()> = OnceLock::new();

/// The span of this process's run, so that what is said after it has ended still has its id.
static RUN: OnceLock<Span> = OnceLock::new();

/// Starts the log. `RACCORD_LOG` wins over `-v`.
pub(crate) fn start(settings: &Settings) -> Result<(), Failure> {
    let filter = match (&settings.log_filter, settings.verbose) {
        (Some(filter), _) => EnvFilter::try_new(filter).map_err(|error| {
            Failure::new(Exit::Usage, message!("could not understand the filter in `RACCORD_LOG`"))
                .because(&error)
        })?,
        (None, _) if settings.quiet => EnvFilter::new("error"),
        (None, 0) => EnvFilter::new("warn"),
        (None, 1) => EnvFilter::new("warn,raccord=info"),
        (None, _) => EnvFilter::new("info,raccord=debug"),
    };
    // The run's id, and what is said, pass any filter.
    let filter = match format!("{SAID}=trace").parse() {
        Ok(said) => filter.add_directive(said),
        Err(_) => filter,
    };
    let log = tracing_subscriber::fmt().with_writer(|| bars::Above).with_env_filter(filter);
    // A second start in one process (a test) keeps the first log.
    match settings.log_format {
        LogFormat::Human => {
            let is_coloured = settings.error_colour == Colour::On;
            let _kept = log.with_ansi(is_coloured).with_target(false).try_init();
        }
        LogFormat::Json => {
            if log.json().with_current_span(false).try_init().is_ok() {
                AS_JSON.get_or_init(|| ());
            }
        }
    }
    Ok(())
}

/// Makes the span of a run, by the id that is also in its events in the ledger.
pub(crate) fn run(id: &str) -> Span {
    // As severe as can be, here and for steps and requests: no filter that shows a line then drops whose it is.
    RUN.get_or_init(|| tracing::error_span!(target: SAID, "run", run = id)).clone()
}

/// Puts what is told to people into the log; `false` when the log is not JSON, and it shall be written as it is.
pub(crate) fn say(text: &str) -> bool {
    let is_json = AS_JSON.get().is_some();
    let text = text.trim();
    if is_json && !text.is_empty() {
        let tell = || tracing::info!(target: SAID, "{text}");
        match RUN.get() {
            Some(run) if Span::current().is_none() => run.in_scope(tell),
            _ => tell(),
        }
    }
    is_json
}
