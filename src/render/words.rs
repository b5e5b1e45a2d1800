//! Numbers, plurals, moments and kinds, as people read them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::address::Kind;
use crate::language;
use crate::language::Language;
use crate::language::marked;
use crate::language::tr;

/// A number with a comma before each group of three digits: `4,812`; in French with a narrow blank.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    let separator = match language::current() {
        Language::English => ',',
        Language::French => '\u{202f}',
    };
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// A number and its noun: `1 step`, `4,812 steps`. The noun and its plural are an entry of the catalogue.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let plural = plural(noun);
    format!("{} {}", thousands(number), language::counted(number, noun, &plural))
}

/// The plural of an English noun, which is regular (`y` becomes `ies`).
pub(crate) fn plural(noun: &str) -> String {
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{noun}s"),
    }
}

/// A noun that [`count`] counts elsewhere, for one.
pub(crate) fn noun(noun: &str) -> String {
    language::counted(1, noun, &plural(noun))
}

/// The kind of a resource, as a person says it.
pub(crate) fn kind(kind: Kind) -> String {
    match kind {
        Kind::Structure => noun("structure"),
        Kind::Certificate => noun("certificate"),
        Kind::Account => noun("technical account"),
        Kind::Api => noun("API connection"),
        Kind::Edi => noun("EDI connection"),
        Kind::Client => noun("operator's client"),
    }
}

/// So many resources of a kind.
pub(crate) fn count_of(number: usize, kind: Kind) -> String {
    match kind {
        Kind::Structure => count(number, "structure"),
        Kind::Certificate => count(number, "certificate"),
        Kind::Account => count(number, "technical account"),
        Kind::Api => count(number, "API connection"),
        Kind::Edi => count(number, "EDI connection"),
        Kind::Client => count(number, "operator's client"),
    }
}

/// What is left of a list.
pub(crate) fn and_more(number: usize) -> String {
    tr!("and {} more", thousands(number))
}

/// What steps and changes do, in the words of plans and ledgers.
const DOES: [&str; 15] = [
    marked!("verify"),
    marked!("create"),
    marked!("finalise"),
    marked!("update"),
    marked!("activate"),
    marked!("deactivate"),
    marked!("delete"),
    marked!("reset password"),
    marked!("wait"),
    marked!("adopt"),
    marked!("move"),
    marked!("forget"),
    // And what is decided for a resource.
    marked!("replace"),
    marked!("rotate"),
    marked!("ask support"),
];

/// What a step or a change does, by its word in plans and ledgers: `reset_password`.
pub(crate) fn does(word: &str) -> String {
    let word = word.replace('_', " ");
    match DOES.iter().find(|known| **known == word) {
        Some(known) => language::translated(known).into_owned(),
        None => word,
    }
}

/// How much a diagnostic weighs, by its word in JSON.
pub(crate) fn severity(word: &str) -> String {
    match word {
        "error" => tr!("severity" => "error"),
        "warning" => tr!("severity" => "warning"),
        "notice" => tr!("severity" => "notice"),
        other => other.to_owned(),
    }
}

/// A slot for a certificate, by its word in JSON.
pub(crate) fn slot(word: &str) -> String {
    match word {
        "server" => tr!("slot" => "server"),
        "client" => tr!("slot" => "client"),
        other => other.to_owned(),
    }
}

/// What ends, by its word in JSON.
pub(crate) fn ending(word: &str) -> String {
    match word {
        "certificate" => noun("certificate"),
        "authority" => tr!("authority"),
        "validity" => tr!("validity"),
        "password" => tr!("password"),
        "overlap" => tr!("overlap"),
        other => other.to_owned(),
    }
}

/// How wide the words of [`ending`] are.
pub(crate) fn ending_width() -> usize {
    let words = ["certificate", "authority", "validity", "password", "overlap"];
    words.iter().map(|word| ending(word).chars().count()).max().unwrap_or(0)
}

/// A number with so many digits after its point, which is a comma in French.
pub(crate) fn decimal(number: f64, digits: usize) -> String {
    let text = format!("{number:.digits$}");
    match language::current() {
        Language::English => text,
        Language::French => text.replace('.', ","),
    }
}

/// A moment to the minute, in UTC: `2026-12-01 10:05 UTC`.
pub(crate) fn moment(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// The time of a moment that lies on the same day as `now`, else the whole moment.
pub(crate) fn moment_near(at: Timestamp, now: Timestamp) -> String {
    let (then, now) = (at.to_zoned(TimeZone::UTC), now.to_zoned(TimeZone::UTC));
    if then.date() == now.date() { then.strftime("%H:%M UTC").to_string() } else { moment(at) }
}

/// A text from outside without control characters, so that it cannot steer a terminal.
///
/// Line ends are kept only by those who show a text line by line; here they become visible too.
pub(crate) fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' => ' ',
            // The picture of each C0 control character lies at the same distance from U+2400.
            c if u32::from(c) < 0x20 => char::from_u32(0x2400 + u32::from(c)).unwrap_or(' '),
            c if c.is_control() || is_direction_mark(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// Characters that reorder what follows them on a screen.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_three() {
        let texts = [0, 7, 999, 1000, 4812, 21_770, 1_234_567].map(thousands);
        assert_eq!(texts, ["0", "7", "999", "1,000", "4,812", "21,770", "1,234,567"]);
    }

    #[test]
    fn plurals_are_regular() {
        assert_eq!(count(1, "step"), "1 step");
        assert_eq!(count(0, "step"), "0 steps");
        assert_eq!(count(2, "entity"), "2 entities");
        assert_eq!(count(2, "day"), "2 days");
    }

    #[test]
    fn escape_sequences_from_outside_are_shown_not_obeyed() {
        assert_eq!(harmless("a\u{1b}[2Jb\u{202e}c\u{9b}d\ne"), "a␛[2Jb\u{fffd}c\u{fffd}d␊e");
    }

    #[test]
    fn moments_of_today_are_short() {
        let now: Timestamp = "2026-12-01T10:00:00Z".parse().unwrap();
        let soon: Timestamp = "2026-12-01T10:30:00Z".parse().unwrap();
        let later: Timestamp = "2026-12-02T00:10:00Z".parse().unwrap();
        assert_eq!(moment_near(soon, now), "10:30 UTC");
        assert_eq!(moment_near(later, now), "2026-12-02 00:10 UTC");
    }
}
