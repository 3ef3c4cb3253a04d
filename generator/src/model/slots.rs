//! What an operation takes, side by side: its parameters and the members of its body.

use serde_json::{Map, Value, json};

use super::keys::{Rename, key};
use super::lower;
use super::project::{Projector, without_null};
use super::prose::tidy;
use super::tools::Source;
use super::{Field, Operation, Types};
use crate::normalise::{Encoding, Location, Schemas};

/// Something the operation takes: a parameter, a member of the body, or the body.
#[derive(Debug)]
pub(super) struct Slot {
    /// Its name on the wire.
    pub(super) wire: String,
    /// The name it is offered under.
    pub(super) name: String,
    pub(super) schema: Map<String, Value>,
    /// Whether an agent must give it.
    pub(super) required: bool,
    /// Whether what it belongs to is incomplete without it.
    pub(super) needed: bool,
    pub(super) source: Source,
    /// Members inside it that have other names on the wire.
    pub(super) renames: Vec<Rename>,
}

/// The slots of an operation: parameters first, then the body, each under a name of its own.
pub(super) fn slots(
    operation: &Operation,
    types: &Types,
    schemas: &Schemas<'_>,
    projector: &mut Projector<'_>,
) -> Vec<Slot> {
    let mut slots: Vec<Slot> = Vec::new();
    for (parameter, _) in &operation.parameters {
        let mut schema = match &parameter.schema {
            Some(at) => projector.schema(at),
            None => Map::new(),
        };
        // A parameter has no spelling of null: it is left out.
        without_null(&mut schema);
        describe(&mut schema, parameter.description.as_deref());
        if parameter.deprecated {
            schema.insert("deprecated".to_owned(), json!(true));
        }
        if let Some(example) = parameter
            .example
            .as_ref()
            .filter(|_| !schema.contains_key("examples"))
        {
            schema.insert("examples".to_owned(), json!([example]));
        }
        if parameter.location == Location::Path {
            not_empty(&mut schema);
        }
        let place = match parameter.location {
            Location::Path => "path",
            Location::Query | Location::QueryString => "query",
            Location::Header => "header",
            Location::Cookie => "cookie",
        };
        push(
            &mut slots,
            &parameter.name,
            place,
            schema,
            [parameter.required; 2],
            projector.renames(),
        );
    }
    let Some((body, _)) = &operation.body else {
        return slots;
    };
    match flattened(operation, types) {
        Some(fields) => {
            let whole = body.schema.as_ref().and_then(|at| schemas.get(at).ok());
            for field in fields {
                let place = whole
                    .as_ref()
                    .map(|whole| whole.child(&["properties", &field.name]));
                // What is read only is never sent.
                let Some(at) = place.filter(|at| !projector.is_left_out(at)) else {
                    continue;
                };
                let mut schema = projector.schema(&at);
                if body.files.contains(&field.name) {
                    as_file(&mut schema);
                }
                // Of what is sent: what is write only is not required of answers.
                let required = whole
                    .as_ref()
                    .is_some_and(|whole| whole.requires(&field.name));
                push(
                    &mut slots,
                    &field.name,
                    "body",
                    schema,
                    [required && body.required, required],
                    projector.renames(),
                );
            }
        }
        None => {
            let mut schema = match (&body.schema, body.encoding) {
                (_, Encoding::Bytes) => {
                    object(json!({ "type": "string", "contentEncoding": "base64" }))
                }
                (Some(at), Encoding::Text) => match projector.schema(at) {
                    text if text.get("type") == Some(&json!("string")) => text,
                    _ => object(json!({ "type": "string" })),
                },
                (None, Encoding::Text) => object(json!({ "type": "string" })),
                (Some(at), _) => projector.schema(at),
                (None, _) => Map::new(),
            };
            if !body.required {
                without_null(&mut schema);
            }
            describe(&mut schema, body.description.as_deref());
            push(
                &mut slots,
                "body",
                "body",
                schema,
                [body.required; 2],
                projector.renames(),
            );
        }
    }
    slots
}

/// The members of the body, where they can stand beside the parameters.
pub(super) fn flattened<'t>(operation: &Operation, types: &'t Types) -> Option<&'t [Field]> {
    let (body, ty) = operation.body.as_ref()?;
    let flat = matches!(
        body.encoding,
        Encoding::Json | Encoding::JsonLines | Encoding::Form | Encoding::Multipart
    );
    let fields = flat.then(|| lower::closed_fields(types, ty.id)).flatten()?;
    // Members that are required once there is a body at all can only be told of the body.
    let partly = !body.required && fields.iter().any(|field| field.required);
    (!partly).then_some(fields)
}

fn push(
    slots: &mut Vec<Slot>,
    wire: &str,
    place: &str,
    schema: Map<String, Value>,
    [required, needed]: [bool; 2],
    renames: Vec<Rename>,
) {
    let mut name = key(wire);
    if slots.iter().any(|slot| slot.name == name) {
        name = key(&format!("{wire}_{place}"));
    }
    let mut count = 2;
    while slots.iter().any(|slot| slot.name == name) {
        name = key(&format!("{wire}_{place}_{count}"));
        count += 1;
    }
    slots.push(Slot {
        wire: wire.to_owned(),
        source: Source::Argument(name.clone()),
        name,
        schema,
        required,
        needed,
        renames,
    });
}

/// A file travels as base64 text.
fn as_file(schema: &mut Map<String, Value>) {
    let file = match schema.get_mut("items") {
        Some(Value::Object(items)) => items,
        _ => schema,
    };
    file.insert("contentEncoding".to_owned(), json!("base64"));
}

/// A path has no room for nothing.
fn not_empty(schema: &mut Map<String, Value>) {
    let says = ["minLength", "enum", "const", "pattern"];
    if schema.get("type") == Some(&json!("string"))
        && !says.iter().any(|key| schema.contains_key(*key))
    {
        schema.insert("minLength".to_owned(), json!(1));
    }
}

fn describe(schema: &mut Map<String, Value>, description: Option<&str>) {
    if let Some(text) = description.map(tidy).filter(|text| !text.is_empty()) {
        schema.shift_remove("description");
        let behind_type = usize::from(schema.contains_key("type"));
        schema.shift_insert(behind_type, "description".to_owned(), json!(text));
    }
}

pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
