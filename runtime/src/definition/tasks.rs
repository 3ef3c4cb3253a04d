//! Long-running operations of the backend: how they are followed.

use std::time::Duration;

/// How the backend tells about its long-running operations.
///
/// Pointers are JSON pointers (RFC 6901) into the answer of the status tool,
/// as the backend gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tasks {
    /// The tool that tells the state.
    pub status: TaskTool,
    /// Other tools that tell the state, by the same argument.
    pub also: &'static [&'static str],
    /// The tool that gives the result; without one the status is the result.
    pub result: Option<TaskTool>,
    /// The tool that cancels.
    pub cancel: Option<TaskTool>,
    /// Pointer to the state.
    pub state: &'static str,
    /// States of an operation that succeeded.
    pub completed: &'static [&'static str],
    /// States of one that failed.
    pub failed: &'static [&'static str],
    /// States of one that was cancelled. Any other state is one under way.
    pub cancelled: &'static [&'static str],
    /// Pointer to the percentage, 0 to 100.
    pub percent: Option<&'static str>,
    /// Pointer to the progress in words.
    pub message: Option<&'static str>,
    /// Pointer to the time of the last change (RFC 3339).
    pub updated: Option<&'static str>,
    /// Pointer to why it failed.
    pub error: Option<&'static str>,
    /// How often the state is asked for while it is waited for.
    pub poll: Duration,
    /// The most that `wait_seconds` may ask for; zero offers no waiting.
    pub wait: Duration,
}

/// A tool that takes the id of a long-running operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskTool {
    /// Its name.
    pub tool: &'static str,
    /// Its argument that takes the id.
    pub argument: &'static str,
}
