//! MCP over Streamable HTTP, with `/health`, `/ready` and `/metrics` beside it.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Json as JsonBody};
use axum::routing::get;
use axum::serve::ListenerExt as _;
use rmcp::transport::streamable_http_server::session::SessionManager;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::signals;
use crate::auth::{Door, guard, metadata};
use crate::{Json, Mcp, metrics};

/// How long calls in flight may take when the process ends.
const GRACE: Duration = Duration::from_secs(5);
/// How long `/ready` waits for the backend.
const READY: Duration = Duration::from_secs(5);
/// How old `/metrics` lets its knowledge of the backend be, in seconds, and how
/// long it waits for the backend to renew it.
const CONTACT: u64 = 15;
const CONTACT_WAIT: Duration = Duration::from_secs(2);

/// Where to listen and who may ask.
#[derive(Debug)]
pub(crate) struct Listen {
    pub(crate) address: String,
    pub(crate) allowed_hosts: Vec<String>,
    pub(crate) allowed_origins: Vec<String>,
    /// Whether older clients get sessions, so that they can be asked back.
    pub(crate) sessions: bool,
    /// Who is let in; everybody without.
    pub(crate) door: Option<Arc<Door>>,
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
    if listen.door.is_none() && !address.ip().is_loopback() {
        let env = mcp.server().env;
        tracing::warn!(
            "anybody who reaches {address} may call every tool: set {env}_MCP_TOKENS, or listen on a loopback address"
        );
    }
    let mcp = match listen.sessions {
        true => mcp.with_sessions(),
        false => Arc::new(mcp),
    };
    let app = app(mcp, listen, address.ip());
    // Answers are written in more than one piece: without this each would wait
    // for the client's delayed acknowledgement.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY cannot be set");
        }
    });
    tracing::info!("listening on http://{address}/mcp");
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
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

fn app(mcp: Arc<Mcp>, listen: &Listen, bound: IpAddr) -> Router {
    let config = config(listen, bound, mcp.server().limits.request);
    let served = if listen.sessions {
        served(&mcp, LocalSessionManager::default(), config)
    } else {
        served(&mcp, NeverSessionManager::default(), config)
    };
    let guarded = match &listen.door {
        Some(door) => served.layer(from_fn_with_state(door.clone(), guard)),
        None => served,
    };
    guarded
        .merge(well_known(listen.door.as_ref(), &mcp))
        .route("/health", get(health))
        .route("/ready", get(ready))
        .route("/metrics", get(counted))
        .with_state(mcp)
}

fn served(
    mcp: &Arc<Mcp>,
    sessions: impl SessionManager,
    config: StreamableHttpServerConfig,
) -> Router<Arc<Mcp>> {
    let handler = mcp.clone();
    let service =
        StreamableHttpService::new(move || Ok(handler.clone()), Arc::new(sessions), config);
    Router::new().route_service("/mcp", service)
}

/// Where clients get tokens (RFC 9728), for those who ask at either place.
fn well_known(door: Option<&Arc<Door>>, mcp: &Arc<Mcp>) -> Router<Arc<Mcp>> {
    let Some(door) = door.filter(|door| door.auth.oauth().is_some()) else {
        return Router::new();
    };
    let (door, tool_scopes) = (door.clone(), mcp.server().auth.tool_scopes);
    let answer = move |headers: HeaderMap| async move {
        let resource = door.resource(&headers);
        let oauth = door.auth.oauth();
        JsonBody(oauth.map(|oauth| metadata(oauth, &resource, tool_scopes)))
    };
    Router::new()
        .route("/.well-known/oauth-protected-resource", get(answer.clone()))
        .route("/.well-known/oauth-protected-resource/{*path}", get(answer))
}

/// One JSON answer a request, and stateless but for older clients where it is
/// asked for; who may ask is checked by name against DNS rebinding and by
/// origin against foreign web pages.
fn config(listen: &Listen, bound: IpAddr, largest: usize) -> StreamableHttpServerConfig {
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
        .with_legacy_session_mode(listen.sessions)
        .with_json_response(true)
        .with_max_request_body_bytes(largest)
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

/// What Prometheus reads. The backend is asked how it is where nothing was
/// heard of it for a while.
async fn counted(State(mcp): State<Arc<Mcp>>) -> impl IntoResponse {
    let metrics = mcp.metrics();
    if metrics
        .since_contact()
        .is_none_or(|seconds| seconds > CONTACT)
    {
        let asked = tokio::time::timeout(CONTACT_WAIT, mcp.ready()).await;
        if asked.is_err() {
            metrics.contact(false);
        }
    }
    ([(CONTENT_TYPE, metrics::MEDIA_TYPE)], metrics.text())
}
