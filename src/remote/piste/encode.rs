//! Calls of the official API. Pure.

use serde_json::json;

use crate::domain::observed::RemoteId;
use crate::domain::siret::Siret;
use crate::remote::gateway::encode::segment;
use crate::remote::http::Call;
use crate::remote::http::Method;

/// One page of the structures to which the account is attached.
pub(crate) fn attachments(number: u32, size: u32) -> Call {
    Call::with_body(
        Method::Post,
        "/cpro/utilisateurs/v1/monCompte/recuperer/rattachements",
        json!({ "parametresRecherche": { "nbResultatsParPage": size, "pageResultatDemandee": number } }),
    )
}

/// Looks for a structure by its SIRET.
pub(crate) fn search(siret: Siret) -> Call {
    Call::with_body(
        Method::Post,
        "/cpro/structures/v1/rechercher",
        json!({ "structure": { "typeIdentifiantStructure": "SIRET", "identifiantStructure": siret.as_str() } }),
    )
}

/// Reads one structure by the number that Chorus Pro gave it.
pub(crate) fn consult(number: i64) -> Call {
    Call::with_body(
        Method::Post,
        "/cpro/structures/v1/consulter",
        json!({ "idStructureCPP": number, "codeLangue": "fr" }),
    )
}

/// One page of the services of a structure. Sorted, so that pages fit together.
pub(crate) fn services(structure: i64, number: u32, size: u32) -> Call {
    Call::with_body(
        Method::Post,
        "/cpro/structures/v1/rechercher/services",
        json!({ "idStructure": structure, "parametresRechercherServicesStructure": {
            "nbResultatsParPage": size, "pageResultatDemandee": number,
            "triColonne": "CodeService", "triSens": "Ascendant" } }),
    )
}

/// Asks whether the API is there.
pub(crate) fn health() -> Call {
    Call::new(Method::Get, "/cpro/transverses/v1/health-check")
}

/// Reads a structure in the register of organisations, which knows it by a UUID (`docs/sources.md` 7).
pub(crate) fn organisation(siret: Siret) -> Call {
    Call::new(Method::Get, format!("/cpro/organisations/v1/structures/{siret}"))
}

/// Looks for a structure in the register of organisations by its SIRET.
pub(crate) fn search_organisations(siret: Siret) -> Call {
    Call::with_body(
        Method::Post,
        "/cpro/organisations/v1/structures/recherche",
        json!({ "identifiant": { "op": "=", "val": siret.as_str() } }),
    )
}

/// Downloads the directory of public structures.
pub(crate) fn directory() -> Call {
    Call::with_body(
        Method::Post,
        "/cpro/transverses/v1/telecharger/annuaire/destinataire",
        json!({}),
    )
}

/// Sets the two EDI flags of a structure (`docs/sources.md` 7).
pub(crate) fn set_edi_flags(uuid: &str, sender: bool, receiver: bool) -> Call {
    let uuid = segment(&RemoteId::new(uuid));
    Call::with_body(
        Method::Patch,
        format!("/cpro/organisations/v1/structures/{uuid}/parametres-edi"),
        json!({ "reception_edi": receiver, "connexion_edi": sender }),
    )
}
