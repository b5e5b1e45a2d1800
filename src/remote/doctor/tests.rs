//! Each layer against a simulator that is well, and against each known trouble.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::Value;
use serde_json::json;

use crate::domain::environment::Stage;
use crate::language::Language;
use crate::language::within;
use crate::remote::Endpoints;
use crate::remote::connect;
use crate::remote::doctor::cause;
use crate::remote::doctor::cause::Cause;
use crate::remote::doctor::judge::Examination;
use crate::remote::doctor::judge::Finding;
use crate::remote::doctor::judge::Layer;
use crate::remote::doctor::judge::State;
use crate::remote::doctor::judge::judge;
use crate::remote::doctor::seen::Ask;
use crate::remote::doctor::seen::Declared;
use crate::remote::doctor::seen::Missing;
use crate::remote::doctor::seen::Oddity;
use crate::remote::doctor::seen::Part;
use crate::remote::doctor::seen::SecretSeen;
use crate::remote::testing::LYON;
use crate::remote::testing::NOON;
use crate::remote::testing::PARIS;
use crate::remote::testing::Wrong;
use crate::remote::testing::endpoints;
use crate::remote::testing::fault;
use crate::remote::testing::simulator;
use crate::remote::testing::siret;
use crate::remote::testing::structures;
use crate::simulator::Running;
use crate::simulator::server::DropConnection;

const OWN: &str = "/cpro/utilisateurs/v1/monCompte/recuperer/rattachements";
const SEARCH: &str = "/cpro/structures/v1/rechercher";
const CONSULT: &str = "/cpro/structures/v1/consulter";
const HEALTH: &str = "/cpro/transverses/v1/health-check";

async fn stage() -> Running {
    simulator(structures(), Duration::ZERO).await
}

/// What a project asks that declares these structures.
fn ask(sirets: &[&str]) -> Ask {
    let declared = |text: &&str| Declared {
        siret: siret(text),
        has_account: false,
        has_flags: *text == PARIS,
    };
    Ask {
        stage: Stage::Qualification,
        structures: sirets.iter().map(declared).collect(),
        applications: Vec::new(),
        has_gateway: false,
        secrets: Vec::new(),
    }
}

#[expect(clippy::disallowed_methods, reason = "the simulator tells the machine's time")]
fn machine_now() -> Timestamp {
    Timestamp::now()
}

async fn examine(ask: &Ask, endpoints: Endpoints) -> Examination {
    let seen = Box::pin(connect(endpoints).unwrap().examine(ask, &machine_now)).await;
    judge(ask, &seen, NOON.parse().unwrap(), 30)
}

async fn examined(simulator: &Running, ask: &Ask) -> Examination {
    examine(ask, endpoints(simulator)).await
}

fn findings(examination: &Examination, layer: Layer) -> &[Finding] {
    &examination.layers.iter().find(|judged| judged.layer == layer).unwrap().findings
}

fn only(examination: &Examination, layer: Layer) -> &Finding {
    let [one] = findings(examination, layer) else { panic!("{examination:?}") };
    one
}

fn about<'a>(examination: &'a Examination, layer: Layer, subject: &str) -> &'a Finding {
    let found = findings(examination, layer).iter().find(|one| one.subject.starts_with(subject));
    found.unwrap_or_else(|| panic!("{examination:?}"))
}

fn state(examination: &Examination, layer: Layer) -> State {
    examination.layers.iter().find(|judged| judged.layer == layer).unwrap().state()
}

fn has(finding: &Finding, cause: Cause) -> bool {
    finding.causes.contains(&cause)
}

#[tokio::test]
async fn a_way_that_bears_is_well_in_every_layer() {
    let simulator = stage().await;
    let ask = Ask { has_gateway: true, ..ask(&[PARIS, LYON]) };
    let well = examined(&simulator, &ask).await;
    assert!(well.is_well() && !well.is_refused(), "{well:?}");
    for layer in [Layer::Network, Layer::Token, Layer::Account, Layer::Health, Layer::Clock] {
        assert_eq!(state(&well, layer), State::Ok, "{layer:?}");
    }
    assert_eq!(findings(&well, Layer::Subscription).len(), 4, "each family is asked");
    assert_eq!(findings(&well, Layer::Attachments).len(), 2);
}

#[tokio::test]
async fn a_whim_of_the_token_service_is_told_and_borne() {
    let simulator = stage().await;
    let whim = json!({ "error": "invalid_client" });
    fault(&simulator, "/api/oauth", 1, Wrong::Json(400, whim));
    let examination = examined(&simulator, &ask(&[PARIS])).await;
    let token = only(&examination, Layer::Token);
    assert!(token.state == State::Ok && token.told.contains("attempt 2"), "{token:?}");
    assert!(examination.is_well());
}

#[tokio::test]
async fn a_wrong_pair_is_told_with_both_panels_and_the_other_environment() {
    let simulator = stage().await;
    let wrong = || Endpoints { client_secret: SecretString::from("x"), ..endpoints(&simulator) };
    let examination = examine(&ask(&[PARIS]), wrong()).await;
    let token = only(&examination, Layer::Token);
    assert!(token.state == State::Wrong && token.told.contains("5 times"), "{token:?}");
    assert!(has(token, cause::API_KEYS) && has(token, cause::APPLICATION_OF_PRODUCTION));
    assert!(examination.is_refused());
    for layer in [Layer::Subscription, Layer::Account, Layer::Health, Layer::Attachments] {
        assert_eq!(only(&examination, layer).told, "there is no token", "{layer:?}");
    }
    let secret = SecretSeen {
        part: Part::ClientSecret,
        place: "the file `x`".into(),
        found: Ok(Some(Oddity::Blank)),
    };
    let ask = Ask { stage: Stage::Production, secrets: vec![secret], ..ask(&[PARIS]) };
    let examination = examine(&ask, wrong()).await;
    let token = only(&examination, Layer::Token);
    assert!(token.causes[0] == cause::BLANK && has(token, cause::APPLICATION_OF_SANDBOX));
    assert!(has(only(&examination, Layer::Secrets), cause::BLANK));
}

#[tokio::test]
async fn other_answers_of_the_token_service_are_no_matter_of_credentials() {
    for (wrong, expected, state) in [
        (Wrong::Html(404), cause::NO_TOKEN_SERVICE, State::Wrong),
        (Wrong::Html(200), cause::NO_TOKEN_SERVICE, State::Wrong),
        (Wrong::Html(503), cause::BUSY, State::NotReachable),
        (Wrong::Busy(429, "0"), cause::BUSY, State::NotReachable),
    ] {
        let simulator = stage().await;
        fault(&simulator, "/api/oauth", 5, wrong);
        let examination = examined(&simulator, &ask(&[PARIS])).await;
        let token = only(&examination, Layer::Token);
        assert!(token.state == state && has(token, expected), "{token:?}");
        assert!(!examination.is_refused() && !examination.is_well());
    }
}

#[tokio::test]
async fn an_api_without_subscription_is_told_apart_from_an_application_that_is_not_declared() {
    let simulator = stage().await;
    simulator.steer(
        "PUT",
        "/simulateur/v1/souscriptions",
        Some(json!({ "api": "structures", "souscrite": false })),
    );
    let examination = examined(&simulator, &ask(&[PARIS])).await;
    let structures = about(&examination, Layer::Subscription, "Structures");
    assert!(structures.told.contains("HTTP 403 and an empty body"), "{structures:?}");
    // Another API lets the call through: the application is declared.
    assert_eq!(structures.causes, [cause::CONSENT]);
    assert_eq!(state(&examination, Layer::Account), State::Ok);
    assert_eq!(state(&examination, Layer::Attachments), State::NotLookedAt);
    assert!(!examination.is_refused());

    fault(&simulator, "/cpro", 9, Wrong::Status(403));
    let examination = examined(&simulator, &ask(&[PARIS])).await;
    let health = about(&examination, Layer::Subscription, "Transverses");
    assert_eq!(health.causes, [cause::CONSENT, cause::NOT_DECLARED, cause::MIXED]);
    // Nobody knows whether the account would have been let in.
    assert_eq!(state(&examination, Layer::Account), State::NotLookedAt);
    assert_eq!(state(&examination, Layer::Health), State::NotLookedAt);
}

#[tokio::test]
async fn a_refused_account_is_told_with_the_four_causes_and_an_unknown_route_is_not_its_fault() {
    let simulator = stage().await;
    let wrong = || Endpoints { password: SecretString::from("x"), ..endpoints(&simulator) };
    let examination = examine(&ask(&[PARIS]), wrong()).await;
    let account = only(&examination, Layer::Account);
    assert!(account.told.contains("realm `PISTE`"), "{account:?}");
    assert_eq!(
        account.causes,
        [cause::PASSWORD, cause::EXPIRED, cause::DEACTIVATED, cause::TOO_YOUNG]
    );
    assert!(examination.is_refused());
    assert_eq!(state(&examination, Layer::Subscription), State::NotLookedAt);
    assert_eq!(simulator.requests()["parRoute"][format!("POST {OWN}")], Value::Null);

    // The base of the API is wrong: PISTE answers as to somebody who is not known.
    let base = format!("{}/nowhere", simulator.base_url());
    let api_url = crate::domain::value::WebUrl::parse(&base).unwrap();
    let foreign = json!({ "ErrorCode": "401" });
    fault(&simulator, "/nowhere", 9, Wrong::Realm(401, "DefaultRealm", foreign));
    let elsewhere = Endpoints { api_url, ..endpoints(&simulator) };
    let examination = examine(&ask(&[PARIS]), elsewhere).await;
    let route = about(&examination, Layer::Subscription, "Transverses");
    assert!(has(route, cause::WRONG_API) && route.told.contains("DefaultRealm"), "{route:?}");
    assert!(!examination.is_refused());
    assert_eq!(state(&examination, Layer::Account), State::NotLookedAt);
}

#[tokio::test]
async fn health_is_told_in_its_own_words() {
    for (wrong, times, expected, words) in [
        (
            Wrong::Json(200, json!({ "statusCodeValue": 503, "statusCode": "KO" })),
            1,
            cause::BUSY,
            "503 KO",
        ),
        (Wrong::Html(200), 1, cause::WRONG_API, "not JSON"),
        (Wrong::Html(503), 5, cause::BUSY, "HTTP 503"),
        (Wrong::Json(500, json!({ "libelle": "panne" })), 1, cause::BUSY, "panne"),
        (Wrong::Cut(DropConnection::Avant), 5, cause::SILENT, "could not reach"),
    ] {
        let simulator = stage().await;
        fault(&simulator, HEALTH, times, wrong);
        let examination = examined(&simulator, &ask(&[PARIS])).await;
        let health = only(&examination, Layer::Health);
        assert!(has(health, expected) && health.told.contains(words), "{health:?}");
        assert_eq!(state(&examination, Layer::Account), State::Ok, "{words}");
        let below = about(&examination, Layer::Subscription, "Transverses").state;
        assert!(below <= State::NotLookedAt, "{words}");
        assert!(!examination.is_well());
    }
}

fn attached(status: &str) -> Value {
    json!({ "codeRetour": 0, "parametresRetour": { "pages": 1, "total": 1 }, "listeStructureRattachement": [
        { "idStructure": 26_000_001, "identifiantStructure": PARIS, "typeIdentifiantStructure": "SIRET",
          "designationStructure": "VILLE DE PARIS", "statutRattachementStructure": status } ] })
}

#[tokio::test]
async fn each_word_of_an_attachment_has_its_meaning() {
    for (word, state, expected) in [
        ("VALIDEE", State::Ok, None),
        ("EN_COURS_DE_VALIDATION", State::Wrong, Some(cause::PENDING)),
        ("REFUSEE", State::Wrong, Some(cause::ENDED)),
        ("DESACTIVEE", State::Wrong, Some(cause::ENDED)),
        ("SUPPRIMEE", State::Wrong, Some(cause::ENDED)),
        ("EN_PAUSE", State::Warning, None),
    ] {
        let simulator = stage().await;
        fault(&simulator, OWN, 2, Wrong::Json(200, attached(word)));
        let examination = examined(&simulator, &ask(&[PARIS])).await;
        let finding = only(&examination, Layer::Attachments);
        assert_eq!((finding.state, finding.causes.first().copied()), (state, expected), "{word}");
    }
}

#[tokio::test]
async fn a_structure_may_be_unattached_inactive_or_none() {
    let simulator = stage().await;
    let nobody = "21130055300016";
    let roles = json!({ "structure": LYON, "rattache": false });
    simulator.steer("PUT", "/simulateur/v1/roles", Some(roles));
    let examination = examined(&simulator, &ask(&[PARIS, LYON, nobody])).await;
    let finding = |siret| about(&examination, Layer::Attachments, siret);
    assert_eq!(finding(PARIS).state, State::Ok);
    assert!(has(finding(LYON), cause::NOT_ATTACHED) && finding(LYON).told.contains("exists"));
    assert!(has(finding(nobody), cause::ABSENT));

    let inactive = json!({ "codeRetour": 0, "listeStructures": [{ "identifiantStructure": PARIS,
        "typeIdentifiantStructure": "SIRET", "designationStructure": "VILLE", "statut": "INACTIVE" }] });
    fault(&simulator, SEARCH, 2, Wrong::Json(200, inactive));
    let examination = examined(&simulator, &ask(&[PARIS])).await;
    assert!(has(only(&examination, Layer::Attachments), cause::INACTIVE));
    assert!(!examination.is_well() && !examination.is_refused());
}

#[tokio::test]
async fn with_many_structures_only_some_are_looked_at_one_by_one() {
    let simulator = stage().await;
    let many: Vec<String> = (0..60).map(|number| format!("900000000000{number:02}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let examination = examined(&simulator, &ask(&many)).await;
    let found = findings(&examination, Layer::Attachments);
    let absent = found.iter().filter(|one| has(one, cause::ABSENT)).count();
    assert_eq!((absent, found.len()), (20, 60));
    // One for the subscription, twenty for the structures.
    assert_eq!(simulator.requests()["parRoute"][format!("POST {SEARCH}")], 21);
}

#[tokio::test]
async fn the_end_of_a_password_is_told_in_time() {
    for (end, state, words) in [
        (json!("2028-01-29T12:00:00Z"), State::Ok, "ends on 2028-01-29, in 424 days"),
        (json!("2026-12-20T12:00:00Z"), State::Warning, "in 19 days"),
        (json!("2026-11-30T12:00:00Z"), State::Wrong, "ended on 2026-11-30"),
        (json!("2028-01-29T12:00:00.000+02:00"), State::Ok, "2028-01-29"),
        (json!("2028-01-29 12:00"), State::Ok, "2028-01-29"),
        (json!("29/01/2028"), State::Warning, "expected a moment"),
    ] {
        let simulator = stage().await;
        let told = json!({ "codeRetour": 0,
            "informationGenerales": { "dateExpirationMotPasseCompteTech": end } });
        fault(&simulator, CONSULT, 1, Wrong::Json(200, told));
        let examination = examined(&simulator, &ask(&[PARIS])).await;
        let finding = only(&examination, Layer::Password);
        assert!(finding.state == state && finding.told.contains(words), "{finding:?}");
    }
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_told() {
    let simulator = stage().await;
    let ask = ask(&[PARIS]);
    let behind = || machine_now() - Duration::from_mins(5);
    let seen = Box::pin(connect(endpoints(&simulator)).unwrap().examine(&ask, &behind)).await;
    let examination = judge(&ask, &seen, NOON.parse().unwrap(), 30);
    let clock = &findings(&examination, Layer::Clock)[0];
    assert!(clock.state == State::Warning && has(clock, cause::CLOCK), "{clock:?}");
    assert!(clock.told.contains("s behind it") && examination.is_well(), "{clock:?}");
}

#[tokio::test]
async fn an_application_in_another_case_is_found_in_the_files_and_on_the_gateway() {
    let simulator = stage().await;
    let body = json!({ "structure": PARIS, "nomApplicationPiste": "App_Finances", "typeUtilisation": "own",
        "contact": { "prenom": "Camille", "nom": "Martin", "email": "a@ville.example", "telephone": "+33123456789" } });
    let reader = connect(endpoints(&simulator)).unwrap();
    let call = crate::remote::http::Call::with_body(
        crate::remote::http::Method::Post,
        "/raccordements/v1/fiches-api",
        body,
    );
    reader.http().write(crate::remote::http::Base::Gateway, &call, "x").await.unwrap();
    let named = |name: &str| (siret(PARIS), name.to_owned());
    let mut ask = Ask { has_gateway: true, ..ask(&[PARIS]) };
    ask.applications = vec![named("APP_FINANCES")];
    let examination = examined(&simulator, &ask).await;
    let finding = only(&examination, Layer::Application);
    assert!(
        finding.state == State::Wrong && finding.told.contains("`App_Finances`"),
        "{finding:?}"
    );
    ask.applications = vec![named("App_Finances"), named("APP_finances")];
    ask.has_gateway = false;
    let examination = examined(&simulator, &ask).await;
    let finding = only(&examination, Layer::Application);
    assert!(finding.state == State::Warning && has(finding, cause::CASE), "{finding:?}");
}

#[tokio::test]
async fn hosts_that_are_not_there_are_told_by_what_is_wrong_with_them() {
    let url = |text: &str| crate::domain::value::WebUrl::parse(text).unwrap();
    // A port that was free a moment ago.
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let closed = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let simulator = stage().await;
    let plain = simulator.base_url().replace("http://", "https://");
    for (base, expected, words) in [
        (closed.as_str(), cause::REFUSED, "refused"),
        ("http://nowhere.invalid", cause::NAME, "no such name"),
        (plain.as_str(), cause::NO_TLS, "no TLS"),
    ] {
        let endpoints = Endpoints { oauth_url: url(base), ..endpoints(&simulator) };
        let examination = examine(&ask(&[PARIS]), endpoints).await;
        let host = about(&examination, Layer::Network, "oauth_url");
        assert!(host.state == State::NotReachable && has(host, expected), "{host:?}");
        assert!(host.told.contains(words), "{host:?}");
        assert_eq!(only(&examination, Layer::Token).state, State::NotLookedAt);
        assert!(!examination.is_well() && !examination.is_refused());
    }
}

#[tokio::test]
async fn without_its_secrets_nothing_is_sent_but_the_hosts_are_looked_at() {
    let simulator = stage().await;
    let missing = |part| SecretSeen {
        part,
        place: "the environment variable `X`".into(),
        found: Err(Missing { reason: "not set".into(), help: "set it".into() }),
    };
    let ask = Ask { secrets: vec![missing(Part::Password)], ..ask(&[PARIS]) };
    let endpoints = Endpoints { password: SecretString::default(), ..endpoints(&simulator) };
    let examination = examine(&ask, endpoints).await;
    assert_eq!(state(&examination, Layer::Secrets), State::Wrong);
    assert_eq!(state(&examination, Layer::Network), State::Ok);
    assert_eq!(state(&examination, Layer::Token), State::Ok);
    assert_eq!(only(&examination, Layer::Account).told, "`account` or `password` is missing");
    assert!(examination.is_refused());
}

#[test]
fn a_secret_that_looks_odd_is_noticed() {
    assert_eq!(Oddity::of(Part::Password, "a:b"), None);
    assert_eq!(Oddity::of(Part::Account, "a:b"), Some(Oddity::Colon));
    assert_eq!(Oddity::of(Part::ClientId, " x"), Some(Oddity::Blank));
    assert_eq!(Oddity::of(Part::ClientId, "\"x\""), Some(Oddity::Quoted));
}

#[test]
fn what_is_found_is_known_in_both_languages() {
    let judged = within(Language::French, || {
        judge(
            &ask(&[PARIS]),
            &crate::remote::doctor::seen::Seen::default(),
            NOON.parse().unwrap(),
            30,
        )
    });
    let token =
        &judged.layers.iter().find(|judged| judged.layer == Layer::Token).unwrap().findings[0];
    assert_eq!(token.subject.english(), "token");
    assert_eq!(token.told.english(), "the host of `oauth_url` is not reached");
    let said = within(Language::French, || format!("{}, {}", token.subject, token.told));
    assert_eq!(said, "jeton, l'hôte de `oauth_url` n'est pas joignable");
}
