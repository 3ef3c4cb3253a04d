//! Path items and their operations.

use indexmap::IndexMap;
use openapiv3::{MediaType, ParameterSchemaOrContent, ReferenceOr, StatusCode};
use serde_json::{Map, Value, json};

use super::{
    Body, Details, Encoding, Location, Media, Operation, Parameter, Style, schemas::Schemas,
};
use crate::diagnostics::{At, Diagnostic, codes};
use crate::read::Sources;

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

type Fallible<T> = Result<T, Box<Diagnostic>>;

/// Every operation below `paths`, in document order.
pub(super) fn all(sources: &Sources, paths: &Map<String, Value>, at: &At) -> Vec<Operation> {
    let schemas = Schemas::new(sources);
    let mut operations = Vec::new();
    for path in paths.keys().filter(|path| path.starts_with('/')) {
        let Ok((item_at, item)) = schemas.follow(&at.child(path)) else {
            continue;
        };
        let Some(item) = item.as_object() else {
            continue;
        };
        for method in item.keys().filter(|key| METHODS.contains(&key.as_str())) {
            let at = item_at.child(method);
            let Some(node) = item[method.as_str()].as_object() else {
                continue;
            };
            let text = |key: &str| {
                node.get(key)
                    .and_then(Value::as_str)
                    .map(|text| text.trim().to_owned())
                    .filter(|text| !text.is_empty())
            };
            let mut tags = Vec::new();
            for tag in node
                .get("tags")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
            {
                if !tags.iter().any(|known| known == tag) {
                    tags.push(tag.to_owned());
                }
            }
            operations.push(Operation {
                id: text("operationId"),
                method: method.to_uppercase(),
                path: path.clone(),
                tags,
                summary: text("summary"),
                description: text("description"),
                deprecated: node.get("deprecated") == Some(&Value::Bool(true)),
                details: details(&schemas, path, &item_at, &at, item, node),
                at,
            });
        }
    }
    operations
}

fn details(
    schemas: &Schemas<'_>,
    path: &str,
    item_at: &At,
    at: &At,
    item: &Map<String, Value>,
    node: &Map<String, Value>,
) -> Fallible<Details> {
    let mut parameters: Vec<Parameter> = Vec::new();
    for (list, list_at) in [
        (item.get("parameters"), item_at.child("parameters")),
        (node.get("parameters"), at.child("parameters")),
    ] {
        for index in 0..list.and_then(Value::as_array).map_or(0, Vec::len) {
            let Some(parameter) = parameter(schemas, &list_at.child(&index.to_string()))? else {
                continue;
            };
            match parameters
                .iter_mut()
                .find(|known| known.name == parameter.name && known.location == parameter.location)
            {
                Some(known) => *known = parameter,
                None => parameters.push(parameter),
            }
        }
    }
    check_template(path, at, &parameters)?;
    Ok(Details {
        parameters,
        body: match node.get("requestBody") {
            Some(_) => body(schemas, &at.child("requestBody"))?,
            None => None,
        },
        success: success(schemas, at, node)?,
    })
}

/// Every `{name}` of the template must be a path parameter, and the reverse.
fn check_template(path: &str, at: &At, parameters: &[Parameter]) -> Fallible<()> {
    let names: Vec<&str> = path
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name)
        .collect();
    let declared = |name: &str| {
        parameters
            .iter()
            .any(|parameter| parameter.location == Location::Path && parameter.name == name)
    };
    if let Some(name) = names.iter().find(|name| !declared(name)) {
        let message = format!(
            "the path `{path}` has `{{{name}}}`, but the operation declares no such path parameter"
        );
        return Err(Box::new(
            Diagnostic::error(codes::BAD_OPERATION, at.as_key(), message)
                .help(format!("declare a parameter `{name}` with `in: path`")),
        ));
    }
    let stray = parameters.iter().find(|parameter| {
        parameter.location == Location::Path && !names.contains(&parameter.name.as_str())
    });
    if let Some(parameter) = stray {
        let message = format!(
            "the path `{path}` has no `{{{}}}` for this path parameter",
            parameter.name
        );
        return Err(Box::new(Diagnostic::error(
            codes::BAD_OPERATION,
            parameter.at.clone(),
            message,
        )));
    }
    Ok(())
}

/// `None` for the headers that the specification says to ignore.
fn parameter(schemas: &Schemas<'_>, at: &At) -> Fallible<Option<Parameter>> {
    let (at, node) = schemas.follow(at)?;
    let mut shape = Map::new();
    for key in [
        "name",
        "in",
        "required",
        "description",
        "deprecated",
        "style",
        "explode",
        "allowReserved",
        "allowEmptyValue",
    ] {
        if let Some(value) = node.get(key) {
            shape.insert(key.to_owned(), value.clone());
        }
    }
    if node.get("content").is_some() {
        shape.insert("content".to_owned(), content(&node, &at));
    } else {
        shape.insert("schema".to_owned(), reference(&at.child("schema")));
    }
    let parsed: openapiv3::Parameter = typed(Value::Object(shape), &at, "parameter")?;
    let (location, style) = match &parsed {
        openapiv3::Parameter::Path { style, .. } => (
            Location::Path,
            path_style(style, parsed.parameter_data_ref().explode),
        ),
        openapiv3::Parameter::Query {
            style,
            allow_reserved,
            ..
        } => (
            Location::Query,
            query_style(style, parsed.parameter_data_ref().explode, *allow_reserved),
        ),
        openapiv3::Parameter::Header { .. } => (
            Location::Header,
            exploded(
                parsed.parameter_data_ref().explode,
                Style::Simple,
                Style::SimpleExploded,
            ),
        ),
        openapiv3::Parameter::Cookie { .. } => (Location::Cookie, Style::Form),
    };
    let data = parsed.parameter_data();
    let ignored =
        ["accept", "content-type", "authorization"].contains(&data.name.to_lowercase().as_str());
    if location == Location::Header && ignored {
        return Ok(None);
    }
    let (style, schema) = match &data.format {
        ParameterSchemaOrContent::Schema(_) => {
            (style, node.get("schema").map(|_| at.child("schema")))
        }
        ParameterSchemaOrContent::Content(content) => (
            Style::Json,
            content.first().and_then(|(_, media)| schema_of(media)),
        ),
    };
    Ok(Some(Parameter {
        location,
        style,
        schema,
        required: data.required || location == Location::Path,
        description: data.description.map(|text| text.trim().to_owned()),
        deprecated: data.deprecated == Some(true),
        example: node.get("example").cloned(),
        name: data.name,
        at,
    }))
}

fn exploded(explode: Option<bool>, joined: Style, exploded: Style) -> Style {
    if explode == Some(true) {
        exploded
    } else {
        joined
    }
}

fn path_style(style: &openapiv3::PathStyle, explode: Option<bool>) -> Style {
    match style {
        openapiv3::PathStyle::Simple => exploded(explode, Style::Simple, Style::SimpleExploded),
        openapiv3::PathStyle::Label => exploded(explode, Style::Label, Style::LabelExploded),
        openapiv3::PathStyle::Matrix => exploded(explode, Style::Matrix, Style::MatrixExploded),
    }
}

fn query_style(style: &openapiv3::QueryStyle, explode: Option<bool>, reserved: bool) -> Style {
    match style {
        openapiv3::QueryStyle::Form if explode == Some(false) => Style::FormJoined,
        openapiv3::QueryStyle::Form if reserved => Style::FormReserved,
        openapiv3::QueryStyle::Form => Style::Form,
        openapiv3::QueryStyle::SpaceDelimited => Style::Space,
        openapiv3::QueryStyle::PipeDelimited => Style::Pipe,
        openapiv3::QueryStyle::DeepObject => Style::DeepObject,
    }
}

fn body(schemas: &Schemas<'_>, at: &At) -> Fallible<Option<Body>> {
    let (at, node) = schemas.follow(at)?;
    let shape = json!({
        "description": node.get("description").and_then(Value::as_str).unwrap_or_default(),
        "required": node.get("required") == Some(&Value::Bool(true)),
        "content": content(&node, &at),
    });
    let parsed: openapiv3::RequestBody = typed(shape, &at, "request body")?;
    let chosen = parsed
        .content
        .iter()
        .enumerate()
        .min_by_key(|(index, (media_type, _))| (rank(media_type), *index));
    Ok(chosen.map(|(_, (media_type, media))| Body {
        required: parsed.required,
        description: parsed
            .description
            .clone()
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty()),
        encoding: encoding(media_type),
        files: schema_of(media)
            .map(|at| files(schemas, &at))
            .unwrap_or_default(),
        media_type: media_type.clone(),
        schema: schema_of(media),
        at: at.clone(),
    }))
}

/// The members of a multipart body that are files: binary text, or lists of it.
fn files(schemas: &Schemas<'_>, at: &At) -> Vec<String> {
    let binary = |at: &At| {
        schemas.get(at).is_ok_and(|schema| {
            schema.text("format") == Some("binary")
                || schema.get("contentMediaType").is_some()
                    && schema.get("contentEncoding").is_none()
        })
    };
    let Ok(schema) = schemas.get(at) else {
        return Vec::new();
    };
    let is_file = |name: &&str| {
        let at = schema.child(&["properties", name]);
        binary(&at)
            || schemas
                .get(&at)
                .is_ok_and(|list| list.get("items").is_some() && binary(&list.child(&["items"])))
    };
    schema
        .properties()
        .into_iter()
        .filter(is_file)
        .map(str::to_owned)
        .collect()
}

/// The kind of a media type, parameters such as `charset` aside.
pub fn encoding(media_type: &str) -> Encoding {
    let essence = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_lowercase();
    match essence.as_str() {
        "application/json" | "*/*" | "application/*" => Encoding::Json,
        "application/x-www-form-urlencoded" => Encoding::Form,
        "multipart/form-data" => Encoding::Multipart,
        "application/xml" | "application/yaml" | "application/javascript" => Encoding::Text,
        other if other.ends_with("+json") => Encoding::Json,
        other
            if other.starts_with("text/")
                || other.ends_with("+xml")
                || other.ends_with("+yaml") =>
        {
            Encoding::Text
        }
        _ => Encoding::Bytes,
    }
}

/// Which of several media types is sent: the lowest.
fn rank(media_type: &str) -> u8 {
    match encoding(media_type) {
        Encoding::Json if media_type.to_lowercase().starts_with("application/json") => 0,
        Encoding::Json => 1,
        Encoding::Form => 2,
        Encoding::Multipart => 3,
        Encoding::Bytes => 4,
        Encoding::Text => 5,
    }
}

fn success(schemas: &Schemas<'_>, at: &At, node: &Map<String, Value>) -> Fallible<Vec<Media>> {
    let mut shape = Map::new();
    for (status, _) in node
        .get("responses")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let response_at = at.child("responses").child(status);
        let documented = status.starts_with('2') && (status.len() == 3);
        if !documented {
            continue;
        }
        let (response_at, response) = schemas.follow(&response_at)?;
        shape.insert(
            status.replace("xx", "XX"),
            json!({ "description": "", "content": content(&response, &response_at) }),
        );
    }
    let parsed: openapiv3::Responses =
        typed(Value::Object(shape), &at.child("responses"), "response")?;
    let mut media = Vec::new();
    for (status, response) in &parsed.responses {
        let ReferenceOr::Item(response) = response else {
            continue;
        };
        let status = match status {
            StatusCode::Code(code) => code.to_string(),
            StatusCode::Range(range) => format!("{range}XX"),
        };
        for (media_type, entry) in &response.content {
            media.push(Media {
                status: status.clone(),
                media_type: media_type.clone(),
                schema: schema_of(entry),
            });
        }
    }
    media.sort_by_key(|entry| (entry.status.clone(), rank(&entry.media_type)));
    Ok(media)
}

/// The `content` of a node with each schema replaced by its place: what `openapiv3` needs of it.
fn content(node: &Value, at: &At) -> Value {
    let at = at.child("content");
    let mut content = IndexMap::new();
    for (media_type, media) in node
        .get("content")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let entry = match media.get("schema") {
            Some(_) => json!({ "schema": reference(&at.child(media_type).child("schema")) }),
            None => json!({}),
        };
        content.insert(media_type, entry);
    }
    json!(content)
}

/// A place, as a reference that `openapiv3` keeps.
fn reference(at: &At) -> Value {
    json!({ "$ref": super::schemas::internal(at) })
}

fn schema_of(media: &MediaType) -> Option<At> {
    match media.schema.as_ref()? {
        ReferenceOr::Reference { reference } => super::schemas::internal_at(reference),
        ReferenceOr::Item(_) => None,
    }
}

fn typed<T: serde::de::DeserializeOwned>(shape: Value, at: &At, what: &str) -> Fallible<T> {
    serde_json::from_value(shape).map_err(|error| {
        Box::new(Diagnostic::error(
            codes::BAD_OPERATION,
            at.clone(),
            format!("this {what} is not as OpenAPI asks: {error}"),
        ))
    })
}
