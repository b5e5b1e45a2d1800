//! Names of entities and keys of resources, made of what things are called at Chorus Pro.

use std::collections::BTreeSet;

use crate::domain::value::folded;

/// The longest name that is made; the rest is left for what makes it unique.
const LONGEST: usize = 60;

/// A name as an address can hold it: small letters without accents, digits, and `-` for everything else.
pub(crate) fn plain(text: &str) -> String {
    let mut name = String::new();
    for c in folded(text).chars() {
        if c.is_ascii_alphanumeric() {
            name.push(c);
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    name.truncate(LONGEST);
    name.truncate(name.trim_end_matches('-').len());
    name
}

/// The key of a resource: its own name without that of its entity, `otherwise` where nothing is left.
pub(crate) fn key(text: &str, entity: &str, otherwise: &str) -> String {
    let whole = plain(text);
    let rest = whole.strip_prefix(entity).and_then(|rest| rest.strip_prefix('-'));
    let key = rest.unwrap_or(&whole);
    if key.is_empty() { otherwise.to_owned() } else { key.to_owned() }
}

/// Gives each key once: the second one ends in `-2`.
#[derive(Default)]
pub(crate) struct Keys(BTreeSet<String>);

impl Keys {
    /// Takes a key, or the next one like it.
    pub(crate) fn take(&mut self, wanted: &str) -> String {
        let mut key = wanted.to_owned();
        let mut number = 2;
        while !self.0.insert(key.clone()) {
            key = format!("{wanted}-{number}");
            number += 1;
        }
        key
    }
}
