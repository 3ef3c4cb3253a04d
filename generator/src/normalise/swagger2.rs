//! Swagger 2.0 in the shape of OpenAPI 3. Schemas stay where they are: what is made here refers to them.

use serde_json::{Map, Value, json};

use super::node::Node;
use super::resolve::internal;
use super::schemas::Schemas;
use crate::diagnostics::{At, Diagnostic};

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// The servers, security schemes and requirements of a document.
pub(super) fn root(document: &Node<'_>) -> Value {
    let text = |key: &str| document.text(key).unwrap_or_default();
    let base = text("basePath");
    let base = base.trim_end_matches('/');
    let host = text("host");
    let schemes = list(document, "schemes");
    let scheme = ["https", "http"]
        .into_iter()
        .find(|known| schemes.iter().any(|scheme| scheme == known))
        .unwrap_or("https");
    let servers = match (host.is_empty(), base.is_empty()) {
        (false, _) => json!([{ "url": format!("{scheme}://{host}{base}") }]),
        (true, false) => json!([{ "url": base }]),
        (true, true) => json!([]),
    };
    let mut schemes = Map::new();
    if let Ok(Some(definitions)) = document.get("securityDefinitions") {
        for name in definitions.keys() {
            if let Ok(Some(scheme)) = definitions.get(name) {
                schemes.insert(name.to_owned(), security_scheme(&scheme));
            }
        }
    }
    let mut root = Map::new();
    root.insert("servers".to_owned(), servers);
    root.insert(
        "components".to_owned(),
        json!({ "securitySchemes": schemes }),
    );
    if let Some(security) = document.raw("security") {
        root.insert("security".to_owned(), security.clone());
    }
    Value::Object(root)
}

fn security_scheme(scheme: &Node<'_>) -> Value {
    let text = |key: &str| scheme.text(key).unwrap_or_default();
    match text("type").to_lowercase().as_str() {
        "basic" => json!({ "type": "http", "scheme": "basic", "description": text("description") }),
        "oauth2" => {
            let flow = match text("flow").as_str() {
                "application" => "clientCredentials",
                "accessCode" => "authorizationCode",
                "password" => "password",
                _ => "implicit",
            };
            json!({ "type": "oauth2", "description": text("description"), "flows": { flow: {
                "tokenUrl": text("tokenUrl"),
                "authorizationUrl": text("authorizationUrl"),
                "scopes": scheme.raw("scopes").cloned().unwrap_or(json!({})),
            } } })
        }
        _ => scheme.value().clone(),
    }
}

/// Parameters, body and answers of an operation whose parameters stand at `parameters`.
pub(super) fn operation(
    schemas: &Schemas<'_>,
    document: &Node<'_>,
    node: &Node<'_>,
    parameters: &[At],
    losses: &mut Vec<Diagnostic>,
) -> Value {
    let mut plain = Vec::new();
    let mut body = None;
    let mut form: Vec<Node<'_>> = Vec::new();
    for at in parameters {
        match Node::at(schemas, at) {
            Err(loss) => losses.push(*loss),
            Ok(parameter) => match parameter.text("in").unwrap_or_default().as_str() {
                "body" => body = Some(parameter),
                "formData" => form.push(parameter),
                _ => plain.push(json!({ "$ref": internal(at) })),
            },
        }
    }
    let mut made = Map::new();
    made.insert("parameters".to_owned(), Value::Array(plain));
    let consumes = either(node, document, "consumes");
    if let Some(body) = body {
        made.insert("requestBody".to_owned(), whole_body(&body, &consumes));
    } else if !form.is_empty() {
        made.insert("requestBody".to_owned(), form_body(&form, &consumes));
    }
    made.insert(
        "responses".to_owned(),
        responses(node, &either(node, document, "produces")),
    );
    Value::Object(made)
}

fn whole_body(body: &Node<'_>, consumes: &[String]) -> Value {
    let schema = body.entry("schema").map_or(
        json!({}),
        |(at, _)| json!({ "schema": { "$ref": internal(&at) } }),
    );
    let mut content: Map<String, Value> = consumes
        .iter()
        .filter(|media_type| !matches!(media_type.as_str(), FORM | MULTIPART))
        .map(|media_type| (media_type.clone(), schema.clone()))
        .collect();
    if content.is_empty() {
        content.insert("application/json".to_owned(), schema);
    }
    json!({
        "description": body.text("description"),
        "required": body.flag("required"),
        "content": content,
    })
}

fn form_body(form: &[Node<'_>], consumes: &[String]) -> Value {
    let is_file = |parameter: &Node<'_>| parameter.text("type").as_deref() == Some("file");
    let multipart = form.iter().any(is_file)
        || consumes.iter().any(|media_type| media_type == MULTIPART)
            && !consumes.iter().any(|media_type| media_type == FORM);
    let (mut properties, mut required, mut encoding) = (Map::new(), Vec::new(), Map::new());
    for parameter in form {
        let Some(name) = parameter.text("name") else {
            continue;
        };
        if parameter.flag("required") {
            required.push(name.clone());
        }
        let is_list = parameter.text("type").as_deref() == Some("array");
        let style = match parameter.text("collectionFormat").as_deref() {
            _ if !is_list => None,
            Some("multi") => None,
            Some("ssv") => Some("spaceDelimited"),
            Some("pipes") => Some("pipeDelimited"),
            _ => Some("form"),
        };
        if let Some(style) = style {
            encoding.insert(name.clone(), json!({ "style": style, "explode": false }));
        }
        let schema = parameter
            .entry("schema")
            .map_or_else(|| parameter.place().clone(), |(at, _)| at);
        properties.insert(name, json!({ "$ref": internal(&schema) }));
    }
    let media_type = if multipart { MULTIPART } else { FORM };
    json!({
        "required": !required.is_empty(),
        "content": { media_type: {
            "schema": { "type": "object", "properties": properties, "required": required },
            "encoding": encoding,
        } },
    })
}

fn responses(node: &Node<'_>, produces: &[String]) -> Value {
    let mut made = Map::new();
    let Ok(Some(responses)) = node.get("responses") else {
        return Value::Object(made);
    };
    for status in responses.keys() {
        let Ok(Some(response)) = responses.get(status) else {
            continue;
        };
        let content: Map<String, Value> = match response.entry("schema") {
            None => Map::new(),
            Some((at, _)) => {
                let media = json!({ "schema": { "$ref": internal(&at) } });
                let json = ["application/json".to_owned()];
                let types = if produces.is_empty() { &json } else { produces };
                types
                    .iter()
                    .map(|media_type| (media_type.clone(), media.clone()))
                    .collect()
            }
        };
        made.insert(status.to_owned(), json!({ "content": content }));
    }
    Value::Object(made)
}

/// The media types that an operation lists itself, else those of the document.
fn either(node: &Node<'_>, document: &Node<'_>, key: &str) -> Vec<String> {
    match node.raw(key) {
        Some(_) => list(node, key),
        None => list(document, key),
    }
}

fn list(node: &Node<'_>, key: &str) -> Vec<String> {
    let texts = node
        .raw(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    texts.filter_map(Value::as_str).map(str::to_owned).collect()
}
