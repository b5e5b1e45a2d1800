//! Lists of many pages, and what a scope finds.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::extract::Query;
use axum::routing::get;
use axum::routing::post;
use serde_json::Value;
use serde_json::json;

use crate::domain::siret::Siret;
use crate::remote::RemoteError;
use crate::remote::Scope;
use crate::remote::connect;
use crate::remote::testing::LYON;
use crate::remote::testing::NOON;
use crate::remote::testing::PARIS;
use crate::remote::testing::Wrong;
use crate::remote::testing::endpoints_at;
use crate::remote::testing::fault;
use crate::remote::testing::reader;
use crate::remote::testing::recorded;
use crate::remote::testing::simulator;
use crate::remote::testing::siret;
use crate::remote::testing::structures;
use crate::simulator::SeedService;
use crate::simulator::SeedStructure;

/// A gateway that gives `size` EDI sheets a page at the most, of `count`, whatever it is asked for.
///
/// During the first `moving` reads of the first page the list is about to grow.
async fn gateway(count: usize, size: usize, moving: u32) -> (String, Arc<AtomicU32>) {
    let pages = Arc::new(AtomicU32::new(0));
    let seen = Arc::clone(&pages);
    let sheet = recorded("gateway/read-edi").remove(0).response;
    let list = async move |Query(query): Query<std::collections::BTreeMap<String, String>>| {
        let page: usize = query["page"].parse().unwrap();
        let read = seen.fetch_add(u32::from(page == 1), Ordering::SeqCst);
        let count = if page == 1 && read < moving { count - 1 } else { count };
        let first = (page - 1) * size;
        let elements: Vec<Value> = (first..count.min(first + size))
            .map(|number| {
                let mut sheet = sheet.clone();
                sheet["id"] = json!(format!("EDI-{number:06}"));
                sheet
            })
            .collect();
        let pages = count.div_ceil(size).max(1);
        Json(
            json!({ "elements": elements, "page": page, "taille": size, "pages": pages, "total": count }),
        )
    };
    let token = async || Json(json!({ "access_token": "t", "expires_in": 3600 }));
    let router = Router::new()
        .route("/api/oauth/token", post(token))
        .route("/raccordements/v1/fiches-edi", get(list));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (base, pages)
}

#[tokio::test]
async fn a_list_is_read_whole_in_the_pages_that_a_gateway_chooses() {
    let (base, _) = gateway(23, 2, 0).await;
    let sheets = connect(endpoints_at(&base)).unwrap().edi_sheets().await.unwrap();
    let ids: Vec<_> = sheets.iter().map(|sheet| sheet.id.to_string()).collect();
    assert_eq!(ids, (0..23).map(|number| format!("EDI-{number:06}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_list_that_grows_while_it_is_read_is_read_again_and_given_up_in_the_end() {
    let (base, read) = gateway(5, 2, 2).await;
    let sheets = connect(endpoints_at(&base)).unwrap().edi_sheets().await.unwrap();
    assert_eq!((sheets.len(), read.load(Ordering::SeqCst)), (5, 3));

    let (base, _) = gateway(5, 2, u32::MAX).await;
    let error = connect(endpoints_at(&base)).unwrap().edi_sheets().await.unwrap_err();
    assert!(matches!(error, RemoteError::Unstable { attempts: 4, .. }), "{error}");
}

/// Attachments and services beyond the thousand that one page holds.
#[tokio::test]
async fn attachments_and_services_are_read_beyond_the_first_page() {
    let service = |number: u32| SeedService { code: format!("S{number:04}"), name: "x".to_owned() };
    let many = (0..1500).map(|number| SeedStructure {
        // Numbers that sort before and after that of Paris; their check digit is not looked at.
        siret: format!("{:014}", 10_000_000_000_000_u64 + number * 20_000_000_000),
        name: "COMMUNE".to_owned(),
        ..SeedStructure::default()
    });
    let mut all = structures();
    all[0].services = (0..2100).map(service).collect();
    all.extend(many);
    let simulator = simulator(all, Duration::ZERO).await;
    let only = BTreeSet::from([siret(PARIS)]);
    let scope = Scope { structures: only.clone(), services_of: only, ..Scope::default() };
    let observed =
        Box::pin(reader(&simulator).observe(&scope, NOON.parse().unwrap())).await.unwrap();
    let paris = &observed.structures[&siret(PARIS)];
    assert!(paris.attached);
    // The service that every public structure has comes on top.
    assert_eq!(paris.services.as_ref().unwrap().len(), 2101);
    let routes = simulator.requests()["parRoute"].clone();
    assert_eq!(routes["POST /cpro/utilisateurs/v1/monCompte/recuperer/rattachements"], 2);
    assert_eq!(routes["POST /cpro/structures/v1/rechercher/services"], 3);
}

#[tokio::test]
async fn a_structure_that_is_not_attached_is_told_from_one_that_does_not_exist() {
    let simulator = simulator(structures(), Duration::ZERO).await;
    let leave = json!({ "structure": LYON, "rattache": false });
    assert!(simulator.steer("PUT", "/simulateur/v1/roles", Some(leave)).status < 300);
    let absent = siret("21130055300016");
    let all: BTreeSet<Siret> = [siret(PARIS), siret(LYON), absent].into();
    let scope = Scope {
        structures: all.clone(),
        flags_of: all.clone(),
        services_of: all,
        ..Scope::default()
    };
    let observed =
        Box::pin(reader(&simulator).observe(&scope, NOON.parse().unwrap())).await.unwrap();
    assert!(!observed.structures.contains_key(&absent));
    let (paris, lyon) = (&observed.structures[&siret(PARIS)], &observed.structures[&siret(LYON)]);
    assert!(
        paris.attached && paris.active && paris.edi_sender.is_some() && paris.services.is_some()
    );
    assert!(!lyon.attached && lyon.active && lyon.name == "COMMUNE DE LYON");
    // What only an attached account may read stays unknown.
    assert!(lyon.edi_sender.is_none() && lyon.services.is_none());
}

#[tokio::test]
async fn a_scope_reads_what_it_needs_through_busy_answers_and_token_whims_and_nothing_more() {
    let simulator = simulator(structures(), Duration::ZERO).await;
    let whim = json!({ "error": "invalid_client", "error_description": "whim" });
    fault(&simulator, "/api/oauth", 2, Wrong::Json(400, whim));
    fault(&simulator, "/api/oauth", 2, Wrong::Busy(503, "0"));
    fault(&simulator, "/raccordements/v1/fiches-edi", 2, Wrong::Busy(429, "0"));
    fault(&simulator, "/raccordements/v1/fiches-api", 2, Wrong::Html(503));
    fault(&simulator, "/cpro/utilisateurs", 2, Wrong::Status(401));
    let paris = BTreeSet::from([siret(PARIS)]);
    let scope = Scope {
        structures: paris.clone(),
        flags_of: paris.clone(),
        services_of: paris.clone(),
        operators: paris,
        needs_accounts: true,
        needs_api: true,
        needs_edi: true,
        needs_clients: true,
    };
    let reader = reader(&simulator);
    let observed = Box::pin(reader.observe(&scope, NOON.parse().unwrap())).await.unwrap();
    let found = &observed.structures[&siret(PARIS)];
    assert_eq!((found.name.as_str(), found.active, found.attached), ("VILLE DE PARIS", true, true));
    assert_eq!((found.edi_sender, found.public_operator), (Some(false), Some(false)));
    assert!(found.services.is_some());
    assert!(observed.edi.is_empty() && observed.accounts.is_empty() && observed.clients.is_empty());

    let before = simulator.requests()["total"].as_u64().unwrap();
    let nothing = Box::pin(reader.observe(&Scope::default(), NOON.parse().unwrap())).await.unwrap();
    assert!(nothing.structures.is_empty());
    assert_eq!(simulator.requests()["total"].as_u64().unwrap(), before);
}
