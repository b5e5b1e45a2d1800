//! What ends soon: certificates that have to be ordered by a day, validities that have to be extended.
//!
//! It is not a change: nothing that can be sent helps. Passwords that are due and overlaps that are over are changes.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::domain::address::Address;
use crate::domain::certificate::DesiredCertificate;
use crate::domain::edi::Slot;
use crate::domain::value::Fingerprint;
use crate::domain::value::days_earlier;
use crate::domain::value::days_later;
use crate::domain::x509::last_day;
use crate::plan::input::PlanInput;

/// Something of a sheet that ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Upcoming {
    /// Its last day.
    pub(crate) ends: Date,
    /// The sheet.
    pub(crate) address: Address,
    /// What ends.
    pub(crate) what: Ending,
}

/// What ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ending {
    /// A certificate that is declared for it.
    Certificate {
        /// Where.
        slot: Slot,
        /// SHA-256 of it.
        fingerprint: Fingerprint,
        /// Its file.
        file: String,
        /// By when the next one has to be ordered: its end, less the days that an order takes.
        order_by: Date,
    },
    /// The validity that is declared for it.
    Validity,
}

/// What ends on the day of the plan, before, or so soon after that the next certificate has to be ordered by then.
pub(crate) fn list(input: &PlanInput<'_>) -> Vec<Upcoming> {
    let lead = input.policy.certificate_lead_days;
    let horizon = days_later(input.as_of, lead);
    let certificates: BTreeMap<&Fingerprint, &DesiredCertificate> =
        input.desired.certificates.values().map(|one| (&one.fingerprint, one)).collect();
    let wanted = |address: &Address| input.targets.is_none_or(|targets| targets.contains(address));
    let mut found = Vec::new();
    for (address, edi) in &input.desired.edi {
        if !edi.active || !wanted(address) {
            continue;
        }
        let settings = &edi.sheet.settings;
        for (slot, used) in &settings.certificates {
            let Some(certificate) = certificates.get(&used.fingerprint) else { continue };
            let ends = last_day(certificate.not_after);
            let what = Ending::Certificate {
                slot: *slot,
                fingerprint: used.fingerprint.clone(),
                file: certificate.file.clone(),
                order_by: days_earlier(ends, lead),
            };
            found.push(Upcoming { ends, address: address.clone(), what });
        }
        let ends = settings.validity.until;
        found.push(Upcoming { ends, address: address.clone(), what: Ending::Validity });
    }
    found.retain(|upcoming| upcoming.ends <= horizon);
    found.sort();
    found
}
