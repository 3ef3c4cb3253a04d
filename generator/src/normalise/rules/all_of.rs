//! `allOf` is one schema that asks for everything its branches ask for.

use serde_json::{Map, Value, json};

use super::null_branch::rebased;
use super::{Rule, Schema, Schemas};
use crate::diagnostics::{At, Diagnostic, codes};

pub(super) static RULE: Rule = Rule {
    name: "all_of",
    for_parts: true,
    apply,
};

fn apply(schema: &mut Schema<'_>, schemas: &Schemas<'_>) {
    let places = schema.branches("allOf");
    if places.is_empty() {
        return;
    }
    let mut own = schema.clone();
    own.keywords.to_mut().remove("allOf");
    let own = rebased(&own);
    let only_speaks = own
        .keys()
        .all(|key| super::super::schemas::is_annotation(key));
    // Another name for a schema is that schema; anything else builds on what its parts share.
    let is_alias = only_speaks && places.len() == 1;
    let read = |at| match is_alias {
        true => schemas.as_in(schema, at),
        false => schemas.part(at),
    };
    let Ok(branches) = places.iter().map(read).collect::<Result<Vec<_>, _>>() else {
        return;
    };
    let mut merged = Map::new();
    let mut apart = Vec::new();
    for (branch, at) in branches.iter().zip(&places) {
        // A branch that is being read is this schema itself, or holds it.
        if branch.get("allOf").is_some() && *at == schema.at || !branch.satisfiable {
            if !branch.satisfiable {
                schema.satisfiable = false;
            }
            continue;
        }
        let mut part = rebased(branch);
        if !is_alias || schema.is_part {
            part.remove("discriminator");
        }
        match merge(&merged, &part, schemas, &schema.at) {
            Some(sum) => merged = sum,
            None => apart.push(schemas.make(Value::Object(part), at)),
        }
    }
    match merge(&merged, &own, schemas, &schema.at) {
        Some(sum) => merged = sum,
        None => apart.push(schemas.make(Value::Object(own), &schema.at)),
    }
    if let [only] = branches.as_slice()
        && is_alias
    {
        schema.name = only.name.clone().or(schema.name.take());
        schema.at = only.at.clone();
    }
    // What contradicts the rest stays beside it: nothing fits both.
    if !apart.is_empty() {
        let message = "these contradict each other: nothing fits all of them";
        let at = schema.at.child("allOf");
        schemas.fault(Diagnostic::warning(codes::BAD_OPERATION, at, message));
        let known = merged.remove("allOf");
        let mut all: Vec<Value> = known
            .and_then(|known| known.as_array().cloned())
            .unwrap_or_default();
        all.extend(apart);
        merged.insert("allOf".to_owned(), Value::Array(all));
    }
    *schema.keywords.to_mut() = merged;
}

/// What fits both, or `None` where they contradict each other.
fn merge(
    left: &Map<String, Value>,
    right: &Map<String, Value>,
    schemas: &Schemas<'_>,
    at: &At,
) -> Option<Map<String, Value>> {
    let mut sum = left.clone();
    for (key, value) in right {
        let Some(known) = left.get(key) else {
            sum.insert(key.clone(), value.clone());
            continue;
        };
        if known == value {
            continue;
        }
        let both = |left: &Value, right: &Value| {
            if left == right {
                return left.clone();
            }
            schemas.make(json!({ "allOf": [left, right] }), at)
        };
        let merged = match key.as_str() {
            "type" => types(known, value)?,
            "properties" | "patternProperties" => {
                let mut map = known.as_object()?.clone();
                for (name, property) in value.as_object()? {
                    let property = match map.get(name) {
                        Some(known) => both(known, property),
                        None => property.clone(),
                    };
                    map.insert(name.clone(), property);
                }
                Value::Object(map)
            }
            "required" => {
                let mut names = known.as_array()?.clone();
                for name in value.as_array()? {
                    if !names.contains(name) {
                        names.push(name.clone());
                    }
                }
                Value::Array(names)
            }
            "enum" => {
                let allowed = value.as_array()?;
                let values: Vec<&Value> = known
                    .as_array()?
                    .iter()
                    .filter(|value| allowed.contains(value))
                    .collect();
                if values.is_empty() {
                    return None;
                }
                json!(values)
            }
            "minimum" | "exclusiveMinimum" | "minLength" | "minItems" | "minProperties" => {
                extreme(known, value, true)
            }
            "maximum" | "exclusiveMaximum" | "maxLength" | "maxItems" | "maxProperties" => {
                extreme(known, value, false)
            }
            "additionalProperties" | "unevaluatedProperties" => match (known, value) {
                (Value::Bool(false), _) | (_, Value::Bool(false)) => json!(false),
                (Value::Bool(true), other) | (other, Value::Bool(true)) => other.clone(),
                (known, value) => both(known, value),
            },
            "items" | "propertyNames" | "contains" => match (known, value) {
                (Value::Bool(true), other) | (other, Value::Bool(true)) => other.clone(),
                (known, value) => both(known, value),
            },
            "uniqueItems" | "readOnly" | "writeOnly" | "deprecated" => {
                json!(known == &json!(true) || value == &json!(true))
            }
            "nullable" => json!(known == &json!(true) && value == &json!(true)),
            "not" => schemas.make(json!({ "anyOf": [known, value] }), at),
            // A second union or pattern cannot stand beside the first.
            "anyOf" | "oneOf" | "pattern" | "multipleOf" | "if" => {
                let mut list = match sum.get("allOf") {
                    Some(Value::Array(list)) => list.clone(),
                    _ => Vec::new(),
                };
                let mut more = Map::new();
                let keys: &[&str] = if key == "if" {
                    &["if", "then", "else"]
                } else {
                    &[key.as_str()]
                };
                for key in keys {
                    if let Some(value) = right.get(*key) {
                        more.insert((*key).to_owned(), value.clone());
                    }
                }
                list.push(schemas.make(Value::Object(more), at));
                sum.insert("allOf".to_owned(), Value::Array(list));
                continue;
            }
            "then" | "else" => continue,
            "const" => return None,
            // The later words are about the whole.
            _ => value.clone(),
        };
        sum.insert(key.clone(), merged);
    }
    Some(sum)
}

/// The types that both allow; an integer is a number.
fn types(left: &Value, right: &Value) -> Option<Value> {
    let names = |value: &Value| -> Vec<String> {
        match value {
            Value::Array(names) => names
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            Value::String(name) => vec![name.clone()],
            _ => Vec::new(),
        }
    };
    let (left, right) = (names(left), names(right));
    let mut both: Vec<String> = Vec::new();
    let has = |list: &[String], name: &str| list.iter().any(|known| known == name);
    for name in left.iter().chain(&right) {
        let is_in = |list: &[String]| has(list, name) || name == "integer" && has(list, "number");
        if is_in(&left) && is_in(&right) && !has(&both, name) {
            both.push(name.clone());
        }
    }
    match both.as_slice() {
        [] => None,
        [only] => Some(json!(only)),
        _ => Some(json!(both)),
    }
}

fn extreme(left: &Value, right: &Value, greatest: bool) -> Value {
    let (Some(a), Some(b)) = (left.as_f64(), right.as_f64()) else {
        return if left.is_number() {
            left.clone()
        } else {
            right.clone()
        };
    };
    if (a > b) == greatest {
        left.clone()
    } else {
        right.clone()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::apply;
    use super::RULE;

    #[test]
    fn objects_merge() {
        let merged = apply(
            &RULE,
            json!({
                "S": {"allOf": [{"$ref": "#/components/schemas/A"}, {"type": "object", "properties": {"b": {}}, "required": ["b"]}], "description": "both"},
                "A": {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
            }),
        );
        assert_eq!(merged["required"], json!(["a", "b"]));
        assert_eq!(merged["description"], "both");
        assert_eq!(
            merged["properties"]["a"]["$ref"],
            "toolwright:0:/components/schemas/A/properties/a"
        );
        assert!(merged.get("allOf").is_none());
    }

    #[test]
    fn what_both_ask_for_is_asked_for() {
        for (left, right, expected) in [
            (
                json!({"type": "number", "minimum": 1}),
                json!({"type": "integer", "minimum": 3}),
                json!({"type": "integer", "minimum": 3}),
            ),
            (
                json!({"enum": ["a", "b"]}),
                json!({"enum": ["b", "c"]}),
                json!({"enum": ["b"]}),
            ),
            (
                json!({"type": ["string", "null"]}),
                json!({"type": ["string", "integer"]}),
                json!({"type": "string"}),
            ),
            (
                json!({"additionalProperties": true}),
                json!({"additionalProperties": false}),
                json!({"type": "object", "additionalProperties": false}),
            ),
            (
                json!({"pattern": "a"}),
                json!({"pattern": "b"}),
                json!({"type": "string", "pattern": "a", "allOf": [{"$ref": "toolwright:4294967295:/0"}]}),
            ),
            (
                json!({"title": "A"}),
                json!({"title": "B"}),
                json!({"title": "B"}),
            ),
        ] {
            assert_eq!(
                apply(&RULE, json!({"S": {"allOf": [left, right]}})),
                expected
            );
        }
    }

    #[test]
    fn members_of_both_must_fit_both() {
        let merged = apply(
            &RULE,
            json!({"S": {"allOf": [
                {"type": "object", "properties": {"a": {"type": "string"}}},
                {"type": "object", "properties": {"a": {"maxLength": 3}}},
            ]}}),
        );
        let place = merged["properties"]["a"]["$ref"]
            .as_str()
            .expect("a made schema");
        assert!(place.starts_with("toolwright:4294967295:"), "{place}");
    }

    #[test]
    fn a_contradiction_stays() {
        let schema = json!({"allOf": [{"type": "string"}, {"type": "integer"}]});
        assert_eq!(
            apply(&RULE, json!({"S": schema})),
            json!({"type": "string", "allOf": [{"$ref": "toolwright:4294967295:/0"}]})
        );
    }
}
