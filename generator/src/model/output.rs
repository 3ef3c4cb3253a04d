//! What a tool says of its result: the schema of the answer, as far as it is to be trusted, shaped as the
//! answer is.

use serde_json::{Map, Value, json};

use super::Operation;
use super::lower::json_answer;
use super::project::{MAX_DEPTH, MAX_NODES, Projector, Way, without_null};
use crate::diagnostics::At;
use crate::normalise::{Encoding, Media, Schemas, encoding};
use crate::read::tools_spec::{
    Format, OutputSchema, ResponseSpec, SchemaDialect, ToolSpec, ToolsSpec,
};

/// Tokens of an output schema that `auto` still takes, and schema objects that can have so many.
const AUTO_OUTPUT_TOKENS: u64 = 250;
const AUTO_OUTPUT_NODES: usize = 100;
/// Schema objects of an answer that are told at most.
const MAX_TOLD: usize = 2_000;

/// The schema of a result.
#[derive(Debug, Default)]
pub(super) struct Output {
    pub(super) schema: Option<Map<String, Value>>,
    /// What an answer that is no object becomes the member of, so that its schema is that of an object.
    pub(super) wrap: Option<&'static str>,
}

/// The schema of the result, where the tools spec wants one and one can be had.
pub(super) fn output(
    spec: &ToolsSpec,
    entry: &ToolSpec,
    operation: &Operation,
    schemas: &Schemas<'_>,
) -> Output {
    let wanted = entry.output_schema.unwrap_or(spec.output_schema);
    let response = &entry.response;
    // A table is text; structured beside it only where that is stated of the tool.
    let table =
        response.format == Format::Table && entry.output_schema != Some(OutputSchema::Always);
    // A tool that starts an operation answers with a task too, whose result is another tool's.
    if wanted == OutputSchema::Never || table || entry.task.is_some() {
        return Output::default();
    }
    let limit = match wanted {
        OutputSchema::Always => MAX_NODES,
        _ => AUTO_OUTPUT_NODES,
    };
    let reshaped = !response.select.is_empty() || !response.omit.is_empty() || response.drop_nulls;
    let dialect = match reshaped {
        // What is shaped is written out, so that there is nothing that two places share.
        true => SchemaDialect::Portable,
        false => spec.schemas,
    };
    let Some((answer, is_cut)) = answer(operation, schemas, dialect, limit) else {
        return Output::default();
    };
    if is_cut && wanted == OutputSchema::Auto {
        return Output::default();
    }
    let mut schema = Value::Object(answer);
    shape(&mut schema, response);
    let Value::Object(schema) = schema else {
        return Output::default();
    };
    // A list makes the result long, and a result with a schema is sent twice: as text and structured.
    let text = json!(schema).to_string();
    let small = text.len() as u64 / 4 <= AUTO_OUTPUT_TOKENS
        && schema.contains_key("properties")
        && !text.contains("\"items\":");
    if wanted != OutputSchema::Always && !small {
        return Output::default();
    }
    rooted(schema)
}

/// The schema of an operation's answers, and whether it was cut at `limit` schema objects; none where it
/// cannot be trusted or had.
pub(super) fn answer(
    operation: &Operation,
    schemas: &Schemas<'_>,
    dialect: SchemaDialect,
    limit: usize,
) -> Option<(Map<String, Value>, bool)> {
    if operation
        .success
        .iter()
        .any(|media| media.schema.is_none() || is_stream(media))
    {
        return None;
    }
    let mut projector = Projector::new(schemas.clone(), dialect, Way::Out, limit);
    let mut schema = projector.schema(json_answer(&operation.success)?);
    if !projector.losses().is_empty() || projector.is_unportable() {
        return None;
    }
    let definitions = projector.definitions();
    if !definitions.is_empty() {
        schema.insert("$defs".to_owned(), Value::Object(definitions));
    }
    Some((schema, projector.is_cut()))
}

/// Whether an answer is a stream, which becomes the list of what it brought, whatever each of it is.
pub(super) fn is_stream(media: &Media) -> bool {
    ["event-stream", "ndjson", "jsonl", "json-seq"]
        .iter()
        .any(|kind| media.media_type.contains(kind))
}

/// All that the document says of the answer at `at`, shaped as `response` says.
pub(crate) fn told(at: &At, response: &ResponseSpec, schemas: &Schemas<'_>) -> Value {
    let project = |depth| {
        let projector = Projector::new(
            schemas.clone(),
            SchemaDialect::Portable,
            Way::Told,
            MAX_TOLD,
        );
        let mut projector = projector.down_to(depth);
        let schema = projector.schema(at);
        (!projector.is_cut()).then_some(schema)
    };
    // Cut at a depth, not at a size: what is left open is then the same, whatever is added beside it.
    let schema = [MAX_DEPTH, 8, 6, 4, 3, 2]
        .into_iter()
        .find_map(project)
        .unwrap_or_default();
    let mut schema = Value::Object(schema);
    shape(&mut schema, response);
    schema
}

/// Where the document says what an operation answers in JSON.
pub(crate) fn told_at(operation: &Operation) -> Option<&At> {
    json_answer(&operation.success)
}

/// An answer of an operation as its document has it.
pub(super) fn example(operation: &Operation, schemas: &Schemas<'_>) -> Option<Value> {
    let media = operation
        .success
        .iter()
        .find(|media| encoding(&media.media_type) == Encoding::Json)?;
    if let Some(example) = &media.example {
        return schemas.sources().value(example).cloned();
    }
    let schema = schemas.get(media.schema.as_ref()?).ok()?;
    schema.get("examples")?.get(0).cloned()
}

/// A schema of an object: as it is, or of the object that the runtime makes.
fn rooted(mut schema: Map<String, Value>) -> Output {
    let is_composed = ["anyOf", "oneOf", "allOf"]
        .iter()
        .any(|keyword| schema.contains_key(*keyword));
    let wrap = match schema.get("type").and_then(Value::as_str) {
        Some(_) if is_composed => return Output::default(),
        Some("object") => None,
        Some("array") => Some("items"),
        Some("string" | "number" | "integer" | "boolean") => Some("value"),
        _ => return Output::default(),
    };
    if let Some(name) = wrap {
        let definitions = schema.shift_remove("$defs");
        let mut properties = Map::new();
        properties.insert(name.to_owned(), Value::Object(schema));
        schema = Map::new();
        schema.insert("type".to_owned(), json!("object"));
        schema.insert("properties".to_owned(), Value::Object(properties));
        schema.extend(definitions.map(|definitions| ("$defs".to_owned(), definitions)));
    }
    Output {
        schema: Some(schema),
        wrap,
    }
}

/// Shapes a schema as the runtime shapes what fits it.
fn shape(schema: &mut Value, response: &ResponseSpec) {
    let pointers =
        |list: &[String]| -> Vec<Vec<String>> { list.iter().map(|text| steps(text)).collect() };
    let select = pointers(&response.select);
    if !select.is_empty() {
        let select: Vec<&[String]> = select.iter().map(Vec::as_slice).collect();
        self::select(schema, &select);
    }
    for pointer in pointers(&response.omit) {
        omit(schema, &pointer);
    }
    if response.drop_nulls {
        drop_nulls(schema);
    }
}

/// The steps of a JSON pointer (RFC 6901).
pub(super) fn steps(pointer: &str) -> Vec<String> {
    let steps = pointer.split('/').skip(1);
    steps
        .map(|step| step.replace("~1", "/").replace("~0", "~"))
        .collect()
}

fn leads_to(step: &str, name: &str) -> bool {
    step == "*" || step == name
}

/// The subschemas that say more of the same value.
fn branches(schema: &mut Map<String, Value>) -> impl Iterator<Item = &mut Value> {
    let keywords = ["anyOf", "oneOf", "allOf"];
    schema
        .iter_mut()
        .filter(move |(keyword, _)| keywords.contains(&keyword.as_str()))
        .filter_map(|(_, value)| value.as_array_mut())
        .flatten()
}

/// Keeps what the pointers lead to. What is not kept is not refused: where the pointers lead nowhere in an
/// answer, it is delivered whole.
fn select(schema: &mut Value, pointers: &[&[String]]) {
    let Value::Object(schema) = schema else {
        return;
    };
    if pointers.iter().any(|pointer| pointer.is_empty()) {
        return;
    }
    for branch in branches(schema) {
        select(branch, pointers);
    }
    let all: Vec<&[String]> = pointers.iter().map(|pointer| &pointer[1..]).collect();
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.retain(|name, property| {
            let below: Vec<&[String]> = pointers
                .iter()
                .filter(|pointer| leads_to(&pointer[0], name))
                .map(|pointer| &pointer[1..])
                .collect();
            select(property, &below);
            !below.is_empty()
        });
    }
    if let Some(additional) = schema.get_mut("additionalProperties") {
        select(additional, &all);
    }
    for keyword in ["required", "patternProperties", "prefixItems"] {
        schema.shift_remove(keyword);
    }
    if let Some(items) = schema.get_mut("items") {
        if pointers.iter().all(|pointer| pointer[0] == "*") {
            select(items, &all);
        } else {
            // Items at other places stay as they are.
            *items = json!({});
        }
    }
}

/// Leaves out what a pointer leads to.
fn omit(schema: &mut Value, pointer: &[String]) {
    let (Value::Object(schema), Some((step, rest))) = (schema, pointer.split_first()) else {
        return;
    };
    for branch in branches(schema) {
        omit(branch, pointer);
    }
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        if rest.is_empty() {
            properties.retain(|name, _| !leads_to(step, name));
        }
        for (_, property) in properties
            .iter_mut()
            .filter(|(name, _)| leads_to(step, name))
        {
            omit(property, rest);
        }
    }
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.retain(|name| {
            !(rest.is_empty() && name.as_str().is_some_and(|name| leads_to(step, name)))
        });
    }
    if step == "*" {
        for keyword in ["additionalProperties", "items"] {
            if let Some(inside) = schema.get_mut(keyword) {
                omit(inside, rest);
            }
        }
    } else if schema.contains_key("items") && rest.is_empty() && step.parse::<usize>().is_ok() {
        // The items after it move up.
        schema.shift_remove("prefixItems");
    }
}

/// Members are there or not, but never null.
fn drop_nulls(schema: &mut Value) {
    let Value::Object(schema) = schema else {
        return;
    };
    for branch in branches(schema) {
        drop_nulls(branch);
    }
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for property in properties.values_mut() {
            if let Value::Object(property) = property {
                without_null(property);
            }
            drop_nulls(property);
        }
    }
    for keyword in ["items", "additionalProperties"] {
        if let Some(inside) = schema.get_mut(keyword) {
            drop_nulls(inside);
        }
    }
    schema.shift_remove("required");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shaped(response: Value) -> Value {
        let mut schema = json!({
            "type": "object",
            "properties": {
                "ok": { "type": "boolean" },
                "data": {
                    "type": "object",
                    "properties": {
                        "rows": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "properties": { "id": { "type": "integer" }, "note": { "type": ["string", "null"] } }
                            }
                        },
                        "either": { "anyOf": [{ "type": "object", "properties": { "a": {}, "b": {} } }, { "type": "null" }] }
                    }
                }
            }
        });
        shape(&mut schema, &serde_json::from_value(response).unwrap());
        schema
    }

    #[test]
    fn selected() {
        assert_eq!(
            shaped(json!({ "select": ["/data/rows/*/id", "/data/either/a"] })),
            json!({ "type": "object", "properties": { "data": { "type": "object", "properties": {
                "rows": { "type": "array", "items": { "type": "object", "properties": { "id": { "type": "integer" } } } },
                "either": { "anyOf": [{ "type": "object", "properties": { "a": {} } }, { "type": "null" }] }
            } } } })
        );
        let first = shaped(json!({ "select": ["/data/rows/0/id"] }));
        assert_eq!(
            first["properties"]["data"]["properties"]["rows"]["items"],
            json!({})
        );
        let any = shaped(json!({ "select": ["/*/rows"] }));
        assert_eq!(
            any["properties"]["data"]["properties"]
                .as_object()
                .unwrap()
                .len(),
            1
        );
    }

    #[test]
    fn omitted() {
        let schema =
            shaped(json!({ "omit": ["/ok", "/data/rows/*/note", "/data/either/*", "/none/x"] }));
        assert_eq!(
            schema,
            json!({ "type": "object", "properties": { "data": { "type": "object", "properties": {
                "rows": { "type": "array", "items": { "type": "object", "properties": { "id": { "type": "integer" } } } },
                "either": { "anyOf": [{ "type": "object", "properties": {} }, { "type": "null" }] }
            } } } })
        );
    }

    #[test]
    fn without_nulls() {
        let schema = shaped(json!({ "drop_nulls": true }));
        let data = &schema["properties"]["data"]["properties"];
        assert_eq!(
            data["rows"]["items"]["properties"]["note"],
            json!({ "type": "string" })
        );
        assert_eq!(data["either"]["anyOf"].as_array().unwrap().len(), 1);
    }

    #[test]
    fn roots() {
        let of = |schema: Value| {
            let output = rooted(schema.as_object().unwrap().clone());
            (output.schema.map(Value::Object), output.wrap)
        };
        let list = json!({ "type": "array", "items": {} });
        let wrapped = json!({ "type": "object", "properties": { "items": list } });
        assert_eq!(of(list), (Some(wrapped), Some("items")));
        assert_eq!(
            of(json!({ "type": "object" })),
            (Some(json!({ "type": "object" })), None)
        );
        assert_eq!(of(json!({ "type": "string" })).1, Some("value"));
        assert_eq!(of(json!({ "type": "object", "anyOf": [{}] })), (None, None));
        assert_eq!(of(json!({})), (None, None));
    }
}
