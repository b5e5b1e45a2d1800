//! The only place that prints. A reader that went away is no failure.

use std::io;
use std::io::ErrorKind;
use std::io::Write as _;

use serde::Serialize;

use crate::cli::bars;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::logging;
use crate::language::in_english;
use crate::language::message;

/// Writes a result to standard output.
pub(crate) fn result(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::Failed, message!("could not write to standard output"))
                .because(&error))
        }
        _ => Ok(()),
    }
}

/// Writes a value as JSON to standard output, piece by piece: it may be large.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<(), Failure> {
    let mut stdout = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let written = in_english(|| serde_json::to_writer_pretty(&mut stdout, value));
    let written = written.map_err(io::Error::from);
    match written.and_then(|()| stdout.write_all(b"\n")).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::Failed, message!("could not write to standard output"))
                .because(&error))
        }
        _ => Ok(()),
    }
}

/// A value as JSON text that ends with a line end.
pub(crate) fn json_text<T: Serialize>(value: &T) -> Result<String, Failure> {
    in_english(|| serde_json::to_string_pretty(value)).map(|text| text + "\n").map_err(|error| {
        Failure::new(Exit::Bug, message!("could not write the result as JSON")).because(&error)
    })
}

/// Writes everything else to standard error, where nothing can be done about a failure.
///
/// With `--log-format json` it is a line of the log.
pub(crate) fn say(text: &str) {
    if logging::say(text) {
        return;
    }
    bars::above(text.as_bytes());
}
