//! Secrets, hosts and clocks.

use jiff::SignedDuration;

use crate::remote::doctor::cause;
use crate::remote::doctor::cause::Cause;
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
        return vec![Finding::ok("simulator", "made by the embedded simulator")];
    }
    ask.secrets.iter().map(secret).collect()
}

fn secret(seen: &SecretSeen) -> Finding {
    let (key, place) = (seen.part.key(), &seen.place);
    match &seen.found {
        Ok(None) => Finding::ok(key, format!("read from {place}")),
        Ok(Some(oddity)) => {
            let cause = match oddity {
                Oddity::Blank => cause::BLANK,
                Oddity::Quoted => cause::QUOTED,
                Oddity::Colon => cause::COLON,
            };
            Finding::new(State::Warning, key, format!("read from {place}, and looks odd"))
                .because([cause])
        }
        Err(missing) => Finding::refused(
            key,
            format!("could not be read: {}; {}", missing.reason, missing.help),
        ),
    }
}

/// Whether the hosts are there.
pub(super) fn hosts(seen: &Seen) -> Vec<Finding> {
    seen.hosts.iter().map(host).collect()
}

fn host(seen: &HostSeen) -> Finding {
    let subject = format!("{} {}", seen.role, seen.host);
    let by = if seen.has_proxy { ", through `piste.proxy`" } else { "" };
    let Err(lost) = &seen.answered else {
        return Finding::ok(subject, format!("answers{by}"));
    };
    // Where a proxy is set, it does the rest, and what is not there may be the proxy itself.
    let proxy = seen.has_proxy.then_some(cause::PROXY);
    let (told, causes): (String, Vec<Cause>) = match lost {
        Lost::Name => ("no such name".to_owned(), vec![cause::NAME, cause::STATE_NETWORK]),
        Lost::Refused => ("the connection was refused".to_owned(), vec![cause::REFUSED]),
        Lost::Timeout => {
            ("no answer in time".to_owned(), vec![cause::SILENT, cause::STATE_NETWORK])
        }
        Lost::Untrusted(reason) => (
            format!("its certificate is not trusted ({reason})"),
            vec![cause::INSPECTED, cause::CLOCK_OF_CERTIFICATE],
        ),
        Lost::Tls(reason) => (format!("no TLS was agreed upon ({reason})"), vec![cause::NO_TLS]),
        Lost::Proxy(reason) => (format!("the proxy said no ({reason})"), vec![cause::PROXY]),
        Lost::Other(reason) => (format!("no answer ({reason})"), vec![cause::SILENT]),
    };
    let proxy = proxy.filter(|proxy| !causes.contains(proxy));
    let state = State::NotReachable;
    Finding::new(state, subject, format!("{told}{by}")).because(proxy).because(causes)
}

/// Whether our clock is that of the hosts.
pub(super) fn clock(seen: &Seen) -> Vec<Finding> {
    let told =
        seen.hosts.iter().filter_map(|host| Some((host, host.answered.as_ref().ok()?.as_ref()?)));
    let findings: Vec<Finding> = told
        .map(|(host, ahead)| {
            let subject = format!("{} {}", host.role, host.host);
            let by = ahead.abs().as_secs();
            let side = if ahead.is_positive() { "behind" } else { "ahead of" };
            if ahead.abs() > APART {
                Finding::new(State::Warning, subject, format!("our clock is {by} s {side} it"))
                    .because([cause::CLOCK])
            } else {
                Finding::ok(subject, "our clock is the same within a minute")
            }
        })
        .collect();
    if findings.is_empty() {
        return vec![Finding::skipped("clock", "no answer told a time")];
    }
    findings
}
