//! Answers of the official API as values of ours. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::siret::Siret;
use crate::domain::structure::ObservedStructure;
use crate::domain::value::day_begins_in_france;
use crate::domain::value::parse_date;
use crate::remote::error::RemoteError;
use crate::remote::http::answer::Answer;
use crate::remote::piste::wire;

/// A structure, and the number that Chorus Pro gave it where that is told.
pub(crate) struct Found {
    /// The structure; flags, services and operator are not read yet.
    pub(crate) structure: ObservedStructure,
    /// `idStructure`.
    pub(crate) number: Option<i64>,
    /// `statutRattachementStructure`, as it was told.
    pub(crate) status: Option<String>,
}

/// Refuses an answer whose `codeRetour` is not 0 (`docs/sources.md` 8: a refusal may come in HTTP 200).
pub(crate) fn accepted(answer: Answer, route: &str) -> Result<Answer, RemoteError> {
    let told: wire::Retour = answer.json(route)?;
    if told.code_retour == 0 {
        return Ok(answer);
    }
    Err(RemoteError::Refused {
        route: route.to_owned(),
        status: answer.status,
        code: Some(told.code_retour.to_string()),
        message: told.libelle,
    })
}

/// An attachment as a structure; `None` when it is known by another identifier than a SIRET.
///
/// The attachment does not say whether the structure is active: it is taken to be.
pub(crate) fn attachment(attachment: wire::Rattachement) -> Option<Found> {
    let siret =
        siret(attachment.type_identifiant_structure.as_deref(), &attachment.identifiant_structure)?;
    // The words are those of an attachment to a service (`docs/sources.md` 7); one that we don't know does not detach.
    let attached = !matches!(
        attachment.statut_rattachement_structure.as_deref(),
        Some("EN_COURS_DE_VALIDATION" | "REFUSEE" | "DESACTIVEE" | "SUPPRIMEE")
    );
    let name = attachment.designation_structure.unwrap_or_default();
    Some(Found {
        structure: structure(siret, name, true, attached),
        number: attachment.id_structure,
        status: attachment.statut_rattachement_structure,
    })
}

/// A structure that a search found; `None` when it is another one.
pub(crate) fn search(wanted: Siret, answer: wire::Recherche) -> Option<ObservedStructure> {
    answer.liste_structures.unwrap_or_default().into_iter().find_map(|found| {
        siret(found.type_identifiant_structure.as_deref(), &found.identifiant_structure)
            .filter(|siret| *siret == wanted)?;
        // The request says ACTIF, the answer ACTIVE (`docs/sources.md` 7): both are taken.
        let active = !matches!(found.statut.as_deref(), Some("INACTIVE" | "INACTIF"));
        let name = found.designation_structure.unwrap_or_default();
        Some(structure(wanted, name, active, false))
    })
}

/// Active services by code, with their names.
pub(crate) fn services(services: Vec<wire::Service>) -> BTreeMap<String, String> {
    services
        .into_iter()
        .filter(|service| service.est_actif != Some(false))
        .filter_map(|service| {
            Some((service.code_service?, service.libelle_service.unwrap_or_default()))
        })
        .collect()
}

fn siret(kind: Option<&str>, identifier: &str) -> Option<Siret> {
    if kind.is_some_and(|kind| kind != "SIRET") {
        return None;
    }
    Siret::parse(identifier).ok().map(|read| read.siret)
}

/// A structure of which no more is known.
pub(crate) fn structure(
    siret: Siret,
    name: String,
    active: bool,
    attached: bool,
) -> ObservedStructure {
    ObservedStructure {
        siret,
        name,
        active,
        attached,
        edi_sender: None,
        edi_receiver: None,
        services: None,
        public_operator: None,
        password_expires_at: None,
    }
}

/// When the password of a structure's technical account expires. A form that we don't know tells nothing.
pub(crate) fn expiry(told: Option<wire::InformationGenerales>) -> Option<Timestamp> {
    let text = told?.date_expiration_mot_passe_compte_tech?;
    text.parse().ok().or_else(|| day_begins_in_france(parse_date(text.get(..10)?).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str) -> Answer {
        Answer { status: 200, body: body.as_bytes().to_vec(), ..Answer::default() }
    }

    #[test]
    fn a_refusal_in_http_200_is_a_refusal() {
        let refused =
            accepted(answer(r#"{"codeRetour":20001,"libelle":"GDP_MSG_11.005"}"#), "POST /x");
        let Err(RemoteError::Refused { status: 200, code: Some(code), .. }) = refused else {
            panic!("a refusal was expected");
        };
        assert_eq!(code, "20001");
        assert!(accepted(answer(r#"{"codeRetour":0,"libelle":"x"}"#), "POST /x").is_ok());
    }

    #[test]
    fn only_structures_with_a_siret_are_taken() {
        let read = |text: &str| attachment(serde_json::from_str(text).unwrap());
        let found = read(
            r#"{"idStructure":7,"identifiantStructure":"21750001600019","typeIdentifiantStructure":"SIRET","designationStructure":"VILLE DE PARIS","statutRattachementStructure":"VALIDEE"}"#,
        )
        .unwrap();
        assert!(found.structure.attached && found.number == Some(7));
        let pending = read(
            r#"{"identifiantStructure":"21750001600019","statutRattachementStructure":"EN_COURS_DE_VALIDATION"}"#,
        );
        assert!(!pending.unwrap().structure.attached);
        assert!(
            read(r#"{"identifiantStructure":"MC001","typeIdentifiantStructure":"AUTRE"}"#)
                .is_none()
        );
    }

    #[test]
    fn an_inactive_structure_is_found_in_both_spellings() {
        let wanted = Siret::parse("21750001600019").unwrap().siret;
        for (word, active) in
            [("ACTIVE", true), ("ACTIF", true), ("INACTIVE", false), ("INACTIF", false)]
        {
            let body = format!(
                r#"{{"listeStructures":[{{"identifiantStructure":"21750001600019","typeIdentifiantStructure":"SIRET","statut":"{word}"}}]}}"#
            );
            let found = search(wanted, serde_json::from_str(&body).unwrap()).unwrap();
            assert_eq!(found.active, active, "{word}");
        }
    }
}
