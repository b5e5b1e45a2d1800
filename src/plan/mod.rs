//! Decides what has to change, and in which order. Pure: values in, a value out.
//!
//! [`plan`] is the way in; [`mod@calendar`] is beside it, and says what ends when. One file decides for each kind of resource; [`removal`] for what left the files;
//! [`certificates`] and [`graph`] look across resources; [`limits`] and [`qualification`] hold the whole against the policy.
//! [`promotion`] compares two environments. [`budget`] says what a plan costs, [`settling`] how long things took before.
//! Nothing here reads a file, a clock or the network, and nothing here can write.

mod account;
mod api;
pub(crate) mod budget;
pub(crate) mod calendar;
pub(crate) mod cause;
mod certificates;
pub(crate) mod change;
pub(crate) mod client;
mod context;
mod draft;
mod edi;
mod evidence;
mod fields;
mod fingerprint;
mod graph;
pub(crate) mod input;
pub(crate) mod limits;
mod matching;
mod names;
pub(crate) mod portal;
pub(crate) mod promotion;
pub(crate) mod qualification;
mod remember;
mod removal;
mod retire;
pub(crate) mod rotation;
pub(crate) mod settling;
pub(crate) mod shared;
pub(crate) mod standing;
mod structure;
#[cfg(test)]
mod tests;
mod unmanaged;
pub(crate) mod upcoming;

use crate::diagnostic;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::rule;
use crate::domain::x509::last_day;
use crate::language::message;
use crate::plan::change::ChangeKind;
pub(crate) use crate::plan::change::Plan;
use crate::plan::context::Context;
use crate::plan::fields::reason;
pub(crate) use crate::plan::input::PlanInput;

/// Decides what to change. The same input gives the same plan.
pub(crate) fn plan(input: PlanInput<'_>) -> Plan {
    let mut context = Context::new(input);
    let desired = input.desired;
    for (address, structure) in &desired.structures {
        structure::decide(&mut context, address, structure);
    }
    for (address, account) in &desired.accounts {
        account::decide(&mut context, address, account);
    }
    for (address, api) in &desired.api {
        api::decide(&mut context, address, api);
    }
    for (address, edi) in &desired.edi {
        edi::decide(&mut context, address, edi);
    }
    for (address, client) in &desired.clients {
        client::decide(&mut context, address, client);
    }
    expired_certificates(&mut context);
    removal::decide(&mut context);
    certificates::settle(&mut context);
    rotation::compare(&mut context);
    shared::check(&mut context);
    graph::connect_accounts(&mut context);
    graph::block_dangling(&mut context.changes);

    evidence::contradictions(&mut context);
    remember::decide(&mut context);
    limits::check(&mut context);
    finish(context)
}

/// A certificate that is over on the day of the plan has to be renewed by a person.
fn expired_certificates(context: &mut Context<'_>) {
    let used: std::collections::BTreeSet<_> = context
        .input
        .desired
        .edi
        .values()
        .flat_map(|edi| {
            edi.sheet.settings.certificates.values().map(|certificate| &certificate.fingerprint)
        })
        .collect();
    for (address, certificate) in &context.input.desired.certificates {
        let ends = last_day(certificate.not_after);
        let change =
            (used.contains(&certificate.fingerprint) && ends < context.input.as_of).then(|| {
                context
                    .draft(address, ChangeKind::Rotate)
                    .name(&certificate.file)
                    .because([reason("not_after", Some(&ends.to_string()), None)])
                    .blocked(message!("a new certificate has to be ordered and declared"))
                    .finish()
            });
        context.decided(address, change);
    }
}

fn finish(context: Context<'_>) -> Plan {
    let unmanaged = unmanaged::list(&context);
    let Context { input, mut changes, unchanged, mut diagnostics, .. } = context;
    changes.sort_by(|a, b| a.address.cmp(&b.address));
    for change in &mut changes {
        change.template = input.desired.templates.get(change.address.entity()).cloned();
    }
    graph::keep_targets(&mut changes, input.targets);
    // What is not looked at needs no proof.
    qualification::check(&input, &mut changes, &mut diagnostics);
    graph::block_dangling(&mut changes);
    diagnostics.extend(graph::cycles(&changes));
    diagnostics.extend(unknown_targets(&input));
    diagnostic::sort(&mut diagnostics);
    let fingerprint = fingerprint::of(&input, &changes);
    let upcoming = upcoming::list(&input);
    Plan {
        environment: input.environment.to_owned(),
        stage: input.stage,
        as_of: input.as_of,
        directory: input.observed.directory.clone(),
        fingerprint,
        changes,
        unchanged,
        unmanaged,
        upcoming,
        diagnostics,
    }
}

/// A target that is neither declared nor known is probably mistyped.
fn unknown_targets(input: &PlanInput<'_>) -> Vec<Diagnostic> {
    input
        .targets
        .into_iter()
        .flatten()
        .filter(|target| !input.desired.contains(target) && input.known.get(target).is_none())
        .map(|target| {
            Diagnostic::error(
                rule::TARGET_UNKNOWN,
                message!("nothing is declared or known as `{target}`", target),
            )
            .help(message!("run `raccord status` to see every address"))
        })
        .collect()
}
