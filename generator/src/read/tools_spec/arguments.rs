//! What differs from the document for an argument.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

/// What differs from the document for one argument.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArgumentSpec {
    /// Sent when the agent does not give the argument.
    #[serde(default, deserialize_with = "present")]
    pub default: Option<Value>,
    /// Always sent; the agent does not see the argument.
    #[serde(default, rename = "const", deserialize_with = "present")]
    pub constant: Option<Value>,
    /// Never sent, never offered.
    #[serde(default)]
    pub hidden: bool,
    /// The document's name of this argument, where it is offered under another.
    #[serde(default)]
    pub rename: Option<String>,
    /// Whether the agent must give it.
    #[serde(default)]
    pub required: Option<bool>,
    /// What an agent reads about it; left out: the document's.
    #[serde(default)]
    pub description: Option<String>,
    /// Example values.
    #[serde(default)]
    pub examples: Vec<Value>,
    /// Where the value goes, for an argument that the document does not have: `nothing`, or a place in the body.
    #[serde(default)]
    pub sends: Option<Sends>,
    /// JSON Schema type: in place of the document's.
    #[serde(default, rename = "type")]
    pub type_name: Option<String>,
    /// Allowed values.
    #[serde(default, rename = "enum")]
    pub values: Option<Vec<Value>>,
    /// Schema of the items of a list.
    #[serde(default)]
    pub items: Option<Value>,
    /// A regular expression that a string must match.
    #[serde(default)]
    pub pattern: Option<String>,
    /// The least number.
    #[serde(default)]
    pub minimum: Option<serde_json::Number>,
    /// The greatest number.
    #[serde(default)]
    pub maximum: Option<serde_json::Number>,
    /// The least length of a string.
    #[serde(default, rename = "minLength")]
    pub min_length: Option<u64>,
    /// The greatest length of a string.
    #[serde(default, rename = "maxLength")]
    pub max_length: Option<u64>,
    /// The least number of items.
    #[serde(default, rename = "minItems")]
    pub min_items: Option<u64>,
    /// The greatest number of items.
    #[serde(default, rename = "maxItems")]
    pub max_items: Option<u64>,
}

/// Keeps a given `null` apart from a key that is not there.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Where the value of an argument goes.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Sends {
    /// Nowhere: only `response` reads it.
    Nothing(Nothing),
    /// To a place in the request body.
    Body(SendsBody),
}

/// Nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Nothing {
    /// Nothing is sent.
    Nothing,
}

/// A place in the request body.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendsBody {
    /// JSON pointer into the body.
    pub body: String,
    /// What of the value is sent.
    #[serde(default)]
    pub take: Take,
}

/// What of a value is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Take {
    /// All of it.
    #[default]
    All,
    /// The first item of the list.
    First,
}
