//! Validity of sheets.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::rule::VALIDITY_OVER;
use crate::diagnostic::rule::VALIDITY_REVERSED;
use crate::language::message;
use crate::validate::Input;

/// A validity has its days in order, and is not over.
pub(crate) fn check(input: &Input<'_>, found: &mut Vec<Diagnostic>) {
    for (address, edi) in &input.desired.edi {
        let validity = edi.sheet.settings.validity;
        if validity.until < validity.from {
            let message = message!(
                "validity ends on {}, before it begins on {}",
                validity.until,
                validity.from
            );
            found.push(
                input
                    .found(
                        VALIDITY_REVERSED,
                        address,
                        "validity.until",
                        message,
                        message!("write the later day as `until`"),
                    )
                    .related(input.place(address, "validity.from"), message!("begins here")),
            );
        } else if validity.until < input.as_of && edi.active {
            let message = message!("validity of `{address}` ended on {}", validity.until, address);
            let help = message!("extend `validity.until`, or write `active: false`");
            found.push(input.found(VALIDITY_OVER, address, "validity.until", message, help));
        }
    }
}
