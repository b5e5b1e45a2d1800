//! The log of requests: counts for each route, and the last ones.

use std::collections::BTreeMap;
use std::collections::VecDeque;

use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::simulator::call::Call;

/// How many requests are kept.
const KEPT: usize = 1000;

/// One request. No header and no body is kept: both may hold secrets.
#[derive(Clone, Debug, Serialize)]
struct Seen {
    #[serde(rename = "numero")]
    number: u64,
    #[serde(rename = "methode")]
    method: String,
    #[serde(rename = "chemin")]
    path: String,
    /// `None` when the connection was dropped.
    #[serde(rename = "statut")]
    status: Option<u16>,
}

/// What was asked so far.
#[derive(Debug, Default)]
pub(super) struct Requests {
    total: u64,
    routes: BTreeMap<String, u64>,
    last: VecDeque<Seen>,
}

impl Requests {
    /// Notes a request and how it was answered.
    pub(super) fn note(&mut self, call: &Call, status: Option<u16>) {
        self.total += 1;
        *self.routes.entry(format!("{} {}", call.method, route(&call.path))).or_default() += 1;
        if self.last.len() == KEPT {
            self.last.pop_front();
        }
        self.last.push_back(Seen {
            number: self.total,
            method: call.method.clone(),
            path: call.path.clone(),
            status,
        });
    }

    /// Everything as JSON.
    pub(super) fn show(&self) -> Value {
        json!({ "total": self.total, "parRoute": self.routes, "requetes": self.last })
    }
}

/// A path with its identities taken out: `/raccordements/v1/fiches-edi/{id}`.
fn route(path: &str) -> String {
    let parts: Vec<&str> = path
        .split('/')
        .map(|part| {
            let digits = part.bytes().filter(u8::is_ascii_digit).count();
            // Identities carry at least four digits; `v1` and words do not.
            if digits >= 4 || part.len() == 32 { "{id}" } else { part }
        })
        .collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_route_and_only_the_last_are_kept() {
        let mut requests = Requests::default();
        for number in 0..1500 {
            let path = format!("/raccordements/v1/fiches-edi/EDI-{number:06}");
            requests.note(&Call::new("GET", &path, None), Some(200));
        }
        let shown = requests.show();
        assert_eq!(shown["total"], 1500);
        assert_eq!(shown["parRoute"]["GET /raccordements/v1/fiches-edi/{id}"], 1500);
        assert_eq!(shown["requetes"].as_array().map(Vec::len), Some(KEPT));
        assert_eq!(shown["requetes"][0]["numero"], 501);
    }
}
