//! `discriminator` (OpenAPI 3.1, section 4.8.25): each kind of an object says which it is.
//!
//! A schema that only names its discriminator stands for the schemas that build on it. Every kind gets
//! the values of the discriminating property that mean it.

use serde_json::{Map, Value, json};

use super::super::resolve::{internal, resolve};
use super::{Rule, Schema, Schemas};
use crate::diagnostics::At;

pub(super) static RULE: Rule = Rule {
    name: "discriminator",
    // A part of another schema is the one that the kinds share.
    for_parts: false,
    apply,
};

fn apply(schema: &mut Schema<'_>, schemas: &Schemas<'_>) {
    let Some(discriminator) = schema.get("discriminator") else {
        return;
    };
    let Some(property) = discriminator
        .get("propertyName")
        .and_then(Value::as_str)
        .map(str::to_owned)
    else {
        return;
    };
    let mapping = mapped(discriminator, schema, schemas);
    let keyword = ["oneOf", "anyOf"]
        .into_iter()
        .find(|keyword| schema.get(keyword).is_some());
    let kinds: Vec<(At, Vec<String>)> = match keyword {
        Some(keyword) => {
            let values = |at: &At| {
                let target = target(schemas, at);
                let is_it = |(_, place): &&(String, At)| target.as_ref() == Some(place);
                mapping
                    .iter()
                    .filter(is_it)
                    .map(|(value, _)| value.clone())
                    .collect()
            };
            let branches = schema.branches(keyword);
            branches
                .into_iter()
                .map(|at| (at.clone(), values(&at)))
                .collect()
        }
        None => kinds(mapping, schema, schemas),
    };
    if kinds.len() < 2 && keyword.is_none() {
        return;
    }
    let branches: Vec<Value> = kinds
        .iter()
        .map(|(at, values)| told(at, &property, values, schemas))
        .collect();
    let keywords = schema.keywords.to_mut();
    keywords.remove("discriminator");
    match keyword {
        Some(keyword) => {
            keywords.insert(keyword.to_owned(), Value::Array(branches));
        }
        None => {
            let about: Map<String, Value> = std::mem::take(keywords)
                .into_iter()
                .filter(|(key, _)| super::super::schemas::is_annotation(key))
                .collect();
            *keywords = about;
            keywords.insert("oneOf".to_owned(), Value::Array(branches));
        }
    }
}

/// The values of the mapping and the places they lead to.
fn mapped(discriminator: &Value, schema: &Schema<'_>, schemas: &Schemas<'_>) -> Vec<(String, At)> {
    let mapping = discriminator.get("mapping").and_then(Value::as_object);
    let place = |target: &str| {
        let bare = format!("#/components/schemas/{target}");
        let spellings: &[&str] = match target.contains(['/', '#']) {
            true => &[target],
            false => &[bare.as_str(), target],
        };
        let found = spellings
            .iter()
            .find_map(|target| resolve(schemas.sources(), target, &schema.at).ok())?;
        target_of(schemas, found)
    };
    mapping
        .into_iter()
        .flatten()
        .filter_map(|(value, target)| Some((value.clone(), place(target.as_str()?)?)))
        .collect()
}

/// The schemas that build on this one, each with the values that mean it.
fn kinds(
    mapping: Vec<(String, At)>,
    schema: &Schema<'_>,
    schemas: &Schemas<'_>,
) -> Vec<(At, Vec<String>)> {
    let mut kinds: Vec<(At, Vec<String>)> = Vec::new();
    for (value, at) in mapping {
        match kinds.iter_mut().find(|(known, _)| *known == at) {
            Some((_, values)) => values.push(value),
            None => kinds.push((at, vec![value])),
        }
    }
    if kinds.is_empty() {
        let Some((folder, _)) = schema.at.pointer.rsplit_once('/') else {
            return kinds;
        };
        let folder = At::value(schema.at.file, folder);
        let components = schemas.sources().value(&folder).and_then(Value::as_object);
        for (name, value) in components.into_iter().flatten() {
            let parts = value.get("allOf").and_then(Value::as_array);
            let builds_on = parts.into_iter().flatten().any(|part| {
                let target = part.get("$ref").and_then(Value::as_str);
                let place =
                    target.and_then(|target| resolve(schemas.sources(), target, &folder).ok());
                place.as_ref() == Some(&schema.at)
            });
            if builds_on {
                kinds.push((folder.child(name), vec![name.clone()]));
            }
        }
    }
    // What it says of itself is one of the kinds too, as the part that the others share.
    for (at, _) in &mut kinds {
        if *at == schema.at {
            let shared = json!({ "allOf": [{ "$ref": internal(&schema.at) }] });
            *at = schemas.sources().files.make(shared, &schema.at);
        }
    }
    kinds
}

/// Where the schema at `at` stands, references followed.
fn target(schemas: &Schemas<'_>, at: &At) -> Option<At> {
    target_of(schemas, at.clone())
}

fn target_of(schemas: &Schemas<'_>, mut at: At) -> Option<At> {
    for _ in 0..super::super::schemas::MAX_HOPS {
        let value = schemas.sources().value(&at)?;
        match value.get("$ref").and_then(Value::as_str) {
            Some(target) => at = resolve(schemas.sources(), target, &at).ok()?,
            None => return Some(at),
        }
    }
    None
}

/// The kind at `at` with the values of the property that mean it, unless it says them itself.
fn told(at: &At, property: &str, values: &[String], schemas: &Schemas<'_>) -> Value {
    let kind = json!({ "$ref": internal(at) });
    let says = || {
        let kind = schemas.part(at).ok()?;
        kind.get("properties")?.get(property)?;
        let known = schemas.part(&kind.child(&["properties", property])).ok()?;
        (known.get("enum").is_some_and(|known| {
            known
                .as_array()
                .is_some_and(|known| known.len() <= values.len())
        }) || known.get("const").is_some())
        .then_some(())
    };
    if values.is_empty() || says().is_some() {
        return kind;
    }
    let value = schemas.make(json!({ "type": "string", "enum": values }), at);
    let told =
        json!({ "type": "object", "properties": { property: value }, "required": [property] });
    let told = schemas.make(told, at);
    schemas.make(json!({ "allOf": [kind, told] }), at)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::apply;
    use super::RULE;

    #[test]
    fn a_base_stands_for_its_kinds() {
        let schemas = json!({
            "S": {"type": "object", "properties": {"kind": {"type": "string"}}, "discriminator": {"propertyName": "kind"}, "description": "d"},
            "A": {"allOf": [{"$ref": "#/components/schemas/S"}, {"properties": {"a": {}}}]},
            "B": {"allOf": [{"$ref": "#/components/schemas/S"}]},
            "C": {"type": "object"},
        });
        let found = apply(&RULE, schemas);
        assert_eq!(found["oneOf"].as_array().map(Vec::len), Some(2));
        assert_eq!(found["description"], "d");
        assert!(found.get("properties").is_none());
    }

    #[test]
    fn without_kinds_it_is_an_object_like_any_other() {
        let schema = json!({"type": "object", "discriminator": {"propertyName": "kind"}});
        assert_eq!(apply(&RULE, json!({ "S": schema })), schema);
    }

    #[test]
    fn branches_that_say_what_they_are_stay() {
        let schemas = json!({
            "S": {"oneOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}],
                "discriminator": {"propertyName": "kind", "mapping": {"a": "#/components/schemas/A", "b": "B"}}},
            "A": {"type": "object", "properties": {"kind": {"const": "a"}}},
            "B": {"type": "object", "properties": {"kind": {"type": "string"}}},
        });
        let found = apply(&RULE, schemas);
        let place = |index: usize| {
            found["oneOf"][index]["$ref"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        assert_eq!(place(0), "toolwright:0:/components/schemas/S/oneOf/0");
        assert!(place(1).starts_with("toolwright:4294967295:"));
    }
}
