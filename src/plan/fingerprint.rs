//! Identifies what was decided. A saved plan runs only when planning again gives the same fingerprint.

use sha2::Digest as _;
use sha2::Sha256;

use crate::language::Message;
use crate::plan::change::Action;
use crate::plan::change::Change;
use crate::plan::change::Step;
use crate::plan::input::PlanInput;

/// The SHA-256, in hexadecimal digits, of environment, day, reasons and steps.
///
/// The reasons carry what was found, the requests carry what was declared: a change on either side shows.
pub(crate) fn of(input: &PlanInput<'_>, changes: &[Change]) -> String {
    let mut hash = Sha256::new();
    let mut put = |text: &str| {
        hash.update(text.len().to_be_bytes());
        hash.update(text.as_bytes());
    };
    put(input.environment);
    put(&input.as_of.to_string());
    for change in changes {
        put(&change.address.to_string());
        put(change.change.word());
        put(english(change.blocked.as_ref()));
        for because in &change.because {
            put(&because.field);
            put(english(because.before.as_ref()));
            put(english(because.after.as_ref()));
        }
        for Step { id, address: _, does: _, action, needs, channel, due } in &change.steps {
            put(id);
            put(&format!("{channel} {due:?}"));
            for need in needs {
                put(need);
            }
            match action {
                Action::Send { request, making } => {
                    put(&serde_json::to_string(request).unwrap_or_default());
                    put(&serde_json::to_string(making).unwrap_or_default());
                }
                Action::Wait { .. }
                | Action::Look { .. }
                | Action::Adopt { .. }
                | Action::Move { .. }
                | Action::Forget => {
                    put(&format!("{action:?}"));
                }
            }
        }
    }
    hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        use std::fmt::Write as _;
        // Writing to a string can't fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}

/// What was decided does not depend on the language in which it is told.
fn english(message: Option<&Message>) -> &str {
    message.map(Message::english).unwrap_or_default()
}
