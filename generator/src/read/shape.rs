//! Checks a file against the JSON Schema of its types, to say everything that is wrong with it at once.
//!
//! It knows the keywords that `schemars` emits for the types in [`super::tools_spec`].

use regex::Regex;
use serde_json::{Map, Value};

use crate::diagnostics::{At, Diagnostic, FileId, codes, nearest};

/// Everything in `value`, the content of `file`, that `schema` does not allow.
pub(super) fn check(schema: &Value, value: &Value, file: FileId) -> Vec<Diagnostic> {
    let mut checker = Checker {
        root: schema,
        found: Vec::new(),
    };
    checker.check(schema, value, &At::value(file, ""));
    checker.found
}

struct Checker<'a> {
    root: &'a Value,
    found: Vec<Diagnostic>,
}

impl<'a> Checker<'a> {
    fn check(&mut self, schema: &'a Value, value: &Value, at: &At) {
        let schema = self.resolve(schema);
        let Some(keywords) = schema.as_object() else {
            return;
        };
        if let Some(allowed) = allowed_values(schema) {
            self.check_allowed(&allowed, value, at);
            return;
        }
        if let Some(alternatives) = keywords
            .get("anyOf")
            .or(keywords.get("oneOf"))
            .and_then(Value::as_array)
        {
            self.check_alternatives(alternatives, value, at);
            return;
        }
        if !has_type(schema, value) {
            self.wrong_type(&self.describe(schema), value, at);
            return;
        }
        match value {
            Value::Object(entries) => self.check_mapping(keywords, entries, at),
            Value::Array(items) => {
                if let Some(schema) = keywords.get("items") {
                    items
                        .iter()
                        .enumerate()
                        .for_each(|(i, item)| self.check(schema, item, &at.child(&i.to_string())));
                }
            }
            Value::Number(_) => self.check_number(keywords, value, at),
            Value::String(text) => self.check_text(keywords, text, at),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn check_mapping(
        &mut self,
        keywords: &'a Map<String, Value>,
        entries: &Map<String, Value>,
        at: &At,
    ) {
        let none = Map::new();
        let known = keywords.get("properties").and_then(Value::as_object);
        let others = keywords.get("additionalProperties");
        for (key, value) in entries {
            let place = at.child(key);
            match (known.and_then(|known| known.get(key)), others) {
                (Some(schema), _) => self.check(schema, value, &place),
                (None, Some(Value::Bool(false))) => {
                    self.unknown_key(key, known.unwrap_or(&none).keys(), &place);
                }
                (None, Some(schema)) => self.check(schema, value, &place),
                (None, None) => {}
            }
        }
        let required = keywords
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        for key in required
            .filter_map(Value::as_str)
            .filter(|key| !entries.contains_key(*key))
        {
            let meaning = known
                .and_then(|known| known.get(key))
                .map(|schema| self.meaning(schema))
                .unwrap_or_default();
            let mut diagnostic =
                self.problem(at.as_key(), format!("{} lacks `{key}`", subject(at)));
            if !meaning.is_empty() {
                diagnostic = diagnostic.help(format!("`{key}`: {meaning}"));
            }
            self.found.push(diagnostic);
        }
    }

    fn unknown_key<'k>(
        &mut self,
        key: &str,
        known: impl Iterator<Item = &'k String> + Clone,
        place: &At,
    ) {
        let diagnostic = self.problem(place.as_key(), format!("unknown key `{key}`"));
        let help = match nearest(key, known.clone().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known here: {}", list(known.map(|key| format!("`{key}`")))),
        };
        self.found
            .push(diagnostic.label("not a key of the tools spec").help(help));
    }

    fn check_alternatives(&mut self, alternatives: &'a [Value], value: &Value, at: &At) {
        let mut fitting = alternatives
            .iter()
            .filter(|schema| has_type(self.resolve(schema), value))
            .peekable();
        if fitting.peek().is_none() {
            let named = alternatives
                .iter()
                .filter(|schema| self.resolve(schema)["type"] != "null");
            let expected: Vec<String> = named.map(|schema| self.describe(schema)).collect();
            return self.wrong_type(&expected.join(" or "), value, at);
        }
        let mut first = None;
        for schema in fitting {
            let mut attempt = Checker {
                root: self.root,
                found: Vec::new(),
            };
            attempt.check(schema, value, at);
            if attempt.found.is_empty() {
                return;
            }
            first = first.or(Some(attempt.found));
        }
        self.found.extend(first.into_iter().flatten());
    }

    fn check_allowed(&mut self, allowed: &[&Value], value: &Value, at: &At) {
        if allowed.contains(&value) {
            return;
        }
        let words = allowed.iter().filter_map(|value| value.as_str());
        let near = value.as_str().and_then(|given| nearest(given, words));
        let choice = list(allowed.iter().map(|value| written(value)));
        let mut diagnostic = self.problem(
            at.clone(),
            format!("{} cannot be {}", subject(at), written(value)),
        );
        diagnostic = diagnostic.label(format!("expected {choice}"));
        if let Some(near) = near {
            diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
        }
        self.found.push(diagnostic);
    }

    fn check_number(&mut self, keywords: &Map<String, Value>, value: &Value, at: &At) {
        let bound = |key: &str| keywords.get(key).and_then(Value::as_f64);
        let Some(number) = value.as_f64() else { return };
        let (low, high) = (bound("minimum"), bound("maximum"));
        if low.is_some_and(|low| number < low) || high.is_some_and(|high| number > high) {
            let expected = match (low, high) {
                (Some(low), Some(high)) if low == high => format!("{low}"),
                (Some(low), Some(high)) => format!("{low} to {high}"),
                (Some(low), None) => format!("{low} or more"),
                (None, high) => format!("{} or less", high.unwrap_or_default()),
            };
            let message = format!("{} cannot be {value}", subject(at));
            let diagnostic = self
                .problem(at.clone(), message)
                .label(format!("expected {expected}"));
            self.found.push(diagnostic);
        }
    }

    fn check_text(&mut self, keywords: &Map<String, Value>, text: &str, at: &At) {
        let Some(pattern) = keywords.get("pattern").and_then(Value::as_str) else {
            return;
        };
        if Regex::new(pattern).is_ok_and(|regex| !regex.is_match(text)) {
            let message = format!("{} cannot be `{text}`", subject(at));
            let diagnostic = self
                .problem(at.clone(), message)
                .label(format!("expected a name that matches {pattern}"));
            self.found.push(diagnostic);
        }
    }

    fn wrong_type(&mut self, expected: &str, value: &Value, at: &At) {
        let message = format!("{} must be {expected}, not {}", subject(at), kind(value));
        let mut diagnostic = self
            .problem(at.clone(), message)
            .label(format!("expected {expected}"));
        if expected == "text" && matches!(value, Value::Number(_) | Value::Bool(_)) {
            diagnostic = diagnostic.help(format!("write it in quotes: \"{value}\""));
        }
        self.found.push(diagnostic);
    }

    fn problem(&self, at: At, message: String) -> Diagnostic {
        Diagnostic::error(codes::SPEC_SHAPE, at, message)
    }

    fn resolve(&self, schema: &'a Value) -> &'a Value {
        let target = schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|r| self.root.pointer(r.strip_prefix('#')?));
        target.unwrap_or(schema)
    }

    /// The first sentence of a schema's description.
    fn meaning(&self, schema: &'a Value) -> String {
        let text = schema["description"]
            .as_str()
            .or(self.resolve(schema)["description"].as_str())
            .unwrap_or_default();
        text.split_inclusive(['.', ':', ';'])
            .next()
            .unwrap_or_default()
            .trim_end_matches(['.', ':', ';'])
            .to_owned()
    }

    fn describe(&self, schema: &'a Value) -> String {
        let schema = self.resolve(schema);
        if let Some(allowed) = allowed_values(schema) {
            return list(allowed.iter().map(|value| written(value)));
        }
        let named = |name: &str| match name {
            "object" => "a mapping",
            "array" => "a list",
            "string" => "text",
            "integer" => "a whole number",
            "number" => "a number",
            "boolean" => "true or false",
            _ => "nothing",
        };
        let names: Vec<&str> = type_names(schema)
            .filter(|name| *name != "null")
            .map(named)
            .collect();
        names.join(" or ")
    }
}

/// The values that a schema of an enum allows.
fn allowed_values(schema: &Value) -> Option<Vec<&Value>> {
    if let Some(values) = schema["enum"].as_array() {
        return Some(values.iter().collect());
    }
    if let Some(value) = schema.get("const") {
        return Some(vec![value]);
    }
    let variants = schema["oneOf"].as_array()?;
    let values: Option<Vec<Vec<&Value>>> = variants.iter().map(allowed_values).collect();
    Some(values?.into_iter().flatten().collect())
}

fn type_names(schema: &Value) -> impl Iterator<Item = &str> {
    let (one, many) = (schema["type"].as_str(), schema["type"].as_array());
    one.into_iter()
        .chain(many.into_iter().flatten().filter_map(Value::as_str))
}

/// Whether a value is of a type that the schema names; a schema that names none takes all.
fn has_type(schema: &Value, value: &Value) -> bool {
    if let Some(allowed) = allowed_values(schema) {
        return allowed
            .iter()
            .any(|one| std::mem::discriminant(*one) == std::mem::discriminant(value));
    }
    let fits = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        _ => true,
    };
    let mut names = type_names(schema).peekable();
    names.peek().is_none() || names.any(fits)
}

fn kind(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(value) => format!("{value}"),
        Value::Number(value) => format!("the number {value}"),
        Value::String(_) => "text".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
    }
}

fn written(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{text}`"),
        Value::Array(_) | Value::Object(_) | Value::Null => kind(value),
        value => format!("`{value}`"),
    }
}

/// What the value at a place is called in a message.
fn subject(at: &At) -> String {
    match at.pointer.rsplit('/').next() {
        Some(name) if !name.is_empty() => {
            format!("`{}`", name.replace("~1", "/").replace("~0", "~"))
        }
        _ => "the file".to_owned(),
    }
}

/// `a`, `a or b`, `a, b or c`.
fn list(items: impl Iterator<Item = String>) -> String {
    let mut items: Vec<String> = items.collect();
    match items.pop() {
        Some(last) if !items.is_empty() => format!("{} or {last}", items.join(", ")),
        last => last.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
