//! Small values, each checked when made. A fault says what was found and what is expected.

use std::fmt;
use std::net::IpAddr;

use serde::Deserialize;
use serde::Serialize;
use thiserror::Error;

use crate::language::Message;
use crate::language::marked;
use crate::language::message;
use crate::language::tr;
use crate::language::translated;

/// Why a text is not the value that was expected.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}", tr!("found {found}, expected {expected}", found = .found, expected = .expected))]
pub(crate) struct ValueFault {
    /// What was written, between backticks, or its length.
    pub(crate) found: Message,
    /// What would have been right.
    pub(crate) expected: Expected,
}

impl ValueFault {
    /// A fault of a text that may be shown.
    pub(crate) fn of(text: &str, expected: &'static str) -> Self {
        let found = if text.is_empty() {
            message!("of a value" => "nothing")
        } else {
            format!("`{text}`").into()
        };
        Self::new(found, expected)
    }

    /// A fault of a text that is not shown, or not alone. `expected` is marked as a text.
    pub(crate) fn new(found: impl Into<Message>, expected: &'static str) -> Self {
        Self { found: found.into(), expected: Expected(expected) }
    }
}

/// What would have been right, a text of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Expected(&'static str);

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&translated(self.0))
    }
}

/// A text in lower case and without accents: what two words are compared by.
pub(crate) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        folded.push_str(match c {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => "a",
            'ç' => "c",
            'è' | 'é' | 'ê' | 'ë' => "e",
            'ì' | 'í' | 'î' | 'ï' => "i",
            'ñ' => "n",
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' => "o",
            'ù' | 'ú' | 'û' | 'ü' => "u",
            'ý' | 'ÿ' => "y",
            'æ' => "ae",
            'œ' => "oe",
            // A mark that stands beside its letter.
            '\u{300}'..='\u{36f}' => continue,
            c => {
                folded.push(c);
                continue;
            }
        });
    }
    folded
}

/// Declares a text that is checked by its `check` function when made.
macro_rules! checked_text {
    ($(#[$meta:meta])* $name:ident, $check:path) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub(crate) struct $name(String);

        impl $name {
            /// Checks a text and keeps it.
            pub(crate) fn parse(text: &str) -> Result<Self, ValueFault> {
                $check(text).map(Self)
            }

            /// The text.
            pub(crate) fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = ValueFault;

            fn try_from(text: String) -> Result<Self, ValueFault> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

checked_text! {
    /// The name of an EDI sheet: 1 to 100 characters, no control characters, no blanks at its ends.
    ///
    /// Source: AIFE's deck, «Afficher le récapitulatif des données» (100 characters, not modifiable,
    /// unique for an exchange system and a structure).
    SheetName, check_sheet_name
}
checked_text! {
    /// A code of the interface catalogue: three letters, four digits, one letter (`FSO1100A`).
    ///
    /// Source: `docs/sources.md` 9.
    InterfaceCode, check_interface_code
}
checked_text! {
    /// An e-mail address: one `@`, something before it, a dotted domain after it, no blanks.
    Email, check_email
}
checked_text! {
    /// A telephone number in E.164 form: `+` and 8 to 15 digits. The French national form is accepted and turned.
    Phone, check_phone
}
checked_text! {
    /// The SHA-256 of a certificate, as 64 lower-case hexadecimal digits.
    Fingerprint, check_fingerprint
}
checked_text! {
    /// An object identifier, in digits and dots.
    Oid, check_oid
}
checked_text! {
    /// The name of a PISTE application; its case matters (AIFE's deck, «Créer un raccordement API»).
    PisteApplication, check_line
}
checked_text! {
    /// A short text on one line, not empty.
    Line, check_line
}

/// The longest name of an EDI sheet, in characters.
pub(crate) const SHEET_NAME_MAX: usize = 100;

fn check_sheet_name(text: &str) -> Result<String, ValueFault> {
    let length = text.chars().count();
    if length > SHEET_NAME_MAX {
        return Err(ValueFault::new(
            message!("{length} characters", length),
            marked!("a name of at most 100 characters"),
        ));
    }
    check_line(text)
}

fn check_line(text: &str) -> Result<String, ValueFault> {
    if text.trim().is_empty() {
        return Err(ValueFault::new(message!("of a value" => "nothing"), marked!("a text")));
    }
    if text.trim() != text {
        return Err(ValueFault::of(text, marked!("no blank at the beginning or the end")));
    }
    if text.chars().any(char::is_control) {
        return Err(ValueFault::new(
            message!("a control character"),
            marked!("a text on one line"),
        ));
    }
    Ok(text.to_owned())
}

fn check_interface_code(text: &str) -> Result<String, ValueFault> {
    let bytes = text.as_bytes();
    let fits = bytes.len() == 8
        && bytes[..3].iter().all(u8::is_ascii_uppercase)
        && bytes[3..7].iter().all(u8::is_ascii_digit)
        && bytes[7].is_ascii_uppercase();
    if fits {
        Ok(text.to_owned())
    } else {
        Err(ValueFault::of(
            text,
            marked!("three capitals, four digits and one capital, for example `FSO1100A`"),
        ))
    }
}

fn check_email(text: &str) -> Result<String, ValueFault> {
    let fits = text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            // What RFC 5322 (3.2.3) keeps for lists, names and comments.
            && !local.contains([',', ';', ':', '<', '>', '(', ')', '[', ']', '"', '\\'])
            && !domain.contains('@')
            && domain.split('.').count() >= 2
            && domain.split('.').all(|label| {
                !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            })
    }) && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    if fits {
        Ok(text.to_owned())
    } else {
        Err(ValueFault::of(text, marked!("an e-mail address, for example `name@ville.example`")))
    }
}

fn check_phone(text: &str) -> Result<String, ValueFault> {
    let compact: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-' | '(' | ')'))
        .collect();
    let international = match compact.strip_prefix("00") {
        Some(rest) => format!("+{rest}"),
        None => match compact.strip_prefix('0') {
            // The French national form has ten digits.
            Some(rest) if rest.len() == 9 => format!("+33{rest}"),
            _ => compact,
        },
    };
    let fits = international.strip_prefix('+').is_some_and(|digits| {
        (8..=15).contains(&digits.len())
            && digits.chars().all(|c| c.is_ascii_digit())
            && !digits.starts_with('0')
            // France: nine digits after its own two.
            && (!digits.starts_with("33") || digits.len() == 11)
    });
    if fits {
        Ok(international)
    } else {
        Err(ValueFault::of(
            text,
            marked!("a telephone number, for example `+33123456789` or `01 23 45 67 89`"),
        ))
    }
}

fn check_oid(text: &str) -> Result<String, ValueFault> {
    let text = text.trim();
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let begins = matches!(text.split('.').next(), Some("0" | "1" | "2"));
    if begins && text.contains('.') && text.split('.').all(is_number) {
        Ok(text.to_owned())
    } else {
        Err(ValueFault::of(
            text,
            marked!(
                "an object identifier in digits and dots, for example `1.2.250.1.177.2.5.1.1.1`"
            ),
        ))
    }
}

fn check_fingerprint(text: &str) -> Result<String, ValueFault> {
    if text.len() == 64 && text.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c)) {
        Ok(text.to_owned())
    } else {
        Err(ValueFault::of(text, marked!("64 hexadecimal digits")))
    }
}

impl Fingerprint {
    /// The first twelve digits, enough for a person to recognise it.
    pub(crate) fn short(&self) -> &str {
        &self.0[..12]
    }
}

/// An IP address of a partner's server (AIFE's deck, «Renseigner le certificat»).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct ServerIp(IpAddr);

impl ServerIp {
    /// Reads an IPv4 or IPv6 address.
    pub(crate) fn parse(text: &str) -> Result<Self, ValueFault> {
        text.parse()
            .map(Self)
            .map_err(|_| ValueFault::of(text, marked!("an IP address, for example `192.0.2.10`")))
    }
}

impl fmt::Display for ServerIp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A port, 1 to 65535.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Port(u16);

impl Port {
    /// Reads a port.
    pub(crate) fn parse(text: &str) -> Result<Self, ValueFault> {
        match text.parse::<u16>() {
            Ok(port) if port > 0 && !text.starts_with('+') => Ok(Self(port)),
            _ => Err(ValueFault::of(text, marked!("a port from 1 to 65535"))),
        }
    }

    /// The number.
    pub(crate) fn number(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An absolute `http` or `https` URL with a host and without credentials.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct WebUrl(url::Url);

impl WebUrl {
    /// Reads a URL. Credentials inside it are refused: a secret is only ever a reference.
    pub(crate) fn parse(text: &str) -> Result<Self, ValueFault> {
        let url = url::Url::parse(text).map_err(|_| {
            ValueFault::of(text, marked!("a URL, for example `https://as2.ville.example/in`"))
        })?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(ValueFault::of(
                text,
                marked!("a URL that begins with `https://` or `http://`"),
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ValueFault::new(
                message!("a URL with a user or a password in it"),
                marked!("a URL without credentials"),
            ));
        }
        Ok(Self(url))
    }

    /// The text of the URL.
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl TryFrom<String> for WebUrl {
    type Error = ValueFault;

    fn try_from(text: String) -> Result<Self, ValueFault> {
        Self::parse(&text)
    }
}

impl From<WebUrl> for String {
    fn from(url: WebUrl) -> Self {
        url.0.into()
    }
}

/// Reads a calendar day written `2026-12-01`.
pub(crate) fn parse_date(text: &str) -> Result<jiff::civil::Date, ValueFault> {
    let fault =
        || ValueFault::of(text, marked!("a day written year-month-day, for example `2026-12-01`"));
    // Only the one form that no reader mistakes: jiff alone would accept `20261201` too.
    if text.len() != 10 || text.as_bytes()[4] != b'-' || text.as_bytes()[7] != b'-' {
        return Err(fault());
    }
    text.parse().map_err(|_| fault())
}

/// The calendar day of a moment in France, where Chorus Pro counts its days.
pub(crate) fn day_in_france(moment: jiff::Timestamp) -> jiff::civil::Date {
    moment.to_zoned(france()).date()
}

/// The moment at which a day begins in France; `None` at the edges of the calendar.
pub(crate) fn day_begins_in_france(day: jiff::civil::Date) -> Option<jiff::Timestamp> {
    day.to_zoned(france()).ok().map(|zoned| zoned.timestamp())
}

/// The moment of a clock in France; in the hour that comes twice, the first one.
pub(crate) fn moment_in_france(clock: jiff::civil::DateTime) -> jiff::Timestamp {
    clock.to_zoned(france()).map_or(jiff::Timestamp::MAX, |zoned| zoned.timestamp())
}

/// The rule of Europe/Paris, spelled out so that no time zone database has to be installed.
fn france() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap_or(jiff::tz::TimeZone::UTC)
}

/// `day` and `days` more; the last day that can be counted where that is beyond the calendar.
pub(crate) fn days_later(day: jiff::civil::Date, days: u32) -> jiff::civil::Date {
    day.saturating_add(jiff::Span::new().days(i64::from(days)))
}

/// `day` and `days` less; the first day that can be counted where that is before the calendar.
pub(crate) fn days_earlier(day: jiff::civil::Date, days: u32) -> jiff::civil::Date {
    day.saturating_sub(jiff::Span::new().days(i64::from(days)))
}

/// Reads a number of days written `14d`.
pub(crate) fn parse_days(text: &str) -> Result<u32, ValueFault> {
    text.strip_suffix('d')
        .and_then(|number| number.parse::<u32>().ok())
        .filter(|days| *days <= 3660)
        .ok_or_else(|| {
            ValueFault::of(text, marked!("a number of days, for example `14d` (at most `3660d`)"))
        })
}

/// A person whom the support of Chorus Pro can reach about a sheet (AIFE's deck, «Renseigner le certificat»).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Contact {
    /// Given name.
    pub(crate) first_name: Line,
    /// Family name.
    pub(crate) last_name: Line,
    /// E-mail address.
    pub(crate) email: Email,
    /// Telephone number.
    pub(crate) phone: Phone,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_count_characters_not_bytes() {
        assert!(SheetName::parse(&"é".repeat(100)).is_ok());
        assert!(SheetName::parse(&"é".repeat(101)).is_err());
        assert!(SheetName::parse("  ").is_err());
        assert!(SheetName::parse("a\nb").is_err());
    }

    #[test]
    fn french_phone_numbers_become_international() {
        for text in ["01 23 45 67 89", "0123456789", "0033123456789", "+33 1 23 45 67 89"] {
            assert_eq!(Phone::parse(text).unwrap().as_str(), "+33123456789", "{text}");
        }
        for text in ["123", "01234", "+0123456789", "abc", "+33 1 99 00 12"] {
            assert!(Phone::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn interface_codes_have_their_form() {
        assert!(InterfaceCode::parse("FSO1100A").is_ok());
        for text in ["FSO1100", "fso1100a", "FSO110AA", "FSO1100AB", "ÉSO1100A"] {
            assert!(InterfaceCode::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn dates_have_one_form() {
        assert!(parse_date("2026-12-01").is_ok());
        for text in ["01/12/2026", "20261201", "2026-13-01", "2026-02-30", "2026-1-1"] {
            assert!(parse_date(text).is_err(), "{text}");
        }
    }

    #[test]
    fn emails_urls_ports_and_days() {
        assert!(Email::parse("a@ville.example").is_ok());
        for text in ["a", "a@b", "a b@c.d", "a@b@c.d", "@c.d", "a@.d", "mailto:a@b.c", "a,b@c.d"] {
            assert!(Email::parse(text).is_err(), "{text}");
        }
        assert!(WebUrl::parse("https://as2.ville.example/in").is_ok());
        for text in ["as2.ville.example", "ftp://x.example", "https://user:word@x.example"] {
            assert!(WebUrl::parse(text).is_err(), "{text}");
        }
        assert!(Port::parse("443").is_ok());
        assert!(Port::parse("0").is_err() && Port::parse("65536").is_err());
        assert_eq!(parse_days("14d"), Ok(14));
        assert!(parse_days("14").is_err() && parse_days("-1d").is_err());
    }
}
