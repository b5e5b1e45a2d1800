//! From HTTP to a call, and from an answer to HTTP.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::body::to_bytes;
use axum::extract::ConnectInfo;
use axum::extract::Request;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::HeaderName;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::Response;

use crate::simulator::call::Answer;
use crate::simulator::call::AnswerBody;
use crate::simulator::call::Call;
use crate::simulator::call::CallBody;
use crate::simulator::server::clock::machine_time;
use crate::simulator::server::connection::Cut;
use crate::simulator::server::fault::Drop;
use crate::simulator::server::fault::Fault;
use crate::simulator::server::shell::Shell;

/// The largest body: two certificates of 5 MB in base64, and room to refuse larger ones by name.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// Every path goes to the world, which knows its routes.
pub(super) fn router(shell: Arc<Shell>) -> Router {
    Router::new().fallback(answer).with_state(shell)
}

/// Answers one request, with the faults that were scripted for it.
async fn answer(
    State(shell): State<Arc<Shell>>,
    ConnectInfo(connection): ConnectInfo<Cut>,
    request: Request,
) -> Response {
    let Some(call) = read(request).await else {
        return written(Answer::empty(413));
    };
    let fault = shell.fault(&call);
    if let Some(fault) = &fault {
        tokio::time::sleep(fault.delay()).await;
        if fault.coupure == Some(Drop::Avant) {
            shell.note(&call, None);
            return dropped(&connection);
        }
        if let Some(answer) = fault.answer().filter(|_| !fault.apres_effet) {
            shell.note(&call, Some(answer.status));
            return written(answer);
        }
    }
    let answer = shell.answer(machine_time(), &call);
    let answer = fault.as_ref().and_then(Fault::answer).unwrap_or(answer);
    match fault.and_then(|fault| fault.coupure) {
        Some(Drop::Apres) => {
            shell.note(&call, None);
            dropped(&connection)
        }
        Some(Drop::Pendant) => {
            shell.note(&call, None);
            halved(written(answer)).await
        }
        Some(Drop::Avant) | None => {
            shell.note(&call, Some(answer.status));
            written(answer)
        }
    }
}

/// An answer that breaks off in the middle of its body.
async fn halved(answer: Response) -> Response {
    let (mut head, body) = answer.into_parts();
    let whole = to_bytes(body, LARGEST_BODY).await.unwrap_or_default();
    head.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len().max(2)));
    let pieces = [Ok(whole.slice(..whole.len() / 2)), Err(std::io::ErrorKind::ConnectionReset)];
    let pieces = pieces.map(|piece| piece.map_err(std::io::Error::from));
    Response::from_parts(head, Body::from_stream(futures_util::stream::iter(pieces)))
}

/// Ends the connection. What is returned is never sent.
fn dropped(connection: &Cut) -> Response {
    connection.cut();
    Response::new(Body::empty())
}

/// Reads a request; `None` when its body is too large.
async fn read(request: Request) -> Option<Call> {
    let (head, body) = request.into_parts();
    let bytes = to_bytes(body, LARGEST_BODY).await.ok()?;
    let text = |name: HeaderName| -> Option<String> {
        head.headers.get(name).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned)
    };
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
    let mut call = Call::new(head.method.as_str(), target, None);
    call.authorization = text(header::AUTHORIZATION);
    call.account = text(HeaderName::from_static("cpro-account"));
    call.body = body_of(&head.headers, &bytes);
    Some(call)
}

/// What a body holds, by its media type.
fn body_of(headers: &HeaderMap, bytes: &[u8]) -> CallBody {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(|kind| kind.trim().to_ascii_lowercase())
        .unwrap_or_default();
    if bytes.is_empty() {
        return CallBody::Empty;
    }
    match kind.as_str() {
        "application/x-www-form-urlencoded" => {
            CallBody::Form(url::form_urlencoded::parse(bytes).into_owned().collect())
        }
        "application/json" => {
            serde_json::from_slice(bytes).map_or(CallBody::Unreadable, CallBody::Json)
        }
        _ => CallBody::OtherType,
    }
}

/// Writes an answer.
fn written(answer: Answer) -> Response {
    let mut response = Response::new(Body::empty());
    // A status that is none can only come from a script.
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = match answer.body {
        AnswerBody::Empty => None,
        AnswerBody::Json(value) => {
            *response.body_mut() = Body::from(value.to_string());
            Some("application/json;charset=utf-8")
        }
        AnswerBody::Text(kind, text) => {
            *response.body_mut() = Body::from(text);
            Some(kind)
        }
    };
    if let Some(kind) = kind {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    for (name, value) in &answer.headers {
        let parsed = (HeaderName::try_from(name), HeaderValue::try_from(value));
        if let (Ok(name), Ok(value)) = parsed {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
