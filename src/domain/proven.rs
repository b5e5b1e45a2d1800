//! `Proof`: what a ledger has of a sheet that was Actif. It outlives the sheet, and is what production may ask for.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;

use crate::domain::address::Address;
use crate::domain::edi::DesiredEdi;
use crate::language::tr;

/// What a proof is about. A sheet of another exchange system or protocol is another connection (`docs/sources.md` 3).
///
/// An API sheet has neither: its proof has an empty form.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Form {
    /// The exchange system of an EDI sheet.
    pub(crate) exchange_system: Option<String>,
    /// Its protocol; `None` also where an event of an older program does not tell it.
    pub(crate) protocol: Option<String>,
}

impl Form {
    /// The form of an EDI connection as it is declared.
    pub(crate) fn of_edi(edi: &DesiredEdi) -> Self {
        Self {
            exchange_system: Some(edi.sheet.exchange_system.to_string()),
            protocol: Some(edi.sheet.settings.network.protocol().to_string()),
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.exchange_system, &self.protocol) {
            (Some(system), Some(protocol)) => {
                f.write_str(&tr!("{system} over {protocol}", system, protocol))
            }
            (Some(system), None) => {
                f.write_str(&tr!("{system} over a protocol that is not recorded", system))
            }
            (None, Some(protocol)) => f.write_str(protocol),
            (None, None) => f.write_str("API"),
        }
    }
}

/// When a sheet was last seen Actif, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proof {
    /// When it was seen.
    pub(crate) at: Timestamp,
    /// The event of the ledger that says so, by its id.
    pub(crate) event: String,
    /// The person who saw it at the portal; `None` where the service itself told it.
    pub(crate) by: Option<String>,
    /// The application code that it had.
    pub(crate) code: Option<String>,
}

/// The newest proof of each form, by address.
pub(crate) type Proven = BTreeMap<Address, BTreeMap<Form, Proof>>;
