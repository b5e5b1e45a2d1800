//! Secrets in the text of a file, which must not be shown with what is wrong beside them.

use crate::config::rule;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::FileId;
use crate::diagnostic::Place;
use crate::diagnostic::Sources;
use crate::diagnostic::Span;
use crate::language::message;

/// Keys whose values are references to secrets.
const KEYS: [&str; 4] = ["client_id", "client_secret", "account", "password"];

/// Finds private keys that stand in the text of a file, also in its comments, and has them hidden.
pub(crate) fn private_keys(
    file: FileId,
    sources: &Sources,
    diagnostics: &mut Vec<Diagnostic>,
    secrets: &mut Vec<Place>,
) {
    let text = sources.get(file).map_or("", |source| source.text.as_str());
    if !text.contains("PRIVATE KEY-----") {
        return;
    }
    let begins = |line: &str| line.contains("-----BEGIN ") && line.contains("PRIVATE KEY-----");
    let mut lines = (1_u32..).zip(text.lines());
    while let Some((line, content)) = lines.next() {
        if !begins(content) {
            continue;
        }
        let before = content.split("-----BEGIN ").next().unwrap_or_default();
        let column = u32::try_from(before.chars().count()).unwrap_or(u32::MAX).saturating_add(1);
        let last = if content.contains("-----END ") {
            Some((line, content))
        } else {
            lines.by_ref().find(|(_, content)| content.contains("-----END "))
        };
        // Without an end, everything after the beginning may be the key.
        let (end_line, end) = last.map_or((u32::MAX, ""), |(line, content)| (line, content));
        let end_column = u32::try_from(end.chars().count()).unwrap_or(u32::MAX).saturating_add(1);
        secrets.push(Place {
            file,
            span: Span { line, column, end_line, end_column },
            template: None,
        });
        let mark = Span { line, column, end_line: line, end_column: column.saturating_add(10) };
        diagnostics.push(
            Diagnostic::of(rule::PRIVATE_KEY, message!("found a private key in the file, expected none"))
                .at(Place { file, span: mark, template: None })
                .help(message!("remove it from the file and its history, and change the key if the file was ever shared")),
        );
    }
}

/// Hides what may be a secret in a text that is not YAML: no reader can tell there what a reference is.
pub(crate) fn hide_unread(file: FileId, sources: &Sources, secrets: &mut Vec<Place>) {
    let text = sources.get(file).map_or("", |source| source.text.as_str());
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).saturating_add(1);
    for (line, content) in (1_u32..).zip(text.lines()) {
        let values = KEYS.iter().filter_map(|key| {
            let (before, after) = content.split_once(key)?;
            let after = after.trim_start_matches(['"', '\'', ' ']).strip_prefix([':', '='])?;
            let value = after.trim_start();
            // A reference in braces names the secret only.
            (!value.is_empty() && !value.starts_with('{') && !before.trim_start().starts_with('#'))
                .then(|| content.len() - value.len())
        });
        if let Some(start) = values.min() {
            let (column, end_column) =
                (number(content[..start].chars().count()), number(content.chars().count()));
            let span = Span { line, column, end_line: line, end_column };
            secrets.push(Place { file, span, template: None });
        }
    }
}
