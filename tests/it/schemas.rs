//! The schemas that editors use agree with `validate`: what they refuse, it has a word about.

use std::path::Path;
use std::path::PathBuf;

use serde::Deserialize as _;
use serde_json::Value;

use crate::support::Sandbox;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> Value {
    let text = std::fs::read_to_string(root().join("schema").join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The schemas of project and entity files.
struct Schemas {
    project: jsonschema::Validator,
    entity: jsonschema::Validator,
}

impl Schemas {
    fn new() -> Self {
        let validator = |name| jsonschema::draft7::new(&read(name)).unwrap();
        Self { project: validator("raccord.schema.json"), entity: validator("entity.schema.json") }
    }

    /// What a schema says against a file; nothing when it is no YAML, which a schema cannot say.
    fn faults(&self, path: &Path) -> Vec<String> {
        let validator = if path.ends_with("raccord.yaml") { &self.project } else { &self.entity };
        let Ok(text) = std::fs::read_to_string(path) else { return Vec::new() };
        let mut faults = Vec::new();
        for document in serde_yaml::Deserializer::from_str(&text) {
            let Ok(value) = Value::deserialize(document) else { return Vec::new() };
            // An empty document between two others is none.
            if value.is_null() {
                continue;
            }
            let told = validator.iter_errors(&value);
            faults.extend(told.map(|error| format!("{}: {error}", error.instance_path())));
        }
        faults
    }
}

/// The folders below one, itself included, that hold a project.
fn projects(folder: &Path, found: &mut Vec<PathBuf>) {
    if folder.join("raccord.yaml").is_file() {
        found.push(folder.to_owned());
    }
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.is_symlink() {
            projects(&path, found);
        }
    }
}

/// The files of a project that the schemas describe, by their paths in it.
fn described(project: &Path) -> Vec<String> {
    let mut files = vec!["raccord.yaml".to_owned()];
    for entry in std::fs::read_dir(project.join("entities")).into_iter().flatten() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if Path::new(&name).extension().is_some_and(|kind| kind == "yaml" || kind == "yml") {
            files.push(format!("entities/{name}"));
        }
    }
    files.sort();
    files
}

#[test]
fn examples_and_fixtures_agree_with_what_validate_says() {
    let schemas = Schemas::new();
    let sandbox = Sandbox::with_project();
    let mut found = vec![sandbox.path("town")];
    projects(&root().join("examples"), &mut found);
    projects(&root().join("tests/fixtures"), &mut found);
    assert!(found.len() >= 4, "{found:?}");
    let mut offences = Vec::new();
    for project in found {
        let is_example = project.starts_with(root().join("examples"));
        let ran = sandbox.run(&["validate", project.to_str().unwrap(), "--format", "json"]);
        // A project that cannot be read at all has no diagnostics to compare with.
        let Ok(result) = serde_json::from_str::<Value>(&ran.stdout) else { continue };
        let told = result["diagnostics"].as_array().unwrap();
        for file in described(&project) {
            let faults = schemas.faults(&project.join(&file));
            let silent = !told.iter().any(|diagnostic| diagnostic["file"] == file.as_str());
            if !faults.is_empty() && (silent || is_example) {
                offences.push(format!("{}/{file}: {faults:?}", project.display()));
            }
        }
    }
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

const EDI: &str = r#"entity: town
structure:
  siret: "12345678200010"
certificates:
  a: certificates/a.p7b
edi_connections:
  main:
    name: Town
    exchange_system: PA-CPRO
    protocol: AS2
    network: { as2_id: TOWN, url: "https://as2.town.example/in" }
    certificates: { server: a }
    validity: { from: 2026-09-01, until: 2050-12-31 }
    contact: it
    subscriptions: [FSO1150A]
"#;

/// Changes to [`EDI`], and whether the schema and `validate` accept the result, in this order.
const CHANGES: &[(&str, &str, bool, bool)] = &[
    // Both accept.
    ("name: Town", "name: 2024", true, true),
    ("siret: \"12345678200010\"", "siret: 12345678200010", true, true),
    ("siret: \"12345678200010\"", "siret: \"123 456 782 00010\"", true, true),
    ("contact: it", "contact: it\n    lifecycle:\n    active:", true, true),
    (
        "contact: it",
        "contact: { first_name: A, last_name: B, email: a@b.example, phone: 01 23 45 67 89 }",
        true,
        true,
    ),
    (
        "contact: it",
        "contact: { first_name: A, last_name: B, email: a@b.example, phone: +33123456789 }",
        true,
        true,
    ),
    (
        "contact: it",
        "contact: it\n    lifecycle: { overlap: 14d, replace: create_first, prevent_replace: true }",
        true,
        true,
    ),
    (
        "entity: town",
        "entity: town\noverrides:\n  simulator: { edi_connections: { main: { active: null } } }",
        true,
        true,
    ),
    (
        "entity: town",
        "entity: town\noperator: { public_operator: true, clients: [\"99993001900016\", { siret: \"99993002700019\", name: B }] }",
        true,
        true,
    ),
    ("entity: town", "entity: town\napi_connections:", true, true),
    // Both refuse.
    ("entity: town", "entity: tôwn", false, false),
    ("entity: town", "entity: town\ncolour: blue", false, false),
    ("entity: town", "entity: town\noverrides:\n  simulator: { colour: blue }", false, false),
    (
        "entity: town",
        "entity: town\noverrides:\n  simulator: { edi_connections: { main: { protocl: AS2 } } }",
        false,
        false,
    ),
    ("entity: town", "entity: town\noverrides:\n  simulator: { entity: city }", false, false),
    ("siret: \"12345678200010\"", "siret: \"1234\"", false, false),
    ("structure:\n  siret: \"12345678200010\"", "structure:", false, false),
    ("name: Town", "name: true", false, false),
    ("name: Town", "name:", false, false),
    ("exchange_system: PA-CPRO", "exchange_system: CPRP", false, false),
    ("protocol: AS2", "protocol: SFTP", false, false),
    ("protocol: AS2", "protocol: PESIT", false, false),
    ("protocol: AS2", "protocol: FTP", false, false),
    ("as2_id: TOWN, ", "", false, false),
    ("as2_id: TOWN, ", "as2_id: TOWN, port: 80, ", false, false),
    ("https://as2.town.example/in", "ftp://as2.town.example/in", false, false),
    ("    network: { as2_id: TOWN, url: \"https://as2.town.example/in\" }\n", "", false, false),
    ("    certificates: { server: a }\n", "", false, false),
    ("{ server: a }", "{ sever: a }", false, false),
    ("from: 2026-09-01", "from: 01/09/2026", false, false),
    ("from: 2026-09-01, ", "", false, false),
    ("[FSO1150A]", "[]", false, false),
    ("[FSO1150A]", "FSO1150A", false, false),
    ("[FSO1150A]", "[fso1150]", false, false),
    ("contact: it", "contact: [it]", false, false),
    ("contact: it", "contact: { first_name: A }", false, false),
    ("contact: it", "contact: it\n    active: yes", false, false),
    ("contact: it", "contact: it\n    lifecycle: { overlap: 14 }", false, false),
    ("entity: town", "entity: town\nmoved: [{ from: town/edi, to: town/edi/main }]", false, false),
    // Only `validate` sees it.
    ("siret: \"12345678200010\"", "siret: 2.10104E+13", true, false),
    ("until: 2050-12-31", "until: 2026-08-31", true, false),
    ("from: 2026-09-01", "from: 2026-02-30", true, false),
    ("contact: it", "contact: nobody", true, false),
    ("{ server: a }", "{ server: b }", true, false),
];

#[test]
fn schema_and_validate_say_the_same_of_each_change() {
    let schemas = Schemas::new();
    let sandbox = Sandbox::with_project();
    let certificates = sandbox.path("town/certificates");
    std::fs::create_dir_all(&certificates).unwrap();
    let certificate = root().join("examples/metropole/certificates/metropole-g2b.p7b");
    std::fs::copy(certificate, certificates.join("a.p7b")).unwrap();
    let file = sandbox.path("town/entities/town.yaml");
    let mut offences = Vec::new();
    for (from, to, by_schema, by_validate) in
        std::iter::once(&("entity: town", "entity: town", true, true)).chain(CHANGES)
    {
        assert_eq!(EDI.matches(from).count(), 1, "`{from}`");
        std::fs::write(&file, EDI.replace(from, to)).unwrap();
        let faults = schemas.faults(&file);
        let ran = sandbox.run(&["validate", "town"]);
        if (faults.is_empty(), ran.code == 0) != (*by_schema, *by_validate) {
            offences.push(format!("`{to}`: schema {faults:?}, validate {}", ran.stdout));
        }
    }
    assert!(offences.is_empty(), "{}", offences.join("\n\n"));
}

#[test]
fn every_key_has_a_description_and_every_mapping_a_title() {
    for name in ["raccord.schema.json", "entity.schema.json"] {
        let schema = read(name);
        assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
        assert!(jsonschema::draft7::meta::is_valid(&schema), "{name}");
        let definitions = schema["definitions"].as_object().unwrap();
        let root = ("root".to_owned(), schema.clone());
        for (key, definition) in
            definitions.iter().map(|(key, value)| (key.clone(), value.clone())).chain([root])
        {
            assert!(definition["title"].is_string(), "{name}: {key} has no title");
            assert!(definition["description"].is_string(), "{name}: {key} has no description");
            for (property, value) in definition["properties"].as_object().unwrap() {
                assert!(value["description"].is_string(), "{name}: {key}.{property}");
            }
        }
    }
}

/// An example that its own schema refuses would teach a mistake; so would a description too few.
fn look_at_values(value: &Value, whole: &Value, path: &str, offences: &mut Vec<String>) {
    if let Value::Object(fields) = value {
        let examples = fields.get("examples").and_then(Value::as_array);
        let shown: Vec<&Value> =
            examples.into_iter().flatten().chain(fields.get("default")).collect();
        if !shown.is_empty() {
            let mut alone = value.clone();
            alone["definitions"] = whole["definitions"].clone();
            let validator = jsonschema::draft7::new(&alone).unwrap();
            let wrong = shown.into_iter().filter(|example| !validator.is_valid(example));
            offences.extend(wrong.map(|example| format!("{path}: {example}")));
        }
        if let (Some(words), Some(told)) = (fields.get("enum"), fields.get("enumDescriptions"))
            && words.as_array().map(Vec::len) != told.as_array().map(Vec::len)
        {
            offences.push(format!("{path}: {words} {told}"));
        }
        for (key, inner) in fields {
            if key != "examples" && key != "default" {
                look_at_values(inner, whole, &format!("{path}/{key}"), offences);
            }
        }
    } else if let Value::Array(items) = value {
        for (index, inner) in items.iter().enumerate() {
            look_at_values(inner, whole, &format!("{path}/{index}"), offences);
        }
    }
}

#[test]
fn examples_and_defaults_are_right_and_every_word_is_explained() {
    for name in ["raccord.schema.json", "entity.schema.json"] {
        let schema = read(name);
        let mut offences = Vec::new();
        for (key, definition) in schema["definitions"].as_object().unwrap() {
            look_at_values(definition, &schema, key, &mut offences);
        }
        look_at_values(&schema["properties"], &schema, name, &mut offences);
        assert!(offences.is_empty(), "{}", offences.join("\n"));
    }
}
