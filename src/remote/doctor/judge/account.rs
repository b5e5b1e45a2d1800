//! The token, the subscriptions, the technical account and the health of the API.

use crate::domain::environment::Stage;
use crate::language::Message;
use crate::language::message;
use crate::remote::doctor::cause;
use crate::remote::doctor::cause::Cause;
use crate::remote::doctor::judge::Finding;
use crate::remote::doctor::judge::State;
use crate::remote::doctor::seen::Ask;
use crate::remote::doctor::seen::CallSeen;
use crate::remote::doctor::seen::Family;
use crate::remote::doctor::seen::Outcome;
use crate::remote::doctor::seen::Part;
use crate::remote::doctor::seen::Seen;
use crate::remote::error::RemoteError;

/// The realm of a route that PISTE knows (`docs/sources.md` 8).
const KNOWN_REALM: &str = "PISTE";

/// Whether the PISTE application gets a token.
pub(super) fn token(ask: &Ask, seen: &Seen) -> Vec<Finding> {
    let subject = || message!("what the doctor looks at" => "token");
    let Some(token) = &seen.token else {
        let missing =
            |part| ask.secrets.iter().any(|secret| secret.part == part && secret.found.is_err());
        let why = if missing(Part::ClientId) || missing(Part::ClientSecret) {
            message!("`client_id` or `client_secret` is missing")
        } else {
            message!("the host of `oauth_url` is not reached")
        };
        return vec![Finding::skipped(subject(), why)];
    };
    let finding = match token {
        Ok(1) => Finding::ok(subject(), message!("what is told of a token" => "granted")),
        Ok(attempt) => Finding::ok(
            subject(),
            message!(
                "granted at attempt {attempt}: PISTE refuses valid credentials at times, and raccord asks again",
                attempt
            ),
        ),
        Err(error @ RemoteError::Credentials { .. }) => {
            let odd: Vec<Cause> = oddities(ask, [Part::ClientId, Part::ClientSecret]);
            let attempts = seen.token_attempts;
            Finding::refused(
                subject(),
                message!("{error}, {attempts} times in a row", error, attempts),
            )
            .because(odd)
            .because([
                cause::API_KEYS,
                match ask.stage {
                    Stage::Production => cause::APPLICATION_OF_SANDBOX,
                    Stage::Qualification | Stage::Simulator => cause::APPLICATION_OF_PRODUCTION,
                },
                cause::SECRET_RENEWED,
            ])
        }
        Err(error) => trouble(subject(), error, cause::NO_TOKEN_SERVICE),
    };
    vec![finding]
}

/// Whether the application may ask each API.
pub(super) fn subscription(seen: &Seen) -> Vec<Finding> {
    if seen.calls.is_empty() {
        return vec![Finding::skipped("API", below(seen))];
    }
    let some_pass = seen.calls.iter().any(|call| call.outcome == Outcome::Through);
    let mut findings: Vec<Finding> = Vec::new();
    for call in &seen.calls {
        let finding = family(call, some_pass);
        // One line for each API: a second look at the same one counts when it went worse.
        match findings.iter_mut().find(|known| known.subject == finding.subject) {
            Some(known) if known.state < finding.state => *known = finding,
            Some(_) => {}
            None => findings.push(finding),
        }
    }
    findings
}

fn family(call: &CallSeen, some_pass: bool) -> Finding {
    let name = call.family.name();
    match &call.outcome {
        Outcome::Through => Finding::ok(name, message!("subscribed to")),
        Outcome::NotAllowed { message: Some(message) } => {
            let told = message!(
                "{route} was refused with HTTP 403: «{message}»",
                route = call.route,
                message
            );
            Finding::wrong(name, told).because([cause::CONSENT, cause::NOT_DECLARED, cause::MIXED])
        }
        Outcome::NotAllowed { message: None } => {
            let told =
                message!("{route} was refused with HTTP 403 and an empty body", route = call.route);
            // What lets another API through is declared, and of the right environment.
            let whole = [cause::NOT_DECLARED, cause::MIXED];
            let whole = whole.into_iter().filter(|_| !some_pass);
            Finding::wrong(name, told).because([cause::CONSENT]).because(whole)
        }
        Outcome::NotKnown { realm } if is_foreign(realm.as_deref()) => {
            Finding::wrong(name, unknown_route(call)).because([cause::WRONG_API])
        }
        Outcome::NotKnown { .. } => {
            Finding::skipped(name, message!("the account is refused before that"))
        }
        Outcome::NoSuchRoute => {
            let told = message!("{route} was answered with HTTP 404", route = call.route);
            Finding::wrong(name, told).because([cause::WRONG_API])
        }
        // Told below, where it belongs.
        Outcome::Trouble(_) if call.family == Family::Transverse => {
            Finding::skipped(name, message!("its health check did not answer as it should"))
        }
        Outcome::Trouble(error) => trouble(name, error, cause::WRONG_API),
    }
}

/// Whether the technical account is let in.
pub(super) fn account(seen: &Seen) -> Vec<Finding> {
    let subject = || message!("what the doctor looks at" => "account");
    if seen.calls.is_empty() {
        return vec![Finding::skipped(subject(), below(seen))];
    }
    let refused = seen.calls.iter().find(|call| matches!(call.outcome, Outcome::NotKnown { .. }));
    if let Some(CallSeen { route, outcome: Outcome::NotKnown { realm }, .. }) = refused {
        if is_foreign(realm.as_deref()) {
            return vec![Finding::skipped(
                subject(),
                message!("the route is not known, so nobody looked at it"),
            )];
        }
        let told = match realm.as_deref() {
            Some(_) => message!(
                "{route} was refused with HTTP 401, three times with new tokens; the realm `{realm}` says that the route exists",
                route,
                realm = KNOWN_REALM
            ),
            None => {
                message!("{route} was refused with HTTP 401, three times with new tokens", route)
            }
        };
        return vec![Finding::refused(subject(), told).because([
            cause::PASSWORD,
            cause::EXPIRED,
            cause::DEACTIVATED,
            cause::TOO_YOUNG,
        ])];
    }
    if seen.calls.iter().any(|call| call.outcome == Outcome::Through) {
        return vec![Finding::ok(subject(), message!("let in"))];
    }
    vec![Finding::skipped(
        subject(),
        message!("no API let the call through, so nothing is told about it"),
    )]
}

/// Whether Chorus Pro says that it is well.
pub(super) fn health(seen: &Seen) -> Vec<Finding> {
    let subject = "health-check";
    let call = seen.calls.iter().find(|call| call.family == Family::Transverse);
    let finding = match (&seen.health, call.map(|call| &call.outcome)) {
        (Some(Ok(())), _) => Finding::ok(subject, message!("Chorus Pro says that it is available")),
        (Some(Err(words)), _) => {
            Finding::wrong(subject, message!("Chorus Pro says `{words}`", words))
                .because([cause::BUSY])
        }
        (None, None) => Finding::skipped(subject, below(seen)),
        (None, Some(Outcome::Trouble(error))) => trouble(subject, error, cause::WRONG_API),
        (None, Some(Outcome::Through)) => {
            Finding::wrong(subject, message!("found an answer of another form"))
                .because([cause::WRONG_API])
        }
        (None, Some(_)) => Finding::skipped(subject, message!("the call was not let through")),
    };
    vec![finding]
}

/// Why nothing was asked of the API.
pub(super) fn below(seen: &Seen) -> Message {
    let api = seen.hosts.iter().find(|host| host.role == "api_url");
    if api.is_some_and(|host| host.answered.is_err()) {
        return message!("the host of `api_url` is not reached");
    }
    match seen.token {
        Some(Ok(_)) => message!("`account` or `password` is missing"),
        Some(Err(_)) | None => message!("there is no token"),
    }
}

/// Something that went wrong in a way that is not about credentials.
pub(super) fn trouble(
    subject: impl Into<Message>,
    error: &RemoteError,
    otherwise: Cause,
) -> Finding {
    let (state, cause) = match error {
        RemoteError::Unreachable { .. } => (State::NotReachable, cause::SILENT),
        RemoteError::Throttled { .. } | RemoteError::Refused { status: 500..=599, .. } => {
            (State::NotReachable, cause::BUSY)
        }
        _ => (State::Wrong, otherwise),
    };
    Finding::new(state, subject, Message::of(|| error.to_string())).because([cause])
}

/// Whether a realm says that the route is not known. Without one nothing is said.
fn is_foreign(realm: Option<&str>) -> bool {
    realm.is_some_and(|realm| realm != KNOWN_REALM)
}

fn unknown_route(call: &CallSeen) -> Message {
    let Outcome::NotKnown { realm: Some(realm) } = &call.outcome else { return Message::default() };
    message!(
        "{route} was refused with HTTP 401; its realm `{realm}` says that the route is not known",
        route = call.route,
        realm
    )
}

fn oddities<const N: usize>(ask: &Ask, parts: [Part; N]) -> Vec<Cause> {
    let odd =
        |part| ask.secrets.iter().any(|one| one.part == part && matches!(one.found, Ok(Some(_))));
    parts.into_iter().any(odd).then_some(cause::BLANK).into_iter().collect()
}
