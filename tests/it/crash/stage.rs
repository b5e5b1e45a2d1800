//! A project and a Chorus Pro of its own, as they are before a disturbed run; each run has a copy of both.

use std::collections::BTreeMap;
use std::process::Command;
#[cfg(unix)]
use std::process::Stdio;

use serde_json::Value;

use crate::crash::scenario::Scenario;
use crate::support::Ran;
use crate::support::Sandbox;
use crate::support::copy;
use crate::support::pki::Pki;
#[cfg(unix)]
use crate::support::postgres::PASSWORD;
#[cfg(unix)]
use crate::support::postgres::Server;
use crate::support::served::Served;
use crate::support::world::without_times;
use crate::support::world::world;

/// The environment of all runs.
const ENVIRONMENT: &str = "disturbed";

/// What happens to a run.
#[derive(Clone, Copy)]
pub(super) enum Disturbance {
    /// It ends at a moment.
    Crash(u64),
    /// An operation of the disk fails at a moment.
    Failure(u64),
    /// Two runners share the plan on a ledger in PostgreSQL, and one of them ends at a moment.
    #[cfg(unix)]
    Runner(Option<u64>),
    /// Requests are not answered as they should be.
    Network {
        /// How many requests go well before.
        after: u64,
        /// How many do not.
        times: u64,
        /// What happens to them, as the simulator reads it.
        fault: &'static str,
    },
}

/// How everything stands at the end.
pub(super) struct Ended {
    /// The world of the simulator, without times.
    pub(super) world: Value,
    /// What `status` says, without times.
    pub(super) status: Value,
    /// Whether each account is let in with the password that is in the sink.
    pub(super) passwords: BTreeMap<String, bool>,
    /// How many requests of each route came that may change something.
    pub(super) changes: BTreeMap<String, u64>,
    /// The moments that the first run passed.
    pub(super) log: String,
    /// Whether each request of the first run may change something, in their order.
    pub(super) requests: Vec<bool>,
}

/// What each run begins with.
pub(super) struct Stage {
    sandbox: Sandbox,
    /// `raccord.yaml`, in which `ENVIRONMENT` stands for the environment that reaches the simulator.
    manifest: String,
    /// Whether that is qualification or production.
    is_for: &'static str,
    /// What the simulator begins with.
    seed: &'static str,
    later: Option<(i64, String)>,
}

/// The manifest of the small scenarios.
const MANIFEST: &str = r#"version: 1
contacts:
  dsi: { first_name: Camille, last_name: Martin, email: raccordement@ville.example, phone: "+33199001234" }
environments:
ENVIRONMENT"#;

impl Stage {
    /// Applies what was there before.
    pub(super) fn set(scenario: &Scenario) -> Self {
        let sandbox = Sandbox::new();
        let seed = r#"[{ "siret": "99991001100017", "nom": "TOWN OF EXAMPLE" }]"#;
        std::fs::write(sandbox.path("seed.json"), seed).unwrap();
        for folder in ["project/entities", "project/certificates", "world"] {
            std::fs::create_dir_all(sandbox.path(folder)).unwrap();
        }
        for name in ["one", "two"] {
            let file = Pki::shared().file(&format!("name={name} until=2035-12-31")).unwrap();
            std::fs::write(sandbox.path(&format!("project/certificates/{name}.p7b")), file)
                .unwrap();
        }
        let entity = sandbox.path("project/entities/town.yaml");
        let mut stage = Self {
            sandbox,
            manifest: MANIFEST.to_owned(),
            is_for: "qualification",
            seed: "seed.json",
            later: None,
        };
        let served = stage.serve(&stage.sandbox);
        for before in &scenario.before {
            std::fs::write(&entity, before).unwrap();
            let ran = apply(&stage.sandbox, &[]);
            assert_eq!(ran.code, 0, "{}: {ran:?}", scenario.name);
        }
        served.stop();
        std::fs::write(entity, &scenario.after).unwrap();
        if scenario.days > 0 {
            let now: jiff::Timestamp = "2026-12-01T10:00:00Z".parse().unwrap();
            let hours = 24 * scenario.days;
            let later = (now + jiff::SignedDuration::from_hours(hours)).to_string();
            stage.later = Some((hours * 3600, later));
        }
        stage
    }

    /// The first apply of an example.
    pub(super) fn of_example(name: &str) -> Self {
        let sandbox = Sandbox::with_example(name);
        let manifest = std::fs::read_to_string(sandbox.path("project/raccord.yaml")).unwrap();
        let manifest = manifest.replace("\nenvironments:\n", "\nenvironments:\nENVIRONMENT");
        assert!(manifest.contains("ENVIRONMENT"));
        // The certificates of the example are declared for production already.
        Self { sandbox, manifest, is_for: "production", seed: "project", later: None }
    }

    /// Starts a simulator on the world of a sandbox, and points its project there.
    fn serve(&self, sandbox: &Sandbox) -> Served {
        let served =
            Served::with(sandbox, &["--settle", "0s", "--seed", self.seed, "--world", "world"]);
        let environment = served
            .environment(ENVIRONMENT)
            .replace("stage: disturbed", &format!("stage: {}", self.is_for))
            + "    password_sink: { directory: passwords }\n    rate: 1000/s\n";
        let manifest = self.manifest.replace("ENVIRONMENT", &environment);
        std::fs::write(sandbox.path("project/raccord.yaml"), manifest).unwrap();
        served.secrets(&sandbox.path("project"), ENVIRONMENT);
        served
    }

    /// Runs on a copy: once with the disturbance, then plainly; says how it ended, or what should not be.
    pub(super) fn run(&self, disturbance: Option<Disturbance>) -> Result<Ended, String> {
        let mut sandbox = Sandbox::new();
        copy(&self.sandbox.path(""), &sandbox.path(""));
        let served = self.serve(&sandbox);
        #[cfg(unix)]
        if matches!(disturbance, Some(Disturbance::Runner(_))) {
            move_into_database(&sandbox);
        }
        if let Some((seconds, now)) = &self.later {
            served.steer("PUT", "horloge", &serde_json::json!({ "avanceSecondes": seconds }));
            sandbox.at(now);
        }
        let log = sandbox.path("moments.txt").display().to_string();
        let mut variables = vec![("RACCORD_CRASH_LOG", log.clone())];
        match disturbance {
            None => {}
            Some(Disturbance::Crash(at)) => variables.push(("RACCORD_CRASH_AT", at.to_string())),
            Some(Disturbance::Failure(at)) => variables.push(("RACCORD_FAIL_AT", at.to_string())),
            #[cfg(unix)]
            Some(Disturbance::Runner(at)) => {
                variables.extend(at.map(|at| ("RACCORD_CRASH_AT", at.to_string())));
            }
            Some(Disturbance::Network { after, times, fault }) => {
                let mut fault: Value = serde_json::from_str(fault).unwrap();
                fault["apres"] = after.into();
                fault["fois"] = times.into();
                served.steer("POST", "pannes", &fault);
            }
        }
        #[cfg(unix)]
        let other = matches!(disturbance, Some(Disturbance::Runner(Some(_)))).then(|| {
            let mut command = command(&sandbox, &["--join"]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        });
        #[cfg(unix)]
        let joins: &[&str] =
            if matches!(disturbance, Some(Disturbance::Runner(_))) { &["--join"] } else { &[] };
        #[cfg(not(unix))]
        let joins: &[&str] = &[];
        let first =
            Ran::of(command(&sandbox, joins).envs(variables.iter().cloned()).output().unwrap());
        #[cfg(unix)]
        if let Some(other) = other {
            let other = Ran::of(other.wait_with_output().unwrap());
            // A password that the first one had in hand is lost, and what needs it waits for the next run.
            let lost = other.stdout.contains("password was not shown, or was lost with the answer")
                || other.stdout.contains("the new one is lost");
            if other.code != 0 && !lost {
                return Err(format!("the other runner: {other:?}\nbeside {first:?}"));
            }
        }
        let requests = served.requests();
        let is_well = match disturbance {
            None => first.code == 0,
            // Ended by a signal, unless it ended before that moment.
            Some(Disturbance::Crash(_)) => first.code == -1 || first.code == 0,
            #[cfg(unix)]
            Some(Disturbance::Runner(_)) => first.code == -1 || first.code == 0,
            Some(Disturbance::Failure(_) | Disturbance::Network { .. }) => {
                first.code != -1 && !first.stderr.contains("panicked")
            }
        };
        if !is_well {
            return Err(format!("the first run: {first:?}"));
        }
        let log = std::fs::read_to_string(&log).unwrap_or_default();
        if disturbance.is_some() {
            served.steer("DELETE", "pannes", &Value::Null);
            let second = apply(&sandbox, &[]);
            if second.code != 0 {
                return Err(format!("the second run: {second:?}\nafter {first:?}"));
            }
        }
        let planned = sandbox.run(&["plan", "project", "-e", ENVIRONMENT, "--detailed-exitcode"]);
        if planned.code != 0 {
            return Err(format!("something is left to do: {planned:?}\nafter {first:?}"));
        }
        let shown = sandbox.run(&["status", "project", "-e", ENVIRONMENT, "--format", "json"]);
        let mut status = shown.json();
        without_times(&mut status);
        let changes = served.changes();
        let passwords = passwords(&sandbox, &served);
        served.stop();
        let world = world(&sandbox.path("world"));
        Ok(Ended { world, status, passwords, changes, log, requests })
    }
}

/// Tries what the sink holds, once the accounts can be used, and whichever application asks.
fn passwords(sandbox: &Sandbox, served: &Served) -> BTreeMap<String, bool> {
    served.steer("PUT", "options", &serde_json::json!({ "applicationDeclareeRequise": false }));
    served.steer("PUT", "horloge", &serde_json::json!({ "avanceSecondes": 3600 }));
    let mut tried = BTreeMap::new();
    let Ok(entities) = std::fs::read_dir(sandbox.path("project/passwords")) else { return tried };
    for entity in entities {
        for file in std::fs::read_dir(entity.unwrap().path()).unwrap() {
            // What a run that died was writing has no name yet.
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            if path.extension().is_none_or(|ending| ending != "password") {
                continue;
            }
            let (login, password) = text.trim_end().split_once('\n').unwrap();
            let login = login.strip_prefix("login: ").unwrap();
            let password = password.strip_prefix("password: ").unwrap();
            tried.insert(login.to_owned(), served.accepts(login, password));
        }
    }
    tried
}

/// One step at a time: the moments come in the same order each time.
fn command(sandbox: &Sandbox, more: &[&str]) -> Command {
    let apply = ["apply", "project", "-e", ENVIRONMENT, "--auto-approve", "--parallelism", "1"];
    sandbox.command(&[&apply, more].concat())
}

fn apply(sandbox: &Sandbox, variables: &[(&str, String)]) -> Ran {
    Ran::of(command(sandbox, &[]).envs(variables.iter().cloned()).output().unwrap())
}

/// Puts the ledger into the database, under a name of its own, with what it holds.
#[cfg(unix)]
fn move_into_database(sandbox: &Sandbox) {
    let path = sandbox.path("project/raccord.yaml");
    let name = sandbox.path("").components().next_back().unwrap().as_os_str().to_owned();
    let name = name.to_str().unwrap().trim_start_matches('.').to_owned();
    let text = std::fs::read_to_string(&path).unwrap();
    let ledger = format!(
        "    ledger: \"{}\"\n    ledger_password: {{ command: \"echo {PASSWORD}\" }}\n    password_sink",
        Server::shared().url("")
    );
    let text = text
        .replacen("version: 1\n", &format!("version: 1\nproject: {name}\n"), 1)
        .replacen("    password_sink", &ledger, 1);
    std::fs::write(path, text).unwrap();
    let file = "ledger/disturbed.jsonl";
    if sandbox.path("project").join(file).exists() {
        let moved = sandbox.run(&["ledger", "move", "project", "-e", ENVIRONMENT, "--from", file]);
        assert_eq!(moved.code, 0, "{moved:?}");
    }
}
