//! How long `raccord` takes with a ledger of 200,000 events.
//!
//! `cargo bench --bench history`; a number after `--` asks for another count.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark tells what it found, or stops"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;
use std::time::Instant;

/// How many events, unless another number is asked for.
const EVENTS: usize = 200_000;

/// How many of them a run writes.
const OF_A_RUN: usize = 402;

/// How often each command runs.
const RUNS: usize = 3;

fn main() {
    let asked = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let count: usize = asked.unwrap_or(EVENTS);
    let folder = tempfile::tempdir().unwrap();
    assert!(raccord(folder.path(), &["init", "."]).status().unwrap().success());
    let ledger = folder.path().join(".raccord/ledger");
    std::fs::create_dir_all(&ledger).unwrap();
    let text = log(count);
    std::fs::write(ledger.join("simulator.jsonl"), &text).unwrap();
    println!("{} events, {} MB", text.lines().count(), text.len() / 1_000_000);
    for arguments in [
        &["history", "--limit", "1"][..],
        &["history", "--address", "town/edi/s7"],
        &["history", "--format", "json"],
        &["ledger", "compact", "--dry-run"],
    ] {
        for _ in 0..RUNS {
            let began = Instant::now();
            let status = raccord(folder.path(), arguments).status().unwrap();
            assert!(status.success());
            println!("{}: {:.2} s", arguments.join(" "), began.elapsed().as_secs_f32());
        }
    }
}

fn raccord(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_raccord"));
    command.args(arguments).current_dir(folder).stdout(Stdio::null());
    command
}

/// A log as runs write it: the first five runs create 200 sheets each, each later one updates 200 of them.
fn log(count: usize) -> String {
    let mut text = String::new();
    for number in 0..count {
        let (run, place) = (number / OF_A_RUN, number % OF_A_RUN);
        let sheet = (place - usize::from(place > 0)) / 2 + run % 5 * OF_A_RUN / 2;
        let (id, first) = (format!("EDI-{sheet:06}"), run < 5);
        let does = if first { "create" } else { "update" };
        let making = format!(
            r#"{{"structure":"12345678200010","exchange_system":"PA-CPRO","name":"Town {sheet}","declared_name":"Town {sheet}","generation":1,"overlap_days":0}}"#
        );
        let head = format!(r#""address":"town/edi/s{sheet}","step":"town/edi/s{sheet}#1-{does}""#);
        let what = match (place, place % 2) {
            (0, _) => r#""event":"run_started","environment":"simulator","by":"camille@atelier","version":"0.1.0","plan":"3b1fc4d2a9""#.to_owned(),
            (401, _) => r#""event":"run_ended","done":200,"failed":0,"waiting":0"#.to_owned(),
            (_, 1) if first => format!(r#""event":"intended",{head},"does":"create","target":null,"making":{making}"#),
            (_, 1) => format!(r#""event":"intended",{head},"does":"update","target":"{id}","making":null"#),
            _ if first => format!(r#""event":"succeeded",{head},"effect":{{"did":"created","target":"{id}","code":"AAA001","making":{making}}}"#),
            _ => format!(r#""event":"succeeded",{head},"effect":{{"did":"changed","target":"{id}"}}"#),
        };
        let (day, second) = (number / 86_400 + 1, number % 86_400);
        writeln!(
            text,
            r#"{{"v":1,"id":"01935f3e-{number:08x}-7000-8000-000000000000","at":"2026-01-{day:02}T{:02}:{:02}:{:02}Z","run":"01935f3e-0000-7000-8000-{run:012x}",{what}}}"#,
            second / 3_600,
            second / 60 % 60,
            second % 60,
        )
        .unwrap();
    }
    text
}
