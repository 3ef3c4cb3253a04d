//! The OpenAPI document at work: requests are checked against it, so that document and service
//! cannot part. Errors have FastAPI's form.

mod check;
mod nul;
mod problems;
mod whole;

use std::collections::HashMap;
use std::fmt;

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value};

pub use check::{Checked, Input};
pub use problems::Problem;

/// An OpenAPI 3.1 document, ready to check requests.
#[derive(Debug)]
pub struct Contract {
    document: Value,
    operations: HashMap<String, Operation>,
}

/// What the document says of one operation's request.
#[derive(Debug)]
struct Operation {
    method: String,
    path: String,
    parameters: Vec<Parameter>,
    /// A body of JSON; of any other the handler knows what it is.
    body: Option<Body>,
    media_type: Option<String>,
    security: Vec<Vec<String>>,
}

/// What the document says of an operation before its request is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route<'a> {
    /// Media type of the body, if it has one.
    pub media_type: Option<&'a str>,
    /// The sets of security schemes of which one is enough; an empty set asks for nothing, and so do no
    /// sets at all.
    pub security: &'a [Vec<String>],
}

#[derive(Debug)]
struct Parameter {
    name: String,
    /// `path`, `query` or `header`.
    place: String,
    required: bool,
    /// The `type` of its values that are not null.
    kind: String,
    /// Of a list, the `type` of its items.
    items: Option<String>,
    validator: Validator,
}

#[derive(Debug)]
struct Body {
    required: bool,
    schema: Value,
    validator: Validator,
}

/// Why a document cannot be used.
#[derive(Debug)]
pub struct ContractError(String);

impl fmt::Display for ContractError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the API document cannot be used: {}", self.0)
    }
}

impl std::error::Error for ContractError {}

impl Contract {
    /// Reads a document in YAML. Local references to components, JSON bodies and formats in them, bodies of
    /// bytes, security, and path, query and header parameters are understood, nothing else.
    pub fn read(yaml: &str) -> Result<Self, ContractError> {
        let document: Value =
            serde_yaml::from_str(yaml).map_err(|error| ContractError(error.to_string()))?;
        let mut operations = HashMap::new();
        let paths = document["paths"].as_object().into_iter().flatten();
        for (path, method, operation) in paths.flat_map(|(path, item)| {
            item.as_object()
                .into_iter()
                .flatten()
                .map(move |(method, operation)| (path, method, operation))
        }) {
            let Some(id) = operation["operationId"].as_str() else {
                return Err(ContractError(format!("{method} {path} has no operationId")));
            };
            let operation = read_operation(&document, method, path, operation)
                .map_err(|error| ContractError(format!("{id}: {error}")))?;
            operations.insert(id.to_owned(), operation);
        }
        Ok(Self {
            document,
            operations,
        })
    }

    /// The document.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Id of the operation behind a method and path template, if it takes this header.
    pub fn taking_header(&self, header: &str, method: &str, path: &str) -> Option<&str> {
        let (id, _) = self.operations.iter().find(|(_, operation)| {
            let wanted =
                |it: &Parameter| it.place == "header" && it.name.eq_ignore_ascii_case(header);
            operation.method.eq_ignore_ascii_case(method)
                && operation.path == path
                && operation.parameters.iter().any(wanted)
        })?;
        Some(id)
    }

    /// The operation behind a method and path template; HEAD is GET without a body in its answer.
    pub fn route(&self, method: &str, path: &str) -> Option<Route<'_>> {
        let method = if method == "HEAD" { "GET" } else { method };
        let operation = self.operations.values().find(|operation| {
            operation.method.eq_ignore_ascii_case(method) && operation.path == path
        })?;
        Some(Route {
            media_type: operation.media_type.as_deref(),
            security: &operation.security,
        })
    }

    /// Id, method (lower case) and path of every operation.
    pub fn operations(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.operations.iter().map(|(id, operation)| {
            (
                id.as_str(),
                operation.method.as_str(),
                operation.path.as_str(),
            )
        })
    }
}

fn read_operation(
    document: &Value,
    method: &str,
    path: &str,
    operation: &Value,
) -> Result<Operation, String> {
    let parameters = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|parameter| {
            let parameter = resolved(document, parameter);
            let text = |key: &str| parameter[key].as_str().unwrap_or_default().to_owned();
            let schema = &parameter["schema"];
            let kind_of = |schema| kind(document, schema).unwrap_or_default().to_owned();
            let kind = kind_of(schema);
            Ok(Parameter {
                name: text("name"),
                place: text("in"),
                required: parameter["required"] == true,
                items: (kind == "array").then(|| kind_of(&schema["items"])),
                kind,
                validator: validator(document, schema)?,
            })
        });
    let given = &operation["requestBody"];
    let media_type = given["content"].as_object();
    let media_type = media_type.and_then(|content| content.keys().next().cloned());
    let json = given["content"].get("application/json").map(|json| {
        Ok::<_, String>(Body {
            required: given["required"] == true,
            schema: json["schema"].clone(),
            validator: validator(document, &json["schema"])?,
        })
    });
    Ok(Operation {
        method: method.to_owned(),
        path: path.to_owned(),
        parameters: parameters.collect::<Result<_, String>>()?,
        body: json.transpose()?,
        media_type,
        security: security(document, operation),
    })
}

/// The sets of schemes of an operation, which may be those of the whole document.
fn security(document: &Value, operation: &Value) -> Vec<Vec<String>> {
    let sets = operation.get("security").unwrap_or(&document["security"]);
    let names = |set: &Map<String, Value>| set.keys().cloned().collect();
    let sets = sets.as_array().into_iter().flatten();
    sets.filter_map(Value::as_object).map(names).collect()
}

/// A validator of a schema of the document.
fn validator(document: &Value, schema: &Value) -> Result<Validator, String> {
    let mut root = schema.as_object().cloned().unwrap_or_else(Map::new);
    root.insert("components".to_owned(), document["components"].clone());
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .build(&Value::Object(root))
        .map_err(|error| error.to_string())
}

/// What stands behind a local reference; the value itself if it is none.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let reference = value["$ref"].as_str().and_then(|at| at.strip_prefix('#'));
    let target = reference.and_then(|pointer| document.pointer(pointer));
    target.unwrap_or(value)
}

/// The `type` of a schema, behind a reference or beside null.
fn kind<'a>(document: &'a Value, schema: &'a Value) -> Option<&'a str> {
    let schema = resolved(document, schema);
    if let Some(kind) = schema["type"].as_str() {
        return Some(kind).filter(|kind| *kind != "null");
    }
    schema["anyOf"]
        .as_array()?
        .iter()
        .find_map(|schema| kind(document, schema))
}
