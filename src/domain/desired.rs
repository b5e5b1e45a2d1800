//! `Desired`: all that was asked for, by address.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::account::DesiredAccount;
use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::api::DesiredApi;
use crate::domain::certificate::DesiredCertificate;
use crate::domain::edi::DesiredEdi;
use crate::domain::siret::Siret;
use crate::domain::structure::DesiredStructure;
use crate::domain::value::Fingerprint;
use crate::domain::x509::CertificateFile;

/// A client of a dematerialisation operator («Gérer clients publics par TDT»).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DesiredClient {
    /// The operator's own structure.
    pub(crate) operator: Siret,
    /// The public body that it works for.
    pub(crate) client: Siret,
}

/// Says that what was known under one address is now written under another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moved {
    /// The old address.
    pub(crate) from: Address,
    /// The new address.
    pub(crate) to: Address,
}

/// All that was asked for in one environment. Ordered, so that the same files give the same plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Desired {
    /// Structures.
    pub(crate) structures: BTreeMap<Address, DesiredStructure>,
    /// Certificates.
    pub(crate) certificates: BTreeMap<Address, DesiredCertificate>,
    /// What the files of these certificates hold, by path.
    pub(crate) certificate_files: BTreeMap<String, Arc<CertificateFile>>,
    /// Technical accounts.
    pub(crate) accounts: BTreeMap<Address, DesiredAccount>,
    /// API connections.
    pub(crate) api: BTreeMap<Address, DesiredApi>,
    /// EDI connections.
    pub(crate) edi: BTreeMap<Address, DesiredEdi>,
    /// Clients of operators.
    pub(crate) clients: BTreeMap<Address, DesiredClient>,
    /// Renamed addresses.
    pub(crate) moved: BTreeSet<Moved>,
    /// For entities that a template made: the path of the template, by entity.
    pub(crate) templates: BTreeMap<String, String>,
}

impl Desired {
    /// Every SIRET that a plan has to look at: structures and clients.
    pub(crate) fn sirets(&self) -> BTreeSet<Siret> {
        self.structures.values().map(|structure| structure.siret).collect()
    }

    /// The public keys of the declared certificates, both by their SHA-256.
    pub(crate) fn keys(&self) -> BTreeMap<&Fingerprint, &Fingerprint> {
        let leaves = self.certificate_files.values().filter_map(|file| file.leaf());
        leaves.map(|leaf| (&leaf.fingerprint, &leaf.key_fingerprint)).collect()
    }

    /// Whether something is declared at `address`.
    pub(crate) fn contains(&self, address: &Address) -> bool {
        match address.kind() {
            Kind::Structure => self.structures.contains_key(address),
            Kind::Certificate => self.certificates.contains_key(address),
            Kind::Account => self.accounts.contains_key(address),
            Kind::Api => self.api.contains_key(address),
            Kind::Edi => self.edi.contains_key(address),
            Kind::Client => self.clients.contains_key(address),
        }
    }

    /// All addresses at which something is declared.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = &Address> {
        let ours = self.structures.keys().chain(self.certificates.keys());
        let ours = ours.chain(self.accounts.keys()).chain(self.api.keys());
        ours.chain(self.edi.keys()).chain(self.clients.keys())
    }

    /// Whether the same is meant at an address here and there; nothing at both is the same too.
    pub(crate) fn means_the_same(&self, other: &Self, address: &Address) -> bool {
        match address.kind() {
            Kind::Structure => self.structures.get(address) == other.structures.get(address),
            Kind::Certificate => self.certificates.get(address) == other.certificates.get(address),
            Kind::Account => self.accounts.get(address) == other.accounts.get(address),
            Kind::Api => self.api.get(address) == other.api.get(address),
            Kind::Edi => self.edi.get(address) == other.edi.get(address),
            Kind::Client => self.clients.get(address) == other.clients.get(address),
        }
    }

    /// How many resources are declared.
    pub(crate) fn len(&self) -> usize {
        self.structures.len()
            + self.certificates.len()
            + self.accounts.len()
            + self.api.len()
            + self.edi.len()
            + self.clients.len()
    }
}
