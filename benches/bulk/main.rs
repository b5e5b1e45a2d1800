//! How long `raccord` takes for thousands of structures, side by side with a program that does the least that can be done.
//!
//! `cargo bench --bench bulk` measures everything; a word after `--` measures one thing (`validate`, `instructions`, `plan`,
//! `apply`, `directory`, `odd`), and `--rows N` takes another number of rows. `RACCORD_ROWS` may name a table with the columns `siret` and
//! `raison_sociale`; without it, SIRETs are made up. `-- generate DIR N` only writes a project.
//!
//! `docs/benchmarks.md` has the figures and what they mean.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a benchmark tells what it found, or stops"
)]

mod floor;
mod measure;
#[path = "../../tests/it/support/siret.rs"]
mod siret;
mod stage;
mod towns;

use std::path::Path;

use crate::measure::Cost;
use crate::measure::raccord;
use crate::stage::Stage;
use crate::towns::Row;
use crate::towns::Town;
use crate::towns::towns;

/// The delay of each answer.
const LATENCY_MS: u64 = 20;

/// How many sheets a plan compares and how many things an apply makes, unless asked otherwise.
const SHEETS: usize = 10_000;

/// How many structures are looked for, and how many alike are shown.
const MANY: usize = 20_000;

/// How many steps are compared at each end of an apply.
const END: usize = 1_000;

/// How often a short command runs. The median counts.
const RUNS: usize = 3;

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["floor", "plan", folder] => floor::plan(Path::new(folder)),
        ["floor", "apply", folder, at_once] => {
            floor::apply(Path::new(folder), at_once.parse().unwrap());
        }
        ["generate", folder, count] => {
            let towns = towns(Some(count.parse().unwrap()));
            towns::write(Path::new(folder), &towns, Row::AccountAndSheet, "");
            std::fs::write(Path::new(folder).join("seed.json"), towns::seed(&towns)).unwrap();
        }
        _ => all(&words),
    }
}

fn all(words: &[&str]) {
    let rows = words.iter().position(|word| *word == "--rows").map(|at| {
        words.get(at + 1).and_then(|count| count.parse().ok()).expect("`--rows` takes a number")
    });
    let chosen = words.first().filter(|word| **word != "--rows");
    let wants = |name: &str| chosen.is_none_or(|chosen| *chosen == name);
    let processors = std::thread::available_parallelism().unwrap();
    println!("{processors} processors; the median of {RUNS} runs where a run is short\n");
    if wants("validate") {
        validate(rows);
    }
    if wants("instructions") {
        instructions();
    }
    if wants("plan") {
        plan(rows.unwrap_or(SHEETS));
    }
    if wants("apply") {
        apply(rows.unwrap_or(SHEETS));
    }
    if wants("directory") {
        directory(rows.unwrap_or(MANY));
    }
    if wants("odd") {
        odd(rows.unwrap_or(MANY));
    }
}

/// All rows, two resources each; then twice as many.
fn validate(rows: Option<usize>) {
    let once = towns(rows);
    let twice = towns(Some(once.len() * 2));
    let mut costs = Vec::new();
    for towns in [&once, &twice] {
        let folder = tempfile::tempdir().unwrap();
        towns::write(folder.path(), towns, Row::AccountAndSheet, "");
        let cost = Cost::median(RUNS, || raccord(folder.path(), &["validate"]));
        println!("validate, {} rows with two resources each: {cost}", towns.len());
        costs.push(cost);
    }
    println!("  twice the rows take {:.2} times the time\n", costs[1].seconds / costs[0].seconds);
}

/// The same without a clock: how many instructions a thousand rows take, and two thousand.
fn instructions() {
    let counts = [1, 2].map(|times| {
        let folder = tempfile::tempdir().unwrap();
        towns::write(folder.path(), &towns(Some(END * times)), Row::AccountAndSheet, "");
        measure::instructions(folder.path(), &["validate"])
    });
    let [Some(once), Some(twice)] = counts else {
        println!("instructions: skipped, valgrind is not installed\n");
        return;
    };
    println!(
        "validate, {END} rows: {} million instructions; twice the rows take {:.2} times as many\n",
        once / 1_000_000,
        ratio(twice, once)
    );
}

#[expect(clippy::cast_precision_loss, reason = "a ratio of two decimals")]
fn ratio(a: u64, b: u64) -> f64 {
    a as f64 / b as f64
}

/// Sheets that are as declared.
fn plan(rows: usize) {
    let stage = Stage::new(&towns(Some(rows)), Row::AccountAndSheet);
    let made = raccord(&stage.project(), &["apply", "--auto-approve", "--parallelism", "64"]);
    println!("plan: {rows} sheets and accounts were made in {:.1} s", made.seconds);
    let engine = Cost::median(RUNS, || raccord(&stage.project(), &["plan"]));
    println!("plan, nothing to do, without any delay: {engine}");
    stage.slow_down(LATENCY_MS);
    let ours = Cost::median(RUNS, || raccord(&stage.project(), &["plan", "--detailed-exitcode"]));
    println!("plan, nothing to do, {rows} API sheets and {rows} accounts: {ours}");
    let requests = stage.requests();
    let least = Cost::median(RUNS, || measure::floor(&["plan", stage.project().to_str().unwrap()]));
    println!("  floor (pages of {}, {} at once): {least}", floor::PAGE, floor::AT_ONCE);
    println!("  {:.2} times the floor; {requests}\n", ours.seconds / least.seconds);
}

/// Creations: a sheet for each row.
fn apply(rows: usize) {
    let towns = towns(Some(rows));
    for at_once in ["8", "32"] {
        let stage = Stage::new(&towns, Row::Sheet);
        stage.slow_down(LATENCY_MS);
        let project = stage.project();
        let ours = raccord(&project, &["apply", "--auto-approve", "--parallelism", at_once]);
        println!("apply, {rows} creations, {at_once} at once: {ours}");
        let requests = stage.requests();
        let seconds = stage::ends_of(&project, END);
        drop(stage);
        let stage = Stage::new(&towns, Row::Sheet);
        stage.slow_down(LATENCY_MS);
        let least = measure::floor(&["apply", stage.project().to_str().unwrap(), at_once]);
        println!("  floor: {least}");
        println!("  {:.2} times the floor; {requests}", ours.seconds / least.seconds);
        let (first, last) = seconds;
        println!(
            "  the first {END} done steps took {first:.2} s, the last {last:.2} s: {:.2} times\n",
            last / first
        );
    }
}

/// Structures that the account is not attached to: each would be a request.
fn directory(rows: usize) {
    let stage = Stage::new(&towns(Some(rows)), Row::AccountAndSheet);
    stage.detach();
    stage.slow_down(LATENCY_MS);
    stage.forget_requests();
    let cost = raccord(&stage.project(), &["plan"]);
    println!("plan, {rows} structures that are not attached: {cost}");
    println!("  {}\n", stage.requests());
}

/// Creations that are alike, and seven that are not.
fn odd(rows: usize) {
    let towns: Vec<Town> = towns(Some(rows));
    let stage = Stage::new(&towns, Row::AccountAndSheet);
    stage.make_odd(&towns[..7]);
    let (cost, text) = measure::shown(&stage.project(), &["plan"]);
    println!("plan, {rows} rows to create and 7 odd ones: {cost}, {} lines", text.lines().count());
    println!("{text}");
}
