//! `raccord doctor`, as a person runs it, against a Chorus Pro of its own.

use std::path::Path;

use serde_json::Value;
use serde_json::json;

use crate::support::Ran;
use crate::support::Sandbox;
use crate::support::served::Served;
use crate::support::tls::Tls;

fn schema() -> jsonschema::Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/doctor.v1.schema.json");
    let text = std::fs::read_to_string(path).unwrap();
    jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
}

/// A project with an environment `qualification` on a simulator of its own, reached as its `channel` says.
fn stage(channel: &str) -> (Sandbox, Served) {
    let sandbox = Sandbox::with_project();
    let served = Served::start(&sandbox, "0ms");
    let mut environment = served.environment("qualification");
    if channel == "portal" {
        let connections = environment.lines().find(|line| line.contains("channel")).unwrap();
        environment = environment.replace(connections, "    channel: portal");
    }
    declare(&sandbox, &format!("{environment}    rate: 1000/s\n"));
    served.secrets(&sandbox.path("town"), "qualification");
    (sandbox, served)
}

/// Writes an environment into the project.
fn declare(sandbox: &Sandbox, environment: &str) {
    let path = sandbox.path("town/raccord.yaml");
    let manifest = std::fs::read_to_string(&path).unwrap();
    assert!(!manifest.contains("\nenvironments:"), "{manifest}");
    std::fs::write(path, format!("{manifest}\nenvironments:\n{environment}")).unwrap();
}

fn doctor(sandbox: &Sandbox) -> Ran {
    sandbox.run(&["doctor", "town", "-e", "qualification"])
}

fn json(sandbox: &Sandbox) -> (i32, Value) {
    let ran = sandbox.run(&["doctor", "town", "-e", "qualification", "--format", "json"]);
    let value: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(schema().is_valid(&value), "{value:#}");
    (ran.code, value)
}

fn layer<'a>(found: &'a Value, name: &str) -> &'a Value {
    found["layers"].as_array().unwrap().iter().find(|layer| layer["layer"] == name).unwrap()
}

#[test]
fn on_the_simulator_a_gateway_and_the_portal_a_way_that_bears_is_well() {
    let sandbox = Sandbox::with_project();
    let ran = sandbox.run(&["doctor", "town"]);
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    for channel in ["gateway", "portal"] {
        let (sandbox, _served) = stage(channel);
        let (code, found) = json(&sandbox);
        assert_eq!((code, &found["is_well"]), (0, &json!(true)), "{channel} {found:#}");
        let hosts = layer(&found, "network")["findings"].as_array().unwrap().len();
        assert_eq!(hosts, if channel == "portal" { 2 } else { 3 });
        assert_eq!(layer(&found, "secrets")["findings"].as_array().unwrap().len(), 4);
    }
}

#[test]
fn refused_credentials_have_their_exit_code_and_nothing_secret_is_shown() {
    let (sandbox, served) = stage("portal");
    std::fs::write(sandbox.path("town/qualification.password"), "hunter2-hunter2").unwrap();
    let ran = doctor(&sandbox);
    assert_eq!(ran.code, 8, "{}", ran.stdout);
    for words in
        ["account       wrong", "HTTP 401", "younger than 30 minutes", "«Compte technique»"]
    {
        assert!(ran.stdout.contains(words), "{words}: {}", ran.stdout);
    }
    for secret in ["hunter2", served.client_secret(), served.password()] {
        assert!(!ran.stdout.contains(secret) && !ran.stderr.contains(secret));
    }
    std::fs::remove_file(sandbox.path("town/qualification.password")).unwrap();
    let (code, found) = json(&sandbox);
    assert_eq!((code, &layer(&found, "secrets")["state"]), (8, &json!("wrong")));
    assert_eq!(layer(&found, "token")["state"], "ok");
    assert_eq!(layer(&found, "account")["state"], "not_looked_at");
    std::fs::write(sandbox.path("town/qualification.secret"), "hunter2-hunter2").unwrap();
    let ran = doctor(&sandbox);
    assert_eq!(ran.code, 8, "{}", ran.stdout);
    assert!(ran.stdout.contains("«API Keys»"), "{}", ran.stdout);
}

#[test]
fn what_is_wrong_otherwise_fails() {
    let (sandbox, served) = stage("gateway");
    served.steer("PUT", "souscriptions", &json!({ "api": "transverses", "souscrite": false }));
    let (code, found) = json(&sandbox);
    assert_eq!((code, &layer(&found, "subscription")["state"]), (1, &json!("wrong")));
    served.steer("PUT", "souscriptions", &json!({ "api": "transverses", "souscrite": true }));
    served.steer("PUT", "roles", &json!({ "rattache": false }));
    let (code, found) = json(&sandbox);
    assert_eq!((code, &layer(&found, "attachments")["state"]), (1, &json!("wrong")));
}

#[test]
fn an_environment_without_piste_is_told_what_to_declare() {
    let sandbox = Sandbox::with_project();
    declare(&sandbox, "  qualification: { stage: qualification }\n");
    let ran = doctor(&sandbox);
    assert_eq!(ran.code, 1, "{}", ran.stdout);
    assert!(ran.stderr.contains("declares no `piste`") && ran.stderr.contains("client_id"));
}

#[test]
fn a_certificate_of_an_unknown_authority_is_told_and_an_authority_of_the_project_is_trusted() {
    let (sandbox, served) = stage("portal");
    let tls = Tls::in_front_of(served.base());
    let path = sandbox.path("town/raccord.yaml");
    let manifest = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, manifest.replace(served.base(), &tls.base())).unwrap();
    let (code, found) = json(&sandbox);
    let network = layer(&found, "network");
    assert_eq!((code, &network["state"]), (1, &json!("not_reachable")), "{network:#}");
    let told = network["findings"][0]["told"].as_str().unwrap();
    assert!(told.contains("not trusted"), "{told}");
    std::fs::write(sandbox.path("town/authority.pem"), tls.authority()).unwrap();
    let manifest = std::fs::read_to_string(&path).unwrap();
    let manifest = manifest.replace("    piste:\n", "    piste:\n      ca_file: authority.pem\n");
    std::fs::write(&path, manifest).unwrap();
    let (code, found) = json(&sandbox);
    assert_eq!(code, 0, "{found:#}");
}
