//! The JSON Schemas of the files that people write, as text.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

use crate::config::manifest::entity::EntityManifest;
use crate::config::manifest::project::ProjectManifest;

/// The schemas by their file name in `schema/`.
pub(crate) fn schemas() -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("raccord.schema.json", text_of::<ProjectManifest>("raccord.yaml")),
        ("entity.schema.json", text_of::<EntityManifest>("An entity of raccord")),
    ])
}

fn text_of<T: JsonSchema>(title: &str) -> String {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    // `Value` prints with the same indentation as any formatter of JSON.
    format!("{:#}\n", schema.as_value())
}
