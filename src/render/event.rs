//! A line of the ledger as its readers may rely on it (`schema/event.v1.schema.json`).
//!
//! The ledger writes `domain::event` itself; these types are its published form. A test holds the two together.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

use crate::render::certificate::CertificateFactsJson;
use crate::render::seen::LookJson;
use crate::render::seen::SeenJson;

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Event of the ledger")]
pub(crate) struct EventJson {
    /// Version of this format: 2 or 3 for the kinds that came with it, else 1.
    pub(crate) v: u32,
    /// Its own id, sorted in time (UUID version 7), so that two ledgers can be merged.
    pub(crate) id: String,
    /// When it was written (RFC 3339).
    pub(crate) at: String,
    /// The run that wrote it.
    pub(crate) run: String,
    /// What happened.
    #[serde(flatten)]
    pub(crate) what: WhatJson,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum WhatJson {
    /// A run began.
    RunStarted {
        /// The environment it works on.
        environment: String,
        /// Who runs it, as `user@host`.
        by: String,
        /// Version of raccord.
        version: String,
        /// Fingerprint of the plan.
        plan: String,
    },
    /// A run ended in order.
    RunEnded {
        /// How many steps were done.
        done: usize,
        /// How many failed.
        failed: usize,
        /// How many wait.
        waiting: usize,
    },
    /// A wave of `apply --waves` began, so that a run that comes later goes on with it. Since version 3.
    WaveStarted {
        /// What was asked for: `10,100,*`.
        waves: String,
        /// Identifies the files and the choice that the waves were cut from: others are cut anew.
        basis: String,
        /// Its number, from 1.
        wave: usize,
        /// How many there are.
        of: usize,
        /// How many entities were in it when it was cut.
        entities: usize,
        /// How many entities there were in all when the first wave was cut.
        total: usize,
        /// The last of its entities in the order of the plan.
        last: String,
    },
    /// All steps of a wave have ended, counted in steps. Since version 3.
    WaveEnded {
        /// Its number, from 1.
        wave: usize,
        /// How many there are.
        of: usize,
        /// How many steps were done.
        done: usize,
        /// How many failed.
        failed: usize,
        /// How many wait.
        waiting: usize,
    },
    /// A request is about to leave. On disk before it does.
    Intended {
        /// The resource.
        address: String,
        /// The step of the plan.
        step: String,
        /// What it does.
        does: String,
        /// The sheet or account it is for, when that exists.
        target: Option<String>,
        /// What a creation will make.
        making: Option<MakingJson>,
    },
    /// The answer said that it was done.
    Succeeded {
        /// The resource.
        address: String,
        /// The step of the plan.
        step: String,
        /// What was done.
        effect: EffectJson,
        /// The certificates that the sheet holds since, by slot, where they were put on it.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        certificates: BTreeMap<String, CertificateFactsJson>,
        /// The values that were put there, by their paths in the files; certificates by the beginning of their SHA-256.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        values: BTreeMap<String, String>,
    },
    /// The answer said no, or there was none.
    Failed {
        /// The resource.
        address: String,
        /// The step of the plan.
        step: String,
        /// Why, in words.
        error: String,
        /// Whether it may have been done all the same.
        ambiguous: bool,
    },
    /// A sheet left En cours.
    Settled {
        /// The resource.
        address: String,
        /// The sheet.
        target: String,
        /// Its new status, in the portal's word.
        status: String,
        /// Its application code.
        application_code: Option<String>,
        /// Its protocol, as it was read with the status.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        protocol: Option<String>,
    },
    /// A password that was shown once is in its sink.
    PasswordStored {
        /// The technical account's address.
        address: String,
        /// The account.
        target: String,
    },
    /// Something that exists is ours from now on.
    Adopted {
        /// The resource.
        address: String,
        /// The sheet or account.
        target: String,
        /// What is known of it.
        making: MakingJson,
        /// Its application code.
        application_code: Option<String>,
        /// The status of a sheet as it was found, in the portal's word.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<String>,
        /// The certificates that the sheet holds, by slot, as far as the project has their files.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        certificates: BTreeMap<String, CertificateFactsJson>,
        /// The values that were found there, by their paths in the files.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        values: BTreeMap<String, String>,
    },
    /// A step was handed to a person at the portal: it may be done from now on. Since version 2.
    Handed {
        /// The resource.
        address: String,
        /// The step of the plan.
        step: String,
        /// What it does.
        does: String,
        /// Fingerprint of the plan.
        plan: String,
        /// The sheet or account that it is for.
        target: String,
        /// What a creation makes.
        making: Option<MakingJson>,
        /// What stands at the portal once it is done; `null` after a deletion.
        leaves: Option<SeenJson>,
    },
    /// A person said what stands at the portal. Since version 2.
    Confirmed {
        /// The resource.
        address: String,
        /// Who looked, and when.
        look: LookJson,
        /// The step that was done, where one was handed over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<String>,
        /// The sheet or account; `null` when nothing was known and nothing is there.
        target: Option<String>,
        /// What it is, where it becomes ours by this.
        making: Option<MakingJson>,
        /// What was seen; `null` when it is not there.
        seen: Option<SeenJson>,
        /// The certificates that the sheet holds since, by slot, as far as the project has their files.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        certificates: BTreeMap<String, CertificateFactsJson>,
    },
    /// An address was renamed.
    Moved {
        /// The old one.
        from: String,
        /// The new one.
        to: String,
    },
    /// We no longer answer for it.
    Forgotten {
        /// The resource.
        address: String,
    },
}

/// What a creation makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct MakingJson {
    /// SIRET of the structure.
    pub(crate) structure: String,
    /// The exchange system of an EDI sheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) exchange_system: Option<String>,
    /// Name of an EDI sheet, PISTE application of an API sheet, contact e-mail of an account.
    pub(crate) name: String,
    /// The name of an EDI sheet as declared.
    pub(crate) declared_name: String,
    /// 1 for the first, one more for each replacement.
    pub(crate) generation: u32,
    /// The sheet or account that it replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) replaces: Option<String>,
    /// How many days both stay Actif.
    #[serde(default)]
    pub(crate) overlap_days: u32,
}

/// What a step did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "did", rename_all = "snake_case")]
pub(crate) enum EffectJson {
    /// A sheet or account was created.
    Created {
        /// Its identity.
        target: String,
        /// Its application code, or for an account its login.
        code: Option<String>,
        /// What it is.
        making: MakingJson,
    },
    /// Something was changed.
    Changed {
        /// What, when it has an identity.
        target: Option<String>,
    },
    /// Something was deactivated.
    Deactivated {
        /// What.
        target: String,
    },
    /// A draft was deleted.
    Deleted {
        /// What.
        target: String,
    },
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::domain::address::Address;
    use crate::domain::applied::Noted;
    use crate::domain::certificate::CertificateFacts;
    use crate::domain::certificate::KeyFacts;
    use crate::domain::edi::EdiStatus;
    use crate::domain::edi::ObservedCertificate;
    use crate::domain::edi::ObservedEdi;
    use crate::domain::edi::Slot;
    use crate::domain::event::Effect;
    use crate::domain::event::Event;
    use crate::domain::event::Making;
    use crate::domain::event::What;
    use crate::domain::observed::RemoteId;
    use crate::domain::seen::Look;
    use crate::domain::seen::Seen;
    use crate::domain::siret::Siret;
    use crate::domain::value::Fingerprint;

    use super::*;

    /// One event of each kind. The match makes a new kind a compile error here.
    fn all() -> Vec<What> {
        let address: Address = "ville/edi/g2b".parse().unwrap();
        let target = RemoteId::new("EDI-000001");
        let step = "ville/edi/g2b#1-create".to_owned();
        let making = Making {
            structure: Siret::parse("12345678200010").unwrap().siret,
            exchange_system: Some("CPRO".to_owned()),
            name: "Ville (2)".to_owned(),
            declared_name: "Ville".to_owned(),
            generation: 2,
            replaces: Some(RemoteId::new("EDI-000000")),
            overlap_days: 14,
        };
        let facts = CertificateFacts {
            sha256: Fingerprint::parse(&"c".repeat(64)).unwrap(),
            key_sha256: Fingerprint::parse(&"d".repeat(64)).unwrap(),
            not_after: "2036-01-01T00:00:00Z".parse().unwrap(),
            subject: "CN=sftp.ville.example".to_owned(),
            organization: Some("Ville d'Exemple".to_owned()),
            organization_identifier: Some("999910011".to_owned()),
            usages: Some(BTreeSet::from(["clientAuth".to_owned()])),
            key: KeyFacts { kind: "EC".to_owned(), bits: Some(256), curve: Some("P".to_owned()) },
            hosts: BTreeSet::from(["sftp.ville.example".to_owned()]),
            issuer: "CN=Issuing".to_owned(),
        };
        let certificates = BTreeMap::from([(Slot::Client, facts)]);
        let succeeded = |effect| What::Succeeded {
            address: address.clone(),
            step: step.clone(),
            effect,
            certificates: certificates.clone(),
            values: Noted::of(&BTreeMap::from([("network.ip".to_owned(), "192.0.2.1".to_owned())])),
        };
        let siret = making.structure;
        let edi = Seen::Edi(ObservedEdi {
            id: target.clone(),
            status: EdiStatus::Active,
            status_since: None,
            application_code: Some("AAA001".to_owned()),
            structure: siret,
            exchange_system: "CPRO".to_owned(),
            protocol: "SFTP".to_owned(),
            name: "Ville (2)".to_owned(),
            network: BTreeMap::from([("ip".to_owned(), "192.0.2.1".to_owned())]),
            certificates: BTreeMap::from([(
                Slot::Client,
                ObservedCertificate {
                    fingerprint: Fingerprint::parse(&"c".repeat(64)).unwrap(),
                    not_after: None,
                },
            )]),
            valid_from: Some("2026-12-01".parse().unwrap()),
            valid_until: None,
            contact: BTreeMap::from([("email".to_owned(), "a@ville.example".to_owned())]),
            subscriptions: BTreeSet::from(["FSO1100A".to_owned()]),
        });
        let confirmed = |seen: Option<Seen>| What::Confirmed {
            address: address.clone(),
            look: Look {
                at: "2026-12-01T10:00:00Z".parse().unwrap(),
                by: "someone@host".to_owned(),
            },
            step: None,
            target: Some(target.clone()),
            making: None,
            seen: seen.map(Box::new),
            certificates: BTreeMap::new(),
        };
        let mut all = vec![
            What::RunStarted {
                environment: "simulator".to_owned(),
                by: "someone@host".to_owned(),
                version: "0.1.0".to_owned(),
                plan: "abc".to_owned(),
            },
            What::Intended {
                address: address.clone(),
                step: step.clone(),
                does: "create".to_owned(),
                target: None,
                making: Some(making.clone()),
            },
            succeeded(Effect::Created {
                target: target.clone(),
                code: Some("AAA001".to_owned()),
                making: making.clone(),
            }),
            succeeded(Effect::Changed { target: None }),
            succeeded(Effect::Deactivated { target: target.clone() }),
            succeeded(Effect::Deleted { target: target.clone() }),
            What::Failed {
                address: address.clone(),
                step: step.clone(),
                error: "refused".to_owned(),
                ambiguous: false,
            },
            What::Settled {
                address: address.clone(),
                target: target.clone(),
                status: EdiStatus::Active,
                application_code: None,
                protocol: Some("AS2".to_owned()),
            },
            What::PasswordStored { address: address.clone(), target: target.clone() },
            What::Adopted {
                address: address.clone(),
                target: target.clone(),
                making: Making { exchange_system: None, replaces: None, ..making },
                application_code: None,
                status: Some("Actif".to_owned()),
                certificates: certificates.clone(),
                values: Noted::of(&BTreeMap::from([("protocol".to_owned(), "SFTP".to_owned())])),
            },
            What::Handed {
                address: address.clone(),
                step: step.clone(),
                does: "create".to_owned(),
                plan: "abc".to_owned(),
                target: target.clone(),
                making: None,
                leaves: Some(Box::new(edi.clone())),
            },
            confirmed(Some(edi)),
            confirmed(Some(Seen::account(siret, "a@ville.example", target.clone()))),
            confirmed(Some(Seen::Client { operator: siret, client: siret })),
            confirmed(None),
            What::Moved { from: address.clone(), to: address.clone() },
            What::Forgotten { address },
            What::RunEnded { done: 1, failed: 0, waiting: 0 },
            What::WaveStarted {
                waves: "10,*".to_owned(),
                basis: "abc".to_owned(),
                wave: 1,
                of: 2,
                entities: 10,
                total: 800,
                last: "ville".to_owned(),
            },
            What::WaveEnded { wave: 1, of: 2, done: 10, failed: 0, waiting: 0 },
        ];
        all.retain(|what| match what {
            What::RunStarted { .. }
            | What::RunEnded { .. }
            | What::WaveStarted { .. }
            | What::WaveEnded { .. }
            | What::Intended { .. }
            | What::Succeeded { .. }
            | What::Failed { .. }
            | What::Settled { .. }
            | What::PasswordStored { .. }
            | What::Adopted { .. }
            | What::Handed { .. }
            | What::Confirmed { .. }
            | What::Moved { .. }
            | What::Forgotten { .. } => true,
        });
        all
    }

    #[test]
    fn the_published_form_is_what_the_ledger_writes() {
        for what in all() {
            let event = Event {
                v: what.version(),
                id: "019a".to_owned(),
                at: "2026-12-01T10:00:00Z".parse().unwrap(),
                run: "r1".to_owned(),
                what,
            };
            let written = serde_json::to_value(&event).unwrap();
            let published: EventJson = serde_json::from_value(written.clone()).unwrap();
            assert_eq!(serde_json::to_value(&published).unwrap(), written);
        }
    }
}
