//! What the project declares: structures, the passwords of their accounts, PISTE applications.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::language::Message;
use crate::language::message;
use crate::language::tr;
use crate::remote::doctor::cause;
use crate::remote::doctor::judge::Finding;
use crate::remote::doctor::judge::State;
use crate::remote::doctor::judge::account::below;
use crate::remote::doctor::judge::account::trouble;
use crate::remote::doctor::seen::Ask;
use crate::remote::doctor::seen::Attachment;
use crate::remote::doctor::seen::Seen;
use crate::remote::doctor::seen::StructureSeen;

/// Whether the account is attached to each declared structure.
pub(super) fn attachments(ask: &Ask, seen: &Seen) -> Vec<Finding> {
    if ask.structures.is_empty() {
        return vec![Finding::ok(
            message!("what the doctor looks at" => "structures"),
            message!("none is declared"),
        )];
    }
    match &seen.structures {
        None => vec![Finding::skipped(
            message!("what the doctor looks at" => "structures"),
            unread(seen),
        )],
        Some(structures) => structures.iter().map(attachment).collect(),
    }
}

/// Why structures were not looked at.
fn unread(seen: &Seen) -> Message {
    if seen.calls.is_empty() {
        below(seen)
    } else {
        message!("the API does not let us read attachments")
    }
}

fn attachment(seen: &StructureSeen) -> Finding {
    let name = if seen.name.is_empty() { "" } else { &format!(" {}", seen.name) };
    let subject = format!("{}{name}", seen.siret);
    let wrong = |told: Message| Finding::wrong(subject.clone(), told);
    match &seen.attachment {
        Attachment::Attached => {
            Finding::ok(subject, message!("what is told of a structure" => "attached"))
        }
        Attachment::Pending => {
            wrong(message!("the attachment was asked for")).because([cause::PENDING])
        }
        Attachment::Refused => {
            wrong(message!("the attachment was refused")).because([cause::ENDED])
        }
        Attachment::Ended(word) => {
            wrong(message!("the attachment has ended (`{word}`)", word)).because([cause::ENDED])
        }
        Attachment::Unrecognized(word) => Finding::new(
            State::Warning,
            subject,
            message!("attached, with the status `{word}`, which raccord does not know", word),
        ),
        Attachment::Not => {
            wrong(message!("exists, and is not attached")).because([cause::NOT_ATTACHED])
        }
        Attachment::Inactive => wrong(message!("is inactive")).because([cause::INACTIVE]),
        Attachment::Absent => wrong(message!("does not exist here")).because([cause::ABSENT]),
        Attachment::NotLooked => Finding::wrong(
            subject,
            message!(
                "is not attached; whether it exists was not looked at, because there are many"
            ),
        )
        .because([cause::NOT_ATTACHED]),
        Attachment::Trouble(error) => trouble(subject, error, cause::WRONG_API),
    }
}

/// When passwords of technical accounts end.
pub(super) fn passwords(seen: &Seen, now: Timestamp, warn_days: u32) -> Vec<Finding> {
    let Some(structures) = &seen.structures else {
        return vec![Finding::skipped(
            message!("what the doctor looks at" => "passwords"),
            unread(seen),
        )];
    };
    let dated = structures.iter().filter_map(|one| Some((one, one.expiry.as_deref()?)));
    let findings: Vec<Finding> =
        dated.map(|(one, told)| password(one, told, now, warn_days)).collect();
    if findings.is_empty() {
        let told = message!(
            "no structure tells the end of one: it has no technical account, or is not attached"
        );
        return vec![Finding::skipped(message!("what the doctor looks at" => "passwords"), told)];
    }
    findings
}

fn password(seen: &StructureSeen, told: &str, now: Timestamp, warn_days: u32) -> Finding {
    let subject = format!("{} {}", seen.siret, seen.name);
    let Some(end) = moment(told) else {
        let told = message!("found `{told}` for the end of the password, expected a moment", told);
        return Finding::new(State::Warning, subject, told);
    };
    let days = end.duration_since(now).as_hours().div_euclid(24);
    let day = end.to_zoned(TimeZone::UTC).date();
    if days < 0 {
        return Finding::wrong(subject, message!("the password ended on {day}", day))
            .because([cause::EXPIRED]);
    }
    let text = message!("the password ends on {day}, in {days} days", day, days);
    if days < i64::from(warn_days) {
        return Finding::new(State::Warning, subject, text).because([cause::ENDS]);
    }
    Finding::ok(subject, text)
}

/// A moment in the form of the swagger, or in a near one.
fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(moment) = text.parse() {
        return Some(moment);
    }
    let civil = text
        .parse::<DateTime>()
        .ok()
        .or_else(|| Some(text.parse::<Date>().ok()?.to_datetime(jiff::civil::Time::midnight())))?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// Whether a PISTE application stands somewhere in another case.
pub(super) fn applications(ask: &Ask, seen: &Seen) -> Vec<Finding> {
    if ask.applications.is_empty() {
        return vec![Finding::ok(
            message!("what the doctor looks at" => "applications"),
            message!("no API connection is declared"),
        )];
    }
    let mut findings = Vec::new();
    let mut spellings: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (_, name) in &ask.applications {
        let known = spellings.entry(name.to_lowercase()).or_default();
        if !known.contains(&name.as_str()) {
            known.push(name);
        }
    }
    for names in spellings.values().filter(|names| names.len() > 1) {
        let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let told = message!("is declared as {names}", names = quoted.join(&tr!(" and as ")));
        findings.push(Finding::new(State::Warning, names[0], told).because([cause::CASE]));
    }
    match &seen.sheets {
        Some(Err(error)) => {
            findings.push(trouble(
                message!("what the doctor looks at" => "gateway"),
                error,
                cause::WRONG_API,
            ));
        }
        Some(Ok(sheets)) => {
            for (siret, declared) in &ask.applications {
                let of_structure = || sheets.iter().filter(|(of, _)| of == siret);
                let other = of_structure().find(|(_, name)| {
                    name != declared && name.to_lowercase() == declared.to_lowercase()
                });
                let exact = of_structure().any(|(_, name)| name == declared);
                if let Some((_, name)) = other.filter(|_| !exact) {
                    let told = message!("the sheet of {siret} says `{name}`", siret, name);
                    findings.push(Finding::wrong(declared.as_str(), told).because([cause::CASE]));
                }
            }
        }
        None => {}
    }
    if !findings.is_empty() {
        return findings;
    }
    let told = if seen.sheets.is_some() {
        message!("no sheet has one in another case")
    } else {
        message!("each is declared in one case; whether PISTE writes it so cannot be asked")
    };
    vec![Finding::ok(message!("what the doctor looks at" => "applications"), told)]
}
