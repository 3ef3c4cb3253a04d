//! What calls operations besides tools: resources, and lookups that complete arguments. Each becomes a tool that
//! is not listed.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::reach::Reach;
use super::slots::flattened;
use super::{Operation, Tool, Types, uri};
use crate::diagnostics::{At, Diagnostic, Diagnostics, codes, nearest};
use crate::read::Sources;
use crate::read::tools_spec::{CompleteSpec, LookupSpec, PromptArgumentSpec, ToolSpec};

/// A declaration that calls an operation.
#[derive(Clone, Debug)]
pub(super) struct Read {
    /// What its tool is called.
    pub(super) name: String,
    /// How messages call it.
    pub(super) who: String,
    /// The operation, as declared.
    pub(super) operation: String,
    /// Where it is declared: the parent of `operation`.
    pub(super) at: At,
    /// Constants for parameters, under `constants_key`.
    pub(super) constants: IndexMap<String, Value>,
    pub(super) constants_key: &'static str,
    /// The names of values that it may be given.
    pub(super) offered: Vec<String>,
    /// Whether each of those must be a parameter: as a variable of a URI must.
    pub(super) is_resource: bool,
    /// Losses that it accepts.
    pub(super) accept: Vec<String>,
}

/// Every such declaration: resources, what completes their variables, what completes arguments of prompts.
pub(super) fn reads(sources: &Sources) -> Vec<Read> {
    let mut reads = Vec::new();
    let mut lookups = Vec::new();
    let root = At::value(sources.spec_file, "/resources");
    for (name, resource) in &sources.spec.resources {
        let at = root.child(name);
        let variables = uri::variables(&resource.uri).unwrap_or_default();
        let variables: Vec<String> = variables.into_iter().map(str::to_owned).collect();
        if let Some(operation) = &resource.operation {
            reads.push(Read {
                name: format!("resource_{name}"),
                who: format!("resource `{name}`"),
                operation: operation.clone(),
                at: at.clone(),
                constants: resource.constants.clone(),
                constants_key: "constants",
                offered: variables.clone(),
                is_resource: true,
                accept: resource.accept.clone(),
            });
        }
        for (argument, spec) in &resource.arguments {
            let at = at.child("arguments").child(argument);
            lookups.extend(lookup(argument, spec, &at, &variables));
        }
    }
    for prompt in sources.prompts.values() {
        let names: Vec<String> = prompt.spec.arguments.keys().cloned().collect();
        for (argument, spec) in &prompt.spec.arguments {
            lookups.extend(lookup(argument, spec, &prompt.arguments[argument], &names));
        }
    }
    reads.extend(lookups);
    reads
}

/// Where a constant is declared that a tool would have under `arguments`.
fn declared_at(at: &At) -> At {
    let declared = || {
        let (name, rest) = at.pointer.strip_prefix("/resources/")?.split_once('/')?;
        let constant = rest.strip_prefix("arguments/")?.strip_suffix("/const")?;
        Some(format!("/resources/{name}/constants/{constant}"))
    };
    declared().map_or_else(|| at.clone(), |pointer| At::value(at.file, pointer))
}

fn lookup(argument: &str, spec: &PromptArgumentSpec, at: &At, names: &[String]) -> Option<Read> {
    let Some(CompleteSpec::Lookup(LookupSpec {
        operation,
        arguments,
        accept,
        ..
    })) = &spec.complete
    else {
        return None;
    };
    Some(Read {
        name: format!("complete_{argument}"),
        who: format!("what completes `{argument}`"),
        operation: operation.clone(),
        at: at.child("complete"),
        constants: arguments.clone(),
        constants_key: "arguments",
        offered: names
            .iter()
            .filter(|name| *name != argument)
            .cloned()
            .collect(),
        is_resource: false,
        accept: accept.clone(),
    })
}

/// A tool that is not listed, as the tools spec would declare it.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) operation: usize,
    pub(super) tool: ToolSpec,
    /// Where the first declaration that it is for stands.
    pub(super) at: At,
}

/// The tools that are not listed, each once, and which of them each declaration is, by its place.
pub(super) fn entries(
    reach: &Reach,
    operations: &[Operation],
    types: &Types,
    diagnostics: &mut Diagnostics,
) -> (Vec<Entry>, IndexMap<At, usize>) {
    let mut entries: Vec<Entry> = Vec::new();
    let mut keys: Vec<String> = Vec::new();
    let mut of = IndexMap::new();
    for (read, operation) in &reach.reads {
        let Some((tool, key)) = as_tool(read, &operations[*operation], types, diagnostics) else {
            continue;
        };
        let known = keys.iter().position(|known| *known == key);
        let index = known.unwrap_or_else(|| {
            let (name, at) = (read.name.clone(), read.at.clone());
            entries.push(Entry {
                name,
                operation: *operation,
                tool,
                at,
            });
            keys.push(key);
            keys.len() - 1
        });
        of.insert(read.at.clone(), index);
    }
    (entries, of)
}

/// What comes as text, from a URI or a prompt, is one value; and constants are where they were declared.
pub(super) fn check(tools: &[Tool], diagnostics: &mut Diagnostics) {
    tools
        .iter()
        .for_each(|tool| check_scalars(tool, diagnostics));
    diagnostics.move_places(declared_at);
}

fn check_scalars(tool: &Tool, diagnostics: &mut Diagnostics) {
    let is_scalar = |schema: &Map<String, Value>| match schema.get("type") {
        Some(Value::String(name)) => !matches!(name.as_str(), "array" | "object"),
        Some(Value::Array(names)) => !names.iter().any(|name| name == "array" || name == "object"),
        _ => schema.contains_key("enum") || schema.contains_key("const"),
    };
    for argument in tool
        .arguments
        .iter()
        .filter(|argument| !is_scalar(&argument.schema))
    {
        let message = format!(
            "`{}` is not one value, and cannot be given as text",
            argument.name
        );
        let help = "give it a constant, or do without it";
        diagnostics.push(
            Diagnostic::error(codes::BAD_RESOURCE, tool.at.child("operation"), message).help(help),
        );
    }
}

/// The tool that a declaration stands for, as the tools spec would declare it, and what is the same for those that
/// are the same.
fn as_tool(
    read: &Read,
    operation: &Operation,
    types: &Types,
    diagnostics: &mut Diagnostics,
) -> Option<(ToolSpec, String)> {
    let endpoint = operation.endpoint();
    let mut problems = Vec::new();
    let mut error = |code, at: At, message: String, help: Option<String>| {
        let diagnostic = Diagnostic::error(code, at, message);
        problems.push(match help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        });
    };
    let at = read.at.child("operation");
    if !matches!(operation.method.as_str(), "GET" | "HEAD") {
        let message = format!("{} calls `{endpoint}`, which does not only read", read.who);
        error(
            codes::BAD_RESOURCE,
            at.clone(),
            message,
            Some("name a GET".to_owned()),
        );
    } else if operation
        .body
        .as_ref()
        .is_some_and(|(body, _)| body.required)
    {
        let message = format!("{} calls `{endpoint}`, which needs a body", read.who);
        error(
            codes::BAD_RESOURCE,
            at.clone(),
            message,
            Some("name a GET without one".to_owned()),
        );
    }
    let parameters: Vec<&str> = operation
        .parameters
        .iter()
        .map(|(one, _)| one.name.as_str())
        .collect();
    let near = |name: &str| match nearest(name, parameters.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if parameters.is_empty() => "it takes none".to_owned(),
        None => format!("it takes {}", parameters.join(", ")),
    };
    for name in read
        .constants
        .keys()
        .filter(|name| !parameters.contains(&name.as_str()))
    {
        let at = read.at.child(read.constants_key).child(name).as_key();
        let message = format!("`{endpoint}` has no parameter `{name}`");
        error(codes::UNKNOWN_ARGUMENT, at, message, Some(near(name)));
    }
    for name in read.offered.iter().filter(|_| read.is_resource) {
        let place = read.at.child("uri");
        if read.constants.contains_key(name) {
            let message = format!("`{name}` is a variable of the URI and a constant");
            error(
                codes::BAD_RESOURCE,
                place,
                message,
                Some("it is one of the two".to_owned()),
            );
        } else if !parameters.contains(&name.as_str()) {
            let message = format!("`{endpoint}` has no parameter `{name}`");
            error(codes::UNKNOWN_ARGUMENT, place, message, Some(near(name)));
        }
    }
    let mut overrides = serde_json::Map::new();
    for (parameter, _) in &operation.parameters {
        let name = &parameter.name;
        if let Some(value) = read.constants.get(name) {
            overrides.insert(name.clone(), json!({ "const": value }));
        } else if read.offered.contains(name) {
        } else if parameter.required {
            let message = format!(
                "`{endpoint}` needs `{name}`, and {} does not have it",
                read.who
            );
            let help = match read.is_resource {
                true => {
                    format!("put it into the URI as `{{{name}}}`, or give it under `constants`")
                }
                false => {
                    format!("give it under `arguments`, or have another argument called `{name}`")
                }
            };
            error(codes::BAD_RESOURCE, at.clone(), message, Some(help));
        } else {
            overrides.insert(name.clone(), json!({ "hidden": true }));
        }
    }
    if operation.body.is_some() {
        let fields = flattened(operation, types);
        let names = fields.map_or(vec!["body"], |fields| {
            fields.iter().map(|field| field.name.as_str()).collect()
        });
        overrides.extend(
            names
                .into_iter()
                .map(|name| (name.to_owned(), json!({ "hidden": true }))),
        );
    }
    let is_fine = problems.is_empty();
    problems
        .into_iter()
        .for_each(|problem| diagnostics.push(problem));
    let tool = json!({ "operation": read.operation, "arguments": overrides, "accept": read.accept, "output_schema": "never" });
    let key = format!("{endpoint} {} {}", tool["arguments"], tool["accept"]);
    let spec = serde_json::from_value(tool).ok().filter(|_| is_fine)?;
    Some((spec, key))
}
