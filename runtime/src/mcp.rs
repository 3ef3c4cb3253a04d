//! The MCP side: the tool list, and calls from the checked arguments to the
//! result.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use rmcp::ServerHandler;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, DiscoverResult, ErrorData,
    Implementation, ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig,
    Tool as PublishedTool,
};
use rmcp::service::{RequestContext, RoleServer};

use crate::check::{Checker, nearest};
use crate::http::{Listener, seconds};
use crate::limits::Gate;
use crate::results::{self, Delivery};
use crate::{Arguments, Error, Http, JsonObject, Server, Tool, progress};

/// How long clients may keep the tool list, which never changes while a
/// process lives.
const LIST_TTL_MS: u64 = 3_600_000;

/// A [`Server`] with its backend, as an MCP server for any transport of rmcp.
///
/// [`run`](crate::run) serves one; a program of its own can embed it.
#[derive(Debug)]
pub struct Mcp {
    server: &'static Server,
    http: Http,
    gate: Gate,
    tools: OnceLock<Result<Toolbox, String>>,
}

/// The published tools, read once.
#[derive(Debug)]
struct Toolbox {
    list: Vec<PublishedTool>,
    entries: HashMap<String, Entry>,
}

/// What is prepared for a tool when it is first called.
#[derive(Debug)]
struct Entry {
    index: usize,
    input: OnceLock<Result<Checker, String>>,
    output: OnceLock<Option<Checker>>,
}

/// A result and the backend's status, if it answered.
struct Outcome {
    result: CallToolResult,
    status: Option<u16>,
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
    /// The server in front of a backend.
    pub fn new(server: &'static Server, http: Http) -> Self {
        Self {
            gate: Gate::new(&server.limits),
            server,
            http,
            tools: OnceLock::new(),
        }
    }

    /// The server that is served.
    pub fn server(&self) -> &'static Server {
        self.server
    }

    /// Asks the backend whether it is well; without a health request in the
    /// document, it is taken to be.
    ///
    /// # Errors
    /// With what the backend says or why it says nothing.
    pub async fn ready(&self) -> Result<(), Error> {
        let Some(health) = self.server.health else {
            return Ok(());
        };
        let answer = self.http.exchange(&health()).await?;
        if (200..300).contains(&answer.status) {
            return Ok(());
        }
        let body = results::error_body(&answer);
        Err(Error::Status {
            code: answer.status,
            message: results::message(answer.status, &body),
            body,
        })
    }

    fn toolbox(&self) -> Result<&Toolbox, ErrorData> {
        self.tools
            .get_or_init(|| Toolbox::read(self.server.tools_json))
            .as_ref()
            .map_err(|reason| {
                tracing::error!(reason, "the tool list cannot be read");
                ErrorData::internal_error(format!("the tool list cannot be read: {reason}"), None)
            })
    }

    /// Runs one tool: check, limits, request, result.
    async fn call(
        &self,
        tool: &'static Tool,
        arguments: JsonObject,
        listener: Option<&Listener>,
    ) -> Result<Outcome, ErrorData> {
        let toolbox = self.toolbox()?;
        let Some(entry) = toolbox.entries.get(tool.name) else {
            return Err(unknown(tool.name, toolbox));
        };
        let published = &toolbox.list[entry.index];
        let checker = entry.input(published)?;
        let mut arguments = match checker.arguments(arguments) {
            Ok(arguments) => Arguments::from(arguments),
            Err(problems) => return Ok(results::refused(&problems).into()),
        };
        let tail = tool.response.tail.and_then(|tail| arguments.count(tail.by));
        let request = match (tool.request)(&self.http, &mut arguments) {
            Ok(request) => request,
            Err(problem) => return Ok(results::refused(&problem.to_string()).into()),
        };
        if let Err(wait) = self.gate.count() {
            return Ok(results::refused(&too_many(wait)).into());
        }
        let answer = {
            let _place = self.gate.enter().await;
            self.http.exchange_heard(&request, listener).await
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

impl Toolbox {
    fn read(tools_json: &str) -> Result<Self, String> {
        let list: Vec<PublishedTool> =
            serde_json::from_str(tools_json).map_err(|error| error.to_string())?;
        let entries = list
            .iter()
            .enumerate()
            .map(|(index, tool)| {
                let entry = Entry {
                    index,
                    input: OnceLock::new(),
                    output: OnceLock::new(),
                };
                (tool.name.to_string(), entry)
            })
            .collect();
        Ok(Self { list, entries })
    }
}

impl Entry {
    fn input(&self, tool: &PublishedTool) -> Result<&Checker, ErrorData> {
        self.input
            .get_or_init(|| Checker::new(&tool.input_schema))
            .as_ref()
            .map_err(|reason| {
                let tool = &tool.name;
                let message = format!("the input schema of {tool} cannot be used: {reason}");
                tracing::error!("{message}");
                ErrorData::internal_error(message, None)
            })
    }

    fn output(&self, tool: &PublishedTool) -> Option<&Checker> {
        self.output
            .get_or_init(|| {
                let schema = tool.output_schema.as_ref()?;
                Checker::new(schema)
                    .inspect_err(|reason| {
                        tracing::error!(tool = %tool.name, reason, "the output schema cannot be used");
                    })
                    .ok()
            })
            .as_ref()
    }
}

fn unknown(name: &str, toolbox: &Toolbox) -> ErrorData {
    let names = toolbox.list.iter().map(|tool| tool.name.as_ref());
    let hint = match nearest(name, names) {
        Some(near) => format!(". Did you mean {near}?"),
        None => String::new(),
    };
    ErrorData::invalid_params(format!("Unknown tool: {name}{hint}"), None)
}

fn too_many(wait: Duration) -> String {
    let wait = Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
    format!(
        "Too many calls: this server's rate limit is reached and nothing was sent. Try again in {}.",
        seconds(wait)
    )
}

impl ServerHandler for Mcp {
    fn get_info(&self) -> ServerConfig {
        let server = self.server;
        let mut implementation = Implementation::new(server.name, server.version);
        implementation.title = server.title.map(str::to_owned);
        let capabilities = ServerCapabilities::builder().enable_tools().build();
        let mut config = ServerConfig::new(capabilities).with_server_info(implementation);
        config.instructions = server.instructions.map(str::to_owned);
        config
    }

    async fn discover(
        &self,
        _context: RequestContext<RoleServer>,
    ) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        Ok(DiscoverResult::from_server_info(versions, self.get_info())
            .with_ttl_ms(LIST_TTL_MS)
            .with_cache_scope(CacheScope::Public))
    }

    async fn list_tools(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(
            ListToolsResult::with_all_items(self.toolbox()?.list.clone())
                .with_ttl_ms(LIST_TTL_MS)
                .with_cache_scope(CacheScope::Public),
        )
    }

    fn get_tool(&self, name: &str) -> Option<PublishedTool> {
        let tool = (self.server.tool)(name)?;
        let toolbox = self.toolbox().ok()?;
        let entry = toolbox.entries.get(tool.name)?;
        Some(toolbox.list[entry.index].clone())
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let started = Instant::now();
        let Some(tool) = (self.server.tool)(&request.name) else {
            return Err(unknown(&request.name, self.toolbox()?));
        };
        if tool.name != request.name {
            tracing::warn!(
                alias = %request.name,
                tool = tool.name,
                "the tool was called by a deprecated name"
            );
        }
        let (listener, reporter) = match context.meta.get_progress_token() {
            Some(token) => {
                let (listener, items) = tokio::sync::mpsc::unbounded_channel();
                let reporter = progress::report(context.peer.clone(), token, items);
                (Some(listener), Some(reporter))
            }
            None => (None, None),
        };
        let call = self.call(
            tool,
            request.arguments.unwrap_or_default(),
            listener.as_ref(),
        );
        let outcome = tokio::select! {
            outcome = AssertUnwindSafe(call).catch_unwind() => outcome,
            // Ends with the call, so that no progress comes after the result.
            never = told(reporter) => match never {},
            // Dropping the call drops its HTTP request.
            () = context.ct.cancelled() => {
                tracing::info!(tool = tool.name, duration_ms = millis(started), "call cancelled");
                return Err(ErrorData::internal_error("The call was cancelled", None));
            }
        };
        let outcome = match outcome {
            Ok(outcome) => outcome?,
            Err(_) => {
                tracing::error!(tool = tool.name, "the tool's handler panicked");
                results::refused("This server has a fault: the tool's handler panicked.").into()
            }
        };
        tracing::info!(
            tool = tool.name,
            duration_ms = millis(started),
            status = outcome.status,
            error = outcome.result.is_error.unwrap_or(false),
            "call"
        );
        Ok(outcome.result.into())
    }
}

/// Tells of progress for as long as it is waited for.
async fn told(reporter: Option<impl Future<Output = ()>>) -> std::convert::Infallible {
    if let Some(reporter) = reporter {
        reporter.await;
    }
    std::future::pending().await
}

fn millis(since: Instant) -> f64 {
    (since.elapsed().as_secs_f64() * 1e6).round() / 1e3
}
