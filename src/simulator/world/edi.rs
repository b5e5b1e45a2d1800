//! EDI sheets as the simulated portal keeps them.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde::Serialize;

use crate::simulator::world::World;

/// «Système d'échange».
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum ExchangeSystem {
    /// The historic one.
    #[serde(rename = "CPRO")]
    Cpro,
    /// The one for invoices to companies.
    #[serde(rename = "PA-CPRO")]
    PaCpro,
}

/// «Protocole», in the words of the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Protocol {
    /// Two slots; only with CPRO.
    #[serde(rename = "PeSIT")]
    Pesit,
    /// One slot, for the client.
    #[serde(rename = "SFTP")]
    Sftp,
    /// At least one of two slots.
    #[serde(rename = "AS2")]
    As2,
}

/// The place of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Slot {
    /// «Certificat Serveur».
    #[serde(rename = "serveur")]
    Server,
    /// «Certificat Client».
    #[serde(rename = "client")]
    Client,
}

/// «Statut» (AIFE's deck, «Les statuts d'un raccordement EDI»).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum EdiStatus {
    /// Begun, not finalised. The only one that can be deleted.
    #[serde(rename = "Brouillon")]
    Draft,
    /// Sent to the target system; not modifiable.
    #[serde(rename = "En cours")]
    Pending,
    /// Inactive for some interfaces; only support changes it.
    #[serde(rename = "Partielle")]
    Partial,
    /// Refused by the target system; only an administrator changes it.
    #[serde(rename = "Erreur")]
    Error,
    /// In use.
    #[serde(rename = "Actif")]
    Active,
    /// Out of use, by its dates or by its partner.
    #[serde(rename = "Inactif")]
    Inactive,
}

impl EdiStatus {
    /// The portal's label.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Draft => "Brouillon",
            Self::Pending => "En cours",
            Self::Partial => "Partielle",
            Self::Error => "Erreur",
            Self::Active => "Actif",
            Self::Inactive => "Inactif",
        }
    }
}

/// What the target system answers about a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Verdict {
    /// OK: Actif or Inactif by the dates.
    #[serde(rename = "Actif")]
    Accepted,
    /// KO.
    #[serde(rename = "Erreur")]
    Error,
    /// OK, with interfaces that are inactive.
    #[serde(rename = "Partielle")]
    Partial,
    /// Nothing, until told otherwise.
    #[serde(rename = "En cours")]
    Held,
}

/// First and last day, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Validity {
    /// «Date de début».
    #[serde(rename = "debut")]
    pub(crate) from: Date,
    /// «Date de fin».
    #[serde(rename = "fin")]
    pub(crate) until: Date,
}

impl Validity {
    /// Whether `day` lies inside.
    pub(crate) fn contains(self, day: Date) -> bool {
        self.from <= day && day <= self.until
    }
}

/// The partner's side of the network; which fields are filled depends on the protocol.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Network {
    /// IP address: PeSIT, SFTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ip: Option<String>,
    /// Port: PeSIT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) port: Option<u64>,
    /// «Part ID»: PeSIT.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) part_id: Option<String>,
    /// AS2 identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) identifiant_as2: Option<String>,
    /// Where the partner receives: AS2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
}

/// «Contact technique».
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contact {
    /// «Prénom».
    #[serde(default)]
    pub(crate) prenom: Option<String>,
    /// «Nom».
    #[serde(default)]
    pub(crate) nom: Option<String>,
    /// «E-mail».
    #[serde(default)]
    pub(crate) email: Option<String>,
    /// «Téléphone».
    #[serde(default)]
    pub(crate) telephone: Option<String>,
}

/// What the portal keeps of a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HeldCertificate {
    /// The name of the uploaded file.
    pub(crate) file_name: String,
    /// SHA-256 of the leaf.
    pub(crate) sha256: String,
    /// Until when the leaf is valid.
    pub(crate) not_after: Timestamp,
}

/// The values that a partner may change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EdiValues {
    /// The partner's network.
    pub(crate) network: Network,
    /// Certificates by place.
    pub(crate) certificates: BTreeMap<Slot, HeldCertificate>,
    /// Period of validity; a draft may lack it.
    pub(crate) validity: Option<Validity>,
    /// Technical contact; a draft may lack it.
    pub(crate) contact: Option<Contact>,
    /// Interface codes.
    pub(crate) subscriptions: BTreeSet<String>,
}

/// One sheet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct EdiSheet {
    /// SIRET of its structure.
    pub(crate) structure: String,
    /// Its exchange system.
    pub(crate) system: ExchangeSystem,
    /// Its name.
    pub(crate) name: String,
    /// Its protocol.
    pub(crate) protocol: Protocol,
    /// Its status.
    pub(crate) status: EdiStatus,
    /// Since when.
    pub(crate) status_since: Timestamp,
    /// The code that flows carry.
    pub(crate) application_code: String,
    /// Its network, once given.
    pub(crate) network: Network,
    /// Its certificates.
    pub(crate) certificates: BTreeMap<Slot, HeldCertificate>,
    /// Its period of validity, once given.
    pub(crate) validity: Option<Validity>,
    /// Its technical contact, once given.
    pub(crate) contact: Option<Contact>,
    /// Its interface codes.
    pub(crate) subscriptions: BTreeSet<String>,
    /// When it leaves En cours.
    pub(crate) settles_at: Option<Timestamp>,
    /// How it will settle, when that was scripted.
    pub(crate) verdict: Option<Verdict>,
    /// Whether its partner deactivated it: it does not come back by its dates.
    pub(crate) retired: bool,
}

impl EdiSheet {
    /// Puts it into a status.
    pub(crate) fn enter(&mut self, status: EdiStatus, at: Timestamp) {
        self.status = status;
        self.status_since = at;
    }

    /// Takes new values.
    pub(crate) fn take(&mut self, values: EdiValues) {
        let EdiValues { network, certificates, validity, contact, subscriptions } = values;
        self.network = network;
        self.certificates = certificates;
        self.validity = validity;
        self.contact = contact;
        self.subscriptions = subscriptions;
    }
}

/// The identity of the EDI sheet with this number.
pub(crate) fn edi_id(number: u64) -> String {
    format!("EDI-{number:06}")
}

/// The number in an identity such as `EDI-000001`.
pub(crate) fn number_in(id: &str, prefix: &str) -> Option<u64> {
    let digits = id.strip_prefix(prefix)?;
    let well_formed = digits.len() >= 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
    well_formed.then(|| digits.parse().ok())?
}

impl World {
    /// The sheet with this number.
    pub(crate) fn edi_sheet(&self, number: u64) -> Option<&EdiSheet> {
        self.edi.get(&number)
    }

    /// All sheets by number.
    pub(crate) fn edi_sheets(&self) -> &BTreeMap<u64, EdiSheet> {
        &self.edi
    }

    /// Enters a sheet into the index.
    pub(crate) fn index_edi(&mut self, number: u64, sheet: &EdiSheet) {
        self.index
            .names
            .insert((sheet.system, sheet.structure.clone(), sheet.name.clone()), number);
        for held in sheet.certificates.values() {
            self.index.certificates.entry(held.sha256.clone()).or_default().insert(number);
        }
        if let Some(due) = sheet.due() {
            self.index.due.insert((due, number));
        }
    }

    /// Takes a sheet out of the index.
    pub(crate) fn unindex_edi(&mut self, number: u64, sheet: &EdiSheet) {
        self.index.names.remove(&(sheet.system, sheet.structure.clone(), sheet.name.clone()));
        for held in sheet.certificates.values() {
            if let Some(holders) = self.index.certificates.get_mut(&held.sha256) {
                holders.remove(&number);
                if holders.is_empty() {
                    self.index.certificates.remove(&held.sha256);
                }
            }
        }
        if let Some(due) = sheet.due() {
            self.index.due.remove(&(due, number));
        }
    }
}
