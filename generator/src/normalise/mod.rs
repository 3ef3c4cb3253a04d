//! Second stage: the document's operations with references, path-level parameters and defaults
//! resolved; each node knows its place. The last stage that sees `openapiv3` types.

mod operations;
mod rules;
mod schemas;

pub use operations::encoding;
pub use schemas::{Schema, Schemas};

use serde_json::{Map, Value};

use crate::diagnostics::{At, Diagnostic, Diagnostics, codes};
use crate::read::Sources;

/// The document, operation by operation.
#[derive(Debug)]
pub struct Document {
    /// `info.title`.
    pub title: Option<String>,
    /// The first server's URL, if it is absolute.
    pub server: Option<String>,
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
    /// What it takes and answers, or why that cannot be had.
    pub details: Result<Details, Box<Diagnostic>>,
}

impl Operation {
    /// How a person names it: `GET /path`.
    pub fn endpoint(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// What an operation takes and answers.
#[derive(Debug)]
pub struct Details {
    /// Its parameters; those of the path item included.
    pub parameters: Vec<Parameter>,
    /// Its request body.
    pub body: Option<Body>,
    /// What it answers with a 2xx status.
    pub success: Vec<Media>,
}

/// Where a parameter travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Location {
    /// In the path.
    Path,
    /// In the query string.
    Query,
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
    /// `spaceDelimited`.
    Space,
    /// `pipeDelimited`.
    Pipe,
    /// `deepObject`.
    DeepObject,
    /// `content: application/json`.
    Json,
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
    /// Its schema; `None` takes anything.
    pub schema: Option<At>,
    /// Where it stands.
    pub at: At,
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
}

/// Reads the operations of the document.
pub fn normalise(sources: &Sources, diagnostics: &mut Diagnostics) -> Option<Document> {
    let root = At::value(sources.document, "");
    let empty = Map::new();
    let Some(document) = sources.file(sources.document).value.as_object() else {
        diagnostics.push(
            Diagnostic::error(codes::NOT_OPENAPI, root, "the document is not an object")
                .help("name an OpenAPI 3.0 or 3.1 document in `openapi:`"),
        );
        return None;
    };
    check_version(document, &root, diagnostics)?;
    let paths = document
        .get("paths")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let operations = operations::all(sources, paths, &root.child("paths"));
    let server = document
        .get("servers")
        .and_then(|servers| servers.get(0)?.get("url")?.as_str());
    Some(Document {
        title: document
            .get("info")
            .and_then(|info| info.get("title")?.as_str())
            .map(str::to_owned),
        server: server
            .filter(|url| url.starts_with("http"))
            .map(|url| url.trim_end_matches('/').to_owned()),
        operations,
    })
}

fn check_version(
    document: &Map<String, Value>,
    root: &At,
    diagnostics: &mut Diagnostics,
) -> Option<()> {
    let version = document.get("openapi").or_else(|| document.get("swagger"));
    let text = version.map(|version| {
        version
            .as_str()
            .map_or_else(|| version.to_string(), str::to_owned)
    });
    match text.as_deref() {
        Some(text) if text.starts_with("3.") => Some(()),
        Some(text) => {
            let key = if document.contains_key("openapi") {
                "openapi"
            } else {
                "swagger"
            };
            diagnostics.push(
                Diagnostic::error(
                    codes::NOT_OPENAPI,
                    root.child(key),
                    format!("version {text} of OpenAPI is not supported"),
                )
                .help("OpenAPI 3.0 and 3.1 are; converters exist for older documents"),
            );
            None
        }
        None => {
            diagnostics.push(
                Diagnostic::error(
                    codes::NOT_OPENAPI,
                    root.clone(),
                    "the document has no `openapi` version",
                )
                .help("name an OpenAPI 3.0 or 3.1 document in `openapi:`"),
            );
            None
        }
    }
}
