//! `anyOf` or `oneOf` with one branch asks for that branch, as `allOf` does.

use serde_json::{Value, json};

use super::super::resolve::internal;
use super::{Rule, Schema, Schemas};

pub(super) static RULE: Rule = Rule {
    name: "single_branch",
    for_parts: true,
    apply,
};

fn apply(schema: &mut Schema<'_>, _: &Schemas<'_>) {
    for keyword in ["anyOf", "oneOf"] {
        let branches = schema.branches(keyword);
        let [only] = branches.as_slice() else {
            continue;
        };
        let mut all: Vec<Value> = schema
            .branches("allOf")
            .iter()
            .map(|at| json!({ "$ref": internal(at) }))
            .collect();
        all.push(json!({ "$ref": internal(only) }));
        let keywords = schema.keywords.to_mut();
        keywords.remove(keyword);
        keywords.remove("discriminator");
        keywords.insert("allOf".to_owned(), Value::Array(all));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::apply;
    use super::RULE;

    #[test]
    fn one_of_one_is_all_of_it() {
        let schema = json!({"oneOf": [{"type": "string"}], "description": "d"});
        assert_eq!(
            apply(&RULE, json!({ "S": schema })),
            json!({"description": "d", "allOf": [{"$ref": "toolwright:0:/components/schemas/S/oneOf/0"}]})
        );
        let schema = json!({"oneOf": [{}, {}]});
        assert_eq!(apply(&RULE, json!({ "S": schema })), schema);
    }
}
