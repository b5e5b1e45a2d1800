//! Ctrl-C and `SIGTERM` end a run without losing anything, and say how to go on.

use std::os::unix::process::CommandExt as _;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use crate::support::Ran;
use crate::support::Sandbox;
use crate::support::pki::Pki;
use crate::support::served::Served;

/// How long anything in these tests may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A project whose environment `q` is a Chorus Pro of its own, with this sink.
fn project(settle: &str, sink: &str) -> (Sandbox, Served) {
    let sandbox = Sandbox::with_project();
    let served = Served::start(&sandbox, settle);
    let manifest = std::fs::read_to_string(sandbox.path("town/raccord.yaml")).unwrap();
    let environment = served.environment("qualification");
    let manifest = format!("{manifest}\nenvironments:\n{environment}    password_sink: {sink}\n");
    std::fs::write(sandbox.path("town/raccord.yaml"), manifest).unwrap();
    std::fs::write(sandbox.path("town/qualification.secret"), served.client_secret()).unwrap();
    std::fs::write(sandbox.path("town/qualification.password"), served.password()).unwrap();
    (sandbox, served)
}

/// Adds an EDI sheet, which is waited for.
fn add_a_sheet(sandbox: &Sandbox) {
    let certificate = Pki::shared().file("name=one").unwrap();
    std::fs::create_dir(sandbox.path("town/certificates")).unwrap();
    std::fs::write(sandbox.path("town/certificates/one.p7b"), certificate).unwrap();
    let entity = std::fs::read_to_string(sandbox.path("town/entities/town.yaml")).unwrap();
    let sheet = "
certificates: { depot: certificates/one.p7b }
edi_connections:
  depot:
    name: Town depot
    exchange_system: CPRO
    protocol: SFTP
    certificates: { client: depot }
    validity: { from: 2026-01-01, until: 2035-12-31 }
    contact: it
    subscriptions: [FSO1100A]
";
    std::fs::write(sandbox.path("town/entities/town.yaml"), entity + sheet).unwrap();
}

/// An `apply` in a process group of its own, as a shell with a terminal starts it.
fn apply(sandbox: &Sandbox) -> Child {
    sandbox
        .command(&[
            "apply",
            "town",
            "-e",
            "qualification",
            "--auto-approve",
            "-vv",
            "--report",
            "report.json",
        ])
        .process_group(0)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Sends a signal to a process, or with a `-` before it to its whole group.
fn kill(signal: &str, whom: &str, process: &Child) {
    let command = format!("kill -{signal} {whom}{}", process.id());
    assert!(Command::new("sh").arg("-c").arg(command).status().unwrap().success());
}

/// Waits until something is so.
fn until(what: &str, is: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is() {
        assert!(begin.elapsed() < PATIENCE, "{what} never happened");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn sigterm_ends_a_wait_and_the_report_says_how_to_go_on() {
    let (sandbox, _served) = project("1h", "{ directory: secrets }");
    add_a_sheet(&sandbox);
    let running = apply(&sandbox);
    let ledger = sandbox.path("town/ledger/qualification.jsonl");
    until("the creation of three resources", || {
        let log = std::fs::read_to_string(&ledger).unwrap_or_default();
        log.matches("\"succeeded\"").count() == 3
    });
    kill("TERM", "", &running);
    let ran = Ran::of(running.wait_with_output().unwrap());
    assert_eq!(ran.code, 130, "{ran:?}");
    let again = "raccord apply town --environment qualification";
    assert!(
        ran.stderr.contains(&format!("once more stops at once. To go on: {again}\n")),
        "{ran:?}"
    );
    assert!(
        ran.stdout.contains(&format!("Stopped: interrupted\n\nTo go on:\n  {again}\n")),
        "{ran:?}"
    );
    let log = std::fs::read_to_string(&ledger).unwrap();
    assert!(log.lines().last().unwrap().contains("run_ended"), "{log}");
    let report = std::fs::read_to_string(sandbox.path("report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(
        (&report["exit_code"], &report["result"]["stopped"]),
        (&130.into(), &"interrupted".into())
    );
    let held = sandbox.run(&["verify", "report.json", "town"]);
    assert_eq!(held.code, 0, "{held:?}");
}

#[test]
fn a_first_ctrl_c_leaves_the_sink_its_password() {
    let sink = "{ command: 'touch begun; sleep 1; cat > got' }";
    let (sandbox, _served) = project("1h", sink);
    let running = apply(&sandbox);
    until("the sink", || sandbox.path("town/begun").exists());
    // A terminal sends it to every process of the group.
    kill("INT", "-", &running);
    let ran = Ran::of(running.wait_with_output().unwrap());
    assert_eq!(ran.code, 130, "{ran:?}");
    assert!(std::fs::metadata(sandbox.path("town/got")).unwrap().len() > 3);
    let log = std::fs::read_to_string(sandbox.path("town/ledger/qualification.jsonl")).unwrap();
    assert!(log.contains("password_stored"), "{log}");
    assert!(!log.contains("town/api/main"), "nothing new began: {log}");
}

#[test]
fn a_second_sigterm_stops_at_once() {
    let sink = "{ command: 'touch begun; sleep 100' }";
    let (sandbox, _served) = project("1h", sink);
    let running = apply(&sandbox);
    until("the sink", || sandbox.path("town/begun").exists());
    let begin = Instant::now();
    kill("TERM", "", &running);
    // Two signals of one kind that come together are one.
    std::thread::sleep(Duration::from_millis(300));
    kill("TERM", "", &running);
    let ran = Ran::of(running.wait_with_output().unwrap());
    assert_eq!(ran.code, 130, "{ran:?}");
    assert!(begin.elapsed() < Duration::from_secs(30), "{:?}", begin.elapsed());
    assert!(ran.stderr.contains("stopped at once. To go on: raccord apply town"), "{ran:?}");
    assert!(ran.stdout.contains("it may have been done all the same"), "{ran:?}");
    let held = sandbox.run(&["verify", "report.json", "town"]);
    assert_eq!(held.code, 0, "{held:?}");
}

#[test]
fn sigterm_during_a_plan_ends_it_without_a_plan() {
    // One read in ten seconds: the plan is still looking when the signal comes.
    let (sandbox, _served) = project("0s", "{ directory: secrets }");
    sandbox.edit("town/raccord.yaml", "    password_sink", "    rate: 6/m\n    password_sink");
    for command in ["plan", "apply"] {
        let running = sandbox
            .command(&[command, "town", "-e", "qualification", "-vv"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_secs(2));
        kill("TERM", "", &running);
        let ran = Ran::of(running.wait_with_output().unwrap());
        assert_eq!((ran.code, ran.stdout.as_str()), (130, ""), "{ran:?}");
        assert!(ran.stderr.contains("interrupted, and nothing was changed"), "{ran:?}");
        let ledger = sandbox.path("town/ledger/qualification.jsonl");
        assert_eq!(std::fs::read_to_string(ledger).unwrap_or_default(), "");
    }
}
