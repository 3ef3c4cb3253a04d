//! Payloads of jobs: held against a schema, and what is wrong told by field.

use std::sync::LazyLock;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::contract::Problem;
use crate::ktrdr::api::{DOCUMENT, request};
use crate::ktrdr::faults::{Fault, Schema};

/// A schema of KTRDR's document, without references and without null.
pub(super) fn of_ktrdr(pointer: &str) -> Value {
    static KTRDR: LazyLock<Value> = LazyLock::new(|| {
        serde_yaml::from_str(DOCUMENT)
            .expect("the document is a constant that is read at every start")
    });
    let schemas = &KTRDR["components"]["schemas"];
    whole(schemas.pointer(pointer).unwrap_or(&Value::Null))
}

fn whole(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => {
            let reference = fields.get("$ref").and_then(Value::as_str);
            if let Some(at) = reference.and_then(|it| it.strip_prefix("#/components/schemas")) {
                return of_ktrdr(at);
            }
            let forms = fields.get("anyOf").and_then(Value::as_array);
            if let Some([form, null]) = forms.map(Vec::as_slice)
                && null["type"] == "null"
            {
                return whole(form);
            }
            Value::Object(
                fields
                    .iter()
                    .map(|(name, value)| (name.clone(), whole(value)))
                    .collect(),
            )
        }
        Value::Array(items) => items.iter().map(whole).collect(),
        value => value.clone(),
    }
}

/// The schema of an object with these properties and no others.
pub(super) fn object(properties: Map<String, Value>, required: &[&str]) -> Schema {
    let schema = json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    Schema::new(schema).expect("the schema is a constant that compiles")
}

/// The schema of an artifact's id.
pub(super) fn artifact_id() -> Value {
    json!({ "type": "string", "pattern": "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$" })
}

/// A payload that fits its schema, as its type.
pub(super) fn read<T: DeserializeOwned>(schema: &Schema, payload: Value) -> Result<T, Vec<Fault>> {
    let faults = schema.faults(&payload);
    if !faults.is_empty() {
        return Err(faults);
    }
    serde_json::from_value(payload)
        .map_err(|error| vec![Fault::new("", &error.to_string(), "See the documentation.")])
}

/// The dates of a payload.
pub(super) fn range(
    start: Option<&String>,
    end: Option<&String>,
) -> Result<request::Range, Vec<Fault>> {
    request::range("body", start, end).map_err(faults)
}

/// Problems of a body as faults of the payload.
pub(super) fn faults(problems: Vec<Problem>) -> Vec<Fault> {
    let fault = |problem: &Problem| {
        let path = problem
            .loc
            .iter()
            .skip(1)
            .fold(String::new(), |path, part| {
                let part = part
                    .as_str()
                    .map_or_else(|| part.to_string(), str::to_owned);
                crate::ktrdr::faults::below(&path, &part)
            });
        Fault::new(&path, &problem.msg, "")
    };
    problems.iter().map(fault).collect()
}

/// The same faults of a value that stands in the payload under this name.
pub(super) fn within(name: &str, mut faults: Vec<Fault>) -> Vec<Fault> {
    for fault in &mut faults {
        fault.path = format!("/{name}{}", fault.path);
    }
    faults
}

/// What is wrong, for the caller: every field by its path in the payload.
pub(super) fn message(faults: &[Fault]) -> String {
    /// Faults that are told.
    const TOLD: usize = 10;
    let line = |fault: &Fault| {
        let place = fault
            .path
            .replace('/', ".")
            .replace("~1", "/")
            .replace("~0", "~");
        format!(
            "payload{place}: {}. {}",
            fault.message.trim_end_matches('.'),
            fault.hint
        )
        .trim_end()
        .to_owned()
    };
    let mut lines: Vec<String> = faults.iter().take(TOLD).map(line).collect();
    if faults.len() > TOLD {
        lines.push(format!("And {} more.", faults.len() - TOLD));
    }
    lines.join(" ")
}
