//! Schemas that are written in one piece, and changes to those that are.

use serde_json::{Map, Value, json};

use super::tidy;
use crate::normalise::Schema;

/// A reference to the definition `name`.
pub(super) fn definition(name: &str) -> Map<String, Value> {
    let name = crate::diagnostics::escape_segment(name);
    object(json!({ "$ref": format!("#/$defs/{name}") }))
}

/// A schema that stops here, with a note that says why.
pub(super) fn cut(schema: &Schema<'_>, note: &str) -> Map<String, Value> {
    let mut out = Map::new();
    if let Some(ty) = schema.get("type") {
        out.insert("type".to_owned(), ty.clone());
    }
    if schema.types().contains(&"array") {
        out.insert("items".to_owned(), json!({}));
    }
    let description = match schema.text("description") {
        Some(text) => format!("{} ({note})", tidy(text)),
        None => format!("({note})"),
    };
    out.insert("description".to_owned(), json!(description));
    out
}

pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Takes `null` out of what a schema allows: for an argument that is simply left out instead.
pub(in crate::model) fn without_null(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    for keyword in ["anyOf", "oneOf"] {
        if let Some(Value::Array(branches)) = schema.get_mut(keyword) {
            branches.retain(|branch| branch.get("type") != Some(&json!("null")));
        }
    }
    if schema.get("default") == Some(&Value::Null) {
        schema.shift_remove("default");
    }
}

/// Lets a schema take `null` too: what a backend may leave out of an answer, many write so.
pub(super) fn with_null(schema: &mut Value) {
    let Value::Object(schema) = schema else {
        return;
    };
    if schema.contains_key("const") {
        return;
    }
    match schema.get_mut("type") {
        Some(Value::String(name)) if name != "null" => {
            let name = name.clone();
            schema.insert("type".to_owned(), json!([name, "null"]));
        }
        Some(Value::Array(names)) if !names.contains(&json!("null")) => names.push(json!("null")),
        Some(_) => {}
        None => {
            if let Some(Value::Array(branches)) = schema.get_mut("anyOf") {
                let null = json!({ "type": "null" });
                if !branches.contains(&null) {
                    branches.push(null);
                }
            }
        }
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
}
