//! Reads from the official API: the structures of a scope.

use std::collections::BTreeMap;

use futures_util::StreamExt as _;
use futures_util::TryStreamExt as _;
use futures_util::stream;
use serde::de::DeserializeOwned;

use crate::domain::observed::DirectoryUsed;
use crate::domain::siret::Siret;
use crate::domain::structure::ObservedStructure;
use crate::language::in_english;
use crate::remote::error::RemoteError;
use crate::remote::gateway;
use crate::remote::http::Base;
use crate::remote::http::Call;
use crate::remote::http::Http;
use crate::remote::page;
use crate::remote::page::Page;
use crate::remote::piste::decode;
use crate::remote::piste::decode::Found;
use crate::remote::piste::directory::Directory;
use crate::remote::piste::encode;
use crate::remote::piste::wire;
use crate::remote::scope::Scope;

/// From how many structures on that are not attached the whole directory is downloaded instead of looking for each:
/// PISTE is asked once a second, and the directory takes as long as some dozen requests (`docs/sources.md` 7).
const DIRECTORY_FROM: usize = 100;

/// How many structures are looked at at once.
const AT_ONCE: usize = 8;

/// Finds the structures of a scope, with what is asked for about each.
///
/// The attachments are read as one list. A structure that is not among them is looked for, to tell "exists but not
/// attached" from "does not exist".
pub(crate) async fn structures(
    http: &Http,
    scope: &Scope,
) -> Result<(BTreeMap<Siret, ObservedStructure>, Option<DirectoryUsed>), RemoteError> {
    if scope.structures.is_empty() {
        return Ok((BTreeMap::new(), None));
    }
    let attached: BTreeMap<Siret, Found> = attachments(http)
        .await?
        .into_iter()
        .filter_map(decode::attachment)
        .map(|found| (found.structure.siret, found))
        .collect();
    let elsewhere = scope.structures.iter().filter(|siret| !attached.contains_key(siret)).count();
    let listed = if elsewhere >= DIRECTORY_FROM { directory(http).await? } else { None };
    let used = listed.as_ref().map(|listed| DirectoryUsed {
        found: scope
            .structures
            .iter()
            .filter(|siret| !attached.contains_key(siret) && listed.has(**siret))
            .count(),
        written: listed.written(),
    });
    let listed = listed.as_ref();
    let found = stream::iter(&scope.structures)
        .map(|siret| look_at(http, scope, *siret, attached.get(siret), listed))
        .buffer_unordered(AT_ONCE)
        .try_filter_map(async |found| Ok(found.map(|structure| (structure.siret, structure))))
        .try_collect()
        .await?;
    Ok((found, used))
}

async fn look_at(
    http: &Http,
    scope: &Scope,
    siret: Siret,
    attached: Option<&Found>,
    listed: Option<&Directory>,
) -> Result<Option<ObservedStructure>, RemoteError> {
    let (mut structure, number) = match attached {
        Some(found) => (found.structure.clone(), found.number),
        None => match listed.and_then(|listed| listed.find(siret)) {
            Some(structure) => (structure, None),
            // Not every structure is in the directory: publishers are not, and inactive ones may not be.
            None => match decode::search(siret, read(http, &encode::search(siret)).await?) {
                Some(structure) => (structure, None),
                None => return Ok(None),
            },
        },
    };
    if let Some(number) = number {
        if scope.flags_of.contains(&siret) {
            let answer: wire::Consultation = read(http, &encode::consult(number)).await?;
            structure.password_expires_at = decode::expiry(answer.information_generales);
            if let Some(flags) = answer.parametres {
                structure.edi_sender = flags.connexion_edi;
                structure.edi_receiver = flags.recevoir_donnees_via_edi;
            }
        }
        if scope.services_of.contains(&siret) {
            structure.services = Some(decode::services(services(http, number).await?));
        }
    }
    if scope.operators.contains(&siret) {
        structure.public_operator = gateway::read::is_public_operator(http, siret).await?;
    }
    Ok(Some(structure))
}

/// The directory of public structures; `None` where it cannot be had or read, so that each is looked for.
async fn directory(http: &Http) -> Result<Option<Directory>, RemoteError> {
    let read = match read::<wire::Annuaire>(http, &encode::directory()).await {
        Ok(answer) => Directory::open(&answer.fichier_resultat),
        Err(error) if error.is_credentials() => return Err(error),
        // For the log alone, which is in English.
        Err(error) => Err(in_english(|| error.to_string())),
    };
    match read {
        Ok(directory) => {
            let structures = directory.len();
            let written = directory.written().map(tracing::field::display);
            tracing::info!(structures, written, "read the directory of public structures");
            Ok(Some(directory))
        }
        Err(reason) => {
            tracing::warn!(reason, "could not use the directory of public structures");
            Ok(None)
        }
    }
}

pub(crate) async fn attachments(http: &Http) -> Result<Vec<wire::Rattachement>, RemoteError> {
    let route = encode::attachments(1, page::SIZE).route();
    let fetch = async |number: u32| {
        let answer: wire::Rattachements =
            read(http, &encode::attachments(number, page::SIZE)).await?;
        Ok(page(answer.liste_structure_rattachement, answer.parametres_retour))
    };
    let key = |attachment: &wire::Rattachement| {
        (attachment.id_structure, attachment.identifiant_structure.clone())
    };
    page::whole(&route, fetch, key).await
}

async fn services(http: &Http, structure: i64) -> Result<Vec<wire::Service>, RemoteError> {
    let route = encode::services(structure, 1, page::SIZE).route();
    let fetch = async |number: u32| {
        let answer: wire::Services =
            read(http, &encode::services(structure, number, page::SIZE)).await?;
        Ok(page(answer.liste_services, answer.parametres_retour))
    };
    let key = |service: &wire::Service| (service.id_service, service.code_service.clone());
    page::whole(&route, fetch, key).await
}

fn page<T>(elements: Option<Vec<T>>, told: Option<wire::ParametresRetour>) -> Page<T> {
    let told = told.unwrap_or_default();
    Page {
        elements: elements.unwrap_or_default(),
        pages: told.pages.unwrap_or(1),
        total: told.total,
    }
}

pub(crate) async fn read<T: DeserializeOwned>(http: &Http, call: &Call) -> Result<T, RemoteError> {
    let route = call.route();
    let answer = http.read(Base::Piste, call).await?;
    decode::accepted(answer, &route)?.json(&route)
}
