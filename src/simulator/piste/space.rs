//! `rechercherEspaces`, a deprecated route. Which spaces exist is not public: the simulator's numbers are its own.

use crate::simulator::piste::Fault;
use crate::simulator::piste::UNKNOWN;
use crate::simulator::piste::structure::numbered;
use crate::simulator::piste::wire::FoundSpace;
use crate::simulator::piste::wire::IdentifierType;
use crate::simulator::piste::wire::Permission;
use crate::simulator::piste::wire::SpaceColumn;
use crate::simulator::piste::wire::SpaceState;
use crate::simulator::piste::wire::SpacesAnswer;
use crate::simulator::piste::wire::SpacesRequest;
use crate::simulator::world::World;
use crate::simulator::world::people::Actor;

/// The spaces that the routes of «Transverses» name (`docs/sources.md` 7).
const SPACES: [(i32, &str); 3] =
    [(1, "Fournisseur"), (2, "Destinataire"), (3, "Factures de travaux")];

/// The spaces of a structure, or of one of its services.
pub(super) fn search(
    world: &World,
    actor: &Actor,
    request: SpacesRequest,
) -> Result<SpacesAnswer, Fault> {
    let asked = request.structure.unwrap_or_default();
    let structure = match (asked.id_structure, &asked.identifiant_structure) {
        (None, Some(siret)) => {
            let kind = asked.type_identifiant_structure;
            if kind.is_some_and(|kind| kind != IdentifierType::Siret) {
                return Err(UNKNOWN);
            }
            world.structure(siret).ok_or(UNKNOWN)?
        }
        (number, _) => numbered(world, "structure.idStructure", number)?,
    };
    let service = match request.id_service {
        None => None,
        Some(number) => {
            let found = structure.services.iter().find(|service| service.number == number);
            Some(found.ok_or(UNKNOWN)?)
        }
    };
    let type_habilitation = if world.is_attached(actor, &structure.seed.siret) {
        Permission::Modification
    } else {
        Permission::ConsultationUniquement
    };
    let first = service.map_or(structure.number, |service| service.number) * 10;
    let found = SPACES
        .iter()
        .map(|&(code_espace, libelle_espace)| FoundSpace {
            id_espace_fo: first + i64::from(code_espace),
            code_espace,
            libelle_espace,
            id_service: service.map(|service| service.number),
            code_service: service.map(|service| service.code.clone()),
            libelle_service: service.map(|service| service.name.clone()),
            etat_courant: SpaceState::Active,
            type_habilitation,
        })
        .collect();
    let paging = request.parametres_rechercher_espaces.unwrap_or_default();
    let (liste_espace, parametres_retour) = paging.cut(found, |space, column| match column {
        SpaceColumn::LibelleEspace => (space.libelle_espace, 0),
        SpaceColumn::IdEspaceFo | SpaceColumn::CodeEspace => ("", space.code_espace),
        SpaceColumn::CodeService
        | SpaceColumn::LibelleService
        | SpaceColumn::EtatCourant
        | SpaceColumn::TypeHabilitation
        | SpaceColumn::IdService => ("", 0),
    })?;
    Ok(SpacesAnswer { liste_espace, parametres_retour })
}
