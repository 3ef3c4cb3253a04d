//! Accepts a string that holds the JSON of the expected object or array, as
//! some clients send it.

use super::schema::{Types, non_null};
use crate::Json;

/// Replaces such strings, at any depth that the schema describes.
pub(super) fn coerce(value: &mut Json, schema: &Json, root: &Json) {
    if let Json::String(text) = value {
        let allowed = Types::allowed(schema, root);
        if allowed.has(Types::STRING) || !text.trim_start().starts_with(['{', '[']) {
            return;
        }
        match serde_json::from_str::<Json>(text) {
            Ok(parsed) if allowed.has(Types::of(&parsed)) => *value = parsed,
            _ => return,
        }
    }
    let schema = non_null(schema, root);
    match value {
        Json::Object(members) => {
            let Some(Json::Object(properties)) = schema.get("properties") else {
                return;
            };
            for (name, value) in members {
                if let Some(schema) = properties.get(name) {
                    coerce(value, schema, root);
                }
            }
        }
        Json::Array(items) => {
            let Some(schema) = schema.get("items") else {
                return;
            };
            for item in items {
                coerce(item, schema, root);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_where_a_string_cannot_be_meant() {
        let array = json!({"type": "array", "items": {"type": "object"}});
        let nullable = json!({"anyOf": [{"$ref": "#/$defs/o"}, {"type": "null"}]});
        let defs =
            json!({"$defs": {"o": {"type": "object", "properties": {"l": {"type": "array"}}}}});
        for (schema, given, expected) in [
            (&array, json!("[1]"), json!([1])),
            (&array, json!(r#"["{\"a\":1}"]"#), json!([{"a": 1}])),
            (&array, json!("{}"), json!("{}")),
            (&array, json!("[1"), json!("[1")),
            (&array, json!("x"), json!("x")),
            (&nullable, json!(r#"{"l":"[]"}"#), json!({"l": []})),
            (
                &json!({"type": ["string", "array"]}),
                json!("[1]"),
                json!("[1]"),
            ),
            (&json!({}), json!("[1]"), json!("[1]")),
            (&json!({"type": "integer"}), json!("5"), json!("5")),
        ] {
            let mut value = given.clone();
            coerce(&mut value, schema, &defs);
            assert_eq!(value, expected, "{given} for {schema}");
        }
    }
}
