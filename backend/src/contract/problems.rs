//! What is wrong with a request, in the words of FastAPI.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::paths::LocationSegment;
use serde::Serialize;
use serde_json::Value;

/// One value that is wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Problem {
    /// Where it is: `path`, `query` or `body`, then names and indices inwards.
    pub loc: Vec<Value>,
    /// What is wrong.
    pub msg: String,
    /// Kind of the error.
    #[serde(rename = "type")]
    pub kind: String,
}

impl Problem {
    /// A problem at a place.
    pub fn new<const N: usize>(at: [&str; N], msg: &str, kind: &str) -> Self {
        Self {
            loc: at.into_iter().map(Value::from).collect(),
            msg: msg.to_owned(),
            kind: kind.to_owned(),
        }
    }

    pub(super) fn missing<const N: usize>(at: [&str; N]) -> Self {
        Self::new(at, "Field required", "missing")
    }

    /// A text that is none of the type wanted.
    pub(super) fn unreadable<const N: usize>(at: [&str; N], kind: &str) -> Self {
        let (name, kind) = match kind {
            "integer" => ("integer", "int_parsing"),
            "number" => ("number", "float_parsing"),
            _ => ("boolean", "bool_parsing"),
        };
        Self::new(
            at,
            &format!("Input should be a valid {name}, unable to parse string as a {name}"),
            kind,
        )
    }
}

/// The problems that a validator found below a place.
pub(super) fn collect<'i>(
    at: &[&str],
    errors: impl Iterator<Item = ValidationError<'i>>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for error in errors {
        add(at, &error, &mut problems);
    }
    problems
}

fn add(at: &[&str], error: &ValidationError<'_>, problems: &mut Vec<Problem>) {
    use ValidationErrorKind as Kind;
    let mut loc: Vec<Value> = at.iter().copied().map(Value::from).collect();
    loc.extend(
        error
            .instance_path()
            .into_iter()
            .map(|segment| match segment {
                LocationSegment::Property(name) => Value::from(name.to_string()),
                LocationSegment::Index(index) => Value::from(index),
            }),
    );
    let mut say = |msg: String, kind: &str| {
        problems.push(Problem {
            loc: loc.clone(),
            msg,
            kind: kind.to_owned(),
        })
    };
    match error.kind() {
        Kind::Required { property } => {
            loc.push(property.clone());
            problems.push(Problem {
                loc,
                msg: "Field required".to_owned(),
                kind: "missing".to_owned(),
            });
        }
        Kind::AdditionalProperties { unexpected } => {
            for name in unexpected {
                let mut loc = loc.clone();
                loc.push(name.as_str().into());
                let msg = "Extra inputs are not permitted".to_owned();
                problems.push(Problem {
                    loc,
                    msg,
                    kind: "extra_forbidden".to_owned(),
                });
            }
        }
        // Beside null there is one other form; what is wrong with that one is what matters.
        Kind::AnyOf { context } => {
            for branch in context
                .iter()
                .filter(|branch| !branch.iter().all(wants_null))
            {
                for error in branch {
                    add(at, error, problems);
                }
            }
        }
        Kind::Type { kind } => {
            let (name, kind) = type_name(kind);
            say(format!("Input should be a valid {name}"), kind);
        }
        Kind::Enum { options } => say(format!("Input should be {}", alternatives(options)), "enum"),
        Kind::Minimum { limit } => say(
            format!("Input should be greater than or equal to {limit}"),
            "greater_than_equal",
        ),
        Kind::Maximum { limit } => say(
            format!("Input should be less than or equal to {limit}"),
            "less_than_equal",
        ),
        Kind::ExclusiveMinimum { limit } => say(
            format!("Input should be greater than {limit}"),
            "greater_than",
        ),
        Kind::ExclusiveMaximum { limit } => {
            say(format!("Input should be less than {limit}"), "less_than")
        }
        Kind::MinLength { limit } => {
            say(
                format!(
                    "String should have at least {}",
                    counted(*limit, "character")
                ),
                "string_too_short",
            );
        }
        Kind::MaxLength { limit } => {
            say(
                format!(
                    "String should have at most {}",
                    counted(*limit, "character")
                ),
                "string_too_long",
            );
        }
        Kind::MinItems { limit } => say(
            format!("List should have at least {}", counted(*limit, "item")),
            "too_short",
        ),
        Kind::MaxItems { limit } => say(
            format!("List should have at most {}", counted(*limit, "item")),
            "too_long",
        ),
        Kind::Pattern { pattern } => {
            say(
                format!("String should match pattern '{pattern}'"),
                "string_pattern_mismatch",
            );
        }
        Kind::Format { format } => say(format!("Input should be a valid {format}"), "value_error"),
        _ => say(error.to_string(), "value_error"),
    }
}

fn wants_null(error: &ValidationError<'_>) -> bool {
    matches!(error.kind(), ValidationErrorKind::Type { kind } if type_name(kind).0 == "null")
}

fn type_name(kind: &TypeKind) -> (&'static str, &'static str) {
    let name = match kind {
        TypeKind::Single(kind) => kind.as_str(),
        TypeKind::Multiple(_) => "",
    };
    match name {
        "string" => ("string", "string_type"),
        "integer" => ("integer", "int_type"),
        "number" => ("number", "float_type"),
        "boolean" => ("boolean", "bool_type"),
        "array" => ("list", "list_type"),
        "object" => ("dictionary", "dict_type"),
        "null" => ("null", "none_required"),
        _ => ("value", "value_error"),
    }
}

/// `'a', 'b' or 'c'`.
fn alternatives(options: &Value) -> String {
    let words: Vec<String> = options
        .as_array()
        .into_iter()
        .flatten()
        .map(|option| {
            option
                .as_str()
                .map_or_else(|| option.to_string(), |word| format!("'{word}'"))
        })
        .collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

fn counted(limit: u64, thing: &str) -> String {
    format!("{limit} {thing}{}", if limit == 1 { "" } else { "s" })
}
