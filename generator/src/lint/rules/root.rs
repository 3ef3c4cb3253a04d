//! What clients ask of a whole schema. Generated servers keep to it; others may not.

use crate::lint::spots::{Side, Spot};
use crate::lint::{Found, Seen};

/// Keywords that compose a schema of others.
const COMPOSED: [&str; 6] = ["oneOf", "anyOf", "allOf", "not", "enum", "const"];

fn root<'s, 'a>(seen: &'s Seen<'a, '_>, side: Side) -> Option<&'s Spot<'a>> {
    seen.spots
        .iter()
        .find(|spot| spot.side == side && spot.is_root())
}

pub(super) fn input_is_object(seen: &Seen<'_, '_>, found: &mut Found) {
    match root(seen, Side::Input) {
        None => found.push("it has no input schema".to_owned()),
        Some(spot) if spot.schema["type"] != "object" => {
            found.push("its input schema is not of `type: object`".to_owned());
        }
        Some(_) => {}
    }
}

pub(super) fn output_is_object(seen: &Seen<'_, '_>, found: &mut Found) {
    if root(seen, Side::Output).is_some_and(|spot| spot.schema["type"] != "object") {
        found.push("its output schema is not of `type: object`".to_owned());
    }
}

pub(super) fn not_composed(seen: &Seen<'_, '_>, found: &mut Found) {
    for key in COMPOSED {
        if root(seen, Side::Input).is_some_and(|spot| spot.schema.get(key).is_some()) {
            found.push(format!("its input schema has `{key}` at the top"));
        }
    }
}

pub(super) fn no_booleans(seen: &Seen<'_, '_>, found: &mut Found) {
    for spot in seen.spots.iter().filter(|spot| spot.is_root()) {
        let properties = spot.schema["properties"].as_object();
        for (name, schema) in properties.into_iter().flatten() {
            if schema.is_boolean() {
                let argument = (spot.side == Side::Input).then_some(name.as_str());
                let text = format!("`{name}` of {} is the schema `{schema}`", spot.place());
                found.of(argument, text);
            }
        }
    }
}
