//! Type names that JSON Schema does not have are those that are meant; no type at all is the one that
//! the other keywords are for.

use serde_json::{Value, json};

use super::{Rule, Schema, Schemas};
use crate::diagnostics::{Diagnostic, codes};

pub(super) static RULE: Rule = Rule {
    name: "types",
    for_parts: true,
    apply,
};

/// Any type: what several frameworks write for it.
const ANY: [&str; 6] = ["any", "mixed", "unknown", "object|array", "undefined", ""];

fn apply(schema: &mut Schema<'_>, schemas: &Schemas<'_>) {
    match schema.get("type").cloned() {
        None => implied(schema),
        Some(Value::String(name)) if known(&name) => {}
        Some(Value::Array(names))
            if !names.is_empty() && names.iter().all(|name| name.as_str().is_some_and(known)) =>
        {
            single(schema, names);
        }
        Some(Value::Array(names)) => {
            let names: Vec<Value> = names
                .iter()
                .filter_map(|name| Some(json!(meant(name.as_str().unwrap_or("null"))?.0)))
                .collect();
            single(schema, names);
        }
        Some(Value::String(name)) => match meant(&name) {
            Some((name, format)) => {
                let keywords = schema.keywords.to_mut();
                keywords.insert("type".to_owned(), json!(name));
                if let Some(format) = format {
                    keywords.entry("format").or_insert(json!(format));
                }
            }
            None => {
                if !ANY.contains(&name.as_str()) {
                    let message =
                        format!("`{name}` is not a type of JSON Schema; anything is taken");
                    schemas.fault(Diagnostic::warning(
                        codes::BAD_OPERATION,
                        schema.at.child("type"),
                        message,
                    ));
                }
                schema.keywords.to_mut().remove("type");
                implied(schema);
            }
        },
        Some(_) => {
            schema.keywords.to_mut().remove("type");
            implied(schema);
        }
    }
}

fn known(name: &str) -> bool {
    [
        "string", "number", "integer", "boolean", "array", "object", "null",
    ]
    .contains(&name)
}

/// The type that a name outside JSON Schema means, and its format.
fn meant(name: &str) -> Option<(&'static str, Option<&'static str>)> {
    Some(match name.to_lowercase().as_str() {
        "string" | "str" | "text" | "char" | "varchar" | "enum" => ("string", None),
        "file" | "binary" => ("string", Some("binary")),
        "date" => ("string", Some("date")),
        "date-time" | "datetime" | "timestamp" => ("string", Some("date-time")),
        "uuid" => ("string", Some("uuid")),
        "uri" | "url" => ("string", Some("uri")),
        "int" | "integer" | "long" | "int32" | "int64" | "short" | "bigint" => ("integer", None),
        "float" | "double" | "number" | "decimal" | "numeric" => ("number", None),
        "bool" | "boolean" => ("boolean", None),
        "array" | "list" => ("array", None),
        "object" | "map" | "dict" | "hash" | "json" => ("object", None),
        "null" | "none" | "nil" => ("null", None),
        _ => return None,
    })
}

fn single(schema: &mut Schema<'_>, mut names: Vec<Value>) {
    let mut seen = Vec::new();
    names.retain(|name| {
        !seen.contains(name) && {
            seen.push(name.clone());
            true
        }
    });
    let ty = match names.len() {
        0 => None,
        1 => names.pop(),
        _ => Some(Value::Array(names)),
    };
    if schema.get("type") == ty.as_ref() {
        return;
    }
    match ty {
        Some(ty) => schema.keywords.to_mut().insert("type".to_owned(), ty),
        None => schema.keywords.to_mut().remove("type"),
    };
}

/// Members without a type are those of an object, items those of an array.
fn implied(schema: &mut Schema<'_>) {
    let has = |keywords: &[&str]| keywords.iter().any(|keyword| schema.get(keyword).is_some());
    let composed = has(&["allOf", "anyOf", "oneOf", "enum", "const", "not", "if"]);
    let ty = if has(&["properties", "additionalProperties", "patternProperties"]) {
        "object"
    } else if has(&["items", "prefixItems"]) {
        "array"
    } else if composed {
        return;
    } else if has(&["pattern", "minLength", "maxLength"]) {
        "string"
    } else {
        return;
    };
    if composed && (ty != "object" || schema.get("properties").is_none()) {
        return;
    }
    let keywords = schema.keywords.to_mut();
    keywords.shift_insert(0, "type".to_owned(), json!(ty));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::apply;
    use super::RULE;

    #[test]
    fn names_are_those_that_are_meant() {
        for (schema, expected) in [
            (json!({"type": "float"}), json!({"type": "number"})),
            (
                json!({"type": "file"}),
                json!({"type": "string", "format": "binary"}),
            ),
            (json!({"type": ["string"]}), json!({"type": "string"})),
            (
                json!({"type": ["string", "string", "none"]}),
                json!({"type": ["string", "null"]}),
            ),
            (json!({"type": "any"}), json!({})),
            (json!({"type": 5}), json!({})),
            (
                json!({"properties": {}}),
                json!({"type": "object", "properties": {}}),
            ),
            (json!({"items": {}}), json!({"type": "array", "items": {}})),
            (
                json!({"pattern": "a"}),
                json!({"type": "string", "pattern": "a"}),
            ),
            (json!({"enum": [1]}), json!({"enum": [1]})),
            (json!({"minimum": 1}), json!({"minimum": 1})),
        ] {
            assert_eq!(apply(&RULE, json!({ "S": schema })), expected);
        }
    }
}
