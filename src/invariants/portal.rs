//! The portal of a history: the simulator's pure core, the ledger that grows, and the day.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::OnceLock;

use jiff::SignedDuration;
use jiff::Timestamp;
use openssl::asn1::Asn1Time;
use openssl::ec::EcGroup;
use openssl::ec::EcKey;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::x509::X509;
use openssl::x509::X509Name;
use serde_json::Value;
use serde_json::json;

use crate::diagnostic::Places;
use crate::domain::address::Address;
use crate::domain::certificate::DesiredCertificate;
use crate::domain::desired::Desired;
use crate::domain::edi::ObservedEdi;
use crate::domain::environment::Channel;
use crate::domain::environment::Stage;
use crate::domain::event::Event;
use crate::domain::event::VERSION;
use crate::domain::event::What;
use crate::domain::known::Known;
use crate::domain::observed::Observed;
use crate::domain::observed::RemoteId;
use crate::domain::policy::Policy;
use crate::domain::structure::ObservedStructure;
use crate::domain::value::Fingerprint;
use crate::domain::value::day_in_france;
use crate::invariants::generate::Happening;
use crate::invariants::generate::History;
use crate::invariants::generate::SIRETS;
use crate::invariants::generate::address;
use crate::invariants::generate::name;
use crate::invariants::generate::siret;
use crate::plan::Plan;
use crate::plan::PlanInput;
use crate::plan::plan;
use crate::remote::gateway::decode;
use crate::simulator::call::Answer;
use crate::simulator::call::Call;
use crate::simulator::world::Options;
use crate::simulator::world::World;
use crate::simulator::world::edi::Verdict;
use crate::simulator::world::structure::SeedStructure;

/// How many certificates a history can choose among.
pub(super) const CERTIFICATES: usize = 8;

/// Certificates made once for all histories, by address.
pub(super) fn certificates() -> &'static BTreeMap<Address, DesiredCertificate> {
    static MADE: OnceLock<BTreeMap<Address, DesiredCertificate>> = OnceLock::new();
    MADE.get_or_init(|| {
        (0..CERTIFICATES)
            .map(|number| (address(&format!("ville/certificate/k{number}")), certificate(number)))
            .collect()
    })
}

fn certificate(number: usize) -> DesiredCertificate {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let mut subject = X509Name::builder().unwrap();
    subject.append_entry_by_text("CN", &format!("certificate {number} of a test")).unwrap();
    let subject = subject.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_subject_name(&subject).unwrap();
    builder.set_issuer_name(&subject).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(&Asn1Time::from_str("20200101000000Z").unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_str("20600101000000Z").unwrap()).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    let made = builder.build();
    let digest = made.digest(MessageDigest::sha256()).unwrap();
    let digits = digest.iter().fold(String::new(), |digits, byte| format!("{digits}{byte:02x}"));
    DesiredCertificate {
        file: format!("certificates/k{number}.pem"),
        fingerprint: Fingerprint::parse(&digits).unwrap(),
        subject: format!("CN=certificate {number} of a test"),
        not_before: "2020-01-01T00:00:00Z".parse().unwrap(),
        not_after: "2060-01-01T00:00:00Z".parse().unwrap(),
        content: Arc::from(made.to_pem().unwrap()),
    }
}

/// A portal with a ledger.
#[derive(Clone)]
pub(super) struct Portal {
    world: World,
    known: Known,
    now: Timestamp,
    policy: Policy,
    events: u64,
    /// Whether our waits give up before a sheet settles.
    pub(super) impatient: bool,
}

impl Portal {
    pub(super) fn new(history: &History) -> Self {
        let options = Options {
            certificate_reuse_after_deactivation: history
                .policy
                .certificate_reuse_after_deactivation,
            ..Options::default()
        };
        let mut world = World::new(history.seed, options);
        let seeds: Vec<SeedStructure> = SIRETS
            .iter()
            .map(|siret| SeedStructure {
                siret: (*siret).to_owned(),
                name: "VILLE".to_owned(),
                ..SeedStructure::default()
            })
            .collect();
        world.add_structures(&seeds).unwrap();
        let now = "2026-12-01T09:00:00Z".parse().unwrap();
        world.pass_time(now);
        Self {
            world,
            known: Known::default(),
            now,
            policy: history.policy.clone(),
            events: 0,
            impatient: false,
        }
    }

    pub(super) fn known(&self) -> &Known {
        &self.known
    }

    pub(super) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Sends a call as the client would.
    pub(super) fn send(&mut self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let call = self.world.authorise(Call::new(method, path, body));
        self.world.handle(self.now, &call)
    }

    /// Reads everything.
    pub(super) fn observe(&self) -> Observed {
        let mut other = self.clone();
        let mut elements = |path: &str| {
            let answer = other.send("GET", &format!("/raccordements/v1/{path}?taille=1000"), None);
            assert_eq!(answer.status, 200);
            answer.value()["elements"].as_array().unwrap().clone()
        };
        let mut observed = Observed::empty(self.now);
        for value in elements("fiches-edi") {
            let sheet = decode::edi_json(&value).unwrap();
            observed.edi.insert(sheet.id.clone(), sheet);
        }
        for value in elements("fiches-api") {
            let sheet = decode::api_json(&value).unwrap();
            observed.api.insert(sheet.id.clone(), sheet);
        }
        for value in elements("comptes-techniques") {
            let account = decode::account_json(&value).unwrap();
            observed.accounts.insert(account.id.clone(), account);
        }
        for text in SIRETS {
            let found = ObservedStructure {
                siret: siret(text),
                name: "VILLE".to_owned(),
                active: true,
                attached: true,
                edi_sender: None,
                edi_receiver: None,
                services: None,
                public_operator: None,
                password_expires_at: None,
            };
            observed.structures.insert(siret(text), found);
        }
        observed
    }

    /// One sheet.
    pub(super) fn sheet(&self, id: &RemoteId) -> ObservedEdi {
        let answer = self.clone().send("GET", &format!("/raccordements/v1/fiches-edi/{id}"), None);
        decode::edi_json(answer.value()).unwrap()
    }

    /// Plans; twice, to see that the same input gives the same plan.
    pub(super) fn plan(&self, desired: &Desired) -> Plan {
        let observed = self.observe();
        let input = PlanInput {
            desired,
            places: &Places::default(),
            observed: &observed,
            known: &self.known,
            elsewhere: &[],
            qualification: &[],
            policy: &self.policy,
            environment: "simulator",
            stage: Stage::Simulator,
            channel: Channel::Gateway,
            as_of: day_in_france(self.now),
            lifted: &BTreeSet::new(),
            targets: None,
        };
        let made = plan(input);
        assert_eq!(made, plan(input), "the same input gives the same plan");
        made
    }

    /// Writes an event into the ledger.
    pub(super) fn record(&mut self, what: What) {
        self.events += 1;
        let event = Event {
            v: VERSION,
            id: format!("{:08}", self.events),
            at: self.now,
            run: "test".to_owned(),
            what,
        };
        self.known.record(&event);
    }

    /// The ledger is lost.
    pub(super) fn forget(&mut self) {
        self.known = Known::default();
    }

    /// The day it is.
    pub(super) fn today(&self) -> jiff::civil::Date {
        day_in_france(self.now)
    }

    /// Lets time pass until whatever is En cours has settled.
    pub(super) fn settle(&mut self) {
        self.now += SignedDuration::from_secs(30);
        self.world.pass_time(self.now);
    }

    pub(super) fn pass_days(&mut self, days: i64) {
        self.impatient = false;
        self.now += SignedDuration::from_hours(24 * days);
        self.world.pass_time(self.now);
    }

    /// What is neither ours nor adopted by `plan`, as the portal tells it.
    pub(super) fn unmanaged(&self, plan: &Plan) -> Vec<ObservedEdi> {
        let sheets = self.observe().edi;
        let mut found: Vec<_> = plan
            .unmanaged
            .iter()
            .filter_map(|unmanaged| sheets.get(&unmanaged.id).cloned())
            .collect();
        // A draft or an Actif sheet of a stranger settles by itself; nothing else about it may change.
        for sheet in &mut found {
            sheet.status_since = None;
        }
        found
    }

    /// Something happens without us.
    pub(super) fn happens(&mut self, happening: &Happening) {
        match happening {
            Happening::Impatience => self.impatient = true,
            Happening::Switches(index) => {
                self.settle();
                let sheets: Vec<_> = self.observe().edi.into_keys().collect();
                if let Some(id) = sheets.get(index % sheets.len().max(1)) {
                    let act = if self.sheet(id).status == crate::domain::edi::EdiStatus::Active {
                        "desactivation"
                    } else {
                        "activation"
                    };
                    // Refused where the status or the dates do not allow it; then nothing happens.
                    let _answer = self.send(
                        "POST",
                        &format!("/raccordements/v1/fiches-edi/{id}/{act}"),
                        None,
                    );
                }
            }
            Happening::Fails { sheet, partial } => {
                let numbers: Vec<u64> = self.world.edi_sheets().keys().copied().collect();
                if let Some(number) = numbers.get(sheet % numbers.len().max(1)) {
                    let verdict = if *partial { Verdict::Partial } else { Verdict::Error };
                    self.world.decide_edi(*number, verdict);
                }
            }
            Happening::Stranger { name: index, certificate, draft } => {
                let file = certificates().values().nth(*certificate).unwrap();
                let content =
                    base64::Engine::encode(&base64::prelude::BASE64_STANDARD, &file.content);
                let body = json!({
                    "brouillon": draft, "structure": SIRETS[0], "systemeEchange": "CPRO", "nom": name(*index),
                    "protocole": "SFTP", "reseau": {},
                    "certificats": [ { "emplacement": "client", "nomFichier": "x.pem", "contenu": content } ],
                    "validite": { "debut": "2026-09-01", "fin": "2050-12-31" },
                    "contact": { "prenom": "Dominique", "nom": "Bernard", "email": "autre@ville.example", "telephone": "+33199000001" },
                    "abonnements": ["FSO1100A"],
                });
                // Refused where the name or the certificate is taken; then there is no stranger.
                let _answer = self.send("POST", "/raccordements/v1/fiches-edi", Some(body));
                self.settle();
            }
        }
    }
}
