//! OAuth2 client credentials: one token, shared, asked for once at a time.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;
use secrecy::ExposeSecret as _;
use secrecy::SecretString;
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::language::message;
use crate::remote::error::Layer;
use crate::remote::error::RemoteError;
use crate::remote::http::Http;
use crate::remote::http::answer::Answer;

/// How long before its end a token is renewed. The field uses 60 to 240 s (`docs/sources.md` 8).
const MARGIN: Duration = Duration::from_secs(90);

/// What the answer holds.
#[derive(Deserialize)]
struct Granted {
    access_token: String,
    /// Seconds. Some services write it as a text.
    #[serde(default)]
    expires_in: serde_json::Value,
}

/// A token and until when it is used.
#[derive(Clone)]
pub(crate) struct Token {
    /// `Bearer …`, marked sensitive.
    pub(crate) header: HeaderValue,
    /// Tells one token from the next.
    pub(crate) generation: u64,
    /// At which attempt it was granted.
    pub(crate) attempt: u32,
    renew_at: Instant,
}

/// The token in use. The lock is held while a new one is asked for: single flight.
#[derive(Default)]
pub(crate) struct Tokens {
    current: Mutex<(u64, Option<Arc<Token>>)>,
}

impl Tokens {
    /// A token that is not about to end and is not of the generation `refused`.
    pub(crate) async fn get(
        &self,
        http: &Http,
        refused: Option<u64>,
    ) -> Result<Arc<Token>, RemoteError> {
        let mut current = self.current.lock().await;
        if let (_, Some(token)) = &*current
            && refused != Some(token.generation)
            && Instant::now() < token.renew_at
        {
            return Ok(Arc::clone(token));
        }
        let generation = current.0 + 1;
        let token = Arc::new(ask(http, generation).await?);
        *current = (generation, Some(Arc::clone(&token)));
        Ok(token)
    }
}

/// Asks for a token.
///
/// PISTE answers `invalid_client` to about one valid request in ten (`docs/sources.md` 8), so that is
/// believed only when it is said several times in a row.
async fn ask(http: &Http, generation: u64) -> Result<Token, RemoteError> {
    let route = "POST (token)";
    let mut attempt = 1;
    loop {
        let last = attempt >= http.patience.token_attempts;
        let request = http
            .client
            .post(http.endpoints.oauth_url.as_str())
            .form(&form(&http.endpoints.client_id, &http.endpoints.client_secret));
        let pause = match http.send_once(request, route, attempt).await {
            Ok(answer) if answer.status == 200 => {
                return Ok(Token { attempt, ..granted(&answer, route, generation)? });
            }
            Ok(answer) => {
                let (code, _) = answer.refusal();
                let refused = code.as_deref() == Some("invalid_client") || answer.status == 401;
                let busy = matches!(answer.status, 429 | 500 | 502 | 503 | 504);
                if last && refused {
                    return Err(RemoteError::Credentials { layer: Layer::Application });
                }
                if last && answer.status == 429 {
                    return Err(RemoteError::Throttled {
                        route: route.to_owned(),
                        attempts: attempt,
                    });
                }
                if last || !(refused || busy) {
                    // The description might repeat what was sent: only the code is kept.
                    return Err(RemoteError::Refused {
                        route: route.to_owned(),
                        status: answer.status,
                        code,
                        message: None,
                    });
                }
                answer.retry_after
            }
            Err(failure) if last => return Err(failure.unreachable(route)),
            Err(_) => None,
        };
        http.pause(attempt, pause).await;
        attempt += 1;
    }
}

/// The form that asks for a token (`docs/sources.md` 8).
fn form<'a>(id: &'a SecretString, secret: &'a SecretString) -> [(&'static str, &'a str); 4] {
    [
        ("grant_type", "client_credentials"),
        ("client_id", id.expose_secret()),
        ("client_secret", secret.expose_secret()),
        ("scope", "openid"),
    ]
}

fn granted(answer: &Answer, route: &str, generation: u64) -> Result<Token, RemoteError> {
    let granted: Granted = answer.json(route)?;
    let mut header =
        HeaderValue::try_from(format!("Bearer {}", granted.access_token)).map_err(|_| {
            RemoteError::NotUnderstood {
                route: route.to_owned(),
                reason: message!("found a token that fits no header"),
            }
        })?;
    header.set_sensitive(true);
    let seconds = granted
        .expires_in
        .as_u64()
        .or_else(|| granted.expires_in.as_str()?.parse().ok())
        // Not told: as on PISTE.
        .unwrap_or(3600);
    let life = Duration::from_secs(seconds.min(86_400));
    // A short life is used up to its half, else a margin would leave nothing of it.
    let used = life.saturating_sub(MARGIN).max(life / 2);
    Ok(Token { header, generation, attempt: 1, renew_at: Instant::now() + used })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::remote::testing::Exchange;
    use crate::remote::testing::recorded;

    fn answered(exchange: &Exchange) -> Answer {
        let body = exchange.response.to_string().into_bytes();
        Answer { status: exchange.status, body, ..Answer::default() }
    }

    #[test]
    fn a_recorded_token_is_asked_for_and_read() {
        let [exchange] = recorded("piste/token").try_into().unwrap();
        let part = |name: &str| SecretString::from(exchange.request[name].as_str().unwrap());
        let (id, secret) = (part("client_id"), part("client_secret"));
        let sent: BTreeMap<_, _> = form(&id, &secret).into_iter().collect();
        assert_eq!(serde_json::json!(sent), exchange.request);
        let token = granted(&answered(&exchange), "POST (token)", 3).unwrap();
        let expected = format!("Bearer {}", exchange.response["access_token"].as_str().unwrap());
        assert_eq!(token.header, expected.as_str());
        assert!(token.header.is_sensitive() && token.generation == 3);
        let left = token.renew_at.duration_since(Instant::now());
        assert!(left <= Duration::from_secs(3510) && left > Duration::from_secs(3500));
    }

    #[test]
    fn a_recorded_refusal_of_a_token_is_recognised() {
        let [exchange] = recorded("piste/token-refused").try_into().unwrap();
        let answer = answered(&exchange);
        assert_eq!((answer.status, answer.refusal().0.as_deref()), (400, Some("invalid_client")));
    }

    #[test]
    fn a_short_life_is_used_up_to_its_half() {
        let token = |seconds: &str| {
            let body = format!(r#"{{"access_token":"x","expires_in":{seconds}}}"#);
            let answer = Answer { status: 200, body: body.into_bytes(), ..Answer::default() };
            granted(&answer, "POST (token)", 1).unwrap().renew_at.duration_since(Instant::now())
        };
        assert!(token("60") <= Duration::from_secs(30) && token("60") > Duration::from_secs(29));
        assert!(token("\"600\"") > Duration::from_secs(500));
    }
}
