//! What the user is asked before a tool is called: to agree, or for arguments.

use serde_json::{Map, Value, json};

use super::offer::{offer, relieve};
use super::tools::Tool;
use super::{BodySource, Kind, Operation, Source, Types};
use crate::diagnostics::{At, Diagnostic, Diagnostics, codes, nearest};
use crate::normalise::{Schema, Schemas};
use crate::read::Sources;
use crate::read::tools_spec::{AskSpec, ConfirmSpec};

/// Arguments that the user is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// The key of the question.
    pub key: String,
    /// What the user reads, with arguments as `{name}`.
    pub message: String,
    /// The schema of the form.
    pub form: Value,
}

/// The key of a question that has none of its own.
const KEY: &str = "input";

/// Applies `confirm` and `ask` to every tool that has them.
pub(super) fn questions(
    sources: &Sources,
    tools: &mut [Tool],
    operations: &[Operation],
    types: &Types,
    schemas: &Schemas<'_>,
    diagnostics: &mut Diagnostics,
) {
    for tool in tools {
        let Some(entry) = sources.spec.tools.get(&tool.name) else {
            continue;
        };
        let at = tool.at.clone();
        if let Some(spec) = &entry.ask {
            let operation = &operations[tool.operation];
            tool.ask = ask(
                spec,
                tool,
                &at.child("ask"),
                (operation, types, schemas),
                diagnostics,
            );
        }
        tool.confirm = match &entry.confirm {
            None | Some(ConfirmSpec::Plain(false)) => None,
            Some(ConfirmSpec::Plain(true)) => Some(question(tool)),
            Some(ConfirmSpec::Question(text)) => {
                placeholders(tool, text, at.child("confirm"), diagnostics);
                Some(text.trim().to_owned())
            }
        };
        if tool.confirm.is_some() {
            let schema =
                json!({ "type": "boolean", "description": "True only once the user has agreed." });
            let schema = schema.as_object().cloned().unwrap_or_default();
            offer(tool, "confirm", schema, at.child("confirm"), diagnostics);
        }
    }
}

/// What is asked where the tools spec does not say: the tool, and what it is called with.
fn question(tool: &Tool) -> String {
    let name = tool.title.as_deref().unwrap_or(&tool.name);
    let required = tool.arguments.iter().filter(|argument| argument.required);
    let with: Vec<String> = required
        .map(|argument| format!("{0}: {{{0}}}", argument.name))
        .collect();
    if with.is_empty() {
        format!("{name}?")
    } else {
        format!("{name} ({})?", with.join(", "))
    }
}

/// Every `{name}` in a text is an argument.
fn placeholders(tool: &Tool, text: &str, at: At, diagnostics: &mut Diagnostics) {
    for (name, _) in text
        .split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'))
    {
        if !tool.arguments.iter().any(|argument| argument.name == name) {
            unknown(tool, name, at.clone(), diagnostics);
        }
    }
}

fn unknown(tool: &Tool, name: &str, at: At, diagnostics: &mut Diagnostics) {
    let message = format!("tool `{}` has no argument `{name}`", tool.name);
    let mut diagnostic = Diagnostic::error(codes::UNKNOWN_ARGUMENT, at, message);
    let names = tool.arguments.iter().map(|argument| argument.name.as_str());
    if let Some(near) = nearest(name, names) {
        diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
    }
    diagnostics.push(diagnostic);
}

type Documented<'a, 's> = (&'a Operation, &'a Types, &'a Schemas<'s>);

fn ask(
    spec: &AskSpec,
    tool: &mut Tool,
    at: &At,
    documented: Documented<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> Option<Ask> {
    placeholders(tool, &spec.message, at.child("message"), diagnostics);
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (index, name) in spec.arguments.iter().enumerate() {
        let at = at.child("arguments").child(&index.to_string());
        let Some(argument) = tool
            .arguments
            .iter()
            .find(|argument| argument.name == *name)
        else {
            unknown(tool, name, at, diagnostics);
            continue;
        };
        let schemas = documented.2;
        let schema = place(tool, name, documented).and_then(|at| schemas.get(&at).ok());
        match field(&argument.schema, schema.as_deref(), schemas) {
            Some(field) => {
                properties.insert(name.clone(), Value::Object(field));
            }
            None => {
                let message = format!(
                    "a user cannot be asked for `{name}`: a form has texts, numbers, yes or no, and choices"
                );
                diagnostics.push(Diagnostic::error(codes::BAD_ARGUMENT, at, message));
            }
        }
        if relieve(tool, name) {
            required.push(name.clone());
        }
    }
    let mut form = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        form["required"] = json!(required);
    }
    Some(Ask {
        key: spec.key.clone().unwrap_or_else(|| KEY.to_owned()),
        message: spec.message.trim().to_owned(),
        form,
    })
}

/// Where the document describes the argument `name`.
fn place(tool: &Tool, name: &str, (operation, types, schemas): Documented<'_, '_>) -> Option<At> {
    let is_it = |source: &Source| matches!(source, Source::Argument(argument) if argument == name);
    if let Some(index) = tool.parameters.iter().position(is_it) {
        return operation.parameters[index].0.schema.clone();
    }
    let BodySource::Fields(sources) = &tool.body else {
        return None;
    };
    let (body, ty) = operation.body.as_ref()?;
    let Kind::Struct { fields, .. } = &types.get(ty.id).kind else {
        return None;
    };
    let field = &fields[sources.iter().position(is_it)?];
    let whole = schemas.get(body.schema.as_ref()?).ok()?;
    Some(whole.child(&["properties", &field.name]))
}

/// A field of a form (MCP, elicitation, PrimitiveSchemaDefinition): what agents read of the argument,
/// with the titles that only people need; `None` for what no form can ask for.
fn field(
    argument: &Map<String, Value>,
    documented: Option<&Schema<'_>>,
    schemas: &Schemas<'_>,
) -> Option<Map<String, Value>> {
    let kind = kind(argument)?;
    let mut field = Map::new();
    field.insert("type".to_owned(), json!(kind));
    if let Some(title) = documented.and_then(|schema| schema.text("title")) {
        field.insert("title".to_owned(), json!(title));
    }
    let keywords: &[&str] = match kind {
        "string" => &["description", "minLength", "maxLength", "default"],
        "number" | "integer" => &["description", "minimum", "maximum", "default"],
        "boolean" => &["description", "default"],
        _ => &["description", "minItems", "maxItems", "default"],
    };
    for keyword in keywords {
        if let Some(value) = argument.get(*keyword) {
            field.insert((*keyword).to_owned(), value.clone());
        }
    }
    if kind == "string" {
        let formats = ["email", "uri", "date", "date-time"].map(Value::from);
        if let Some(format) = argument.get("format").filter(|name| formats.contains(name)) {
            field.insert("format".to_owned(), format.clone());
        }
        field.extend(choices(argument, documented, schemas, "oneOf")?);
    }
    if kind == "array" {
        let items = argument.get("items")?.as_object()?;
        let of = documented.and_then(|schema| schemas.get(&schema.child(&["items"])).ok());
        let mut choices = choices(items, of.as_deref(), schemas, "anyOf")?;
        if choices.is_empty() {
            return None;
        }
        if choices.contains_key("enum") {
            choices.shift_insert(0, "type".to_owned(), json!("string"));
        }
        field.insert("items".to_owned(), Value::Object(choices));
    }
    Some(field)
}

/// The one type of an argument, null aside.
fn kind(argument: &Map<String, Value>) -> Option<&'static str> {
    let is_text = |value: &Value| value.is_string();
    let names: Vec<&str> = match argument.get("type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(Value::as_str)
            .filter(|name| *name != "null")
            .collect(),
        // Choices without a type are texts if all of them are.
        _ => match (argument.get("enum"), argument.get("oneOf")) {
            (Some(Value::Array(values)), _) if values.iter().all(is_text) => vec!["string"],
            (None, Some(Value::Array(branches)))
                if branches
                    .iter()
                    .all(|branch| branch.get("const").is_some_and(is_text)) =>
            {
                vec!["string"]
            }
            _ => return None,
        },
    };
    let [name] = names.as_slice() else {
        return None;
    };
    ["string", "number", "integer", "boolean", "array"]
        .into_iter()
        .find(|kind| kind == name)
}

/// The keywords that list the choices (SEP-1330); none for a text that is free, `None` for choices that
/// no form can have.
fn choices(
    argument: &Map<String, Value>,
    documented: Option<&Schema<'_>>,
    schemas: &Schemas<'_>,
    titled: &str,
) -> Option<Map<String, Value>> {
    let mut out = Map::new();
    if let Some(Value::Array(values)) = argument.get("enum") {
        if !values.iter().all(Value::is_string) {
            return None;
        }
        out.insert("enum".to_owned(), json!(values));
        let of_all = |names: &&Value| names.as_array().map(Vec::len) == Some(values.len());
        let names = documented.and_then(|schema| {
            let same = schema.get("enum").and_then(Value::as_array) == Some(values);
            ["enumNames", "x-enumNames"]
                .iter()
                .find_map(|key| schema.get(key).filter(|_| same))
        });
        if let Some(names) = names.filter(of_all) {
            out.insert("enumNames".to_owned(), names.clone());
        }
        return Some(out);
    }
    let composed = ["oneOf", "anyOf", "allOf"];
    let Some(keyword) = composed
        .iter()
        .find(|keyword| argument.contains_key(**keyword))
    else {
        return Some(out);
    };
    let branches = documented?.branches(keyword);
    let options = branches.iter().map(|at| {
        let branch = schemas.get(at).ok()?;
        let value = branch.get("const")?.as_str()?;
        let title = branch.text("title").or(branch.text("description"));
        Some(json!({ "const": value, "title": title.unwrap_or(value) }))
    });
    let options: Option<Vec<Value>> = options.collect();
    out.insert(titled.to_owned(), json!(options?));
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::project::{MAX_NODES, Projector, Way};
    use crate::read::tools_spec::SchemaDialect;

    /// The field for the argument that has `schema` in a document.
    fn field_of(schema: Value) -> Option<Value> {
        let sources = Sources::of_document(json!({ "components": { "schemas": { "S": schema } } }));
        let at = At::value(sources.document, "/components/schemas/S");
        let schemas = Schemas::new(&sources);
        let dialect = SchemaDialect::Portable;
        let argument = Projector::new(schemas.clone(), dialect, Way::In, MAX_NODES).schema(&at);
        let documented = schemas.get(&at).expect("a schema");
        field(&argument, Some(&documented), &schemas).map(Value::Object)
    }

    #[test]
    fn fields_are_as_they_were_written() {
        for schema in [
            json!({"type": "string", "title": "Your name", "description": "In full.", "minLength": 1, "maxLength": 9, "default": "Ada"}),
            json!({"type": "string", "format": "email"}),
            json!({"type": "integer", "minimum": 0, "maximum": 9, "default": 5}),
            json!({"type": "number", "default": 95.5}),
            json!({"type": "boolean", "default": true}),
            json!({"type": "string", "default": "a", "enum": ["a", "b"]}),
            json!({"type": "string", "enum": ["a", "b"], "enumNames": ["First", "Second"]}),
            json!({"type": "string", "oneOf": [{"const": "a", "title": "First"}, {"const": "b", "title": "Second"}]}),
            json!({"type": "array", "maxItems": 2, "items": {"type": "string", "enum": ["a", "b"]}}),
            json!({"type": "array", "items": {"anyOf": [{"const": "a", "title": "First"}, {"const": "b", "title": "Second"}]}}),
        ] {
            assert_eq!(field_of(schema.clone()), Some(schema));
        }
    }

    #[test]
    fn fields_are_made_to_fit() {
        for (schema, expected) in [
            (
                json!({"type": ["string", "null"], "pattern": "x", "format": "uuid"}),
                json!({"type": "string"}),
            ),
            (
                json!({"enum": ["a"]}),
                json!({"type": "string", "enum": ["a"]}),
            ),
            (
                json!({"anyOf": [{"const": "a"}, {"const": "b", "description": "Second"}], "type": "string"}),
                json!({"type": "string", "oneOf": [{"const": "a", "title": "a"}, {"const": "b", "title": "Second"}]}),
            ),
        ] {
            assert_eq!(field_of(schema), Some(expected));
        }
    }

    #[test]
    fn some_arguments_no_form_has() {
        for schema in [
            json!({}),
            json!({"type": "object"}),
            json!({"type": ["string", "integer"]}),
            json!({"type": "array", "items": {"type": "string"}}),
            json!({"type": "array", "items": {"type": "object"}}),
            json!({"type": "string", "anyOf": [{"maxLength": 5}, {"pattern": "x"}]}),
            json!({"enum": [1, 2]}),
        ] {
            assert_eq!(field_of(schema.clone()), None, "{schema}");
        }
    }
}
