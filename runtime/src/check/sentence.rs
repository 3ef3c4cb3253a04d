//! One plain sentence for each thing that is wrong with the arguments.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;

use super::describe::describe;
use super::nearest::nearest;
use super::schema::Types;
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
                add(unknown(&at, name, schema));
            }
        }
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let member = schema
                .get("properties")
                .and_then(|properties| properties.get(name));
            let name = member_of(&at, name);
            add(match member {
                Some(member) => format!("`{name}` is required: {}.", describe(member, root)),
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
    if value.is_null() {
        return if is_optional(error.instance_path().as_str(), root) {
            format!("`{at}` must not be null: leave it out, or give {must}.")
        } else {
            format!("`{at}` must be {must}, but null was given.")
        };
    }
    let given = crop(&value.to_string(), 80);
    let hint = hint(value, schema, root).unwrap_or_default();
    format!("`{at}` must be {must}, but {given} was given{hint}.")
}

/// The nearest valid value.
fn hint(value: &Json, schema: &Json, root: &Json) -> Option<String> {
    if let Some(Json::Array(values)) = schema.get("enum") {
        let known = values.iter().filter_map(Json::as_str);
        return nearest(value.as_str()?, known)
            .map(|near| format!("; the nearest valid value is \"{near}\""));
    }
    if let Json::String(text) = value {
        let bare: Json = serde_json::from_str(text.trim()).ok()?;
        let fits = !bare.is_string() && Types::allowed(schema, root).has(Types::of(&bare));
        return fits.then(|| format!("; give {bare} without quotes"));
    }
    let number = value.as_f64()?;
    let beyond = |key: &str, outside: fn(f64, f64) -> bool| {
        let limit = schema.get(key)?;
        outside(number, limit.as_f64()?).then(|| format!("; the nearest valid value is {limit}"))
    };
    beyond("maximum", |number, limit| number > limit)
        .or_else(|| beyond("minimum", |number, limit| number < limit))
}

fn unknown(at: &str, name: &str, schema: &Json) -> String {
    let properties = schema.get("properties").and_then(Json::as_object);
    let known: Vec<&str> = properties
        .into_iter()
        .flat_map(|properties| properties.keys())
        .map(String::as_str)
        .collect();
    let shown = crop(&member_of(at, name), 80);
    let what = if at.is_empty() {
        "an argument of this tool".to_owned()
    } else {
        format!("a member of `{at}`")
    };
    let names = |known: &[&str]| {
        let names: Vec<String> = known
            .iter()
            .take(30)
            .map(|name| format!("`{name}`"))
            .collect();
        names.join(", ")
    };
    match nearest(name, known.iter().copied()) {
        Some(near) => {
            let near = member_of(at, near);
            format!("`{shown}` is not {what}: did you mean `{near}`?")
        }
        None if known.is_empty() => format!("`{shown}` is not {what}: there are none."),
        None => format!("`{shown}` is not {what}: there are {}.", names(&known)),
    }
}

/// The schema that holds the keyword an error is about.
fn schema_of<'s>(error: &ValidationError<'_>, root: &'s Json) -> &'s Json {
    let path = error.schema_path().as_str();
    path.rsplit_once('/')
        .and_then(|(parent, _)| root.pointer(parent))
        .unwrap_or(&Json::Null)
}

/// Whether the member at a path may be left out, going by the plain parts of
/// the schema on the way.
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
                optional = false;
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

fn member_of(at: &str, name: &str) -> String {
    if at.is_empty() {
        name.to_owned()
    } else {
        format!("{at}.{name}")
    }
}
