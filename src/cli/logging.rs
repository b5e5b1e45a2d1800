//! The log: for whoever looks for a cause, on standard error, never a result.

use tracing_subscriber::EnvFilter;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::settings::Settings;
use crate::render::style::Colour;

/// Starts the log. `RACCORD_LOG` wins over `-v`.
pub(crate) fn start(settings: &Settings) -> Result<(), Failure> {
    let filter = match (&settings.log_filter, settings.verbose) {
        (Some(filter), _) => EnvFilter::try_new(filter).map_err(|error| {
            Failure::new(Exit::Usage, "could not understand the filter in `RACCORD_LOG`")
                .because(&error)
        })?,
        (None, _) if settings.quiet => EnvFilter::new("error"),
        (None, 0) => EnvFilter::new("warn"),
        (None, 1) => EnvFilter::new("warn,raccord=info"),
        (None, _) => EnvFilter::new("info,raccord=debug"),
    };
    // A second start in one process (a test) keeps the first log.
    let _kept = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(settings.error_colour == Colour::On)
        .with_target(false)
        .try_init();
    Ok(())
}
