//! The lossless view of a schema, as an agent gets it: references inlined, in the subset of JSON
//! Schema 2020-12 that every current client accepts, without what costs tokens and tells nothing.

mod pieces;

use serde_json::{Map, Value, json};

use super::keys::{Rename, unique_key};
use super::prose::tidy;
use super::{defaults, patterns};
use crate::diagnostics::{At, Diagnostic, codes};
use crate::normalise::{Schema, Schemas};
use crate::read::tools_spec::SchemaDialect;
pub(super) use pieces::without_null;
use pieces::{cut, definition, object, with_null};

/// Schema objects in the arguments of one tool at most; what lies deeper is left open.
pub(super) const MAX_NODES: usize = 1_000;

/// How deep the arguments of a tool go at most.
pub(super) const MAX_DEPTH: usize = 64;

/// Keywords copied as they are, in the order they are written.
const PLAIN: [&str; 19] = [
    "const",
    "default",
    "format",
    "contentEncoding",
    "contentMediaType",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "deprecated",
];

/// Which way a value travels: what is read only is not sent, what is write only is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// To the backend.
    In,
    /// From the backend, with nothing in it that real backends stray from.
    Out,
    /// From the backend, with all that the document says.
    Told,
}

/// Writes the schemas of one tool.
#[derive(Debug)]
pub(super) struct Projector<'s> {
    schemas: Schemas<'s>,
    dialect: SchemaDialect,
    way: Way,
    limit: usize,
    depth: usize,
    nodes: usize,
    /// How many of them stand at each depth.
    levels: Vec<usize>,
    stack: Vec<At>,
    definitions: Map<String, Value>,
    /// Where the schema being written stands in the argument, as pointer segments; `*` for any.
    path: Vec<String>,
    renames: Vec<Rename>,
    /// Whether a name in an answer is one that clients refuse.
    unportable: bool,
    losses: Vec<Diagnostic>,
    faults: Vec<Diagnostic>,
}

impl<'s> Projector<'s> {
    /// For a tool whose schemas are of `dialect` and have `limit` schema objects at most.
    pub(super) fn new(
        schemas: Schemas<'s>,
        dialect: SchemaDialect,
        way: Way,
        limit: usize,
    ) -> Self {
        Self {
            schemas,
            dialect,
            way,
            limit,
            depth: MAX_DEPTH,
            nodes: 0,
            levels: Vec::new(),
            stack: Vec::new(),
            definitions: Map::new(),
            path: Vec::new(),
            renames: Vec::new(),
            unportable: false,
            losses: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// The same with everything below `depth` left open.
    pub(super) fn down_to(self, depth: usize) -> Self {
        Self { depth, ..self }
    }

    /// Whether something was left open for want of room.
    pub(super) fn is_cut(&self) -> bool {
        self.nodes > self.limit
    }

    /// How deep the schemas written so far may go to have about `share` of their parts, 1 at least.
    pub(super) fn depth_of(&self, share: f64) -> usize {
        let room = (self.nodes as f64) * share;
        let mut sum = 0.0;
        let deeper = self.levels.iter().take_while(|count| {
            sum += **count as f64;
            sum <= room
        });
        deeper.count().max(1)
    }

    /// Whether it has names that clients refuse, which an answer cannot have changed.
    pub(super) fn is_unportable(&self) -> bool {
        self.unportable
    }

    /// The definitions that the schemas written so far refer to.
    pub(super) fn definitions(&mut self) -> Map<String, Value> {
        std::mem::take(&mut self.definitions)
    }

    /// What could not be read, and is left open.
    pub(super) fn losses(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.losses)
    }

    /// What was wrong and is left out.
    pub(super) fn faults(&mut self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.faults)
    }

    /// The members that were renamed since the last time this was asked.
    pub(super) fn renames(&mut self) -> Vec<Rename> {
        std::mem::take(&mut self.renames)
    }

    /// The schema at `at`; one that cannot be read is a loss and takes anything.
    pub(super) fn schema(&mut self, at: &At) -> Map<String, Value> {
        let schema = match self.schemas.get(at) {
            Ok(schema) => schema,
            Err(loss) => {
                self.losses.push(*loss);
                return Map::new();
            }
        };
        if !schema.satisfiable {
            return object(json!({ "not": {} }));
        }
        self.nodes += 1;
        if self.levels.len() <= self.stack.len() {
            self.levels.resize(self.stack.len() + 1, 0);
        }
        self.levels[self.stack.len()] += 1;
        if self.stack.contains(&schema.at) {
            return self.recursion(&schema);
        }
        if self.nodes > self.limit || self.stack.len() >= self.depth {
            return cut(&schema, "left open: too much to spell out");
        }
        self.stack.push(schema.at.clone());
        let written = self.keywords(&schema);
        self.stack.pop();
        match &schema.name {
            Some(name) if self.dialect == SchemaDialect::Full && !self.stack.is_empty() => {
                self.definitions
                    .insert(name.clone(), Value::Object(written));
                definition(name)
            }
            _ => written,
        }
    }

    fn recursion(&self, schema: &Schema<'_>) -> Map<String, Value> {
        match (&schema.name, self.dialect) {
            (Some(name), SchemaDialect::Full) => definition(name),
            (Some(name), SchemaDialect::Portable) => {
                cut(schema, &format!("again of the kind {name}"))
            }
            (None, _) => cut(schema, "again of the same kind"),
        }
    }

    fn keywords(&mut self, schema: &Schema<'_>) -> Map<String, Value> {
        let mut out = Map::new();
        if let Some(ty) = schema.get("type") {
            out.insert("type".to_owned(), ty.clone());
        }
        if let Some(description) = schema.text("description") {
            out.insert("description".to_owned(), json!(tidy(description)));
        }
        if let Some(Value::Array(values)) = schema.get("enum") {
            let mut unique: Vec<&Value> = Vec::new();
            for value in values {
                if !unique.contains(&value) {
                    unique.push(value);
                }
            }
            out.insert("enum".to_owned(), json!(unique));
        }
        for keyword in PLAIN
            .iter()
            .filter(|keyword| self.way != Way::Out || ["const"].contains(keyword))
        {
            if let Some(value) = schema.get(keyword) {
                out.insert((*keyword).to_owned(), value.clone());
            }
        }
        self.pattern(schema, &mut out);
        self.items(schema, &mut out);
        self.members(schema, &mut out);
        self.compositions(schema, &mut out);
        if let (Way::In | Way::Told, Some(Value::Array(examples))) =
            (self.way, schema.get("examples"))
        {
            out.insert("examples".to_owned(), json!(examples));
        }
        self.default(schema, &mut out);
        out
    }

    /// A pattern that is no regular expression of ECMA 262 would make clients refuse the tool.
    fn pattern(&mut self, schema: &Schema<'_>, out: &mut Map<String, Value>) {
        let Some(Value::String(pattern)) = out.get("pattern") else {
            return;
        };
        match patterns::portable(pattern) {
            Some(portable) => {
                let portable = json!(portable);
                out.insert("pattern".to_owned(), portable);
            }
            None => {
                let message = format!(
                    "`{pattern}` is not a regular expression of ECMA 262; it is not checked"
                );
                let at = schema.at.child("pattern");
                self.faults
                    .push(Diagnostic::warning(codes::BAD_OPERATION, at, message));
                out.shift_remove("pattern");
            }
        }
    }

    /// A default that its own schema refuses is not told to agents.
    fn default(&mut self, schema: &Schema<'_>, out: &mut Map<String, Value>) {
        let Some(default) = out.shift_remove("default") else {
            return;
        };
        match defaults::misfit(out, &default) {
            None => {
                out.insert("default".to_owned(), default);
            }
            // What is not given is null to many: nothing is lost with it.
            Some(_) if default.is_null() => {}
            Some(reason) => {
                let message = format!("this default contradicts its schema: {reason}");
                let at = schema.at.child("default");
                self.faults.push(
                    Diagnostic::warning(codes::BAD_DEFAULT, at, message)
                        .help("it is not used; agents see no default here"),
                );
            }
        }
    }

    fn items(&mut self, schema: &Schema<'_>, out: &mut Map<String, Value>) {
        if let Some(Value::Array(prefix)) = schema.get("prefixItems") {
            let items: Vec<Value> = (0..prefix.len())
                .map(|index| {
                    let index = index.to_string();
                    self.value(&schema.child(&["prefixItems", &index]), &index)
                })
                .collect();
            if schema.get("items") == Some(&json!(false)) && !out.contains_key("maxItems") {
                out.insert("maxItems".to_owned(), json!(items.len()));
            }
            out.insert("prefixItems".to_owned(), Value::Array(items));
        }
        match schema.get("items") {
            Some(Value::Object(_)) => {
                let items = self.value(&schema.child(&["items"]), "*");
                out.insert("items".to_owned(), items);
            }
            Some(Value::Bool(allowed)) if self.dialect == SchemaDialect::Full => {
                out.insert("items".to_owned(), json!(allowed));
            }
            _ if schema.types().contains(&"array") => {
                out.insert("items".to_owned(), json!({}));
            }
            _ => {}
        }
    }

    fn members(&mut self, schema: &Schema<'_>, out: &mut Map<String, Value>) {
        let mut properties = Map::new();
        let mut shown: Vec<(&str, String)> = Vec::new();
        let names = schema.properties();
        for name in &names {
            let at = schema.child(&["properties", name]);
            if self.is_left_out(&at) {
                continue;
            }
            let key = match (self.way, self.dialect) {
                (Way::In, SchemaDialect::Portable) => unique_key(name, &names, &properties),
                _ => (*name).to_owned(),
            };
            self.unportable |=
                self.way == Way::Out && unique_key(name, &names, &properties) != *name;
            if key != *name {
                self.renames.push(Rename {
                    holder: self.path.clone(),
                    shown: key.clone(),
                    wire: (*name).to_owned(),
                });
            }
            let mut written = self.value(&at, name);
            if self.way == Way::Out && !schema.requires(name) {
                with_null(&mut written);
            }
            properties.insert(key.clone(), written);
            shown.push((name, key));
        }
        if self.way != Way::Out
            && let Some(Value::Array(required)) = schema.get("required")
        {
            let mut keys: Vec<String> = Vec::new();
            let objects = schema.types().is_empty() || schema.types().contains(&"object");
            for name in required
                .iter()
                .filter_map(Value::as_str)
                .filter(|_| objects)
            {
                let known = shown.iter().find(|(wire, _)| *wire == name);
                let key = match known {
                    Some((_, key)) => key.clone(),
                    // Listed, but for the other way; or of a name that clients refuse.
                    None if names.contains(&name) => continue,
                    None if self.way == Way::In && unique_key(name, &[], &Map::new()) != name => {
                        continue;
                    }
                    None => {
                        properties.insert(name.to_owned(), json!({}));
                        name.to_owned()
                    }
                };
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
            let required = keys;
            if !required.is_empty() {
                out.insert("required".to_owned(), json!(required));
            }
        }
        if !properties.is_empty() {
            out.insert("properties".to_owned(), Value::Object(properties));
        }
        for keyword in ["additionalProperties", "propertyNames"] {
            match schema.get(keyword) {
                Some(Value::Object(map)) if !map.is_empty() => {
                    let value = self.value(&schema.child(&[keyword]), "*");
                    out.insert(keyword.to_owned(), value);
                }
                Some(Value::Bool(false)) if self.way != Way::Out => {
                    out.insert(keyword.to_owned(), json!(false));
                }
                _ => {}
            }
        }
        self.dependent(schema, out);
        if let Some(Value::Object(members)) = schema.get("patternProperties") {
            let mut written = Map::new();
            for pattern in members.keys() {
                let value = self.value(&schema.child(&["patternProperties", pattern]), "*");
                if let Some(pattern) = patterns::portable(pattern) {
                    written.insert(pattern, value);
                }
            }
            // Members of another pattern than is written would be refused.
            if written.len() < members.len() {
                out.shift_remove("additionalProperties");
            }
            if !written.is_empty() {
                out.insert("patternProperties".to_owned(), Value::Object(written));
            }
        }
    }

    /// Keywords about members that are not listed, and about members that call for others.
    fn dependent(&self, schema: &Schema<'_>, out: &mut Map<String, Value>) {
        if self.way == Way::Out {
            return;
        }
        let composed = ["anyOf", "oneOf", "allOf", "if"];
        let is_composed = composed.iter().any(|keyword| schema.get(keyword).is_some());
        if !is_composed && schema.get("unevaluatedProperties") == Some(&json!(false)) {
            out.insert("additionalProperties".to_owned(), json!(false));
        }
        let Some(Value::Object(dependent)) = schema.get("dependentRequired") else {
            return;
        };
        let plain = |name: &str| unique_key(name, &[], &Map::new()) == name;
        let names = dependent.values().filter_map(Value::as_array).flatten();
        let names = names.filter_map(Value::as_str);
        if dependent.keys().map(String::as_str).chain(names).all(plain) {
            out.insert("dependentRequired".to_owned(), json!(dependent));
        }
    }

    /// Whether nothing fits the schema at `at`, or it is for the other way: read only in what is sent,
    /// write only in answers.
    pub(super) fn is_left_out(&self, at: &At) -> bool {
        let skipped = match self.way {
            Way::In => "readOnly",
            Way::Out | Way::Told => "writeOnly",
        };
        self.schemas.get(at).is_ok_and(|schema| {
            !schema.satisfiable || schema.get(skipped) == Some(&Value::Bool(true))
        })
    }

    fn compositions(&mut self, schema: &Schema<'_>, out: &mut Map<String, Value>) {
        for keyword in ["anyOf", "oneOf", "allOf"] {
            let branches = schema.branches(keyword);
            if !branches.is_empty() {
                let mut written: Vec<Value> = Vec::new();
                for branch in &branches {
                    let branch = Value::Object(self.schema(branch));
                    // One of two that are the same fits never: it is meant once.
                    if !written.contains(&branch) {
                        written.push(branch);
                    }
                }
                // What one branch of an answer leaves out may be in another: exactly one is too strict.
                let keyword = if self.way == Way::Out && keyword == "oneOf" {
                    "anyOf"
                } else {
                    keyword
                };
                match written.as_slice() {
                    // All the same: it is that one.
                    [Value::Object(only)] if only.keys().all(|key| !out.contains_key(key)) => {
                        out.extend(only.clone());
                    }
                    _ => {
                        out.insert(keyword.to_owned(), Value::Array(written));
                    }
                }
            }
        }
        for keyword in ["not", "if", "then", "else", "contains"] {
            if self.way != Way::Out && matches!(schema.get(keyword), Some(Value::Object(_))) {
                let value = Value::Object(self.schema(&schema.child(&[keyword])));
                out.insert(keyword.to_owned(), value);
            }
        }
    }

    /// The schema at `at`, which stands at `segment` below the one being written.
    fn value(&mut self, at: &At, segment: &str) -> Value {
        self.path.push(segment.to_owned());
        let value = Value::Object(self.schema(at));
        self.path.pop();
        value
    }
}

#[cfg(test)]
mod tests;
