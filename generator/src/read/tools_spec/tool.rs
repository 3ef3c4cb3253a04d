//! One tool.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{ArgumentSpec, FailureSpec, IconSpec, OutputSchema, ResponseSpec, TaskSpec};

/// One tool.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ToolSpec {
    /// The operation it calls: an operationId or `METHOD /path`.
    pub operation: String,
    /// Title for people.
    #[serde(default)]
    pub title: Option<String>,
    /// What an agent reads; left out: the document's summary and description.
    #[serde(default)]
    pub description: Option<String>,
    /// Old names that still work.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What differs from the document for its arguments, by argument name.
    #[serde(default)]
    pub arguments: IndexMap<String, ArgumentSpec>,
    /// What the tool does to the backend.
    #[serde(default)]
    pub annotations: AnnotationsSpec,
    /// What of the backend's answer reaches the agent.
    #[serde(default)]
    pub response: ResponseSpec,
    /// How the backend declares a failure inside a successful answer.
    #[serde(default)]
    pub failure: Option<FailureSpec>,
    /// The tool starts a long-running operation.
    #[serde(default)]
    pub task: Option<TaskSpec>,
    /// Whether the tool says what its result looks like; left out: as the whole spec says.
    #[serde(default)]
    pub output_schema: Option<OutputSchema>,
    /// Why and what to use instead; marks the tool as deprecated.
    #[serde(default)]
    pub deprecated: Option<String>,
    /// What of the document cannot be kept in this tool, by the code of the diagnostic, and is done without.
    #[serde(default)]
    pub accept: Vec<String>,
    /// The media type of the request body, where the document has several.
    #[serde(default)]
    pub media_type: Option<String>,
    /// Icons for people.
    #[serde(default)]
    pub icons: Vec<IconSpec>,
    /// What clients get as `_meta`.
    #[serde(default)]
    pub meta: serde_json::Map<String, Value>,
    /// How its list is paged; left out: as the whole spec says; `{}`: not at all.
    #[serde(default)]
    pub page: Option<PageSpec>,
    /// The user has to agree before it is called: `true`, or the question, with arguments as `{name}`.
    #[serde(default)]
    pub confirm: Option<ConfirmSpec>,
    /// Arguments that the user is asked for, not the agent, where the client can ask.
    #[serde(default)]
    pub ask: Option<AskSpec>,
    /// How long a call may take, such as `10s`; left out: as long as the backend's timeout.
    #[serde(default)]
    pub timeout: Option<String>,
    /// How long an answer may be served again, such as `1h`.
    #[serde(default)]
    pub cache: Option<String>,
    /// Scopes that a caller over HTTP needs for it.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// It stays in the list with `surface: search` too.
    #[serde(default)]
    pub listed: bool,
    /// `false` keeps the entry without its tool.
    #[serde(default = "yes")]
    pub enabled: bool,
}

fn yes() -> bool {
    true
}

/// What a tool does to the backend; each left out is derived from the method where that is safe.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnotationsSpec {
    /// It changes nothing.
    #[serde(default)]
    pub read_only: Option<bool>,
    /// It may destroy something.
    #[serde(default)]
    pub destructive: Option<bool>,
    /// Doing it twice is as doing it once.
    #[serde(default)]
    pub idempotent: Option<bool>,
    /// It reaches things outside the backend.
    #[serde(default)]
    pub open_world: Option<bool>,
}

/// Whether a call is asked about first.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ConfirmSpec {
    /// Whether it is.
    Plain(bool),
    /// It is, with this question; `{name}` stands for an argument.
    Question(String),
}

/// Arguments that the user gives. Where nobody can be asked, the agent gives them.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AskSpec {
    /// What the user reads; `{name}` stands for an argument.
    pub message: String,
    /// The arguments: texts, numbers, yes or no, and choices.
    pub arguments: Vec<String>,
    /// The key of the question among what a client is asked for; left out: `input`.
    #[serde(default)]
    pub key: Option<String>,
}

/// How a list is paged: by one of `cursor`, `offset`, `number` and `link`. The tool gets the argument
/// `max_items`, and follows pages until it has so many.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PageSpec {
    /// The argument that takes the cursor, with `next` telling the next one.
    #[serde(default)]
    pub cursor: Option<String>,
    /// JSON pointer to the next cursor in the answer; absent, null or empty at the end.
    #[serde(default)]
    pub next: Option<String>,
    /// The argument that takes the number of items to skip.
    #[serde(default)]
    pub offset: Option<String>,
    /// The argument that takes the number of the page.
    #[serde(default)]
    pub number: Option<String>,
    /// The next page is the `Link` header's `rel="next"` (RFC 8288).
    #[serde(default)]
    pub link: bool,
    /// The argument that takes how many items a page has.
    #[serde(default)]
    pub size: Option<String>,
    /// JSON pointer to the items in the answer; empty for an answer that is the list.
    #[serde(default)]
    pub items: String,
    /// JSON pointer to how many there are in all.
    #[serde(default)]
    pub total: Option<String>,
    /// The most items that `max_items` may ask for.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub max: Option<u32>,
}
