//! What is wrong with a value that a schema describes: where, why, and what to do about it.

use std::collections::BTreeSet;

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{Draft, ValidationError, Validator};
use serde::Serialize;
use serde_json::Value;

/// Most faults that are told of one value.
pub const MOST: usize = 50;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fault {
    /// JSON pointer to it; empty for the whole.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl Fault {
    /// A fault at a place.
    pub fn new(path: &str, message: &str, hint: &str) -> Self {
        Self {
            path: path.to_owned(),
            message: message.to_owned(),
            hint: hint.to_owned(),
        }
    }
}

/// A JSON Schema without references, ready to find faults.
#[derive(Debug)]
pub struct Schema {
    document: Value,
    validator: Validator,
}

impl Schema {
    /// Compiles a schema.
    ///
    /// # Errors
    /// Says what is wrong with the schema itself.
    pub fn new(document: Value) -> Result<Self, String> {
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .build(&document)
            .map_err(|error| error.to_string())?;
        Ok(Self {
            document,
            validator,
        })
    }

    /// The schema.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Everything that is wrong with a value, the first [`MOST`] faults of it.
    pub fn faults(&self, value: &Value) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut seen = BTreeSet::new();
        for error in self.validator.iter_errors(value) {
            for fault in self.of(&error) {
                if seen.insert(fault.clone()) {
                    faults.push(fault);
                }
            }
            if faults.len() >= MOST {
                faults.truncate(MOST);
                break;
            }
        }
        faults
    }

    fn of(&self, error: &ValidationError<'_>) -> Vec<Fault> {
        let path = error.instance_path().as_str();
        let keyword = error.schema_path().as_str();
        let parent = keyword.rsplit_once('/').map_or("", |(parent, _)| parent);
        let schema = self.document.pointer(parent).unwrap_or(&Value::Null);
        match error.kind() {
            Kind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                let wanted = wanted(&schema["properties"][name]);
                vec![Fault::new(
                    &below(path, name),
                    "is missing",
                    &format!("Give {wanted}."),
                )]
            }
            Kind::AdditionalProperties { unexpected } => {
                let known = names(&schema["properties"]);
                let fault = |name: &String| {
                    Fault::new(&below(path, name), "is unknown", &instead(name, &known))
                };
                unexpected.iter().map(fault).collect()
            }
            Kind::PropertyNames { error } => {
                let names = wanted(&schema["propertyNames"]);
                vec![Fault::new(
                    path,
                    &format!("has the key {}", shown(error.instance())),
                    &format!("Keys are {names}."),
                )]
            }
            Kind::Enum { .. } | Kind::Constant { .. } => {
                let known: Vec<&str> = match &schema["enum"] {
                    Value::Array(words) => words.iter().filter_map(Value::as_str).collect(),
                    _ => schema["const"].as_str().into_iter().collect(),
                };
                let given = error.instance();
                let hint = instead(given.as_str().unwrap_or_default(), &known);
                vec![Fault::new(
                    path,
                    &format!("{} is none of those that can stand here", shown(given)),
                    &hint,
                )]
            }
            _ => {
                let message = format!("{} does not fit", shown(error.instance()));
                vec![Fault::new(
                    path,
                    &message,
                    &format!("Give {}.", wanted(schema)),
                )]
            }
        }
    }
}

/// The known name that an unknown one was probably meant to be, or all of them.
pub fn instead(name: &str, known: &[&str]) -> String {
    match nearest(name, known) {
        Some(near) => format!("Did you mean `{near}`?"),
        None if known.is_empty() => "Leave it out.".to_owned(),
        None => format!("There are {}.", known.join(", ")),
    }
}

fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    /// How alike two names must be, from 0 to 1.
    const ALIKE: f64 = 0.55;
    let name = short(&name.to_lowercase());
    known
        .iter()
        .map(|known| (strsim::normalized_damerau_levenshtein(&name, known), *known))
        .filter(|(score, _)| *score >= ALIKE)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}

/// The beginning of a text, for messages.
pub fn short(text: &str) -> String {
    /// Most characters that are repeated of what was given.
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        value => short(&value.to_string()),
    }
}

/// A pointer one step further inwards (RFC 6901).
pub fn below(path: &str, name: &str) -> String {
    format!("{path}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn names(properties: &Value) -> Vec<&str> {
    properties
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect()
}

/// What a schema asks for, as the object of a sentence.
fn wanted(schema: &Value) -> String {
    let kind = match schema["type"].as_str() {
        Some("integer") => "a whole number",
        Some("number") => "a number",
        Some("string") => "a text",
        Some("array") => "a list",
        Some("object") => "an object",
        Some("boolean") => "true or false",
        _ => "another value",
    };
    let mut text = kind.to_owned();
    for (keyword, words) in [
        ("minimum", "from"),
        ("exclusiveMinimum", "above"),
        ("maximum", "up to"),
        ("minItems", "of at least"),
        ("maxItems", "of at most"),
        ("minLength", "of at least"),
        ("maxLength", "of at most"),
        ("minProperties", "of at least"),
        ("maxProperties", "of at most"),
        ("pattern", "of the form"),
    ] {
        if let Some(limit) = schema.get(keyword) {
            let limit = limit
                .as_str()
                .map_or_else(|| limit.to_string(), str::to_owned);
            let unit = match keyword {
                "minItems" | "maxItems" => " items",
                "minLength" | "maxLength" => " characters",
                "minProperties" | "maxProperties" => " entries",
                _ => "",
            };
            text += &format!(" {words} {limit}{unit}");
        }
    }
    match schema["description"].as_str() {
        Some(description) => format!("{text} ({})", description.trim_end_matches('.')),
        None => text,
    }
}
