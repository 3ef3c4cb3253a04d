//! Whole numbers that are written with a fraction of zero: JSON Schema takes `5.0` for an integer, the types
//! behind do not.

use serde_json::{Number, Value};

use super::problems::Problem;
use super::resolved;

/// Makes every such number, where the schema wants a whole one, a whole one; those that are too large for
/// any type are refused.
pub(super) fn settle(
    document: &Value,
    schema: &Value,
    at: &mut Vec<Value>,
    value: &mut Value,
    problems: &mut Vec<Problem>,
) {
    let schema = resolved(document, schema);
    for keyword in ["anyOf", "oneOf", "allOf"] {
        for schema in schema[keyword].as_array().into_iter().flatten() {
            settle(document, schema, at, value, problems);
        }
    }
    match value {
        Value::Number(number) if wants_whole(schema) && is_whole(number) => match whole(number) {
            Some(whole) => *number = whole,
            None => problems.push(Problem {
                loc: at.clone(),
                msg: "Input should be a valid integer, it is too large".to_owned(),
                kind: "int_parsing_size".to_owned(),
            }),
        },
        Value::Object(fields) => {
            for (name, value) in fields {
                let own = schema["properties"].get(name);
                at.push(name.as_str().into());
                let schema = own.unwrap_or(&schema["additionalProperties"]);
                settle(document, schema, at, value, problems);
                at.pop();
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter_mut().enumerate() {
                at.push(index.into());
                settle(document, &schema["items"], at, value, problems);
                at.pop();
            }
        }
        _ => {}
    }
}

fn wants_whole(schema: &Value) -> bool {
    match &schema["type"] {
        Value::Array(types) => types.iter().any(|it| it == "integer"),
        one => one == "integer",
    }
}

/// Whether it is whole; a fraction is refused for what it is.
fn is_whole(number: &Number) -> bool {
    number.as_f64().is_some_and(|it| it.fract() == 0.0)
}

/// The same number as an `i64`, if it is one.
fn whole(number: &Number) -> Option<Number> {
    if number.is_i64() {
        return Some(number.clone());
    }
    let number = number.as_f64()?;
    let limit = -(i64::MIN as f64);
    (-limit..limit)
        .contains(&number)
        .then(|| Number::from(number as i64))
}
