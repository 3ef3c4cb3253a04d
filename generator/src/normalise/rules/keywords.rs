//! Keywords whose value is not of the kind that JSON Schema asks for: read as meant, or left out.

use serde_json::{Map, Value, json};

use super::super::resolve::internal;
use super::super::subschemas::{LISTS, MAPS};
use super::{Rule, Schema, Schemas};
use crate::diagnostics::{Diagnostic, codes};

pub(super) static RULE: Rule = Rule {
    name: "keywords",
    for_parts: true,
    apply,
};

/// Keywords with a number.
const NUMBERS: [&str; 5] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
];
/// Keywords with a count.
const COUNTS: [&str; 8] = [
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "minContains",
    "maxContains",
];
fn apply(schema: &mut Schema<'_>, schemas: &Schemas<'_>) {
    tuple(schema);
    let keywords = schema.keywords.as_ref();
    if keywords
        .iter()
        .all(|(key, value)| mended(key, value).is_none())
    {
        return;
    }
    let at = schema.at.clone();
    let keywords = schema.keywords.to_mut();
    let mut rewritten = Map::new();
    for (key, value) in std::mem::take(keywords) {
        match mended(&key, &value) {
            None => {
                rewritten.insert(key, value);
            }
            Some(Some((key, value))) => {
                rewritten.insert(key, value);
            }
            Some(None) => {
                if key == "enum" || MAPS.contains(&key.as_str()) || LISTS.contains(&key.as_str()) {
                    let message = format!("`{key}` is not as JSON Schema asks; it is left out");
                    schemas.fault(Diagnostic::warning(
                        codes::BAD_OPERATION,
                        at.child(&key),
                        message,
                    ));
                }
            }
        }
    }
    *keywords = rewritten;
}

/// A list of items, one for each place (draft 4), is `prefixItems`.
fn tuple(schema: &mut Schema<'_>) {
    let Some(Value::Array(items)) = schema.get("items") else {
        return;
    };
    let places: Vec<Value> = (0..items.len())
        .map(|index| json!({ "$ref": internal(&schema.child(&["items", &index.to_string()])) }))
        .collect();
    let keywords = schema.keywords.to_mut();
    keywords.remove("items");
    if let Some(rest) = keywords.remove("additionalItems") {
        keywords.insert("items".to_owned(), rest);
    }
    if !places.is_empty() {
        keywords.insert("prefixItems".to_owned(), Value::Array(places));
    }
}

/// What a keyword becomes, or that it goes; `None` if it is well.
fn mended(key: &str, value: &Value) -> Option<Option<(String, Value)>> {
    let same = |value: Value| Some(Some((key.to_owned(), value)));
    let gone = Some(None);
    match (key, value) {
        ("items", Value::Null) => gone,
        ("required", Value::Array(names)) if names.iter().all(Value::is_string) => None,
        ("required", Value::Array(names)) => same(json!(
            names
                .iter()
                .filter(|name| name.is_string())
                .collect::<Vec<_>>()
        )),
        ("required", _) => gone,
        ("enum", Value::Array(values)) if !values.is_empty() => None,
        ("enum", _) => gone,
        ("pattern" | "format" | "description", value) if !value.is_string() => gone,
        (key, Value::Null) if NUMBERS.contains(&key) || COUNTS.contains(&key) => gone,
        (key, Value::String(text)) if NUMBERS.contains(&key) => number(text).map_or(gone, same),
        (key, Value::String(text)) if COUNTS.contains(&key) => text
            .trim()
            .parse::<u64>()
            .ok()
            .map_or(gone, |count| same(json!(count))),
        (key, Value::Number(number)) if COUNTS.contains(&key) && number.as_u64().is_none() => {
            match number.as_f64() {
                Some(count) if count >= 0.0 && count.fract() == 0.0 && count < 9e15 =>
                {
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "whole and in range"
                    )]
                    same(json!(count as u64))
                }
                _ => gone,
            }
        }
        ("multipleOf", Value::Number(step)) if step.as_f64().is_none_or(|step| step <= 0.0) => gone,
        (
            "uniqueItems" | "readOnly" | "writeOnly" | "nullable" | "deprecated",
            Value::String(text),
        ) => same(json!(text == "true")),
        (key, value) if MAPS.contains(&key) && !value.is_object() => gone,
        (key, Value::Array(branches)) if LISTS.contains(&key) && branches.is_empty() => gone,
        (key, value) if LISTS.contains(&key) && !value.is_array() => gone,
        ("discriminator", Value::String(property)) => same(json!({ "propertyName": property })),
        ("x-nullable", value) => Some(Some(("nullable".to_owned(), value.clone()))),
        _ => None,
    }
}

/// A number in words such as `50` and `1E+1`.
fn number(text: &str) -> Option<Value> {
    let text = text.trim();
    match text.parse::<i64>() {
        Ok(whole) => Some(json!(whole)),
        Err(_) => serde_json::Number::from_f64(text.parse().ok()?).map(Value::Number),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::apply;
    use super::RULE;

    #[test]
    fn what_is_meant_is_kept_and_the_rest_goes() {
        for (schema, expected) in [
            (
                json!({"required": true, "type": "string"}),
                json!({"type": "string"}),
            ),
            (
                json!({"minimum": "1E+1", "maximum": "x"}),
                json!({"minimum": 10.0}),
            ),
            (
                json!({"minLength": 1.0, "maxLength": -1}),
                json!({"minLength": 1}),
            ),
            (
                json!({"items": [{}]}),
                json!({"prefixItems": [{"$ref": "toolwright:0:/components/schemas/S/items/0"}]}),
            ),
            (json!({"enum": [], "oneOf": []}), json!({})),
            (json!({"x-nullable": true}), json!({"nullable": true})),
            (
                json!({"discriminator": "kind"}),
                json!({"discriminator": {"propertyName": "kind"}}),
            ),
            (json!({"multipleOf": 0}), json!({})),
        ] {
            assert_eq!(apply(&RULE, json!({ "S": schema })), expected);
        }
    }
}
