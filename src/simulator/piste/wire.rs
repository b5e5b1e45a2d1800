//! The shapes of the official swagger "Structures" 1.0.0, and of the routes beside it (`docs/sources.md` 7).
//!
//! Requests ignore fields that they do not know, as the real service does; enumerations are strict.

use serde::Deserialize;
use serde::Serialize;

use crate::simulator::piste::paging::Paging;

/// `typeIdentifiantStructure`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum IdentifierType {
    /// The only one of public structures.
    Siret,
    /// Inside the European Union.
    UeHorsFrance,
    /// Outside.
    HorsUe,
    /// New Caledonia.
    Ridet,
    /// French Polynesia.
    Tahiti,
    /// Others.
    Autre,
    /// A private person.
    Particulier,
}

/// `statutStructure`, in requests only: answers say `ACTIVE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum AskedStatus {
    /// Active.
    Actif,
    /// Inactive.
    Inactif,
}

/// `statut`, in answers only: requests say `ACTIF`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum ShownStatus {
    /// Active.
    Active,
}

/// `typeStructure`, `structurePriveePublique`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Sector {
    /// Private.
    Privee,
    /// Public.
    Publique,
}

/// `RechercherStructureParam`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SearchRequest {
    pub(super) structure: Option<SearchFilter>,
    pub(super) restreindre_structures_privees: Option<bool>,
    pub(super) parametres: Option<Paging<StructureColumn>>,
}

/// `RechercherStructureInput`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SearchFilter {
    pub(super) adresse_code_pays: Option<String>,
    pub(super) adresse_code_postal: Option<String>,
    pub(super) adresse_ville: Option<String>,
    #[serde(rename = "estMOA")]
    pub(super) est_moa: Option<bool>,
    #[serde(rename = "estMOAUniquement")]
    pub(super) est_moa_uniquement: Option<bool>,
    pub(super) identifiant_structure: Option<String>,
    pub(super) libelle_structure: Option<String>,
    pub(super) nom_structure: Option<String>,
    pub(super) prenom_structure: Option<String>,
    pub(super) raison_sociale_structure: Option<String>,
    pub(super) statut_structure: Option<AskedStatus>,
    pub(super) type_identifiant_structure: Option<IdentifierType>,
    pub(super) type_structure: Option<Sector>,
}

/// Columns of `ParametresRechercherStructure`.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) enum StructureColumn {
    IdentifiantStructure,
    DesignationStructure,
    TypeIdentifiantStructure,
    Statut,
}

/// `ParametresRetour`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageShown {
    pub(super) nb_resultats_par_page: i32,
    pub(super) page_courante: i32,
    pub(super) pages: i32,
    pub(super) total: i32,
}

/// `WsRetourRechercherStructure`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SearchAnswer {
    pub(super) liste_structures: Vec<FoundStructure>,
    pub(super) parametres_retour: PageShown,
}

/// `StructureAAfficher`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FoundStructure {
    #[serde(rename = "idStructureCPP")]
    pub(super) id_structure_cpp: i64,
    pub(super) identifiant_structure: String,
    pub(super) type_identifiant_structure: IdentifierType,
    pub(super) designation_structure: String,
    pub(super) statut: ShownStatus,
}

/// `ConsulterStructureAvecTVAIntraComParam`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConsultRequest {
    #[serde(rename = "idStructureCPP")]
    pub(super) id_structure_cpp: Option<i64>,
    #[expect(dead_code, reason = "its type is checked, its value changes nothing")]
    pub(super) code_langue: Option<String>,
}

/// `WsRetourConsulterStructureTVAIntraCom`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConsultAnswer {
    pub(super) information_generales: General,
    pub(super) adresse_postale_du_siege: PostalAddress,
    pub(super) parametres: Parameters,
}

/// `InformationsGeneralesStructureCompleteTVAIntraCom`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct General {
    #[serde(rename = "idStructureCPP")]
    pub(super) id_structure_cpp: i64,
    pub(super) identifiant_structure: String,
    pub(super) type_identifiant_structure: IdentifierType,
    pub(super) structure_privee_publique: Sector,
    pub(super) raison_sociale_structure: String,
    pub(super) libelle_structure: String,
    pub(super) est_valideur_deleguee: bool,
    pub(super) liste_structure_dupliquees: Vec<DuplicateStructure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) date_expiration_mot_passe_compte_tech: Option<String>,
}

/// `StructureDupliquee`. The simulator has none.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DuplicateStructure {
    pub(super) structure_dupliquee: i64,
}

/// `AdressePostale`. The simulator knows no more than the country.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PostalAddress {
    pub(super) pays: String,
}

/// `ParamModifierStructure`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Parameters {
    pub(super) code_service_doit_etre_renseigne: bool,
    #[serde(rename = "connexionEDI")]
    pub(super) connexion_edi: bool,
    pub(super) est_moa_uniquement: bool,
    pub(super) est_valideur_delegue: bool,
    #[serde(rename = "gestionNumeroEJOuCodeService")]
    pub(super) gestion_numero_ej_ou_code_service: bool,
    pub(super) geta_moa: bool,
    pub(super) non_diffusible_insee: bool,
    #[serde(rename = "numeroEJDoitEtreRenseigne")]
    pub(super) numero_ej_doit_etre_renseigne: bool,
    #[serde(rename = "recevoirDonneesViaEDI")]
    pub(super) recevoir_donnees_via_edi: bool,
    pub(super) statut_mise_en_paiement_nest_pas_remonte: bool,
}

/// `RechercherServicesStructureParam`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServicesRequest {
    pub(super) id_structure: Option<i64>,
    pub(super) parametres_rechercher_services_structure: Option<Paging<ServiceColumn>>,
}

/// Columns of `ParametresRechercherServicesStructure`.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) enum ServiceColumn {
    CodeService,
    LibelleService,
    DateDbtService,
    DateFinService,
    EstActif,
}

/// `WsRetourRechercherServicesStructure`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServicesAnswer {
    pub(super) liste_services: Vec<FoundService>,
    pub(super) parametres_retour: PageShown,
}

/// `ServiceExpose`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FoundService {
    pub(super) id_service: i64,
    pub(super) code_service: String,
    pub(super) libelle_service: String,
    pub(super) est_actif: bool,
    pub(super) statut_service: &'static str,
}

/// `ConsulterServiceStructureParam`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConsultServiceRequest {
    pub(super) id_structure: Option<i64>,
    pub(super) id_service: Option<i64>,
    #[expect(dead_code, reason = "its type is checked, its value changes nothing")]
    pub(super) code_langue: Option<String>,
}

/// `WsRetourConsulterServiceStructure`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConsultServiceAnswer {
    pub(super) informations_generales: ServiceGeneral,
    pub(super) adresse_postale: PostalAddress,
    pub(super) parametres: ServiceParameters,
}

/// `ParamModifierServiceInfoGeneral`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names of the swagger")]
pub(super) struct ServiceGeneral {
    pub(super) code_service: String,
    pub(super) nom_service: String,
    pub(super) description_service: String,
}

/// `ParamParametre`, without the dates, which the simulator does not keep.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServiceParameters {
    pub(super) mise_en_paiement: bool,
    pub(super) numero_engagement: bool,
}

/// `ListerRattachementsStructureUtilisateurParam`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AttachmentsRequest {
    pub(super) adresse_email_connexion_utilisateur: Option<String>,
    pub(super) id_structure: Option<i64>,
    pub(super) id_utilisateur: Option<i64>,
    pub(super) identifiant_structure: Option<String>,
    pub(super) type_identifiant_structure: Option<IdentifierType>,
    pub(super) parametres_lister_rattachements_structure_utilisateur:
        Option<Paging<AttachmentColumn>>,
}

/// Columns of `ParamListerRattachementsStructureUtilisateur`.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) enum AttachmentColumn {
    CodeService,
    NomService,
    StatutRattachement,
}

/// `WsRetourListerRattachementsStructureUtilisateur`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AttachmentsAnswer {
    pub(super) id_structure: i64,
    pub(super) identifiant_structure: String,
    pub(super) designation_structure: String,
    pub(super) premier_service: bool,
    pub(super) liste_services: Vec<AttachedService>,
    pub(super) parametres_retour: PageShown,
}

/// `statutRattachement`. The simulator knows no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum AttachmentStatus {
    /// In force.
    Validee,
}

/// `ServiceOutputListerRattachementsStructureUtilisateur`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AttachedService {
    pub(super) id_rattachement: i64,
    pub(super) id_service: i64,
    pub(super) code_service: String,
    pub(super) nom_service: String,
    pub(super) statut_rattachement: AttachmentStatus,
}

/// `RechercherEspacesParam`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SpacesRequest {
    pub(super) id_service: Option<i64>,
    pub(super) structure: Option<SpacesOf>,
    pub(super) parametres_rechercher_espaces: Option<Paging<SpaceColumn>>,
}

/// `ParametresStructureRechercherEspacesFo`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names of the swagger")]
pub(super) struct SpacesOf {
    pub(super) id_structure: Option<i64>,
    pub(super) identifiant_structure: Option<String>,
    pub(super) type_identifiant_structure: Option<IdentifierType>,
}

/// Columns of `ParametresRechercherEspacesFo`.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) enum SpaceColumn {
    CodeService,
    LibelleService,
    #[serde(rename = "idEspaceFo")]
    IdEspaceFo,
    CodeEspace,
    LibelleEspace,
    #[serde(rename = "etatCourant")]
    EtatCourant,
    TypeHabilitation,
    IdService,
}

/// `WsRetourRechercherEspacesFo`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SpacesAnswer {
    pub(super) liste_espace: Vec<FoundSpace>,
    pub(super) parametres_retour: PageShown,
}

/// `etatCourant`. The simulator knows no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum SpaceState {
    /// In use.
    Active,
}

/// `typeHabilitation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Permission {
    /// Look only.
    ConsultationUniquement,
    /// Change too.
    Modification,
}

/// `WsRetourEspaceFoServiceSxp`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FoundSpace {
    pub(super) id_espace_fo: i64,
    pub(super) code_espace: i32,
    pub(super) libelle_espace: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id_service: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code_service: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) libelle_service: Option<String>,
    pub(super) etat_courant: SpaceState,
    pub(super) type_habilitation: Permission,
}

/// Request of `monCompte/recuperer/rattachements`: only its paging is known.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OwnRequest {
    pub(super) parametres_recherche: Option<Paging<NoColumn>>,
}

/// The columns of this request are not known: any word is taken, none sorts.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoColumn;

impl<'de> Deserialize<'de> for NoColumn {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|_| Self)
    }
}

/// Answer of `monCompte/recuperer/rattachements`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OwnAnswer {
    pub(super) liste_structure_rattachement: Vec<OwnStructure>,
    pub(super) parametres_retour: PageShown,
}

/// A structure that the account is attached to.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OwnStructure {
    pub(super) id_rattachement_structure: i64,
    pub(super) id_structure: i64,
    pub(super) identifiant_structure: String,
    pub(super) type_identifiant_structure: IdentifierType,
    pub(super) designation_structure: String,
    pub(super) role_utilisateur: &'static str,
    pub(super) statut_rattachement_structure: AttachmentStatus,
    pub(super) statut_utilisateur: &'static str,
    pub(super) liste_services_rattache: Vec<OwnService>,
}

/// A service that the account is attached to.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OwnService {
    pub(super) id_rattachement_service: i64,
    pub(super) id_service: i64,
    pub(super) code_service: String,
    pub(super) libelle_service: String,
    pub(super) est_actif: bool,
    pub(super) statut_rattachement_service: AttachmentStatus,
    pub(super) statut_service: &'static str,
}

/// Request of `telecharger/annuaire/destinataire`: nothing.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct DirectoryRequest {}

/// Answer of `telecharger/annuaire/destinataire`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DirectoryAnswer {
    pub(super) fichier_resultat: String,
}
