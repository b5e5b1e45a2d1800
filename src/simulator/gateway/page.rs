//! Lists in pages.

use serde_json::Value;
use serde_json::json;

use crate::simulator::call::Answer;
use crate::simulator::call::Call;
use crate::simulator::world::refusal::Refusal;
use crate::simulator::world::refusal::RefusalKind;

/// How many elements a page has unless asked otherwise.
const DEFAULT_SIZE: usize = 100;

/// How many it may have.
const LARGEST_SIZE: usize = 1000;

/// The page that the query asks for, of elements that are already in order.
///
/// `total` is how many there are, where that is known without looking at each.
pub(super) fn answer<T>(
    call: &Call,
    elements: impl Iterator<Item = T> + Clone,
    total: Option<usize>,
    show: impl Fn(T) -> Value,
) -> Result<Answer, Refusal> {
    let page = number(call, "page", 1, usize::MAX)?;
    let size = number(call, "taille", DEFAULT_SIZE, LARGEST_SIZE)?;
    let total = total.unwrap_or_else(|| elements.clone().count());
    let first = (page - 1).saturating_mul(size);
    let shown: Vec<Value> = elements.skip(first).take(size).map(show).collect();
    Ok(Answer::json(
        200,
        json!({
            "elements": shown,
            "page": page,
            "taille": size,
            "pages": total.div_ceil(size).max(1),
            "total": total,
        }),
    ))
}

/// A number of the query, from 1 to `largest`.
fn number(call: &Call, name: &str, default: usize, largest: usize) -> Result<usize, Refusal> {
    match call.query.get(name) {
        None => Ok(default),
        Some(text) => {
            text.parse().ok().filter(|number| (1..=largest).contains(number)).ok_or_else(|| {
                RefusalKind::Unreadable.because(format!("Paramètre « {name} » invalide."))
            })
        }
    }
}
