//! Schemas of one simple type, and changes to them.

use serde_json::{Map, Value, json};

pub(super) fn set(schema: &mut Map<String, Value>, key: &str, value: Value) {
    schema.insert(key.to_owned(), value);
}

pub(super) fn is_bare_text(schema: &Map<String, Value>) -> bool {
    let narrower = [
        "enum",
        "pattern",
        "format",
        "maxLength",
        "default",
        "example",
        "examples",
    ];
    schema.get("type") == Some(&json!("string"))
        && narrower.iter().all(|key| !schema.contains_key(*key))
}

pub(super) fn is_integer(schema: &Map<String, Value>) -> bool {
    schema.get("type") == Some(&json!("integer"))
        && ["enum", "default", "example", "examples", "multipleOf"]
            .iter()
            .all(|key| !schema.contains_key(*key))
}

pub(super) fn has_maximum(schema: &Map<String, Value>) -> bool {
    let other = ["exclusiveMaximum", "enum"];
    // A number of 32 bits has a maximum beside the one that is written.
    schema.get("maximum").is_some_and(Value::is_number)
        && other.iter().all(|key| !schema.contains_key(*key))
        && schema.get("format") != Some(&json!("int32"))
}

pub(super) fn has_values(schema: &Map<String, Value>) -> bool {
    let values = schema.get("enum").and_then(Value::as_array);
    let texts =
        values.is_some_and(|values| values.len() > 1 && values.iter().all(Value::is_string));
    let unique = values.is_some_and(|values| {
        (1..values.len()).all(|index| !values[..index].contains(&values[index]))
    });
    texts
        && unique
        && schema.get("type") == Some(&json!("string"))
        && !schema.contains_key("default")
        && ["pattern", "maxLength", "format"]
            .iter()
            .all(|key| !schema.contains_key(*key))
}

pub(super) fn has_default(schema: &Map<String, Value>) -> bool {
    let Some(default) = schema.get("default") else {
        return false;
    };
    let fits = match schema["type"].as_str() {
        Some("boolean") => default.is_boolean(),
        Some("integer") => default.is_i64(),
        Some("string") => {
            default.is_string()
                && ["enum", "pattern", "format", "minLength", "maxLength"]
                    .iter()
                    .all(|key| !schema.contains_key(*key))
        }
        _ => false,
    };
    let bounds = [
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "enum",
        "multipleOf",
    ];
    fits && bounds.iter().all(|key| !schema.contains_key(*key))
}

pub(super) fn widen_integer(schema: &mut Map<String, Value>) {
    schema.remove("format");
    set(schema, "type", json!("number"));
}

pub(super) fn drop_value(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.pop();
    }
    schema.remove("example");
    schema.remove("examples");
}

pub(super) fn add_value(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.push(json!("quite_new"));
    }
}

pub(super) fn reverse_values(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.reverse();
    }
}

pub(super) fn other_default(schema: &mut Map<String, Value>) {
    let other = match &schema["default"] {
        Value::Bool(is) => json!(!is),
        Value::Number(number) => json!(number.as_i64().unwrap_or_default() + 1),
        Value::String(text) => json!(format!("{text}x")),
        other => other.clone(),
    };
    set(schema, "default", other);
}

pub(super) fn lower_maximum(schema: &mut Map<String, Value>) {
    let least = schema
        .get("minimum")
        .and_then(Value::as_i64)
        .unwrap_or_default();
    let most = schema
        .get("maximum")
        .and_then(Value::as_i64)
        .unwrap_or(least + 1001);
    schema.remove("exclusiveMaximum");
    set(schema, "maximum", json!(most - 1));
}
