//! Certificates: one sheet each, and valid for as long as the sheet.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::rule::CERTIFICATE_ENDS_EARLY;
use crate::diagnostic::rule::CERTIFICATE_EXPIRED;
use crate::diagnostic::rule::CERTIFICATE_NOT_YET_VALID;
use crate::diagnostic::rule::CERTIFICATE_SHARED;
use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::certificate::DesiredCertificate;
use crate::domain::edi::DesiredEdi;
use crate::domain::edi::Slot;
use crate::domain::value::Fingerprint;
use crate::validate::Input;

/// A certificate serves one sheet, and lasts.
pub(crate) fn check(input: &Input<'_>, found: &mut Vec<Diagnostic>) {
    shared(input, found);
    for (address, certificate) in &input.desired.certificates {
        let end = last_day(certificate);
        let begin = certificate.not_before.to_zoned(TimeZone::UTC).date();
        let name = &certificate.file;
        if end < input.as_of {
            let message = format!("certificate `{name}` ended on {end}");
            found.push(input.found(
                CERTIFICATE_EXPIRED,
                address,
                "file",
                message,
                "put a new certificate in its place",
            ));
            continue;
        }
        if begin > input.as_of {
            let message = format!("certificate `{name}` is valid from {begin} only");
            found.push(input.found(
                CERTIFICATE_NOT_YET_VALID,
                address,
                "file",
                message,
                "apply on that day, or use another certificate",
            ));
        }
        let days = i64::from(input.policy.certificate_warning_days);
        let warned = input.as_of.checked_add(days.days()).unwrap_or(Date::MAX);
        if end <= warned {
            let left = input.as_of.until(end).map_or(0, |span| span.get_days());
            let message = format!("certificate `{name}` ends on {end}, in {left} days");
            found.push(input.found(
                CERTIFICATE_ENDS_EARLY,
                address,
                "file",
                message,
                "order the next certificate now",
            ));
        }
    }
    for (address, edi) in &input.desired.edi {
        for (slot, used) in &edi.sheet.settings.certificates {
            ends_before_sheet(input, address, edi, *slot, &used.key, found);
        }
    }
}

/// A sheet outlives its certificate.
fn ends_before_sheet(
    input: &Input<'_>,
    address: &Address,
    edi: &DesiredEdi,
    slot: Slot,
    key: &str,
    found: &mut Vec<Diagnostic>,
) {
    // A key with slashes is the address of another entity's certificate.
    let target = key.parse().or_else(|_| Address::new(address.entity(), Kind::Certificate, key));
    let Some(certificate) = target.ok().and_then(|target| input.desired.certificates.get(&target))
    else {
        return;
    };
    let (end, until) = (last_day(certificate), edi.sheet.settings.validity.until);
    if end < until && end >= input.as_of {
        let message = format!(
            "certificate `{key}` ends on {end}, before the validity of `{address}` on {until}"
        );
        let help = "plan its renewal, or shorten `validity.until`";
        found.push(input.found(CERTIFICATE_ENDS_EARLY, address, field(slot), message, help));
    }
}

/// Two slots hold one certificate. On one sheet too: the rule names no exception (`docs/sources.md` 3 and 10).
fn shared(input: &Input<'_>, found: &mut Vec<Diagnostic>) {
    let mut holders: BTreeMap<&Fingerprint, (&Address, Slot)> = BTreeMap::new();
    for (address, edi) in &input.desired.edi {
        for (slot, used) in &edi.sheet.settings.certificates {
            let Some((first, first_slot)) = holders.get(&used.fingerprint) else {
                holders.insert(&used.fingerprint, (address, *slot));
                continue;
            };
            // Whether both slots of one PeSIT sheet may hold one certificate is not known: it stays allowed.
            if *first == address {
                continue;
            }
            let short = used.fingerprint.short();
            let message = format!(
                "certificate `{}` ({short}…) is used by `{first}` and by `{address}`",
                used.key
            );
            let help = "order a certificate for each sheet";
            found.push(
                input
                    .found(CERTIFICATE_SHARED, address, field(*slot), message, help)
                    .related(input.place(first, field(*first_slot)), "first used here"),
            );
        }
    }
}

/// The last day on which a certificate is valid, in UTC.
fn last_day(certificate: &DesiredCertificate) -> Date {
    certificate.not_after.to_zoned(TimeZone::UTC).date()
}

fn field(slot: Slot) -> &'static str {
    match slot {
        Slot::Server => "certificates.server",
        Slot::Client => "certificates.client",
    }
}
