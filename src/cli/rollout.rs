//! Waves as they are asked for on the command line: what they are cut from, and what is said of them.

use std::fmt::Write as _;

use sha2::Digest as _;
use sha2::Sha256;

use crate::apply::waves::Cut;
use crate::apply::waves::Past;
use crate::apply::waves::Sizes;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::planning::Choice;
use crate::config::Project;
use crate::domain::environment::Connections;
use crate::language::message;
use crate::language::tr;
use crate::plan::Plan;
use crate::render::words;

/// How many waves are told by their sizes.
const TOLD: usize = 6;

/// Cuts a plan into waves; goes on with those of an earlier run where it is still about the same.
pub(crate) fn cut(
    plan: &Plan,
    sizes: &Sizes,
    past: Option<&Past>,
    project: &Project,
    choice: &Choice,
) -> Result<(Option<Cut>, String), Failure> {
    if project.environment.connections == Connections::Portal {
        return Err(Failure::new(
            Exit::Usage,
            message!("`--waves` parts requests, and at the portal persons do the steps"),
        )
        .help(message!("run `raccord apply` without `--waves`: it hands them over as a dossier, in which a person goes step by step")));
    }
    let basis = basis(project, choice);
    let (goes_on, anew) = match past {
        None => (None, None),
        Some(past) if past.waves != sizes.to_string() => {
            (None, Some(tr!("`--waves {waves}` was asked for then", waves = past.waves)))
        }
        Some(past) if past.basis != basis => {
            (None, Some(tr!("the files or the targets have changed since")))
        }
        Some(past) => (Some(past), None),
    };
    let cut = Cut::of(plan, choice.as_of, sizes, &basis, goes_on);
    let mut text = String::new();
    if let (Some(why), Some(past), Some(_)) = (anew, past, &cut) {
        text += &tr!(
            "waves begin anew: an earlier run was in wave {wave} of others, and {why}\n",
            wave = past.wave,
            why
        );
    }
    if let Some(cut) = &cut {
        // Writing to a string cannot fail.
        let _infallible = writeln!(text, "{}", told(cut));
    }
    Ok((cut, text))
}

/// Identifies the files and the targets.
fn basis(project: &Project, choice: &Choice) -> String {
    let mut hash = Sha256::new();
    hash.update(&project.fingerprint);
    for target in choice.targets.iter().flatten() {
        hash.update("\n");
        hash.update(target.to_string());
    }
    hash.finalize().iter().take(16).fold(String::new(), |mut text, byte| {
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

/// The waves in words.
fn told(cut: &Cut) -> String {
    let of = cut.count();
    if let Some(first) = cut.waves.first().filter(|wave| wave.goes_on || wave.number > 1) {
        let entities = words::count(first.entities, "entity");
        let mut text = if first.goes_on {
            let done = words::thousands(first.entities.saturating_sub(first.left));
            tr!(
                "going on with wave {number} of {of}: {done} of {entities} done",
                number = first.number,
                of,
                done,
                entities
            )
        } else {
            tr!(
                "going on with wave {number} of {of}: {entities}",
                number = first.number,
                of,
                entities
            )
        };
        if first.earlier > 0 {
            let earlier = words::count(first.earlier, "entity");
            text += &tr!(", and {earlier} left over from earlier waves", earlier);
        }
        return text;
    }
    let mut sizes: Vec<String> =
        cut.waves.iter().take(TOLD).map(|wave| words::thousands(wave.entities)).collect();
    if cut.waves.len() > TOLD {
        sizes.push("…".to_owned());
    }
    let waves = words::count(cut.waves.len(), "wave");
    tr!("{waves}, in entities: {sizes}", waves, sizes = sizes.join(", "))
}
