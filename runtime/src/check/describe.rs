//! Says in words what a schema asks for.

use super::schema::resolve;
use crate::Json;
use crate::results::crop;

/// How deep a description goes into a schema.
const DEEPEST: u8 = 3;
/// How many values of an enumeration are named.
const MOST_VALUES: usize = 20;

/// What a value must be: `an integer from 1 to 100`.
pub(super) fn describe(schema: &Json, root: &Json) -> String {
    describe_at(schema, root, 0)
}

fn describe_at(schema: &Json, root: &Json, depth: u8) -> String {
    let schema = resolve(schema, root);
    if depth > DEEPEST {
        return "a value".to_owned();
    }
    if let Some(value) = schema.get("const") {
        return value.to_string();
    }
    if let Some(Json::Array(values)) = schema.get("enum") {
        return one_of(values);
    }
    for key in ["anyOf", "oneOf"] {
        if let Some(Json::Array(branches)) = schema.get(key) {
            let branches: Vec<String> = branches
                .iter()
                .map(|branch| describe_at(branch, root, depth + 1))
                .collect();
            return alternatives(branches);
        }
    }
    match schema.get("type") {
        Some(Json::String(name)) => typed(name, schema, root, depth),
        Some(Json::Array(names)) => alternatives(
            names
                .iter()
                .filter_map(Json::as_str)
                .map(|name| typed(name, schema, root, depth))
                .collect(),
        ),
        _ if schema.get("properties").is_some() => typed("object", schema, root, depth),
        _ => "a value".to_owned(),
    }
}

fn one_of(values: &[Json]) -> String {
    let mut shown: Vec<String> = values
        .iter()
        .take(MOST_VALUES)
        .map(|value| crop(&value.to_string(), 60))
        .collect();
    match shown.len() {
        1 => shown.remove(0),
        _ => {
            let more = if values.len() > MOST_VALUES {
                ", …"
            } else {
                ""
            };
            format!("one of {}{more}", shown.join(", "))
        }
    }
}

fn alternatives(mut branches: Vec<String>) -> String {
    // In the order of first mention, each once.
    let mut seen = std::collections::HashSet::new();
    branches.retain(|branch| seen.insert(branch.clone()));
    // Behind a list, it would read as one of its items.
    if branches.iter().any(|branch| branch.starts_with("a list")) {
        branches.sort_by_key(|branch| branch != "null");
    }
    branches.join(" or ")
}

fn typed(name: &str, schema: &Json, root: &Json, depth: u8) -> String {
    match name {
        "integer" => format!("an integer{}", bounds(schema)),
        "number" => format!("a number{}", bounds(schema)),
        "boolean" => "true or false".to_owned(),
        "string" => string(schema),
        "array" => {
            let count = count(schema, "minItems", "maxItems", "item");
            match schema.get("items") {
                Some(items) if items.as_object().is_some_and(|items| !items.is_empty()) => {
                    let item = describe_at(items, root, depth + 1);
                    format!("a list{count}, each {item}")
                }
                _ => format!("a list{count}"),
            }
        }
        "object" => {
            let required = schema.get("required").and_then(Json::as_array);
            let required = required.into_iter().flatten().filter_map(Json::as_str);
            let members = schema.get("properties").and_then(Json::as_object);
            let members = members.into_iter().flat_map(|all| all.keys());
            match (names(required), names(members.map(String::as_str))) {
                (Some(names), _) => format!("an object with {names}"),
                (None, Some(names)) => format!("an object that may have {names}"),
                (None, None) => "an object".to_owned(),
            }
        }
        other => other.to_owned(),
    }
}

/// Names of members, the first ones.
fn names<'s>(names: impl Iterator<Item = &'s str>) -> Option<String> {
    let mut shown: Vec<String> = names
        .take(MOST_VALUES + 1)
        .map(|name| format!("`{name}`"))
        .collect();
    if shown.len() > MOST_VALUES {
        shown[MOST_VALUES] = "…".to_owned();
    }
    (!shown.is_empty()).then(|| shown.join(", "))
}

fn bounds(schema: &Json) -> String {
    let at = |key| schema.get(key).filter(|value| value.is_number());
    let range = match (
        at("minimum"),
        at("exclusiveMinimum"),
        at("maximum"),
        at("exclusiveMaximum"),
    ) {
        (Some(low), None, Some(high), None) => format!(" from {low} to {high}"),
        (low, above, high, below) => {
            let parts: Vec<String> = [
                low.map(|low| format!("at least {low}")),
                above.map(|above| format!("more than {above}")),
                high.map(|high| format!("at most {high}")),
                below.map(|below| format!("less than {below}")),
            ]
            .into_iter()
            .flatten()
            .collect();
            if parts.is_empty() {
                String::new()
            } else {
                format!(" of {}", parts.join(" and "))
            }
        }
    };
    match at("multipleOf") {
        Some(step) => format!("{range} that is a multiple of {step}"),
        None => range,
    }
}

fn string(schema: &Json) -> String {
    let mut text = format!(
        "a string{}",
        count(schema, "minLength", "maxLength", "character")
    );
    if let Some(pattern) = schema.get("pattern").and_then(Json::as_str) {
        text.push_str(&format!(
            " that matches the pattern `{}`",
            crop(pattern, 120)
        ));
    }
    if let Some(format) = schema.get("format").and_then(Json::as_str) {
        text.push_str(&format!(" ({format})"));
    }
    text
}

/// ` of 1 to 10 characters`.
fn count(schema: &Json, least: &str, most: &str, unit: &str) -> String {
    let at = |key: &str| schema.get(key).and_then(Json::as_u64);
    let units = |number: u64| {
        if number == 1 {
            format!("{number} {unit}")
        } else {
            format!("{number} {unit}s")
        }
    };
    match (at(least).filter(|least| *least > 0), at(most)) {
        (None, None) => String::new(),
        (Some(least), None) => format!(" of at least {}", units(least)),
        (None, Some(most)) => format!(" of at most {}", units(most)),
        (Some(least), Some(most)) if least == most => format!(" of {}", units(most)),
        (Some(least), Some(most)) => format!(" of {least} to {}", units(most)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_in_words() {
        for (schema, expected) in [
            (
                json!({"type": "integer", "minimum": 1, "maximum": 100}),
                "an integer from 1 to 100",
            ),
            (
                json!({"type": "integer", "minimum": 1}),
                "an integer of at least 1",
            ),
            (
                json!({"type": "number", "exclusiveMinimum": 0, "maximum": 1}),
                "a number of more than 0 and at most 1",
            ),
            (
                json!({"type": "number", "multipleOf": 5}),
                "a number that is a multiple of 5",
            ),
            (json!({"type": "boolean"}), "true or false"),
            (json!({"enum": ["a", "b"]}), r#"one of "a", "b""#),
            (json!({"type": "string", "enum": ["a"]}), r#""a""#),
            (json!({"const": 5}), "5"),
            (
                json!({"type": "string", "minLength": 1}),
                "a string of at least 1 character",
            ),
            (
                json!({"type": "string", "minLength": 2, "maxLength": 9}),
                "a string of 2 to 9 characters",
            ),
            (
                json!({"type": "string", "pattern": "^a$"}),
                "a string that matches the pattern `^a$`",
            ),
            (
                json!({"type": "string", "format": "date"}),
                "a string (date)",
            ),
            (
                json!({"type": "array", "items": {"type": "string"}, "minItems": 1}),
                "a list of at least 1 item, each a string",
            ),
            (json!({"type": "array", "items": {}}), "a list"),
            (
                json!({"type": "object", "required": ["a", "b"]}),
                "an object with `a`, `b`",
            ),
            (
                json!({"type": "object", "properties": {"a": {}, "b": {}}}),
                "an object that may have `a`, `b`",
            ),
            (
                json!({"type": ["array", "null"], "items": {"type": "string"}}),
                "null or a list, each a string",
            ),
            (
                json!({"anyOf": [{"type": "string"}, {"type": "null"}]}),
                "a string or null",
            ),
            (
                json!({"type": ["integer", "null"], "minimum": 0}),
                "an integer of at least 0 or null",
            ),
            (json!({"$ref": "#/$defs/x"}), "true or false"),
            (json!({"$ref": "#/$defs/loop"}), "a value"),
            (json!({}), "a value"),
            (json!(true), "a value"),
        ] {
            let root =
                json!({"$defs": {"x": {"type": "boolean"}, "loop": {"$ref": "#/$defs/loop"}}});
            assert_eq!(describe(&schema, &root), expected, "{schema}");
        }
    }
}
