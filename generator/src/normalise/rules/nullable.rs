//! `nullable: true` (OpenAPI 3.0) is the type `null` beside the others.

use serde_json::{Value, json};

use super::{Rule, Schema, Schemas};

pub(super) static RULE: Rule = Rule {
    name: "nullable",
    for_parts: true,
    apply,
};

fn apply(schema: &mut Schema<'_>, schemas: &Schemas<'_>) {
    if schema.get("nullable").is_none() {
        return;
    }
    let at = schema.at.clone();
    let keywords = schema.keywords.to_mut();
    if keywords.remove("nullable") != Some(Value::Bool(true)) {
        return;
    }
    match keywords.get_mut("type") {
        Some(Value::String(name)) if name != "null" => {
            let name = name.clone();
            keywords.insert("type".to_owned(), json!([name, "null"]));
        }
        Some(Value::Array(names)) if !names.contains(&json!("null")) => names.push(json!("null")),
        _ => {}
    }
    if let Some(Value::Array(values)) = keywords.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    if let Some(value) = keywords
        .get("const")
        .filter(|value| !value.is_null())
        .cloned()
    {
        keywords.remove("const");
        keywords.insert("enum".to_owned(), json!([value, null]));
    }
    for keyword in ["anyOf", "oneOf"] {
        if let Some(Value::Array(branches)) = keywords.get_mut(keyword)
            && !branches
                .iter()
                .any(|branch| branch.get("type") == Some(&json!("null")))
        {
            branches.push(schemas.make(json!({ "type": "null" }), &at));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::apply;
    use super::RULE;

    #[test]
    fn null_joins_the_type_and_the_values() {
        for (schema, expected) in [
            (
                json!({"type": "string", "nullable": true}),
                json!({"type": ["string", "null"]}),
            ),
            (
                json!({"type": "string", "enum": ["a"], "nullable": true}),
                json!({"type": ["string", "null"], "enum": ["a", null]}),
            ),
            (
                json!({"type": "string", "nullable": false}),
                json!({"type": "string"}),
            ),
            (
                json!({"const": 1, "nullable": true}),
                json!({"enum": [1, null]}),
            ),
            (
                json!({"oneOf": [{}, {}], "nullable": true}),
                json!({"oneOf": [{}, {}, {"$ref": "toolwright:4294967295:/0"}]}),
            ),
        ] {
            assert_eq!(apply(&RULE, json!({ "S": schema })), expected);
        }
    }
}
