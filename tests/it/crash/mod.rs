//! The crash matrix: a run is ended after every event, around every request and file operation, as `kill -9` ends it;
//! or that operation of the disk fails. A plain `apply` follows. Then the world, the number of changes that were sent,
//! and what the ledger knows are those of a run that nothing disturbed.
//!
//! The small scenarios are run through every moment. Of the faults of the network, and of the moments of a large example, some
//! are picked by a seed, which is printed; `RACCORD_SEED` runs the same ones again, `RACCORD_CASES` so many more.

mod scenario;
mod stage;

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::Value;

use crate::crash::scenario::scenarios;
use crate::crash::stage::Disturbance;
use crate::crash::stage::Ended;
use crate::crash::stage::Stage;
use crate::support::dice::Dice;
use crate::support::dice::number;

/// How many cases are picked where not all are run.
const CASES: usize = 24;

/// What a network does, in the words of the simulator's steering.
const NETWORK: [(&str, &str); 9] = [
    ("connection reset", r#"{ "coupure": "avant" }"#),
    ("answer lost", r#"{ "coupure": "apres" }"#),
    ("half an answer", r#"{ "coupure": "pendant" }"#),
    ("slow", r#"{ "delaiMillisecondes": 400 }"#),
    (
        "page of a gateway",
        r#"{ "reponse": { "statut": 502, "html": "<html>maintenance</html>" } }"#,
    ),
    ("page instead of JSON", r#"{ "reponse": { "statut": 200, "html": "<html>portal</html>" } }"#),
    ("401", r#"{ "reponse": { "statut": 401 } }"#),
    ("429", r#"{ "reponse": { "statut": 429, "entetes": { "Retry-After": "1" } } }"#),
    ("500 after the effect", r#"{ "reponse": { "statut": 500 }, "apresEffet": true }"#),
];

fn wanted() -> usize {
    number("RACCORD_CASES").map_or(CASES, |wanted| usize::try_from(wanted).unwrap())
}

/// A moment that a run passes.
struct Moment {
    number: u64,
    kind: String,
    name: String,
}

fn moments(log: &str) -> Vec<Moment> {
    let moment = |line: &str| {
        let mut parts = line.split('\t');
        Moment {
            number: parts.next().unwrap().parse().unwrap(),
            kind: parts.next().unwrap().to_owned(),
            name: parts.next().unwrap().to_owned(),
        }
    };
    log.lines().map(moment).collect()
}

/// The cases of a scenario: each moment as a crash, those of the disk also as a failure.
fn cases(moments: &[Moment]) -> Vec<(Disturbance, String)> {
    let mut cases = Vec::new();
    for Moment { number, kind, name } in moments {
        cases.push((Disturbance::Crash(*number), format!("crash at {number}, {name}")));
        if kind == "disk" {
            cases.push((Disturbance::Failure(*number), format!("failure at {number}, {name}")));
        }
    }
    cases
}

/// Compares a disturbed run with the undisturbed one.
fn differences(disturbance: Disturbance, expected: &Ended, found: &Ended) -> Vec<String> {
    let mut differences = Vec::new();
    // A request that nobody heard is sent again; then the world alone says whether something was done twice.
    let is_network = matches!(disturbance, Disturbance::Network { .. });
    for (what, wanted, found) in
        [("world", &expected.world, &found.world), ("status", &expected.status, &found.status)]
    {
        if wanted != found {
            differences.push(format!("another {what}:\n{}", lines(wanted, found)));
        }
    }
    if found.passwords != expected.passwords {
        let (wanted, found) = (&expected.passwords, &found.passwords);
        differences.push(format!("passwords that are let in: {found:?} instead of {wanted:?}"));
    }
    let routes: std::collections::BTreeSet<&String> =
        expected.changes.keys().chain(found.changes.keys()).collect();
    for route in routes {
        let count = |changes: &BTreeMap<String, u64>| changes.get(route).copied().unwrap_or(0);
        let (wanted, sent) = (count(&expected.changes), count(&found.changes));
        // A password that was shown to a run that died is lost: another one is asked for, once.
        let reset = route.ends_with("/reinitialisation") && sent == wanted + 1;
        if sent != wanted && !reset && !is_network {
            differences.push(format!("{route}: {sent} times instead of {wanted}"));
        }
    }
    differences
}

/// The lines in which two values differ.
fn lines(wanted: &Value, found: &Value) -> String {
    let [wanted, found] = [wanted, found].map(|value| format!("{value:#}"));
    let differ = similar::TextDiff::from_lines(&wanted, &found);
    differ.unified_diff().context_radius(1).to_string()
}

/// Runs cases on both cores, and tells what differs.
fn run(stage: &Stage, expected: &Ended, cases: &[(Disturbance, String)]) -> Vec<String> {
    let next = Mutex::new(cases.iter());
    let faults = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let Some((disturbance, name)) = next.lock().unwrap().next() else { break };
                    let told = match stage.run(Some(*disturbance)) {
                        Ok(found) => differences(*disturbance, expected, &found),
                        Err(fault) => vec![fault],
                    };
                    let told = told.into_iter().map(|fault| format!("{name}: {fault}"));
                    faults.lock().unwrap().extend(told);
                }
            });
        }
    });
    faults.into_inner().unwrap()
}

/// Runs the cases of a stage, prints how many there are, and fails with all that differs.
fn matrix(name: &str, stage: &Stage, expected: &Ended, cases: &[(Disturbance, String)]) {
    let count = |is: fn(&Disturbance) -> bool| cases.iter().filter(|(case, _)| is(case)).count();
    #[cfg(unix)]
    let runners = count(|case| matches!(case, Disturbance::Runner(_)));
    #[cfg(not(unix))]
    let runners = 0;
    println!(
        "{name}: {} stops, {runners} of a runner among two, {} failures of the disk, {} faults of the network, {} runs",
        count(|case| matches!(case, Disturbance::Crash(_))),
        count(|case| matches!(case, Disturbance::Failure(_))),
        count(|case| matches!(case, Disturbance::Network { .. })),
        2 * cases.len() + 1
    );
    let faults = run(stage, expected, cases);
    assert!(faults.is_empty(), "{name}: {} faults\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_kind_of_change_survives_every_moment() {
    for scenario in scenarios() {
        let stage = Stage::set(&scenario);
        let expected = stage.run(None).unwrap();
        let cases = cases(&moments(&expected.log));
        assert!(cases.len() > 20, "{}: {} cases", scenario.name, cases.len());
        if scenario.name == "first apply" {
            let login = "TECH_1_99991001100017@cpro.fr".to_owned();
            assert_eq!(expected.passwords, BTreeMap::from([(login, true)]));
        }
        matrix(scenario.name, &stage, &expected, &cases);
    }
}

#[test]
#[cfg(unix)]
fn every_kind_of_change_survives_the_end_of_a_runner_that_shares_it() {
    let mut dice = Dice::cast("runner");
    for scenario in scenarios() {
        let stage = Stage::set(&scenario);
        let expected = stage.run(None).unwrap();
        let alone = stage.run(Some(Disturbance::Runner(None))).unwrap();
        let differ = differences(Disturbance::Runner(None), &expected, &alone);
        assert!(differ.is_empty(), "{}: {}", scenario.name, differ.join("\n"));
        let moments = moments(&alone.log);
        let case = |at: &Moment| {
            (
                Disturbance::Runner(Some(at.number)),
                format!("runner ends at {}, {}", at.number, at.name),
            )
        };
        let mut all: Vec<_> = moments.iter().map(case).collect();
        let cases: Vec<_> = (0..(wanted() / 12).min(all.len()))
            .map(|_| all.swap_remove(dice.below(all.len())))
            .collect();
        matrix(scenario.name, &stage, &expected, &cases);
    }
}

#[test]
fn every_kind_of_change_survives_the_network() {
    let mut dice = Dice::cast("network");
    for scenario in scenarios() {
        let stage = Stage::set(&scenario);
        let expected = stage.run(None).unwrap();
        let network = |(name, fault), after: usize, times: u64| {
            let after = u64::try_from(after).unwrap();
            let case = Disturbance::Network { after, times, fault };
            (case, format!("{name}, {times} times after {after} requests"))
        };
        // Each change may meet each fault, and any request three in a row; of both, some cases are picked.
        let changes = (0..expected.requests.len()).filter(|at| expected.requests[*at]);
        let mut all: Vec<_> =
            changes.flat_map(|at| NETWORK.map(|fault| network(fault, at, 1))).collect();
        let mut cases: Vec<_> = (0..(wanted() / 3).min(all.len()))
            .map(|_| all.swap_remove(dice.below(all.len())))
            .collect();
        cases.extend((0..wanted() / 12).map(|_| {
            let fault = NETWORK[dice.below(NETWORK.len())];
            network(
                fault,
                dice.below(expected.requests.len()),
                u64::try_from(1 + dice.below(3)).unwrap(),
            )
        }));
        matrix(scenario.name, &stage, &expected, &cases);
    }
}

#[test]
fn a_large_project_survives_moments_picked_at_random() {
    let mut dice = Dice::cast("metropole");
    let stage = Stage::of_example("metropole");
    let expected = stage.run(None).unwrap();
    let mut all = cases(&moments(&expected.log));
    let picked: Vec<_> =
        (0..wanted().min(all.len())).map(|_| all.swap_remove(dice.below(all.len()))).collect();
    matrix("metropole", &stage, &expected, &picked);
}
