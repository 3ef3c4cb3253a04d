//! What holds for the keywords of one schema, whatever is below it.

use serde_json::{Map, Value};

use super::patterns;
use super::schema::Say;

/// Words that only resolve with the rest of a document.
const REFERENCES: &[&str] = &[
    "$ref",
    "$dynamicRef",
    "$recursiveRef",
    "$defs",
    "definitions",
    "$id",
    "$anchor",
    "$dynamicAnchor",
    "$schema",
];
/// Words of OpenAPI that JSON Schema does not know.
const OPENAPI: &[&str] = &[
    "nullable",
    "discriminator",
    "xml",
    "externalDocs",
    "example",
    "collectionFormat",
];
const TYPES: &[&str] = &[
    "array", "boolean", "integer", "null", "number", "object", "string",
];
/// Counts, in pairs of least and most.
const COUNTS: &[(&str, &str)] = &[
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
];

/// The types that a schema names.
pub(super) fn types(object: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let named = match object.get("type") {
        Some(Value::Array(names)) => names.as_slice(),
        Some(name) => std::slice::from_ref(name),
        None => &[],
    };
    named.iter().map(|name| name.as_str().unwrap_or("?"))
}

pub(super) fn check(object: &Map<String, Value>, at: &str, say: &mut Say<'_>) {
    for key in object.keys() {
        if REFERENCES.contains(&key.as_str()) {
            say("a reference or its target is left", &format!("{at}/{key}"));
        }
        if OPENAPI.contains(&key.as_str()) || key.starts_with("x-") {
            say(
                "a word that JSON Schema does not know",
                &format!("{at}/{key}"),
            );
        }
    }
    if types(object).any(|name| !TYPES.contains(&name)) {
        say("a type that there is not", at);
    }
    values(object, at, say);
    numbers(object, at, say);
    if let Some(pattern) = object.get("pattern")
        && !pattern.as_str().is_some_and(patterns::is_valid)
    {
        say(
            "a pattern is no regular expression of ECMA-262 with `u`",
            &format!("{at} {pattern}"),
        );
    }
    if let Some(default) = object.get("default")
        && jsonschema::draft202012::new(&Value::Object(object.clone()))
            .is_ok_and(|schema| !schema.is_valid(default))
    {
        say(
            "a default contradicts its schema",
            &format!("{at} {default}"),
        );
    }
    for key in ["description", "title", "format"] {
        if object.get(key).is_some_and(|text| !text.is_string()) {
            say("a text is not a string", &format!("{at}/{key}"));
        }
    }
}

fn values(object: &Map<String, Value>, at: &str, say: &mut Say<'_>) {
    let Some(values) = object.get("enum") else {
        return;
    };
    let Some(values) = values.as_array().filter(|values| !values.is_empty()) else {
        say("an enum of nothing", at);
        return;
    };
    for (index, value) in values.iter().enumerate() {
        if values[..index].iter().any(|other| same(value, other)) {
            say("an enum has a value twice", &format!("{at} {value}"));
        }
    }
    if types(object).next().is_some()
        && !values
            .iter()
            .any(|value| types(object).any(|name| is_of(value, name)))
    {
        say("no value of an enum is of its type", at);
    }
}

/// Whether two values are one for JSON Schema, to which 1.0 is 1.
fn same(one: &Value, other: &Value) -> bool {
    one == other || one.is_number() && other.is_number() && one.as_f64() == other.as_f64()
}

fn is_of(value: &Value, name: &str) -> bool {
    match name {
        "array" => value.is_array(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "object" => value.is_object(),
        "string" => value.is_string(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        _ => value.is_number(),
    }
}

fn numbers(object: &Map<String, Value>, at: &str, say: &mut Say<'_>) {
    let number = |key: &str| {
        object
            .get(key)
            .map(|value| value.as_f64().unwrap_or(f64::NAN))
    };
    for key in [
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
    ] {
        if number(key).is_some_and(|value| !value.is_finite()) {
            say("a bound is no number", &format!("{at}/{key}"));
        }
    }
    if number("multipleOf").is_some_and(|value| value <= 0.0) {
        say("multipleOf is not positive", at);
    }
    if number("minimum")
        .zip(number("maximum"))
        .is_some_and(|(least, most)| least > most)
    {
        say("no number is in range", at);
    }
    for (least, most) in COUNTS {
        for key in [least, most] {
            if object.get(*key).is_some_and(|count| !count.is_u64()) {
                say("a count is no natural number", &format!("{at}/{key}"));
            }
        }
        if number(least)
            .zip(number(most))
            .is_some_and(|(least, most)| least > most)
        {
            say("no count is in range", at);
        }
    }
}
