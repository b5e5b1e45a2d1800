//! Names of sheets, declared and to come.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::rule::REPLACEMENT_NAME_TAKEN;
use crate::diagnostic::rule::SHEET_NAME_TAKEN;
use crate::domain::address::Address;
use crate::domain::edi::SheetKey;
use crate::language::message;
use crate::validate::Input;

/// Names are unique, and the name of a first replacement is free.
pub(crate) fn check(input: &Input<'_>, found: &mut Vec<Diagnostic>) {
    let mut taken: BTreeMap<SheetKey, &Address> = BTreeMap::new();
    for (address, edi) in &input.desired.edi {
        let key = edi.sheet.key();
        if let Some(first) = taken.get(&key) {
            let message = message!(
                "`{address}` and `{first}` have the name `{}` in `{}` for one structure",
                key.name,
                key.exchange_system,
                address,
                first
            );
            found.push(
                input
                    .found(
                        SHEET_NAME_TAKEN,
                        address,
                        "name",
                        message,
                        message!("give one of the two another name"),
                    )
                    .related(input.place(first, "name"), message!("first used here")),
            );
            continue;
        }
        taken.insert(key, address);
    }
    for (address, edi) in &input.desired.edi {
        // Later generations are only reached after this one; the planner sees them with what exists.
        let Some(name) = edi.replacement_name(2) else {
            continue;
        };
        let key = SheetKey { name: name.to_string(), ..edi.sheet.key() };
        let Some(other) = taken.get(&key).filter(|other| **other != address) else {
            continue;
        };
        let message = message!(
            "a replacement of `{address}` would have the name `{name}`, which `{other}` has",
            address,
            name,
            other
        );
        let help = message!(
            "choose another `lifecycle.replacement_name`, or another name for one of the two"
        );
        found.push(
            input
                .found(REPLACEMENT_NAME_TAKEN, address, "name", message, help)
                .related(input.place(other, "name"), message!("taken here")),
        );
    }
}
