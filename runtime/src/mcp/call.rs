//! A call, from its arguments to its result.

use rmcp::model::{CallToolResult, ErrorData};

use super::Mcp;
use super::caller::Caller;
use super::toolbox::unknown;
use crate::http::Listener;
use crate::results::{self, Delivery};
use crate::{Arguments, Error, JsonObject, Tool};

/// A result and the backend's status, if it answered.
pub(super) struct Outcome {
    pub(super) result: CallToolResult,
    pub(super) status: Option<u16>,
}

impl From<CallToolResult> for Outcome {
    fn from(result: CallToolResult) -> Self {
        Self {
            result,
            status: None,
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
        if let Some(scope) = caller.lacks(tool) {
            self.metrics().refused("scope");
            return Ok(results::refused(&lacks(tool, scope)).into());
        }
        let http = self.http(caller, Some(tool));
        let Some((published, entry)) = toolbox.find(tool.name) else {
            return Err(unknown(tool.name, toolbox));
        };
        let checker = entry.input(published)?;
        let mut arguments = match checker.arguments(arguments) {
            Ok(arguments) => Arguments::from(arguments),
            Err(problems) => return Ok(results::refused(&problems).into()),
        };
        let tail = tool.response.tail.and_then(|tail| arguments.count(tail.by));
        let request = match (tool.request)(&http, &mut arguments) {
            Ok(request) => request,
            Err(problem) => return Ok(results::refused(&problem.to_string()).into()),
        };
        if let Err(refusal) = self.gate.count(caller) {
            self.metrics().refused(refusal.reason());
            return Ok(results::refused(&refusal.to_string()).into());
        }
        let answer = {
            let _place = self.gate.enter(caller).await;
            http.exchange_heard(&request, listener).await
        };
        Ok(match answer {
            Ok(answer) => Outcome {
                status: Some(answer.status),
                result: results::from_answer(
                    answer,
                    &Delivery {
                        tool: tool.name,
                        shape: &tool.response,
                        tail,
                        output: entry.output(published),
                    },
                ),
            },
            Err(Error::Transport(failure)) => results::from_transport(&failure).into(),
            Err(error) => results::refused(&error.to_string()).into(),
        })
    }
}

/// Where the door was passed by another name than the tool's own.
fn lacks(tool: &Tool, scope: &str) -> String {
    format!(
        "The tool {} needs a token with the scope {scope}; nothing was sent.",
        tool.name
    )
}
