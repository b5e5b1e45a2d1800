//! Generates histories: what is declared, what happens at the portal, what is declared then.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::Just;
use proptest::prelude::Strategy;
use proptest::prelude::any;
use proptest::prop_oneof;
use proptest::sample::select;

use crate::domain::account::DesiredAccount;
use crate::domain::address::Address;
use crate::domain::api::ApiSheet;
use crate::domain::api::DesiredApi;
use crate::domain::desired::Desired;
use crate::domain::edi::CertificateUse;
use crate::domain::edi::DesiredEdi;
use crate::domain::edi::EdiSettings;
use crate::domain::edi::EdiSheet;
use crate::domain::edi::ExchangeSystem;
use crate::domain::edi::Lifecycle;
use crate::domain::edi::Network;
use crate::domain::edi::ReplaceOrder;
use crate::domain::edi::Slot;
use crate::domain::edi::Validity;
use crate::domain::policy::Limit;
use crate::domain::policy::Policy;
use crate::domain::siret::Siret;
use crate::domain::structure::DesiredStructure;
use crate::domain::value::Contact;
use crate::domain::value::Email;
use crate::domain::value::InterfaceCode;
use crate::domain::value::Line;
use crate::domain::value::Phone;
use crate::domain::value::PisteApplication;
use crate::domain::value::SheetName;
use crate::domain::value::WebUrl;
use crate::invariants::portal::CERTIFICATES;
use crate::invariants::portal::certificates;

/// The structures of every world, plainly fictitious.
pub(super) const SIRETS: [&str; 2] = ["12345678200010", "12345678200028"];

/// What happens at the portal without us.
#[derive(Clone, Debug)]
pub(super) enum Happening {
    /// A person deactivates or activates the n-th sheet.
    Switches(usize),
    /// The exchange system finds a fault in the n-th sheet, or an interface inactive.
    Fails { sheet: usize, partial: bool },
    /// A person makes a sheet that we know nothing of, with the n-th certificate.
    Stranger { name: usize, certificate: usize, draft: bool },
    /// The next sheets that are sent stay En cours until time passes, and our waits give up before.
    Impatience,
}

/// One history.
#[derive(Clone)]
pub(super) struct History {
    pub(super) first: Desired,
    pub(super) happenings: Vec<Happening>,
    pub(super) then: Desired,
    pub(super) policy: Policy,
    /// Picks orders.
    pub(super) seed: u64,
}

impl std::fmt::Debug for History {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            f,
            "policy {:?} {:?}, seed {}",
            self.policy.max_replacements,
            self.policy.certificate_reuse_after_deactivation,
            self.seed
        )?;
        tell(f, &self.first)?;
        writeln!(f, "happenings {:?}", self.happenings)?;
        tell(f, &self.then)
    }
}

fn tell(f: &mut std::fmt::Formatter<'_>, desired: &Desired) -> std::fmt::Result {
    writeln!(f, "declared:")?;
    for (address, edi) in &desired.edi {
        let EdiSheet { structure, exchange_system, name, settings } = &edi.sheet;
        let EdiSettings { network, certificates, validity, contact: _, subscriptions } = settings;
        writeln!(
            f,
            "  {address} {structure} {exchange_system} {} {name} {:?} {}..{} {subscriptions:?} active {} {:?}",
            network.protocol(),
            certificates.values().map(|used| &used.key).collect::<Vec<_>>(),
            validity.from,
            validity.until,
            edi.active,
            edi.lifecycle
        )?;
    }
    for (address, account) in &desired.accounts {
        writeln!(
            f,
            "  {address} {} {} active {}",
            account.structure, account.contact_email, account.active
        )?;
    }
    for (address, api) in &desired.api {
        let ApiSheet { structure, piste_application, usage, .. } = &api.sheet;
        writeln!(f, "  {address} {structure} {piste_application} {usage} active {}", api.active)?;
    }
    Ok(())
}

/// One EDI connection before its certificate is chosen.
#[derive(Clone, Debug)]
struct Drawn {
    structure: usize,
    system: usize,
    protocol: usize,
    name: usize,
    validity: usize,
    subscriptions: usize,
    overlap: u32,
    deactivate_first: bool,
    recreate: bool,
    active: bool,
    certificate: usize,
}

pub(super) fn history() -> impl Strategy<Value = History> {
    let policy = (any::<bool>(), select(vec![None, Some(Limit::Count(0)), Some(Limit::Count(9))]))
        .prop_map(|(certificate_reuse_after_deactivation, max_replacements)| Policy {
            max_replacements,
            certificate_reuse_after_deactivation,
            ..Policy::default()
        });
    let happening = prop_oneof![
        (0..6usize).prop_map(Happening::Switches),
        (0..6usize, any::<bool>()).prop_map(|(sheet, partial)| Happening::Fails { sheet, partial }),
        (0..4usize, 0..CERTIFICATES, any::<bool>()).prop_map(|(name, certificate, draft)| {
            Happening::Stranger { name, certificate, draft }
        }),
        Just(Happening::Impatience),
    ];
    (connections(), vec(happening, 0..4), connections(), others(), others(), policy, any::<u64>())
        .prop_map(|(first, happenings, then, first_others, then_others, policy, seed)| History {
            first: desired(&first, &first_others),
            happenings,
            then: desired(&then, &then_others),
            policy,
            seed,
        })
}

fn connections() -> impl Strategy<Value = Vec<Option<Drawn>>> {
    let drawn = (
        (0..2usize, 0..2usize, 0..3usize, 0..3usize, 0..3usize, 1..3usize),
        (
            select(vec![0, 0, 14]),
            any::<bool>(),
            any::<bool>(),
            select(vec![true, true, true, false]),
            0..CERTIFICATES,
        ),
    )
        .prop_map(
            |(
                (structure, system, protocol, name, validity, subscriptions),
                (overlap, deactivate_first, recreate, active, certificate),
            )| Drawn {
                structure,
                system,
                protocol,
                name,
                validity,
                subscriptions,
                overlap,
                deactivate_first,
                recreate,
                active,
                certificate,
            },
        );
    vec(proptest::option::weighted(0.8, drawn), 3)
}

/// Accounts and API connections: whether they are declared, active, and with which application or usage.
type Others = Vec<(bool, bool, usize, usize)>;

fn others() -> impl Strategy<Value = Others> {
    vec((any::<bool>(), select(vec![true, true, false]), 0..2usize, 0..2usize), 2)
}

/// What is declared. What `validate` would refuse is left out: a name or a certificate that is declared twice.
fn desired(connections: &[Option<Drawn>], others: &Others) -> Desired {
    let mut desired = Desired::default();
    for (address, certificate) in certificates() {
        desired.certificates.insert(address.clone(), certificate.clone());
    }
    for siret in SIRETS {
        desired.structures.insert(address(&format!("ville/structure/{siret}")), structure(siret));
    }
    let mut names = BTreeSet::new();
    let mut used = BTreeSet::new();
    for (index, drawn) in connections.iter().enumerate() {
        let Some(drawn) = drawn else { continue };
        let edi = connection(drawn);
        if names.insert(edi.sheet.key()) && used.insert(drawn.certificate) {
            desired.edi.insert(address(&format!("ville/edi/c{index}")), edi);
        }
    }
    for (index, (declared, active, application, usage)) in others.iter().enumerate() {
        if !declared {
            continue;
        }
        let account = address(&format!("ville/account/a{index}"));
        desired.accounts.insert(
            account.clone(),
            DesiredAccount {
                structure: siret(SIRETS[index]),
                contact_email: Email::parse(["a@ville.example", "b@ville.example"][*application])
                    .unwrap(),
                active: *active,
                rotate_before_days: 30,
                login: None,
            },
        );
        let usage = ["own", "publisher"][*usage];
        let sheet = ApiSheet {
            structure: siret(SIRETS[index]),
            piste_application: PisteApplication::parse(["APP_ONE", "APP_TWO"][*application])
                .unwrap(),
            usage: Line::parse(usage).unwrap(),
            publisher: (usage == "publisher").then(|| Line::parse("Éditeur SA").unwrap()),
            contact: contact(),
        };
        desired.api.insert(
            address(&format!("ville/api/a{index}")),
            DesiredApi {
                sheet,
                technical_account: Some(account),
                lifecycle: Lifecycle::default(),
                active: *active,
            },
        );
    }
    desired
}

fn connection(drawn: &Drawn) -> DesiredEdi {
    let system = [ExchangeSystem::Cpro, ExchangeSystem::PaCpro][drawn.system];
    let protocol =
        if system == ExchangeSystem::PaCpro { drawn.protocol % 2 } else { drawn.protocol };
    let url = WebUrl::parse("https://as2.ville.example/in").unwrap();
    let (network, slots) = match protocol {
        0 => (Network::Sftp { ip: None }, vec![Slot::Client]),
        1 => (Network::As2 { as2_id: Line::parse("VILLE").unwrap(), url }, vec![Slot::Server]),
        _ => {
            let ip = crate::domain::value::ServerIp::parse("192.0.2.1").unwrap();
            let port = crate::domain::value::Port::parse("1761").unwrap();
            (
                Network::Pesit { ip, port, part_id: Line::parse("VILLE").unwrap() },
                Slot::ALL.to_vec(),
            )
        }
    };
    let (certificate, facts) = certificates().iter().nth(drawn.certificate).unwrap();
    let used = CertificateUse {
        key: certificate.key().to_owned(),
        fingerprint: facts.fingerprint.clone(),
    };
    let codes = match system {
        ExchangeSystem::Cpro => ["FSO1100A", "FSO1106A"],
        ExchangeSystem::PaCpro => ["FSO1150A", "ZZZ9999Z"],
    };
    let validity =
        [("2026-09-01", "2050-12-31"), ("2027-06-01", "2050-12-31"), ("2026-01-01", "2026-11-30")]
            [drawn.validity];
    DesiredEdi {
        sheet: EdiSheet {
            structure: siret(SIRETS[drawn.structure]),
            exchange_system: system,
            name: SheetName::parse(&name(drawn.name)).unwrap(),
            settings: EdiSettings {
                network,
                certificates: slots.into_iter().map(|slot| (slot, used.clone())).collect(),
                validity: Validity {
                    from: validity.0.parse().unwrap(),
                    until: validity.1.parse().unwrap(),
                },
                contact: contact(),
                subscriptions: codes[..drawn.subscriptions]
                    .iter()
                    .map(|code| InterfaceCode::parse(code).unwrap())
                    .collect(),
            },
        },
        replacement_names: Vec::new(),
        lifecycle: Lifecycle {
            overlap_days: drawn.overlap,
            replace: if drawn.deactivate_first {
                ReplaceOrder::DeactivateFirst
            } else {
                ReplaceOrder::CreateFirst
            },
            recreate_on_error: drawn.recreate,
            ..Lifecycle::default()
        },
        active: drawn.active,
    }
}

/// The same, with one interface code more or less on every sheet: an update on top of whatever is due.
pub(super) fn with_other_subscriptions(desired: &Desired) -> Desired {
    let mut desired = desired.clone();
    for edi in desired.edi.values_mut() {
        let subscriptions = &mut edi.sheet.settings.subscriptions;
        let code = match edi.sheet.exchange_system {
            ExchangeSystem::Cpro => "FSO1106A",
            ExchangeSystem::PaCpro => "ZZZ9999Z",
        };
        let code = InterfaceCode::parse(code).unwrap();
        if !subscriptions.remove(&code) {
            subscriptions.insert(code);
        }
    }
    desired
}

/// Names that collide, one that collides with a replacement's, and one as long as names may be.
pub(super) fn name(index: usize) -> String {
    ["G2B".to_owned(), "G2B (2)".to_owned(), "é".repeat(100), "Recette".to_owned()][index].clone()
}

fn structure(text: &str) -> DesiredStructure {
    DesiredStructure {
        siret: siret(text),
        name: None,
        edi_sender: None,
        edi_receiver: None,
        services: BTreeMap::new(),
        public_operator: false,
    }
}

pub(super) fn siret(text: &str) -> Siret {
    Siret::parse(text).unwrap().siret
}

pub(super) fn address(text: &str) -> Address {
    text.parse().unwrap()
}

fn contact() -> Contact {
    Contact {
        first_name: Line::parse("Camille").unwrap(),
        last_name: Line::parse("Martin").unwrap(),
        email: Email::parse("raccordement@ville.example").unwrap(),
        phone: Phone::parse("+33199000000").unwrap(),
    }
}
