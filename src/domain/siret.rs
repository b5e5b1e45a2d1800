//! `Siret`: the fourteen digits that identify one establishment.

use std::fmt;

use serde::Deserialize;
use serde::Serialize;
use thiserror::Error;

use crate::language::Message;
use crate::language::message;
use crate::language::tr;

/// Fourteen digits.
///
/// Holding one proves the form, not the checksum: the qualification environment of Chorus Pro uses
/// numbers whose checksum fails, and the production directory holds some too
/// (`docs/sources.md` 7). Ask [`Siret::checksum_matches`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Siret([u8; 14]);

/// A SIRET and what was tidied away while reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ReadSiret {
    /// The number.
    pub(crate) siret: Siret,
    /// Whether spaces, dots or look-alike digits were replaced.
    pub(crate) tidied: bool,
}

/// Why a text is no SIRET.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum SiretFault {
    /// Nothing there.
    #[error("{}", tr!("found nothing, expected a SIRET of 14 digits"))]
    Empty,
    /// A spreadsheet turned the number into scientific notation; its last digits are gone.
    #[error("{}", tr!("found `{text}`, a number that a spreadsheet rounded; its last digits are lost", text = .0))]
    Scientific(String),
    /// A spreadsheet added decimals.
    #[error("{}", tr!("found `{text}`, a number with decimals, expected a SIRET of 14 digits", text = .0))]
    Decimal(String),
    /// Characters that are no digits.
    #[error("{}", tr!("found `{text}`, expected 14 digits", text = .0))]
    Format(String),
    /// Not fourteen digits.
    #[error("{}", tr!("found {found} digits in `{text}`, expected 14", found = .found, text = .text))]
    Length {
        /// What was written.
        text: String,
        /// How many digits it has.
        found: usize,
    },
}

impl SiretFault {
    /// What the reader can do.
    pub(crate) fn help(&self) -> Message {
        match self {
            Self::Empty => message!("write the SIRET of the structure, between quotes"),
            Self::Scientific(_) => {
                message!(
                    "copy the number again from the source; in the spreadsheet, format the column as text first"
                )
            }
            Self::Decimal(_) => {
                message!("format the column as text in the spreadsheet and copy the number again")
            }
            Self::Format(_) => message!(
                "copy the 14 digits again from the SIRENE register, and write them between double quotes"
            ),
            Self::Length { text, found: 15 } => {
                let candidate = clean(text).0.split_off(1);
                match Siret::parse(&candidate) {
                    Ok(read)
                        if text.trim_start().starts_with('0') && read.siret.checksum_matches() =>
                    {
                        message!("there is a zero too many: is it `{candidate}`?", candidate)
                    }
                    _ => message!(
                        "there is a digit too many: copy the number again from the SIRENE register"
                    ),
                }
            }
            Self::Length { text, found: 13 } => {
                // A 13-digit value may be a lost zero or a lost digit: show the candidate, never repair.
                let candidate = format!("0{}", clean(text).0);
                match Siret::parse(&candidate) {
                    Ok(read) if read.siret.checksum_matches() => {
                        message!(
                            "a spreadsheet may have eaten a leading zero: is it `{candidate}`?",
                            candidate
                        )
                    }
                    _ => message!(
                        "a digit is missing: copy the number again from the SIRENE register"
                    ),
                }
            }
            Self::Length { found: 9, .. } => {
                message!(
                    "this is the length of a SIREN: add the five digits of the establishment (NIC)"
                )
            }
            Self::Length { .. } => message!("copy the number again from the SIRENE register"),
        }
    }
}

/// Removes spaces and dots and turns full-width digits into plain ones; says whether it changed anything.
fn clean(text: &str) -> (String, bool) {
    let mut tidied = false;
    let digits = text
        .chars()
        .filter_map(|c| match c {
            c if c.is_whitespace() || matches!(c, '.' | '\u{200b}' | '\u{feff}') => {
                tidied = true;
                None
            }
            '\u{ff10}'..='\u{ff19}' => {
                tidied = true;
                char::from_digit(u32::from(c) - 0xff10, 10)
            }
            c => Some(c),
        })
        .collect();
    (digits, tidied)
}

impl Siret {
    /// Reads a SIRET as people write it: spaces, no-break spaces and dots are accepted and told.
    pub(crate) fn parse(text: &str) -> Result<ReadSiret, SiretFault> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(SiretFault::Empty);
        }
        let lower = trimmed.to_ascii_lowercase();
        if let Some((mantissa, exponent)) = lower.split_once('e')
            && mantissa.starts_with(|c: char| c.is_ascii_digit())
            && mantissa.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
            && exponent.trim_start_matches(['+', '-']).chars().all(|c| c.is_ascii_digit())
        {
            return Err(SiretFault::Scientific(trimmed.to_owned()));
        }
        if let Some((whole, decimals)) = trimmed.split_once(['.', ','])
            && whole.len() >= 12
            && whole.chars().all(|c| c.is_ascii_digit())
            && !decimals.is_empty()
            && decimals.chars().all(|c| c == '0')
        {
            return Err(SiretFault::Decimal(trimmed.to_owned()));
        }
        let (digits, tidied) = clean(text);
        if digits.is_empty() || !digits.chars().all(|c| c.is_ascii_digit()) {
            return Err(SiretFault::Format(trimmed.to_owned()));
        }
        let found = digits.len();
        let bytes: [u8; 14] = digits
            .into_bytes()
            .try_into()
            .map_err(|_| SiretFault::Length { text: trimmed.to_owned(), found })?;
        Ok(ReadSiret { siret: Self(bytes), tidied })
    }

    /// The fourteen digits.
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The first nine digits: the legal unit.
    pub(crate) fn siren(&self) -> &str {
        &self.as_str()[..9]
    }

    /// Whether the checksum is right.
    ///
    /// SIREN and SIRET both carry a Luhn key. La Poste (SIREN 356000000) has more establishments than
    /// Luhn can number: except its head office, the plain sum of digits is a multiple of five.
    /// Source: `docs/sources.md` 7; python-stdnum `fr.siret` (behaviour compared, no code taken).
    pub(crate) fn checksum_matches(&self) -> bool {
        if self.siren() == "356000000" && self.as_str() != "35600000000048" {
            return self.digits().sum::<u32>().is_multiple_of(5);
        }
        luhn(self.0[..9].iter()) && luhn(self.0.iter())
    }

    fn digits(&self) -> impl Iterator<Item = u32> {
        self.0.iter().map(|digit| u32::from(digit - b'0'))
    }
}

/// Whether the checksum of a SIREN is right; `false` for what is no row of nine digits.
pub(crate) fn siren_checksum_matches(siren: &str) -> bool {
    siren.len() == 9
        && siren.bytes().all(|byte| byte.is_ascii_digit())
        && luhn(siren.as_bytes().iter())
}

/// Whether a number satisfies the Luhn formula.
fn luhn<'a>(digits: impl DoubleEndedIterator<Item = &'a u8>) -> bool {
    let sum: u32 = digits
        .rev()
        .enumerate()
        .map(|(position, digit)| {
            let digit = u32::from(digit - b'0');
            match position % 2 {
                0 => digit,
                _ if digit > 4 => digit * 2 - 9,
                _ => digit * 2,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

impl fmt::Display for Siret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Siret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Siret {
    type Error = SiretFault;

    fn try_from(text: String) -> Result<Self, SiretFault> {
        Self::parse(&text).map(|read| read.siret)
    }
}

impl From<Siret> for String {
    fn from(siret: Siret) -> Self {
        siret.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(text: &str) -> bool {
        Siret::parse(text).unwrap().siret.checksum_matches()
    }

    #[test]
    fn checksums_are_luhn_on_siren_and_siret() {
        assert!(matches("73282932000074"));
        assert!(matches("12345678200028"));
        assert!(!matches("73282932000079"));
        // Accepted by the qualification environment although the key is wrong.
        assert!(!matches("73442027438548"));
    }

    #[test]
    fn la_poste_sums_its_digits_except_at_its_head_office() {
        assert!(matches("35600000049837"));
        assert!(matches("356 000 000 09075"));
        assert!(matches("35600000000048"));
        assert!(!matches("35600000049838"));
    }

    #[test]
    fn spaces_dots_and_wide_digits_are_accepted_and_told() {
        for text in [
            "732 829 320 00074",
            "732.829.320.00074",
            "732\u{a0}829\u{202f}320 00074",
            "７３２82932000074",
        ] {
            let read = Siret::parse(text).unwrap();
            assert_eq!(read.siret.as_str(), "73282932000074");
            assert!(read.tidied, "{text}");
        }
        assert!(!Siret::parse("73282932000074").unwrap().tidied);
    }

    #[test]
    fn what_a_spreadsheet_destroyed_is_refused_with_the_reason() {
        assert!(matches!(Siret::parse("2,10104E+13"), Err(SiretFault::Scientific(_))));
        assert!(matches!(Siret::parse("7.3282932000074e13"), Err(SiretFault::Scientific(_))));
        assert!(matches!(Siret::parse("21350126500010.0"), Err(SiretFault::Decimal(_))));
        assert!(matches!(Siret::parse("MONACOCONFO001"), Err(SiretFault::Format(_))));
        assert!(matches!(Siret::parse("3473816260014"), Err(SiretFault::Length { found: 13, .. })));
        assert!(matches!(Siret::parse(" "), Err(SiretFault::Empty)));
    }

    #[test]
    fn a_lost_leading_zero_is_shown_never_repaired() {
        // 05781313100026 is valid; a spreadsheet drops its zero.
        let fault = Siret::parse("5781313100026").unwrap_err();
        assert!(fault.help().contains("`05781313100026`"), "{}", fault.help());
        let fault = Siret::parse("3473816260014").unwrap_err();
        assert!(!fault.help().contains('`'), "{}", fault.help());
    }
}
