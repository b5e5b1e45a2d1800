//! How long the readers take, alone: no file, no network, no process.
//!
//! `cargo bench --bench pure --features fuzzing`. Each of them reads many at once, so that a cost that is not linear shows between
//! the two sizes.

use std::fmt::Write as _;

use divan::Bencher;
use divan::counter::ItemsCount;
use raccord::fuzzing;

const SIZES: [usize; 2] = [1_000, 10_000];

fn main() {
    divan::main();
}

/// Entities of one file, read as YAML, laid over each other and laid out.
#[divan::bench(args = SIZES)]
fn yaml(bencher: Bencher<'_, '_>, count: usize) {
    let mut text = String::new();
    for number in 0..count {
        write!(
            text,
            "---\nentity: town-{number}\nstructure: {{ siret: \"99990000000010\", name: \"TOWN {number}\" }}\n\
             technical_accounts:\n  main: {{ contact_email: town@ville.example }}\n"
        )
        .ok();
    }
    bencher.counter(ItemsCount::new(count)).bench(|| fuzzing::yaml(text.as_bytes()));
}

/// Lines of a ledger, read twice and compared.
#[divan::bench(args = SIZES)]
fn ledger(bencher: Bencher<'_, '_>, count: usize) {
    let mut text = String::new();
    for number in 0..count {
        writeln!(
            text,
            r#"{{"v":1,"id":"01a20f4a-bbb1-7387-9b88-{number:012x}","at":"2026-11-24T20:41:25.{number:09}Z","run":"01a20f4a-993b-7531-be9e-966d4b685ecd","event":"forgotten","address":"town-{number}/api/main"}}"#
        )
        .ok();
    }
    bencher.counter(ItemsCount::new(count)).bench(|| fuzzing::ledger(text.as_bytes()));
}
