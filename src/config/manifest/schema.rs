//! The JSON Schemas of the files that people write, as text.

use std::collections::BTreeMap;

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
        ("raccord.schema.json", text_of::<ProjectManifest>("raccord.yaml")),
        ("entity.schema.json", text_of::<EntityManifest>("An entity of raccord")),
    ])
}

/// What each protocol asks of the other keys of an EDI connection.
fn by_protocol() -> Value {
    let protocol = |words: &[&str], system: &[&str], needed: &[&str], foreign: &[&str]| {
        let foreign: Map<String, Value> =
            foreign.iter().map(|field| ((*field).to_owned(), false.into())).collect();
        json!({
            "if": { "properties": { "protocol": { "enum": words } }, "required": ["protocol"] },
            "then": { "properties": {
                "exchange_system": { "enum": system },
                "network": { "required": needed, "properties": foreign },
            } },
        })
    };
    let both = ["CPRO", "PA-CPRO"];
    json!([
        protocol(&["PESIT", "PeSIT"], &["CPRO"], &["ip", "port", "part_id"], &["as2_id", "url"]),
        protocol(&["SFTP"], &both, &[], &["port", "part_id", "as2_id", "url"]),
        protocol(&["AS2"], &both, &["as2_id", "url"], &["ip", "port", "part_id"]),
    ])
}

fn text_of<T: JsonSchema>(title: &str) -> String {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    if let Some(edi) = schema.pointer_mut("/$defs/EdiManifest").and_then(Value::as_object_mut) {
        edi.insert("allOf".to_owned(), by_protocol());
    }
    // `Value` prints with the same indentation as any formatter of JSON.
    format!("{:#}\n", schema.as_value())
}
