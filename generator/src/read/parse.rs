//! Text to values: YAML and JSON, nothing lost, in the order written.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde_json::{Map, Number, Value};

/// A file's content as data.
#[derive(Debug)]
pub(super) struct Parsed {
    /// The data; merge keys are resolved and every key is a string.
    pub(super) value: Value,
    /// Whether a key is written twice in one mapping; the last one is in `value`.
    pub(super) duplicates: bool,
    /// Whether the text is JSON.
    pub(super) json: bool,
}

/// Why a text is not data.
#[derive(Debug, PartialEq)]
pub(super) struct SyntaxError {
    /// What is wrong, without the place.
    pub(super) message: String,
    /// Line, from 1.
    pub(super) line: usize,
    /// Column, from 1: characters in YAML, bytes in JSON.
    pub(super) column: usize,
}

/// Reads `text`: as JSON if it looks like it and is, else as YAML, of which JSON is a part.
///
/// `json` says that nothing but JSON is expected, by the file's name.
pub(super) fn parse(text: &str, json: bool) -> Result<Parsed, SyntaxError> {
    if json || text.trim_start().starts_with(['{', '[']) {
        match parse_json(text) {
            Err(error) if json => return Err(error),
            Err(_) => {}
            parsed => return parsed,
        }
    }
    parse_yaml(text)
}

fn parse_json(text: &str) -> Result<Parsed, SyntaxError> {
    let found = Found::default();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = (Any {
        found: &found,
        yaml: false,
    })
    .deserialize(&mut deserializer)
    .and_then(|value| deserializer.end().map(|()| value))
    .map_err(|error| syntax_error(error.to_string(), error.line(), error.column()))?;
    Ok(Parsed {
        value,
        duplicates: found.duplicates.get(),
        json: true,
    })
}

fn parse_yaml(text: &str) -> Result<Parsed, SyntaxError> {
    if let Some((line, column)) = too_deep(text) {
        return Err(syntax_error("nested too deeply".to_owned(), line, column));
    }
    let found = Found::default();
    let value = (Any {
        found: &found,
        yaml: true,
    })
    .deserialize(serde_yaml::Deserializer::from_str(text))
    .map_err(|error| {
        let (line, column) = error
            .location()
            .map_or((1, 1), |place| (place.line(), place.column()));
        syntax_error(error.to_string(), line, column)
    })?;
    Ok(Parsed {
        value,
        duplicates: found.duplicates.get(),
        json: false,
    })
}

/// Both libraries put the place into their messages; it is kept apart here.
fn syntax_error(message: String, line: usize, column: usize) -> SyntaxError {
    let end = message.find(" at line ").unwrap_or(message.len());
    let message = match &message[..end] {
        "recursion limit exceeded" => "nested too deeply",
        // Keys are the only values that are asked to be of a type.
        wrong if wrong.ends_with("expected a string") => "a key must be text or a number",
        message => message,
    };
    SyntaxError {
        message: message.to_owned(),
        line: line.max(1),
        column: column.max(1),
    }
}

/// Where more brackets are open than any document has.
///
/// The YAML scanner takes time that grows with the square of that number.
fn too_deep(text: &str) -> Option<(usize, usize)> {
    const MOST: usize = 2_000;
    let run = |line: &str| {
        let mut open = 0_usize;
        line.chars().position(|c| {
            match c {
                '[' | '{' => open += 1,
                ']' | '}' => open = 0,
                _ => {}
            }
            open > MOST
        })
    };
    text.lines()
        .enumerate()
        .find_map(|(line, content)| run(content).map(|column| (line + 1, column + 1)))
}

#[derive(Default)]
struct Found {
    duplicates: Cell<bool>,
}

/// Any value, as [`Value`].
#[derive(Clone, Copy)]
struct Any<'a> {
    found: &'a Found,
    yaml: bool,
}

impl<'de> DeserializeSeed<'de> for Any<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// Infinities and NaN have no form in JSON: they stay the words they were written as.
fn float(value: f64) -> Value {
    match Number::from_f64(value) {
        Some(number) => Value::Number(number),
        None if value.is_nan() => Value::from(".nan"),
        None if value > 0.0 => Value::from(".inf"),
        None => Value::from("-.inf"),
    }
}

impl<'de> Visitor<'de> for Any<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        Ok(float(value as f64))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Value, E> {
        Ok(float(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_newtype_struct<D: serde::Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if map.insert(key, entries.next_value_seed(self)?).is_some() {
                self.found.duplicates.set(true);
            }
        }
        if self.yaml {
            merge(&mut map);
        }
        Ok(Value::Object(map))
    }

    /// A value with a tag of its own (`!name value`): the value counts.
    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Value, A::Error> {
        let (_, content) = data.variant::<String>()?;
        content.newtype_variant_seed(self)
    }
}

/// Resolves `<<`: what the mapping itself does not have comes from the mappings named there, the first first.
fn merge(map: &mut Map<String, Value>) {
    let all_maps = |value: &Value| match value {
        Value::Object(_) => true,
        Value::Array(items) => !items.is_empty() && items.iter().all(Value::is_object),
        _ => false,
    };
    if !map.get("<<").is_some_and(all_maps) {
        return;
    }
    let merged = match map.shift_remove("<<") {
        Some(Value::Array(items)) => items,
        Some(one) => vec![one],
        None => return,
    };
    for source in merged {
        if let Value::Object(entries) = source {
            for (key, value) in entries {
                map.entry(key).or_insert(value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(text: &str, expect: Value) {
        match parse(text, false) {
            Ok(parsed) => assert_eq!(parsed.value, expect, "{text}"),
            Err(error) => panic!("{text}: {error:?}"),
        }
    }

    #[test]
    fn words_that_old_yaml_reads_as_something_else_stay_words() {
        check(
            "[on, yes, no, off, y, n]",
            json!(["on", "yes", "no", "off", "y", "n"]),
        );
        check(
            "day: 2026-11-21\ntime: 12:30:00",
            json!({"day": "2026-11-21", "time": "12:30:00"}),
        );
        check(
            "[0777, 1_000, 0x1F, 0o17]",
            json!(["0777", "1_000", 31, 15]),
        );
        check(
            "[true, False, ~, null, '']",
            json!([true, false, null, null, ""]),
        );
    }

    #[test]
    fn keys_become_text() {
        check(
            "200: a\ntrue: b\nnull: c\n1.5: d\non: e",
            json!({"200": "a", "true": "b", "null": "c", "1.5": "d", "on": "e"}),
        );
    }

    #[test]
    fn numbers_of_any_size() {
        check("18446744073709551615", json!(u64::MAX));
        check("18446744073709551616", json!(18446744073709551616.0));
        check(
            "-99999999999999999999999",
            json!(-99999999999999999999999.0),
        );
        check(
            "{\"a\": 18446744073709551616}",
            json!({"a": 18446744073709551616.0}),
        );
        check("[.inf, -.inf, .nan]", json!([".inf", "-.inf", ".nan"]));
        assert!(parse("a: 340282366920938463463374607431768211456999", false).is_ok());
        assert!(parse("{\"a\": 1e999}", false).is_ok());
    }

    #[test]
    fn anchors_and_merge_keys() {
        check(
            "base: &base {a: 1, b: 2}\nother: &other {b: 3, c: 4}\nuse:\n  <<: [*base, *other]\n  a: 5\nsame: *base\n",
            json!({"base": {"a": 1, "b": 2}, "other": {"b": 3, "c": 4}, "use": {"a": 5, "b": 2, "c": 4}, "same": {"a": 1, "b": 2}}),
        );
        check("a: {<<: text}", json!({"a": {"<<": "text"}}));
        check(
            "{\"a\": {\"<<\": {\"b\": 1}}}",
            json!({"a": {"<<": {"b": 1}}}),
        );
    }

    #[test]
    fn tags_are_ignored() {
        check(
            "a: !thing {b: !other 1}\nc: !!str 5\nd: !x [1]",
            json!({"a": {"b": 1}, "c": "5", "d": [1]}),
        );
    }

    #[test]
    fn order_is_kept_and_duplicates_are_noticed() {
        for text in ["z: 1\na: 2\nz: 3", "{\"z\": 1, \"a\": 2, \"z\": 3}"] {
            let parsed = parse(text, false).expect("valid");
            assert!(parsed.duplicates);
            assert_eq!(parsed.value.to_string(), r#"{"z":3,"a":2}"#);
        }
    }

    #[test]
    fn what_is_not_data_is_an_error_with_a_place() {
        let place = |text: &str, json| {
            parse(text, json)
                .map(|_| ())
                .map_err(|error| (error.line, error.column))
        };
        assert_eq!(place("a: 1\nb: [1, 2\nc: 3\n", false), Err((3, 2)));
        assert_eq!(place("{\"a\": }", true), Err((1, 7)));
        assert_eq!(place("a: *nothing", false), Err((1, 4)));
        assert!(place("a: &a [*a]", false).is_err());
        assert!(place("a: 1\n---\nb: 2\n", false).is_err());
        let message = |text: &str| {
            parse(text, false)
                .map(|_| ())
                .map_err(|error| error.message)
        };
        assert_eq!(
            message("? [a, b]\n: c\n"),
            Err("a key must be text or a number".to_owned())
        );
        assert_eq!(
            message(&"[".repeat(200)),
            Err("nested too deeply".to_owned())
        );
        assert_eq!(
            message(&"[\n".repeat(200)),
            Err("nested too deeply".to_owned())
        );
        assert_eq!(
            parse("a: b: c", false).map(|_| ()).map_err(|e| e.message),
            Err("mapping values are not allowed in this context".to_owned())
        );
    }

    #[test]
    fn depth_and_repetition_are_bounded() {
        for open in ["[", "{\"a\":", "[ ", "- "] {
            assert!(parse(&open.repeat(100_000), false).is_err(), "{open}");
        }
        let mut bomb = "a0: &a0 [x]\n".to_owned();
        for level in 1..40 {
            let before = format!("*a{}", level - 1);
            bomb += &format!(
                "a{level}: &a{level} [{}]\n",
                [before.as_str(); 9].join(", ")
            );
        }
        assert!(parse(&bomb, false).is_err());
    }
}
