//! Values that look random and follow from the seed alone.

use std::fmt::Write as _;

use sha2::Digest as _;
use sha2::Sha256;

/// The 32 bytes that belong to `label` and `number` in the world with this seed.
fn bytes(seed: u64, label: &str, number: u64) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(seed.to_be_bytes());
    hash.update(label.as_bytes());
    hash.update([0]);
    hash.update(number.to_be_bytes());
    hash.finalize().into()
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a text cannot fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}

/// The SHA-256 of `bytes`, in hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// Thirty-two hexadecimal digits: the form of the register's identifiers (`docs/sources.md` 7).
pub(crate) fn identifier(seed: u64, label: &str, number: u64) -> String {
    hexadecimal(&bytes(seed, label, number)[..16])
}

/// A password of sixteen characters, with letters, digits and a sign.
///
/// Length and alphabet of the real ones are not known. No character needs quoting anywhere.
pub(crate) fn password(seed: u64, label: &str, number: u64) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    let random = bytes(seed, label, number);
    let mut text: String = random[..15]
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()]))
        .collect();
    text.insert(7, '-');
    text
}

/// The application code with this number, counted from 0: `AAA001` to `AAA999`, then `AAB001`.
///
/// The form is the official one, `AAA999` (`docs/sources.md` 1); the order is the simulator's own.
pub(crate) fn application_code(number: u64) -> String {
    let letter = |power: u32| {
        let index = number / 999 / 26_u64.pow(power) % 26;
        u8::try_from(index).map_or('A', |index| char::from(b'A' + index))
    };
    format!("{}{}{}{:03}", letter(2), letter(1), letter(0), number % 999 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn application_codes_keep_their_form_beyond_the_first_thousand() {
        let codes: Vec<_> = [0, 998, 999, 999 * 26].map(application_code).to_vec();
        assert_eq!(codes, ["AAA001", "AAA999", "AAB001", "ABA001"]);
    }

    #[test]
    fn another_seed_gives_other_secrets() {
        assert_eq!(password(1, "x", 2), password(1, "x", 2));
        assert_ne!(password(1, "x", 2), password(2, "x", 2));
        assert_ne!(password(1, "x", 2), password(1, "x", 3));
        assert_eq!(password(1, "x", 2).chars().count(), 16);
    }
}
