//! `raccord simulator`: a Chorus Pro of its own, alone on a port.

use std::path::Path;

use crate::cli::args::SimulatorArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::project;
use crate::cli::seed;
use crate::cli::session;
use crate::cli::settings::Settings;
use crate::cli::signals::Signals;
use crate::language::message;
use crate::language::tr;
use crate::simulator;
use crate::simulator::SeedStructure;
use crate::simulator::Start;

/// The file of a project, for those who name it rather than its directory.
const MANIFEST: &str = "raccord.yaml";

/// Serves until Ctrl-C.
pub(crate) fn run(arguments: &SimulatorArgs, settings: &Settings) -> Result<Exit, Failure> {
    let SimulatorArgs { port, seed, world, settle, now } = arguments;
    let (seed, structures) = match seed {
        None => (1, Vec::new()),
        Some(text) => match text.to_str().and_then(|text| text.parse::<u64>().ok()) {
            Some(number) => (number, Vec::new()),
            None => (1, declared(Path::new(text), settings)?),
        },
    };
    let start = Start {
        world: world.clone(),
        seed,
        port: *port,
        structures,
        settle_after: *settle,
        now: now.or_else(|| (!settings.clock_offset.is_zero()).then(|| settings.now())),
    };
    let shown = world.clone().unwrap_or_default();
    session::block_on(async {
        let announce = |running: &simulator::Running| {
            for notice in running.notices() {
                output::say(&tr!("notice: {notice}\n", notice));
            }
            let lines: String = running.lines().into_iter().map(|line| line + "\n").collect();
            // A reader that went away does not stop the server.
            let _told = output::result(&lines);
        };
        // Heard from before its address is told: who reads that may end it at once.
        let mut signals = Signals::listen();
        let until = async { signals.next().await };
        simulator::serve(start, announce, until)
            .await
            .map_err(|error| session::simulator_failure(&shown, &error))
    })?;
    Ok(Exit::Done)
}

/// The structures of a project, or those of a JSON file: a list of `{"siret": …, "nom": …}`.
fn declared(path: &Path, settings: &Settings) -> Result<Vec<SeedStructure>, Failure> {
    let is_manifest = path.file_name().is_some_and(|name| name == MANIFEST);
    if path.is_dir() || is_manifest {
        let directory = if is_manifest { path.parent().unwrap_or(path) } else { path };
        let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
        let project = project::load_sound(directory, settings, project::today(settings))?;
        return Ok(seed::structures(&project.desired));
    }
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::new(Exit::Failed, message!("could not read the seed `{shown}`", shown))
            .because(&error)
            .help(message!("name a number, a project, or a JSON file with a list of structures"))
    })?;
    serde_json::from_str(&text).map_err(|error| {
        Failure::new(
            Exit::Failed,
            message!("found something else in `{shown}` than a list of structures", shown),
        )
        .because(&error)
        .help(message!("write `[{ \"siret\": \"12345678200010\", \"nom\": \"TOWN OF EXAMPLE\" }]`"))
    })
}
