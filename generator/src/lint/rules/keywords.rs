//! What clients ask of every schema in a tool.

use std::cell::RefCell;
use std::collections::HashMap;

use serde_json::Value;

use crate::lint::Seen;
use crate::lint::spots::Side;

/// The largest integer that a number of JavaScript tells from its neighbours: 2^53 - 1.
const SAFE: f64 = 9_007_199_254_740_991.0;
const NUMBERS: [&str; 7] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "default",
    "const",
];
/// What some clients do not follow, or take for the schema of another dialect.
const NAMES: [&str; 7] = [
    "$ref",
    "$dynamicRef",
    "$schema",
    "$id",
    "$anchor",
    "$dynamicAnchor",
    "$defs",
];

thread_local! {
    static PATTERNS: RefCell<HashMap<String, bool>> = RefCell::default();
}

pub(super) fn items(seen: &Seen<'_, '_>, found: &mut Vec<String>) {
    for spot in seen.spots.iter().filter(|spot| spot.side == Side::Input) {
        let kind = &spot.schema["type"];
        let array = kind == "array"
            || kind
                .as_array()
                .is_some_and(|kinds| kinds.contains(&"array".into()));
        if array && spot.schema.get("items").is_none() {
            found.push(format!("{} is an array without `items`", spot.place()));
        }
    }
}

pub(super) fn valid(seen: &Seen<'_, '_>, found: &mut Vec<String>) {
    for spot in seen.spots.iter().filter(|spot| spot.is_root()) {
        if let Err(error) = jsonschema::draft202012::meta::validate(spot.schema) {
            let at = error.instance_path().to_string();
            found.push(format!(
                "{} is no JSON Schema at `{at}`: {error}",
                spot.place()
            ));
        }
    }
    // Of 2020-12 it is only asked for; draft 7, which many clients read it as, demands it.
    for spot in &seen.spots {
        let Some(values) = spot.schema.get("enum").and_then(Value::as_array) else {
            continue;
        };
        let twice = values
            .iter()
            .enumerate()
            .find(|(index, value)| values[..*index].contains(value));
        if let Some((_, value)) = twice {
            found.push(format!("the `enum` of {} has {value} twice", spot.place()));
        }
        if values.is_empty() {
            found.push(format!("the `enum` of {} is empty", spot.place()));
        }
    }
}

/// Whether a reference leads to a place in its own schema.
fn leads(reference: &str, root: &Value) -> bool {
    let fragment = reference.strip_prefix('#');
    fragment.is_some_and(|at| root.pointer(at).is_some() || is_anchor(at, root))
}

fn is_anchor(name: &str, root: &Value) -> bool {
    match root {
        Value::Object(map) => {
            map.get("$anchor").is_some_and(|anchor| anchor == name)
                || map.values().any(|inner| is_anchor(name, inner))
        }
        Value::Array(items) => items.iter().any(|inner| is_anchor(name, inner)),
        _ => false,
    }
}

pub(super) fn lost_references(seen: &Seen<'_, '_>, found: &mut Vec<String>) {
    for spot in &seen.spots {
        if let Some(reference) = spot.schema.get("$ref").and_then(Value::as_str)
            && !leads(reference, spot.root)
        {
            found.push(format!(
                "{} refers to `{reference}`, which is not in the schema",
                spot.place()
            ));
        }
    }
}

pub(super) fn references(seen: &Seen<'_, '_>, found: &mut Vec<String>) {
    for spot in &seen.spots {
        if let Some(name) = NAMES.iter().find(|name| spot.schema.get(**name).is_some()) {
            found.push(format!("{} has `{name}`", spot.place()));
        }
    }
}

pub(super) fn patterns(seen: &Seen<'_, '_>, found: &mut Vec<String>) {
    for spot in &seen.spots {
        let own = spot.schema.get("pattern").and_then(Value::as_str);
        let names = spot
            .schema
            .get("patternProperties")
            .and_then(Value::as_object);
        let names = names.into_iter().flatten().map(|(name, _)| name.as_str());
        for pattern in own
            .into_iter()
            .chain(names)
            .filter(|pattern| !is_pattern(pattern))
        {
            found.push(format!(
                "`{pattern}` at {} is no regular expression of ECMA-262 with `u`",
                spot.place()
            ));
        }
    }
}

fn is_pattern(pattern: &str) -> bool {
    PATTERNS.with_borrow_mut(|known| {
        let compiles = || regress::Regex::with_flags(pattern, "u").is_ok();
        *known.entry(pattern.to_owned()).or_insert_with(compiles)
    })
}

pub(super) fn numbers(seen: &Seen<'_, '_>, found: &mut Vec<String>) {
    for spot in &seen.spots {
        let values = NUMBERS.iter().filter_map(|key| spot.schema.get(*key));
        let listed = spot.schema.get("enum").and_then(Value::as_array);
        for value in values.chain(listed.into_iter().flatten()) {
            let whole = value.is_i64() || value.is_u64();
            if whole && value.as_f64().is_some_and(|value| value.abs() > SAFE) {
                found.push(format!("{value} at {} is beyond 2^53", spot.place()));
            }
        }
    }
}

pub(super) fn formats(seen: &Seen<'_, '_>, found: &mut Vec<String>) {
    for spot in seen.spots.iter().filter(|spot| spot.side == Side::Output) {
        if let Some(format) = spot.schema.get("format").and_then(Value::as_str) {
            found.push(format!("{} has the format `{format}`", spot.place()));
        }
    }
}
