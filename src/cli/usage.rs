//! What is wrong with a command line, in the language of the run. In English it is what `clap` says.

use clap::builder::StyledStr;
use clap::error::ContextKind;
use clap::error::ContextValue;
use clap::error::Error;
use clap::error::ErrorKind;

use crate::language::tr;

/// The fault in French: the sentence, what was probably meant, the usage, where to read more.
pub(crate) fn french(error: &Error) -> String {
    let mut text = tr!("{title}: {message}\n", title = tr!("error"), message = sentence(error));
    let values = [
        (ContextKind::ValidValue, tr!("possible values")),
        (ContextKind::ValidSubcommand, tr!("subcommands")),
    ];
    for (kind, title) in values {
        if let Some(values) = given(error, kind) {
            text.extend(["  [", &tr!("{title}: {values}", title, values), "]\n"]);
        }
    }
    let meant =
        [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    let meant: Vec<String> = meant
        .into_iter()
        // The best comes last.
        .flat_map(|kind| listed(error, kind).into_iter().rev())
        .map(|name| format!("'{name}'"))
        .collect();
    if !meant.is_empty() {
        let names = meant.join(&tr!(" or "));
        text.push_str(&tr!("\n  tip: did you mean {names}?\n", names));
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        let usage = plain(usage);
        let usage = usage.strip_prefix("Usage:").unwrap_or(&usage).trim();
        text.extend(["\n", &tr!("Usage:"), " ", usage, "\n"]);
    }
    text.push_str(&tr!("\nFor more information, try '--help'.\n"));
    text
}

fn sentence(error: &Error) -> String {
    let argument = given(error, ContextKind::InvalidArg).unwrap_or_default();
    let value = given(error, ContextKind::InvalidValue).unwrap_or_default();
    match error.kind() {
        ErrorKind::ArgumentConflict => match given(error, ContextKind::PriorArg) {
            Some(prior) if prior == argument => {
                tr!("the argument '{argument}' cannot be used multiple times", argument)
            }
            Some(prior) => {
                tr!("the argument '{argument}' cannot be used with '{prior}'", argument, prior)
            }
            None => tr!("the argument '{argument}' cannot be used here", argument),
        },
        ErrorKind::InvalidValue if value.is_empty() => {
            tr!("a value is required for '{argument}' but none was supplied", argument)
        }
        ErrorKind::InvalidValue => tr!("invalid value '{value}' for '{argument}'", value, argument),
        ErrorKind::ValueValidation => {
            if let Some(why) = std::error::Error::source(error) {
                tr!("invalid value '{value}' for '{argument}': {why}", value, argument, why)
            } else {
                tr!("invalid value '{value}' for '{argument}'", value, argument)
            }
        }
        ErrorKind::UnknownArgument => tr!("unexpected argument '{argument}' found", argument),
        ErrorKind::InvalidSubcommand => {
            let name = given(error, ContextKind::InvalidSubcommand).unwrap_or_default();
            tr!("unrecognized subcommand '{name}'", name)
        }
        ErrorKind::MissingRequiredArgument => {
            tr!("required arguments were not provided: {argument}", argument)
        }
        ErrorKind::MissingSubcommand => {
            let name = given(error, ContextKind::InvalidSubcommand).unwrap_or_default();
            tr!("'{name}' requires a subcommand but one was not provided", name)
        }
        ErrorKind::TooManyValues => {
            tr!(
                "unexpected value '{value}' for '{argument}'; no more were expected",
                value,
                argument
            )
        }
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            tr!("a wrong number of values for '{argument}'", argument)
        }
        ErrorKind::NoEquals => {
            tr!("an equal sign is needed when values are given to '{argument}'", argument)
        }
        ErrorKind::InvalidUtf8 => tr!("invalid UTF-8 was found in one or more arguments"),
        // What a future version of the library finds is told in its words.
        kind => kind.to_string(),
    }
}

/// What the fault is about.
fn given(error: &Error, kind: ContextKind) -> Option<String> {
    let all = listed(error, kind);
    (!all.is_empty()).then(|| all.join(", "))
}

/// The same, one by one.
fn listed(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(ContextValue::StyledStr(text)) => vec![plain(text)],
        Some(ContextValue::StyledStrs(texts)) => texts.iter().map(plain).collect(),
        Some(ContextValue::Number(number)) => vec![number.to_string()],
        _ => Vec::new(),
    }
}

fn plain(text: &StyledStr) -> String {
    // `Display` leaves the colours away.
    text.to_string()
}

#[cfg(test)]
mod tests {
    use crate::cli::help;
    use crate::language::Language;
    use crate::language::within;

    fn said(arguments: &[&str]) -> String {
        within(Language::French, || {
            let error = help::command().try_get_matches_from(arguments).unwrap_err();
            super::french(&error)
        })
    }

    #[test]
    fn faults_of_the_command_line_are_told_in_french() {
        insta::assert_snapshot!(said(&["raccord", "plna"]), @r"
        erreur : commande inconnue : 'plna'

          conseil : vouliez-vous dire 'plan' ou 'explain' ?

        Utilisation : raccord [OPTIONS] <COMMANDE>

        Pour en savoir plus, essayez '--help'.
        ");
        insta::assert_snapshot!(said(&["raccord", "plan", "--format", "xml"]), @r"
        erreur : valeur incorrecte 'xml' pour '--format <FORMAT>'
          [valeurs possibles : human, json, sarif, github, gitlab, ics, html, markdown]

          conseil : vouliez-vous dire 'html' ?

        Pour en savoir plus, essayez '--help'.
        ");
        insta::assert_snapshot!(said(&["raccord", "apply", "--timeout", "demain"]), @r"
        erreur : valeur incorrecte 'demain' pour '--timeout <DURÉE>' : trouvé `demain`, attendu une durée, par exemple `90s`, `10m` ou `2h`

        Pour en savoir plus, essayez '--help'.
        ");
    }
}
