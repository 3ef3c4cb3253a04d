//! One plain sentence for each thing that is wrong with the arguments.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;

use super::describe::describe;
use super::hint::{example, hint};
use super::unknown::unknown;
use crate::Json;
use crate::results::crop;

/// Adds the sentences for an error of the validator, each once.
pub(super) fn sentences(error: &ValidationError<'_>, root: &Json, out: &mut Vec<String>) {
    let at = place(error.instance_path().as_str());
    let schema = schema_of(error, root);
    let mut add = |sentence: String| {
        if !out.contains(&sentence) {
            out.push(sentence);
        }
    };
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            for name in unexpected {
                add(unknown(&at, name, schema, root));
            }
        }
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let member = schema
                .get("properties")
                .and_then(|properties| properties.get(name));
            let name = member_of(&at, name);
            add(match member {
                Some(member) => {
                    let example = example(member, root).unwrap_or_default();
                    format!("`{name}` is required: {}{example}.", describe(member, root))
                }
                None => format!("`{name}` is required."),
            });
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            match meant(context, error.instance_path().as_str()) {
                Some(branch) => {
                    for error in branch {
                        sentences(error, root, out);
                    }
                }
                None => add(mismatch(&at, error, schema, root)),
            }
        }
        Kind::OneOfMultipleValid { .. } => {
            add(format!("`{at}` fits more than one of its alternatives."));
        }
        Kind::PropertyNames { error } => {
            let name = crop(&error.instance().to_string(), 60);
            add(format!("`{at}` must not have a member named {name}."));
        }
        Kind::UniqueItems => add(format!("`{at}` must not hold the same item twice.")),
        Kind::MinProperties { limit } => {
            add(format!("`{at}` must have at least {limit} members."));
        }
        Kind::MaxProperties { limit } => {
            add(format!("`{at}` must have at most {limit} members."));
        }
        Kind::Not { .. } | Kind::FalseSchema => {
            let given = crop(&error.instance().to_string(), 80);
            add(format!("`{at}` must not be {given}."));
        }
        Kind::Contains | Kind::AdditionalItems { .. } | Kind::UnevaluatedItems { .. } => {
            add(format!("`{at}` cannot be used: {error}."));
        }
        _ => add(mismatch(&at, error, schema, root)),
    }
}

/// The branch of alternatives that was probably meant: the only one whose
/// complaint is not about the kind of the value itself.
fn meant<'c>(
    context: &'c [Vec<ValidationError<'static>>],
    path: &str,
) -> Option<&'c [ValidationError<'static>]> {
    let mut close = context.iter().filter(|branch| {
        !branch.iter().any(|error| {
            matches!(error.kind(), Kind::Type { .. }) && error.instance_path().as_str() == path
        })
    });
    match (close.next(), close.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// A value that is not what its schema asks for.
fn mismatch(at: &str, error: &ValidationError<'_>, schema: &Json, root: &Json) -> String {
    let value = error.instance();
    let must = describe(schema, root);
    let optional = is_optional(error.instance_path().as_str(), root);
    if value.is_null() && optional {
        return format!("`{at}` must not be null: leave it out, or give {must}.");
    }
    let given = crop(&value.to_string(), 80);
    let hint = hint(value, schema, root).unwrap_or_else(|| match optional {
        true => "; otherwise leave it out".to_owned(),
        false => String::new(),
    });
    format!("`{at}` must be {must}, but {given} was given{hint}.")
}

/// The schema that holds the keyword an error is about.
fn schema_of<'s>(error: &ValidationError<'_>, root: &'s Json) -> &'s Json {
    let path = error.schema_path().as_str();
    path.rsplit_once('/')
        .and_then(|(parent, _)| root.pointer(parent))
        .unwrap_or(&Json::Null)
}

/// Whether the member or item at a path may be left out, going by the plain parts
/// of the schema on the way.
fn is_optional(path: &str, root: &Json) -> bool {
    let mut schema = root;
    let mut optional = false;
    for step in path.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        schema = super::schema::non_null(schema, root);
        let required = schema.get("required").and_then(Json::as_array);
        let named = |name: &Json| name.as_str() == Some(&step);
        match schema.get("properties").and_then(|all| all.get(&step)) {
            Some(member) => {
                optional = !required.is_some_and(|names| names.iter().any(named));
                schema = member;
            }
            None => {
                optional = schema.get("items").is_some();
                schema = schema.get("items").unwrap_or(&Json::Null);
            }
        }
    }
    optional
}

/// `/body/owners/2/id` as `body.owners[2].id`.
fn place(pointer: &str) -> String {
    let mut place = String::new();
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        if !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit()) {
            place.push_str(&format!("[{step}]"));
        } else {
            place = member_of(&place, &step);
        }
    }
    place
}

pub(super) fn member_of(at: &str, name: &str) -> String {
    if at.is_empty() {
        name.to_owned()
    } else {
        format!("{at}.{name}")
    }
}
