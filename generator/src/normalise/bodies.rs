//! Request bodies and answers (OpenAPI 3.1, sections 4.8.13 to 4.8.17).

use openapiv3::StatusCode;
use serde_json::{Map, Value, json};

use super::media_type::{encoding, is_open, rank};
use super::node::Node;
use super::parameters::query_style_of;
use super::schemas::Schemas;
use super::{Body, Encoding, Media, PartEncoding};
use crate::diagnostics::{At, Diagnostic, codes};

/// The bodies that an operation takes, one for each media type, the one that is sent first.
pub(super) fn bodies(schemas: &Schemas<'_>, node: &Node<'_>) -> Result<Vec<Body>, Box<Diagnostic>> {
    let at = node.place();
    let content = content(node)?;
    let shape: Map<String, Value> = content
        .iter()
        .map(|(media_type, _)| (media_type.clone(), json!({})))
        .collect();
    let shape = json!({ "required": node.flag("required"), "content": shape });
    let parsed: openapiv3::RequestBody = serde_json::from_value(shape).map_err(|error| {
        let message = format!("this request body is not as OpenAPI asks: {error}");
        Box::new(Diagnostic::error(codes::BAD_OPERATION, at.clone(), message))
    })?;
    let mut bodies: Vec<Body> = content
        .into_iter()
        .map(|(media_type, media)| {
            let encoding = media.as_ref().and_then(|media| media.get("encoding").ok()?);
            let schema = media.and_then(|media| schema(&media));
            Body {
                parts: encoding.map(|node| parts(&node)).unwrap_or_default(),
                required: parsed.required,
                description: node.text("description"),
                encoding: written(schemas, &media_type, schema.as_ref()),
                files: schema
                    .as_ref()
                    .map(|at| files(schemas, at))
                    .unwrap_or_default(),
                media_type,
                schema,
                at: at.clone(),
            }
        })
        .collect();
    bodies.sort_by_key(|body| rank(&body.media_type));
    Ok(bodies)
}

/// What `encoding` says of the members of a body.
fn parts(encoding: &Node<'_>) -> Vec<PartEncoding> {
    let part = |name: &str| {
        let node = encoding.get(name).ok()??;
        let says = ["style", "explode", "allowReserved"]
            .iter()
            .any(|key| node.raw(key).is_some());
        let part = PartEncoding {
            name: name.to_owned(),
            media_type: node.text("contentType"),
            style: says.then(|| query_style_of(&node)),
        };
        (part.media_type.is_some() || part.style.is_some()).then_some(part)
    };
    encoding.keys().into_iter().filter_map(part).collect()
}

/// The media types of a body or answer.
fn content<'s>(node: &Node<'s>) -> Result<Vec<(String, Option<Node<'s>>)>, Box<Diagnostic>> {
    let Some(content) = node.get("content")? else {
        return Ok(Vec::new());
    };
    let keys = content.keys();
    keys.into_iter()
        .filter(|media_type| !media_type.starts_with("x-"))
        .map(|media_type| Ok((media_type.to_owned(), content.get(media_type)?)))
        .collect()
}

fn schema(media: &Node<'_>) -> Option<At> {
    ["schema", "itemSchema"]
        .iter()
        .find_map(|key| media.entry(key))
        .map(|(at, _)| at)
}

/// How a body is written: as its media type says, else as its schema lets one think.
fn written(schemas: &Schemas<'_>, media_type: &str, schema: Option<&At>) -> Encoding {
    if !is_open(media_type) {
        return encoding(media_type);
    }
    let Some(Ok(schema)) = schema.map(|at| schemas.get(at)) else {
        return encoding(media_type);
    };
    match schema.types().as_slice() {
        ["string"] if schema.text("format") == Some("binary") => Encoding::Bytes,
        ["string"] => Encoding::Text,
        _ => Encoding::Json,
    }
}

/// The members of a multipart body that are files: binary text, or lists of it.
fn files(schemas: &Schemas<'_>, at: &At) -> Vec<String> {
    let binary = |at: &At| {
        schemas.get(at).is_ok_and(|schema| {
            let is_media =
                schema.get("contentMediaType").is_some() && schema.get("contentEncoding").is_none();
            let is_file = schema.text("format") == Some("binary") || is_media;
            is_file
                && schema
                    .types()
                    .iter()
                    .all(|name| matches!(*name, "string" | "null"))
        })
    };
    let Ok(schema) = schemas.get(at) else {
        return Vec::new();
    };
    let is_file = |name: &&str| {
        let at = schema.child(&["properties", name]);
        let lists = || {
            let list = schemas.get(&at).ok()?;
            list.get("items").map(|_| list.child(&["items"]))
        };
        binary(&at)
            || lists().is_some_and(|items| binary(&items))
            || branches(schemas, &at).iter().any(&binary)
    };
    schema
        .properties()
        .into_iter()
        .filter(is_file)
        .map(str::to_owned)
        .collect()
}

fn branches(schemas: &Schemas<'_>, at: &At) -> Vec<At> {
    let Ok(schema) = schemas.get(at) else {
        return Vec::new();
    };
    [schema.branches("anyOf"), schema.branches("oneOf")].concat()
}

/// What an operation answers where it succeeds: with a 2xx status, or by default where the document
/// has none of these.
pub(super) fn success(operation: &Node<'_>, faults: &mut Vec<Diagnostic>) -> Vec<Media> {
    let responses = match operation.get("responses") {
        Ok(Some(responses)) => responses,
        Ok(None) => return Vec::new(),
        Err(fault) => {
            faults.push(warning(*fault));
            return Vec::new();
        }
    };
    let mut media = Vec::new();
    let keys = responses.keys();
    let succeeds = |status: &&str| {
        matches!(
            serde_json::from_value(json!(status.to_uppercase())),
            Ok(StatusCode::Code(200..=299) | StatusCode::Range(2))
        )
    };
    let mut statuses: Vec<&str> = keys.iter().copied().filter(succeeds).collect();
    if statuses.is_empty() {
        statuses = keys
            .into_iter()
            .filter(|status| *status == "default")
            .collect();
    }
    for status in statuses {
        let answers = responses
            .get(status)
            .and_then(|response| response.map_or(Ok(Vec::new()), |response| content(&response)));
        match answers {
            Ok(answers) => media.extend(answers.into_iter().map(|(media_type, node)| Media {
                status: status.to_uppercase(),
                media_type,
                example: node.as_ref().and_then(example),
                schema: node.and_then(|node| schema(&node)),
            })),
            Err(fault) => faults.push(warning(*fault)),
        }
    }
    media.sort_by_key(|entry| (entry.status.clone(), rank(&entry.media_type)));
    media
}

/// Where a media type has an example: its `example`, or the first of its `examples`.
fn example(node: &Node<'_>) -> Option<At> {
    let own = node.entry("example").map(|(at, _)| at);
    own.or_else(|| {
        let examples = node.get("examples").ok()??;
        let first = examples.below(examples.items().first()?).ok()?;
        first.entry("value").map(|(at, _)| at)
    })
}

/// What is wrong with an answer loses a type, not a tool.
fn warning(fault: Diagnostic) -> Diagnostic {
    Diagnostic {
        severity: crate::diagnostics::Severity::Warning,
        ..fault
    }
}
