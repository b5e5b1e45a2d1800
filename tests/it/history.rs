//! The past of a ledger: what `history` shows of it, and what `ledger compact` leaves of it.

use std::path::Path;

use crate::support::Ran;
use crate::support::Sandbox;

const LEDGER: &str = "town/.raccord/ledger/simulator.jsonl";

/// A project that was applied twice: created, then updated.
fn applied() -> Sandbox {
    let mut sandbox = Sandbox::with_project();
    assert_eq!(sandbox.run(&["apply", "town", "--auto-approve"]).code, 0);
    sandbox.at("2026-12-02T10:00:00Z");
    sandbox.edit("town/entities/town.yaml", "APP_EXAMPLE", "APP_OTHER");
    assert_eq!(sandbox.run(&["apply", "town", "--auto-approve"]).code, 0);
    sandbox
}

fn ledger(sandbox: &Sandbox) -> String {
    std::fs::read_to_string(sandbox.path(LEDGER)).unwrap()
}

fn assert_valid(schema: &str, ran: &Ran) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(schema);
    let schema = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let value = ran.json();
    let faults = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = faults.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?} in {value}");
}

#[test]
fn history_shows_what_the_ledger_holds_by_runs() {
    let sandbox = applied();
    let before = ledger(&sandbox);
    let all = sandbox.run(&["history", "town"]);
    assert_eq!((all.code, all.stderr.as_str()), (0, ""), "{all:?}");
    let runs: Vec<&str> = all.stdout.lines().filter(|line| line.contains(" run ")).collect();
    assert_eq!(runs.len(), 2, "{all:?}");
    assert!(runs[0].starts_with("2026-12-01 10:00 UTC run ") && runs[0].contains(" by tester@"));
    assert!(runs[1].ends_with(": 1 done, 0 failed, 0 waiting"), "{all:?}");
    let words: Vec<&str> = all.stdout.split_whitespace().collect();
    let words = words.join(" ");
    for told in [
        "10:00:00 password stored town/account/main CT-000001",
        "10:00:00 intended town/api/main create `APP_EXAMPLE`",
        "10:00:00 succeeded town/api/main created API-000001 `APP_EXAMPLE`, AAA001",
        "10:00:00 succeeded town/api/main update API-000001",
    ] {
        assert!(words.contains(told), "`{told}`: {all:?}");
    }

    let json = sandbox.run(&["history", "town", "--format", "json"]);
    assert_valid("history.v1.schema.json", &json);
    let lines: Vec<serde_json::Value> =
        before.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(json.json()["events"].as_array(), Some(&lines), "each event as it stands there");
    assert_eq!(ledger(&sandbox), before);
}

#[test]
fn history_is_filtered_by_everything_that_is_asked() {
    let sandbox = applied();
    let count = |arguments: &[&str]| {
        let ran = sandbox.run(&[&["history", "town", "--format", "json"], arguments].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        let json = ran.json();
        (json["events"].as_array().unwrap().len(), json["runs"].as_array().unwrap().len())
    };
    let all = ledger(&sandbox).lines().count();
    let second = count(&["--since", "2026-12-02"]);
    assert_eq!(second, (4, 1), "start, intention, success, end");
    assert_eq!(count(&["--until", "2026-12-01"]), (all - 4, 1));
    assert_eq!(count(&["--address", "town/api", "--since", "2026-12-02"]), (2, 1));
    assert_eq!(count(&["--by", "tester", "--limit", "3"]), (3, 1));
    assert_eq!(count(&["--by", "nobody"]), (0, 0));
    let json = sandbox.run(&["history", "town", "--format", "json"]).json();
    let run = &json["runs"][0];
    let (id, plan) = (run["run"].as_str().unwrap(), run["plan"].as_str().unwrap());
    assert_eq!(count(&["--run", id]), (all - 4, 1));
    assert_eq!(count(&["--plan", &plan[..10]]), (all - 4, 1));
}

#[test]
fn an_address_without_a_past_is_told_with_the_nearest_one() {
    let sandbox = applied();
    let unknown = sandbox.run(&["history", "town", "--address", "town/api/mian"]);
    assert_eq!((unknown.code, unknown.stdout.as_str()), (0, ""), "{unknown:?}");
    assert!(unknown.stderr.contains("did you mean `town/api/main`?"), "{unknown:?}");
}

#[test]
fn a_project_without_a_ledger_has_no_past_and_gets_no_ledger() {
    let sandbox = Sandbox::with_project();
    let none = sandbox.run(&["history", "town"]);
    assert_eq!((none.code, none.stdout.as_str()), (0, "0 events of 0 runs in `simulator`\n"));
    let none = sandbox.run(&["ledger", "compact", "town"]);
    assert_eq!(none.code, 0, "{none:?}");
    assert!(!sandbox.path("town/.raccord").exists());
}

#[test]
fn faults_of_entities_do_not_hide_the_past_and_those_of_the_project_do() {
    let sandbox = applied();
    sandbox.edit("town/entities/town.yaml", "\"12345678200010\"", "\"1234567820001\"");
    assert_eq!(sandbox.run(&["history", "town"]).code, 0);
    sandbox.edit("town/raccord.yaml", "version: 1", "version: 1\nenvironmnts: {}");
    let faulty = sandbox.run(&["history", "town"]);
    assert_eq!((faulty.code, faulty.stdout.as_str()), (1, ""), "{faulty:?}");
}

#[test]
fn a_compacted_ledger_says_the_same_and_the_old_one_is_kept() {
    let sandbox = applied();
    let before = ledger(&sandbox);
    let status = sandbox.run(&["status", "town", "--format", "json"]);
    let planned = sandbox.run(&["ledger", "compact", "town", "--dry-run", "--format", "json"]);
    assert_valid("compact.v1.schema.json", &planned);
    assert_eq!(planned.json()["written"], false);
    assert_eq!(ledger(&sandbox), before);

    let done = sandbox.run(&["ledger", "compact", "town", "--format", "json"]);
    assert_eq!((done.code, &done.json()["written"]), (0, &true.into()), "{done:?}");
    assert_eq!(done.json()["after"], planned.json()["after"]);
    let after = ledger(&sandbox);
    assert_eq!(done.json()["after"], after.lines().count());
    assert!(after.lines().all(|line| before.contains(line)), "nothing is written anew: {after}");
    let kept = sandbox.path(LEDGER).with_extension("jsonl.before-compact");
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), before);
    let resources = |ran: &Ran| {
        let mut resources = ran.json()["resources"].clone();
        for resource in resources.as_array_mut().unwrap() {
            resource["observed_at"].take();
        }
        resources
    };
    let now = sandbox.run(&["status", "town", "--format", "json"]);
    assert_eq!(resources(&now), resources(&status));
    let plan = sandbox.run(&["plan", "town", "--detailed-exitcode"]);
    assert_eq!(plan.code, 0, "nothing to do: {plan:?}");

    let again = sandbox.run(&["ledger", "compact", "town"]);
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.stdout.contains("all of them needed"), "{again:?}");
}

#[test]
fn an_older_past_beside_the_ledger_is_not_overwritten() {
    let sandbox = applied();
    let before = ledger(&sandbox);
    let kept = sandbox.path(LEDGER).with_extension("jsonl.before-compact");
    std::fs::write(&kept, "older\n").unwrap();
    let refused = sandbox.run(&["ledger", "compact", "town"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.stderr.contains("move it away"), "{refused:?}");
    assert_eq!(
        (ledger(&sandbox), std::fs::read_to_string(&kept).unwrap()),
        (before.clone(), "older\n".to_owned())
    );
    // A run that was stopped between the two writes left the same log there: the next one goes on.
    std::fs::write(&kept, &before).unwrap();
    assert_eq!(sandbox.run(&["ledger", "compact", "town"]).code, 0);
    assert!(ledger(&sandbox).len() < before.len());
}

#[test]
fn a_torn_line_is_told_by_history_and_put_aside_by_compact() {
    let sandbox = applied();
    let whole = ledger(&sandbox);
    std::fs::write(sandbox.path(LEDGER), whole.clone() + "{\"v\":1,\"id").unwrap();
    let history = sandbox.run(&["history", "town"]);
    assert_eq!(history.code, 0, "{history:?}");
    assert!(history.stderr.contains("was cut off by a crash"), "{history:?}");
    let done = sandbox.run(&["ledger", "compact", "town"]);
    assert_eq!((done.code, done.stderr.matches("notice:").count()), (0, 1), "{done:?}");
    let torn = sandbox.path(LEDGER).with_extension("jsonl.torn");
    assert_eq!(std::fs::read_to_string(torn).unwrap(), "{\"v\":1,\"id\n");
}

#[cfg(unix)]
#[test]
fn both_files_of_a_compaction_are_for_the_readers_of_the_ledger() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = applied();
    let path = sandbox.path(LEDGER);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(sandbox.run(&["ledger", "compact", "town"]).code, 0);
    for path in [&path, &path.with_extension("jsonl.before-compact")] {
        assert_eq!(
            std::fs::metadata(path).unwrap().permissions().mode() & 0o777,
            0o640,
            "{path:?}"
        );
    }
}
