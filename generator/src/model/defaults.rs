//! What the tools spec says of one argument, checked against what the document says.

use serde_json::{Map, Number, Value, json};

use crate::diagnostics::{At, Diagnostic, Diagnostics, codes};
use crate::read::tools_spec::ArgumentSpec;

/// The argument that an entry of the tools spec changes.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) slot: Slotted,
    pub(super) schema: Map<String, Value>,
    pub(super) required: bool,
    /// Whether the schema is the document's.
    pub(super) documented: bool,
    /// The schema that the first item must fit, where only that is sent.
    pub(super) first_of: Option<Map<String, Value>>,
}

/// What an argument stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Slotted {
    /// A parameter or member of the body.
    Own(usize),
    /// Something of the tools spec, in place of a slot or of none.
    Extra(Option<usize>),
}

/// Applies `spec` to `target`; what does not fit is reported.
pub(super) fn apply(
    target: &mut Target,
    spec: &ArgumentSpec,
    at: &At,
    diagnostics: &mut Diagnostics,
) {
    let mut report = |key: &str, message: String| {
        diagnostics.push(Diagnostic::error(
            codes::BAD_ARGUMENT,
            at.child(key),
            message,
        ))
    };
    if let Some(name) = &spec.type_name {
        match target.schema.get("type") {
            Some(known)
                if target.documented
                    && known != name
                    && !known
                        .as_array()
                        .is_some_and(|names| names.contains(&json!(name))) =>
            {
                report(
                    "type",
                    format!("the document says the type is {known}, not \"{name}\""),
                );
            }
            _ => {
                if target.schema.get("type").is_some_and(|known| known != name) {
                    target.schema.clear();
                }
                target.schema.insert("type".to_owned(), json!(name));
            }
        }
    }
    if let Some(items) = &spec.items {
        target.schema.insert("items".to_owned(), items.clone());
    } else if target.schema.get("type") == Some(&json!("array"))
        && !target.schema.contains_key("items")
    {
        target.schema.insert("items".to_owned(), json!({}));
    }
    if let Some(values) = &spec.values {
        if let Some(Value::Array(known)) = target.schema.get("enum")
            && let Some(stray) = values.iter().find(|value| !known.contains(value))
        {
            report(
                "enum",
                format!(
                    "the document does not allow {stray}: it has {}",
                    list(known)
                ),
            );
        }
        target.schema.insert("enum".to_owned(), json!(values));
    }
    for (key, bound, lower) in [
        ("minimum", &spec.minimum, true),
        ("maximum", &spec.maximum, false),
    ] {
        let Some(bound) = bound else { continue };
        if let Some(known) = target.schema.get(key).and_then(Value::as_f64)
            && wider(bound, known, lower)
        {
            report(
                key,
                format!(
                    "the document's {key} is {known}: an argument can be narrowed, not widened"
                ),
            );
        }
        target
            .schema
            .insert(key.to_owned(), Value::Number(bound.clone()));
    }
    let sizes = [
        ("minLength", spec.min_length, true),
        ("maxLength", spec.max_length, false),
        ("minItems", spec.min_items, true),
        ("maxItems", spec.max_items, false),
    ];
    for (key, bound, lower) in sizes {
        let Some(bound) = bound else { continue };
        if let Some(known) = target.schema.get(key).and_then(Value::as_f64)
            && wider(&Number::from(bound), known, lower)
        {
            report(
                key,
                format!(
                    "the document's {key} is {known}: an argument can be narrowed, not widened"
                ),
            );
        }
        target.schema.insert(key.to_owned(), json!(bound));
    }
    if let Some(pattern) = &spec.pattern {
        if let Err(error) = jsonschema::validator_for(&json!({ "pattern": pattern })) {
            report(
                "pattern",
                format!("this is not a regular expression of ECMA 262: {error}"),
            );
            return;
        }
        target.schema.insert("pattern".to_owned(), json!(pattern));
    }
    if let Some(description) = spec.description.as_deref().map(str::trim) {
        target
            .schema
            .insert("description".to_owned(), json!(description));
    }
    if !spec.examples.is_empty() {
        target
            .schema
            .insert("examples".to_owned(), json!(spec.examples));
    }
    match spec.required {
        Some(false) if target.required && spec.default.is_none() && spec.constant.is_none() => {
            report(
                "required",
                "the backend requires it; give it a `default` to make it optional".to_owned(),
            );
        }
        Some(required) => target.required = required,
        None => {}
    }
    if spec.default.is_some() {
        target.required = false;
        target.schema.shift_remove("default");
    }
    let examples = spec.examples.iter().map(|value| ("examples", value));
    let given = [("default", &spec.default), ("const", &spec.constant)]
        .into_iter()
        .filter_map(|(key, value)| Some((key, value.as_ref()?)));
    for (key, value) in given.chain(examples) {
        if let Some(reason) = misfit(&target.schema, value) {
            report(key, format!("{value} does not fit: {reason}"));
        }
    }
    if let Some(first_of) = &target.first_of {
        let offered = spec
            .items
            .as_ref()
            .and_then(|items| items.get("enum")?.as_array());
        let offered = offered.into_iter().flatten().map(|value| ("items", value));
        let default = spec.default.as_ref().and_then(|list| list.get(0));
        for (key, value) in offered.chain(default.map(|value| ("default", value))) {
            if let Some(reason) = misfit(first_of, value) {
                report(key, format!("{value} does not fit what is sent: {reason}"));
            }
        }
    }
    if let Some(default) = &spec.default {
        target.schema.insert("default".to_owned(), default.clone());
    }
}

/// Whether `bound` lets through what the document's `known` does not.
fn wider(bound: &Number, known: f64, lower: bool) -> bool {
    let bound = bound.as_f64().unwrap_or(known);
    if lower { bound < known } else { bound > known }
}

fn list(values: &[Value]) -> String {
    values
        .iter()
        .map(Value::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

/// Why `value` does not fit `schema`, if it does not.
pub(super) fn misfit(schema: &Map<String, Value>, value: &Value) -> Option<String> {
    let validator = jsonschema::validator_for(&Value::Object(schema.clone())).ok()?;
    let error = validator.iter_errors(value).next()?;
    Some(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::FileId;

    fn check(schema: Value, spec: Value, expected: &[&str]) {
        check_first(schema, None, spec, expected);
    }

    fn check_first(schema: Value, first: Option<Value>, spec: Value, expected: &[&str]) {
        let object = |value: Value| value.as_object().cloned().expect("an object");
        let (schema, first_of) = (object(schema), first.map(object));
        let spec: ArgumentSpec = serde_json::from_value(spec).expect("a spec");
        let mut target = Target {
            slot: Slotted::Own(0),
            schema,
            required: true,
            documented: true,
            first_of,
        };
        let mut diagnostics = Diagnostics::default();
        apply(
            &mut target,
            &spec,
            &At::value(FileId(0), "/a"),
            &mut diagnostics,
        );
        let found: Vec<&str> = diagnostics
            .iter()
            .map(|diagnostic| diagnostic.labels[0].0.pointer.as_str())
            .collect();
        assert_eq!(found, expected, "{diagnostics:?}");
    }

    #[test]
    fn what_does_not_fit_is_reported() {
        check(
            json!({"type": "integer", "maximum": 100}),
            json!({"default": 10}),
            &[],
        );
        check(
            json!({"type": "integer", "maximum": 100}),
            json!({"default": 1000}),
            &["/a/default"],
        );
        check(
            json!({"type": "integer", "maximum": 100}),
            json!({"maximum": 1000}),
            &["/a/maximum"],
        );
        check(
            json!({"type": "integer", "maximum": 100}),
            json!({"maximum": 50, "minimum": 1}),
            &[],
        );
        check(
            json!({"type": "string", "enum": ["a", "b"]}),
            json!({"enum": ["a"]}),
            &[],
        );
        check(
            json!({"type": "string", "enum": ["a", "b"]}),
            json!({"enum": ["c"]}),
            &["/a/enum"],
        );
        check(
            json!({"type": "string"}),
            json!({"type": "integer"}),
            &["/a/type"],
        );
        check(
            json!({"type": "string"}),
            json!({"pattern": "("}),
            &["/a/pattern"],
        );
        check(
            json!({"type": "string"}),
            json!({"required": false}),
            &["/a/required"],
        );
        check(
            json!({"type": "string"}),
            json!({"const": 5}),
            &["/a/const"],
        );
    }

    #[test]
    fn what_a_list_offers_must_fit_what_is_sent() {
        let list = json!({"type": "array"});
        let sent = Some(json!({"type": "string", "enum": ["1h", "1d"]}));
        let items = |values: Value| json!({"items": {"type": "string", "enum": values}});
        check_first(list.clone(), sent.clone(), items(json!(["1h"])), &[]);
        check_first(
            list.clone(),
            sent.clone(),
            items(json!(["1h", "2h"])),
            &["/a/items"],
        );
        check_first(
            list.clone(),
            sent.clone(),
            json!({"default": ["1d", "x"]}),
            &[],
        );
        check_first(list, sent, json!({"default": ["2d"]}), &["/a/default"]);
    }
}
