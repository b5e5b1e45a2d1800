//! The report of a run, and whether the ledger bears it out.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::Ran;
use crate::support::Sandbox;

const LEDGER: &str = "project/.raccord/ledger/simulator.jsonl";

fn valid(schema: &str, value: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(schema);
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(value).map(|one| one.to_string()).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn report(sandbox: &Sandbox) -> Value {
    serde_json::from_str(&std::fs::read_to_string(sandbox.path("report.json")).unwrap()).unwrap()
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let identity = ["-c", "user.name=tester", "-c", "user.email=tester@ville.example"];
    let ran = Command::new("git").current_dir(folder).args(identity).args(arguments).output();
    let ran = ran.unwrap();
    assert!(ran.status.success(), "{ran:?}");
    String::from_utf8(ran.stdout).unwrap().trim().to_owned()
}

fn applied(options: &[&str]) -> (Sandbox, Ran) {
    let sandbox = Sandbox::with_example("metropole");
    let base = ["apply", "project", "--auto-approve", "--report", "report.json"];
    let ran = sandbox.run(&[&base, options].concat());
    (sandbox, ran)
}

fn verified(sandbox: &Sandbox) -> (i32, Value) {
    let ran = sandbox.run(&["verify", "report.json", "project", "--format", "json"]);
    let value = ran.json();
    valid("verify.v1.schema.json", &value);
    (ran.code, value)
}

#[test]
fn a_report_says_what_was_done_and_the_ledger_bears_it_out() {
    let (sandbox, ran) = applied(&["--report", "page.html"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.contains("report: report.json") && ran.stderr.contains("report: page.html"));
    let told = report(&sandbox);
    valid("proof.v1.schema.json", &told);
    assert_eq!(told["commit"], Value::Null, "{}", told["commit"]);
    assert_eq!((&told["environment"], &told["exit_code"]), (&"simulator".into(), &0.into()));
    assert!(told["by"].as_str().unwrap().starts_with("tester@"));
    assert_eq!(told["plan"]["summary"]["create"], 11);
    assert_eq!(told["result"]["summary"]["done"], 16);
    assert_eq!(told["result"]["application_codes"].as_array().unwrap().len(), 8);
    // The lines are those of the ledger, to the byte.
    let ledger = std::fs::read_to_string(sandbox.path(LEDGER)).unwrap();
    let lines: Vec<&str> = told["ledger"]["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["line"].as_str().unwrap())
        .collect();
    assert_eq!(lines, ledger.lines().collect::<Vec<_>>());

    let page = std::fs::read_to_string(sandbox.path("page.html")).unwrap();
    assert!(
        page.contains("<code>metropole&#x2f;edi&#x2f;g2b</code>")
            && page.contains("Métropole d&#x27;Exemple")
    );
    // The one script is that of every page, and the policy names it.
    assert_eq!(page.matches("<script").count(), 1, "{page}");
    assert!(page.contains("default-src 'none'") && page.contains("script-src 'sha256-"));
    assert!(!page.contains(" src=") && !page.contains("unsafe-inline"), "{page}");

    let held = sandbox.run(&["verify", "report.json", "project"]);
    assert_eq!(held.code, 0, "{held:?}");
    assert!(held.stdout.contains("holds: its ") && !held.stdout.contains("Since then"), "{held:?}");

    // What happens to the same addresses later is told, and no difference.
    sandbox.edit("project/entities/ville.yaml", "FSO1116A", "FSO1117A");
    assert_eq!(sandbox.run(&["apply", "project", "--auto-approve"]).code, 0);
    let (code, held) = verified(&sandbox);
    assert_eq!((code, &held["verdict"]), (0, &"holds".into()), "{held}");
    assert!(held["since"].to_string().contains("ville/edi/"), "{held}");
}

#[test]
fn what_was_changed_afterwards_is_told() {
    let (sandbox, ran) = applied(&[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let ledger = std::fs::read_to_string(sandbox.path(LEDGER)).unwrap();
    let original = std::fs::read_to_string(sandbox.path("report.json")).unwrap();
    let with_ledger = |text: &str| {
        std::fs::write(sandbox.path(LEDGER), text).unwrap();
        verified(&sandbox)
    };
    let differs = |(code, held): (i32, Value), told: &str| {
        assert_eq!((code, &held["verdict"]), (1, &"differs".into()), "{held}");
        assert!(held["differences"].to_string().contains(told), "{told}: {held}");
    };
    // The ledger: another code, a line less, a line more.
    differs(with_ledger(&ledger.replace("AAA003", "ZZZ999")), "is another one in the ledger");
    let succeeded = ledger.lines().find(|line| line.contains("\"did\":\"created\"")).unwrap();
    differs(with_ledger(&ledger.replace(&format!("{succeeded}\n"), "")), "is not in the ledger");
    let (mut more, id) = (ledger.clone(), "019a0000-0000-7000-8000-000000000000");
    let last: Value = serde_json::from_str(ledger.lines().last().unwrap()).unwrap();
    more.push_str(&ledger.lines().last().unwrap().replace(last["id"].as_str().unwrap(), id));
    more.push('\n');
    differs(with_ledger(&more), "of the run is in the ledger and not in the report");
    // The report: a line, a code, a step, who it was.
    std::fs::write(sandbox.path(LEDGER), &ledger).unwrap();
    let with_report = |change: &dyn Fn(&mut Value)| {
        let mut told: Value = serde_json::from_str(&original).unwrap();
        change(&mut told);
        std::fs::write(sandbox.path("report.json"), told.to_string()).unwrap();
        verified(&sandbox)
    };
    differs(
        with_report(&|told| {
            let line = &mut told["ledger"]["events"][1]["line"];
            *line = line.as_str().unwrap().replace("intended", "forgotten").into();
        }),
        "is not the one whose SHA-256 it has",
    );
    differs(
        with_report(&|told| told["result"]["application_codes"][0]["after"] = "ZZZ999".into()),
        "no event says so",
    );
    differs(
        with_report(&|told| drop(told["result"]["done"].as_array_mut().unwrap().remove(0))),
        "tells 15 steps as done",
    );
    differs(with_report(&|told| told["by"] = "camille@atelier".into()), "the person is");
    let (code, held) = with_report(&|_| ());
    assert_eq!((code, &held["verdict"]), (0, &"holds".into()), "{held}");
}

#[test]
fn a_compacted_ledger_is_no_difference_and_no_proof() {
    let (sandbox, ran) = applied(&[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let compacted = sandbox.run(&["ledger", "compact", "project"]);
    assert_eq!(compacted.code, 0, "{compacted:?}");
    let (code, held) = verified(&sandbox);
    assert_eq!((code, &held["verdict"]), (1, &"compacted".into()), "{held}");
    assert_eq!(held["differences"], serde_json::json!([]));
    let told = sandbox.run(&["verify", "report.json", "project"]);
    assert!(told.stdout.contains("cannot be held against this ledger any more"), "{told:?}");
}

#[test]
fn the_commit_is_told_and_whether_the_files_differ_from_it() {
    let sandbox = Sandbox::with_example("metropole");
    let project = sandbox.path("project");
    git(&project, &["init", "--quiet"]);
    git(&project, &["add", "."]);
    git(&project, &["commit", "--quiet", "--message", "first"]);
    let head = git(&project, &["rev-parse", "HEAD"]);
    std::fs::create_dir(project.join("out")).unwrap();
    let apply = |sandbox: &Sandbox| {
        let plan = ["plan", "project", "--out", "project/out/plan.json"];
        assert_eq!(sandbox.run(&plan).code, 0);
        let ran = sandbox.run(&[
            "apply",
            "project/out/plan.json",
            "--auto-approve",
            "--report",
            "project/out/report.json",
            "--report",
            "report.json",
        ]);
        assert_eq!(ran.code, 0, "{ran:?}");
        report(sandbox)["commit"].clone()
    };
    // Neither the ledger nor the plan nor the report makes the files differ.
    let clean = serde_json::json!({ "id": head, "dirty": false, "changed": [] });
    assert_eq!(apply(&sandbox), clean);
    sandbox.edit("project/entities/ville.yaml", "FSO1116A", "FSO1117A");
    let changed =
        serde_json::json!({ "id": head, "dirty": true, "changed": ["entities/ville.yaml"] });
    assert_eq!(apply(&sandbox), changed);
    assert_eq!(verified(&sandbox).0, 0);
}

#[test]
fn what_cannot_be_written_is_told_before_the_run() {
    let sandbox = Sandbox::with_example("commune");
    for place in ["nowhere/report.json", "project"] {
        let ran = sandbox.run(&["apply", "project", "--auto-approve", "--report", place]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.stderr.contains("and nothing was changed"), "{ran:?}");
        assert!(!sandbox.path(LEDGER).exists());
    }
    std::fs::write(sandbox.path("page.html"), "<html>").unwrap();
    let page = sandbox.run(&["verify", "page.html", "project"]);
    assert!(page.code == 1 && page.stderr.contains("`page.html` is not a report"), "{page:?}");
}

#[test]
fn a_run_with_nothing_to_do_has_a_report_too() {
    let sandbox = Sandbox::with_example("commune");
    assert_eq!(sandbox.run(&["apply", "project", "--auto-approve"]).code, 0);
    let again = ["apply", "project", "--auto-approve", "--report", "report.json"];
    assert_eq!(sandbox.run(&again).code, 0);
    assert_eq!(report(&sandbox)["ledger"]["events"], serde_json::json!([]));
    let (code, held) = verified(&sandbox);
    assert_eq!((code, &held["events"]), (0, &0.into()), "{held}");
}
