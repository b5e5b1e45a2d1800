//! `raccord certificates`, from the outside, with files of the test PKI.

mod bundle;
mod calendar;
mod inspect;

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::support::Ran;
use crate::support::Sandbox;
use crate::support::pki::Pki;

/// A sandbox with files of the test PKI: a name and its words, and the authorities `root.pem` and `issuing.pem`.
fn sandbox(files: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::new();
    for name in ["root", "issuing"] {
        let pem = Pki::shared().authority(name).unwrap();
        std::fs::write(sandbox.path(&format!("{name}.pem")), pem).unwrap();
    }
    for (name, words) in files {
        write(&sandbox, name, words);
    }
    sandbox
}

/// Writes one file of the test PKI.
fn write(sandbox: &Sandbox, name: &str, words: &str) {
    std::fs::write(sandbox.path(name), Pki::shared().file(words).unwrap()).unwrap();
}

/// Runs a command of the group.
fn certificates(sandbox: &Sandbox, words: &[&str]) -> Ran {
    sandbox.run(&[&["certificates"], words].concat())
}

/// Holds a result against its schema.
fn assert_valid(schema: &str, value: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(schema);
    let schema = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Fails when a run shows a part of a secret: any line of its text, or any stretch of its bytes in base64 or digits.
fn assert_silent(ran: &Ran, secret: &[u8]) {
    let shown = format!("{}{}", ran.stdout, ran.stderr);
    let text = String::from_utf8_lossy(secret);
    let lines = text.lines().filter(|line| !line.contains("-----") && line.len() >= 16);
    let mut parts: Vec<String> = lines.map(str::to_owned).collect();
    for stretch in secret.chunks_exact(12) {
        parts.push(STANDARD.encode(stretch));
        let digits: Vec<String> = stretch.iter().map(|byte| format!("{byte:02x}")).collect();
        parts.push(digits.concat());
    }
    assert!(parts.len() > 10, "a secret of {} bytes", secret.len());
    for part in parts {
        assert!(!shown.contains(&part), "`{part}` is shown: {ran:?}");
    }
}

/// Digits that differ from one run to the next become `…`.
fn without_fingerprints(text: &str) -> String {
    let is_fingerprint = |word: &str| {
        (word.len() == 12 || word.len() == 64) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let lines = text.lines().map(|line| {
        let words = line.split(' ').map(|word| match word.trim_end_matches(',') {
            digits if is_fingerprint(digits) => word.replace(digits, "…"),
            _ => word.to_owned(),
        });
        words.collect::<Vec<_>>().join(" ")
    });
    lines.collect::<Vec<_>>().join("\n")
}
