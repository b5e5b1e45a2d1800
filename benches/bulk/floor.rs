//! The floor: a bare client that reads the same files and sends the requests that are needed, and nothing else.
//!
//! It keeps no ledger, checks nothing, and forgets the passwords. No tool can be faster at the same concurrency and page size.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;

use base64::Engine as _;
use futures_util::StreamExt as _;
use futures_util::stream;
use reqwest::Client;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::json;

use crate::towns;

/// How many elements a page has.
pub(crate) const PAGE: u32 = 100;

/// How many pages of one list are read at once; three lists are read at the same time.
pub(crate) const AT_ONCE: usize = 4;

/// A client with its credentials.
struct Service {
    client: Client,
    base: String,
    token: String,
    account: String,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

#[derive(Deserialize)]
struct List<T> {
    elements: Vec<T>,
    pages: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attachments {
    liste_structure_rattachement: Vec<Attachment>,
    parametres_retour: Pages,
}

#[derive(Deserialize)]
struct Pages {
    pages: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attachment {
    identifiant_structure: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sheet {
    structure: String,
    nom_application_piste: String,
    statut: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    structure: String,
    email_contact: String,
    actif: bool,
}

/// Compares what exists with the table. Ends with a panic when something differs.
pub(crate) fn plan(project: &Path) {
    runtime().block_on(async {
        let sirets = table(project);
        let service = Service::open(project).await;
        let (attached, accounts, sheets) = tokio::join!(
            pages(async |number| {
                let body = json!({ "parametresRecherche": {
                    "nbResultatsParPage": PAGE, "pageResultatDemandee": number } });
                let path = "/cpro/utilisateurs/v1/monCompte/recuperer/rattachements";
                let page: Attachments = service.post(path, &body).await;
                (page.liste_structure_rattachement, page.parametres_retour.pages)
            }),
            pages(async |number| service.list::<Account>("comptes-techniques", number).await),
            pages(async |number| service.list::<Sheet>("fiches-api", number).await),
        );
        let attached: BTreeSet<String> =
            attached.into_iter().map(|one| one.identifiant_structure).collect();
        let accounts: BTreeMap<String, Account> =
            accounts.into_iter().map(|one| (one.structure.clone(), one)).collect();
        let sheets: BTreeMap<String, Sheet> =
            sheets.into_iter().map(|one| (one.structure.clone(), one)).collect();
        for siret in sirets {
            let account = &accounts[&siret];
            let sheet = &sheets[&siret];
            let same = attached.contains(&siret)
                && account.actif
                && account.email_contact == towns::EMAIL
                && sheet.nom_application_piste == towns::APPLICATION
                && sheet.statut == "Actif";
            assert!(same, "{siret} differs");
        }
    });
}

/// Makes a sheet for each row of the table, so many at once.
pub(crate) fn apply(project: &Path, at_once: usize) {
    runtime().block_on(async {
        let sirets = table(project);
        let service = &Service::open(project).await;
        // What exists is looked at first, as any tool has to.
        let existing = pages(async |number| service.list::<Sheet>("fiches-api", number).await).await;
        assert!(existing.is_empty(), "found {} sheets", existing.len());
        let contact = &json!({ "prenom": "Alix", "nom": "Durand", "email": towns::EMAIL,
            "telephone": "+33199004321" });
        let made = stream::iter(sirets).map(async |siret| {
            let sheet = json!({ "structure": siret, "nomApplicationPiste": towns::APPLICATION,
                "typeUtilisation": "operator", "nomEditeur": "Opérateur Exemple", "contact": contact });
            service.post::<IgnoredAny>("/raccordements/v1/fiches-api", &sheet).await;
        });
        made.buffer_unordered(at_once).for_each(async |()| {}).await;
    });
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap()
}

/// The SIRETs of the project's table.
fn table(project: &Path) -> Vec<String> {
    let path = project.join("sources/towns.csv");
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_path(path).unwrap();
    reader.records().map(|record| record.unwrap()[0].to_owned()).collect()
}

/// All pages of a list.
async fn pages<T, F: Future<Output = (Vec<T>, u32)>>(page: impl Fn(u32) -> F) -> Vec<T> {
    let (mut elements, count) = page(1).await;
    let mut rest = stream::iter(2..=count).map(page).buffered(AT_ONCE);
    while let Some((more, _)) = rest.next().await {
        elements.extend(more);
    }
    elements
}

impl Service {
    async fn open(project: &Path) -> Self {
        let secret =
            |name: &str| std::fs::read_to_string(project.join(".secrets").join(name)).unwrap();
        let client = Client::builder().no_proxy().build().unwrap();
        let form = [
            ("grant_type", "client_credentials".to_owned()),
            ("client_id", secret("client")),
            ("client_secret", secret("secret")),
            ("scope", "openid".to_owned()),
        ];
        let answer = client.post(secret("oauth")).form(&form).send().await.unwrap();
        let token: Token = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        let pair = format!("{}:{}", secret("login"), secret("password"));
        Self {
            client,
            base: secret("base"),
            token: token.access_token,
            account: base64::engine::general_purpose::STANDARD.encode(pair),
        }
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> T {
        let request = self.client.post(format!("{}{path}", self.base)).json(body);
        self.answer(request).await
    }

    async fn list<T: DeserializeOwned>(&self, name: &str, number: u32) -> (Vec<T>, u32) {
        let url = format!("{}/raccordements/v1/{name}?page={number}&taille={PAGE}", self.base);
        let list: List<T> = self.answer(self.client.get(url)).await;
        (list.elements, list.pages)
    }

    async fn answer<T: DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> T {
        let request = request.bearer_auth(&self.token).header("cpro-account", &self.account);
        let answer = request.send().await.unwrap().error_for_status().unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }
}
