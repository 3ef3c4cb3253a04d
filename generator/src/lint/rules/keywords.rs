//! What clients ask of every schema in a tool.

use std::cell::RefCell;
use std::collections::HashMap;

use serde_json::Value;

use crate::lint::spots::{Side, Spot};
use crate::lint::{Found, Seen};

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
/// Characters that a key may have.
const LONGEST_KEY: usize = 64;
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

pub(super) fn keys(seen: &Seen<'_, '_>, found: &mut Found) {
    for spot in seen.spots.iter().filter(|spot| spot.side == Side::Input) {
        let properties = spot.schema.get("properties").and_then(Value::as_object);
        for name in properties.into_iter().flatten().map(|(name, _)| name) {
            let plain = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
            if name.is_empty() || name.len() > LONGEST_KEY || !name.chars().all(plain) {
                let argument = spot.argument.or(spot.is_root().then_some(name.as_str()));
                found.of(argument, format!("the key `{name}` in {} is not 1 to {LONGEST_KEY} characters of a-z, A-Z, 0-9, `_`, `.` and `-`", spot.place()));
            }
        }
    }
}

pub(super) fn items(seen: &Seen<'_, '_>, found: &mut Found) {
    for spot in seen.spots.iter().filter(|spot| spot.side == Side::Input) {
        let kind = &spot.schema["type"];
        let array = kind == "array"
            || kind
                .as_array()
                .is_some_and(|kinds| kinds.contains(&"array".into()));
        if array && spot.schema.get("items").is_none() {
            found.of(
                spot.argument,
                format!("{} is an array without `items`", spot.place()),
            );
        }
    }
}

pub(super) fn valid(seen: &Seen<'_, '_>, found: &mut Found) {
    for spot in seen.spots.iter().filter(|spot| spot.is_root()) {
        if let Err(error) = jsonschema::draft202012::meta::validate(spot.schema) {
            let at = error.instance_path().to_string();
            let mut names = at
                .strip_prefix("/properties/")
                .into_iter()
                .flat_map(|rest| rest.split('/'));
            let argument = names.next().filter(|_| spot.side == Side::Input);
            let reason = match error.instance().as_ref() {
                Value::String(kind) if at.ends_with("/type") => {
                    format!("there is no type `{kind}`")
                }
                _ => error.to_string(),
            };
            found.of(
                argument,
                format!("{} is no JSON Schema at `{at}`: {reason}", spot.place()),
            );
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
            found.of(
                spot.argument,
                format!("the `enum` of {} has {value} twice", spot.place()),
            );
        }
        if values.is_empty() {
            found.of(
                spot.argument,
                format!("the `enum` of {} is empty", spot.place()),
            );
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

/// The reference of a schema that leads nowhere.
fn lost<'a>(spot: &Spot<'a>) -> Option<&'a str> {
    let reference = spot.schema.get("$ref").and_then(Value::as_str);
    reference.filter(|reference| !leads(reference, spot.root))
}

pub(super) fn lost_references(seen: &Seen<'_, '_>, found: &mut Found) {
    for spot in &seen.spots {
        if let Some(reference) = lost(spot) {
            let place = spot.place();
            let text = format!("{place} refers to `{reference}`, which is not in the schema");
            found.of(spot.argument, text);
        }
    }
}

pub(super) fn references(seen: &Seen<'_, '_>, found: &mut Found) {
    for spot in seen.spots.iter().filter(|spot| lost(spot).is_none()) {
        if let Some(name) = NAMES.iter().find(|name| spot.schema.get(**name).is_some()) {
            found.of(spot.argument, format!("{} has `{name}`", spot.place()));
        }
    }
}

pub(super) fn patterns(seen: &Seen<'_, '_>, found: &mut Found) {
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
            found.of(
                spot.argument,
                format!(
                    "`{pattern}` at {} is no regular expression of JavaScript (ECMA-262 with the flag `u`)",
                    spot.place()
                ),
            );
        }
    }
}

fn is_pattern(pattern: &str) -> bool {
    PATTERNS.with_borrow_mut(|known| {
        let compiles = || regress::Regex::with_flags(pattern, "u").is_ok();
        *known.entry(pattern.to_owned()).or_insert_with(compiles)
    })
}

pub(super) fn numbers(seen: &Seen<'_, '_>, found: &mut Found) {
    for spot in &seen.spots {
        let values = NUMBERS.iter().filter_map(|key| spot.schema.get(*key));
        let listed = spot.schema.get("enum").and_then(Value::as_array);
        for value in values.chain(listed.into_iter().flatten()) {
            let whole = value.is_i64() || value.is_u64();
            if whole && value.as_f64().is_some_and(|value| value.abs() > SAFE) {
                found.of(
                    spot.argument,
                    format!("{value} at {} is beyond 2^53", spot.place()),
                );
            }
        }
    }
}

pub(super) fn formats(seen: &Seen<'_, '_>, found: &mut Found) {
    for spot in seen.spots.iter().filter(|spot| spot.side == Side::Output) {
        if let Some(format) = spot.schema.get("format").and_then(Value::as_str) {
            found.push(format!("{} has the format `{format}`", spot.place()));
        }
    }
}
