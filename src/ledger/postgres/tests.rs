//! What only a ledger in PostgreSQL does: tables, TLS, broken connections, shared plans, turns.

#[path = "../../../tests/it/support/postgres.rs"]
pub(crate) mod server;

use std::time::Duration;

use crate::domain::postgres_url::PostgresUrl;
use crate::ledger::Holder;
use crate::ledger::Ledger;
use crate::ledger::LedgerError;
use crate::ledger::contract::clock;
use crate::ledger::contract::database;
use crate::ledger::contract::forgotten;
use crate::ledger::contract::holder;
use crate::ledger::place::Database;
use crate::ledger::place::Place;
use crate::ledger::postgres::DatabaseLog;
use crate::ledger::postgres::Joined;
use crate::ledger::postgres::runner::Part;
use crate::ledger::postgres::shared::Basis;
use crate::ledger::postgres::shared::Claimed;
use crate::ledger::postgres::tests::server::Server;

fn open(database: &Database) -> Result<Ledger, LedgerError> {
    Ok(Ledger::open(&Place::Database(database.clone()), clock(), &holder())?.ledger)
}

/// Ends the connections of everyone who works on a ledger, as a restart of the server does.
fn cut(project: &str) {
    let runners = format!(
        "SELECT r.number FROM raccord_runner r JOIN raccord_ledger l ON l.number = r.ledger WHERE project = '{project}'"
    );
    Server::shared().sql(&format!(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid::bigint IN ({runners})"
    ));
}

#[test]
fn a_broken_connection_is_made_again_and_nothing_is_written_twice() {
    let ledger = open(&database("broken")).unwrap();
    ledger.append(forgotten("a")).unwrap();
    cut("broken");
    ledger.append(forgotten("b")).unwrap();
    cut("broken");
    ledger.hold().unwrap();
    // The lock of the new connection holds others off as well.
    assert!(matches!(open(&database("broken")), Err(LedgerError::Locked { .. })));
    drop(ledger);
    let place = Place::Database(database("broken"));
    assert_eq!(crate::ledger::read(&place).unwrap().events.len(), 2);
}

#[test]
fn a_runner_of_another_machine_holds_others_off_until_its_lease_is_over() {
    let place = database("elsewhere");
    let far = Holder { host: "ailleurs".to_owned(), ..holder() };
    let ledger = Ledger::open(&Place::Database(place.clone()), clock(), &far).unwrap().ledger;
    cut("elsewhere");
    assert!(matches!(open(&place), Err(LedgerError::Locked { .. })));
    Server::shared().sql(&format!(
        "UPDATE raccord_runner SET until = clock_timestamp() - interval '1 s' WHERE id = '{}'",
        ledger.holder().id
    ));
    let opened = Ledger::open(&Place::Database(place), clock(), &holder()).unwrap();
    assert!(opened.notices[0].contains("camille@ailleurs"), "{:?}", opened.notices);
    assert!(opened.notices[0].contains("whose lease is over"), "{:?}", opened.notices);
    assert!(matches!(ledger.append(forgotten("a")), Err(LedgerError::Unlocked { .. })));
}

#[test]
fn a_server_has_to_prove_who_it_is() {
    let server = Server::shared();
    let with = |parameters: String| Database {
        url: PostgresUrl::parse(&server.url(&parameters)).unwrap(),
        ..database("tls")
    };
    let trusted = format!("?sslmode=verify-full&sslrootcert={}", server.certificate().display());
    let ledger = open(&with(trusted)).unwrap();
    ledger.append(forgotten("a")).unwrap();
    let tls = "SELECT bool_and(ssl) FROM pg_stat_ssl s JOIN pg_locks l USING (pid)
               JOIN raccord_runner r ON r.number = l.objid::bigint JOIN raccord_ledger g ON g.number = r.ledger
               WHERE project = 'tls'";
    assert_eq!(server.sql(tls), "t");
    drop(ledger);
    let error = open(&with("?sslmode=verify-full".to_owned())).unwrap_err();
    let told = format!("{error}: {}", std::error::Error::source(&error).unwrap());
    assert!(told.contains("self-signed certificate"), "{told}");
}

#[test]
fn a_wrong_password_is_told_and_not_shown() {
    let wrong = Database { password: Some("hunter2".into()), ..database("password") };
    let error = open(&wrong).unwrap_err();
    let told = format!("{error:?} {error} {}", std::error::Error::source(&error).unwrap());
    assert!(told.contains("password authentication failed"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
}

#[test]
fn tables_and_events_of_a_newer_program_are_refused() {
    let server = Server::shared();
    // In a schema of its own, so that other tests keep their tables.
    server.sql("CREATE SCHEMA newer");
    let newer = Database {
        url: PostgresUrl::parse(&server.url("?options=-csearch_path%3Dnewer")).unwrap(),
        ..database("newer")
    };
    drop(open(&newer).unwrap());
    server.sql(
        "INSERT INTO newer.raccord_event SELECT number, 1, 'x', now(), 'r', '{\"v\":99}' FROM newer.raccord_ledger",
    );
    let refused = open(&newer);
    assert!(matches!(refused, Err(LedgerError::Newer { line: 1, version: 99, .. })), "{refused:?}");
    server.sql("INSERT INTO newer.raccord_migration VALUES (99)");
    let read = crate::ledger::read(&Place::Database(newer.clone()));
    for refused in [open(&newer).map(|_| ()), read.map(|_| ())] {
        assert!(
            matches!(refused, Err(LedgerError::NewerTables { version: 99, .. })),
            "{refused:?}"
        );
    }
}

#[test]
fn the_tables_are_made_once_by_whoever_comes_first() {
    let server = Server::shared();
    server.sql("CREATE SCHEMA first");
    let url = PostgresUrl::parse(&server.url("?options=-csearch_path%3Dfirst")).unwrap();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let place = Database { url: url.clone(), ..database(&number.to_string()) };
            scope.spawn(move || drop(open(&place).unwrap()));
        }
    });
    assert_eq!(server.sql("SELECT count(*) FROM first.raccord_ledger"), "8");
}

/// Joins the runners of a ledger, as someone who may.
fn join(place: &Database) -> (Part, DatabaseLog) {
    match DatabaseLog::begin(place, &holder(), true).unwrap() {
        Joined::As(part, log, _, _) => (part, log),
        Joined::Early(holder) => panic!("{holder} makes a plan"),
    }
}

fn claim(plan: &super::shared::SharedPlan, steps: &[&str], limit: usize) -> Vec<(String, bool)> {
    let steps = steps.iter().map(|step| (*step).to_owned()).collect();
    let mut claimed: Vec<_> = plan
        .claim(steps, limit)
        .unwrap()
        .into_iter()
        .map(|Claimed { step, was_begun }| (step, was_begun))
        .collect();
    claimed.sort();
    claimed
}

#[test]
fn runners_share_the_steps_of_a_plan_and_take_over_those_of_one_that_is_gone() {
    let place = database("shared");
    let (part, leader) = join(&place);
    assert_eq!(part, Part::Leads);
    assert!(matches!(DatabaseLog::begin(&place, &holder(), true), Ok(Joined::Early(_))));
    let alone = open(&place);
    assert!(matches!(alone, Err(LedgerError::Locked { .. })), "{alone:?}");
    let basis = Basis { fingerprint: "f".to_owned(), events: 0, rest: "{}".to_owned() };
    let steps = ["a", "b", "c"].map(str::to_owned);
    let first = leader.share(&basis, &steps).unwrap();

    let (part, follower) = join(&place);
    let Part::Follows(number) = part else { panic!("{part:?}") };
    let (second, shared, events) = follower.shared(number).unwrap();
    assert_eq!((shared, events.len()), (basis, 0));

    assert_eq!(
        claim(&first, &["a", "b", "c"], 2),
        [("a".to_owned(), false), ("b".to_owned(), false)]
    );
    assert_eq!(claim(&second, &["a", "b", "c"], 9), [("c".to_owned(), false)]);
    first.release("b").unwrap();
    first.end("a", "\"done\"").unwrap();
    let news = second.news(0, 0).unwrap();
    assert_eq!(news.ended, [("a".to_owned(), "\"done\"".to_owned())]);
    assert_eq!(second.news(0, 1).unwrap().ended, []);
    assert_eq!(claim(&second, &["a", "b"], 9), [("b".to_owned(), true)]);

    // Gone without a word: its connection ends, and its row stays.
    let id = follower.runner.id.clone();
    Server::shared().sql(&format!(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid::bigint = (SELECT number FROM raccord_runner WHERE id = '{id}')"
    ));
    let mut taken = claim(&first, &["b", "c"], 9);
    taken.sort();
    assert_eq!(taken, [("b".to_owned(), true), ("c".to_owned(), true)]);
    // Whoever is taken for gone ends nothing more, and writes nothing.
    assert!(matches!(follower.hold(), Err(LedgerError::Unlocked { .. })));
    second.end("b", "\"late\"").unwrap();
    first.end("b", "\"done\"").unwrap();
    first.end("c", "\"done\"").unwrap();
    let ended: Vec<_> = first.news(0, 0).unwrap().ended.into_iter().map(|(_, how)| how).collect();
    assert_eq!(ended, ["\"done\""; 3]);
}

#[test]
fn turns_follow_each_other_whoever_takes_them() {
    let (_, first) = join(&database("turns"));
    let turns = first.turns();
    let interval = Duration::from_secs(10);
    assert!(turns.take(2, interval).unwrap() < Duration::from_secs(1));
    let other = first.turns();
    let waits = [other.take(1, interval).unwrap(), turns.take(1, interval).unwrap()];
    for (wait, wanted) in waits.into_iter().zip([20.0, 30.0]) {
        assert!((wait.as_secs_f64() - wanted).abs() < 5.0, "{wait:?}");
    }
}
