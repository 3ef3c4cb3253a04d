//! What a server uses of its document, kept beside its code: an OpenAPI document itself, of the operations that are used,
//! without prose. It tells what an operation was once the document no longer has it.

use std::collections::HashSet;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use crate::diagnostics::{At, escape_segment};
use crate::hidden;
use crate::model::Api;
use crate::normalise::subschemas::{LISTS, MAPS, ONE};
use crate::normalise::{Document, Location, Operation, Schema, Schemas};
use crate::write::HEADER;

/// The name of the file.
pub(crate) const FILE: &str = "operations.json";

/// Keywords of a schema that are prose, or about the document.
const PROSE: [&str; 9] = [
    "$comment",
    "$schema",
    "description",
    "example",
    "examples",
    "externalDocs",
    "summary",
    "title",
    "xml",
];
/// How deep schemas are copied, and how many for one operation or component; what is beyond is left open.
const MAX_DEPTH: usize = 64;
const MAX_NODES: usize = 5_000;
/// Methods that a path item has a key for (OpenAPI 3.2, section 4.9.1).
const METHODS: [&str; 9] = [
    "GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "QUERY",
];

/// The text of the record of what `api` uses.
pub(crate) fn record(schemas: &Schemas<'_>, document: &Document, api: &Api) -> String {
    let used: HashSet<(&str, &str)> = api
        .operations
        .iter()
        .map(|one| (one.method.as_str(), one.path.as_str()))
        .collect();
    let mut copy = Copy::new(schemas);
    let mut paths: IndexMap<&str, Vec<(&str, Value)>> = IndexMap::new();
    for operation in &document.operations {
        if used.contains(&(operation.method.as_str(), operation.path.as_str())) {
            let path = paths.entry(&operation.path).or_default();
            path.push((&operation.method, copy.operation(operation)));
        }
    }
    let title = document.title.as_deref().map(plain).unwrap_or_default();
    text(&title, &paths, &copy.components())
}

/// One line for each operation and each schema, so that a change of the file shows what changed.
fn text(
    title: &str,
    paths: &IndexMap<&str, Vec<(&str, Value)>>,
    components: &Map<String, Value>,
) -> String {
    let entry = |indent: &str, key: &str, value: &Value| format!("{indent}{}: {value}", json!(key));
    let items = paths.iter().map(|(path, operations)| {
        let (known, other): (Vec<_>, Vec<_>) = operations
            .iter()
            .partition(|(method, _)| METHODS.contains(method));
        let mut lines: Vec<String> = known
            .iter()
            .map(|(method, value)| entry("      ", &method.to_lowercase(), value))
            .collect();
        if !other.is_empty() {
            let other: Map<String, Value> = other
                .into_iter()
                .map(|(method, value)| ((*method).to_owned(), value.clone()))
                .collect();
            lines.push(entry("      ", "additionalOperations", &json!(other)));
        }
        format!("    {}: {{\n{}\n    }}", json!(path), lines.join(",\n"))
    });
    let items = items.collect::<Vec<_>>().join(",\n");
    let schemas = components
        .iter()
        .map(|(name, schema)| entry("      ", name, schema));
    let schemas = schemas.collect::<Vec<_>>().join(",\n");
    let note = format!("{HEADER}: what is used of the document, to tell what changes in it");
    let info = json!({ "title": title, "version": "-" });
    format!(
        "{{\n  \"x-note\": {},\n  \"openapi\": \"3.2.0\",\n  \"info\": {info},\n  \"paths\": {{\n{items}\n  }},\n  \"components\": {{\n    \"schemas\": {{\n{schemas}\n    }}\n  }}\n}}\n",
        json!(note)
    )
}

/// A line of a document's prose, without what a reader does not see.
fn plain(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    hidden::without(line)
}

/// Copies operations and schemas, read as the generator reads them.
pub(super) struct Copy<'a, 's> {
    schemas: &'a Schemas<'s>,
    components: Map<String, Value>,
    /// The place of each component, copied or to be.
    places: IndexMap<String, At>,
    /// What is being copied.
    stack: Vec<At>,
    /// Schemas copied for the operation or component at hand.
    nodes: usize,
}

impl<'a, 's> Copy<'a, 's> {
    pub(super) fn new(schemas: &'a Schemas<'s>) -> Self {
        Self {
            schemas,
            components: Map::new(),
            places: IndexMap::new(),
            stack: Vec::new(),
            nodes: 0,
        }
    }

    /// The components that what was copied refers to, and those that they refer to.
    pub(super) fn components(mut self) -> Map<String, Value> {
        while let Some((name, at)) = self.places.get_index(self.components.len()) {
            let (name, at) = (name.clone(), at.clone());
            self.nodes = 0;
            let written = match self.schemas.get(&at) {
                Ok(schema) => self.keywords(&schema),
                Err(_) => json!({}),
            };
            self.components.insert(name, written);
        }
        self.components
    }

    fn operation(&mut self, operation: &Operation) -> Value {
        self.nodes = 0;
        let details = &operation.details;
        let mut out = Map::new();
        if let Some(id) = &operation.id {
            out.insert("operationId".to_owned(), json!(id));
        }
        if let Some(summary) = operation.summary.as_deref().map(plain) {
            out.insert("summary".to_owned(), json!(summary));
        }
        if !operation.tags.is_empty() {
            out.insert("tags".to_owned(), json!(operation.tags));
        }
        let mut parameters = Vec::new();
        for parameter in &details.parameters {
            let place = match parameter.location {
                Location::Path => "path",
                Location::Query => "query",
                Location::QueryString => "querystring",
                Location::Header => "header",
                Location::Cookie => "cookie",
            };
            let schema = self.optional(parameter.schema.as_ref());
            parameters.push(json!({ "name": parameter.name, "in": place, "required": parameter.required, "schema": schema }));
        }
        if !parameters.is_empty() {
            out.insert("parameters".to_owned(), Value::Array(parameters));
        }
        if let Some(first) = details.bodies.first() {
            let mut content = Map::new();
            for body in &details.bodies {
                let schema = self.optional(body.schema.as_ref());
                content.insert(body.media_type.clone(), json!({ "schema": schema }));
            }
            let body = json!({ "required": first.required, "content": content });
            out.insert("requestBody".to_owned(), body);
        }
        let mut responses = Map::new();
        for media in &details.success {
            let schema = self.optional(media.schema.as_ref());
            let answer = responses
                .entry(media.status.clone())
                .or_insert_with(|| json!({ "description": "", "content": {} }));
            answer["content"][&media.media_type] = json!({ "schema": schema });
        }
        out.insert("responses".to_owned(), Value::Object(responses));
        Value::Object(out)
    }

    fn optional(&mut self, at: Option<&At>) -> Value {
        at.map_or_else(|| json!({}), |at| self.schema(at))
    }

    /// The schema at `at`: a reference where it is a component and nothing else.
    pub(super) fn schema(&mut self, at: &At) -> Value {
        let Ok(schema) = self.schemas.get(at) else {
            return json!({});
        };
        if !schema.satisfiable {
            return json!(false);
        }
        if let Some(name) = self.component(&schema) {
            self.places.insert(name.clone(), schema.at.clone());
            return json!({ "$ref": format!("#/components/schemas/{}", escape_segment(&name)) });
        }
        self.nodes += 1;
        let endless = self.stack.len() >= MAX_DEPTH || self.nodes > MAX_NODES;
        if endless || self.stack.contains(&schema.at) {
            return json!({});
        }
        self.stack.push(schema.at.clone());
        let written = self.keywords(&schema);
        self.stack.pop();
        written
    }

    /// The component that a schema is, if it says nothing beside it and its name is not that of another.
    fn component(&self, schema: &Schema<'_>) -> Option<String> {
        let name = schema.name.as_ref()?;
        let pure = self.schemas.get(&schema.at).ok()?;
        let own = pure.keywords == schema.keywords
            && self.places.get(name).is_none_or(|at| *at == schema.at);
        own.then(|| name.clone())
    }

    fn keywords(&mut self, schema: &Schema<'_>) -> Value {
        let mut out = Map::new();
        for (key, value) in schema.keywords.iter() {
            let key = key.as_str();
            if PROSE.contains(&key) || key.starts_with("x-") {
                continue;
            }
            let written = match value {
                // What is referred to is written where it is.
                _ if matches!(key, "$defs" | "definitions" | "discriminator" | "$id") => continue,
                Value::Object(_) if ONE.contains(&key) => self.schema(&schema.child(&[key])),
                Value::Array(_) if LISTS.contains(&key) => {
                    let branches = schema.branches(key);
                    Value::Array(branches.iter().map(|at| self.schema(at)).collect())
                }
                Value::Object(map) if MAPS.contains(&key) => {
                    let members = map.keys().map(|name| {
                        let at = schema.child(&[key, name]);
                        (name.clone(), self.schema(&at))
                    });
                    Value::Object(members.collect())
                }
                other => other.clone(),
            };
            out.insert(key.to_owned(), written);
        }
        Value::Object(out)
    }
}
