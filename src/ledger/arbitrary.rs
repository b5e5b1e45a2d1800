//! Logs for property tests: stories as runs tell them, and events at random, which no run would write in that order.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::SignedDuration;
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::select;

use crate::domain::account::ObservedAccount;
use crate::domain::address::Address;
use crate::domain::applied::Noted;
use crate::domain::certificate::CertificateFacts;
use crate::domain::certificate::KeyFacts;
use crate::domain::edi::EdiStatus;
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

/// What a step of a log says, and in which of a few runs.
type Told = (u8, What);

/// A log of up to some 60 events over few addresses, sheets, steps and certificates, so that they meet.
pub(crate) fn log() -> impl Strategy<Value = Vec<Told>> {
    let part = prop_oneof![3 => story(), 2 => what().prop_map(|what| vec![what])];
    proptest::collection::vec((0..4_u8, part), 0..12).prop_map(|parts| {
        let told = parts.into_iter();
        told.flat_map(|(run, whats)| whats.into_iter().map(move |what| (run, what))).collect()
    })
}

/// Gives events their ids and moments, each later than the one before.
#[derive(Debug)]
pub(crate) struct Teller {
    count: u32,
    name: &'static str,
}

impl Default for Teller {
    fn default() -> Self {
        Self::named("a")
    }
}

impl Teller {
    /// A teller whose ids begin with `name`.
    pub(crate) fn named(name: &'static str) -> Self {
        Self { count: 0, name }
    }

    /// The events of a log.
    pub(crate) fn tell(&mut self, log: Vec<Told>) -> Vec<Event> {
        let event = |(run, what): Told| {
            self.count += 1;
            // Two in one second, as two machines may write them.
            let after = SignedDuration::from_secs(i64::from(self.count / 2));
            Event {
                v: what.version(),
                id: format!("{:04}-{}", self.count, self.name),
                at: Timestamp::from_second(1_796_000_000).unwrap().checked_add(after).unwrap(),
                run: format!("run-{run}"),
                what,
            }
        };
        log.into_iter().map(event).collect()
    }
}

fn address() -> impl Strategy<Value = Address> {
    select(vec!["a/edi/x", "a/edi/y", "a/account/z", "b/api/x"])
        .prop_map(|text| text.parse().unwrap())
}

fn target() -> impl Strategy<Value = RemoteId> {
    (0..4_u8).prop_map(|number| RemoteId::new(format!("S-{number}")))
}

fn protocol() -> impl Strategy<Value = Option<String>> {
    select(vec![None, Some("AS2"), Some("SFTP")]).prop_map(|word| word.map(str::to_owned))
}

fn step() -> impl Strategy<Value = String> {
    select(vec!["s#1", "s#2", "s#3"]).prop_map(str::to_owned)
}

fn making() -> impl Strategy<Value = Making> {
    (1..4_u32, 0..3_u32).prop_map(|(generation, overlap_days)| Making {
        structure: Siret::parse("12345678200010").unwrap().siret,
        exchange_system: None,
        name: format!("n{generation}"),
        declared_name: "n".to_owned(),
        generation,
        replaces: None,
        overlap_days,
    })
}

fn certificates() -> impl Strategy<Value = BTreeMap<Slot, CertificateFacts>> {
    let facts = (0..3_u8, 0..2_u8).prop_map(|(number, issuer)| CertificateFacts {
        sha256: Fingerprint::parse(&number.to_string().repeat(64)).unwrap(),
        key_sha256: Fingerprint::parse(&"d".repeat(64)).unwrap(),
        not_after: Timestamp::UNIX_EPOCH,
        subject: "CN=s".to_owned(),
        organization: None,
        organization_identifier: None,
        usages: None,
        key: KeyFacts { kind: "EC".to_owned(), bits: None, curve: None },
        hosts: BTreeSet::new(),
        // Two logs may tell one certificate differently: the last word counts.
        issuer: format!("CN={issuer}"),
    });
    prop_oneof![
        2 => Just(BTreeMap::new()),
        1 => proptest::collection::btree_map(select(Slot::ALL.to_vec()), facts, 1..3),
    ]
}

fn code() -> impl Strategy<Value = Option<String>> {
    select(vec![None, Some("AAA001".to_owned()), Some("AAA002".to_owned())])
}

fn status() -> impl Strategy<Value = EdiStatus> {
    select(vec![EdiStatus::Active, EdiStatus::Error, EdiStatus::Inactive])
}

/// Any event.
fn what() -> impl Strategy<Value = What> {
    let effect = prop_oneof![
        (target(), code(), making()).prop_map(|(target, code, making)| Effect::Created {
            target,
            code,
            making
        }),
        proptest::option::of(target()).prop_map(|target| Effect::Changed { target }),
        target().prop_map(|target| Effect::Deactivated { target }),
        target().prop_map(|target| Effect::Deleted { target }),
    ];
    let does = select(vec!["create", "update", "reset_password"]).prop_map(str::to_owned);
    prop_oneof![
        1 => Just(What::RunStarted {
            environment: "e".to_owned(),
            by: "b".to_owned(),
            version: "0".to_owned(),
            plan: "p".to_owned(),
        }),
        1 => Just(What::RunEnded { done: 1, failed: 0, waiting: 0 }),
        1 => (1..3_usize).prop_map(|wave| What::WaveStarted {
            waves: "1,*".to_owned(), basis: "b".to_owned(), wave, of: 2, entities: 1, total: 2, last: "a".to_owned(),
        }),
        1 => (1..3_usize).prop_map(|wave| What::WaveEnded { wave, of: 2, done: 1, failed: 0, waiting: 0 }),
        4 => (address(), step(), does, proptest::option::of(making())).prop_map(
            |(address, step, does, making)| What::Intended {
                address, step, does, target: None, making,
            }
        ),
        4 => (address(), step(), effect, certificates(), values()).prop_map(
            |(address, step, effect, certificates, values)| What::Succeeded {
                address, step, effect, certificates, values,
            }
        ),
        2 => (address(), step(), any::<bool>()).prop_map(|(address, step, ambiguous)| {
            What::Failed { address, step, error: "no".to_owned(), ambiguous }
        }),
        2 => (address(), target(), status(), code(), protocol()).prop_map(
            |(address, target, status, application_code, protocol)| What::Settled {
                address, target, status, application_code, protocol,
            }
        ),
        2 => (address(), target())
            .prop_map(|(address, target)| What::PasswordStored { address, target }),
        2 => (address(), target(), making(), code(), certificates(), values()).prop_map(
            |(address, target, making, application_code, certificates, values)| What::Adopted {
                address, target, making, status: application_code.clone().map(|_| "Actif".to_owned()),
                application_code, certificates, values,
            }
        ),
        2 => (address(), step(), target(), proptest::option::of(making()), select(vec!["p", "q"])).prop_map(
            |(address, step, target, making, plan)| What::Handed {
                address, step, does: "create".to_owned(), plan: plan.to_owned(), target, making, leaves: None,
            }
        ),
        3 => confirmed(),
        2 => (address(), address()).prop_map(|(from, to)| What::Moved { from, to }),
        1 => address().prop_map(|address| What::Forgotten { address }),
    ]
}

/// A few values, of two groups.
fn values() -> impl Strategy<Value = Noted> {
    let key = select(vec!["network.ip", "network.port", "subscriptions"]).prop_map(str::to_owned);
    let value = select(vec!["1", "2"]).prop_map(str::to_owned);
    proptest::collection::btree_map(key, value, 0..3).prop_map(|values| Noted::of(&values))
}

/// What a person tells: that something is there, or not.
fn confirmed() -> impl Strategy<Value = What> {
    let seen = proptest::option::of((any::<bool>(), code()));
    let parts = (
        address(),
        0..3_i64,
        proptest::option::of(step()),
        proptest::option::of(target()),
        proptest::option::of(making()),
        seen,
        certificates(),
    );
    parts.prop_map(|(address, second, step, target, making, seen, certificates)| {
        let seen = seen.zip(target.clone()).map(|((active, login), id)| {
            Box::new(Seen::Account(ObservedAccount {
                id,
                login: login.unwrap_or_default(),
                structure: Siret::parse("12345678200010").unwrap().siret,
                contact_email: "a@ville.example".to_owned(),
                active,
                created_at: None,
                password_expires_at: None,
            }))
        });
        let look = Look {
            at: Timestamp::from_second(1_796_000_000 + second).unwrap(),
            by: "someone@host".to_owned(),
        };
        What::Confirmed { address, look, step, target, making, seen, certificates }
    })
}

/// What a run tells of one step, from the intention to how it came out.
fn story() -> impl Strategy<Value = Vec<What>> {
    let told = (certificates(), values());
    let parts = (address(), step(), target(), making(), code(), told, status(), 0..7_u8);
    parts.prop_map(|(address, step, target, making, code, (certificates, values), status, kind)| {
        let intends = |does: &str, making| What::Intended {
            address: address.clone(),
            step: step.clone(),
            does: does.to_owned(),
            target: None,
            making,
        };
        let does = |effect| What::Succeeded {
            address: address.clone(),
            step: step.clone(),
            effect,
            certificates: certificates.clone(),
            values: values.clone(),
        };
        let fails = |ambiguous| What::Failed {
            address: address.clone(),
            step: step.clone(),
            error: "no".to_owned(),
            ambiguous,
        };
        let stored = || What::PasswordStored { address: address.clone(), target: target.clone() };
        let created = || {
            let (target, code, making) = (target.clone(), code.clone(), making.clone());
            does(Effect::Created { target, code, making })
        };
        match kind {
            // A sheet, made and settled.
            0 => vec![
                intends("create", Some(making.clone())),
                created(),
                What::Settled {
                    address: address.clone(),
                    target: target.clone(),
                    status,
                    application_code: code.clone(),
                    protocol: Some("SFTP".to_owned()),
                },
            ],
            // An account, whose password is stored before its creation is recorded.
            1 => vec![intends("create", Some(making.clone())), stored(), created()],
            // A reset that is done, refused or lost.
            2 => vec![
                intends("reset_password", None),
                stored(),
                does(Effect::Changed { target: None }),
            ],
            3 => vec![intends("reset_password", None), fails(status == EdiStatus::Active)],
            // A creation that is refused or lost.
            4 => vec![intends("create", Some(making.clone())), fails(status == EdiStatus::Active)],
            5 => vec![
                intends("update", None),
                does(Effect::Changed { target: Some(target.clone()) }),
            ],
            _ => vec![
                intends("deactivate", None),
                does(Effect::Deactivated { target: target.clone() }),
            ],
        }
    })
}
