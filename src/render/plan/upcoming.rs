//! What ends soon: a list for people, objects for machines.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::Serialize;

use crate::language::tr;
use crate::plan::upcoming::Ending;
use crate::plan::upcoming::Upcoming;
use crate::render::style::Colour;
use crate::render::style::STRONG;
use crate::render::words;
use crate::render::words::harmless;

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

/// Writes the first ones of `total`; nothing when nothing ends.
pub(super) fn render(
    out: &mut dyn fmt::Write,
    (listed, total): (&[UpcomingJson], usize),
    as_of: &str,
    colour: Colour,
) -> fmt::Result {
    if listed.is_empty() {
        return Ok(());
    }
    let title = tr!("To renew, a certificate or a validity that ends:");
    writeln!(out, "{}", colour.paint(STRONG, &title))?;
    for one in listed {
        writeln!(out, "    {}", tr!("{}: {}", harmless(&one.address), sentence(one, as_of)))?;
    }
    if let Some(more) = total.checked_sub(listed.len()).filter(|more| *more > 0) {
        writeln!(out, "    {}", words::and_more(more))?;
    }
    writeln!(out)
}

/// When it ends, and what to do by when.
pub(super) fn sentence(upcoming: &UpcomingJson, as_of: &str) -> String {
    let UpcomingJson { address: _, what: _, ends, order_by, slot, sha256, file } = upcoming;
    // Days are written so that they sort.
    let is_over = ends.as_str() < as_of;
    let (Some(slot), Some(sha256), Some(file), Some(order_by)) = (slot, sha256, file, order_by)
    else {
        return if is_over {
            tr!("validity ended {ends}", ends)
        } else {
            tr!("validity ends {ends}", ends)
        };
    };
    let (short, file) = (sha256.get(..12).unwrap_or(sha256), harmless(file));
    let slot = words::slot(slot);
    if is_over {
        tr!(
            "{slot} certificate {short}… ({file}) ended {ends}, the next one to be ordered by {order_by}",
            slot,
            short,
            file,
            ends,
            order_by
        )
    } else {
        tr!(
            "{slot} certificate {short}… ({file}) ends {ends}, the next one to be ordered by {order_by}",
            slot,
            short,
            file,
            ends,
            order_by
        )
    }
}
