//! Secrets, hosts and clocks.

use jiff::SignedDuration;

use crate::language::Message;
use crate::language::message;
use crate::remote::doctor::cause;
use crate::remote::doctor::judge::Finding;
use crate::remote::doctor::judge::State;
use crate::remote::doctor::seen::Ask;
use crate::remote::doctor::seen::HostSeen;
use crate::remote::doctor::seen::Oddity;
use crate::remote::doctor::seen::SecretSeen;
use crate::remote::doctor::seen::Seen;
use crate::remote::http::lost::Lost;

/// How far two clocks may be apart. `Date` has no fractions of a second, and an answer takes its time.
const APART: SignedDuration = SignedDuration::from_secs(60);

/// Whether the secrets are there, and look like secrets.
pub(super) fn secrets(ask: &Ask) -> Vec<Finding> {
    if ask.secrets.is_empty() {
        return vec![Finding::ok(
            message!("what the doctor looks at" => "simulator"),
            message!("made by the embedded simulator"),
        )];
    }
    ask.secrets.iter().map(secret).collect()
}

fn secret(seen: &SecretSeen) -> Finding {
    let (key, place) = (seen.part.key(), &seen.place);
    match &seen.found {
        Ok(None) => Finding::ok(key, message!("read from {place}", place)),
        Ok(Some(oddity)) => {
            let cause = match oddity {
                Oddity::Blank => cause::BLANK,
                Oddity::Quoted => cause::QUOTED,
                Oddity::Colon => cause::COLON,
            };
            let told = message!("read from {place}, and looks odd", place);
            Finding::new(State::Warning, key, told).because([cause])
        }
        Err(missing) => Finding::refused(
            key,
            message!(
                "could not be read: {reason}; {help}",
                reason = missing.reason,
                help = missing.help
            ),
        ),
    }
}

/// Whether the hosts are there.
pub(super) fn hosts(seen: &Seen) -> Vec<Finding> {
    seen.hosts.iter().map(host).collect()
}

fn host(seen: &HostSeen) -> Finding {
    let subject = format!("{} {}", seen.role, seen.host);
    let by = |told: Message| {
        if seen.has_proxy { message!("{told}, through `piste.proxy`", told) } else { told }
    };
    let Err(lost) = &seen.answered else {
        return Finding::ok(subject, by(message!("what is told of a host" => "answers")));
    };
    // Where a proxy is set, it does the rest, and what is not there may be the proxy itself.
    let proxy = seen.has_proxy.then_some(cause::PROXY);
    let causes = match lost {
        Lost::Name => vec![cause::NAME, cause::STATE_NETWORK],
        Lost::Refused => vec![cause::REFUSED],
        Lost::Timeout => vec![cause::SILENT, cause::STATE_NETWORK],
        Lost::Untrusted(_) => vec![cause::INSPECTED, cause::CLOCK_OF_CERTIFICATE],
        Lost::Tls(_) => vec![cause::NO_TLS],
        Lost::Proxy(_) => vec![cause::PROXY],
        Lost::Other(_) => vec![cause::SILENT],
    };
    let proxy = proxy.filter(|proxy| !causes.contains(proxy));
    let state = State::NotReachable;
    Finding::new(state, subject, by(lost.told())).because(proxy).because(causes)
}

/// Whether our clock is that of the hosts.
pub(super) fn clock(seen: &Seen) -> Vec<Finding> {
    let told =
        seen.hosts.iter().filter_map(|host| Some((host, host.answered.as_ref().ok()?.as_ref()?)));
    let findings: Vec<Finding> = told
        .map(|(host, ahead)| {
            let subject = format!("{} {}", host.role, host.host);
            let by = ahead.abs().as_secs();
            if ahead.abs() <= APART {
                return Finding::ok(subject, message!("our clock is the same within a minute"));
            }
            let told = if ahead.is_positive() {
                message!("our clock is {by} s behind it", by)
            } else {
                message!("our clock is {by} s ahead of it", by)
            };
            Finding::new(State::Warning, subject, told).because([cause::CLOCK])
        })
        .collect();
    if findings.is_empty() {
        return vec![Finding::skipped(
            message!("what the doctor looks at" => "clock"),
            message!("no answer told a time"),
        )];
    }
    findings
}
