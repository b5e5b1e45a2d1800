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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Proven {
    /// Sorted by form. Nearly every address has one: a map of its own would keep room for eleven.
    proofs: BTreeMap<Address, Vec<(Form, Proof)>>,
}

impl Proven {
    /// Every form of an address that is proven.
    pub(crate) fn of(&self, address: &Address) -> &[(Form, Proof)] {
        self.proofs.get(address).map_or(&[], Vec::as_slice)
    }

    /// Whether an address is proven in this form.
    pub(crate) fn has(&self, address: &Address, form: &Form) -> bool {
        self.of(address).iter().any(|(proven, _)| proven == form)
    }

    /// Notes a proof in place of an earlier one.
    pub(crate) fn note(&mut self, address: &Address, form: Form, proof: Proof) {
        let room = || Vec::with_capacity(1);
        let proofs = self.proofs.entry(address.clone()).or_insert_with(room);
        match proofs.binary_search_by(|(proven, _)| proven.cmp(&form)) {
            Ok(place) => proofs[place].1 = proof,
            Err(place) => proofs.insert(place, (form, proof)),
        }
    }

    /// What is proven of one address is proven of another from now on.
    pub(crate) fn rename(&mut self, from: &Address, to: &Address) {
        for (form, proof) in self.proofs.remove(from).unwrap_or_default() {
            self.note(to, form, proof);
        }
    }

    /// All of it, by address and form.
    #[cfg(test)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Address, &[(Form, Proof)])> {
        self.proofs.iter().map(|(address, proofs)| (address, proofs.as_slice()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proof(event: &str) -> Proof {
        let at = "2026-11-20T09:00:00Z".parse().unwrap();
        Proof { at, event: event.to_owned(), by: None, code: None }
    }

    #[test]
    fn a_newer_proof_takes_the_place_of_its_form_in_whatever_order_forms_came() {
        let (one, other): (Address, Address) =
            ("ville/edi/a".parse().unwrap(), "ville/edi/b".parse().unwrap());
        let form = |protocol: &str| Form { protocol: Some(protocol.to_owned()), ..Form::default() };
        let (mut early, mut late) = (Proven::default(), Proven::default());
        early.note(&one, form("SFTP"), proof("1"));
        early.note(&one, form("AS2"), proof("2"));
        early.note(&one, form("SFTP"), proof("3"));
        late.note(&one, form("AS2"), proof("2"));
        late.note(&one, form("SFTP"), proof("3"));
        assert_eq!(early, late);
        early.rename(&one, &other);
        assert!(early.of(&one).is_empty());
        assert_eq!(early.of(&other), late.of(&one));
        assert!(early.has(&other, &form("AS2")) && !early.has(&other, &form("PESIT")));
    }
}
