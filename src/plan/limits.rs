//! Holds a plan against the limits of the policy.

use jiff::civil::Date;
use jiff::civil::Time;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Rule;
use crate::diagnostic::rule;
use crate::domain::freeze;
use crate::domain::freeze::Freeze;
use crate::domain::policy::Limit;
use crate::domain::value::day_in_france;
use crate::domain::value::days_later;
use crate::domain::value::moment_in_france;
use crate::language::message;
use crate::plan::change::Action;
use crate::plan::change::ChangeKind;
use crate::plan::change::Does;
use crate::plan::context::Context;
use crate::plan::input::PlanInput;
use crate::plan::qualification;

/// The names of the limits that a run can lift.
pub(crate) const LIFTABLE: [&str; 4] =
    ["max_replacements", "max_deactivations", qualification::LIMIT, FREEZE];

/// The name of the limit that a freeze is.
pub(crate) const FREEZE: &str = "freeze";

/// So many days before it begins, a freeze is told.
const AHEAD_DAYS: u32 = 14;

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
    let told = freeze(&context.input);
    context.diagnostics.extend(told);
}

/// Says that the environment is frozen on the day of the plan, or soon after. It refuses no plan, which may well be made,
/// looked at and saved meanwhile: `apply` asks again when it runs.
fn freeze(input: &PlanInput<'_>) -> Option<Diagnostic> {
    let freezes = input.policy.freezes(input.environment, input.stage);
    let begins = |day: Date| moment_in_france(day.to_datetime(Time::midnight()));
    let (day, next) = (input.as_of, days_later(input.as_of, 1));
    let is_today = day_in_france(input.observed.at) == day;
    let (from, until) = (begins(day), begins(next));
    let on = if is_today {
        freeze::at(&freezes, input.observed.at)
    } else {
        freezes.iter().find(|freeze| freeze.meets(from, until))
    };
    let environment = input.environment;
    if let Some(Freeze { from, until, reason, .. }) = on {
        let message = message!(
            "`{environment}` is frozen from {from} until {until}: {reason}",
            environment,
            from,
            until,
            reason
        );
        if input.lifted.contains(FREEZE) {
            let lifted = Diagnostic::notice(rule::POLICY_FREEZE, message);
            return Some(lifted.help(message!("`--lift freeze` lets this plan pass")));
        }
        return Some(Diagnostic::warning(rule::POLICY_FREEZE, message).help(message!(
            "`raccord apply` sends nothing until then; if it cannot wait, plan and apply with `--lift freeze`"
        )));
    }
    let now = if is_today { input.observed.at } else { from };
    let Freeze { from, until, reason, .. } = freeze::after(&freezes, now)
        .filter(|freeze| freeze.begins() < begins(days_later(day, AHEAD_DAYS)))?;
    let message = message!(
        "`{environment}` will be frozen from {from} until {until}: {reason}",
        environment,
        from,
        until,
        reason
    );
    let help = message!(
        "apply before that day, or after it; what is not sent when it begins waits for its end"
    );
    Some(Diagnostic::notice(rule::POLICY_FREEZE, message).help(help))
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
