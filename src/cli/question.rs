//! Questions on the terminal, for commands that record what a person tells.

use std::io::BufRead as _;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::settings::Settings;
use crate::confirm::Told;
use crate::confirm::words;
use crate::confirm::words::Outcome;
use crate::domain::address::Kind;
use crate::domain::known::Known;
use crate::language::message;
use crate::language::tr;
use crate::render::words::harmless;

/// Whether an answer is a yes, in either language.
pub(crate) fn is_yes(answer: &str) -> bool {
    ["yes", "y", "oui", "o"].contains(&answer.trim().to_lowercase().as_str())
}

/// Asks; what [`is_yes`] does not know is a no.
pub(crate) fn ask(settings: &Settings, question: &str) -> Result<(), Failure> {
    if !settings.can_ask {
        return Err(Failure::new(
            Exit::Failed,
            message!("nobody can be asked here, and nothing was recorded"),
        )
        .help(message!("run it on a terminal, or with `--auto-approve`")));
    }
    if is_yes(&line(question)?) {
        return Ok(());
    }
    Err(Failure::new(Exit::Failed, message!("it was not approved, and nothing was recorded")))
}

/// Asks about each step that is in hand; an empty answer leaves a step out.
pub(crate) fn handed(known: &Known) -> Result<Vec<Told>, Failure> {
    let mut told = Vec::new();
    for (address, at) in &known.addresses {
        for handed in &at.handed {
            let absent = match outcome(&handed.step)? {
                Outcome::Open => continue,
                outcome => outcome == Outcome::Absent,
            };
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
                        one.status = optional(&tr!("  status (Actif, En cours, …): "))?;
                        one.code = optional(&tr!("  application code: "))?;
                    }
                    Kind::Api => one.code = optional(&tr!("  application code: "))?,
                    Kind::Account if handed.making.is_some() => {
                        one.login = optional(&tr!("  login (TECH_…@cpro.fr): "))?;
                    }
                    _ => {}
                }
            }
            told.push(one);
        }
    }
    Ok(told)
}

/// How a step came out, in the words that a table takes too; asked again until one of them is answered.
fn outcome(step: &str) -> Result<Outcome, Failure> {
    loop {
        let text = line(&tr!("{step}: done? [fait, absente, or nothing to leave it out] ", step))?;
        let short = is_yes(&text).then_some(Outcome::Done);
        if let Some(outcome) = short.or_else(|| words::outcome(&text)) {
            return Ok(outcome);
        }
        output::say(&tr!(
            "found `{answer}`, expected `fait`, `existe`, `absente` or nothing\n",
            answer = harmless(&text)
        ));
    }
}

/// A line that was typed. The end of the input is no answer.
fn line(question: &str) -> Result<String, Failure> {
    output::say(question);
    let mut line = String::new();
    let failed = || {
        Failure::new(Exit::Failed, message!("could not read the answer, and nothing was recorded"))
    };
    let read = std::io::stdin().lock().read_line(&mut line);
    if read.map_err(|error| failed().because(&error))? == 0 {
        return Err(failed().help(message!("the input ended before everything was answered")));
    }
    Ok(line.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_yes_is_one_in_either_language_and_nothing_else_is() {
        for answer in ["yes", "y\n", " Oui ", "o", "YES"] {
            assert!(is_yes(answer), "{answer}");
        }
        for answer in ["", "\n", "no", "non", "n", "ok", "yes please", "1"] {
            assert!(!is_yes(answer), "{answer}");
        }
    }
}
