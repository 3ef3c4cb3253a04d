//! What to give instead of a value that is refused.

use jsonschema::Validator;

use super::nearest::nearest;
use super::schema::{Types, resolve};
use crate::Json;
use crate::results::crop;

/// How long a suggested value may be.
const LONGEST: usize = 80;

/// The way out, as the end of a sentence: `; the nearest valid value is 100`.
/// What is suggested has been checked; without a value near to the given one
/// it is an example, where the schema has one.
pub(super) fn hint(value: &Json, schema: &Json, root: &Json) -> Option<String> {
    let fitting = Fitting::new(schema, root)?;
    mended(value, schema, root, &fitting).or_else(|| {
        // The rule has named them all.
        let listed = schema.get("enum").is_some() || schema.get("const").is_some();
        let listed = listed || schema["type"] == "boolean";
        let example = fitting.example(schema).filter(|_| !listed)?;
        Some(format!("; for example {example}"))
    })
}

/// A value that fits, as the end of a sentence: `, for example "AAPL"`.
pub(super) fn example(schema: &Json, root: &Json) -> Option<String> {
    let schema = resolve(schema, root);
    let example = Fitting::new(schema, root)?.example(schema)?;
    Some(format!(", for example {example}"))
}

fn mended(value: &Json, schema: &Json, root: &Json, fitting: &Fitting) -> Option<String> {
    let near = |value: &Json| format!("; the nearest valid value is {}", short(value));
    let give = |value: &Json, how: &str| format!("; give {}{how}", short(value));
    let allowed = Types::allowed(schema, root);
    match value {
        Json::String(text) => {
            if let Some(known) = listed(text, schema) {
                return Some(near(&Json::from(known)));
            }
            if let Some(bare) = unquoted(text).filter(|bare| allowed.has(Types::of(bare))) {
                return match fitting.fits(&bare) {
                    true => Some(give(&bare, " without quotes")),
                    false => mended(&bare, schema, root, fitting),
                };
            }
            if let Some(flag) = flag(text).filter(|flag| fitting.fits(flag)) {
                return Some(give(&flag, ""));
            }
            let bare = text.trim();
            [bare.to_owned(), bare.to_uppercase(), bare.to_lowercase()]
                .into_iter()
                .map(Json::from)
                .find(|other| fitting.fits(other))
                .map(|other| near(&other))
                .or_else(|| {
                    let parts = text.split(',').map(|part| Json::from(part.trim()));
                    let list = Json::Array(parts.collect());
                    fitting.fits(&list).then(|| give(&list, ""))
                })
        }
        Json::Number(_) => {
            if let Some(number) = nearest_number(value, schema).filter(|near| fitting.fits(near)) {
                return Some(near(&number));
            }
            let text = value.to_string();
            if let Some(flag) = flag(&text).filter(|flag| fitting.fits(flag)) {
                return Some(give(&flag, ""));
            }
            let text = Json::from(text);
            if fitting.fits(&text) {
                return Some(give(&text, " in quotes"));
            }
            listed_alone(value, fitting).map(|list| give(&list, ""))
        }
        Json::Array(items) => match &items[..] {
            [only] if fitting.fits(only) => Some(give(only, " alone, not in a list")),
            [first, ..] if fitting.fits(first) => {
                Some(format!("; give one alone, such as {}", short(first)))
            }
            _ => None,
        },
        Json::Bool(_) | Json::Object(_) => listed_alone(value, fitting).map(|list| give(&list, "")),
        Json::Null => None,
    }
}

/// The value of an enumeration that was probably meant.
fn listed<'s>(text: &str, schema: &'s Json) -> Option<&'s str> {
    let values = schema.get("enum")?.as_array()?;
    nearest(text, values.iter().filter_map(Json::as_str))
}

/// What other languages and people write for true and false.
fn flag(text: &str) -> Option<Json> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "on" | "1" => Some(Json::Bool(true)),
        "no" | "off" | "0" => Some(Json::Bool(false)),
        _ => None,
    }
}

/// What a string holds that is no string: `5`, `True`.
fn unquoted(text: &str) -> Option<Json> {
    let text = text.trim();
    let bare = serde_json::from_str(text).or_else(|_| serde_json::from_str(&text.to_lowercase()));
    bare.ok()
        .filter(|bare: &Json| !bare.is_string() && !bare.is_null())
}

/// The bound that a number is beyond; a whole number in place of a fraction.
fn nearest_number(value: &Json, schema: &Json) -> Option<Json> {
    let number = value.as_f64()?;
    let beyond = |key: &str, outside: fn(f64, f64) -> bool| {
        let limit = schema.get(key)?;
        outside(number, limit.as_f64()?).then(|| limit.clone())
    };
    beyond("maximum", |number, limit| number > limit)
        .or_else(|| beyond("minimum", |number, limit| number < limit))
        .or_else(|| {
            let whole = number.round();
            let fraction = whole != number && whole.abs() < 2f64.powi(53);
            fraction.then(|| Json::from(whole as i64))
        })
}

fn listed_alone(value: &Json, fitting: &Fitting) -> Option<Json> {
    let list = Json::Array(vec![value.clone()]);
    fitting.fits(&list).then_some(list)
}

fn short(value: &Json) -> String {
    crop(&value.to_string(), LONGEST)
}

/// A part of the tool's schema, ready to check suggestions.
struct Fitting(Validator);

impl Fitting {
    fn new(schema: &Json, root: &Json) -> Option<Self> {
        let mut schema = schema.clone();
        if let (Some(part), Some(definitions)) = (schema.as_object_mut(), root.get("$defs")) {
            part.insert("$defs".to_owned(), definitions.clone());
        }
        let built = jsonschema::options().offline().build(&schema);
        built.ok().map(Self)
    }

    fn fits(&self, value: &Json) -> bool {
        self.0.is_valid(value)
    }

    /// The first example of the schema, or its default, in JSON.
    fn example(&self, schema: &Json) -> Option<String> {
        let examples = schema.get("examples").and_then(Json::as_array);
        let stated = examples.into_iter().flatten().chain(schema.get("default"));
        let mut stated = stated.filter(|value| !is_empty(value));
        let example = stated.find(|value| self.fits(value))?;
        let text = example.to_string();
        (text.chars().count() <= LONGEST).then_some(text)
    }
}

/// Whether a value says nothing to learn from.
fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::Object(members) => members.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_to_give_instead() {
        let limit = json!({"type": "integer", "minimum": 1, "maximum": 100, "default": 10});
        let rate = json!({"type": "number", "exclusiveMinimum": 0, "default": 0.5});
        let symbol = json!({"type": "string", "pattern": "^[A-Z]{1,5}$", "examples": ["AAPL"]});
        let symbols = json!({"type": "array", "items": {"type": "string"}, "maxItems": 3});
        let state = json!({"type": "string", "enum": ["running", "failed"], "default": "failed"});
        for (value, schema, expected) in [
            (json!(0), &limit, "; the nearest valid value is 1"),
            (json!(1e300), &limit, "; the nearest valid value is 100"),
            (json!(5.4), &limit, "; the nearest valid value is 5"),
            (json!("5"), &limit, "; give 5 without quotes"),
            (json!(" 500 "), &limit, "; the nearest valid value is 100"),
            (json!("many"), &limit, "; for example 10"),
            (json!([7]), &limit, "; give 7 alone, not in a list"),
            (json!([7, 9]), &limit, "; give one alone, such as 7"),
            (json!(null), &limit, "; for example 10"),
            (json!(0), &rate, "; for example 0.5"),
            (
                json!("aapl"),
                &symbol,
                "; the nearest valid value is \"AAPL\"",
            ),
            (
                json!(" MSFT"),
                &symbol,
                "; the nearest valid value is \"MSFT\"",
            ),
            (json!("a b"), &symbol, "; for example \"AAPL\""),
            (json!("A"), &symbols, "; give [\"A\"]"),
            (json!("A, B"), &symbols, "; give [\"A\",\"B\"]"),
            (json!("A,B,C,D"), &symbols, ""),
            (json!(5), &symbols, ""),
            (
                json!(5),
                &json!({"type": "string"}),
                "; give \"5\" in quotes",
            ),
            (json!({}), &json!({"type": "array"}), "; give [{}]"),
            (json!("yes"), &json!({"type": "boolean"}), "; give true"),
            (json!(0), &json!({"type": "boolean"}), "; give false"),
            (
                json!("maybe"),
                &json!({"type": "boolean", "default": true}),
                "",
            ),
            (json!(5), &json!({"type": "object", "default": {}}), ""),
            (
                json!("True"),
                &json!({"type": "boolean"}),
                "; give true without quotes",
            ),
            (
                json!("runing"),
                &state,
                "; the nearest valid value is \"running\"",
            ),
            (json!("other"), &state, ""),
            (json!("x"), &json!({"$ref": "#/$defs/x"}), ""),
        ] {
            let root = json!({"$defs": {"x": {"type": "integer"}}});
            let hint = hint(&value, schema, &root).unwrap_or_default();
            assert_eq!(hint, expected, "{value} for {schema}");
        }
    }

    #[test]
    fn only_examples_that_fit() {
        let wrong = json!({"type": "integer", "examples": ["x", null, 7], "default": 1});
        assert_eq!(example(&wrong, &wrong).as_deref(), Some(", for example 7"));
        let long = json!({"type": "string", "default": "x".repeat(1000)});
        assert_eq!(example(&long, &long), None);
    }
}
