//! MCP over Streamable HTTP, with `/health` and `/ready` beside it.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json as JsonBody;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::signals;
use crate::{Json, Mcp};

/// How long calls in flight may take when the process ends.
const GRACE: Duration = Duration::from_secs(5);
/// How long `/ready` waits for the backend.
const READY: Duration = Duration::from_secs(5);

/// Where to listen and who may ask.
#[derive(Debug)]
pub(crate) struct Listen {
    pub(crate) address: String,
    pub(crate) allowed_hosts: Vec<String>,
    pub(crate) allowed_origins: Vec<String>,
}

/// Serves until a signal comes.
///
/// # Errors
/// If the address cannot be listened on.
pub(crate) fn serve(mcp: Mcp, listen: &Listen) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let result = runtime.block_on(until_stopped(mcp, listen));
    runtime.shutdown_background();
    result
}

async fn until_stopped(mcp: Mcp, listen: &Listen) -> io::Result<()> {
    let stop = CancellationToken::new();
    let watch = signals::watch(stop.clone());
    let listener = TcpListener::bind(&listen.address).await.map_err(|error| {
        io::Error::new(
            error.kind(),
            format!("cannot listen on {}: {error}", listen.address),
        )
    })?;
    let address = listener.local_addr()?;
    let app = app(Arc::new(mcp), config(listen, address.ip()));
    // Answers are written in more than one piece: without this each would wait
    // for the client's delayed acknowledgement.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY cannot be set");
        }
    });
    tracing::info!("listening on http://{address}/mcp");
    let serve = axum::serve(listener, app).with_graceful_shutdown(stop.clone().cancelled_owned());
    let overdue = async {
        stop.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        result = async { serve.await } => result,
        () = overdue => {
            tracing::warn!("calls in flight were given up");
            Ok(())
        }
        () = watch => Ok(()),
    }
}

fn app(mcp: Arc<Mcp>, config: StreamableHttpServerConfig) -> Router {
    let handler = mcp.clone();
    let service = StreamableHttpService::new(
        move || Ok(handler.clone()),
        Arc::new(NeverSessionManager::default()),
        config,
    );
    Router::new()
        .route_service("/mcp", service)
        .route("/health", get(health))
        .route("/ready", get(ready))
        .with_state(mcp)
}

/// Stateless, one JSON answer a request; who may ask is checked by name
/// against DNS rebinding and by origin against foreign web pages.
fn config(listen: &Listen, bound: IpAddr) -> StreamableHttpServerConfig {
    let mut hosts: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into();
    let asked = listen
        .address
        .rsplit_once(':')
        .map_or(listen.address.as_str(), |(host, _)| host)
        .trim_matches(['[', ']']);
    if !bound.is_unspecified() {
        hosts.push(bound.to_string());
        hosts.push(asked.to_owned());
    }
    hosts.extend(listen.allowed_hosts.iter().cloned());
    hosts.sort();
    hosts.dedup();
    let mut origins = Vec::new();
    for host in &hosts {
        let host = match host.parse::<IpAddr>() {
            Ok(IpAddr::V6(address)) => format!("[{address}]"),
            _ => host.clone(),
        };
        // An allowed host may name a port, which is then the page's too.
        let port = if host.contains(':') && !host.ends_with(']') {
            ""
        } else {
            ":*"
        };
        origins.push(format!("http://{host}{port}"));
        origins.push(format!("https://{host}{port}"));
    }
    origins.extend(listen.allowed_origins.iter().cloned());
    StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_allowed_hosts(hosts)
        .with_allowed_origins(origins)
}

async fn health(State(mcp): State<Arc<Mcp>>) -> JsonBody<Json> {
    let server = mcp.server();
    JsonBody(json!({"status": "ok", "name": server.name, "version": server.version}))
}

async fn ready(State(mcp): State<Arc<Mcp>>) -> (StatusCode, JsonBody<Json>) {
    let reason = match tokio::time::timeout(READY, mcp.ready()).await {
        Ok(Ok(())) => return (StatusCode::OK, JsonBody(json!({"status": "ready"}))),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("the backend did not answer within {} s", READY.as_secs()),
    };
    let body = json!({"status": "unavailable", "reason": reason});
    (StatusCode::SERVICE_UNAVAILABLE, JsonBody(body))
}
