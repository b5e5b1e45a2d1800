//! The exchanges under `tests/fixtures/wire/`, which the client must read and write too.
//!
//! They follow from a fixed seed and a fixed clock. `RACCORD_RECORD_WIRE=1 cargo test simulator::tests::recorded` writes
//! them anew; without it they are compared.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;
use serde_json::json;

use crate::simulator::call::Answer;
use crate::simulator::call::Call;
use crate::simulator::call::CallBody;
use crate::simulator::tests::support::Asked;
use crate::simulator::tests::support::LYON;
use crate::simulator::tests::support::PARIS;
use crate::simulator::tests::support::api;
use crate::simulator::tests::support::as2;
use crate::simulator::tests::support::certificate;
use crate::simulator::tests::support::contact;
use crate::simulator::tests::support::pesit;
use crate::simulator::tests::support::settings;
use crate::simulator::tests::support::sftp;
use crate::simulator::world::structure::SeedStructure;

const EDI: &str = "/raccordements/v1/fiches-edi";
const API: &str = "/raccordements/v1/fiches-api";
const ACCOUNTS: &str = "/raccordements/v1/comptes-techniques";
const OPERATORS: &str = "/raccordements/v1/operateurs";
const CLIENTS: &str = "/raccordements/v1/clients";
const STRUCTURES: &str = "/cpro/structures/v1";
const OWN: &str = "/cpro/utilisateurs/v1/monCompte/recuperer/rattachements";
const ORGANISATIONS: &str = "/cpro/organisations/v1/structures";
const TOKEN: &str = "/api/oauth/token";

/// What is recorded, by file.
struct Recorder {
    asked: Asked,
    files: BTreeMap<String, Vec<Value>>,
}

impl Recorder {
    fn new() -> Self {
        Self { asked: Asked::new(), files: BTreeMap::new() }
    }

    /// Keeps an exchange.
    fn keep(
        &mut self,
        file: &str,
        method: &str,
        path: &str,
        request: &Value,
        answer: &Answer,
    ) -> Value {
        self.files.entry(file.to_owned()).or_default().push(json!({
            "method": method, "path": path, "request": request,
            "status": answer.status, "response": answer.value(),
        }));
        answer.value().clone()
    }

    /// Asks, keeps the exchange, and gives what was answered.
    fn record(&mut self, file: &str, method: &str, path: &str, body: Option<Value>) -> Value {
        let answer = self.asked.ask(method, path, body.clone());
        self.keep(file, method, path, &body.unwrap_or_default(), &answer)
    }

    /// Asks for a token; the form is shown as an object.
    fn token(&mut self, file: &str, secret: &str) {
        let id = self.asked.world.first_credentials().client_id;
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &id),
            ("client_secret", secret),
            ("scope", "openid"),
        ];
        let form: BTreeMap<String, String> =
            form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut call = Call::new("POST", TOKEN, None);
        call.body = CallBody::Form(form.clone());
        let answer = self.asked.world.handle(self.asked.now, &call);
        self.keep(file, "POST", TOKEN, &json!(form), &answer);
    }
}

/// Everything that the gateway says when all goes well.
fn record_gateway(recorder: &mut Recorder) {
    let mut draft = as2("Brouillon", 3);
    draft["brouillon"] = json!(true);
    recorder.record("gateway/create-edi-as2", "POST", EDI, Some(as2("Ville de Paris G2B", 0)));
    recorder.record("gateway/create-edi-sftp", "POST", EDI, Some(sftp("Ville de Paris SFTP", 1)));
    recorder.record(
        "gateway/create-edi-pesit",
        "POST",
        EDI,
        Some(pesit("Ville de Paris PeSIT", 2)),
    );
    recorder.record("gateway/draft-edi", "POST", EDI, Some(draft.clone()));
    let values = settings(&as2("Brouillon", 3));
    let path = format!("{EDI}/EDI-000004/finalisation");
    recorder.record("gateway/draft-edi", "POST", &path, Some(values));
    draft["nom"] = json!("À supprimer");
    draft["certificats"] = json!([]);
    recorder.record("gateway/delete-edi", "POST", EDI, Some(draft));
    recorder.record("gateway/delete-edi", "DELETE", &format!("{EDI}/EDI-000005"), None);
    recorder.asked.wait(5);
    let mut change = settings(&as2("Ville de Paris G2B", 0));
    change["reseau"]["url"] = json!("https://as2.ville.example/nouveau");
    let held = recorder.record("gateway/read-edi", "GET", &format!("{EDI}/EDI-000001"), None);
    let sha256 = held["certificats"][0]["sha256"].clone();
    change["certificats"] = json!([
        { "emplacement": "serveur", "nomFichier": "test-0.pem", "sha256": sha256 },
        certificate("client", 4),
    ]);
    recorder.record("gateway/update-edi", "PUT", &format!("{EDI}/EDI-000001"), Some(change));
    recorder.asked.wait(5);
    for act in ["desactivation", "activation"] {
        let path = format!("{EDI}/EDI-000001/{act}");
        recorder.record("gateway/switch-edi", "POST", &path, None);
    }
    for page in [1, 2] {
        let path = format!("{EDI}?page={page}&taille=2");
        recorder.record("gateway/list-edi", "GET", &path, None);
    }

    recorder.record("gateway/create-api", "POST", API, Some(api("APP_FINANCES")));
    let mut own = api("APP_PROPRE");
    own["typeUtilisation"] = json!("own");
    own.as_object_mut().unwrap().remove("nomEditeur");
    recorder.record("gateway/create-api", "POST", API, Some(own));
    let change = json!({ "nomApplicationPiste": "APP_COMPTA", "contact": contact() });
    recorder.record("gateway/update-api", "PUT", &format!("{API}/API-000001"), Some(change));
    let path = format!("{API}/API-000002/desactivation");
    recorder.record("gateway/deactivate-api", "POST", &path, None);
    recorder.record("gateway/list-api", "GET", API, None);

    let account = json!({ "structure": PARIS, "emailContact": "raccordement@ville.example" });
    recorder.record("gateway/create-account", "POST", ACCOUNTS, Some(account));
    let path = format!("{ACCOUNTS}/CT-000001/reinitialisation");
    recorder.record("gateway/reset-password", "POST", &path, None);
    let change = json!({ "emailContact": "dsi@ville.example" });
    recorder.record(
        "gateway/update-account",
        "PUT",
        &format!("{ACCOUNTS}/CT-000001"),
        Some(change),
    );
    for act in ["desactivation", "activation"] {
        let path = format!("{ACCOUNTS}/CT-000001/{act}");
        recorder.record("gateway/switch-account", "POST", &path, None);
    }
    recorder.record("gateway/list-accounts", "GET", ACCOUNTS, None);

    let granted = json!({ "operateurPublic": true });
    recorder.asked.steer("PUT", &format!("/structures/{PARIS}/operateur-public"), granted);
    for siret in [PARIS, LYON] {
        recorder.record("gateway/read-operator", "GET", &format!("{OPERATORS}/{siret}"), None);
    }
    let client = format!("{OPERATORS}/{PARIS}/clients/{LYON}");
    recorder.record("gateway/add-client", "PUT", &client, None);
    recorder.record("gateway/list-clients", "GET", CLIENTS, None);
    recorder.record("gateway/remove-client", "DELETE", &client, None);
}

/// One exchange for each code of the table in `docs/gateway.md`.
fn record_refusals(recorder: &mut Recorder) {
    let file = "gateway/refusals";
    let with = |pointer: &str, value: Value| {
        let mut sheet = as2("Refus", 5);
        *sheet.pointer_mut(pointer).unwrap() = value;
        Some(sheet)
    };
    recorder.record(file, "POST", EDI, with("/validite/debut", json!("01/12/2026")));
    let answer = recorder.asked.world.handle(recorder.asked.now, &Call::new("GET", EDI, None));
    recorder.keep(file, "GET", EDI, &Value::Null, &answer);
    recorder.asked.steer(
        "PUT",
        "/roles",
        json!({ "structure": LYON,
        "raccordementModification": false, "gestionnairePrincipal": false }),
    );
    recorder.record(file, "POST", EDI, with("/structure", json!(LYON)));
    let account = json!({ "structure": LYON, "emailContact": "a@lyon.example" });
    recorder.record(file, "POST", ACCOUNTS, Some(account));
    recorder.asked.steer(
        "PUT",
        "/roles",
        json!({ "structure": LYON,
        "raccordementModification": true, "gestionnairePrincipal": true }),
    );
    recorder.record(file, "PUT", &format!("{OPERATORS}/{LYON}/clients/{PARIS}"), None);
    recorder.record(file, "GET", &format!("{EDI}/EDI-999999"), None);
    recorder.record(file, "POST", EDI, with("/nom", json!("Ville de Paris G2B")));
    recorder.record(file, "POST", EDI, with("/certificats/0", certificate("serveur", 0)));
    recorder.record(file, "POST", API, Some(api("APP_COMPTA")));
    recorder.record(file, "POST", &format!("{EDI}/EDI-000001/activation"), None);
    let mut change = settings(&sftp("Ville de Paris G2B", 5));
    change["protocole"] = json!("SFTP");
    recorder.record(file, "PUT", &format!("{EDI}/EDI-000001"), Some(change));
    let mut pesit = pesit("Refus", 5);
    pesit["systemeEchange"] = json!("PA-CPRO");
    recorder.record(file, "POST", EDI, Some(pesit));
    recorder.record(file, "POST", EDI, with("/certificats/0/nomFichier", json!("test-5.p12")));
    recorder.record(file, "POST", EDI, with("/abonnements", json!(["FSO1100A"])));
    recorder.record(file, "POST", EDI, with("/contact/email", json!("personne")));
}

/// The PISTE routes.
fn record_piste(recorder: &mut Recorder) {
    let secret = recorder.asked.world.first_credentials().client_secret;
    recorder.token("piste/token", &secret);
    recorder.token("piste/token-refused", "wrong");
    let third = SeedStructure {
        siret: "21130055300016".to_owned(),
        name: "COMMUNE DE MARSEILLE".to_owned(),
        ..SeedStructure::default()
    };
    recorder.asked.world.add_structures(&[third]).unwrap();
    for page in [1, 2] {
        let paging = json!({ "nbResultatsParPage": 2, "pageResultatDemandee": page });
        let body = json!({ "parametresRecherche": paging });
        recorder.record("piste/rattachements", "POST", OWN, Some(body));
    }
    let siret = |siret: &str| {
        let structure =
            json!({ "typeIdentifiantStructure": "SIRET", "identifiantStructure": siret });
        Some(json!({ "structure": structure }))
    };
    let path = format!("{STRUCTURES}/rechercher");
    let found = recorder.record("piste/rechercher", "POST", &path, siret(PARIS));
    recorder.record("piste/rechercher", "POST", &path, siret("00000000000000"));
    let number = found["listeStructures"][0]["idStructureCPP"].clone();
    let consult = |number: &Value| Some(json!({ "idStructureCPP": number, "codeLangue": "fr" }));
    let path = format!("{STRUCTURES}/consulter");
    recorder.record("piste/consulter", "POST", &path, consult(&number));
    recorder.record("piste/consulter-refused", "POST", &path, consult(&json!(1)));
    for page in [1, 2] {
        let paging = json!({ "nbResultatsParPage": 1, "pageResultatDemandee": page });
        let body =
            json!({ "idStructure": number, "parametresRechercherServicesStructure": paging });
        let path = format!("{STRUCTURES}/rechercher/services");
        recorder.record("piste/services", "POST", &path, Some(body));
    }
    let path = format!("{ORGANISATIONS}/{PARIS}");
    let organisation = recorder.record("piste/organisation", "GET", &path, None);
    let path = format!("{ORGANISATIONS}/00000000000000");
    recorder.record("piste/organisation-refused", "GET", &path, None);
    let search = json!({ "identifiant": { "op": "=", "val": PARIS } });
    let path = format!("{ORGANISATIONS}/recherche");
    recorder.record("piste/organisations", "POST", &path, Some(search));
    let uuid = organisation["uuid"].as_str().unwrap();
    let path = format!("{ORGANISATIONS}/{uuid}/parametres-edi");
    let flags = json!({ "reception_edi": true, "connexion_edi": true });
    recorder.record("piste/parametres-edi", "PATCH", &path, Some(flags));
    let health = "/cpro/transverses/v1/health-check";
    recorder.record("piste/health-check", "GET", health, None);
}

#[test]
fn the_recorded_exchanges_are_what_the_simulator_says() {
    let mut recorder = Recorder::new();
    record_gateway(&mut recorder);
    record_refusals(&mut recorder);
    record_piste(&mut recorder);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/wire");
    // The compiler's own variable: the code never reads the environment of a run.
    let rewrite = option_env!("RACCORD_RECORD_WIRE").is_some();
    let mut differing = Vec::new();
    for (file, exchanges) in &recorder.files {
        let path = folder.join(format!("{file}.json"));
        let text = format!("{}\n", serde_json::to_string_pretty(exchanges).unwrap());
        if rewrite {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
        } else if fs::read_to_string(&path).unwrap_or_default() != text {
            differing.push(file.as_str());
        }
    }
    assert_eq!(differing, [""; 0], "these recordings are not what the simulator says");
    let mut kept = Vec::new();
    for family in ["gateway", "piste"] {
        for entry in fs::read_dir(folder.join(family)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            kept.push(format!("{family}/{}", name.trim_end_matches(".json")));
        }
    }
    kept.sort();
    assert_eq!(kept, recorder.files.into_keys().collect::<Vec<_>>(), "no recording is left over");
}

#[test]
fn each_refusal_of_the_contract_is_recorded() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/gateway.md"));
    let text = text.unwrap();
    let (_, table) = text.split_once("## Refusals").unwrap();
    let told: Vec<(u64, &str)> = table
        .lines()
        .filter_map(|line| {
            let mut cells = line.split('|').map(str::trim).skip(1);
            Some((cells.next()?.parse().ok()?, cells.next()?.trim_matches('`')))
        })
        .collect();
    let mut recorder = Recorder::new();
    record_gateway(&mut recorder);
    record_refusals(&mut recorder);
    let recorded: Vec<(u64, &str)> = recorder.files["gateway/refusals"]
        .iter()
        .map(|exchange| {
            let code = exchange["response"]["code"].as_str().unwrap();
            (exchange["status"].as_u64().unwrap(), code)
        })
        .collect();
    assert_eq!(recorded, told);
}
