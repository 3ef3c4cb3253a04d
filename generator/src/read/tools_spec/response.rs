//! What of the backend's answer reaches the agent.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

/// What of the backend's answer reaches the agent.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResponseSpec {
    /// Only these places, as JSON pointers; `*` stands for every item.
    #[serde(default)]
    pub select: Vec<String>,
    /// Without these places.
    #[serde(default)]
    pub omit: Vec<String>,
    /// Without members that are null.
    #[serde(default)]
    pub drop_nulls: bool,
    /// Only the last items of some arrays.
    #[serde(default)]
    pub tail: Option<TailSpec>,
    /// Only the first items of some arrays.
    #[serde(default)]
    pub head: Option<TailSpec>,
    /// How it is written.
    #[serde(default)]
    pub format: Format,
    /// The most that an agent gets of it, such as `64KiB`; left out: `limits.result`.
    #[serde(default)]
    pub max: Option<String>,
}

/// Only the last or first items of some arrays.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TailSpec {
    /// The argument that says how many.
    pub by: String,
    /// The arrays, as JSON pointers into the answer.
    pub arrays: Vec<String>,
    /// What is set, by JSON pointer, when something was cut.
    #[serde(default)]
    pub mark: IndexMap<String, Value>,
}

/// How a result is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Compact JSON.
    #[default]
    Json,
    /// Lists of objects with the same members as tables, in TOON (Token-Oriented Object Notation), where that is
    /// shorter; text only, without an output schema.
    Table,
}

/// How the backend declares a failure inside a successful answer.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FailureSpec {
    /// JSON pointer into the answer.
    pub at: String,
    /// The value there that means failure.
    pub equals: Value,
}
