//! Tables that a person gives to a command: a file, or what was pasted.

use std::io::Read as _;
use std::path::Path;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::config::source::table::decode;
use crate::config::source::table::other_file;

/// The text of a table, in whatever a spreadsheet wrote it; `-` is standard input.
pub(crate) fn text(path: &Path) -> Result<String, Failure> {
    let shown =
        if path == Path::new("-") { "standard input".into() } else { path.display().to_string() };
    let failed = |error: std::io::Error| {
        Failure::new(Exit::Failed, format!("could not read {shown}")).because(&error)
    };
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes).map_err(failed)?;
    } else {
        bytes = std::fs::read(path).map_err(failed)?;
    }
    if let Some(kind) = other_file(&bytes) {
        return Err(Failure::new(Exit::Failed, format!("{shown} is {kind}, and no table"))
            .help("save it as CSV in UTF-8"));
    }
    let decoded = decode(&bytes, None).map(|(text, _)| text);
    decoded.map_err(|fault| Failure::new(Exit::Failed, format!("{shown}: {fault}")))
}
