//! Shows what goes from one environment to another: [`human`], [`markdown`] for merge requests, [`json`] for machines.
//! [`groups`] finds addresses of which the same is told.

mod groups;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod markdown;
#[cfg(test)]
mod tests;

use crate::plan::promotion::Promotion;
use crate::plan::promotion::Verdict;
use crate::plan::promotion::fields::Compared;
use crate::plan::promotion::fields::Weight;
use crate::render::words;
use crate::render::words::harmless;

/// The verdict as a person reads it.
fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::NotReady => "not ready",
        Verdict::Ready => "ready",
        Verdict::AlreadyThere => "already there",
    }
}

/// The last line, which counts everything.
fn summary(promotion: &Promotion) -> String {
    let count = |verdict| words::thousands(promotion.count(verdict));
    let (ready, not_ready, there) =
        (count(Verdict::Ready), count(Verdict::NotReady), count(Verdict::AlreadyThere));
    format!("Promotion: {ready} ready, {not_ready} not ready, {there} already there")
}

/// A field that is not as expected, on one line.
fn broken(field: &Compared) -> Option<String> {
    let Compared { field, from, to, weight, why, .. } = field;
    let why = (*why)?;
    let value = |value: &Option<String>| value.as_deref().map_or("none".to_owned(), harmless);
    let (word, field) = (weight.word(), harmless(field));
    if from == to {
        return Some(format!("{word}: {field} is {} in both: {why}", value(from)));
    }
    Some(format!("{word}: {field} is {} there and {} here: {why}", value(from), value(to)))
}

/// The names of the fields that differ and may.
fn differing(fields: &[Compared]) -> Vec<String> {
    let fine = fields.iter().filter(|field| field.weight == Weight::Fine && field.from != field.to);
    fine.map(|field| harmless(&field.field)).collect()
}
