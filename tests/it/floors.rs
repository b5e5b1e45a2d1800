//! The floors of the house: no module reaches up, and the pure ones stay pure.

use std::path::Path;

use crate::support::sources;

/// From the ground up. A module uses only lower floors, but for the few ways in [`ALLOWED`].
const FLOORS: &[&[&str]] = &[
    &["language"],
    &["domain", "diagnostic", "crash"],
    &["config", "certificate", "catalogue", "simulator"],
    &["validate", "plan", "confirm"],
    &["import"],
    &["remote", "ledger"],
    &["apply"],
    &["render"],
    &["cli"],
];

/// Neighbours that may be used: user, used.
const ALLOWED: &[(&str, &str)] =
    &[("config", "certificate"), ("config", "catalogue"), ("diagnostic", "domain")];

/// Modules that read no clock, no environment and no network, and are not `async`.
const PURE: &[&str] = &[
    "language",
    "domain",
    "diagnostic",
    "certificate",
    "catalogue",
    "validate",
    "plan",
    "confirm",
    "import",
    "render",
];

fn module(name: &str) -> Vec<(String, String)> {
    let found = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(name));
    assert!(!found.is_empty(), "no module `{name}`");
    found
}

/// Whether a text names `crate::used` as a whole word.
fn names(text: &str, used: &str) -> bool {
    text.match_indices(&format!("crate::{used}")).any(|(at, found)| {
        !text[at + found.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
    })
}

#[test]
fn no_module_uses_its_own_floor_or_a_higher_one() {
    let mut offences = Vec::new();
    for (floor, modules) in FLOORS.iter().enumerate() {
        for user in *modules {
            for (path, text) in module(user) {
                for used in FLOORS[floor..].iter().flat_map(|modules| modules.iter()) {
                    if used != user && !ALLOWED.contains(&(user, used)) && names(&text, used) {
                        offences.push(format!("{path} uses `{used}`"));
                    }
                }
            }
        }
    }
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

#[test]
fn the_simulator_stands_apart() {
    let mut offences = Vec::new();
    for (path, text) in module("simulator") {
        for used in FLOORS.iter().flat_map(|modules| modules.iter()) {
            if *used != "simulator" && names(&text, used) {
                offences.push(format!("{path} uses `{used}`"));
            }
        }
    }
    for user in FLOORS.iter().flat_map(|modules| modules.iter()) {
        if *user == "simulator" || *user == "cli" {
            continue;
        }
        for (path, text) in module(user) {
            // Tests may hold their module against the simulator.
            if !path.contains("/tests")
                && !path.ends_with("/testing.rs")
                && names(&text, "simulator")
            {
                offences.push(format!("{path} uses the simulator"));
            }
        }
    }
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

#[test]
fn every_module_has_its_floor() {
    let source =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    // What only tests see stands above all floors.
    let source = source.replace("#[cfg(test)]\nmod ", "test ");
    for line in source.lines().filter_map(|line| line.strip_prefix("mod ")) {
        let name = line.trim_end_matches(';');
        assert!(FLOORS.iter().any(|modules| modules.contains(&name)), "`{name}` has no floor");
    }
}

#[test]
fn the_pure_floors_are_pure() {
    let mut offences = Vec::new();
    for name in PURE {
        for (path, text) in module(name) {
            let before_tests = text.split("#[cfg(test)]").next().unwrap_or_default();
            for word in [
                "async fn",
                ".await",
                "std::env",
                "SystemTime",
                "Timestamp::now",
                "std::net",
                "reqwest",
            ] {
                // These read addresses, and reach nobody.
                let reads =
                    ["domain/value.rs", "domain/postgres_url.rs", "certificate/extensions.rs"];
                let allowed = word == "std::net" && reads.iter().any(|file| path.ends_with(file));
                if before_tests.contains(word) && !allowed && !path.contains("/tests") {
                    offences.push(format!("{path} names `{word}`"));
                }
            }
        }
    }
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

#[test]
fn imports_can_be_read_at_the_top_of_every_file() {
    let mut offences = Vec::new();
    for (path, text) in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        for word in ["use crate::{", "super::super"] {
            if text.contains(word) && !path.contains("/tests/") {
                offences.push(format!("{path} has `{word}`"));
            }
        }
    }
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}
