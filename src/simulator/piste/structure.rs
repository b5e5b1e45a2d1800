//! `/cpro/structures/v1`: search and look at structures and services.

use crate::simulator::piste::Fault;
use crate::simulator::piste::UNKNOWN;
use crate::simulator::piste::paging::Paging;
use crate::simulator::piste::wire::AskedStatus;
use crate::simulator::piste::wire::ConsultAnswer;
use crate::simulator::piste::wire::ConsultRequest;
use crate::simulator::piste::wire::ConsultServiceAnswer;
use crate::simulator::piste::wire::ConsultServiceRequest;
use crate::simulator::piste::wire::FoundService;
use crate::simulator::piste::wire::FoundStructure;
use crate::simulator::piste::wire::General;
use crate::simulator::piste::wire::IdentifierType;
use crate::simulator::piste::wire::Parameters;
use crate::simulator::piste::wire::PostalAddress;
use crate::simulator::piste::wire::SearchAnswer;
use crate::simulator::piste::wire::SearchFilter;
use crate::simulator::piste::wire::SearchRequest;
use crate::simulator::piste::wire::Sector;
use crate::simulator::piste::wire::ServiceColumn;
use crate::simulator::piste::wire::ServiceGeneral;
use crate::simulator::piste::wire::ServiceParameters;
use crate::simulator::piste::wire::ServicesAnswer;
use crate::simulator::piste::wire::ServicesRequest;
use crate::simulator::piste::wire::ShownStatus;
use crate::simulator::piste::wire::StructureColumn;
use crate::simulator::world::World;
use crate::simulator::world::people::Actor;
use crate::simulator::world::structure::Structure;
use crate::simulator::world::time::written;

/// `statutService` of a service that is in use.
pub(super) const SERVICE_ACTIVE: &str = "ACTIF";

/// `rechercherStructure`.
pub(super) fn search(world: &World, request: SearchRequest) -> Result<SearchAnswer, Fault> {
    let filter = request.structure.unwrap_or_default();
    let found: Vec<&Structure> = match &filter.identifiant_structure {
        // The way that clients take: no need to look at every structure.
        Some(siret) => world.structure(siret).into_iter().collect(),
        None => world.structures().collect(),
    };
    // Every structure of a world is public, active, in France, and has a SIRET.
    let only_private = request.restreindre_structures_privees.unwrap_or(false);
    let found = found
        .into_iter()
        .filter(|structure| !only_private && matches(&filter, structure))
        .map(shown)
        .collect();
    let paging: Paging<StructureColumn> = request.parametres.unwrap_or_default();
    let (liste_structures, parametres_retour) = paging.cut(found, |structure, column| {
        match column {
            StructureColumn::IdentifiantStructure => structure.identifiant_structure.clone(),
            StructureColumn::DesignationStructure => structure.designation_structure.clone(),
            // The same for all: the order stays.
            StructureColumn::TypeIdentifiantStructure | StructureColumn::Statut => String::new(),
        }
    })?;
    Ok(SearchAnswer { liste_structures, parametres_retour })
}

/// Whether a structure is one that is looked for.
fn matches(filter: &SearchFilter, structure: &Structure) -> bool {
    let name = structure.seed.name.to_lowercase();
    let within = |part: &Option<String>| {
        part.as_ref().is_none_or(|part| name.contains(&part.to_lowercase()))
    };
    // What the simulator does not keep cannot match.
    let unknown = |part: &Option<String>| part.as_ref().is_none_or(String::is_empty);
    filter.statut_structure != Some(AskedStatus::Inactif)
        && filter.type_identifiant_structure.is_none_or(|kind| kind == IdentifierType::Siret)
        && filter.type_structure != Some(Sector::Privee)
        && filter.est_moa != Some(true)
        && filter.est_moa_uniquement != Some(true)
        && within(&filter.raison_sociale_structure)
        && within(&filter.libelle_structure)
        && unknown(&filter.nom_structure)
        && unknown(&filter.prenom_structure)
        && unknown(&filter.adresse_code_postal)
        && unknown(&filter.adresse_ville)
        && filter.adresse_code_pays.as_ref().is_none_or(|code| code == "FR")
}

/// A structure as the search shows it.
fn shown(structure: &Structure) -> FoundStructure {
    FoundStructure {
        id_structure_cpp: structure.number,
        identifiant_structure: structure.seed.siret.clone(),
        type_identifiant_structure: IdentifierType::Siret,
        designation_structure: structure.seed.name.clone(),
        statut: ShownStatus::Active,
    }
}

/// `consulterStructure`.
pub(super) fn consult(
    world: &World,
    actor: &Actor,
    request: &ConsultRequest,
) -> Result<ConsultAnswer, Fault> {
    let structure = numbered(world, "idStructureCPP", request.id_structure_cpp)?;
    let siret = &structure.seed.siret;
    let expiry = world.earliest_expiry(siret).filter(|_| world.is_attached(actor, siret));
    Ok(ConsultAnswer {
        information_generales: General {
            id_structure_cpp: structure.number,
            identifiant_structure: siret.clone(),
            type_identifiant_structure: IdentifierType::Siret,
            structure_privee_publique: Sector::Publique,
            raison_sociale_structure: structure.seed.name.clone(),
            libelle_structure: structure.seed.name.clone(),
            est_valideur_deleguee: false,
            liste_structure_dupliquees: Vec::new(),
            date_expiration_mot_passe_compte_tech: expiry.map(written),
        },
        adresse_postale_du_siege: france(),
        parametres: Parameters {
            code_service_doit_etre_renseigne: false,
            connexion_edi: structure.edi_sender,
            est_moa_uniquement: false,
            est_valideur_delegue: false,
            gestion_numero_ej_ou_code_service: false,
            geta_moa: false,
            non_diffusible_insee: false,
            numero_ej_doit_etre_renseigne: false,
            recevoir_donnees_via_edi: structure.edi_receiver,
            statut_mise_en_paiement_nest_pas_remonte: false,
        },
    })
}

/// `rechercherServicesStructure`.
pub(super) fn search_services(
    world: &World,
    request: ServicesRequest,
) -> Result<ServicesAnswer, Fault> {
    let structure = numbered(world, "idStructure", request.id_structure)?;
    let found = structure
        .services
        .iter()
        .map(|service| FoundService {
            id_service: service.number,
            code_service: service.code.clone(),
            libelle_service: service.name.clone(),
            est_actif: true,
            statut_service: SERVICE_ACTIVE,
        })
        .collect();
    let paging = request.parametres_rechercher_services_structure.unwrap_or_default();
    let (liste_services, parametres_retour) =
        paging.cut(found, |service, column| match column {
            ServiceColumn::CodeService => service.code_service.clone(),
            ServiceColumn::LibelleService => service.libelle_service.clone(),
            ServiceColumn::DateDbtService
            | ServiceColumn::DateFinService
            | ServiceColumn::EstActif => String::new(),
        })?;
    Ok(ServicesAnswer { liste_services, parametres_retour })
}

/// `consulterServiceStructure`.
pub(super) fn consult_service(
    world: &World,
    request: &ConsultServiceRequest,
) -> Result<ConsultServiceAnswer, Fault> {
    let structure = numbered(world, "idStructure", request.id_structure)?;
    let wanted = request.id_service.ok_or_else(|| missing("idService"))?;
    let service =
        structure.services.iter().find(|service| service.number == wanted).ok_or(UNKNOWN)?;
    Ok(ConsultServiceAnswer {
        informations_generales: ServiceGeneral {
            code_service: service.code.clone(),
            nom_service: service.name.clone(),
            description_service: String::new(),
        },
        adresse_postale: france(),
        parametres: ServiceParameters { mise_en_paiement: false, numero_engagement: false },
    })
}

/// The structure with the number that was sent as `name`.
pub(super) fn numbered<'a>(
    world: &'a World,
    name: &str,
    number: Option<i64>,
) -> Result<&'a Structure, Fault> {
    world.structure_by_number(number.ok_or_else(|| missing(name))?).ok_or(UNKNOWN)
}

/// The fault of a field that is not there.
pub(super) fn missing(name: &str) -> Fault {
    Fault::Malformed(format!("Le champ {name} est obligatoire"))
}

/// The only thing that a world knows about addresses.
fn france() -> PostalAddress {
    PostalAddress { pays: "FR".to_owned() }
}
