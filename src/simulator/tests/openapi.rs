//! The gateway against `docs/gateway.openapi.yaml`: every route, every status, every body; and requests that are wrong
//! in each of their fields, made from good ones.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::simulator::call::Answer;
use crate::simulator::call::AnswerBody;
use crate::simulator::call::Call;
use crate::simulator::tests::support::Asked;
use crate::simulator::tests::support::LYON;
use crate::simulator::tests::support::PARIS;
use crate::simulator::tests::support::api;
use crate::simulator::tests::support::as2;
use crate::simulator::tests::support::pesit;
use crate::simulator::tests::support::settings;
use crate::simulator::tests::support::sftp;

const BASE: &str = "/raccordements/v1";
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The document, and the validators that were made of its schemas.
struct Contract(Value, RefCell<BTreeMap<String, Rc<jsonschema::Validator>>>);

/// One of its operations.
struct Operation<'a> {
    method: String,
    path: &'a str,
    value: &'a Value,
}

impl Contract {
    fn read() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/gateway.openapi.yaml");
        let text = std::fs::read_to_string(path).unwrap();
        let mut whole: Value = serde_yaml::from_str(&text).unwrap();
        assert_eq!(whole["openapi"], "3.1.0");
        // Readers take answers with more fields; here one that is not documented would be a surprise.
        close(&mut whole["components"]["schemas"]);
        close(&mut whole["components"]["responses"]);
        Self(whole, RefCell::default())
    }

    fn operations(&self) -> Vec<Operation<'_>> {
        let paths = self.0["paths"].as_object().unwrap();
        paths
            .iter()
            .flat_map(|(path, item)| {
                METHODS.into_iter().filter_map(move |method| {
                    let value = item.get(method)?;
                    Some(Operation { method: method.to_uppercase(), path, value })
                })
            })
            .collect()
    }

    /// The operation that a request is one of.
    fn find(&self, method: &str, target: &str) -> Operation<'_> {
        let path = target.split('?').next().unwrap().strip_prefix(BASE).unwrap();
        let fits = |template: &str| {
            let (mut parts, mut sent) = (template.split('/'), path.split('/'));
            loop {
                match (parts.next(), sent.next()) {
                    (None, None) => return true,
                    (Some(part), Some(sent)) if part == sent || part.starts_with('{') => {}
                    _ => return false,
                }
            }
        };
        let found = self.operations().into_iter();
        let mut found = found.filter(|one| one.method == method && fits(one.path));
        found.next().unwrap_or_else(|| panic!("{method} {path} is not in the document"))
    }

    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => self.0.pointer(reference.trim_start_matches('#')).unwrap(),
            None => value,
        }
    }

    /// What a schema says against a value; nothing when it fits.
    fn faults(&self, schema: &Value, value: &Value) -> Vec<String> {
        let mut made = self.1.borrow_mut();
        let validator = made.entry(schema.to_string()).or_insert_with(|| {
            let whole = json!({ "allOf": [schema], "components": self.0["components"] });
            Rc::new(jsonschema::draft202012::new(&whole).unwrap())
        });
        validator
            .iter_errors(value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect()
    }

    /// What the document says against the body of a request.
    fn request_faults(&self, operation: &Operation<'_>, body: Option<&Value>) -> Vec<String> {
        let schema = &operation.value["requestBody"]["content"]["application/json"]["schema"];
        match (body, schema.is_null()) {
            (None, true) => Vec::new(),
            (None, false) => vec!["a body is missing".to_owned()],
            (Some(_), true) => Vec::new(),
            (Some(body), false) => self.faults(schema, &without_nulls(body)),
        }
    }

    /// Holds an answer against the document.
    fn check(&self, operation: &Operation<'_>, answer: &Answer, about: &str) {
        let status = answer.status.to_string();
        let documented = &operation.value["responses"][&status];
        let Operation { method, path, .. } = operation;
        assert!(
            !documented.is_null(),
            "{method} {path} answers {status}, not documented: {about} {}",
            answer.value()
        );
        let schema = &self.resolved(documented)["content"]["application/json"]["schema"];
        if schema.is_null() {
            assert!(
                answer.body == AnswerBody::Empty,
                "{method} {path} {status} has a body: {about}"
            );
            return;
        }
        let faults = self.faults(schema, answer.value());
        assert!(
            faults.is_empty(),
            "{method} {path} {status}: {faults:?} in {} ({about})",
            answer.value()
        );
    }
}

/// Lets no object have fields that are not written.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.get("type") == Some(&json!("object")) && fields.contains_key("properties") {
                fields.entry("additionalProperties").or_insert(json!(false));
            }
            fields.values_mut().for_each(close);
        }
        Value::Array(elements) => elements.iter_mut().for_each(close),
        _ => {}
    }
}

/// A field that is `null` counts as absent.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(_, value)| !value.is_null());
            kept.map(|(name, value)| (name.clone(), without_nulls(value)))
                .collect::<Map<_, _>>()
                .into()
        }
        Value::Array(elements) => elements.iter().map(without_nulls).collect(),
        other => other.clone(),
    }
}

/// The routes of the simulator, as the arms of its own source name them.
fn routes() -> BTreeSet<(String, String)> {
    let families = [
        ("/fiches-edi", include_str!("../gateway/edi.rs")),
        ("/fiches-api", include_str!("../gateway/api.rs")),
        ("/comptes-techniques", include_str!("../gateway/account.rs")),
        ("/operateurs", include_str!("../gateway/operator.rs")),
    ];
    let mut routes: BTreeSet<(String, String)> = BTreeSet::new();
    for (family, source) in families {
        for arm in source.lines().filter_map(|line| line.trim().strip_prefix("(\"")) {
            let Some((method, rest)) = arm.split_once("\", [") else { continue };
            let (parts, _) = rest.split_once("])").unwrap();
            let parts = parts.split(", ").filter(|part| !part.is_empty()).map(|part| {
                match part.strip_prefix('"') {
                    Some(word) => format!("/{}", word.trim_end_matches('"')),
                    None => "/{}".to_owned(),
                }
            });
            routes.insert((method.to_owned(), family.to_owned() + &parts.collect::<String>()));
        }
    }
    assert!(
        include_str!("../gateway/mod.rs")
            .contains(r#""clients" if rest.is_empty() && call.method == "GET""#)
    );
    routes.insert(("GET".to_owned(), "/clients".to_owned()));
    routes
}

#[test]
fn the_document_has_every_route_of_the_simulator_and_no_other() {
    let contract = Contract::read();
    let nameless = |path: &str| {
        let parts = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
        parts.collect::<Vec<_>>().join("/")
    };
    let documented: BTreeSet<(String, String)> =
        contract.operations().into_iter().map(|one| (one.method, nameless(one.path))).collect();
    assert_eq!(documented, routes());
    let ids: BTreeSet<&str> = contract
        .operations()
        .iter()
        .map(|one| one.value["operationId"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), documented.len(), "each operation has an id of its own");
}

#[test]
fn the_recorded_exchanges_keep_to_the_document() {
    let contract = Contract::read();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/wire/gateway");
    let mut seen: BTreeMap<u16, usize> = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let exchanges: Vec<Value> =
            serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        for exchange in exchanges {
            let text = |key: &str| exchange[key].as_str().unwrap();
            let status = u16::try_from(exchange["status"].as_u64().unwrap()).unwrap();
            let operation = contract.find(text("method"), text("path"));
            let body = Some(&exchange["request"]).filter(|body| !body.is_null());
            let faults = contract.request_faults(&operation, body);
            assert!(status >= 300 || faults.is_empty(), "{}: {faults:?}", path.display());
            let answer = match &exchange["response"] {
                Value::Null => Answer::empty(status),
                value => Answer::json(status, value.clone()),
            };
            contract.check(&operation, &answer, &path.display().to_string());
            *seen.entry(status).or_default() += 1;
        }
    }
    for status in [200, 201, 204, 400, 401, 403, 404, 409, 422] {
        assert!(seen.contains_key(&status), "no recorded exchange has status {status}");
    }
}

/// A world with one thing of each kind, settled.
fn world() -> Asked {
    let mut world = Asked::new();
    world.steer(
        "PUT",
        &format!("/structures/{PARIS}/operateur-public"),
        json!({ "operateurPublic": true }),
    );
    world.created("/fiches-edi", as2("Première", 0));
    world.created("/fiches-api", api("APP_UN"));
    world.created(
        "/comptes-techniques",
        json!({ "structure": PARIS, "emailContact": "a@ville.example" }),
    );
    let mut draft = sftp("Brouillon", 1);
    draft["brouillon"] = json!(true);
    world.created("/fiches-edi", draft);
    world.wait(5);
    world
}

/// Good requests: at least one for each operation.
fn good() -> Vec<(&'static str, String, Option<Value>)> {
    let (edi, draft, sheet, account) = (
        "/fiches-edi/EDI-000001",
        "/fiches-edi/EDI-000002",
        "/fiches-api/API-000001",
        "/comptes-techniques/CT-000001",
    );
    let mut small = as2("Petit brouillon", 3);
    for name in ["reseau", "certificats", "validite", "contact", "abonnements"] {
        small.as_object_mut().unwrap().remove(name);
    }
    small["brouillon"] = json!(true);
    let change = json!({ "nomApplicationPiste": "APP_DEUX", "contact": api("x")["contact"] });
    let clients = format!("/operateurs/{PARIS}/clients/{LYON}");
    let plain = |method, path: &str| (method, path.to_owned(), None);
    let with = |method, path: &str, body: Value| (method, path.to_owned(), Some(body));
    vec![
        plain("GET", "/fiches-edi"),
        plain("GET", "/fiches-edi?page=2&taille=1"),
        with("POST", "/fiches-edi", as2("Deuxième", 2)),
        with("POST", "/fiches-edi", sftp("Troisième", 4)),
        with("POST", "/fiches-edi", pesit("Quatrième", 5)),
        with("POST", "/fiches-edi", small),
        plain("GET", edi),
        with("PUT", edi, settings(&as2("x", 0))),
        with("POST", &format!("{draft}/finalisation"), settings(&sftp("x", 1))),
        plain("DELETE", draft),
        plain("POST", &format!("{edi}/desactivation")),
        plain("POST", &format!("{edi}/activation")),
        plain("GET", "/fiches-api"),
        with("POST", "/fiches-api", api("APP_TROIS")),
        plain("GET", sheet),
        with("PUT", sheet, change),
        plain("POST", &format!("{sheet}/desactivation")),
        plain("GET", "/comptes-techniques"),
        with(
            "POST",
            "/comptes-techniques",
            json!({ "structure": PARIS, "emailContact": "b@ville.example" }),
        ),
        plain("GET", account),
        with("PUT", account, json!({ "emailContact": "c@ville.example" })),
        plain("POST", &format!("{account}/desactivation")),
        plain("POST", &format!("{account}/activation")),
        plain("POST", &format!("{account}/reinitialisation")),
        plain("GET", &format!("/operateurs/{PARIS}")),
        plain("PUT", &clients),
        plain("DELETE", &clients),
        plain("GET", "/clients"),
    ]
}

/// A world in which a good request is done: what it needs comes first.
fn ready(method: &str, path: &str) -> Asked {
    let mut world = world();
    let before = match (method, path) {
        ("POST", path) if path.ends_with("EDI-000001/activation") => {
            Some(("POST", path.replace("/activation", "/desactivation")))
        }
        ("POST", path) if path.ends_with("CT-000001/activation") => {
            Some(("POST", path.replace("/activation", "/desactivation")))
        }
        ("DELETE", path) if path.contains("/clients/") => Some(("PUT", path.to_owned())),
        _ => None,
    };
    if let Some((method, path)) = before {
        assert!(world.gateway(method, &path, None).status < 300, "{method} {path}");
    }
    world
}

#[test]
fn every_operation_does_what_the_document_says() {
    let contract = Contract::read();
    let mut done: BTreeSet<String> = BTreeSet::new();
    for (method, path, body) in good() {
        let operation = contract.find(method, &format!("{BASE}{path}"));
        assert_eq!(contract.request_faults(&operation, body.as_ref()), [""; 0], "{method} {path}");
        let answer = ready(method, &path).gateway(method, &path, body);
        assert!(answer.status < 300, "{method} {path}: {}", answer.value());
        contract.check(&operation, &answer, "a good request");
        done.insert(operation.value["operationId"].as_str().unwrap().to_owned());
    }
    assert_eq!(done.len(), contract.operations().len(), "{done:?}");
}

/// The places in a value, itself included.
fn places(value: &Value, place: &str, found: &mut Vec<String>) {
    found.push(place.to_owned());
    match value {
        Value::Object(fields) => {
            fields
                .iter()
                .for_each(|(name, value)| places(value, &format!("{place}/{name}"), found));
        }
        Value::Array(elements) => elements
            .iter()
            .enumerate()
            .for_each(|(number, value)| places(value, &format!("{place}/{number}"), found)),
        _ => {}
    }
}

/// A value made wrong at one place, in each of several ways.
fn wrong(good: &Value) -> Vec<(String, Value)> {
    let odd = [
        json!(null),
        json!(true),
        json!(-1),
        json!(0.5),
        json!(""),
        json!(" "),
        json!("\u{0}é\u{202e}"),
        json!("x".repeat(5000)),
        json!([]),
        json!([[]]),
        json!({}),
        json!({ "x": 1 }),
        json!("0000-00-00"),
    ];
    let mut all = Vec::new();
    let mut found = Vec::new();
    places(good, "", &mut found);
    for place in &found {
        for value in &odd {
            let mut changed = good.clone();
            *changed.pointer_mut(place).unwrap() = value.clone();
            all.push((format!("`{place}` is {value:.40}"), changed));
        }
        let (parent, name) = place.rsplit_once('/').unwrap_or(("", ""));
        if let Some(Value::Object(fields)) = good.pointer(parent).filter(|_| !place.is_empty()) {
            let fields: Map<String, Value> = fields
                .iter()
                .filter(|(key, _)| *key != name)
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect();
            let mut changed = good.clone();
            *changed.pointer_mut(parent).unwrap() = fields.into();
            all.push((format!("`{place}` is missing"), changed));
        }
        if good.pointer(place).unwrap().is_object() {
            let mut changed = good.clone();
            changed.pointer_mut(place).unwrap()["inconnu"] = json!(1);
            all.push((format!("`{place}` has one more"), changed));
        }
    }
    all
}

#[test]
fn requests_that_are_wrong_in_any_field_get_a_documented_refusal() {
    let contract = Contract::read();
    let (mut asked, mut refused) = (0, 0);
    for (method, path, body) in good() {
        let Some(body) = body else { continue };
        let operation = contract.find(method, &format!("{BASE}{path}"));
        let fresh = world();
        for (about, wrong) in wrong(&body) {
            let mut world = Asked { world: fresh.world.clone(), now: fresh.now };
            let answer = world.gateway(method, &path, Some(wrong.clone()));
            contract.check(&operation, &answer, &about);
            let faults = contract.request_faults(&operation, Some(&wrong));
            // What the document refuses is never done.
            assert!(
                answer.status >= 400 || faults.is_empty(),
                "{method} {path} {about}: {faults:?}"
            );
            asked += 1;
            refused += usize::from(answer.status >= 400);
        }
    }
    assert!(asked > 1000 && refused * 10 > asked * 9, "{refused} of {asked}");
}

#[test]
fn strangers_wrong_identities_wrong_queries_and_no_bodies_get_a_documented_refusal() {
    let contract = Contract::read();
    for (method, path, body) in good() {
        let operation = contract.find(method, &format!("{BASE}{path}"));
        let mut world = ready(method, &path);
        let stranger = Call::new(method, &format!("{BASE}{path}"), body.clone());
        let answer = world.world.handle(world.now, &stranger);
        assert_eq!(answer.status, 401);
        contract.check(&operation, &answer, "a stranger");
        for (from, to) in [
            ("-00000", "-99999"),
            ("EDI-", "x"),
            ("API-", "%20"),
            ("CT-", "é"),
            (PARIS, "1"),
            (LYON, "21130055300016"),
        ] {
            if path.contains(from) {
                let answer = world.gateway(method, &path.replace(from, to), body.clone());
                assert!((400..500).contains(&answer.status), "{method} {path} {to}");
                contract.check(&operation, &answer, to);
            }
        }
        if operation.value["parameters"].to_string().contains("parameters/Page") {
            for query in ["page=0", "page=x", "page=-1", "taille=0", "taille=1001", "taille="] {
                let path = path.split('?').next().unwrap();
                let answer = world.gateway(method, &format!("{path}?{query}"), None);
                assert_eq!(answer.status, 400, "{path}?{query}");
                contract.check(&operation, &answer, query);
            }
        }
        if body.is_some() {
            let answer = world.gateway(method, &path, None);
            assert_eq!(answer.status, 400, "{method} {path}");
            contract.check(&operation, &answer, "no body");
        }
        // Who may nothing.
        world.steer("PUT", "/roles", json!({ "rattache": false, "gestionnairePrincipal": false, "raccordementModification": false }));
        let answer = world.gateway(method, &path, body);
        contract.check(&operation, &answer, "no rights");
        // Done twice.
        let mut world = ready(method, &path);
        let good = good().into_iter().find(|one| one.0 == method && one.1 == path).unwrap();
        for _ in 0..2 {
            let answer = world.gateway(method, &path, good.2.clone());
            contract.check(&operation, &answer, "twice");
        }
    }
}
