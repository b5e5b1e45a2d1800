//! Passwords: into their sink, and nowhere else.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use crate::apply::Exit;
use crate::apply::Listener;
use crate::apply::Report;
use crate::apply::run::tests::stage::Stage;
use crate::apply::run::tests::stage::account;
use crate::apply::run::tests::stage::act;
use crate::apply::run::tests::stage::existing;
use crate::apply::run::tests::stage::exit;
use crate::apply::run::tests::stage::outcome;
use crate::apply::run::tests::stage::plan;
use crate::apply::stop;
use crate::domain::environment::PasswordSink;
use crate::domain::request::Request;
use crate::plan::change::Does;
use crate::plan::change::Step;
use crate::remote::testing::Wrong;
use crate::remote::testing::listen;
use crate::simulator::server::DropConnection;

const ADDRESS: &str = "ville/account/finances";
const ACCOUNTS: &str = "/raccordements/v1/comptes-techniques";

fn reset() -> Step {
    let request = Request::ResetPassword { target: existing("CT-000001") };
    act("reset", ADDRESS, Does::ResetPassword, request, &[])
}

async fn with(sink: &str) -> Stage {
    let sink = Some(PasswordSink::Command(sink.to_owned()));
    Stage { sink, ..Stage::new(Duration::ZERO).await }
}

/// The account, with its password in its sink.
async fn made() -> Stage {
    let stage = Stage::new(Duration::ZERO).await;
    let report = stage.run(&plan(vec![account()])).await;
    assert_eq!(exit(&report), Exit::Done, "{report:#?}");
    stage
}

fn stored(stage: &Stage) -> String {
    let path = stage.folder.path().join("secrets/ville/finances.password");
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().last().unwrap().strip_prefix("password: ").unwrap().to_owned()
}

#[tokio::test]
async fn the_password_of_a_run_is_in_no_log_no_event_and_no_report() {
    let stage = Stage::new(Duration::ZERO).await;
    let listening = listen();
    let events = Arc::new(Mutex::new(String::new()));
    let notes = Arc::clone(&events);
    let listener: Listener = Arc::new(move |event| {
        writeln!(notes.lock().unwrap(), "{event:?}").unwrap();
    });
    let mut passwords = Vec::new();
    let mut reports = Vec::new();
    for step in [account(), reset()] {
        let steps = plan(vec![step]);
        let report = stage.listen(&steps, Arc::clone(&listener), stop::pair().1).await;
        assert_eq!(exit(&report), Exit::Done, "{report:#?}");
        reports.push(format!("{report:?}"));
        passwords.push(stored(&stage));
    }
    let log = listening.end();
    assert_ne!(passwords[0], passwords[1]);
    let texts = [
        log,
        events.lock().unwrap().clone(),
        reports.concat(),
        std::fs::read_to_string(stage.path()).unwrap(),
    ];
    assert!(texts[0].contains(ACCOUNTS));
    for text in texts {
        for password in &passwords {
            assert!(password.len() > 7 && !text.contains(password));
        }
        assert!(!text.contains(stage.simulator.password()));
        assert!(!text.contains(stage.simulator.client_secret()));
    }
}

#[tokio::test]
async fn a_sink_that_cannot_be_used_is_found_before_anything_is_sent() {
    let stage = Stage::new(Duration::ZERO).await;
    std::fs::write(stage.folder.path().join("secrets"), "a file, not a folder").unwrap();
    let report = stage.run(&plan(vec![account()])).await;
    assert_eq!(exit(&report), Exit::Failed, "{report:#?}");
    assert!(outcome(&report, "account-create").contains("permissions"));
    assert_eq!(stage.requests("POST /raccordements"), 0);
    assert_eq!(stage.events(), ["run_started -", "run_ended -"]);
}

fn assert_lost(stage: &Stage, report: &Report, step: &str) {
    assert_eq!(exit(report), Exit::Failed, "{report:#?}");
    let known = stage.known(ADDRESS);
    assert!(known.password_stored_at.is_none(), "{known:?}");
    assert!(!stage.events().iter().any(|event| event.starts_with("password_stored")));
    let told = outcome(report, step);
    assert!(told.contains("command") && told.contains("run the command by hand"), "{told}");
}

#[tokio::test]
async fn a_sink_that_fails_afterwards_leaves_an_account_that_is_ours_and_a_password_that_is_lost() {
    let stage = with("exit 3").await;
    let report = stage.run(&plan(vec![account()])).await;
    assert_lost(&stage, &report, "account-create");
    // The account exists: another run must not make a second one.
    assert!(stage.known(ADDRESS).current.is_some());
    let events = stage.events();
    assert_eq!(events[1..], ["intended account-create", "succeeded account-create", "run_ended -"]);
}

#[tokio::test]
async fn after_a_reset_that_did_not_reach_its_sink_the_password_counts_as_lost() {
    let stage = Stage { sink: Some(PasswordSink::Command("exit 3".to_owned())), ..made().await };
    assert!(stage.known(ADDRESS).password_stored_at.is_some());
    let report = stage.run(&plan(vec![reset()])).await;
    assert_eq!(exit(&report), Exit::Failed, "{report:#?}");
    assert!(outcome(&report, "reset").contains("ambiguous: true"));
    let known = stage.known(ADDRESS);
    assert!(known.current.is_some() && known.password_stored_at.is_none());
    assert_eq!(known.reset.unwrap().step, "reset");
    // Once it is stored, all is well again.
    let stage = Stage { sink: Some(PasswordSink::Directory("secrets".to_owned())), ..stage };
    assert_eq!(exit(&stage.run(&plan(vec![reset()])).await), Exit::Done);
    let known = stage.known(ADDRESS);
    assert!(known.password_stored_at.is_some() && known.reset.is_none());
}

#[tokio::test]
async fn a_reset_whose_answer_is_lost_is_in_doubt_and_one_that_is_refused_is_not() {
    let stage = made().await;
    let before = stored(&stage);
    let path = "/raccordements/v1/comptes-techniques/CT-000001/reinitialisation";
    stage.fault(path, 1, Wrong::Cut(DropConnection::Apres));
    let report = stage.run(&plan(vec![reset()])).await;
    assert!(outcome(&report, "reset").contains("may have been reset"), "{report:#?}");
    assert!(stage.known(ADDRESS).password_stored_at.is_none());
    // Never twice: the second password would be lost like the first.
    assert_eq!(stage.requests("POST /raccordements/v1/comptes-techniques/{id}/reinit"), 1);
    assert_eq!(stored(&stage), before);

    let stage = made().await;
    let refusal = serde_json::json!({ "code": "GESTIONNAIRE_PRINCIPAL_REQUIS", "message": "non" });
    stage.fault(path, 1, Wrong::Json(403, refusal));
    let report = stage.run(&plan(vec![reset()])).await;
    assert!(outcome(&report, "reset").contains("principal manager"), "{report:#?}");
    assert!(stage.known(ADDRESS).password_stored_at.is_some());
}

#[tokio::test]
async fn two_accounts_never_share_a_file() {
    let stage = Stage::new(Duration::ZERO).await;
    let named = |id: &str, address: &str| Step {
        id: id.to_owned(),
        address: address.parse().unwrap(),
        ..account()
    };
    let steps = vec![named("1", "ville-nord/account/x"), named("2", "ville/account/nord-x")];
    let report = stage.run(&plan(steps)).await;
    assert_eq!(exit(&report), Exit::Done, "{report:#?}");
    let read = |path: &str| std::fs::read_to_string(stage.folder.path().join(path)).unwrap();
    let (one, two) = (read("secrets/ville-nord/x.password"), read("secrets/ville/nord-x.password"));
    assert_ne!(one, two);
}
