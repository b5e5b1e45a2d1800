//! `raccord promote`: holds two environments side by side. Chorus Pro is not asked, and nothing is written.

use std::path::Path;
use std::path::PathBuf;

use clap::Args;

use crate::cli::args::Format;
use crate::cli::choice;
use crate::cli::choice::ChoiceArgs;
use crate::cli::commands::init::quoted;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ledger;
use crate::cli::output;
use crate::cli::project;
use crate::cli::qualification;
use crate::cli::saved;
use crate::cli::settings::Settings;
use crate::config::Project;
use crate::diagnostic::rule;
use crate::language::message;
use crate::plan::promotion;
use crate::plan::promotion::Side;
use crate::render::promotion::human;
use crate::render::promotion::json::PromoteJson;
use crate::render::promotion::markdown;

/// Arguments of `promote`.
#[derive(Args, Debug)]
pub(crate) struct PromoteArgs {
    /// The environment where connections were tested, for example `qualification`
    #[arg(value_name = "FROM")]
    from: String,
    /// The environment where they go, for example `production`
    #[arg(value_name = "TO")]
    to: String,
    /// The project, a directory with a `raccord.yaml`
    #[arg(value_name = "DIR", default_value = ".")]
    directory: PathBuf,
    /// With `--format markdown`: write at most this many bytes
    #[arg(long, value_name = "N", default_value_t = 65_000, value_parser = clap::value_parser!(u32).range(1000..))]
    max_bytes: u32,
    /// The addresses to compare, of those of TO.
    #[command(flatten)]
    choice: ChoiceArgs,
}

/// Compares two environments; the exit code is 0 where nothing stands against going.
pub(crate) fn run(arguments: &PromoteArgs, settings: &Settings) -> Result<Exit, Failure> {
    let PromoteArgs { from, to, directory, max_bytes, choice } = arguments;
    if settings.environment.is_some() {
        return Err(Failure::new(
            Exit::Usage,
            message!("`promote` names both of its environments"),
        )
        .help(message!("leave `--environment` away: `raccord promote qualification production`")));
    }
    if from == to {
        return Err(Failure::new(Exit::Usage, message!("`{from}` was named twice", from))
            .help(message!("name two environments: `raccord promote qualification production`")));
    }
    let source = load(directory, from, settings)?;
    let goal = load(directory, to, settings)?;
    let known = ledger::known(&goal)?;
    let chosen = choice::targets(choice, &goal, &known, settings)?;
    let proofs = qualification::of(&source, &source.environment)?;
    let found = promotion::compare((side(&source), side(&goal)), &proofs, &known, chosen.as_ref());
    match settings.format {
        Format::Json => output::json(&PromoteJson::of(&found))?,
        Format::Markdown => {
            let name = saved::project_name(&goal)?;
            let max_bytes = usize::try_from(*max_bytes).unwrap_or(usize::MAX);
            output::result(&markdown::render(&found, &name, max_bytes))?;
        }
        _ => {
            let named = (directory != Path::new(".")).then(|| quoted(&directory.to_string_lossy()));
            let mut text = String::new();
            human::render(&mut text, &found, named.as_deref(), settings.colour).map_err(
                |error| {
                    Failure::new(Exit::Bug, message!("could not show the comparison"))
                        .because(&error)
                },
            )?;
            output::result(&text)?;
        }
    }
    Ok(if found.is_ready() { Exit::Done } else { Exit::Failed })
}

/// Reads a project for an environment. That one certificate is declared for both stages is what the comparison tells.
fn load(directory: &Path, environment: &str, settings: &Settings) -> Result<Project, Failure> {
    let settings = Settings { environment: Some(environment.to_owned()), ..settings.clone() };
    let mut project = project::load(directory, &settings, project::today(&settings))?;
    project.diagnostics.retain(|one| one.rule != rule::CERTIFICATE_ACROSS_STAGES.id);
    project::sound(&project, &settings)?;
    Ok(project)
}

fn side(project: &Project) -> Side<'_> {
    Side { environment: &project.environment, desired: &project.desired }
}
