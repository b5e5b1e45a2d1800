//! What ends soon: a list for people, objects for machines.

use std::fmt;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

use crate::plan::Plan;
use crate::plan::upcoming::Ending;
use crate::plan::upcoming::Upcoming;
use crate::render::style::Colour;
use crate::render::style::STRONG;
use crate::render::words;
use crate::render::words::harmless;

/// How many are listed before the rest is counted.
const LISTED: usize = 20;

/// Something of a sheet that ends on the day of the plan, before, or soon after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct UpcomingJson {
    /// `entity/edi/key`.
    pub(crate) address: String,
    /// `certificate` or `validity`.
    pub(crate) what: String,
    /// Its last day.
    pub(crate) ends: String,
    /// For a certificate: by when the next one has to be ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) order_by: Option<String>,
    /// For a certificate: `server` or `client`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) slot: Option<String>,
    /// For a certificate: SHA-256 of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sha256: Option<String>,
    /// For a certificate: its file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
}

impl UpcomingJson {
    /// Turns it into its JSON form.
    pub(crate) fn of(upcoming: &Upcoming) -> Self {
        let Upcoming { ends, address, what } = upcoming;
        let bare = Self {
            address: address.to_string(),
            what: "validity".to_owned(),
            ends: ends.to_string(),
            order_by: None,
            slot: None,
            sha256: None,
            file: None,
        };
        match what {
            Ending::Validity => bare,
            Ending::Certificate { slot, fingerprint, file, order_by } => Self {
                what: "certificate".to_owned(),
                order_by: Some(order_by.to_string()),
                slot: Some(slot.to_string()),
                sha256: Some(fingerprint.to_string()),
                file: Some(file.clone()),
                ..bare
            },
        }
    }
}

/// Writes the list; nothing when nothing ends.
pub(super) fn render(out: &mut dyn fmt::Write, plan: &Plan, colour: Colour) -> fmt::Result {
    let upcoming = &plan.upcoming;
    if upcoming.is_empty() {
        return Ok(());
    }
    let title = "To renew, a certificate or a validity that ends:";
    writeln!(out, "{}", colour.paint(STRONG, title))?;
    for one in upcoming.iter().take(LISTED) {
        writeln!(out, "    {}: {}", one.address, sentence(one, plan.as_of))?;
    }
    if let Some(more) = upcoming.len().checked_sub(LISTED).filter(|more| *more > 0) {
        writeln!(out, "    and {} more", words::thousands(more))?;
    }
    writeln!(out)
}

fn sentence(upcoming: &Upcoming, as_of: Date) -> String {
    let ends = upcoming.ends;
    let verb = if ends < as_of { "ended" } else { "ends" };
    match &upcoming.what {
        Ending::Certificate { slot, fingerprint, file, order_by } => format!(
            "{slot} certificate {}… ({}) {verb} {ends}, the next one to be ordered by {order_by}",
            fingerprint.short(),
            harmless(file)
        ),
        Ending::Validity => format!("validity {verb} {ends}"),
    }
}
