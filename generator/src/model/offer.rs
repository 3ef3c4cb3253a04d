//! Arguments that the runtime reads itself, beside those of the operation.

use serde_json::{Map, Value, json};

use super::tools::{Argument, Tool};
use crate::diagnostics::{At, Diagnostic, Diagnostics, codes};

/// Offers an optional argument of `tool` that nothing is sent of; `at` is where it was asked for.
pub(super) fn offer(
    tool: &mut Tool,
    name: &str,
    schema: Map<String, Value>,
    at: At,
    diagnostics: &mut Diagnostics,
) {
    if tool.arguments.iter().any(|argument| argument.name == name) {
        let message = format!(
            "tool `{}` has an argument `{name}` already, of the backend",
            tool.name
        );
        let help = format!(
            "offer that one under another name: `arguments: {{ backend_{name}: {{ rename: {name} }} }}`"
        );
        diagnostics.push(Diagnostic::error(codes::DUPLICATE_NAME, at, message).help(help));
        return;
    }
    if let Some(Value::Object(properties)) = tool.input_schema.get_mut("properties") {
        properties.insert(name.to_owned(), json!(schema));
    }
    tool.arguments.push(Argument {
        name: name.to_owned(),
        schema,
        required: false,
    });
}

/// No longer asks the agent for an argument; whether it was required.
pub(super) fn relieve(tool: &mut Tool, name: &str) -> bool {
    let argument = tool
        .arguments
        .iter_mut()
        .find(|argument| argument.name == name);
    let was = argument.is_some_and(|argument| std::mem::take(&mut argument.required));
    if let Some(Value::Array(required)) = tool.input_schema.get_mut("required") {
        required.retain(|known| known != name);
        if required.is_empty() {
            tool.input_schema.shift_remove("required");
        }
    }
    was
}
