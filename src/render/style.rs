//! Symbols, words and colours of a change. A symbol never stands without its word, and colour only repeats it.

use anstyle::AnsiColor;
use anstyle::Effects;
use anstyle::Style;

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
) -> (&'static str, &'static str, Style) {
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
pub(crate) fn word(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::AskSupport => "ask support",
        ChangeKind::Create
        | ChangeKind::Update
        | ChangeKind::Replace
        | ChangeKind::Activate
        | ChangeKind::Deactivate
        | ChangeKind::Delete
        | ChangeKind::Adopt
        | ChangeKind::Rotate
        | ChangeKind::Verify
        | ChangeKind::Wait => kind.word(),
    }
}

/// What follows a number of such changes: `3 to create`.
pub(crate) fn counted(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Create => "to create",
        ChangeKind::Update => "to update",
        ChangeKind::Replace => "to replace",
        ChangeKind::Activate => "to activate",
        ChangeKind::Deactivate => "to deactivate",
        ChangeKind::Delete => "to delete",
        ChangeKind::Adopt => "to adopt",
        ChangeKind::Rotate => "to rotate",
        ChangeKind::Verify => "to verify",
        ChangeKind::Wait => "waiting",
        ChangeKind::AskSupport => "to ask support about",
    }
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
