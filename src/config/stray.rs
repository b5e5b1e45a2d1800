//! Private keys in files that nothing in the project names.

use std::collections::BTreeSet;

use crate::certificate;
use crate::config::files::Files;
use crate::config::rule;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Place;
use crate::diagnostic::Sources;
use crate::diagnostic::Span;
use crate::language::message;

/// The largest file that is looked at, in bytes: keys have a few thousand.
const BYTES: u64 = 100_000;

/// Tells private keys in the files of a project, except in those `told` already. Nothing of them is kept or shown.
pub(crate) fn stray_keys(
    files: &Files,
    told: &BTreeSet<String>,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for path in files.small(BYTES) {
        if told.contains(&path) {
            continue;
        }
        let Some(line) = files.peek(&path).ok().and_then(|bytes| key_line(&bytes)) else {
            continue;
        };
        let message = message!("`{path}` holds a private key, and nothing names it", path);
        let span = Span { line, column: 1, end_line: line, end_column: 1 };
        // The text stays out of the sources: no message can show it.
        let file = sources.add(&path, String::new());
        diagnostics.push(
            Diagnostic::of(rule::STRAY_PRIVATE_KEY, message)
                .at(Place { file, span, template: None })
                .help(message!("move it out of the project; when it was committed, remove it from the history and change the key")),
        );
    }
}

/// The line, from 1, on which a private key begins; a mere mention of one is none.
fn key_line(bytes: &[u8]) -> Option<u32> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return certificate::holds_key(bytes).then_some(1);
    };
    let mut lines = (1_u32..).zip(text.lines().map(str::trim)).peekable();
    while let Some((number, line)) = lines.next() {
        let after = line
            .strip_prefix("-----BEGIN ")
            .and_then(|rest| rest.split_once("PRIVATE KEY-----"))
            .map(|(_, after)| after);
        let goes_on = after.is_some_and(|after| {
            after.contains("-----END ")
                || (after.is_empty() && lines.peek().is_some_and(|(_, next)| is_content(next)))
        });
        if goes_on || line.starts_with("PuTTY-User-Key-File-") {
            return Some(number);
        }
    }
    None
}

/// Whether a line can follow the first one of a key.
fn is_content(line: &str) -> bool {
    let base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    line.starts_with("Proc-Type:")
        || line.starts_with("Version:")
        || (line.len() >= 12 && line.chars().all(base64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_and_a_mention_is_none() {
        let begin = |label: &str| format!("-----BEGIN {label}-----\nbm90IGEga2V5IGF0IGFsbA==\n");
        assert_eq!(key_line(begin("PRIVATE KEY").as_bytes()), Some(1));
        let joined = begin("PRIVATE KEY").replace('\n', "") + "-----END PRIVATE KEY-----";
        assert_eq!(key_line(joined.as_bytes()), Some(1));
        let later = format!("# mine\r\n  {}", begin("RSA PRIVATE KEY").replace('\n', "\r\n"));
        assert_eq!(key_line(later.as_bytes()), Some(2));
        for text in [
            begin("CERTIFICATE"),
            begin("PUBLIC KEY"),
            "remove `-----BEGIN PRIVATE KEY-----`\nand what follows".to_owned(),
            "-----BEGIN PRIVATE KEY-----\n\n".to_owned(),
            String::new(),
        ] {
            assert_eq!(key_line(text.as_bytes()), None, "{text}");
        }
        assert_eq!(key_line(&[0x30, 0x82, 0xff, 0xff, 0x00]), None);
    }

    #[test]
    fn a_key_in_binary_form_is_found() {
        let key = openssl::rsa::Rsa::generate(2048).unwrap();
        assert_eq!(key_line(&key.private_key_to_der().unwrap()), Some(1));
        assert_eq!(key_line(&key.public_key_to_der().unwrap()), None);
        let key = openssl::pkey::PKey::from_rsa(key).unwrap();
        assert_eq!(key_line(&key.private_key_to_pkcs8().unwrap()), Some(1));
        let store = openssl::pkcs12::Pkcs12::builder().pkey(&key).build2("secret").unwrap();
        assert_eq!(key_line(&store.to_der().unwrap()), Some(1));
    }
}
