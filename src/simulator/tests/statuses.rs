//! The status machine over time, and who gets in when.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use serde_json::json;

use crate::simulator::call::Call;
use crate::simulator::tests::support::Asked;
use crate::simulator::tests::support::PARIS;
use crate::simulator::tests::support::api;
use crate::simulator::tests::support::as2;
use crate::simulator::tests::support::settings;

/// A sheet valid on these days.
fn valid(name: &str, number: usize, from: &str, until: &str) -> Value {
    let mut sheet = as2(name, number);
    sheet["validite"] = json!({ "debut": from, "fin": until });
    sheet
}

#[test]
fn a_sheet_settles_by_its_dates() {
    let mut world = Asked::new();
    world.created("/fiches-edi", valid("now", 0, "2026-12-01", "2026-12-02"));
    world.created("/fiches-edi", valid("later", 1, "2026-12-03", "2026-12-10"));
    world.created("/fiches-edi", valid("over", 2, "2026-01-01", "2026-11-30"));
    let seen = |world: &mut Asked| {
        ["EDI-000001", "EDI-000002", "EDI-000003"].map(|id| world.status(id)).join(" ")
    };
    world.wait(4);
    assert_eq!(seen(&mut world), "En cours En cours En cours");
    world.wait(1);
    assert_eq!(seen(&mut world), "Actif Inactif Inactif");
    // The portal's day ends at 23:00 UTC in winter.
    world.now = "2026-12-02T22:59:59Z".parse().unwrap();
    assert_eq!(seen(&mut world), "Actif Inactif Inactif");
    world.now = "2026-12-02T23:00:00Z".parse().unwrap();
    assert_eq!(seen(&mut world), "Inactif Actif Inactif");
    world.now = "2027-06-01T00:00:00Z".parse().unwrap();
    assert_eq!(seen(&mut world), "Inactif Inactif Inactif");
    let last = world.gateway("GET", "/fiches-edi/EDI-000002", None);
    assert_eq!(last.value()["dateStatut"], "2026-12-10T23:00:00Z", "when it ended, not when seen");
}

#[test]
fn only_settled_sheets_change_and_only_drafts_are_deleted() {
    let mut world = Asked::new();
    let mut draft = as2("G2B", 0);
    draft["brouillon"] = json!(true);
    assert_eq!(world.created("/fiches-edi", draft)["statut"], "Brouillon");
    let id = "/fiches-edi/EDI-000001";
    let change = settings(&as2("G2B", 0));
    // What is allowed in which status, in this order: change, finalise, activate, deactivate, delete.
    let allowed = |world: &mut Asked| -> String {
        let tries = [
            ("PUT", id.to_owned(), Some(change.clone())),
            ("POST", format!("{id}/finalisation"), Some(change.clone())),
            ("POST", format!("{id}/activation"), None),
            ("POST", format!("{id}/desactivation"), None),
            ("DELETE", id.to_owned(), None),
        ];
        let mut found = Vec::new();
        for (method, path, body) in tries {
            let before = world.world.clone();
            let answer = world.gateway(method, &path, body);
            if answer.status >= 300 {
                assert_eq!(answer.value()["code"], "STATUT_INCOMPATIBLE");
            }
            found.push(if answer.status < 300 { "yes" } else { "no" });
            world.world = before;
        }
        found.join(" ")
    };
    assert_eq!(allowed(&mut world), "no yes no no yes", "Brouillon");
    world.gateway("POST", &format!("{id}/finalisation"), Some(change.clone()));
    assert_eq!(allowed(&mut world), "no no no no no", "En cours");
    world.wait(5);
    assert_eq!(allowed(&mut world), "yes no no yes no", "Actif");
    world.gateway("POST", &format!("{id}/desactivation"), None);
    assert_eq!(allowed(&mut world), "yes no yes no no", "Inactif");
    for issue in ["Erreur", "Partielle"] {
        world.steer("POST", "/issues", json!({ "fiche": "EDI-000001", "issue": issue }));
        world.gateway("PUT", id, Some(change.clone()));
        world.wait(5);
        assert_eq!(world.status("EDI-000001"), issue);
        assert_eq!(allowed(&mut world), "no no no no no", "{issue}");
        // Support brings it back.
        world.steer("POST", "/issues", json!({ "fiche": "EDI-000001", "issue": "Actif" }));
        assert_eq!(world.status("EDI-000001"), "Actif");
    }
}

#[test]
fn a_draft_may_lack_anything_and_is_complete_when_finalised() {
    let mut world = Asked::new();
    let bare = json!({ "structure": PARIS, "systemeEchange": "PA-CPRO", "nom": "G2B",
                       "protocole": "AS2", "brouillon": true });
    let draft = world.created("/fiches-edi", bare);
    assert_eq!((draft.get("validite"), &draft["certificats"]), (None, &json!([])));
    let path = "/fiches-edi/EDI-000001/finalisation";
    let mut values = settings(&as2("G2B", 0));
    values["abonnements"] = json!([]);
    assert_eq!(world.gateway("POST", path, Some(values.clone())).status, 422);
    values["abonnements"] = json!(["FSO1150A"]);
    let sheet = world.gateway("POST", path, Some(values)).value().clone();
    assert_eq!(
        (&sheet["statut"], &sheet["codeApplication"]),
        (&json!("En cours"), &draft["codeApplication"])
    );
}

#[test]
fn what_a_partner_deactivated_stays_so_until_told_otherwise() {
    let mut world = Asked::new();
    world.created("/fiches-edi", valid("a", 0, "2026-12-01", "2027-12-01"));
    world.wait(5);
    world.gateway("POST", "/fiches-edi/EDI-000001/desactivation", None);
    world.wait(86_400 * 30);
    assert_eq!(world.status("EDI-000001"), "Inactif");
    assert_eq!(world.gateway("POST", "/fiches-edi/EDI-000001/activation", None).status, 200);
    assert_eq!(world.status("EDI-000001"), "Actif");
    world.wait(86_400 * 365);
    assert_eq!(world.status("EDI-000001"), "Inactif");
    let late = world.gateway("POST", "/fiches-edi/EDI-000001/activation", None);
    assert_eq!(late.value()["code"], "STATUT_INCOMPATIBLE", "outside the validity");
}

#[test]
fn how_sheets_settle_can_be_scripted_by_name_and_in_turn_and_held() {
    let mut world = Asked::new();
    world.steer("POST", "/issues", json!({ "issue": "Partielle" }));
    world.steer("POST", "/issues", json!({ "nom": "named", "issue": "En cours" }));
    world.created("/fiches-edi", as2("named", 0));
    world.created("/fiches-edi", as2("first", 1));
    world.created("/fiches-edi", as2("second", 2));
    world.wait(3600);
    let seen = ["EDI-000001", "EDI-000002", "EDI-000003"].map(|id| world.status(id));
    assert_eq!(seen, ["En cours", "Partielle", "Actif"]);
    world.steer("POST", "/issues", json!({ "fiche": "EDI-000001", "issue": "Erreur" }));
    assert_eq!(world.status("EDI-000001"), "Erreur");
    world.steer("PUT", "/delai", json!({ "millisecondes": 60_000 }));
    world.created("/fiches-edi", as2("slow", 3));
    world.wait(59);
    assert_eq!(world.status("EDI-000004"), "En cours");
    world.steer("PUT", "/horloge", json!({ "avanceSecondes": 1 }));
    assert_eq!(world.status("EDI-000004"), "Actif");
}

#[test]
fn an_update_keeps_a_certificate_that_is_named_by_its_fingerprint() {
    let mut world = Asked::new();
    let sheet = world.created("/fiches-edi", as2("G2B", 0));
    world.wait(5);
    let mut change = settings(&as2("G2B", 0));
    let held = &sheet["certificats"][0];
    change["certificats"] = json!([{ "emplacement": "client", "sha256": held["sha256"] }]);
    let changed = world.gateway("PUT", "/fiches-edi/EDI-000001", Some(change.clone()));
    assert_eq!(changed.status, 200);
    assert_eq!(changed.value()["certificats"][0]["nomFichier"], held["nomFichier"]);
    assert_eq!(changed.value()["codeApplication"], sheet["codeApplication"]);
    assert_eq!(changed.value()["statut"], "En cours");
    // In 2061 the certificate is over, also for those who only name it.
    world.now = "2061-01-01T00:00:00Z".parse().unwrap();
    let late = world.gateway("PUT", "/fiches-edi/EDI-000001", Some(change));
    assert_eq!(late.value()["code"], "CERTIFICAT_REFUSE");
}

#[test]
fn application_codes_differ_and_are_never_given_twice() {
    let mut world = Asked::new();
    let mut draft = as2("a", 0);
    draft["brouillon"] = json!(true);
    let first = world.created("/fiches-edi", draft)["codeApplication"].clone();
    world.gateway("DELETE", "/fiches-edi/EDI-000001", None);
    let second = world.created("/fiches-edi", as2("a", 0))["codeApplication"].clone();
    let third = world.created("/fiches-api", api("APP"))["codeApplication"].clone();
    assert_eq!([first, second, third], [json!("AAA001"), json!("AAA002"), json!("AAA003")]);
}

/// The status that a call gets with this account, at the world's time.
fn status_with(world: &mut Asked, login: &str, password: &str) -> u16 {
    let call = Call::new("GET", "/raccordements/v1/fiches-edi", None);
    world.world.pass_time(world.now);
    let mut call = world.world.authorise(call);
    call.account = Some(STANDARD.encode(format!("{login}:{password}")));
    world.world.handle(world.now, &call).status
}

#[test]
fn a_technical_account_is_usable_after_half_an_hour_for_424_days() {
    let mut world = Asked::new();
    let body = json!({ "structure": PARIS, "emailContact": "a@ville.example" });
    let account = world.created("/comptes-techniques", body);
    let login = account["login"].as_str().unwrap().to_owned();
    let password = account["motDePasse"].as_str().unwrap().to_owned();
    world.wait(1799);
    assert_eq!(status_with(&mut world, &login, &password), 401);
    world.wait(1);
    assert_eq!(status_with(&mut world, &login, &password), 200);
    assert_eq!(status_with(&mut world, &login, "wrong"), 401);
    world.gateway("POST", "/comptes-techniques/CT-000001/desactivation", None);
    assert_eq!(status_with(&mut world, &login, &password), 401);
    world.gateway("POST", "/comptes-techniques/CT-000001/activation", None);
    world.now = "2028-01-29T11:59:59Z".parse().unwrap();
    assert_eq!(status_with(&mut world, &login, &password), 200);
    world.wait(1);
    assert_eq!(status_with(&mut world, &login, &password), 401);
    let reset = world.gateway("POST", "/comptes-techniques/CT-000001/reinitialisation", None);
    let new = reset.value()["motDePasse"].as_str().unwrap().to_owned();
    assert_eq!(status_with(&mut world, &login, &password), 401);
    assert_eq!(status_with(&mut world, &login, &new), 200);
}

#[test]
fn a_token_lives_an_hour_and_can_be_revoked() {
    let mut world = Asked::new();
    world.world.pass_time(world.now);
    let first = world.world.first_credentials();
    let token = world.world.issue_token(&first.client_id, &first.client_secret).unwrap();
    assert_eq!(token.len(), 54);
    assert!(world.world.token_lives_at(&token, "2026-12-01T12:59:59Z".parse().unwrap()));
    assert!(!world.world.token_lives_at(&token, "2026-12-01T13:00:00Z".parse().unwrap()));
    let mut forged = token.clone();
    forged.replace_range(2..10, "ffffffff");
    assert!(!world.world.token_lives_at(&forged, world.now));
    world.world.add_application("OTHER");
    assert!(world.world.token_lives_at(&token, world.now), "another application changes nothing");
    world.world.revoke_tokens();
    assert!(!world.world.token_lives_at(&token, world.now));
}

#[test]
fn pages_hold_everything_once_and_in_order() {
    let mut world = Asked::new();
    for number in 0..5 {
        world.created("/fiches-api", api(&format!("APP{number}")));
    }
    let mut ids = Vec::new();
    for page in 1..=3 {
        let list = world.gateway("GET", &format!("/fiches-api?page={page}&taille=2"), None);
        assert_eq!((&list.value()["pages"], &list.value()["total"]), (&json!(3), &json!(5)));
        for element in list.value()["elements"].as_array().unwrap() {
            ids.push(element["id"].as_str().unwrap().to_owned());
        }
    }
    let expected = ["API-000001", "API-000002", "API-000003", "API-000004", "API-000005"];
    assert_eq!(ids, expected);
    let beyond = world.gateway("GET", "/fiches-api?page=9", None);
    assert_eq!(beyond.value()["elements"], json!([]));
    assert_eq!(world.gateway("GET", "/fiches-edi", None).value()["pages"], 1);
}

#[test]
fn a_reset_keeps_the_structures_and_the_time() {
    let mut world = Asked::new();
    world.created("/fiches-edi", as2("G2B", 0));
    world.steer("POST", "/reinitialisation", json!({}));
    assert_eq!(world.gateway("GET", "/fiches-edi", None).value()["total"], 0);
    assert_eq!(world.created("/fiches-edi", as2("G2B", 0))["id"], "EDI-000001");
}

#[test]
fn the_ten_thousandth_sheet_is_found_and_listed_like_the_first() {
    let mut world = Asked::new();
    let own = |number: u32| {
        json!({ "structure": PARIS, "nomApplicationPiste": format!("APP{number}"),
                "typeUtilisation": "own", "contact": crate::simulator::tests::support::contact() })
    };
    for number in 1..=10_000 {
        world.created("/fiches-api", own(number));
    }
    let last = world.gateway("GET", "/fiches-api/API-010000", None);
    assert_eq!(last.value()["codeApplication"], "AAK010");
    let page = world.gateway("GET", "/fiches-api?page=10&taille=1000", None);
    assert_eq!(page.value()["elements"].as_array().map(Vec::len), Some(1000));
    assert_eq!(page.value()["elements"][999]["id"], "API-010000");
    let taken = world.gateway("POST", "/fiches-api", Some(own(1)));
    assert_eq!(taken.status, 409);
}
