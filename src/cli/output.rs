//! The only place that prints. A reader that went away is no failure.

use std::io;
use std::io::ErrorKind;
use std::io::Write as _;

use serde::Serialize;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::logging;

/// Writes a result to standard output.
pub(crate) fn result(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::Failed, "could not write to standard output").because(&error))
        }
        _ => Ok(()),
    }
}

/// Writes a value as JSON to standard output.
pub(crate) fn json<T: Serialize>(value: &T) -> Result<(), Failure> {
    result(&json_text(value)?)
}

/// Writes a value as JSON to standard output piece by piece, for one with as many parts as a table has rows.
pub(crate) fn json_streamed<T: Serialize>(value: &T) -> Result<(), Failure> {
    let mut stdout = io::BufWriter::new(io::stdout().lock());
    let written = serde_json::to_writer_pretty(&mut stdout, value).map_err(io::Error::from);
    match written.and_then(|()| stdout.write_all(b"\n")).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::Failed, "could not write to standard output").because(&error))
        }
        _ => Ok(()),
    }
}

/// A value as JSON text that ends with a line end.
pub(crate) fn json_text<T: Serialize>(value: &T) -> Result<String, Failure> {
    serde_json::to_string_pretty(value).map(|text| text + "\n").map_err(|error| {
        Failure::new(Exit::Bug, "could not write the result as JSON").because(&error)
    })
}

/// Writes everything else to standard error, where nothing can be done about a failure.
///
/// With `--log-format json` it is a line of the log.
pub(crate) fn say(text: &str) {
    if logging::say(text) {
        return;
    }
    let mut stderr = io::stderr().lock();
    let _unreportable = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}
