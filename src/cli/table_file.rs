//! Tables that a person gives to a command: a file, or what was pasted.

use std::io::Read as _;
use std::path::Path;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::config::source::table::decode;
use crate::config::source::table::other_file;
use crate::language::Message;
use crate::language::message;

/// The text of a table, in whatever a spreadsheet wrote it; `-` is standard input.
pub(crate) fn text(path: &Path) -> Result<String, Failure> {
    let shown: Message = if path == Path::new("-") {
        message!("standard input")
    } else {
        format!("`{}`", path.display()).into()
    };
    let failed = |error: std::io::Error| {
        Failure::new(Exit::Failed, message!("could not read {shown}", shown)).because(&error)
    };
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes).map_err(failed)?;
    } else {
        bytes = std::fs::read(path).map_err(failed)?;
    }
    if let Some(kind) = other_file(&bytes) {
        return Err(Failure::new(
            Exit::Failed,
            message!("{shown} is {kind}, and no table", shown, kind),
        )
        .help(message!("save it as CSV in UTF-8")));
    }
    let decoded = decode(&bytes, None).map(|(text, _)| text);
    decoded.map_err(|fault| Failure::new(Exit::Failed, message!("{}: {}", shown, fault)))
}
