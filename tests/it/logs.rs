//! The log as JSON: one object a line, each with the id of its run.

use serde_json::Value;
use serde_json::json;

use crate::support::Ran;
use crate::support::Sandbox;
use crate::support::served::Served;

/// The lines of standard error, each of which must be an object inside the span of the run that the ledger has.
fn lines(ran: &Ran, run: &str) -> Vec<Value> {
    let lines: Vec<Value> = ran
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    assert!(!lines.is_empty());
    for line in &lines {
        assert_eq!(line["spans"][0]["run"], run, "{line}");
    }
    lines
}

/// The id of the last run in the ledger.
fn last_run(sandbox: &Sandbox) -> String {
    let path = sandbox.path("town/.raccord/ledger/simulator.jsonl");
    let log = std::fs::read_to_string(path).unwrap();
    let event: Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    event["run"].as_str().unwrap().to_owned()
}

#[test]
fn every_line_of_an_apply_is_json_and_has_the_run() {
    let sandbox = Sandbox::with_project();
    let arguments =
        ["apply", "town", "--auto-approve", "-vv", "--log-format", "json", "--format", "json"];
    // Colours are asked for, and have no place in JSON.
    let ran = sandbox.command(&arguments).args(["--color", "always"]).output().unwrap();
    let ran = Ran::of(ran);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.json()["done"].is_array(), "the result is on standard output: {ran:?}");
    let lines = lines(&ran, &last_run(&sandbox));

    let said: Vec<&str> = lines
        .iter()
        .filter(|line| line["target"] == "said")
        .map(|line| line["fields"]["message"].as_str().unwrap())
        .collect();
    assert!(said[0].starts_with("Plan for `simulator`"), "{said:?}");
    assert!(said.contains(&"[1/2] town/account/main create: done"), "{said:?}");

    let sent = lines
        .iter()
        .find(|line| {
            line["spans"][2]["route"] == "/raccordements/v1/comptes-techniques"
                && line["spans"][1]["name"] == "step"
        })
        .unwrap();
    let step = &sent["spans"][1];
    assert_eq!((&step["address"], &step["does"]), (&"town/account/main".into(), &"create".into()));
    let request = &sent["spans"][2];
    assert_eq!(
        (&request["name"], &request["method"], &request["attempt"]),
        (&"request".into(), &"POST".into(), &1.into())
    );
    assert_eq!(sent["fields"]["status"], 201, "{sent}");
    assert!(sent["fields"]["duration_ms"].is_u64(), "{sent}");
}

#[test]
fn the_end_of_a_run_that_failed_has_the_run_too() {
    let sandbox = Sandbox::with_project();
    // Nobody can be asked: an error that is told once the run has ended. A filter that shows nothing hides no error.
    let ran = sandbox
        .command(&["apply", "town", "--log-format", "json"])
        .env("RACCORD_LOG", "off")
        .output()
        .unwrap();
    let ran = Ran::of(ran);
    assert_eq!(ran.code, 1, "{ran:?}");
    let line: Value = serde_json::from_str(ran.stderr.trim_end()).unwrap();
    assert!(line["fields"]["message"].as_str().unwrap().contains("nobody can be asked"), "{line}");
    assert!(line["spans"][0]["run"].is_string(), "{line}");
}

#[test]
fn the_log_for_people_has_the_run() {
    let sandbox = Sandbox::with_project();
    let ran = sandbox
        .command(&["apply", "town", "--auto-approve"])
        .env("RACCORD_LOG", "raccord=debug")
        .output()
        .unwrap();
    let ran = Ran::of(ran);
    let run = format!("run{{run=\"{}\"}}", last_run(&sandbox));
    let requests: Vec<&str> =
        ran.stderr.lines().filter(|line| line.contains("request answered")).collect();
    assert!(requests.len() > 3 && requests.iter().all(|line| line.contains(&run)), "{ran:?}");
}

#[test]
fn a_long_look_at_chorus_pro_is_told() {
    let sandbox = Sandbox::new();
    let served = Served::start(&sandbox, "0s");
    std::fs::create_dir_all(sandbox.path("town/entities")).unwrap();
    let manifest = format!("version: 1\nenvironments:\n{}", served.environment("qualification"));
    std::fs::write(sandbox.path("town/raccord.yaml"), manifest).unwrap();
    served.secrets(&sandbox.path("town"), "qualification");
    let entity = "entity: town\nstructure: { siret: \"99991001100017\" }\n";
    std::fs::write(sandbox.path("town/entities/town.yaml"), entity).unwrap();
    served.steer("POST", "pannes", &json!({ "chemin": "/cpro", "delaiMillisecondes": 5_600 }));
    let plan = sandbox.run(&["plan", "town", "-e", "qualification"]);
    assert_eq!(plan.code, 0, "{plan:?}");
    assert!(plan.stderr.contains("still reading `qualification`: 2 requests so far\n"), "{plan:?}");
    let quick = sandbox.run(&["plan", "town", "-e", "qualification", "-q"]);
    assert_eq!((quick.code, quick.stderr.as_str()), (0, ""));
}
