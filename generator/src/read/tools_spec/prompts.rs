//! Prompts, resources and what completes their arguments.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::IconSpec;

/// A prompt: a Markdown file, rendered with minijinja; its front matter may say what is said here.
///
/// A line `---assistant---` or `---user---` begins a message by that role. A line that is one image or link embeds its
/// target: a file beside the prompt, or the resource with that URI.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PromptSpec {
    /// The file, relative to the tools spec.
    pub file: String,
    /// Title for people.
    #[serde(default)]
    pub title: Option<String>,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// Its arguments, all strings, by name.
    #[serde(default)]
    pub arguments: IndexMap<String, PromptArgumentSpec>,
    /// Icons for people.
    #[serde(default)]
    pub icons: Vec<IconSpec>,
}

/// What the front matter of a prompt's file may say; what tools.yaml says comes before it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FrontMatter {
    /// Title for people.
    #[serde(default)]
    pub title: Option<String>,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// Its arguments, all strings, by name.
    #[serde(default)]
    pub arguments: IndexMap<String, PromptArgumentSpec>,
    /// Icons for people.
    #[serde(default)]
    pub icons: Vec<IconSpec>,
}

/// An argument of a prompt or a variable of a resource's URI.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PromptArgumentSpec {
    /// Title for people.
    #[serde(default)]
    pub title: Option<String>,
    /// What it means.
    #[serde(default)]
    pub description: Option<String>,
    /// Whether it must be given.
    #[serde(default)]
    pub required: bool,
    /// What completes it.
    #[serde(default)]
    pub complete: Option<CompleteSpec>,
}

/// What completes a value: a list, or an operation that tells one.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum CompleteSpec {
    /// These values.
    Values(Vec<String>),
    /// Values in the answer of an operation.
    Lookup(LookupSpec),
}

/// Values in the answer of an operation.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LookupSpec {
    /// A GET: an operationId or `METHOD /path`.
    pub operation: String,
    /// JSON pointer to the values; `*` stands for every item.
    pub at: String,
    /// Constants for its parameters, by name; other arguments that are known already fill those of their names.
    #[serde(default)]
    pub arguments: IndexMap<String, Value>,
    /// What of the document cannot be kept in it, by the code of the diagnostic, and is done without.
    #[serde(default)]
    pub accept: Vec<String>,
}

/// A resource, or a template of resources where the URI has variables in braces (RFC 6570, level 1).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResourceSpec {
    /// Its URI, such as `ktrdr://strategies/{name}`.
    pub uri: String,
    /// The GET that gives it: an operationId or `METHOD /path`; variables are its parameters.
    #[serde(default)]
    pub operation: Option<String>,
    /// The file that it is, relative to the tools spec.
    #[serde(default)]
    pub file: Option<String>,
    /// Title for people.
    #[serde(default)]
    pub title: Option<String>,
    /// What it is.
    #[serde(default)]
    pub description: Option<String>,
    /// Its media type; left out: as the document or the file's ending says.
    #[serde(default)]
    pub mime_type: Option<String>,
    /// Constants for the operation's other parameters, by name.
    #[serde(default)]
    pub constants: IndexMap<String, Value>,
    /// More about the variables of the URI, by name.
    #[serde(default)]
    pub arguments: IndexMap<String, PromptArgumentSpec>,
    /// What of the document cannot be kept in it, by the code of the diagnostic, and is done without.
    #[serde(default)]
    pub accept: Vec<String>,
    /// How long clients may keep it, such as `5m`.
    #[serde(default)]
    pub ttl: Option<String>,
    /// Icons for people.
    #[serde(default)]
    pub icons: Vec<IconSpec>,
}
