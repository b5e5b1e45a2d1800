//! The whims of PISTE (`docs/sources.md` 8), and the test that holds each.
//!
//! | whim | the client | the simulator does the same |
//! | --- | --- | --- |
//! | HTTP 200 with a `codeRetour` that is not 0 | `trouble::a_refusal_in_http_200_is_told`, `piste::decode::a_refusal_in_http_200_is_a_refusal` | `piste::a_business_refusal_comes_in_http_200` |
//! | HTTP 400 with `codeRetour` and `libelle` | [`refusals_come_in_many_shapes_and_are_told_in_their_own_words`] | `piste::requests_say_actif_and_answers_say_active` |
//! | HTTP 400 with an array, also for what does not exist | `http::answer::refusals_are_read_in_every_shape`, `perform::edi_flags_are_set_each_in_its_place_and_a_dry_403_is_told`, [`a_register_that_takes_no_siret_is_searched`] | `piste::the_register_answers_400_in_an_array` |
//! | HTTP 401 with `ErrorCode`, or empty | [`a_401_is_one_of_credentials_whatever_its_body`] | `piste::who_is_not_let_in_learns_whether_the_route_exists` |
//! | realm `PISTE` or `DefaultRealm` | `doctor::a_refused_account_is_told_with_the_four_causes_and_an_unknown_route_is_not_its_fault` | the same |
//! | HTTP 401 in bursts, for nothing | `trouble::a_burst_of_401_is_answered_with_new_tokens_and_then_believed` | scripted |
//! | HTTP 403 with an empty body | `trouble::a_refusal_in_http_200_is_told`, `error::a_dry_403_is_explained`, `doctor::an_api_without_subscription_is_told_apart_from_an_application_that_is_not_declared` | `piste::an_application_that_did_not_subscribe_gets_a_dry_403` |
//! | HTTP 403 to a technical account that sets EDI flags | `perform::edi_flags_are_set_each_in_its_place_and_a_dry_403_is_told` | `piste::the_register_answers_400_in_an_array` |
//! | HTTP 202 and 206 are good answers, 404, 415, 422 and 501 are not | [`refusals_come_in_many_shapes_and_are_told_in_their_own_words`], [`other_good_statuses_are_good`] | scripted |
//! | HTTP 429 and 503, with and without `Retry-After` | `trouble::a_pause_that_is_asked_for_is_made_unless_it_is_too_long` | scripted |
//! | HTTP 500 with `libelle` | [`refusals_come_in_many_shapes_and_are_told_in_their_own_words`] | scripted |
//! | bodies in HTML | `trouble::pages_in_html_and_lost_connections_are_told_without_quoting_them` | scripted |
//! | asked `ACTIF`, answered `ACTIVE` | `piste::decode::an_inactive_structure_is_found_in_both_spellings` | `piste::requests_say_actif_and_answers_say_active` |
//! | words that are not in the swagger | `doctor::each_word_of_an_attachment_has_its_meaning` | scripted |
//! | a paging wrapper by another name in each service | `piste::tests::recorded_*` | `swagger::every_request_field_is_read_with_its_official_type` |
//! | ten results unless asked otherwise, and more pages than one | `reading::*`, `page::*` | `piste::a_page_has_ten_results_unless_asked_otherwise` |
//! | `expires_in`, as a number or a text | `http::token::a_recorded_token_is_asked_for_and_read`, `http::token::a_short_life_is_used_up_to_its_half` | `statuses::*` |
//! | `invalid_client` for valid credentials, one time in ten | [`one_token_in_ten_is_refused_and_nobody_notices`], `trouble::whims_of_the_token_service_are_borne_and_wrong_credentials_are_told` | scripted |
//! | no idempotency key: a write without an answer is not sent again | `perform::*` | |

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;

use crate::domain::observed::Observed;
use crate::domain::request::Request;
use crate::domain::siret::Siret;
use crate::remote::Endpoints;
use crate::remote::RemoteError;
use crate::remote::Scope;
use crate::remote::Writer;
use crate::remote::connect;
use crate::remote::error::Layer;
use crate::remote::gateway::encode::Certificates;
use crate::remote::testing::LYON;
use crate::remote::testing::NOON;
use crate::remote::testing::PARIS;
use crate::remote::testing::Wrong;
use crate::remote::testing::endpoints;
use crate::remote::testing::fault;
use crate::remote::testing::reader;
use crate::remote::testing::simulator;
use crate::remote::testing::siret;
use crate::remote::testing::structures;
use crate::simulator::Running;
use crate::simulator::SeedStructure;

const OWN: &str = "/cpro/utilisateurs/v1/monCompte/recuperer/rattachements";
const SEARCH: &str = "/cpro/structures/v1/rechercher";
const DIRECTORY: &str = "/cpro/transverses/v1/telecharger/annuaire/destinataire";

async fn observe(
    simulator: &Running,
    structures: BTreeSet<Siret>,
) -> Result<Observed, RemoteError> {
    let scope = Scope { structures, ..Scope::default() };
    Box::pin(reader(simulator).observe(&scope, NOON.parse().unwrap())).await
}

fn count(simulator: &Running, route: &str) -> u64 {
    simulator.requests()["parRoute"][route].as_u64().unwrap_or_default()
}

#[tokio::test]
async fn refusals_come_in_many_shapes_and_are_told_in_their_own_words() {
    for (wrong, status, code, words) in [
        (
            Wrong::Json(400, json!({ "codeRetour": 20002, "libelle": "GDP_MSG" })),
            400,
            Some("20002"),
            "GDP_MSG",
        ),
        (Wrong::Json(500, json!({ "libelle": "TRA_MSG_99" })), 500, None, "TRA_MSG_99"),
        (Wrong::Json(500, json!({ "codeRetour": 1, "libelle": null })), 500, Some("1"), "HTTP 500"),
        (
            Wrong::Json(422, json!([{ "error": "Params", "detail": "x" }])),
            422,
            Some("Params"),
            "«x»",
        ),
        (Wrong::Status(415), 415, None, "HTTP 415"),
        (Wrong::Status(404), 404, None, "HTTP 404"),
        (Wrong::Html(501), 501, None, "HTTP 501"),
    ] {
        let simulator = simulator(structures(), Duration::ZERO).await;
        fault(&simulator, OWN, 1, wrong);
        let error = observe(&simulator, [siret(PARIS)].into()).await.unwrap_err();
        let RemoteError::Refused { status: found, code: told, .. } = &error else {
            panic!("{error}")
        };
        assert_eq!((*found, told.as_deref()), (status, code));
        assert!(error.to_string().contains(words) && !error.help().is_empty(), "{error}");
        // None of these is a reason to ask again, or to doubt the credentials.
        assert_eq!(count(&simulator, &format!("POST {OWN}")), 1, "{error}");
        assert!(!error.is_credentials());
    }
}

#[tokio::test]
async fn other_good_statuses_are_good() {
    for status in [202, 206] {
        let simulator = simulator(structures(), Duration::ZERO).await;
        let body = json!({ "codeRetour": 0, "listeStructureRattachement": [
            { "idStructure": 1, "identifiantStructure": PARIS } ] });
        fault(&simulator, OWN, 1, Wrong::Json(status, body));
        let observed = observe(&simulator, [siret(PARIS)].into()).await.unwrap();
        assert!(observed.structures[&siret(PARIS)].attached, "{status}");
    }
}

#[tokio::test]
async fn a_401_is_one_of_credentials_whatever_its_body() {
    let body = json!({ "ErrorCode": "401", "Description": "[invalid field]" });
    for wrong in [Wrong::Json(401, body), Wrong::Status(401), Wrong::Html(401)] {
        let simulator = simulator(structures(), Duration::ZERO).await;
        fault(&simulator, OWN, 3, wrong);
        let error = observe(&simulator, [siret(PARIS)].into()).await.unwrap_err();
        assert_eq!(error, RemoteError::Credentials { layer: Layer::Account });
        assert!(error.help().contains("30 minutes"));
    }
}

#[tokio::test]
async fn one_token_in_ten_is_refused_and_nobody_notices() {
    let simulator = simulator(structures(), Duration::ZERO).await;
    for number in 0..30 {
        if number % 10 == 0 {
            let whim = json!({ "error": "invalid_client", "error_description": "x" });
            fault(&simulator, "/api/oauth", 1, Wrong::Json(400, whim));
        }
        assert!(reader(&simulator).edi_sheets().await.is_ok(), "{number}");
    }
    assert_eq!(count(&simulator, "POST /api/oauth/token"), 33);
}

#[tokio::test]
async fn a_register_that_takes_no_siret_is_searched() {
    let simulator = simulator(structures(), Duration::ZERO).await;
    let writer = Writer::new(reader(&simulator));
    let refusal = json!([{ "error": "ParamsInvalidUuidStructures", "message": "x" }]);
    let path = format!("/cpro/organisations/v1/structures/{PARIS}");
    fault(&simulator, &path, 1, Wrong::Json(400, refusal));
    let request = Request::SetEdiFlags { structure: siret(PARIS), sender: true, receiver: false };
    let (made, files) = (std::collections::BTreeMap::new(), Certificates::default());
    writer.perform(&request, &made, &files, "ville/structure/x#1").await.unwrap();
    assert_eq!(count(&simulator, "POST /cpro/organisations/v1/structures/recherche"), 1);
    assert!(simulator.world().structure(PARIS).unwrap().edi_sender);
}

/// Structures whose attachments are taken away, and their SIRETs.
async fn many(number: usize) -> (Running, BTreeSet<Siret>) {
    let sirets: Vec<String> = (0..number).map(|one| format!("90000000000{one:03}")).collect();
    let seeds = sirets.iter().map(|siret| SeedStructure {
        siret: siret.clone(),
        name: format!("COMMUNE {siret}"),
        ..SeedStructure::default()
    });
    let simulator = simulator(seeds.collect(), Duration::ZERO).await;
    simulator.steer("PUT", "/simulateur/v1/roles", Some(json!({ "rattache": false })));
    (simulator, sirets.iter().map(|text| siret(text)).collect())
}

#[tokio::test]
async fn many_structures_that_are_not_attached_are_found_in_the_directory() {
    let (simulator, mut sirets) = many(150).await;
    sirets.insert(siret(LYON));
    let observed = observe(&simulator, sirets).await.unwrap();
    assert_eq!(observed.structures.len(), 150);
    assert!(observed.structures.values().all(|one| one.active && !one.attached));
    assert!(observed.structures.values().all(|one| one.name.starts_with("COMMUNE 9")));
    assert_eq!(count(&simulator, &format!("POST {DIRECTORY}")), 1);
    // The one that is not in it.
    assert_eq!(count(&simulator, &format!("POST {SEARCH}")), 1);
}

#[tokio::test]
async fn few_are_looked_for_and_so_are_many_when_there_is_no_directory() {
    let (simulator, sirets) = many(20).await;
    assert_eq!(observe(&simulator, sirets).await.unwrap().structures.len(), 20);
    assert_eq!(count(&simulator, &format!("POST {DIRECTORY}")), 0);
    for wrong in [
        Wrong::Status(403),
        Wrong::Json(200, json!({ "codeRetour": 0, "fichierResultat": "?" })),
        Wrong::Json(200, json!({ "codeRetour": 20001 })),
    ] {
        let (simulator, sirets) = many(120).await;
        fault(&simulator, DIRECTORY, 1, wrong);
        assert_eq!(observe(&simulator, sirets).await.unwrap().structures.len(), 120);
        assert_eq!(count(&simulator, &format!("POST {SEARCH}")), 120);
    }
}

#[tokio::test]
async fn a_proxy_stands_before_piste_and_not_before_the_gateway() {
    let url = |text: &str| crate::domain::value::WebUrl::parse(text).unwrap();
    let simulator = simulator(structures(), Duration::ZERO).await;
    let mut behind = Endpoints {
        oauth_url: url("http://oauth.piste.invalid/api/oauth/token"),
        api_url: url("http://api.piste.invalid"),
        ..endpoints(&simulator)
    };
    behind.passage.proxy = Some(url(&simulator.base_url()));
    let reader = connect(behind).unwrap();
    // The names exist nowhere: the proxy answered.
    let scope = Scope { structures: [siret(PARIS)].into(), ..Scope::default() };
    let observed = Box::pin(reader.observe(&scope, NOON.parse().unwrap())).await.unwrap();
    assert!(observed.structures[&siret(PARIS)].attached);
    assert!(reader.edi_sheets().await.is_ok());

    let mut dead = Endpoints { gateway_url: url("http://127.0.0.1:1"), ..endpoints(&simulator) };
    dead.passage.proxy = Some(url(&simulator.base_url()));
    let error = connect(dead).unwrap().edi_sheets().await.unwrap_err();
    assert!(
        matches!(&error, RemoteError::Unreachable { host, .. } if host == "127.0.0.1:1"),
        "{error}"
    );
}
