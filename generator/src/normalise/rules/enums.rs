//! Values that the type beside them refuses: the values count, as far as they can be read as that type.

use serde_json::{Value, json};

use super::super::resolve::internal;
use super::{Rule, Schema, Schemas};
use crate::diagnostics::{Diagnostic, codes};

pub(super) static RULE: Rule = Rule {
    name: "enums",
    for_parts: true,
    apply,
};

fn apply(schema: &mut Schema<'_>, schemas: &Schemas<'_>) {
    let Some(Value::Array(values)) = schema.get("enum") else {
        return;
    };
    // A number past 64 bits was read as the nearest one that a computer counts with.
    let is_past = |value: &Value| {
        value.is_f64()
            && value
                .as_f64()
                .is_some_and(|number| number.fract() == 0.0 && number.abs() >= 9e18)
    };
    if let Some(index) = values.iter().position(is_past) {
        let message = "a number past 64 bits is not kept exactly";
        let at = schema.at.child("enum").child(&index.to_string());
        schemas.fault(Diagnostic::warning(codes::BAD_OPERATION, at, message));
    }
    let types: Vec<String> = schema.types().into_iter().map(str::to_owned).collect();
    if types.is_empty() || values.iter().all(|value| fits(value, &types)) {
        return;
    }
    let values = values.clone();
    // The values of a list's items, written one level too high.
    if types.iter().any(|name| name == "array") && !values.iter().any(Value::is_array) {
        let items = schema
            .get("items")
            .is_some()
            .then(|| schema.child(&["items"]));
        let at = schema.at.clone();
        let keywords = schema.keywords.to_mut();
        keywords.remove("enum");
        let mut item = json!({ "enum": values });
        if let Some(items) = items {
            item["$ref"] = json!(internal(&items));
        }
        keywords.insert("items".to_owned(), schemas.make(item, &at));
        return;
    }
    let read: Vec<Value> = values
        .iter()
        .map(|value| match value {
            value if fits(value, &types) => value.clone(),
            value => as_type(value, &types).unwrap_or_else(|| value.clone()),
        })
        .collect();
    let fit = read.iter().all(|value| fits(value, &types));
    let keywords = schema.keywords.to_mut();
    keywords.insert("enum".to_owned(), json!(read));
    if !fit {
        keywords.remove("type");
    }
}

fn fits(value: &Value, types: &[String]) -> bool {
    types.iter().any(|name| match name.as_str() {
        "string" => value.is_string(),
        "integer" => {
            value.is_i64()
                || value.is_u64()
                || value.as_f64().is_some_and(|number| number.fract() == 0.0)
        }
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => value.is_null(),
    })
}

fn as_type(value: &Value, types: &[String]) -> Option<Value> {
    types.iter().find_map(|name| match (name.as_str(), value) {
        ("string", Value::Number(_) | Value::Bool(_)) => Some(json!(value.to_string())),
        ("integer", Value::String(text)) => Some(json!(text.trim().parse::<i64>().ok()?)),
        ("number", Value::String(text)) => Some(json!(text.trim().parse::<f64>().ok()?)),
        ("boolean", Value::String(text)) => {
            Some(json!(text.trim().to_lowercase().parse::<bool>().ok()?))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::apply;
    use super::RULE;

    #[test]
    fn values_count_before_the_type() {
        for (schema, expected) in [
            (
                json!({"type": "string", "enum": ["a", ""]}),
                json!({"type": "string", "enum": ["a", ""]}),
            ),
            (
                json!({"type": "number", "enum": ["1.5"]}),
                json!({"type": "number", "enum": [1.5]}),
            ),
            (
                json!({"type": "string", "enum": [1, true]}),
                json!({"type": "string", "enum": ["1", "true"]}),
            ),
            (
                json!({"type": "integer", "enum": ["auto", 1]}),
                json!({"enum": ["auto", 1]}),
            ),
            (
                json!({"type": "array", "items": {"type": "string"}, "enum": ["a"]}),
                json!({"type": "array", "items": {"$ref": "toolwright:4294967295:/0"}}),
            ),
        ] {
            assert_eq!(apply(&RULE, json!({ "S": schema })), expected);
        }
    }
}
