//! What was probably meant by a text that is not what was expected. Only ever proposed, never taken.
//!
//! Spreadsheets, word processors and other programs leave their marks on values: typographic quotes, no-break spaces,
//! long dashes, full-width digits, lost zeros, units of their own. Each is undone, and what then fits is proposed.

use jiff::ToSpan as _;
use jiff::civil::Date;

/// How many letters of one text may be mistaken for digits, or the reverse.
const LOOKALIKES: usize = 6;

/// The names of the months, as far as they are told apart, without accents.
const MONTHS: [&str; 12] =
    ["janv", "fevr", "mars", "avr", "mai", "juin", "juil", "aou", "sept", "oct", "nov", "dec"];

/// The first way to write `text` anew that fits.
pub(crate) fn meant(text: &str, fits: impl Fn(&str) -> bool) -> Option<String> {
    // Longer texts are no values that someone mistyped.
    if text.len() > 300 {
        return None;
    }
    let tidy = tidied(text);
    let joined: String = tidy.split_whitespace().collect();
    let mut candidates = vec![tidy.clone(), joined.clone(), joined.to_uppercase()];
    if !in_another_base(&joined) {
        // A number first: there, letters are digits.
        candidates.push(joined.to_uppercase().replace('O', "0").replace(['I', 'L'], "1"));
        candidates.extend(lookalikes(&joined.to_uppercase()));
    }
    candidates.extend(number(&joined));
    candidates.extend(days(&joined.to_lowercase()));
    candidates.extend(network(&joined));
    candidates.extend(mail(&tidy));
    candidates.into_iter().find(|candidate| candidate != text && fits(candidate))
}

/// Whether a number is written in octal, in hexadecimal or in bits, where letters are no digits that were mistyped.
fn in_another_base(text: &str) -> bool {
    text.strip_prefix('0').is_some_and(|rest| rest.starts_with(['o', 'x', 'b']))
}

/// The codes that were written as one text, when there are several and all fit.
pub(crate) fn several(text: &str, fits: impl Fn(&str) -> bool) -> Option<Vec<String>> {
    let parts: Vec<String> = text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '/' | '|'))
        .map(tidied)
        .filter(|part| !part.is_empty())
        .collect();
    (parts.len() > 1 && parts.iter().all(|part| fits(part))).then_some(parts)
}

/// The text between typographic quotes, when it stands between such.
pub(crate) fn unquoted(text: &str) -> Option<&str> {
    [('“', '”'), ('«', '»'), ('„', '“'), ('‘', '’'), ('”', '”'), ('‹', '›')]
        .into_iter()
        .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close))
        .map(str::trim)
}

/// Without quotes around it, with ordinary blanks, dashes and digits.
fn tidied(text: &str) -> String {
    let plain: String = text
        .chars()
        .filter(|c| !matches!(c, '\u{200b}'..='\u{200d}' | '\u{feff}' | '\u{ad}'))
        .map(|c| match c {
            c if c.is_whitespace() || c.is_control() => ' ',
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            c => c,
        })
        .collect();
    // Spreadsheets are made to keep a text with `="..."`.
    let plain = plain.trim().trim_start_matches('=');
    let inner = unquoted(plain).unwrap_or(plain);
    inner.trim().trim_matches(['"', '\'', '’', '`']).trim().to_owned()
}

/// Letters taken for digits and the reverse, the fewest changes first.
fn lookalikes(text: &str) -> Vec<String> {
    let swapped = |c| match c {
        'O' => Some('0'),
        '0' => Some('O'),
        'I' | 'L' => Some('1'),
        '1' => Some('I'),
        _ => None,
    };
    let chars: Vec<char> = text.chars().collect();
    let places: Vec<usize> =
        (0..chars.len()).filter(|at| swapped(chars[*at]).is_some()).take(LOOKALIKES + 1).collect();
    if places.len() > LOOKALIKES {
        return Vec::new();
    }
    let mut choices: Vec<u32> = (1..1 << places.len()).collect();
    choices.sort_by_key(|choice| choice.count_ones());
    let change = |choice: u32| {
        let mut chars = chars.clone();
        for (_, at) in places.iter().enumerate().filter(|(bit, _)| choice & (1 << bit) != 0) {
            chars[*at] = swapped(chars[*at]).unwrap_or(chars[*at]);
        }
        chars.into_iter().collect()
    };
    choices.into_iter().map(change).collect()
}

/// A number without separators and without decimals that say nothing; a telephone number whose zero or sign is lost.
fn number(text: &str) -> Vec<String> {
    let digits = text.replace('_', "");
    // `+33 (0)1 99 00 12 34`
    let mut all = vec![digits.clone(), digits.replace("(0)", "")];
    if let Some((whole, zeros)) = digits.split_once(['.', ',']) {
        // More would be another number: `192.0.2.300` is not nearly `192.0.2.3`.
        all.extend(zeros.chars().all(|c| c == '0').then(|| whole.to_owned()));
    }
    if digits.len() == 9 {
        all.push(format!("0{digits}"));
    }
    if digits.len() > 9 {
        all.push(format!("+{digits}"));
    }
    all
}

/// A number of days from other units, and from a number alone.
fn days(text: &str) -> Option<String> {
    let text = text.strip_prefix('p').unwrap_or(text);
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let number: u32 = text[..text.len() - unit.len()].parse().ok()?;
    let each = match unit {
        "" | "d" | "j" | "day" | "days" | "jour" | "jours" => 1,
        "w" | "week" | "weeks" | "semaine" | "semaines" => 7,
        _ => return None,
    };
    Some(format!("{}d", number.checked_mul(each)?))
}

/// An address of a machine without what stands around it, and a URL with its scheme.
fn network(text: &str) -> Vec<String> {
    let after_scheme = text.split_once("://").map_or(text, |(_, rest)| rest);
    let host = after_scheme.split(['/', ':']).next().unwrap_or_default().replace(',', ".");
    let short = host
        .split('.')
        .map(|part| match part.trim_start_matches('0') {
            "" if !part.is_empty() => "0",
            part => part,
        })
        .collect::<Vec<_>>()
        .join(".");
    let mut all = vec![host.clone(), short];
    if host.contains('.') && !text.contains("://") && !text.contains('@') {
        all.push(format!("https://{text}"));
    }
    all
}

/// An e-mail address without the name and the scheme around it.
fn mail(text: &str) -> Vec<String> {
    let inner = text.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    let inner = inner.map_or(text, |(inner, _)| inner);
    let inner = inner.strip_prefix("mailto:").unwrap_or(inner);
    let spelt = inner.replace("(at)", "@").replace("[at]", "@").replace(" at ", "@");
    let mut all = vec![inner.to_owned(), spelt, inner.trim_end_matches('.').to_owned()];
    if let Some((local, domain)) = inner.split_once('@') {
        all.push(format!("{local}@{}", domain.replace(',', ".")));
    }
    all
}

/// The day that was probably meant: in French order, with other separators, with a time, as a spreadsheet counts days,
/// or after the end of its month.
pub(crate) fn day_meant(text: &str) -> Option<Date> {
    if text.len() > 60 {
        return None;
    }
    let tidy = tidied(text).to_lowercase();
    let day = tidy.split(['t', ' ']).next().unwrap_or_default();
    in_words(&tidy).or_else(|| in_digits(day.split('+').next().unwrap_or_default()))
}

fn in_digits(text: &str) -> Option<Date> {
    let digits = text.chars().all(|c| c.is_ascii_digit());
    if digits && text.len() == 8 {
        return date(&text[..4], &text[4..6], &text[6..]);
    }
    if digits && text.len() == 5 {
        // Spreadsheets count days from here; these are the years 1982 to 2118.
        let count: i64 = text.parse().ok().filter(|count| (30_000..80_000).contains(count))?;
        return Date::new(1899, 12, 30).ok()?.checked_add(count.days()).ok();
    }
    let parts: Vec<&str> = text.split(['/', '.', '-']).collect();
    let [first, month, last] = *<&[&str; 3]>::try_from(parts.as_slice()).ok()?;
    if first.len() == 4 {
        return date(first, month, last);
    }
    let century = if last.len() == 2 { "20" } else { "" };
    let year = format!("{century}{last}");
    // The order of the United States is meant only where no other can be.
    date(&year, month, first).or_else(|| date(&year, first, month))
}

/// `1er décembre 2026`.
fn in_words(text: &str) -> Option<Date> {
    let plain: String = text
        .chars()
        .map(|c| match c {
            'é' | 'è' => 'e',
            'û' => 'u',
            c => c,
        })
        .collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let [day, month, year] = *<&[&str; 3]>::try_from(words.as_slice()).ok()?;
    let month = MONTHS.iter().position(|name| month.starts_with(name))? + 1;
    date(year, &month.to_string(), day.trim_end_matches("er"))
}

/// A day of a year with four digits; the last one of its month where there is no such day.
fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    if year.len() != 4 {
        return None;
    }
    let month = Date::new(year.parse().ok()?, month.parse().ok()?, 1).ok()?;
    let day: i8 = day.parse().ok().filter(|day| (1..=31).contains(day))?;
    Date::new(month.year(), month.month(), day.min(month.days_in_month())).ok()
}

#[cfg(test)]
mod tests {
    use crate::domain::siret::Siret;
    use crate::domain::value::Email;
    use crate::domain::value::InterfaceCode;
    use crate::domain::value::Phone;
    use crate::domain::value::Port;
    use crate::domain::value::ServerIp;
    use crate::domain::value::WebUrl;
    use crate::domain::value::parse_days;

    use super::*;

    /// Holds what is proposed for each text; nothing where the second one is empty.
    fn proposes(fits: impl Fn(&str) -> bool, cases: &[(&str, &str)]) {
        for (text, expected) in cases {
            assert_eq!(meant(text, &fits).unwrap_or_default(), *expected, "{text}");
        }
    }

    #[test]
    fn marks_of_other_programs_are_undone() {
        proposes(
            |text| Siret::parse(text).is_ok_and(|read| !read.tidied),
            &[
                ("“99991003700012”", "99991003700012"),
                ("« 9999 1003 700012 »", "99991003700012"),
                ("=\"99991003700012\"", "99991003700012"),
                ("'99991003700012", "99991003700012"),
                ("O9991003700012", "09991003700012"),
                ("99991003700012 VILLE", ""),
                ("no", ""),
                ("9,9991E+13", ""),
            ],
        );
        proposes(
            |text| InterfaceCode::parse(text).is_ok(),
            &[
                ("fso1100a", "FSO1100A"),
                ("FSO 1100 A", "FSO1100A"),
                ("FS01100A", "FSO1100A"),
                ("FSO110OA", "FSO1100A"),
                ("FSOll00A", "FSO1100A"),
                ("\u{ff26}SO1100A", "FSO1100A"),
                ("“FSO1100A”", "FSO1100A"),
                ("FSO1100", ""),
                ("no", ""),
            ],
        );
        proposes(
            |text| parse_days(text).is_ok(),
            &[
                ("30", "30d"),
                ("30 d", "30d"),
                ("30j", "30d"),
                ("30 jours", "30d"),
                ("P30D", "30d"),
                ("4w", "28d"),
                ("3_0d", "30d"),
                ("\u{ff13}0d", "30d"),
                ("99999d", ""),
                ("-1d", ""),
                ("0o36d", ""),
                ("1m", ""),
            ],
        );
        proposes(
            |text| ServerIp::parse(text).is_ok(),
            &[
                ("192.000.002.020", "192.0.2.20"),
                ("192,0,2,20", "192.0.2.20"),
                ("192.0.2.20/32", "192.0.2.20"),
                ("http://192.0.2.20/in", "192.0.2.20"),
                ("192.0.2.20:22", "192.0.2.20"),
                ("192.0.2.20 ", "192.0.2.20"),
                ("256.1.1.1", ""),
                ("localhost", ""),
                ("0xC0000214", ""),
            ],
        );
        proposes(
            |text| Port::parse(text).is_ok(),
            &[
                ("1_000", "1000"),
                ("22.0", "22"),
                ("２２", "22"),
                ("no", ""),
                ("0o26", ""),
                ("-1", ""),
            ],
        );
        proposes(
            |text| Email::parse(text).is_ok(),
            &[
                ("Camille <a@b.fr>", "a@b.fr"),
                ("mailto:a@b.fr", "a@b.fr"),
                ("a(at)b.fr", "a@b.fr"),
                ("a@b,fr", "a@b.fr"),
                ("a@b.fr.", "a@b.fr"),
                ("a b@c.fr", "ab@c.fr"),
                ("no", ""),
            ],
        );
        proposes(
            |text| Phone::parse(text).is_ok(),
            &[
                ("199001234", "0199001234"),
                ("33199001234", "+33199001234"),
                ("+33 (0)1 99 00 12 34", "+33199001234"),
                ("+3319900123O", "+33199001230"),
                ("1,99E+08", ""),
                ("112", ""),
            ],
        );
        proposes(
            |text| WebUrl::parse(text).is_ok(),
            &[("as2.ville.example/in", "https://as2.ville.example/in"), ("no", ""), ("a@b.fr", "")],
        );
    }

    #[test]
    fn codes_in_one_text_are_told_apart() {
        let codes = |text| several(text, |part| InterfaceCode::parse(part).is_ok());
        let both = Some(vec!["FSO1100A".to_owned(), "FSO1116A".to_owned()]);
        for text in ["FSO1100A, FSO1116A", "FSO1100A;FSO1116A", "FSO1100A FSO1116A"] {
            assert_eq!(codes(text), both, "{text}");
        }
        assert_eq!(codes("FSO1100A"), None);
        assert_eq!(codes("FSO1100A and more"), None);
    }

    #[test]
    fn a_day_is_meant_in_any_order_that_people_write() {
        let meant = |text: &str| day_meant(text).map(|day| day.to_string());
        for (text, day) in [
            ("01/12/2026", "2026-12-01"),
            ("1.12.2026", "2026-12-01"),
            ("01-12-2026", "2026-12-01"),
            ("2026/12/01", "2026-12-01"),
            ("2026-1-2", "2026-01-02"),
            ("01/12/26", "2026-12-01"),
            ("12/31/2026", "2026-12-31"),
            ("20261201", "2026-12-01"),
            ("46357", "2026-12-01"),
            ("2026-12-01T00:00:00Z", "2026-12-01"),
            ("2026-12-01 00:00", "2026-12-01"),
            ("2026-12-01+01:00", "2026-12-01"),
            ("\u{ff12}026–12–01\u{a0}", "2026-12-01"),
            ("“2026-12-01”", "2026-12-01"),
            ("1er décembre 2026", "2026-12-01"),
            ("15 août 2027", "2027-08-15"),
            ("2028-11-31", "2028-11-30"),
            ("2027-02-29", "2027-02-28"),
        ] {
            assert_eq!(meant(text).as_deref(), Some(day), "{text}");
        }
        for text in ["", "2026", "12/2026", "2026-13-01", "32/01/2026", "a/b/2026", "no", "2,0E+3"]
        {
            assert_eq!(meant(text), None, "{text}");
        }
    }
}
