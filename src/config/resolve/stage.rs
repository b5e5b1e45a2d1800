//! What only shows when the environments are looked at side by side: one certificate for qualification and production.

use std::collections::BTreeMap;

use crate::certificate;
use crate::config::origin::Origin;
use crate::config::resolve::Resolver;
use crate::config::rule;
use crate::config::yaml::Content;
use crate::config::yaml::Node;
use crate::config::yaml::merge;
use crate::config::yaml::node::Key;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Span;
use crate::domain::environment::Stage;
use crate::domain::value::Fingerprint;
use crate::language::message;

impl Resolver<'_> {
    /// Says which certificates an entity uses both in qualification and in production, whichever
    /// environment is resolved for (`docs/sources.md` 3: two different certificates).
    pub(crate) fn across_stages(
        &mut self,
        base: &Node,
        overrides: &[(Key, Node)],
        origin: Origin<'_>,
    ) {
        // Most entities have no certificate at all.
        if base.get("edi_connections").is_none() {
            return;
        }
        let mut seen: BTreeMap<Fingerprint, (Stage, Span)> = BTreeMap::new();
        let mut told: Vec<Span> = Vec::new();
        for (environment, stage) in self.stages.clone() {
            let mut node = base.clone();
            if let Some((_, patch)) = overrides.iter().find(|(key, _)| key.text == environment) {
                merge(&mut node, patch.clone());
            }
            for (path, span) in certificates_in_use(&node) {
                let Some(fingerprint) = self.fingerprint_of(&path) else { continue };
                let (first_stage, first) = *seen.entry(fingerprint).or_insert((stage, span));
                if first_stage == stage || told.contains(&span) {
                    continue;
                }
                told.push(span);
                let message = message!(
                    "certificate `{path}` is declared for {first_stage} and for {stage}",
                    path,
                    first_stage,
                    stage
                );
                let rule = rule::CERTIFICATE_ACROSS_STAGES;
                let mut diagnostic = Diagnostic::new(rule, rule.severity_in(self.stage), message)
                    .at(origin.place(span))
                    .help(message!(
                        "order a certificate for qualification, and name it under `overrides`"
                    ));
                if first != span {
                    diagnostic = diagnostic
                        .related(Some(origin.place(first)), message!("first declared here"));
                }
                self.diagnostics.push(diagnostic);
            }
        }
    }

    /// The leaf of a certificate file; nothing when it cannot be read, which is told where it is used. A file that
    /// only another environment needs is no part of the project's fingerprint.
    fn fingerprint_of(&mut self, path: &str) -> Option<Fingerprint> {
        if let Some(known) = self.certificates.get(path) {
            return known.as_ref().map(|certificate| certificate.fingerprint.clone());
        }
        let bytes = self.files.peek(path).ok()?;
        let file = certificate::read(path, &bytes, &self.knowledge).ok()?;
        file.leaf().map(|leaf| leaf.fingerprint.clone())
    }
}

/// The paths of the certificates that connections hold, and where each is written.
fn certificates_in_use(node: &Node) -> Vec<(String, Span)> {
    let connections = node.get("edi_connections").into_iter().flat_map(values);
    let keys = connections
        .filter_map(|connection| connection.get("certificates"))
        .flat_map(values)
        .filter_map(text);
    keys.filter_map(|key| {
        let written = node.get("certificates")?.get(key)?;
        Some((text(written)?.to_owned(), written.span))
    })
    .collect()
}

fn values(node: &Node) -> impl Iterator<Item = &Node> {
    let entries = match &node.content {
        Content::Mapping(entries) => entries.as_slice(),
        Content::Scalar { .. } | Content::Sequence(_) => &[],
    };
    entries.iter().map(|(_, value)| value)
}

fn text(node: &Node) -> Option<&str> {
    match &node.content {
        Content::Scalar { text, .. } if !node.is_null() => Some(text),
        Content::Scalar { .. } | Content::Sequence(_) | Content::Mapping(_) => None,
    }
}
