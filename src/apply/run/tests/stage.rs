//! A simulator, a project folder, and runs against them. Plans are made by hand.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::OnceLock;
use std::time::Duration;

use secrecy::SecretString;

use crate::apply::Apply;
use crate::apply::Exit;
use crate::apply::Listener;
use crate::apply::Options;
use crate::apply::Report;
use crate::apply::Sink;
use crate::apply::apply;
use crate::apply::stop;
use crate::apply::stop::Stop;
use crate::apply::waves::Cut;
use crate::domain::address::Address;
use crate::domain::environment::Channel;
use crate::domain::environment::PasswordSink;
use crate::domain::event::Making;
use crate::domain::known::Known;
use crate::domain::known::KnownAddress;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::domain::request::Target;
use crate::domain::value::Email;
use crate::ledger;
use crate::ledger::Ledger;
use crate::ledger::Place;
use crate::ledger::contract;
use crate::plan::Plan;
use crate::plan::change::Action;
use crate::plan::change::Change;
use crate::plan::change::ChangeKind;
use crate::plan::change::Does;
use crate::plan::change::Step;
use crate::plan::change::Until;
use crate::remote::Endpoints;
use crate::remote::Reader;
use crate::remote::Writer;
use crate::remote::connect;
use crate::remote::gateway::encode::Certificates;
use crate::remote::testing;
use crate::remote::testing::NOON;
use crate::remote::testing::PARIS;
use crate::remote::testing::Wrong;
use crate::remote::testing::as2;
use crate::remote::testing::siret;
use crate::simulator::Running;

pub(super) fn making(name: &str, generation: u32, replaces: Option<&str>) -> Making {
    Making {
        structure: siret(PARIS),
        exchange_system: Some("PA-CPRO".to_owned()),
        name: name.to_owned(),
        declared_name: name.to_owned(),
        generation,
        replaces: replaces.map(RemoteId::new),
        overlap_days: 0,
    }
}

pub(in crate::apply) fn step(
    id: &str,
    address: &str,
    does: Does,
    action: Action,
    needs: &[&str],
) -> Step {
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
pub(super) fn create(
    key: &str,
    name: &str,
    certificate: usize,
    replaces: Option<&str>,
) -> Vec<Step> {
    let address = format!("ville/edi/{key}");
    let (make, wait) = (format!("{key}-create"), format!("{key}-wait"));
    let request = Request::CreateEdi { sheet: as2(name, certificate) };
    let made = making(name, 1 + u32::from(replaces.is_some()), replaces);
    let send = Action::Send { request, making: Some(made) };
    let until = Action::Wait { target: Target::CreatedBy(make.clone()), until: Until::Active };
    vec![
        step(&make, &address, Does::Create, send, &[]),
        step(&wait, &address, Does::Wait, until, &[&make]),
    ]
}

pub(super) fn account() -> Step {
    let contact_email = Email::parse("raccordement@ville.example").unwrap();
    let making = Making { exchange_system: None, ..making("raccordement@ville.example", 1, None) };
    step(
        "account-create",
        "ville/account/finances",
        Does::Create,
        Action::Send {
            request: Request::CreateAccount { structure: siret(PARIS), contact_email },
            making: Some(making),
        },
        &[],
    )
}

pub(in crate::apply) fn plan(steps: Vec<Step>) -> Plan {
    let changes: Vec<Change> = steps
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
            qualification: None,
            rotations: Vec::new(),
            template: None,
        })
        .collect();
    Plan::of(changes)
}

/// Does something with a sheet or an account that is there.
pub(super) fn act(id: &str, address: &str, does: Does, request: Request, needs: &[&str]) -> Step {
    step(id, address, does, Action::Send { request, making: None }, needs)
}

pub(super) fn existing(id: &str) -> Target {
    Target::Existing(RemoteId::new(id))
}

/// A simulator, a project folder, and what a run needs beside a plan.
pub(super) struct Stage {
    pub(super) simulator: Running,
    pub(super) folder: tempfile::TempDir,
    pub(super) options: Options,
    pub(super) sink: Option<PasswordSink>,
    pub(super) password: Option<&'static str>,
    /// A service that takes the place of the simulator.
    pub(super) base: Option<String>,
    /// One client for all runs: making one reads the certificates of the machine, which takes its time.
    pub(super) reader: OnceLock<Reader>,
    /// The waves of the next run.
    pub(super) waves: Option<Cut>,
}

impl Stage {
    pub(super) async fn new(settle: Duration) -> Self {
        let options = Options {
            first_poll: Duration::from_millis(2),
            longest_poll: Duration::from_millis(20),
            timeout: Some(Duration::from_secs(20)),
            ..Options::on("2026-12-01".parse().unwrap())
        };
        Self {
            simulator: testing::simulator(testing::structures(), settle).await,
            folder: tempfile::tempdir().unwrap(),
            options,
            sink: Some(PasswordSink::Directory("secrets".to_owned())),
            password: None,
            base: None,
            reader: OnceLock::new(),
            waves: None,
        }
    }

    /// The same with other options.
    pub(super) fn with(mut self, change: impl FnOnce(&mut Options)) -> Self {
        change(&mut self.options);
        self
    }

    fn endpoints(&self) -> Endpoints {
        if let Some(base) = &self.base {
            return testing::endpoints_at(base);
        }
        let right = testing::endpoints(&self.simulator);
        match self.password {
            Some(password) => Endpoints { password: SecretString::from(password), ..right },
            None => right,
        }
    }

    pub(super) fn reader(&self) -> Reader {
        self.reader.get_or_init(|| connect(self.endpoints()).unwrap()).clone()
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("ledger.jsonl")
    }

    pub(super) async fn run(&self, plan: &Plan) -> Report {
        self.listen(plan, Arc::new(|_| {}), stop::pair().1).await
    }

    pub(super) async fn listen(&self, plan: &Plan, listener: Listener, stop: Stop) -> Report {
        self.listen_on(self.open(), plan, listener, stop).await
    }

    /// Opens the ledger, for [`Self::listen_on`].
    pub(super) fn open(&self) -> (Arc<Ledger>, Known) {
        let clock: ledger::Clock = Arc::new(|| NOON.parse().unwrap());
        let opened = Ledger::open(&Place::File(self.path()), clock, &contract::holder()).unwrap();
        (Arc::new(opened.ledger), Known::fold(&opened.events))
    }

    pub(super) async fn listen_on(
        &self,
        (ledger, known): (Arc<Ledger>, Known),
        plan: &Plan,
        listener: Listener,
        stop: Stop,
    ) -> Report {
        let context = Apply {
            writer: Writer::new(self.reader()),
            ledger,
            known,
            sink: self.sink.clone().map(|sink| Sink::new(sink, self.folder.path().to_owned())),
            certificates: Certificates::of(&testing::declares(0..6)),
            team: None,
            waves: self.waves.clone(),
            options: self.options,
        };
        Box::pin(apply(plan, context, listener, stop)).await
    }

    pub(super) fn fault(&self, path: &str, times: u32, wrong: Wrong) {
        testing::fault(&self.simulator, path, times, wrong);
    }

    /// How the sheet of this name settles.
    pub(super) fn settles(&self, name: &str, verdict: &str) {
        let body = serde_json::json!({ "nom": name, "issue": verdict });
        let answer = self.simulator.steer("POST", "/simulateur/v1/issues", Some(body));
        assert_eq!(answer.status, 204);
    }

    /// The events of the ledger, each with its step.
    pub(super) fn events(&self) -> Vec<String> {
        let events = ledger::read(&Place::File(self.path())).unwrap().events;
        events
            .iter()
            .map(|event| {
                let value = serde_json::to_value(event).unwrap();
                let step = value.get("step").and_then(|step| step.as_str()).unwrap_or("-");
                format!("{} {step}", value["event"].as_str().unwrap())
            })
            .collect()
    }

    /// What the ledger knows under an address.
    pub(super) fn known(&self, address: &str) -> KnownAddress {
        let known = Known::fold(&ledger::read(&Place::File(self.path())).unwrap().events);
        known.get(&address.parse::<Address>().unwrap()).cloned().unwrap_or_default()
    }

    /// Every EDI sheet: identity, name, status.
    pub(super) async fn sheets(&self) -> Vec<(String, String, String)> {
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

    /// How many requests the simulator got whose method and path begin like this.
    pub(super) fn requests(&self, beginning: &str) -> u64 {
        let log = self.simulator.requests();
        let routes = log["parRoute"].as_object().unwrap();
        let hits = routes.iter().filter(|(route, _)| route.starts_with(beginning));
        hits.map(|(_, count)| count.as_u64().unwrap()).sum()
    }
}

pub(super) fn exit(report: &Report) -> Exit {
    report.exit()
}

/// How a step ended, as a person reads it.
pub(super) fn outcome(report: &Report, step: &str) -> String {
    let found = report.steps.iter().find(|outcome| outcome.step == step).unwrap();
    format!("{:?}", found.outcome)
}
