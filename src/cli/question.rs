//! Questions on the terminal, for commands that record what a person tells.

use std::io::BufRead as _;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::settings::Settings;
use crate::confirm::Told;
use crate::domain::address::Kind;
use crate::domain::known::Known;

/// Asks; only `yes` is taken for a yes.
pub(crate) fn ask(settings: &Settings, question: &str) -> Result<(), Failure> {
    if !settings.can_ask {
        return Err(Failure::new(
            Exit::Failed,
            "nobody can be asked here, and nothing was recorded",
        )
        .help("run it on a terminal, or with `--auto-approve`"));
    }
    match line(question)?.as_str() {
        "yes" => Ok(()),
        _ => Err(Failure::new(Exit::Failed, "it was not approved, and nothing was recorded")),
    }
}

/// Asks about each step that is in hand; an empty answer leaves a step out.
pub(crate) fn handed(known: &Known) -> Result<Vec<Told>, Failure> {
    let mut told = Vec::new();
    for (address, at) in &known.addresses {
        for handed in &at.handed {
            let done =
                line(&format!("{}: done? [y, absent, or nothing to leave it out] ", handed.step))?;
            let absent = done == "absent";
            if !absent && !matches!(done.as_str(), "y" | "yes" | "o" | "oui") {
                continue;
            }
            let mut one = Told {
                address: Some(address.clone()),
                step: Some(handed.step.clone()),
                absent,
                ..Told::default()
            };
            let optional = |question: &str| -> Result<Option<String>, Failure> {
                Ok(Some(line(question)?).filter(|answer| !answer.is_empty()))
            };
            if !absent {
                match address.kind() {
                    Kind::Edi => {
                        one.status = optional("  status (Actif, En cours, …): ")?;
                        one.code = optional("  application code: ")?;
                    }
                    Kind::Api => one.code = optional("  application code: ")?,
                    Kind::Account if handed.making.is_some() => {
                        one.login = optional("  login (TECH_…@cpro.fr): ")?;
                    }
                    _ => {}
                }
            }
            told.push(one);
        }
    }
    Ok(told)
}

fn line(question: &str) -> Result<String, Failure> {
    output::say(question);
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|error| {
        Failure::new(Exit::Failed, "could not read the answer, and nothing was recorded")
            .because(&error)
    })?;
    Ok(line.trim().to_owned())
}
