//! `anyOf` or `oneOf` of one schema and the type `null` is that schema, nullable.

use serde_json::{Value, json};

use super::super::subschemas::{LISTS, MAPS, ONE};
use super::{Rule, Schema, Schemas};

pub(super) static RULE: Rule = Rule {
    name: "null_branch",
    for_parts: true,
    apply,
};

fn apply(schema: &mut Schema<'_>, schemas: &Schemas<'_>) {
    for keyword in ["anyOf", "oneOf"] {
        let branches = schema.branches(keyword);
        if branches.len() != 2 {
            continue;
        }
        let Ok(branches) = branches
            .iter()
            .map(|at| schemas.as_in(schema, at))
            .collect::<Result<Vec<_>, _>>()
        else {
            continue;
        };
        let is_null = |branch: &Schema<'_>| {
            branch.get("type") == Some(&json!("null")) || branch.get("const") == Some(&Value::Null)
        };
        let other = match (is_null(&branches[0]), is_null(&branches[1])) {
            (false, true) => &branches[0],
            (true, false) => &branches[1],
            _ => continue,
        };
        // A branch without a type allows null already, or says so in a way of its own.
        let Some(Value::String(name)) = other.get("type") else {
            continue;
        };
        let mut merged = rebased(other);
        merged.insert("type".to_owned(), json!([name, "null"]));
        if let Some(Value::Array(values)) = merged.get_mut("enum")
            && !values.contains(&Value::Null)
        {
            values.push(Value::Null);
        }
        let (at, name) = (other.at.clone(), other.name.clone());
        let keywords = schema.keywords.to_mut();
        keywords.remove(keyword);
        for (key, value) in keywords.iter() {
            merged.insert(key.clone(), value.clone());
        }
        *keywords = merged;
        schema.name = name.or(schema.name.take());
        schema.at = at;
        return;
    }
}

/// The keywords of `schema` with its subschemas replaced by their places.
pub(super) fn rebased(schema: &Schema<'_>) -> serde_json::Map<String, Value> {
    let mut keywords = schema.keywords.clone().into_owned();
    let at =
        |path: &[&str]| json!({ "$ref": super::super::resolve::internal(&schema.child(path)) });
    for keyword in MAPS {
        if let Some(Value::Object(map)) = keywords.get_mut(keyword) {
            let names: Vec<String> = map.keys().cloned().collect();
            for name in names {
                map.insert(name.clone(), at(&[keyword, &name]));
            }
        }
    }
    for keyword in ONE {
        if matches!(keywords.get(keyword), Some(Value::Object(_))) {
            keywords.insert(keyword.to_owned(), at(&[keyword]));
        }
    }
    for keyword in LISTS {
        if let Some(Value::Array(items)) = keywords.get_mut(keyword) {
            for (index, item) in items.iter_mut().enumerate() {
                *item = at(&[keyword, &index.to_string()]);
            }
        }
    }
    keywords
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::apply;
    use super::RULE;

    #[test]
    fn the_other_branch_becomes_nullable() {
        let schemas = json!({"S": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}], "description": "d"}});
        assert_eq!(
            apply(&RULE, schemas),
            json!({"type": ["string", "null"], "format": "date", "description": "d"})
        );
        let schemas = json!({"S": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/E"}]}, "E": {"type": "string", "enum": ["a"]}});
        assert_eq!(
            apply(&RULE, schemas),
            json!({"type": ["string", "null"], "enum": ["a", null]})
        );
    }

    #[test]
    fn a_union_stays() {
        let union = json!({"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]});
        assert_eq!(apply(&RULE, json!({"S": union})), union);
    }
}
