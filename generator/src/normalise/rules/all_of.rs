//! `allOf` of object schemas is one object schema; of one schema, that schema.

use serde_json::{Map, Value};

use super::null_branch::rebased;
use super::{Rule, Schema, Schemas};

pub(super) static RULE: Rule = Rule {
    name: "all_of",
    apply,
};

fn apply(schema: &mut Schema<'_>, schemas: &Schemas<'_>) {
    let branches = schema.branches("allOf");
    if branches.is_empty() {
        return;
    }
    let Ok(branches) = branches
        .iter()
        .map(|at| schemas.get(at))
        .collect::<Result<Vec<_>, _>>()
    else {
        return;
    };
    let mut merged = Map::new();
    let own = {
        let mut own = schema.clone();
        own.keywords.to_mut().remove("allOf");
        rebased(&own)
    };
    for part in branches.iter().map(rebased).chain([own]) {
        let Some(sum) = merge(merged, part) else {
            return;
        };
        merged = sum;
    }
    if let [only] = branches.as_slice()
        && schema.name.is_none()
    {
        schema.name = only.name.clone();
    }
    *schema.keywords.to_mut() = merged;
}

/// Both at once, or `None` where they say different things that one object cannot say.
fn merge(mut left: Map<String, Value>, right: Map<String, Value>) -> Option<Map<String, Value>> {
    for (key, value) in right {
        match (key.as_str(), left.get_mut(&key)) {
            (_, None) => {
                left.insert(key, value);
            }
            ("properties", Some(Value::Object(known))) => {
                for (name, property) in value.as_object()? {
                    known.insert(name.clone(), property.clone());
                }
            }
            ("required", Some(Value::Array(known))) => {
                for name in value.as_array()? {
                    if !known.contains(name) {
                        known.push(name.clone());
                    }
                }
            }
            // The outer or later words describe the whole.
            (
                "description" | "title" | "examples" | "example" | "default" | "deprecated"
                | "nullable",
                Some(known),
            ) => *known = value,
            (extension, Some(_)) if extension.starts_with("x-") => {}
            ("discriminator" | "xml" | "externalDocs", Some(_)) => {}
            (_, Some(known)) if *known == value => {}
            _ => return None,
        }
    }
    Some(left)
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
    fn a_contradiction_stays() {
        let schema = json!({"allOf": [{"type": "string"}, {"type": "integer"}]});
        assert_eq!(apply(&RULE, json!({"S": schema})), schema);
    }
}
