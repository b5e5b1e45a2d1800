//! What tests of this floor and above share: recorded exchanges, the values that they hold, and a way to a simulator.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::x509::X509;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::domain::api::ApiSheet;
use crate::domain::certificate::DesiredCertificate;
use crate::domain::desired::Desired;
use crate::domain::edi::CertificateUse;
use crate::domain::edi::EdiSettings;
use crate::domain::edi::EdiSheet;
use crate::domain::edi::EdiStatus;
use crate::domain::edi::ExchangeSystem;
use crate::domain::edi::Network;
use crate::domain::edi::ObservedCertificate;
use crate::domain::edi::ObservedEdi;
use crate::domain::edi::Slot;
use crate::domain::edi::Validity;
use crate::domain::environment::Passage;
use crate::domain::observed::RemoteId;
use crate::domain::siret::Siret;
use crate::domain::value::Contact;
use crate::domain::value::Email;
use crate::domain::value::Fingerprint;
use crate::domain::value::InterfaceCode;
use crate::domain::value::Line;
use crate::domain::value::Phone;
use crate::domain::value::PisteApplication;
use crate::domain::value::Port;
use crate::domain::value::ServerIp;
use crate::domain::value::SheetName;
use crate::domain::value::WebUrl;
use crate::remote::Endpoints;
use crate::remote::Patience;
use crate::remote::Rate;
use crate::remote::Reader;
use crate::remote::connect;
use crate::simulator::Running;
use crate::simulator::SeedStructure;
use crate::simulator::Simulator;
use crate::simulator::Start;
use crate::simulator::server::DropConnection;
use crate::simulator::server::Fault;
use crate::simulator::server::ScriptedAnswer;

pub(crate) const PARIS: &str = "21750001600019";
pub(crate) const LYON: &str = "21690123100011";

/// When simulators of tests start.
pub(crate) const NOON: &str = "2026-12-01T12:00:00Z";

/// One recorded exchange.
#[derive(Debug, Deserialize)]
pub(crate) struct Exchange {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) request: Value,
    pub(crate) status: u16,
    pub(crate) response: Value,
}

/// The folder of the recorded exchanges.
pub(crate) fn recordings() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/wire")
}

/// The exchanges of one recording, for example `gateway/list-edi`.
pub(crate) fn recorded(name: &str) -> Vec<Exchange> {
    let text = std::fs::read_to_string(recordings().join(format!("{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

pub(crate) fn siret(text: &str) -> Siret {
    Siret::parse(text).unwrap().siret
}

/// The file `test-<number>.pem` of the recordings, 0 to 5, and the fingerprint of its leaf.
pub(crate) fn certificate(number: usize) -> (Vec<u8>, Fingerprint) {
    let (file, exchange) = [
        ("gateway/create-edi-as2", 0),
        ("gateway/create-edi-sftp", 0),
        ("gateway/create-edi-pesit", 0),
        ("gateway/draft-edi", 0),
        ("gateway/update-edi", 0),
        ("gateway/refusals", 2),
    ][number];
    let name = format!("test-{number}.pem");
    let exchange = &recorded(file)[exchange];
    let sent = exchange.request["certificats"].as_array().unwrap();
    let sent = sent.iter().find(|sent| sent["nomFichier"] == name.as_str()).unwrap();
    let content = STANDARD.decode(sent["contenu"].as_str().unwrap()).unwrap();
    let digest = X509::from_pem(&content).unwrap().digest(MessageDigest::sha256()).unwrap();
    let digits = BigNum::from_slice(&digest).unwrap().to_hex_str().unwrap().to_lowercase();
    (content, Fingerprint::parse(&digits).unwrap())
}

/// A project that declares the certificates with these numbers, and nothing else.
pub(crate) fn declares(numbers: impl IntoIterator<Item = usize>) -> Desired {
    let mut desired = Desired::default();
    for number in numbers {
        let (content, fingerprint) = certificate(number);
        desired.certificates.insert(
            format!("ville/certificate/c{number}").parse().unwrap(),
            DesiredCertificate {
                file: format!("certificates/test-{number}.pem"),
                fingerprint,
                subject: "test".to_owned(),
                not_before: "2020-01-01T00:00:00Z".parse().unwrap(),
                not_after: "2060-01-01T00:00:00Z".parse().unwrap(),
                content: content.into(),
            },
        );
    }
    desired
}

pub(crate) fn uses(number: usize) -> CertificateUse {
    CertificateUse { key: format!("c{number}"), fingerprint: certificate(number).1 }
}

pub(crate) fn contact() -> Contact {
    Contact {
        first_name: Line::parse("Camille").unwrap(),
        last_name: Line::parse("Martin").unwrap(),
        email: Email::parse("raccordement@ville.example").unwrap(),
        phone: Phone::parse("+33123456789").unwrap(),
    }
}

fn sheet(name: &str, network: Network, certificates: &[(Slot, usize)]) -> EdiSheet {
    let certificates = certificates.iter().map(|(slot, number)| (*slot, uses(*number)));
    EdiSheet {
        structure: siret(PARIS),
        exchange_system: ExchangeSystem::PaCpro,
        name: SheetName::parse(name).unwrap(),
        settings: EdiSettings {
            network,
            certificates: certificates.collect(),
            validity: Validity {
                from: "2026-12-01".parse().unwrap(),
                until: "2028-11-30".parse().unwrap(),
            },
            contact: contact(),
            subscriptions: [InterfaceCode::parse("FSO1150A").unwrap()].into(),
        },
    }
}

/// An AS2 sheet of Paris with the certificate of this number.
pub(crate) fn as2(name: &str, number: usize) -> EdiSheet {
    let network = Network::As2 {
        as2_id: Line::parse("VILLE-PARIS").unwrap(),
        url: WebUrl::parse("https://as2.ville.example/in").unwrap(),
    };
    sheet(name, network, &[(Slot::Server, number)])
}

/// An SFTP sheet of Paris.
pub(crate) fn sftp(name: &str, number: usize) -> EdiSheet {
    sheet(name, Network::Sftp { ip: None }, &[(Slot::Client, number)])
}

/// A PeSIT sheet of Paris; both slots hold the same certificate.
pub(crate) fn pesit(name: &str, number: usize) -> EdiSheet {
    let network = Network::Pesit {
        ip: ServerIp::parse("192.0.2.10").unwrap(),
        port: Port::parse("1761").unwrap(),
        part_id: Line::parse("VILLEPAR").unwrap(),
    };
    let mut sheet = sheet(name, network, &[(Slot::Server, number), (Slot::Client, number)]);
    sheet.exchange_system = ExchangeSystem::Cpro;
    sheet.settings.subscriptions =
        ["FSO1100A", "FEN1200A"].map(|code| InterfaceCode::parse(code).unwrap()).into();
    sheet
}

/// An API sheet of Paris: with a publisher, or the entity's own.
pub(crate) fn api(application: &str, publisher: Option<&str>) -> ApiSheet {
    ApiSheet {
        structure: siret(PARIS),
        piste_application: PisteApplication::parse(application).unwrap(),
        usage: Line::parse(if publisher.is_some() { "publisher" } else { "own" }).unwrap(),
        publisher: publisher.map(|name| Line::parse(name).unwrap()),
        contact: contact(),
    }
}

/// A sheet as it is found: what was asked for, and what Chorus Pro added.
pub(crate) fn found(sheet: &EdiSheet, id: &str, status: EdiStatus, code: &str) -> ObservedEdi {
    let EdiSettings { network, certificates, validity, contact: _, subscriptions } =
        &sheet.settings;
    let not_after = Some("2060-01-01".parse().unwrap());
    ObservedEdi {
        id: RemoteId::new(id),
        status,
        status_since: None,
        application_code: Some(code.to_owned()),
        structure: sheet.structure,
        exchange_system: sheet.exchange_system.word().to_owned(),
        protocol: network.protocol().word().to_owned(),
        name: sheet.name.to_string(),
        network: network.fields().into_iter().map(|(key, text)| (key.to_owned(), text)).collect(),
        certificates: certificates
            .iter()
            .map(|(slot, used)| {
                let fingerprint = used.fingerprint.clone();
                (*slot, ObservedCertificate { fingerprint, not_after })
            })
            .collect(),
        valid_from: Some(validity.from),
        valid_until: Some(validity.until),
        contact: contact_found(),
        subscriptions: subscriptions.iter().map(ToString::to_string).collect(),
    }
}

/// The contact as it is found.
pub(crate) fn contact_found() -> std::collections::BTreeMap<String, String> {
    [
        ("first_name", "Camille"),
        ("last_name", "Martin"),
        ("email", "raccordement@ville.example"),
        ("phone", "+33123456789"),
    ]
    .map(|(key, text)| (key.to_owned(), text.to_owned()))
    .into()
}

/// Paris and Lyon.
pub(crate) fn structures() -> Vec<SeedStructure> {
    [(PARIS, "VILLE DE PARIS"), (LYON, "COMMUNE DE LYON")]
        .map(|(siret, name)| SeedStructure {
            siret: siret.to_owned(),
            name: name.to_owned(),
            ..SeedStructure::default()
        })
        .into()
}

/// A simulator at noon of 1 December 2026.
pub(crate) async fn simulator(structures: Vec<SeedStructure>, settle_after: Duration) -> Running {
    let now = Some(NOON.parse().unwrap());
    Simulator::start(Start { structures, settle_after, now, ..Start::default() }).await.unwrap()
}

/// Patience for tests: as often as usual, with pauses of milliseconds.
pub(crate) fn hurried() -> Patience {
    let ms = Duration::from_millis;
    Patience { first_pause: ms(1), longest_pause: ms(4), ..Patience::default() }
}

/// Where a simulator is, with its first user.
pub(crate) fn endpoints(simulator: &Running) -> Endpoints {
    let secret = |text: &str| SecretString::from(text.to_owned());
    Endpoints {
        client_id: secret(simulator.client_id()),
        client_secret: secret(simulator.client_secret()),
        login: secret(simulator.login()),
        password: secret(simulator.password()),
        ..endpoints_at(&simulator.base_url())
    }
}

/// A service at `base` that takes any credentials.
pub(crate) fn endpoints_at(base: &str) -> Endpoints {
    let url = |text: &str| WebUrl::parse(text).unwrap();
    let secret = || SecretString::from("any".to_owned());
    Endpoints {
        oauth_url: url(&format!("{base}/api/oauth/token")),
        api_url: url(base),
        gateway_url: url(base),
        client_id: secret(),
        client_secret: secret(),
        login: secret(),
        password: secret(),
        passage: Passage::default(),
        rate: Rate::default(),
        patience: hurried(),
    }
}

/// A reader of a simulator.
pub(crate) fn reader(simulator: &Running) -> Reader {
    connect(endpoints(simulator)).unwrap()
}

/// The next `times` requests to `path` are not answered as they should be.
pub(crate) fn fault(simulator: &Running, path: &str, times: u32, wrong: Wrong) {
    let scripted = |statut: u16, retry: Option<&str>, corps: Option<Value>, html: Option<&str>| {
        let retry = retry.map(|text| ("Retry-After".to_owned(), text.to_owned()));
        Some(ScriptedAnswer {
            statut,
            entetes: retry.into_iter().collect(),
            corps,
            html: html.map(str::to_owned),
        })
    };
    let (reponse, coupure) = match wrong {
        Wrong::Status(status) => (scripted(status, None, None, None), None),
        Wrong::Busy(status, retry) => (scripted(status, Some(retry), None, None), None),
        Wrong::Json(status, body) => (scripted(status, None, Some(body), None), None),
        Wrong::Realm(status, realm, body) => {
            let mut answer = scripted(status, None, Some(body), None);
            let challenge = format!("Bearer realm=\"{realm}\"");
            if let Some(answer) = &mut answer {
                answer.entetes.insert("WWW-Authenticate".to_owned(), challenge);
            }
            (answer, None)
        }
        Wrong::Html(status) => {
            (scripted(status, None, None, Some("<html>Maintenance</html>")), None)
        }
        Wrong::Cut(drop) => (None, Some(drop)),
    };
    simulator.script(Fault {
        methode: None,
        chemin: path.to_owned(),
        apres: 0,
        fois: times,
        delai_millisecondes: 0,
        reponse,
        apres_effet: false,
        coupure,
    });
}

/// What goes wrong.
pub(crate) enum Wrong {
    /// A status without a body.
    Status(u16),
    /// A status with `Retry-After`.
    Busy(u16, &'static str),
    /// A status and a body.
    Json(u16, Value),
    /// A status and a body, with a realm.
    Realm(u16, &'static str, Value),
    /// A status and a page.
    Html(u16),
    /// The connection is dropped.
    Cut(DropConnection),
}

/// A log that is kept.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

/// Listens to the most talkative log of this thread, until it is dropped.
pub(crate) struct Listening {
    log: Log,
    _guard: tracing::subscriber::DefaultGuard,
    /// With one listener alone, an event that another thread meets first would be taken for one that nobody wants.
    _other: tracing::Dispatch,
}

/// Begins to listen.
pub(crate) fn listen() -> Listening {
    let log = Log::default();
    let subscriber = |log: &Log| {
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(log.clone())
            .with_ansi(false)
            .finish()
    };
    let other = tracing::Dispatch::new(subscriber(&Log::default()));
    Listening { _guard: subscriber(&log).set_default(), _other: other, log }
}

impl Listening {
    /// Ends, and gives what was written.
    pub(crate) fn end(self) -> String {
        self.log.text()
    }
}

impl Log {
    /// What was written so far.
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
