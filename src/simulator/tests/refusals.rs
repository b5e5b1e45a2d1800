//! Each thing that the portal refuses, with its own error.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::pkcs7::Pkcs7;
use openssl::pkcs7::Pkcs7Flags;
use openssl::stack::Stack;
use serde_json::Value;
use serde_json::json;

use super::support;
use super::support::Asked;
use super::support::LYON;
use super::support::PARIS;
use super::support::api;
use super::support::as2;
use super::support::certificate;
use super::support::pesit;
use super::support::settings;
use super::support::sftp;

/// Asks and gives status and code of the refusal.
fn refused(world: &mut Asked, method: &str, path: &str, body: Option<Value>) -> (u16, String) {
    let answer = world.gateway(method, path, body);
    let code = answer.value()["code"].as_str().unwrap_or_default().to_owned();
    if answer.status >= 300 {
        let message = answer.value()["message"].as_str().unwrap_or_default();
        assert!(!message.is_empty(), "a refusal says why");
    }
    (answer.status, code)
}

/// The creation of an EDI sheet that must be refused.
#[track_caller]
fn edi_refused(body: &Value, status: u16, code: &str) {
    let mut world = Asked::new();
    let found = refused(&mut world, "POST", "/fiches-edi", Some(body.clone()));
    assert_eq!(found, (status, code.to_owned()), "{}", body["nom"]);
    let list = world.gateway("GET", "/fiches-edi", None);
    assert_eq!(list.value()["total"], 0, "a refused sheet leaves nothing behind");
}

/// A sheet with one field changed.
fn with(mut sheet: Value, pointer: &str, value: Value) -> Value {
    if let Some(place) = sheet.pointer_mut(pointer) {
        *place = value;
    } else {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        sheet.pointer_mut(parent).unwrap()[key] = value;
    }
    sheet
}

/// A certificate file in the server slot of an AS2 sheet.
fn uploaded(file: &str, content: &[u8]) -> Value {
    let upload = json!({ "emplacement": "serveur", "nomFichier": file, "contenu": STANDARD.encode(content) });
    with(as2("a", 0), "/certificats", json!([upload]))
}

#[test]
fn a_body_that_has_not_its_form_is_refused() {
    let mut world = Asked::new();
    assert_eq!(refused(&mut world, "POST", "/fiches-edi", None).1, "REQUETE_INVALIDE");
    for (pointer, value) in [
        ("/protocole", json!("FTP")),
        ("/systemeEchange", json!("PPF")),
        ("/structure", json!("2175000160001")),
        ("/reseau/port", json!("1761")),
        ("/validite/debut", json!("01/12/2026")),
        ("/validite/debut", json!("20261201")),
        ("/certificats/0/emplacement", json!("signature")),
        ("/certificats/0/contenu", json!("not base64!")),
        ("/certificats/0/sha256", json!("00")),
        ("/abonnements", json!("FSO1100A")),
        ("/couleur", json!("bleu")),
    ] {
        edi_refused(&with(as2("a", 0), pointer, value), 400, "REQUETE_INVALIDE");
    }
    let twice = json!([certificate("serveur", 0), certificate("serveur", 1)]);
    edi_refused(&with(as2("a", 0), "/certificats", twice), 400, "REQUETE_INVALIDE");
    for query in ["page=0", "page=x", "taille=0", "taille=1001"] {
        let found = refused(&mut world, "GET", &format!("/fiches-edi?{query}"), None);
        assert_eq!(found, (400, "REQUETE_INVALIDE".to_owned()), "{query}");
    }
}

#[test]
fn what_does_not_exist_is_unknown() {
    let mut world = Asked::new();
    for (method, path) in [
        ("GET", "/fiches-edi/EDI-000009"),
        ("GET", "/fiches-edi/EDI-9"),
        ("DELETE", "/fiches-edi/EDI-000009"),
        ("POST", "/fiches-edi/EDI-000009/activation"),
        ("GET", "/fiches-api/API-000009"),
        ("POST", "/comptes-techniques/CT-000009/reinitialisation"),
        ("GET", "/operateurs/00000000000000"),
        ("GET", "/rien"),
        ("PATCH", "/fiches-edi"),
    ] {
        assert_eq!(refused(&mut world, method, path, None), (404, "INCONNU".to_owned()), "{path}");
    }
    edi_refused(&with(as2("a", 0), "/structure", json!("00000000000000")), 404, "INCONNU");
}

#[test]
fn a_name_is_unique_for_a_system_and_a_structure_whatever_the_status() {
    let mut world = Asked::new();
    let mut draft = as2("G2B", 0);
    draft["brouillon"] = json!(true);
    let sheet = world.created("/fiches-edi", draft);
    let taken = (409, "NOM_DEJA_UTILISE".to_owned());
    assert_eq!(refused(&mut world, "POST", "/fiches-edi", Some(as2("G2B", 1))), taken);
    world.created("/fiches-edi", with(as2("G2B", 1), "/structure", json!(LYON)));
    let other = with(as2("G2B", 2), "/systemeEchange", json!("CPRO"));
    world.created("/fiches-edi", other);
    let id = sheet["id"].as_str().unwrap();
    assert_eq!(world.gateway("DELETE", &format!("/fiches-edi/{id}"), None).status, 204);
    world.created("/fiches-edi", as2("G2B", 0));
    world.wait(5);
    let id = "EDI-000004";
    assert_eq!(world.gateway("POST", &format!("/fiches-edi/{id}/desactivation"), None).status, 200);
    assert_eq!(refused(&mut world, "POST", "/fiches-edi", Some(as2("G2B", 3))), taken);
}

#[test]
fn a_name_has_at_most_a_hundred_characters() {
    let mut world = Asked::new();
    world.created("/fiches-edi", as2(&"é".repeat(100), 0));
    edi_refused(&as2(&"é".repeat(101), 1), 422, "CHAMP_INVALIDE");
    edi_refused(&as2("", 1), 422, "CHAMP_INVALIDE");
}

#[test]
fn a_certificate_serves_one_sheet_across_all_structures() {
    let taken = (409, "CERTIFICAT_DEJA_UTILISE".to_owned());
    let mut world = Asked::new();
    world.created("/fiches-edi", pesit("one", 0));
    let elsewhere = with(sftp("two", 0), "/structure", json!(LYON));
    assert_eq!(refused(&mut world, "POST", "/fiches-edi", Some(elsewhere.clone())), taken);
    world.created("/fiches-edi", as2("three", 1));
    world.wait(5);
    let change = settings(&as2("three", 0));
    assert_eq!(refused(&mut world, "PUT", "/fiches-edi/EDI-000002", Some(change)), taken);
    world.gateway("POST", "/fiches-edi/EDI-000001/desactivation", None);
    assert_eq!(refused(&mut world, "POST", "/fiches-edi", Some(elsewhere.clone())), taken);
    world.steer("PUT", "/options", json!({ "certificatLibereApresDesactivation": true }));
    world.created("/fiches-edi", elsewhere);
    // The old sheet lost it: it cannot come back beside the new one.
    let back = refused(&mut world, "POST", "/fiches-edi/EDI-000001/activation", None);
    assert_eq!(back, taken);
}

#[test]
fn a_certificate_that_was_replaced_is_free_again() {
    let mut world = Asked::new();
    world.created("/fiches-edi", as2("one", 0));
    world.wait(5);
    let change = settings(&as2("one", 1));
    assert_eq!(world.gateway("PUT", "/fiches-edi/EDI-000001", Some(change)).status, 200);
    world.created("/fiches-edi", as2("two", 0));
}

#[test]
fn pesit_goes_with_cpro_only() {
    let sheet = with(pesit("a", 0), "/systemeEchange", json!("PA-CPRO"));
    edi_refused(&with(sheet, "/abonnements", json!(["FSO1150A"])), 422, "PROTOCOLE_INCOMPATIBLE");
}

#[test]
fn files_that_the_portal_does_not_take_are_refused() {
    let good = support::pem(0).as_bytes();
    for extension in ["p12", "pfx", "txt", "key"] {
        edi_refused(&uploaded(&format!("a.{extension}"), good), 422, "CERTIFICAT_REFUSE");
    }
    edi_refused(&uploaded("no-extension", good), 422, "CERTIFICAT_REFUSE");
    edi_refused(&uploaded("a.pem", b""), 422, "CERTIFICAT_REFUSE");
    edi_refused(&uploaded("a.pem", b"hello"), 422, "CERTIFICAT_REFUSE");
    let mut large = good.to_vec();
    large.resize(5 * 1024 * 1024 + 1, b'\n');
    edi_refused(&uploaded("a.pem", &large), 422, "CERTIFICAT_REFUSE");
    large.truncate(5 * 1024 * 1024);
    Asked::new().created("/fiches-edi", uploaded("A.PEM", &large));

    let expired = support::issue("expired", "20261130000000Z", None);
    let pem = expired.certificate.to_pem().unwrap();
    edi_refused(&uploaded("a.crt", &pem), 422, "CERTIFICAT_REFUSE");

    let issued = support::issue("with key", "20600101000000Z", None);
    let mut both = issued.certificate.to_pem().unwrap();
    both.extend(issued.key.private_key_to_pem_pkcs8().unwrap());
    edi_refused(&uploaded("a.pem", &both), 422, "CERTIFICAT_REFUSE");
    let key = issued.key.private_key_to_pkcs8().unwrap();
    edi_refused(&uploaded("a.cer", &key), 422, "CERTIFICAT_REFUSE");

    let two = [support::pem(0), support::pem(1)].concat();
    edi_refused(&uploaded("a.pem", two.as_bytes()), 422, "CERTIFICAT_REFUSE");
}

#[test]
fn the_leaf_is_found_in_every_form_and_order() {
    let authority = support::issue("authority", "20600101000000Z", None);
    // An RSA key, because an envelope cannot be signed with the other kind.
    let key = openssl::pkey::PKey::from_rsa(openssl::rsa::Rsa::generate(2048).unwrap()).unwrap();
    let leaf = support::issue_for(key, "leaf", "20590101000000Z", Some(&authority));
    let fingerprint = crate::simulator::generate::sha256(&leaf.certificate.to_der().unwrap());
    let pem = |issued: &support::Issued| issued.certificate.to_pem().unwrap();
    let mut chain = Stack::new().unwrap();
    chain.push(authority.certificate.clone()).unwrap();
    let envelope =
        Pkcs7::sign(&leaf.certificate, &leaf.key, &chain, b"", Pkcs7Flags::empty()).unwrap();
    for content in [
        envelope.to_der().unwrap(),
        envelope.to_pem().unwrap(),
        leaf.certificate.to_der().unwrap(),
        pem(&leaf),
        [pem(&leaf), pem(&authority)].concat(),
        [pem(&authority), pem(&leaf)].concat(),
        [pem(&leaf), pem(&leaf)].concat(),
    ] {
        let sheet = Asked::new().created("/fiches-edi", uploaded("a.cer", &content));
        assert_eq!(sheet["certificats"][0]["sha256"], fingerprint);
        assert_eq!(sheet["certificats"][0]["dateFin"], "2059-01-01");
    }
}

#[test]
fn each_protocol_has_its_slots() {
    let none = json!([]);
    edi_refused(&with(as2("a", 0), "/certificats", none.clone()), 422, "CERTIFICAT_REFUSE");
    edi_refused(&with(sftp("a", 0), "/certificats", none), 422, "CERTIFICAT_REFUSE");
    for slot in ["serveur", "client"] {
        let one = json!([certificate(slot, 0)]);
        edi_refused(&with(pesit("a", 0), "/certificats", one.clone()), 422, "CERTIFICAT_REFUSE");
        Asked::new().created("/fiches-edi", with(as2("a", 0), "/certificats", one));
    }
    let server = json!([certificate("serveur", 0)]);
    edi_refused(&with(sftp("a", 0), "/certificats", server), 422, "CHAMP_INVALIDE");
    let nothing = json!([{ "emplacement": "client", "nomFichier": "a.pem" }]);
    edi_refused(&with(sftp("a", 0), "/certificats", nothing), 422, "CERTIFICAT_REFUSE");
    let unheld = json!([{ "emplacement": "client", "sha256": "00" }]);
    edi_refused(&with(sftp("a", 0), "/certificats", unheld), 422, "CERTIFICAT_REFUSE");
}

#[test]
fn each_protocol_has_its_fields() {
    for (sheet, pointer, value) in [
        (pesit("a", 0), "/reseau/ip", Value::Null),
        (pesit("a", 0), "/reseau/ip", json!("ville.example")),
        (pesit("a", 0), "/reseau/port", Value::Null),
        (pesit("a", 0), "/reseau/port", json!(0)),
        (pesit("a", 0), "/reseau/port", json!(65_536)),
        (pesit("a", 0), "/reseau/partId", json!(" ")),
        (pesit("a", 0), "/reseau/url", json!("https://ville.example")),
        (sftp("a", 0), "/reseau/port", json!(22)),
        (sftp("a", 0), "/reseau/ip", json!("nowhere")),
        (as2("a", 0), "/reseau/url", json!("as2.ville.example")),
        (as2("a", 0), "/reseau/identifiantAs2", Value::Null),
        (as2("a", 0), "/reseau/ip", json!("192.0.2.1")),
        (as2("a", 0), "/validite", Value::Null),
        (as2("a", 0), "/validite/fin", json!("2026-11-30")),
        (as2("a", 0), "/contact", Value::Null),
        (as2("a", 0), "/contact/prenom", json!("")),
        (as2("a", 0), "/contact/nom", Value::Null),
        (as2("a", 0), "/contact/email", json!("nobody")),
        (as2("a", 0), "/contact/telephone", json!("01 23 45 67 89")),
        (as2("a", 0), "/protocole", Value::Null),
        (as2("a", 0), "/systemeEchange", Value::Null),
        (as2("a", 0), "/structure", Value::Null),
    ] {
        edi_refused(&with(sheet, pointer, value), 422, "CHAMP_INVALIDE");
    }
    let one_day = with(as2("a", 0), "/validite/fin", json!("2026-12-01"));
    Asked::new().created("/fiches-edi", one_day);
    Asked::new().created("/fiches-edi", with(sftp("a", 0), "/reseau/ip", json!("2001:db8::1")));
}

#[test]
fn subscriptions_belong_to_the_exchange_system() {
    for codes in [json!([]), json!(["FSO1100A"]), json!(["FSO1150A", "FEN1200A"]), json!(["fso"])] {
        edi_refused(&with(as2("a", 0), "/abonnements", codes), 422, "ABONNEMENT_REFUSE");
    }
    Asked::new().created("/fiches-edi", with(as2("a", 0), "/abonnements", json!(["ZZZ9999Z"])));
}

#[test]
fn what_cannot_be_changed_is_refused_by_name() {
    let mut world = Asked::new();
    world.created("/fiches-edi", as2("G2B", 0));
    world.created("/fiches-api", api("APP"));
    world.wait(5);
    for (field, value) in
        [("protocole", "SFTP"), ("systemeEchange", "CPRO"), ("structure", LYON), ("nom", "Autre")]
    {
        let change = with(settings(&as2("G2B", 0)), &format!("/{field}"), json!(value));
        let answer = world.gateway("PUT", "/fiches-edi/EDI-000001", Some(change));
        assert_eq!((answer.status, &answer.value()["code"]), (422, &json!("CHAMP_NON_MODIFIABLE")));
        assert!(answer.value()["message"].as_str().unwrap().contains(field));
    }
    // Named again without being changed, they do no harm.
    assert_eq!(world.gateway("PUT", "/fiches-edi/EDI-000001", Some(as2("G2B", 0))).status, 200);
    for (field, value) in
        [("structure", LYON), ("typeUtilisation", "own"), ("nomEditeur", "Autre SA")]
    {
        let change = with(api("APP"), &format!("/{field}"), json!(value));
        let found = refused(&mut world, "PUT", "/fiches-api/API-000001", Some(change));
        assert_eq!(found, (422, "CHAMP_NON_MODIFIABLE".to_owned()), "{field}");
    }
}

#[test]
fn an_application_serves_one_active_sheet_of_a_structure() {
    let taken = (409, "APPLICATION_DEJA_UTILISEE".to_owned());
    let mut world = Asked::new();
    world.created("/fiches-api", api("APP"));
    assert_eq!(refused(&mut world, "POST", "/fiches-api", Some(api("APP"))), taken);
    world.created("/fiches-api", api("app"));
    let change = json!({ "nomApplicationPiste": "APP", "contact": support::contact() });
    assert_eq!(refused(&mut world, "PUT", "/fiches-api/API-000002", Some(change)), taken);
    world.created("/fiches-api", with(api("APP"), "/structure", json!(LYON)));
    world.gateway("POST", "/fiches-api/API-000001/desactivation", None);
    world.created("/fiches-api", api("APP"));
    world.steer("PUT", "/options", json!({ "applicationUniqueEntreStructures": true }));
    world.created("/fiches-api", api("Only"));
    let elsewhere = with(api("Only"), "/structure", json!(LYON));
    assert_eq!(refused(&mut world, "POST", "/fiches-api", Some(elsewhere)), taken);
}

#[test]
fn an_api_sheet_is_complete_and_does_not_come_back() {
    let mut world = Asked::new();
    for (pointer, value) in [
        ("/nomApplicationPiste", json!("")),
        ("/typeUtilisation", Value::Null),
        ("/nomEditeur", Value::Null),
        ("/contact/email", json!("x")),
    ] {
        let found =
            refused(&mut world, "POST", "/fiches-api", Some(with(api("APP"), pointer, value)));
        assert_eq!(found, (422, "CHAMP_INVALIDE".to_owned()), "{pointer}");
    }
    let own = with(with(api("APP"), "/typeUtilisation", json!("own")), "/nomEditeur", Value::Null);
    let sheet = world.created("/fiches-api", own);
    assert_eq!((&sheet["statut"], sheet.get("nomEditeur")), (&json!("Actif"), None));
    world.gateway("POST", "/fiches-api/API-000001/desactivation", None);
    let status = (409, "STATUT_INCOMPATIBLE".to_owned());
    let change = json!({ "nomApplicationPiste": "B", "contact": support::contact() });
    assert_eq!(refused(&mut world, "PUT", "/fiches-api/API-000001", Some(change)), status);
    let again = refused(&mut world, "POST", "/fiches-api/API-000001/desactivation", None);
    assert_eq!(again, status);
    assert_eq!(refused(&mut world, "POST", "/fiches-api/API-000001/activation", None).0, 404);
}

#[test]
fn rights_are_asked_for() {
    let mut world = Asked::new();
    world.created("/fiches-edi", as2("G2B", 0));
    world.created("/fiches-api", api("APP"));
    let account = json!({ "structure": PARIS, "emailContact": "a@ville.example" });
    world.created("/comptes-techniques", account.clone());
    world.wait(5);
    world.steer("PUT", "/roles", json!({ "structure": PARIS, "raccordementModification": false }));
    let profile = (403, "PROFIL_MANQUANT".to_owned());
    for (method, path, body) in [
        ("POST", "/fiches-edi", Some(as2("b", 1))),
        ("PUT", "/fiches-edi/EDI-000001", Some(settings(&as2("G2B", 0)))),
        ("POST", "/fiches-edi/EDI-000001/desactivation", None),
        ("DELETE", "/fiches-edi/EDI-000001", None),
        ("POST", "/fiches-api", Some(api("B"))),
        ("POST", "/fiches-api/API-000001/desactivation", None),
        ("PUT", &*format!("/operateurs/{PARIS}/clients/{LYON}"), None),
    ] {
        assert_eq!(refused(&mut world, method, path, body), profile, "{method} {path}");
    }
    world.created("/fiches-edi", with(as2("Lyon", 2), "/structure", json!(LYON)));
    world.steer("PUT", "/roles", json!({ "structure": PARIS, "gestionnairePrincipal": false }));
    let manager = (403, "GESTIONNAIRE_PRINCIPAL_REQUIS".to_owned());
    let email = json!({ "emailContact": "b@ville.example" });
    for (method, path, body) in [
        ("POST", "/comptes-techniques", Some(account)),
        ("PUT", "/comptes-techniques/CT-000001", Some(email)),
        ("POST", "/comptes-techniques/CT-000001/desactivation", None),
        ("POST", "/comptes-techniques/CT-000001/reinitialisation", None),
    ] {
        assert_eq!(refused(&mut world, method, path, body), manager, "{method} {path}");
    }
    // Somebody who is not attached does not even see it.
    assert_eq!(world.gateway("GET", "/fiches-edi", None).value()["total"], 2);
    world.steer("PUT", "/roles", json!({ "structure": PARIS, "rattache": false }));
    assert_eq!(world.gateway("GET", "/fiches-edi", None).value()["total"], 1);
    assert_eq!(refused(&mut world, "GET", "/fiches-edi/EDI-000001", None).1, "INCONNU");
    assert_eq!(world.gateway("GET", "/comptes-techniques", None).value()["total"], 0);
    assert_eq!(world.gateway("GET", "/fiches-api", None).value()["total"], 0);
}

#[test]
fn clients_need_the_parameter_of_the_operator() {
    let mut world = Asked::new();
    let path = format!("/operateurs/{PARIS}/clients/{LYON}");
    let required = (403, "OPERATEUR_PUBLIC_REQUIS".to_owned());
    assert_eq!(refused(&mut world, "PUT", &path, None), required);
    let shown = world.gateway("GET", &format!("/operateurs/{PARIS}"), None);
    assert_eq!(shown.value(), &json!({ "structure": PARIS, "operateurPublic": false }));
    let granted = json!({ "operateurPublic": true });
    world.steer("PUT", &format!("/structures/{PARIS}/operateur-public"), granted);
    assert_eq!(refused(&mut world, "DELETE", &path, None), (404, "INCONNU".to_owned()));
    for _ in 0..2 {
        assert_eq!(world.gateway("PUT", &path, None).status, 204);
    }
    let list = world.gateway("GET", "/clients", None);
    assert_eq!(list.value()["elements"], json!([{ "operateur": PARIS, "client": LYON }]));
    let unknown = format!("/operateurs/{PARIS}/clients/00000000000000");
    assert_eq!(refused(&mut world, "PUT", &unknown, None).0, 404);
    assert_eq!(world.gateway("DELETE", &path, None).status, 204);
    assert_eq!(world.gateway("GET", "/clients", None).value()["total"], 0);
}

#[test]
fn technical_accounts_check_their_contact_and_their_state() {
    let mut world = Asked::new();
    let wrong = json!({ "structure": PARIS, "emailContact": "nobody" });
    let found = refused(&mut world, "POST", "/comptes-techniques", Some(wrong));
    assert_eq!(found, (422, "CHAMP_INVALIDE".to_owned()));
    let account = json!({ "structure": PARIS, "emailContact": "a@ville.example" });
    let first = world.created("/comptes-techniques", account.clone());
    let second = world.created("/comptes-techniques", account);
    assert_eq!(first["login"], format!("TECH_1_{PARIS}@cpro.fr"));
    assert_eq!(second["login"], format!("TECH_2_{PARIS}@cpro.fr"));
    assert_ne!(first["motDePasse"], second["motDePasse"]);
    let active = refused(&mut world, "POST", "/comptes-techniques/CT-000001/activation", None);
    assert_eq!(active, (409, "STATUT_INCOMPATIBLE".to_owned()));
    let list = world.gateway("GET", "/comptes-techniques", None);
    assert!(list.value()["elements"][0].get("motDePasse").is_none(), "shown once");
    assert_eq!(first["dateExpirationMotPasse"], "2028-01-29T12:00:00Z");
}
