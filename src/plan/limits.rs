//! Holds a plan against the limits of the policy.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Rule;
use crate::diagnostic::rule;
use crate::domain::environment::Stage;
use crate::domain::policy::Limit;
use crate::language::message;
use crate::plan::change::Action;
use crate::plan::change::ChangeKind;
use crate::plan::change::Does;
use crate::plan::context::Context;

/// The names of the limits that a run can lift.
pub(crate) const LIFTABLE: [&str; 2] = ["max_replacements", "max_deactivations"];

/// Adds an error for each limit that the plan goes beyond and that the run does not lift.
pub(crate) fn check(context: &mut Context<'_>) {
    let policy = context.input.policy;
    let managed = context.matching.known.values().filter(|known| known.current.is_some()).count();
    let replacements = context
        .changes
        .iter()
        .filter(|change| {
            change.steps.iter().any(|step| {
                matches!(&step.action, Action::Send { making: Some(making), .. } if making.replaces.is_some())
            }) && change.change != ChangeKind::Create
        })
        .count();
    // A deactivation that ends a replacement belongs to the replacement.
    let deactivations = context
        .changes
        .iter()
        .filter(|change| {
            matches!(change.change, ChangeKind::Deactivate | ChangeKind::Wait)
                && change.new_name.is_none()
                && change.steps.iter().any(|step| step.does == Does::Deactivate)
                && change.because.iter().all(|because| because.field != "replaced_by")
        })
        .count();
    let found = [
        (rule::POLICY_MAX_REPLACEMENTS, LIFTABLE[0], policy.max_replacements, replacements),
        (rule::POLICY_MAX_DEACTIVATIONS, LIFTABLE[1], policy.max_deactivations, deactivations),
    ];
    for (rule, name, limit, count) in found {
        let Some(limit) = limit else { continue };
        if count > limit.allows(managed) && !context.input.lifted.contains(name) {
            context.diagnostics.push(beyond(rule, name, limit, count, managed));
        }
    }
    if policy.require_qualification && context.input.stage == Stage::Production {
        context.diagnostics.push(
            Diagnostic::warning(
                rule::QUALIFICATION_NOT_CHECKED,
                message!(
                    "`policy.require_qualification` is set, and this version does not check it"
                ),
            )
            .help(message!("make sure by hand that each sheet was Actif in qualification")),
        );
    }
}

fn beyond(
    rule: &'static Rule,
    name: &str,
    limit: Limit,
    count: usize,
    managed: usize,
) -> Diagnostic {
    let message = if name == LIFTABLE[0] {
        message!(
            "the plan would replace {count} of {managed} managed resources, `policy.{name}` allows {limit}",
            count,
            managed,
            name,
            limit
        )
    } else {
        message!(
            "the plan would deactivate {count} of {managed} managed resources, `policy.{name}` allows {limit}",
            count,
            managed,
            name,
            limit
        )
    };
    Diagnostic::error(rule, message)
        .help(message!("if this is meant, run again with `--lift {name}`", name))
}
