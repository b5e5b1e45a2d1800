//! The oddities of the PISTE routes (`docs/sources.md` 8).

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use serde_json::json;

use crate::simulator::call::AnswerBody;
use crate::simulator::call::Call;
use crate::simulator::tests::support::Asked;
use crate::simulator::tests::support::LYON;
use crate::simulator::tests::support::PARIS;
use crate::simulator::tests::support::api;
use crate::simulator::world::structure::SeedStructure;

const SEARCH: &str = "/cpro/structures/v1/rechercher";
const CONSULT: &str = "/cpro/structures/v1/consulter";
const OWN: &str = "/cpro/utilisateurs/v1/monCompte/recuperer/rattachements";

#[test]
fn a_business_refusal_comes_in_http_200() {
    let mut world = Asked::new();
    let answer = world.piste(CONSULT, json!({ "idStructureCPP": 1, "codeLangue": "fr" }));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.value()["codeRetour"], 20_000);
    assert!(answer.value().get("informationGenerales").is_none());
}

#[test]
fn requests_say_actif_and_answers_say_active() {
    let mut world = Asked::new();
    let asked = |status: &str| json!({ "structure": { "statutStructure": status } });
    let answer = world.piste(SEARCH, asked("ACTIF"));
    assert_eq!(answer.value()["listeStructures"][0]["statut"], "ACTIVE");
    assert_eq!(world.piste(SEARCH, asked("INACTIF")).value()["parametresRetour"]["total"], 0);
    let wrong = world.piste(SEARCH, asked("ACTIVE"));
    assert_eq!((wrong.status, &wrong.value()["codeRetour"]), (400, &json!(400)));
}

#[test]
fn a_page_has_ten_results_unless_asked_otherwise() {
    let mut world = Asked::new();
    let many: Vec<SeedStructure> = (0..25)
        .map(|number| SeedStructure {
            siret: format!("900000000000{number:02}"),
            name: format!("SYNDICAT {number}"),
            ..SeedStructure::default()
        })
        .collect();
    world.world.add_structures(&many).unwrap();
    let first = world.piste(OWN, json!({ "parametresRecherche": {} }));
    let shown = json!({ "nbResultatsParPage": 10, "pageCourante": 1, "pages": 3, "total": 27 });
    assert_eq!(first.value()["parametresRetour"], shown);
    let last = json!({ "parametresRecherche": { "pageResultatDemandee": 3 } });
    let last = world.piste(OWN, last);
    assert_eq!(last.value()["listeStructureRattachement"].as_array().map(Vec::len), Some(7));
    let sorted = json!({ "parametres": { "triColonne": "DesignationStructure",
        "triSens": "Descendant", "nbResultatsParPage": 1 } });
    let sorted = world.piste(SEARCH, sorted);
    assert_eq!(sorted.value()["listeStructures"][0]["designationStructure"], "VILLE DE PARIS");
}

#[test]
fn who_is_not_let_in_learns_whether_the_route_exists() {
    let mut world = Asked::new();
    for (path, realm) in [(SEARCH, "PISTE"), ("/cpro/structures/v1/rien", "DefaultRealm")] {
        let answer = world.world.handle(world.now, &Call::new("POST", path, Some(json!({}))));
        assert_eq!((answer.status, &answer.value()["ErrorCode"]), (401, &json!("401")));
        let header = ("WWW-Authenticate".to_owned(), format!("Bearer realm=\"{realm}\""));
        assert_eq!(answer.headers, [header]);
    }
    assert_eq!(world.piste("/cpro/structures/v1/rien", json!({})).status, 404);
}

#[test]
fn an_application_that_did_not_subscribe_gets_a_dry_403() {
    let mut world = Asked::new();
    world.steer("PUT", "/souscriptions", json!({ "api": "structures", "souscrite": false }));
    let answer = world.piste(SEARCH, json!({}));
    assert_eq!((answer.status, answer.body == AnswerBody::Empty), (403, true));
    assert_eq!(world.piste(OWN, json!({})).status, 200, "the others go on");
}

#[test]
fn a_technical_account_needs_an_application_that_is_declared_for_its_structure() {
    let mut world = Asked::new();
    let body = json!({ "structure": PARIS, "emailContact": "a@ville.example" });
    let account = world.created("/comptes-techniques", body);
    world.wait(1800);
    let mut call = world.world.authorise(Call::new("POST", OWN, Some(json!({}))));
    let (login, password) = (&account["login"], &account["motDePasse"]);
    let pair = format!("{}:{}", login.as_str().unwrap(), password.as_str().unwrap());
    call.account = Some(STANDARD.encode(pair));
    assert_eq!(world.world.handle(world.now, &call).status, 403);
    world.created("/fiches-api", api("APP_SIMULATEUR"));
    let answer = world.world.handle(world.now, &call);
    assert_eq!(answer.status, 200);
    let total = &answer.value()["parametresRetour"]["total"];
    assert_eq!(total, 2, "all structures of the principal manager");
    let expiry = "/cpro/structures/v1/consulter";
    let shown = world.piste(expiry, json!({ "idStructureCPP": 26_000_001 }));
    let date = &shown.value()["informationGenerales"]["dateExpirationMotPasseCompteTech"];
    assert_eq!(date, "2028-01-29T12:00:00Z");
}

#[test]
fn the_register_answers_400_in_an_array() {
    let mut world = Asked::new();
    let base = "/cpro/organisations/v1/structures";
    for (reference, error) in [
        ("00000000000000", "NotFoundReference"),
        ("FR12345678901", "NotFoundReference"),
        ("0123456789abcdef0123456789abcdef", "NotFoundReference"),
        ("x", "ParamsInvalidUuidStructures"),
    ] {
        let answer = world.ask("GET", &format!("{base}/{reference}"), None);
        assert_eq!((answer.status, &answer.value()[0]["error"]), (400, &json!(error)));
    }
    let found = world.ask("GET", &format!("{base}/{PARIS}"), None).value().clone();
    assert_eq!((&found["emetteurFluxEdi"], &found["status"]), (&json!(true), &json!("active")));
    let uuid = found["uuid"].as_str().unwrap();
    assert_eq!(world.ask("GET", &format!("{base}/{uuid}"), None).value(), &found);

    let search = |body: Value| ("POST", format!("{base}/recherche"), body);
    let (method, path, body) = search(json!({ "identifiant": { "op": "=", "val": PARIS } }));
    assert_eq!(world.ask(method, &path, Some(body)).value(), &json!([found]));
    for (body, expected) in [
        (
            json!({ "identifiant": { "op": "IN", "val": [PARIS, LYON] }, "_fields": ["identifiant"] }),
            2,
        ),
        (json!({ "libelleOrganisation": { "op": "CONTAINS", "val": "lyon" } }), 1),
        (json!({ "status": { "op": "=", "val": "inactive" } }), 0),
    ] {
        let answer = world.ask("POST", &path, Some(body)).value().clone();
        assert_eq!(answer.as_array().unwrap().len(), expected, "{answer}");
    }
    let wrong = json!({ "identifiant": PARIS });
    let answer = world.ask("POST", &path, Some(wrong));
    assert_eq!((answer.status, &answer.value()[0]["error"]), (400, &json!("ParamsInvalidBody")));

    let flags = json!({ "reception_edi": true, "connexion_edi": false });
    let path = format!("{base}/{uuid}/parametres-edi");
    assert_eq!(world.ask("PATCH", &path, Some(json!({ "reception_edi": "yes" }))).status, 400);
    assert_eq!(world.ask("PATCH", &path, Some(flags.clone())).status, 204);
    let found = world.ask("GET", &format!("{base}/{PARIS}"), None).value().clone();
    assert_eq!(
        (&found["emetteurFluxEdi"], &found["recevoirCyclesViesEdi"]),
        (&json!(false), &json!(true))
    );
    world.steer("PUT", "/options", json!({ "parametresEdiRefuses": true }));
    assert_eq!(world.ask("PATCH", &path, Some(flags)).status, 403);
}

#[test]
fn the_directory_holds_every_structure() {
    let mut world = Asked::new();
    let path = "/cpro/transverses/v1/telecharger/annuaire/destinataire";
    let answer = world.piste(path, json!({}));
    let bytes = STANDARD.decode(answer.value()["fichierResultat"].as_str().unwrap()).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_index(0).unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text.lines().count(), 3);
    assert!(text.contains(&format!("{LYON};SIRET;26000002;\"COMMUNE DE LYON\";ACTIVE")));
    let health = world.ask("GET", "/cpro/transverses/v1/health-check", None);
    assert_eq!(health.value()["statusCode"], "OK");
}
