//! Answers of the official API, as far as they are used (`docs/sources.md` 7). Everything may be absent.

#![expect(clippy::struct_field_names, reason = "the official names of the fields")]

use serde::Deserialize;

/// What every answer says of itself. A `codeRetour` that is not 0 is a refusal, in HTTP 200 too (`docs/sources.md` 8).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Retour {
    #[serde(default)]
    pub(crate) code_retour: i64,
    #[serde(default)]
    pub(crate) libelle: Option<String>,
}

/// Where a page stands in its list.
#[derive(Default, Deserialize)]
pub(crate) struct ParametresRetour {
    #[serde(default)]
    pub(crate) pages: Option<u32>,
    #[serde(default)]
    pub(crate) total: Option<u64>,
}

/// Answer of `monCompte/recuperer/rattachements`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rattachements {
    #[serde(default)]
    pub(crate) liste_structure_rattachement: Option<Vec<Rattachement>>,
    #[serde(default)]
    pub(crate) parametres_retour: Option<ParametresRetour>,
}

/// A structure to which the account is attached, or asked to be.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rattachement {
    #[serde(default)]
    pub(crate) id_structure: Option<i64>,
    #[serde(default)]
    pub(crate) identifiant_structure: String,
    #[serde(default)]
    pub(crate) type_identifiant_structure: Option<String>,
    #[serde(default)]
    pub(crate) designation_structure: Option<String>,
    #[serde(default)]
    pub(crate) statut_rattachement_structure: Option<String>,
}

/// Answer of `structures/v1/rechercher`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Recherche {
    #[serde(default)]
    pub(crate) liste_structures: Option<Vec<StructureTrouvee>>,
}

/// A structure that a search found.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StructureTrouvee {
    #[serde(default)]
    pub(crate) identifiant_structure: String,
    #[serde(default)]
    pub(crate) type_identifiant_structure: Option<String>,
    #[serde(default)]
    pub(crate) designation_structure: Option<String>,
    #[serde(default)]
    pub(crate) statut: Option<String>,
}

/// Answer of `structures/v1/consulter`.
#[derive(Deserialize)]
pub(crate) struct Consultation {
    #[serde(default, rename = "informationGenerales")]
    pub(crate) informations: Option<InformationsGenerales>,
    #[serde(default)]
    pub(crate) parametres: Option<ParametresStructure>,
}

/// What is told about a structure itself.
#[derive(Deserialize)]
pub(crate) struct InformationsGenerales {
    #[serde(default, rename = "dateExpirationMotPasseCompteTech")]
    pub(crate) date_expiration_mot_passe: Option<String>,
}

/// Parameters of a structure.
#[derive(Deserialize)]
pub(crate) struct ParametresStructure {
    #[serde(default, rename = "connexionEDI")]
    pub(crate) connexion_edi: Option<bool>,
    #[serde(default, rename = "recevoirDonneesViaEDI")]
    pub(crate) recevoir_donnees_via_edi: Option<bool>,
}

/// Answer of `structures/v1/rechercher/services`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Services {
    #[serde(default)]
    pub(crate) liste_services: Option<Vec<Service>>,
    #[serde(default)]
    pub(crate) parametres_retour: Option<ParametresRetour>,
}

/// A service of a structure.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Service {
    #[serde(default)]
    pub(crate) id_service: Option<i64>,
    #[serde(default)]
    pub(crate) code_service: Option<String>,
    #[serde(default)]
    pub(crate) libelle_service: Option<String>,
    #[serde(default)]
    pub(crate) est_actif: Option<bool>,
}

/// Answer of `organisations/v1/structures/{ref}`.
#[derive(Deserialize)]
pub(crate) struct Organisation {
    pub(crate) uuid: String,
}
