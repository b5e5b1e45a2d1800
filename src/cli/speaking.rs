//! Which language a run speaks: `--lang`, else `RACCORD_LANG`, else the locale.

use std::ffi::OsString;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::language::Language;
use crate::language::message;

/// The language of a run. It is known before the command line is read, whose help and faults speak it too.
pub(crate) fn language(
    arguments: &[OsString],
    variable: Option<&str>,
    locale: Option<&str>,
) -> Result<Language, Failure> {
    if let Some(language) = asked(arguments) {
        return Ok(language);
    }
    match variable.filter(|value| !value.is_empty()) {
        Some(value) => named(value).ok_or_else(|| {
            Failure::new(Exit::Usage, message!("`RACCORD_LANG` is `{value}`", value))
                .help(message!("set it to `en` or `fr`"))
        }),
        None => Ok(locale.and_then(named).unwrap_or(Language::English)),
    }
}

/// What `--lang` says. A value that it does not know is refused when the command line is read.
fn asked(arguments: &[OsString]) -> Option<Language> {
    let mut words =
        arguments.iter().skip(1).map_while(|word| word.to_str().filter(|word| *word != "--"));
    while let Some(word) = words.next() {
        match word.strip_prefix("--lang") {
            Some("") => return words.next().and_then(named),
            Some(value) if value.starts_with('=') => return named(&value[1..]),
            _ => {}
        }
    }
    None
}

/// The language of a name such as `fr`, `fr-FR` or `fr_FR.UTF-8`.
fn named(name: &str) -> Option<Language> {
    let code = name.split(['-', '_', '.', '@']).next().unwrap_or_default();
    match code.to_ascii_lowercase().as_str() {
        "en" => Some(Language::English),
        "fr" => Some(Language::French),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(arguments: &[&str], variable: Option<&str>, locale: Option<&str>) -> Language {
        let arguments: Vec<OsString> = arguments.iter().map(Into::into).collect();
        language(&arguments, variable, locale).unwrap()
    }

    #[test]
    fn the_option_comes_before_the_variable_and_that_before_the_locale() {
        use Language::English;
        use Language::French;
        assert_eq!(chosen(&["raccord"], None, None), English);
        assert_eq!(chosen(&["raccord"], None, Some("fr-FR")), French);
        assert_eq!(chosen(&["raccord"], None, Some("de-DE")), English);
        assert_eq!(chosen(&["raccord"], Some("en_GB.UTF-8"), Some("fr-FR")), English);
        assert_eq!(chosen(&["raccord"], Some(""), Some("fr-FR")), French);
        assert_eq!(chosen(&["raccord", "plan", "--lang", "fr"], Some("en"), None), French);
        assert_eq!(chosen(&["raccord", "--lang=en", "plan"], Some("fr"), None), English);
        assert_eq!(chosen(&["raccord", "--", "--lang=fr"], None, None), English);
    }

    #[test]
    fn a_language_that_is_not_spoken_is_refused() {
        let failure = language(&[], Some("de"), None).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert_eq!(failure.message, "`RACCORD_LANG` is `de`");
    }
}
