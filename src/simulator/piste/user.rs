//! Attachments: of a user to the services of a structure, and of the calling account to structures.

use crate::simulator::piste::Fault;
use crate::simulator::piste::NO_RIGHT;
use crate::simulator::piste::UNKNOWN;
use crate::simulator::piste::structure::SERVICE_ACTIVE;
use crate::simulator::piste::structure::missing;
use crate::simulator::piste::structure::numbered;
use crate::simulator::piste::wire::AttachedService;
use crate::simulator::piste::wire::AttachmentColumn;
use crate::simulator::piste::wire::AttachmentStatus;
use crate::simulator::piste::wire::AttachmentsAnswer;
use crate::simulator::piste::wire::AttachmentsRequest;
use crate::simulator::piste::wire::IdentifierType;
use crate::simulator::piste::wire::OwnAnswer;
use crate::simulator::piste::wire::OwnRequest;
use crate::simulator::piste::wire::OwnService;
use crate::simulator::piste::wire::OwnStructure;
use crate::simulator::world::World;
use crate::simulator::world::people::Actor;
use crate::simulator::world::structure::Structure;

/// What is added to the number of a structure or service to make that of an attachment.
const ATTACHMENT: i64 = 40_000_000;

/// `listerRattachementsStructureUtilisateur`: the services of one structure that a user is attached to.
pub(super) fn list(
    world: &World,
    actor: &Actor,
    request: AttachmentsRequest,
) -> Result<AttachmentsAnswer, Fault> {
    let structure = match (request.id_structure, &request.identifiant_structure) {
        (None, Some(siret)) => {
            let kind = request.type_identifiant_structure;
            if kind.is_some_and(|kind| kind != IdentifierType::Siret) {
                return Err(UNKNOWN);
            }
            world.structure(siret).ok_or(UNKNOWN)?
        }
        (number, _) => numbered(world, "idStructure", number)?,
    };
    let siret = &structure.seed.siret;
    if !world.is_attached(actor, siret) {
        return Err(NO_RIGHT);
    }
    let login = request.adresse_email_connexion_utilisateur.as_deref();
    if login.is_none() && request.id_utilisateur.is_none() {
        return Err(missing("idUtilisateur"));
    }
    let user = world.find_user(login, request.id_utilisateur).ok_or(UNKNOWN)?;
    let services = if user.rights(siret).attached { structure.services.as_slice() } else { &[] };
    let found = services
        .iter()
        .map(|service| AttachedService {
            id_rattachement: ATTACHMENT + service.number,
            id_service: service.number,
            code_service: service.code.clone(),
            nom_service: service.name.clone(),
            statut_rattachement: AttachmentStatus::Validee,
        })
        .collect();
    let paging = request.parametres_lister_rattachements_structure_utilisateur.unwrap_or_default();
    let (liste_services, parametres_retour) =
        paging.cut(found, |service, column| match column {
            AttachmentColumn::CodeService => service.code_service.clone(),
            AttachmentColumn::NomService => service.nom_service.clone(),
            AttachmentColumn::StatutRattachement => String::new(),
        })?;
    Ok(AttachmentsAnswer {
        id_structure: structure.number,
        identifiant_structure: siret.clone(),
        designation_structure: structure.seed.name.clone(),
        premier_service: false,
        liste_services,
        parametres_retour,
    })
}

/// `monCompte/recuperer/rattachements`: the structures that the calling account reaches.
pub(super) fn own(world: &World, actor: &Actor, request: OwnRequest) -> Result<OwnAnswer, Fault> {
    let found: Vec<&Structure> = world
        .structures()
        .filter(|structure| world.is_attached(actor, &structure.seed.siret))
        .collect();
    let paging = request.parametres_recherche.unwrap_or_default();
    // The order of SIRETs: columns of this route are not known.
    let (page, parametres_retour) = paging.cut(found, |_, _| ())?;
    let liste_structure_rattachement =
        page.into_iter().map(|structure| attachment(world, actor, structure)).collect();
    Ok(OwnAnswer { liste_structure_rattachement, parametres_retour })
}

/// One attachment. The words for roles and for the status of the user are the simulator's own.
fn attachment(world: &World, actor: &Actor, structure: &Structure) -> OwnStructure {
    let siret = &structure.seed.siret;
    let manager = world.is_manager(actor, siret);
    OwnStructure {
        id_rattachement_structure: ATTACHMENT + structure.number,
        id_structure: structure.number,
        identifiant_structure: siret.clone(),
        type_identifiant_structure: IdentifierType::Siret,
        designation_structure: structure.seed.name.clone(),
        role_utilisateur: if manager { "GESTIONNAIRE_PRINCIPAL" } else { "UTILISATEUR" },
        statut_rattachement_structure: AttachmentStatus::Validee,
        statut_utilisateur: "ACTIF",
        liste_services_rattache: structure
            .services
            .iter()
            .map(|service| OwnService {
                id_rattachement_service: ATTACHMENT + service.number,
                id_service: service.number,
                code_service: service.code.clone(),
                libelle_service: service.name.clone(),
                est_actif: true,
                statut_rattachement_service: AttachmentStatus::Validee,
                statut_service: SERVICE_ACTIVE,
            })
            .collect(),
    }
}
