//! A small world to tell scenarios with: what is declared, what was found, what is known.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::diagnostic::Places;
use crate::domain::account::DesiredAccount;
use crate::domain::account::ObservedAccount;
use crate::domain::address::Address;
use crate::domain::api::ApiSheet;
use crate::domain::api::ApiStatus;
use crate::domain::api::DesiredApi;
use crate::domain::api::ObservedApi;
use crate::domain::desired::Desired;
use crate::domain::edi::CertificateUse;
use crate::domain::edi::DesiredEdi;
use crate::domain::edi::EdiSettings;
use crate::domain::edi::EdiSheet;
use crate::domain::edi::EdiStatus;
use crate::domain::edi::ExchangeSystem;
use crate::domain::edi::Lifecycle;
use crate::domain::edi::Network;
use crate::domain::edi::ObservedCertificate;
use crate::domain::edi::ObservedEdi;
use crate::domain::edi::Slot;
use crate::domain::edi::Validity;
use crate::domain::environment::Channel;
use crate::domain::environment::Stage;
use crate::domain::event::Making;
use crate::domain::known::Former;
use crate::domain::known::Known;
use crate::domain::known::Owned;
use crate::domain::observed::Observed;
use crate::domain::observed::RemoteId;
use crate::domain::policy::Policy;
use crate::domain::siret::Siret;
use crate::domain::structure::DesiredStructure;
use crate::domain::structure::ObservedStructure;
use crate::domain::value::Contact;
use crate::domain::value::Email;
use crate::domain::value::Fingerprint;
use crate::domain::value::InterfaceCode;
use crate::domain::value::Line;
use crate::domain::value::Phone;
use crate::domain::value::PisteApplication;
use crate::domain::value::SheetName;
use crate::domain::value::WebUrl;
use crate::plan::Plan;
use crate::plan::PlanInput;
use crate::plan::plan;
use crate::plan::qualification::Qualified;
use crate::plan::shared::Elsewhere;

/// The structure of every scenario, plainly fictitious.
pub(super) const SIRET: &str = "12345678200010";

pub(super) fn siret(text: &str) -> Siret {
    Siret::parse(text).unwrap().siret
}

pub(in crate::plan) fn address(text: &str) -> Address {
    text.parse().unwrap()
}

pub(super) fn fingerprint(name: &str) -> Fingerprint {
    let digits = name.bytes().fold(String::new(), |digits, byte| format!("{digits}{byte:02x}"));
    Fingerprint::parse(&format!("{digits:0<64}")).unwrap()
}

fn contact() -> Contact {
    Contact {
        first_name: Line::parse("Camille").unwrap(),
        last_name: Line::parse("Martin").unwrap(),
        email: Email::parse("raccordement@ville.example").unwrap(),
        phone: Phone::parse("+33199000000").unwrap(),
    }
}

fn contact_fields() -> BTreeMap<String, String> {
    let Contact { first_name, last_name, email, phone } = contact();
    [
        ("first_name", first_name.to_string()),
        ("last_name", last_name.to_string()),
        ("email", email.to_string()),
        ("phone", phone.to_string()),
    ]
    .map(|(key, value)| (key.to_owned(), value))
    .into()
}

/// An SFTP sheet on CPRO with the certificate `certificate`.
pub(in crate::plan) fn sftp(name: &str, certificate: &str) -> DesiredEdi {
    edi(name, certificate, Network::Sftp { ip: None }, Slot::Client)
}

/// An AS2 sheet on CPRO with the certificate `certificate`.
pub(in crate::plan) fn as2(name: &str, certificate: &str) -> DesiredEdi {
    let as2_id = Line::parse("VILLE").unwrap();
    let url = WebUrl::parse("https://as2.ville.example/in").unwrap();
    edi(name, certificate, Network::As2 { as2_id, url }, Slot::Server)
}

fn edi(name: &str, certificate: &str, network: Network, slot: Slot) -> DesiredEdi {
    let certificate =
        CertificateUse { key: certificate.to_owned(), fingerprint: fingerprint(certificate) };
    DesiredEdi {
        sheet: EdiSheet {
            structure: siret(SIRET),
            exchange_system: ExchangeSystem::Cpro,
            name: SheetName::parse(name).unwrap(),
            settings: EdiSettings {
                network,
                certificates: BTreeMap::from([(slot, certificate)]),
                validity: Validity {
                    from: "2026-09-01".parse().unwrap(),
                    until: "2050-12-31".parse().unwrap(),
                },
                contact: contact(),
                subscriptions: BTreeSet::from([InterfaceCode::parse("FSO1100A").unwrap()]),
            },
        },
        replacement_names: Vec::new(),
        lifecycle: Lifecycle::default(),
        active: true,
    }
}

/// A technical account.
pub(super) fn account() -> DesiredAccount {
    DesiredAccount {
        structure: siret(SIRET),
        contact_email: Email::parse("raccordement@ville.example").unwrap(),
        active: true,
        rotate_before_days: 30,
        login: None,
    }
}

/// An API connection.
pub(in crate::plan) fn api(application: &str) -> DesiredApi {
    DesiredApi {
        sheet: ApiSheet {
            structure: siret(SIRET),
            piste_application: PisteApplication::parse(application).unwrap(),
            usage: Line::parse("own").unwrap(),
            publisher: None,
            contact: contact(),
        },
        technical_account: None,
        lifecycle: Lifecycle::default(),
        active: true,
    }
}

/// A world with one structure that is found.
pub(super) struct World {
    pub(super) desired: Desired,
    pub(super) observed: Observed,
    pub(super) known: Known,
    pub(super) elsewhere: Vec<Elsewhere>,
    pub(super) qualification: Vec<Qualified>,
    pub(super) stage: Stage,
    pub(super) channel: Channel,
    pub(super) policy: Policy,
    pub(super) as_of: String,
    pub(super) lifted: BTreeSet<String>,
    pub(super) targets: BTreeSet<Address>,
}

impl World {
    pub(super) fn new() -> Self {
        let mut world = Self {
            desired: Desired::default(),
            observed: Observed::empty("2026-12-01T09:00:00Z".parse().unwrap()),
            known: Known::default(),
            elsewhere: Vec::new(),
            qualification: Vec::new(),
            stage: Stage::Simulator,
            channel: Channel::Gateway,
            policy: Policy::default(),
            as_of: "2026-12-01".to_owned(),
            lifted: BTreeSet::new(),
            targets: BTreeSet::new(),
        };
        let structure = DesiredStructure {
            siret: siret(SIRET),
            name: None,
            edi_sender: None,
            edi_receiver: None,
            services: BTreeMap::new(),
            public_operator: false,
        };
        world.desired.structures.insert(address(&format!("ville/structure/{SIRET}")), structure);
        let found = ObservedStructure {
            siret: siret(SIRET),
            name: "VILLE".to_owned(),
            active: true,
            attached: true,
            edi_sender: None,
            edi_receiver: None,
            services: None,
            public_operator: None,
            password_expires_at: None,
        };
        world.observed.structures.insert(siret(SIRET), found);
        world
    }

    /// Declares an EDI connection.
    pub(super) fn declare(&mut self, key: &str, edi: DesiredEdi) {
        self.desired.edi.insert(address(&format!("ville/edi/{key}")), edi);
    }

    /// A sheet exists as `edi` says, and nobody knows it.
    pub(super) fn exists(&mut self, id: &str, edi: &DesiredEdi, status: EdiStatus) {
        let EdiSettings { network, certificates, validity, contact: _, subscriptions } =
            &edi.sheet.settings;
        let found = ObservedEdi {
            id: RemoteId::new(id),
            status,
            status_since: Some("2026-10-01T09:00:00Z".parse().unwrap()),
            application_code: Some(format!("CODE-{id}")),
            structure: edi.sheet.structure,
            exchange_system: edi.sheet.exchange_system.to_string(),
            protocol: network.protocol().to_string(),
            name: edi.sheet.name.to_string(),
            network: network
                .fields()
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect(),
            certificates: certificates
                .iter()
                .map(|(slot, certificate)| {
                    let fingerprint = certificate.fingerprint.clone();
                    (*slot, ObservedCertificate { fingerprint, not_after: None })
                })
                .collect(),
            valid_from: Some(validity.from),
            valid_until: Some(validity.until),
            contact: contact_fields(),
            subscriptions: subscriptions.iter().map(ToString::to_string).collect(),
        };
        self.observed.edi.insert(found.id.clone(), found);
    }

    /// A sheet exists as `edi` says, and the ledger knows it under `key`.
    pub(super) fn owns(&mut self, key: &str, id: &str, edi: &DesiredEdi, status: EdiStatus) {
        self.exists(id, edi, status);
        let owned = owned(id, edi);
        self.known.addresses.entry(address(&format!("ville/edi/{key}"))).or_default().current =
            Some(owned);
    }

    /// The ledger knows that the sheet was replaced.
    pub(super) fn owned_before(
        &mut self,
        key: &str,
        id: &str,
        edi: &DesiredEdi,
        status: EdiStatus,
        overlap_days: u32,
    ) {
        self.exists(id, edi, status);
        let former = Former { owned: owned(id, edi), overlap_days, retired: false };
        self.known
            .addresses
            .entry(address(&format!("ville/edi/{key}")))
            .or_default()
            .former
            .push(former);
    }

    /// A technical account exists, and the ledger knows it when `key` is given.
    pub(super) fn account(&mut self, key: Option<&str>, id: &str, expires: &str) {
        let found = ObservedAccount {
            id: RemoteId::new(id),
            login: format!("TECH_{}_{SIRET}@cpro.fr", id.trim_start_matches("CT-")),
            structure: siret(SIRET),
            contact_email: "raccordement@ville.example".to_owned(),
            active: true,
            created_at: None,
            password_expires_at: Some(expires.parse().unwrap()),
        };
        self.observed.accounts.insert(found.id.clone(), found);
        if let Some(key) = key {
            let making = super::super::matching::first(siret(SIRET), "raccordement@ville.example");
            let owned = Owned {
                id: RemoteId::new(id),
                making,
                code: None,
                active_since: None,
                created_at: None,
            };
            self.known
                .addresses
                .entry(address(&format!("ville/account/{key}")))
                .or_default()
                .current = Some(owned);
        }
    }

    /// An API sheet exists as `api` says, and the ledger knows it when `key` is given.
    pub(in crate::plan) fn api(
        &mut self,
        key: Option<&str>,
        id: &str,
        api: &DesiredApi,
        status: ApiStatus,
    ) {
        let sheet = &api.sheet;
        let found = ObservedApi {
            id: RemoteId::new(id),
            status,
            application_code: Some(format!("CODE-{id}")),
            structure: sheet.structure,
            piste_application: sheet.piste_application.to_string(),
            usage: sheet.usage.to_string(),
            publisher: sheet.publisher.as_ref().map(ToString::to_string),
            contact: contact_fields(),
        };
        self.observed.api.insert(found.id.clone(), found);
        if let Some(key) = key {
            let making =
                super::super::matching::first(sheet.structure, sheet.piste_application.as_str());
            let owned = Owned {
                id: RemoteId::new(id),
                making,
                code: None,
                active_since: None,
                created_at: None,
            };
            self.known.addresses.entry(address(&format!("ville/api/{key}"))).or_default().current =
                Some(owned);
        }
    }

    pub(super) fn plan(&self) -> Plan {
        plan(PlanInput {
            desired: &self.desired,
            places: &Places::default(),
            observed: &self.observed,
            known: &self.known,
            elsewhere: &self.elsewhere,
            qualification: &self.qualification,
            policy: &self.policy,
            environment: "simulator",
            stage: self.stage,
            channel: self.channel,
            as_of: self.as_of.parse().unwrap(),
            lifted: &self.lifted,
            targets: (!self.targets.is_empty()).then_some(&self.targets),
        })
    }

    /// The plan as a short picture: changes with reasons, steps with what they need beyond the step before, faults.
    pub(super) fn picture(&self) -> String {
        let plan = self.plan();
        let mut text = String::new();
        for change in &plan.changes {
            let reasons: Vec<String> = change
                .because
                .iter()
                .map(|because| {
                    format!(
                        "{}{}",
                        because.field,
                        if because.forces_replacement { "!" } else { "" }
                    )
                })
                .collect();
            write!(text, "{} {} ({})", change.change.word(), change.address, reasons.join(", "))
                .unwrap();
            if let Some(name) = &change.new_name {
                write!(text, " as `{name}`").unwrap();
            }
            if let Some(why) = &change.blocked {
                write!(text, " blocked: {why}").unwrap();
            }
            text.push('\n');
            let mut before: Option<&str> = None;
            for step in &change.steps {
                let more: Vec<&str> = step
                    .needs
                    .iter()
                    .map(String::as_str)
                    .filter(|need| Some(*need) != before)
                    .collect();
                write!(text, "  {}", step.does.word()).unwrap();
                if let Some(day) = step.due {
                    write!(text, " on {day}").unwrap();
                }
                if !more.is_empty() {
                    write!(text, " after {}", more.join(", ")).unwrap();
                }
                text.push('\n');
                before = Some(&step.id);
            }
        }
        for unmanaged in &plan.unmanaged {
            writeln!(text, "unmanaged {} {}", unmanaged.kind, unmanaged.id).unwrap();
        }
        for diagnostic in &plan.diagnostics {
            writeln!(text, "{}[{}] {}", diagnostic.severity, diagnostic.rule, diagnostic.message)
                .unwrap();
        }
        text
    }
}

fn owned(id: &str, edi: &DesiredEdi) -> Owned {
    let making = Making {
        structure: edi.sheet.structure,
        exchange_system: Some(edi.sheet.exchange_system.to_string()),
        name: edi.sheet.name.to_string(),
        declared_name: edi.sheet.name.to_string(),
        generation: 1,
        replaces: None,
        overlap_days: 0,
    };
    Owned {
        id: RemoteId::new(id),
        making,
        code: Some(format!("CODE-{id}")),
        active_since: Some("2026-10-01T09:00:00Z".parse().unwrap()),
        created_at: None,
    }
}
