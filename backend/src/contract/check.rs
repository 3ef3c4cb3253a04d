//! Checking one request.

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::problems::{self, Problem};
use super::{Contract, Operation, Parameter, nul};

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// Path parameters, decoded.
    pub path: HashMap<String, String>,
    /// Query parameters, decoded. Of several with one name the last one counts.
    pub query: HashMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

/// A request that fits the document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checked {
    path: Map<String, Value>,
    query: Map<String, Value>,
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
            let (given, values) = match parameter.place.as_str() {
                "path" => (&input.path, &mut checked.path),
                _ => (&input.query, &mut checked.query),
            };
            match given.get(&parameter.name) {
                Some(text) => {
                    if let Some(value) = read_parameter(parameter, text, &mut problems) {
                        values.insert(parameter.name.clone(), value);
                    }
                }
                None if parameter.required => {
                    problems.push(Problem::missing([&parameter.place, &parameter.name]))
                }
                None => {}
            }
        }
        checked.body = read_body(operation, &input.body, &mut problems);
        if problems.is_empty() {
            Ok(checked)
        } else {
            Err(problems)
        }
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

    /// The body as a type; for an absent one, what an empty object would be.
    pub fn body<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        T::deserialize(
            self.body
                .clone()
                .unwrap_or_else(|| Value::Object(Map::new())),
        )
    }
}

fn read_parameter(parameter: &Parameter, text: &str, problems: &mut Vec<Problem>) -> Option<Value> {
    let at = [parameter.place.as_str(), parameter.name.as_str()];
    let value = match parameter.kind.as_str() {
        "integer" => text.trim().parse::<i64>().ok().map(Value::from),
        "number" => text
            .trim()
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite())
            .map(Value::from),
        "boolean" => boolean(text).map(Value::from),
        _ => Some(Value::from(text)),
    };
    let Some(value) = value else {
        problems.push(Problem::unreadable(at, &parameter.kind));
        return None;
    };
    problems.extend(problems::collect(
        &at,
        parameter.validator.iter_errors(&value),
    ));
    nul::refuse(&at, &value, problems);
    Some(value)
}

/// The words that FastAPI takes.
fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "t" | "y" | "yes" | "on" => Some(true),
        "false" | "0" | "f" | "n" | "no" | "off" => Some(false),
        _ => None,
    }
}

fn read_body(operation: &Operation, bytes: &[u8], problems: &mut Vec<Problem>) -> Option<Value> {
    let body = operation.body.as_ref()?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        if body.required {
            problems.push(Problem::missing(["body"]));
        }
        return None;
    }
    match serde_json::from_slice::<Value>(bytes) {
        Ok(Value::Null) if !body.required => None,
        Ok(value) => {
            problems.extend(problems::collect(
                &["body"],
                body.validator.iter_errors(&value),
            ));
            nul::refuse(&["body"], &value, problems);
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
