//! `Failure`: why a command could not do what was asked, told once, at the end.

use std::error::Error;

use crate::cli::exit::Exit;
use crate::language::Message;
use crate::language::said;
use crate::language::tr;
use crate::render::style;
use crate::render::style::Colour;
use crate::render::words::harmless;

/// Why a command ended early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// How the run ends.
    pub(crate) exit: Exit,
    /// What could not be done; empty when everything was said already.
    pub(crate) message: Message,
    /// The causes, outermost first.
    pub(crate) causes: Vec<Message>,
    /// What to do.
    pub(crate) help: Option<Message>,
}

impl Failure {
    /// A failure with a message.
    pub(crate) fn new(exit: Exit, message: impl Into<Message>) -> Self {
        Self { exit, message: message.into(), causes: Vec::new(), help: None }
    }

    /// Adds an error and its own causes.
    #[must_use]
    pub(crate) fn because(mut self, error: &(dyn Error + 'static)) -> Self {
        let mut cause = Some(error);
        while let Some(error) = cause {
            self.causes.push(Message::of(|| said(error)));
            cause = error.source();
        }
        self
    }

    /// Says what to do.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<Message>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The text for standard error; empty when everything was said already.
    pub(crate) fn text(&self, colour: Colour) -> String {
        let Self { exit: _, message, causes, help } = self;
        let mut text = String::new();
        if message.is_empty() {
            return text;
        }
        let title = colour.paint(style::RED.effects(anstyle::Effects::BOLD), &tr!("error"));
        text.push_str(&tr!("{title}: {message}\n", title, message = harmless(message)));
        for cause in causes {
            text.push_str(&tr!("  caused by: {cause}\n", cause = harmless(cause)));
        }
        if let Some(help) = help {
            text.push_str(&tr!("  help: {help}\n", help = harmless(help)));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_of_causes_is_told_once() {
        let inner = std::io::Error::other("disk full");
        let failure = Failure::new(Exit::Failed, "could not write `plan.json`")
            .because(&inner)
            .help("free some space");
        insta::assert_snapshot!(failure.text(Colour::Off), @r"
        error: could not write `plan.json`
          caused by: disk full
          help: free some space
        ");
    }
}
