use super::*;
use crate::read::Sources;

fn check(schemas: Value, dialect: SchemaDialect, way: Way, expected: Value) {
    let sources = Sources::of_document(json!({ "components": { "schemas": schemas } }));
    let at = At::value(sources.document, "/components/schemas/S");
    let written = Projector::new(Schemas::new(&sources), dialect, way, MAX_NODES).schema(&at);
    assert_eq!(Value::Object(written), expected);
}

#[test]
fn references_are_inlined_and_titles_dropped() {
    check(
        json!({"S": {"title": "S", "type": "object", "properties": {"e": {"$ref": "#/components/schemas/E", "description": "the state"}}},
            "E": {"title": "E", "type": "string", "enum": ["a", "b", "a"]}}),
        SchemaDialect::Portable,
        Way::In,
        json!({"type": "object", "properties": {"e": {"type": "string", "description": "the state", "enum": ["a", "b"]}}}),
    );
}

#[test]
fn recursion_is_cut_or_referred_to() {
    let tree = json!({"S": {"type": "object", "properties": {"root": {"$ref": "#/components/schemas/Node"}}},
        "Node": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}}});
    check(
        tree.clone(),
        SchemaDialect::Portable,
        Way::In,
        json!({"type": "object", "properties": {"root": {"type": "object", "properties":
            {"next": {"type": "object", "description": "(again of the kind Node)"}}}}}),
    );
    check(
        tree,
        SchemaDialect::Full,
        Way::In,
        json!({"type": "object", "properties": {"root": {"$ref": "#/$defs/Node"}}}),
    );
}

#[test]
fn arrays_have_items_and_booleans_are_objects() {
    check(
        json!({"S": {"type": "object", "properties": {"list": {"type": "array"}, "any": true, "none": false}}}),
        SchemaDialect::Portable,
        Way::In,
        json!({"type": "object", "properties": {"list": {"type": "array", "items": {}}, "any": {}}}),
    );
}

#[test]
fn answers_are_relaxed() {
    check(
        json!({"S": {"type": "object", "required": ["a"], "additionalProperties": false,
            "properties": {"a": {"type": "string", "format": "date", "pattern": "x"}, "secret": {"type": "string", "writeOnly": true}}}}),
        SchemaDialect::Portable,
        Way::Out,
        json!({"type": "object", "properties": {"a": {"type": "string"}}}),
    );
}

#[test]
fn read_only_members_are_not_sent() {
    check(
        json!({"S": {"type": "object", "required": ["id", "a"], "properties": {"id": {"type": "string", "readOnly": true}, "a": {}}}}),
        SchemaDialect::Portable,
        Way::In,
        json!({"type": "object", "properties": {"a": {}}, "required": ["a"]}),
    );
}

#[test]
fn schemas_that_are_their_own_part_end() {
    for own in [
        json!({"allOf": [{"$ref": "#/components/schemas/S"}]}),
        json!({"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/S"}]}),
        json!({"not": {"$ref": "#/components/schemas/S"}}),
    ] {
        let sources = Sources::of_document(json!({ "components": { "schemas": { "S": own } } }));
        let at = At::value(sources.document, "/components/schemas/S");
        for dialect in [SchemaDialect::Portable, SchemaDialect::Full] {
            let schemas = Schemas::new(&sources);
            Projector::new(schemas, dialect, Way::In, MAX_NODES).schema(&at);
        }
    }
}
