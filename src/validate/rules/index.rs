//! X01 and X02 across projects: what the index that they share says of certificates and keys.

use std::collections::BTreeMap;

use crate::config::SharedIndex;
use crate::config::index::IndexLine;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::rule::CERTIFICATE_KEY_SHARED;
use crate::diagnostic::rule::CERTIFICATE_SHARED;
use crate::domain::value::Fingerprint;
use crate::language::message;
use crate::validate::Input;

/// Every certificate in use, and its key, are of no other project.
pub(crate) fn check(input: &Input<'_>, found: &mut Vec<Diagnostic>) {
    let Some(index) = input.index else { return };
    let Some((file, lines)) = &index.content else { return };
    let mut certificates: BTreeMap<&Fingerprint, &(u32, IndexLine)> = BTreeMap::new();
    let mut keys: BTreeMap<&Fingerprint, &(u32, IndexLine)> = BTreeMap::new();
    for entry in lines.iter().filter(|(_, line)| line.project != index.project) {
        certificates.entry(&entry.1.sha256).or_insert(entry);
        keys.entry(&entry.1.key_sha256).or_insert(entry);
    }
    let own_keys = input.desired.keys();
    for (address, edi) in &input.desired.edi {
        for (slot, used) in &edi.sheet.settings.certificates {
            let key = own_keys.get(&used.fingerprint).and_then(|key| keys.get(*key));
            let (rule, entry) = match (certificates.get(&used.fingerprint), key) {
                (Some(entry), _) => (CERTIFICATE_SHARED, *entry),
                (None, Some(entry)) => (CERTIFICATE_KEY_SHARED, *entry),
                (None, None) => continue,
            };
            let (line, IndexLine { project, environment, .. }) = entry;
            let (name, short) = (&used.key, used.fingerprint.short());
            let message = if rule == CERTIFICATE_SHARED {
                message!(
                    "certificate `{name}` ({short}…) is used by project `{project}`, in `{environment}`",
                    name,
                    short,
                    project,
                    environment
                )
            } else {
                message!(
                    "certificate `{name}` ({short}…) has a key that is used by project `{project}`, in `{environment}`",
                    name,
                    short,
                    project,
                    environment
                )
            };
            let help = message!(
                "order a certificate with a key of its own; if `{project}` uses it no more, run `raccord certificates index` there",
                project
            );
            let place = SharedIndex::place(*file, *line);
            found.push(input.found(rule, address, slot.field(), message, help).related(
                Some(place),
                message!("index line {line}, project `{project}`", line, project),
            ));
        }
    }
}
