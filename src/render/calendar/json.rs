//! What ends, as JSON, format 1.0 (`schema/calendar.v1.schema.json`).

use std::collections::BTreeSet;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::plan::calendar::Calendar;
use crate::plan::calendar::Entry;
use crate::plan::calendar::State;
use crate::plan::calendar::Use;
use crate::render::FORMAT_VERSION;

/// Everything that ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(title = "Result of certificates calendar")]
pub(crate) struct CalendarJson {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    pub(crate) format_version: String,
    /// The day for which it was made.
    pub(crate) as_of: String,
    /// The environments that were looked at.
    pub(crate) environments: Vec<String>,
    /// What ends, the earliest first.
    pub(crate) entries: Vec<EntryJson>,
    /// Technical accounts whose password's end is not known here.
    pub(crate) unknown_passwords: Vec<UseJson>,
}

/// Something that ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct EntryJson {
    /// `certificate`, `authority`, `validity`, `password`, or `overlap`: an old sheet beside the one that replaced it.
    pub(crate) what: String,
    /// What a person calls it.
    pub(crate) name: String,
    /// SHA-256 of a certificate; `null` for what is none.
    pub(crate) sha256: Option<String>,
    /// Its last day.
    pub(crate) ends: String,
    /// The day on which something has to be done at the latest.
    pub(crate) act_by: String,
    /// `over`, `due` or `later`.
    pub(crate) state: String,
    /// Where it is used.
    pub(crate) uses: Vec<UseJson>,
    /// The files that hold it.
    pub(crate) files: BTreeSet<String>,
}

/// A place where something is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct UseJson {
    /// The environment.
    pub(crate) environment: String,
    /// `entity/kind/key`.
    pub(crate) address: String,
    /// `server` or `client`; `null` where there is no slot.
    pub(crate) slot: Option<String>,
}

impl CalendarJson {
    /// Turns a calendar into its JSON form.
    pub(crate) fn of(calendar: &Calendar, environments: &[&str], as_of: Date) -> Self {
        let Calendar { entries, unknown } = calendar;
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            as_of: as_of.to_string(),
            environments: environments.iter().map(ToString::to_string).collect(),
            entries: entries.iter().map(|entry| EntryJson::of(entry, as_of)).collect(),
            unknown_passwords: unknown.iter().map(UseJson::of).collect(),
        }
    }
}

impl EntryJson {
    fn of(entry: &Entry, as_of: Date) -> Self {
        let Entry { what, name, ends, act_by, uses, files } = entry;
        let state = match entry.state(as_of) {
            State::Over => "over",
            State::Due => "due",
            State::Later => "later",
        };
        Self {
            what: what.word().to_owned(),
            name: name.clone(),
            sha256: what.fingerprint().map(ToString::to_string),
            ends: ends.to_string(),
            act_by: act_by.to_string(),
            state: state.to_owned(),
            uses: uses.iter().map(UseJson::of).collect(),
            files: files.clone(),
        }
    }
}

impl UseJson {
    fn of(one: &Use) -> Self {
        let Use { environment, address, slot } = one;
        Self {
            environment: environment.clone(),
            address: address.to_string(),
            slot: slot.map(|slot| slot.to_string()),
        }
    }
}
