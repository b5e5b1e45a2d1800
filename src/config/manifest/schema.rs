//! The JSON Schemas of the files that people write, as text.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::config::manifest::entity::EntityManifest;
use crate::config::manifest::project::ProjectManifest;

/// The schemas by their file name in `schema/`.
pub(crate) fn schemas() -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("raccord.schema.json", text_of::<ProjectManifest>("Project of raccord")),
        ("entity.schema.json", text_of::<EntityManifest>("Entity of raccord")),
    ])
}

/// What an empty value means.
pub(crate) const NOTHING: &str = "As if the key were not written.";

/// What each kind of mapping is called in an editor.
const TITLES: [(&str, &str); 33] = [
    ("AccountManifest", "Technical account"),
    ("AgeManifest", "Files encrypted with age"),
    ("ApiManifest", "API connection"),
    ("CatalogueManifest", "Rows added to the catalogue"),
    ("CertificatePolicyManifest", "Policy of certificates"),
    ("ConnectionsManifest", "Who carries out the steps"),
    ("ContactManifest", "Contact"),
    ("EdiFlagsManifest", "Flags of a structure for EDI"),
    ("EdiManifest", "EDI connection"),
    ("EnvironmentManifest", "Environment"),
    ("ExclusionManifest", "Row that is left out"),
    ("FreezeManifest", "Time in which nothing may be changed"),
    ("InterfaceManifest", "Interface"),
    ("JoinManifest", "Table that is joined"),
    ("LifecycleManifest", "Lifecycle of a sheet"),
    ("MovedManifest", "Renamed address"),
    ("NamedClientManifest", "Client of an operator"),
    ("NetworkManifest", "Network characteristics"),
    ("OnColumnsManifest", "Columns of a join"),
    ("OperatorManifest", "Dematerialisation operator"),
    ("PisteManifest", "Access to PISTE"),
    ("PolicyManifest", "Policy"),
    ("SecretReference", "Reference to a secret"),
    ("ServiceManifest", "Service of a structure"),
    ("SinkManifest", "Sink of passwords"),
    ("SlotsManifest", "Certificates of a sheet"),
    ("SourceManifest", "Table and template"),
    ("StructureManifest", "Structure"),
    ("UsageManifest", "Type d'utilisation"),
    ("ValidityManifest", "Validity"),
    ("EntityManifest", "Entity"),
    ("ProjectManifest", "Project"),
    (PATCH, "What differs in this environment"),
];

/// The definition of what an override may hold.
const PATCH: &str = "OverrideManifest";

/// What is added to the name of a definition for its form inside an override.
const PATCHED: &str = "Override";

/// What each protocol asks of the other keys of an EDI connection.
fn by_protocol() -> Value {
    let protocol = |word: &str,
                    system: &[&str],
                    keys: &[&str],
                    needed: &[&str],
                    foreign: &[&str],
                    slots: &[&str]| {
        let foreign: Map<String, Value> =
            foreign.iter().map(|field| ((*field).to_owned(), false.into())).collect();
        json!({
            "if": { "properties": { "protocol": { "const": word } }, "required": ["protocol"] },
            "then": {
                "properties": {
                    "exchange_system": { "enum": system },
                    "network": { "required": needed, "properties": foreign },
                    "certificates": { "required": slots },
                },
                "required": keys,
            },
        })
    };
    let both = ["CPRO", "PA-CPRO"];
    let keys = ["network", "certificates"];
    json!([
        protocol(
            "PESIT",
            &["CPRO"],
            &keys,
            &["ip", "port", "part_id"],
            &["as2_id", "url"],
            &["server", "client"]
        ),
        protocol(
            "SFTP",
            &both,
            &keys[1..],
            &[],
            &["port", "part_id", "as2_id", "url"],
            &["client"]
        ),
        protocol("AS2", &both, &keys, &["as2_id", "url"], &["ip", "port", "part_id"], &[]),
    ])
}

/// A table is of one kind, or nothing is written of it.
fn one_table() -> Value {
    json!([{ "type": "null" }, { "required": ["csv"] }, { "required": ["xlsx"] }])
}

/// The schema of a file, in draft 7: the newest that all YAML language servers read.
fn text_of<T: JsonSchema>(title: &str) -> String {
    let mut schema =
        SchemaSettings::draft07().into_generator().into_root_schema_for::<T>().to_value();
    if let Some(root) = schema.as_object_mut() {
        root.insert("title".to_owned(), title.into());
        // A file holds something, also where a mapping inside it may be left empty.
        root.insert("type".to_owned(), "object".into());
        add_overrides(root);
    }
    if let Some(Value::Object(definitions)) = schema.get_mut("definitions") {
        for (name, definition) in definitions.iter_mut() {
            let own = name.strip_suffix(PATCHED).unwrap_or(name);
            let title = TITLES.iter().find(|(known, _)| *known == own).map(|(_, title)| *title);
            if let (Some(title), Some(definition)) = (title, definition.as_object_mut()) {
                definition.insert("title".to_owned(), title.into());
            }
        }
        if let Some(Value::Object(edi)) = definitions.get_mut("EdiManifest") {
            edi.insert("allOf".to_owned(), by_protocol());
        }
        for name in ["SourceManifest", "JoinManifest"] {
            if let Some(Value::Object(table)) = definitions.get_mut(name) {
                table.insert("anyOf".to_owned(), one_table());
            }
        }
        let minimum = definitions
            .get_mut("EdiManifest")
            .and_then(|edi| edi.pointer_mut("/properties/subscriptions"))
            .and_then(Value::as_object_mut);
        if let Some(subscriptions) = minimum {
            subscriptions.insert("minItems".to_owned(), 1.into());
        }
    }
    // `Value` prints with the same indentation as any formatter of JSON.
    format!("{schema:#}\n")
}

/// Describes what may stand under the name of an environment in `overrides`: every key of an entity, none of them
/// needed, and nothing (`null`) to remove one (RFC 7396).
fn add_overrides(root: &mut Map<String, Value>) {
    let Some(Value::Object(definitions)) = root.get("definitions").cloned() else { return };
    let mut entity = root.clone();
    for key in ["definitions", "$schema", "title"] {
        entity.remove(key);
    }
    let Some(Value::Object(properties)) = entity.get_mut("properties") else { return };
    if properties.remove("overrides").is_none() {
        return;
    }
    properties.remove("entity");
    let mut wanted = BTreeSet::new();
    let mut added = Map::new();
    entity.insert("description".to_owned(), "What differs in this environment.".into());
    added.insert(PATCH.to_owned(), patch_of(&Value::Object(entity), &mut wanted));
    while let Some(name) = wanted.pop_first() {
        let patched = format!("{name}{PATCHED}");
        if !added.contains_key(&patched)
            && let Some(definition) = definitions.get(&name)
        {
            let definition = patch_of(definition, &mut wanted);
            added.insert(patched, definition);
        }
    }
    if let Some(Value::Object(definitions)) = root.get_mut("definitions") {
        definitions.append(&mut added);
    }
    let patch = json!({ "$ref": format!("#/definitions/{PATCH}") });
    let overrides = root.get_mut("properties").and_then(|all| all.get_mut("overrides"));
    if let Some(Value::Object(overrides)) = overrides {
        overrides.insert("additionalProperties".to_owned(), patch);
    }
}

/// A schema as a merge patch: nothing is needed, and everything may be `null`. A list is replaced as a whole, so what
/// stands in it stays as it is. `wanted` gets the names of definitions that are needed as patches.
fn patch_of(schema: &Value, wanted: &mut BTreeSet<String>) -> Value {
    let Value::Object(schema) = schema else { return schema.clone() };
    let mut patch = Map::new();
    for (key, value) in schema {
        let value = match (key.as_str(), value) {
            ("required" | "minProperties" | "default", _) => continue,
            ("$ref", Value::String(target)) => {
                wanted.insert(target.rsplit('/').next().unwrap_or(target).to_owned());
                format!("{target}{PATCHED}").into()
            }
            ("type", Value::String(kind)) => json!([kind, "null"]),
            ("type" | "enum", Value::Array(all)) => {
                let nothing = if key == "type" { "null".into() } else { Value::Null };
                with(all, nothing)
            }
            ("enumDescriptions", Value::Array(all)) => {
                let words: Vec<Value> =
                    all.iter().filter(|told| *told != NOTHING).cloned().collect();
                with(&words, "Removes the key.".into())
            }
            ("anyOf" | "allOf", Value::Array(all)) => {
                all.iter().map(|choice| patch_of(choice, wanted)).collect()
            }
            ("properties", Value::Object(all)) => Value::Object(
                all.iter().map(|(key, value)| (key.clone(), patch_of(value, wanted))).collect(),
            ),
            ("additionalProperties", value) => patch_of(value, wanted),
            _ => value.clone(),
        };
        patch.insert(key.clone(), value);
    }
    Value::Object(patch)
}

fn with(all: &[Value], one: Value) -> Value {
    let mut all = all.to_vec();
    if !all.contains(&one) {
        all.push(one);
    }
    all.into()
}
