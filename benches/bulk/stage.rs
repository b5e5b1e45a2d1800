//! A project, and a simulator in a process of its own that knows its structures.

use std::fmt::Write as _;
use std::io::BufRead as _;
use std::io::BufReader;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::towns;
use crate::towns::Row;
use crate::towns::Town;

/// Both, until it is dropped.
pub(crate) struct Stage {
    folder: TempDir,
    simulator: Child,
    base: String,
    runtime: tokio::runtime::Runtime,
}

impl Drop for Stage {
    fn drop(&mut self) {
        // It may have ended already.
        self.simulator.kill().ok();
        self.simulator.wait().ok();
    }
}

impl Stage {
    /// A project of these towns. Nothing of it exists but the structures.
    pub(crate) fn new(towns: &[Town], row: Row) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let seed = folder.path().join("seed.json");
        std::fs::write(&seed, towns::seed(towns)).unwrap();
        let mut simulator = Command::new(env!("CARGO_BIN_EXE_raccord"))
            .args(["simulator", "--seed"])
            .arg(&seed)
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(simulator.stdout.take().unwrap()).lines();
        let words: Vec<String> = lines
            .take(6)
            .map(|line| line.unwrap().split_whitespace().last().unwrap().to_owned())
            .collect();
        let [base, oauth, client, secret, login, password] = &words[..] else { panic!() };
        let project = folder.path().join("project");
        let environment = format!(
            r#"environments:
  served:
    stage: qualification
    connections: {{ channel: gateway, url: "{base}" }}
    rate: none
    password_sink: {{ command: "cat >/dev/null" }}
    piste:
      oauth_url: "{oauth}"
      api_url: "{base}"
      client_id: {{ file: .secrets/client }}
      client_secret: {{ file: .secrets/secret }}
      account: {{ file: .secrets/login }}
      password: {{ file: .secrets/password }}
"#
        );
        towns::write(&project, towns, row, &environment);
        std::fs::create_dir(project.join(".secrets")).unwrap();
        for (name, secret) in
            [("client", client), ("secret", secret), ("login", login), ("password", password)]
        {
            std::fs::write(project.join(".secrets").join(name), secret).unwrap();
        }
        std::fs::write(project.join(".secrets/oauth"), oauth).unwrap();
        std::fs::write(project.join(".secrets/base"), base).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { base: base.clone(), folder, simulator, runtime }
    }

    /// The folder of the project.
    pub(crate) fn project(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    fn call(&self, method: reqwest::Method, path: &str, body: Option<&Value>) -> Value {
        let request = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut request = request.request(method, format!("{}/simulateur/v1{path}", self.base));
        if let Some(body) = body {
            request = request.json(body);
        }
        self.runtime.block_on(async {
            let answer = request.send().await.unwrap().error_for_status().unwrap();
            serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default()
        })
    }

    /// Delays each answer.
    pub(crate) fn slow_down(&self, milliseconds: u64) {
        let fault = json!({ "fois": u32::MAX, "delaiMillisecondes": milliseconds });
        self.call(reqwest::Method::POST, "/pannes", Some(&fault));
        self.forget_requests();
    }

    /// Takes all attachments of the account away.
    pub(crate) fn detach(&self) {
        self.call(reqwest::Method::PUT, "/roles", Some(&json!({ "rattache": false })));
    }

    /// Begins to count anew.
    pub(crate) fn forget_requests(&self) {
        self.call(reqwest::Method::DELETE, "/requetes", None);
    }

    /// How many requests came, by route.
    pub(crate) fn requests(&self) -> String {
        let told = self.call(reqwest::Method::GET, "/requetes", None);
        let mut text = format!("{} requests", told["total"]);
        for (route, count) in told["parRoute"].as_object().into_iter().flatten() {
            write!(text, "\n    {count} {route}").unwrap();
        }
        self.forget_requests();
        text
    }

    /// Makes some towns unlike the others: an EDI flag that no other has, as a person would write it by hand.
    pub(crate) fn make_odd(&self, towns: &[Town]) {
        let mut table = String::new();
        let path = self.project().join("sources/towns.csv");
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            if !towns.iter().any(|town| line.starts_with(&town.siret)) {
                writeln!(table, "{line}").unwrap();
            }
        }
        std::fs::write(&path, table).unwrap();
        for (number, town) in towns.iter().enumerate() {
            let path = self.project().join(format!("entities/odd-{number}.yaml"));
            let mut file = std::fs::File::create(path).unwrap();
            write!(
                file,
                "entity: odd-{number}\nstructure: {{ siret: \"{}\", edi: {{ sender: {} }} }}\n\
                 technical_accounts:\n  main: {{ contact_email: {}, active: {} }}\n",
                town.siret,
                number % 2 == 0,
                towns::EMAIL,
                number % 3 != 0,
            )
            .unwrap();
        }
    }
}

/// How long the first and the last so many done steps of a project's ledger took, in seconds.
pub(crate) fn ends_of(project: &Path, count: usize) -> (f64, f64) {
    let text = std::fs::read_to_string(project.join("ledger/served.jsonl")).unwrap();
    let moment = |line: &str| {
        let event: Value = serde_json::from_str(line).unwrap();
        let at: jiff::Timestamp = event["at"].as_str().unwrap().parse().unwrap();
        (
            event["what"].as_str() == Some("succeeded")
                || event["event"].as_str() == Some("succeeded"),
            at,
        )
    };
    let done: Vec<jiff::Timestamp> =
        text.lines().map(moment).filter_map(|(done, at)| done.then_some(at)).collect();
    assert!(done.len() >= count * 2, "found {} done steps", done.len());
    let seconds =
        |from: jiff::Timestamp, until: jiff::Timestamp| until.duration_since(from).as_secs_f64();
    let last = done.len() - 1;
    (seconds(done[0], done[count]), seconds(done[last - count], done[last]))
}
