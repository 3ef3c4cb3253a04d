//! The methods of MCP.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use futures_util::FutureExt as _;
use rmcp::ServerHandler;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CancelTaskParams, CompleteRequestParams,
    CompleteResult, CustomRequest, CustomResult, DiscoverResult, ErrorData, GetPromptRequestParams,
    GetPromptResponse, GetTaskParams, GetTaskResult, Implementation, InitializeRequestParams,
    InitializeResult, ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult,
    ListToolsResult, PaginatedRequestParams, PromptsCapability, ReadResourceRequestParams,
    ReadResourceResponse, ResourcesCapability, ServerCapabilities, ServerConfig,
    SubscribeRequestParams, SubscriptionFilter, Tool as PublishedTool, UnsubscribeRequestParams,
    UpdateTaskParams,
};
use rmcp::service::{RequestContext, RoleServer, SubscriptionContext};
use tracing::Instrument as _;

use super::ask::Returned;
use super::finder::Step;
use super::malformed::malformed;
use super::{Caller, Mcp, icons};
use crate::telemetry::{call_span, observe};
use crate::{JsonObject, progress, results};

/// How long clients may keep a list: none changes while a process lives.
pub(super) const LIST_TTL_MS: u64 = 3_600_000;

// The work of a method is in a box: the protocol's task holds the future of any
// method, as large as the largest, and moves it several times a request.
impl ServerHandler for Mcp {
    fn get_info(&self) -> ServerConfig {
        let server = self.server;
        let mut implementation = Implementation::new(server.name, server.version);
        implementation.title = server.title.map(str::to_owned);
        implementation.description = server.description.map(str::to_owned);
        implementation.website_url = server.website_url.map(str::to_owned);
        implementation.icons = icons(server.icons);
        let mut capabilities = ServerCapabilities::builder().enable_tools().build();
        // The lists never change; what is read may.
        capabilities.prompts = self.prompts().next().map(|_| PromptsCapability::default());
        capabilities.resources = self.has_resources().then(|| {
            let mut resources = ResourcesCapability::default();
            resources.subscribe = self.is_watchable().then_some(true);
            resources
        });
        capabilities.completions = self.completes().then(JsonObject::new);
        if server.tasks.is_some() {
            let tasks = ServerCapabilities::builder().enable_tasks().build();
            capabilities.extensions = tasks.extensions;
        }
        let mut config = ServerConfig::new(capabilities).with_server_info(implementation);
        config.instructions = self.instructions();
        config
    }

    async fn initialize(
        &self,
        request: InitializeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<InitializeResult, ErrorData> {
        context.peer.set_peer_info(request.clone());
        let mut result = self.negotiate_initialize(&request)?;
        // Without a session there is no way to tell of changes later.
        if let Some(resources) = &mut result.capabilities.resources
            && !self.keeps_sessions()
        {
            resources.subscribe = None;
        }
        Ok(result)
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

    async fn list_prompts(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(ListPromptsResult::with_all_items(self.prompt_list())
            .with_ttl_ms(LIST_TTL_MS)
            .with_cache_scope(CacheScope::Public))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let caller = Caller::of(&context);
        let mut arguments = request.arguments.unwrap_or_default();
        let responses = request.input_responses;
        let asked = self.missing(&request.name, &mut arguments, responses, &context)?;
        if let Some(required) = asked {
            return Ok(required.into());
        }
        let prompt = self.prompt(&request.name, arguments, &caller);
        Ok(logged("prompt", &request.name, &context, Box::pin(prompt))
            .await?
            .into())
    }

    async fn list_resources(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        Ok(ListResourcesResult::with_all_items(self.resource_list())
            .with_ttl_ms(LIST_TTL_MS)
            .with_cache_scope(CacheScope::Public))
    }

    async fn list_resource_templates(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(
            ListResourceTemplatesResult::with_all_items(self.template_list())
                .with_ttl_ms(LIST_TTL_MS)
                .with_cache_scope(CacheScope::Public),
        )
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let caller = Caller::of(&context);
        let contents = self.read(&request.uri, &caller);
        Ok(
            logged("resource", &request.uri, &context, Box::pin(contents))
                .await?
                .into(),
        )
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.subscribed(request.uri, &context)
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.unsubscribed(request.uri, &context);
        Ok(())
    }

    fn accepted_subscription_filter(
        &self,
        requested: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        self.is_watchable().then(|| self.watched(requested))
    }

    async fn listen(&self, subscription: SubscriptionContext) -> Result<(), ErrorData> {
        self.listens(&subscription).await;
        Ok(())
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let caller = Caller::of(&context);
        let name = request.argument.name.clone();
        let completion = self.completion(request, &caller);
        logged("completion", &name, &context, Box::pin(completion)).await
    }

    fn get_tool(&self, name: &str) -> Option<PublishedTool> {
        let toolbox = self.toolbox().ok()?;
        // The three that search are no tools of the backend.
        let name = match self.known(name) {
            Some(tool) => self.tool(tool.name)?.name,
            None => name,
        };
        let (published, _) = toolbox.find(name)?;
        Some(published.clone())
    }

    async fn get_task(
        &self,
        request: GetTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetTaskResult, ErrorData> {
        let caller = Caller::of(&context);
        let task = Box::pin(self.stands(&request.task_id, &caller)).await?;
        Ok(GetTaskResult::new(task))
    }

    async fn update_task(
        &self,
        request: UpdateTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        Box::pin(self.answered(&request.task_id, &Caller::of(&context))).await
    }

    async fn cancel_task(
        &self,
        request: CancelTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        Box::pin(self.cancel(&request.task_id, &Caller::of(&context))).await
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
        let Some(tool) = self.tool(&request.name) else {
            return Err(self.unknown_tool(&request.name));
        };
        if tool.name != request.name {
            tracing::warn!(
                alias = %request.name,
                tool = tool.name,
                "the tool was called by a deprecated name"
            );
        }
        let mut arguments = request.arguments.unwrap_or_default();
        let wait = self.wait(tool, &arguments);
        // Waiting tells of progress itself.
        let token = context.meta.get_progress_token().filter(|_| wait.is_none());
        let (listener, reporter) = match token {
            Some(token) => {
                let (listener, items) = tokio::sync::mpsc::unbounded_channel();
                let reporter = progress::report(context.peer.clone(), token, items);
                (Some(listener), Some(Box::pin(reporter)))
            }
            None => (None, None),
        };
        let caller = Caller::of(&context);
        let returned = Returned {
            responses: request.input_responses,
            state: request.request_state,
        };
        let call = Box::pin(async {
            let asked = self.asked(tool, &mut arguments, returned, &caller, &context);
            if let Some(response) = asked.await? {
                return Ok((response, None));
            }
            let outcome = self
                .call(tool, arguments, &caller, listener.as_ref())
                .await?;
            Ok(self.followed(outcome, tool, wait, &caller, &context).await)
        });
        let counted = self.metrics().call(tool.name);
        let span = call_span(tool.name, caller.trace());
        let outcome = tokio::select! {
            outcome = AssertUnwindSafe(call.instrument(span.clone())).catch_unwind() => outcome,
            // Ends with the call, so that no progress comes after the result.
            never = told(reporter) => match never {},
            // Dropping the call drops its HTTP request.
            () = context.ct.cancelled() => {
                tracing::info!(tool = tool.name, duration_ms = millis(started), "call cancelled");
                return Err(ErrorData::internal_error("The call was cancelled", None));
            }
        };
        let (response, status) = match outcome {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) => {
                counted.done(false);
                return Err(error);
            }
            Err(_) => {
                tracing::error!(tool = tool.name, "the tool's handler panicked");
                let text = "This server has a fault: the tool's handler panicked.";
                (results::refused(text).into(), None)
            }
        };
        let is_error = match &response {
            CallToolResponse::Complete(result) => result.is_error.unwrap_or(false),
            _ => false,
        };
        counted.done(!is_error);
        observe(&span, status, is_error);
        tracing::info!(
            tool = tool.name,
            caller = caller.name(),
            duration_ms = millis(started),
            status,
            error = is_error,
            "call"
        );
        Ok(response)
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        Err(malformed(&request))
    }
}

/// Tells of progress for as long as it is waited for.
async fn told(reporter: Option<impl Future<Output = ()>>) -> std::convert::Infallible {
    if let Some(reporter) = reporter {
        reporter.await;
    }
    std::future::pending().await
}

/// What a request that is no call gives, with its line in the log; ends when
/// the client cancels, and whatever panics is an error of this request only.
async fn logged<T>(
    what: &'static str,
    name: &str,
    context: &RequestContext<RoleServer>,
    work: impl Future<Output = Result<T, ErrorData>>,
) -> Result<T, ErrorData> {
    let started = Instant::now();
    let result = tokio::select! {
        result = AssertUnwindSafe(work).catch_unwind() => result.unwrap_or_else(|_| {
            tracing::error!(name, "the {what} panicked");
            Err(ErrorData::internal_error(format!("This server has a fault: the {what} panicked."), None))
        }),
        () = context.ct.cancelled() => Err(ErrorData::internal_error("The request was cancelled", None)),
    };
    let error = result.as_ref().err().map(|error| error.message.as_ref());
    tracing::info!(name, duration_ms = millis(started), error, "{what}");
    result
}

fn millis(since: Instant) -> f64 {
    (since.elapsed().as_secs_f64() * 1e6).round() / 1e3
}
