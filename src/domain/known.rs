//! `Known`: what the ledger knows, a fold over its events.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::api::ApiStatus;
use crate::domain::certificate::CertificateFacts;
use crate::domain::edi::EdiStatus;
use crate::domain::edi::Slot;
use crate::domain::event::Effect;
use crate::domain::event::Event;
use crate::domain::event::Making;
use crate::domain::event::What;
use crate::domain::observed::RemoteId;
use crate::domain::proven::Form;
use crate::domain::proven::Proof;
use crate::domain::proven::Proven;
use crate::domain::seen::HandedStep;
use crate::domain::seen::Look;
use crate::domain::seen::Seen;
use crate::domain::seen::Sighting;
use crate::domain::value::Fingerprint;

/// A sheet or account that we answer for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owned {
    /// Its identity.
    pub(crate) id: RemoteId,
    /// What it is, and its place in the history of its address.
    pub(crate) making: Making,
    /// Its application code, or for an account its login.
    pub(crate) code: Option<String>,
    /// When it was first seen Actif.
    pub(crate) active_since: Option<Timestamp>,
    /// When we created it; `None` when it was adopted.
    pub(crate) created_at: Option<Timestamp>,
}

/// A sheet or account that was replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Former {
    /// What it was.
    pub(crate) owned: Owned,
    /// How many days it stays beside the new one, once that is Actif.
    pub(crate) overlap_days: u32,
    /// Whether it was deactivated or deleted by us.
    pub(crate) retired: bool,
}

/// A creation whose answer was never recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Intent {
    /// The step.
    pub(crate) step: String,
    /// When it was about to leave.
    pub(crate) at: Timestamp,
    /// What it would make.
    pub(crate) making: Making,
}

/// What is known under one address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KnownAddress {
    /// The sheet or account that serves the address now.
    pub(crate) current: Option<Owned>,
    /// Those it replaced, oldest first.
    pub(crate) former: Vec<Former>,
    /// A creation that may or may not have happened.
    pub(crate) intent: Option<Intent>,
    /// When the password of the current account was last put into its sink.
    ///
    /// `None` again from the moment a reset is about to leave: until the new one is stored, or the reset is refused,
    /// nobody knows which one is right.
    pub(crate) password_stored_at: Option<Timestamp>,
    /// A reset whose outcome is not recorded, or whose new password did not reach its sink.
    pub(crate) reset: Option<Reset>,
    /// The certificates of the current sheet, as far as they were recorded.
    pub(crate) certificates: BTreeMap<Slot, Fingerprint>,
    /// Steps that a person has in hand, of the newest plan.
    pub(crate) handed: Vec<HandedStep>,
    /// What persons said stands at the portal.
    pub(crate) sightings: BTreeMap<RemoteId, Sighting>,
    /// Who found that nothing is there, where nothing was handed over or found since.
    pub(crate) absent: Option<Look>,
}

/// A reset of a password that has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reset {
    /// The step.
    pub(crate) step: String,
    /// When the password before it was put into its sink.
    stored_before: Option<Timestamp>,
}

/// The word of the plan for a reset, in [`What::Intended`].
const RESETS: &str = "reset_password";

/// What the ledger knows, by address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known {
    /// By address.
    pub(crate) addresses: BTreeMap<Address, KnownAddress>,
    /// Every certificate that was ever put on a sheet and recorded, by its fingerprint.
    pub(crate) certificates: BTreeMap<Fingerprint, CertificateFacts>,
    /// What was ever seen Actif, also where it is gone or forgotten since.
    pub(crate) proven: Proven,
}

impl Known {
    /// Folds events, oldest first.
    pub(crate) fn fold<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut known = Self::default();
        for event in events {
            known.record(event);
        }
        known
    }

    /// Takes in one more event.
    pub(crate) fn record(&mut self, event: &Event) {
        match &event.what {
            What::RunStarted { .. }
            | What::RunEnded { .. }
            | What::WaveStarted { .. }
            | What::WaveEnded { .. } => {}
            What::Intended { address, step, does, target: _, making } => {
                if does == RESETS {
                    let known = self.at(address);
                    let stored_before = known.password_stored_at.take();
                    known.reset = Some(Reset { step: step.clone(), stored_before });
                }
                if let Some(making) = making {
                    self.at(address).intent =
                        Some(Intent { step: step.clone(), at: event.at, making: making.clone() });
                }
            }
            What::Succeeded { address, step: _, effect, certificates, values: _ } => {
                self.at(address).succeeded(event.at, effect);
                self.holds(address, certificates);
                // An API sheet is Actif at once (`docs/sources.md` 5).
                if let (Kind::Api, Effect::Created { code, .. }) = (address.kind(), effect) {
                    self.proves(address, Form::default(), event, code.clone());
                }
            }
            What::Failed { address, step, error: _, ambiguous } => {
                let known = self.at(address);
                if !ambiguous && known.intent.as_ref().is_some_and(|intent| intent.step == *step) {
                    known.intent = None;
                }
                if !ambiguous && let Some(reset) = known.reset.take_if(|reset| reset.step == *step)
                {
                    known.password_stored_at = reset.stored_before;
                }
            }
            What::Settled { address, target, status, application_code, protocol } => {
                if *status == EdiStatus::Active
                    && let Some(form) = self.form_of(address, target, protocol.as_ref())
                {
                    self.proves(address, form, event, application_code.clone());
                }
                if let Some(owned) =
                    self.at(address).current.as_mut().filter(|owned| owned.id == *target)
                {
                    if *status == EdiStatus::Active && owned.active_since.is_none() {
                        owned.active_since = Some(event.at);
                    }
                    if application_code.is_some() {
                        owned.code.clone_from(application_code);
                    }
                }
            }
            What::PasswordStored { address, target: _ } => {
                let known = self.at(address);
                known.password_stored_at = Some(event.at);
                known.reset = None;
            }
            What::Adopted {
                address,
                target,
                making,
                application_code,
                status,
                certificates,
                values: _,
            } => {
                let is_active = status.as_deref() == Some(ApiStatus::Active.label());
                if address.kind() == Kind::Api && is_active {
                    self.proves(address, Form::default(), event, application_code.clone());
                }
                self.at(address).takes(Owned {
                    id: target.clone(),
                    making: making.clone(),
                    code: application_code.clone(),
                    active_since: None,
                    created_at: None,
                });
                self.holds(address, certificates);
            }
            What::Handed { address, step, does, plan, target, making, leaves } => {
                let known = self.at(address);
                if does == RESETS {
                    let stored_before = known.password_stored_at.take();
                    known.reset = Some(Reset { step: step.clone(), stored_before });
                }
                known.handed.retain(|handed| handed.plan == *plan && handed.step != *step);
                if let Some(making) = making {
                    let (step, making) = (step.clone(), making.clone());
                    known.intent = Some(Intent { step, at: event.at, making });
                    known.absent = None;
                }
                known.handed.push(HandedStep {
                    step: step.clone(),
                    plan: plan.clone(),
                    at: event.at,
                    target: target.clone(),
                    making: making.clone(),
                    leaves: leaves.as_deref().cloned(),
                });
            }
            What::Confirmed { address, look, step, target, making, seen, certificates } => {
                self.confirms(address, event, look, seen.as_deref());
                let known = self.at(address);
                known.confirmed(step.as_deref());
                match (seen, target) {
                    (None, target) => known.is_gone(target.as_ref(), look),
                    (Some(seen), Some(target)) => {
                        known.is_there(target, making.as_ref(), seen, look);
                    }
                    // Whatever is there has an identity here.
                    (Some(_), None) => {}
                }
                self.holds(address, certificates);
            }
            What::Moved { from, to } => {
                if let Some(known) = self.addresses.remove(from) {
                    self.addresses.insert(to.clone(), known);
                }
                self.proven.rename(from, to);
            }
            What::Forgotten { address } => {
                self.addresses.remove(address);
            }
        }
    }

    /// What is known under `address`.
    pub(crate) fn get(&self, address: &Address) -> Option<&KnownAddress> {
        self.addresses.get(address)
    }

    /// Every identity that we answer for, current and former.
    pub(crate) fn owned_ids(&self) -> BTreeSet<&RemoteId> {
        self.addresses
            .values()
            .flat_map(|known| {
                known.current.iter().chain(known.former.iter().map(|former| &former.owned))
            })
            .map(|owned| &owned.id)
            .collect()
    }

    /// Notes which certificates a sheet holds now; an event that says nothing leaves them as they were.
    fn holds(&mut self, address: &Address, certificates: &BTreeMap<Slot, CertificateFacts>) {
        if certificates.is_empty() {
            return;
        }
        for facts in certificates.values() {
            self.certificates.insert(facts.sha256.clone(), facts.clone());
        }
        self.at(address).certificates =
            certificates.iter().map(|(slot, facts)| (*slot, facts.sha256.clone())).collect();
    }

    /// The form of a sheet of an address, current or former.
    fn form_of(
        &self,
        address: &Address,
        target: &RemoteId,
        protocol: Option<&String>,
    ) -> Option<Form> {
        let known = self.addresses.get(address)?;
        let former = known.former.iter().map(|former| &former.owned);
        let owned = known.current.iter().chain(former).find(|owned| owned.id == *target)?;
        let exchange_system = owned.making.exchange_system.clone();
        Some(Form { exchange_system, protocol: protocol.cloned() })
    }

    /// Notes that a sheet was seen Actif.
    fn proves(&mut self, address: &Address, form: Form, event: &Event, code: Option<String>) {
        let proof = Proof { at: event.at, event: event.id.clone(), by: None, code };
        self.proven.note(address, form, proof);
    }

    /// Notes that a person saw a sheet Actif at the portal, where that was so.
    fn confirms(&mut self, address: &Address, event: &Event, look: &Look, seen: Option<&Seen>) {
        let form = match seen {
            Some(Seen::Edi(sheet)) => Form {
                exchange_system: Some(sheet.exchange_system.clone()),
                protocol: Some(sheet.protocol.clone()),
            },
            Some(Seen::Api(_)) => Form::default(),
            Some(Seen::Account(_) | Seen::Client { .. }) | None => return,
        };
        let Some(seen) = seen.filter(|seen| seen.is_active()) else { return };
        let proof = Proof {
            at: look.at,
            event: event.id.clone(),
            by: Some(look.by.clone()),
            code: seen.code().map(str::to_owned),
        };
        self.proven.note(address, form, proof);
    }

    fn at(&mut self, address: &Address) -> &mut KnownAddress {
        self.addresses.entry(address.clone()).or_default()
    }
}

impl KnownAddress {
    /// A person told how a step came out: nothing about it is in doubt any more.
    fn confirmed(&mut self, step: Option<&str>) {
        self.handed.retain(|handed| Some(handed.step.as_str()) != step);
        // Where a new password went is what the person says: `PasswordStored` when it was given to a sink.
        self.reset.take_if(|reset| Some(reset.step.as_str()) == step);
    }

    /// A person found nothing there.
    fn is_gone(&mut self, target: Option<&RemoteId>, look: &Look) {
        if let Some(target) = target {
            self.sightings.remove(target);
            self.former.retain(|former| former.owned.id != *target);
            if self.current.as_ref().is_some_and(|owned| owned.id == *target) {
                self.current = None;
                self.certificates.clear();
            }
        }
        if self.current.is_none() {
            self.intent = None;
            self.absent = Some(look.clone());
        }
    }

    /// A person found something there.
    fn is_there(&mut self, target: &RemoteId, making: Option<&Making>, seen: &Seen, look: &Look) {
        if let Some(making) = making {
            self.handed.retain(|handed| handed.making.is_none());
            self.takes(Owned {
                id: target.clone(),
                making: making.clone(),
                code: None,
                active_since: None,
                created_at: None,
            });
        }
        if let Some(owned) = self.current.as_mut().filter(|owned| owned.id == *target) {
            if let Some(code) = seen.code() {
                owned.code = Some(code.to_owned());
            }
            if seen.is_active() && owned.active_since.is_none() {
                owned.active_since = Some(look.at);
            }
        }
        for former in self.former.iter_mut().filter(|former| former.owned.id == *target) {
            former.retired = !seen.is_active();
        }
        self.absent = None;
        let sighting = Sighting { seen: seen.clone(), look: look.clone() };
        self.sightings.insert(target.clone(), sighting);
    }

    fn succeeded(&mut self, at: Timestamp, effect: &Effect) {
        match effect {
            Effect::Created { target, code, making } => self.takes(Owned {
                id: target.clone(),
                making: making.clone(),
                code: code.clone(),
                active_since: None,
                created_at: Some(at),
            }),
            Effect::Changed { .. } => {}
            Effect::Deactivated { target } => {
                for former in self.former.iter_mut().filter(|former| former.owned.id == *target) {
                    former.retired = true;
                }
            }
            Effect::Deleted { target } => {
                self.former.retain(|former| former.owned.id != *target);
                if self.current.as_ref().is_some_and(|owned| owned.id == *target) {
                    self.current = None;
                    self.certificates.clear();
                }
            }
        }
    }

    /// Makes `owned` the current one; what it replaces becomes a former one.
    fn takes(&mut self, owned: Owned) {
        // A password is stored before the step that made its account is recorded as done: that one stays known.
        let stored_by_this_step = self
            .intent
            .as_ref()
            .zip(self.password_stored_at)
            .is_some_and(|(intent, stored)| stored >= intent.at);
        self.intent = None;
        if self.current.as_ref().is_some_and(|current| current.id == owned.id) {
            self.current = Some(owned);
            return;
        }
        if !stored_by_this_step {
            self.password_stored_at = None;
        }
        self.certificates.clear();
        let overlap_days = owned.making.overlap_days;
        if let Some(previous) = self.current.replace(owned) {
            self.former.push(Former { owned: previous, overlap_days, retired: false });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(whats: &[&str]) -> Option<Timestamp> {
        let head = r#""v":1,"id":"x","run":"r","address":"ville/account/finances","step":"s""#;
        let events: Vec<Event> = whats
            .iter()
            .enumerate()
            .map(|(second, what)| {
                let text = format!(r#"{{{head},"at":"2026-12-01T00:00:0{second}Z",{what}}}"#);
                serde_json::from_str(&text).unwrap()
            })
            .collect();
        Known::fold(&events).get(&"ville/account/finances".parse().unwrap())?.password_stored_at
    }

    #[test]
    fn a_password_is_in_doubt_from_a_reset_until_it_is_stored_or_refused() {
        let stored = r#""event":"password_stored","target":"CT-1""#;
        let reset = r#""event":"intended","does":"reset_password","target":"CT-1","making":null"#;
        let refused = r#""event":"failed","error":"no","ambiguous":false"#;
        let lost = r#""event":"failed","error":"no","ambiguous":true"#;
        let at = |second: &str| Some(format!("2026-12-01T00:00:0{second}Z").parse().unwrap());
        assert_eq!(known(&[stored]), at("0"));
        assert_eq!(known(&[stored, reset]), None);
        assert_eq!(known(&[stored, reset, refused]), at("0"));
        assert_eq!(known(&[stored, reset, lost]), None);
        assert_eq!(known(&[stored, reset, lost, reset, refused]), None);
        assert_eq!(known(&[stored, reset, stored]), at("2"));
    }

    #[test]
    fn a_sheet_that_was_actif_is_a_proof_of_its_form_and_outlives_it() {
        let making = r#"{"structure":"12345678200010","exchange_system":"CPRO","name":"n","declared_name":"n","generation":1}"#;
        let lines = [
            format!(
                r#""event":"adopted","address":"a/edi/b","target":"E","making":{making},"application_code":null"#
            ),
            r#""event":"settled","address":"a/edi/b","target":"E","status":"Actif","application_code":"AAA001""#.to_owned(),
            r#""event":"settled","address":"a/edi/b","target":"E","status":"Inactif","application_code":null,"protocol":"AS2""#.to_owned(),
            r#""event":"settled","address":"a/edi/b","target":"E","status":"Actif","application_code":"AAA001","protocol":"SFTP""#.to_owned(),
            r#""event":"moved","from":"a/edi/b","to":"a/edi/c""#.to_owned(),
            r#""event":"forgotten","address":"a/edi/c""#.to_owned(),
            format!(
                r#""event":"adopted","address":"a/api/x","target":"A","making":{making},"application_code":null"#
            ),
            format!(
                r#""event":"adopted","address":"a/api/y","target":"B","making":{making},"application_code":null,"status":"Actif""#
            ),
        ];
        let events: Vec<Event> = lines
            .iter()
            .enumerate()
            .map(|(second, what)| {
                let head = format!(
                    r#""v":1,"id":"{second}","run":"r","at":"2026-12-01T00:00:0{second}Z""#
                );
                serde_json::from_str(&format!("{{{head},{what}}}")).unwrap()
            })
            .collect();
        let known = Known::fold(&events);
        let told: Vec<String> = known
            .proven
            .iter()
            .flat_map(|(address, proofs)| {
                proofs
                    .iter()
                    .map(move |(form, proof)| format!("{address}: {form}, event {}", proof.event))
            })
            .collect();
        assert_eq!(
            told,
            [
                "a/api/y: API, event 7",
                "a/edi/c: CPRO over a protocol that is not recorded, event 1",
                "a/edi/c: CPRO over SFTP, event 3",
            ]
        );
    }
}
