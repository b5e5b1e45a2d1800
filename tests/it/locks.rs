//! One writer for each ledger: who comes second waits or is told, and `unlock` takes a lock away.

use std::process::Child;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use crate::support::Ran;
use crate::support::Sandbox;

/// Starts an apply, which waits for its sheets for about two seconds, and tells the id of its lock.
#[expect(clippy::zombie_processes, reason = "the test waits for it, unless it fails before")]
fn started(sandbox: &Sandbox) -> (Child, String) {
    let child = sandbox
        .command(&["apply", "project", "--auto-approve"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let began = Instant::now();
    loop {
        let text = std::fs::read(sandbox.path("project/.raccord/ledger/simulator.jsonl.lock"));
        if let Ok(holder) = serde_json::from_slice::<serde_json::Value>(&text.unwrap_or_default()) {
            return (child, holder["id"].as_str().unwrap().to_owned());
        }
        assert!(began.elapsed() < Duration::from_secs(20), "the run takes no lock");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn ended(child: Child) -> Ran {
    Ran::of(child.wait_with_output().unwrap())
}

#[test]
fn a_second_run_is_told_who_holds_the_ledger_or_waits_for_it() {
    let sandbox = Sandbox::with_example("metropole");
    let (first, id) = started(&sandbox);
    let second = sandbox.run(&["apply", "project", "--auto-approve"]);
    assert_eq!(second.code, 7, "{second:?}");
    for words in
        ["the ledger is locked by tester@", "`raccord apply`", &format!("raccord unlock {id}")]
    {
        assert!(second.stderr.contains(words), "{second:?}");
    }
    let wrong = sandbox.run(&["unlock", "other", "project"]);
    assert!(wrong.code == 1 && wrong.stderr.contains(&id), "{wrong:?}");
    let third = sandbox.run(&["apply", "project", "--auto-approve", "--lock-timeout", "60s"]);
    assert_eq!(third.code, 0, "{third:?}");
    assert!(third.stderr.contains("waiting for it"), "{third:?}");
    assert!(third.stdout.starts_with("Nothing to do"), "{third:?}");
    assert_eq!(ended(first).code, 0);
    let free = sandbox.run(&["unlock", &id, "project"]);
    assert!(free.code == 1 && free.stderr.contains("is not locked"), "{free:?}");
}

#[test]
fn a_run_whose_lock_was_taken_away_writes_nothing_more_and_the_next_one_goes_on() {
    let sandbox = Sandbox::with_example("metropole");
    let (first, id) = started(&sandbox);
    let unlocked = sandbox.run(&["unlock", &id, "project"]);
    assert_eq!(unlocked.code, 0, "{unlocked:?}");
    let first = ended(first);
    assert_ne!(first.code, 0, "{first:?}");
    assert!(format!("{first:?}").contains("the lock of the ledger was taken away"), "{first:?}");
    let next = sandbox.run(&["apply", "project", "--auto-approve"]);
    assert_eq!(next.code, 0, "{next:?}");
    let last = sandbox.run(&["apply", "project", "--auto-approve"]);
    assert!(last.stdout.starts_with("Nothing to do"), "{last:?}");
}
