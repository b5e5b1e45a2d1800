//! Shows what ends when: [`human`] as a table, [`json`] for programs, [`ics`] for calendar programs.

pub(crate) mod human;
pub(crate) mod ics;
pub(crate) mod json;

use crate::language::tr;
use crate::plan::calendar::Ends;
use crate::plan::calendar::Entry;
use crate::plan::calendar::Use;
use crate::render::words;

/// How many uses are named where a person reads; a list of an authority can have thousands.
const NAMED: usize = 5;

/// What to do about something that ends.
fn deed(what: &Ends) -> String {
    match what {
        Ends::Certificate(_) => tr!("order the next certificate"),
        Ends::Authority(_) => tr!("get a chain that lasts longer from the authority"),
        Ends::Validity(..) => tr!("declare a later `validity.until`"),
        Ends::Password(..) => tr!("reset the password, as `raccord apply` does from that day on"),
        Ends::Overlap(..) => tr!(
            "use the application code of the new sheet everywhere; `raccord apply` deactivates the old one from that day on"
        ),
    }
}

/// The first uses in words, and how many more there are.
fn uses(entry: &Entry) -> Vec<String> {
    let mut named: Vec<String> = entry.uses.iter().take(NAMED).map(used).collect();
    if entry.uses.len() > NAMED {
        named.push(words::and_more(entry.uses.len() - NAMED));
    }
    named
}

/// One use: `ville/edi/g2b server in production`.
fn used(one: &Use) -> String {
    let Use { environment, address, slot } = one;
    if let Some(slot) = slot {
        tr!("{address} {slot} in {environment}", address, slot, environment)
    } else {
        tr!("{address} in {environment}", address, environment)
    }
}
