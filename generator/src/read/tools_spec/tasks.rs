//! Long-running operations.

use schemars::JsonSchema;
use serde::Deserialize;

/// A tool that starts a long-running operation; it has no output schema, because it may answer with a task.
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
    /// JSON pointer to the time of its last change (RFC 3339).
    #[serde(default)]
    pub updated: Option<String>,
    /// JSON pointer to why it failed.
    #[serde(default)]
    pub error: Option<String>,
    /// How often the state is asked for while it is waited for; left out: `2s`.
    #[serde(default)]
    pub poll: Option<String>,
    /// The most that the argument `wait_seconds` of the tools that start an operation or tell its state may
    /// ask for; left out: `60s`; `0s` offers no waiting.
    #[serde(default)]
    pub wait: Option<String>,
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
