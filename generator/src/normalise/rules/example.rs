//! `example` (OpenAPI) is one of the `examples` of 2020-12.

use serde_json::{Value, json};

use super::{Rule, Schema, Schemas};

pub(super) static RULE: Rule = Rule {
    name: "example",
    for_parts: true,
    apply,
};

fn apply(schema: &mut Schema<'_>, _: &Schemas<'_>) {
    if schema.get("example").is_none() {
        return;
    }
    let keywords = schema.keywords.to_mut();
    if let Some(example) = keywords.remove("example")
        && !matches!(keywords.get("examples"), Some(Value::Array(_)))
    {
        keywords.insert("examples".to_owned(), json!([example]));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::apply;
    use super::RULE;

    #[test]
    fn an_example_becomes_a_list() {
        assert_eq!(
            apply(&RULE, json!({"S": {"example": 1}})),
            json!({"examples": [1]})
        );
        assert_eq!(
            apply(&RULE, json!({"S": {"example": 1, "examples": [2]}})),
            json!({"examples": [2]})
        );
    }
}
