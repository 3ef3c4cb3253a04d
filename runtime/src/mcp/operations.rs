//! What answers tell about long-running operations, and waiting for one.

use std::time::Duration;

use rmcp::model::{CallToolResponse, CreateTaskResult, ProgressNotificationParam, ProgressToken};
use rmcp::service::{Peer, RequestContext, RoleServer};
use tokio::time::Instant;

use super::call::Outcome;
use super::{Caller, Mcp, extension};
use crate::http::Answer;
use crate::results::crop;
use crate::{Json, JsonObject, Tasks, Tool};

/// The argument of every tool that can wait, in whole seconds.
const WAIT: &str = "wait_seconds";
/// Longest message of progress, in characters.
const LONGEST: usize = 500;

/// What an answer tells about a long-running operation.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Seen {
    /// It started one, with this id.
    Started(Json),
    /// One stands like this.
    State(State),
}

impl Seen {
    /// Whether it is of an operation that has ended.
    pub(super) fn has_ended(&self) -> bool {
        matches!(self, Self::State(state) if state.phase != Phase::Working)
    }
}

/// How an operation stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct State {
    pub(super) phase: Phase,
    /// 0 to 100.
    pub(super) percent: Option<f64>,
    /// What it does, else the backend's word for its state.
    pub(super) message: Option<String>,
    /// When it last changed, as the backend spells it.
    pub(super) updated: Option<String>,
    /// Why it failed.
    pub(super) error: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Working,
    Completed,
    Failed,
    Cancelled,
}

/// A call that is to wait.
pub(super) struct Wait {
    /// At most, from the first answer on.
    longest: Duration,
    /// The arguments of a call of the status tool.
    arguments: JsonObject,
}

impl Tasks {
    /// Whether a tool of this name tells the state of an operation.
    fn told_by(&self, tool: &str) -> bool {
        tool == self.status.tool || self.also.contains(&tool)
    }

    /// What an answer of `tool` tells.
    pub(super) fn seen(&self, tool: &Tool, answer: &Answer) -> Option<Seen> {
        let starts = tool.behaviour.starts;
        if (starts.is_none() && !self.told_by(tool.name)) || !(200..300).contains(&answer.status) {
            return None;
        }
        let body: Json = serde_json::from_slice(&answer.body).ok()?;
        match starts {
            Some(id) => {
                let id = body.pointer(id)?;
                (id.is_string() || id.is_number()).then(|| Seen::Started(id.clone()))
            }
            None => Some(Seen::State(self.state(&body))),
        }
    }

    fn state(&self, body: &Json) -> State {
        let at = |pointer: Option<&str>| pointer.and_then(|pointer| body.pointer(pointer));
        let text = |pointer| at(pointer).and_then(Json::as_str).map(str::to_owned);
        let word = match at(Some(self.state)) {
            Some(Json::String(word)) => Some(word.clone()),
            Some(word @ (Json::Number(_) | Json::Bool(_))) => Some(word.to_string()),
            _ => None,
        };
        let is = |words: &[&str]| word.as_deref().is_some_and(|word| words.contains(&word));
        State {
            phase: if is(self.completed) {
                Phase::Completed
            } else if is(self.failed) {
                Phase::Failed
            } else if is(self.cancelled) {
                Phase::Cancelled
            } else {
                Phase::Working
            },
            percent: at(self.percent)
                .and_then(Json::as_f64)
                .filter(|percent| (0.0..=100.0).contains(percent)),
            message: text(self.message)
                .filter(|text| !text.is_empty())
                .or(word)
                .map(|text| crop(&text, LONGEST)),
            updated: text(self.updated),
            error: text(self.error),
        }
    }
}

impl Mcp {
    /// How long a call of `tool` is to wait, if at all. Its arguments are not
    /// checked yet; what does not fit is refused later.
    pub(super) fn wait(&self, tool: &Tool, arguments: &JsonObject) -> Option<Wait> {
        let tasks = self.server.tasks?;
        let seconds = arguments.get(WAIT)?.as_f64()?;
        let longest = tasks.wait.as_secs_f64();
        let waits = tool.behaviour.starts.is_some() || tasks.told_by(tool.name);
        if !(waits && seconds > 0.0 && seconds <= longest) {
            return None;
        }
        let mut arguments = arguments.clone();
        arguments.shift_remove(WAIT);
        Some(Wait {
            longest: Duration::from_secs_f64(seconds),
            arguments,
        })
    }

    /// What becomes of a call's outcome: a task for a client that follows
    /// tasks, else the result, once the operation has ended or the time is up.
    pub(super) async fn followed(
        &self,
        mut outcome: Outcome,
        tool: &'static Tool,
        wait: Option<Wait>,
        caller: &Caller,
        context: &RequestContext<RoleServer>,
    ) -> (CallToolResponse, Option<u16>) {
        let status = outcome.status;
        let seen = outcome.seen.take();
        let (Some(tasks), Some(seen), false) = (
            self.server.tasks,
            seen,
            outcome.result.is_error.unwrap_or(false),
        ) else {
            return (outcome.result.into(), status);
        };
        match seen {
            Seen::Started(id) if extension::is_used(context) => {
                let task = self.task(tool.name, &id, caller, tasks);
                return (CreateTaskResult::new(task).into(), status);
            }
            Seen::Started(id) => {
                let wait = wait.map(|wait| Wait {
                    arguments: of_status(tasks, id),
                    ..wait
                });
                let Some(status) = self.known(tasks.status.tool) else {
                    return (outcome.result.into(), outcome.status);
                };
                let last = self.waited(status, tasks.poll, wait, None, caller, context);
                if let Some(last) = last.await {
                    outcome.result.content.extend(last.result.content);
                }
            }
            Seen::State(state) => {
                let last = self.waited(tool, tasks.poll, wait, Some(state), caller, context);
                if let Some(last) = last.await {
                    return (last.result.into(), last.status);
                }
            }
        }
        (outcome.result.into(), status)
    }

    /// Asks `tool` for the state until it is final, the time is up or the answer is
    /// an error; gives the last answer that was none. Nothing is held while it
    /// sleeps, and dropping it leaves the operation as it is.
    async fn waited(
        &self,
        tool: &'static Tool,
        poll: Duration,
        wait: Option<Wait>,
        mut state: Option<State>,
        caller: &Caller,
        context: &RequestContext<RoleServer>,
    ) -> Option<Outcome> {
        let Wait { longest, arguments } = wait?;
        let until = Instant::now() + longest;
        let mut teller = Teller {
            peer: &context.peer,
            token: context.meta.get_progress_token(),
            told: None,
        };
        let caller = caller.going_on();
        let mut last = None;
        loop {
            if let Some(state) = &state {
                teller.tell(state).await;
                if state.phase != Phase::Working {
                    return last;
                }
                let next = Instant::now() + poll;
                tokio::time::sleep_until(next.min(until)).await;
                if next > until {
                    return last;
                }
            }
            let answer = self.call(tool, arguments.clone(), &caller, None);
            let Ok(Ok(mut outcome)) = tokio::time::timeout_at(until, answer).await else {
                return last;
            };
            let Some(Seen::State(now)) = outcome
                .seen
                .take()
                .filter(|_| !outcome.result.is_error.unwrap_or(false))
            else {
                return last;
            };
            state = Some(now);
            last = Some(outcome);
        }
    }
}

/// The arguments that ask for the state of an operation.
pub(super) fn of_status(tasks: &Tasks, id: Json) -> JsonObject {
    std::iter::once((tasks.status.argument.to_owned(), id)).collect()
}

/// Tells a client of progress, if it wants to know; it only ever grows.
struct Teller<'a> {
    peer: &'a Peer<RoleServer>,
    token: Option<ProgressToken>,
    told: Option<f64>,
}

impl Teller<'_> {
    async fn tell(&mut self, state: &State) {
        let (Some(token), Some(percent)) = (&self.token, state.percent) else {
            return;
        };
        if self.told.is_some_and(|told| percent <= told) {
            return;
        }
        self.told = Some(percent);
        let mut progress = ProgressNotificationParam::new(token.clone(), percent).with_total(100.0);
        progress.message = state.message.clone();
        if let Err(error) = self.peer.notify_progress(progress).await {
            tracing::debug!(%error, "progress cannot be told");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::TaskTool;

    const TASKS: Tasks = Tasks {
        status: TaskTool {
            tool: "status",
            argument: "id",
        },
        also: &[],
        result: None,
        cancel: None,
        state: "/state",
        completed: &["done", "2"],
        failed: &["failed"],
        cancelled: &["cancelled"],
        percent: Some("/percent"),
        message: Some("/step"),
        updated: Some("/updated"),
        error: Some("/why"),
        poll: Duration::from_secs(1),
        wait: Duration::from_secs(60),
    };

    #[test]
    fn states() {
        for (body, phase, percent, message) in [
            (
                json!({"state": "running", "percent": 4.5, "step": "Epoch 1"}),
                Phase::Working,
                Some(4.5),
                Some("Epoch 1"),
            ),
            (
                json!({"state": "pending", "percent": 101, "step": ""}),
                Phase::Working,
                None,
                Some("pending"),
            ),
            (
                json!({"state": "done"}),
                Phase::Completed,
                None,
                Some("done"),
            ),
            (json!({"state": 2}), Phase::Completed, None, Some("2")),
            (
                json!({"state": "failed"}),
                Phase::Failed,
                None,
                Some("failed"),
            ),
            (json!({"state": null}), Phase::Working, None, None),
            (json!([]), Phase::Working, None, None),
        ] {
            let state = TASKS.state(&body);
            assert_eq!(
                (state.phase, state.percent, state.message.as_deref()),
                (phase, percent, message),
                "{body}"
            );
        }
        let state = TASKS.state(&json!({"state": "failed", "why": "no room", "updated": "t"}));
        assert_eq!(state.error.as_deref(), Some("no room"));
        assert_eq!(state.updated.as_deref(), Some("t"));
    }
}
