//! A ledger in PostgreSQL, as people use it: alone, moved there and back, and shared by runners of which one is killed.

use std::fmt::Write as _;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;

use crate::support::Ran;
use crate::support::Sandbox;
use crate::support::postgres::PASSWORD;
use crate::support::postgres::Server;
use crate::support::served::Served;
use crate::support::towns;
use crate::support::world::world;

/// Towns, each with an account.
const TOWNS: u64 = 20;

/// API sheets of each town.
const SHEETS: u64 = 50;

/// How many changes the runners share.
const CHANGES: u64 = TOWNS * (1 + SHEETS);

/// Puts the ledger of the embedded simulator into the database, under a name of its own.
fn with_database(sandbox: &Sandbox, project: &str) {
    let path = sandbox.path("project/raccord.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let environment = format!(
        "environments:\n  simulator:\n    channel: simulator\n    ledger: \"{}\"\n",
        Server::shared().url("")
    );
    let text = text.replace("version: 1\n", &format!("version: 1\nproject: {project}\n"));
    assert_eq!(text.matches("environments:\n").count(), 1, "{text}");
    std::fs::write(path, text.replace("environments:\n", &environment)).unwrap();
}

fn command(sandbox: &Sandbox, arguments: &[&str]) -> Command {
    let mut command = sandbox.command(arguments);
    command.env("PGPASSWORD", PASSWORD);
    command
}

fn run(sandbox: &Sandbox, arguments: &[&str]) -> Ran {
    Ran::of(command(sandbox, arguments).output().unwrap())
}

fn started(sandbox: &Sandbox, arguments: &[&str]) -> Child {
    let mut command = command(sandbox, arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn ended(child: Child) -> Ran {
    Ran::of(child.wait_with_output().unwrap())
}

/// What a query about the events of a project says.
fn events(project: &str, what: &str, condition: &str) -> u64 {
    let query = format!(
        "SELECT {what} FROM raccord_event e JOIN raccord_ledger l ON l.number = e.ledger
         WHERE project = '{project}' AND {condition}"
    );
    Server::shared().sql(&query).parse().unwrap()
}

/// Waits until something is so.
fn until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_mins(1), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn runners(project: &str) -> u64 {
    let query = format!(
        "SELECT count(*) FROM raccord_runner r JOIN raccord_ledger l ON l.number = r.ledger WHERE project = '{project}'"
    );
    Server::shared().sql(&query).parse().unwrap()
}

#[test]
fn a_ledger_moves_into_the_database_and_back() {
    let sandbox = Sandbox::with_example("metropole");
    let file = "project/.raccord/ledger/simulator.jsonl";
    let applied = run(&sandbox, &["apply", "project", "--auto-approve"]);
    assert_eq!(applied.code, 0, "{applied:?}");
    let before = std::fs::read_to_string(sandbox.path(file)).unwrap();
    let manifest = std::fs::read_to_string(sandbox.path("project/raccord.yaml")).unwrap();

    with_database(&sandbox, "moved");
    let there = ["ledger", "move", "project", "--from", ".raccord/ledger/simulator.jsonl"];
    let moved = run(&sandbox, &there);
    assert_eq!(moved.code, 0, "{moved:?}");
    assert!(moved.stdout.ends_with("it is no longer used\n"), "{moved:?}");
    let again = run(&sandbox, &[&there[..], &["--format", "json"]].concat());
    let again: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(again["copied"], 0, "{again}");
    assert_eq!(again["events"], before.lines().count(), "{again}");
    let history = run(&sandbox, &["history", "project", "--format", "json"]);
    let history: Value = serde_json::from_str(&history.stdout).unwrap();
    assert_eq!(history["events"].as_array().unwrap().len(), before.lines().count());
    let nothing = run(&sandbox, &["plan", "project", "--detailed-exitcode"]);
    assert_eq!(nothing.code, 0, "{nothing:?}");

    // The other way to say it.
    let copied = run(&sandbox, &["ledger", "move", "project", "--to", "copies/simulator.jsonl"]);
    assert!(copied.code == 0 && copied.stdout.contains("set `ledger`"), "{copied:?}");
    let copy = std::fs::read_to_string(sandbox.path("project/copies/simulator.jsonl")).unwrap();
    assert_eq!(copy, before);

    // What happens since happens there, and comes back with the rest.
    sandbox.edit(
        "project/entities/ville.yaml",
        "contact_email: raccordement@",
        "contact_email: comptes@",
    );
    let applied = run(&sandbox, &["apply", "project", "--auto-approve"]);
    assert_eq!(applied.code, 0, "{applied:?}");
    let older = run(&sandbox, &there);
    assert!(
        older.code == 1 && older.stderr.contains("that the other ledger does not"),
        "{older:?}"
    );
    let shorter = run(&sandbox, &["ledger", "compact", "project"]);
    assert!(shorter.stdout.contains("raccord_compacted"), "{shorter:?}");
    let nothing = run(&sandbox, &["plan", "project", "--detailed-exitcode"]);
    assert_eq!(nothing.code, 0, "{nothing:?}");
    let certificate = Server::shared().certificate();
    let tls = format!("?sslmode=verify-full&sslrootcert={}", certificate.display());
    let database = Server::shared().url(&tls);
    let named = manifest.replace("version: 1\n", "version: 1\nproject: moved\n");
    std::fs::write(sandbox.path("project/raccord.yaml"), named).unwrap();
    std::fs::remove_file(sandbox.path(file)).unwrap();
    let back = run(&sandbox, &["ledger", "move", "project", "--from", &database]);
    assert_eq!(back.code, 0, "{back:?}");
    let nothing = run(&sandbox, &["plan", "project", "--detailed-exitcode"]);
    assert_eq!(nothing.code, 0, "{nothing:?}");
}

#[test]
fn a_second_run_is_told_and_one_that_was_killed_holds_nobody_off() {
    let mut sandbox = Sandbox::with_example("metropole");
    with_database(&sandbox, "killed");
    let mut first = started(&sandbox, &["apply", "project", "--auto-approve"]);
    until("the run takes no lock", || {
        Server::shared().sql("SELECT to_regclass('raccord_runner') IS NOT NULL") == "t"
            && runners("killed") == 1
    });
    let second = run(&sandbox, &["apply", "project", "--auto-approve"]);
    assert_eq!(second.code, 7, "{second:?}");
    let wrong = run(&sandbox, &["unlock", "other", "project"]);
    assert!(wrong.code == 1 && wrong.stderr.contains("the id of that lock is"), "{wrong:?}");
    first.kill().unwrap();
    first.wait().unwrap();
    until("its connection does not end", || {
        let gone = "SELECT bool_and(raccord_is_gone(r, host)) FROM raccord_runner r JOIN raccord_ledger l ON l.number = r.ledger WHERE project = 'killed'";
        Server::shared().sql(gone) == "t"
    });
    let next = run(&sandbox, &["apply", "project", "--auto-approve"]);
    assert_eq!(next.code, 0, "{next:?}");
    assert!(next.stderr.contains("it was taken over"), "{next:?}");
    assert_eq!(runners("killed"), 0);
    sandbox.at("2026-12-01T11:00:00Z");
    let nothing = run(&sandbox, &["plan", "project", "--detailed-exitcode"]);
    assert_eq!(nothing.code, 0, "{nothing:?}");
}

#[test]
fn what_keeps_from_the_database_is_told() {
    let sandbox = Sandbox::with_example("metropole");
    let file = run(&sandbox, &["apply", "project", "--join", "--auto-approve"]);
    assert_eq!(file.code, 64, "{file:?}");
    assert!(file.stderr.contains("needs a ledger that several machines reach"), "{file:?}");
    with_database(&sandbox, "told");
    let mut command = sandbox.command(&["plan", "project"]);
    let wrong = Ran::of(command.env("PGPASSWORD", "hunter2").output().unwrap());
    assert_eq!(wrong.code, 1, "{wrong:?}");
    assert!(wrong.stderr.contains("password authentication failed"), "{wrong:?}");
    assert!(!format!("{wrong:?}").contains("hunter2"), "{wrong:?}");
}

/// A project of twenty towns, each with an account and fifty API sheets, whose ledger is in the database.
fn joins(project: &str) -> (Sandbox, Served) {
    let files = towns::files(TOWNS, 0);
    for town in 0..TOWNS {
        let path = files.path(&format!("project/entities/{town}.yaml"));
        let mut text = std::fs::read_to_string(&path).unwrap();
        for sheet in 1..SHEETS {
            writeln!(
                text,
                "  api{sheet}: {{ piste_application: APP_{town}_{sheet}, usage: own, technical_account: main, contact: dsi }}"
            )
            .unwrap();
        }
        std::fs::write(path, text).unwrap();
    }
    let settings = format!(
        "    ledger: \"{}\"\n    password_sink: {{ directory: passwords }}\n    rate: 400/s\n",
        Server::shared().url("")
    );
    let (sandbox, served) = towns::stage(&files, &["--settle", "0s"], &settings);
    sandbox.edit("project/raccord.yaml", "project: towns", &format!("project: {project}"));
    (sandbox, served)
}

const JOIN: [&str; 6] = ["apply", "project", "-e", "qualification", "--auto-approve", "--join"];

#[test]
fn three_runners_finish_a_thousand_changes_once_each_although_one_is_killed() {
    let (sandbox, served) = joins("shared");
    let began = Instant::now();
    let mut runs: Vec<Child> = (0..3).map(|_| started(&sandbox, &JOIN)).collect();
    until("the runners do not come far", || {
        Server::shared().sql("SELECT to_regclass('raccord_event') IS NOT NULL") == "t"
            && events("shared", "count(*)", "event->>'event' = 'succeeded'") > CHANGES / 4
    });
    assert_eq!(runners("shared"), 3, "not all of them work");
    let alone = run(&sandbox, &JOIN[..5]);
    assert_eq!(alone.code, 7, "{alone:?}");
    let mut killed = runs.remove(1);
    killed.kill().unwrap();
    killed.wait().unwrap();
    let ended: Vec<Ran> = runs.into_iter().map(ended).collect();
    println!("{CHANGES} changes by three runners, one killed, in {:.1?}", began.elapsed());

    for ran in &ended {
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.stdout.contains("Apply: 1,020 steps done"), "{}", ran.stdout);
    }
    assert_eq!(events("shared", "count(DISTINCT run)", "event->>'event' = 'succeeded'"), 3);
    let made = "event->'effect'->>'did' = 'created'";
    assert_eq!(events("shared", "count(DISTINCT event->>'address')", made), CHANGES);
    assert_eq!(events("shared", "count(*)", made), CHANGES);
    let planned = run(&sandbox, &["plan", "project", "-e", "qualification", "--detailed-exitcode"]);
    assert_eq!(planned.code, 0, "{planned:?}");
    served.stop();
    let found = world(&sandbox.path("world"));
    for (kind, wanted) in [("api", TOWNS * SHEETS), ("accounts", TOWNS)] {
        assert_eq!(found[kind].as_array().unwrap().len() as u64, wanted, "{kind}");
    }
}

#[test]
fn a_runner_with_other_files_joins_nothing() {
    let (sandbox, _served) = joins("others");
    let first = started(&sandbox, &JOIN);
    until("no plan is shared", || {
        Server::shared().sql("SELECT to_regclass('raccord_shared_plan') IS NOT NULL") == "t"
            && Server::shared().sql("SELECT count(*) FROM raccord_shared_plan p JOIN raccord_ledger l ON l.number = p.ledger WHERE project = 'others'") == "1"
    });
    sandbox.edit("project/entities/7.yaml", "town7@ville.example", "city7@ville.example");
    let second = run(&sandbox, &JOIN);
    assert_eq!(second.code, 6, "{second:?}");
    assert!(second.stderr.contains("it was decided from other files"), "{second:?}");
    let first = ended(first);
    assert_eq!(first.code, 0, "{first:?}");
}
