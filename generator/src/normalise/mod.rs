//! Second stage: the document's operations with references, path-level parameters and defaults
//! resolved; each node knows its place. The last stage that sees `openapiv3` types.

mod bodies;
pub mod hidden;
mod media_type;
mod node;
mod operations;
mod parameters;
mod resolve;
mod rules;
mod schemas;
mod security;
mod servers;
pub(crate) mod subschemas;
mod swagger2;
mod template;

pub use media_type::encoding;
pub use schemas::{Schema, Schemas};
pub use security::{Alternatives, SchemeUse, Security, SecurityKind, SecurityScheme};
pub use servers::{Server, ServerVariable};

use serde_json::Value;
use url::Url;

use crate::diagnostics::{At, Diagnostic, Diagnostics, codes};
use crate::read::Sources;
use node::Node;

/// The document, operation by operation.
#[derive(Debug)]
pub struct Document {
    /// `info.title`.
    pub title: Option<String>,
    /// The names of its schemas.
    pub schemas: Vec<String>,
    /// Its first server.
    pub server: Option<Server>,
    /// Its security schemes, and what operations need of them.
    pub security: Security,
    /// Every operation, in document order.
    pub operations: Vec<Operation>,
}

/// An operation (OpenAPI 3.1, section 4.8.10).
#[derive(Debug)]
pub struct Operation {
    /// `operationId`, if it has one.
    pub id: Option<String>,
    /// The method, upper case.
    pub method: String,
    /// The path template.
    pub path: String,
    /// Its tags, each once.
    pub tags: Vec<String>,
    /// `summary`.
    pub summary: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// Whether the document calls it deprecated.
    pub deprecated: bool,
    /// Where it stands.
    pub at: At,
    /// What it takes and answers.
    pub details: Details,
}

impl Operation {
    /// How a person names it: `GET /path`.
    pub fn endpoint(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// What an operation takes and answers.
#[derive(Debug, Default)]
pub struct Details {
    /// The path template, each name between braces that of a parameter.
    pub template: String,
    /// Its parameters; those of the path item included.
    pub parameters: Vec<Parameter>,
    /// Its request bodies, one for each media type, the one that is sent first.
    pub bodies: Vec<Body>,
    /// What it answers where it succeeds.
    pub success: Vec<Media>,
    /// What it needs to prove who asks, where it says so itself.
    pub security: Option<Alternatives>,
    /// Its server, where it or its path has one.
    pub server: Option<Server>,
    /// What of it cannot be had, and is left out.
    pub losses: Vec<Diagnostic>,
    /// What is wrong with it and was mended.
    pub faults: Vec<Diagnostic>,
}

/// Where a parameter travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Location {
    /// In the path.
    Path,
    /// In the query string.
    Query,
    /// As the query string (OpenAPI 3.2, section 4.12.1).
    QueryString,
    /// In a header.
    Header,
    /// In a cookie.
    Cookie,
}

/// How a parameter's value is written (OpenAPI 3.1, section 4.8.12.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `simple`, explode false.
    Simple,
    /// `simple`, explode true.
    SimpleExploded,
    /// `label`, explode false.
    Label,
    /// `label`, explode true.
    LabelExploded,
    /// `matrix`, explode false.
    Matrix,
    /// `matrix`, explode true.
    MatrixExploded,
    /// `form`, explode true.
    Form,
    /// `form`, explode true, reserved characters allowed.
    FormReserved,
    /// `form`, explode false.
    FormJoined,
    /// `form`, explode false, reserved characters allowed.
    FormJoinedReserved,
    /// `spaceDelimited`.
    Space,
    /// `pipeDelimited`.
    Pipe,
    /// With tabs between (Swagger 2.0, `tsv`).
    Tab,
    /// `deepObject`.
    DeepObject,
    /// `content: application/json`.
    Json,
    /// `content` of another media type.
    Text,
    /// `cookie` (OpenAPI 3.2, section 4.12.2.2).
    Cookie,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name on the wire.
    pub name: String,
    /// Where it travels.
    pub location: Location,
    /// Whether a request without it is refused.
    pub required: bool,
    /// What it means.
    pub description: Option<String>,
    /// Whether the document calls it deprecated.
    pub deprecated: bool,
    /// How it is written.
    pub style: Style,
    /// Its schema; `None` takes anything.
    pub schema: Option<At>,
    /// An example value.
    pub example: Option<Value>,
    /// Where it stands.
    pub at: At,
}

/// How a request body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// `application/json` or `…+json`.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// A JSON value a line.
    JsonLines,
    /// Text of any kind, as it is.
    Text,
    /// Bytes, given as base64.
    Bytes,
}

/// A request body.
#[derive(Clone, Debug)]
pub struct Body {
    /// Whether a request without it is refused.
    pub required: bool,
    /// What it means.
    pub description: Option<String>,
    /// The media type sent.
    pub media_type: String,
    /// How it is written.
    pub encoding: Encoding,
    /// For multipart bodies, the members that are files.
    pub files: Vec<String>,
    /// For forms and multipart bodies, what the document says of members (`encoding`).
    pub parts: Vec<PartEncoding>,
    /// Its schema; `None` takes anything.
    pub schema: Option<At>,
    /// Where it stands.
    pub at: At,
}

/// How a member of a form or multipart body is written (OpenAPI 3.1, section 4.8.15).
#[derive(Clone, Debug, PartialEq)]
pub struct PartEncoding {
    /// The member.
    pub name: String,
    /// Its media type, where it is said.
    pub media_type: Option<String>,
    /// Its style, where it is said.
    pub style: Option<Style>,
}

/// An answer of one media type.
#[derive(Clone, Debug)]
pub struct Media {
    /// The status as the document writes it.
    pub status: String,
    /// The media type.
    pub media_type: String,
    /// Its schema.
    pub schema: Option<At>,
    /// An example of it.
    pub example: Option<At>,
}

/// Reads the operations of the document.
pub fn normalise(schemas: &Schemas<'_>, diagnostics: &mut Diagnostics) -> Option<Document> {
    let sources = schemas.sources();
    let root = At::value(sources.document, "");
    let document = match Node::at(schemas, &root) {
        Ok(document) if document.value().is_object() => document,
        _ => {
            diagnostics.push(
                Diagnostic::error(codes::NOT_OPENAPI, root, "the document is not an object")
                    .help("name an OpenAPI document in `openapi:`"),
            );
            return None;
        }
    };
    check_version(&document, &root, diagnostics)?;
    let mut faults = Vec::new();
    let operations = operations::all(schemas, &document, &mut faults);
    faults.into_iter().for_each(|fault| diagnostics.push(fault));
    let frame = if document.raw("swagger").is_some() {
        sources.files.make(swagger2::root(&document), &root)
    } else {
        document.place().clone()
    };
    let frame = Node::at(schemas, &frame).ok()?;
    let server = servers::server(&frame, document_url(sources).as_ref());
    let info = document.get("info").ok().flatten();
    Some(Document {
        title: info.and_then(|info| info.text("title")),
        schemas: component_names(&document),
        server,
        security: Security::of(&frame).unless_used(&operations),
        operations,
    })
}

fn component_names(document: &Node<'_>) -> Vec<String> {
    let components = document.get("components").ok().flatten();
    let schemas = components.and_then(|components| components.get("schemas").ok().flatten());
    let schemas = schemas.or_else(|| document.get("definitions").ok().flatten());
    schemas
        .map(|schemas| schemas.keys().into_iter().map(str::to_owned).collect())
        .unwrap_or_default()
}

/// Where the document is, if that is a URL.
fn document_url(sources: &Sources) -> Option<Url> {
    let url = Url::parse(&sources.file(sources.document).path).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

/// The versions are 2.0 and every 3.x: a later one of these adds, and takes nothing away.
fn check_version(document: &Node<'_>, root: &At, diagnostics: &mut Diagnostics) -> Option<()> {
    let key = ["openapi", "swagger"]
        .into_iter()
        .find(|key| document.raw(key).is_some());
    let version = key.map(|key| match document.raw(key) {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(other) => other.to_string(),
        None => String::new(),
    });
    let help = "OpenAPI 3.0, 3.1 and 3.2 and Swagger 2.0 are";
    let diagnostic = match (key, version.as_deref()) {
        (Some("openapi"), Some(text)) if text == "3" || text.starts_with("3.") => return Some(()),
        (Some("swagger"), Some(text)) if text == "2" || text.starts_with("2.") => return Some(()),
        (Some(key), Some(text)) => {
            let message = format!("version {text} of OpenAPI is not supported");
            Diagnostic::error(codes::NOT_OPENAPI, root.child(key), message).help(help)
        }
        _ => {
            let message = "the document has no `openapi` version";
            Diagnostic::error(codes::NOT_OPENAPI, root.clone(), message)
                .help("name an OpenAPI document in `openapi:`")
        }
    };
    diagnostics.push(diagnostic);
    None
}
