//! Reads from the gateway: whole lists, and single sheets.

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;

use crate::domain::account::ObservedAccount;
use crate::domain::api::ObservedApi;
use crate::domain::edi::ObservedEdi;
use crate::domain::observed::RemoteId;
use crate::domain::siret::Siret;
use crate::remote::error::RemoteError;
use crate::remote::gateway::decode;
use crate::remote::gateway::encode::segment;
use crate::remote::gateway::wire;
use crate::remote::http::Base;
use crate::remote::http::Call;
use crate::remote::http::Http;
use crate::remote::http::Method;
use crate::remote::page;
use crate::remote::page::Page;

const EDI: &str = "/raccordements/v1/fiches-edi";
const API: &str = "/raccordements/v1/fiches-api";
const ACCOUNTS: &str = "/raccordements/v1/comptes-techniques";
const CLIENTS: &str = "/raccordements/v1/clients";
const OPERATORS: &str = "/raccordements/v1/operateurs";

/// The call that reads one page of the list at `path`: its number from 1, and how many elements it has at most.
pub(crate) fn page_call(path: &str, number: u32, size: u32) -> Call {
    Call::new(Method::Get, format!("{path}?page={number}&taille={size}"))
}

/// Every EDI sheet that is visible.
pub(crate) async fn edi_sheets(http: &Http) -> Result<Vec<ObservedEdi>, RemoteError> {
    every(http, EDI, |sheet: &wire::FicheEdi| (&sheet.id, &sheet.structure), decode::edi).await
}

/// Every API sheet that is visible.
pub(crate) async fn api_sheets(http: &Http) -> Result<Vec<ObservedApi>, RemoteError> {
    every(http, API, |sheet: &wire::FicheApi| (&sheet.id, &sheet.structure), decode::api).await
}

/// Every technical account that is visible.
pub(crate) async fn accounts(http: &Http) -> Result<Vec<ObservedAccount>, RemoteError> {
    every(
        http,
        ACCOUNTS,
        |account: &wire::CompteTechnique| (&account.id, &account.structure),
        decode::account,
    )
    .await
}

/// Every client of every operator that is visible: operator, client.
pub(crate) async fn clients(http: &Http) -> Result<BTreeSet<(Siret, Siret)>, RemoteError> {
    let key = |client: &wire::Client| (client.operateur.clone(), client.client.clone());
    let clients = list(http, CLIENTS, key).await?;
    clients
        .iter()
        .filter(|client| decode::has_siret(&client.operateur) && decode::has_siret(&client.client))
        .map(|client| decode::client(client).map_err(misread(CLIENTS)))
        .collect()
}

/// One EDI sheet; `None` when there is no such sheet.
pub(crate) async fn edi_sheet(
    http: &Http,
    id: &RemoteId,
) -> Result<Option<ObservedEdi>, RemoteError> {
    single(http, EDI, id, decode::edi).await
}

/// One API sheet; `None` when there is no such sheet.
pub(crate) async fn api_sheet(
    http: &Http,
    id: &RemoteId,
) -> Result<Option<ObservedApi>, RemoteError> {
    single(http, API, id, decode::api).await
}

/// Whether support has set the "Opérateur public" parameter of a structure; `None` when it is not known there.
pub(crate) async fn is_public_operator(
    http: &Http,
    siret: Siret,
) -> Result<Option<bool>, RemoteError> {
    let found: Option<wire::Operateur> = one(http, &format!("{OPERATORS}/{siret}")).await?;
    Ok(found.map(|operator| operator.operateur_public))
}

/// Every element of the list at `path`. `names` gives its identity and its structure.
async fn every<W: DeserializeOwned, T>(
    http: &Http,
    path: &'static str,
    names: fn(&W) -> (&String, &String),
    decode: fn(W) -> Result<T, decode::Misread>,
) -> Result<Vec<T>, RemoteError> {
    let elements = list(http, path, |element| names(element).0.clone()).await?;
    elements
        .into_iter()
        .filter(|element| decode::has_siret(names(element).1))
        .map(|element| decode(element).map_err(misread(path)))
        .collect()
}

async fn list<T: DeserializeOwned, K: Ord>(
    http: &Http,
    path: &str,
    key: impl Fn(&T) -> K,
) -> Result<Vec<T>, RemoteError> {
    let fetch = async |number: u32| {
        let call = page_call(path, number, page::SIZE);
        let list: wire::Liste<T> = http.read(Base::Gateway, &call).await?.json(&call.route())?;
        Ok(Page { elements: list.elements, pages: list.pages, total: Some(list.total) })
    };
    page::whole(&format!("GET {path}"), fetch, key).await
}

/// The element `id` of the list at `path`.
async fn single<W: DeserializeOwned, T>(
    http: &Http,
    path: &'static str,
    id: &RemoteId,
    decode: fn(W) -> Result<T, decode::Misread>,
) -> Result<Option<T>, RemoteError> {
    let found: Option<W> = one(http, &format!("{path}/{}", segment(id))).await?;
    found.map(|element| decode(element).map_err(misread(path))).transpose()
}

async fn one<T: DeserializeOwned>(http: &Http, path: &str) -> Result<Option<T>, RemoteError> {
    let call = Call::new(Method::Get, path);
    match http.read(Base::Gateway, &call).await {
        Ok(answer) => answer.json(&call.route()).map(Some),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

fn misread(path: &'static str) -> impl Fn(decode::Misread) -> RemoteError {
    move |reason| RemoteError::NotUnderstood { route: format!("GET {path}"), reason }
}
