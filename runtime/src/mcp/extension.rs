//! The extension `io.modelcontextprotocol/tasks` (SEP-2663), mapped onto the
//! backend's operations: this server keeps nothing about a task, all of it is
//! in its id and in the backend.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, SecondsFormat, Utc};
use rmcp::model::{
    CallToolResult, DetailedTask, ErrorData, ProtocolVersion, Task, TaskPayload, TaskStatus,
};
use rmcp::service::{RequestContext, RoleServer};

use super::call::Outcome;
use super::operations::{Phase, Seen, State, of_status};
use super::{Caller, Mcp};
use crate::results;
use crate::{Json, JsonObject, TaskTool, Tasks};

/// What an id begins with that is not sealed.
const PLAIN: &str = "op1.";

/// Whether a call may become a task. A client of an older revision can declare
/// the extension and choke on a task all the same.
pub(super) fn is_used(context: &RequestContext<RoleServer>) -> bool {
    let newest = ProtocolVersion::V_2026_07_28;
    let is_new = context
        .protocol_version()
        .is_some_and(|version| version.as_str() >= newest.as_str());
    is_new
        && context
            .client_capabilities()
            .is_some_and(|capabilities| capabilities.supports_tasks())
}

/// What the id of a task says.
#[derive(Debug)]
struct Ticket {
    operation: Json,
    /// When the task was made, in milliseconds of Unix time.
    created: i64,
}

impl Mcp {
    /// A task for an operation that `tool` just started.
    pub(super) fn task(
        &self,
        tool: &str,
        operation: &Json,
        caller: &Caller,
        tasks: &Tasks,
    ) -> Task {
        let now = Utc::now();
        let payload = serde_json::json!([tool, operation, now.timestamp_millis()]).to_string();
        let id = match self.seals.seal(payload.as_bytes(), &self.of_tasks(caller)) {
            Some(id) => id,
            None => format!("{PLAIN}{}", URL_SAFE_NO_PAD.encode(payload)),
        };
        let now = spelled(now);
        Task::new(id, TaskStatus::Working, now.clone(), now).with_poll_interval_ms(poll(tasks))
    }

    /// How a task stands, with its result if it is completed.
    pub(super) async fn stands(
        &self,
        id: &str,
        caller: &Caller,
    ) -> Result<DetailedTask, ErrorData> {
        let (tasks, ticket) = self.ticket(id, caller)?;
        let (state, told) = self.state_of(tasks, &ticket, caller).await?;
        let created = DateTime::from_timestamp_millis(ticket.created).unwrap_or_default();
        let updated = state
            .updated
            .as_deref()
            .and_then(|text| DateTime::parse_from_rfc3339(text).ok())
            .map_or_else(Utc::now, |time| time.to_utc());
        let mut task = Task::new(id, TaskStatus::Working, spelled(created), spelled(updated))
            .with_poll_interval_ms(poll(tasks));
        task.status_message = words(&state);
        let payload = match state.phase {
            Phase::Working => TaskPayload::Working,
            Phase::Cancelled => TaskPayload::Cancelled,
            Phase::Completed => TaskPayload::Completed {
                result: self.result_of(tasks, &ticket, caller).await?,
            },
            Phase::Failed => TaskPayload::Completed {
                result: object(&results::operation_failed(
                    state.error.as_deref().unwrap_or("The operation failed."),
                    text_of(&told),
                ))?,
            },
        };
        Ok(DetailedTask::new(task, payload))
    }

    /// Whether there is such a task: it never asks for input, so that there is
    /// nothing to do with an answer.
    pub(super) async fn answered(&self, id: &str, caller: &Caller) -> Result<(), ErrorData> {
        let (tasks, ticket) = self.ticket(id, caller)?;
        self.state_of(tasks, &ticket, caller).await.map(|_| ())
    }

    /// Asks the backend to cancel. One that has ended stays as it is.
    pub(super) async fn cancel(&self, id: &str, caller: &Caller) -> Result<(), ErrorData> {
        let (tasks, ticket) = self.ticket(id, caller)?;
        let Some(cancel) = &tasks.cancel else {
            return self.state_of(tasks, &ticket, caller).await.map(|_| ());
        };
        let outcome = self.with_id(cancel, &ticket, caller).await?;
        if !is_error(&outcome) || outcome.status == Some(409) {
            return Ok(());
        }
        let refusal = refusal(&outcome);
        // Backends refuse it in many ways once the operation has ended.
        if matches!(outcome.status, Some(400..500))
            && self.state_of(tasks, &ticket, caller).await?.0.phase != Phase::Working
        {
            return Ok(());
        }
        Err(refusal)
    }

    /// The state, and what the status tool gives of it.
    async fn state_of(
        &self,
        tasks: &'static Tasks,
        ticket: &Ticket,
        caller: &Caller,
    ) -> Result<(State, CallToolResult), ErrorData> {
        let Some(tool) = self.known(tasks.status.tool) else {
            return Err(no_tool(&tasks.status));
        };
        let arguments = of_status(tasks, ticket.operation.clone());
        let mut outcome = self.call(tool, arguments, caller, None).await?;
        match outcome.seen.take() {
            Some(Seen::State(state)) if !is_error(&outcome) => Ok((state, outcome.result)),
            _ => Err(refusal(&outcome)),
        }
    }

    /// Exactly what the result tool gives; an answer that it does not have the
    /// result any more is one too.
    async fn result_of(
        &self,
        tasks: &'static Tasks,
        ticket: &Ticket,
        caller: &Caller,
    ) -> Result<JsonObject, ErrorData> {
        let tool = tasks.result.as_ref().unwrap_or(&tasks.status);
        let outcome = self.with_id(tool, ticket, caller).await?;
        if is_error(&outcome) && !matches!(outcome.status, Some(..500)) {
            return Err(refusal(&outcome));
        }
        object(&outcome.result)
    }

    async fn with_id(
        &self,
        tool: &TaskTool,
        ticket: &Ticket,
        caller: &Caller,
    ) -> Result<Outcome, ErrorData> {
        let found = self.known(tool.tool).ok_or_else(|| no_tool(tool))?;
        let arguments = [(tool.argument.to_owned(), ticket.operation.clone())];
        self.call(found, arguments.into_iter().collect(), caller, None)
            .await
    }

    /// What an id says, if it is one that this server gave this caller.
    fn ticket(&self, id: &str, caller: &Caller) -> Result<(&'static Tasks, Ticket), ErrorData> {
        let tasks = self.server.tasks.ok_or_else(not_found)?;
        let payload = if self.seals.are_shared() {
            self.seals.open(id, &self.of_tasks(caller))
        } else {
            id.strip_prefix(PLAIN)
                .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
        };
        let payload = payload.ok_or_else(not_found)?;
        let (tool, operation, created): (String, Json, i64) =
            serde_json::from_slice(&payload).map_err(|_| not_found())?;
        let starts = self
            .known(&tool)
            .is_some_and(|tool| tool.behaviour.starts.is_some());
        if !starts || !(operation.is_string() || operation.is_number()) {
            return Err(not_found());
        }
        Ok((tasks, Ticket { operation, created }))
    }

    /// What the seal of a task is bound to.
    fn of_tasks(&self, caller: &Caller) -> Vec<u8> {
        let principal = caller.name().unwrap_or_default();
        format!("task\n{}\n{principal}", self.server.name).into_bytes()
    }
}

fn not_found() -> ErrorData {
    ErrorData::invalid_params("Task not found", None)
}

fn no_tool(tool: &TaskTool) -> ErrorData {
    ErrorData::internal_error(format!("this server has no tool {}", tool.tool), None)
}

fn is_error(outcome: &Outcome) -> bool {
    outcome.result.is_error.unwrap_or(false)
}

/// What an answer that is an error means for a task: gone, hidden, or only
/// not to be told at the moment.
fn refusal(outcome: &Outcome) -> ErrorData {
    if matches!(outcome.status, Some(401 | 403 | 404 | 410)) {
        return not_found();
    }
    ErrorData::internal_error(text_of(&outcome.result).to_owned(), None)
}

/// The text of a result, which comes first.
fn text_of(result: &CallToolResult) -> &str {
    let text = result.content.first().and_then(|first| first.as_text());
    text.map_or("null", |text| &text.text)
}

fn object(result: &CallToolResult) -> Result<JsonObject, ErrorData> {
    match serde_json::to_value(result) {
        Ok(Json::Object(result)) => Ok(result),
        _ => Err(ErrorData::internal_error("the result is no object", None)),
    }
}

/// `42% – training epoch 3/10`.
fn words(state: &State) -> Option<String> {
    match (state.percent, &state.message) {
        (Some(percent), Some(message)) => Some(format!("{percent:.0}% – {message}")),
        (Some(percent), None) => Some(format!("{percent:.0}%")),
        (None, message) => message.clone(),
    }
}

fn poll(tasks: &Tasks) -> u64 {
    u64::try_from(tasks.poll.as_millis()).unwrap_or(u64::MAX)
}

fn spelled(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}
