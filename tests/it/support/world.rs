//! The world of a simulator that has ended, as it can be compared with that of another one.

use std::path::Path;

use serde_json::Value;

/// The world in a directory: what there is, without times, passwords, and what follows the order of creation.
pub(crate) fn world(directory: &Path) -> Value {
    let text = std::fs::read(directory.join("world.json")).unwrap();
    let mut whole: Value = serde_json::from_slice(&text).unwrap();
    let mut world = serde_json::Map::new();
    // The counters tell what was made and is no longer there.
    for part in ["counters", "structures", "edi", "api", "accounts", "clients"] {
        world.insert(part.to_owned(), whole["world"][part].take());
    }
    let mut world = Value::Object(world);
    without_times(&mut world);
    // Their numbers follow the order of creation too.
    for part in ["edi", "api", "accounts"] {
        let map = world[part].as_object().unwrap();
        let mut all: Vec<Value> = map.values().cloned().collect();
        all.sort_by_key(Value::to_string);
        world[part] = Value::Array(all);
    }
    world
}

/// Removes what differs from one run to the next: times, passwords, and which code a sheet was given.
pub(crate) fn without_times(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for key in [
                "status_since",
                "created_at",
                "expires_at",
                "password_expires_at",
                "password",
                "observed_at",
                "waiting_since",
            ] {
                map.shift_remove(key);
            }
            // Codes are given in the order of creation, which another order of the steps changes.
            if let Some(Value::String(code)) = map.get_mut("application_code") {
                "a code".clone_into(code);
            }
            map.values_mut().for_each(without_times);
        }
        Value::Array(list) => list.iter_mut().for_each(without_times),
        _ => {}
    }
}
