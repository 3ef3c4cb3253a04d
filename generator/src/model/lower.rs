//! Schemas to types: the typed view, which keeps shape and leaves constraints to the lossless one.

use serde_json::Value;

use super::reach::Reach;
use super::types::{Field, Kind, Type, TypeId, TypeRef, Types};
use super::{Operation, bodies, types};
use crate::diagnostics::{At, Diagnostic, Diagnostics, Severity};
use crate::normalise::{Body, Document, Encoding, Media, Parameter, Schema, Schemas, encoding};

/// Schemas within schemas at most; what lies deeper is any JSON to typed clients.
const MAX_DEPTH: usize = 200;

/// The operations that were reached, with their types.
pub(super) fn operations(
    document: &Document,
    reach: &Reach,
    schemas: &Schemas<'_>,
    types: &mut Types,
    diagnostics: &mut Diagnostics,
) -> Vec<Operation> {
    let chosen = bodies::chosen(document, reach, schemas.sources(), diagnostics);
    let mut lowered = Vec::new();
    for (position, (index, name)) in reach.operations.iter().enumerate() {
        let source = &document.operations[*index];
        let details = &source.details;
        let mut lower = Lower {
            schemas,
            types,
            depth: 0,
            faults: Vec::new(),
        };
        let is_key = |parameter: &&Parameter| {
            let own = details.security.as_ref();
            document.security.carries(own, parameter)
        };
        let parameters = details
            .parameters
            .iter()
            .filter(|parameter| !is_key(parameter));
        let parameters = parameters.map(|parameter| {
            (
                parameter.clone(),
                lower.optional(parameter.schema.as_ref(), &[name, &parameter.name]),
            )
        });
        let parameters = parameters.collect();
        let body = details.bodies.get(chosen[position]);
        let body = body.filter(|body| !is_nothing(body, schemas)).map(|body| {
            let ty = match body.encoding {
                Encoding::Text | Encoding::Bytes => lower.plain(Kind::String, &body.at),
                Encoding::Json | Encoding::JsonLines | Encoding::Form | Encoding::Multipart => {
                    lower.optional(body.schema.as_ref(), &[name, "request"])
                }
            };
            (body.clone(), ty)
        });
        // What is wrong with what a tool takes is told of the tool.
        if reach.tools.values().any(|tool| *tool == position) {
            lower.faults.clear();
        }
        let answer = json_answer(&details.success).map(|at| lower.schema(at, &[name, "response"]));
        for fault in details.faults.iter().chain(&lower.faults) {
            let severity = Severity::Warning;
            diagnostics.push(Diagnostic {
                severity,
                ..fault.clone()
            });
        }
        lowered.push(Operation {
            name: name.clone(),
            method: source.method.clone(),
            path: source.path.clone(),
            template: details.template.clone(),
            summary: source.summary.clone(),
            description: source.description.clone(),
            deprecated: source.deprecated,
            parameters,
            body,
            answer,
            success: details.success.clone(),
            security: details.security.clone(),
            server: details.server.clone(),
            losses: details.losses.clone(),
            at: source.at.clone(),
        });
    }
    types.mark_recursion();
    lowered
}

/// Whether a body may be left out and could hold nothing.
fn is_nothing(body: &Body, schemas: &Schemas<'_>) -> bool {
    let empty = |at: &At| {
        schemas.get(at).is_ok_and(|schema| {
            schema.get("additionalProperties") == Some(&Value::Bool(false))
                && schema.properties().is_empty()
                && schema.get("patternProperties").is_none()
        })
    };
    !body.required && body.schema.as_ref().is_some_and(empty)
}

/// The schema of the first JSON answer.
pub(crate) fn json_answer(success: &[Media]) -> Option<&At> {
    success
        .iter()
        .find(|media| encoding(&media.media_type) == Encoding::Json)
        .and_then(|media| media.schema.as_ref())
}

struct Lower<'a, 's> {
    schemas: &'a Schemas<'s>,
    types: &'a mut Types,
    depth: usize,
    /// What could not be read.
    faults: Vec<Diagnostic>,
}

impl Lower<'_, '_> {
    fn optional(&mut self, at: Option<&At>, hint: &[&str]) -> TypeRef {
        match at {
            Some(at) => self.schema(at, hint),
            None => TypeRef {
                id: self.types.reserve(
                    &At::value(crate::diagnostics::FileId(0), "-"),
                    any(Kind::Json),
                ),
                nullable: false,
            },
        }
    }

    fn plain(&mut self, kind: Kind, at: &At) -> TypeRef {
        TypeRef {
            id: self.types.reserve(&at.child("-"), any(kind)),
            nullable: false,
        }
    }

    /// The type of the schema at `at`; `hint` names it where it is no component.
    fn schema(&mut self, at: &At, hint: &[&str]) -> TypeRef {
        match self.schemas.get(at) {
            Ok(schema) => self.resolved(&schema, hint),
            Err(fault) => {
                self.faults.push(*fault);
                self.plain(Kind::Json, at)
            }
        }
    }

    fn resolved(&mut self, schema: &Schema<'_>, hint: &[&str]) -> TypeRef {
        let nullable = schema.types().contains(&"null") || values(schema).contains(&&Value::Null);
        if let Some(id) = self.types.known(&schema.at) {
            return TypeRef { id, nullable };
        }
        let name = schema.name.clone().unwrap_or_else(|| hint.join(" "));
        // Words beside a reference are about its use, not about the type.
        let own = self.schemas.get(&schema.at).ok();
        let ty = Type {
            kind: Kind::Json,
            description: own.and_then(|own| own.text("description").map(str::to_owned)),
            is_component: schema.name.is_some(),
            at: schema.at.clone(),
        };
        let id = self.types.reserve(&schema.at, ty);
        if self.depth < MAX_DEPTH {
            self.depth += 1;
            let kind = self.kind(schema, &name);
            self.types.fill(id, kind);
            self.depth -= 1;
        }
        TypeRef { id, nullable }
    }

    fn kind(&mut self, schema: &Schema<'_>, name: &str) -> Kind {
        if ["anyOf", "oneOf", "allOf", "not", "if"]
            .iter()
            .any(|keyword| schema.get(keyword).is_some())
        {
            return Kind::Json;
        }
        let types: Vec<&str> = schema
            .types()
            .into_iter()
            .filter(|name| *name != "null")
            .collect();
        let is_object = schema.get("properties").is_some()
            || matches!(schema.get("additionalProperties"), Some(Value::Object(_)));
        match types.as_slice() {
            ["string"] => string(schema, name),
            ["integer"] if is_wide(schema) => Kind::Json,
            ["integer"] => Kind::Integer,
            ["number"] => Kind::Number,
            ["boolean"] => Kind::Boolean,
            ["array"] => self.list(schema, name),
            ["object"] => self.object(schema, name),
            [] if is_object => self.object(schema, name),
            [] if schema.get("items").is_some() => self.list(schema, name),
            [] => string_values(schema, name).unwrap_or(Kind::Json),
            _ => Kind::Json,
        }
    }

    fn list(&mut self, schema: &Schema<'_>, name: &str) -> Kind {
        let items = match schema.get("items") {
            Some(Value::Object(_)) => self.schema(&schema.child(&["items"]), &[name, "item"]),
            _ => self.plain(Kind::Json, &schema.at.child("items")),
        };
        Kind::List(items)
    }

    fn object(&mut self, schema: &Schema<'_>, name: &str) -> Kind {
        let mut fields = Vec::new();
        for property in schema.properties() {
            let at = schema.child(&["properties", property]);
            let member = self.schemas.get(&at).ok();
            let description = member
                .as_ref()
                .and_then(|member| member.text("description").map(str::to_owned));
            let one_way = member.is_some_and(|member| {
                ["readOnly", "writeOnly"]
                    .iter()
                    .any(|keyword| member.get(keyword) == Some(&Value::Bool(true)))
            });
            let ty = self.schema(&at, &[name, property]);
            let required = schema.requires(property) && !one_way;
            fields.push(Field {
                name: property.to_owned(),
                ty,
                required,
                description,
                recursive: false,
            });
        }
        let additional = match schema.get("additionalProperties") {
            Some(Value::Object(map)) if !map.is_empty() => {
                Some(self.schema(&schema.child(&["additionalProperties"]), &[name, "value"]))
            }
            None if schema.get("patternProperties").is_some() => {
                Some(self.plain(Kind::Json, &schema.at.child("patternProperties")))
            }
            Some(Value::Object(_) | Value::Bool(true)) => {
                Some(self.plain(Kind::Json, &schema.at.child("additionalProperties")))
            }
            _ => None,
        };
        match (fields.is_empty(), additional) {
            (true, Some(values)) if !matches!(self.types.get(values.id).kind, Kind::Json) => {
                Kind::Map(values)
            }
            (true, _) => Kind::Object,
            (false, additional) => Kind::Struct {
                name: name.to_owned(),
                fields,
                additional,
            },
        }
    }
}

/// Whether an integer may be past 63 bits: then it is passed on as it is.
fn is_wide(schema: &Schema<'_>) -> bool {
    let format = schema.text("format").unwrap_or_default();
    let past = |keyword: &str| {
        schema
            .get(keyword)
            .and_then(Value::as_f64)
            .is_some_and(|bound| bound.abs() >= 9.3e18)
    };
    matches!(format, "uint64" | "uint128" | "int128" | "bigint")
        || past("maximum")
        || past("minimum")
}

fn any(kind: Kind) -> Type {
    Type {
        kind,
        description: None,
        is_component: false,
        at: At::value(crate::diagnostics::FileId(0), ""),
    }
}

fn values<'a>(schema: &'a Schema<'_>) -> Vec<&'a Value> {
    match (schema.get("enum"), schema.get("const")) {
        (Some(Value::Array(values)), _) => values.iter().collect(),
        (_, Some(value)) => vec![value],
        _ => Vec::new(),
    }
}

fn string(schema: &Schema<'_>, name: &str) -> Kind {
    string_values(schema, name).unwrap_or(Kind::String)
}

/// An enum, where every value is text.
fn string_values(schema: &Schema<'_>, name: &str) -> Option<Kind> {
    let mut known: Vec<String> = Vec::new();
    for value in values(schema).into_iter().filter(|value| !value.is_null()) {
        let text = value.as_str()?;
        if !known.iter().any(|other| other == text) {
            known.push(text.to_owned());
        }
    }
    (!known.is_empty()).then(|| types::Kind::Enum {
        name: name.to_owned(),
        values: known,
    })
}

/// The members of an object that has no others.
pub(super) fn closed_fields(types: &Types, id: TypeId) -> Option<&[Field]> {
    match &types.get(id).kind {
        Kind::Struct {
            fields,
            additional: None,
            ..
        } => Some(fields),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::read::Sources;

    /// The types of the schema `S` of a document whose schemas are `schemas`.
    fn lowered(schemas: Value) -> (Types, TypeRef) {
        let sources = Sources::of_document(json!({ "components": { "schemas": schemas } }));
        let schemas = Schemas::new(&sources);
        let mut types = Types::default();
        let mut lower = Lower {
            schemas: &schemas,
            types: &mut types,
            depth: 0,
            faults: Vec::new(),
        };
        let at = At::value(sources.document, "/components/schemas/S");
        let ty = lower.schema(&at, &["S"]);
        types.mark_recursion();
        (types, ty)
    }

    fn fields(schemas: Value) -> (Types, Vec<Field>) {
        let (types, ty) = lowered(schemas);
        let fields = match &types.get(ty.id).kind {
            Kind::Struct { fields, .. } => fields.clone(),
            other => panic!("a struct, not {other:?}"),
        };
        (types, fields)
    }

    #[test]
    fn kinds() {
        for (schema, expected) in [
            (json!({"type": "string", "format": "date"}), "String"),
            (json!({"type": "integer"}), "Integer"),
            (json!({"type": ["number", "null"]}), "Number"),
            (
                json!({"enum": ["a", "b", "a"]}),
                "Enum { name: \"S\", values: [\"a\", \"b\"] }",
            ),
            (json!({"enum": ["a", 1]}), "Json"),
            (json!({"type": ["string", "integer"]}), "Json"),
            (
                json!({"oneOf": [{"type": "string"}, {"type": "integer"}]}),
                "Json",
            ),
            (json!({"type": "object"}), "Object"),
            (
                json!({"type": "object", "additionalProperties": true}),
                "Object",
            ),
            (json!({}), "Json"),
        ] {
            let (types, ty) = lowered(json!({ "S": schema }));
            assert_eq!(format!("{:?}", types.get(ty.id).kind), expected, "{schema}");
        }
        let (types, ty) =
            lowered(json!({"S": {"type": "object", "additionalProperties": {"type": "integer"}}}));
        assert!(matches!(types.get(ty.id).kind, Kind::Map(_)));
    }

    #[test]
    fn words_beside_a_reference_stay_with_the_member() {
        let (types, fields) = fields(json!({
            "S": {"type": "object", "properties": {"e": {"description": "of the member", "anyOf": [{"$ref": "#/components/schemas/E"}, {"type": "null"}]}}},
            "E": {"type": "string", "enum": ["a"], "description": "of the type"},
        }));
        assert_eq!(fields[0].description.as_deref(), Some("of the member"));
        assert!(fields[0].ty.nullable);
        assert_eq!(
            types.get(fields[0].ty.id).description.as_deref(),
            Some("of the type")
        );
    }

    #[test]
    fn only_recursion_by_value_is_marked() {
        let (_, fields) = fields(
            json!({"S": {"type": "object", "required": ["id"], "properties": {
                "id": {"type": "string", "readOnly": true},
                "next": {"$ref": "#/components/schemas/S"},
                "all": {"type": "array", "items": {"$ref": "#/components/schemas/S"}},
            }}}),
        );
        let found: Vec<(&str, bool, bool)> = fields
            .iter()
            .map(|field| (field.name.as_str(), field.required, field.recursive))
            .collect();
        assert_eq!(
            found,
            [
                ("id", false, false),
                ("next", false, true),
                ("all", false, false)
            ]
        );
    }

    #[test]
    fn schemas_that_are_their_own_part_end() {
        for own in [
            json!({"allOf": [{"$ref": "#/components/schemas/S"}, {"$ref": "#/components/schemas/S"}]}),
            json!({"anyOf": [{"$ref": "#/components/schemas/S"}, {"type": "null"}]}),
            json!({"type": "array", "items": {"$ref": "#/components/schemas/S"}}),
            json!({"type": "object", "additionalProperties": {"$ref": "#/components/schemas/S"}}),
        ] {
            lowered(json!({ "S": own }));
        }
        let link = |n: usize| json!({"type": "object", "properties": {"next": {"$ref": format!("#/components/schemas/S{n}")}}});
        let mut chain: serde_json::Map<String, Value> =
            (1..5_000).map(|n| (format!("S{n}"), link(n + 1))).collect();
        chain.insert("S5000".to_owned(), json!({}));
        chain.insert("S".to_owned(), link(1));
        lowered(Value::Object(chain));
    }
}
