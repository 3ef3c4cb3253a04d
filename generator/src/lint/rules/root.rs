//! What clients ask of a whole schema.

use serde_json::Value;

use crate::lint::Seen;
use crate::lint::spots::{Side, Spot};

/// Keywords that compose a schema of others.
const COMPOSED: [&str; 6] = ["oneOf", "anyOf", "allOf", "not", "enum", "const"];
/// Characters that a key may have.
const LONGEST_KEY: usize = 64;

fn root<'s, 'a>(seen: &'s Seen<'a, '_>, side: Side) -> Option<&'s Spot<'a>> {
    seen.spots
        .iter()
        .find(|spot| spot.side == side && spot.is_root())
}

pub(super) fn input_is_object(seen: &Seen<'_, '_>, found: &mut Vec<String>) {
    if root(seen, Side::Input).is_none_or(|spot| spot.schema["type"] != "object") {
        found.push("its input schema is not of `type: object`".to_owned());
    }
}

pub(super) fn output_is_object(seen: &Seen<'_, '_>, found: &mut Vec<String>) {
    if root(seen, Side::Output).is_some_and(|spot| spot.schema["type"] != "object") {
        found.push("its output schema is not of `type: object`".to_owned());
    }
}

pub(super) fn not_composed(seen: &Seen<'_, '_>, found: &mut Vec<String>) {
    for key in COMPOSED {
        if root(seen, Side::Input).is_some_and(|spot| spot.schema.get(key).is_some()) {
            found.push(format!("its input schema has `{key}` at the top"));
        }
    }
}

pub(super) fn no_booleans(seen: &Seen<'_, '_>, found: &mut Vec<String>) {
    for spot in seen.spots.iter().filter(|spot| spot.is_root()) {
        let properties = spot.schema["properties"].as_object();
        for (name, schema) in properties.into_iter().flatten() {
            if schema.is_boolean() {
                found.push(format!(
                    "`{name}` of {} is the schema `{schema}`",
                    spot.place()
                ));
            }
        }
    }
}

pub(super) fn keys(seen: &Seen<'_, '_>, found: &mut Vec<String>) {
    for spot in seen.spots.iter().filter(|spot| spot.side == Side::Input) {
        let properties = spot.schema.get("properties").and_then(Value::as_object);
        for name in properties.into_iter().flatten().map(|(name, _)| name) {
            let plain = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
            if name.is_empty() || name.len() > LONGEST_KEY || !name.chars().all(plain) {
                found.push(format!("the key `{name}` in {} is not 1 to {LONGEST_KEY} of a-z, A-Z, 0-9, `_`, `.` and `-`", spot.place()));
            }
        }
    }
}
