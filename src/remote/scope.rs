//! `Scope`: what a plan has to look at, and nothing more.

use std::collections::BTreeSet;

use crate::domain::address::Kind;
use crate::domain::desired::Desired;
use crate::domain::known::Known;
use crate::domain::siret::Siret;

/// What is read for a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scope {
    /// Structures to find.
    pub(crate) structures: BTreeSet<Siret>,
    /// Those whose EDI flags matter.
    pub(crate) flags_of: BTreeSet<Siret>,
    /// Those whose services matter.
    pub(crate) services_of: BTreeSet<Siret>,
    /// Those for which the "Opérateur public" parameter matters.
    pub(crate) operators: BTreeSet<Siret>,
    /// Whether technical accounts are read.
    pub(crate) needs_accounts: bool,
    /// Whether API sheets are read.
    pub(crate) needs_api: bool,
    /// Whether EDI sheets are read.
    pub(crate) needs_edi: bool,
    /// Whether clients of operators are read.
    pub(crate) needs_clients: bool,
}

impl Scope {
    /// What a plan needs that compares `desired`, where `known` may hold what is no longer declared.
    pub(crate) fn of(desired: &Desired, known: &Known) -> Self {
        let knows = |kind: Kind| known.addresses.keys().any(|address| address.kind() == kind);
        let mut scope = Self {
            structures: desired.sirets(),
            needs_accounts: !desired.accounts.is_empty() || knows(Kind::Account),
            needs_api: !desired.api.is_empty() || knows(Kind::Api),
            needs_edi: !desired.edi.is_empty() || knows(Kind::Edi),
            needs_clients: !desired.clients.is_empty() || knows(Kind::Client),
            ..Self::default()
        };
        for structure in desired.structures.values() {
            if structure.edi_sender.is_some() || structure.edi_receiver.is_some() {
                scope.flags_of.insert(structure.siret);
            }
            if !structure.services.is_empty() {
                scope.services_of.insert(structure.siret);
            }
            if structure.public_operator {
                scope.operators.insert(structure.siret);
            }
        }
        scope.operators.extend(desired.clients.values().map(|client| client.operator));
        scope
    }

    /// What the official API can tell of it, where a person works at the portal: the flags and dates of each structure are
    /// read, because they may contradict what the ledger remembers.
    pub(crate) fn for_portal(mut self) -> Self {
        self.flags_of.clone_from(&self.structures);
        self.operators.clear();
        self.needs_accounts = false;
        self.needs_api = false;
        self.needs_edi = false;
        self.needs_clients = false;
        self
    }
}
