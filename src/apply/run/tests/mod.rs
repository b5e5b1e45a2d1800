//! Runs against the embedded simulator.

mod budget;
mod lost;
mod secrets;
pub(in crate::apply) mod stage;
mod stopping;
mod verdicts;
mod waves;

use super::*;
use crate::apply::report::Exit;
use crate::apply::run::tests::stage::Stage;
use crate::apply::run::tests::stage::account;
use crate::apply::run::tests::stage::create;
use crate::apply::run::tests::stage::exit;
use crate::apply::run::tests::stage::plan;
use crate::apply::run::tests::stage::step;
use crate::apply::stop;
use crate::domain::environment::PasswordSink;
use crate::domain::observed::RemoteId;
use crate::domain::request::Target;
use crate::plan::change::Does;
use crate::plan::change::Step;
use crate::remote::testing::Wrong;
use crate::simulator::server::DropConnection;

#[tokio::test]
async fn a_creation_is_recorded_around_its_request_and_waited_for() {
    let stage = Stage::new(Duration::from_millis(30)).await;
    let path = stage.path();
    // When a request leaves, its intention is on disk.
    let listener: Listener = Arc::new(move |event| {
        if let Event::Sent { step, .. } = event {
            assert!(std::fs::read_to_string(&path).unwrap().contains(step.as_str()));
        }
    });
    let report = stage.listen(&plan(create("g2b", "G2B", 0, None)), listener, stop::pair().1).await;
    assert_eq!(exit(&report), Exit::Done, "{report:#?}");
    assert_eq!(
        stage.events(),
        [
            "run_started -",
            "intended g2b-create",
            "succeeded g2b-create",
            "settled -",
            "run_ended -"
        ]
    );
    assert_eq!(report.codes.len(), 1);
    assert!(report.codes[0].new_code.is_some());
}

#[tokio::test]
async fn a_replacement_makes_the_new_sheet_and_then_retires_the_old_one() {
    let stage = Stage::new(Duration::ZERO).await;
    let first = stage.run(&plan(create("g2b", "G2B", 0, None))).await;
    assert_eq!(exit(&first), Exit::Done, "{first:#?}");
    let old = stage.sheets().await[0].0.clone();
    let mut steps = create("g2b", "G2B (2)", 1, Some(&old));
    let request = Request::DeactivateEdi { target: Target::Existing(RemoteId::new(&old)) };
    let retire = Action::Send { request, making: None };
    steps.push(step("retire", "ville/edi/g2b", Does::Deactivate, retire, &["g2b-wait"]));
    let report = stage.run(&plan(steps)).await;
    assert_eq!(exit(&report), Exit::Done, "{report:#?}");
    let statuses: Vec<_> =
        stage.sheets().await.into_iter().map(|sheet| (sheet.1, sheet.2)).collect();
    let pair = |name: &str, status: &str| (name.to_owned(), status.to_owned());
    assert_eq!(statuses, [pair("G2B", "Inactif"), pair("G2B (2)", "Actif")]);
    let code = &report.codes[0];
    assert!(code.old_code.is_some() && code.new_code.is_some() && code.old_code != code.new_code);
    assert!(stage.known("ville/edi/g2b").former[0].retired);
}

#[tokio::test]
async fn a_lost_answer_is_settled_by_looking_without_a_second_sheet() {
    for drop in [DropConnection::Apres, DropConnection::Avant] {
        let stage = Stage::new(Duration::ZERO).await;
        // The token is asked for first, so that the fault meets the creation.
        stage.fault("/raccordements/v1/fiches-edi", 1, Wrong::Cut(drop));
        let report = stage.run(&plan(create("g2b", "G2B", 0, None))).await;
        assert_eq!(exit(&report), Exit::Done, "{report:#?}");
        assert_eq!(stage.sheets().await.len(), 1);
    }
}

#[tokio::test]
async fn an_account_whose_answer_was_lost_is_ours_and_its_password_is_told_as_lost() {
    let stage = Stage::new(Duration::ZERO).await;
    let cut = Wrong::Cut(DropConnection::Apres);
    stage.fault("/raccordements/v1/comptes-techniques", 1, cut);
    let report = stage.run(&plan(vec![account()])).await;
    assert_eq!(exit(&report), Exit::Failed, "{report:#?}");
    let known = stage.known("ville/account/finances");
    assert!(known.current.is_some() && known.password_stored_at.is_none());
    assert_eq!(stage.reader().accounts().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_password_goes_to_its_sink_and_nowhere_else() {
    let stage = Stage::new(Duration::ZERO).await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&seen);
    let listener: Listener =
        Arc::new(move |event| notes.lock().unwrap().push(format!("{event:?}")));
    let report = stage.listen(&plan(vec![account()]), listener, stop::pair().1).await;
    assert_eq!(exit(&report), Exit::Done, "{report:#?}");
    let stored =
        std::fs::read_to_string(stage.folder.path().join("secrets/ville/finances.password"))
            .unwrap();
    let password = stored.lines().last().unwrap().strip_prefix("password: ").unwrap();
    assert!(password.len() > 3 && stored.starts_with("login: TECH_"));
    let log = std::fs::read_to_string(stage.path()).unwrap();
    assert!(
        !log.contains(password)
            && !seen.lock().unwrap().iter().any(|event| event.contains(password))
    );
    let events = stage.events();
    assert_eq!(
        events[1..4],
        ["intended account-create", "password_stored -", "succeeded account-create"]
    );
    let known = stage.known("ville/account/finances");
    assert!(known.password_stored_at.is_some());
}

#[tokio::test]
async fn without_a_sink_nothing_is_sent_that_shows_a_password() {
    let age = PasswordSink::Age { recipients: Vec::new(), directory: "x".to_owned() };
    for sink in [None, Some(age)] {
        let stage = Stage { sink, ..Stage::new(Duration::ZERO).await };
        let report = stage.run(&plan(vec![account()])).await;
        assert_eq!(exit(&report), Exit::Failed);
        assert!(stage.reader().accounts().await.unwrap().is_empty());
        assert_eq!(stage.events(), ["run_started -", "run_ended -"]);
    }
}

#[tokio::test]
async fn a_failure_stops_only_what_needs_it() {
    let stage = Stage::new(Duration::ZERO).await;
    // Both sheets want the same certificate: the second one is refused.
    let mut steps = create("a", "A", 0, None);
    steps.extend(create("b", "B", 0, None));
    steps.extend(create("c", "C", 1, None));
    let stage = stage.with(|options| options.parallelism = 1);
    let report = stage.run(&plan(steps)).await;
    assert_eq!(exit(&report), Exit::SomeFailed, "{report:#?}");
    let Counts { done, failed, not_started, .. } = report.counts;
    assert_eq!((done, failed, not_started), (4, 1, 1));
}

#[tokio::test]
async fn what_waits_is_told_with_its_exit_code() {
    let stage = Stage::new(Duration::from_hours(1)).await;
    let mut steps = create("a", "A", 0, None);
    let forget = Action::Forget;
    steps.push(Step {
        due: Some("2026-12-02".parse().unwrap()),
        ..step("later", "ville/edi/z", Does::Forget, forget, &[])
    });
    let stage = stage.with(|options| options.no_wait = true);
    let report = stage.run(&plan(steps)).await;
    assert_eq!(exit(&report), Exit::Waiting);
    assert_eq!((report.counts.done, report.counts.waiting, report.counts.scheduled), (1, 1, 1));
}

#[tokio::test]
async fn ctrl_c_ends_a_wait_and_is_told() {
    let stage = Stage::new(Duration::from_hours(1)).await;
    let (stopper, stop) = stop::pair();
    let listener: Listener = Arc::new(move |event| {
        if matches!(event, Event::Polled { .. }) {
            stopper.press();
        }
    });
    let report = stage.listen(&plan(create("a", "A", 0, None)), listener, stop).await;
    assert_eq!(exit(&report), Exit::Interrupted);
    assert_eq!((report.counts.done, report.counts.waiting), (1, 1), "{report:#?}");
}

#[tokio::test]
async fn refused_credentials_stop_the_run() {
    let stage = Stage { password: Some("wrong"), ..Stage::new(Duration::ZERO).await };
    let mut steps = create("a", "A", 0, None);
    steps.extend(create("b", "B", 1, None));
    let stage = stage.with(|options| options.parallelism = 1);
    let report = stage.run(&plan(steps)).await;
    assert_eq!(exit(&report), Exit::Credentials, "{report:#?}");
    assert_eq!((report.counts.failed, report.counts.not_started), (1, 3));
}
