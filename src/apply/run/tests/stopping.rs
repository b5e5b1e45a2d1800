//! How a run ends before its time, and what is on disk then.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::routing::get;
use axum::routing::post;
use serde_json::Value;
use serde_json::json;

use crate::apply::Counts;
use crate::apply::Event;
use crate::apply::Exit;
use crate::apply::Listener;
use crate::apply::Outcome;
use crate::apply::run::tests::stage::Stage;
use crate::apply::run::tests::stage::create;
use crate::apply::run::tests::stage::exit;
use crate::apply::run::tests::stage::outcome;
use crate::apply::run::tests::stage::plan;
use crate::apply::stop;
use crate::apply::stop::Stopper;
use crate::plan::change::Step;
use crate::remote::testing::Wrong;
use crate::remote::testing::recorded;

/// Three sheets, the second of which wants the certificate of the first.
fn three() -> Vec<Step> {
    let mut steps = create("a", "A", 0, None);
    steps.extend(create("b", "B", 0, None));
    steps.extend(create("c", "C", 1, None));
    steps
}

/// Writes down every step that ended, and asserts that the counts that go with it are right.
fn ended() -> (Arc<Mutex<Vec<String>>>, Listener) {
    let all = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&all);
    let listener: Listener = Arc::new(move |event| {
        if let Event::Ended { outcome, counts } = event {
            let mut notes = notes.lock().unwrap();
            notes.push(outcome.step.clone());
            let told = counts.done + counts.failed + counts.waiting + counts.not_started;
            assert_eq!(told, notes.len());
        }
    });
    (all, listener)
}

#[tokio::test]
async fn the_first_failure_stops_new_steps_when_asked_to() {
    let stage = Stage::new(Duration::ZERO).await.with(|options| {
        options.parallelism = 1;
        options.fail_fast = true;
    });
    let (ended, listener) = ended();
    let report = stage.listen(&plan(three()), listener, stop::pair().1).await;
    assert_eq!(exit(&report), Exit::SomeFailed, "{report:#?}");
    assert!(outcome(&report, "b-create").contains("CERTIFICAT_DEJA_UTILISE"));
    let last = outcome(&report, "c-create");
    assert!(last.starts_with("NotStarted") && last.contains("--fail-fast"), "{last}");
    assert_eq!(stage.requests("POST /raccordements/v1/fiches-edi"), 2);
    assert_eq!(ended.lock().unwrap().len(), 6);
    assert_eq!(stage.events().last().unwrap(), "run_ended -");
}

#[tokio::test]
async fn a_freeze_that_begins_lets_sheets_be_waited_for_and_sends_nothing_more() {
    let stage = Stage::new(Duration::from_millis(300)).await.with(|options| {
        options.parallelism = 1;
        options.closes = Some(tokio::time::Instant::now() + Duration::from_millis(1200));
    });
    let slow = json!({ "methode": "POST", "chemin": "/raccordements", "fois": 1, "delaiMillisecondes": 2000 });
    assert_eq!(stage.simulator.steer("POST", "/simulateur/v1/pannes", Some(slow)).status, 204);
    let report = stage.listen(&plan(three()), Arc::new(|_| {}), stop::pair().1).await;
    assert_eq!(exit(&report), Exit::Frozen, "{report:#?}");
    assert_eq!((report.counts.done, report.counts.not_started), (2, 4), "{report:#?}");
    assert_eq!(outcome(&report, "a-wait"), "Done");
    let last = outcome(&report, "c-create");
    assert!(last.starts_with("NotStarted") && last.contains("freeze"), "{last}");
    assert_eq!(stage.requests("POST /raccordements/v1/fiches-edi"), 1);
}

#[tokio::test]
async fn a_first_ctrl_c_lets_requests_in_flight_end_and_starts_nothing_more() {
    let stage = Stage::new(Duration::ZERO).await.with(|options| options.parallelism = 1);
    let (stopper, stop) = stop::pair();
    let listener: Listener = Arc::new(move |event| {
        if matches!(event, Event::Sent { .. }) {
            stopper.press();
        }
    });
    let report = stage.listen(&plan(three()), listener, stop).await;
    assert_eq!(exit(&report), Exit::Interrupted);
    assert_eq!((report.counts.done, report.counts.not_started), (1, 5), "{report:#?}");
    assert_eq!(
        stage.events(),
        ["run_started -", "intended a-create", "succeeded a-create", "run_ended -"]
    );
}

#[tokio::test]
async fn what_waits_for_its_turn_is_not_sent_after_ctrl_c_and_not_in_doubt() {
    let stage = Stage::new(Duration::ZERO).await.with(|options| {
        options.parallelism = 2;
        options.no_wait = true;
    });
    let slow = json!({ "methode": "POST", "chemin": "/raccordements", "fois": 2, "delaiMillisecondes": 500 });
    assert_eq!(stage.simulator.steer("POST", "/simulateur/v1/pannes", Some(slow)).status, 204);
    let (stopper, stop) = stop::pair();
    let pressing = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(200)).await;
        stopper.press();
        stopper
    });
    let steps = |count: usize| -> Vec<Step> {
        let each = |number| create(&format!("s{number}"), &format!("S{number}"), number, None);
        (0..count).flat_map(each).collect()
    };
    let report = stage.listen(&plan(steps(4)), Arc::new(|_| {}), stop).await;
    drop(pressing.await.unwrap());
    assert_eq!(exit(&report), Exit::Interrupted);
    assert_eq!((report.counts.done, report.counts.not_started), (2, 6), "{report:#?}");
    assert_eq!(stage.requests("POST /raccordements/v1/fiches-edi"), 2);
    // Their intentions were on disk already, and so is that nothing came of them.
    let events = stage.events();
    let count = |word: &str| events.iter().filter(|event| event.starts_with(word)).count();
    assert_eq!((count("intended"), count("succeeded"), count("failed")), (4, 2, 2), "{events:?}");
    let log = std::fs::read_to_string(stage.path()).unwrap();
    assert!(!log.contains(r#""ambiguous":true"#), "{log}");
}

/// A gateway that writes down what the ledger holds when a creation arrives, and answers once it may.
async fn gateway(
    ledger: std::path::PathBuf,
    answers: bool,
    stopper: Option<Stopper>,
) -> (String, Arc<Mutex<Vec<String>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&seen);
    let stopper = Arc::new(stopper);
    let created = recorded("gateway/create-edi-as2").remove(0).response;
    let mut active = created.clone();
    active["statut"] = json!("Actif");
    let create = async move |headers: HeaderMap| {
        let key = headers["idempotency-key"].to_str().unwrap();
        let log = std::fs::read_to_string(&ledger).unwrap();
        let last: Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
        notes.lock().unwrap().push(format!("{} {} {key}", last["event"], last["step"]));
        if let Some(stopper) = stopper.as_ref() {
            stopper.press();
            stopper.press();
        }
        if !answers {
            std::future::pending::<()>().await;
        }
        (StatusCode::CREATED, Json(created.clone()))
    };
    let router = Router::new()
        .route("/api/oauth/token", post(async || Json(json!({ "access_token": "t" }))))
        .route("/raccordements/v1/fiches-edi", post(create))
        .route(
            "/raccordements/v1/fiches-edi/{id}",
            get(async move |_: Path<String>| Json(active.clone())),
        );
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (base, seen)
}

#[tokio::test]
async fn the_intention_is_on_disk_before_the_request_arrives() {
    let mut stage = Stage::new(Duration::ZERO).await;
    let (base, seen) = gateway(stage.path(), true, None).await;
    stage.base = Some(base);
    let report = stage.run(&plan(create("g2b", "Ville de Paris G2B", 0, None))).await;
    assert_eq!(exit(&report), Exit::Done, "{report:#?}");
    // The step's id is the key that a bridge may honour.
    assert_eq!(*seen.lock().unwrap(), [r#""intended" "g2b-create" g2b-create"#]);
}

#[tokio::test]
async fn a_second_ctrl_c_ends_at_once_and_leaves_the_intention() {
    let mut stage = Stage::new(Duration::ZERO).await;
    let (stopper, stop) = stop::pair();
    let (base, seen) = gateway(stage.path(), false, Some(stopper)).await;
    stage.base = Some(base);
    let (ended, listener) = ended();
    let report = stage.listen(&plan(create("g2b", "G2B", 0, None)), listener, stop).await;
    assert_eq!(exit(&report), Exit::Interrupted, "{report:#?}");
    assert_eq!(seen.lock().unwrap().len(), 1);
    let Outcome::Failed { ambiguous, .. } = &report.steps[0].outcome else {
        panic!("{report:#?}");
    };
    assert!(ambiguous);
    // Who listens hears of the step in flight and of the one that needs it.
    assert_eq!(*ended.lock().unwrap(), ["g2b-create", "g2b-wait"]);
    assert_eq!(stage.events(), ["run_started -", "intended g2b-create", "run_ended -"]);
    let known = stage.known("ville/edi/g2b");
    assert!(known.current.is_none() && known.intent.unwrap().step == "g2b-create");
}

#[tokio::test]
async fn a_creation_whose_fate_nobody_can_tell_stays_an_intention() {
    let stage = Stage::new(Duration::ZERO).await;
    // The answer is lost, and so is every look at what became of it.
    stage.fault("/raccordements/v1/fiches-edi", 9, Wrong::Html(502));
    let report = stage.run(&plan(create("g2b", "G2B", 0, None))).await;
    assert_eq!(exit(&report), Exit::Failed, "{report:#?}");
    let create = outcome(&report, "g2b-create");
    assert!(create.contains("ambiguous: true"), "{create}");
    assert!(stage.known("ville/edi/g2b").intent.is_some());
    assert_eq!(stage.requests("POST /raccordements/v1/fiches-edi"), 1);
}

#[tokio::test]
async fn a_ledger_that_cannot_be_written_stops_before_anything_is_sent() {
    let stage = Stage::new(Duration::ZERO).await;
    let (ledger, known) = stage.open();
    if ledger.fill_disk().is_err() {
        println!("skipped: there is no /dev/full");
        return;
    }
    let stop = stop::pair().1;
    let report = stage.listen_on((ledger, known), &plan(three()), Arc::new(|_| {}), stop).await;
    assert_eq!(exit(&report), Exit::Failed, "{report:#?}");
    assert!(report.ledger_error.is_some());
    assert_eq!(report.counts.not_started, 6);
    assert_eq!(stage.requests("POST /raccordements"), 0);
}

#[tokio::test]
async fn a_disk_that_fills_after_a_request_left_stops_the_run_and_says_that_it_may_be_done() {
    let stage = Stage::new(Duration::ZERO).await.with(|options| options.parallelism = 1);
    let (ledger, known) = stage.open();
    if !std::path::Path::new("/dev/full").exists() {
        println!("skipped: there is no /dev/full");
        return;
    }
    let filled = Arc::clone(&ledger);
    let listener: Listener = Arc::new(move |event| {
        if matches!(event, Event::Sent { .. }) {
            filled.fill_disk().unwrap();
        }
    });
    let stop = stop::pair().1;
    let report = stage.listen_on((ledger, known), &plan(three()), listener, stop).await;
    assert_eq!(exit(&report), Exit::Failed, "{report:#?}");
    let create = outcome(&report, "a-create");
    assert!(
        create.contains("could not record it") && create.contains("ambiguous: true"),
        "{create}"
    );
    assert_eq!(report.counts.not_started, 5);
    assert_eq!(stage.requests("POST /raccordements"), 1);
    assert!(stage.known("ville/edi/a").intent.is_some());
}

#[tokio::test]
async fn a_service_that_is_down_is_not_asked_a_thousand_times() {
    // Nothing listens there.
    let nobody =
        Stage { base: Some("http://127.0.0.1:9".to_owned()), ..Stage::new(Duration::ZERO).await };
    let steps = |sheets: usize| -> Vec<Step> {
        (0..sheets).flat_map(|sheet| create(&format!("s{sheet}"), "S", 0, None)).collect()
    };
    let stage = nobody.with(|options| options.parallelism = 1);
    let report = stage.run(&plan(steps(1000))).await;
    assert_eq!((exit(&report), report.service_down), (Exit::Failed, true));
    let Counts { failed, not_started, .. } = report.counts;
    assert_eq!((failed, not_started), (5, 1995));
    let last = outcome(&report, "s999-create");
    assert!(last.contains("the service is down"), "{last}");
    assert_eq!(stage.events().last().unwrap(), "run_ended -");
}

#[tokio::test]
async fn a_service_that_answers_in_between_is_not_down() {
    let stage = Stage::new(Duration::ZERO).await.with(|options| options.parallelism = 1);
    // Refused by name with 4xx, one after another: the service is well.
    let mut steps = create("a", "A", 0, None);
    for sheet in 0..8 {
        steps.extend(create(&format!("s{sheet}"), "A", 0, None));
    }
    let report = stage.run(&plan(steps)).await;
    assert_eq!((exit(&report), report.service_down), (Exit::SomeFailed, false));
    assert_eq!(report.counts.failed, 8, "{report:#?}");
}
