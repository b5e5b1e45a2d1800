//! Plans made by hand, carried out against the embedded simulator.

use std::path::Path;

use secrecy::SecretString;

use super::*;
use crate::apply::report::Exit;
use crate::apply::stop;
use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::certificate::DesiredCertificate;
use crate::domain::desired::Desired;
use crate::domain::edi::CertificateUse;
use crate::domain::edi::EdiSettings;
use crate::domain::edi::EdiSheet;
use crate::domain::edi::ExchangeSystem;
use crate::domain::edi::Network;
use crate::domain::edi::Slot;
use crate::domain::edi::Validity;
use crate::domain::environment::Channel;
use crate::domain::environment::PasswordSink;
use crate::domain::event::Making;
use crate::domain::request::Request;
use crate::domain::request::Target;
use crate::domain::siret::Siret;
use crate::domain::value::Contact;
use crate::domain::value::Email;
use crate::domain::value::Fingerprint;
use crate::domain::value::InterfaceCode;
use crate::domain::value::Line;
use crate::domain::value::Phone;
use crate::domain::value::SheetName;
use crate::domain::value::WebUrl;
use crate::ledger;
use crate::ledger::Holder;
use crate::plan::change::Change;
use crate::plan::change::ChangeKind;
use crate::plan::change::Does;
use crate::plan::change::Until;
use crate::remote::Endpoints;
use crate::remote::Patience;
use crate::remote::Scope;
use crate::remote::connect;
use crate::simulator::Running;
use crate::simulator::SeedStructure;
use crate::simulator::Simulator;
use crate::simulator::Start;
use crate::simulator::server::DropConnection;
use crate::simulator::server::Fault;
use crate::simulator::server::ScriptedAnswer;

const PARIS: &str = "21750001600019";

/// Two certificates made for these tests, good for nothing else, and their fingerprints.
const CERTIFICATES: [(&str, &str); 2] = [
    (
        "6cf2bdd9b118335c48d22f20a340326fd2d6b47638cbf063bfd40b1ae0e038ce",
        "-----BEGIN CERTIFICATE-----
MIIBhzCCATmgAwIBAgIUTPwWAW8/fWucqC/BcKIwwTgjpoYwBQYDK2VwMDgxJDAi
BgNVBAoMG1Rlc3QgY2VydGlmaWNhdGUgb2YgcmFjY29yZDEQMA4GA1UEAwwHYXBw
bHkgMDAgFw0yNjExMjMxODUxMTZaGA8yMDU5MTAwMTE4NTExNlowODEkMCIGA1UE
CgwbVGVzdCBjZXJ0aWZpY2F0ZSBvZiByYWNjb3JkMRAwDgYDVQQDDAdhcHBseSAw
MCowBQYDK2VwAyEAQDtqVs3KfrWBioJTur5Ot7Rj7zIbFAh/7qfsdl/3yP+jUzBR
MB0GA1UdDgQWBBT4fsAXf2NKVSMLIyQdyEiq0VKOgTAfBgNVHSMEGDAWgBT4fsAX
f2NKVSMLIyQdyEiq0VKOgTAPBgNVHRMBAf8EBTADAQH/MAUGAytlcANBAMkREJ7S
/AjIRebHODjVoscFOnK2RSTiYZbFhW/QKfcD23remq4pC32i0jvThFg9jVIKrnat
DgBw00pxJkVckQU=
-----END CERTIFICATE-----",
    ),
    (
        "ea6cb2ab04d2640cd46e3a631d3e8788ab8bd41f4a0aaf118e5389a39ca2fae9",
        "-----BEGIN CERTIFICATE-----
MIIBhzCCATmgAwIBAgIUCFIPVgH/b8rX5gzaMV/Nyl47kEQwBQYDK2VwMDgxJDAi
BgNVBAoMG1Rlc3QgY2VydGlmaWNhdGUgb2YgcmFjY29yZDEQMA4GA1UEAwwHYXBw
bHkgMTAgFw0yNjExMjMxODUxMTZaGA8yMDU5MTAwMTE4NTExNlowODEkMCIGA1UE
CgwbVGVzdCBjZXJ0aWZpY2F0ZSBvZiByYWNjb3JkMRAwDgYDVQQDDAdhcHBseSAx
MCowBQYDK2VwAyEANlVyTG7jqIcN3wecy6gOuUgsca6H2WN5GPfYgqq596+jUzBR
MB0GA1UdDgQWBBTiM2HeGO7Nw/UMOoA7+q3PRx/kPzAfBgNVHSMEGDAWgBTiM2He
GO7Nw/UMOoA7+q3PRx/kPzAPBgNVHRMBAf8EBTADAQH/MAUGAytlcANBAO7gz26E
qtykbuxtoUpyNJbZOQ+t7t8mjBJDKhtWXw6XLx0k3M6TG+8ew2HoT5v4n4ybMe9D
FW6qq40OgfVEKAQ=
-----END CERTIFICATE-----",
    ),
];

fn desired() -> Desired {
    let mut desired = Desired::default();
    for (number, (fingerprint, pem)) in CERTIFICATES.into_iter().enumerate() {
        desired.certificates.insert(
            format!("ville/certificate/c{number}").parse().unwrap(),
            DesiredCertificate {
                file: format!("certificates/c{number}.pem"),
                fingerprint: Fingerprint::parse(fingerprint).unwrap(),
                subject: "test".to_owned(),
                not_before: "2026-11-24T00:00:00Z".parse().unwrap(),
                not_after: "2059-10-01T00:00:00Z".parse().unwrap(),
                content: pem.as_bytes().into(),
            },
        );
    }
    desired
}

fn siret() -> Siret {
    Siret::parse(PARIS).unwrap().siret
}

fn sheet(name: &str, certificate: usize) -> EdiSheet {
    let used = CertificateUse {
        key: format!("c{certificate}"),
        fingerprint: Fingerprint::parse(CERTIFICATES[certificate].0).unwrap(),
    };
    EdiSheet {
        structure: siret(),
        exchange_system: ExchangeSystem::PaCpro,
        name: SheetName::parse(name).unwrap(),
        settings: EdiSettings {
            network: Network::As2 {
                as2_id: Line::parse("VILLE").unwrap(),
                url: WebUrl::parse("https://as2.ville.example").unwrap(),
            },
            certificates: [(Slot::Server, used)].into(),
            validity: Validity {
                from: "2026-12-01".parse().unwrap(),
                until: "2028-11-30".parse().unwrap(),
            },
            contact: Contact {
                first_name: Line::parse("Camille").unwrap(),
                last_name: Line::parse("Martin").unwrap(),
                email: Email::parse("a@ville.example").unwrap(),
                phone: Phone::parse("+33123456789").unwrap(),
            },
            subscriptions: [InterfaceCode::parse("FSO1150A").unwrap()].into(),
        },
    }
}

fn making(name: &str, generation: u32, replaces: Option<&str>) -> Making {
    Making {
        structure: siret(),
        exchange_system: Some("PA-CPRO".to_owned()),
        name: name.to_owned(),
        declared_name: name.to_owned(),
        generation,
        replaces: replaces.map(crate::domain::observed::RemoteId::new),
        overlap_days: 0,
    }
}

fn step(id: &str, address: &str, does: Does, action: Action, needs: &[&str]) -> Step {
    Step {
        id: id.to_owned(),
        address: address.parse().unwrap(),
        does,
        action,
        needs: needs.iter().map(|need| (*need).to_owned()).collect(),
        channel: Channel::Gateway,
        due: None,
    }
}

/// Creates a sheet and waits for it.
fn create(key: &str, name: &str, certificate: usize, replaces: Option<&str>) -> Vec<Step> {
    let address = format!("ville/edi/{key}");
    let (make, wait) = (format!("{key}-create"), format!("{key}-wait"));
    let request = Request::CreateEdi { sheet: sheet(name, certificate) };
    let made = making(name, 1 + u32::from(replaces.is_some()), replaces);
    let send = Action::Send { request, making: Some(made) };
    let until = Action::Wait { target: Target::CreatedBy(make.clone()), until: Until::Active };
    vec![
        step(&make, &address, Does::Create, send, &[]),
        step(&wait, &address, Does::Wait, until, &[&make]),
    ]
}

fn account() -> Step {
    let contact_email = Email::parse("a@ville.example").unwrap();
    let making = Making { exchange_system: None, ..making("a@ville.example", 1, None) };
    step(
        "account-create",
        "ville/account/finances",
        Does::Create,
        Action::Send {
            request: Request::CreateAccount { structure: siret(), contact_email },
            making: Some(making),
        },
        &[],
    )
}

fn plan(steps: Vec<Step>) -> Plan {
    let changes = steps
        .into_iter()
        .map(|step| Change {
            address: step.address.clone(),
            change: ChangeKind::Create,
            channel: step.channel,
            because: Vec::new(),
            steps: vec![step],
            name: None,
            new_name: None,
            blocked: None,
            notes: Vec::new(),
            template: None,
        })
        .collect();
    Plan {
        environment: "simulator".to_owned(),
        as_of: "2026-12-01".parse().unwrap(),
        fingerprint: "f".to_owned(),
        changes,
        unchanged: 0,
        unmanaged: Vec::new(),
        diagnostics: Vec::new(),
    }
}

/// A simulator, a project folder, and a run against them.
struct Stage {
    simulator: Running,
    folder: tempfile::TempDir,
    options: Options,
    sink: Option<PasswordSink>,
    password: Option<&'static str>,
}

impl Stage {
    async fn new(settle: Duration) -> Self {
        let structures = vec![SeedStructure {
            siret: PARIS.to_owned(),
            name: "VILLE DE PARIS".to_owned(),
            ..SeedStructure::default()
        }];
        let start = Start {
            structures,
            settle_after: settle,
            now: Some("2026-12-01T12:00:00Z".parse().unwrap()),
            ..Start::default()
        };
        let options = Options {
            first_poll: Duration::from_millis(2),
            longest_poll: Duration::from_millis(20),
            timeout: Some(Duration::from_secs(20)),
            ..Options::on("2026-12-01".parse().unwrap())
        };
        Self {
            simulator: Simulator::start(start).await.unwrap(),
            folder: tempfile::tempdir().unwrap(),
            options,
            sink: Some(PasswordSink::Directory("secrets".to_owned())),
            password: None,
        }
    }

    fn reader(&self) -> crate::remote::Reader {
        let url = |text: &str| WebUrl::parse(text).unwrap();
        let secret = |text: &str| SecretString::from(text.to_owned());
        let ms = Duration::from_millis;
        connect(Endpoints {
            oauth_url: url(&self.simulator.oauth_url()),
            api_url: url(&self.simulator.base_url()),
            gateway_url: url(&self.simulator.base_url()),
            client_id: secret(self.simulator.client_id()),
            client_secret: secret(self.simulator.client_secret()),
            login: secret(self.simulator.login()),
            password: secret(self.password.unwrap_or(self.simulator.password())),
            interval: None,
            patience: Patience { first_pause: ms(1), longest_pause: ms(5), ..Patience::default() },
        })
        .unwrap()
    }

    fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("ledger.jsonl")
    }

    async fn run(&self, plan: &Plan) -> Report {
        self.listen(plan, Arc::new(|_| {}), stop::pair().1).await
    }

    async fn listen(&self, plan: &Plan, listener: Listener, stop: Stop) -> Report {
        let clock: ledger::Clock = Arc::new(|| "2026-12-01T12:00:00Z".parse().unwrap());
        let holder = Holder {
            owner: "camille".to_owned(),
            host: "atelier".to_owned(),
            command: "raccord apply".to_owned(),
            since: None,
        };
        let opened = Ledger::open(&self.path(), clock, holder).unwrap();
        let context = Apply {
            writer: Writer::new(self.reader()),
            ledger: Arc::new(opened.ledger),
            known: Known::fold(&opened.events),
            sink: self.sink.clone().map(|sink| Sink::new(sink, self.folder.path().to_owned())),
            certificates: Certificates::of(&desired()),
            options: self.options,
        };
        apply(plan, context, listener, stop).await
    }

    fn fault(&self, path: &str, drop: Option<DropConnection>, answer: Option<u16>, times: u32) {
        self.simulator.script(Fault {
            methode: None,
            chemin: path.to_owned(),
            apres: 0,
            fois: times,
            delai_millisecondes: 0,
            reponse: answer.map(|statut| ScriptedAnswer {
                statut,
                entetes: BTreeMap::from([("Retry-After".to_owned(), "0".to_owned())]),
                corps: None,
                html: Some("<html>".to_owned()),
            }),
            coupure: drop,
        });
    }

    fn events(&self) -> Vec<String> {
        let events = ledger::read(&self.path()).unwrap().events;
        events
            .iter()
            .map(|event| {
                let value = serde_json::to_value(event).unwrap();
                let step = value.get("step").and_then(|step| step.as_str()).unwrap_or("-");
                format!("{} {step}", value["event"].as_str().unwrap())
            })
            .collect()
    }

    async fn sheets(&self) -> Vec<(String, String, String)> {
        let mut sheets: Vec<_> = self
            .reader()
            .edi_sheets()
            .await
            .unwrap()
            .into_iter()
            .map(|sheet| (sheet.id.to_string(), sheet.name, sheet.status.to_string()))
            .collect();
        sheets.sort();
        sheets
    }
}

fn exit(report: &Report) -> Exit {
    report.exit()
}

#[tokio::test]
async fn a_creation_is_recorded_around_its_request_and_waited_for() {
    let stage = Stage::new(Duration::from_millis(30)).await;
    let path = stage.path();
    // When a request leaves, its intention is on disk.
    let listener: Listener = Arc::new(move |event| {
        if let Event::Sent { step, .. } = event {
            assert!(std::fs::read_to_string(Path::new(&path)).unwrap().contains(step.as_str()));
        }
    });
    let report = stage.listen(&plan(create("g2b", "G2B", 0, None)), listener, stop::pair().1).await;
    assert_eq!(exit(&report), Exit::Done, "{report:#?}");
    assert_eq!(
        stage.events(),
        [
            "run_started -",
            "intended g2b-create",
            "succeeded g2b-create",
            "settled -",
            "run_ended -"
        ]
    );
    assert_eq!(report.codes.len(), 1);
    assert!(report.codes[0].new_code.is_some());
}

#[tokio::test]
async fn a_replacement_makes_the_new_sheet_and_then_retires_the_old_one() {
    let stage = Stage::new(Duration::ZERO).await;
    let first = stage.run(&plan(create("g2b", "G2B", 0, None))).await;
    assert_eq!(exit(&first), Exit::Done, "{first:#?}");
    let old = stage.sheets().await[0].0.clone();
    let mut steps = create("g2b", "G2B (2)", 1, Some(&old));
    let request = Request::DeactivateEdi {
        target: Target::Existing(crate::domain::observed::RemoteId::new(&old)),
    };
    let retire = Action::Send { request, making: None };
    steps.push(step("retire", "ville/edi/g2b", Does::Deactivate, retire, &["g2b-wait"]));
    let report = stage.run(&plan(steps)).await;
    assert_eq!(exit(&report), Exit::Done, "{report:#?}");
    let statuses: Vec<_> =
        stage.sheets().await.into_iter().map(|sheet| (sheet.1, sheet.2)).collect();
    let pair = |name: &str, status: &str| (name.to_owned(), status.to_owned());
    assert_eq!(statuses, [pair("G2B", "Inactif"), pair("G2B (2)", "Actif")]);
    let code = &report.codes[0];
    assert!(code.old_code.is_some() && code.new_code.is_some() && code.old_code != code.new_code);
    let known = Known::fold(&ledger::read(&stage.path()).unwrap().events);
    let address: Address = "ville/edi/g2b".parse().unwrap();
    assert_eq!(address.kind(), Kind::Edi);
    assert!(known.get(&address).unwrap().former[0].retired);
}

#[tokio::test]
async fn a_lost_answer_is_settled_by_looking_without_a_second_sheet() {
    for drop in [DropConnection::Apres, DropConnection::Avant] {
        let stage = Stage::new(Duration::ZERO).await;
        // The token is asked for first, so that the fault meets the creation.
        stage.fault("/raccordements/v1/fiches-edi", Some(drop), None, 1);
        let report = stage.run(&plan(create("g2b", "G2B", 0, None))).await;
        assert_eq!(exit(&report), Exit::Done, "{report:#?}");
        assert_eq!(stage.sheets().await.len(), 1);
    }
}

#[tokio::test]
async fn an_account_whose_answer_was_lost_is_ours_and_its_password_is_told_as_lost() {
    let stage = Stage::new(Duration::ZERO).await;
    stage.fault("/raccordements/v1/comptes-techniques", Some(DropConnection::Apres), None, 1);
    let report = stage.run(&plan(vec![account()])).await;
    assert_eq!(exit(&report), Exit::Failed, "{report:#?}");
    let known = Known::fold(&ledger::read(&stage.path()).unwrap().events);
    let known = known.get(&"ville/account/finances".parse().unwrap()).unwrap();
    assert!(known.current.is_some() && known.password_stored_at.is_none());
    assert_eq!(stage.reader().accounts().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_password_goes_to_its_sink_and_nowhere_else() {
    let stage = Stage::new(Duration::ZERO).await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&seen);
    let listener: Listener =
        Arc::new(move |event| notes.lock().unwrap().push(format!("{event:?}")));
    let report = stage.listen(&plan(vec![account()]), listener, stop::pair().1).await;
    assert_eq!(exit(&report), Exit::Done, "{report:#?}");
    let stored =
        std::fs::read_to_string(stage.folder.path().join("secrets/ville-finances.password"))
            .unwrap();
    let password = stored.lines().last().unwrap().strip_prefix("password: ").unwrap();
    assert!(password.len() > 3 && stored.starts_with("login: TECH_"));
    let log = std::fs::read_to_string(stage.path()).unwrap();
    assert!(
        !log.contains(password)
            && !seen.lock().unwrap().iter().any(|event| event.contains(password))
    );
    let events = stage.events();
    assert_eq!(
        events[1..4],
        ["intended account-create", "password_stored -", "succeeded account-create"]
    );
    let known = Known::fold(&ledger::read(&stage.path()).unwrap().events);
    let known = known.get(&"ville/account/finances".parse().unwrap()).unwrap();
    assert!(known.password_stored_at.is_some());
}

#[tokio::test]
async fn without_a_sink_nothing_is_sent_that_shows_a_password() {
    let age = PasswordSink::Age { recipients: Vec::new(), directory: "x".to_owned() };
    for sink in [None, Some(age)] {
        let stage = Stage { sink, ..Stage::new(Duration::ZERO).await };
        let report = stage.run(&plan(vec![account()])).await;
        assert_eq!(exit(&report), Exit::Failed);
        assert!(stage.reader().accounts().await.unwrap().is_empty());
        assert_eq!(stage.events(), ["run_started -", "run_ended -"]);
    }
}

#[tokio::test]
async fn a_failure_stops_only_what_needs_it() {
    let stage = Stage::new(Duration::ZERO).await;
    // Both sheets want the same certificate: the second one is refused.
    let mut steps = create("a", "A", 0, None);
    steps.extend(create("b", "B", 0, None));
    steps.extend(create("c", "C", 1, None));
    let options = Options { parallelism: 1, ..stage.options };
    let stage = Stage { options, ..stage };
    let report = stage.run(&plan(steps)).await;
    assert_eq!(exit(&report), Exit::SomeFailed, "{report:#?}");
    let Counts { done, failed, not_started, .. } = report.counts;
    assert_eq!((done, failed, not_started), (4, 1, 1));
}

#[tokio::test]
async fn what_waits_is_told_with_its_exit_code() {
    let stage = Stage::new(Duration::from_hours(1)).await;
    let mut steps = create("a", "A", 0, None);
    let forget = Action::Forget;
    steps.push(Step {
        due: Some("2026-12-02".parse().unwrap()),
        ..step("later", "ville/edi/z", Does::Forget, forget, &[])
    });
    let options = Options { no_wait: true, ..stage.options };
    let stage = Stage { options, ..stage };
    let report = stage.run(&plan(steps)).await;
    assert_eq!((exit(&report), exit(&report).code()), (Exit::Waiting, 3));
    assert_eq!((report.counts.done, report.counts.waiting, report.counts.scheduled), (1, 1, 1));
}

#[tokio::test]
async fn ctrl_c_ends_a_wait_and_is_told() {
    let stage = Stage::new(Duration::from_hours(1)).await;
    let (stopper, stop) = stop::pair();
    let listener: Listener = Arc::new(move |event| {
        if matches!(event, Event::Polled { .. }) {
            stopper.press();
        }
    });
    let report = stage.listen(&plan(create("a", "A", 0, None)), listener, stop).await;
    assert_eq!(exit(&report), Exit::Interrupted);
    assert_eq!((report.counts.done, report.counts.waiting), (1, 1), "{report:#?}");
}

#[tokio::test]
async fn refused_credentials_stop_the_run() {
    let stage = Stage { password: Some("wrong"), ..Stage::new(Duration::ZERO).await };
    let mut steps = create("a", "A", 0, None);
    steps.extend(create("b", "B", 1, None));
    let options = Options { parallelism: 1, ..stage.options };
    let stage = Stage { options, ..stage };
    let report = stage.run(&plan(steps)).await;
    assert_eq!(exit(&report).code(), 8, "{report:#?}");
    assert_eq!((report.counts.failed, report.counts.not_started), (1, 3));
}

#[tokio::test]
async fn a_scope_is_observed_through_busy_answers_and_token_whims() {
    let stage = Stage::new(Duration::ZERO).await;
    stage.run(&plan(create("g2b", "G2B", 0, None))).await;
    stage.fault("/api/oauth", None, Some(503), 2);
    stage.fault("/raccordements/v1/fiches-edi", None, Some(429), 2);
    stage.fault("/cpro/utilisateurs", None, Some(401), 1);
    let absent = Siret::parse("21690123100011").unwrap().siret;
    let scope = Scope {
        structures: [siret(), absent].into(),
        flags_of: [siret()].into(),
        services_of: [siret()].into(),
        operators: [siret()].into(),
        needs_accounts: true,
        needs_api: true,
        needs_edi: true,
        needs_clients: true,
    };
    let now = "2026-12-01T12:00:00Z".parse().unwrap();
    let observed = Box::pin(stage.reader().observe(&scope, now)).await.unwrap();
    assert_eq!(observed.edi.len(), 1);
    assert_eq!(observed.structures.keys().collect::<Vec<_>>(), [&siret()]);
    let found = &observed.structures[&siret()];
    assert_eq!((found.name.as_str(), found.active, found.attached), ("VILLE DE PARIS", true, true));
    assert_eq!((found.edi_sender, found.public_operator), (Some(false), Some(false)));
    assert!(found.services.is_some());
}
