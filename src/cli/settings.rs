//! `Settings`: arguments, environment, terminal and clock, read once. Nothing else reads them.

use std::ffi::OsString;
use std::io::IsTerminal as _;

use jiff::SignedDuration;
use jiff::Timestamp;

use crate::cli::args::Format;
use crate::cli::args::GlobalArgs;
use crate::cli::args::LogFormat;
use crate::cli::args::When;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::speaking;
use crate::language::Language;
use crate::language::message;
use crate::render::style::Colour;

/// Everything about a run that is not its command.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The environment that was asked for.
    pub(crate) environment: Option<String>,
    /// The form of results.
    pub(crate) format: Format,
    /// Colours on standard output.
    pub(crate) colour: Colour,
    /// Colours on standard error.
    pub(crate) error_colour: Colour,
    /// Whether bars are drawn on standard error.
    pub(crate) has_bars: bool,
    /// Results and errors only.
    pub(crate) quiet: bool,
    /// How often `-v` was given.
    pub(crate) verbose: u8,
    /// The form of the log.
    pub(crate) log_format: LogFormat,
    /// The filter of `RACCORD_LOG`.
    pub(crate) log_filter: Option<String>,
    /// Whether someone can answer a question.
    pub(crate) can_ask: bool,
    /// How far our clock is from the machine's; zero but in tests.
    pub(crate) clock_offset: SignedDuration,
}

/// The language that this run speaks.
pub(crate) fn language(arguments: &[OsString]) -> Result<Language, Failure> {
    speaking::language(arguments, variable("RACCORD_LANG")?.as_deref(), locale().as_deref())
}

/// The locale of whoever runs this. As everywhere, `C` means English, whatever else is preferred.
fn locale() -> Option<String> {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"].map(|name| variable(name).ok().flatten());
    let chosen = names.into_iter().flatten().next();
    let is_c = chosen
        .is_some_and(|value| ["C", "POSIX"].contains(&value.split('.').next().unwrap_or_default()));
    if is_c { None } else { sys_locale::get_locale() }
}

impl Settings {
    /// Reads arguments, environment and terminal.
    pub(crate) fn read(global: &GlobalArgs) -> Result<Self, Failure> {
        // The language was chosen before the arguments were read.
        let GlobalArgs { environment, format, color, lang: _, quiet, verbose, log_format } = global;
        // Escape sequences have no place in JSON.
        let error_colour = match log_format {
            LogFormat::Human => colour(*color, std::io::stderr().is_terminal()),
            LogFormat::Json => Colour::Off,
        };
        let is_dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        let has_bars = std::io::stderr().is_terminal()
            && !is_dumb
            && !*quiet
            && *log_format == LogFormat::Human;
        Ok(Self {
            has_bars,
            environment: environment.clone(),
            format: *format,
            colour: colour(*color, std::io::stdout().is_terminal()),
            error_colour,
            quiet: *quiet,
            verbose: *verbose,
            log_format: *log_format,
            log_filter: variable("RACCORD_LOG")?,
            can_ask: std::io::stdin().is_terminal(),
            clock_offset: clock_offset()?,
        })
    }

    /// The moment it is.
    pub(crate) fn now(&self) -> Timestamp {
        machine_now().checked_add(self.clock_offset).unwrap_or(Timestamp::MAX)
    }
}

/// Whether colours are wanted: asked for, or on a terminal that has them. See <https://no-color.org>.
fn colour(when: When, is_terminal: bool) -> Colour {
    let forbidden = || {
        std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|value| value == "dumb")
    };
    match when {
        When::Always => Colour::On,
        When::Auto if is_terminal && !forbidden() => Colour::On,
        When::Auto | When::Never => Colour::Off,
    }
}

/// An environment variable; `None` when it is not set or empty.
pub(crate) fn variable(name: &str) -> Result<Option<String>, Failure> {
    match std::env::var_os(name).map(OsString::into_string) {
        None => Ok(None),
        Some(Ok(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
        Some(Err(_)) => Err(Failure::new(
            Exit::Usage,
            message!("the environment variable `{name}` is not UTF-8", name),
        )),
    }
}

/// `RACCORD_NOW` is meant for tests: the clock begins there and runs on.
fn clock_offset() -> Result<SignedDuration, Failure> {
    let Some(text) = variable("RACCORD_NOW")? else { return Ok(SignedDuration::ZERO) };
    let then: Timestamp = text.parse().map_err(|_| {
        let message = message!("found `{text}` in `RACCORD_NOW`, expected a moment, for example `2026-12-01T10:00:00Z`", text);
        Failure::new(Exit::Usage, message)
    })?;
    Ok(then.duration_since(machine_now()))
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn machine_now() -> Timestamp {
    Timestamp::now()
}
