//! Symbols, words and colours of a change. A symbol never stands without its word, and colour only repeats it.

use std::borrow::Cow;

use anstyle::AnsiColor;
use anstyle::Effects;
use anstyle::Style;

use crate::language;
use crate::language::marked;
use crate::plan::change::ChangeKind;

/// Whether a text carries colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colour {
    /// Plain text.
    Off,
    /// ANSI escape sequences.
    On,
}

/// For titles and last lines.
pub(crate) const STRONG: Style = Style::new().effects(Effects::BOLD);
/// For what matters less: channels, steps, notes.
pub(crate) const FAINT: Style = Style::new().effects(Effects::DIMMED);
/// For what is made.
pub(crate) const GREEN: Style = AnsiColor::Green.on_default();
/// For what is changed, or waits.
pub(crate) const YELLOW: Style = AnsiColor::Yellow.on_default();
/// For what goes, or cannot be done.
pub(crate) const RED: Style = AnsiColor::Red.on_default();
/// For what only the ledger notes, or a person has to do.
pub(crate) const CYAN: Style = AnsiColor::Cyan.on_default();

impl Colour {
    /// `text` in `style`.
    pub(crate) fn paint(self, style: Style, text: &str) -> String {
        match self {
            Self::Off => text.to_owned(),
            Self::On => format!("{style}{text}{style:#}"),
        }
    }
}

/// Symbol, word and colour of a change; what is blocked has the symbol of that, and keeps its word.
pub(crate) fn of_change(
    change: ChangeKind,
    is_blocked: bool,
) -> (&'static str, Cow<'static, str>, Style) {
    let word = word(change);
    if is_blocked {
        return ("x", word, RED);
    }
    match change {
        ChangeKind::Create => ("+", word, GREEN),
        ChangeKind::Update | ChangeKind::Activate | ChangeKind::Rotate => ("~", word, YELLOW),
        ChangeKind::Replace => ("-/+", word, YELLOW),
        ChangeKind::Deactivate | ChangeKind::Delete => ("-", word, RED),
        ChangeKind::Adopt => ("=>", word, CYAN),
        ChangeKind::Wait => (">>", word, YELLOW),
        ChangeKind::Verify | ChangeKind::AskSupport => ("!", word, CYAN),
    }
}

/// The word that a person reads.
pub(crate) fn word(kind: ChangeKind) -> Cow<'static, str> {
    language::translated(match kind {
        ChangeKind::Create => marked!("create"),
        ChangeKind::Update => marked!("update"),
        ChangeKind::Replace => marked!("replace"),
        ChangeKind::Activate => marked!("activate"),
        ChangeKind::Deactivate => marked!("deactivate"),
        ChangeKind::Delete => marked!("delete"),
        ChangeKind::Adopt => marked!("adopt"),
        ChangeKind::Rotate => marked!("rotate"),
        ChangeKind::Verify => marked!("verify"),
        ChangeKind::Wait => marked!("wait"),
        ChangeKind::AskSupport => marked!("ask support"),
    })
}

/// What follows a number of such changes: `3 to create`.
pub(crate) fn counted(kind: ChangeKind) -> Cow<'static, str> {
    language::translated(match kind {
        ChangeKind::Create => marked!("to create"),
        ChangeKind::Update => marked!("to update"),
        ChangeKind::Replace => marked!("to replace"),
        ChangeKind::Activate => marked!("to activate"),
        ChangeKind::Deactivate => marked!("to deactivate"),
        ChangeKind::Delete => marked!("to delete"),
        ChangeKind::Adopt => marked!("to adopt"),
        ChangeKind::Rotate => marked!("to rotate"),
        ChangeKind::Verify => marked!("to verify"),
        ChangeKind::Wait => marked!("waiting"),
        ChangeKind::AskSupport => marked!("to ask support about"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_wraps_the_same_text() {
        assert_eq!(Colour::Off.paint(GREEN, "create"), "create");
        assert_eq!(Colour::On.paint(GREEN, "create"), "\u{1b}[32mcreate\u{1b}[0m");
    }
}
