//! MCP on stdin and stdout.

use std::future::Future;
use std::io;
use std::time::Duration;

use rmcp::model::JsonRpcMessage;
use rmcp::service::{
    RoleServer, RxJsonRpcMessage, ServerInitializeError, ServiceExt as _, TxJsonRpcMessage,
};
use rmcp::transport::Transport;
use tokio_util::sync::CancellationToken;

use super::lines::Lines;
use super::{pipes, signals};
use crate::Mcp;

/// How long the process may take to end. Calls in flight get 5 s of it.
const GRACE: Duration = Duration::from_secs(7);

/// Serves until the input ends or a signal comes.
///
/// # Errors
/// If the process cannot be set up to serve.
pub(crate) fn serve(mcp: Mcp) -> io::Result<()> {
    // One thread: nothing here computes for long, and no message changes threads.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let result = runtime.block_on(until_stopped(mcp));
    // A thread may still be reading stdin; the end of the process ends it.
    runtime.shutdown_background();
    result
}

async fn until_stopped(mcp: Mcp) -> io::Result<()> {
    let (reader, writer) = pipes::take()?;
    let stop = CancellationToken::new();
    let transport = Ending {
        inner: Lines::new(reader, writer),
        stop: stop.clone(),
        started: false,
    };
    let serve = async {
        match mcp.with_sessions().serve(transport).await {
            Ok(running) => {
                if let Err(error) = running.waiting().await {
                    tracing::error!(%error, "the server ended unexpectedly");
                }
            }
            Err(ServerInitializeError::ConnectionClosed(_)) => {}
            Err(error) => tracing::error!(%error, "the session could not be started"),
        }
    };
    let overdue = async {
        stop.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        () = serve => {}
        () = overdue => tracing::warn!("calls in flight were given up"),
        () = signals::watch(stop.clone()) => {}
    }
    Ok(())
}

/// A transport whose input also ends when the process is told to stop, and
/// that says so when it ends by itself. Before the first request it drops
/// everything else, which would otherwise end the session.
struct Ending<T> {
    inner: T,
    stop: CancellationToken,
    started: bool,
}

impl<T: Transport<RoleServer>> Transport<RoleServer> for Ending<T> {
    type Error = T::Error;

    fn send(
        &mut self,
        item: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        self.inner.send(item)
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            let message = tokio::select! {
                message = self.inner.receive() => message,
                () = self.stop.cancelled() => None,
            };
            match &message {
                None => self.stop.cancel(),
                Some(JsonRpcMessage::Request(_)) => self.started = true,
                Some(_) if !self.started => {
                    tracing::debug!("dropped a message before the first request");
                    continue;
                }
                Some(_) => {}
            }
            return message;
        }
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        self.inner.close().await
    }
}
