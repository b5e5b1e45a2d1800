//! Shows what goes from one environment to another: [`human`], [`markdown`] for merge requests, [`json`] for machines.
//! [`groups`] finds addresses of which the same is told.

mod groups;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod markdown;
#[cfg(test)]
mod tests;

use crate::language;
use crate::language::tr;
use crate::plan::promotion::Promotion;
use crate::plan::promotion::Verdict;
use crate::plan::promotion::fields::Compared;
use crate::plan::promotion::fields::Weight;
use crate::render::words;
use crate::render::words::harmless;

/// The verdict as a person reads it.
fn word(verdict: Verdict) -> String {
    match verdict {
        Verdict::NotReady => tr!("not ready"),
        Verdict::Ready => tr!("ready"),
        Verdict::AlreadyThere => tr!("already there"),
    }
}

/// The last line, which counts everything.
fn summary(promotion: &Promotion) -> String {
    let count = |verdict| words::thousands(promotion.count(verdict));
    let (ready, not_ready, there) =
        (count(Verdict::Ready), count(Verdict::NotReady), count(Verdict::AlreadyThere));
    tr!(
        "Promotion: {ready} ready, {not_ready} not ready, {there} already there",
        ready,
        not_ready,
        there
    )
}

/// A field that is not as expected, on one line.
fn broken(field: &Compared) -> Option<String> {
    let Compared { field, from, to, weight, why, .. } = field;
    let why = language::translated((*why)?);
    let value = |value: &Option<String>| {
        value.as_deref().map_or_else(|| tr!("of a field" => "none"), harmless)
    };
    let word = match weight {
        Weight::Fault => words::noun("fault"),
        other => words::severity(other.word()),
    };
    let (field, from_value, to_value) = (harmless(field), value(from), value(to));
    if from == to {
        return Some(tr!(
            "{word}: {field} is {value} in both: {why}",
            word,
            field,
            value = from_value,
            why
        ));
    }
    Some(tr!(
        "{word}: {field} is {from} there and {to} here: {why}",
        word,
        field,
        from = from_value,
        to = to_value,
        why
    ))
}

/// The names of the fields that differ and may.
fn differing(fields: &[Compared]) -> Vec<String> {
    let fine = fields.iter().filter(|field| field.weight == Weight::Fine && field.from != field.to);
    fine.map(|field| harmless(&field.field)).collect()
}
