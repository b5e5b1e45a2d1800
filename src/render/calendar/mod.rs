//! Shows what ends when: [`human`] as a table, [`json`] for programs, [`ics`] for calendar programs.

pub(crate) mod human;
pub(crate) mod ics;
pub(crate) mod json;

use crate::plan::calendar::Ends;
use crate::plan::calendar::Entry;
use crate::plan::calendar::Use;

/// How many uses are named where a person reads; a list of an authority can have thousands.
const NAMED: usize = 5;

/// What to do about something that ends.
fn deed(what: &Ends) -> &'static str {
    match what {
        Ends::Certificate(_) => "order the next certificate",
        Ends::Authority(_) => "get a chain that lasts longer from the authority",
        Ends::Validity(..) => "declare a later `validity.until`",
        Ends::Password(..) => "reset the password, as `raccord apply` does from that day on",
        Ends::Overlap(..) => {
            "use the application code of the new sheet everywhere; `raccord apply` deactivates the old one from that day on"
        }
    }
}

/// The first uses in words, and how many more there are.
fn uses(entry: &Entry) -> Vec<String> {
    let mut named: Vec<String> = entry.uses.iter().take(NAMED).map(used).collect();
    if entry.uses.len() > NAMED {
        named.push(format!(
            "and {} more",
            crate::render::words::thousands(entry.uses.len() - NAMED)
        ));
    }
    named
}

/// One use: `ville/edi/g2b server in production`.
fn used(one: &Use) -> String {
    let Use { environment, address, slot } = one;
    match slot {
        Some(slot) => format!("{address} {slot} in {environment}"),
        None => format!("{address} in {environment}"),
    }
}
