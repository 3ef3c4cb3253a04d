//! A call, from its arguments to its result.

use std::time::Duration;

use rmcp::model::{CallToolResult, ErrorData};

use super::Mcp;
use super::caller::Caller;
use super::toolbox::unknown;
use crate::http::{Listener, seconds};
use crate::pages::{self, Following};
use crate::results::{self, Delivery, Keep};
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
        let Some((published, entry)) = toolbox.find(tool.name) else {
            return Err(unknown(tool.name, toolbox));
        };
        let checker = entry.input(published)?;
        let mut arguments = match checker.arguments(arguments) {
            Ok(arguments) => Arguments::from(arguments),
            Err(problems) => return Ok(results::refused(&problems).into()),
        };
        let keep = Keep::of(&tool.response, &arguments);
        let following = Following::of(tool, &mut arguments);
        let page = tool.behaviour.page.as_ref();
        let page = page.map(|page| (page, pages::skipped(page, &arguments)));
        let request = match (tool.request)(&self.http, &mut arguments) {
            Ok(request) => request,
            Err(problem) => return Ok(results::refused(&problem.to_string()).into()),
        };
        if let Err(wait) = self.gate.count(caller) {
            return Ok(results::refused(&too_many(wait)).into());
        }
        let answer = {
            let _place = self.gate.enter().await;
            match following {
                Some(following) => following.follow(&self.http, &request, listener).await,
                None => self.http.exchange_heard(&request, listener).await,
            }
        };
        Ok(match answer {
            Ok(answer) => Outcome {
                status: Some(answer.status),
                result: results::from_answer(
                    answer,
                    &Delivery {
                        tool: tool.name,
                        shape: &tool.response,
                        keep,
                        max: tool.response.max(&self.server.limits),
                        page,
                        output: entry.output(published),
                    },
                ),
            },
            Err(Error::Transport(failure)) => results::from_transport(&failure).into(),
            Err(error) => results::refused(&error.to_string()).into(),
        })
    }
}

fn too_many(wait: Duration) -> String {
    let wait = Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
    format!(
        "Too many calls: this server's rate limit is reached and nothing was sent. Try again in {}.",
        seconds(wait)
    )
}
