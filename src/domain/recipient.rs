//! `Recipient`: a public key that passwords are encrypted for.

use std::fmt;

use crate::domain::value::ValueFault;
use crate::language::marked;

/// A public key of age, `age1…` (X25519).
///
/// Source: <https://age-encryption.org/v1>, "The X25519 recipient type".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Recipient(age::x25519::Recipient);

impl Recipient {
    /// Reads a public key. The checksum in it tells a typing error.
    pub(crate) fn parse(text: &str) -> Result<Self, ValueFault> {
        text.parse().map(Self).map_err(|_| {
            ValueFault::new(
                format!("`{text}`"),
                marked!("a public key of age, `age1` and 58 characters"),
            )
        })
    }

    /// The key, for encryption.
    pub(crate) fn as_age(&self) -> &dyn age::Recipient {
        &self.0
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From age's README.
    const KEY: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

    #[test]
    fn a_public_key_is_read_with_its_checksum() {
        assert_eq!(Recipient::parse(KEY).unwrap().to_string(), KEY);
        let mistyped = KEY.replace("ql3z", "ql3x");
        for text in ["", "age1", "age1yubikey1qwt50d05nh5v", &mistyped, &format!("{KEY} ")] {
            assert!(Recipient::parse(text).is_err(), "{text}");
        }
    }
}
