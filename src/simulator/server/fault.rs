//! Scripted faults: what goes wrong with the next requests.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;

use crate::simulator::call::Answer;
use crate::simulator::call::AnswerBody;
use crate::simulator::call::Call;

/// When a connection is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Drop {
    /// Before anything happened.
    Avant,
    /// After it happened: the answer is lost.
    Apres,
    /// After it happened, in the middle of the answer.
    Pendant,
}

/// An answer that takes the place of the right one. Nothing happens to the world, unless the fault says so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScriptedAnswer {
    /// HTTP status.
    pub(crate) statut: u16,
    /// Headers.
    #[serde(default)]
    pub(crate) entetes: BTreeMap<String, String>,
    /// A JSON body.
    #[serde(default)]
    pub(crate) corps: Option<Value>,
    /// Or a page.
    #[serde(default)]
    pub(crate) html: Option<String>,
}

/// What goes wrong, with which requests, how often.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Fault {
    /// The method, or any.
    #[serde(default)]
    pub(crate) methode: Option<String>,
    /// How the path begins; any when empty.
    #[serde(default)]
    pub(crate) chemin: String,
    /// How many requests that match are let through first.
    #[serde(default)]
    pub(crate) apres: u32,
    /// How many are hit.
    #[serde(default = "once")]
    pub(crate) fois: u32,
    /// Wait before anything else, in milliseconds.
    #[serde(default)]
    pub(crate) delai_millisecondes: u64,
    /// Answer this instead.
    #[serde(default)]
    pub(crate) reponse: Option<ScriptedAnswer>,
    /// Let it happen to the world before that answer.
    #[serde(default)]
    pub(crate) apres_effet: bool,
    /// Drop the connection.
    #[serde(default)]
    pub(crate) coupure: Option<Drop>,
}

/// A fault hits once unless told otherwise.
fn once() -> u32 {
    1
}

impl Fault {
    /// How long to wait.
    pub(super) fn delay(&self) -> Duration {
        Duration::from_millis(self.delai_millisecondes)
    }

    /// The answer instead of the right one.
    pub(super) fn answer(&self) -> Option<Answer> {
        let ScriptedAnswer { statut, entetes, corps, html } = self.reponse.as_ref()?;
        let body = match (corps, html) {
            (Some(value), _) => AnswerBody::Json(value.clone()),
            (None, Some(page)) => AnswerBody::Text("text/html; charset=utf-8", page.clone()),
            (None, None) => AnswerBody::Empty,
        };
        let headers = entetes.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        Some(Answer { status: *statut, headers, body })
    }

    /// Whether a request is one that is meant.
    fn matches(&self, call: &Call) -> bool {
        self.methode.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(&call.method))
            && call.path.starts_with(&self.chemin)
    }
}

/// The faults that are still to come, in the order in which they were scripted.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    /// Scripts one more.
    pub(super) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// What is still to come.
    pub(super) fn list(&self) -> &[Fault] {
        &self.0
    }

    /// The fault that hits this request, if one does: the first that matches.
    pub(super) fn hit(&mut self, call: &Call) -> Option<Fault> {
        let index = self.0.iter().position(|fault| fault.fois > 0 && fault.matches(call))?;
        let fault = self.0.get_mut(index)?;
        if fault.apres > 0 {
            fault.apres -= 1;
            return None;
        }
        fault.fois -= 1;
        let hit = fault.clone();
        if hit.fois == 0 {
            self.0.remove(index);
        }
        Some(hit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_fault_hits_the_requests_that_it_names_and_no_others() {
        let mut faults = Faults::default();
        let fault = json!({ "methode": "post", "chemin": "/raccordements", "apres": 1, "fois": 2 });
        faults.add(serde_json::from_value(fault).unwrap());
        let get = Call::new("GET", "/raccordements/v1/clients", None);
        let post = Call::new("POST", "/raccordements/v1/fiches-edi", None);
        let hits: Vec<bool> =
            [&get, &post, &post, &get, &post, &post].map(|call| faults.hit(call).is_some()).into();
        assert_eq!(hits, [false, false, true, false, true, false]);
        assert!(faults.list().is_empty());
    }
}
