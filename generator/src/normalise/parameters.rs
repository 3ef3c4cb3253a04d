//! Parameters (OpenAPI 3.1, section 4.8.12; Swagger 2.0, parameter object).

use openapiv3::ParameterSchemaOrContent;
use serde_json::{Map, Value, json};

use super::media_type::encoding;
use super::node::Node;
use super::resolve::internal;
use super::schemas::Schemas;
use super::{Encoding, Location, Parameter, Style};
use crate::diagnostics::{At, Diagnostic, codes};

/// The parameter at `at`; `None` for the headers that the specification says to ignore.
pub(super) fn parameter(
    schemas: &Schemas<'_>,
    at: &At,
    faults: &mut Vec<Diagnostic>,
) -> Result<Option<Parameter>, Box<Diagnostic>> {
    let node = Node::at(schemas, at)?;
    let at = node.place().clone();
    let lost =
        |message: &str| Box::new(Diagnostic::error(codes::BAD_OPERATION, at.clone(), message));
    let Some(name) = node.text("name") else {
        return Err(lost("a parameter without a name cannot be sent"));
    };
    let place = node.text("in").unwrap_or_default().to_lowercase();
    let ignored = ["accept", "content-type", "authorization"];
    if place == "header" && ignored.contains(&name.to_lowercase().as_str()) {
        return Ok(None);
    }
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if place == "header" && !name.chars().all(is_token) {
        return Err(lost(&format!("`{name}` cannot be the name of a header")));
    }
    let content = media(&node)?;
    let mut shape = shape(&node, &place);
    if let Some(style) = node.text("style").filter(|_| !shape.contains_key("style")) {
        let message =
            format!("`{style}` is no style of a {place} parameter; the usual one is taken");
        let at = at.child("style");
        faults.push(Diagnostic::warning(codes::BAD_OPERATION, at, message));
    }
    shape.insert("name".to_owned(), json!(name));
    let schema = match (&content, node.entry("schema")) {
        (Some((_, schema)), _) => schema.clone(),
        (None, Some((at, _))) => Some(at),
        // As in Swagger 2.0, where the parameter is its own schema.
        (None, None) => ["type", "enum", "items"]
            .iter()
            .any(|keyword| node.raw(keyword).is_some())
            .then(|| at.clone()),
    };
    match &content {
        Some((media_type, _)) => shape.insert("content".to_owned(), json!({ media_type: {} })),
        None => shape.insert("schema".to_owned(), json!({ "$ref": internal(&at) })),
    };
    if place == "querystring" {
        shape.insert("in".to_owned(), json!("query"));
    }
    let parsed: openapiv3::Parameter =
        serde_json::from_value(Value::Object(shape)).map_err(|_| {
            let message = format!("the parameter `{name}` is in no place that OpenAPI knows");
            Box::new(Diagnostic::error(codes::UNSUPPORTED, at.clone(), message))
        })?;
    let data = parsed.parameter_data_ref();
    let (location, own) = match &parsed {
        openapiv3::Parameter::Path { style, .. } => {
            (Location::Path, path_style(style, data.explode))
        }
        openapiv3::Parameter::Query { .. } if place == "querystring" => {
            (Location::QueryString, Style::Form)
        }
        openapiv3::Parameter::Query {
            style,
            allow_reserved,
            ..
        } => (
            Location::Query,
            query_style(style, data.explode, *allow_reserved),
        ),
        openapiv3::Parameter::Header { .. } => (
            Location::Header,
            exploded(data.explode, Style::Simple, Style::SimpleExploded),
        ),
        openapiv3::Parameter::Cookie { .. } => (
            Location::Cookie,
            exploded(data.explode.or(Some(true)), Style::FormJoined, Style::Form),
        ),
    };
    let written = match &data.format {
        ParameterSchemaOrContent::Content(content) => content.keys().next(),
        ParameterSchemaOrContent::Schema(_) => None,
    };
    let written = written.map(|media_type| match encoding(media_type) {
        Encoding::Json => Style::Json,
        Encoding::Form => Style::Form,
        _ => Style::Text,
    });
    let bare = location == Location::Cookie && node.text("style").as_deref() == Some("cookie");
    Ok(Some(Parameter {
        location,
        style: written
            .or(bare.then_some(Style::Cookie))
            .or_else(|| collection(&node, location))
            .unwrap_or(own),
        schema,
        required: data.required || location == Location::Path,
        description: node.text("description"),
        deprecated: data.deprecated == Some(true),
        example: example(&node),
        name,
        at,
    }))
}

/// The media type of a parameter that is written as one, and the place of its schema.
fn media(node: &Node<'_>) -> Result<Option<(String, Option<At>)>, Box<Diagnostic>> {
    let Some(content) = node.get("content")? else {
        return Ok(None);
    };
    let Some(media_type) = content.keys().first().copied() else {
        return Ok(None);
    };
    let media = content.get(media_type)?;
    let schema = media.and_then(|media| media.entry("schema").map(|(at, _)| at));
    Ok(Some((media_type.to_owned(), schema)))
}

/// What `openapiv3` needs of a parameter besides name and schema, without what does not suit its place.
fn shape(node: &Node<'_>, place: &str) -> Map<String, Value> {
    let mut shape = Map::new();
    shape.insert("in".to_owned(), json!(place));
    for flag in ["required", "deprecated", "allowReserved"] {
        if node.flag(flag) {
            shape.insert(flag.to_owned(), json!(true));
        }
    }
    if let Some(Value::Bool(explode)) = node.raw("explode") {
        shape.insert("explode".to_owned(), json!(explode));
    }
    let styles: &[&str] = match place {
        "path" => &["simple", "label", "matrix"],
        "query" => &["form", "spaceDelimited", "pipeDelimited", "deepObject"],
        "header" => &["simple"],
        _ => &["form"],
    };
    if let Some(style) = node
        .text("style")
        .filter(|style| styles.contains(&style.as_str()))
    {
        shape.insert("style".to_owned(), json!(style));
    }
    shape
}

/// How a list is written that says so in the words of Swagger 2.0.
fn collection(node: &Node<'_>, location: Location) -> Option<Style> {
    let is_list = node.raw("schema").is_none() && node.raw("type") == Some(&json!("array"));
    if !is_list {
        return None;
    }
    let format = node.text("collectionFormat");
    match (format.as_deref().unwrap_or("csv"), location) {
        ("multi", Location::Query) => Some(Style::Form),
        ("ssv", _) => Some(Style::Space),
        ("tsv", _) => Some(Style::Tab),
        ("pipes", _) => Some(Style::Pipe),
        (_, Location::Query) => Some(Style::FormJoined),
        _ => None,
    }
}

fn example(node: &Node<'_>) -> Option<Value> {
    let of_list = || {
        let examples = node.get("examples").ok()??;
        let first = examples.keys().first().copied()?;
        examples.get(first).ok()??.raw("value").cloned()
    };
    node.raw("example").cloned().or_else(of_list)
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
    use openapiv3::QueryStyle as Known;
    match style {
        Known::SpaceDelimited if explode != Some(true) => Style::Space,
        Known::PipeDelimited if explode != Some(true) => Style::Pipe,
        Known::DeepObject => Style::DeepObject,
        // What is delimited and exploded has nothing to delimit.
        Known::Form | Known::SpaceDelimited | Known::PipeDelimited => {
            match (explode != Some(false), reserved) {
                (true, false) => Style::Form,
                (true, true) => Style::FormReserved,
                (false, false) => Style::FormJoined,
                (false, true) => Style::FormJoinedReserved,
            }
        }
    }
}

/// The style that the members of a form are written in, as those of a query.
pub(super) fn query_style_of(node: &Node<'_>) -> Style {
    let style = match node.text("style").as_deref() {
        Some("spaceDelimited") => openapiv3::QueryStyle::SpaceDelimited,
        Some("pipeDelimited") => openapiv3::QueryStyle::PipeDelimited,
        Some("deepObject") => openapiv3::QueryStyle::DeepObject,
        _ => openapiv3::QueryStyle::Form,
    };
    let explode = node.raw("explode").and_then(Value::as_bool);
    query_style(&style, explode, node.flag("allowReserved"))
}
