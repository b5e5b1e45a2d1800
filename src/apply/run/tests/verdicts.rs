//! What sheets become, and what follows for the steps that need them.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use crate::apply::Event;
use crate::apply::Exit;
use crate::apply::Listener;
use crate::apply::Outcome;
use crate::apply::run::tests::stage::Stage;
use crate::apply::run::tests::stage::act;
use crate::apply::run::tests::stage::create;
use crate::apply::run::tests::stage::existing;
use crate::apply::run::tests::stage::exit;
use crate::apply::run::tests::stage::making;
use crate::apply::run::tests::stage::outcome;
use crate::apply::run::tests::stage::plan;
use crate::apply::run::tests::stage::step;
use crate::apply::stop;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::domain::request::Target;
use crate::language::Language;
use crate::language::within;
use crate::plan::change::Action;
use crate::plan::change::Does;
use crate::plan::change::Step;
use crate::plan::change::Until;
use crate::remote::testing::Wrong;
use crate::remote::testing::as2;
use crate::remote::testing::recorded;

const ADDRESS: &str = "ville/edi/g2b";

/// Creates the sheet, waits for it, and would retire another one.
fn replacing() -> Vec<Step> {
    let mut steps = create("g2b", "G2B", 0, None);
    let retire = Request::DeactivateEdi { target: existing("EDI-000009") };
    steps.push(act("retire", ADDRESS, Does::Deactivate, retire, &["g2b-wait"]));
    steps
}

#[tokio::test]
async fn a_sheet_that_ends_in_error_or_partly_retires_nothing_and_asks_for_support() {
    for verdict in ["Erreur", "Partielle"] {
        let stage = Stage::new(Duration::from_millis(5)).await;
        stage.settles("G2B", verdict);
        let settled = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&settled);
        let listener: Listener = Arc::new(move |event| {
            if let Event::Settled { status, .. } = event {
                notes.lock().unwrap().push(status.clone());
            }
        });
        let report = stage.listen(&plan(replacing()), listener, stop::pair().1).await;
        assert_eq!(exit(&report), Exit::Waiting, "{report:#?}");
        let wait = outcome(&report, "g2b-wait");
        assert!(wait.starts_with("Waiting") && wait.contains(verdict), "{wait}");
        assert!(wait.contains("support"), "{wait}");
        assert!(outcome(&report, "retire").starts_with("NotStarted"));
        assert_eq!(*settled.lock().unwrap(), [verdict]);
        let log = std::fs::read_to_string(stage.path()).unwrap();
        assert!(log.contains(&format!(r#""event":"settled","address":"{ADDRESS}""#)), "{log}");
        assert!(log.contains(&format!(r#""status":"{verdict}""#)), "{log}");
        // It is ours, with its code, and was never seen Actif.
        let current = stage.known(ADDRESS).current.unwrap();
        assert!(current.code.is_some() && current.active_since.is_none());
    }
}

#[tokio::test]
async fn without_waiting_a_sheet_is_created_and_left_alone() {
    let stage = Stage::new(Duration::from_hours(1)).await.with(|options| options.no_wait = true);
    let report = stage.run(&plan(replacing())).await;
    assert_eq!(exit(&report), Exit::Waiting, "{report:#?}");
    assert!(outcome(&report, "g2b-wait").starts_with("Waiting"));
    assert_eq!((report.counts.done, report.counts.waiting, report.counts.not_started), (1, 1, 1));
    assert_eq!(stage.requests("GET /raccordements"), 0);
    assert_eq!(stage.requests("POST /raccordements"), 1);
    // The code was told with the creation.
    assert!(report.codes[0].new_code.is_some());
}

#[tokio::test]
async fn a_wait_ends_at_its_time() {
    let stage = Stage::new(Duration::from_hours(1)).await;
    let stage = stage.with(|options| options.timeout = Some(Duration::from_millis(60)));
    let report = stage.run(&plan(replacing())).await;
    assert_eq!(exit(&report), Exit::Waiting, "{report:#?}");
    let wait = outcome(&report, "g2b-wait");
    assert!(
        wait.contains("is still `En cours`") && wait.contains("run the command again"),
        "{wait}"
    );
    assert!(stage.requests("GET /raccordements/v1/fiches-edi/{id}") > 0);
}

#[tokio::test]
async fn a_sheet_whose_validity_begins_later_is_not_taken_for_active() {
    let stage = Stage::new(Duration::ZERO).await;
    let mut sheet = as2("G2B", 0);
    sheet.settings.validity.from = "2027-03-01".parse().unwrap();
    let made = Some(making("G2B", 1, None));
    let send = Action::Send { request: Request::CreateEdi { sheet }, making: made };
    let wait = |until| Action::Wait { target: Target::CreatedBy("make".to_owned()), until };
    let retire = Request::DeactivateEdi { target: existing("EDI-000009") };
    let steps = vec![
        step("make", ADDRESS, Does::Create, send, &[]),
        step("settled", ADDRESS, Does::Wait, wait(Until::Settled), &["make"]),
        step("active", ADDRESS, Does::Wait, wait(Until::Active), &["settled"]),
        act("retire", ADDRESS, Does::Deactivate, retire, &["active"]),
    ];
    let report = stage.run(&plan(steps)).await;
    assert_eq!(exit(&report), Exit::Waiting, "{report:#?}");
    assert_eq!(outcome(&report, "settled"), "Done");
    let active = outcome(&report, "active");
    assert!(active.contains("`Inactif`") && active.contains("2027-03-01"), "{active}");
    assert!(outcome(&report, "retire").starts_with("NotStarted"));
    assert!(stage.known(ADDRESS).current.unwrap().active_since.is_none());
}

#[tokio::test]
async fn deactivating_what_a_wait_found_inactive_sends_nothing() {
    let stage = Stage::new(Duration::ZERO).await;
    assert_eq!(exit(&stage.run(&plan(create("g2b", "G2B", 0, None))).await), Exit::Done);
    let off = |needs: &[&str]| {
        let request = Request::DeactivateEdi { target: existing("EDI-000001") };
        act("off", ADDRESS, Does::Deactivate, request, needs)
    };
    assert_eq!(exit(&stage.run(&plan(vec![off(&[])])).await), Exit::Done);
    let sent = || stage.requests("POST /raccordements/v1/fiches-edi/{id}/desactivation");
    assert_eq!(sent(), 1);
    let wait = Action::Wait { target: existing("EDI-000001"), until: Until::Settled };
    let steps = vec![step("look", ADDRESS, Does::Wait, wait, &[]), off(&["look"])];
    let report = stage.run(&plan(steps)).await;
    assert_eq!((exit(&report), sent()), (Exit::Done, 1), "{report:#?}");
    // Without a look before it, the service refuses and the report says what to do.
    let report = stage.run(&plan(vec![off(&[])])).await;
    assert_eq!((exit(&report), sent()), (Exit::Failed, 2));
    let off = outcome(&report, "off");
    assert!(off.contains("STATUT_INCOMPATIBLE") && off.contains("plan again"), "{off}");
}

#[tokio::test]
async fn an_identity_that_was_there_before_retires_nothing() {
    let stage = Stage::new(Duration::ZERO).await;
    assert_eq!(exit(&stage.run(&plan(create("g2b", "G2B", 0, None))).await), Exit::Done);
    // The service answers a creation with the old sheet, as one does that takes a name for an identity.
    let answer = recorded("gateway/create-edi-as2").remove(0).response;
    assert_eq!(answer["id"], "EDI-000001");
    let wrong = Wrong::Json(201, answer);
    stage.fault("/raccordements/v1/fiches-edi", 1, wrong);
    let mut steps = create("g2b", "G2B (2)", 1, Some("EDI-000001"));
    let retire = Request::DeactivateEdi { target: existing("EDI-000001") };
    steps.push(act("retire", ADDRESS, Does::Deactivate, retire, &["g2b-wait"]));
    let report = stage.run(&plan(steps)).await;
    assert_eq!(exit(&report), Exit::Failed, "{report:#?}");
    assert!(outcome(&report, "g2b-create").contains("that was there before"));
    assert!(outcome(&report, "retire").starts_with("NotStarted"));
    assert_eq!(stage.sheets().await[0].2, "Actif");
    assert_eq!(stage.known(ADDRESS).current.unwrap().id, RemoteId::new("EDI-000001"));
}

#[tokio::test]
async fn what_is_due_later_is_announced_with_what_needs_it() {
    let stage = Stage::new(Duration::ZERO).await;
    let mut steps = replacing();
    steps[2].due = Some("2026-12-15".parse().unwrap());
    let forget = Action::Forget;
    steps.push(step("forget", "ville/edi/z", Does::Forget, forget.clone(), &["retire"]));
    steps.push(Step {
        due: Some("2026-12-01".parse().unwrap()),
        ..step("today", "ville/edi/y", Does::Forget, forget, &[])
    });
    let report = stage.run(&plan(steps)).await;
    assert_eq!(exit(&report), Exit::Done, "{report:#?}");
    assert_eq!((report.counts.done, report.counts.scheduled), (3, 2));
    assert!(outcome(&report, "retire").contains("2026-12-15"));
    assert_eq!(outcome(&report, "forget"), "Scheduled { due: None }");
    // Only what is due later: nothing is written, not even that there was a run.
    let before = stage.events();
    let retire = Request::DeactivateEdi { target: existing("EDI-000001") };
    let mut later = act("retire", ADDRESS, Does::Deactivate, retire, &[]);
    later.due = Some("2026-12-15".parse().unwrap());
    assert_eq!(exit(&stage.run(&plan(vec![later])).await), Exit::Done);
    assert_eq!(stage.events(), before);
}

#[tokio::test]
async fn many_sheets_are_looked_at_through_one_list() {
    let stage = Stage::new(Duration::from_millis(400)).await;
    let mut steps: Vec<Step> = (0..6)
        .flat_map(|number| create(&format!("s{number}"), &format!("S{number}"), number, None))
        .collect();
    steps.extend((0..34).map(|number| {
        let made = format!("s{}-create", number % 6);
        let target = Target::CreatedBy(made.clone());
        let wait = Action::Wait { target, until: Until::Active };
        step(&format!("w{number}"), &format!("ville/edi/w{number}"), Does::Wait, wait, &[&made])
    }));
    let report = stage.run(&plan(steps)).await;
    assert_eq!((exit(&report), report.counts.done), (Exit::Done, 46), "{report:#?}");
    let single = stage.requests("GET /raccordements/v1/fiches-edi/");
    let all = stage.requests("GET /raccordements/v1/fiches-edi");
    // One by one there would be forty of them every twentieth of a second.
    assert!(single < 120 && all > single, "{single} of {all}");
}

#[tokio::test]
async fn no_more_requests_are_under_way_than_were_allowed() {
    let stage = Stage::new(Duration::ZERO).await.with(|options| {
        options.parallelism = 2;
        options.no_wait = true;
    });
    let slow = serde_json::json!({ "methode": "POST", "chemin": "/raccordements", "fois": 6, "delaiMillisecondes": 250 });
    assert_eq!(stage.simulator.steer("POST", "/simulateur/v1/pannes", Some(slow)).status, 204);
    let steps: Vec<Step> = (0..6)
        .flat_map(|number| create(&format!("s{number}"), &format!("S{number}"), number, None))
        .collect();
    let began = std::time::Instant::now();
    let report = stage.run(&plan(steps)).await;
    assert_eq!(report.counts.done, 6, "{report:#?}");
    // Steps that write the ledger begin ahead; their requests do not: six of a quarter of a second, two at a time.
    assert!(began.elapsed() >= Duration::from_millis(750), "{:?}", began.elapsed());
}

/// The French of a run is said; what others read later is in English.
#[test]
fn a_refusal_is_said_in_the_language_of_the_run_and_recorded_in_english() {
    within(Language::French, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(Box::pin(async {
            let stage = Stage::new(Duration::ZERO).await;
            // Both sheets want the same certificate: the second one is refused.
            let mut steps = create("a", "A", 0, None);
            steps.extend(create("b", "B", 0, None));
            let stage = stage.with(|options| options.parallelism = 1);
            let report = stage.run(&plan(steps)).await;
            let failed = report.steps.iter().find_map(|step| match &step.outcome {
                Outcome::Failed { error, help, .. } => Some((error, help)),
                _ => None,
            });
            let (error, help) = failed.unwrap();
            assert!(error.as_str().contains("a été refusé avec HTTP"), "{error}");
            assert!(error.english().contains("was refused with HTTP"), "{error:?}");
            assert_eq!(help.as_str(), "déclarez un certificat qu'aucune autre fiche ne porte");
            let log = std::fs::read_to_string(stage.path()).unwrap();
            assert!(log.contains("was refused with HTTP") && !log.contains("refusé"), "{log}");
            let shared = serde_json::to_string(&report.steps[2].outcome).unwrap();
            assert!(!shared.contains("refusé"), "{shared}");
        }));
    });
}
