//! Waves: what is begun after which, and how a later run goes on.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use crate::apply::Event;
use crate::apply::Exit;
use crate::apply::Listener;
use crate::apply::Report;
use crate::apply::WaveReport;
use crate::apply::run::tests::stage::Stage;
use crate::apply::run::tests::stage::create;
use crate::apply::run::tests::stage::exit;
use crate::apply::run::tests::stage::outcome;
use crate::apply::run::tests::stage::plan;
use crate::apply::stop;
use crate::apply::stop::Stop;
use crate::apply::waves::Cut;
use crate::apply::waves::Past;
use crate::ledger;
use crate::ledger::Place;
use crate::plan::change::Step;

/// One sheet for each entity, each with a certificate of its own but for the places in `same`, which want the first one's.
fn towns(names: &[&str], same: &[usize]) -> Vec<Step> {
    let town = |(place, name): (usize, &&str)| {
        let certificate = if same.contains(&place) { 0 } else { place };
        let mut steps = create(name, &name.to_uppercase(), certificate, None);
        for step in &mut steps {
            step.address = format!("{name}/edi/x").parse().unwrap();
        }
        steps
    };
    names.iter().enumerate().flat_map(town).collect()
}

/// Runs in waves, where the ledger says that an earlier run was; all waves that were told.
async fn run(
    stage: &mut Stage,
    steps: Vec<Step>,
    sizes: &str,
    stop: Stop,
) -> (Report, Vec<WaveReport>) {
    let plan = plan(steps);
    let events = ledger::read(&Place::File(stage.path())).map(|log| log.events).unwrap_or_default();
    let past = Past::of(&events);
    let sizes = sizes.parse().unwrap();
    stage.waves = Cut::of(&plan, stage.options.today, &sizes, "b", past.as_ref());
    let told = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&told);
    let listener: Listener = Arc::new(move |event| {
        if let Event::WaveEnded(report) = event {
            notes.lock().unwrap().push((**report).clone());
        }
    });
    let report = stage.listen(&plan, listener, stop).await;
    let told = told.lock().unwrap().clone();
    (report, told)
}

#[tokio::test]
async fn each_wave_settles_before_the_next_one_begins() {
    let mut stage = Stage::new(Duration::from_millis(30)).await;
    let (report, told) = run(&mut stage, towns(&["a", "b", "c"], &[]), "1,*", stop::pair().1).await;
    assert_eq!((exit(&report), &report.held), (Exit::Done, &None), "{report:#?}");
    assert_eq!(
        stage.events()[..7],
        [
            "run_started -",
            "wave_started -",
            "intended a-create",
            "succeeded a-create",
            "settled -",
            "wave_ended -",
            "wave_started -",
        ]
    );
    assert_eq!(stage.events().iter().filter(|event| *event == "wave_started -").count(), 2);
    let shape: Vec<_> = told
        .iter()
        .map(|wave| (wave.wave.number, wave.of, wave.is_whole, wave.counts.done))
        .collect();
    assert_eq!(shape, [(1, 2, true, 2), (2, 2, true, 4)]);
    let step = &told[0].steps[0];
    assert_eq!(step.status.as_deref(), Some("Actif"));
    assert!(step.structure.is_some() && step.code.as_ref().unwrap().new_code.is_some());
}

#[tokio::test]
async fn a_failure_in_a_wave_stops_before_the_next_one() {
    let mut stage = Stage::new(Duration::ZERO).await;
    // The second sheet wants the certificate of the first.
    let steps = towns(&["a", "b", "c", "d"], &[1]);
    let (report, told) = run(&mut stage, steps, "3,*", stop::pair().1).await;
    assert_eq!(exit(&report), Exit::SomeFailed, "{report:#?}");
    assert!(report.held.as_ref().unwrap().starts_with("wave 1 of 2 has ended: 1 resource of it"));
    assert!(
        outcome(&report, "c-create") == "Done"
            && outcome(&report, "d-create").contains("NotStarted")
    );
    assert_eq!((told.len(), told[0].counts.failed, told[0].is_whole), (1, 1, true));
    // The same failure is let through when it is allowed.
    stage.options.max_failures = Some("1".parse().unwrap());
    let steps = towns(&["b", "d"], &[0]);
    let (report, told) = run(&mut stage, steps, "3,*", stop::pair().1).await;
    assert_eq!((report.counts.failed, report.held), (1, None));
    let numbers: Vec<_> = told.iter().map(|wave| wave.wave.number).collect();
    assert_eq!(numbers, [1, 2]);
}

#[tokio::test]
async fn too_many_failures_stop_a_run_without_waves_too() {
    let mut stage = Stage::new(Duration::ZERO).await.with(|options| {
        options.parallelism = 1;
        options.max_failures = Some("1".parse().unwrap());
    });
    stage.waves = None;
    let report = stage.run(&plan(towns(&["a", "b", "c", "d"], &[1, 2]))).await;
    assert_eq!((report.counts.failed, report.counts.done), (2, 2), "{report:#?}");
    assert_eq!(
        report.held.as_deref(),
        Some("2 resources failed, more than `--max-failures 1` lets")
    );
    assert!(outcome(&report, "d-create").contains("too many others failed"));
}

#[tokio::test]
async fn a_wave_that_does_not_settle_in_time_holds_the_next_one_unless_nobody_waits() {
    for no_wait in [false, true] {
        let mut stage = Stage::new(Duration::from_hours(1)).await.with(|options| {
            options.timeout = Some(Duration::from_millis(50));
            options.no_wait = no_wait;
        });
        let (report, _) = run(&mut stage, towns(&["a", "b"], &[]), "1,*", stop::pair().1).await;
        assert_eq!(exit(&report), Exit::Waiting, "{report:#?}");
        assert_eq!(report.held.is_none(), no_wait, "{report:#?}");
        assert_eq!(stage.sheets().await.len(), 1 + usize::from(no_wait));
    }
}

#[tokio::test]
async fn a_sheet_that_ends_in_error_stops_before_the_next_wave() {
    let mut stage = Stage::new(Duration::ZERO).await;
    stage.settles("A", "Erreur");
    let (report, _) = run(&mut stage, towns(&["a", "b"], &[]), "1,*", stop::pair().1).await;
    assert!(report.held.as_ref().unwrap().contains("1 resource of it failed"), "{report:#?}");
    assert_eq!(stage.sheets().await.len(), 1);
}

#[tokio::test]
async fn an_interrupted_wave_goes_on_where_it_was() {
    let mut stage = Stage::new(Duration::ZERO).await.with(|options| options.parallelism = 1);
    let (stopper, stop) = stop::pair();
    let all = ["a", "b", "c", "d", "e"];
    let plan_all = plan(towns(&all, &[]));
    stage.waves = Cut::of(&plan_all, stage.options.today, &"1,3,*".parse().unwrap(), "b", None);
    let listener: Listener = Arc::new(move |event| {
        if matches!(event, Event::Sent { step, .. } if step == "b-create") {
            stopper.press();
        }
    });
    let report = stage.listen(&plan_all, listener, stop).await;
    assert_eq!(exit(&report), Exit::Interrupted, "{report:#?}");
    // What was done is no part of the next plan.
    let rest: Vec<Step> = towns(&all, &[]).into_iter().skip(4).collect();
    let (report, told) = run(&mut stage, rest, "1,3,*", stop::pair().1).await;
    assert_eq!(exit(&report), Exit::Done, "{report:#?}");
    let shape: Vec<_> = told
        .iter()
        .map(|told| {
            (told.wave.number, told.of, told.wave.entities, told.wave.left, told.wave.goes_on)
        })
        .collect();
    assert_eq!(shape, [(2, 3, 3, 2, true), (3, 3, 1, 1, false)]);
    assert_eq!(stage.sheets().await.len(), 5);
    assert_eq!(stage.requests("POST /raccordements/v1/fiches-edi"), 5);
}
