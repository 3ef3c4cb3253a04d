//! The part of an agent: an MCP client on the generated server's standard input and output.

use std::path::Path;
use std::process::Stdio;

use rmcp::model::{CallToolRequestParams, ClientConfig, Implementation, Tool};
use rmcp::service::RunningService;
use rmcp::transport::TokioChildProcess;
use rmcp::{RoleClient, ServiceExt};
use serde_json::Value;
use tokio::process::Command;
use tokio::time::timeout;

use super::process::{Log, PATIENCE};

/// A client of a running `ktrdr-mcp`. Dropped, the server is killed.
pub(super) struct Agent {
    service: RunningService<RoleClient, ClientConfig>,
    log: Log,
}

/// What an agent gets for a call.
pub(super) struct Answer {
    /// The text.
    pub(super) text: String,
    /// The text as JSON; null if it is none.
    pub(super) json: Value,
    /// Whether the call failed.
    pub(super) is_error: bool,
}

impl Agent {
    /// Starts `program` as a desktop application does, for the backend at `url`.
    pub(super) async fn start(program: &Path, url: &str) -> Result<Self, String> {
        let mut command = Command::new(program);
        command.env("KTRDR_API_URL", url).kill_on_drop(true);
        let (transport, stderr) = TokioChildProcess::builder(command)
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{} cannot be started: {error}", program.display()))?;
        let log = stderr.map(Log::collect).unwrap_or_default();
        let info = ClientConfig::new(
            Default::default(),
            Implementation::new("toolwright-demo", env!("CARGO_PKG_VERSION")),
        );
        match timeout(PATIENCE, info.serve(transport)).await {
            Ok(Ok(service)) => Ok(Self { service, log }),
            Ok(Err(error)) => Err(format!(
                "ktrdr-mcp does not answer: {error}; {}",
                log.lines().join("; ")
            )),
            Err(_) => Err(format!(
                "ktrdr-mcp said nothing for {} s",
                PATIENCE.as_secs()
            )),
        }
    }

    /// Who the server says it is.
    pub(super) fn greeting(&self) -> String {
        let info = self.service.peer_info();
        let server = info.as_ref().and_then(|info| info.server_info.clone());
        let name = server.map_or_else(
            || "ktrdr-mcp".to_owned(),
            |server| format!("{} {}", server.name, server.version),
        );
        let protocol = info
            .map(|info| info.protocol_version.to_string())
            .unwrap_or_default();
        format!("{name} speaks MCP {protocol} on stdio")
    }

    /// All tools, as the server lists them.
    pub(super) async fn tools(&self) -> Result<Vec<Tool>, String> {
        match timeout(PATIENCE, self.service.list_all_tools()).await {
            Ok(tools) => tools.map_err(|error| error.to_string()),
            Err(_) => Err("tools/list was not answered".to_owned()),
        }
    }

    /// Calls a tool.
    pub(super) async fn call(
        &self,
        tool: &'static str,
        arguments: Value,
    ) -> Result<Answer, String> {
        let arguments = arguments.as_object().cloned().unwrap_or_default();
        let params = CallToolRequestParams::new(tool).with_arguments(arguments);
        let result = match timeout(PATIENCE, self.service.call_tool(params)).await {
            Ok(result) => result.map_err(|error| format!("{tool}: {error}"))?,
            Err(_) => return Err(format!("{tool} was not answered")),
        };
        let parts = result.content.iter().filter_map(|block| block.as_text());
        let text = parts
            .map(|part| part.text.as_str())
            .collect::<Vec<_>>()
            .join("\n");
        let json = serde_json::from_str(&text).unwrap_or_default();
        Ok(Answer {
            text,
            json,
            is_error: result.is_error.unwrap_or_default(),
        })
    }

    /// Calls a tool that has to succeed.
    pub(super) async fn succeed(
        &self,
        tool: &'static str,
        arguments: Value,
    ) -> Result<Value, String> {
        let answer = self.call(tool, arguments).await?;
        if answer.is_error {
            Err(format!("{tool} failed: {}", answer.text))
        } else {
            Ok(answer.json)
        }
    }

    pub(super) fn log(&self) -> Vec<String> {
        self.log.lines()
    }

    /// Ends the session, as by closing the application, and waits until the server is gone.
    pub(super) async fn stop(self) -> Result<(), String> {
        let ended = timeout(PATIENCE, self.service.cancel()).await;
        ended
            .map_err(|_| "ktrdr-mcp does not stop")?
            .map(|_| ())
            .map_err(|error| error.to_string())
    }
}
