//! What is told while Chorus Pro is read, where that takes its time: a rate limit of one request a second is usual.

use std::time::Duration;

use tokio::task::JoinHandle;
use tracing::Instrument as _;

use crate::cli::output;
use crate::cli::settings::Settings;
use crate::language::tr;
use crate::remote::Reader;
use crate::render::words::count;

/// When something is first told.
const FIRST: Duration = Duration::from_secs(5);

/// How often after that.
const AGAIN: Duration = Duration::from_secs(15);

/// Tells how many requests were sent, until it is dropped.
pub(crate) struct Reading(Option<JoinHandle<()>>);

impl Reading {
    /// Begins to read `environment`. Needs a runtime.
    pub(crate) fn begin(reader: &Reader, environment: &str, settings: &Settings) -> Self {
        if settings.quiet {
            return Self(None);
        }
        let (reader, environment) = (reader.clone(), environment.to_owned());
        let ticks = async move {
            tokio::time::sleep(FIRST).await;
            loop {
                let requests = count(reader.sent(), "request");
                output::say(&tr!(
                    "still reading `{environment}`: {requests} so far\n",
                    environment,
                    requests
                ));
                tokio::time::sleep(AGAIN).await;
            }
        };
        Self(Some(tokio::spawn(ticks.in_current_span())))
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        if let Some(ticks) = &self.0 {
            ticks.abort();
        }
    }
}
