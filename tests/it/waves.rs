//! Waves: an interrupted run goes on in the wave it was in; nothing is lost, and nothing is done twice.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;

use crate::support::Ran;
use crate::support::Sandbox;
use crate::support::served::Served;
use crate::support::towns::files;
use crate::support::towns::stage;

/// How many entities there are. Each has an account and an API sheet, the first ones an EDI sheet too.
const ENTITIES: u64 = 20;

/// How many have an EDI sheet.
const WITH_EDI: u64 = 3;

/// Held to some pace, so that a signal comes in time.
const LIMITED: &str = "    password_sink: { directory: passwords }\n    rate: 40/s\n";

const APPLY: [&str; 13] = [
    "apply",
    "project",
    "-e",
    "qualification",
    "--auto-approve",
    "--waves",
    "3,10,*",
    "--events",
    "events.jsonl",
    "--wave-reports",
    "reports",
    "--parallelism",
    "4",
];

fn project(limits: &str) -> (Sandbox, Served) {
    stage(&files(ENTITIES, WITH_EDI), &["--settle", "0s"], limits)
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The events that were told, each held against the schema.
fn events(sandbox: &Sandbox) -> Vec<Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let schema =
        jsonschema::validator_for(&json(&root.join("schema/events.v1.schema.json"))).unwrap();
    let text = std::fs::read_to_string(sandbox.path("events.jsonl")).unwrap_or_default();
    // The last line may still be on its way.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let event = |line: &str| {
        let event: Value = serde_json::from_str(line).unwrap();
        assert!(schema.is_valid(&event), "{event}");
        event
    };
    whole.lines().map(event).collect()
}

/// Starts a run, and waits until a few steps of its second wave have ended.
fn into_the_second_wave(sandbox: &Sandbox) -> Child {
    let mut running =
        sandbox.command(&APPLY).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let began = Instant::now();
    let is_there = || {
        let events = events(sandbox);
        let of_second = |event: &&Value| event["event"] == "step_ended" && event["wave"] == 2;
        events.iter().filter(of_second).count() >= 5
    };
    while !is_there() {
        assert!(running.try_wait().unwrap().is_none(), "it ended before its second wave did");
        assert!(began.elapsed() < Duration::from_mins(1), "the second wave never came");
        std::thread::sleep(Duration::from_millis(10));
    }
    running
}

/// Goes on after an interruption, and holds the result against what was asked for.
fn goes_on(sandbox: &Sandbox, served: &Served) {
    let ran = sandbox.run(&APPLY);
    assert_eq!(ran.code, 0, "{ran:?}");
    let told = ran.stderr.lines().find(|line| line.starts_with("going on with wave 2 of 3: "));
    let told = told.unwrap_or_else(|| panic!("{ran:?}"));
    assert!(told.contains(" of 10 entities done"), "{told}");
    // Each thing was made once.
    let changes = served.changes();
    let count = |route: &str| changes.get(route).copied().unwrap_or_default();
    assert_eq!(count("POST /raccordements/v1/comptes-techniques"), ENTITIES, "{changes:?}");
    assert_eq!(count("POST /raccordements/v1/fiches-api"), ENTITIES, "{changes:?}");
    assert_eq!(count("POST /raccordements/v1/fiches-edi"), WITH_EDI, "{changes:?}");
    // Each entity was in one wave, and the waves have the sizes that were asked for.
    let log = std::fs::read_to_string(sandbox.path("project/ledger/qualification.jsonl")).unwrap();
    let mut wave = 0;
    let mut of_waves: [BTreeSet<String>; 4] = Default::default();
    for line in log.lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        match event["event"].as_str().unwrap() {
            "wave_started" => wave = usize::try_from(event["wave"].as_u64().unwrap()).unwrap(),
            "intended" => {
                let address = event["address"].as_str().unwrap();
                of_waves[wave].insert(address.split('/').next().unwrap().to_owned());
            }
            _ => {}
        }
    }
    let sizes: Vec<usize> = of_waves.iter().map(BTreeSet::len).collect();
    assert_eq!(sizes, [0, 3, 10, 7]);
    let all: BTreeSet<&String> = of_waves.iter().flatten().collect();
    assert_eq!(all.len(), 20, "an entity was in two waves: {of_waves:?}");
    // What was told of each wave, the second one in parts where the first run could tell of it.
    let schema = json(&Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/wave.v1.schema.json"));
    let schema = jsonschema::validator_for(&schema).unwrap();
    for name in ["wave-1.json", "wave-2.json", "wave-3.json"] {
        let report = json(&sandbox.path("reports").join(name));
        assert!(schema.is_valid(&report), "{report}");
    }
    let table = std::fs::read_to_string(sandbox.path("reports/wave-3.csv")).unwrap();
    assert_eq!(table.lines().filter(|line| line.contains(";create;done;")).count(), 14, "{table}");
    assert!(table.contains(";AAA0"), "{table}");
    let again = sandbox.run(&APPLY);
    assert_eq!((again.code, served.changes()), (0, changes), "{again:?}");
}

#[test]
fn ctrl_c_in_the_second_of_three_waves_loses_and_repeats_nothing() {
    let (sandbox, served) = project(LIMITED);
    let running = into_the_second_wave(&sandbox);
    let told = Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap();
    assert!(told.success());
    let ran = Ran::of(running.wait_with_output().unwrap());
    assert_eq!(ran.code, 130, "{ran:?}");
    let again =
        "raccord apply project --environment qualification --waves '3,10,*' --wave-reports reports";
    assert!(ran.stdout.contains(&format!("To go on:\n  {again}\n")), "{ran:?}");
    let told = events(&sandbox);
    let words: Vec<&str> = told.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(words[..2], ["run_started", "wave_started"]);
    assert_eq!(words.last(), Some(&"run_ended"));
    assert!(words.contains(&"interrupted") && words.contains(&"settled"), "{words:?}");
    assert_eq!(told.last().unwrap()["exit_code"], 130);
    assert_eq!(json(&sandbox.path("reports/wave-2.json"))["complete"], false);
    goes_on(&sandbox, &served);
    let rest = json(&sandbox.path("reports/wave-2.part-2.json"));
    assert_eq!((&rest["complete"], &rest["entities"]), (&true.into(), &10.into()));
}

#[test]
fn sigkill_in_the_second_of_three_waves_loses_and_repeats_nothing() {
    let (sandbox, served) = project(LIMITED);
    let mut running = into_the_second_wave(&sandbox);
    running.kill().unwrap();
    running.wait().unwrap();
    goes_on(&sandbox, &served);
}

#[test]
fn other_files_or_sizes_begin_anew() {
    let (sandbox, _served) = project(LIMITED);
    let mut running = into_the_second_wave(&sandbox);
    running.kill().unwrap();
    running.wait().unwrap();
    let other = sandbox.run(&["apply", "project", "-e", "qualification", "--waves", "2,*"]);
    assert!(other.stderr.contains("`--waves 3,10,*` was asked for then\n2 waves, in"), "{other:?}");
    sandbox.edit("project/raccord.yaml", "Camille", "Dominique");
    let changed = sandbox.run(&["apply", "project", "-e", "qualification", "--waves", "3,10,*"]);
    assert!(changed.stderr.contains("waves begin anew"), "{changed:?}");
    assert!(
        changed.stderr.contains("the files or the targets have changed since\n"),
        "{changed:?}"
    );
}

#[test]
fn a_failure_in_the_first_wave_leaves_the_others_alone() {
    let (sandbox, served) = project("    password_sink: { command: 'exit 1' }\n");
    let ran = sandbox.run(&APPLY);
    assert_eq!(ran.code, 4, "{ran:?}");
    assert!(
        ran.stdout.contains("Stopped: wave 1 of 3 has ended: 3 resources of it failed"),
        "{ran:?}"
    );
    let changes = served.changes();
    assert_eq!(changes.get("POST /raccordements/v1/comptes-techniques"), Some(&3), "{changes:?}");
    assert!(!sandbox.path("reports/wave-2.json").exists());
}

#[test]
fn what_a_timeout_cannot_hold_is_refused_before_the_first_request() {
    let (sandbox, served) = project("    password_sink: { directory: passwords }\n    rate: 2/s\n");
    let ran = sandbox.run(&[&APPLY[..5], &["--timeout", "10s"]].concat());
    assert_eq!(ran.code, 1, "{ran:?}");
    let budget = "Budget: 43 requests, at least 21 s at 2 requests a second\n";
    assert!(ran.stderr.contains(budget), "{ran:?}");
    assert!(ran.stderr.contains("  POST technical accounts  20\n"), "{ran:?}");
    let refused = "the requests alone take 21 s at 2 requests a second, longer than the 10 s of `--timeout`, and nothing was changed";
    assert!(ran.stderr.contains(refused), "{ran:?}");
    assert!(served.changes().is_empty());
    // In waves that are short enough it may begin: here nobody can be asked, which comes later.
    let waves = ["apply", "project", "-e", "qualification", "--waves", "3,3,3", "--timeout", "10s"];
    let ran = sandbox.run(&waves);
    assert!(ran.stderr.contains("nobody can be asked here"), "{ran:?}");
    let plan = sandbox.run(&["plan", "project", "-e", "qualification"]);
    assert!(plan.code == 0 && plan.stderr.contains(budget), "{plan:?}");
}

#[test]
fn events_that_cannot_be_written_are_told_once_and_the_run_goes_on() {
    let (sandbox, _served) = project("    password_sink: { directory: passwords }\n");
    let mut events: Vec<&str> = APPLY[..5].to_vec();
    events.extend(["--events", "/dev/full"]);
    if !Path::new("/dev/full").exists() {
        println!("skipped: there is no /dev/full");
        return;
    }
    let ran = sandbox.run(&events);
    assert_eq!(ran.code, 0, "{ran:?}");
    let told =
        ran.stderr.matches("warning: events are missing in `/dev/full`, and the run goes on");
    assert_eq!(told.count(), 1, "{ran:?}");
}

#[test]
fn events_go_to_a_fifo_and_one_that_nobody_reads_holds_up_nothing() {
    let (sandbox, _served) = project("    password_sink: { directory: passwords }\n");
    let fifo = sandbox.path("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let mut arguments: Vec<&str> = APPLY[..5].to_vec();
    arguments.extend(["--events", "fifo"]);
    // The first one reads three lines, and goes away.
    let reader = std::thread::spawn(move || {
        use std::io::BufRead as _;
        let file = std::io::BufReader::new(std::fs::File::open(fifo).unwrap());
        file.lines().take(3).map(Result::unwrap).collect::<Vec<_>>()
    });
    let ran = sandbox.run(&arguments);
    assert_eq!(ran.code, 0, "{ran:?}");
    let lines = reader.join().unwrap();
    assert!(lines.len() == 3 && lines[0].contains("\"run_started\""), "{lines:?}");
    assert_eq!(ran.stderr.matches("warning: events are missing in `fifo`").count(), 1, "{ran:?}");
    let ran = sandbox.run(&arguments);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stderr.contains("and the run goes on: nobody reads it"), "{ran:?}");
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_done() {
    let sandbox = Sandbox::with_project();
    let refused = |arguments: &[&str]| {
        let ran = sandbox.run(&[&["apply", "town", "--auto-approve"], arguments].concat());
        assert_eq!(ran.code, 64, "{arguments:?}: {ran:?}");
        ran.stderr
    };
    assert!(refused(&["--waves", "10,*,100"]).contains("`10,100,*`"));
    assert!(refused(&["--max-failures", "lots"]).contains("`5%`"));
    assert!(refused(&["--waves", "1,*", "--join"]).contains("--join"));
    assert!(refused(&["--wave-reports", "x"]).contains("--waves"));
    assert!(refused(&["--events", "-"]).contains("/dev/fd/3"));
    let example = Sandbox::with_example("metropole");
    let ran = example.run(&["apply", "project", "-e", "qualification", "--waves", "1,*"]);
    assert!(ran.code != 0 && ran.stdout.is_empty(), "{ran:?}");
}
