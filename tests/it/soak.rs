//! The soak: 2,020 changes, and a run that is killed again and again while it makes them. `tests/soak/run` runs it.

use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use crate::support::dice::Dice;
use crate::support::towns::files;
use crate::support::towns::stage;
use crate::support::world::world;

/// How many entities there are. Each has an account and an API sheet.
const ENTITIES: u64 = 1000;

/// How many of them have an EDI sheet too: to read the certificates of all would take longer than a run lives.
const WITH_EDI: u64 = 20;

/// How long a run lives at least and at most, in milliseconds.
const LIFE: (usize, usize) = (50, 500);

/// Held to some pace, so that a run cannot do all of it in one life.
const LIMITED: &str = "    password_sink: { directory: passwords }\n    rate: 200/s\n";

const APPLY: [&str; 5] = ["apply", "project", "-e", "qualification", "--auto-approve"];

#[test]
#[ignore = "takes minutes: run it with tests/soak/run"]
fn two_thousand_changes_survive_random_kills() {
    let files = files(ENTITIES, WITH_EDI);
    let (calm, served) = stage(&files, &["--settle", "0s"], LIMITED);
    let began = Instant::now();
    let ran = calm.run(&APPLY);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    println!("undisturbed: {} changes in {:.1?}", 2 * ENTITIES + WITH_EDI, began.elapsed());
    served.stop();

    let mut dice = Dice::cast("soak");
    let (sandbox, served) = stage(&files, &["--settle", "0s"], LIMITED);
    let (began, mut kills) = (Instant::now(), 0);
    loop {
        let mut child =
            sandbox.command(&APPLY).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let life = LIFE.0 + dice.below(LIFE.1 - LIFE.0);
        std::thread::sleep(Duration::from_millis(u64::try_from(life).unwrap()));
        if let Some(status) = child.try_wait().unwrap() {
            if status.success() {
                break;
            }
        } else {
            // SIGKILL: nothing is cleaned up.
            child.kill().unwrap();
            child.wait().unwrap();
            kills += 1;
        }
        assert!(began.elapsed() < Duration::from_hours(1), "it does not come to an end");
        if kills % 100 == 0 {
            let made = std::fs::read_to_string(sandbox.path("project/ledger/qualification.jsonl"));
            let made = made.unwrap_or_default().matches("\"did\":\"created\"").count();
            println!("{kills} kills, {made} creations recorded, {:.0?}", began.elapsed());
        }
    }
    let planned = sandbox.run(&["plan", "project", "-e", "qualification", "--detailed-exitcode"]);
    assert_eq!(planned.code, 0, "{}", planned.stdout);
    served.stop();
    println!("{kills} kills in {:.1?}", began.elapsed());
    let [wanted, found] = [&calm, &sandbox].map(|sandbox| world(&sandbox.path("world")));
    for (kind, wanted) in [("edi", WITH_EDI), ("api", ENTITIES), ("accounts", ENTITIES)] {
        assert_eq!(found[kind].as_array().unwrap().len() as u64, wanted, "{kind}");
    }
    assert!(wanted == found, "another world than that of the undisturbed run");
}
