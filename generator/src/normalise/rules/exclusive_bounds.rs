//! Boolean `exclusiveMinimum` and `exclusiveMaximum` (OpenAPI 3.0) are numbers in 2020-12.

use serde_json::Value;

use super::{Rule, Schema, Schemas};

pub(super) static RULE: Rule = Rule {
    name: "exclusive_bounds",
    for_parts: true,
    apply,
};

fn apply(schema: &mut Schema<'_>, _: &Schemas<'_>) {
    for (exclusive, bound) in [
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ] {
        let Some(Value::Bool(is_exclusive)) = schema.get(exclusive) else {
            continue;
        };
        let is_exclusive = *is_exclusive;
        let keywords = schema.keywords.to_mut();
        keywords.remove(exclusive);
        if is_exclusive && let Some(value) = keywords.remove(bound) {
            keywords.insert(exclusive.to_owned(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::apply;
    use super::RULE;

    #[test]
    fn booleans_become_numbers() {
        let schema = json!({"S": {"minimum": 0, "exclusiveMinimum": true, "maximum": 9, "exclusiveMaximum": false}});
        assert_eq!(
            apply(&RULE, schema),
            json!({"exclusiveMinimum": 0, "maximum": 9})
        );
    }
}
