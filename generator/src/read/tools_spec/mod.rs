//! The tools spec: the one YAML file a person writes. Its JSON Schema comes from these types.

mod arguments;
mod profiles;
mod prompts;
mod response;
mod server;
mod tasks;
mod tool;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

pub use arguments::{ArgumentSpec, Nothing, Sends, SendsBody, Take};
pub use profiles::{ProfileSpec, WholeProfile};
pub use prompts::{
    CompleteSpec, FrontMatter, LookupSpec, PromptArgumentSpec, PromptSpec, ResourceSpec,
};
pub use response::{FailureSpec, Format, ResponseSpec, TailSpec};
pub use server::{AuthSpec, BackendSpec, IconSpec, LimitsSpec, OauthSpec, ServerSpec};
pub use tasks::{TaskProgress, TaskSpec, TaskState, TaskTool, TasksSpec};
pub use tool::{AnnotationsSpec, AskSpec, ConfirmSpec, PageSpec, ToolSpec};

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
    /// OpenAPI Overlays, applied to the document in this order before anything else; paths relative to this file.
    #[serde(default)]
    pub overlays: Vec<String>,
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
    /// What is kept of the list as a whole that hosts or models may find too much, by the code of the advice.
    #[serde(default)]
    pub accept: Vec<String>,
    /// Which tools say what their results look like.
    #[serde(default)]
    pub output_schema: OutputSchema,
    /// How much of JSON Schema the tools' schemas may use.
    #[serde(default)]
    pub schemas: SchemaDialect,
    /// Whether annotations are told that clients take for granted.
    #[serde(default)]
    pub annotations: AnnotationDetail,
    /// How the backend declares a failure inside a successful answer, for all tools.
    #[serde(default)]
    pub failure: Option<FailureSpec>,
    /// Further files with `tools`, each relative to this one.
    #[serde(default)]
    pub include: Vec<String>,
    /// Prompts that teach a workflow, by name.
    #[serde(default)]
    pub prompts: IndexMap<String, PromptSpec>,
    /// What an agent can read by URI: operations or files, by name.
    #[serde(default)]
    pub resources: IndexMap<String, ResourceSpec>,
    /// Parts of the server, by name, so that no agent carries tools it does not need; the first is the one that is
    /// served unless said otherwise.
    #[serde(default)]
    pub profiles: IndexMap<String, ProfileSpec>,
    /// How long answers may be served again, by tool or operationId: `1h`.
    #[serde(default)]
    pub cache: IndexMap<String, String>,
    /// How every tool is paged whose arguments and documented answer have all of this.
    #[serde(default)]
    pub page: Option<PageSpec>,
    /// Who may call over HTTP.
    #[serde(default)]
    pub auth: Option<AuthSpec>,
    /// Whether agents see all tools, or three that search them.
    #[serde(default)]
    pub surface: Surface,
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

/// How many tokens (bytes of JSON divided by 4) the tool list may cost.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetSpec {
    /// One tool.
    #[serde(default)]
    pub tool_tokens: Option<u64>,
    /// All tools together that are served at once: those of each profile, where there are some.
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

/// What of the tools agents see at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Surface {
    /// All of them.
    #[default]
    Listed,
    /// Three tools that search, describe and call the others.
    Search,
}

/// Which annotations of a tool are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AnnotationDetail {
    /// All four, so that no client guesses.
    #[default]
    Full,
    /// Those that differ from what MCP takes for granted (ToolAnnotations): fewer bytes in the list.
    Brief,
}
