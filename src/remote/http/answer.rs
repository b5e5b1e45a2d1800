//! An answer as it came: status and body, and what it says when it is a refusal.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::DATE;
use reqwest::header::HeaderMap;
use reqwest::header::RETRY_AFTER;
use reqwest::header::WWW_AUTHENTICATE;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::language::message;
use crate::remote::error::Layer;
use crate::remote::error::RemoteError;

/// Status and body of one answer. The body may be JSON, HTML or nothing.
#[derive(Default)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: u16,
    /// What `Retry-After` asks for.
    pub(crate) retry_after: Option<Duration>,
    /// The service's own time, from `Date`.
    pub(crate) date: Option<Timestamp>,
    /// The realm of `WWW-Authenticate`, which tells a known route from an unknown one (`docs/sources.md` 8).
    pub(crate) realm: Option<String>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// An answer without a body yet: what its head says.
    pub(crate) fn head(status: u16, headers: &HeaderMap) -> Self {
        let header = |name| headers.get(name)?.to_str().ok();
        let date = header(DATE);
        Self {
            status,
            retry_after: header(RETRY_AFTER).and_then(|asked| retry_after(asked, date)),
            date: date.and_then(moment),
            realm: header(WWW_AUTHENTICATE).and_then(realm),
            body: Vec::new(),
        }
    }

    /// Reads the body as JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self, route: &str) -> Result<T, RemoteError> {
        serde_json::from_slice(&self.body).map_err(|error| RemoteError::NotUnderstood {
            route: route.to_owned(),
            // serde's own text may quote a value of the body, so only its place is told.
            reason: if self.body.is_empty() {
                message!("found an empty body, expected JSON")
            } else if error.is_data() {
                message!("found JSON of another form at column {column}", column = error.column())
            } else {
                message!("found a body that is not JSON")
            },
        })
    }

    /// Takes an answer of 200 to 299; turns the rest into what it means.
    pub(crate) fn accepted(self, route: &str) -> Result<Self, RemoteError> {
        match self.status {
            200..=299 => Ok(self),
            401 => Err(RemoteError::Credentials { layer: Layer::Account }),
            status => {
                let (code, message) = self.refusal();
                Err(RemoteError::Refused { route: route.to_owned(), status, code, message })
            }
        }
    }

    /// The service's own code and words, in any of the shapes of `docs/sources.md` 8 and `docs/gateway.md`.
    pub(crate) fn refusal(&self) -> (Option<String>, Option<String>) {
        let Ok(value) = serde_json::from_slice::<Value>(&self.body) else { return (None, None) };
        let object = value.as_array().and_then(|list| list.first()).unwrap_or(&value);
        let text = |keys: &[&str]| {
            keys.iter().find_map(|key| match object.get(key)? {
                Value::String(text) if !text.is_empty() => Some(one_line(text)),
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            })
        };
        (
            text(&["code", "codeRetour", "error", "ErrorCode"]),
            text(&["message", "libelle", "error_description", "Description", "detail"]),
        )
    }
}

/// How long a header `Retry-After` asks to wait: seconds, or until a moment (RFC 9110, section 10.2.3).
///
/// A moment counts from the header `Date` of the same answer: the clocks of two machines differ.
pub(crate) fn retry_after(text: &str, date: Option<&str>) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    // A moment that is over asks for no pause.
    Some(Duration::try_from(moment(text)?.duration_since(moment(date?)?)).unwrap_or_default())
}

/// A moment as headers write it.
fn moment(text: &str) -> Option<Timestamp> {
    Some(jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp())
}

/// The realm of a challenge, `Bearer realm="PISTE"`.
fn realm(challenge: &str) -> Option<String> {
    let (_, rest) = challenge.split_once("realm=")?;
    let rest = rest.trim_start_matches('"');
    let end = rest.find(['"', ',']).unwrap_or(rest.len());
    Some(one_line(&rest[..end]))
}

/// Keeps a message of the service on one line and short.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, body: body.as_bytes().to_vec(), ..Answer::default() }
    }

    #[test]
    fn refusals_are_read_in_every_shape() {
        let pair = |body: &str| answer(400, body).refusal();
        let some = |code: &str, message: &str| (Some(code.to_owned()), Some(message.to_owned()));
        assert_eq!(pair(r#"{"code":"INCONNU","message":"rien"}"#), some("INCONNU", "rien"));
        assert_eq!(pair(r#"{"codeRetour":20001,"libelle":"non"}"#), some("20001", "non"));
        assert_eq!(
            pair(r#"[{"error":"NotFoundReference","message":"a","detail":"b"}]"#),
            some("NotFoundReference", "a")
        );
        assert_eq!(pair("<html>Maintenance</html>"), (None, None));
        assert_eq!(pair(""), (None, None));
    }

    #[test]
    fn bodies_that_are_no_json_survive_and_are_not_quoted() {
        let error = answer(200, "<html>secret</html>").json::<Value>("GET /x").unwrap_err();
        assert!(error.to_string().ends_with("found a body that is not JSON"), "{error}");
        let error = answer(200, r#""hunter2""#).json::<u32>("GET /x").unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
        assert!(matches!(
            answer(502, "<html>").accepted("GET /x"),
            Err(RemoteError::Refused { status: 502, code: None, .. })
        ));
    }

    #[test]
    fn a_pause_is_asked_for_in_seconds_or_until_a_moment() {
        let now = Some("Tue, 01 Dec 2026 12:00:00 GMT");
        let asked = |text: &str| retry_after(text, now).map(|pause| pause.as_secs());
        assert_eq!(asked(" 7 "), Some(7));
        assert_eq!(asked("Tue, 01 Dec 2026 12:01:30 GMT"), Some(90));
        assert_eq!(asked("Tue, 01 Dec 2026 11:00:00 GMT"), Some(0));
        assert_eq!(asked("-1"), None);
        assert_eq!(asked("soon"), None);
        assert_eq!(retry_after("Tue, 01 Dec 2026 12:01:30 GMT", None), None);
    }
}
