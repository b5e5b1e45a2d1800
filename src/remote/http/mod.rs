//! The one place that sends: one client, one pace, one token, and what an answer or its absence means.
//!
//! Reads are tried again a bounded number of times. A change is sent again only when the answer proves that
//! nothing was done (HTTP 401 and 429, or no connection at all); everything else is told to the caller.
//! Logs hold method, path, status, attempt and duration: no body, no header, no secret.

pub(crate) mod answer;
pub(crate) mod lost;
pub(crate) mod pace;
pub(crate) mod token;

use std::hash::BuildHasher as _;
use std::hash::Hasher as _;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Client;
use reqwest::RequestBuilder;
use reqwest::header::HeaderMap;
use reqwest::header::HeaderValue;
use secrecy::ExposeSecret as _;
use secrecy::SecretString;
use serde_json::Value;
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::crash;
use crate::domain::environment::Passage;
use crate::domain::value::WebUrl;
use crate::language::tr;
use crate::remote::error::Layer;
use crate::remote::error::RemoteError;
use crate::remote::http::answer::Answer;
use crate::remote::http::lost::Lost;
use crate::remote::http::pace::Pace;
use crate::remote::http::pace::Rate;
use crate::remote::http::token::Tokens;

/// How often HTTP 401 is answered with a new token before it is believed (`docs/sources.md` 8: three attempts).
const REFUSALS: u32 = 2;

/// Where the service is, and who we are there.
pub(crate) struct Endpoints {
    /// Where tokens are given.
    pub(crate) oauth_url: WebUrl,
    /// Base of the official API, without `/cpro`.
    pub(crate) api_url: WebUrl,
    /// Base of the gateway, without `/raccordements/v1`.
    pub(crate) gateway_url: WebUrl,
    /// Identifier of the PISTE application.
    pub(crate) client_id: SecretString,
    /// Its secret.
    pub(crate) client_secret: SecretString,
    /// Login of the technical account.
    pub(crate) login: SecretString,
    /// Its password.
    pub(crate) password: SecretString,
    /// The proxy on the way to PISTE, and authorities that are trusted beside the system's.
    pub(crate) passage: Passage,
    /// How many requests may leave.
    pub(crate) rate: Rate,
    /// How long to wait and how often to try.
    pub(crate) patience: Patience,
}

/// How long we wait for the service, and how often we try.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// For a connection.
    pub(crate) connect: Duration,
    /// Between two pieces of an answer.
    pub(crate) read: Duration,
    /// For a whole answer.
    pub(crate) total: Duration,
    /// How often a read is tried.
    pub(crate) attempts: u32,
    /// How often a token is asked for: PISTE refuses valid credentials at random (`docs/sources.md` 8).
    pub(crate) token_attempts: u32,
    /// The first pause between two attempts; each next one is twice as long.
    pub(crate) first_pause: Duration,
    /// The longest pause of our own.
    pub(crate) longest_pause: Duration,
    /// The longest `Retry-After` that is waited for.
    pub(crate) longest_retry_after: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_mins(1),
            total: Duration::from_mins(2),
            attempts: 5,
            token_attempts: 5,
            first_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(10),
            longest_retry_after: Duration::from_mins(2),
        }
    }
}

/// Which base a path belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Base {
    /// The official API.
    Piste,
    /// The gateway.
    Gateway,
}

/// An HTTP method that the contracts use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// Reads.
    Get,
    /// Creates, acts; on PISTE reads too.
    Post,
    /// Replaces.
    Put,
    /// Changes a part.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// The word on the wire.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

impl From<Method> for reqwest::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::GET,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
            Method::Patch => Self::PATCH,
            Method::Delete => Self::DELETE,
        }
    }
}

/// One request as a value: method, path from the base with its query, and body.
#[derive(Clone, PartialEq)]
pub(crate) struct Call {
    /// Method.
    pub(crate) method: Method,
    /// Path, beginning with `/`.
    pub(crate) path: String,
    /// Body in JSON.
    pub(crate) body: Option<Value>,
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Call({})", self.route())
    }
}

impl Call {
    /// A request without a body.
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), body: None }
    }

    /// A request with a body.
    pub(crate) fn with_body(method: Method, path: impl Into<String>, body: Value) -> Self {
        Self { method, path: path.into(), body: Some(body) }
    }

    /// Method and path without its query, for messages and logs.
    pub(crate) fn route(&self) -> String {
        let path = self.path.split('?').next().unwrap_or_default();
        format!("{} {path}", self.method.word())
    }
}

/// Why there was no answer.
pub(crate) struct NoAnswer {
    host: String,
    /// What kind of trouble it was.
    pub(crate) lost: Lost,
    /// Whether the request can have reached the service.
    left: bool,
}

impl NoAnswer {
    /// As the error of a request that changes nothing, or that never left.
    fn unreachable(self, route: &str) -> RemoteError {
        RemoteError::Unreachable {
            host: self.host.into(),
            route: route.to_owned(),
            reason: self.lost.told(),
        }
    }
}

/// The client.
pub(crate) struct Http {
    client: Client,
    endpoints: Endpoints,
    account: HeaderValue,
    tokens: Tokens,
    pace: Pace,
    patience: Patience,
    /// How many requests have left.
    sent: AtomicUsize,
}

impl Http {
    /// Makes a client. Nothing is sent.
    pub(crate) fn new(endpoints: Endpoints) -> Result<Self, RemoteError> {
        let Patience { connect, read, total, .. } = endpoints.patience;
        let mut builder = Client::builder()
            .user_agent(concat!("raccord/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(connect)
            .read_timeout(read)
            .timeout(total);
        let unusable = |error: reqwest::Error| RemoteError::Unreachable {
            host: endpoints.api_url.to_string().into(),
            route: tr!("any request"),
            reason: chain(&error).into(),
        };
        let urls = [&endpoints.oauth_url, &endpoints.api_url, &endpoints.gateway_url];
        if let Some(proxy) = &endpoints.passage.proxy {
            builder = builder.proxy(proxy_to_piste(proxy, &endpoints).map_err(unusable)?);
        } else if urls.into_iter().all(is_loopback) {
            // A proxy of the system must not come between us and the embedded simulator.
            builder = builder.no_proxy();
            // Reading the system's authorities takes as long as a whole plan of a small project.
            if urls.into_iter().all(|url| url.as_str().starts_with("http://")) {
                builder = builder.tls_certs_only([]);
            }
        }
        if let Some(pem) = &endpoints.passage.authorities {
            let trusted = reqwest::Certificate::from_pem_bundle(pem).map_err(unusable)?;
            builder = builder.tls_certs_merge(trusted);
        }
        let client = builder.build().map_err(unusable)?;
        // `docs/sources.md` 8: standard base64 of `login:password`, without `Basic `.
        let pair = SecretString::from(format!(
            "{}:{}",
            endpoints.login.expose_secret(),
            endpoints.password.expose_secret()
        ));
        let mut account = HeaderValue::try_from(STANDARD.encode(pair.expose_secret()))
            .map_err(|_| RemoteError::Credentials { layer: Layer::Account })?;
        account.set_sensitive(true);
        let pace = Pace::new(endpoints.rate.clone());
        let patience = endpoints.patience;
        Ok(Self {
            client,
            endpoints,
            account,
            tokens: Tokens::default(),
            pace,
            patience,
            sent: AtomicUsize::new(0),
        })
    }

    /// Sends a request that changes nothing, again if needed; gives an answer of 200 to 299.
    pub(crate) async fn read(&self, base: Base, call: &Call) -> Result<Answer, RemoteError> {
        self.exchange(base, call, None).await?.accepted(&call.route())
    }

    /// Sends a request that changes nothing, again if needed; gives the last answer whatever its status.
    pub(crate) async fn look(&self, base: Base, call: &Call) -> Result<Answer, RemoteError> {
        self.exchange(base, call, None).await
    }

    /// Knocks at a host once, without any credentials. Whatever it answers, it is there.
    pub(crate) async fn reach(&self, url: &WebUrl) -> Result<Answer, Lost> {
        let Ok(mut root) = url::Url::parse(url.as_str()) else {
            return Err(Lost::Other(tr!("the URL cannot be read")));
        };
        root.set_path("/");
        let answered = self.send_once(self.client.get(root), "GET /", 1).await;
        answered.map_err(|none| none.lost)
    }

    /// Asks for a token, or takes the one that there is: at which attempt it was granted.
    pub(crate) async fn granted_at(&self) -> Result<u32, RemoteError> {
        Ok(self.tokens.get(self, None).await?.attempt)
    }

    /// How many requests have left so far.
    pub(crate) fn sent(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }

    /// Where the service is.
    pub(crate) fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// Sends a change; gives an answer of 200 to 299.
    ///
    /// Sent again only where nothing can have been done. `key` is the idempotency key, which a bridge may honour.
    pub(crate) async fn write(
        &self,
        base: Base,
        call: &Call,
        key: &str,
    ) -> Result<Answer, RemoteError> {
        self.exchange(base, call, Some(key)).await?.accepted(&call.route())
    }

    /// Sends a request until it is answered for good. One with a `key` is a change.
    async fn exchange(
        &self,
        base: Base,
        call: &Call,
        key: Option<&str>,
    ) -> Result<Answer, RemoteError> {
        let route = call.route();
        let is_change = key.is_some();
        let mut attempt = 1;
        let mut refusals = 0;
        let mut refused = None;
        loop {
            let token = self.tokens.get(self, refused).await?;
            let last = attempt >= self.patience.attempts;
            let mut request = self.request(base, call, &token.header);
            if let Some(key) = key.and_then(|key| HeaderValue::try_from(key).ok()) {
                request = request.header("Idempotency-Key", key);
            }
            let pause = match self.send_once(request, &route, attempt).await {
                Ok(answer) => match answer.status {
                    // The token ended on the way, or PISTE refuses although nothing is wrong, which comes in bursts
                    // (`docs/sources.md` 8). The service refused before it did anything: again, with a new token.
                    401 if refusals < REFUSALS && !last => {
                        refusals += 1;
                        refused = Some(token.generation);
                        if refusals == 1 { Some(Duration::ZERO) } else { answer.retry_after }
                    }
                    429 if last || self.is_too_long(&answer) => {
                        return Err(RemoteError::Throttled { route, attempts: attempt });
                    }
                    429 => answer.retry_after,
                    408 | 500..=599 if is_change => {
                        let reason = format!("HTTP {}", answer.status).into();
                        return Err(RemoteError::Ambiguous { route, reason });
                    }
                    502..=504 if !last && !self.is_too_long(&answer) => answer.retry_after,
                    _ => return Ok(answer),
                },
                Err(failure) if is_change && failure.left => {
                    return Err(RemoteError::Ambiguous { route, reason: failure.lost.told() });
                }
                Err(failure) if last => return Err(failure.unreachable(&route)),
                Err(_) => None,
            };
            self.pause(attempt, pause).await;
            attempt += 1;
        }
    }

    fn request(&self, base: Base, call: &Call, token: &HeaderValue) -> RequestBuilder {
        let base = match base {
            Base::Piste => &self.endpoints.api_url,
            Base::Gateway => &self.endpoints.gateway_url,
        };
        let url = format!("{}{}", base.as_str().trim_end_matches('/'), call.path);
        let mut headers = HeaderMap::new();
        headers.insert(reqwest::header::AUTHORIZATION, token.clone());
        headers.insert("cpro-account", self.account.clone());
        headers.insert(
            reqwest::header::ACCEPT,
            HeaderValue::from_static("application/json;charset=utf-8"),
        );
        let request = self.client.request(call.method.into(), url).headers(headers);
        match &call.body {
            Some(body) => request
                .header(reqwest::header::CONTENT_TYPE, "application/json;charset=utf-8")
                .body(body.to_string()),
            None => request,
        }
    }

    /// Sends one request in its turn and reads the whole answer, inside a span of its own.
    async fn send_once(
        &self,
        request: RequestBuilder,
        route: &str,
        attempt: u32,
    ) -> Result<Answer, NoAnswer> {
        let (method, path) = route.split_once(' ').unwrap_or(("", route));
        let span = tracing::error_span!("request", method, route = path, attempt);
        self.send_in_turn(request).instrument(span).await
    }

    async fn send_in_turn(&self, request: RequestBuilder) -> Result<Answer, NoAnswer> {
        self.pace.turn().await;
        self.sent.fetch_add(1, Ordering::Relaxed);
        let start = Instant::now();
        crash::point("request: it is about to leave");
        let result = async {
            let response = request.send().await?;
            let head = Answer::head(response.status().as_u16(), response.headers());
            let body = response.bytes().await?.to_vec();
            Ok::<_, reqwest::Error>(Answer { body, ..head })
        }
        .await;
        crash::point("request: it was answered, or was not");
        let duration_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        match result {
            Ok(answer) => {
                tracing::debug!(status = answer.status, duration_ms, "request answered");
                Ok(answer)
            }
            Err(error) => {
                let host = error
                    .url()
                    .and_then(|url| {
                        let host = url.host_str()?;
                        Some(url.port().map_or(host.to_owned(), |port| format!("{host}:{port}")))
                    })
                    .unwrap_or_default();
                let left = !error.is_connect() && !error.is_builder();
                let error = error.without_url();
                tracing::debug!(duration_ms, reason = chain(&error), "request without an answer");
                Err(NoAnswer { host, lost: Lost::of(&error), left })
            }
        }
    }

    fn is_too_long(&self, answer: &Answer) -> bool {
        answer.retry_after.is_some_and(|asked| asked > self.patience.longest_retry_after)
    }

    /// Waits before the next attempt: as long as asked, else longer each time, with chance so that many clients spread out.
    pub(super) async fn pause(&self, attempt: u32, asked: Option<Duration>) {
        let doubled = self.patience.first_pause.saturating_mul(1 << (attempt - 1).min(16));
        let own = doubled.min(self.patience.longest_pause).mul_f64(0.5 + chance() / 2.0);
        let pause =
            asked.map_or(own, |asked| asked.min(self.patience.longest_retry_after) + own / 4);
        tokio::time::sleep(pause).await;
    }
}

/// A number from 0 to 1, different each time. Good enough to spread pauses.
fn chance() -> f64 {
    let bits = std::hash::RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(bits >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX)
}

/// A proxy for the two hosts of PISTE. A gateway is reached without it: it mostly stands in one's own network.
fn proxy_to_piste(proxy: &WebUrl, endpoints: &Endpoints) -> Result<reqwest::Proxy, reqwest::Error> {
    let origin = |url: &WebUrl| url::Url::parse(url.as_str()).ok().map(|url| url.origin());
    let piste = [origin(&endpoints.oauth_url), origin(&endpoints.api_url)];
    let target = reqwest::Url::parse(proxy.as_str()).ok();
    // Refused here already, so that it is told before anything is sent.
    reqwest::Proxy::all(proxy.as_str())?;
    Ok(reqwest::Proxy::custom(move |url| {
        target.clone().filter(|_| piste.contains(&Some(url.origin())))
    }))
}

fn is_loopback(url: &WebUrl) -> bool {
    let Ok(url) = url::Url::parse(url.as_str()) else { return false };
    match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// An error and its causes in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        let words = source.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = source.source();
    }
    text
}

#[cfg(test)]
mod tests;
