//! A name that a tool or an object of its arguments does not know.

use super::nearest::{nearest, same};
use super::schema::non_null;
use super::sentence::member_of;
use crate::Json;
use crate::results::crop;

/// How many known names are listed.
const MOST_NAMES: usize = 30;

/// The sentence about an unknown `name` at the place `at`, with the name that
/// was probably meant or all there are.
pub(super) fn unknown(at: &str, name: &str, schema: &Json, root: &Json) -> String {
    let shown = crop(&member_of(at, name), 80);
    let what = if at.is_empty() {
        "an argument of this tool".to_owned()
    } else {
        format!("a member of `{at}`")
    };
    let known: Vec<&str> = members(schema, root).collect();
    if let Some(near) = meant(at, name, &known, schema, root) {
        return format!("`{shown}` is not {what}: did you mean {near}?");
    }
    if known.is_empty() {
        return format!("`{shown}` is not {what}: there are none, leave it out.");
    }
    let names: Vec<String> = known
        .iter()
        .take(MOST_NAMES)
        .map(|name| format!("`{name}`"))
        .collect();
    format!("`{shown}` is not {what}: there are {}.", names.join(", "))
}

/// The known name, or the member of a known object, that was meant.
fn meant(at: &str, name: &str, known: &[&str], schema: &Json, root: &Json) -> Option<String> {
    let quoted = |name: &str| format!("`{}`", member_of(at, name));
    let exact = known.iter().find(|other| same(name, other));
    if let Some(exact) = exact {
        return Some(quoted(exact));
    }
    for &outer in known {
        let object = &schema["properties"][outer];
        for inner in members(object, root) {
            if same(name, inner) || same(name, &member_of(outer, inner)) {
                return Some(format!("the member `{inner}` of {}", quoted(outer)));
            }
        }
    }
    nearest(name, known.iter().copied()).map(quoted)
}

fn members<'s>(schema: &'s Json, root: &'s Json) -> impl Iterator<Item = &'s str> {
    let properties = non_null(schema, root).get("properties");
    let properties = properties.and_then(Json::as_object);
    let names = properties.into_iter().flat_map(|all| all.keys());
    names.map(String::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_one_level_down_are_known_too() {
        let schema = json!({"properties": {
            "limit": {"type": "integer"},
            "config": {"anyOf": [{"properties": {"epochs": {}, "limits": {}}}, {"type": "null"}]},
        }});
        for (name, expected) in [
            ("Limit", "did you mean `limit`?"),
            ("limits", "did you mean the member `limits` of `config`?"),
            ("epochs", "did you mean the member `epochs` of `config`?"),
            (
                "config.epochs",
                "did you mean the member `epochs` of `config`?",
            ),
            ("configs", "did you mean `config`?"),
            ("zzz", "there are `limit`, `config`."),
        ] {
            assert_eq!(
                unknown("", name, &schema, &schema),
                format!("`{name}` is not an argument of this tool: {expected}")
            );
        }
        let empty = json!({"properties": {}});
        assert_eq!(
            unknown("body", "x", &empty, &empty),
            "`body.x` is not a member of `body`: there are none, leave it out."
        );
    }
}
