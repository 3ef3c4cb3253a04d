//! The methods of MCP.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use futures_util::FutureExt as _;
use rmcp::ServerHandler;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, DiscoverResult, ErrorData, Implementation,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig,
    Tool as PublishedTool,
};
use rmcp::service::{RequestContext, RoleServer};

use super::finder::Step;
use super::toolbox::unknown;
use super::{Caller, Mcp};
use crate::{progress, results};

/// How long clients may keep the tool list, which never changes while a
/// process lives.
const LIST_TTL_MS: u64 = 3_600_000;

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
        let toolbox = self.toolbox().ok()?;
        let name = (self.server.tool)(name).map_or(name, |tool| tool.name);
        let (published, _) = toolbox.find(name)?;
        Some(published.clone())
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let started = Instant::now();
        let request = match self.find(request)? {
            Step::Call(request) => request,
            Step::Answer(result) => {
                tracing::info!(duration_ms = millis(started), "the catalogue was asked");
                return Ok(result.into());
            }
        };
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
        let caller = Caller::of(&context);
        let call = self.call(
            tool,
            request.arguments.unwrap_or_default(),
            &caller,
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
