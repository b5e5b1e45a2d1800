//! What ends, for calendar programs: iCalendar (RFC 5545). Whole days, two alarms each, and names that stay the same,
//! so that importing again moves an entry instead of doubling it.

use std::fmt;

use jiff::civil::Date;

use crate::language::tr;
use crate::plan::calendar::Calendar;
use crate::plan::calendar::Ends;
use crate::plan::calendar::Entry;
use crate::render::calendar::deed;
use crate::render::calendar::uses;
use crate::render::words;
use crate::render::words::harmless;

/// The most octets of a line, its end not counted (RFC 5545, section 3.1).
const OCTETS: usize = 75;

/// How many days before the end the second alarm goes off, where the first goes off earlier.
const SECOND_ALARM: i32 = 7;

/// Writes the calendar. `as_of` stands for the moment at which it was made, so that the same day gives the same bytes.
pub(crate) fn render(out: &mut dyn fmt::Write, calendar: &Calendar, as_of: Date) -> fmt::Result {
    line(out, "BEGIN:VCALENDAR")?;
    line(out, "VERSION:2.0")?;
    line(out, "PRODID:-//raccord//certificates calendar//EN")?;
    line(out, "CALSCALE:GREGORIAN")?;
    for entry in &calendar.entries {
        event(out, entry, as_of)?;
    }
    line(out, "END:VCALENDAR")
}

fn event(out: &mut dyn fmt::Write, entry: &Entry, as_of: Date) -> fmt::Result {
    let Entry { what, name, ends, act_by, uses: _, files: _ } = entry;
    let summary = tr!("Chorus Pro: {what} {name} ends", what = words::ending(what.word()), name);
    let deed = tr!("By {day}: {deed}.", day = act_by, deed = deed(what));
    let used = tr!("Used by: {}", uses(entry).join(", "));
    let description = format!("{deed}\n{used}");
    line(out, "BEGIN:VEVENT")?;
    line(out, &format!("UID:{}", text(&uid(what))))?;
    line(out, &format!("DTSTAMP:{}T000000Z", day(as_of)))?;
    line(out, &format!("DTSTART;VALUE=DATE:{}", day(*ends)))?;
    line(out, &format!("SUMMARY:{}", text(&summary)))?;
    line(out, &format!("DESCRIPTION:{}", text(&description)))?;
    line(out, &format!("CATEGORIES:{}", text(&words::ending(what.word()))))?;
    line(out, "TRANSP:TRANSPARENT")?;
    let lead = act_by.until(*ends).map_or(0, |span| span.get_days());
    let alarms =
        [(lead, true), (SECOND_ALARM, lead > SECOND_ALARM), (1, 1 < lead && lead <= SECOND_ALARM)];
    for (days, _) in alarms.into_iter().filter(|(_, wanted)| *wanted) {
        line(out, "BEGIN:VALARM")?;
        line(out, "ACTION:DISPLAY")?;
        line(out, &format!("TRIGGER:-P{days}D"))?;
        line(
            out,
            &format!(
                "DESCRIPTION:{}",
                text(&tr!("{summary} on {ends}. {deed}", summary, ends, deed))
            ),
        )?;
        line(out, "END:VALARM")?;
    }
    line(out, "END:VEVENT")
}

/// A name that stays the same when its day moves, and that no other project gives.
fn uid(what: &Ends) -> String {
    let kind = what.word();
    match what {
        Ends::Certificate(fingerprint) | Ends::Authority(fingerprint) => {
            format!("{kind}-{fingerprint}@raccord")
        }
        Ends::Validity(environment, siret, address)
        | Ends::Password(environment, siret, address) => {
            format!("{kind}-{environment}-{siret}-{address}@raccord")
        }
        Ends::Overlap(environment, siret, address, id) => {
            format!("{kind}-{environment}-{siret}-{address}-{id}@raccord")
        }
    }
}

/// A day without its hyphens.
fn day(day: Date) -> String {
    day.strftime("%Y%m%d").to_string()
}

/// A value of the type TEXT (RFC 5545, section 3.3.11). Control characters have no place in it.
fn text(value: &str) -> String {
    let lines: Vec<String> = value.split('\n').map(harmless).collect();
    let mut escaped = String::with_capacity(value.len());
    for c in lines.join("\n").chars() {
        match c {
            '\n' => escaped.push_str("\\n"),
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Writes a line, folded between characters: what goes on begins with a space.
fn line(out: &mut dyn fmt::Write, content: &str) -> fmt::Result {
    let mut octets = 0;
    for c in content.chars() {
        if octets + c.len_utf8() > OCTETS {
            out.write_str("\r\n ")?;
            octets = 1;
        }
        out.write_char(c)?;
        octets += c.len_utf8();
    }
    out.write_str("\r\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Takes a folded line apart as a reader does.
    fn unfolded(written: &str) -> String {
        written.replace("\r\n ", "").trim_end_matches("\r\n").to_owned()
    }

    /// Reads a TEXT as a reader does; `None` when something in it should have been escaped.
    fn unescaped(written: &str) -> Option<String> {
        let mut read = String::new();
        let mut characters = written.chars();
        while let Some(c) = characters.next() {
            read.push(match (c, c == '\\') {
                (_, true) => match characters.next()? {
                    'n' => '\n',
                    c @ ('\\' | ';' | ',') => c,
                    _ => return None,
                },
                (';' | ',', _) => return None,
                (c, _) if c.is_control() => return None,
                (c, _) => c,
            });
        }
        Some(read)
    }

    proptest! {
        #[test]
        fn folding_keeps_the_line_and_its_length(content in "[^\r\n]{0,300}") {
            let mut written = String::new();
            line(&mut written, &content).unwrap();
            prop_assert!(written.ends_with("\r\n"));
            for (at, one) in written.trim_end_matches("\r\n").split("\r\n").enumerate() {
                prop_assert!(one.len() <= OCTETS, "{one:?}");
                prop_assert!(at == 0 || one.starts_with(' '));
            }
            prop_assert_eq!(unfolded(&written), content);
        }

        #[test]
        fn a_text_is_read_back_as_it_was(value in "[ -~é€𝄞\n]{0,100}") {
            prop_assert_eq!(unescaped(&text(&value)), Some(value));
        }

        #[test]
        fn no_text_breaks_out_of_its_line(value in any::<String>()) {
            prop_assert!(unescaped(&text(&value)).is_some(), "{:?}", text(&value));
        }
    }
}
