//! What ends in each month, as the numbers of a drawing and of the table that says the same.

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Serialize;

use crate::render::status::ends::Ending;

/// How many months are drawn; what ends after them is counted together.
const MONTHS: usize = 24;

/// What ends, in the order in which a bar is built from below.
pub(crate) const WHATS: [&str; 5] = ["certificate", "authority", "validity", "password", "overlap"];

/// Width of a bar with the space beside it.
const STEP: usize = 34;

/// Width of a bar.
const WIDTH: usize = 24;

/// Height of the highest bar.
const HEIGHT: usize = 150;

/// Where the first bar begins, and where all of them stand.
const LEFT: usize = 10;
const BASE: usize = 180;

/// The drawing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Timeline {
    /// Its width.
    pub(crate) width: usize,
    /// What has ended, then each month, then what ends later.
    pub(crate) bars: Vec<Bar>,
    /// Whether anything ends.
    pub(crate) is_empty: bool,
}

/// One bar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Bar {
    /// Where it stands.
    pub(crate) x: usize,
    /// Its middle, for the texts.
    pub(crate) middle: usize,
    /// `before`, `later`, or the month as `2026-12`.
    pub(crate) month: String,
    /// The text below it; none where there is no room.
    pub(crate) label: Option<String>,
    /// Where its number stands.
    pub(crate) top: usize,
    /// How much ends.
    pub(crate) total: usize,
    /// How much of each, in the order of [`WHATS`].
    pub(crate) counts: [usize; WHATS.len()],
    /// Its parts.
    pub(crate) parts: Vec<Part>,
}

/// One part of a bar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Part {
    /// What ends.
    pub(crate) what: &'static str,
    /// Its upper edge.
    pub(crate) y: usize,
    /// Its height.
    pub(crate) height: usize,
}

/// Counts `endings`, which are sorted by day, from `today` on.
pub(crate) fn timeline(endings: &[Ending], today: Date) -> Timeline {
    let mut counts = vec![[0; WHATS.len()]; MONTHS + 2];
    for ending in endings {
        let months = (i32::from(ending.ends.year()) - i32::from(today.year())) * 12
            + i32::from(ending.ends.month())
            - i32::from(today.month());
        let bar = match usize::try_from(months) {
            _ if ending.ends < today => 0,
            Ok(month) if month < MONTHS => month + 1,
            _ => MONTHS + 1,
        };
        if let Some(place) = WHATS.iter().position(|what| *what == ending.what) {
            counts[bar][place] += 1;
        }
    }
    // What ends later is a number only: all those years as one bar would dwarf the months.
    let months = counts.iter().take(MONTHS + 1);
    let highest = months.map(|counts| counts.iter().sum()).max().unwrap_or(0);
    let is_empty = endings.is_empty();
    let bars = counts.into_iter().enumerate();
    Timeline {
        width: LEFT * 2 + STEP * (MONTHS + 2),
        bars: bars.map(|(position, counts)| bar(position, counts, highest, today)).collect(),
        is_empty,
    }
}

fn bar(position: usize, counts: [usize; WHATS.len()], highest: usize, today: Date) -> Bar {
    let mut y = BASE;
    let mut parts = Vec::new();
    for (what, count) in WHATS.into_iter().zip(counts) {
        if count > 0 && position <= MONTHS {
            // Whatever there is can be seen, however little beside the rest.
            let height = (count * HEIGHT).div_ceil(highest.max(1)).max(3);
            y -= height.min(y);
            parts.push(Part { what, y, height });
        }
    }
    let (month, label) = named(position, today);
    let x = LEFT + position * STEP;
    Bar {
        x: x + (STEP - WIDTH) / 2,
        middle: x + STEP / 2,
        month,
        label,
        top: y.saturating_sub(5),
        total: counts.iter().sum(),
        counts,
        parts,
    }
}

/// The month of a bar, and the text below it: every third month has one, and the year stands with January.
fn named(position: usize, today: Date) -> (String, Option<String>) {
    let Some(month) = position.checked_sub(1) else { return ("before".to_owned(), None) };
    if month >= MONTHS {
        return ("later".to_owned(), None);
    }
    let first = today.first_of_month();
    let day = first.saturating_add(i64::try_from(month).unwrap_or(0).months());
    let name = day.strftime("%Y-%m").to_string();
    let label = (month % 3 == 0).then(|| name.clone());
    (name, label)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn ending(ends: &str, what: &'static str) -> Ending {
        Ending {
            ends: ends.parse().unwrap(),
            what,
            name: String::new(),
            sha256: None,
            places: BTreeSet::new(),
        }
    }

    #[test]
    fn each_ending_is_counted_once_in_its_month() {
        let endings = [
            ending("2026-11-30", "password"),
            ending("2026-12-01", "certificate"),
            ending("2026-12-31", "validity"),
            ending("2027-01-01", "certificate"),
            ending("2028-11-30", "authority"),
            ending("2028-12-01", "validity"),
        ];
        let drawn = timeline(&endings, "2026-12-01".parse().unwrap());
        let told: Vec<(&str, usize)> = drawn
            .bars
            .iter()
            .filter(|bar| bar.total > 0)
            .map(|bar| (bar.month.as_str(), bar.total))
            .collect();
        assert_eq!(
            told,
            [("before", 1), ("2026-12", 2), ("2027-01", 1), ("2028-11", 1), ("later", 1)]
        );
        assert_eq!(drawn.bars[1].counts, [1, 0, 1, 0, 0]);
        assert!(drawn.bars[MONTHS + 1].parts.is_empty());
        // The highest bar is as high as it may be, and its parts stand on each other.
        let parts: Vec<(usize, usize)> =
            drawn.bars[1].parts.iter().map(|part| (part.y, part.height)).collect();
        assert_eq!(parts, [(105, 75), (30, 75)]);
        assert!(!drawn.is_empty);
        assert!(timeline(&[], "2026-12-31".parse().unwrap()).is_empty);
    }
}
