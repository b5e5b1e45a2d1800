//! What every place of a ledger has to do, tested on each: a file, and a real PostgreSQL.

use std::sync::Arc;

use tempfile::TempDir;

use crate::domain::address::Address;
use crate::domain::event::What;
use crate::domain::postgres_url::PostgresUrl;
use crate::ledger::Clock;
use crate::ledger::Holder;
use crate::ledger::Ledger;
use crate::ledger::LedgerError;
use crate::ledger::log;
use crate::ledger::place::Database;
use crate::ledger::place::Place;
use crate::ledger::postgres::tests::server::PASSWORD;
use crate::ledger::postgres::tests::server::Server;
use crate::ledger::read;

pub(crate) fn clock() -> Clock {
    Arc::new(|| "2026-12-01T10:00:00Z".parse().unwrap())
}

pub(crate) fn holder() -> Holder {
    Holder {
        id: String::new(),
        owner: "camille".to_owned(),
        host: "atelier".to_owned(),
        command: "raccord apply".to_owned(),
        since: None,
        until: None,
    }
}

pub(crate) fn forgotten(key: &str) -> What {
    What::Forgotten { address: format!("ville/edi/{key}").parse::<Address>().unwrap() }
}

/// A ledger of its own in the database of all tests.
pub(crate) fn database(project: &str) -> Database {
    Database {
        url: PostgresUrl::parse(&Server::shared().url("")).unwrap(),
        root: std::path::PathBuf::new(),
        password: Some(PASSWORD.into()),
        project: project.to_owned(),
        environment: "simulator".to_owned(),
    }
}

/// A new place of each kind; `test` names it.
fn places(test: &str) -> (TempDir, [Place; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let file = Place::File(folder.path().join("ledger/simulator.jsonl"));
    (folder, [file, Place::Database(database(test))])
}

fn open(place: &Place) -> Result<log::Opened, LedgerError> {
    Ledger::open(place, clock(), &holder())
}

#[test]
fn events_come_back_in_order_although_the_clock_stands_still_or_goes_back() {
    let (_folder, places) = places("order");
    for place in places {
        let opened = open(&place).unwrap();
        assert!(opened.events.is_empty() && opened.notices.is_empty());
        let mut written =
            opened.ledger.append_all((0..50).map(|n| forgotten(&n.to_string())).collect()).unwrap();
        drop(opened);
        let earlier: Clock = Arc::new(|| "2020-01-01T00:00:00Z".parse().unwrap());
        let opened = Ledger::open(&place, earlier, &holder()).unwrap();
        assert_eq!(opened.events, written);
        written.push(opened.ledger.append(forgotten("last")).unwrap());
        assert_eq!(read(&place).unwrap().events, written);
        assert!(written.windows(2).all(|pair| pair[0].at < pair[1].at));
    }
}

#[test]
fn a_second_run_is_told_who_holds_the_lock() {
    let (_folder, places) = places("lock");
    for place in places {
        let first = open(&place).unwrap();
        let error = open(&place).unwrap_err();
        let told = error.to_string();
        assert!(
            told.starts_with("the ledger is locked by camille@atelier with `raccord apply` since "),
            "{told}"
        );
        let held = log::holders(&place).unwrap();
        assert_eq!(held, [first.ledger.holder().clone()]);
        let id = &held[0].id;
        assert!(error.help().ends_with(&format!("`raccord unlock {id}`")), "{}", error.help());
        drop(first);
        let again = open(&place).unwrap();
        assert_eq!(again.notices, [""; 0]);
    }
}

#[test]
fn nothing_is_written_once_the_lock_was_taken_away() {
    let (_folder, places) = places("unlock");
    for place in places {
        let first = open(&place).unwrap();
        first.ledger.append(forgotten("a")).unwrap();
        first.ledger.hold().unwrap();
        log::unlock(&place, &first.ledger.holder().id).unwrap();
        let second = open(&place).unwrap();
        second.ledger.append(forgotten("b")).unwrap();
        for refused in [first.ledger.hold(), first.ledger.append(forgotten("c")).map(|_| ())] {
            assert!(matches!(refused, Err(LedgerError::Unlocked { .. })), "{refused:?}");
        }
        drop(first);
        second.ledger.append(forgotten("d")).unwrap();
        assert_eq!(read(&place).unwrap().events.len(), 3);
    }
}

#[test]
fn reading_creates_nothing() {
    let (folder, places) = places("nothing");
    for place in &places {
        assert!(read(place).unwrap().events.is_empty());
        assert!(log::holders(place).unwrap().is_empty());
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    let count = "SELECT count(*) FROM raccord_ledger WHERE project = 'nothing'";
    // Other tests may have made the tables.
    open(&Place::Database(database("something"))).unwrap();
    assert_eq!(Server::shared().sql(count), "0");
}

#[test]
fn runs_that_write_at_once_lose_nothing() {
    let (_folder, places) = places("at-once");
    for place in places {
        let opened = open(&place).unwrap();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let ledger = &opened.ledger;
                scope.spawn(move || {
                    for number in 0..20 {
                        ledger.append(forgotten(&format!("{thread}-{number}"))).unwrap();
                    }
                });
            }
        });
        let events = read(&place).unwrap().events;
        assert_eq!(events.len(), 80);
        assert!(events.windows(2).all(|pair| pair[0].at < pair[1].at));
    }
}
