//! `raccord verify`: holds the report of a run against the ledger. Chorus Pro is not asked, and nothing is locked.

use std::path::Path;

use crate::cli::args::Format;
use crate::cli::args::VerifyArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ledger;
use crate::cli::output;
use crate::cli::project;
use crate::cli::settings::Settings;
use crate::language::message;
use crate::render::FORMAT_VERSION;
use crate::render::proof::json::ProofJson;
use crate::render::proof::verdict;
use crate::render::proof::verdict::Verdict;
use crate::render::proof::verdict::VerifyJson;

/// Holds, and says what came of it.
pub(crate) fn run(arguments: &VerifyArgs, settings: &Settings) -> Result<Exit, Failure> {
    let VerifyArgs { report, directory } = arguments;
    let proof = read(report)?;
    let mut settings = settings.clone();
    if settings.environment.as_ref().is_some_and(|asked| *asked != proof.environment) {
        let message = message!(
            "`{report}` is about environment `{environment}`, and another one was asked for",
            report = report.display(),
            environment = proof.environment
        );
        return Err(Failure::new(Exit::Usage, message).help("leave `--environment` away"));
    }
    settings.environment = Some(proof.environment.clone());
    let project = project::read_settings(directory, &settings)?;
    let events = ledger::events(&project)?;
    let verified = VerifyJson::of(&proof, &events);
    if settings.format == Format::Json {
        output::json(&verified)?;
    } else {
        let mut text = String::new();
        verdict::render(&mut text, &verified, settings.colour).map_err(|error| {
            Failure::new(Exit::Bug, message!("could not show what came of it")).because(&error)
        })?;
        output::result(&text)?;
    }
    Ok(if verified.verdict == Verdict::Holds { Exit::Done } else { Exit::Failed })
}

fn read(path: &Path) -> Result<ProofJson, Failure> {
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|error| {
        Failure::new(Exit::Failed, message!("could not read `{path}`", path = shown))
            .because(&error)
    })?;
    let proof: ProofJson = serde_json::from_slice(&bytes).map_err(|error| {
        let message = message!(
            "`{shown}` is not a report that `raccord apply --report` wrote as JSON",
            shown
        );
        Failure::new(Exit::Failed, message).because(&error).help(message!(
            "write one with `raccord apply --report report.json`; a page (`.html`) is for people"
        ))
    })?;
    let major = |version: &str| version.split('.').next().unwrap_or_default().to_owned();
    if major(&proof.format_version) != major(FORMAT_VERSION) {
        let found = &proof.format_version;
        let message = message!(
            "`{shown}` has format `{found}`, this program reads `{FORMAT_VERSION}`",
            shown,
            found,
            FORMAT_VERSION
        );
        return Err(Failure::new(Exit::Failed, message)
            .help(message!("verify it with the version of raccord that wrote it")));
    }
    Ok(proof)
}
