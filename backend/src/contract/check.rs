//! Checking one request.

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::problems::{self, Problem};
use super::{Contract, Operation, Parameter, nul, whole};

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// Path parameters, decoded.
    pub path: HashMap<String, String>,
    /// Query parameters, decoded. Of several with one name the last one counts, unless the document
    /// wants a list.
    pub query: Vec<(String, String)>,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// A request that fits the document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checked {
    path: Map<String, Value>,
    query: Map<String, Value>,
    headers: Map<String, Value>,
    body: Option<Value>,
}

impl Contract {
    /// Checks a request to an operation. Every problem of it is told, not only the first.
    pub fn check(&self, operation: &str, input: &Input) -> Result<Checked, Vec<Problem>> {
        let Some(operation) = self.operations.get(operation) else {
            // Only a route of ours that the document does not know comes here.
            return Err(vec![Problem::new(
                ["path"],
                "Unknown operation",
                "value_error",
            )]);
        };
        let mut problems = Vec::new();
        let mut checked = Checked::default();
        for parameter in &operation.parameters {
            let given = input.values(parameter);
            if given.is_empty() {
                if parameter.required {
                    problems.push(Problem::missing([&parameter.place, &parameter.name]));
                }
            } else if let Some(value) = read_parameter(parameter, &given, &mut problems) {
                let values = match parameter.place.as_str() {
                    "path" => &mut checked.path,
                    "header" => &mut checked.headers,
                    _ => &mut checked.query,
                };
                values.insert(parameter.name.clone(), value);
            }
        }
        checked.body = read_body(&self.document, operation, &input.body, &mut problems);
        if problems.is_empty() {
            Ok(checked)
        } else {
            Err(problems)
        }
    }
}

impl Input {
    /// What was given for a parameter.
    fn values(&self, parameter: &Parameter) -> Vec<&str> {
        let name = &parameter.name;
        let given: Vec<&(String, String)> = match parameter.place.as_str() {
            "path" => {
                return self
                    .path
                    .get(name)
                    .map(String::as_str)
                    .into_iter()
                    .collect();
            }
            "header" => (self.headers.iter())
                .filter(|(given, _)| given.eq_ignore_ascii_case(name))
                .collect(),
            _ => self
                .query
                .iter()
                .filter(|(given, _)| given == name)
                .collect(),
        };
        given.into_iter().map(|(_, text)| text.as_str()).collect()
    }
}

impl Checked {
    /// The path parameters as a type.
    pub fn path<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        T::deserialize(Value::Object(self.path.clone()))
    }

    /// The query parameters as a type.
    pub fn query<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        T::deserialize(Value::Object(self.query.clone()))
    }

    /// A header of the document, if it was given.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.as_str()
    }

    /// The body as a type; for an absent one, what an empty object would be.
    pub fn body<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        T::deserialize(
            self.body
                .clone()
                .unwrap_or_else(|| Value::Object(Map::new())),
        )
    }
}

fn read_parameter(
    parameter: &Parameter,
    given: &[&str],
    problems: &mut Vec<Problem>,
) -> Option<Value> {
    let at = [parameter.place.as_str(), parameter.name.as_str()];
    let read = |text: &str, kind: &str, problems: &mut Vec<Problem>| {
        let value = read_text(text, kind);
        if value.is_none() {
            problems.push(Problem::unreadable(at, kind));
        }
        value
    };
    let value = match &parameter.items {
        Some(kind) => {
            let items = given.iter().map(|text| read(text, kind, problems));
            Value::Array(items.collect::<Option<_>>()?)
        }
        None => read(given.last()?, &parameter.kind, problems)?,
    };
    problems.extend(problems::collect(
        &at,
        parameter.validator.iter_errors(&value),
    ));
    nul::refuse(&at, &value, problems);
    Some(value)
}

/// A text as a value of a type.
fn read_text(text: &str, kind: &str) -> Option<Value> {
    match kind {
        "integer" => text.trim().parse::<i64>().ok().map(Value::from),
        "number" => text
            .trim()
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
            .map(Value::from),
        "boolean" => boolean(text).map(Value::from),
        _ => Some(Value::from(text)),
    }
}

/// The words that FastAPI takes.
fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "t" | "y" | "yes" | "on" => Some(true),
        "false" | "0" | "f" | "n" | "no" | "off" => Some(false),
        _ => None,
    }
}

fn read_body(
    document: &Value,
    operation: &Operation,
    bytes: &[u8],
    problems: &mut Vec<Problem>,
) -> Option<Value> {
    let body = operation.body.as_ref()?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        if body.required {
            problems.push(Problem::missing(["body"]));
        }
        return None;
    }
    match serde_json::from_slice::<Value>(bytes) {
        Ok(Value::Null) if !body.required => None,
        Ok(mut value) => {
            problems.extend(problems::collect(
                &["body"],
                body.validator.iter_errors(&value),
            ));
            nul::refuse(&["body"], &value, problems);
            let mut at = vec!["body".into()];
            whole::settle(document, &body.schema, &mut at, &mut value, problems);
            Some(value)
        }
        Err(error) => {
            problems.push(Problem::new(
                ["body"],
                &format!("JSON decode error: {error}"),
                "json_invalid",
            ));
            None
        }
    }
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
