//! A call, from its arguments to its result.

use rmcp::model::{CallToolResult, ErrorData};

use super::Mcp;
use super::caller::Caller;
use super::linked::{is_linked, link};
use super::operations::Seen;
use super::own::done;
use super::toolbox::unknown;
use crate::drift::Operation;
use crate::http::{Answer, Listener};
use crate::pages::{self, Following};
use crate::results::{self, Delivery, Keep};
use crate::{Arguments, Error, JsonObject, Tool};

/// A result and the backend's status, if it answered.
pub(super) struct Outcome {
    pub(super) result: CallToolResult,
    pub(super) status: Option<u16>,
    /// What the answer tells about a long-running operation.
    pub(super) seen: Option<Seen>,
}

/// Why there is no answer of the backend.
pub(super) enum NoAnswer {
    /// An argument cannot be used.
    Argument(String),
    /// There were too many calls, or the caller may not make this one.
    Refused(String),
    /// The request failed.
    Failed(Error),
}

impl From<CallToolResult> for Outcome {
    fn from(result: CallToolResult) -> Self {
        Self {
            result,
            status: None,
            seen: None,
        }
    }
}

impl Mcp {
    /// Runs one tool: check, limits, request, result.
    pub(super) async fn call(
        &self,
        tool: &'static Tool,
        arguments: JsonObject,
        caller: &Caller,
        listener: Option<&Listener>,
    ) -> Result<Outcome, ErrorData> {
        let toolbox = self.toolbox()?;
        let Some((published, entry)) = toolbox.find(tool.name) else {
            return Err(unknown(tool.name, toolbox));
        };
        let checker = entry.input(published)?;
        let arguments = match checker.arguments(arguments) {
            Ok(arguments) => arguments,
            Err(problems) => return Ok(results::refused(&problems).into()),
        };
        let link = is_linked(tool).then(|| link(self.server.name, tool.name, &arguments));
        let mut arguments = Arguments::from(arguments);
        let keep = Keep::of(&tool.response, &arguments);
        let following = Following::of(tool, &mut arguments);
        let page = tool.behaviour.page.as_ref();
        let page = page.map(|page| (page, pages::skipped(page, &arguments)));
        let sent = self
            .send(tool, &mut arguments, following, caller, listener)
            .await;
        let tasks = self.server.tasks;
        let seen = tasks.and_then(|tasks| tasks.seen(tool, &sent.as_ref().ok()?.0));
        if seen.as_ref().is_some_and(Seen::has_ended) {
            self.backend.has_changed();
        }
        Ok(match sent {
            Ok((answer, operation)) => Outcome {
                status: Some(answer.status),
                seen,
                result: results::from_answer(
                    answer,
                    &Delivery {
                        tool: tool.name,
                        operation,
                        shape: &tool.response,
                        keep,
                        max: tool.response.max(&self.server.limits),
                        page,
                        output: entry.output(published),
                        link: link.as_deref(),
                    },
                ),
            },
            Err(NoAnswer::Argument(problem) | NoAnswer::Refused(problem)) => {
                results::refused(&problem).into()
            }
            Err(NoAnswer::Failed(Error::Transport(failure))) => {
                results::from_transport(&failure).into()
            }
            Err(NoAnswer::Failed(error)) => results::refused(&error.to_string()).into(),
        })
    }

    /// Makes the request of checked arguments and sends it, within the limits: the answer, and what was asked.
    pub(super) async fn send(
        &self,
        tool: &'static Tool,
        arguments: &mut Arguments,
        following: Option<Following>,
        caller: &Caller,
        listener: Option<&Listener>,
    ) -> Result<(Answer, Option<Operation>), NoAnswer> {
        if let Some(scope) = caller.lacks(tool) {
            self.metrics().refused("scope");
            return Err(NoAnswer::Refused(lacks(tool, scope)));
        }
        let http = self.http(caller, Some(tool));
        let request = match tool.behaviour.work {
            Some(work) => Err(work),
            None => Ok((tool.request)(&http, arguments)
                .map_err(|problem| NoAnswer::Argument(problem.to_string()))?),
        };
        if !caller.is_counted()
            && let Err(refusal) = self.gate.count(caller)
        {
            self.metrics().refused(refusal.reason());
            return Err(NoAnswer::Refused(refusal.to_string()));
        }
        let operation = request.as_ref().ok();
        let operation = operation.map(|request| (request.method.clone(), request.template));
        let _place = self.gate.enter(caller).await;
        let answer = match (request, following) {
            (Err(work), _) => done(work, http, std::mem::take(arguments)).await,
            (Ok(request), Some(following)) => {
                Box::pin(following.follow(&http, &request, listener)).await
            }
            (Ok(request), None) => http.exchange_heard(&request, listener).await,
        };
        answer
            .map(|answer| (answer, operation))
            .map_err(NoAnswer::Failed)
    }
}

/// Where the door was passed by another name than the tool's own.
fn lacks(tool: &Tool, scope: &str) -> String {
    format!(
        "The tool {} needs a token with the scope {scope}; nothing was sent.",
        tool.name
    )
}
