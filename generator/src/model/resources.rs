//! Resources: URIs with what is read there.

use indexmap::IndexMap;
use serde_json::Value;

use super::files::Attachment;
use super::pointers::no_longer;
use super::settings::milliseconds;
use super::{Operation, Tool, uri};
use crate::diagnostics::{At, Diagnostic, Diagnostics, codes, nearest};
use crate::normalise::Schemas;
use crate::read::Sources;
use crate::read::tools_spec::{CompleteSpec, IconSpec, PromptArgumentSpec, ResourceSpec};

/// A resource, or a template of resources.
#[derive(Debug)]
pub struct Resource {
    /// Its name.
    pub name: String,
    /// Its URI.
    pub uri: String,
    /// Title for people.
    pub title: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Its media type, if there is one only.
    pub mime_type: Option<String>,
    /// Its icons.
    pub icons: Vec<IconSpec>,
    /// How long clients may keep it, in milliseconds.
    pub ttl_ms: Option<u64>,
    /// What is read.
    pub source: ResourceSource,
    /// The variables of its URI: description, and what completes them.
    pub variables: Vec<Variable>,
}

/// What is read from a resource.
#[derive(Debug)]
pub enum ResourceSource {
    /// What an operation answers: an index into the unlisted tools.
    Operation(usize),
    /// A file.
    File(Attachment),
}

/// A variable of a URI.
#[derive(Debug)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What it means.
    pub description: Option<String>,
    /// What completes it.
    pub complete: Option<Complete>,
}

/// What completes a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Complete {
    /// These values.
    Values(Vec<String>),
    /// Values that an operation tells.
    Lookup {
        /// The operation, as an index into the unlisted tools.
        tool: usize,
        /// JSON pointer to the values.
        at: String,
    },
}

/// The tools that are not listed, with the place of the declaration that each is for.
pub(super) struct Unlisted<'a, 's> {
    pub(super) tools: &'a [Tool],
    pub(super) of: &'a IndexMap<At, usize>,
    pub(super) operations: &'a [Operation],
    pub(super) schemas: &'a Schemas<'s>,
}

/// Checks and builds the resources.
pub(super) fn resources(
    sources: &Sources,
    operations: &[Operation],
    unlisted: &Unlisted<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> Vec<Resource> {
    let root = At::value(sources.spec_file, "/resources");
    let mut known: IndexMap<&str, At> = IndexMap::new();
    let mut resources = Vec::new();
    for (name, spec) in &sources.spec.resources {
        let at = root.child(name);
        check_name(name, &at, diagnostics);
        if let Some(other) = known.insert(&spec.uri, at.child("uri")) {
            let message = format!("`{}` is the URI of two resources", spec.uri);
            diagnostics.push(
                Diagnostic::error(codes::DUPLICATE_NAME, at.child("uri"), message)
                    .also(other, "the other one"),
            );
        }
        resources.extend(resource(
            name,
            spec,
            &at,
            sources,
            operations,
            unlisted,
            diagnostics,
        ));
    }
    resources
}

fn resource(
    name: &str,
    spec: &ResourceSpec,
    at: &At,
    sources: &Sources,
    operations: &[Operation],
    unlisted: &Unlisted<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> Option<Resource> {
    let mut error = |code, at: At, message: String, help: &str| {
        diagnostics.push(Diagnostic::error(code, at, message).help(help));
    };
    let variables = match uri::variables(&spec.uri) {
        Ok(variables) => variables,
        Err((reason, help)) => {
            let message = format!("the URI of resource `{name}` {reason}");
            error(codes::BAD_RESOURCE, at.child("uri"), message, help);
            return None;
        }
    };
    for argument in spec
        .arguments
        .keys()
        .filter(|key| !variables.contains(&key.as_str()))
    {
        let message = format!("the URI of resource `{name}` has no variable `{argument}`");
        let place = at.child("arguments").child(argument).as_key();
        let help = match nearest(argument, variables.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write `{{{argument}}}` into the URI"),
        };
        error(codes::UNKNOWN_ARGUMENT, place, message, &help);
    }
    let ttl_ms = spec.ttl.as_ref().and_then(|text| {
        let parsed = milliseconds(text);
        if parsed.is_none() {
            let help = "write a number and a unit: `30s`, `5m`, `1h`";
            error(
                codes::SPEC_SHAPE,
                at.child("ttl"),
                format!("`{text}` is not a duration"),
                help,
            );
        }
        parsed
    });
    let (source, mime_type) = match (&spec.operation, sources.resource_files.get(name)) {
        (Some(_), None) => {
            let tool = *unlisted.of.get(at)?;
            let operation = &operations[unlisted.tools[tool].operation];
            let mime_type = spec
                .mime_type
                .clone()
                .or_else(|| documented_type(operation));
            (ResourceSource::Operation(tool), mime_type)
        }
        (None, Some(file)) if variables.is_empty() && spec.constants.is_empty() => {
            let file = Attachment::new(name, file, spec.mime_type.as_deref());
            let mime_type = Some(file.mime_type.clone());
            (ResourceSource::File(file), mime_type)
        }
        (None, Some(_)) => {
            let message =
                format!("resource `{name}` is a file and takes no variables or constants");
            error(
                codes::BAD_RESOURCE,
                at.as_key(),
                message,
                "name an `operation` to have some",
            );
            return None;
        }
        (both, _) => {
            let message = match both {
                Some(_) => format!("resource `{name}` has both `operation` and `file`"),
                None => format!("resource `{name}` has neither `operation` nor `file`"),
            };
            error(
                codes::BAD_RESOURCE,
                at.as_key(),
                message,
                "give one of the two",
            );
            return None;
        }
    };
    let variables = variables.into_iter().map(|variable| {
        let declared = spec.arguments.get(variable);
        let place = at.child("arguments").child(variable);
        let complete =
            declared.and_then(|declared| complete(declared, &place, unlisted, diagnostics));
        Variable {
            name: variable.to_owned(),
            description: declared
                .and_then(|declared| declared.description.clone())
                .or_else(|| {
                    documented(unlisted, &source, variable, "description")?
                        .as_str()
                        .map(str::to_owned)
                }),
            complete: complete
                .or_else(|| from_enum(documented(unlisted, &source, variable, "enum")?)),
        }
    });
    Some(Resource {
        variables: variables.collect(),
        name: name.to_owned(),
        uri: spec.uri.clone(),
        title: spec.title.clone(),
        description: spec
            .description
            .as_deref()
            .map(str::trim)
            .map(str::to_owned),
        mime_type,
        icons: spec.icons.clone(),
        ttl_ms,
        source,
    })
}

/// What completes an argument, as declared.
pub(super) fn complete(
    spec: &PromptArgumentSpec,
    at: &At,
    unlisted: &Unlisted<'_, '_>,
    diagnostics: &mut Diagnostics,
) -> Option<Complete> {
    match spec.complete.as_ref()? {
        CompleteSpec::Values(values) => Some(Complete::Values(values.clone())),
        CompleteSpec::Lookup(lookup) => {
            let at = at.child("complete");
            if !lookup.at.starts_with('/') {
                let message = format!("`{}` is not a JSON pointer", lookup.at);
                let help = format!("begin it with a slash: `/{}`", lookup.at.replace('.', "/"));
                diagnostics.push(
                    Diagnostic::error(codes::BAD_POINTER, at.child("at"), message).help(help),
                );
            }
            let tool = *unlisted.of.get(&at)?;
            let operation = &unlisted.operations[unlisted.tools[tool].operation];
            let place = at.child("at");
            let lost = no_longer(unlisted.schemas, operation, &lookup.at, place);
            lost.into_iter().for_each(|lost| diagnostics.push(lost));
            Some(Complete::Lookup {
                tool,
                at: lookup.at.clone(),
            })
        }
    }
}

/// Names that are plain also name a file.
pub(super) fn check_name(name: &str, at: &At, diagnostics: &mut Diagnostics) {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || name.len() > super::MAX_NAME || !name.chars().all(plain) {
        let message = format!("clients do not accept the name `{name}`");
        let help = format!(
            "use letters, digits, `_` and `-`, {} at most",
            super::MAX_NAME
        );
        diagnostics.push(Diagnostic::error(codes::BAD_NAME, at.as_key(), message).help(help));
    }
}

/// The media type of the answer, where the document gives one only.
fn documented_type(operation: &Operation) -> Option<String> {
    let mut types = operation
        .success
        .iter()
        .map(|media| media.media_type.as_str());
    let first = types.next().filter(|first| !first.contains('*'))?;
    types.all(|other| other == first).then(|| first.to_owned())
}

/// What the document says of a variable.
fn documented<'a>(
    unlisted: &Unlisted<'a, '_>,
    source: &ResourceSource,
    variable: &str,
    keyword: &str,
) -> Option<&'a Value> {
    let ResourceSource::Operation(tool) = source else {
        return None;
    };
    let arguments = &unlisted.tools[*tool].arguments;
    let argument = arguments
        .iter()
        .find(|argument| argument.name == variable)?;
    argument.schema.get(keyword)
}

fn from_enum(values: &Value) -> Option<Complete> {
    let texts = values.as_array()?.iter().filter_map(|value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    });
    Some(Complete::Values(texts.collect()))
}
