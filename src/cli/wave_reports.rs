//! The files of `apply --wave-reports`: one pair for each wave, written when the wave has ended.

use std::io;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use crate::apply::Event;
use crate::apply::Listener;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::settings::Settings;
use crate::cli::whole;
use crate::cli::whole::Existing;
use crate::cli::whole::Readers;
use crate::crash;
use crate::language::in_english;
use crate::language::message;
use crate::language::tr;
use crate::render::report::wave;
use crate::render::report::wave::WaveJson;

/// Makes the folder, and listens to a run.
pub(crate) fn listener(
    folder: &Path,
    environment: &str,
    run: &str,
    settings: &Settings,
) -> Result<Listener, Failure> {
    let made = crash::disk("wave reports: the folder is made")
        .and_then(|()| std::fs::create_dir_all(folder));
    made.map_err(|error| {
        let message = message!(
            "could not make `{folder}` for the reports of waves, and nothing was changed",
            folder = folder.display()
        );
        Failure::new(Exit::Failed, message).because(&error)
    })?;
    let (folder, settings) = (folder.to_owned(), settings.clone());
    let (environment, run) = (environment.to_owned(), run.to_owned());
    Ok(Arc::new(move |event| {
        let Event::WaveEnded(report) = event else { return };
        let json = in_english(|| WaveJson::of(report, &environment, &run, settings.now()));
        match in_english(|| write(&folder, &json)) {
            Ok(path) if !settings.quiet => {
                output::say(&tr!(
                    "report of wave {wave}: {path}\n",
                    wave = json.wave,
                    path = path.display()
                ));
            }
            Ok(_) => {}
            Err(error) => output::say(&tr!(
                "warning: the report of wave {wave} could not be written to `{folder}`, and the run goes on: {error}\n",
                wave = json.wave,
                folder = folder.display(),
                error
            )),
        }
    }))
}

/// Writes both files under a name that is free: a wave that goes on in a later run has several.
fn write(folder: &Path, report: &WaveJson) -> io::Result<PathBuf> {
    let path = |part: usize, kind: &str| {
        let part = if part == 1 { String::new() } else { format!(".part-{part}") };
        folder.join(format!("wave-{}{part}.{kind}", report.wave))
    };
    let is_free = |part: &usize| ["json", "csv"].iter().all(|kind| !path(*part, kind).exists());
    let part = (1..=usize::MAX).find(is_free).unwrap_or(1);
    let text = serde_json::to_string_pretty(report).map_err(io::Error::other)? + "\n";
    let table = wave::csv(report).map_err(io::Error::other)?;
    let (json, csv) = (path(part, "json"), path(part, "csv"));
    whole::write(&json, text.as_bytes(), Existing::Keep, Readers::All)?;
    whole::write(&csv, &table, Existing::Keep, Readers::All)?;
    Ok(csv)
}
