//! `Key`: what rows of tables are compared by.

use crate::config::source::cells::bare;
use crate::domain::siret::Siret;

/// A SIRET by its digits, anything else as it is written. Two cells are one key when both are one SIRET, however it
/// is written, or one text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key(String);

impl Key {
    /// The key in a cell; nothing when it is empty.
    pub(crate) fn of(cell: &str) -> Option<Self> {
        let text = bare(cell);
        if text.is_empty() {
            return None;
        }
        let siret = Siret::parse(text).map(|read| read.siret.as_str().to_owned());
        Some(Self(siret.unwrap_or_else(|_| text.to_owned())))
    }

    /// Its text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_siret_is_one_key_however_it_is_written() {
        let key = |text| Key::of(text).map(|key| key.as_str().to_owned());
        assert_eq!(key("732 829 320 00074"), key("732.829.320.00074\u{a0}"));
        assert_ne!(key("A 1"), key("A1"));
        assert_eq!(key(" \u{a0}"), None);
    }
}
