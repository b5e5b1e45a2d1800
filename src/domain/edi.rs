//! EDI connection sheets: what they hold, their statuses, and which fields Chorus Pro forbids changing.
//!
//! Source of the rules: AIFE's deck «Se raccorder à Chorus Pro» (2026), sections 4 and 5 (`docs/sources.md` 1 to 4).

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::observed::RemoteId;
use crate::domain::siret::Siret;
use crate::domain::value::Contact;
use crate::domain::value::Fingerprint;
use crate::domain::value::InterfaceCode;
use crate::domain::value::Line;
use crate::domain::value::Port;
use crate::domain::value::SHEET_NAME_MAX;
use crate::domain::value::ServerIp;
use crate::domain::value::SheetName;
use crate::domain::value::WebUrl;

/// The exchange system that a sheet connects to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum ExchangeSystem {
    /// The historic one: invoices to the public sphere, reception, life cycles.
    #[serde(rename = "CPRO")]
    Cpro,
    /// The accredited platform of the State: invoices from public bodies to companies (G2B).
    #[serde(rename = "PA-CPRO")]
    PaCpro,
}

impl ExchangeSystem {
    /// The portal's word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Cpro => "CPRO",
            Self::PaCpro => "PA-CPRO",
        }
    }
}

impl fmt::Display for ExchangeSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The transfer protocol of a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Protocol {
    /// Only with [`ExchangeSystem::Cpro`].
    Pesit,
    /// The partner is always the client.
    Sftp,
    /// Push both ways.
    As2,
}

impl Protocol {
    /// All three.
    pub(crate) const ALL: [Self; 3] = [Self::Pesit, Self::Sftp, Self::As2];

    /// The word in our files.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Pesit => "PESIT",
            Self::Sftp => "SFTP",
            Self::As2 => "AS2",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The network characteristics of the partner's side: one variant for each protocol.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "protocol", rename_all = "UPPERCASE")]
pub(crate) enum Network {
    /// PeSIT: address, port and identifier of the partner's server.
    Pesit {
        /// Address of the partner's server.
        ip: ServerIp,
        /// Its port.
        port: Port,
        /// «Part ID».
        part_id: Line,
    },
    /// SFTP: the partner is the client. Whether its address is asked for is not known: it stays optional.
    Sftp {
        /// Address from which the partner connects.
        ip: Option<ServerIp>,
    },
    /// AS2: identifier of the partner and the URL at which it receives.
    As2 {
        /// The partner's AS2 identifier.
        as2_id: Line,
        /// Where Chorus Pro sends messages.
        url: WebUrl,
    },
}

impl Network {
    /// The protocol that these fields belong to.
    pub(crate) fn protocol(&self) -> Protocol {
        match self {
            Self::Pesit { .. } => Protocol::Pesit,
            Self::Sftp { .. } => Protocol::Sftp,
            Self::As2 { .. } => Protocol::As2,
        }
    }

    /// The filled fields by their key in our files, as text.
    pub(crate) fn fields(&self) -> BTreeMap<&'static str, String> {
        match self {
            Self::Pesit { ip, port, part_id } => BTreeMap::from([
                ("ip", ip.to_string()),
                ("port", port.to_string()),
                ("part_id", part_id.to_string()),
            ]),
            Self::Sftp { ip } => ip.iter().map(|ip| ("ip", ip.to_string())).collect(),
            Self::As2 { as2_id, url } => {
                BTreeMap::from([("as2_id", as2_id.to_string()), ("url", url.to_string())])
            }
        }
    }
}

/// The place of a certificate on a sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Slot {
    /// «Certificat Serveur».
    Server,
    /// «Certificat Client».
    Client,
}

impl Slot {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Server, Self::Client];

    /// The key in our files.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }

    /// The field of a sheet that it is, as in our files.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Self::Server => "certificates.server",
            Self::Client => "certificates.client",
        }
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Which certificate goes into a slot: its key in `certificates`, and the fingerprint of its leaf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CertificateUse {
    /// The key of the certificate in its entity.
    pub(crate) key: String,
    /// SHA-256 of the leaf: what makes two certificates the same.
    pub(crate) fingerprint: Fingerprint,
}

/// The period in which a sheet is valid; both days included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Validity {
    /// First day.
    pub(crate) from: Date,
    /// Last day.
    pub(crate) until: Date,
}

impl Validity {
    /// Whether `day` lies inside.
    pub(crate) fn contains(self, day: Date) -> bool {
        self.from <= day && day <= self.until
    }
}

/// What Chorus Pro lets a partner change on a sheet that is Actif or Inactif.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EdiSettings {
    /// Network characteristics; their protocol is not modifiable.
    pub(crate) network: Network,
    /// One certificate for each slot that the protocol has.
    pub(crate) certificates: BTreeMap<Slot, CertificateUse>,
    /// Period of validity.
    pub(crate) validity: Validity,
    /// Technical contact.
    pub(crate) contact: Contact,
    /// Interface codes; at least one.
    pub(crate) subscriptions: BTreeSet<InterfaceCode>,
}

/// A whole EDI sheet, as it is created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EdiSheet {
    /// The structure that is connected. Not modifiable.
    pub(crate) structure: Siret,
    /// Not modifiable.
    pub(crate) exchange_system: ExchangeSystem,
    /// Not modifiable; unique for an exchange system and a structure.
    pub(crate) name: SheetName,
    /// The rest.
    pub(crate) settings: EdiSettings,
}

/// What a replacement does with the old sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ReplaceOrder {
    /// Create the new sheet, wait until it is Actif, then deactivate the old one.
    #[default]
    CreateFirst,
    /// Deactivate the old sheet first: nothing flows until the new one is Actif.
    DeactivateFirst,
}

/// How a sheet may live, be replaced and be retired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lifecycle {
    /// Refuse any plan that would replace this sheet.
    pub(crate) prevent_replace: bool,
    /// The order of a replacement.
    pub(crate) replace: ReplaceOrder,
    /// How many days old and new sheet stay Actif together.
    pub(crate) overlap_days: u32,
    /// A template for the new name; knows `name` and `generation`.
    pub(crate) replacement_name: String,
    /// Allow a replacement of a sheet in Erreur although nothing non-modifiable differs.
    pub(crate) recreate_on_error: bool,
}

/// The name that a replacement gets when nothing else is said.
pub(crate) const DEFAULT_REPLACEMENT_NAME: &str = "{{ name }} ({{ generation }})";

impl Default for Lifecycle {
    fn default() -> Self {
        Self {
            prevent_replace: false,
            replace: ReplaceOrder::default(),
            overlap_days: 0,
            replacement_name: DEFAULT_REPLACEMENT_NAME.to_owned(),
            recreate_on_error: false,
        }
    }
}

/// An EDI connection as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DesiredEdi {
    /// The sheet, with the name as declared.
    pub(crate) sheet: EdiSheet,
    /// Names for generations 2, 3, … where `lifecycle.replacement_name` is not the default.
    ///
    /// Rendered when the files are read, so that planning needs no template engine.
    pub(crate) replacement_names: Vec<SheetName>,
    /// How it may be replaced.
    pub(crate) lifecycle: Lifecycle,
    /// Whether it shall be Actif inside its validity.
    pub(crate) active: bool,
}

impl DesiredEdi {
    /// The name of the sheet that serves this address in `generation` (2 for the first replacement).
    ///
    /// `None` when the names that were rendered are used up.
    pub(crate) fn replacement_name(&self, generation: u32) -> Option<SheetName> {
        if self.lifecycle.replacement_name == DEFAULT_REPLACEMENT_NAME {
            return fit_name(&self.sheet.name, |name| format!("{name} ({generation})"));
        }
        let index = usize::try_from(generation.checked_sub(2)?).ok()?;
        self.replacement_names.get(index).cloned()
    }
}

/// Builds a name around `name`, which is cut as far as needed so that the whole keeps to 100 characters.
///
/// `None` when `build` gives no name at all, however short `name` is.
pub(crate) fn fit_name(name: &SheetName, build: impl Fn(&str) -> String) -> Option<SheetName> {
    let mut kept: Vec<char> = name.as_str().chars().collect();
    loop {
        let shortened: String = kept.iter().collect();
        let built = build(shortened.trim_end());
        let excess = built.trim().chars().count().saturating_sub(SHEET_NAME_MAX);
        if excess == 0 {
            return SheetName::parse(built.trim()).ok();
        }
        if kept.is_empty() {
            return None;
        }
        kept.truncate(kept.len().saturating_sub(excess));
    }
}

/// The status of an EDI sheet (AIFE's deck, «Les statuts d'un raccordement EDI»).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub(crate) enum EdiStatus {
    /// A request was begun and not finalised. May be deleted.
    Draft,
    /// Sent to the exchange system. Not modifiable.
    Pending,
    /// Accepted, and inside its validity.
    Active,
    /// Accepted, and outside its validity or deactivated.
    Inactive,
    /// At least one interface is inactive; only support can act.
    Partial,
    /// The exchange system refused; only an administrator can act.
    Error,
    /// A word that we don't know. Kept, and never acted upon.
    Unrecognized(String),
}

impl EdiStatus {
    /// The portal's label.
    pub(crate) fn label(&self) -> &str {
        match self {
            Self::Draft => "Brouillon",
            Self::Pending => "En cours",
            Self::Active => "Actif",
            Self::Inactive => "Inactif",
            Self::Partial => "Partielle",
            Self::Error => "Erreur",
            Self::Unrecognized(word) => word,
        }
    }
}

impl From<String> for EdiStatus {
    fn from(label: String) -> Self {
        [Self::Draft, Self::Pending, Self::Active, Self::Inactive, Self::Partial, Self::Error]
            .into_iter()
            .find(|status| status.label() == label)
            .unwrap_or(Self::Unrecognized(label))
    }
}

impl From<EdiStatus> for String {
    fn from(status: EdiStatus) -> Self {
        status.label().to_owned()
    }
}

impl fmt::Display for EdiStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.label())
    }
}

/// A certificate as it is seen on a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ObservedCertificate {
    /// SHA-256 of its leaf.
    pub(crate) fingerprint: Fingerprint,
    /// Its last day, when told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) not_after: Option<Date>,
}

/// An EDI sheet as it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ObservedEdi {
    /// The identity that Chorus Pro gave.
    pub(crate) id: RemoteId,
    /// Its status.
    pub(crate) status: EdiStatus,
    /// Since when it has this status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status_since: Option<Timestamp>,
    /// The application code that AIFE allocated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) application_code: Option<String>,
    /// Its structure.
    pub(crate) structure: Siret,
    /// Its exchange system, in the portal's word.
    pub(crate) exchange_system: String,
    /// Its protocol, in our word when it is known, else as found.
    pub(crate) protocol: String,
    /// Its name.
    pub(crate) name: String,
    /// Its network fields, by the keys of our files.
    pub(crate) network: BTreeMap<String, String>,
    /// Its certificates.
    pub(crate) certificates: BTreeMap<Slot, ObservedCertificate>,
    /// First day of validity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) valid_from: Option<Date>,
    /// Last day of validity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) valid_until: Option<Date>,
    /// Its technical contact: first name, last name, e-mail, telephone, as found.
    pub(crate) contact: BTreeMap<String, String>,
    /// Its interface codes, as found.
    pub(crate) subscriptions: BTreeSet<String>,
}

/// The three things that make the name of a sheet unique.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct SheetKey {
    /// Exchange system, in the portal's word.
    pub(crate) exchange_system: String,
    /// Structure.
    pub(crate) structure: Siret,
    /// Name.
    pub(crate) name: String,
}

impl EdiSheet {
    /// What makes its name unique.
    pub(crate) fn key(&self) -> SheetKey {
        SheetKey {
            exchange_system: self.exchange_system.to_string(),
            structure: self.structure,
            name: self.name.to_string(),
        }
    }
}

impl ObservedEdi {
    /// What makes its name unique.
    pub(crate) fn key(&self) -> SheetKey {
        SheetKey {
            exchange_system: self.exchange_system.clone(),
            structure: self.structure,
            name: self.name.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replacement_name_keeps_to_a_hundred_characters() {
        let long = SheetName::parse(&"é".repeat(100)).unwrap();
        let name = fit_name(&long, |name| format!("{name} (12)")).unwrap();
        assert_eq!(name.as_str().chars().count(), 100);
        assert!(name.as_str().ends_with("é (12)"));
        assert!(fit_name(&long, |_| "x".repeat(101)).is_none());
    }

    #[test]
    fn statuses_keep_words_they_do_not_know() {
        assert_eq!(EdiStatus::from("En cours".to_owned()), EdiStatus::Pending);
        let odd = EdiStatus::from("Suspendu".to_owned());
        assert_eq!(
            (odd.label(), odd.clone()),
            ("Suspendu", EdiStatus::Unrecognized("Suspendu".to_owned()))
        );
    }
}
