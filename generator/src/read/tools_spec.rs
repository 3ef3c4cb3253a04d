//! The tools spec: the one YAML file a person writes. Its JSON Schema comes from these types.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::diagnostics::FileId;

/// A tools spec: which operations of an OpenAPI document become tools, and how.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ToolsSpec {
    /// Version of this format.
    #[schemars(range(min = 1, max = 1))]
    pub version: u32,
    /// The OpenAPI document: a path relative to this file, an `http` or `https` URL, or `-` for standard input.
    pub openapi: String,
    /// The folder that references of the document may reach, relative to this file; left out: the document's own.
    #[serde(default)]
    pub root: Option<String>,
    /// The generated server.
    pub server: ServerSpec,
    /// The backend that the tools call.
    #[serde(default)]
    pub backend: BackendSpec,
    /// Typed clients by domain. Left out: one for each OpenAPI tag, with the operations that tools use.
    #[serde(default)]
    pub clients: IndexMap<String, ClientSpec>,
    /// Client methods that the facade offers itself too.
    #[serde(default)]
    pub facade: Vec<String>,
    /// The tools by name.
    #[serde(default)]
    pub tools: IndexMap<String, ToolSpec>,
    /// Operations that become tools without an entry of their own.
    #[serde(default)]
    pub operations: Option<OperationsSpec>,
    /// How the backend tells about a long-running operation.
    #[serde(default)]
    pub tasks: Option<TasksSpec>,
    /// What one process may do at once.
    #[serde(default)]
    pub limits: LimitsSpec,
    /// How many tokens the tool list may cost.
    #[serde(default)]
    pub budget: BudgetSpec,
    /// Which tools say what their results look like.
    #[serde(default)]
    pub output_schema: OutputSchema,
    /// How much of JSON Schema the tools' schemas may use.
    #[serde(default)]
    pub schemas: SchemaDialect,
    /// How the backend declares a failure inside a successful answer, for all tools.
    #[serde(default)]
    pub failure: Option<FailureSpec>,
    /// Further files with `tools`, each relative to this one.
    #[serde(default)]
    pub include: Vec<String>,
    /// The file each tool was declared in.
    #[serde(skip)]
    pub origin: IndexMap<String, FileId>,
    /// Every loss is taken, and told in [`crate::plan::PlannedTool::losses`]: for drafting a tools spec.
    #[serde(skip)]
    pub accept_all: bool,
}

/// A file named by `include`: tools only.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IncludedSpec {
    /// The tools by name.
    #[serde(default)]
    pub tools: IndexMap<String, ToolSpec>,
}

/// The generated server.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServerSpec {
    /// Name of the crate, the binary and the MCP server: `[a-z][a-z0-9-]*`.
    #[schemars(regex(pattern = r"^[a-z][a-z0-9-]*$"))]
    pub name: String,
    /// Name for people.
    #[serde(default)]
    pub title: Option<String>,
    /// Version of the server; left out: 0.1.0.
    #[serde(default)]
    pub version: Option<String>,
    /// What an agent reads first.
    #[serde(default)]
    pub instructions: Option<String>,
}

/// The backend that the tools call.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackendSpec {
    /// Where it is unless the environment says otherwise; left out: the document's first server.
    #[serde(default)]
    pub base_url: Option<String>,
    /// Prefix of the server's environment variables; left out: from the server's name.
    #[serde(default)]
    #[schemars(regex(pattern = r"^[A-Z][A-Z0-9_]*$"))]
    pub env: Option<String>,
    /// How long a request may take, such as `30s`.
    #[serde(default)]
    pub timeout: Option<String>,
    /// Idle connections kept at most.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub connections: Option<u32>,
    /// The operation that tells whether the backend is well: an operationId or `METHOD /path`.
    #[serde(default)]
    pub health: Option<String>,
}

/// A typed client.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientSpec {
    /// Tags whose operations it has.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Further operations, by operationId or `METHOD /path`.
    #[serde(default)]
    pub operations: Vec<String>,
    /// Method names other than the operationId: name → operationId or `METHOD /path`.
    #[serde(default)]
    pub methods: IndexMap<String, String>,
}

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
    /// `false` keeps the entry without its tool.
    #[serde(default = "yes")]
    pub enabled: bool,
}

fn yes() -> bool {
    true
}

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
}

/// Only the last items of some arrays.
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

/// How the backend declares a failure inside a successful answer.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FailureSpec {
    /// JSON pointer into the answer.
    pub at: String,
    /// The value there that means failure.
    pub equals: Value,
}

/// A tool that starts a long-running operation.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskSpec {
    /// JSON pointer to the operation's id in the answer.
    pub id: String,
}

/// How the backend tells about a long-running operation.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TasksSpec {
    /// The tool that tells the state.
    pub status: TaskTool,
    /// The tool that gives the result.
    #[serde(default)]
    pub result: Option<TaskTool>,
    /// The tool that cancels.
    #[serde(default)]
    pub cancel: Option<TaskTool>,
    /// Where the state is and what its values mean.
    pub state: TaskState,
    /// Where progress is.
    #[serde(default)]
    pub progress: Option<TaskProgress>,
}

/// A tool that takes the id of a long-running operation.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskTool {
    /// The tool.
    pub tool: String,
    /// Its argument that takes the id.
    pub argument: String,
}

/// Where the state of a long-running operation is and what its values mean.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskState {
    /// JSON pointer into the answer of the status tool.
    pub at: String,
    /// Values of an operation under way.
    pub working: Vec<String>,
    /// Values of one that succeeded.
    pub completed: Vec<String>,
    /// Values of one that failed.
    #[serde(default)]
    pub failed: Vec<String>,
    /// Values of one that was cancelled.
    #[serde(default)]
    pub cancelled: Vec<String>,
}

/// Where the progress of a long-running operation is.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskProgress {
    /// JSON pointer to the percentage, 0 to 100.
    #[serde(default)]
    pub percent: Option<String>,
    /// JSON pointer to words.
    #[serde(default)]
    pub message: Option<String>,
}

/// Operations that become tools without an entry of their own.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OperationsSpec {
    /// Tags, or globs over paths such as `/api/v1/data/**`.
    #[serde(default)]
    pub include: Vec<String>,
    /// Taken out again.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// What of the document cannot be kept in these tools, by the code of the diagnostic, and is done without.
    #[serde(default)]
    pub accept: Vec<String>,
}

/// What one process may do at once.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitsSpec {
    /// Calls at once; more wait in line.
    #[serde(default)]
    pub concurrency: Option<u32>,
    /// Calls per time, such as `100/1m`.
    #[serde(default)]
    pub rate: Option<String>,
    /// The largest answer of the backend, such as `1MiB`.
    #[serde(default)]
    pub response: Option<String>,
}

/// How many tokens (bytes of JSON divided by 4) the tool list may cost.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetSpec {
    /// One tool.
    #[serde(default)]
    pub tool_tokens: Option<u64>,
    /// All tools together.
    #[serde(default)]
    pub total_tokens: Option<u64>,
}

/// Which tools say what their results look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OutputSchema {
    /// Only where it is small (250 tokens at most), has no lists, and is to be trusted.
    #[default]
    Auto,
    /// Every tool whose operation documents a JSON answer.
    Always,
    /// None.
    Never,
}

/// How much of JSON Schema the tools' schemas may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SchemaDialect {
    /// What every current client accepts.
    #[default]
    Portable,
    /// All of JSON Schema 2020-12.
    Full,
}
