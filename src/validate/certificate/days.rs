//! V: the days of the leaf. The first and the last day count, in UTC.

use jiff::SignedDuration;
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::diagnostic::rule;
use crate::language::message;
use crate::validate::certificate::Findings;
use crate::validate::certificate::Subject;

/// The longest life, in days, that browsers allow for certificates issued from 2026-03-15 on (ballot SC-081).
const SHORT_LIFE: i64 = 200;

/// V01 to V05.
pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let (leaf, question) = (subject.leaf, subject.question);
    let (first, last, day) = (leaf.first_day(), leaf.last_day(), question.as_of);
    let renew = message!("put a new certificate in its place");
    if last < day {
        findings.add(
            "V01",
            rule::CERTIFICATE_EXPIRED,
            message!("it ended on {last}", last),
            renew.clone(),
        );
    } else if first > day {
        let help = message!("apply on that day, or use another certificate");
        findings.add(
            "V02",
            rule::CERTIFICATE_NOT_YET_VALID,
            message!("it is valid from {first} only", first),
            help,
        );
    }
    let warned = day.checked_add(i64::from(question.warning_days).days()).unwrap_or(Date::MAX);
    if (day..=warned).contains(&last) {
        let left = day.until(last).map_or(0, |span| span.get_days());
        let message = message!(
            "it ends on {last}, in one day" | "it ends on {last}, in {n} days" % left,
            last
        );
        findings.add(
            "V03",
            rule::CERTIFICATE_ENDS_EARLY,
            message,
            message!("order the next certificate now"),
        );
    }
    if let Some(validity) = question.validity.filter(|validity| validity.from <= validity.until)
        && last >= day
    {
        let until = validity.until;
        if last < validity.from {
            let message =
                message!("it ends on {last}, before the sheet begins on {}", validity.from, last);
            findings.add("V04", rule::CERTIFICATE_ENDS_BEFORE_SHEET, message, renew);
        } else if last < until {
            let message = message!(
                "it ends on {last}, before the validity of the sheet on {until}",
                last,
                until
            );
            let help = message!("plan its renewal, or shorten `validity.until`");
            findings.add("V04", rule::CERTIFICATE_ENDS_EARLY, message, help);
        }
    }
    let life = leaf.not_before.duration_until(leaf.not_after);
    if life > SignedDuration::ZERO && life <= SignedDuration::from_hours(24 * SHORT_LIFE) {
        let days = life.as_hours() / 24;
        let message = message!(
            "it lives {days} days: about {} renewals a year, each a modification of the sheet",
            (365 + days / 2) / days.max(1),
            days
        );
        let help = message!(
            "plan the renewals, or ask the authority for a certificate of client type that lives longer"
        );
        findings.add("V05", rule::CERTIFICATE_SHORT_LIVED, message, help);
    }
}
