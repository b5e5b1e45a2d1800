//! How long `raccord certificates inspect` takes for 10,000 files, each with its own leaf and its whole chain.
//!
//! `cargo bench --bench inspect`; a number after `--` asks for another count.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark tells what it found, or stops"
)]

#[expect(dead_code, unused_imports, reason = "the test PKI serves the tests, and more of it there")]
#[path = "../tests/it/support/pki/mod.rs"]
mod pki;

use std::process::Command;
use std::process::Stdio;
use std::time::Instant;

use crate::pki::Pki;

/// How many files, unless another number is asked for.
const FILES: usize = 10_000;

/// How often they are inspected.
const RUNS: usize = 3;

fn main() {
    let asked = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let count: usize = asked.unwrap_or(FILES);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("root.pem"), Pki::shared().authority("root").unwrap())
        .unwrap();
    let names: Vec<String> = (0..count).map(|number| format!("{number}.p7b")).collect();
    for (number, name) in names.iter().enumerate() {
        // One key for all: making keys is not what is measured.
        let words = format!("name={number} same-key=bench cn=s{number}.ville.example");
        std::fs::write(folder.path().join(name), Pki::shared().file(&words).unwrap()).unwrap();
    }
    let processors = std::thread::available_parallelism().unwrap();
    println!("{count} files, {processors} processors");
    for form in ["human", "json"] {
        for _ in 0..RUNS {
            let began = Instant::now();
            let status = Command::new(env!("CARGO_BIN_EXE_raccord"))
                .args(["certificates", "inspect", "--protocol", "sftp", "--authority", "root.pem"])
                .args(["--as-of", "2026-12-01", "--format", form])
                .args(&names)
                .current_dir(folder.path())
                .stdout(Stdio::null())
                .status()
                .unwrap();
            assert!(status.success(), "every file is accepted");
            println!("{form}: {:.2} s", began.elapsed().as_secs_f32());
        }
    }
}
