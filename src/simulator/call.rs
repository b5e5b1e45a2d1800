//! `Call` and `Answer`: one request and its answer, as values, before any socket.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

/// What a request carries.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CallBody {
    /// Nothing.
    Empty,
    /// A JSON value.
    Json(Value),
    /// A form, as the token route takes it.
    Form(BTreeMap<String, String>),
    /// Bytes that are no JSON.
    Unreadable,
    /// Bytes of a media type that is neither JSON nor a form.
    OtherType,
}

/// One request.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Call {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub(crate) method: String,
    /// The path, without the query: `/raccordements/v1/fiches-edi`.
    pub(crate) path: String,
    /// The query, decoded.
    #[serde(default)]
    pub(crate) query: BTreeMap<String, String>,
    /// Header `Authorization`. Never stored.
    #[serde(skip)]
    pub(crate) authorization: Option<String>,
    /// Header `cpro-account`. Never stored.
    #[serde(skip)]
    pub(crate) account: Option<String>,
    /// What it carries.
    pub(crate) body: CallBody,
}

impl Call {
    /// A call without credentials. `target` may carry a query: `/raccordements/v1/fiches-edi?page=2`.
    pub(crate) fn new(method: &str, target: &str, body: Option<Value>) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            authorization: None,
            account: None,
            body: body.map_or(CallBody::Empty, CallBody::Json),
        }
    }

    /// The parts of the path after `prefix`, or `None` when the path lies elsewhere.
    pub(crate) fn parts_after(&self, prefix: &str) -> Option<Vec<&str>> {
        let rest = self.path.strip_prefix(prefix)?;
        Some(rest.strip_prefix('/')?.split('/').collect())
    }

    /// Whether it may change something. Tokens carry their own proof: asking for one changes nothing.
    pub(crate) fn is_write(&self) -> bool {
        let of_ours = ["/raccordements/", "/simulateur/"];
        self.method == "PATCH"
            || self.method != "GET" && of_ours.iter().any(|base| self.path.starts_with(base))
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({} {})", self.method, self.path)
    }
}

/// What an answer carries.
#[derive(Clone, PartialEq)]
pub(crate) enum AnswerBody {
    /// Nothing.
    Empty,
    /// A JSON value.
    Json(Value),
    /// A text and its media type.
    Text(&'static str, String),
}

/// One answer.
#[derive(Clone, PartialEq)]
pub(crate) struct Answer {
    /// The HTTP status.
    pub(crate) status: u16,
    /// Headers beside the media type.
    pub(crate) headers: Vec<(String, String)>,
    /// What it carries.
    pub(crate) body: AnswerBody,
}

impl Answer {
    /// An answer without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: AnswerBody::Empty }
    }

    /// An answer that carries a value.
    pub(crate) fn json(status: u16, value: Value) -> Self {
        Self { status, headers: Vec::new(), body: AnswerBody::Json(value) }
    }

    /// The same with one more header.
    pub(crate) fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The JSON that it carries, `null` when there is none.
    #[cfg(test)]
    pub(crate) fn value(&self) -> &Value {
        match &self.body {
            AnswerBody::Json(value) => value,
            AnswerBody::Empty | AnswerBody::Text(..) => &Value::Null,
        }
    }
}

/// An answer may show a password: only its status is printed.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({})", self.status)
    }
}
