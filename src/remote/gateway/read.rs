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

/// The call that reads one page of the list at `path`.
pub(crate) fn page_call(path: &str, number: u32) -> Call {
    Call::new(Method::Get, format!("{path}?page={number}&taille={}", page::SIZE))
}

/// Every EDI sheet that is visible.
pub(crate) async fn edi_sheets(http: &Http) -> Result<Vec<ObservedEdi>, RemoteError> {
    let sheets = list(http, EDI, |sheet: &wire::FicheEdi| sheet.id.clone()).await?;
    sheets
        .into_iter()
        .filter(|sheet| decode::has_siret(&sheet.structure))
        .map(|sheet| decode::edi(sheet).map_err(misread(EDI)))
        .collect()
}

/// Every API sheet that is visible.
pub(crate) async fn api_sheets(http: &Http) -> Result<Vec<ObservedApi>, RemoteError> {
    let sheets = list(http, API, |sheet: &wire::FicheApi| sheet.id.clone()).await?;
    sheets
        .into_iter()
        .filter(|sheet| decode::has_siret(&sheet.structure))
        .map(|sheet| decode::api(sheet).map_err(misread(API)))
        .collect()
}

/// Every technical account that is visible.
pub(crate) async fn accounts(http: &Http) -> Result<Vec<ObservedAccount>, RemoteError> {
    let accounts =
        list(http, ACCOUNTS, |account: &wire::CompteTechnique| account.id.clone()).await?;
    accounts
        .into_iter()
        .filter(|account| decode::has_siret(&account.structure))
        .map(|account| decode::account(account).map_err(misread(ACCOUNTS)))
        .collect()
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
    let found: Option<wire::FicheEdi> = one(http, &format!("{EDI}/{}", segment(id))).await?;
    found.map(|sheet| decode::edi(sheet).map_err(misread(EDI))).transpose()
}

/// One API sheet; `None` when there is no such sheet.
pub(crate) async fn api_sheet(
    http: &Http,
    id: &RemoteId,
) -> Result<Option<ObservedApi>, RemoteError> {
    let found: Option<wire::FicheApi> = one(http, &format!("{API}/{}", segment(id))).await?;
    found.map(|sheet| decode::api(sheet).map_err(misread(API))).transpose()
}

/// Whether support has set the "Opérateur public" parameter of a structure; `None` when it is not known there.
pub(crate) async fn is_public_operator(
    http: &Http,
    siret: Siret,
) -> Result<Option<bool>, RemoteError> {
    let found: Option<wire::Operateur> = one(http, &format!("{OPERATORS}/{siret}")).await?;
    Ok(found.map(|operator| operator.operateur_public))
}

async fn list<T: DeserializeOwned, K: Ord>(
    http: &Http,
    path: &str,
    key: impl Fn(&T) -> K,
) -> Result<Vec<T>, RemoteError> {
    let fetch = async |number: u32| {
        let call = page_call(path, number);
        let list: wire::Liste<T> = http.read(Base::Gateway, &call).await?.json(&call.route())?;
        Ok(Page { elements: list.elements, pages: list.pages, total: Some(list.total) })
    };
    page::whole(&format!("GET {path}"), fetch, key).await
}

async fn one<T: DeserializeOwned>(http: &Http, path: &str) -> Result<Option<T>, RemoteError> {
    let call = Call::new(Method::Get, path);
    match http.read(Base::Gateway, &call).await {
        Ok(answer) => answer.json(&call.route()).map(Some),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

fn misread(path: &'static str) -> impl Fn(String) -> RemoteError {
    move |reason| RemoteError::NotUnderstood { route: format!("GET {path}"), reason }
}
