//! The routes against the official swagger, when a copy lies beside the repository.

use std::fs;
use std::path::Path;

use serde_json::Value;
use serde_json::json;

use super::support::Asked;
use super::support::PARIS;
use crate::simulator::call::Answer;

/// The official text, or `None` with a line that says so.
fn official() -> Option<Value> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/swagger/structures-1.0.0.json");
    if let Ok(bytes) = fs::read(&path) {
        return Some(serde_json::from_slice(&bytes).unwrap());
    }
    println!("no official swagger at `{}`: not compared", path.display());
    None
}

/// Checks that `value` has the form of `schema`: known fields only, of the right type, required ones present.
fn conforms(swagger: &Value, schema: &Value, value: &Value, place: &str) {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        return conforms(swagger, &swagger["definitions"][name], value, place);
    }
    match schema["type"].as_str().unwrap() {
        "object" => {
            let fields = value.as_object().unwrap_or_else(|| panic!("{place} is no object"));
            for (name, value) in fields {
                let schema = &schema["properties"][name];
                assert!(schema.is_object(), "{place}.{name} is not in the swagger");
                conforms(swagger, schema, value, &format!("{place}.{name}"));
            }
            for name in schema["required"].as_array().into_iter().flatten() {
                assert!(fields.contains_key(name.as_str().unwrap()), "{place} lacks {name}");
            }
        }
        "array" => {
            for element in value.as_array().unwrap_or_else(|| panic!("{place} is no array")) {
                conforms(swagger, &schema["items"], element, place);
            }
        }
        "integer" => {
            let number = value.as_i64().unwrap_or_else(|| panic!("{place} is no integer"));
            assert!(schema["format"] != "int32" || i32::try_from(number).is_ok(), "{place}");
        }
        "boolean" => assert!(value.is_boolean(), "{place} is no boolean"),
        "string" => {
            let text = value.as_str().unwrap_or_else(|| panic!("{place} is no text"));
            if let Some(words) = schema["enum"].as_array() {
                assert!(words.contains(value), "{place}: {text} is not one of {words:?}");
            }
            if schema["format"] == "date-time" {
                assert!(text.parse::<jiff::Timestamp>().is_ok(), "{place}: {text} is no time");
            }
        }
        other => panic!("{place}: type {other} is new"),
    }
}

/// A request that fills every field of `schema`, with the last word of each enumeration.
fn filled(swagger: &Value, schema: &Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        return filled(swagger, &swagger["definitions"][name]);
    }
    match schema["type"].as_str().unwrap() {
        "object" => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            fields.map(|(name, field)| (name.clone(), filled(swagger, field))).collect()
        }
        "integer" => json!(1),
        "boolean" => json!(false),
        _ => schema["enum"].as_array().map_or(json!("x"), |words| words.last().unwrap().clone()),
    }
}

/// A good request for each of the six routes.
fn requests() -> [(&'static str, Value); 6] {
    let (structure, service) = (26_000_001, 10_000_001);
    let siret = json!({ "typeIdentifiantStructure": "SIRET", "identifiantStructure": PARIS });
    [
        ("/v1/rechercher", json!({ "structure": siret })),
        ("/v1/consulter", json!({ "idStructureCPP": structure, "codeLangue": "fr" })),
        ("/v1/rechercher/services", json!({ "idStructure": structure })),
        ("/v1/consulter/service", json!({ "idStructure": structure, "idService": service })),
        (
            "/v1/lister/rattachementsutilisateur",
            json!({ "idStructure": structure, "idUtilisateur": 1 }),
        ),
        (
            "/v1/rechercher/espaces",
            json!({ "structure": { "idStructure": structure }, "idService": service }),
        ),
    ]
}

/// A world with an account, so that its expiry is shown.
fn world() -> Asked {
    let mut world = Asked::new();
    let body = json!({ "structure": PARIS, "emailContact": "a@ville.example" });
    world.created("/comptes-techniques", body);
    world
}

/// Asks one of the six routes.
fn ask(world: &mut Asked, path: &str, body: Value) -> Answer {
    world.piste(&format!("/cpro/structures{path}"), body)
}

#[test]
fn every_answer_has_the_official_form() {
    let Some(swagger) = official() else { return };
    let mut world = world();
    let mut compared: Vec<&str> = Vec::new();
    for (path, body) in requests() {
        let answer = ask(&mut world, path, body);
        assert_eq!((answer.status, &answer.value()["codeRetour"]), (200, &json!(0)), "{path}");
        let schema = &swagger["paths"][path]["post"]["responses"]["200"]["schema"];
        conforms(&swagger, schema, answer.value(), path);
        let refused = json!({ "codeRetour": 20_000, "libelle": "x" });
        conforms(&swagger, schema, &refused, path);
        compared.push(path);
    }
    let mut official: Vec<&str> =
        swagger["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    official.sort_unstable();
    compared.sort_unstable();
    assert_eq!(compared, official, "every official route is there");
}

#[test]
fn every_request_field_is_read_with_its_official_type() {
    let Some(swagger) = official() else { return };
    let mut world = world();
    for (path, _) in requests() {
        let parameters = swagger["paths"][path]["post"]["parameters"].as_array().unwrap();
        let schema = &parameters.iter().find(|one| one["in"] == "body").unwrap()["schema"];
        let whole = filled(&swagger, schema);
        let answer = ask(&mut world, path, whole.clone());
        assert_eq!(answer.status, 200, "{path}: {}", answer.value());
        // The same with one field of the wrong type, one after the other, is refused: so each is read.
        for pointer in leaves(&whole, "") {
            let mut wrong = whole.clone();
            *wrong.pointer_mut(&pointer).unwrap() = json!([]);
            let answer = ask(&mut world, path, wrong);
            assert_eq!(answer.status, 400, "{path} {pointer}");
        }
    }
}

/// Pointers to all values that are no objects.
fn leaves(value: &Value, place: &str) -> Vec<String> {
    match value.as_object() {
        None => vec![place.to_owned()],
        Some(fields) => fields
            .iter()
            .flat_map(|(name, value)| leaves(value, &format!("{place}/{name}")))
            .collect(),
    }
}

#[test]
fn the_account_header_is_required_as_the_swagger_says() {
    let Some(swagger) = official() else { return };
    let mut world = world();
    for (path, body) in requests() {
        let parameters = swagger["paths"][path]["post"]["parameters"].as_array().unwrap();
        let header = parameters.iter().find(|one| one["in"] == "header").unwrap();
        assert_eq!((&header["name"], &header["required"]), (&json!("cpro-account"), &json!(true)));
        let call = crate::simulator::call::Call::new(
            "POST",
            &format!("/cpro/structures{path}"),
            Some(body),
        );
        let mut call = world.world.authorise(call);
        call.account = None;
        assert_eq!(world.world.handle(world.now, &call).status, 401);
    }
}
