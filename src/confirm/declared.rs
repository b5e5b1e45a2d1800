//! What is declared of a resource, as it would be seen.

use std::collections::BTreeMap;

use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::certificate::CertificateFacts;
use crate::domain::desired::Desired;
use crate::domain::edi::EdiStatus;
use crate::domain::edi::Slot;
use crate::domain::event::Making;
use crate::domain::observed::RemoteId;
use crate::domain::seen::LastDays;
use crate::domain::seen::Seen;
use crate::domain::value::Fingerprint;

/// What is declared, as if it stood at the portal.
pub(super) fn declared(address: &Address, desired: &Desired, id: RemoteId) -> Option<Seen> {
    match address.kind() {
        Kind::Edi => {
            let sheet = &desired.edi.get(address)?.sheet;
            Some(Seen::edi(sheet, id, EdiStatus::Pending, &last_days(desired)))
        }
        Kind::Api => Some(Seen::api(&desired.api.get(address)?.sheet, id)),
        Kind::Account => {
            let account = desired.accounts.get(address)?;
            Some(Seen::account(account.structure, account.contact_email.as_str(), id))
        }
        Kind::Client => {
            let client = desired.clients.get(address)?;
            Some(Seen::Client { operator: client.operator, client: client.client })
        }
        Kind::Structure | Kind::Certificate => None,
    }
}

pub(super) fn declared_making(address: &Address, desired: &Desired) -> Option<Making> {
    let (structure, system, name) = match address.kind() {
        Kind::Edi => {
            let sheet = &desired.edi.get(address)?.sheet;
            (sheet.structure, Some(sheet.exchange_system.to_string()), sheet.name.to_string())
        }
        Kind::Api => {
            let sheet = &desired.api.get(address)?.sheet;
            (sheet.structure, None, sheet.piste_application.to_string())
        }
        Kind::Account => {
            let account = desired.accounts.get(address)?;
            (account.structure, None, account.contact_email.to_string())
        }
        Kind::Client => {
            let client = desired.clients.get(address)?;
            (client.operator, None, client.client.to_string())
        }
        Kind::Structure | Kind::Certificate => return None,
    };
    Some(Making {
        structure,
        exchange_system: system,
        declared_name: name.clone(),
        name,
        generation: 1,
        replaces: None,
        overlap_days: 0,
    })
}

/// The last days of the declared certificates.
pub(crate) fn last_days(desired: &Desired) -> LastDays {
    desired
        .certificates
        .values()
        .map(|held| (held.fingerprint.clone(), crate::domain::x509::last_day(held.not_after)))
        .collect()
}

/// What the project's files say of the certificates that a sheet holds.
pub(super) fn facts(seen: &Seen, desired: &Desired) -> BTreeMap<Slot, CertificateFacts> {
    let Seen::Edi(sheet) = seen else { return BTreeMap::new() };
    let leaf = |wanted: &Fingerprint| {
        let mut leaves = desired.certificate_files.values().filter_map(|file| file.leaf());
        leaves.find(|leaf| leaf.fingerprint == *wanted).map(CertificateFacts::of)
    };
    sheet
        .certificates
        .iter()
        .filter_map(|(slot, held)| Some((*slot, leaf(&held.fingerprint)?)))
        .collect()
}
