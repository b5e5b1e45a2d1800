//! Answers of the gateway, field by field as `docs/gateway.md` writes them. Fields that we don't use are left out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use secrecy::SecretString;
use serde::Deserialize;
use serde::Deserializer;
use serde_json::Value;

/// One page of a list.
#[derive(Deserialize)]
pub(crate) struct Liste<T> {
    /// The elements of this page.
    pub(crate) elements: Vec<T>,
    /// How many pages there are, at least 1.
    pub(crate) pages: u32,
    /// How many elements there are on all pages.
    pub(crate) total: u64,
}

/// An EDI sheet.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FicheEdi {
    pub(crate) id: String,
    pub(crate) structure: String,
    pub(crate) systeme_echange: String,
    pub(crate) nom: String,
    pub(crate) protocole: String,
    pub(crate) statut: String,
    #[serde(default)]
    pub(crate) date_statut: Option<Timestamp>,
    #[serde(default)]
    pub(crate) code_application: Option<String>,
    #[serde(default)]
    pub(crate) reseau: BTreeMap<String, Value>,
    #[serde(default)]
    pub(crate) certificats: Vec<Certificat>,
    #[serde(default)]
    pub(crate) validite: Option<Validite>,
    #[serde(default)]
    pub(crate) contact: Option<Contact>,
    #[serde(default)]
    pub(crate) abonnements: Vec<String>,
}

/// A certificate on an EDI sheet.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Certificat {
    pub(crate) emplacement: String,
    pub(crate) sha256: String,
    #[serde(default)]
    pub(crate) date_fin: Option<Date>,
}

/// A period of validity.
#[derive(Deserialize)]
pub(crate) struct Validite {
    #[serde(default)]
    pub(crate) debut: Option<Date>,
    #[serde(default)]
    pub(crate) fin: Option<Date>,
}

/// A technical contact.
#[derive(Deserialize)]
pub(crate) struct Contact {
    #[serde(default)]
    pub(crate) prenom: Option<String>,
    #[serde(default)]
    pub(crate) nom: Option<String>,
    #[serde(default)]
    pub(crate) email: Option<String>,
    #[serde(default)]
    pub(crate) telephone: Option<String>,
}

/// An API sheet.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FicheApi {
    pub(crate) id: String,
    pub(crate) structure: String,
    pub(crate) nom_application_piste: String,
    pub(crate) type_utilisation: String,
    #[serde(default)]
    pub(crate) nom_editeur: Option<String>,
    pub(crate) statut: String,
    #[serde(default)]
    pub(crate) code_application: Option<String>,
    #[serde(default)]
    pub(crate) contact: Option<Contact>,
}

/// A technical account. Only the answers to its creation and to a reset hold a password.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CompteTechnique {
    pub(crate) id: String,
    pub(crate) login: String,
    pub(crate) structure: String,
    #[serde(default)]
    pub(crate) email_contact: String,
    pub(crate) actif: bool,
    #[serde(default)]
    pub(crate) date_creation: Option<Timestamp>,
    #[serde(default)]
    pub(crate) date_expiration_mot_passe: Option<Timestamp>,
    #[serde(default, deserialize_with = "secret")]
    pub(crate) mot_de_passe: Option<SecretString>,
}

/// Whether a structure is a public operator.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Operateur {
    pub(crate) operateur_public: bool,
}

/// A client of an operator.
#[derive(Deserialize)]
pub(crate) struct Client {
    pub(crate) operateur: String,
    pub(crate) client: String,
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(SecretString::from))
}
