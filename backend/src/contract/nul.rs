//! The one character that no text of a request may have: NUL (U+0000), which databases cannot hold.

use serde_json::Value;

use super::problems::Problem;

/// Tells every text below a place, names of properties included, that has the character.
pub(super) fn refuse(at: &[&str], value: &Value, problems: &mut Vec<Problem>) {
    let mut place = at.iter().copied().map(Value::from).collect();
    walk(&mut place, value, problems);
}

fn walk(place: &mut Vec<Value>, value: &Value, problems: &mut Vec<Problem>) {
    let mut step = |step: Value, value: &Value| {
        place.push(step);
        walk(place, value, problems);
        place.pop();
    };
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                step(index.into(), item);
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                step(name.as_str().into(), &name.as_str().into());
                step(name.as_str().into(), value);
            }
        }
        Value::String(text) if text.contains('\0') => problems.push(Problem {
            loc: place.clone(),
            msg: "Text must not contain the NUL character (U+0000)".to_owned(),
            kind: "value_error".to_owned(),
        }),
        _ => {}
    }
}
